//! The number that confirms what changes the bill: typed from two on, Enter is enough for one.

use crate::{
    domain::phrase::{Phrase, phrase},
    wizard::{
        answer::Given,
        ask::{NumberAsked, Shape},
        screen::Scene,
        view::{Block, Tone},
    },
};

/// A number to confirm.
#[derive(Debug)]
pub(super) struct Confirm {
    /// What it counts.
    label: &'static str,
    /// What to do.
    hint: &'static str,
    /// From this many on, the number is typed; below, Enter is enough.
    typed_from: u32,
    problem: Option<Phrase>,
    /// Counts the questions.
    stamp: u64,
}

impl Default for Confirm {
    /// The new seats of a bill: Enter is enough for one (product.md section 9, *Users*).
    fn default() -> Self {
        let hint = "Type the number of new seats from the table.";
        Self { label: "New seats", hint, typed_from: 2, problem: None, stamp: 0 }
    }
}

impl Confirm {
    /// A number of users that is always typed, for one user too.
    pub(super) fn of_users(label: &'static str) -> Self {
        Self { label, hint: "Type the number of users.", typed_from: 0, ..Self::default() }
    }

    /// Starts over, and says why: it is another question from now on.
    pub(super) fn again(&mut self, why: impl Into<Phrase>) {
        self.problem = Some(why.into());
        self.renew();
    }

    /// What is asked from now on is another question.
    pub(super) const fn renew(&mut self) {
        self.stamp += 1;
    }

    /// The question as the present one: another number makes another question. Why it stands here again is said on its page
    /// where it has no field to say it at.
    pub(super) fn asked<'a>(&self, mut scene: Scene<'a>) -> Scene<'a> {
        if let (Shape::Confirm { .. }, Some(problem)) = (&scene.shape, &self.problem) {
            scene.page.blocks.push(Block::Strong(Tone::Warn, problem.clone()));
        }
        self.stamped(scene)
    }

    /// The question as the present one, without a word about why it stands here again.
    pub(super) fn stamped<'a>(&self, scene: Scene<'a>) -> Scene<'a> {
        Scene { stamp: self.stamp, ..scene }
    }

    /// How it is answered.
    pub(super) fn shape(&self, count: u32) -> Shape {
        if count < self.typed_from {
            return Shape::Confirm { default: true };
        }
        let Self { label, hint, problem, .. } = self;
        let (hint, problem) = ((*hint).into(), problem.clone());
        Shape::Number(NumberAsked { label, hint, confirms: Some(count), proposed: None, problem })
    }

    /// Whether the answer confirms this number; asks again where it names another.
    pub(super) fn accept(&mut self, given: &Given, count: u32) -> bool {
        match given {
            Given::Yes if count < self.typed_from => return true,
            Given::Number(number) if *number == count => return true,
            Given::Yes => self.again(phrase!["Type ", count, " to go on."]),
            Given::Number(_) => self.again(phrase!["The table says ", count, ". Nothing has been changed."]),
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_number_asks_again_and_says_what_the_table_says() {
        let mut confirm = Confirm::default();
        assert!(!confirm.accept(&Given::Number(3), 37));
        assert_eq!(confirm.stamp, 1, "another question");
        assert!(confirm.problem.as_ref().is_some_and(|words| words.for_commands().as_str().contains("37")));
        assert!(!confirm.accept(&Given::Yes, 37), "two or more are typed");
        let problem = confirm.problem.as_ref();
        assert!(problem.is_some_and(|words| words.for_commands().as_str() == "Type 37 to go on."));
        assert!(confirm.accept(&Given::Number(37), 37));
        assert!(confirm.accept(&Given::Yes, 1) && confirm.accept(&Given::Number(1), 1));
    }
}
