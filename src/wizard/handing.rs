//! Texts that go elsewhere: which of them a page has, which of them the keys send, and the three ways to send it.
//!
//! A screen gives what is its own (the link, a receipt). What went wrong gives two more, wherever it is told: the lines
//! that somebody else is to run, and the error with its ids. One of them is sent by the three ways, the first one unless a
//! person asked for the next: lines for a hoster, because nothing goes on without them; then the screen's own; the error
//! last. A proof is asked again every few seconds, so bad news comes and goes by itself, and the key that sends the link
//! must not send something else because of that.

use std::borrow::Cow;

use crate::{
    domain::{
        failure::Failure,
        invitation,
        phrase::{Phrase, WayOn, phrase},
        sydney,
        text::{Shown, Text, capital},
        time::Moment,
    },
    wizard::{
        answer::Action,
        context::{UpdateCx, ViewCx},
        effect::FrontEndTask,
        part::wait::{self, Wait},
        pending::{self, Arrival, Written},
        screen::{self, Scene},
        view::{Bar, Block, Handout, HandoutId, Notice, Tone},
        words,
    },
};

/// What is handed over, and what became of it.
#[derive(Debug, Default)]
pub(crate) struct Handing {
    /// The text that a person asked for in place of the first one.
    chosen: Option<HandoutId>,
    /// Writing a text into a file, and which.
    writing: Wait<Written>,
    written: Option<HandoutId>,
    /// Where the link was written.
    link_file: Option<Text>,
    /// What went wrong last, while it is told.
    trouble: Option<Trouble>,
}

/// Bad news, and when it was heard.
#[derive(Debug)]
struct Trouble {
    failure: Failure,
    at: Moment,
    /// It was told in the line of state, which sending it takes away.
    is_said: bool,
}

impl Handing {
    /// Another screen comes on.
    pub(crate) fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        self.writing.cancel(cx);
        (self.chosen, self.link_file, self.trouble) = (None, None, None);
    }

    /// Takes in what is told to have gone wrong now: on the page, or else in the line of state. What the line of state
    /// told stays until the next answer that is about something else.
    pub(crate) fn note(
        &mut self,
        on_page: Option<Failure>,
        said: Option<&Failure>,
        is_kept: bool,
        now: Moment,
    ) {
        let is_said = on_page.is_none();
        let Some(failure) = on_page.or_else(|| said.cloned()) else {
            self.trouble.take_if(|trouble| !(is_kept && trouble.is_said));
            return;
        };
        if self.trouble.as_ref().is_none_or(|known| known.failure != failure) {
            self.trouble = Some(Trouble { failure, at: now, is_said });
        }
    }

    /// A page with its texts, the one that is sent first, and with the ways to send it.
    pub(crate) fn lay<'a>(&self, cx: ViewCx<'a>, bar: &Bar<'_>, mut scene: Scene<'a>) -> Scene<'a> {
        let own = std::mem::take(&mut scene.handouts);
        let has_receipt = own.iter().any(|text| text.id == HandoutId::Receipt);
        let trouble = self.trouble.as_ref().filter(|_| !has_receipt);
        let made = |id, what, text| {
            // By the run's number, where there is one.
            let run = bar.run.as_ref().map_or_else(String::new, |run| format!("{run}-"));
            let file = Text::of(format_args!("backup365-{run}{what}.txt"));
            Handout { id, text: Cow::Owned(text), file }
        };
        let error = trouble.map(|trouble| made(HandoutId::Error, "error", report(trouble, cx, bar, &scene)));
        let lines = trouble.map(|trouble| trouble.failure.lines()).filter(|lines| !lines.is_empty());
        let lines = lines.map(|lines| lines.iter().map(Text::as_str).collect::<Vec<_>>().join("\n"));
        let lines = lines.map(|text| made(HandoutId::Hoster, "hoster", text));
        let mut all: Vec<Handout<'a>> = lines.into_iter().chain(own).chain(error).collect();
        if let Some(at) = all.iter().position(|text| Some(text.id) == self.chosen) {
            all.rotate_left(at);
        }
        if let Some(first) = all.first() {
            let ways = [Action::Copy, Action::PrintAlone, Action::WriteFile];
            let ways = ways.map(|way| words::sending(first.id, way));
            let next = all.get(1).map(|next| words::sending(next.id, Action::NextText));
            // Behind what Enter does, and what turns a receipt over.
            let is_before = |action, is_default| is_default || action == Action::NextReceipt;
            let offers = scene.offers.iter();
            let at = offers.take_while(|offer| is_before(offer.action, offer.is_default)).count();
            scene.offers.splice(at..at, ways.into_iter().chain(next));
        }
        if let (Some(_), Some(path)) = (scene.page.link(), &self.link_file) {
            // The notice goes after a few seconds; a path takes longer to be typed elsewhere. On top, where it is in sight
            // in a small window too.
            scene.page.blocks.insert(0, Block::Para(format_args!("File: {path}").into()));
        }
        scene.handouts = all;
        scene.waiting_for(cx.now, [self.writing.clock()])
    }

    /// Sends a text; `next` is the one behind it.
    pub(crate) fn send(
        &mut self,
        cx: &mut UpdateCx<'_>,
        action: Action,
        text: Handout<'static>,
        next: Option<HandoutId>,
    ) {
        let (id, words) = (text.id, text.text.into_owned());
        match action {
            Action::Copy if cx.setup.can_copy(&words) => {
                cx.calls.perform(FrontEndTask::Copy(words));
                cx.say(Tone::Plain, sent(id));
            }
            Action::Copy => cx.say(Tone::Warn, too_long(id)),
            Action::PrintAlone => cx.calls.perform(FrontEndTask::PrintAlone(words)),
            Action::WriteFile if !self.writing.is_out() => {
                self.written = Some(id);
                let words =
                    if id == HandoutId::Invitation { invitation::as_mail(&words, cx.now) } else { words };
                self.writing.start(cx, pending::write_file(text.file, words), wait::FILE);
            }
            Action::NextText if let Some(next) = next => {
                self.chosen = Some(next);
                let what = Text::clean(&capital(next.title()));
                cx.say(Tone::Plain, phrase![what, " is what is sent now. ", WayOn::PrintAlone("it")]);
            }
            _ => {}
        }
    }

    /// Takes the answer to the file that is being written.
    pub(crate) fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> bool {
        let Some(answer) = self.writing.take(arrival) else { return false };
        if let Some(Written(path)) = cx.brought(Tone::Bad, Some(answer))
            && let Some(id) = self.written
        {
            if id == HandoutId::Link {
                // The page has its path.
                cx.say(Tone::Good, "The link is in the file; only you can read it.");
                self.link_file = Some(path);
            } else {
                let title = capital(id.title());
                let words = format_args!("{title} is in a file that only you can read: {path}");
                *cx.notice = Some(Notice::new(Tone::Good, words).staying());
            }
        }
        true
    }
}

/// Said when a text went to the clipboard: nobody answers, so nobody knows whether it arrived.
fn sent(id: HandoutId) -> Phrase {
    let way = WayOn::PrintAlone("it");
    phrase!["Sent to your terminal's clipboard: ", id.title(), ". Not every terminal takes it. ", way]
}

/// Said where a text is longer than the clipboard's way takes: a part of it is worth nothing.
fn too_long(id: HandoutId) -> Phrase {
    let ways = phrase![WayOn::PrintAlone("it"), " ", WayOn::WriteFile];
    phrase!["Not sent: ", id.title(), " is too long for your terminal's clipboard. "].with(ways)
}

/// What went wrong, as a ticket needs it: what was tried, what happened, the ids, the time with its zone, and where.
fn report(trouble: &Trouble, cx: ViewCx<'_>, bar: &Bar<'_>, scene: &Scene<'_>) -> String {
    let Trouble { failure, at, .. } = trouble;
    let step = screen::stops(scene.id).name();
    let joined = |parts: &[Option<String>]| parts.iter().flatten().cloned().collect::<Vec<_>>().join(", ");
    let said = |words: Option<Shown<'_>>| words.map(|words| words.to_string());
    let text = |text: &Option<Text>| text.as_ref().map_or_else(String::new, Text::to_string);
    let tenant = bar.tenant.map(|tenant| format!("tenant ID {tenant}"));
    let sandbox = bar.is_sandbox.then(|| "SANDBOX: everything here is invented".to_owned());
    let version = format!("Backup365 {}", env!("CARGO_PKG_VERSION"));
    let is_hosted = cx.session.record.as_ref().is_some_and(|record| record.product.is_hosted());
    let place = if is_hosted { "Server" } else { "Organisation" };
    let lines = [
        ("Step", format!("{step}. {}", scene.page.heading.for_commands())),
        ("What happened", capital(failure.what.as_str())),
        ("Code", text(&failure.code)),
        ("Ids", text(&failure.reference)),
        ("Time", format!("{} ({at})", sydney::stamp_in_words(*at, cx.setup.here.as_str()))),
        ("Customer", joined(&[said(bar.customer), bar.product.map(|product| product.name().to_owned())])),
        (place, joined(&[said(bar.organisation), said(bar.domain), tenant])),
        ("Run", text(&bar.run)),
        ("Program", joined(&[Some(version), sandbox])),
    ];
    let known = lines.iter().filter(|(_, words)| !words.is_empty());
    known.map(|(label, words)| format!("{label}: {words}")).collect::<Vec<_>>().join("\n")
}
