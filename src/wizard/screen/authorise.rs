//! Screen: obtain consent, or prove that impersonation works. Comes on once access is on record.
//!
//! The named checks turn green by themselves: the run's [`Proving`] asks, nobody reports. The one button says Authorise
//! (it shows the link) until every check is good, then it says Enable. There is no button for "I have finished".

mod words;

use crate::{
    domain::{
        failure::Failure,
        id::TenantId,
        run::RunRecord,
        tenant::{Check, CheckState, Verdict},
        text::Text,
    },
    wizard::{
        Cx, Look,
        effect::{CallId, Deed, Request},
        event::{Action, Intent, Reply},
        part::wait::{self, Wait},
        proving::Proving,
        screen::{Scene, Screen, users::Users},
        session::Session,
        step::Step,
        view::{Ask, Block, Button, Card, CheckGroup, Chord, Focus, Key, Notice, Panel, Standing, Tone},
        words as shared,
    },
};

/// The screen's own state.
#[derive(Debug, Default)]
pub(crate) struct Authorise {
    /// The link stands on the screen.
    is_link_shown: bool,
    /// The QR code covers the window.
    is_qr_shown: bool,
    /// The write that keeps when the link was first shown.
    noting: Option<CallId>,
    /// Opening a browser, writing a file, playing the customer: each says in words what became of it.
    asked: Vec<CallId>,
    /// Playing the customer: afterwards the checks are asked at once.
    rehearsal: Option<CallId>,
    enabling: Option<Wait>,
    failure: Option<Failure>,
    /// Where the link was written.
    file: Option<Text>,
}

impl Authorise {
    /// Comes on: shows a link that was shown before, and begins to ask.
    pub(crate) fn enter(&mut self, cx: &mut Cx<'_>) {
        self.is_link_shown |= cx.session.record.as_ref().is_some_and(|record| record.link_shown.is_some());
        Proving::start(cx);
    }

    /// Goes off. The polling goes on: it belongs to the run.
    pub(crate) fn leave(&mut self, cx: &mut Cx<'_>) {
        cx.calls.cancel_taken(&mut self.noting);
        cx.calls.cancel_taken(&mut self.rehearsal);
        for call in self.asked.drain(..) {
            cx.calls.cancel(call);
        }
        Wait::cancel(&mut self.enabling, cx);
        self.is_qr_shown = false;
    }

    /// Handles what a person asks.
    pub(crate) fn intent(&mut self, cx: &mut Cx<'_>, intent: &Intent) -> Step {
        if self.is_qr_shown {
            self.is_qr_shown = false;
            return Step::Stay;
        }
        match intent {
            Intent::Back | Intent::Act(Action::Back) => return Step::Back,
            Intent::Submit | Intent::Act(Action::Submit) => return self.press(cx),
            Intent::Act(Action::Enable) => self.enable(cx),
            Intent::Act(Action::Finish) if is_enabled(cx.session) => return to_users(),
            Intent::Act(Action::Refresh) => {
                self.failure = None;
                Proving::ask_now(cx);
                cx.say(Tone::Busy, words::asking_now(cx.session.record.as_ref()));
            }
            Intent::Act(action) => self.send(cx, *action),
            _ => {}
        }
        Step::Stay
    }

    /// Handles a reply.
    pub(crate) fn reply(&mut self, cx: &mut Cx<'_>, call: CallId, reply: Reply) -> Step {
        if Wait::ends(&mut self.enabling, call) {
            match reply {
                Reply::Run(record) => return Step::Open(record),
                Reply::Failed(failure) => self.failure = Some(failure),
                _ => {}
            }
        } else if self.noting == Some(call) {
            self.noting = None;
            match reply {
                Reply::Run(record) => Session::adopt(cx, *record),
                Reply::Failed(failure) => self.failure = Some(failure),
                _ => {}
            }
        } else if self.rehearsal == Some(call) {
            self.rehearsal = None;
            tell(cx, reply);
            Proving::ask_now(cx);
        } else if let Some(at) = self.asked.iter().position(|asked| *asked == call) {
            self.asked.remove(at);
            if let Reply::Written(path) = &reply {
                self.file = Some(path.clone());
            }
            tell(cx, reply);
        }
        Step::Stay
    }

    /// What it shows.
    pub(crate) fn view<'a>(&'a self, look: Look<'a>) -> Scene<'a> {
        let Some(record) = look.session.record.as_ref() else { return empty() };
        if self.is_qr_shown
            && let Some(link) = link(look, record)
        {
            return qr(link, self.notice(look, record), next_change(look, self));
        }
        let mut blocks = vec![Block::Strong(words::state(look, record, self.is_link_shown))];
        blocks.extend(words::advice(look, record).into_iter().map(Block::Para));
        blocks.extend(self.failures(look).map(|failure| Block::Failure(failure.clone())));
        blocks.push(Block::Buttons(vec![self.button(look, record)]));
        if self.needs_link(look, record) {
            blocks.extend(self.link_blocks(look, record));
        }
        blocks.extend(self.checks(look, record));
        if record.product.is_hosted() {
            blocks.extend(words::access(record));
        }
        Scene {
            panel: Panel { heading: words::heading(record), blocks },
            overlay: None,
            notice: self.notice(look, record),
            keys: self.keys(look, record),
            focus: Focus::Reading,
            next_change: next_change(look, self),
        }
    }

    /// How far the proof is, and whether something is on its way. Between two rounds nothing is: then the customer is
    /// awaited.
    pub(crate) fn asks(&self, look: Look<'_>) -> (Ask, bool) {
        let proving = &look.session.proving;
        let proof = proving.proof.as_ref();
        let (ask, is_written) = match look.session.record.as_ref() {
            _ if self.is_qr_shown => return (Ask::Qr, false),
            Some(record) if record.enabled.is_some() => (Ask::Authorise(Standing::Enabled), true),
            Some(record) if proving.is_proved() => {
                (Ask::Authorise(Standing::Proved), can_enable(look.session, record))
            }
            _ => (Ask::Authorise(standing(proof.map(|proof| &proof.verdict))), true),
        };
        let is_asked = self.enabling.is_some() || self.noting.is_some() || self.rehearsal.is_some();
        (ask, is_asked || !is_written || proving.is_asking())
    }

    /// What to say.
    pub(crate) fn card(look: Look<'_>) -> Card {
        look.session.record.as_ref().map_or_else(Card::default, |record| words::card(look, record))
    }

    /// The one button: Authorise, Enable, or on to the users.
    fn press(&mut self, cx: &mut Cx<'_>) -> Step {
        if is_enabled(cx.session) {
            return to_users();
        }
        if cx.session.proving.is_proved() {
            self.enable(cx);
        } else if cx.session.record.as_ref().is_some_and(|record| record.product.is_hosted()) {
            Proving::ask_now(cx);
            cx.say(Tone::Busy, words::asking_now(cx.session.record.as_ref()));
        } else {
            self.show_link(cx);
        }
        Step::Stay
    }

    /// Shows the link, and keeps when it was shown for the first time.
    fn show_link(&mut self, cx: &mut Cx<'_>) {
        let Some(record) = cx.session.record.as_ref() else { return };
        let (run, is_new) = (record.id.clone(), record.link_shown.is_none());
        if is_new && !cx.may_write() {
            return;
        }
        self.is_link_shown = true;
        if is_new && self.noting.is_none() {
            self.noting = Some(cx.calls.start(Request::LinkShown(run)));
        }
        cx.say(Tone::Plain, "Send the link to the customer. The checks below turn good by themselves.");
        Proving::ask_now(cx);
    }

    fn enable(&mut self, cx: &mut Cx<'_>) {
        if self.enabling.is_some() || is_enabled(cx.session) || !cx.may_write() {
            return;
        }
        let Some(record) = cx.session.record.as_ref() else { return };
        if !can_enable(cx.session, record) {
            cx.say(Tone::Warn, "Enable opens when every check is good. Nothing has been enabled.");
            return;
        }
        self.failure = None;
        let request = Request::Enable(record.id.clone());
        self.enabling = Some(Wait::start(cx, request, wait::ENABLE));
    }

    /// The ways to hand the link over.
    fn send(&mut self, cx: &mut Cx<'_>, action: Action) {
        let Some(record) = cx.session.record.as_ref() else { return };
        let Some(tenant) = tenant(record).filter(|_| self.is_link_shown) else { return };
        let (link, run) = (cx.setup.link(tenant), record.id.clone());
        match action {
            Action::Copy if cx.setup.can_copy(link.as_str()) => {
                cx.calls.perform(Deed::Copy(link));
                cx.say(Tone::Plain, words::SENT);
            }
            Action::Copy => cx.say(Tone::Warn, words::TOO_LONG),
            Action::Qr => self.is_qr_shown = true,
            Action::PrintAlone => cx.calls.perform(Deed::PrintAlone(link)),
            Action::Open if cx.setup.can_open_browser => {
                self.asked.push(cx.calls.start(Request::OpenBrowser(tenant)));
            }
            Action::Open => cx.say(Tone::Plain, words::NO_BROWSER),
            Action::WriteFile => {
                let name = Text::of(format_args!("backup365-{run}-link.txt"));
                let text = format!("{link}\n");
                self.asked.push(cx.calls.start(Request::WriteFile { name, text }));
            }
            Action::Rehearse if cx.setup.rehearsal && self.rehearsal.is_none() => {
                self.rehearsal = Some(cx.calls.start(Request::Rehearse(tenant)));
                cx.say(Tone::Busy, "The customer is being played. The checks decide, not the play.");
            }
            _ => {}
        }
    }

    fn failures<'a>(&'a self, look: Look<'a>) -> impl Iterator<Item = &'a Failure> {
        let proving = &look.session.proving;
        let verdict = proving.proof.as_ref().and_then(|proof| match &proof.verdict {
            Verdict::Failed(failure) => Some(failure),
            _ => None,
        });
        self.failure.iter().chain(proving.failure.as_ref()).chain(verdict)
    }

    fn button(&self, look: Look<'_>, record: &RunRecord) -> Button {
        let (label, action, is_open) = if record.enabled.is_some() {
            ("Go on to the users", Action::Finish, true)
        } else if look.session.proving.is_proved() {
            ("Enable", Action::Enable, can_enable(look.session, record) && self.enabling.is_none())
        } else {
            ("Authorise", Action::Submit, true)
        };
        Button { label: Text::from(label), action, is_open, is_focused: true }
    }

    /// Whether the link and its ways stand there: asked for, and not yet done with.
    fn needs_link(&self, look: Look<'_>, record: &RunRecord) -> bool {
        let is_done = record.enabled.is_some() || look.session.proving.is_proved();
        self.is_link_shown && !record.product.is_hosted() && !is_done
    }

    /// The checks. What the customer is asked to allow matters more until the link is shown, afterwards the others do.
    fn checks<'a>(&self, look: Look<'_>, record: &RunRecord) -> Vec<Block<'a>> {
        let known = look.session.proving.proof.as_ref().map(|proof| checks(look, proof)).unwrap_or_default();
        if record.product.is_hosted() {
            return vec![Block::Checks(known)];
        }
        let asked = words::permissions(&look.setup.permissions, &known);
        let is_asked = |check: &Check| asked.iter().any(|permission| permission.name == check.name);
        let named = known.into_iter().filter(|check| !is_asked(check)).collect();
        let is_before = !self.is_link_shown && !look.session.proving.is_proved() && record.enabled.is_none();
        let named = CheckGroup { name: "Checks", title: "", checks: named, is_kept: !is_before };
        let title = "What the customer is asked to allow:";
        let asked = CheckGroup { name: "Permissions", title, checks: asked, is_kept: is_before };
        let groups = if is_before { [asked, named] } else { [named, asked] };
        groups.into_iter().filter(|group| !group.checks.is_empty()).map(Block::Group).collect()
    }

    fn link_blocks<'a>(&self, look: Look<'a>, record: &RunRecord) -> Vec<Block<'a>> {
        let Some(link) = link(look, record) else { return Vec::new() };
        let ways = if look.setup.can_open_browser { words::WAYS } else { words::WAYS_WITHOUT_BROWSER };
        let mut blocks = vec![Block::Link(link), Block::Para(Text::from(ways))];
        // The notice goes after a few seconds; a path takes longer to be typed elsewhere.
        blocks.extend(self.file.as_ref().map(|path| Block::Para(Text::of(format_args!("File: {path}")))));
        blocks
    }

    fn notice(&self, look: Look<'_>, record: &RunRecord) -> Option<Notice> {
        match &self.enabling {
            Some(wait) => Some(wait.notice(look.now)),
            None => words::waiting(look, record, self.is_link_shown),
        }
    }

    fn keys(&self, look: Look<'_>, record: &RunRecord) -> Vec<Key> {
        let button = self.button(look, record);
        let mut keys = vec![match button.action {
            Action::Enable => shared::key(
                Chord::Enter,
                Action::Enable,
                "enable",
                "Enables the product for this customer. Turns nobody on and bills nothing.",
            ),
            Action::Finish => shared::key(Chord::Enter, Action::Finish, "users", "Goes on to the users."),
            _ => shared::key(
                Chord::Enter,
                Action::Submit,
                "authorise",
                "Shows the link for the customer, or tries the access.",
            ),
        }];
        if self.needs_link(look, record) {
            keys.extend([
                shared::key(
                    Chord::Char('c'),
                    Action::Copy,
                    "clipboard",
                    "Sends the link to your terminal's clipboard.",
                ),
                shared::key(
                    Chord::Char('g'),
                    Action::Qr,
                    "QR",
                    "Shows the link as a QR code on the whole window.",
                ),
                shared::key(
                    Chord::Char('l'),
                    Action::PrintAlone,
                    "print",
                    "Prints the link alone, to be marked with the mouse.",
                ),
            ]);
            if look.setup.can_open_browser {
                keys.push(shared::key(
                    Chord::Char('o'),
                    Action::Open,
                    "open",
                    "Opens the link in a browser here.",
                ));
            }
            keys.push(shared::key(
                Chord::Char('f'),
                Action::WriteFile,
                "file",
                "Writes the link into a file that only you can read.",
            ));
            if look.setup.rehearsal {
                keys.push(shared::key(
                    Chord::Char('w'),
                    Action::Rehearse,
                    "play",
                    "Plays the customer (sandbox only). Proves nothing by itself.",
                ));
            }
        }
        keys.push(shared::key(
            Chord::Char('r'),
            Action::Refresh,
            "ask now",
            "Asks again now. It never moves a step.",
        ));
        keys
    }
}

/// Enable needs a proof of this session that names the run's tenant, and the same proof on record.
fn can_enable(session: &Session, record: &RunRecord) -> bool {
    session.proving.is_proved() && record.proved.is_some()
}

/// What a round of checking came to.
const fn standing(verdict: Option<&Verdict>) -> Standing {
    match verdict {
        None => Standing::Unknown,
        Some(Verdict::Proved) => Standing::Proved,
        Some(Verdict::NotYet) => Standing::NotYet,
        Some(Verdict::Spreading) => Standing::Spreading,
        Some(Verdict::WrongTenant { .. }) => Standing::WrongTenant,
        Some(Verdict::Failed(_)) => Standing::Failed,
    }
}

fn is_enabled(session: &Session) -> bool {
    session.record.as_ref().is_some_and(|record| record.enabled.is_some())
}

fn to_users() -> Step {
    Step::Next(Box::new(Screen::Users(Users::default())))
}

fn tenant(record: &RunRecord) -> Option<TenantId> {
    record
        .organisation
        .as_ref()
        .filter(|_| !record.product.is_hosted())
        .map(|organisation| organisation.tenant)
}

fn link(look: Look<'_>, record: &RunRecord) -> Option<Text> {
    tenant(record).map(|tenant| look.setup.link(tenant))
}

/// Says what became of something.
fn tell(cx: &mut Cx<'_>, reply: Reply) {
    match reply {
        Reply::Told(words) => cx.say(Tone::Plain, words),
        Reply::Written(path) => cx.say(Tone::Good, Text::of(format_args!("The link is in the file {path}."))),
        Reply::Failed(failure) => cx.say(Tone::Warn, shared::failure(&failure)),
        _ => {}
    }
}

/// The checks as found last; while a round is out, those that wait for an answer say so.
fn checks(look: Look<'_>, proof: &crate::domain::tenant::Proof) -> Vec<Check> {
    let mut checks = proof.checks.clone();
    if look.session.proving.is_asking() {
        for check in &mut checks {
            if check.state == CheckState::Waiting {
                check.state = CheckState::Asking;
            }
        }
    }
    checks
}

fn next_change(look: Look<'_>, screen: &Authorise) -> Option<crate::domain::time::Moment> {
    let proving = &look.session.proving;
    let shown = screen.enabling.as_ref().map(|wait| wait.next_change(look.now));
    shown.or_else(|| {
        let since = words::waits_since(look, screen.is_link_shown)?;
        proving.goes_on().then(|| wait::next_change(since, look.now))
    })
}

fn qr<'a>(link: Text, notice: Option<Notice>, next_change: Option<crate::domain::time::Moment>) -> Scene<'a> {
    Scene {
        panel: Panel { heading: Text::from("The link for the customer"), blocks: Vec::new() },
        overlay: Some(Panel { heading: Text::from("Any key returns"), blocks: vec![Block::Qr(link)] }),
        notice,
        keys: vec![shared::key(Chord::Esc, Action::Back, "return", "Any key returns.")],
        focus: Focus::Reading,
        next_change,
    }
}

/// Without a run there is nothing to authorise; the wizard never comes here then.
fn empty<'a>() -> Scene<'a> {
    Scene {
        panel: Panel { heading: Text::from("Authorise"), blocks: Vec::new() },
        overlay: None,
        notice: None,
        keys: Vec::new(),
        focus: Focus::Reading,
        next_change: None,
    }
}
