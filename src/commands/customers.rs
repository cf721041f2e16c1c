//! `backup365 customers`: list, show, add, correct and import. Only an Admin changes a record.

mod change;
mod from_microsoft;
mod history;
mod import;
mod list;
mod show;

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::{
    domain::{
        bill::counted,
        customer::{Customer, NewCustomer},
        customer_record::{Change, Column},
        failure::{Failure, FailureKind},
        filter::{fold, has_words},
        phrase::{Command, Correction, phrase},
        text::Text,
    },
    exit::Exit,
    provider::store::{Sharing, StillKept},
};

use super::{
    record_context::{RecordContext, refused},
    unanswered::{PREFIX, Unanswered, pasted},
};
use change::Given;

pub use from_microsoft::run as from_microsoft;

/// How the answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// For people.
    #[default]
    Text,
    /// One object.
    Json,
    /// As import takes it.
    Csv,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Customers, and how far each is.
    List {
        /// Words that name, domain or reference must hold; empty: any.
        words: String,
        /// Closed ones too.
        with_closed: bool,
        /// How.
        form: Form,
    },
    /// Everything about one.
    Show {
        /// Reference, name or domain, or a part of one.
        customer: String,
        /// Who did what for it, instead of the record.
        is_audit: bool,
        /// How.
        form: Form,
    },
    /// A new one.
    Add {
        /// What was given.
        columns: Vec<(Column, String)>,
        /// References of customers who have the same tenant or mail domain.
        same_as: Vec<Text>,
        /// How.
        form: Form,
    },
    /// A correction.
    Set {
        /// Reference, name or domain.
        customer: String,
        /// What was given.
        columns: Vec<(Column, String)>,
        /// References of customers who have the same tenant or mail domain.
        same_as: Vec<Text>,
        /// How.
        form: Form,
    },
    /// A file.
    Import {
        /// The file; none: standard input.
        file: Option<PathBuf>,
        /// Customers of the file and others who have the same tenant or mail domain.
        sharing: Vec<Sharing>,
        /// A customer may have the name or the domain of one who is on record under another reference.
        as_new: bool,
        /// Write nothing.
        is_dry: bool,
        /// How.
        form: Form,
    },
}

/// What is missing or wrong in the arguments alone.
#[must_use]
pub fn missing(wish: &Wish) -> Option<Unanswered> {
    let words = match wish {
        Wish::Add { columns, .. } => change::missing(columns)?,
        Wish::Set { columns, .. } if columns.is_empty() => {
            "nothing to change was named. Example: --seats 25. See: backup365 customers set --help".into()
        }
        _ => return None,
    };
    Some(Unanswered::new(Exit::Usage, words.as_str()))
}

/// Does it; `line` is the command as it was typed, to which a flag that is missing is added.
///
/// # Errors
/// The record can't be used, or stdout can't be written for another reason than a closed pipe.
pub fn run(cx: &RecordContext, wish: &Wish, line: &str) -> anyhow::Result<Exit> {
    cx.says_sandbox();
    match wish {
        Wish::List { words, with_closed, form } => list::run(cx, words, *with_closed, *form),
        Wish::Show { customer, is_audit: true, form } => history::run(cx, customer, *form),
        Wish::Show { customer, is_audit: false, form } => show::run(cx, customer, *form),
        Wish::Add { columns, same_as, form } => {
            change::add(cx, &Given { columns, same_as, line, form: *form })
        }
        Wish::Set { customer, columns, same_as, form } => {
            change::set(cx, customer, &Given { columns, same_as, line, form: *form })
        }
        Wish::Import { file, sharing, as_new, is_dry, form } => {
            let asked = import::Asked { sharing, as_new: *as_new, is_dry: *is_dry, line };
            import::run(cx, file.as_deref(), &asked, *form)
        }
    }
}

/// Customers named when a word fits more than one; more are only counted.
const NAMED: usize = 8;

/// Finds one customer: by the whole reference, domain or name, and with `by_part` also by a part of one.
///
/// # Errors
/// `NotFound`; `Malformed`, when more than one fits: an answer is missing then.
fn find(cx: &RecordContext, typed: &str, by_part: bool) -> Result<Customer, Failure> {
    let customers = cx.store.customers()?;
    let wanted = fold(typed.trim());
    let whole = |part: fn(&Customer) -> &Text| -> Vec<&Customer> {
        customers.iter().filter(|customer| fold(part(customer).as_str()) == wanted).collect()
    };
    let holds = |customer: &&Customer| has_words(&customer.folded(), &wanted);
    let mut found = whole(|customer| &customer.reference);
    if found.is_empty() {
        found = whole(|customer| &customer.domain);
    }
    if found.is_empty() {
        found = whole(|customer| &customer.name);
    }
    if found.is_empty() && by_part && !wanted.is_empty() {
        found = customers.iter().filter(holds).collect();
    }
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(Failure::new(
            FailureKind::NotFound,
            Text::of(format_args!("there is no customer \"{}\" on record", Text::clean(typed))),
            phrase!["Look for it: ", Command::CustomersList, " --all"],
        )),
        several => Err(Failure::new(
            FailureKind::Malformed,
            Text::of(format_args!(
                "\"{}\" fits more than one customer: {}",
                Text::clean(typed),
                named(several)
            )),
            "Give the reference of one of them.",
        )),
    }
}

/// Customers by name and reference.
fn named(customers: &[&Customer]) -> String {
    let mut words: Vec<String> =
        customers.iter().take(NAMED).map(|c| format!("{} ({})", c.name, c.reference)).collect();
    if customers.len() > NAMED {
        words.push(format!("and {} more", customers.len() - NAMED));
    }
    words.join(", ")
}

/// What is said where a tenant or a mail domain that came in is another customer's too, and the line that says it is right.
fn doubted(mut lines: Vec<Text>, command: &str, flags: &[String]) -> anyhow::Error {
    lines.push(Text::of(format_args!(
        "{PREFIX}Nothing was written. Ask which of the customers it belongs to. If both have it, say so for each:"
    )));
    lines.extend(pasted(command, flags));
    Unanswered { exit: Exit::Usage, lines }.into()
}

/// Says what is to be known of a tenant that came in: the partner's own is named as such.
fn tell_partner(cx: &RecordContext, customer: &NewCustomer) {
    if customer.tenant.is_some() && customer.tenant == cx.partner {
        cx.out.note(&format!(
            "{} ({}): this tenant ID is your own organisation's, not a customer's.",
            customer.name, customer.reference
        ));
    }
}

/// Says how many tenants came in that nobody held against the customers' mail domains: Microsoft is not asked here.
fn tell_not_compared(cx: &RecordContext, count: u32) {
    if count > 0 {
        let words = counted(count, "tenant ID was", "tenant IDs were");
        cx.out.note(&format!(
            "{words} not compared with the customer's mail domain; that is done when the customer is opened."
        ));
    }
}

/// Says on stderr what goes on although an account was closed: closing turns nobody off and ends no rule.
fn warn_of_kept(cx: &RecordContext, closed: &[Text]) -> anyhow::Result<()> {
    if closed.is_empty() {
        return Ok(());
    }
    let kept = cx.store.still_kept().map_err(|failure| refused(&failure))?;
    for StillKept { customer, product, seats, has_rule } in kept {
        if !closed
            .iter()
            .any(|reference| reference.as_str().eq_ignore_ascii_case(customer.reference.as_str()))
        {
            continue;
        }
        let rule = if has_rule { " Enable Auto stays on record and turns nobody on meanwhile." } else { "" };
        super::warn(&format!(
            "{} ({}) is closed, and {} protected with {}.{rule} Closing ends neither: reopen the account with “{}”, turn \
             them off, then close it.",
            customer.name,
            customer.reference,
            counted(seats, "user stays", "users stay"),
            product.name(),
            Command::CustomersSet(customer.reference.clone(), Correction::Open)
        ));
    }
    Ok(())
}

/// Whether a change closed the account.
fn has_closed(changes: &[Change], is_active: bool) -> bool {
    !is_active && changes.iter().any(|change| change.column == Column::Active)
}

/// A record, as JSON.
fn record(customer: &NewCustomer) -> Value {
    json!({
        "reference": customer.reference.as_str(),
        "name": customer.name.as_str(),
        "domain": customer.domain.as_str(),
        "active": customer.is_active,
        "products": customer.products.iter().map(|product| product.word()).collect::<Vec<_>>(),
        "tenant": customer.tenant.map(|tenant| tenant.to_string()),
        "managed": customer.is_managed,
        "time_zone": customer.time_zone.as_ref().map(Text::as_str),
        "seats": customer.seats,
    })
}

/// Changes, as JSON.
fn changes(changes: &[Change]) -> Vec<Value> {
    let value = |text: &Text| Some(text.as_str().to_owned()).filter(|text| !text.is_empty());
    let change = |change: &Change| {
        json!({
            "column": change.column.word(), "from": value(&change.from), "to": value(&change.to),
        })
    };
    changes.iter().map(change).collect()
}
