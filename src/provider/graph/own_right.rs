//! Accepts for a customer with the partner's own right: the calls of the three steps, each with its check.
//!
//! Everything is asked with the operator's own tokens, each for one resource in one organisation; a call that may have been
//! done in part says so, so that what was let in is taken out again. Every call may be made again.
//!
//! UNCONFIRMED, because it could be tried against the sandbox only: the bodies of Partner Center's refusals, and which of its
//! roles it asks for besides the relationship; whether a Privileged Role Administrator alone may add a service principal;
//! what stays of the operators' application once its consent is deleted (it is checked that it gets no token); how long each
//! of it spreads; whether `checkMemberGroups` knows every group that a relationship may name.

mod grant;
mod look;
mod words;

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::{MAX_OBJECT_BYTES, delegated::Delegated, proof::GRAPH_APP, reading, refused};
use crate::{
    domain::{
        failure::Failure,
        id::TenantId,
        own_right::{Ended, SCOPES},
        permission::Permission,
        time::Clock,
    },
    provider::{
        error::Error,
        http::{Call, Http, Method, Response},
        oauth::operator::{NotHeard, Person},
    },
};

/// Partner Center's host, in Microsoft's global cloud alone.
const PARTNER_CENTER: &str = "https://api.partnercenter.microsoft.com";

/// Its one delegated permission.
const OF_CENTER: [&str; 1] = ["user_impersonation"];

/// How long one call may take; a guess.
const DEADLINE: Duration = Duration::from_secs(30);

/// Waits before what Microsoft spreads is asked for again: two minutes in all. A guess, no figure is documented.
const WAITS: [u32; 9] = [1, 2, 4, 8, 15, 15, 25, 25, 25];

/// Refusals of the identity platform that say that an application is not in an organisation, or not with these scopes.
const NOT_IN: [u64; 5] = [65_001, 650_051, 700_016, 700_011, 7_000_229];

/// What carries the steps out; cheap to clone.
#[derive(Clone, Debug)]
pub struct OwnRight {
    http: Http,
    clock: Clock,
    graph: String,
    person: Arc<Person>,
    apps: Apps,
    permissions: Arc<[Permission]>,
    /// How long a second of the waits takes.
    second: Duration,
}

/// The two registrations of the partner.
#[derive(Clone, Copy, Debug)]
pub struct Apps {
    /// The one that customers accept.
    pub customers: Uuid,
    /// The one that operators sign in with.
    pub operators: Uuid,
}

impl OwnRight {
    /// For whoever is signed in; `graph` is Graph's origin. Opens no connection.
    #[must_use]
    pub fn new(
        (http, clock): (Http, Clock),
        graph: &str,
        person: Arc<Person>,
        apps: Apps,
        permissions: &[Permission],
    ) -> Self {
        Self {
            http,
            clock,
            graph: graph.to_owned(),
            person,
            apps,
            permissions: permissions.into(),
            second: Duration::from_secs(1),
        }
    }

    /// The same in a hurry, so that tests need not sit through two minutes.
    #[cfg(test)]
    pub(super) const fn hurried(mut self) -> Self {
        self.second = Duration::from_millis(1);
        self
    }

    /// Waits so many seconds.
    async fn rest(&self, seconds: u32) {
        tokio::time::sleep(self.second.saturating_mul(seconds)).await;
    }

    /// How many permissions are granted.
    #[must_use]
    pub fn permissions(&self) -> usize {
        self.permissions.len()
    }

    /// First step: Partner Center lets the operators' application in, with what the next step needs. Good once it can sign
    /// in there, which may take two minutes. Safe to repeat.
    pub async fn let_in(&self, tenant: TenantId) -> Ended {
        const TRIED: &str = "letting the operators' application in";
        let body = json!({
            "applicationId": self.apps.operators,
            "applicationGrants": [{"enterpriseApplicationId": GRAPH_APP, "scope": SCOPES.join(",")}],
        });
        match self.ask_center(Method::Post, tenant, &[], Some(&body)).await {
            // There already: left from before, and as good.
            Ok(answer) if matches!(answer.status, 200 | 201 | 409) => {}
            Ok(answer) => {
                let failure = words::of_center(TRIED, &center_refused(&self.clock, &answer));
                let is_certain = matches!(answer.status, 400..=499) && answer.status != 429;
                return if is_certain { Ended::Undone(failure) } else { Ended::Bad(failure) };
            }
            Err(Stopped::Before(error)) => return Ended::Undone(of_sign_in(TRIED, &error)),
            Err(Stopped::Under(error)) => return Ended::Bad(error.failure(TRIED)),
        }
        let mut waits = WAITS.into_iter();
        loop {
            match self.signs_in(tenant).await {
                Ok(()) => return Ended::Good,
                Err(NotHeard::Error(error)) if is_not_in(&error) => match waits.next() {
                    Some(wait) => self.rest(wait).await,
                    None => return Ended::Bad(words::still_spreading(&error)),
                },
                Err(error) => return Ended::Bad(of_sign_in(TRIED, &error)),
            }
        }
    }

    /// Third step: Partner Center takes the operators' application out. Good once it can't sign in there any more, which may
    /// take two minutes. Safe to repeat.
    pub async fn take_out(&self, tenant: TenantId) -> Ended {
        const TRIED: &str = "taking the operators' application out again";
        let application = self.apps.operators.hyphenated().to_string();
        match self.ask_center(Method::Delete, tenant, &[&application], None).await {
            // 404: it is out already.
            Ok(answer) if matches!(answer.status, 200 | 202 | 204 | 404) => {}
            Ok(answer) => {
                return Ended::Bad(words::of_center(TRIED, &center_refused(&self.clock, &answer)));
            }
            Err(Stopped::Before(error)) => return Ended::Bad(of_sign_in(TRIED, &error)),
            Err(Stopped::Under(error)) => return Ended::Bad(error.failure(TRIED)),
        }
        let mut waits = WAITS.into_iter();
        loop {
            match self.signs_in(tenant).await {
                Err(NotHeard::Error(error)) if is_not_in(&error) => return Ended::Good,
                Ok(()) => match waits.next() {
                    Some(wait) => self.rest(wait).await,
                    None => return Ended::Bad(words::still_in()),
                },
                Err(error) => return Ended::Bad(of_sign_in(TRIED, &error)),
            }
        }
    }

    /// Whether the operator gets a token of their own application in the organisation now.
    async fn signs_in(&self, tenant: TenantId) -> Result<(), NotHeard> {
        let scopes = SCOPES.map(|name| format!("{}/{name}", self.graph));
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        // One that is kept says what was true when it was issued.
        self.person.refuse(tenant, &scopes);
        self.person.token(tenant, &scopes).await.map(drop)
    }

    /// Graph, asked in the operator's name about an organisation.
    fn of_graph(&self, tenant: TenantId) -> Result<Delegated, Failure> {
        Delegated::new((self.http.clone(), self.clock.clone()), &self.graph, Arc::clone(&self.person), tenant)
    }

    /// Asks Partner Center about a customer's consents, in the partner's own organisation.
    async fn ask_center(
        &self,
        method: Method,
        tenant: TenantId,
        rest: &[&str],
        body: Option<&Value>,
    ) -> Result<Response, Stopped> {
        let before = |error: Error| Stopped::Before(error.into());
        let center = Url::parse(PARTNER_CENTER)
            .map_err(|_malformed| before(Error::Malformed { what: "Partner Center's address" }))?;
        let mut url = center;
        if let Ok(mut segments) = url.path_segments_mut() {
            segments
                .clear()
                .extend(["v1", "customers", &tenant.to_string(), "applicationconsents"])
                .extend(rest);
        }
        let home = self.person.home();
        let there = Delegated::new(
            (self.http.clone(), self.clock.clone()),
            PARTNER_CENTER,
            Arc::clone(&self.person),
            home,
        )
        .map_err(|failure| Stopped::Before(NotHeard::SignedOut(failure)))?;
        // Without a token nothing is sent: that is told apart from a call that may have been heard.
        let scope = format!("{PARTNER_CENTER}/{}", OF_CENTER.join(" "));
        self.person.token(home, &[&scope]).await.map_err(Stopped::Before)?;
        there.send(writing(method, &url, body), &OF_CENTER, &|_wait| ()).await.map_err(|error| match error {
            NotHeard::Error(error) => Stopped::Under(error),
            signed_out @ NotHeard::SignedOut(_) => Stopped::Before(signed_out),
        })
    }
}

/// Why Partner Center gave no answer.
enum Stopped {
    /// Nothing was sent.
    Before(NotHeard),
    /// It may have been heard.
    Under(Error),
}

/// Bad news of the operator's own sign-in.
fn of_sign_in(tried: &str, error: &NotHeard) -> Failure {
    match error {
        NotHeard::SignedOut(failure) => failure.clone(),
        NotHeard::Error(error) => words::of_token(tried, error),
    }
}

/// Whether the identity platform says that the application is not in the organisation, or not with what was asked for.
fn is_not_in(error: &Error) -> bool {
    error.aadsts().is_some_and(|number| NOT_IN.contains(&number))
}

/// A call that writes, and may be made again.
fn writing(method: Method, url: &Url, body: Option<&Value>) -> Call {
    Call {
        method,
        body: body.map(|body| ("application/json", body.to_string().into_bytes())),
        deadline: DEADLINE,
        ..reading(url, MAX_OBJECT_BYTES)
    }
}

/// Partner Center's refusal: its code stands alone in the body, or in an object, as a number or as text; which of these is
/// UNCONFIRMED.
fn center_refused(clock: &Clock, answer: &Response) -> Error {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let said = body.get("code").or_else(|| body.pointer("/error/code"));
    let code = match said {
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(word)) => answer.id(word).unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    match refused(clock, answer) {
        Error::Graph { status, retry_after, reference, .. } => {
            Error::Graph { status, code, retry_after, reference }
        }
        other => other,
    }
}

/// A member that is a text.
fn text<'a>(row: &'a Value, key: &str) -> Option<&'a str> {
    row.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}
