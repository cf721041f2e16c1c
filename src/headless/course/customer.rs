//! Which customer, and which product: by reference, name or domain as on record, never by likeness.

use crate::{
    domain::{customer::Product, text::Text},
    headless::{answers::Answers, look, report::End},
    wizard::{
        event::{Intent, Move},
        view::{Focus, RowsView, View, column},
    },
};

use super::{Course, Next, end, fail, fail_with, missing};

/// How many candidates are named.
const NAMED: usize = 5;

/// What has been done here.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// The words stand in the search field.
    is_typed: bool,
    /// A row was opened.
    is_picked: bool,
    /// A product was opened.
    has_product: bool,
}

/// Finds the customer and opens the row.
pub(super) fn choose(course: &mut Course, answers: &Answers, view: &View<'_>) -> Next {
    if view.is_waiting {
        return Next::Wait;
    }
    if let Some(failure) = look::failure(view) {
        return fail(view, failure);
    }
    if course.customer.is_picked {
        // The wizard stays here and says why: closed, nothing to back up, a run that can't be opened.
        return match look::warning(view) {
            Some(words) => end(End::Stopped, words),
            None => fail_with(view, "The run could not be opened. Start again."),
        };
    }
    if view.focus == Focus::Field {
        if std::mem::replace(&mut course.customer.is_typed, true) {
            return Next::Do(Intent::Submit);
        }
        return Next::Do(Intent::Paste(answers.customer.clone()));
    }
    let Some(rows) = look::rows(&view.panel) else { return Next::Wait };
    match row(rows, answers) {
        Ok(at) => {
            course.domain = look::cell(rows, at, column::DOMAIN);
            step(rows, at).unwrap_or_else(|| {
                course.customer.is_picked = true;
                Next::Do(Intent::Submit)
            })
        }
        Err(next) => next,
    }
}

/// Chooses the product.
pub(super) fn choose_product(course: &mut Course, answers: &Answers, view: &View<'_>) -> Next {
    if view.is_waiting {
        return Next::Wait;
    }
    if course.customer.has_product {
        return fail_with(view, "The run could not be opened. Start again.");
    }
    let Some(rows) = look::rows(&view.panel) else { return Next::Wait };
    let sold: Vec<Product> = (0..rows.rows.len()).filter_map(|at| look::product(rows, at)).collect();
    let at = match (answers.product, sold.as_slice()) {
        (Some(wanted), _) => match sold.iter().position(|product| *product == wanted) {
            Some(at) => at,
            None => return not_sold(wanted, &sold),
        },
        (None, [_only]) => 0,
        (None, _) => return which_product(&sold),
    };
    step(rows, at).unwrap_or_else(|| {
        course.customer.has_product = true;
        Next::Do(Intent::Submit)
    })
}

/// The row to open.
fn row(rows: &RowsView<'_>, answers: &Answers) -> Result<usize, Next> {
    let wanted = folded(&Text::clean(&answers.customer));
    let names = [column::REFERENCE, column::NAME, column::DOMAIN];
    let is_same = |at: usize| names.into_iter().any(|name| folded(&look::cell(rows, at, name)) == wanted);
    let found: Vec<usize> = (0..rows.rows.len()).filter(|at| !wanted.is_empty() && is_same(*at)).collect();
    let mut references: Vec<Text> = found.iter().map(|at| look::cell(rows, *at, column::REFERENCE)).collect();
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
    let started: Vec<Product> = found.iter().filter_map(|at| look::product(rows, *at)).collect();
    let Some(wanted) = wanted else {
        return Err(which_product(&started));
    };
    let is_run = |at: &&usize| look::product(rows, **at) == Some(wanted);
    let is_plain = |at: &&usize| look::product(rows, **at).is_none();
    let at = found.iter().find(is_run).or_else(|| found.iter().find(is_plain));
    at.copied().ok_or_else(|| not_sold(wanted, &started))
}

/// Moves the cursor to a row; none once it is there.
pub(super) fn step(rows: &RowsView<'_>, at: usize) -> Option<Next> {
    let cursor = rows.cursor.unwrap_or_default();
    if cursor == at {
        return None;
    }
    let by = i64::try_from(at).unwrap_or(i64::MAX).saturating_sub(i64::try_from(cursor).unwrap_or(i64::MAX));
    Some(Next::Do(Intent::Move(Move::By(by))))
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
    end(
        End::Wrong,
        Text::of(format_args!(
            "“{wanted}” is several customers: {}. Give the reference.",
            named(rows, found)
        )),
    )
}

/// Candidates: reference and name, each customer once.
fn named(rows: &RowsView<'_>, found: &[usize]) -> String {
    let mut names: Vec<String> = Vec::new();
    for at in found {
        let name =
            format!("{} {}", look::cell(rows, *at, column::REFERENCE), look::cell(rows, *at, column::NAME));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{more}", names.join(", "))
}

fn which_product(sold: &[Product]) -> Next {
    let names: Vec<&str> = sold.iter().map(|product| product.word()).collect();
    let example = names.first().copied().unwrap_or("office365");
    let what = if names.is_empty() {
        "this customer has several products.".to_owned()
    } else {
        format!("this customer has several products: {}.", names.join(", "))
    };
    missing("--product", &what, Text::of(format_args!("--product {example}")))
}

fn not_sold(wanted: Product, sold: &[Product]) -> Next {
    let names: Vec<&str> = sold.iter().map(|product| product.word()).collect();
    end(
        End::Wrong,
        Text::of(format_args!(
            "This customer does not have {}. What they have: {}.",
            wanted.name(),
            names.join(", ")
        )),
    )
}
