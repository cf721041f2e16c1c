//! A plan to TOML: whole plans, one row as it is compared, and a finished run as a plan.

use std::fmt::Write as _;

use toml::Value;

use super::{List, Mailboxes, PasswordSource, Plan, Row, Users, VERSION};
use crate::domain::{
    bill::counted,
    customer::Listing,
    run::{Outcome, RunRecord},
    user::Kind,
    verdict::Verdict,
};

/// Words above a plan that was made from a run.
const ABOUT: &str = "\
# Check it, change what differs, add rows for other customers, then:
#   backup365 apply PLAN.toml --check
";

/// A plan as TOML, defaults written into each row.
#[must_use]
pub fn write(plan: &Plan) -> String {
    let mut text = format!("version = {VERSION}\n");
    for one in &plan.rows {
        text.push_str("\n[[customer]]\n");
        text.push_str(&row(one));
    }
    text
}

/// A finished run as a plan of one customer: the same choices, made again. Names no password; how the mailboxes of a
/// hosted customer are reached stands in comments, because it is on record already.
#[must_use]
pub fn of_run(outcome: &Outcome) -> String {
    let run = &outcome.run;
    let row = Row {
        customer: run.customer.reference.as_str().to_owned(),
        product: Some(run.product),
        tenant: run.organisation.as_ref().filter(|_| !run.product.is_hosted()).map(|o| o.tenant.to_string()),
        users: users(outcome),
        include_kinds: Kind::INCLUDABLE
            .into_iter()
            .filter(|kind| outcome.protection.kinds.allows(*kind))
            .collect(),
        max_seats: seats(outcome),
        ceiling: outcome.protection.rule.as_ref().map(|rule| rule.ceiling),
        ..Row::default()
    };
    let mut text = format!("# Made from run {} of {}.\n{ABOUT}", run.id, run.customer.name);
    text.push_str(&write(&Plan { rows: vec![row] }));
    comments(&mut text, outcome);
    text
}

/// What a run chose: the standing rule, everybody once, the users one by one, or nobody.
fn users(outcome: &Outcome) -> Users {
    let verdict = Verdict::of(outcome);
    if outcome.protection.rule.is_some() {
        return Users::Auto;
    }
    let chosen: Vec<String> =
        outcome.results.iter().map(|result| result.user.address.as_str().to_owned()).collect();
    match chosen {
        // Everybody who may be is on, now or before: that is what All comes to.
        _ if verdict.protected > 0 && verdict.not_chosen == 0 => Users::All,
        chosen if chosen.is_empty() => Users::None,
        chosen => Users::These(List::Here(chosen)),
    }
}

/// The seats that the run billed; none where it billed none.
fn seats(outcome: &Outcome) -> Option<u32> {
    let done = &outcome.done;
    let rule = outcome.protection.rule.as_ref().map_or(0, |rule| rule.confirmed);
    Some(done.turned_on.max(rule)).filter(|seats| *seats > 0)
}

/// What the row can't say, or need not.
fn comments(text: &mut String, outcome: &Outcome) {
    let excluded = u32::try_from(outcome.protection.exclusions.len()).unwrap_or(u32::MAX);
    if excluded > 0 {
        let who = counted(excluded, "user is excluded", "users are excluded");
        line(text, &format!("# {who} on record and stay so. Add others with exclude = [\"address\"]."));
    }
    if outcome.run.product.is_hosted() {
        details(text, &outcome.run);
    }
}

/// How the mailboxes are reached, for another computer's record.
fn details(text: &mut String, run: &RunRecord) {
    let Some(access) = &run.impersonation else { return };
    line(
        text,
        "# How the mailboxes are reached is on record here. On another computer these lines are needed too,",
    );
    line(
        text,
        "# and where the password comes from: password_file, password_environment or password_command.",
    );
    let row = Row {
        server: Some(access.server.as_str().to_owned()),
        account: Some(access.account.as_str().to_owned()),
        mailbox: Some(access.sample.as_str().to_owned()),
        mail_domains: access.domains.iter().map(|domain| domain.as_str().to_owned()).collect(),
        mailboxes: Some(match &access.listing {
            Listing::Directory => Mailboxes::Directory,
            Listing::Given(list) => {
                Mailboxes::Given(List::Here(list.iter().map(|address| address.as_str().to_owned()).collect()))
            }
        }),
        ..Row::default()
    };
    let mut lines = String::new();
    reach(&mut lines, &row);
    for one in lines.lines() {
        line(text, &format!("# {one}"));
    }
}

/// The keys of one row, in the order in which a journey needs them.
pub(super) fn row(row: &Row) -> String {
    let mut text = String::new();
    put(&mut text, "customer", &Value::from(row.customer.as_str()));
    if let Some(product) = row.product {
        put(&mut text, "product", &Value::from(product.word()));
    }
    if let Some(tenant) = &row.tenant {
        put(&mut text, "tenant", &Value::from(tenant.as_str()));
    }
    if !row.same_organisation_as.is_empty() {
        put(&mut text, "same_organisation_as", &owned(&row.same_organisation_as));
    }
    if row.domain_belongs_elsewhere {
        put(&mut text, "domain_belongs_elsewhere", &Value::from(true));
    }
    reach(&mut text, row);
    put(
        &mut text,
        "users",
        &match &row.users {
            Users::All => Value::from("all"),
            Users::Auto => Value::from("auto"),
            Users::None => Value::from("none"),
            Users::These(list) => list_value(list),
        },
    );
    if !row.include_kinds.is_empty() {
        put(&mut text, "include_kinds", &texts(row.include_kinds.iter().map(|kind| kind.key())));
    }
    if !row.exclude.is_empty() {
        put(&mut text, "exclude", &owned(&row.exclude));
    }
    for (key, number) in [("max_seats", row.max_seats), ("ceiling", row.ceiling)] {
        if let Some(number) = number {
            put(&mut text, key, &Value::from(i64::from(number)));
        }
    }
    if row.without_sweeper {
        put(&mut text, "without_sweeper", &Value::from(true));
    }
    text
}

/// How the mailboxes of a hosted customer are reached.
fn reach(text: &mut String, row: &Row) {
    for (key, said) in [("server", &row.server), ("account", &row.account)] {
        if let Some(said) = said {
            put(text, key, &Value::from(said.as_str()));
        }
    }
    match &row.password {
        None => {}
        Some(PasswordSource::File(path)) => {
            put(text, "password_file", &Value::from(path.to_string_lossy().as_ref()));
        }
        Some(PasswordSource::Environment(name)) => {
            put(text, "password_environment", &Value::from(name.as_str()));
        }
        Some(PasswordSource::Command(words)) => put(text, "password_command", &owned(words)),
    }
    if let Some(mailbox) = &row.mailbox {
        put(text, "mailbox", &Value::from(mailbox.as_str()));
    }
    if !row.mail_domains.is_empty() {
        put(text, "mail_domains", &owned(&row.mail_domains));
    }
    match &row.mailboxes {
        None => {}
        Some(Mailboxes::Directory) => put(text, "directory", &Value::from(true)),
        Some(Mailboxes::Given(list)) => put(text, "mailboxes", &list_value(list)),
    }
}

/// Addresses, or the file that holds them.
fn list_value(list: &List) -> Value {
    match list {
        List::Here(words) => owned(words),
        List::File(path) => {
            let file = Value::from(path.to_string_lossy().as_ref());
            Value::Table(std::iter::once(("file".to_owned(), file)).collect())
        }
    }
}

fn texts<'a>(words: impl IntoIterator<Item = &'a str>) -> Value {
    Value::Array(words.into_iter().map(Value::from).collect())
}

/// The same from owned words.
fn owned(words: &[String]) -> Value {
    texts(words.iter().map(String::as_str))
}

fn put(text: &mut String, key: &str, value: &Value) {
    line(text, &format!("{key} = {value}"));
}

fn line(text: &mut String, words: &str) {
    // Writing into a String can't fail.
    if writeln!(text, "{words}").is_err() {
        text.push('\n');
    }
}
