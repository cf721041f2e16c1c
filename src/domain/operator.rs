//! Who works with a record: the account of the system, and what the record says of it.

use super::{
    bill::grouped,
    phrase::{Command, Correction, Phrase, phrase},
    sign_in::SignedIn,
    text::Text,
};

/// Admins who are named in a refusal; more are counted.
const NAMED: usize = 4;

/// An account of the system. A directory service spells one name in several ways (`CORP\jane`, `jane@corp.example`,
/// `JANE`), and an account may be renamed: what stays is its number on a computer.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Account {
    /// The name, as the system or the environment says it; none: neither says one.
    pub name: Option<Text>,
    /// The number (uid); none: this system has no such numbers.
    pub number: Option<u32>,
    /// The account from which rights were raised (`sudo`); none: nothing says so.
    pub raised_from: Option<Text>,
    /// Who is signed in with Microsoft here: then that person is the operator, and the account of the system is nobody.
    pub signed_in: Option<SignedIn>,
}

impl Account {
    /// The name; where there is none, the number in its place.
    #[must_use]
    pub fn shown(&self) -> Text {
        match (&self.name, self.number) {
            (Some(name), _) => name.clone(),
            (None, Some(number)) => Text::of(format_args!("uid-{number}")),
            (None, None) => "operator".into(),
        }
    }

    /// What is to be said where this account is the first one on a record, and so its Admin, and it is the system's own.
    #[must_use]
    pub fn first_warning(&self) -> Option<Phrase> {
        if self.number != Some(0) {
            return None;
        }
        let name = self.shown();
        let raised =
            self.raised_from.as_ref().map_or_else(Phrase::default, |from| phrase![" (sudo by ", from, ")"]);
        Some(phrase![&name].with(raised).with(phrase![
            " is the first operator on this record, and so its only Admin. If that is to be another account, start \
             backup365 without sudo; whoever may write the record becomes an Admin with: ",
            Command::OperatorsRecover,
            "."
        ]))
    }
}

impl From<Text> for Account {
    fn from(name: Text) -> Self {
        Self { name: Some(name), ..Self::default() }
    }
}

impl From<&'static str> for Account {
    fn from(name: &'static str) -> Self {
        Text::from(name).into()
    }
}

/// Whether two names are one account's, spelt in two ways: the same but for capital letters, and of the same domain where
/// both have one. Of a domain only the first part counts: `CORP\jane` is `jane@corp.example`.
#[must_use]
pub fn is_same_name(one: &Text, other: &Text) -> bool {
    let parts = |name: &Text| {
        let name = name.as_str().trim().to_lowercase();
        let (domain, own) = match (name.split_once('\\'), name.rsplit_once('@')) {
            (Some((domain, own)), _) | (None, Some((own, domain))) => (domain.to_owned(), own.to_owned()),
            (None, None) => (String::new(), name.clone()),
        };
        (domain.split('.').next().unwrap_or_default().to_owned(), own)
    };
    let ((domain, own), (other_domain, other_own)) = (parts(one), parts(other));
    own == other_own && (domain.is_empty() || other_domain.is_empty() || domain == other_domain)
}

/// The operator at the keyboard.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Operator {
    /// The name on record.
    pub name: Text,
    /// May change customers' records and operators, and turn protection off.
    pub is_admin: bool,
    /// The names of all Admins on record.
    pub admins: Vec<Text>,
    /// Signed in with Microsoft, which says what the role is.
    pub is_signed_in: bool,
    /// What must be said once about this operator.
    pub warning: Option<Phrase>,
}

impl Operator {
    /// The end of a sentence: who corrects a customer's record, and by which command. An Admin who sits here does.
    #[must_use]
    pub fn corrects(&self, customer: &Text, correction: Correction) -> Phrase {
        let command = Command::CustomersSet(customer.clone(), correction);
        if self.is_admin { phrase!["run: ", command, "."] } else { phrase!["an Admin runs: ", command, "."] }
    }

    /// Where a User finds an Admin, and how a User becomes one.
    #[must_use]
    pub fn way_to_admin(&self) -> Phrase {
        if self.is_signed_in {
            return phrase![
                &self.name,
                " is signed in as a User. Your organisation's administrator assigns the role Admin in the operators' \
                 application; then sign in again: ",
                Command::Login,
                "."
            ];
        }
        let mut names = self.admins.iter().take(NAMED).map(Text::as_str).collect::<Vec<_>>().join(", ");
        let more = u32::try_from(self.admins.len().saturating_sub(NAMED)).unwrap_or(u32::MAX);
        if more > 0 {
            names = format!("{names} and {} more", grouped(more));
        }
        if self.admins.contains(&self.name) {
            // Played in the sandbox: an Admin need not be made one.
            return phrase![
                &self.name,
                " is an Admin here and plays a User. Leave --as user out to work as the Admin."
            ];
        }
        phrase![
            format_args!("Admins here: {names}."),
            " One of them makes you an Admin with ",
            Command::OperatorsSet(self.name.clone()),
            "; where none is left: ",
            Command::OperatorsRecover,
            ". Roles guard against mistakes, not against somebody who can write the record itself."
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_is_spelt_in_several_ways_and_two_domains_are_two() {
        for (one, other, expected) in [
            ("jane", "JANE", true),
            ("jane", "CORP\\jane", true),
            ("CORP\\Jane", "jane@corp.example", true),
            ("jane@corp.example", "JANE", true),
            ("CORP\\jane", "OTHER\\jane", false),
            ("jane@corp.example", "jane@other.example", false),
            ("jane", "janet", false),
            ("CORP\\jane", "CORP", false),
        ] {
            assert_eq!(is_same_name(&one.into(), &other.into()), expected, "{one} {other}");
            assert_eq!(is_same_name(&other.into(), &one.into()), expected, "{other} {one}");
        }
    }

    #[test]
    fn the_way_to_an_admin_names_them_and_a_line_to_type() {
        let admins: Vec<Text> = ["ann", "bob", "cleo", "dan", "eve"].into_iter().map(Text::from).collect();
        let jane = Operator { name: "CORP\\jane".into(), admins, ..Operator::default() };
        let words = jane.way_to_admin().for_commands();
        assert_eq!(
            words.as_str(),
            "Admins here: ann, bob, cleo, dan and 1 more. One of them makes you an Admin with “backup365 operators set \
             'CORP\\jane' --admin”; where none is left: “backup365 operators set --recover”. Roles guard against mistakes, not \
             against somebody who can write the record itself."
        );
    }

    #[test]
    fn the_systems_own_account_is_said_as_a_first_one() {
        let root = Account { number: Some(0), raised_from: Some("jane".into()), ..Account::from("root") };
        let words = root.first_warning().unwrap().for_commands();
        assert!(words.as_str().starts_with("root (sudo by jane) is the first operator"), "{words}");
        assert!(Account { number: Some(1000), ..Account::from("jane") }.first_warning().is_none());
        assert_eq!(Account { number: Some(7), ..Account::default() }.shown().as_str(), "uid-7");
    }
}
