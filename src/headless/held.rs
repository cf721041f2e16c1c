//! Answers where somebody else has the run: taken over for a reason, or left alone. Pure.

use std::ops::ControlFlow::Continue;

use crate::wizard::{
    answer::{Action, FieldId, Given, Value},
    ask::QuestionId,
    view::View,
};

use super::{
    decision::{Decision, end, give, no_failure, warning},
    journey::{HELD, Journey, Step},
    report::End,
};

impl Journey {
    /// Somebody else has the run: with a reason it is taken over, else nothing is changed.
    pub(super) fn take_over(&mut self, view: &View<'_>) -> Decision {
        let run = view.bar.run.clone().unwrap_or_default();
        let who = view.bar.held_by.clone().unwrap_or_else(|| "somebody had this run a moment ago".into());
        // Taken over from here: what was done is done.
        let changes = self.report.changes.in_words();
        if !changes.is_empty() {
            let words = format_args!(
                "{run}: {who}. Done before: {}. Nothing more was changed. {HELD}",
                changes.join("; ")
            );
            return end(End::Held, words);
        }
        let Some(reason) = self.answers.take_over.clone() else {
            return end(End::Held, format_args!("{run}: {who}, so nothing was changed. {HELD}"));
        };
        no_failure(view)?;
        if view.ask.id == QuestionId::TakeOver {
            if view.page.fields().next().is_none() {
                return end(
                    End::Refused,
                    format_args!("{run}: {who}. Only an Admin takes a run over for a reason."),
                );
            }
            self.steps.fill(FieldId::Reason, Value::Text(reason))?;
            if self.steps.first(Step::Answer(QuestionId::TakeOver)) {
                return give(Given::Do(Action::TakeOver));
            }
        } else {
            self.steps.act(Action::TakeOver)?;
        }
        match warning(view) {
            Some(words) => end(End::Held, format_args!("{words} Nothing was changed.")),
            None => Continue(()),
        }
    }
}
