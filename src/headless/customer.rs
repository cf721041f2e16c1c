//! The customer and the product: named whole, never guessed. And the run, where somebody else has it: taken over for a reason,
//! or left alone.

use std::{collections::BTreeSet, ops::ControlFlow::Continue};

use crate::{
    domain::{changes::named, customer::Product, filter::fold, flag, phrase::Command, text::Text},
    wizard::{
        answer::{Action, FieldId, Given, Value},
        ask::QuestionId,
        view::{Column, RowsView, Tone, View},
    },
};

use super::{
    decision::{Decision, rows, warning},
    journey::{Headless, Step},
    report::End,
};

/// How many candidates are named.
const NAMED: usize = 5;

/// What to do where somebody else has the run.
const HELD: &str = "Wait until it is done, or have it closed there; then start again.";

const NOT_OPENED: &str = "The run could not be opened. Start again.";

impl Headless {
    /// Finds the customer and opens the row.
    pub(super) fn choose_customer(&mut self, view: &View<'_>) -> Decision {
        self.no_failure(view)?;
        if self.steps.contains(&Step::Answer(view.ask.id)) {
            // The wizard stays here and says why: closed, or nothing to back up. Bad news is a run that can't be opened.
            let is_bad = view.notice.as_ref().is_some_and(|notice| notice.tone == Tone::Bad);
            return match warning(view) {
                Some(words) if !is_bad => self.end(End::Stopped, words),
                _ => self.fail_with(view, NOT_OPENED),
            };
        }
        // Closed customers are found by a search only.
        self.fill(FieldId::Search, Value::Text(self.answers.customer.clone()))?;
        let rows = rows(view)?;
        let at = self.find(rows)?;
        self.domain = rows.words(at, Column::Domain);
        self.open(view, rows, at)
    }

    /// Chooses the product.
    pub(super) fn choose_product(&mut self, view: &View<'_>) -> Decision {
        self.ensure(!self.steps.contains(&Step::Answer(view.ask.id)), view, NOT_OPENED)?;
        let rows = rows(view)?;
        let sold: Vec<Product> = (0..rows.rows.len()).filter_map(|at| rows.rows.product(at)).collect();
        let only = if let [only] = sold.as_slice() { Some(*only) } else { None };
        let wanted = self.answers.product.or(only);
        match sold.iter().position(|product| Some(*product) == wanted) {
            Some(at) => self.open(view, rows, at),
            None => self.refuse_product(&sold),
        }
    }

    fn open(&mut self, view: &View<'_>, rows: &RowsView<'_>, at: usize) -> Decision {
        rows.rows.id(at).map_or(Continue(()), |id| self.settle(view, Given::Pick(id)))
    }

    /// The row to open.
    fn find(&mut self, rows: &RowsView<'_>) -> Decision<usize> {
        let name = Text::clean(&self.answers.customer);
        let wanted = fold(name.as_str().trim());
        let names = [Column::Reference, Column::Name, Column::Domain];
        let is_same = |at: &usize| {
            names.into_iter().any(|column| fold(rows.words(*at, column).as_str().trim()) == wanted)
        };
        let all = 0..rows.rows.len();
        let found: Vec<usize> = all.clone().filter(|at| !wanted.is_empty() && is_same(at)).collect();
        let customers = candidates(rows, found.iter().copied());
        let words = match (customers.len(), found.as_slice()) {
            (1, [only]) => return Continue(*only),
            (1, _) => return self.of_product(rows, &found),
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
        self.end(End::Wrong, words)
    }

    /// Of several rows of one customer: the run of the product, else the row that leads to the products.
    fn of_product(&mut self, rows: &RowsView<'_>, found: &[usize]) -> Decision<usize> {
        let wanted = self.answers.product;
        let row_of = |product| found.iter().copied().find(|at| rows.rows.product(*at) == product);
        let started: Vec<Product> = found.iter().filter_map(|at| rows.rows.product(*at)).collect();
        let at = wanted.and_then(|_| row_of(wanted).or_else(|| row_of(None)));
        at.map_or_else(|| self.refuse_product(&started), Continue)
    }

    /// The product that was given is not among those of the customer; or none was, and there are several.
    fn refuse_product<T>(&mut self, sold: &[Product]) -> Decision<T> {
        let names: Vec<&str> = sold.iter().map(|product| product.word()).collect();
        let list = names.join(", ");
        match (self.answers.product.map(Product::name), names.first()) {
            (Some(wanted), _) => {
                let words = format_args!("This customer does not have {wanted}. What they have: {list}.");
                self.end(End::Wrong, words)
            }
            (None, Some(example)) => {
                self.missing(flag::PRODUCT, format_args!("{}: {list}.", flag::PRODUCT.question), example)
            }
            (None, None) => self.need(flag::PRODUCT, flag::PRODUCT.example),
        }
    }

    /// Somebody else has the run: with a reason it is taken over, else nothing is changed.
    pub(super) fn take_over(&mut self, view: &View<'_>) -> Decision {
        let run = view.bar.run.clone().unwrap_or_default();
        let who = view.bar.held_by.clone().unwrap_or_else(|| "somebody had this run a moment ago".into());
        // Taken over from here: what was done is done.
        let changes = self.report.changes.in_words().join("; ");
        if !changes.is_empty() {
            let words =
                format_args!("{run}: {who}. Done before: {changes}. Nothing more was changed. {HELD}");
            return self.end(End::Held, words);
        }
        let Some(reason) = self.answers.take_over.clone() else {
            return self.end(End::Held, format_args!("{run}: {who}, so nothing was changed. {HELD}"));
        };
        self.no_failure(view)?;
        let asked = if view.ask.id == QuestionId::TakeOver {
            if view.page.fields().next().is_none() {
                let words = format_args!("{run}: {who}. Only an Admin takes a run over for a reason.");
                return self.end(End::Refused, words);
            }
            self.fill(FieldId::Reason, Value::Text(reason))?;
            Step::Answer(QuestionId::TakeOver)
        } else {
            Step::Do(Action::TakeOver)
        };
        self.once(asked, Given::Do(Action::TakeOver))?;
        match warning(view) {
            Some(words) => self.end(End::Held, format_args!("{words} Nothing was changed.")),
            None => Continue(()),
        }
    }
}

/// Candidates: reference and name, each customer once.
fn candidates(rows: &RowsView<'_>, found: impl Iterator<Item = usize>) -> Vec<Text> {
    let mut seen = BTreeSet::new();
    let references = found.map(|at| (rows.words(at, Column::Reference), at));
    let each = references.filter(|(reference, _)| seen.insert(reference.clone()));
    each.map(|(reference, at)| Text::of(format_args!("{reference} {}", rows.words(at, Column::Name))))
        .collect()
}
