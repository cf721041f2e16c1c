//! Which mail domain of the customer's own most listed addresses share: lists write it once, and not in each row.
//!
//! Counted page by page as users arrive, so that a view asks nothing that grows with the list.

use crate::domain::{run::RunRecord, text::Text, user::UserPage};

/// The customer's own domains with how many addresses each has.
#[derive(Debug, Default)]
pub(super) struct Shared {
    domains: Vec<(Text, u32)>,
    /// Rows that were counted.
    of: u32,
}

impl Shared {
    /// The domains that a run knows as the customer's own; nothing is counted yet.
    pub(super) fn among(record: &RunRecord) -> Self {
        let organisation = record.organisation.iter().filter_map(|organisation| organisation.domain.as_ref());
        let hosted = record.impersonation.iter().flat_map(|access| &access.domains);
        let mut domains: Vec<(Text, u32)> = Vec::new();
        for domain in organisation.chain([&record.customer.domain]).chain(hosted) {
            let is_known = |known: &(Text, u32)| known.0.as_str().eq_ignore_ascii_case(domain.as_str());
            if !domain.is_empty() && !domains.iter().any(is_known) {
                domains.push((domain.clone(), 0));
            }
        }
        Self { domains, of: 0 }
    }

    /// A page has come. Cost: a look at each address of it.
    pub(super) fn count(&mut self, page: &UserPage) {
        for user in (0..page.len()).filter_map(|at| page.row(at)) {
            self.of = self.of.saturating_add(1);
            let Some((_, domain)) = user.address.as_str().rsplit_once('@') else { continue };
            let own = self.domains.iter_mut().find(|own| own.0.as_str().eq_ignore_ascii_case(domain));
            if let Some((_, count)) = own {
                *count = count.saturating_add(1);
            }
        }
    }

    /// The domain of more than half of the addresses.
    pub(super) fn most(&self) -> Option<&Text> {
        self.domains.iter().find(|(_, count)| *count > self.of / 2).map(|(domain, _)| domain)
    }
}
