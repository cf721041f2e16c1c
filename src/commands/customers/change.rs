//! `customers add` and `customers set`: one record, by flags.

use serde_json::json;

use crate::{
    commands::{
        quietly,
        record_context::{RecordContext, refused},
        unanswered::PREFIX,
    },
    domain::{
        command_line,
        customer::{Customer, NewCustomer},
        customer_record::{self, Change, Column},
        doubt::{self, Accepts, Guarded},
        failure::{Failure, FailureKind},
        flag::quoted,
        phrase::{Command, Correction},
        tenant_input::TenantInput,
        text::Text,
    },
    exit::Exit,
};

use super::{Form, changes, doubted, find, has_closed, tell_not_compared, tell_partner, warn_of_kept};

/// What a record can't do without.
const NEEDED: [Column; 3] = [Column::Reference, Column::Name, Column::Domain];

/// Names the first flag that a new customer needs and lacks, with an example.
pub(super) fn missing(columns: &[(Column, String)]) -> Option<Text> {
    let is_given = |column: Column| columns.iter().any(|(given, _)| *given == column);
    let column = NEEDED.into_iter().find(|column| !is_given(*column))?;
    Some(Text::of(format_args!("{} is missing. Example: {0} {}", flag(column), column.example())))
}

/// What a record is added or corrected by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    /// Values of columns.
    pub(super) columns: &'a [(Column, String)],
    /// References of customers who have the same tenant or mail domain.
    pub(super) same_as: &'a [Text],
    /// The command as it was typed.
    pub(super) line: &'a str,
    /// How the answer is printed.
    pub(super) form: Form,
}

impl Given<'_> {
    /// What a person accepts by it.
    fn accepts(&self) -> Accepts {
        Accepts { same_as: self.same_as.to_vec(), elsewhere: None }
    }

    /// What was kept; where another customer has the tenant or the mail domain: who, and the line to paste.
    fn kept<T>(&self, guarded: Guarded<T>, customer: &Text) -> anyhow::Result<T> {
        match guarded {
            Guarded::Kept(kept) => Ok(kept),
            Guarded::Doubted(doubts) => {
                let words = doubt::sentences(&doubts, customer);
                let line = Text::of(format_args!("{PREFIX}{words}"));
                let mut flags: Vec<String> =
                    doubts.iter().map(|doubt| doubt.flag().as_str().to_owned()).collect();
                // One flag accepts all that another customer has.
                flags.dedup();
                Err(doubted(vec![line], self.line, &flags))
            }
        }
    }
}

/// Adds a customer.
pub(super) fn add(cx: &RecordContext, given: &Given<'_>) -> anyhow::Result<Exit> {
    let open = NewCustomer { is_active: true, ..NewCustomer::default() };
    let added = corrected(open, given.columns).and_then(|new| {
        let added = cx.store.add_customer(&new, &given.accepts())?;
        Ok((new.name, added))
    });
    let customer = match added {
        Ok((name, added)) => given.kept(added, &name)?,
        Err(failure) => return Err(refused(&failure)),
    };
    tell_partner(cx, &NewCustomer::from(&customer));
    tell_not_compared(cx, u32::from(customer.tenant.is_some()));
    if customer.products.is_empty() {
        cx.out.note(&format!(
            "Nothing can be backed up without a product. Add one: {}",
            Command::CustomersSet(customer.reference.clone(), Correction::Products)
        ));
    }
    let words = format!("Added {} ({}).", customer.name, customer.reference);
    told(cx, given.form, "added", &customer, &[], &[words])
}

/// Corrects a record.
pub(super) fn set(cx: &RecordContext, typed: &str, given: &Given<'_>) -> anyhow::Result<Exit> {
    // By the whole name only: nobody's record is changed by likeness.
    let corrected = find(cx, typed, false).and_then(|customer| {
        let correct = |old: &Customer| corrected(NewCustomer::from(old), given.columns);
        let made = cx.store.correct_customer(customer.id, &given.accepts(), correct)?;
        Ok((customer.name, made))
    });
    let (customer, made) = match corrected {
        Ok((name, corrected)) => given.kept(corrected, &name)?,
        Err(failure) => return Err(refused(&failure)),
    };
    if made.iter().any(|change| change.column == Column::Tenant && !change.to.is_empty()) {
        tell_partner(cx, &NewCustomer::from(&customer));
        tell_not_compared(cx, 1);
    }
    let who = format!("{} ({})", customer.name, customer.reference);
    if made.is_empty() {
        return told(
            cx,
            given.form,
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
    told(cx, given.form, "changed", &customer, &made, &lines)
}

/// A customer with what was given in its columns.
fn corrected(customer: NewCustomer, columns: &[(Column, String)]) -> Result<NewCustomer, Failure> {
    let mut new = customer;
    for (column, value) in columns {
        let value = column.emptied(value);
        column.read(value, &mut new).map_err(|what| match TenantInput::parse(value) {
            Ok(TenantInput::Domain(domain)) if *column == Column::Tenant => {
                let customer = quoted(new.reference.as_str());
                let world = command_line::world();
                let way = format_args!(
                    "{what} This looks it up, and keeps it once the customer has accepted: backup365 provision \
                     {customer} --tenant {domain} --users none{world}"
                );
                wrong(*column, value, &Text::of(way))
            }
            _ => wrong(*column, value, &what),
        })?;
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
    let is_new_tenant = |change: &Change| change.column == Column::Tenant && !change.to.is_empty();
    let not_compared =
        u32::from(made.iter().any(is_new_tenant) || (did == "added" && customer.tenant.is_some()));
    let printed = if form == Form::Json {
        cx.json(
            "customer-changes",
            json!({
                "written": did != "unchanged",
                "added": u32::from(did == "added"),
                "changed": u32::from(did == "changed"),
                "unchanged": u32::from(did == "unchanged"),
                "not_compared": not_compared,
                "customers": [{
                    "line": null,
                    "did": did,
                    "reference": customer.reference.as_str(),
                    "name": customer.name.as_str(),
                    "changes": changes(made),
                }],
            }),
        )
    } else {
        lines.iter().try_for_each(|line| cx.out.say(line))
    };
    quietly(printed, Exit::Done)
}
