//! `backup365 customers`: list, show, add, correct and import. Only an Admin changes a record.

mod change;
mod import;
mod list;
mod show;

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::{
    domain::{
        customer::{Customer, NewCustomer},
        customer_record::{Change, Column},
        failure::{Failure, FailureKind},
        filter::fold,
        text::Text,
    },
    exit::Exit,
};

use super::{record_context::RecordContext, unanswered::Unanswered};

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
        /// How.
        form: Form,
    },
    /// A new one.
    Add {
        /// What was given.
        columns: Vec<(Column, String)>,
        /// How.
        form: Form,
    },
    /// A correction.
    Set {
        /// Reference, name or domain.
        customer: String,
        /// What was given.
        columns: Vec<(Column, String)>,
        /// How.
        form: Form,
    },
    /// A file.
    Import {
        /// The file; none: standard input.
        file: Option<PathBuf>,
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

/// Does it.
///
/// # Errors
/// The record can't be used, or stdout can't be written for another reason than a closed pipe.
pub fn run(cx: &RecordContext, wish: &Wish) -> anyhow::Result<Exit> {
    cx.says_sandbox();
    match wish {
        Wish::List { words, with_closed, form } => list::run(cx, words, *with_closed, *form),
        Wish::Show { customer, form } => show::run(cx, customer, *form),
        Wish::Add { columns, form } => change::add(cx, columns, *form),
        Wish::Set { customer, columns, form } => change::set(cx, customer, columns, *form),
        Wish::Import { file, as_new, is_dry, form } => {
            let asked = import::Asked { as_new: *as_new, is_dry: *is_dry };
            import::run(cx, file.as_deref(), asked, *form)
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
    let holds = |customer: &&Customer| wanted.split_whitespace().all(|word| customer.folded().contains(word));
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
            "Look for it: backup365 customers list --all",
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

/// What was said about finding or changing a customer, as an error: a missing answer is wrong usage.
fn ended(failure: &Failure) -> anyhow::Error {
    if failure.kind == FailureKind::Malformed {
        return Unanswered::new(Exit::Usage, failure.for_commands().as_str()).into();
    }
    super::record_context::refused(failure)
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
