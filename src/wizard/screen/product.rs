//! Screen: choose a product of the customer. The product decides the path; choosing one opens its run.

use crate::{
    domain::{
        card::{Card, CardId},
        customer::{Customer, Product as Sold},
        id::RunId,
        phrase::{Correction, phrase},
        run::{ProductProgress, RunRecord},
        text::Text,
    },
    wizard::{
        answer::{Given, RowId},
        ask::{QuestionId, Shape},
        context::{UpdateCx, ViewCx},
        part::{
            table::{Line, Table},
            wait::{self, Wait},
        },
        pending::{self, Arrival},
        screen::{Scene, Screen, step::Step},
        view::{Block, Column, RowsView, Tone},
    },
};

/// The columns, most important first.
const COLUMNS: &[Column] = &[Column::Name, Column::Path, Column::Progress, Column::Next];

/// The screen's own state.
#[derive(Debug)]
pub(crate) struct Product {
    customer: Customer,
    products: Vec<ProductProgress>,
    table: Table,
    /// The run that was taken up, and its product.
    resumed: Option<(Sold, RunId)>,
    opening: Wait<Box<RunRecord>>,
}

impl Product {
    /// For a customer from the board, with how far each product is.
    pub(crate) fn new(customer: Customer, products: Vec<ProductProgress>) -> Self {
        Self { customer, products, table: Table::default(), resumed: None, opening: Wait::default() }
    }

    /// Behind a run that was taken up, with the cursor on its product.
    pub(crate) fn resumed(record: &RunRecord) -> Self {
        let resumed = Some((record.product, record.id.clone()));
        Self { resumed, ..Self::new(record.customer.clone(), record.others.clone()) }
    }

    /// How far a product is.
    fn far(&self, product: Sold, cx: ViewCx<'_>) -> Text {
        if let Some((_, run)) = self.resumed.as_ref().filter(|(resumed, _)| *resumed == product) {
            return Text::of(format_args!("{run}: this run"));
        }
        let known = self.products.iter().find(|known| known.product == product);
        known.map(|known| known.in_words(cx.now, cx.setup.here.as_str())).unwrap_or_default()
    }

    /// The products that it has, in their order.
    fn sold(&self) -> impl Iterator<Item = Sold> {
        Sold::ALL.into_iter().filter(|product| self.customer.products.contains(product))
    }

    fn line(&self, product: Sold, cx: ViewCx<'_>) -> Line {
        let (path, next) = path(&self.customer, product);
        let cells = vec![
            (Column::Name, Tone::Plain, Text::from(product.name())),
            (Column::Path, Tone::Plain, Text::from(path)),
            (Column::Progress, Tone::Plain, self.far(product, cx)),
            (Column::Next, Tone::Plain, Text::from(next)),
        ];
        Line { product: Some(product), ..Line::new(RowId::Product(product), cells) }
    }
}

impl Screen for Product {
    fn customer(&self) -> Option<&Customer> {
        Some(&self.customer)
    }

    fn enter(&mut self, cx: &mut UpdateCx<'_>) {
        let lines = self.sold().map(|product| self.line(product, cx.look())).collect();
        self.table.set(lines);
    }

    fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        self.opening.cancel(cx);
    }

    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        match given {
            Given::Pick(RowId::Product(product)) if !self.opening.is_out() => {
                self.opening.start(cx, pending::open_run(self.customer.id, product), wait::RUN);
            }
            Given::Back => return Step::Back,
            _ => {}
        }
        Step::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Step {
        cx.brought(Tone::Bad, self.opening.take(arrival)).map_or(Step::Stay, Step::Open)
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let name = &self.customer.name;
        let way = cx.setup.operator.corrects(&self.customer.reference, Correction::Products);
        let empty = phrase!["This customer has no product to back up. Once one is sold, "].with(way);
        let start = self.resumed.as_ref().map(|(product, _)| RowId::Product(*product));
        let rows = RowsView { start, ..RowsView::new(COLUMNS, &self.table, empty) };
        let behalf = format_args!("From here on everything is done on behalf of {name}.");
        let blocks = vec![Block::Para(behalf.into()), Block::Rows(rows)];
        Scene::new(QuestionId::Product, Shape::Pick, format_args!("Which product of {name}?"), blocks)
            .waiting_for(cx.now, [self.opening.clock()])
    }

    fn card(&self, _cx: ViewCx<'_>) -> Card {
        let names: Vec<&str> = self.sold().map(Sold::name).collect();
        let (id, products) = match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => {
                (CardId::Product, format!("{} or {last}", rest.join(", ")))
            }
            Some((only, _)) => (CardId::ProductOnly, (*only).to_owned()),
            None => (CardId::CustomerWithoutProduct, String::new()),
        };
        Card::of(id, &[("products", &products)])
    }
}

/// The path of a product, and what will be asked next.
pub(super) fn path(customer: &Customer, product: Sold) -> (&'static str, &'static str) {
    match (product.is_hosted(), customer.is_managed, customer.tenant) {
        (true, _, _) => ("impersonation", "impersonation details will be asked"),
        (false, true, Some(_)) => {
            ("provisioned through Manage Protect", "organisation on record, you confirm it")
        }
        (false, true, None) => {
            ("provisioned through Manage Protect", "tenant ID will be asked: none on record")
        }
        (false, false, _) => ("not provisioned through Manage Protect", "tenant ID will be asked"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{card::Party, customer::Progress},
        wizard::tests::{Desk, row, setup},
    };

    #[test]
    fn the_product_decides_the_path() {
        let mut customer = crate::wizard::tests::customer(1);
        for (product, is_managed, has_tenant, asked) in [
            (Sold::Office365, true, true, "organisation on record, you confirm it"),
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

    #[test]
    fn before_a_product_is_chosen_the_call_is_about_whoever_has_all_mailboxes() {
        for (products, about) in [
            (vec![Sold::MpExchange, Sold::Business365], Party::Hoster),
            (vec![Sold::Office365, Sold::MpExchange], Party::Microsoft),
            (vec![], Party::Microsoft),
        ] {
            assert_eq!(Party::of_all(&products), about, "{products:?}");
        }
        let mut hosted = crate::wizard::tests::customer(1);
        hosted.products = vec![Sold::MpExchange];
        let mut desk = Desk::new(setup(), vec![row(hosted, Progress::NotStarted, None)]);
        desk.answer().pick(0);
        assert_eq!((desk.question(), desk.view().bar.about), (QuestionId::Product, Party::Hoster));
    }
}
