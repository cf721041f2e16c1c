//! One thing that was looked at, and how it is: what `doctor` and `sweep --check` are made of.

use crate::domain::{
    failure::Failure,
    phrase::{Phrase, Segment, WayOn},
    text::Text,
};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What it is.
    pub name: Text,
    /// How it is.
    pub state: CheckState,
}

/// How a thing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckState {
    /// As it should be; the words say how that is, without a full stop.
    Good(Text),
    /// It keeps nothing from running, and a person should know it: what, and what to do where the words don't say it.
    Warning(Text, Phrase),
    /// Not as it should be.
    Bad(Box<Failure>),
}

impl Check {
    /// A check with what was found.
    #[must_use]
    pub fn new(name: impl Into<Text>, found: Result<Text, Failure>) -> Self {
        let state = found.map_or_else(|failure| CheckState::Bad(Box::new(failure)), CheckState::Good);
        Self { name: name.into(), state }
    }

    /// Something that a person should know; what to do stands in the words, or in the hint.
    #[must_use]
    pub fn warning(name: impl Into<Text>, words: impl Into<Text>, hint: impl Into<Phrase>) -> Self {
        Self { name: name.into(), state: CheckState::Warning(words.into(), hint.into()) }
    }

    /// What is not as it should be.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match &self.state {
            CheckState::Bad(failure) => Some(failure),
            CheckState::Good(_) | CheckState::Warning(..) => None,
        }
    }

    /// Whether it is as it should be.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        matches!(self.state, CheckState::Good(_))
    }

    /// How it is, in words without a full stop.
    #[must_use]
    pub fn words(&self) -> &Text {
        match &self.state {
            CheckState::Good(words) | CheckState::Warning(words, _) => words,
            CheckState::Bad(failure) => &failure.what,
        }
    }

    /// What to do; none where all is well, and where the words say it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match &self.state {
            CheckState::Good(_) => return None,
            CheckState::Warning(_, hint) => hint.for_commands(),
            CheckState::Bad(failure) => mended(failure).hint.for_commands(),
        };
        Some(hint.to_string()).filter(|hint| !hint.is_empty())
    }

    /// The line for people.
    #[must_use]
    pub fn line(&self) -> String {
        let name = &self.name;
        match &self.state {
            CheckState::Good(words) => format!("{name}: {words}."),
            CheckState::Warning(words, hint) => {
                format!("{name}: WARNING: {words}. {}", hint.for_commands()).trim_end().to_owned()
            }
            CheckState::Bad(failure) => format!("{name}: FAILED: {}", mended(failure).for_commands()),
        }
    }
}

/// A failure with its way on as it is told here: of our own faults other commands say that these checks tell how to mend
/// them.
fn mended(failure: &Failure) -> Failure {
    let is_ours = |part: &Segment| *part == Segment::Do(WayOn::OurSide);
    let mut failure = failure.clone();
    if failure.hint.parts().iter().any(is_ours) {
        let is_told = |part: &&Segment| {
            !is_ours(part) && !matches!(part, Segment::Said(words) if words.contains("customer"))
        };
        let told = Phrase::of(failure.hint.parts().iter().filter(is_told).cloned().collect());
        failure.hint = match failure.code {
            Some(_) => told.then(Segment::Do(WayOn::Explain)).then(
                "Compare client_id, tenant and the secret or certificate of [app] in the settings with the application at \
                 Microsoft.",
            ),
            None => told.then(
                "app.certificate_file takes a certificate and its RSA key of 2,048 bits or more, as PEM or PFX.",
            ),
        };
    }
    failure
}
