//! Screen: choose a product of the customer. The product decides the path; choosing one opens its run.

use crate::{
    domain::{
        customer::{Customer, Product as Sold},
        run::{OpenRun, RunRecord},
        text::{Shown, Text},
    },
    wizard::{
        Cx, Look,
        effect::{CallId, Request},
        event::{Action, Intent, Reply},
        part::{
            list::Cursor,
            table::{Line, Table},
            wait::{self, Wait},
        },
        screen::Scene,
        step::Step,
        view::{Block, Card, Chord, Focus, Layout, Panel, RowsView, Tone},
        words,
    },
};

/// The screen's own state.
#[derive(Debug)]
pub(crate) struct Product {
    customer: Customer,
    /// The products, in the order of the rows.
    products: Vec<Sold>,
    table: Table,
    cursor: Cursor,
    opening: Option<Wait>,
}

impl Product {
    /// For a customer from the board, with the runs that are open for them and how far each is.
    pub(crate) fn new(customer: Customer, runs: &[(OpenRun, Text)]) -> Self {
        let state = |product: Sold| {
            let run = runs.iter().find(|(run, _)| run.product == product);
            run.map_or_else(
                || Text::from("no open run"),
                |(run, words)| Text::of(format_args!("{}: {words}", run.id)),
            )
        };
        Self::with_states(customer, state)
    }

    /// Behind a run that was taken up, with the cursor on its product.
    pub(crate) fn resumed(record: &RunRecord) -> Self {
        let state = |product: Sold| {
            if product == record.product {
                Text::of(format_args!("{}: this run", record.id))
            } else {
                Text::default()
            }
        };
        let mut screen = Self::with_states(record.customer.clone(), state);
        let at = screen.products.iter().position(|product| *product == record.product);
        screen.cursor.put(at.unwrap_or(0));
        screen
    }

    fn with_states(customer: Customer, state: impl Fn(Sold) -> Text) -> Self {
        let products: Vec<Sold> =
            Sold::ALL.into_iter().filter(|product| customer.products.contains(product)).collect();
        let lines = products.iter().map(|product| {
            let (path, next) = path(&customer, *product);
            Line {
                cells: vec![Text::from(product.name()), Text::from(path), state(*product), Text::from(next)],
                is_quiet: false,
                product: Some(*product),
            }
        });
        let table = Table(lines.collect());
        Self { customer, products, table, cursor: Cursor::default(), opening: None }
    }

    /// The customer whose products these are.
    pub(crate) fn customer(&self) -> Shown<'_> {
        self.customer.name.shown()
    }

    /// Goes off.
    pub(crate) fn leave(&mut self, cx: &mut Cx<'_>) {
        Wait::cancel(&mut self.opening, cx);
    }

    /// Handles what a person asks.
    pub(crate) fn intent(&mut self, cx: &mut Cx<'_>, intent: &Intent) -> Step {
        match intent {
            Intent::Move(by) => self.cursor.step(*by, self.products.len()),
            Intent::Submit | Intent::Act(Action::Submit) => self.open(cx),
            Intent::Back | Intent::Act(Action::Back) => return Step::Back,
            _ => {}
        }
        Step::Stay
    }

    /// Handles a reply.
    pub(crate) fn reply(&mut self, cx: &mut Cx<'_>, call: CallId, reply: Reply) -> Step {
        if Wait::ends(&mut self.opening, call) {
            match reply {
                Reply::Run(record) => return Step::Open(record),
                Reply::Failed(failure) => cx.say(Tone::Bad, words::failure(&failure)),
                _ => {}
            }
        }
        Step::Stay
    }

    /// What it shows.
    pub(crate) fn view<'a>(&'a self, look: Look<'a>) -> Scene<'a> {
        let name = &self.customer.name;
        let rows = RowsView {
            layout: Layout::Products,
            rows: &self.table,
            cursor: self.cursor.get(self.products.len()),
            anchor: None,
            is_searching: false,
            counts: Text::default(),
            search: None,
            empty: Text::from(
                "This customer has no product that can be backed up. An Admin adds one to the customer's record.",
            ),
            is_focused: true,
        };
        let behalf = format_args!("From here on everything is done on behalf of {name}.");
        Scene {
            panel: Panel {
                heading: Text::of(format_args!("Which product of {name}?")),
                blocks: [Block::Para(Text::of(behalf)), Block::Rows(rows)]
                    .into_iter()
                    .chain(self.below())
                    .collect(),
            },
            overlay: None,
            notice: self.opening.as_ref().map(|wait| wait.notice(look.now)),
            keys: vec![words::key(
                Chord::Enter,
                Action::Submit,
                "choose",
                "Opens the run for the product under the cursor.",
            )],
            focus: Focus::Rows,
            next_change: self.opening.as_ref().map(|wait| wait.next_change(look.now)),
        }
    }

    /// Whether what was asked for is on its way.
    pub(crate) const fn is_waiting(&self) -> bool {
        self.opening.is_some()
    }

    /// What to say.
    pub(crate) fn card() -> Card {
        Card {
            say: Text::from(
                "Which of your mail services shall we protect: Office 365, MPexchange or Business365?",
            ),
            sees: Text::from("Nothing yet. The customer does not need a computer for this step."),
            wrong: Vec::new(),
        }
    }

    /// What there is to say about the product under the cursor, whole however narrow the rows are.
    fn below(&self) -> Vec<Block<'_>> {
        let line = self.cursor.get(self.products.len()).and_then(|at| self.table.0.get(at));
        let Some([_, path, state, next]) = line.map(|line| line.cells.as_slice()) else { return Vec::new() };
        let facts = [("Path", path), ("State", state), ("Next", next)];
        let facts = facts.into_iter().filter(|(_, words)| !words.is_empty());
        vec![Block::Gap, Block::Facts(facts.map(|(label, words)| (label, words.clone())).collect())]
    }

    fn open(&mut self, cx: &mut Cx<'_>) {
        let chosen = self.cursor.get(self.products.len()).and_then(|at| self.products.get(at));
        if let (Some(product), None) = (chosen, &self.opening) {
            let request = Request::OpenRun(self.customer.id, *product);
            self.opening = Some(Wait::start(cx, request, wait::RUN));
        }
    }
}

/// The path of a product, and what will be asked next.
fn path(customer: &Customer, product: Sold) -> (&'static str, &'static str) {
    match (product.is_hosted(), customer.is_managed, customer.tenant) {
        (true, _, _) => ("impersonation", "impersonation details will be asked"),
        (false, true, Some(_)) => ("provisioned through Manage Protect", "tenant on record, you confirm it"),
        (false, true, None) => {
            ("provisioned through Manage Protect", "tenant ID will be asked: none on record")
        }
        (false, false, _) => ("not provisioned through Manage Protect", "tenant ID will be asked"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_product_decides_the_path() {
        let mut customer = crate::wizard::tests::customer(1);
        for (product, is_managed, has_tenant, asked) in [
            (Sold::Office365, true, true, "tenant on record, you confirm it"),
            (Sold::Office365, true, false, "tenant ID will be asked: none on record"),
            (Sold::Office365, false, true, "tenant ID will be asked"),
            (Sold::MpExchange, true, true, "impersonation details will be asked"),
            (Sold::Business365, false, false, "impersonation details will be asked"),
        ] {
            customer.is_managed = is_managed;
            customer.tenant = has_tenant.then(|| crate::wizard::tests::tenant(1));
            assert_eq!(path(&customer, product).1, asked, "{product:?}");
        }
    }
}
