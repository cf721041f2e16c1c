//! Which organisation is behind a GUID or a domain (reference, section 1): the discovery document, then the name that
//! Microsoft holds.

use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::{DEADLINE, Graph, MAX_OBJECT_BYTES};
use crate::{
    domain::{
        cloud::{Cloud, Clues, Home},
        doubt::DomainOwner,
        failure::{Failure, FailureKind},
        id::TenantId,
        tenant::Organisation,
        tenant_input::TenantInput,
        text::Text,
    },
    provider::{
        error::Error,
        http::{Call, Method},
        oauth::Refusal,
    },
};

/// Microsoft's code for what is neither a tenant ID nor a domain.
const UNREADABLE: &str = "900023";

/// How long another cloud's host may take; a guess: a person waits, and a network may not let us there at all.
const ELSEWHERE_DEADLINE: Duration = Duration::from_secs(5);

/// What helps where no organisation has a domain.
const NO_SUCH_DOMAIN: &str = "Check the spelling with the customer: the part behind the @. If it is right, ask for the \
                              tenant ID (Entra admin center, Overview), or another mail domain.";

/// Whether Microsoft knows nobody there, and what was asked for could be read.
fn is_unknown(error: &Error) -> bool {
    let failure = error.failure("looking up");
    failure.kind == FailureKind::NotFound && failure.code.is_none_or(|code| code.as_str() != UNREADABLE)
}

/// What a discovery document says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Discovered {
    /// The tenant.
    pub(super) tenant: TenantId,
    /// Region of the directory.
    pub(super) region: Option<Text>,
}

impl Graph {
    /// Looks an organisation up, without any sign-in of the customer's.
    ///
    /// Name and default domain come with an app-only token of the partner's own tenant; where that is not granted the
    /// organisation comes without them.
    ///
    /// # Errors
    /// `NotFound` for what no tenant answers to, `Refused` for other clouds, `Unreachable` (a retry may help).
    pub async fn look_up(&self, input: &TenantInput) -> Result<Organisation, Failure> {
        self.looked_up(input).await.map_err(|e| {
            let failure = e.failure(&format!("looking {input} up"));
            if failure.kind != FailureKind::NotFound {
                return failure;
            }
            let failure = e.failure(&input.to_string());
            match input {
                // What can't be read at all says so itself.
                TenantInput::Domain(_)
                    if failure.code.as_ref().is_none_or(|code| code.as_str() != UNREADABLE) =>
                {
                    Failure { hint: NO_SUCH_DOMAIN.into(), ..failure }
                }
                _ => failure,
            }
        })
    }

    /// Asks whose a mail domain is.
    ///
    /// # Errors
    /// `Unreachable` and `Throttled` (a retry may help), and what else kept Microsoft from saying it; that nobody has the
    /// domain is an answer.
    pub async fn owner_of(&self, domain: &str) -> Result<DomainOwner, Failure> {
        match self.discover(&TenantInput::Domain(domain.to_owned())).await {
            Ok(found) => Ok(DomainOwner::Tenant(found.tenant)),
            Err(Error::OtherCloud { .. }) => Ok(DomainOwner::OtherCloud),
            Err(error) => match error.failure("looking up whose mail domain it is") {
                failure if failure.kind == FailureKind::NotFound => Ok(DomainOwner::Nobody),
                failure => Err(failure),
            },
        }
    }

    /// Which organisation it is, without its name: no token is asked for, so that this works before there is an application.
    ///
    /// # Errors
    /// As [`Graph::look_up`].
    pub async fn resolve(&self, input: &TenantInput) -> Result<Organisation, Failure> {
        self.resolved(input).await.map_err(|error| error.failure(&format!("looking {input} up")))
    }

    async fn resolved(&self, input: &TenantInput) -> Result<Organisation, Error> {
        let found = match self.discover(input).await {
            Err(unknown) if is_unknown(&unknown) => return Err(self.elsewhere(input, unknown).await),
            found => found?,
        };
        Ok(Organisation { tenant: found.tenant, name: None, domain: None, region: found.region })
    }

    async fn looked_up(&self, input: &TenantInput) -> Result<Organisation, Error> {
        let mut organisation = self.resolved(input).await?;
        // Other clouds have no such question.
        if self.inner.cloud != Cloud::Global {
            return Ok(organisation);
        }
        match self.information(organisation.tenant).await {
            Ok(value) => {
                let text = |key: &str| {
                    value.get(key).and_then(Value::as_str).map(Text::clean).filter(|text| !text.is_empty())
                };
                let named = value.get("tenantId").and_then(Value::as_str).and_then(|t| t.parse().ok());
                if named.is_some_and(|named: TenantId| named != organisation.tenant) {
                    return Err(Error::Contradiction);
                }
                organisation.name = text("displayName");
                organisation.domain = text("defaultDomainName");
            }
            Err(error) => tracing::info!(%error, "the organisation's name will be known after consent"),
        }
        Ok(organisation)
    }

    /// Reads the discovery document.
    ///
    /// # Errors
    /// A tenant that Microsoft does not know, another cloud, or a document that contradicts itself or what was asked.
    pub(super) async fn discover(&self, input: &TenantInput) -> Result<Discovered, Error> {
        let document = self.document(&self.inner.authority, input, DEADLINE).await?;
        let found = read(&document, self.inner.cloud)?;
        match input {
            TenantInput::Guid(asked) if *asked != found.tenant => Err(Error::Contradiction),
            _ => Ok(found),
        }
    }

    /// Where what our own cloud does not know lives: Microsoft may answer for organisations of other clouds or not
    /// (UNCONFIRMED, reference section 1.3), so that the others are asked, too. One that can't be asked tells nothing.
    async fn elsewhere(&self, input: &TenantInput, unknown: Error) -> Error {
        let ours = self.inner.cloud;
        let home = async |cloud: Cloud| {
            if cloud.login() == ours.login() {
                return None;
            }
            let host = Url::parse(cloud.login()).ok()?;
            let document = self.document(&host, input, ELSEWHERE_DEADLINE).await.ok()?;
            match read(&document, ours) {
                Err(Error::OtherCloud { home, .. }) => Some(home),
                _ => None,
            }
        };
        // Both of the United States government sign in at one host.
        let (global, us_gov, china) =
            tokio::join!(home(Cloud::Global), home(Cloud::UsGovL4), home(Cloud::China));
        let mut homes: Vec<Home> = [global, us_gov, china].into_iter().flatten().collect();
        homes.dedup();
        let clouds = |home: &Home| match home {
            Home::In(cloud) => vec![*cloud],
            Home::Several(clouds) => clouds.clone(),
            Home::Unknown(_) | Home::Contradiction(_) => Vec::new(),
        };
        match homes.as_slice() {
            [] => unknown,
            [_] => homes.pop().map_or(unknown, |home| Error::OtherCloud { home, ours }),
            several => {
                let home = Home::Several(several.iter().flat_map(clouds).collect());
                Error::OtherCloud { home, ours }
            }
        }
    }

    /// Asks a sign-in host for the discovery document.
    async fn document(&self, host: &Url, input: &TenantInput, deadline: Duration) -> Result<Value, Error> {
        let word = match input {
            TenantInput::Guid(tenant) => tenant.to_string(),
            TenantInput::Domain(domain) => domain.clone(),
        };
        let mut url = host.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().extend([word.as_str(), "v2.0", ".well-known", "openid-configuration"]);
        }
        let call = Call {
            method: Method::Get,
            url,
            headers: vec![("accept", String::from("application/json"))],
            body: None,
            deadline,
            max_body_bytes: MAX_OBJECT_BYTES,
            is_safe_to_repeat: true,
        };
        let answer = self.inner.http.send_to_api(call).await?;
        let body = serde_json::from_slice::<Value>(&answer.body).ok();
        if answer.status == 200 {
            return body.ok_or(Error::Malformed { what: "the discovery document" });
        }
        let retry_after = answer.retry_after(&self.inner.clock);
        let is_rest = answer.is_rest(&self.inner.clock);
        let refusal = body.filter(|_| !is_rest).map(|value| Refusal::of(&answer, value));
        let refusal = refusal.filter(|refusal| !refusal.is_empty());
        Err(match (refusal, answer.status) {
            (Some(refusal), _) => Error::Platform(refusal),
            // What is no tenant at all may be answered by a page (reference, section 1.4).
            (None, 400 | 404) => {
                Error::Platform(Refusal { error: String::from("invalid_tenant"), ..Refusal::default() })
            }
            (None, status) => Error::Status { status, retry_after, reference: answer.request_id },
        })
    }

    /// Name and default domain (reference, section 1.5).
    async fn information(&self, tenant: TenantId) -> Result<Value, Error> {
        let function = format!("findTenantInformationByTenantId(tenantId='{tenant}')");
        let url = self.url(&["tenantRelationships", &function], "");
        self.object(self.inner.partner, &url, "the organisation's name").await
    }
}

/// Reads a document and checks that its parts name one tenant of our cloud (reference, sections 1.2 and 1.3).
pub(super) fn read(document: &Value, ours: Cloud) -> Result<Discovered, Error> {
    let text = |key: &str| document.get(key).and_then(Value::as_str);
    let address = |key: &str| Url::parse(text(key)?).ok();
    let endpoint = address("token_endpoint");
    let clues = Clues {
        instance: text("cloud_instance_name"),
        sub_scope: text("tenant_region_sub_scope"),
        region: text("tenant_region_scope"),
        graph_host: text("msgraph_host"),
        // Of a host that is none of Microsoft's the document makes no sense, whatever else it says.
        login_host: endpoint.as_ref().and_then(Url::host_str).filter(|host| is_login(host)),
    };
    let malformed = Error::Malformed { what: "the discovery document" };
    match clues.home() {
        Home::In(cloud) if cloud == ours => {}
        // It describes nobody's sign-in.
        Home::Several(_) if clues.login_host.is_none() => return Err(malformed),
        home => return Err(Error::OtherCloud { home, ours }),
    }
    let issuer = address("issuer").and_then(|address| tenant_in(&address, ours));
    let endpoint = endpoint.as_ref().and_then(|address| tenant_in(address, ours));
    match (issuer, endpoint) {
        (Some(one), Some(two)) if one == two => Ok(Discovered {
            tenant: one,
            region: clues.region.map(Text::clean).filter(|region| !region.is_empty()),
        }),
        (Some(_), Some(_)) => Err(Error::Contradiction),
        _ => Err(malformed),
    }
}

/// Whether a host signs people in, in whichever cloud.
fn is_login(host: &str) -> bool {
    Cloud::ALL.iter().any(|cloud| cloud.login().strip_prefix("https://") == Some(host))
}

/// The first path segment as a tenant, when the address is on the sign-in host.
fn tenant_in(address: &Url, ours: Cloud) -> Option<TenantId> {
    if ours.login().strip_prefix("https://") != address.host_str() {
        return None;
    }
    address.path_segments()?.next()?.parse().ok()
}
