//! Partner Center's own list of customers ("Customers.csv"): *Microsoft ID, Company name, Primary domain name,
//! Relationship, Tags* (Microsoft's page "View your customer list"); and what PowerShell lists of the same contracts:
//! `CustomerId`, `DisplayName`, `DefaultDomainName` (`Get-MgContract`).
//!
//! It knows no reference of the partner's: the primary domain stands for it, which is one customer's only and can be
//! read aloud. What it doesn't say is as an office would fill it in: an open account with Office 365.

use csv::StringRecord;

use super::Meaning;
use crate::domain::{
    customer::{NewCustomer, Product},
    customer_record::Column,
    text::Text,
};

/// What one of its headings means.
pub(super) fn meaning(word: &str) -> Option<Meaning> {
    let letters: String = word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    Some(match letters.as_str() {
        "microsoftid" | "customertenantid" | "customerid" => Meaning::Theirs(Column::Tenant),
        "companyname" | "customername" | "displayname" => Meaning::Theirs(Column::Name),
        "primarydomainname" | "primarydomain" | "defaultdomainname" => Meaning::Theirs(Column::Domain),
        "relationship" | "relationshiptype" | "tags" => Meaning::Passed,
        _ => return None,
    })
}

/// Whether a header is Partner Center's: it names the three columns that we keep, each in its words.
pub(super) fn is_header(header: &StringRecord) -> bool {
    let has = |column| header.iter().any(|cell| meaning(cell) == Some(Meaning::Theirs(column)));
    [Column::Tenant, Column::Name, Column::Domain].into_iter().all(has)
}

/// Fills in what the list does not say.
pub(super) fn prepare(customer: &mut NewCustomer) {
    customer.is_active = true;
    customer.products = vec![Product::Office365];
}

/// Names the customer by the domain.
pub(super) fn finish(customer: &mut NewCustomer) {
    customer.reference = Text::clean(customer.domain.as_str());
}
