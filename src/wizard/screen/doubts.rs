//! Something speaks against a tenant or a mail domain: one question, whose default is No, wherever one is saved (product.md rule 18).

use crate::{
    domain::{
        doubt::{Accepts, Doubt, Guarded},
        failure::Failure,
        text::Text,
    },
    wizard::{
        answer::Given,
        ask::QuestionId,
        screen::Scene,
        view::{Block, Tone},
    },
};

/// The doubts that are asked about; none: nothing is asked.
#[derive(Debug, Default)]
pub(crate) struct Doubts {
    asked: Vec<Doubt>,
    /// How often there was something new to ask: an answer to fewer doubts is none to more.
    stamp: u64,
}

impl Doubts {
    /// Whether the question stands.
    pub(crate) fn is_open(&self) -> bool {
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

    /// The question is answered, or what it was about is another.
    pub(crate) fn close(&mut self) {
        self.asked.clear();
    }

    /// Takes an answer to the question: Yes accepts what was asked about and nothing else, No takes the question away.
    pub(crate) fn answer(&mut self, given: &Given) -> Option<Accepts> {
        match given {
            Given::Yes => return Some(Accepts::these(&self.asked)),
            Given::No | Given::Back => self.close(),
            _ => {}
        }
        None
    }

    /// What a write that compares with the record kept; where it doubts one that is asked about, and a failure is kept to be shown.
    pub(crate) fn kept<T>(
        &mut self,
        failure: &mut Option<Failure>,
        answer: Option<Result<Guarded<T>, Failure>>,
    ) -> Option<T> {
        match answer? {
            Ok(Guarded::Kept(kept)) => return Some(kept),
            Ok(Guarded::Doubted(doubts)) => self.ask(&doubts),
            Err(bad) => {
                self.close();
                *failure = Some(bad);
            }
        }
        None
    }

    /// The question.
    pub(crate) fn scene<'a>(&self, id: QuestionId, customer: &Text, asks: &'static str) -> Scene<'a> {
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
    }
}
