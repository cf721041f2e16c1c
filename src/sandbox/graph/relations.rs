//! The organisation, its licences, service principals with their grants, and what is public about other tenants.

use serde_json::{Value, json};

use super::{
    Caller, Found, Refusal, operators,
    query::{Query, select},
    tenant, writes,
};
use crate::sandbox::{
    answer::{Ask, instant, value},
    application::{PRINCIPALS, of},
    cloud,
    licence::{self, Sku},
    platform::{Consent, Platform, object_id},
    role::{GRAPH, Role, known_roles, role},
};

/// When every sandbox organisation was made.
const MADE: &str = "2019-05-02T08:11:40Z";

/// Answers `/organization`.
pub(super) fn organization(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    // With User.Read a person may read the name and the domains alone.
    let is_short = !caller.may(&["Organization.Read.All", "Directory.Read.All"]);
    if is_short && !(caller.person.is_some() && caller.may(&["User.Read"])) {
        return Err(Refusal::forbidden());
    }
    let mut tenant = tenant(caller)?;
    if let Some(other) = caller.faults.other_organization.as_ref().and_then(|id| platform.world.tenant(id)) {
        tenant = other;
    }
    let plans: Vec<Value> = skus_of(tenant)
        .flat_map(|sku| &sku.plans)
        .map(|plan| {
            json!({
                "assignedDateTime": "2024-02-01T07:00:00Z", "capabilityStatus": "Enabled", "service": plan.service,
                "servicePlanId": plan.id,
            })
        })
        .collect();
    let mut organization = json!({
        "id": tenant.id, "deletedDateTime": null, "displayName": tenant.name, "tenantType": "AAD",
        "countryLetterCode": tenant.country, "createdDateTime": MADE, "onPremisesSyncEnabled": null, "assignedPlans": plans,
        "verifiedDomains": [
            {"capabilities": "Email, OfficeCommunicationsOnline", "isDefault": false, "isInitial": true, "name": tenant.initial, "type": "Managed"},
            {"capabilities": "Email", "isDefault": true, "isInitial": false, "name": tenant.domain, "type": "Managed"},
        ],
        "technicalNotificationMails": [], "businessPhones": [], "city": null, "country": null, "state": null, "street": null,
        "postalCode": null, "preferredLanguage": "en", "provisionedPlans": [], "partnerTenantType": null,
    });
    if let (true, Some(members)) = (is_short, organization.as_object_mut()) {
        for (name, value) in members {
            if !["id", "displayName", "verifiedDomains"].contains(&name.as_str()) {
                *value = if value.is_array() { json!([]) } else { Value::Null };
            }
        }
    }
    let organization = select(ask, "organization", organization)?;
    Ok(Found::list(caller, "organization", &json!([organization]), 1))
}

/// Licences of a tenant, the one without a mailbox included where somebody has it.
fn skus_of(tenant: &crate::sandbox::world::Tenant) -> impl Iterator<Item = &'static Sku> {
    let extra = (tenant.crowd.unlicensed > 0).then_some(licence::WITHOUT_MAILBOX);
    let parts: Vec<&str> = tenant.skus.iter().map(String::as_str).chain(extra).collect();
    let named: Vec<&'static Sku> = parts.into_iter().filter_map(licence::sku).collect();
    named.into_iter()
}

/// Service plans inside a licence.
pub(super) fn plans(sku: &Sku) -> Vec<Value> {
    let row = |plan: &licence::Plan| json!({"servicePlanId": plan.id, "servicePlanName": plan.name, "provisioningStatus": "Success", "appliesTo": "User"});
    sku.plans.iter().map(row).collect()
}

/// Answers `/subscribedSkus`.
pub(super) fn skus(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    if !caller.may(&["Organization.Read.All", "Directory.Read.All", "LicenseAssignment.Read.All"]) {
        return Err(Refusal::forbidden());
    }
    Query::of(ask, &["$select"])?;
    let tenant = tenant(caller)?;
    let used = platform.directory(tenant)?.licences();
    let mut rows = Vec::new();
    for sku in licence::skus()
        .filter(|sku| used.contains_key(sku.part) || skus_of(tenant).any(|own| own.part == sku.part))
    {
        let consumed = used.get(sku.part).copied().unwrap_or_default();
        let row = json!({
            "id": format!("{}_{}", tenant.id, sku.id), "accountId": tenant.id,
            "accountName": tenant.initial.split('.').next().unwrap_or_default(), "appliesTo": "User",
            "capabilityStatus": "Enabled", "consumedUnits": consumed,
            "prepaidUnits": {"enabled": consumed + u64::from(tenant.spare), "suspended": 0, "warning": 0, "lockedOut": 0},
            "skuId": sku.id, "skuPartNumber": sku.part, "servicePlans": plans(sku),
            "subscriptionIds": [object_id(&tenant.id, sku.part)],
        });
        rows.push(select(ask, "subscribedSku", row)?);
    }
    Ok(Found::list(caller, "subscribedSkus", &rows.into(), 3))
}

/// Refuses callers that may not read applications.
pub(super) fn may_read(caller: &Caller) -> Result<(), Refusal> {
    let any = ["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"];
    caller.may(&any).then_some(()).ok_or_else(Refusal::forbidden)
}

/// Service principals of the caller's tenant: ours where it was consented to, Graph's, and those that were made here.
pub(super) fn present(platform: &Platform, caller: &Caller) -> Result<Vec<Value>, Refusal> {
    let partner = &platform.world.partner;
    let ours = match &caller.tenant {
        Some(_) if platform.faults(None).unregistered => false,
        Some(tenant) => platform.world.is_own(tenant) || platform.consent(tenant)? != Consent::Missing,
        None => true,
    };
    let mut rows = Vec::new();
    if ours {
        rows.push(json!({
            "id": object_id(&caller.tid, "service principal"), "deletedDateTime": null, "appId": partner.client_id,
            "displayName": partner.app_name, "appDisplayName": partner.app_name, "accountEnabled": true,
            "appOwnerOrganizationId": partner.tenant, "servicePrincipalType": "Application", "appRoles": [],
            "appRoleAssignmentRequired": false, "signInAudience": "AzureADMultipleOrgs",
        }));
    }
    let roles: Vec<Value> = known_roles()
        .map(|role| {
            json!({
                "allowedMemberTypes": ["Application"], "description": role.words, "displayName": role.words, "id": role.id,
                "isEnabled": true, "origin": "Application", "value": role.value,
            })
        })
        .collect();
    rows.push(json!({
        "id": object_id(&caller.tid, "Microsoft Graph"), "deletedDateTime": null, "appId": GRAPH, "displayName": "Microsoft Graph",
        "appDisplayName": "Microsoft Graph", "accountEnabled": true,
        "appOwnerOrganizationId": "f8cdef31-a31e-4b4a-93e4-5f571e91255a", "servicePrincipalType": "Application", "appRoles": roles,
        "appRoleAssignmentRequired": false, "signInAudience": "AzureADMultipleOrgs",
    }));
    rows.extend(operators::principal(platform, caller));
    rows.extend(writes::objects(platform, tenant(caller)?, PRINCIPALS)?);
    Ok(rows)
}

/// Answers `/servicePrincipals`.
pub(super) fn principals(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    may_read(caller)?;
    let pairs = ask.pairs();
    let wanted = match value(&pairs, "$filter") {
        None => None,
        Some(filter) => {
            Some(app_id(filter).ok_or_else(|| Refusal::bad(format!("Invalid filter clause: {filter}")))?)
        }
    };
    let mut rows = Vec::new();
    for row in present(platform, caller)? {
        let fits = wanted.is_none_or(|id| {
            row.get("appId").and_then(Value::as_str).is_some_and(|it| it.eq_ignore_ascii_case(id))
        });
        if fits {
            rows.push(select(ask, "servicePrincipal", row)?);
        }
    }
    Ok(Found::list(caller, "servicePrincipals", &rows.into(), 1))
}

/// The partner's own application, in its own tenant. Whether an application may read itself there with the rights that a
/// partner gives it is UNCONFIRMED: the fault `secret-ends` lets it, and without it the role decides.
pub(super) fn own_application(platform: &Platform, caller: &Caller) -> Option<Value> {
    let partner = &platform.world.partner;
    let ends = caller.faults.secret_ends.as_deref().unwrap_or("2099-12-31");
    caller
        .tenant
        .as_ref()
        .filter(|tenant| platform.world.is_own(tenant) && !platform.faults(None).unregistered)?;
    let asked = caller.faults.asked(&partner.permissions);
    let asked = asked.iter().filter_map(|value| role(value));
    let access: Vec<Value> = asked.map(|role| json!({"id": role.id, "type": "Role"})).collect();
    let audience = if caller.faults.single_tenant { "AzureADMyOrg" } else { "AzureADMultipleOrgs" };
    Some(json!({
        "id": object_id(&caller.tid, "application"), "deletedDateTime": null, "appId": partner.client_id,
        "displayName": partner.app_name, "signInAudience": audience, "createdDateTime": MADE,
        "requiredResourceAccess": [{"resourceAppId": GRAPH, "resourceAccess": access}],
        "web": {"homePageUrl": null, "logoutUrl": null, "redirectUris": partner.redirects},
        "publicClient": {"redirectUris": []}, "spa": {"redirectUris": []}, "isFallbackPublicClient": null,
        "identifierUris": [], "appRoles": [], "keyCredentials": [],
        "passwordCredentials": [{
            "customKeyIdentifier": null, "displayName": "sandbox", "endDateTime": format!("{ends}T00:00:00Z"),
            "hint": partner.secret.chars().take(3).collect::<String>(), "keyId": object_id(&caller.tid, "secret"),
            "secretText": null, "startDateTime": MADE,
        }],
    }))
}

/// The id in `appId eq '…'`.
fn app_id(filter: &str) -> Option<&str> {
    filter
        .trim()
        .strip_prefix("appId")?
        .trim_start()
        .strip_prefix("eq")?
        .trim()
        .strip_prefix('\'')?
        .strip_suffix('\'')
}

/// A service principal by object id, or by application id.
pub(super) fn principal(platform: &Platform, ask: &Ask, caller: &Caller, id: &str) -> Result<Found, Refusal> {
    may_read(caller)?;
    let found = present(platform, caller)?.into_iter().find(|row| {
        let names = |member: &str| row.get(member).and_then(Value::as_str) == Some(id);
        names("id") || names("appId")
    });
    let row = select(ask, "servicePrincipal", found.ok_or_else(|| Refusal::missing(id))?)?;
    Ok(Found::json(&writes::entity(caller, PRINCIPALS, row), 1))
}

/// Answers `/servicePrincipals/{id}/appRoleAssignments`.
pub(super) fn assignments(platform: &Platform, caller: &Caller, id: &str) -> Result<Found, Refusal> {
    may_read(caller)?;
    if !present(platform, caller)?.iter().any(|row| row.get("id").and_then(Value::as_str) == Some(id)) {
        return Err(Refusal::missing(id));
    }
    Ok(Found::list(caller, "appRoleAssignments", &assigned(platform, caller, id)?.into(), 2))
}

/// Roles of a service principal of the caller's tenant, as the collection shows them.
pub(super) fn assigned(platform: &Platform, caller: &Caller, id: &str) -> Result<Vec<Value>, Refusal> {
    let tenant = tenant(caller)?;
    if id != object_id(&caller.tid, "service principal") {
        return writes::assigned(platform, caller, id);
    }
    let partner = &platform.world.partner;
    let mut roles = if platform.world.is_own(tenant) { partner.own_permissions.clone() } else { Vec::new() };
    if let Consent::Spreading(granted) | Consent::Working(granted) = platform.consent(tenant)? {
        roles.extend(granted);
    }
    let created = platform.grant(tenant)?.map_or_else(|| MADE.to_owned(), |grant| instant(grant.at));
    let rows = roles.iter().filter_map(|value| role(value));
    let to = Assignment { principal: id, name: &partner.app_name, kind: "ServicePrincipal" };
    Ok(rows.map(|role| assignment(&caller.tid, to, of_graph(&caller.tid, role), &created)).collect())
}

/// To whom a role is assigned.
#[derive(Clone, Copy)]
pub(in crate::sandbox) struct Assignment<'a> {
    /// Object id.
    pub(in crate::sandbox) principal: &'a str,
    /// Name.
    pub(in crate::sandbox) name: &'a str,
    /// `ServicePrincipal` or `User`.
    pub(in crate::sandbox) kind: &'a str,
}

impl<'a> Assignment<'a> {
    /// To an enterprise application.
    pub(in crate::sandbox) fn of_principal(row: &'a Value) -> Self {
        Self { principal: of(row, "id"), name: of(row, "displayName"), kind: "ServicePrincipal" }
    }
}

/// A role of Graph as it is assigned: resource, its name, role.
pub(in crate::sandbox) fn of_graph(tid: &str, role: &Role) -> (String, String, String) {
    (object_id(tid, "Microsoft Graph"), "Microsoft Graph".to_owned(), role.id.to_owned())
}

/// One assignment of a role of a resource, since a moment.
pub(in crate::sandbox) fn assignment(
    tid: &str,
    to: Assignment<'_>,
    (resource, resource_name, role): (String, String, String),
    created: &str,
) -> Value {
    json!({
        "id": object_id(&format!("{tid} {}", to.principal), &format!("{resource} {role}")), "deletedDateTime": null,
        "createdDateTime": created, "appRoleId": role, "principalDisplayName": to.name, "principalId": to.principal,
        "principalType": to.kind, "resourceDisplayName": resource_name, "resourceId": resource,
    })
}

/// Answers `findTenantInformationByTenantId(tenantId='…')` and `findTenantInformationByDomainName(domainName='…')`.
pub(super) fn tenant_information(platform: &Platform, caller: &Caller, call: &str) -> Result<Found, Refusal> {
    if !caller.may(&["CrossTenantInformation.ReadBasic.All"]) {
        return Err(Refusal::forbidden());
    }
    let argument = |function: &str, name: &str| {
        let inside = call.strip_prefix(function)?.strip_prefix('(')?.strip_suffix(')')?;
        let text = inside
            .trim()
            .strip_prefix(name)?
            .trim_start()
            .strip_prefix('=')?
            .trim()
            .strip_prefix('\'')?
            .strip_suffix('\'')?;
        Some(text.replace("''", "'"))
    };
    let by_id = argument("findTenantInformationByTenantId", "tenantId");
    let by_domain = argument("findTenantInformationByDomainName", "domainName");
    let Some(word) = by_id.clone().or(by_domain) else { return Err(super::no_segment(call)) };
    if by_id.is_some() && !crate::sandbox::platform::is_guid(&word) {
        return Err(Refusal::bad(format!("'{word}' is not a valid tenant id.")));
    }
    // Only the global cloud has it.
    if platform.world.home != cloud::global() {
        return Err(super::no_segment(call));
    }
    let found = platform.world.tenant(&word).filter(|_| platform.abroad(&word).is_none());
    let found = found.ok_or_else(|| Refusal::missing(&word))?;
    let (id, name, domain) = (&found.id, &found.name, &found.domain);
    let information = json!({
        "@odata.context": format!("{}/$metadata#microsoft.graph.tenantInformation", caller.root),
        "tenantId": id, "federationBrandName": null, "displayName": name, "defaultDomainName": domain,
    });
    Ok(Found::json(&information, 1))
}
