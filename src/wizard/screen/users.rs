//! Screen: users. Tick, All, These, Enable Auto; review and apply; one result per user.
//!
//! The rows, ticks and counts belong to the roster of the run; this file holds what is asked of them. Questions above the
//! list (kinds, review, a write on its way, Enable Auto, turning off) are files of their own.

mod apply;
mod asked;
mod auto;
mod confirm;
mod kinds;
mod review;
mod scene;

use std::time::Duration;

use crate::{
    domain::{
        card::{Card, CardId, Party},
        draft::Draft,
        phrase::{Phrase, WayOn, phrase},
        run::ExclusionChange,
        verdict::is_for_turning_on,
    },
    wizard::{
        answer::{Action, FieldId, Given, Mark, Which},
        context::{UpdateCx, ViewCx},
        part::{
            field::Field,
            said, sweep,
            wait::{self, Wait},
        },
        pending::{self, Arrival, Excluded},
        roster::{Roster, Ticks},
        screen::{Scene, Screen, outcome::Outcome, step::Step},
        view::{Notice, Rows, Tone},
    },
};

use apply::{Apply, Way};

/// Why something that acts on what is shown has to wait.
const STILL_SEARCHING: &str = "The search is still going on. One moment.";

/// Said to a mark on rows that are not as they stood on the screen.
const OTHER_ROWS: &str = "The rows have changed meanwhile. Nobody was changed: please look again.";

/// After which a listing takes longer than usual ([`wait::LISTING`]).
const LISTING_USUAL: Duration = Duration::from_mins(1);

/// A question above the list.
trait Dialog: std::fmt::Debug + Send {
    /// Handles an answer.
    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> DialogResult;

    /// Handles a reply.
    fn hear(&mut self, _cx: &mut UpdateCx<'_>, _arrival: &mut Arrival) -> DialogResult {
        DialogResult::Stay
    }

    /// The roster has changed below it.
    fn changed(&mut self, _cx: &UpdateCx<'_>) {}

    /// What it shows, without the list below.
    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a>;

    /// What to say to the customer, where it is something else than at the list.
    fn card(&self, _cx: ViewCx<'_>) -> Option<Card> {
        None
    }
}

/// What comes of an answer to a question above the list.
#[derive(Debug)]
enum DialogResult {
    /// Stay open.
    Stay,
    /// Close.
    Close,
    /// Another question in its place.
    Next(Box<dyn Dialog>),
    /// To the outcome; ticked users who were not turned on are named before, unless they have been.
    Finish {
        /// They have been.
        is_asked: bool,
    },
}

/// The screen's own state.
#[derive(Debug, Default)]
pub(crate) struct Users {
    filter: Field,
    dialog: Option<Box<dyn Dialog>>,
    /// Writes exclusions.
    excluding: Wait<Excluded>,
    /// The ticks before the last *clear*, to bring them back.
    cleared: Option<Draft>,
    /// Goes to the outcome as soon as the ticks are saved.
    is_finishing: bool,
}

impl Screen for Users {
    /// The users stream in, and what was confirmed before and not finished is completed without asking.
    fn enter(&mut self, cx: &mut UpdateCx<'_>) {
        let session = &mut *cx.session;
        let Some(record) = session.record.as_ref() else { return };
        session.roster.start(record, cx.now, cx.calls);
        self.filter.set(session.roster.filter());
        let unfinished = record.unfinished.clone();
        if !unfinished.is_empty() && !record.is_read_only && self.dialog.is_none() {
            self.dialog = Some(Box::new(Apply::begin(cx, unfinished, Way::Resumed)));
        } else if self.dialog.is_none() {
            self.show_results(cx);
        }
    }

    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        let Some(dialog) = self.dialog.as_mut() else { return self.answer_list(cx, given) };
        let result = dialog.answer(cx, given);
        self.follow(cx, result)
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Step {
        if let Some(Excluded(users)) = cx.brought(Tone::Bad, self.excluding.take(arrival)) {
            cx.session.roster.record_changed(|people| people.exclude(users));
            cx.session.roster.touched(cx.calls);
            cx.session.count_users(cx.calls);
        }
        let Some(dialog) = self.dialog.as_mut().filter(|_| arrival.is_left()) else { return Step::Stay };
        let result = dialog.hear(cx, arrival);
        self.follow(cx, result)
    }

    fn session_changed(&mut self, cx: &mut UpdateCx<'_>) -> Step {
        if let Some(dialog) = self.dialog.as_mut() {
            dialog.changed(cx);
        }
        self.go_on(cx)
    }

    /// The listing goes on: it belongs to the run.
    fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        cx.session.save_ticks(cx.calls);
    }

    /// The list, or the question above it with the list below.
    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let list = scene::list(self, cx);
        let Some(dialog) = &self.dialog else { return list };
        let above = dialog.view(cx);
        let next_change = above.next_change.into_iter().chain(list.next_change).min();
        let is_waiting = above.is_waiting || self.is_finishing;
        let notice = above.notice.or_else(|| self.is_finishing.then(|| Notice::new(Tone::Busy, "Saving.")));
        Scene { below: Some(list.page), next_change, is_waiting, notice, ..above }
    }

    fn card(&self, cx: ViewCx<'_>) -> Card {
        let (roster, people) = (&cx.session.roster, &cx.session.roster.people);
        let protected = people.counts().protected;
        if let Some(card) = self.dialog.as_ref().and_then(|dialog| dialog.card(cx)) {
            return card;
        }
        let id = match (roster.failure(), people.schedule()) {
            (Some(failure), _) => return Card::of_failure(failure, party(cx), &[]),
            _ if people.lacks_seats() => {
                let bill = people.bill(people.ticked());
                return said::seats_missing(cx, protected, bill.new_seats(), bill.seats_missing());
            }
            _ if roster.is_arriving() => {
                let is_long =
                    roster.arriving_since().is_some_and(|since| cx.now.since(since) >= LISTING_USUAL);
                if is_long { CardId::UsersSlow } else { CardId::UsersListed }
            }
            (None, Some(schedule)) => match schedule.standstill {
                Some(why) => return said::stalled(cx, protected, schedule, why),
                None if scene::fixed_list(cx).is_some() => CardId::UsersChosen,
                None => CardId::UsersAutomatic,
            },
            (None, None) => CardId::UsersChosen,
        };
        said::card(cx, protected, id, &[("next", sweep::due(cx).to_string())])
    }
}

impl Users {
    /// Shows the results that stood there when the program was stopped, once.
    fn show_results(&mut self, cx: &mut UpdateCx<'_>) {
        let Some(record) = cx.session.record.as_mut() else { return };
        let is_unread = record.has_unread_results() && !record.is_read_only;
        let results = std::mem::take(&mut record.results);
        if is_unread {
            let turned_on = results.into_iter().filter(|result| is_for_turning_on(&result.outcome));
            self.dialog = Some(Box::new(Apply::shown(turned_on.collect())));
        }
    }

    fn follow(&mut self, cx: &mut UpdateCx<'_>, result: DialogResult) -> Step {
        match result {
            DialogResult::Stay => {}
            DialogResult::Close => self.dialog = None,
            DialogResult::Next(dialog) => self.dialog = Some(dialog),
            DialogResult::Finish { is_asked } => return self.finish(cx, is_asked),
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
            Given::Do(Action::Narrow) => {
                if let Some((offer, _)) = cx.session.roster.filter_offer() {
                    self.filter.set(&offer.typed);
                    cx.session.roster.ask(cx.calls, &offer.typed);
                }
            }
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
            Action::Kinds if !cx.session.roster.is_known() => cx.say(Tone::Busy, cx.session.roster.unread()),
            Action::Kinds if scene::kinds_untold(cx.look()).is_some() => {}
            Action::Kinds => self.dialog = Some(Box::new(kinds::Kinds::open(cx))),
            Action::Auto => self.dialog = Some(Box::new(auto::Auto::open(cx))),
            Action::Review => self.dialog = Some(Box::new(review::Review::open(cx))),
            Action::AcceptShorter if !cx.setup.operator.is_admin => {
                cx.admin_only("Only an Admin can accept a shorter list.");
            }
            Action::AcceptShorter => {
                self.dialog = asked::Shorter::open(cx).map(|shorter| Box::new(shorter) as Box<dyn Dialog>);
            }
            _ => {}
        }
    }

    /// Does one thing to users: one answer, one write, one line of the audit.
    fn mark(&mut self, cx: &mut UpdateCx<'_>, mark: Mark, which: &Which) {
        if mark == Mark::Off && !cx.setup.operator.is_admin {
            return cx.admin_only(phrase!["Only an Admin can turn protection off. ", WayOn::Exclude]);
        }
        if let (Mark::Tick, Which::All) = (mark, which) {
            return self.all(cx);
        }
        let rows = match rows(&cx.session.roster, which) {
            Ok(rows) => rows,
            Err(why) => return cx.say(Tone::Warn, why),
        };
        if let (Mark::Tick, Which::Shown(_), false) = (mark, which, cx.session.roster.list.is_filtered()) {
            return cx.say(Tone::Plain, phrase!["These ticks what a filter shows. ", WayOn::Filter]);
        }
        match mark {
            // Nothing to take away is nothing to write.
            Mark::Untick if matches!(which, Which::All) && cx.session.roster.people.is_unticked() => {}
            Mark::Untick => {
                if matches!(which, Which::All) {
                    cx.session.roster.people.clear();
                } else {
                    cx.session.roster.tick(&rows, false);
                }
                self.ticked(cx);
            }
            Mark::Invert | Mark::Tick if !cx.session.roster.people.is_known() => {
                cx.say(Tone::Busy, cx.session.roster.unread());
            }
            Mark::Invert => {
                cx.session.roster.people.invert(&rows);
                self.ticked(cx);
            }
            Mark::Tick if cx.session.roster.tick(&rows, true) => self.ticked(cx),
            Mark::Toggle if cx.session.roster.toggle(&rows) => self.ticked(cx),
            Mark::Tick | Mark::Toggle => say_closed(cx, &rows),
            Mark::Exclude | Mark::Lift => self.exclude(cx, &rows, mark == Mark::Exclude),
            Mark::ToggleExclusion => {
                let first = first(&cx.session.roster, which, &rows);
                let exclude = first.is_some_and(|row| !cx.session.roster.people.excluded().has(row));
                self.exclude(cx, &rows, exclude);
            }
            Mark::Off => match asked::TurnOff::open(&cx.session.roster, &rows) {
                Some(off) => self.dialog = Some(Box::new(off)),
                None => cx.say(Tone::Plain, "Nobody here is protected."),
            },
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
        cx.session.roster.people.tick_all();
        self.ticked(cx);
        cx.say(Tone::Plain, scene::all_ticked(&cx.session.roster));
    }

    /// Unticks what is shown. With nothing ticked it brings back what the last *clear* took.
    fn clear(&mut self, cx: &mut UpdateCx<'_>) {
        if cx.session.roster.is_searching() {
            return cx.say(Tone::Warn, STILL_SEARCHING);
        }
        if cx.session.roster.counts().ticked == 0
            && let Some(before) = self.cleared.take()
        {
            cx.session.roster.people.restore(&before);
            self.ticked(cx);
            return cx.say(Tone::Plain, "The ticks are back.");
        }
        if cx.session.roster.people.is_unticked() {
            return cx.say(Tone::Plain, "Nobody is ticked.");
        }
        let before = cx.session.roster.people.draft();
        cx.session.roster.clear();
        self.ticked(cx);
        self.cleared = Some(before);
        let words = match cx.session.roster.counts().ticked {
            0 => phrase!["Cleared. ", WayOn::RestoreTicks],
            outside => {
                phrase!["Cleared what the filter shows. ", outside, " outside the filter stay ticked."]
            }
        };
        cx.say(Tone::Plain, words);
    }

    fn ticked(&mut self, cx: &mut UpdateCx<'_>) {
        self.cleared = None;
        cx.session.roster.touched(cx.calls);
    }

    fn exclude(&mut self, cx: &mut UpdateCx<'_>, rows: &Ticks, exclude: bool) {
        if self.excluding.is_out() {
            return cx.say(Tone::Busy, "Saving. One moment.");
        }
        let roster = &cx.session.roster;
        if !roster.is_known() {
            return cx.say(Tone::Busy, roster.unread());
        }
        let rows = rows.rows().filter(|row| roster.people.excluded().has(*row) != exclude).collect();
        let users = roster.people.chosen(&rows);
        if let Some(run) = cx.run().filter(|_| !users.is_empty()) {
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
            self.dialog = Some(Box::new(asked::Unapplied));
            return Step::Stay;
        }
        self.is_finishing = true;
        let session = &mut *cx.session;
        if let Some(record) = session.record.as_mut() {
            session.roster.finish(record, cx.calls);
        }
        self.go_on(cx)
    }

    fn go_on(&mut self, cx: &UpdateCx<'_>) -> Step {
        // A question above the list stays until then: the list below is none any more.
        if !self.is_finishing || cx.session.roster.is_saving() {
            return Step::Stay;
        }
        (self.is_finishing, self.dialog) = (false, None);
        if cx.session.roster.is_saved() { Step::Next(Box::<Outcome>::default()) } else { Step::Stay }
    }
}

/// Says why none of these rows could be ticked.
fn say_closed(cx: &mut UpdateCx<'_>, rows: &Ticks) {
    let mut all = rows.rows();
    let why = match (all.next(), all.next()) {
        (Some(only), None) => cx.session.roster.why_closed(only),
        _ => Some("Nobody of these can be ticked.".into()),
    };
    if let Some(why) = why {
        cx.say(Tone::Plain, why);
    }
}

/// The rows that are meant, as they stood on the screen; why they can't be told otherwise.
fn rows(roster: &Roster, which: &Which) -> Result<Ticks, Phrase> {
    match which {
        Which::All => Ok(roster.people.live().clone()),
        Which::Users(users) => {
            let rows: Ticks = users.iter().filter_map(|user| roster.people.row_of(*user)).collect();
            if rows.is_empty() { Err("These users are not in the list.".into()) } else { Ok(rows) }
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
        Which::Users(users) => users.as_slice(),
        Which::Range(from, ..) => std::slice::from_ref(from),
        Which::All | Which::Shown(_) => &[],
    };
    named.iter().find_map(|user| roster.people.row_of(*user)).or_else(|| rows.rows().next())
}

/// Who lists the users.
fn party(cx: ViewCx<'_>) -> Party {
    cx.session.record.as_ref().map_or_else(Party::default, |record| Party::of(record.product))
}

/// Nobody is ticked because the rule turns everybody on: there is no bill to show before finishing.
fn is_left_to_rule(cx: &UpdateCx<'_>) -> bool {
    let roster = &cx.session.roster;
    roster.people.facts().rule.is_some() && !roster.people.is_all() && roster.counts().ticked == 0
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
