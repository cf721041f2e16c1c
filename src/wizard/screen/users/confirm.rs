//! The number that confirms what changes the bill: typed from two on, Enter is enough for one.

use crate::{
    domain::{
        bill::grouped,
        phrase::{Phrase, phrase},
    },
    wizard::{
        answer::Given,
        ask::{NumberAsked, Shape},
        view::{Block, Tone},
    },
};

/// From this many on, the number is typed; below, Enter is enough (product.md section 9, *Users*).
const TYPED_FROM: u32 = 2;

/// A number to confirm.
#[derive(Debug, Default)]
pub(super) struct Confirm {
    problem: Option<Phrase>,
    /// Counts the questions.
    stamp: u64,
}

impl Confirm {
    /// Starts over, and says why: it is another question from now on.
    pub(super) fn again(&mut self, why: impl Into<Phrase>) {
        self.problem = Some(why.into());
        self.renew();
    }

    /// What is asked from now on is another question.
    pub(super) const fn renew(&mut self) {
        self.stamp += 1;
    }

    /// Another number makes another question.
    pub(super) const fn stamp(&self) -> u64 {
        self.stamp
    }

    /// Why the table stands here again, for the page of a question that has no field to say it at.
    pub(super) fn problem_beside<'a>(&self, shape: &Shape) -> Option<Block<'a>> {
        let problem = self.problem.clone().filter(|_| matches!(shape, Shape::Confirm { .. }))?;
        Some(Block::Strong(Tone::Warn, problem))
    }

    /// How it is answered.
    pub(super) fn shape(&self, label: &'static str, hint: &'static str, count: u32) -> Shape {
        if count < TYPED_FROM {
            return Shape::Confirm { default: true };
        }
        self.typed(label, hint, count)
    }

    /// How it is answered where the number is always typed.
    pub(super) fn typed(&self, label: &'static str, hint: &'static str, count: u32) -> Shape {
        let (hint, problem) = (hint.into(), self.problem.clone());
        Shape::Number(NumberAsked { label, hint, confirms: Some(count), proposed: None, problem })
    }

    /// Whether the answer confirms this number; asks again where it names another.
    pub(super) fn accept(&mut self, given: &Given, count: u32) -> bool {
        match given {
            Given::Yes if count < TYPED_FROM => true,
            Given::Yes => {
                self.again(format_args!("Type {} to go on.", grouped(count)));
                false
            }
            Given::Number(number) if *number == count => true,
            Given::Number(_) => {
                self.again(phrase!["The table says ", count, ". Nothing has been changed."]);
                false
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_number_asks_again_and_says_what_the_table_says() {
        let mut confirm = Confirm::default();
        assert!(!confirm.accept(&Given::Number(3), 37));
        assert_eq!(confirm.stamp(), 1, "another question");
        assert!(confirm.problem.as_ref().is_some_and(|words| words.for_commands().as_str().contains("37")));
        assert!(!confirm.accept(&Given::Yes, 37), "two or more are typed");
        let problem = confirm.problem.as_ref();
        assert!(problem.is_some_and(|words| words.for_commands().as_str() == "Type 37 to go on."));
        assert!(confirm.accept(&Given::Number(37), 37));
        assert!(confirm.accept(&Given::Yes, 1) && confirm.accept(&Given::Number(1), 1));
    }
}
