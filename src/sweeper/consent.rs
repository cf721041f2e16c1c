//! What a pass learns of a customer's consent on its way.

use super::Report;
use crate::{
    domain::{
        consent::{Look, Sight},
        failure::Failure,
        id::TenantId,
        tenant::Organisation,
        text::{Text, capital},
    },
    provider::{
        Provider,
        store::{RuleAccess, RuleRow},
    },
};

/// What this pass tells about the customer's consent: by the token that was used, or by its refusal. Asks nobody; an opaque
/// token tells nothing.
pub(super) async fn told(
    provider: &Provider,
    row: &RuleRow,
    refused: Option<&Failure>,
) -> Option<(TenantId, Look)> {
    let RuleAccess::Consent(Organisation { tenant, .. }) = row.access else { return None };
    let look = match provider.graph.consent_by_token(tenant).await {
        Some(look) => look,
        None if refused.is_some_and(|failure| failure.asks_consent) => Look::None,
        None => return None,
    };
    Some((tenant, look))
}

/// What this pass saw of the customer's consent, for `consent status`: by the token that was used, or by the code of its
/// refusal. Asks nobody.
pub(super) async fn seen(
    provider: &Provider,
    row: &RuleRow,
    refused: Option<&Failure>,
) -> Option<(TenantId, Sight)> {
    let RuleAccess::Consent(Organisation { tenant, .. }) = row.access else { return None };
    let code = refused.and_then(|failure| failure.code.as_ref()?.as_str().parse().ok());
    let sight = match code.and_then(Sight::of_code) {
        Some(sight) => sight,
        None => provider.graph.sight_by_token(tenant).await?,
    };
    Some((tenant, sight))
}

/// Says that the customer must accept again, with the link. Beside what is kept of the pass: the next look at the consent
/// takes it back, whoever looks.
pub(super) fn accept_again(
    provider: &Provider,
    report: &mut Report,
    tenant: TenantId,
    trouble: Option<Text>,
) {
    let Some(trouble) = trouble else { return };
    let words = Text::of(format_args!(
        "{}. The link for the customer's administrator: {}",
        capital(trouble.as_str()),
        provider.graph.browser_link(tenant)
    ));
    report.attention = Some(match report.attention.take() {
        Some(before) => Text::of(format_args!("{before} {words}")),
        None => words,
    });
}
