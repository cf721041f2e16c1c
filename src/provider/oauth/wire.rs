//! The identity platform's answers, read leniently: numbers may come as text, members may be missing or new.

use std::{fmt, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oauth2::{AccessToken, RefreshToken, Scope, basic::BasicTokenType};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::Claims;
use crate::{domain::secret::Secret, provider::http::Response};

/// How long a token is taken to live when the answer does not say: the shortest default (reference, section 4.3).
const USUAL_LIFE: Duration = Duration::from_hours(1);

/// Longest life believed; sessions reach 28 hours (reference, section 4.3).
const LONGEST_LIFE: Duration = Duration::from_hours(28);

/// A token as it was issued.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(super) struct Issued {
    token: AccessToken,
    kind: BasicTokenType,
    life: Option<Duration>,
}

impl Issued {
    /// How long it lives, from now.
    pub(super) fn life(&self) -> Duration {
        self.life.unwrap_or(USUAL_LIFE).min(LONGEST_LIFE)
    }

    /// The token itself.
    pub(super) fn into_secret(self) -> Secret<String> {
        Secret::new(self.token.into_secret())
    }
}

impl TryFrom<Value> for Issued {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let token = value.get("access_token").and_then(Value::as_str).filter(|text| !text.is_empty());
        Ok(Self {
            token: AccessToken::new(token.ok_or("no access token")?.to_owned()),
            kind: BasicTokenType::Bearer,
            life: value.get("expires_in").and_then(seconds),
        })
    }
}

impl Serialize for Issued {
    /// The crate asks for it and never calls it here; a token is not written anywhere.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl oauth2::TokenResponse for Issued {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.kind
    }

    fn expires_in(&self) -> Option<Duration> {
        self.life
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        None
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

/// What a person's sign-in was answered with.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Value")]
pub(super) struct UserTokens {
    /// The crate wants one where none was asked for.
    unread: AccessToken,
    kind: BasicTokenType,
    access: Option<Secret<String>>,
    life: Option<Duration>,
    id_token: Option<Secret<String>>,
    refresh: Option<Secret<String>>,
}

impl UserTokens {
    /// Who it is.
    pub(super) const fn id_token(&self) -> Option<&Secret<String>> {
        self.id_token.as_ref()
    }

    /// What keeps the person signed in.
    pub(super) fn into_refresh(self) -> Option<Secret<String>> {
        self.refresh
    }

    /// What opens the resource that was asked for, and how long it lives; beside it what keeps the person signed in.
    pub(super) fn into_access(self) -> Option<(Secret<String>, Duration, Option<Secret<String>>)> {
        Some((self.access?, self.life.unwrap_or(USUAL_LIFE).min(LONGEST_LIFE), self.refresh))
    }
}

impl From<Value> for UserTokens {
    fn from(value: Value) -> Self {
        let token = |name: &str| {
            let text = value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
            text.map(|text| Secret::new(text.to_owned()))
        };
        Self {
            unread: AccessToken::new(String::new()),
            kind: BasicTokenType::Bearer,
            access: token("access_token"),
            life: value.get("expires_in").and_then(seconds),
            id_token: token("id_token"),
            refresh: token("refresh_token"),
        }
    }
}

impl Serialize for UserTokens {
    /// The crate asks for it and never calls it here; a token is not written anywhere.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl oauth2::TokenResponse for UserTokens {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.unread
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.kind
    }

    fn expires_in(&self) -> Option<Duration> {
        None
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        None
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

/// Seconds as a number or as text.
fn seconds(value: &Value) -> Option<Duration> {
    let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())?;
    Some(Duration::from_secs(number))
}

/// A refusal of the identity platform (reference, section 5.1), discovery included.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
#[serde(from = "Value")]
pub struct Refusal {
    /// The `error` word.
    pub error: String,
    /// The numbers; the first one picks the help text.
    pub codes: Vec<u64>,
    /// For Microsoft's support.
    pub correlation: String,
    /// For Microsoft's support.
    pub trace: String,
    /// When it happened, as Microsoft wrote it.
    pub timestamp: String,
}

impl Refusal {
    /// Reads a refusal; what does not look like an id, or holds what was sent, is left out.
    #[must_use]
    pub fn of(answer: &Response, body: Value) -> Self {
        let said = Self::from(body);
        let id = |word: &str| answer.id(word).unwrap_or_default().to_owned();
        Self {
            error: id(&said.error),
            codes: said.codes,
            correlation: id(&said.correlation),
            trace: id(&said.trace),
            timestamp: answer.moment(&said.timestamp).unwrap_or_default().to_owned(),
        }
    }

    /// Whether it says nothing: what the platform refuses has a word or a number.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.error.is_empty() && self.codes.is_empty()
    }

    /// The same as a body, for the crate that reads it again.
    pub(super) fn body(&self) -> Vec<u8> {
        let Self { error, codes, correlation, trace, timestamp } = self;
        let body = serde_json::json!({
            "error": error, "error_codes": codes, "correlation_id": correlation, "trace_id": trace, "timestamp": timestamp,
        });
        body.to_string().into_bytes()
    }

    /// The number, from the list or from the description.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        self.codes.first().copied()
    }

    /// The refusal of a body that is no JSON, where it names the platform's number.
    #[must_use]
    pub fn in_text(body: &str) -> Option<Self> {
        described(body).map(|number| Self { codes: vec![number], ..Self::default() })
    }

    /// Ids and time for support.
    #[must_use]
    pub fn reference(&self) -> String {
        let parts = [("correlation ", &self.correlation), ("trace ", &self.trace), ("", &self.timestamp)];
        let said: Vec<_> = parts
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}{value}"))
            .collect();
        said.join(", ")
    }
}

impl From<Value> for Refusal {
    fn from(value: Value) -> Self {
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut codes: Vec<u64> = value
            .get("error_codes")
            .and_then(Value::as_array)
            .map(|list| list.iter().filter_map(number).collect())
            .unwrap_or_default();
        if codes.is_empty() {
            // Gateways and older endpoints put the words into an object.
            let words = value.get("error_description").or_else(|| value.pointer("/error/message"));
            codes.extend(words.and_then(Value::as_str).and_then(described));
        }
        Self {
            error: text("error"),
            codes,
            correlation: text("correlation_id"),
            trace: text("trace_id"),
            timestamp: text("timestamp"),
        }
    }
}

/// A number, also as text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// The number in `AADSTS700016: …`, for answers that lost `error_codes` on the way.
fn described(text: &str) -> Option<u64> {
    let (_, rest) = text.split_once("AADSTS")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number() {
            Some(number) => write!(f, "{} (AADSTS{number})", self.error),
            None => f.write_str(&self.error),
        }
    }
}

impl oauth2::ErrorResponse for Refusal {}

/// Reads a token's payload, if it has one that can be read.
pub(super) fn claims(token: &str) -> Option<Claims> {
    let mut parts = token.split('.');
    let payload = parts.nth(1)?;
    parts.next()?;
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    let claims = value.as_object()?;
    let roles = claims.get("roles").and_then(Value::as_array);
    Some(Claims {
        tenant: claims.get("tid").and_then(Value::as_str).and_then(|text| text.parse().ok()),
        roles: roles
            .map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
            .unwrap_or_default(),
    })
}
