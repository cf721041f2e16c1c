//! What is typed into a form is kept in the record at once, one write after the other: no kill and no dropped line loses
//! more than the letters of the moment in which a write takes place. While one is out the changes after it gather.

use crate::domain::{form_draft::FormDraft, id::RunId};

use super::{
    outbox::Outbox,
    pending::{self, Arrival, Pending, Saved},
    view::{Notice, Tone},
};

/// The form that is being typed into.
#[derive(Debug, Default)]
pub(crate) struct Keeping {
    /// What changed since the write that is out, or was last tried.
    changed: Option<FormDraft>,
    /// Keeps.
    saving: Pending<Saved>,
    /// What that write keeps; gone with its failure, it would be kept with the next change.
    out: Option<FormDraft>,
    /// It was said that it can't be kept: once is enough.
    is_said: bool,
}

impl Keeping {
    /// The form has changed: it is kept now, or as soon as what changed before it has been.
    pub(crate) fn change(&mut self, draft: FormDraft, run: Option<&RunId>, calls: &mut Outbox) {
        self.changed = Some(draft);
        if !self.saving.is_out() {
            self.flush(run, calls);
        }
    }

    /// Keeps now what has changed: in this run, or without one as the form of a new customer.
    pub(crate) fn flush(&mut self, run: Option<&RunId>, calls: &mut Outbox) {
        if let Some(draft) = self.changed.take() {
            // An older write is seen through; writes are carried out in their order.
            self.saving.forget();
            self.out = Some(draft.clone());
            self.saving.start(calls, pending::keep_form(run.cloned(), draft));
        }
    }

    /// The form was saved: nothing of it is kept any more.
    pub(crate) fn drop_changes(&mut self) {
        self.changed = None;
    }

    /// Takes a reply if it belongs to the keeping; out comes what is to be said about it.
    pub(crate) fn hear(
        &mut self,
        arrival: &mut Arrival,
        run: Option<&RunId>,
        calls: &mut Outbox,
    ) -> Option<Notice> {
        let kept = self.saving.take(arrival)?;
        let out = self.out.take();
        match kept {
            Ok(Saved) => {
                self.flush(run, calls);
                None
            }
            Err(failure) => {
                // Tried again with the next change, and before the form is left: not at once, for a record that is gone
                // would be asked without end.
                self.changed = self.changed.take().or(out);
                let words = failure.in_words().then("What you type here is not kept until you save.");
                (!std::mem::replace(&mut self.is_said, true)).then(|| Notice::new(Tone::Warn, words))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::failure::{Failure, FailureKind},
        wizard::{
            call::{CallId, Reply, Request},
            effect::Effect,
        },
    };

    fn draft(text: &str) -> FormDraft {
        FormDraft(vec![("tenant".into(), text.into())])
    }

    /// The write that has gone out since, if one has: there are never two.
    fn write(calls: &mut Outbox) -> Option<(CallId, String)> {
        let mut kept = calls.take().into_iter().filter_map(|effect| match effect {
            Effect::Start(call, Request::KeepForm(None, draft)) => {
                Some((call, draft.get("tenant").unwrap_or_default().to_owned()))
            }
            _ => None,
        });
        let first = kept.next();
        assert!(kept.next().is_none());
        first
    }

    fn hear(keeping: &mut Keeping, call: CallId, reply: Reply, calls: &mut Outbox) -> Option<Notice> {
        assert!(calls.note(call, &reply));
        keeping.hear(&mut Arrival::new(call, reply), None, calls)
    }

    #[test]
    fn each_letter_is_kept_at_once_and_what_comes_meanwhile_together() {
        let (mut keeping, mut calls) = (Keeping::default(), Outbox::default());
        keeping.change(draft("a"), None, &mut calls);
        let (call, kept) = write(&mut calls).unwrap();
        assert_eq!(kept, "a");
        for text in ["ab", "abc"] {
            keeping.change(draft(text), None, &mut calls);
            assert!(write(&mut calls).is_none(), "one at a time");
        }
        assert!(hear(&mut keeping, call, Reply::Saved, &mut calls).is_none());
        let (call, kept) = write(&mut calls).unwrap();
        assert_eq!(kept, "abc");
        keeping.change(draft("abcd"), None, &mut calls);
        keeping.flush(None, &mut calls);
        assert_eq!(write(&mut calls).unwrap().1, "abcd", "the form is left: nothing is waited for");
        assert!(hear(&mut keeping, call, Reply::Saved, &mut calls).is_none());
        assert!(write(&mut calls).is_none());
    }

    #[test]
    fn what_could_not_be_kept_is_said_once_and_tried_again() {
        let (mut keeping, mut calls) = (Keeping::default(), Outbox::default());
        let failed = || Reply::Failed(Failure::new(FailureKind::Record, "the record is busy", "Wait."));
        keeping.change(draft("a"), None, &mut calls);
        let (call, _) = write(&mut calls).unwrap();
        assert!(hear(&mut keeping, call, failed(), &mut calls).is_some());
        assert!(write(&mut calls).is_none(), "not without end");
        keeping.change(draft("ab"), None, &mut calls);
        let (call, kept) = write(&mut calls).unwrap();
        assert_eq!(kept, "ab");
        assert!(hear(&mut keeping, call, failed(), &mut calls).is_none(), "said once");
        keeping.flush(None, &mut calls);
        assert_eq!(write(&mut calls).unwrap().1, "ab", "and before the form is left");
        keeping.drop_changes();
        keeping.flush(None, &mut calls);
        assert!(write(&mut calls).is_none(), "saved: nothing of it is kept");
    }
}
