//! The users: what is taken back, what is excluded and included, who is ticked; the bill; Enable Auto. Each is one answer
//! with all users in it, so that the record has one line of it, as from every front end. Pure.

mod auto;
mod off;

use crate::{
    domain::{bill::counted, text::Text, user::Kind},
    wizard::{
        answer::{Action, FieldId, Given, Mark, Value, Which},
        ask::{QuestionId, Shape},
        view::{FactId, View},
    },
};

use super::{
    access,
    answers::{Answers, Users},
    bill,
    journey::{Journey, Next, end, fail, fail_with, missing_answer},
    page,
    report::{End, named},
    selection::{self, Picked, Selection},
};

/// How often a bill that changed meanwhile is looked at again.
const MOST_LOOKS: u32 = 5;

/// What has been done here.
#[derive(Debug, Default)]
pub(super) struct Done {
    stage: Stage,
    selection: Selection,
    /// How many users the included kinds add.
    of_kinds: u32,
    /// The kinds that were filled in.
    kinds: Vec<(Kind, bool)>,
    /// The bill was confirmed here: the results are of this journey.
    has_applied: bool,
    /// How often the bill was looked at.
    looks: u32,
    auto: auto::Done,
    /// Yes was said to switching Enable Auto off.
    has_undone_auto: bool,
    off: off::Done,
}

impl Done {
    /// Whether nothing has been done about users: an outcome is somebody else's then.
    pub(super) fn is_untouched(&self) -> bool {
        self.stage == Stage::Fresh
    }
}

/// How far the choice is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Ticks of before are taken away.
    #[default]
    Fresh,
    /// Every address is looked up in the list.
    Looking,
    /// Exclusions are lifted.
    Lifting,
    Lifted,
    Excluding,
    Excluded,
    Kinds,
    KindsSaved,
    /// Enable Auto is switched off.
    Undoing,
    Undone,
    TurningOff,
    TurnedOff,
    Choosing,
    Reviewing,
    /// Enable Auto: opened until the wizard says that the rule is on.
    Ruling,
    Finishing,
}

/// Decides what to do about the users, and about the questions above them.
pub(super) fn next(done: &mut Done, journey: &mut Journey, answers: &Answers, view: &View<'_>) -> Next {
    if view.ask.is_waiting {
        return Next::Wait;
    }
    match view.ask.id {
        QuestionId::Users => list(done, journey, answers, view),
        QuestionId::Kinds => kinds(done, answers, view),
        QuestionId::Review => review(done, journey, answers, view),
        QuestionId::TurnOff => off::confirm(&mut done.off, journey, answers, &done.selection.turn_off, view),
        QuestionId::Results | QuestionId::BrokenOff if done.off.is_sent() => {
            off::results(&mut done.off, done.selection.turn_off.len(), view)
        }
        QuestionId::UndoAuto if done.stage == Stage::Undone => confirm_undo(done, view),
        QuestionId::BrokenOff => {
            fail_with(view, "Turning users on was broken off. Start again: nobody is turned on twice.")
        }
        // A batch that was asked to stop is not this front end's doing.
        QuestionId::StopApplying => Next::Do(Given::No),
        QuestionId::Results if done.has_applied => Next::Do(Given::Do(Action::Finish)),
        QuestionId::Results => {
            journey.say("What was confirmed before and not finished is done now.");
            Next::Do(Given::Back)
        }
        // Users for whom no seat is left stay ticked: the outcome says so.
        QuestionId::Unapplied => Next::Do(Given::Yes),
        _ => auto::next(&mut done.auto, journey, answers, view),
    }
}

fn list(done: &mut Done, journey: &mut Journey, answers: &Answers, view: &View<'_>) -> Next {
    if access::goes_back(journey, answers, view) {
        return journey.go_back(view);
    }
    if let Some(missing) = missing_answer(answers) {
        return missing;
    }
    if let Some(failure) = page::failure(view) {
        return fail(view, failure);
    }
    // Every turn of this loop leaves a stage behind that has nothing to do.
    loop {
        if let Some(next) = act(done, journey, answers, view) {
            return next;
        }
    }
}

/// Does one stage; none where it has nothing to do and the next one is up.
fn act(done: &mut Done, journey: &mut Journey, answers: &Answers, view: &View<'_>) -> Option<Next> {
    let stage = done.stage;
    match stage {
        Stage::Fresh => {
            done.stage = Stage::Looking;
            Some(Next::Do(Given::Mark(Mark::Untick, Which::All)))
        }
        Stage::Looking => look(done, answers, view),
        Stage::Lifting => mark(done, Stage::Lifted, Mark::Lift, |selection| &selection.lift),
        Stage::Lifted => {
            let words = "An exclusion could not be lifted. Start again.";
            let lifted = done.selection.lift.clone();
            done.stage = Stage::Excluding;
            marked(view, &lifted, false, words, &mut journey.changes.lifted)
        }
        Stage::Excluding => mark(done, Stage::Excluded, Mark::Exclude, |selection| &selection.exclude),
        Stage::Excluded => {
            let words = "A user could not be excluded. Start again.";
            let excluded = done.selection.exclude.clone();
            done.stage = Stage::Kinds;
            marked(view, &excluded, true, words, &mut journey.changes.excluded)
        }
        Stage::Kinds => {
            done.stage = Stage::KindsSaved;
            let is_asked = !(answers.include.is_empty() && answers.leave_out.is_empty());
            is_asked.then_some(Next::Do(Given::Do(Action::Kinds)))
        }
        Stage::KindsSaved => {
            taken_back(done, journey, answers);
            done.stage = if answers.undo_auto { Stage::Undoing } else { Stage::TurningOff };
            None
        }
        Stage::Undoing if has_rule(view) => {
            done.stage = Stage::Undone;
            Some(Next::Do(Given::Do(Action::Auto)))
        }
        Stage::Undoing => {
            journey.say("Enable Auto is off already.");
            done.stage = Stage::TurningOff;
            None
        }
        Stage::Undone if has_rule(view) => {
            Some(fail_with(view, "Enable Auto could not be switched off. Start again."))
        }
        Stage::Undone => {
            journey.changes.is_auto_undone = true;
            if !answers.is_dry_run {
                journey.say("Enable Auto is off. Nobody who is on has changed.");
            }
            done.stage = Stage::TurningOff;
            None
        }
        Stage::TurningOff => mark(done, Stage::TurnedOff, Mark::Off, |selection| &selection.turn_off),
        Stage::TurnedOff => {
            done.stage = Stage::Choosing;
            off::told(&done.off, journey, answers, &done.selection.turn_off, view)
        }
        Stage::Choosing => choose(done, answers),
        Stage::Reviewing => {
            // Back from a bill without a number: nothing is left to be turned on.
            done.looks += 1;
            if done.looks > MOST_LOOKS {
                return Some(fail_with(view, "The list changes all the time. Start again in a few minutes."));
            }
            Some(Next::Do(Given::Do(Action::Review)))
        }
        Stage::Ruling if done.auto.is_on() => {
            done.stage = Stage::Finishing;
            None
        }
        Stage::Ruling => Some(auto::open(&mut done.auto, view)),
        Stage::Finishing => Some(Next::Do(Given::Do(Action::Finish))),
    }
}

/// Whether Enable Auto is on: the page says when the next sweep is.
fn has_rule(view: &View<'_>) -> bool {
    page::fact(view, FactId::NextSweep).is_some()
}

/// Whether this operator may turn users off.
fn may_turn_off(view: &View<'_>) -> bool {
    matches!(view.ask.shape, Shape::Select(asked) if asked.may_turn_off)
}

/// Looks everything up before anything is changed.
fn look(done: &mut Done, answers: &Answers, view: &View<'_>) -> Option<Next> {
    let has_rule = has_rule(view);
    match selection::select(answers, view, has_rule) {
        // The wizard says why this operator may not; asked before anything is changed.
        Ok(_) if !answers.turn_off.is_empty() && !may_turn_off(view) => {
            Some(off::refuse(&mut done.off, view))
        }
        Ok(selection) => {
            done.of_kinds = if has_rule { selection::closed_of(view, &answers.include) } else { 0 };
            let refused = bill::refused_by_rule(answers, 0, selection.lifted_by_rule);
            done.selection = selection;
            done.stage = Stage::Lifting;
            refused
        }
        Err(next) => Some(next),
    }
}

/// One answer for all users of one list; none where there is nobody.
fn mark(done: &mut Done, then: Stage, mark: Mark, of: impl Fn(&Selection) -> &Vec<Picked>) -> Option<Next> {
    done.stage = then;
    let users = selection::ids(of(&done.selection));
    (!users.is_empty()).then(|| Next::Do(Given::Mark(mark, Which::Users(users))))
}

/// Whether all of them are excluded now, or none; what was done is kept.
fn marked(
    view: &View<'_>,
    users: &[Picked],
    wanted: bool,
    otherwise: &'static str,
    changed: &mut Vec<Text>,
) -> Option<Next> {
    let rows = view.page.rows()?;
    let is_done = |user: &Picked| {
        let at = rows.rows.at(&crate::wizard::answer::RowId::User(user.id));
        at.is_some_and(|at| selection::is_excluded(rows, at) == wanted)
    };
    if !users.iter().all(is_done) {
        return Some(fail_with(view, otherwise));
    }
    changed.extend(selection::addresses(users));
    None
}

/// The kinds: filled in by their ids, then saved.
fn kinds(done: &mut Done, answers: &Answers, view: &View<'_>) -> Next {
    if let Some(words) = page::warning(view) {
        return end(End::Failed, words);
    }
    if done.kinds.is_empty()
        && let Some(refused) = bill::refused_by_rule(answers, done.of_kinds, done.selection.lifted_by_rule)
        && done.of_kinds > 0
    {
        return refused;
    }
    let wanted = Kind::INCLUDABLE.into_iter().find_map(|kind| {
        let is_included = page::chosen(view, FieldId::Included(kind))? == 1;
        let list = if is_included { &answers.leave_out } else { &answers.include };
        list.contains(&kind).then_some((kind, !is_included))
    });
    let Some((kind, is_included)) = wanted else { return Next::Do(Given::Submit) };
    done.kinds.push((kind, is_included));
    Next::Do(Given::Fill(FieldId::Included(kind), Value::Choice(usize::from(is_included))))
}

/// Keeps which kinds were changed, and says what was taken back.
fn taken_back(done: &mut Done, journey: &mut Journey, answers: &Answers) {
    for (kind, is_included) in std::mem::take(&mut done.kinds) {
        let changes = &mut journey.changes;
        let list = if is_included { &mut changes.included } else { &mut changes.left_out };
        list.push(kind);
    }
    if answers.is_dry_run {
        return;
    }
    let changes = &journey.changes;
    let lifted = (!changes.lifted.is_empty())
        .then(|| Text::of(format_args!("Exclusion lifted: {}.", named(&changes.lifted))));
    let kinds: Vec<&str> = changes.left_out.iter().map(|kind| kind.plural()).collect();
    let left_out =
        (!kinds.is_empty()).then(|| Text::of(format_args!("Not included any more: {}.", kinds.join(", "))));
    journey.lines.extend(lifted.into_iter().chain(left_out));
}

/// Says yes to undoing the rule, once; the wizard stays here and says why where the operator may not.
fn confirm_undo(done: &mut Done, view: &View<'_>) -> Next {
    if std::mem::replace(&mut done.has_undone_auto, true) {
        return end(End::Refused, page::warning(view).unwrap_or_else(|| page::sentences(view)));
    }
    Next::Do(Given::Yes)
}

fn choose(done: &mut Done, answers: &Answers) -> Option<Next> {
    let (stage, next) = match answers.users {
        Some(Users::All) => (Stage::Reviewing, Some(Next::Do(Given::Mark(Mark::Tick, Which::All)))),
        Some(Users::Auto) => (Stage::Ruling, None),
        Some(Users::These(_)) => {
            let users = selection::ids(&done.selection.tick);
            let tick = (!users.is_empty()).then(|| Next::Do(Given::Mark(Mark::Tick, Which::Users(users))));
            (Stage::Reviewing, tick)
        }
        Some(Users::None) | None if answers.is_dry_run => {
            (Stage::Finishing, Some(end(End::Shown, "Nobody would be turned on, and nothing was written.")))
        }
        Some(Users::None) | None => (Stage::Finishing, None),
    };
    done.stage = stage;
    next
}

/// The bill: compared, then confirmed by its number.
fn review(done: &mut Done, journey: &mut Journey, answers: &Answers, view: &View<'_>) -> Next {
    let new = match bill::compare(journey, answers, view) {
        Ok(new) => new,
        Err(next) => return next,
    };
    if new == 0 {
        journey.say("Nobody is left to be turned on.");
        return Next::Do(Given::Yes);
    }
    done.has_applied = true;
    let users = counted(new, "user", "users");
    journey.say(Text::of(format_args!("Turning on {users}: the bill is confirmed.")));
    Next::Do(bill::confirm(view, new))
}
