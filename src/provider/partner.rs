//! The partner's customers come from Microsoft: its lists are read in the name of whoever is signed in, what is new is looked
//! up, and all of it is taken into the record at once. One way for the command and for the wizard.

use std::{collections::HashMap, future::Future};

use crate::domain::{
    customer::{Customer, Product},
    failure::{Failure, FailureKind},
    id::TenantId,
    partner_list::{Imported, Known, ListedCustomer, Taken},
    phrase::Correction,
    tenant_input::TenantInput,
    text::Text,
};

use super::{
    Provider, blocking,
    graph::{Graph, partner::PartnerLists},
    side_by_side::side_by_side,
    store::{Store, Taking},
};

/// Organisations that are asked about side by side. A guess.
const AT_ONCE: usize = 8;

/// How many are asked about between two words on how far it is.
const AT_A_TIME: usize = 64;

/// What is said of the record after a fault of our own.
const AGAIN: &str = "Try again: nothing was changed.";

/// How the customers are brought in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Wanted {
    /// A customer may have the name or the domain of one who is on record.
    pub as_new: bool,
    /// Write nothing.
    pub is_dry: bool,
}

/// Hears how far it is, in words.
pub type Tell<'a> = &'a (dyn Fn(Text) + Send + Sync);

/// Said where nobody can sign in.
#[must_use]
pub fn unregistered() -> Failure {
    Failure::new(
        FailureKind::NotFound,
        "no settings name the operators' application at Microsoft (operator.client_id)",
        "See \"Record and operators\" in the README.",
    )
}

impl Provider {
    /// Brings the partner's customers in, as Microsoft lists them. What was entered here stays as it is. `tell` hears how far it
    /// is. Repeating it changes nothing.
    ///
    /// # Errors
    /// `Refused` where nobody is signed in or no list may be read, and for anyone but an Admin; `Unreachable` and the like;
    /// `Record`. Nothing was written then.
    pub async fn import_from_microsoft(&self, wanted: Wanted, tell: Tell<'_>) -> Result<Imported, Failure> {
        let person = self.person.clone().ok_or_else(unregistered)?;
        self.with_record(|store| store.demand_admin("importing customers")).await?;
        let read = |rows: usize| tell(Text::of(format_args!("Read {rows} rows of Microsoft's lists.")));
        let delegated = self.graph.in_name_of(person);
        let PartnerLists { customers, missing } =
            delegated.partner_customers(self.graph.cloud(), &read).await?;
        let on_record = self.with_record(Store::customers).await?;
        let listed = self.with_domains(customers, &Known::of(&on_record), tell).await;
        let taking = Taking { is_whole: missing.is_none(), as_new: wanted.as_new, is_dry: wanted.is_dry };
        let (mut taken, gone) = self.with_record(move |store| store.take_listed(&listed, taking)).await?;
        self.add_licences(&mut taken, &on_record, tell).await;
        Ok(Imported { taken, gone, missing, at: self.store.now() })
    }

    /// With the mail domain that Microsoft holds for each that is not on record: what a contract says of it is as old as the
    /// contract.
    async fn with_domains(
        &self,
        customers: Vec<ListedCustomer>,
        known: &Known,
        tell: Tell<'_>,
    ) -> Vec<(ListedCustomer, Option<Text>)> {
        let new = customers.iter().map(|one| one.tenant).filter(|tenant| !known.has(*tenant)).collect();
        let look_up = |graph: Graph, tenant: TenantId| async move {
            let found = graph.look_up(&TenantInput::Guid(tenant)).await;
            found.ok().and_then(|organisation| organisation.domain)
        };
        let mut domains = self.of_each(new, look_up, ("Looked up", tell)).await;
        let with_domain = |one: ListedCustomer| {
            let domain = domains.remove(&one.tenant).flatten();
            (one, domain)
        };
        customers.into_iter().map(with_domain).collect()
    }

    /// What those have bought whose own consent lets us see it. A delegated right would have to be given for that, and is not
    /// asked for.
    async fn add_licences(&self, taken: &mut [Taken], on_record: &[Customer], tell: Tell<'_>) {
        let tenants: Vec<TenantId> = taken.iter().map(|taken| taken.listed.tenant).collect();
        let accepted = self.with_record(move |store| store.accepted(&tenants)).await.unwrap_or_default();
        let ask = |graph: Graph, tenant: TenantId| async move { graph.licences_of(tenant).await.ok() };
        let mut licences = self.of_each(accepted, ask, ("Read the licences of", tell)).await;
        for one in taken {
            one.licences = licences.remove(&one.listed.tenant).flatten();
            let customer = on_record.iter().find(|it| it.tenant == Some(one.listed.tenant));
            let has_mailboxes = one.licences.iter().flatten().any(|licence| licence.has_mailbox);
            one.suggested = customer.filter(|_| has_mailboxes).and_then(suggestion);
        }
    }

    /// Asks about many organisations, a few at once, and tells how far it is.
    async fn of_each<T, F>(
        &self,
        tenants: Vec<TenantId>,
        ask: impl Fn(Graph, TenantId) -> F,
        (what, tell): (&str, Tell<'_>),
    ) -> HashMap<TenantId, T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let mut told = HashMap::with_capacity(tenants.len());
        for some in tenants.chunks(AT_A_TIME) {
            let each = side_by_side(some.to_vec(), AT_ONCE, |tenant| {
                let asked = ask(self.graph.clone(), tenant);
                async move { (tenant, asked.await) }
            });
            told.extend(each.await);
            tell(Text::of(format_args!("{what} {} of {} organisations.", told.len(), tenants.len())));
        }
        told
    }

    /// A call of the store on a thread of its own.
    async fn with_record<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Store) -> Result<T, Failure> + Send + 'static,
    {
        let store = self.store.clone();
        blocking::run(AGAIN, move || work(&store)).await
    }
}

/// Office 365 beside what is on record, where it is not.
fn suggestion(customer: &Customer) -> Option<Correction> {
    let has = |product: Product| customer.products.contains(&product);
    let (mpexchange, business365) = (has(Product::MpExchange), has(Product::Business365));
    (!has(Product::Office365)).then_some(Correction::AlsoOffice365 { mpexchange, business365 })
}
