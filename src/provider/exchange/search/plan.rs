//! Which beginnings of names are asked for next. Pure.
//!
//! Starts with the letters and digits, learns every other character that it sees in names, and goes one character
//! deeper wherever an answer was cut (exchange-web-services.md section 8.4).

use std::collections::{HashSet, VecDeque};

/// Longest beginning, in characters.
const MAX_DEPTH: usize = 4;

/// Most characters that the alphabet grows to. A guess: enough for Latin with accents, Greek and Cyrillic together, and
/// a bound where a script has thousands.
const MAX_ALPHABET: usize = 192;

/// Most beginnings asked for in one search. A guess: some twenty minutes at two requests of a quarter second each.
const MAX_ASKED: usize = 10_000;

/// The plan of one search.
pub(super) struct Plan {
    waiting: VecDeque<String>,
    /// Everything that was ever put into `waiting`.
    planned: HashSet<String>,
    /// In the order they were learnt.
    alphabet: Vec<char>,
    /// Beginnings whose answers were cut, below the greatest depth.
    cut: Vec<String>,
    is_incomplete: bool,
}

impl Plan {
    /// Starts with `a` to `z`, `0` to `9`, and whatever these words hold besides.
    pub(super) fn new<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut plan = Self {
            waiting: VecDeque::new(),
            planned: HashSet::new(),
            alphabet: Vec::new(),
            cut: Vec::new(),
            is_incomplete: false,
        };
        for c in ('a'..='z').chain('0'..='9') {
            plan.add(c);
        }
        for word in words {
            plan.learn(word);
        }
        plan
    }

    /// The next beginning; none when nothing is left to ask for now.
    pub(super) fn next(&mut self) -> Option<String> {
        self.waiting.pop_front()
    }

    /// Takes up the characters of a name: no name that begins with one of them can be missed from now on.
    pub(super) fn learn(&mut self, name: &str) {
        for c in name.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()) {
            if !self.alphabet.contains(&c) {
                self.add(c);
            }
        }
    }

    /// The answer for this beginning was cut: asks for every longer one.
    pub(super) fn deepen(&mut self, beginning: String) {
        if beginning.chars().count() >= MAX_DEPTH {
            self.is_incomplete = true;
            return;
        }
        for at in 0..self.alphabet.len() {
            let longer = self.alphabet.get(at).map(|c| format!("{beginning}{c}"));
            self.put(longer);
        }
        self.cut.push(beginning);
    }

    /// A beginning could not be asked for.
    pub(super) fn lose(&mut self) {
        self.is_incomplete = true;
    }

    /// Whether people may be missing that a complete search would find.
    pub(super) const fn is_incomplete(&self) -> bool {
        self.is_incomplete
    }

    /// One more character: asked for by itself and behind every beginning that was cut.
    fn add(&mut self, c: char) {
        if self.alphabet.len() >= MAX_ALPHABET {
            self.is_incomplete = true;
            return;
        }
        self.alphabet.push(c);
        self.put(Some(c.to_string()));
        for at in 0..self.cut.len() {
            let longer = self.cut.get(at).map(|beginning| format!("{beginning}{c}"));
            self.put(longer);
        }
    }

    /// Plans a beginning unless it was planned before.
    fn put(&mut self, beginning: Option<String>) {
        let Some(beginning) = beginning else { return };
        if self.planned.contains(&beginning) {
            return;
        }
        if self.planned.len() >= MAX_ASKED {
            self.is_incomplete = true;
            return;
        }
        self.planned.insert(beginning.clone());
        self.waiting.push_back(beginning);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drain(plan: &mut Plan) -> Vec<String> {
        std::iter::from_fn(|| plan.next()).collect()
    }

    #[test]
    fn it_starts_with_letters_and_digits_and_asks_nothing_twice() {
        let mut plan = Plan::new(["bakery.example", "ana@bakery.example"].into_iter());
        assert_eq!(drain(&mut plan).len(), 36);
        plan.learn("Ana Berg");
        assert!(drain(&mut plan).is_empty());
        assert!(!plan.is_incomplete());
    }

    #[test]
    fn a_character_that_is_learnt_late_reaches_the_beginnings_that_were_cut() {
        let mut plan = Plan::new(std::iter::empty());
        drain(&mut plan);
        plan.deepen("b".into());
        assert_eq!(drain(&mut plan).len(), 36);
        plan.learn("Çelik");
        assert_eq!(drain(&mut plan), ["ç", "bç"]);
        assert!(!plan.is_incomplete());
    }

    #[test]
    fn the_depth_limit_is_said() {
        let mut plan = Plan::new(std::iter::empty());
        drain(&mut plan);
        plan.deepen("anna".into());
        assert!(plan.is_incomplete());
        assert!(drain(&mut plan).is_empty());
    }

    proptest! {
        // Each case asks for all ten thousand beginnings.
        #![proptest_config(ProptestConfig::with_cases(4))]
        #[test]
        fn it_always_ends(names in proptest::collection::vec("\\PC{0,6}", 0..20)) {
            let mut plan = Plan::new(std::iter::empty());
            let mut asked = 0;
            while let Some(beginning) = plan.next() {
                asked += 1;
                prop_assert!(asked <= MAX_ASKED);
                prop_assert!(beginning.chars().count() <= MAX_DEPTH);
                for name in &names {
                    plan.learn(name);
                }
                plan.deepen(beginning);
            }
            prop_assert!(plan.is_incomplete());
        }
    }
}
