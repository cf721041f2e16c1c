//! Until when the credential is good: its own facts, what is on record, and what Microsoft says where it is asked.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;

use crate::{
    domain::{
        credential::{Asked, CredentialFacts, CredentialKind, HINT, KnownEnd, Standing},
        time::Moment,
    },
    provider::{Provider, oauth::Credential},
    settings::CredentialSettings,
};

/// How long Microsoft may take to say it: nobody waits longer at a start, and it is asked again some hours later. A guess.
const WITHIN: Duration = Duration::from_secs(5);

/// What a credential tells of itself, with what settings say of it.
pub(in crate::app) fn facts(
    credential: &Credential,
    settings: Option<&CredentialSettings>,
) -> CredentialFacts {
    match credential {
        Credential::Secret(secret) => CredentialFacts {
            kind: CredentialKind::Secret,
            mark: mark(secret.expose().as_bytes()),
            hint: secret.expose().chars().take(HINT).collect(),
            secret_id: settings.and_then(|settings| settings.secret_id).map(|id| id.to_string()),
            ends: settings.and_then(|settings| settings.expires),
        },
        Credential::Certificate { certificate, .. } => CredentialFacts {
            kind: CredentialKind::Certificate,
            mark: mark(certificate.ends().to_string().as_bytes()),
            hint: String::new(),
            secret_id: None,
            ends: Some(certificate.ends()),
        },
    }
}

/// Tells one credential from another, and leads back to none: nine bytes of a digest.
fn mark(bytes: &[u8]) -> String {
    let digest = Sha256::new().chain_update(b"credential of backup365").chain_update(bytes).finalize();
    URL_SAFE_NO_PAD.encode(digest.get(..9).unwrap_or_default())
}

/// How it stands now. Microsoft is asked for a secret whose end was not asked for lately; with two credentials it is asked which
/// one it takes. What is learned is kept in the record; where that can't be done, the next start asks again.
pub(in crate::app) fn standing(
    provider: &Provider,
    facts: &[CredentialFacts],
    handle: &Handle,
    now: Moment,
) -> Standing {
    let before = provider.store.credential().unwrap_or_default().known;
    let of = |facts: &CredentialFacts| before.iter().find(|known| known.mark == facts.mark);
    let is_stale = |facts: &CredentialFacts| {
        facts.kind == CredentialKind::Secret && !of(facts).is_some_and(|known| known.is_fresh_for(facts, now))
    };
    let must_ask = facts.iter().any(is_stale);
    let graph = &provider.graph;
    let listed = handle.block_on(async {
        let asking = async {
            if facts.len() > 1 {
                // Why it was refused, where both are, is told by whatever is asked next.
                let _signed_in = graph.sign_in().await;
            }
            if must_ask { Some(graph.own_secrets().await) } else { None }
        };
        tokio::time::timeout(WITHIN, asking).await
    });
    let answer = match &listed {
        Ok(Some(Ok(listed))) => Asked::Listed(listed),
        Ok(None) => Asked::Not,
        Err(_late) if !must_ask => Asked::Not,
        other => {
            tracing::info!(?other, "until when the secret is good could not be read");
            Asked::Failed
        }
    };
    let known: Vec<KnownEnd> =
        facts.iter().map(|facts| KnownEnd::of(facts, of(facts), answer, now)).collect();
    if let Err(failure) = provider.store.keep_credential(&known) {
        tracing::warn!(what = %failure.what, "until when the credential is good could not be kept");
    }
    Standing { known, refused: graph.replaced() }
}
