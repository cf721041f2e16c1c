//! Screen: users. Tick, All, These, Enable Auto; review and apply; one result per user.
//!
//! The rows, ticks and counts belong to the roster of the run; this file holds what is asked of them. Panels above the
//! list (kinds, review, a write on its way, Enable Auto, turning off) are files of their own.

mod apply;
mod auto;
mod confirm;
mod kinds;
mod off;
mod review;
mod scene;

use crate::{
    domain::{protection::Chosen, run::ExclusionChange, text::Text},
    wizard::{
        Cx, Look,
        effect::{CallId, Request},
        event::{Action, Intent, Reply},
        part::field::{Field, Taken},
        roster::Roster,
        screen::{Scene, Screen, outcome},
        step::Step,
        view::{Ask, Card, Chord, Focus, Key, Panel, Tone},
        words,
    },
};

pub(super) use apply::result_row;
pub(super) use auto::{due, next_minute};

/// A panel above the list.
#[derive(Debug)]
enum Above {
    Kinds(kinds::Chooser),
    Review(review::Review),
    Apply(apply::Apply),
    Auto(Box<auto::Auto>),
    Off(off::TurnOff),
    /// Ticked users have not been turned on: finish all the same?
    Unapplied,
}

/// What a panel answers.
#[derive(Debug)]
enum Answer {
    /// Stay open.
    Stay,
    /// Close.
    Close,
    /// Close, and list again.
    Again,
    /// Turn these on.
    Apply(Vec<Chosen>),
    /// Turn these off.
    TurnOff(Vec<Chosen>),
    /// To the outcome.
    Finish,
}

/// What a panel shows.
#[derive(Debug)]
struct Sheet<'a> {
    panel: Panel<'a>,
    keys: Vec<Key>,
    focus: Focus,
    next_change: Option<crate::domain::time::Moment>,
}

/// The screen's own state.
#[derive(Debug, Default)]
pub(crate) struct Users {
    search: Field,
    /// The keyboard types into the search field.
    is_typing: bool,
    /// Tab has left the field of the panel above: letters are commands there, so that Esc is not the only way back.
    has_left_field: bool,
    above: Option<Above>,
    /// Writes exclusions.
    excluding: Option<CallId>,
    /// Wakes the countdown.
    clock: Option<CallId>,
    /// The ticks before the last *clear*, to bring them back.
    cleared: Option<crate::domain::draft::Draft>,
    /// Goes to the outcome as soon as the ticks are saved.
    is_finishing: bool,
}

/// A key.
pub(super) const fn key(chord: Chord, action: Action, label: &'static str, help: &'static str) -> Key {
    Key { chord, action, label, count: None, help }
}

impl Users {
    /// Comes on: the users stream in, and what was confirmed before and not finished is completed without asking.
    pub(crate) fn enter(&mut self, cx: &mut Cx<'_>) {
        Roster::start(cx);
        let unfinished = cx
            .session
            .record
            .as_ref()
            .filter(|record| !record.is_read_only)
            .map(|record| record.unfinished.clone())
            .unwrap_or_default();
        if !unfinished.is_empty() && self.above.is_none() {
            self.above = Some(Above::Apply(apply::Apply::resume(cx, unfinished)));
        }
        self.wind(cx);
    }

    /// Handles what a person asks.
    pub(crate) fn intent(&mut self, cx: &mut Cx<'_>, intent: Intent) -> Step {
        let intent = plain(intent);
        let step = if self.above.is_some() {
            if self.crosses_field(cx, &intent) { Step::Stay } else { self.intent_above(cx, &intent) }
        } else if self.is_typing {
            self.intent_field(cx, &intent)
        } else {
            self.intent_list(cx, &intent)
        };
        self.wind(cx);
        step
    }

    /// Leaves and enters the field of the panel above; says whether the intent was about that.
    fn crosses_field(&mut self, cx: &mut Cx<'_>, intent: &Intent) -> bool {
        let has_field = scene::has_field(self, Look { now: cx.now, setup: cx.setup, session: cx.session });
        self.has_left_field &= has_field;
        match intent {
            Intent::NextControl | Intent::PreviousControl if has_field => {
                self.has_left_field = !self.has_left_field;
            }
            Intent::Submit | Intent::Act(Action::Search) if self.has_left_field => {
                self.has_left_field = false;
            }
            Intent::Insert(_) | Intent::Paste(_) | Intent::Edit(_) if self.has_left_field => {}
            _ => return false,
        }
        true
    }

    fn intent_above(&mut self, cx: &mut Cx<'_>, intent: &Intent) -> Step {
        let answer = match self.above.as_mut() {
            Some(Above::Kinds(kinds)) => kinds.intent(cx, intent),
            Some(Above::Review(review)) => review.intent(cx, intent),
            Some(Above::Apply(apply)) => apply.intent(cx, intent),
            Some(Above::Auto(auto)) => auto.intent(cx, intent),
            Some(Above::Off(off)) => off.intent(intent),
            Some(Above::Unapplied) => match intent {
                Intent::Submit | Intent::Act(Action::Finish | Action::Confirm) => Answer::Finish,
                Intent::Back => Answer::Close,
                _ => Answer::Stay,
            },
            None => Answer::Stay,
        };
        self.follow(cx, answer)
    }

    fn follow(&mut self, cx: &mut Cx<'_>, answer: Answer) -> Step {
        let was_applying = matches!(self.above, Some(Above::Apply(_)));
        self.has_left_field &= matches!(answer, Answer::Stay);
        match answer {
            Answer::Stay => {}
            Answer::Close => self.above = None,
            Answer::Again => {
                self.above = None;
                Roster::again(cx);
            }
            Answer::Apply(users) => self.above = Some(Above::Apply(apply::Apply::turn_on(cx, users))),
            Answer::TurnOff(users) => {
                cx.session.roster.unmark();
                self.above = Some(Above::Apply(apply::Apply::turn_off(cx, users)));
            }
            Answer::Finish => {
                let is_asked = matches!(self.above, Some(Above::Unapplied)) || was_applying;
                self.above = None;
                return self.finish(cx, is_asked);
            }
        }
        Step::Stay
    }

    /// In the search field every character is text; Enter, Tab and Down leave it with the text kept.
    fn intent_field(&mut self, cx: &mut Cx<'_>, intent: &Intent) -> Step {
        match intent {
            Intent::Submit | Intent::NextControl | Intent::PreviousControl | Intent::Move(_) => {
                self.is_typing = false;
            }
            Intent::Back if self.search.is_empty() => self.is_typing = false,
            Intent::Back => {
                self.search.clear();
                cx.session.roster.ask(cx.calls, "");
            }
            intent => {
                if self.search.intent(intent) == Taken::Changed {
                    cx.session.roster.ask(cx.calls, self.search.text());
                }
            }
        }
        Step::Stay
    }

    fn intent_list(&mut self, cx: &mut Cx<'_>, intent: &Intent) -> Step {
        match intent {
            Intent::Move(by) => cx.session.roster.step(*by),
            Intent::Back if cx.session.roster.unmark() => {}
            Intent::Back => return Step::Back,
            Intent::NextControl => self.is_typing = true,
            Intent::Paste(_) | Intent::Insert(_) => cx.say(Tone::Plain, "Press / first, then type."),
            Intent::Submit => self.open(cx, Action::Review),
            Intent::Act(Action::Finish) => return self.finish(cx, false),
            Intent::Act(action) => self.act(cx, *action),
            _ => {}
        }
        Step::Stay
    }

    fn act(&mut self, cx: &mut Cx<'_>, action: Action) {
        match action {
            Action::Search => self.is_typing = true,
            Action::Refresh => Roster::again(cx),
            Action::Sort => sort(cx),
            Action::Details => {
                if let Some(words) = scene::details(&cx.session.roster) {
                    cx.say(Tone::Plain, words);
                }
            }
            Action::Range => {
                if cx.session.roster.mark() {
                    cx.say(Tone::Plain, "Range: move, then Space, x or o. Esc ends it.");
                }
            }
            _ if cx.session.record.as_ref().is_none_or(|record| record.is_read_only) => {
                cx.say(Tone::Warn, "Another process holds this run: you can look, but change nothing.");
            }
            Action::Tick => self.tick(cx),
            Action::These | Action::Invert if !cx.session.roster.people().is_known() => {
                let words = scene::unread(&cx.session.roster);
                cx.say(Tone::Busy, words);
            }
            Action::All => self.all(cx),
            Action::These => self.these(cx),
            Action::Clear => self.clear(cx),
            Action::Invert if !cx.session.roster.is_searching() => {
                cx.session.roster.invert();
                self.ticked(cx, None);
            }
            Action::Invert => cx.say(Tone::Warn, STILL_SEARCHING),
            Action::Exclude => self.exclude(cx),
            action => self.open(cx, action),
        }
    }

    /// Opens a panel.
    fn open(&mut self, cx: &mut Cx<'_>, action: Action) {
        if cx.session.record.as_ref().is_none_or(|record| record.is_read_only) {
            return cx.say(Tone::Warn, "Another process holds this run: you can look, but change nothing.");
        }
        match action {
            Action::Kinds if cx.session.roster.is_known() => {
                self.above = Some(Above::Kinds(kinds::Chooser::open(cx)));
            }
            Action::Kinds => cx.say(Tone::Busy, "Reading what is on record. One moment."),
            Action::Auto => self.above = Some(Above::Auto(Box::new(auto::Auto::open(cx)))),
            Action::Review => self.above = Some(Above::Review(review::Review::open(cx))),
            Action::TurnOff if !cx.setup.operator.is_admin => {
                cx.say(Tone::Warn, "Only an Admin can turn protection off. Excluding with x keeps a user from being turned on.");
            }
            Action::TurnOff => match off::TurnOff::open(cx) {
                Some(off) => self.above = Some(Above::Off(off)),
                None => cx.say(Tone::Plain, "Nobody here is on."),
            },
            _ => {}
        }
    }

    fn tick(&mut self, cx: &mut Cx<'_>) {
        let is_range = cx.session.roster.anchor().is_some();
        if cx.session.roster.toggle() {
            cx.session.roster.unmark();
            self.ticked(cx, None);
        } else if is_range {
            cx.say(Tone::Plain, "Nobody in the range can be ticked.");
        } else if let Some(why) = scene::why_closed(&cx.session.roster) {
            cx.say(Tone::Plain, why);
        }
    }

    fn all(&mut self, cx: &mut Cx<'_>) {
        if let Some(failure) = cx.session.roster.failure() {
            let words = Text::of(format_args!(
                "All needs the whole list, and {}. Press r to list again.",
                failure.what
            ));
            return cx.say(Tone::Warn, words);
        }
        cx.session.roster.tick_all();
        let words = if cx.session.roster.is_complete() {
            "All is on."
        } else {
            "All is on: users that still arrive are ticked too."
        };
        self.ticked(cx, Some(words));
    }

    fn these(&mut self, cx: &mut Cx<'_>) {
        if !cx.session.roster.is_filtered() {
            return cx.say(Tone::Plain, "t ticks what a filter shows. Press / first, and type.");
        }
        if cx.session.roster.is_searching() {
            return cx.say(Tone::Warn, STILL_SEARCHING);
        }
        cx.session.roster.tick_these();
        self.ticked(cx, None);
    }

    /// Unticks what is shown. With nothing ticked it brings back what the last *clear* took.
    fn clear(&mut self, cx: &mut Cx<'_>) {
        if cx.session.roster.is_searching() {
            return cx.say(Tone::Warn, STILL_SEARCHING);
        }
        if cx.session.roster.counts().ticked == 0
            && let Some(before) = self.cleared.take()
        {
            cx.session.roster.restore(&before);
            return self.ticked(cx, Some("The ticks are back."));
        }
        let before = cx.session.roster.people().draft();
        if before == crate::domain::draft::Draft::default() {
            return cx.say(Tone::Plain, "Nobody is ticked.");
        }
        cx.session.roster.clear();
        self.ticked(cx, None);
        self.cleared = Some(before);
        let outside = cx.session.roster.counts().ticked;
        if outside > 0 {
            let words = Text::of(format_args!(
                "Cleared what the filter shows. {} outside the filter stay ticked.",
                crate::domain::bill::grouped(outside)
            ));
            cx.say(Tone::Plain, words);
        } else {
            cx.say(Tone::Plain, "Cleared. Press c again to bring the ticks back.");
        }
    }

    fn ticked(&mut self, cx: &mut Cx<'_>, words: Option<&'static str>) {
        self.cleared = None;
        Roster::touched(cx);
        if let Some(words) = words {
            cx.say(Tone::Plain, words);
        }
    }

    fn exclude(&mut self, cx: &mut Cx<'_>) {
        if self.excluding.is_some() {
            return cx.say(Tone::Busy, "Saving. One moment.");
        }
        if !cx.session.roster.is_known() {
            return cx.say(Tone::Busy, "Reading what is on record. One moment.");
        }
        let roster = &cx.session.roster;
        let Some((row, _)) = roster.under_cursor() else { return };
        let exclude = !roster.people().is_excluded(row);
        let rows = roster.selected();
        let users = rows
            .rows()
            .filter(|row| roster.people().is_excluded(*row) != exclude)
            .filter_map(|row| roster.people().user(row).map(|user| user.id))
            .collect();
        if let Some(run) = cx.session.record.as_ref().map(|record| record.id.clone()) {
            let change = ExclusionChange { users, exclude };
            self.excluding = Some(cx.calls.start(Request::ChangeExclusions(run, change)));
        }
        cx.session.roster.unmark();
    }

    /// Goes to the outcome; ticks are saved first, and ticked users who were not turned on are named once.
    fn finish(&mut self, cx: &mut Cx<'_>, is_asked: bool) -> Step {
        if cx.session.record.as_ref().is_none_or(|record| record.is_read_only) {
            cx.say(Tone::Warn, "Another process holds this run: you can look, but change nothing.");
            return Step::Stay;
        }
        if cx.session.roster.counts().ticked > 0 && !is_asked {
            self.above = Some(Above::Unapplied);
            return Step::Stay;
        }
        self.is_finishing = true;
        if cx.session.roster.prune() {
            Roster::touched(cx);
        }
        Roster::save(cx);
        self.go_on(cx)
    }

    fn go_on(&mut self, cx: &mut Cx<'_>) -> Step {
        if !self.is_finishing {
            return Step::Stay;
        }
        if cx.session.roster.is_saved() {
            self.is_finishing = false;
            return Step::Next(Box::new(Screen::Outcome(outcome::Outcome::default())));
        }
        if !cx.session.roster.is_saving() {
            self.is_finishing = false;
        }
        Step::Stay
    }

    /// Handles a reply.
    pub(crate) fn reply(&mut self, cx: &mut Cx<'_>, call: CallId, reply: Reply) -> Step {
        if self.clock == Some(call) {
            self.clock = None;
            self.wind(cx);
            return Step::Stay;
        }
        if self.excluding == Some(call) {
            self.excluding = None;
            match reply {
                Reply::Excluded(users) => {
                    cx.session.roster.exclude(&users);
                    Roster::touched(cx);
                    Roster::count(cx);
                }
                Reply::Failed(failure) => cx.say(Tone::Bad, words::failure(&failure)),
                _ => {}
            }
            return Step::Stay;
        }
        let answer = match self.above.as_mut() {
            Some(Above::Kinds(kinds)) => kinds.reply(cx, call, &reply),
            Some(Above::Apply(apply)) => apply.reply(cx, call, reply),
            Some(Above::Auto(auto)) => auto.reply(cx, call, reply),
            Some(Above::Review(_) | Above::Off(_) | Above::Unapplied) | None => Answer::Stay,
        };
        let step = self.follow(cx, answer);
        self.wind(cx);
        step
    }

    /// The roster has changed below it.
    pub(crate) fn session_changed(&mut self, cx: &mut Cx<'_>) -> Step {
        match self.above.as_mut() {
            Some(Above::Review(review)) => review.changed(cx),
            Some(Above::Auto(auto)) => auto.changed(cx),
            _ => {}
        }
        self.wind(cx);
        self.go_on(cx)
    }

    /// Goes off. The listing goes on: it belongs to the run.
    pub(crate) fn leave(&mut self, cx: &mut Cx<'_>) {
        cx.calls.cancel_taken(&mut self.clock);
        Roster::save(cx);
        self.is_typing = false;
    }

    /// Asks to be woken by the minute while a countdown is shown.
    fn wind(&mut self, cx: &mut Cx<'_>) {
        let is_shown =
            matches!(self.above, Some(Above::Auto(_))) || cx.session.roster.people().rule().is_some();
        if !is_shown {
            cx.calls.cancel_taken(&mut self.clock);
        } else if self.clock.is_none() {
            let wait = next_minute(cx.now).since(cx.now);
            self.clock = Some(cx.calls.start(Request::Wake(wait)));
        }
    }

    /// What it shows.
    pub(crate) fn view<'a>(&'a self, look: Look<'a>) -> Scene<'a> {
        scene::view(self, look)
    }

    /// Which question it asks, and whether an answer given now would come too early.
    pub(crate) fn asks(&self, look: Look<'_>) -> (Ask, bool) {
        let roster = &look.session.roster;
        let has_failed = roster.failure().is_some();
        match &self.above {
            Some(Above::Kinds(kinds)) => (Ask::Kinds, kinds.is_waiting()),
            Some(Above::Review(review)) => (Ask::Review, review.is_waiting() && !has_failed),
            Some(Above::Apply(apply)) => apply.asks(),
            Some(Above::Auto(auto)) => auto.asks(has_failed),
            Some(Above::Off(_)) => (Ask::TurnOff, false),
            Some(Above::Unapplied) => (Ask::Unapplied, false),
            None => {
                let is_read = roster.is_complete() && roster.is_known();
                let is_saving = self.excluding.is_some() || self.is_finishing;
                (Ask::Users, is_saving || roster.is_searching() || (!is_read && !has_failed))
            }
        }
    }

    /// What to say.
    pub(crate) fn card(&self, look: Look<'_>) -> Card {
        scene::card(self, look)
    }
}

/// What a letter would do that is not open now.
pub(super) const fn tried(c: char) -> Option<Action> {
    Some(match c {
        ' ' => Action::Tick,
        'a' => Action::All,
        't' => Action::These,
        'c' => Action::Clear,
        'i' => Action::Invert,
        'x' => Action::Exclude,
        'k' => Action::Kinds,
        'u' => Action::Auto,
        'o' => Action::TurnOff,
        'z' => Action::Sort,
        _ => return None,
    })
}

/// Why something that acts on what is shown has to wait.
const STILL_SEARCHING: &str = "The search is still going on. One moment.";

/// Actions that mean the same as a plain intent.
pub(super) fn plain(intent: Intent) -> Intent {
    match intent {
        Intent::Act(Action::Submit | Action::Save | Action::Apply | Action::Review) => Intent::Submit,
        Intent::Act(Action::Back) => Intent::Back,
        intent => intent,
    }
}

/// Sorts by name once the list is complete, and back.
fn sort(cx: &mut Cx<'_>) {
    if !cx.session.roster.is_complete() {
        cx.say(Tone::Plain, "Sorting waits for the end of the list.");
    } else if cx.session.roster.sort(cx.calls) {
        cx.say(Tone::Busy, "Sorting by name.");
    } else {
        cx.say(Tone::Plain, "In the order of arrival.");
    }
}

#[cfg(test)]
pub(super) mod tests;
