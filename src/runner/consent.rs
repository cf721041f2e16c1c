//! What belongs to consent beside its proof: the link with the administrator's address, and the search for a grant that did
//! not come to the organisation it was meant for.

use std::time::Duration;

use super::with;
use crate::{
    domain::{
        consent::{Consents, Landed, hinted},
        doubt::{Accepts, Guarded},
        failure::Failure,
        id::{Address, CustomerId, RunId, TenantId},
        run::RunRecord,
        tenant::Organisation,
        time::{Moment, TOLERANCE},
    },
    provider::{Provider, caught::caught, side_by_side::side_by_side, store::Store},
    wizard::call::Reply,
};

/// Organisations that are asked at most, those that were worked on last: a request each, and Microsoft counts requests for
/// a token (AADSTS50196). A guess.
const MOST: u32 = 40;

/// So many at once, as the board asks. A guess.
const AT_ONCE: usize = 4;

/// How long the search may take. A guess: a person is waiting for a word on it.
const WITHIN: Duration = Duration::from_secs(20);

/// The newest grant since the link was shown, where one is found; nothing where none is, or not in time.
///
/// # Errors
/// `Record`, when the record can't be read.
pub(super) async fn search(
    provider: &Provider,
    of: (CustomerId, TenantId),
    since: Moment,
) -> Result<Option<Box<Landed>>, Failure> {
    let beside = with(&provider.store, move |store| store.not_awaited(of, MOST)).await?;
    let asking = side_by_side(beside, AT_ONCE, |(holder, tenant)| {
        let graph = provider.graph.clone();
        async move {
            let (organisation, at) = caught(graph.accepted(tenant)).await.ok()??;
            Some(Landed { holder, organisation, at })
        }
    });
    let found = tokio::time::timeout(WITHIN, asking).await.unwrap_or_default();
    // Microsoft's clock and ours may differ by as much as is taken for no trouble.
    let from = since.minus(TOLERANCE);
    Ok(found
        .into_iter()
        .flatten()
        .filter(|landed| landed.at >= from)
        .max_by_key(|landed| landed.at)
        .map(Box::new))
}

/// How every customer's consent stands.
///
/// # Errors
/// `Record`, when the record can't be read.
pub(super) async fn all(provider: &Provider) -> Result<Reply, Failure> {
    let rows = with(&provider.store, |store| store.consents(None)).await?;
    Ok(Reply::Consents(Box::new(Consents { set: provider.graph.permissions().clone(), rows })))
}

/// The link for an organisation's administrator, with the address of the one who was named.
///
/// # Errors
/// `Record`, when the record can't be read.
pub(super) async fn link(provider: &Provider, tenant: TenantId) -> Result<String, Failure> {
    let administrator = with(&provider.store, move |store| store.administrator(tenant)).await?;
    let link = provider.graph.browser_link(tenant);
    Ok(administrator.map_or(link.clone(), |address| hinted(&link, &address).to_string()))
}

/// The write that keeps an organisation, and before it the administrator who was named with it.
pub(super) fn saving(
    run: RunId,
    organisation: Organisation,
    accepts: Accepts,
    administrator: Option<Address>,
) -> impl FnOnce(&Store) -> Result<Guarded<Box<RunRecord>>, Failure> {
    move |store| {
        if let Some(administrator) = administrator {
            store.keep_administrator(organisation.tenant, &administrator)?;
        }
        store.save_organisation(&run, &organisation, &accepts)
    }
}
