//! The customer and the product: named whole, never guessed. Pure.

use crate::{
    domain::{customer::Product, text::Text},
    wizard::{
        answer::{FieldId, Given, Value},
        view::{Column, RowsView, View},
    },
};

use super::{
    answers::Answers,
    journey::{Journey, Next, end, fail, fail_with, missing},
    page,
    report::End,
};

/// How many candidates are named.
const NAMED: usize = 5;

/// What has been done here.
#[derive(Debug, Default)]
pub(super) struct Done {
    is_typed: bool,
    is_picked: bool,
    has_product: bool,
}

/// Finds the customer and opens the row.
pub(super) fn choose(done: &mut Done, journey: &mut Journey, answers: &Answers, view: &View<'_>) -> Next {
    if view.ask.is_waiting {
        return Next::Wait;
    }
    if let Some(failure) = page::failure(view) {
        return fail(view, failure);
    }
    if done.is_picked {
        // The wizard stays here and says why: closed, nothing to back up, a run that can't be opened.
        return match page::warning(view) {
            Some(words) => end(End::Stopped, words),
            None => fail_with(view, "The run could not be opened. Start again."),
        };
    }
    // Closed customers are found by a search only.
    if !std::mem::replace(&mut done.is_typed, true) {
        return Next::Do(Given::Fill(FieldId::Search, Value::Text(answers.customer.clone())));
    }
    let Some(rows) = view.page.rows() else { return Next::Wait };
    match row(rows, answers) {
        Ok(at) => {
            journey.domain = page::cell(rows, at, Column::Domain);
            done.is_picked = true;
            pick(rows, at)
        }
        Err(next) => next,
    }
}

/// Chooses the product.
pub(super) fn choose_product(done: &mut Done, answers: &Answers, view: &View<'_>) -> Next {
    if view.ask.is_waiting {
        return Next::Wait;
    }
    if std::mem::replace(&mut done.has_product, true) {
        return fail_with(view, "The run could not be opened. Start again.");
    }
    let Some(rows) = view.page.rows() else { return Next::Wait };
    let sold: Vec<Product> = (0..rows.rows.len()).filter_map(|at| rows.rows.product(at)).collect();
    match (answers.product, sold.as_slice()) {
        (Some(wanted), _) => match sold.iter().position(|product| *product == wanted) {
            Some(at) => pick(rows, at),
            None => not_sold(wanted, &sold),
        },
        (None, [_only]) => pick(rows, 0),
        (None, _) => which_product(&sold),
    }
}

fn pick(rows: &RowsView<'_>, at: usize) -> Next {
    rows.rows.id(at).map_or(Next::Wait, |id| Next::Do(Given::Pick(id)))
}

/// The row to open.
fn row(rows: &RowsView<'_>, answers: &Answers) -> Result<usize, Next> {
    let wanted = folded(&Text::clean(&answers.customer));
    let names = [Column::Reference, Column::Name, Column::Domain];
    let is_same = |at: usize| names.into_iter().any(|name| folded(&page::cell(rows, at, name)) == wanted);
    let found: Vec<usize> = (0..rows.rows.len()).filter(|at| !wanted.is_empty() && is_same(*at)).collect();
    let mut references: Vec<Text> = found.iter().map(|at| page::cell(rows, *at, Column::Reference)).collect();
    references.sort();
    references.dedup();
    match (references.len(), found.as_slice()) {
        (0, _) => Err(nobody(rows, &answers.customer)),
        (1, [only]) => Ok(*only),
        (1, _) => of_product(rows, &found, answers.product),
        _ => Err(several(rows, &found, &answers.customer)),
    }
}

/// Of several rows of one customer: the run of the product, else the row that leads to the products.
fn of_product(rows: &RowsView<'_>, found: &[usize], wanted: Option<Product>) -> Result<usize, Next> {
    let started: Vec<Product> = found.iter().filter_map(|at| rows.rows.product(*at)).collect();
    let Some(wanted) = wanted else { return Err(which_product(&started)) };
    let is_run = |at: &&usize| rows.rows.product(**at) == Some(wanted);
    let is_plain = |at: &&usize| rows.rows.product(**at).is_none();
    let at = found.iter().find(is_run).or_else(|| found.iter().find(is_plain));
    at.copied().ok_or_else(|| not_sold(wanted, &started))
}

fn folded(words: &Text) -> String {
    words.as_str().to_lowercase()
}

fn nobody(rows: &RowsView<'_>, wanted: &str) -> Next {
    let alike: Vec<usize> = (0..rows.rows.len()).collect();
    let wanted = Text::clean(wanted);
    end(
        End::Wrong,
        if alike.is_empty() {
            Text::of(format_args!(
                "No customer has the reference, name or domain “{wanted}”. See: backup365 customers list"
            ))
        } else {
            Text::of(format_args!(
                "No customer has exactly the reference, name or domain “{wanted}”. Alike: {}.",
                named(rows, &alike)
            ))
        },
    )
}

fn several(rows: &RowsView<'_>, found: &[usize], wanted: &str) -> Next {
    let wanted = Text::clean(wanted);
    let words = format_args!("“{wanted}” is several customers: {}. Give the reference.", named(rows, found));
    end(End::Wrong, Text::of(words))
}

/// Candidates: reference and name, each customer once.
fn named(rows: &RowsView<'_>, found: &[usize]) -> String {
    let mut names: Vec<String> = Vec::new();
    for at in found {
        let [reference, name] = [Column::Reference, Column::Name].map(|column| page::cell(rows, *at, column));
        let name = format!("{reference} {name}");
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{more}", names.join(", "))
}

fn words_of(products: &[Product]) -> Vec<&'static str> {
    products.iter().map(|product| product.word()).collect()
}

fn which_product(sold: &[Product]) -> Next {
    let names = words_of(sold);
    let example = names.first().copied().unwrap_or("office365");
    let what = if names.is_empty() {
        "this customer has several products.".to_owned()
    } else {
        format!("this customer has several products: {}.", names.join(", "))
    };
    missing("--product", &what, Text::of(format_args!("--product {example}")))
}

fn not_sold(wanted: Product, sold: &[Product]) -> Next {
    let (name, names) = (wanted.name(), words_of(sold).join(", "));
    end(End::Wrong, Text::of(format_args!("This customer does not have {name}. What they have: {names}.")))
}
