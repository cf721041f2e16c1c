//! Enable Auto is switched off: confirmed in the wizard's own panel, and true once its key says so.

use crate::{
    headless::{answers::Answers, look, report::End},
    wizard::{
        event::{Action, Intent},
        view::{View, label},
    },
};

use super::{
    super::{end, fail_with},
    Course, Next,
};

/// What has been done here.
#[derive(Debug, Default)]
pub(super) struct Done {
    is_opened: bool,
    is_confirmed: bool,
}

/// Whether Enable Auto is on.
pub(super) fn is_on(view: &View<'_>) -> bool {
    view.keys.iter().any(|key| key.action == Action::Auto && key.label == label::UNDO_AUTO)
}

/// Opens the question; none once the rule is off.
pub(super) fn undo(course: &mut Course, answers: &Answers, view: &View<'_>) -> Option<Next> {
    let done = &mut course.users.rule;
    if !is_on(view) {
        course.changes.is_auto_undone = done.is_confirmed;
        if !done.is_confirmed {
            course.say("Enable Auto is off already.");
        } else if !answers.is_dry_run {
            course.say("Enable Auto is off. Nobody who is on has changed.");
        }
        return None;
    }
    if std::mem::replace(&mut done.is_opened, true) {
        return Some(fail_with(view, "Enable Auto could not be switched off. Start again."));
    }
    Some(Next::Do(Intent::Act(Action::Auto)))
}

/// Says yes, once; the wizard stays here and says why where the operator may not.
pub(super) fn confirm(course: &mut Course, view: &View<'_>) -> Next {
    if std::mem::replace(&mut course.users.rule.is_confirmed, true) {
        return match look::warning(view) {
            Some(words) => end(End::Refused, words),
            None => end(End::Refused, look::sentences(view)),
        };
    }
    Next::Do(Intent::Act(Action::Confirm))
}
