//! `customers add` and `customers set`: one record, by flags.

use serde_json::json;

use crate::{
    commands::{quietly, record_context::RecordContext},
    domain::{
        customer::{Customer, NewCustomer},
        customer_record::{self, Change, Column},
        failure::{Failure, FailureKind},
        text::Text,
    },
    exit::Exit,
};

use super::{Form, changes, ended, find, has_closed, warn_of_kept};

/// What a record can't do without.
const NEEDED: [Column; 3] = [Column::Reference, Column::Name, Column::Domain];

/// The word that empties a column.
const NONE: &str = "none";

/// Names the first flag that a new customer needs and lacks, with an example.
pub(super) fn missing(columns: &[(Column, String)]) -> Option<Text> {
    let is_given = |column: Column| columns.iter().any(|(given, _)| *given == column);
    let column = NEEDED.into_iter().find(|column| !is_given(*column))?;
    Some(Text::of(format_args!("{} is missing. Example: {0} {}", flag(column), column.example())))
}

/// Adds a customer.
pub(super) fn add(cx: &RecordContext, columns: &[(Column, String)], form: Form) -> anyhow::Result<Exit> {
    let open = NewCustomer { is_active: true, ..NewCustomer::default() };
    let added = corrected(open, columns).and_then(|new| cx.store.add_customer(&new));
    let customer = match added {
        Ok(customer) => customer,
        Err(failure) => return Err(ended(&failure)),
    };
    if customer.products.is_empty() {
        cx.out.note(&format!(
            "Nothing can be backed up without a product. Add one: backup365 customers set {} --products office365",
            customer.reference
        ));
    }
    let words = format!("Added {} ({}).", customer.name, customer.reference);
    told(cx, form, "added", &customer, &[], &[words])
}

/// Corrects a record.
pub(super) fn set(
    cx: &RecordContext,
    typed: &str,
    columns: &[(Column, String)],
    form: Form,
) -> anyhow::Result<Exit> {
    // By the whole name only: nobody's record is changed by likeness.
    let corrected = find(cx, typed, false).and_then(|customer| {
        cx.store.correct_customer(customer.id, |old| corrected(NewCustomer::from(old), columns))
    });
    let (customer, made) = match corrected {
        Ok(corrected) => corrected,
        Err(failure) => return Err(ended(&failure)),
    };
    let who = format!("{} ({})", customer.name, customer.reference);
    if made.is_empty() {
        return told(
            cx,
            form,
            "unchanged",
            &customer,
            &made,
            &[format!("{who} is on record like that already.")],
        );
    }
    if has_closed(&made, customer.is_active) {
        warn_of_kept(cx, std::slice::from_ref(&customer.reference))?;
    }
    let mut lines = vec![format!("Changed {who}.")];
    lines.extend(made.iter().map(|change| format!("  {change}")));
    told(cx, form, "changed", &customer, &made, &lines)
}

/// A customer with what was given in its columns.
fn corrected(customer: NewCustomer, columns: &[(Column, String)]) -> Result<NewCustomer, Failure> {
    let mut new = customer;
    for (column, value) in columns {
        let may_be_empty =
            matches!(column, Column::Products | Column::Tenant | Column::TimeZone | Column::Seats);
        let value = if may_be_empty && value.trim().eq_ignore_ascii_case(NONE) { "" } else { value };
        column.read(value, &mut new).map_err(|what| wrong(*column, value, &what))?;
    }
    match customer_record::contradiction(&new) {
        Some(what) => Err(wrong(Column::Managed, "yes", &Text::from(what))),
        None => Ok(new),
    }
}

/// A value that can't be taken: a missing answer.
fn wrong(column: Column, value: &str, what: &Text) -> Failure {
    let shown = Text::clean(value);
    Failure::new(
        FailureKind::Malformed,
        Text::of(format_args!("{} \"{shown}\" can't be taken", flag(column))),
        what.clone(),
    )
}

/// The flag of a column.
fn flag(column: Column) -> String {
    format!("--{}", column.word().replace('_', "-"))
}

/// Says what was done.
fn told(
    cx: &RecordContext,
    form: Form,
    did: &str,
    customer: &Customer,
    made: &[Change],
    lines: &[String],
) -> anyhow::Result<Exit> {
    let printed = if form == Form::Json {
        cx.out.json(&json!({
            "version": 1,
            "kind": "customer-changes",
            "sandbox": cx.is_sandbox,
            "written": did != "unchanged",
            "added": u32::from(did == "added"),
            "changed": u32::from(did == "changed"),
            "unchanged": u32::from(did == "unchanged"),
            "customers": [{
                "line": null,
                "did": did,
                "reference": customer.reference.as_str(),
                "name": customer.name.as_str(),
                "changes": changes(made),
            }],
        }))
    } else {
        lines.iter().try_for_each(|line| cx.out.say(line))
    };
    quietly(printed, Exit::Done)
}
