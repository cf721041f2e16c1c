//! The customer and the product: named whole, never guessed. Pure.

use std::{collections::BTreeSet, ops::ControlFlow::Continue};

use crate::{
    domain::{
        answers::Answers, changes::named, customer::Product, filter::fold, flag, phrase::Command, text::Text,
    },
    wizard::{
        answer::{FieldId, Given, Value},
        view::{Column, RowsView, Tone, View},
    },
};

use super::{
    decision::{Decision, end, ensure, fail_with, missing, need, no_failure, rows, warning},
    journey::{Journey, Step},
    report::End,
};

/// How many candidates are named.
const NAMED: usize = 5;

const NOT_OPENED: &str = "The run could not be opened. Start again.";

impl Journey {
    /// Finds the customer and opens the row.
    pub(super) fn choose_customer(&mut self, view: &View<'_>) -> Decision {
        no_failure(view)?;
        if self.steps.has(Step::Answer(view.ask.id)) {
            // The wizard stays here and says why: closed, or nothing to back up. Bad news is a run that can't be opened.
            let is_bad = view.notice.as_ref().is_some_and(|notice| notice.tone == Tone::Bad);
            return match warning(view) {
                Some(words) if !is_bad => end(End::Stopped, words),
                _ => fail_with(view, NOT_OPENED),
            };
        }
        // Closed customers are found by a search only.
        self.steps.fill(FieldId::Search, Value::Text(self.answers.customer.clone()))?;
        let rows = rows(view)?;
        let at = find(rows, &self.answers)?;
        self.domain = rows.words(at, Column::Domain);
        self.open(view, rows, at)
    }

    /// Chooses the product.
    pub(super) fn choose_product(&mut self, view: &View<'_>) -> Decision {
        ensure(!self.steps.has(Step::Answer(view.ask.id)), view, NOT_OPENED)?;
        let rows = rows(view)?;
        let sold: Vec<Product> = (0..rows.rows.len()).filter_map(|at| rows.rows.product(at)).collect();
        let only = if let [only] = sold.as_slice() { Some(*only) } else { None };
        let wanted = self.answers.product.or(only);
        match sold.iter().position(|product| Some(*product) == wanted) {
            Some(at) => self.open(view, rows, at),
            None => refuse_product(self.answers.product, &sold),
        }
    }

    fn open(&mut self, view: &View<'_>, rows: &RowsView<'_>, at: usize) -> Decision {
        rows.rows.id(at).map_or(Continue(()), |id| self.settle(view, Given::Pick(id)))
    }
}

/// The row to open.
fn find(rows: &RowsView<'_>, answers: &Answers) -> Decision<usize> {
    let name = Text::clean(&answers.customer);
    let wanted = fold(name.as_str().trim());
    let names = [Column::Reference, Column::Name, Column::Domain];
    let is_same =
        |at: &usize| names.into_iter().any(|column| fold(rows.words(*at, column).as_str().trim()) == wanted);
    let all = 0..rows.rows.len();
    let found: Vec<usize> = all.clone().filter(|at| !wanted.is_empty() && is_same(at)).collect();
    let customers = candidates(rows, found.iter().copied());
    let words = match (customers.len(), found.as_slice()) {
        (1, [only]) => return Continue(*only),
        (1, _) => return of_product(rows, &found, answers.product),
        (0, _) if all.is_empty() => {
            let list = Command::CustomersList;
            format!("No customer has the reference, name or domain “{name}”. See: {list}")
        }
        (0, _) => {
            let alike = named(&candidates(rows, all), NAMED);
            format!("No customer has exactly the reference, name or domain “{name}”. Alike: {alike}.")
        }
        _ => format!("“{name}” is several customers: {}. Give the reference.", named(&customers, NAMED)),
    };
    end(End::Wrong, words)
}

/// Of several rows of one customer: the run of the product, else the row that leads to the products.
fn of_product(rows: &RowsView<'_>, found: &[usize], wanted: Option<Product>) -> Decision<usize> {
    let row_of = |product| found.iter().copied().find(|at| rows.rows.product(*at) == product);
    let started: Vec<Product> = found.iter().filter_map(|at| rows.rows.product(*at)).collect();
    let at = wanted.and_then(|_| row_of(wanted).or_else(|| row_of(None)));
    at.map_or_else(|| refuse_product(wanted, &started), Continue)
}

/// Candidates: reference and name, each customer once.
fn candidates(rows: &RowsView<'_>, found: impl Iterator<Item = usize>) -> Vec<Text> {
    let mut seen = BTreeSet::new();
    let references = found.map(|at| (rows.words(at, Column::Reference), at));
    let each = references.filter(|(reference, _)| seen.insert(reference.clone()));
    each.map(|(reference, at)| Text::of(format_args!("{reference} {}", rows.words(at, Column::Name))))
        .collect()
}

/// The product that was given is not among those of the customer; or none was, and there are several.
fn refuse_product<T>(wanted: Option<Product>, sold: &[Product]) -> Decision<T> {
    let names: Vec<&str> = sold.iter().map(|product| product.word()).collect();
    let list = names.join(", ");
    match (wanted, names.first()) {
        (Some(wanted), _) => {
            let wanted = wanted.name();
            end(End::Wrong, format_args!("This customer does not have {wanted}. What they have: {list}."))
        }
        (None, Some(example)) => {
            missing(flag::PRODUCT, format_args!("{}: {list}.", flag::PRODUCT.question), example)
        }
        (None, None) => need(flag::PRODUCT, flag::PRODUCT.example),
    }
}
