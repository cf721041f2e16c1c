//! What others may have changed on a record that several people share, in so few words that a database sends them. Pure.

use std::{fmt, str::FromStr};

use super::id::{CustomerId, RunId};

/// What has changed. Which of it matters is for whoever hears it; what it is now is read from the record.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Change {
    /// Anything: nobody was told for a while.
    Everything,
    /// How far a customer is.
    Customer(CustomerId),
    /// What is on record of a run.
    Run(RunId),
    /// Who has a run, or who asks for it.
    Request(RunId),
}

/// As it is sent: at most 30 bytes.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str("everything"),
            Self::Customer(CustomerId(number)) => write!(f, "customer {number}"),
            Self::Run(run) => write!(f, "run {}", run.letters()),
            Self::Request(run) => write!(f, "request {}", run.letters()),
        }
    }
}

/// These are not the words of a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoChange;

impl FromStr for Change {
    type Err = NoChange;

    fn from_str(words: &str) -> Result<Self, NoChange> {
        let (what, which) = words.split_once(' ').unwrap_or((words, ""));
        let run = || which.parse().map_err(|_no_run| NoChange);
        match what {
            "everything" if which.is_empty() => Ok(Self::Everything),
            "customer" => Ok(Self::Customer(CustomerId(which.parse().map_err(|_no_number| NoChange)?))),
            "run" => run().map(Self::Run),
            "request" => run().map(Self::Request),
            _ => Err(NoChange),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_sent_is_what_is_heard(number: i64, letters in "[FHKLMQRWXY234679]{4,5}", which in 0..4) {
            let run: RunId = letters.parse().unwrap();
            let change = match which {
                0 => Change::Everything,
                1 => Change::Customer(CustomerId(number)),
                2 => Change::Run(run),
                _ => Change::Request(run),
            };
            let sent = change.to_string();
            prop_assert!(sent.len() <= 30);
            prop_assert_eq!(sent.parse(), Ok(change));
        }

        #[test]
        fn other_words_are_no_change(words in "\\PC{0,40}") {
            if let Ok(change) = words.parse::<Change>() {
                prop_assert_eq!(change.to_string().parse(), Ok(change));
            }
        }
    }
}
