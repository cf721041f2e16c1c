//! One row of the board: what names it, and its words. Pure.

use crate::{
    domain::{
        bill::counted,
        customer::{Product as Sold, Progress},
        phrase::Phrase,
        run::BoardRow,
        text::{Text, capital},
    },
    wizard::{
        answer::RowId,
        context::ViewCx,
        part::table::Line,
        screen::product::path,
        view::{Column, Tone},
    },
};

/// What names a row of the board, whatever its place.
pub(super) fn row_id(row: &BoardRow) -> RowId {
    row.run.as_ref().map_or(RowId::Customer(row.customer.id), |run| RowId::Run(run.id.clone()))
}

/// One row in words.
pub(super) fn line(row: &BoardRow, is_news: bool, cx: ViewCx<'_>) -> Line {
    let (customer, here) = (&row.customer, cx.setup.here.as_str());
    let is_quiet = !customer.is_active || (row.run.is_none() && customer.products.is_empty());
    let tone = match &row.progress {
        _ if is_quiet => Tone::Plain,
        worse if worse.needs_attention() => Tone::Warn,
        Progress::WaitingForConsent { .. } | Progress::Spreading { .. } => Tone::Busy,
        Progress::Accepted { .. } => Tone::Good,
        // A run that is not finished has somebody to go on with it, however many are protected.
        Progress::Protected { on: 1.., .. } | Progress::Automatic { .. } if row.run.is_none() => Tone::Good,
        _ => Tone::Plain,
    };
    let is_told = row.progress.needs_attention() || !row.others.is_empty();
    let is_told = row.run.is_some() || is_quiet || is_news || is_told;
    let remark = || {
        let call = if row.run.is_some() { row.progress.call_back() } else { "" };
        let far = row.in_words(cx.now, here);
        let behind = if row.run.is_some() { ", " } else { ": " };
        Phrase::from(Text::of(format_args!("{}{behind}{far}. {call}", customer.name)))
    };
    Line {
        id: row_id(row),
        // Whole, however narrow the row is.
        remark: is_told.then(remark),
        cells: vec![
            (Column::Name, Tone::Plain, customer.name.clone()),
            (Column::Domain, Tone::Plain, customer.domain.clone()),
            (Column::Reference, Tone::Plain, customer.reference.clone()),
            (Column::Progress, tone, row.in_brief()),
            (Column::More, Tone::Plain, row.more(cx.now, here)),
        ],
        is_quiet,
        is_news,
        product: row.run.as_ref().map(|run| run.product),
        details: Some(details(row, is_told, cx)),
    }
}

/// Everything that is known about a row, also what no column shows; without how far it is where that is told beside it.
pub(super) fn details(row: &BoardRow, is_told: bool, cx: ViewCx<'_>) -> Phrase {
    let customer = &row.customer;
    let products: Vec<&str> = customer.products.iter().map(|product| product.name()).collect();
    let (name, reference, domain) = (&customer.name, &customer.reference, &customer.domain);
    let mut parts = vec![format!("{name}, {reference}, {domain}")];
    parts.push(match products.as_slice() {
        [] => "no product to back up".to_owned(),
        products => products.join(", "),
    });
    if customer.products.contains(&Sold::Office365) {
        parts.push(path(customer, Sold::Office365).0.to_owned());
        parts.extend(
            customer.tenant.map(|tenant| format!("organisation on record ends in {}", tenant.last_four())),
        );
    }
    parts.extend(customer.seats.map(|seats| format!("{} bought", counted(seats, "seat", "seats"))));
    parts.extend(row.partnership.as_ref().map(Text::to_string));
    let far = row.in_words(cx.now, cx.setup.here.as_str());
    let far = if is_told { String::new() } else { format!(". {}", capital(far.as_str())) };
    Text::of(format_args!("{}{far}", parts.join("; "))).into()
}
