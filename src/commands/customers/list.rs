//! `customers list`: which customers are on record, and how far each is.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    commands::{
        quietly,
        record_context::{RecordContext, refused},
        table::{Cut, Table},
        warn,
    },
    domain::{
        bill::{counted, grouped},
        customer::{Customer, NewCustomer},
        customer_csv,
        filter::{fold, has_words},
        id::CustomerId,
        phrase::Command,
        run::BoardRow,
        sweep::OVERDUE_AFTER,
        sydney,
        text::Text,
        time::Moment,
    },
    exit::Exit,
};

use super::{Form, record};

/// Lists them.
pub(super) fn run(cx: &RecordContext, words: &str, with_closed: bool, form: Form) -> anyhow::Result<Exit> {
    let now = cx.clock.now();
    let board = match cx.store.board(sydney::latest_2000(now.minus(OVERDUE_AFTER))) {
        Ok(board) => board,
        Err(failure) => return Err(refused(&failure)),
    };
    if let Some(warning) = &board.sweep_warning {
        warn(warning.as_str());
    }
    let (rows, hidden) = shown(&board.rows, words, with_closed);
    let printed = match form {
        Form::Csv => {
            let records: Vec<NewCustomer> = rows.iter().map(|row| NewCustomer::from(&row.customer)).collect();
            cx.out.say(customer_csv::write(records.iter()).trim_end())
        }
        Form::Json => cx.json(
            "customers",
            json!({
                "customers": rows.iter().map(|row| object(row, now, &cx.zone)).collect::<Vec<_>>(),
            }),
        ),
        Form::Text => table(&rows, now, cx).iter().try_for_each(|line| cx.out.say(line)),
    };
    if form == Form::Text || rows.is_empty() {
        cx.out.note(&summary(rows.len(), hidden, words));
    }
    quietly(printed, Exit::Done)
}

/// A customer, as JSON.
fn object(row: &BoardRow, now: Moment, here: &str) -> Value {
    let mut object = record(&NewCustomer::from(&row.customer));
    if let Some(members) = object.as_object_mut() {
        members.insert("state".into(), row.in_words(now, here).as_str().into());
    }
    object
}

/// The customers, for people.
fn table(rows: &[&BoardRow], now: Moment, cx: &RecordContext) -> Vec<String> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new([
        ("REFERENCE", Cut::Never),
        ("NAME", Cut::Late),
        ("DOMAIN", Cut::Early),
        ("STATE", Cut::Late),
    ]);
    for row in rows {
        let Customer { reference, name, domain, .. } = &row.customer;
        table.push([reference.clone(), name.clone(), domain.clone(), row.in_words(now, &cx.zone)]);
    }
    table.lines(cx.width)
}

/// One row per customer by name, and how many closed ones are hidden. With words those are searched too.
fn shown<'b>(rows: &'b [BoardRow], words: &str, with_closed: bool) -> (Vec<&'b BoardRow>, usize) {
    let words = fold(words.trim());
    let holds = |row: &&BoardRow| has_words(&row.customer.folded(), &words);
    // Runs come before customers: the first row of a customer says most.
    let mut firsts: BTreeMap<CustomerId, &BoardRow> = BTreeMap::new();
    for row in rows.iter().filter(holds) {
        firsts.entry(row.customer.id).or_insert(row);
    }
    let found = firsts.len();
    let is_shown = |row: &&BoardRow| row.customer.is_active || with_closed || !words.is_empty();
    let mut rows: Vec<&BoardRow> = firsts.into_values().filter(is_shown).collect();
    rows.sort_by_cached_key(|row| (fold(row.customer.name.as_str()), row.customer.id));
    let hidden = found - rows.len();
    (rows, hidden)
}

/// What stands below the rows.
fn summary(count: usize, hidden: usize, words: &str) -> String {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let hidden = u32::try_from(hidden).unwrap_or(u32::MAX);
    match (count, hidden) {
        (0, 0) if !words.trim().is_empty() => {
            format!("No customer on record has \"{}\" in name, domain or reference.", Text::clean(words))
        }
        (0, 0) => format!("No customer is on record. Add one: {} --help", Command::CustomersAdd),
        (count, 0) => format!("{}.", counted(count, "customer", "customers")),
        (count, hidden) => format!(
            "{}; {} closed, shown with --all.",
            counted(count, "customer", "customers"),
            grouped(hidden)
        ),
    }
}
