//! Any JSON of the identity platform: tokens, refusals, and the words that a person reads about them.

use std::time::Duration;

use serde_json::Value;

use super::{Refusal, wire};
use crate::provider::error::Error;

/// First as a token's own text, then as an answer of the token endpoint.
pub(crate) fn identity_json(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    drop(wire::claims(&text));
    let Ok(value) = serde_json::from_slice::<Value>(data) else { return };
    if let Ok(issued) = wire::Issued::try_from(value.clone()) {
        assert!(issued.life() <= Duration::from_hours(28), "a life that is believed");
        assert!(!issued.into_secret().expose().is_empty(), "a token is never empty");
    }
    let refusal = Refusal::from(value);
    let failure = Error::Platform(refusal).failure("asking for a token");
    assert!(failure.what.as_str().starts_with("asking for a token: "), "what was tried");
    assert!(
        failure.hint.for_commands().as_str().ends_with('.'),
        "what to do: {}",
        failure.hint.for_commands()
    );
}
