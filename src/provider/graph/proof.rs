//! One round of proving consent: named checks, each with its own state, and a verdict over all of them (rules 2 and 3).
//!
//! Triggered by the runner while an operator waits; reads only. The tenant's token is dropped first, because a token
//! keeps what was true when it was issued.

mod round;

use std::{collections::BTreeSet, time::Duration};

use serde_json::Value;
use uuid::Uuid;

use self::round::Round;
use super::Graph;
use crate::{
    domain::{
        consent::{self, Sight, Terms},
        failure::{Failure, FailureKind},
        id::TenantId,
        permission::{Permission, PermissionSet},
        tenant::{CheckState, Organisation, Proof, Verdict},
        tenant_input::TenantInput,
        text::Text,
        time::Moment,
    },
    provider::{
        error::Error,
        oauth::{Claims, Token},
    },
};

/// How long permissions that are missing count as spreading after a consent: the schedule of reference section 3.6. A
/// refusal of what is granted has longer, as [`Terms`] say.
const SPREADING: Duration = Duration::from_mins(5);

/// Microsoft Graph's own application id, the same in every tenant (reference, section 7.7).
pub(super) const GRAPH_APP: &str = "00000003-0000-0000-c000-000000000000";

/// Most pages of assignments; one page holds a hundred, and no customer grants us that many.
const MAX_PAGES: u32 = 20;

impl Graph {
    /// Checks once whether consent was given, for the right tenant and for everything, by what is known of the tenant.
    ///
    /// Where the link is out, or this process saw the application come, missing permissions count as spreading for a few
    /// minutes; where the record proved this tenant long ago, or no link is out, they are missing at once. Takes one to
    /// five requests, most of them side by side; safe to drop at any await.
    pub async fn prove_by(&self, expected: &Organisation, terms: &Terms) -> Proof {
        let inner = &*self.inner;
        let _place = inner.proving.acquire().await;
        inner.tokens.drop_tenant(expected.tenant);
        match inner.tokens.get(expected.tenant, &inner.resource).await {
            Ok(token) => self.with_token(expected, &token, terms).await,
            Err(error) => self.without_token(expected.tenant, &error),
        }
    }

    /// No token: no administrator accepted yet, or it can't work.
    fn without_token(&self, tenant: TenantId, error: &Error) -> Proof {
        let mut round = Round::new(&self.inner.permissions.rows);
        let failure = error.failure("signing in to the organisation");
        let verdict = match error.aadsts() {
            Some(700_016 | 700_011 | 7_000_229 | 65_001 | 90_008) => {
                self.note_unknown(tenant);
                Verdict::NotYet
            }
            Some(650_051) => {
                round.known = CheckState::Spreading;
                Verdict::Spreading
            }
            Some(7_000_112 | 70_001 | 1_000_031 | 5_000_224 | 90_002 | 900_023) => {
                round.known = CheckState::Bad(failure.clone());
                Verdict::Failed(failure)
            }
            _ => {
                round.sign_in = CheckState::Bad(failure.clone());
                Verdict::Failed(failure)
            }
        };
        let sight = error.aadsts().and_then(Sight::of_code);
        Proof { sight, ..self.proof(round, None, verdict, None) }
    }

    /// A token: what it says, what the answers say, what is granted.
    async fn with_token(&self, expected: &Organisation, token: &Token, terms: &Terms) -> Proof {
        let tenant = expected.tenant;
        let claims = token.claims();
        let wanted = self.inner.permissions.rows.as_slice();
        let is_told =
            claims.as_ref().is_some_and(|c| wanted.iter().all(|p| c.roles.contains(p.value.as_str())));
        let granted = async { if is_told { None } else { Some(self.granted(tenant).await) } };
        let guid = TenantInput::Guid(tenant);
        let (discovered, organisation, users, granted) = tokio::join!(
            self.discover(&guid),
            self.organisation(expected),
            self.users_readable(tenant),
            granted
        );

        let found = Found { claims, organisation, users, granted };
        let now = self.inner.clock.now();
        let seen = self.note_known(tenant, found.missing(wanted).is_empty());
        let age = now.since(seen.known_since.unwrap_or(now));
        let hope = match terms.is_link_out {
            _ if self.is_partner(tenant) => ConsentOutlook::Own,
            _ if seen.was_unknown && age < SPREADING => ConsentOutlook::Soon,
            _ if seen.was_unknown && age < terms.spreading => ConsentOutlook::Late,
            // What was missing before the link went out is missing until it is there.
            _ if terms.consent.is_settled(now) || terms.consent.trouble.is_some() => ConsentOutlook::Settled,
            true if age < SPREADING => ConsentOutlook::Soon,
            _ => ConsentOutlook::None,
        };
        let granted = seen.granted_since.map(|at| terms.consent.granted.map_or(at, |known| known.min(at)));
        let is_over = granted.filter(|at| now.since(*at) >= terms.spreading).map(|_| terms.spreading);
        let mut round = Round::new(wanted);
        round.known = CheckState::Good;
        round.sign_in = CheckState::Good;
        let grant = found.grant(wanted, hope);
        round.fill(&found, wanted, &grant, discovered.err().as_ref());
        round.read(&found, &grant, is_over);

        if let Some(other) = found.other(tenant) {
            let failure = wrong_tenant(expected, &other);
            round.same = CheckState::Bad(failure);
            let proof = self.proof(round, None, Verdict::WrongTenant { found: other }, None);
            return Proof { sight: Some(Sight::Elsewhere), ..proof };
        }
        round.same_unless_bad(&found);
        let verdict = round.verdict(&grant);
        let missing = matches!(grant, Grant::Missing(_)).then(|| names(&found.missing(wanted)));
        let sight = found.sight(&self.inner.permissions, &grant);
        let organisation = found.organisation.ok();
        round.detail = organisation.as_ref().map(described).unwrap_or_default();
        Proof { missing, sight, ..self.proof(round, organisation, verdict, granted) }
    }

    fn proof(
        &self,
        round: Round,
        organisation: Option<Organisation>,
        verdict: Verdict,
        granted: Option<Moment>,
    ) -> Proof {
        let at = self.inner.clock.now();
        Proof { checks: round.into_checks(), organisation, verdict, granted, missing: None, sight: None, at }
    }

    /// Reads the tenant's own record (reference, section 7.2).
    pub(super) async fn organisation(&self, expected: &Organisation) -> Result<Organisation, Error> {
        let url = self.url(&["organization"], "$select=id,displayName,verifiedDomains,countryLetterCode");
        let answer = self.unproved(expected.tenant, &url, "the organisation's record").await?;
        read_organisation(&answer, expected).ok_or(Error::Malformed { what: "the organisation's record" })
    }

    /// Whether the list of users opens.
    async fn users_readable(&self, tenant: TenantId) -> Result<(), Error> {
        let url = self.url(&["users"], "$select=id&$top=1");
        let answer = self.unproved(tenant, &url, "the list of users").await?;
        let is_list = answer.get("value").is_some_and(Value::is_array);
        if is_list { Ok(()) } else { Err(Error::Malformed { what: "the list of users" }) }
    }

    /// Reads what is granted to us on Graph (reference, section 7.7); needs Application.Read.All.
    pub(super) async fn granted(&self, tenant: TenantId) -> Result<Granted, Error> {
        let (ours, graph) =
            tokio::join!(self.principal(tenant, &self.inner.client_id), self.principal(tenant, GRAPH_APP));
        let (Some(ours), Some(graph)) = (ours?, graph?) else { return Ok(Granted::default()) };
        let mut granted = Granted { is_off: ours.is_off, ..Granted::default() };
        let mut url = self.url(&["servicePrincipals", &ours.id.to_string(), "appRoleAssignments"], "");
        for _ in 0..MAX_PAGES {
            let answer = self.unproved(tenant, &url, "the list of permissions").await?;
            for row in answer.get("value").and_then(Value::as_array).into_iter().flatten() {
                // The same role exists on other resources too: only the pair counts (reference, section 7.7.3).
                if guid(row, "resourceId") == Some(graph.id) {
                    granted.roles.extend(guid(row, "appRoleId"));
                    let at = row.get("createdDateTime").and_then(Value::as_str).and_then(Moment::parse);
                    granted.newest = granted.newest.max(at);
                }
            }
            match answer.get("@odata.nextLink") {
                Some(Value::String(link)) if !link.is_empty() => url = self.follow(link)?,
                None | Some(Value::Null | Value::String(_)) => return Ok(granted),
                Some(_) => break,
            }
        }
        // A link that can't be read, or no end: what was not read may be what is missing.
        Err(Error::Malformed { what: "the list of permissions" })
    }

    /// An application's object in the tenant; none when it is not there.
    async fn principal(&self, tenant: TenantId, app: &str) -> Result<Option<Principal>, Error> {
        let url = self.url(
            &["servicePrincipals"],
            &format!("$filter=appId eq '{app}'&$select=id,appId,accountEnabled"),
        );
        let answer = self.unproved(tenant, &url, "an application's record").await?;
        let row = answer.get("value").and_then(Value::as_array).and_then(|list| list.first());
        Ok(row.and_then(|row| {
            let is_off = row.get("accountEnabled").and_then(Value::as_bool) == Some(false);
            Some(Principal { id: guid(row, "id")?, is_off })
        }))
    }
}

/// An application's object in a tenant.
struct Principal {
    id: Uuid,
    /// The customer switched its sign-in off.
    is_off: bool,
}

/// What is granted to us on Graph.
#[derive(Debug, Default)]
pub(super) struct Granted {
    is_off: bool,
    roles: BTreeSet<Uuid>,
    /// When the newest of them was granted.
    pub(super) newest: Option<Moment>,
}

/// The answers of one round.
struct Found {
    claims: Option<Claims>,
    organisation: Result<Organisation, Error>,
    users: Result<(), Error>,
    /// None: the token told everything.
    granted: Option<Result<Granted, Error>>,
}

/// Whether missing permissions may still come by themselves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ConsentOutlook {
    /// An administrator accepted within the last minutes, as far as this program knows.
    Soon,
    /// An administrator accepted while we watched, but longer ago: a grant of which nothing arrived is still on its
    /// way.
    Late,
    /// No administrator is known to have accepted.
    None,
    /// Everything was proved long ago, or something was missing before: what isn't there was taken back, or was never asked
    /// for.
    Settled,
    /// The partner's own organisation: our application lives there, so that a token and other permissions of ours say
    /// nothing about consent.
    Own,
}

/// Where the grant stands.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Grant {
    /// Every permission is there.
    Whole,
    /// Missing ones are still on their way.
    Spreading,
    /// Nothing is granted, and no administrator is known to have accepted.
    None,
    /// Some are missing for good.
    Missing(Failure),
    /// The customer switched the application off.
    Off(Failure),
}

impl Found {
    /// Whether a permission is proved.
    fn has(&self, permission: &Permission) -> bool {
        let in_token = self.claims.as_ref().is_some_and(|c| c.roles.contains(permission.value.as_str()));
        in_token || matches!(&self.granted, Some(Ok(granted)) if granted.roles.contains(&permission.role))
    }

    /// The permissions that are not proved.
    fn missing<'p>(&self, wanted: &'p [Permission]) -> Vec<&'p str> {
        wanted.iter().filter(|p| !self.has(p)).map(|p| p.value.as_str()).collect()
    }

    /// Judges the permissions.
    fn grant(&self, wanted: &[Permission], hope: ConsentOutlook) -> Grant {
        if matches!(&self.granted, Some(Ok(granted)) if granted.is_off) {
            return Grant::Off(Failure::new(
                FailureKind::Refused,
                "Backup365 is switched off in this organisation",
                "The customer's administrator switches it on: Entra admin center, Enterprise applications, Backup365, \
                 Properties, Enabled for users to sign in: Yes.",
            ));
        }
        let missing = self.missing(wanted);
        if missing.is_empty() {
            return Grant::Whole;
        }
        if hope == ConsentOutlook::Own {
            return Grant::None;
        }
        if missing.len() == wanted.len() && hope != ConsentOutlook::Settled {
            return if hope == ConsentOutlook::None { Grant::None } else { Grant::Spreading };
        }
        if hope == ConsentOutlook::Soon {
            return Grant::Spreading;
        }
        Grant::Missing(consent::missing(&names(&missing)))
    }

    /// What is seen of consent; nothing where that could not be read, or may still be on its way.
    fn sight(&self, set: &PermissionSet, grant: &Grant) -> Option<Sight> {
        let is_read = self.claims.is_some() || matches!(&self.granted, Some(Ok(_)));
        match grant {
            Grant::Off(_) => Some(Sight::Off),
            Grant::Spreading => None,
            Grant::Whole | Grant::None | Grant::Missing(_) => is_read.then(|| {
                let granted = set.known().filter(|row| self.has(row));
                Sight::Granted(granted.map(|row| row.value.clone()).collect())
            }),
        }
    }

    /// Another tenant that some answer names.
    fn other(&self, tenant: TenantId) -> Option<Organisation> {
        let from_record = self.organisation.as_ref().ok().filter(|o| o.tenant != tenant).cloned();
        let in_token = self.claims.as_ref().and_then(|c| c.tenant).filter(|named| *named != tenant);
        from_record.or_else(|| {
            in_token.map(|tenant| Organisation { tenant, name: None, domain: None, region: None })
        })
    }
}

/// Names, with commas between.
fn names(missing: &[&str]) -> Text {
    Text::clean(&missing.join(", "))
}

/// Both organisations, and how the customer takes the grant back (rule 2).
fn wrong_tenant(expected: &Organisation, other: &Organisation) -> Failure {
    Failure::new(
        FailureKind::Conflict,
        Text::of(format_args!(
            "Microsoft's answers are for {}, not for {}; nothing has been enabled",
            described(other).as_str(),
            described(expected).as_str()
        )),
        "In the other organisation its administrator removes Backup365: Entra admin center, Enterprise applications, \
         Backup365, Properties, Delete.",
    )
}

/// Name and last four.
fn described(organisation: &Organisation) -> Text {
    let four = organisation.tenant.last_four();
    match &organisation.name {
        Some(name) => Text::of(format_args!("{} (…{})", name.as_str(), four.as_str())),
        None => Text::of(format_args!("the organisation …{}", four.as_str())),
    }
}

/// Reads `/organization`: exactly one element.
pub(super) fn read_organisation(answer: &Value, expected: &Organisation) -> Option<Organisation> {
    let [row] = answer.get("value")?.as_array()?.as_slice() else { return None };
    let tenant: TenantId = row.get("id")?.as_str()?.parse().ok()?;
    let text = |value: Option<&Value>| {
        value.and_then(Value::as_str).map(Text::clean).filter(|text| !text.is_empty())
    };
    let default = row
        .get("verifiedDomains")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .find(|domain| domain.get("isDefault").and_then(Value::as_bool) == Some(true));
    let region = expected.region.clone().filter(|_| tenant == expected.tenant);
    Some(Organisation {
        tenant,
        name: text(row.get("displayName")),
        domain: text(default.and_then(|domain| domain.get("name"))),
        region,
    })
}

/// A member that is a GUID.
fn guid(row: &Value, key: &str) -> Option<Uuid> {
    row.get(key).and_then(Value::as_str).and_then(|text| Uuid::try_parse(text).ok())
}
