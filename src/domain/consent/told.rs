//! How consent stands, in the words of every front end. Pure.

use super::standing::{CustomerConsent, Progress, Standing};
use crate::domain::{
    permission::{Permission, PermissionSet},
    sydney,
    text::Text,
    time::Moment,
};

impl CustomerConsent {
    /// What is wrong and what to do, a sentence without a full stop; nothing where all is well.
    #[must_use]
    pub fn trouble(&self, standing: &Standing, set: &PermissionSet) -> Option<Text> {
        let advice = standing.advice()?;
        let what = match standing {
            Standing::Lacks(rows) => {
                return Some(Text::of(format_args!("lacks {}; {advice}", lacking(set, rows))));
            }
            Standing::Withdrawn => "it was accepted once, and nothing of it is there any more",
            Standing::Off => "the customer has switched Backup365 off",
            Standing::Gone => "Microsoft has no such organisation any more, or has closed it",
            Standing::Elsewhere => "Microsoft answered for another organisation than the one on record",
            Standing::Whole | Standing::NotAccepted | Standing::NotSeen => return None,
        };
        Some(Text::of(format_args!("{what}; {advice}")))
    }
}

impl Progress<'_> {
    /// How far it is, in a few words, with its time as people in this zone read it.
    #[must_use]
    pub fn in_words(self, now: Moment, here: &str) -> Text {
        let at = |what: &str, at| Text::of(format_args!("{what} {}", sydney::clock_in_words(at, now, here)));
        match self {
            Self::ToSend => "to send".into(),
            Self::Sent(renewal) => match renewal.reminded {
                Some(reminded) => at("reminded", reminded),
                None => at("sent", renewal.sent),
            },
            Self::Accepted(_, accepted) => at("accepted", accepted),
        }
    }
}

/// Why a customer is asked again, in sentences for them, and each permission that is new with its sentence; none is where
/// everything is to be accepted again.
#[must_use]
pub fn why_again(standing: &Standing, set: &PermissionSet) -> (Vec<Text>, Vec<(Text, Text)>) {
    let Standing::Lacks(rows) = standing else {
        let why = "you accepted Backup365 before, and Microsoft says that it is not accepted any more. Until it is accepted \
                   again, nothing can be backed up.";
        return (vec![why.into()], Vec::new());
    };
    let mut why = set.news_of(rows);
    if rows.iter().any(|row| set.since(row).is_none()) {
        why.push("Backup365 does more for you than before, and needs your agreement for that.".into());
    }
    (why, rows.iter().map(|row| (row.value.clone(), row.say.clone())).collect())
}

/// What is lacking, by name, with the version that brought it: "A, B (since version 2)".
fn lacking(set: &PermissionSet, rows: &[Permission]) -> String {
    let mut groups: Vec<(Option<u32>, Vec<&str>)> = Vec::new();
    for row in rows {
        let since = set.since(row);
        match groups.last_mut() {
            Some((known, names)) if *known == since => names.push(row.value.as_str()),
            _ => groups.push((since, vec![row.value.as_str()])),
        }
    }
    let group = |(since, names): &(Option<u32>, Vec<&str>)| match since {
        Some(version) => format!("{} (since version {version})", names.join(", ")),
        None => format!("{} (of the settings)", names.join(", ")),
    };
    groups.iter().map(group).collect::<Vec<_>>().join(", ")
}

/// How many stand how, of those that there are, in the order of their gravity: "2 lack permissions".
#[must_use]
pub fn tally(all: &[&Standing]) -> Vec<Text> {
    let count = |fits: fn(&Standing) -> bool| all.iter().filter(|standing| fits(standing)).count();
    let parts = [
        (count(|it| *it == Standing::Gone), "with an organisation that is gone"),
        (count(|it| *it == Standing::Elsewhere), "with answers for another organisation"),
        (count(|it| *it == Standing::Withdrawn), "withdrawn"),
        (count(|it| *it == Standing::Off), "switched off"),
        (count(|it| matches!(it, Standing::Lacks(_))), "lacking permissions"),
        (count(|it| *it == Standing::NotSeen), "not looked at yet"),
        (count(|it| *it == Standing::NotAccepted), "not accepted yet"),
        (count(|it| *it == Standing::Whole), "whole"),
    ];
    let told = parts.iter().filter(|(count, _)| *count > 0);
    told.map(|(count, what)| Text::of(format_args!("{count} {what}"))).collect()
}
