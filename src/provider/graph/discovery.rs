//! Which organisation is behind a GUID or a domain (reference, section 1): the discovery document, then the name that
//! Microsoft holds.

use serde_json::Value;
use url::Url;

use super::{DEADLINE, Graph, MAX_OBJECT_BYTES};
use crate::{
    domain::{
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

/// The one cloud where our application is registered (reference, section 2.1).
const OUR_CLOUD: &str = "microsoftonline.com";

/// Microsoft's code for what is neither a tenant ID nor a domain.
const UNREADABLE: &str = "900023";

/// What helps where no organisation has a domain.
const NO_SUCH_DOMAIN: &str = "Check the spelling with the customer: the part behind the @. If it is right, ask for the \
                              tenant ID (Entra admin center, Overview), or another mail domain.";

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

    async fn looked_up(&self, input: &TenantInput) -> Result<Organisation, Error> {
        let found = self.discover(input).await?;
        let mut organisation =
            Organisation { tenant: found.tenant, name: None, domain: None, region: found.region };
        match self.information(found.tenant).await {
            Ok(value) => {
                let text = |key: &str| {
                    value.get(key).and_then(Value::as_str).map(Text::clean).filter(|text| !text.is_empty())
                };
                let named = value.get("tenantId").and_then(Value::as_str).and_then(|t| t.parse().ok());
                if named.is_some_and(|named: TenantId| named != found.tenant) {
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
        let word = match input {
            TenantInput::Guid(tenant) => tenant.to_string(),
            TenantInput::Domain(domain) => domain.clone(),
        };
        let mut url = self.inner.authority.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().extend([word.as_str(), "v2.0", ".well-known", "openid-configuration"]);
        }
        let call = Call {
            method: Method::Get,
            url,
            headers: vec![("accept", String::from("application/json"))],
            body: None,
            deadline: DEADLINE,
            max_body_bytes: MAX_OBJECT_BYTES,
            is_safe_to_repeat: true,
        };
        let answer = self.inner.http.send_to_api(call).await?;
        let body = serde_json::from_slice::<Value>(&answer.body).ok();
        if answer.status == 200 {
            let document = body.ok_or(Error::Malformed { what: "the discovery document" })?;
            let found = read(&document, &self.inner.authority)?;
            return match input {
                TenantInput::Guid(asked) if *asked != found.tenant => Err(Error::Contradiction),
                _ => Ok(found),
            };
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
pub(super) fn read(document: &Value, authority: &Url) -> Result<Discovered, Error> {
    let text = |key: &str| document.get(key).and_then(Value::as_str);
    if let Some(cloud) = foreign_cloud(text("cloud_instance_name"), text("tenant_region_sub_scope")) {
        return Err(Error::OtherCloud { cloud });
    }
    let malformed = Error::Malformed { what: "the discovery document" };
    let issuer = text("issuer").and_then(|t| tenant_in(t, authority));
    let endpoint = text("token_endpoint").and_then(|t| tenant_in(t, authority));
    match (issuer, endpoint) {
        (Some(one), Some(two)) if one == two => Ok(Discovered {
            tenant: one,
            region: text("tenant_region_scope").map(Text::clean).filter(|region| !region.is_empty()),
        }),
        (Some(_), Some(_)) => Err(Error::Contradiction),
        _ => Err(malformed),
    }
}

/// The first path segment as a tenant, when the address is on the sign-in host.
fn tenant_in(text: &str, authority: &Url) -> Option<TenantId> {
    let url = Url::parse(text).ok()?;
    if url.host_str() != authority.host_str() {
        return None;
    }
    url.path_segments()?.next()?.parse().ok()
}

/// The cloud in words, when it is not ours. Plain GCC lives in ours.
fn foreign_cloud(instance: Option<&str>, sub_scope: Option<&str>) -> Option<String> {
    match (instance, sub_scope) {
        (Some("microsoftonline.us"), _) | (_, Some("DODCON" | "DOD" | "USGov")) => {
            Some(String::from("Microsoft's cloud for the United States government"))
        }
        (Some("partner.microsoftonline.cn"), _) => Some(String::from("Microsoft's cloud for China")),
        (None | Some(OUR_CLOUD), _) => None,
        (Some(other), _) => Some(format!("another of Microsoft's clouds ({other})")),
    }
}
