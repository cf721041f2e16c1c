//! Words for a person, in parts: what this program says, names from outside, counts, commands, and ways on.
//!
//! A way on ("ask again", "park the run") has a key on the full screen, a word in lines, a flag or a command without a
//! screen: each front end has one table from [`WayOn`] to its own words and puts them in here. Nothing is ever searched
//! or replaced inside a part, so a customer who is called "Press Enter: Next" stays that.

use std::{borrow::Cow, fmt};

use super::{
    bill::grouped,
    text::{Shown, Text},
};

pub use way::{Command, Correction, Detail, WayOn};

mod way;

/// Words in parts, in their order. Spaces between the parts stand in the parts.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Phrase(Vec<Segment>);

/// One part of a phrase.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Segment {
    /// Words of this program.
    Said(&'static str),
    /// A name, a value, or words that were made elsewhere: shown as they are.
    Name(Text),
    /// So many of something, in the right number: "1 user", "1,204 users".
    Count(u32, Noun),
    /// A command line, to be typed elsewhere.
    Command(Command),
    /// What can be done next, as a sentence of its own.
    Do(WayOn),
}

/// What is counted, in the singular and in the plural.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Noun {
    /// Somebody in the customer's directory.
    User,
    /// A mailbox of a hosted customer.
    Mailbox,
}

impl Noun {
    /// The word for this many.
    #[must_use]
    pub const fn word(self, count: u32) -> &'static str {
        match (self, count) {
            (Self::User, 1) => "user",
            (Self::User, _) => "users",
            (Self::Mailbox, 1) => "mailbox",
            (Self::Mailbox, _) => "mailboxes",
        }
    }
}

impl Phrase {
    /// The parts, in their order.
    #[must_use]
    pub const fn of(parts: Vec<Segment>) -> Self {
        Self(parts)
    }

    /// A sentence of a table in the assets: `{way}` or `{way: purpose}` stands for a way on. What is no way on stays as
    /// it is, braces included; a test reads the tables.
    #[must_use]
    pub fn template(words: &'static str) -> Self {
        let mut parts = Vec::new();
        let mut rest = words;
        while let Some((before, behind)) = rest.split_once('{') {
            let Some((name, after)) = behind.split_once('}') else { break };
            let Some(way) = WayOn::named(name) else { break };
            if !before.is_empty() {
                parts.push(Segment::Said(before));
            }
            parts.push(Segment::Do(way));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Segment::Said(rest));
        }
        Self(parts)
    }

    /// The parts.
    #[must_use]
    pub fn parts(&self) -> &[Segment] {
        &self.0
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|part| match part {
            Segment::Said(words) => words.is_empty(),
            Segment::Name(words) => words.is_empty(),
            _ => false,
        })
    }

    /// With another phrase directly behind it.
    #[must_use]
    pub fn with(mut self, more: impl Into<Self>) -> Self {
        let more: Self = more.into();
        self.0.extend(more.0);
        self
    }

    /// With another phrase behind it, a space between them where both say something.
    #[must_use]
    pub fn then(mut self, more: impl Into<Self>) -> Self {
        let more: Self = more.into();
        if !self.is_empty() && !more.is_empty() {
            self.0.push(Segment::Said(" "));
        }
        self.0.extend(more.0);
        self
    }

    /// The same with another phrase behind it; where lines follow that a hoster is to run, in front of the words that
    /// announce them.
    #[must_use]
    pub fn before_lines(mut self, more: impl Into<Self>) -> Self {
        match self.0.pop() {
            Some(Segment::Do(run @ WayOn::HaveRun(_))) => {
                // The space between the two stands there already.
                self.0.extend(more.into().0);
                self.then(run)
            }
            last => {
                self.0.extend(last);
                self.then(more)
            }
        }
    }

    /// All of it, with the ways on in the words of `way` and this program's own words through `said`.
    #[must_use]
    pub fn spoken<'w>(
        &self,
        way: impl Fn(&WayOn) -> Cow<'w, str>,
        said: impl Fn(&'static str) -> Cow<'static, str>,
    ) -> Text {
        let mut words = String::new();
        let mut parts = self.0.as_slice();
        while let [part, behind @ ..] = parts {
            parts = behind;
            match part {
                Segment::Said(own) => words.push_str(&said(own)),
                Segment::Name(name) => words.push_str(name.as_str()),
                Segment::Count(count, noun) => {
                    words.push_str(&grouped(*count));
                    words.push(' ');
                    words.push_str(noun.word(*count));
                }
                // A command is copied with all that touches it: no full stop does, and other signs stand outside quotes.
                Segment::Command(command) => match behind {
                    [Segment::Said(".")] => {
                        words.push_str(&command.to_string());
                        parts = &[];
                    }
                    [Segment::Said(own), ..] if own.starts_with(['.', ',', ';', ':', ')']) => {
                        words.extend(["“", &command.to_string(), "”"]);
                    }
                    _ => words.push_str(&command.to_string()),
                },
                Segment::Do(next) => words.push_str(&way(next)),
            }
        }
        Text::clean(&words)
    }

    /// All of it, with the ways on in the words of `way`.
    #[must_use]
    pub fn in_words<'w>(&self, way: impl Fn(&WayOn) -> Cow<'w, str>) -> Text {
        match self.0.as_slice() {
            [] => Text::default(),
            // The usual case, and nothing to put together.
            [Segment::Name(name)] => name.clone(),
            [Segment::Said(own)] => Text::from(*own),
            _ => self.spoken(way, Cow::Borrowed),
        }
    }

    /// All of it for a command line, a receipt, a log.
    #[must_use]
    pub fn for_commands(&self) -> Text {
        self.in_words(WayOn::for_commands)
    }
}

impl fmt::Debug for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.for_commands(), f)
    }
}

impl From<&'static str> for Segment {
    fn from(words: &'static str) -> Self {
        Self::Said(words)
    }
}

impl From<Text> for Segment {
    fn from(words: Text) -> Self {
        Self::Name(words)
    }
}

impl From<&Text> for Segment {
    fn from(words: &Text) -> Self {
        Self::Name(words.clone())
    }
}

impl From<Shown<'_>> for Segment {
    fn from(words: Shown<'_>) -> Self {
        Self::Name(words.to_text())
    }
}

impl From<fmt::Arguments<'_>> for Segment {
    fn from(words: fmt::Arguments<'_>) -> Self {
        Self::Name(Text::of(words))
    }
}

impl From<u32> for Segment {
    /// A number as people read it.
    fn from(number: u32) -> Self {
        Self::Name(Text::clean(&grouped(number)))
    }
}

impl From<(u32, Noun)> for Segment {
    fn from((count, noun): (u32, Noun)) -> Self {
        Self::Count(count, noun)
    }
}

impl From<Command> for Segment {
    fn from(command: Command) -> Self {
        Self::Command(command)
    }
}

impl From<WayOn> for Segment {
    fn from(way: WayOn) -> Self {
        Self::Do(way)
    }
}

impl<T: Into<Segment>> From<T> for Phrase {
    fn from(part: T) -> Self {
        Self(vec![part.into()])
    }
}

/// Puts a phrase together: `phrase!["Nothing was saved. ", WayOn::Again("ask again")]`. Parts are literals, names
/// ([`Text`]), numbers, `(count, Noun)`, `format_args!`, commands and ways on.
macro_rules! phrase {
    ($($part:expr),* $(,)?) => {
        $crate::domain::phrase::Phrase::of(vec![$($crate::domain::phrase::Segment::from($part)),*])
    };
}
pub(crate) use phrase;

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(way: &WayOn) -> Cow<'static, str> {
        match way {
            WayOn::Again(purpose) => format!("Press r to {purpose}.").into(),
            WayOn::Park(_) => "Press p.".into(),
            way => way.for_commands(),
        }
    }

    #[test]
    fn a_name_is_never_searched_for_ways_on() {
        let name = Text::from("Wellington Press: Print · Press r");
        let words = phrase!["Nothing was saved for ", &name, ". ", WayOn::Again("ask again")];
        let spoken = words.spoken(keys, |own| own.replace(" · ", ", ").into());
        assert_eq!(
            spoken.as_str(),
            "Nothing was saved for Wellington Press: Print · Press r. Press r to ask again."
        );
        assert!(words.for_commands().as_str().ends_with("Run the same command again."));
    }

    #[test]
    fn counts_take_their_number() {
        assert_eq!(
            phrase![(1, Noun::User), " of ", (1_204, Noun::Mailbox)].for_commands().as_str(),
            "1 user of 1,204 mailboxes"
        );
    }

    #[test]
    fn nothing_touches_a_command_that_would_be_copied_with_it() {
        let run = || phrase!["An Admin runs: ", Command::SweepCheck, "."];
        let said = |words: Phrase| words.for_commands().to_string();
        assert_eq!(said(run()), "An Admin runs: backup365 sweep --check");
        assert_eq!(said(run().then("Then ask.")), "An Admin runs: “backup365 sweep --check”. Then ask.");
        assert_eq!(said(phrase!["See ", Command::Sweep, " first."]), "See backup365 sweep first.");
        for way in
            [WayOn::Explain, WayOn::AddCustomer, WayOn::OurSide, WayOn::Run(Command::Sweep, "see more")]
        {
            for words in [way.for_lines(), way.for_commands()] {
                let is_glued = Command::all("B365-7KQ4".parse().unwrap())
                    .iter()
                    .any(|command| words.contains(&format!("{command}.")));
                assert!(!is_glued, "{words}");
            }
        }
    }

    #[test]
    fn a_template_names_ways_on() {
        let words = Phrase::template("Wait a minute. {again} {park: until it is paid} Then go on.");
        assert_eq!(
            words.in_words(keys).as_str(),
            "Wait a minute. Press r to ask again. Press p. Then go on."
        );
        assert_eq!(Phrase::template("a {b} c").for_commands().as_str(), "a {b} c");
        assert!(Phrase::template("").is_empty());
    }

    #[test]
    fn phrases_join_with_one_space() {
        let both = Phrase::from("One.").then("Two.");
        assert_eq!(both.for_commands().as_str(), "One. Two.");
        assert_eq!(Phrase::default().then("Two.").for_commands().as_str(), "Two.");
    }
}
