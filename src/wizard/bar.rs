//! The bar on every screen (rule 1): who is being touched. Everything in it comes from the run's record.

use crate::domain::{
    card::Party,
    customer::{Customer, Product},
    text::{Shown, Text},
};

use super::{context::ViewCx, screen::Screen, view::Bar};

/// Said where the customer's name stands elsewhere.
const PLACE: &str = "Setting up Backup365";

/// The bar above a screen.
pub(super) fn bar<'a>(cx: ViewCx<'a>, screen: &'a dyn Screen) -> Bar<'a> {
    let record = cx.session.record.as_ref();
    let customer = record.map(|r| &r.customer).or_else(|| screen.customer());
    let organisation = record.and_then(|r| r.organisation.as_ref()).or_else(|| screen.organisation());
    let impersonation = record.and_then(|r| r.impersonation.as_ref());
    Bar {
        is_sandbox: cx.setup.is_sandbox,
        is_mapped: cx.setup.is_mapped,
        place: cx.setup.is_groundwork.then_some(PLACE),
        customer: customer.map(|c| c.name.shown()),
        product: record.map(|r| r.product),
        about: match (record, customer) {
            (Some(record), _) => Party::of(record.product),
            (None, Some(customer)) => Party::of_all(&customer.products),
            (None, None) => Party::default(),
        },
        run: record.map(|r| Text::of(format_args!("{}", r.id))),
        organisation: match (record, organisation.and_then(|o| o.name.as_ref())) {
            (_, Some(name)) => Some(name.shown()),
            (Some(r), None) => {
                let server = impersonation.filter(|_| r.product.is_hosted()).map(|i| i.server.shown().host());
                server.or_else(|| Some(unknown(&r.customer, r.product)))
            }
            (None, None) => customer.filter(|c| c.tenant.is_some()).map(|c| unknown(c, Product::Office365)),
        },
        domain: organisation
            .and_then(|o| o.domain.as_ref())
            .or_else(|| impersonation.and_then(|i| i.domains.first()))
            .map(Text::shown),
        last_four: organisation.map(|o| o.tenant.last_four()),
        words: record
            .and_then(|r| r.invitation.as_ref())
            .filter(|invitation| invitation.withdrawn.is_none())
            .map(|invitation| invitation.words.clone()),
        tenant: organisation.map(|o| o.tenant),
        is_read_only: cx.session.is_read_only(),
        held_by: record
            .and_then(|r| r.held_by.as_ref())
            .map(|held_by| held_by.has("this run", cx.now, cx.setup.here.as_str())),
        warning: cx.session.sweep_warning.as_ref().map(Text::shown),
    }
}

/// Said where nothing has been confirmed yet.
const fn unknown(customer: &Customer, product: Product) -> Shown<'static> {
    Shown::literal(match (product.is_hosted(), customer.tenant) {
        (true, _) => "server not known yet",
        (false, None) => "organisation not known yet",
        (false, Some(_)) => "organisation not confirmed yet",
    })
}
