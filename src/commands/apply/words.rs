//! A journey speaks of flags; a plan has keys and rows. The same words, in the plan's language.

use crate::{
    domain::{
        bill::{counted, grouped},
        doubt::{self, Accepts, Doubt},
        phrase::Command,
        plan::Row,
        text::Text,
    },
    headless::report::{End, Report},
};

/// Flags of a journey and the keys of a plan that stand for them; longer ones first.
const KEYS: [(&str, &str); 18] = [
    ("--domain-belongs-elsewhere", "domain_belongs_elsewhere = true"),
    ("--same-organisation-as", "same_organisation_as"),
    ("--password-command", "password_command"),
    ("--without-sweeper", "without_sweeper = true"),
    ("--password-file", "password_file"),
    ("--include-kind", "include_kinds"),
    ("--password-env", "password_environment"),
    ("--try-mailbox", "mailbox"),
    ("--mail-domain", "mail_domains"),
    ("--users-file", "users"),
    ("--directory", "directory = true"),
    ("--mailboxes", "mailboxes"),
    ("--product", "product"),
    ("--account", "account"),
    ("--exclude", "exclude"),
    ("--ceiling", "ceiling"),
    ("--server", "server"),
    ("--tenant", "tenant"),
];

/// How the words of a journey begin whose customer has not accepted.
const NOT_ACCEPTED: &str = "The customer has not accepted yet";

/// Says it in the plan's language.
pub(super) fn mend(report: &mut Report, row: &Row) {
    report.words = match (&report.end, &report.bill, row.max_seats) {
        (End::Stopped, Some(bill), Some(most)) if bill.billed() > most => Text::of(format_args!(
            "It would be {}, and max_seats of this row allows at most {}. Nobody was turned on. Look at the bill; then \
             change max_seats, or choose fewer users.",
            counted(bill.billed(), "new seat", "new seats"),
            grouped(most)
        )),
        (End::Missing { .. }, ..) if !report.doubts.is_empty() => Text::of(format_args!(
            "{} Nothing was saved. Ask the customer; where it is right all the same, write into the row: {}",
            doubt::sentences(&report.doubts, report.customer.as_ref().unwrap_or(&Text::default())),
            keys(&report.doubts)
        )),
        (End::Missing { flag: "--server", example }, ..) => {
            let server = example.as_str().trim_start_matches("--server").trim();
            Text::of(format_args!(
                "{} Then write into the row: server = \"{server}\"",
                in_keys(report.words.as_str())
            ))
        }
        // What is missing, and what spreads, is said in words of its own.
        (End::Waiting, ..) if report.failure.is_none() && report.words.as_str().starts_with(NOT_ACCEPTED) => {
            let run = report.run.as_ref().map_or_else(|| "The run".to_owned(), ToString::to_string);
            Text::of(format_args!("Waiting for the customer's consent. {run} is parked."))
        }
        _ => in_keys(report.words.as_str()),
    };
}

/// The keys of a row that accept what speaks against an organisation.
fn keys(doubts: &[Doubt]) -> String {
    let accepts = Accepts::these(doubts);
    let others: Vec<String> =
        accepts.same_as.iter().map(|reference| toml::Value::from(reference.as_str()).to_string()).collect();
    let same = (!others.is_empty()).then(|| format!("same_organisation_as = [{}]", others.join(", ")));
    let elsewhere = accepts.elsewhere.map(|_| "domain_belongs_elsewhere = true".to_owned());
    same.into_iter().chain(elsewhere).collect::<Vec<_>>().join(" and ")
}

/// Words about flags as words about keys. The flags of `apply` itself, like --max-seats and --wait, stay.
pub(super) fn in_keys(words: &str) -> Text {
    let words = KEYS.iter().fold(words.to_owned(), |words, (flag, key)| words.replace(flag, key));
    Text::clean(&words)
}

/// What is said where the wizard finds that nothing runs at 20:00 and the row does not go on all the same.
pub(super) fn unswept() -> Text {
    Text::of(format_args!(
        "Nothing will run at 20:00: no sweeper is installed. Install one first with “{}”, or write without_sweeper = true into \
         the row or the defaults.",
        Command::SweepInstall
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_told_as_keys() {
        let words =
            "--tenant is missing: who? all, or --users-file with addresses. Or --password-env, --max-seats.";
        assert_eq!(
            in_keys(words).as_str(),
            "tenant is missing: who? all, or users with addresses. Or password_environment, --max-seats."
        );
    }

    #[test]
    fn a_row_above_its_own_limit_says_so() {
        let bill = crate::domain::bill::Bill {
            turn_on: vec![(crate::domain::user::Kind::User, 34)],
            ..Default::default()
        };
        let mut report = Report { end: End::Stopped, bill: Some(bill), ..Report::default() };
        mend(&mut report, &Row { max_seats: Some(20), ..Row::default() });
        assert!(
            report.words.as_str().contains("max_seats of this row allows at most 20"),
            "{}",
            report.words
        );
    }
}
