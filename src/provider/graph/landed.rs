//! Whether, and when, an organisation accepted the application: asked of other customers' organisations, where a grant did
//! not come to the one that it was meant for. Reads only.

use super::{Error, Graph};
use crate::domain::{id::TenantId, tenant::Organisation, time::Moment};

impl Graph {
    /// The organisation, and when its newest permission of ours was granted; none where nothing is granted, and where
    /// nothing can be read of it. One request where the application is not known, four where it is; safe to drop.
    pub async fn accepted(&self, tenant: TenantId) -> Option<(Organisation, Moment)> {
        self.ask_accepted(tenant).await.ok().flatten()
    }

    async fn ask_accepted(&self, tenant: TenantId) -> Result<Option<(Organisation, Moment)>, Error> {
        let expected = Organisation { tenant, name: None, domain: None, region: None };
        // A token keeps what was true when it was issued.
        self.inner.tokens.drop_tenant(tenant);
        let Some(at) = self.granted(tenant).await?.newest else { return Ok(None) };
        let organisation = self.organisation(&expected).await?;
        Ok(Some((organisation, at)).filter(|(found, _)| found.tenant == tenant))
    }
}
