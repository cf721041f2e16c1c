//! A form whose save compares a tenant or mail domains with the record: where something speaks against them, one question
//! stands above it, whose default is No (product.md rule 18).

use crate::{
    domain::{
        doubt::{Accepts, Doubt, Guarded},
        failure::Failure,
        text::Text,
    },
    wizard::{
        answer::Given,
        ask::QuestionId,
        call::{Call, FromReply},
        context::{UpdateCx, ViewCx},
        part::wait::{self, Wait},
        pending::Arrival,
        screen::Scene,
        view::{Block, Tone},
    },
};

/// The write, and what is asked about before it; nothing: nothing is asked.
#[derive(Debug)]
pub(crate) struct GuardedSave<T> {
    /// The write.
    pub(crate) write: Wait<Guarded<T>>,
    asked: Vec<Doubt>,
    /// How often there was something new to ask: an answer to fewer doubts is none to more.
    stamp: u64,
}

impl<T> Default for GuardedSave<T> {
    fn default() -> Self {
        Self { write: Wait::default(), asked: Vec::new(), stamp: 0 }
    }
}

impl<T> GuardedSave<T>
where
    Guarded<T>: FromReply,
{
    /// Whether the question stands.
    pub(crate) const fn is_asked(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Asks about these, beside those that are asked about already.
    pub(crate) fn ask(&mut self, doubts: &[Doubt]) {
        for doubt in doubts {
            if !self.asked.contains(doubt) {
                self.asked.push(doubt.clone());
            }
        }
        self.stamp += 1;
    }

    /// Takes an answer to the question: Yes accepts what was asked about and nothing else, No takes the question away.
    pub(crate) fn answer(&mut self, cx: &mut UpdateCx<'_>, given: &Given) -> Option<Accepts> {
        match given {
            _ if self.write.is_out() => {}
            Given::Yes => return cx.may_write().then(|| Accepts::these(&self.asked)),
            Given::No | Given::Back => self.asked.clear(),
            _ => {}
        }
        None
    }

    /// Saves. What was typed is kept before the form is saved, which forgets it.
    pub(crate) fn start(&mut self, cx: &mut UpdateCx<'_>, save: Call<Guarded<T>>) {
        cx.session.keep_form(cx.calls);
        self.write.start(cx, save, wait::RECORD);
    }

    /// The form goes off: what was typed is kept, and what was asked is asked again.
    pub(crate) fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        cx.session.keep_form(cx.calls);
        self.asked.clear();
        self.write.cancel(cx);
    }

    /// The question.
    pub(crate) fn scene<'a>(
        &self,
        cx: ViewCx<'_>,
        id: QuestionId,
        customer: &Text,
        asks: &'static str,
    ) -> Scene<'a> {
        let sentence = |doubt: &Doubt| {
            let words = format_args!("{}.", doubt.in_words(customer)).into();
            Block::Strong(Tone::Warn, words)
        };
        let mut blocks: Vec<Block<'_>> = self.asked.iter().map(sentence).collect();
        let nothing = "Nothing has been saved. If this is not theirs, users of another organisation would be protected \
                       and billed for this customer. Ask the customer. No goes back. A yes is recorded with your name.";
        blocks.push(Block::Para(nothing.into()));
        let doubts = self.asked.clone();
        Scene { stamp: self.stamp, doubts, ..Scene::confirm(id, false, asks, blocks) }
            .waiting_for(cx.now, [self.write.clock()])
    }

    /// What was saved, of which no draft is kept any more; where it is doubted, that is asked, and a failure is kept to be
    /// shown.
    pub(crate) fn take(
        &mut self,
        cx: &mut UpdateCx<'_>,
        failure: &mut Option<Failure>,
        arrival: &mut Arrival,
    ) -> Option<T> {
        match self.write.take(arrival)? {
            Ok(Guarded::Kept(kept)) => {
                cx.session.keeping.drop_changes();
                return Some(kept);
            }
            Ok(Guarded::Doubted(doubts)) => self.ask(&doubts),
            Err(bad) => {
                self.asked.clear();
                *failure = Some(bad);
            }
        }
        None
    }
}
