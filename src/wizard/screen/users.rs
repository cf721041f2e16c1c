//! Screen: users. Tick, All, These, Enable Auto; review and apply; one result per user.
//!
//! The rows, ticks and counts belong to the roster of the run; this file holds what is asked of them. Questions above the
//! list (kinds, review, a write on its way, Enable Auto, turning off) are files of their own.

mod apply;
mod auto;
mod confirm;
mod kinds;
mod off;
mod review;
mod scene;

use crate::{
    domain::{
        card::Card,
        draft::Draft,
        phrase::{Phrase, WayOn, phrase},
        protection::Chosen,
        run::ExclusionChange,
    },
    wizard::{
        answer::{Action, FieldId, Given, Mark, Which},
        context::{UpdateCx, ViewCx},
        part::{
            field::Field,
            wait::{self, Wait},
        },
        pending::{self, Arrival, Excluded},
        roster::{Roster, Ticks},
        screen::{Scene, Screen, outcome::Outcome, step::Step},
        view::{Rows, Tone},
        words,
    },
};

/// Why something that acts on what is shown has to wait.
const STILL_SEARCHING: &str = "The search is still going on. One moment.";

/// Said to a mark on rows that are not as they stood on the screen.
const OTHER_ROWS: &str = "The rows have changed meanwhile. Nobody was changed: please look again.";

/// A question above the list.
#[derive(Debug)]
enum Dialog {
    Kinds(kinds::Kinds),
    Review(review::Review),
    Apply(apply::Apply),
    Auto(Box<auto::Auto>),
    Off(off::TurnOff),
    /// Ticked users have not been turned on: finish all the same?
    Unapplied,
}

/// What comes of an answer to a question above the list.
#[derive(Debug)]
enum DialogResult {
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

/// The screen's own state.
#[derive(Debug, Default)]
pub(crate) struct Users {
    filter: Field,
    dialog: Option<Dialog>,
    /// Writes exclusions.
    excluding: Wait<Excluded>,
    /// The ticks before the last *clear*, to bring them back.
    cleared: Option<Draft>,
    /// Goes to the outcome as soon as the ticks are saved.
    is_finishing: bool,
}

impl Users {
    /// Comes on: the users stream in, and what was confirmed before and not finished is completed without asking.
    pub(crate) fn enter(&mut self, cx: &mut UpdateCx<'_>) {
        let session = &mut *cx.session;
        let Some(record) = session.record.as_ref() else { return };
        session.roster.start(record, cx.now, cx.calls);
        self.filter.set(session.roster.filter());
        let unfinished = record.unfinished.clone();
        if !unfinished.is_empty() && !record.is_read_only && self.dialog.is_none() {
            self.dialog = Some(Dialog::Apply(apply::Apply::resume(cx, unfinished)));
        } else if self.dialog.is_none() {
            self.show_results(cx);
        }
    }

    /// Shows the results that stood there when the program was stopped, once.
    fn show_results(&mut self, cx: &mut UpdateCx<'_>) {
        let Some(record) = cx.session.record.as_mut() else { return };
        let is_unread = record.has_unread_results() && !record.is_read_only;
        let results = std::mem::take(&mut record.results);
        if is_unread {
            self.dialog = Some(Dialog::Apply(apply::Apply::shown(results)));
        }
    }

    /// Handles an answer.
    pub(crate) fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        let result = match self.dialog.as_mut() {
            None => return self.answer_list(cx, given),
            Some(Dialog::Kinds(kinds)) => kinds.answer(cx, &given),
            Some(Dialog::Review(review)) => review.answer(cx, &given),
            Some(Dialog::Apply(apply)) => apply.answer(cx, &given),
            Some(Dialog::Auto(auto)) => auto.answer(cx, &given),
            Some(Dialog::Off(off)) => off.answer(&given),
            Some(Dialog::Unapplied) => match given {
                Given::Yes => DialogResult::Finish,
                Given::Back | Given::No => DialogResult::Close,
                _ => DialogResult::Stay,
            },
        };
        self.follow(cx, result)
    }

    fn follow(&mut self, cx: &mut UpdateCx<'_>, result: DialogResult) -> Step {
        match result {
            DialogResult::Stay => {}
            DialogResult::Close => self.dialog = None,
            DialogResult::Again => {
                self.dialog = None;
                list_again(cx);
            }
            DialogResult::Apply(users) => {
                self.dialog = Some(Dialog::Apply(apply::Apply::turn_on(cx, users)));
            }
            DialogResult::TurnOff(users) => {
                self.dialog = Some(Dialog::Apply(apply::Apply::turn_off(cx, users)));
            }
            DialogResult::Finish => {
                let is_asked = matches!(self.dialog, Some(Dialog::Unapplied | Dialog::Apply(_)));
                // It stays until the ticks are saved: the list below is no question any more.
                let above = self.dialog.take();
                let step = self.finish(cx, is_asked);
                if self.is_finishing {
                    self.dialog = above;
                }
                return step;
            }
        }
        Step::Stay
    }

    fn answer_list(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        match given {
            Given::Fill(FieldId::Filter, value) if self.filter.fill(&value) => {
                cx.session.roster.ask(cx.calls, self.filter.text());
            }
            Given::Back => return Step::Back,
            Given::Do(Action::Refresh) => list_again(cx),
            Given::Do(Action::Sort) => sort(cx),
            Given::Mark(..) | Given::Do(_) if !cx.may_write() => {}
            Given::Mark(mark, which) => self.mark(cx, mark, &which),
            Given::Do(Action::Clear) => self.clear(cx),
            Given::Do(Action::Finish) => return self.finish(cx, false),
            Given::Do(Action::Review) if is_left_to_rule(cx) => return self.finish(cx, false),
            Given::Do(action) => self.open(cx, action),
            _ => {}
        }
        Step::Stay
    }

    /// Opens a question.
    fn open(&mut self, cx: &mut UpdateCx<'_>, action: Action) {
        match action {
            Action::Kinds if cx.session.roster.is_known() => {
                self.dialog = Some(Dialog::Kinds(kinds::Kinds::open(cx)));
            }
            Action::Kinds => {
                let words = cx.session.roster.unread();
                cx.say(Tone::Busy, words);
            }
            Action::Auto => self.dialog = Some(Dialog::Auto(Box::new(auto::Auto::open(cx)))),
            Action::Review => self.dialog = Some(Dialog::Review(review::Review::open(cx))),
            _ => {}
        }
    }

    /// Does one thing to users: one answer, one write, one line of the audit.
    fn mark(&mut self, cx: &mut UpdateCx<'_>, mark: Mark, which: &Which) {
        if mark == Mark::Off && !cx.setup.operator.is_admin {
            let words = phrase!["Only an Admin can turn protection off. ", WayOn::Exclude];
            return cx.say(Tone::Warn, words);
        }
        if let (Mark::Tick, Which::All) = (mark, which) {
            return self.all(cx);
        }
        let rows = match rows(&cx.session.roster, which) {
            Ok(rows) => rows,
            Err(why) => return cx.say(Tone::Warn, why),
        };
        if let (Mark::Tick, Which::Shown(_), false) = (mark, which, cx.session.roster.is_filtered()) {
            return cx.say(Tone::Plain, phrase!["These ticks what a filter shows. ", WayOn::Filter]);
        }
        match mark {
            // Nothing to take away is nothing to write.
            Mark::Untick if matches!(which, Which::All) && cx.session.roster.people().is_unticked() => {}
            Mark::Untick if matches!(which, Which::All) => {
                cx.session.roster.clear_all();
                self.ticked(cx, None);
            }
            Mark::Untick => {
                cx.session.roster.tick(&rows, false);
                self.ticked(cx, None);
            }
            Mark::Invert | Mark::Tick if !cx.session.roster.people().is_known() => {
                let words = cx.session.roster.unread();
                cx.say(Tone::Busy, words);
            }
            Mark::Invert => {
                cx.session.roster.invert(&rows);
                self.ticked(cx, None);
            }
            Mark::Tick => {
                let is_any = cx.session.roster.tick(&rows, true);
                self.ticked_or_closed(cx, &rows, is_any);
            }
            Mark::Toggle => {
                let is_any = cx.session.roster.toggle(&rows);
                self.ticked_or_closed(cx, &rows, is_any);
            }
            Mark::Exclude => self.exclude(cx, &rows, true),
            Mark::Lift => self.exclude(cx, &rows, false),
            Mark::ToggleExclusion => {
                let first = first(&cx.session.roster, which, &rows);
                let exclude = first.is_some_and(|row| !cx.session.roster.people().is_excluded(row));
                self.exclude(cx, &rows, exclude);
            }
            Mark::Off => match off::TurnOff::open(&cx.session.roster, &rows) {
                Some(off) => self.dialog = Some(Dialog::Off(off)),
                None => cx.say(Tone::Plain, "Nobody here is on."),
            },
        }
    }

    /// The rows were ticked, or unticked; where none of them could be, it is said why.
    fn ticked_or_closed(&mut self, cx: &mut UpdateCx<'_>, rows: &Ticks, is_any: bool) {
        if is_any {
            return self.ticked(cx, None);
        }
        let mut all = rows.rows();
        let why = match (all.next(), all.next()) {
            (Some(only), None) => cx.session.roster.why_closed(only),
            _ => Some("Nobody of these can be ticked.".into()),
        };
        if let Some(why) = why {
            cx.say(Tone::Plain, why);
        }
    }

    fn all(&mut self, cx: &mut UpdateCx<'_>) {
        if let Some(failure) = cx.session.roster.failure() {
            let words = phrase![
                format_args!("All needs the whole list, and {}.", failure.what),
                " ",
                WayOn::Again("list again")
            ];
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

    /// Unticks what is shown. With nothing ticked it brings back what the last *clear* took.
    fn clear(&mut self, cx: &mut UpdateCx<'_>) {
        if cx.session.roster.is_searching() {
            return cx.say(Tone::Warn, STILL_SEARCHING);
        }
        if cx.session.roster.counts().ticked == 0
            && let Some(before) = self.cleared.take()
        {
            cx.session.roster.restore(&before);
            return self.ticked(cx, Some("The ticks are back."));
        }
        if cx.session.roster.people().is_unticked() {
            return cx.say(Tone::Plain, "Nobody is ticked.");
        }
        let before = cx.session.roster.people().draft();
        cx.session.roster.clear();
        self.ticked(cx, None);
        self.cleared = Some(before);
        let outside = cx.session.roster.counts().ticked;
        if outside > 0 {
            cx.say(
                Tone::Plain,
                phrase!["Cleared what the filter shows. ", outside, " outside the filter stay ticked."],
            );
        } else {
            cx.say(Tone::Plain, phrase!["Cleared. ", WayOn::RestoreTicks]);
        }
    }

    fn ticked(&mut self, cx: &mut UpdateCx<'_>, words: Option<&'static str>) {
        self.cleared = None;
        cx.session.roster.touched(cx.calls);
        if let Some(words) = words {
            cx.say(Tone::Plain, words);
        }
    }

    fn exclude(&mut self, cx: &mut UpdateCx<'_>, rows: &Ticks, exclude: bool) {
        if self.excluding.is_out() {
            return cx.say(Tone::Busy, "Saving. One moment.");
        }
        let roster = &cx.session.roster;
        if !roster.is_known() {
            let words = roster.unread();
            return cx.say(Tone::Busy, words);
        }
        let rows = rows.rows().filter(|row| roster.people().is_excluded(*row) != exclude).collect();
        let users = roster.people().chosen(&rows);
        let Some(run) = cx.session.record.as_ref().map(|record| record.id.clone()) else { return };
        if !users.is_empty() {
            let change = ExclusionChange { users, exclude };
            self.excluding.start(cx, pending::change_exclusions(run, change), wait::RECORD);
        }
    }

    /// Goes to the outcome; ticks are saved first, and ticked users who were not turned on are named once.
    fn finish(&mut self, cx: &mut UpdateCx<'_>, is_asked: bool) -> Step {
        if !cx.may_write() {
            return Step::Stay;
        }
        if cx.session.roster.counts().ticked > 0 && !is_asked {
            self.dialog = Some(Dialog::Unapplied);
            return Step::Stay;
        }
        self.is_finishing = true;
        if cx.session.roster.prune() {
            cx.session.roster.touched(cx.calls);
        }
        save(cx);
        self.go_on(cx)
    }

    fn go_on(&mut self, cx: &UpdateCx<'_>) -> Step {
        if !self.is_finishing {
            return Step::Stay;
        }
        if cx.session.roster.is_saved() {
            (self.is_finishing, self.dialog) = (false, None);
            return Step::Next(Box::new(Screen::Outcome(Outcome::default())));
        }
        if !cx.session.roster.is_saving() {
            (self.is_finishing, self.dialog) = (false, None);
        }
        Step::Stay
    }

    /// Handles a reply.
    pub(crate) fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Step {
        if let Some(excluded) = self.excluding.take(arrival) {
            match excluded {
                Ok(Excluded(users)) => {
                    let session = &mut *cx.session;
                    session.roster.exclude(&users);
                    session.roster.touched(cx.calls);
                    if let Some(record) = &session.record {
                        session.roster.count(record, cx.calls);
                    }
                }
                Err(failure) => cx.say(Tone::Bad, words::failure(&failure)),
            }
            return Step::Stay;
        }
        let result = match self.dialog.as_mut() {
            Some(Dialog::Kinds(kinds)) => kinds.hear(cx, arrival),
            Some(Dialog::Apply(apply)) => apply.hear(cx, arrival),
            Some(Dialog::Auto(auto)) => auto.hear(cx, arrival),
            Some(Dialog::Review(_) | Dialog::Off(_) | Dialog::Unapplied) | None => DialogResult::Stay,
        };
        self.follow(cx, result)
    }

    /// The roster has changed below it.
    pub(crate) fn session_changed(&mut self, cx: &mut UpdateCx<'_>) -> Step {
        match self.dialog.as_mut() {
            Some(Dialog::Review(review)) => review.changed(cx),
            Some(Dialog::Auto(auto)) => auto.changed(cx),
            _ => {}
        }
        self.go_on(cx)
    }

    /// Goes off. The listing goes on: it belongs to the run.
    #[expect(clippy::unused_self, reason = "every screen goes off the same way")]
    pub(crate) fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        save(cx);
    }

    /// What it shows.
    pub(crate) fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        scene::view(self, cx)
    }

    /// What to say.
    pub(crate) fn card(&self, cx: ViewCx<'_>) -> Card {
        scene::card(self, cx)
    }
}

/// The rows that are meant, as they stood on the screen; why they can't be told otherwise.
fn rows(roster: &Roster, which: &Which) -> Result<Ticks, Phrase> {
    match which {
        Which::All => Ok(roster.people().live().clone()),
        Which::Users(users) => {
            let rows = roster.rows_of(users);
            if rows.count() == 0 { Err("These users are not in the list.".into()) } else { Ok(rows) }
        }
        Which::Shown(_) if roster.is_searching() => Err(STILL_SEARCHING.into()),
        Which::Shown(generation) if *generation == roster.generation() => Ok(roster.rows_shown()),
        Which::Range(from, to, generation) if *generation == roster.generation() => {
            roster.rows_between(*from, *to).ok_or_else(|| OTHER_ROWS.into())
        }
        Which::Shown(_) | Which::Range(..) => Err(OTHER_ROWS.into()),
    }
}

/// The row that was named first; of rows that were not named one by one, the one that came first.
fn first(roster: &Roster, which: &Which, rows: &Ticks) -> Option<u32> {
    let named = match which {
        Which::Users(users) => users.iter().find_map(|user| roster.rows_of(&[*user]).rows().next()),
        Which::Range(from, ..) => roster.rows_of(&[*from]).rows().next(),
        Which::All | Which::Shown(_) => None,
    };
    named.or_else(|| rows.rows().next())
}

/// Nobody is ticked because the rule turns everybody on: there is no bill to show before finishing.
fn is_left_to_rule(cx: &UpdateCx<'_>) -> bool {
    let roster = &cx.session.roster;
    roster.people().rule().is_some() && !roster.people().is_all() && roster.counts().ticked == 0
}

/// Saves the ticks now.
fn save(cx: &mut UpdateCx<'_>) {
    let session = &mut *cx.session;
    if let Some(record) = session.record.as_mut() {
        session.roster.save(record, cx.calls);
    }
}

/// Lists the users again from the start.
fn list_again(cx: &mut UpdateCx<'_>) {
    let session = &mut *cx.session;
    if let Some(record) = session.record.as_mut() {
        session.roster.again(record, cx.now, cx.calls);
    }
}

/// Sorts by name once the list is complete, and back.
fn sort(cx: &mut UpdateCx<'_>) {
    if !cx.session.roster.is_complete() {
        cx.say(Tone::Plain, "Sorting waits for the end of the list.");
    } else if cx.session.roster.sort(cx.calls) {
        cx.say(Tone::Busy, "Sorting by name.");
    } else {
        cx.say(Tone::Plain, "In the order of arrival.");
    }
}

#[cfg(test)]
mod tests;
