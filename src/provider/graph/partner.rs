//! The lists of the partner's customers, asked for in the name of whoever is signed in: no application may read the first two
//! (reference, section 8).

use std::sync::Arc;

use serde_json::Value;

use super::{
    Graph, Inner,
    delegated::{Delegated, failure, lacks_consent},
};
use crate::{
    domain::{
        cloud::Cloud,
        failure::Failure,
        id::TenantId,
        partner_list::{Contract, Delegate, Licence, ListedCustomer, Relationship, union},
        text::Text,
        time::Moment,
    },
    provider::{
        error::Error,
        oauth::operator::{NotHeard, Person},
    },
};

/// What the lists of delegated customers need of Graph.
pub const DELEGATED: &str = "DelegatedAdminRelationship.Read.All";

/// What the list of contracts needs of Graph.
pub const CONTRACTS: &str = "Directory.Read.All";

/// What was tried, for a person.
const TRIED: &str = "reading your customers from Microsoft";

/// What Microsoft lists.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartnerLists {
    /// The customers, by name.
    pub customers: Vec<ListedCustomer>,
    /// Why one of the lists could not be read; none: all are here, so that who is missing is listed no longer.
    pub missing: Option<Failure>,
}

impl Graph {
    /// Asks this resource in the name of a person, about the partner's own organisation.
    #[must_use]
    pub fn in_name_of(&self, person: Arc<Person>) -> Delegated {
        let Inner { http, clock, root, partner, .. } = &*self.inner;
        Delegated::of((http.clone(), clock.clone()), root.clone(), person, *partner)
    }

    /// The cloud that is asked.
    #[must_use]
    pub fn cloud(&self) -> Cloud {
        self.inner.cloud
    }

    /// What an organisation that has accepted has bought of Microsoft, by name.
    ///
    /// # Errors
    /// `Refused` where it has not accepted; `Unreachable` and the like.
    pub async fn licences_of(&self, tenant: TenantId) -> Result<Vec<Licence>, Failure> {
        let url = self.url(&["subscribedSkus"], "");
        match self.object(tenant, &url, "the list of licences").await {
            Ok(answer) => Ok(self.inner.licences.with_subscribed(&answer).bought(&answer)),
            Err(error) => Err(error.failure("reading the licences")),
        }
    }
}

impl Delegated {
    /// Reads the partner's customers; `more` hears how many rows there are so far. One list that the person may not read is
    /// left out, and said; of other clouds only contracts are there.
    ///
    /// # Errors
    /// `Refused` where nobody is signed in, and where no list may be read; `Unreachable` and the like.
    pub async fn partner_customers(
        &self,
        cloud: Cloud,
        more: &(dyn Fn(usize) + Send + Sync),
    ) -> Result<PartnerLists, Failure> {
        let said = |error: &NotHeard, permission| failure(error, TRIED, &[permission]);
        let mut missing = None;
        let mut delegates = (Vec::new(), Vec::new());
        if cloud == Cloud::Global {
            match self.delegates(more).await {
                Ok(read) => delegates = read,
                Err(error) if is_of_rights(&error) => missing = Some(said(&error, DELEGATED)),
                Err(error) => return Err(said(&error, DELEGATED)),
            }
        }
        let before = delegates.0.len().saturating_add(delegates.1.len());
        let contracts = match self.contracts(&|rows| more(before.saturating_add(rows))).await {
            Ok(contracts) => contracts,
            Err(error) if is_of_rights(&error) && cloud == Cloud::Global && missing.is_none() => {
                missing = Some(said(&error, CONTRACTS));
                Vec::new()
            }
            Err(error) => return Err(missing.unwrap_or_else(|| said(&error, CONTRACTS))),
        };
        Ok(PartnerLists { customers: union(delegates.0, delegates.1, contracts), missing })
    }

    /// The delegated customers and all relationships.
    async fn delegates(
        &self,
        more: &(dyn Fn(usize) + Send + Sync),
    ) -> Result<(Vec<Delegate>, Vec<Relationship>), NotHeard> {
        let at = |list| self.url(&["tenantRelationships", list], "$top=300");
        let what = "the list of your customers";
        let rows = self.list((at("delegatedAdminCustomers"), what), &[DELEGATED], more).await?;
        let delegates = rows.iter().map(|row| delegate(row, "tenantId")).collect::<Option<Vec<_>>>();
        let delegates = delegates.ok_or(Error::Malformed { what })?;
        let what = "the list of your relationships with customers";
        let count = rows.len();
        let more = |rows: usize| more(count.saturating_add(rows));
        let rows = self.list((at("delegatedAdminRelationships"), what), &[DELEGATED], &more).await?;
        Ok((delegates, rows.iter().map(relationship).collect()))
    }

    async fn contracts(&self, more: &(dyn Fn(usize) + Send + Sync)) -> Result<Vec<Contract>, NotHeard> {
        let what = "the list of your resellers' contracts";
        let rows = self.list((self.url(&["contracts"], ""), what), &[CONTRACTS], more).await?;
        let contract = |row: &Value| {
            let customer = delegate(row, "customerId")?;
            Some(Contract { customer, domain: text(row, "defaultDomainName") })
        };
        let contracts = rows.iter().map(contract).collect::<Option<Vec<_>>>();
        Ok(contracts.ok_or(Error::Malformed { what })?)
    }
}

/// Whether the person, or the operators' application, may not read this list: another one may be read all the same.
fn is_of_rights(error: &NotHeard) -> bool {
    match error {
        NotHeard::SignedOut(_) => false,
        NotHeard::Error(error) => lacks_consent(error) || matches!(error, Error::Graph { status: 403, .. }),
    }
}

/// A member that is text and says something, cleaned.
fn text(row: &Value, name: &str) -> Option<Text> {
    row.get(name).and_then(Value::as_str).map(Text::clean).filter(|text| !text.is_empty())
}

/// A customer, where its tenant ID can be read.
fn delegate(row: &Value, tenant: &str) -> Option<Delegate> {
    let tenant: TenantId = row.get(tenant)?.as_str()?.parse().ok()?;
    Some(Delegate { tenant, name: text(row, "displayName").unwrap_or_default() })
}

/// A relationship; what it does not say is not known.
fn relationship(row: &Value) -> Relationship {
    let ends = row.get("endDateTime").and_then(Value::as_str).and_then(Moment::parse);
    Relationship {
        customer: row.get("customer").and_then(|customer| delegate(customer, "tenantId")),
        name: text(row, "displayName").unwrap_or_default(),
        is_active: row.get("status").and_then(Value::as_str) == Some("active"),
        ends,
    }
}
