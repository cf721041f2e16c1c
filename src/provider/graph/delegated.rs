//! Asking Graph, or another resource, in the name of whoever is signed in: what no application may ask for (reference,
//! section 8). The person's token goes to the host that it is for and to no other.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use url::Url;

use super::{MAX_PAGE_BYTES, address, check_host, follow, page, reading, refused, versioned};
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        id::TenantId,
        phrase::{Command, Phrase, phrase},
        text::Text,
        time::Clock,
    },
    provider::{
        error::Error,
        http::{Call, Http, Response},
        oauth::operator::{NotHeard, Person, not_asked},
    },
};

/// Most pages of one list: 300,000 customers in pages of 300; ends a server that never stops. A guess.
const MAX_PAGES: u32 = 1_000;

/// One resource, asked in a person's name; cheap to clone.
#[derive(Clone, Debug)]
pub struct Delegated {
    http: Http,
    clock: Clock,
    root: Url,
    person: Arc<Person>,
    /// The organisation that is asked about.
    tenant: TenantId,
}

impl Delegated {
    /// Asks the resource at `root` (`https://graph.microsoft.com`) about an organisation. Opens no connection.
    ///
    /// # Errors
    /// An address that is none.
    pub fn new(
        (http, clock): (Http, Clock),
        root: &str,
        person: Arc<Person>,
        tenant: TenantId,
    ) -> Result<Self, Failure> {
        let root = address(root).map_err(|error| error.failure("getting ready to talk to Microsoft"))?;
        Ok(Self::of((http, clock), root, person, tenant))
    }

    /// The same for an address that is one.
    pub(super) fn of((http, clock): (Http, Clock), root: Url, person: Arc<Person>, tenant: TenantId) -> Self {
        Self { http, clock, root, person, tenant }
    }

    /// An address of the resource; the parts of the path are escaped here, the query is our own words.
    #[must_use]
    pub fn url(&self, path: &[&str], query: &str) -> Url {
        versioned(&self.root, path, query)
    }

    /// Sends one call with the person's token for these permissions of the resource (`User.Read`). A 401 costs the token:
    /// one new one, one more try. Any status is an answer; `tell` hears of each rest that is asked for.
    ///
    /// # Errors
    /// [`Error::WrongHost`] before a token is even fetched; whatever kept it from an answer.
    pub(in crate::provider) async fn send(
        &self,
        call: Call,
        permissions: &[&str],
        tell: &(dyn Fn(Duration) + Send + Sync),
    ) -> Result<Response, NotHeard> {
        check_host(&self.root, &call.url)?;
        let resource = self.root.origin().ascii_serialization();
        let scopes: Vec<String> = permissions.iter().map(|name| format!("{resource}/{name}")).collect();
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let mut is_second = false;
        loop {
            let bearer = self.person.token(self.tenant, &scopes).await?;
            let mut call = call.clone();
            call.headers.push(("authorization", bearer.header()));
            call.headers.push(("accept", String::from("application/json")));
            let answer = self.http.send_to_api_telling(call, tell).await.map_err(Error::Http)?;
            if answer.status == 401 && !is_second {
                self.person.refuse(self.tenant, &scopes);
                is_second = true;
                continue;
            }
            return Ok(answer);
        }
    }

    /// Reads a whole list, page by page, in its order; `more` hears after each page how many rows there are so far.
    ///
    /// # Errors
    /// As [`Delegated::send`]; the resource's refusal; a list that can't be read to its end.
    pub(in crate::provider) async fn list(
        &self,
        (first, what): (Url, &'static str),
        permissions: &[&str],
        more: &(dyn Fn(usize) + Send + Sync),
    ) -> Result<Vec<Value>, NotHeard> {
        let malformed = || Error::Malformed { what };
        let (mut rows, mut trail, mut next) = (Vec::new(), page::Trail::default(), first);
        for _ in 0..MAX_PAGES {
            if !trail.is_new(&next) {
                return Err(malformed().into());
            }
            let answer = self.send(reading(&next, MAX_PAGE_BYTES), permissions, &|_wait| ()).await?;
            if answer.status != 200 {
                return Err(refused(&self.clock, &answer).into());
            }
            let mut body: Value = serde_json::from_slice(&answer.body).map_err(|_malformed| malformed())?;
            match body.get_mut("value").map(Value::take) {
                Some(Value::Array(page)) => rows.extend(page),
                _ => return Err(malformed().into()),
            }
            more(rows.len());
            match page::links(&answer.body).map_err(|page::Broken| malformed())?.next {
                Some(link) => next = follow(&self.root, &link)?,
                None => return Ok(rows),
            }
        }
        Err(malformed().into())
    }
}

/// Bad news of something that was asked in a person's name: `tried` starts the sentence, and these delegated permissions were
/// needed for it.
#[must_use]
pub fn failure(error: &NotHeard, tried: &str, permissions: &[&str]) -> Failure {
    let error = match error {
        NotHeard::SignedOut(failure) => return failure.clone(),
        NotHeard::Error(error) => error,
    };
    let named = permissions.join(" and ");
    let told = |happened: &str, hint: Phrase| {
        let base = error.failure(tried);
        let what = Text::of(format_args!("{tried}: {happened}"));
        Failure { kind: FailureKind::Refused, what, hint, asks_consent: false, ..base }
    };
    match error {
        Error::Platform(_) if lacks_consent(error) => {
            let hint = format_args!(
                "Its administrator opens Entra admin center, App registrations, the operators' application, API permissions, \
                 adds {named} (Microsoft Graph, delegated) and grants admin consent. Then try again."
            );
            told(
                "your organisation has not allowed the operators' application to do this",
                Text::of(hint).into(),
            )
        }
        Error::Platform(refusal) => {
            let failure = not_asked(refusal);
            Failure { what: Text::of(format_args!("{tried}: {}", failure.what)), ..failure }
        }
        Error::Graph { status: 403, .. } => {
            // Which role is wanted beside the permission is unconfirmed (reference, section 8).
            let hint = Text::of(format_args!(
                "Microsoft does not say which role is missing. Your organisation's administrator checks the roles of your \
                 account there (the group AdminAgents, for example), and that the operators' application has {named}. Then \
                 sign in again: "
            ));
            told("Microsoft does not let your account do this", phrase![hint, Command::Login, "."])
        }
        Error::Graph { status: 401, .. } => told(
            "Microsoft does not take your sign-in for this",
            phrase!["Sign in again: ", Command::Login, "."],
        ),
        other => other.failure(tried),
    }
}

/// Whether a refusal says that the organisation has not allowed the application what was asked for (reference, section 5.2).
#[must_use]
pub fn lacks_consent(error: &Error) -> bool {
    match error {
        Error::Platform(refusal) => {
            matches!(refusal.number(), Some(65_001 | 650_056 | 650_057))
                || refusal.error == "consent_required"
        }
        _ => false,
    }
}
