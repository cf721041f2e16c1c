//! The partner's customers as Microsoft lists them: delegated ones with their relationships, and resellers' contracts
//! (reference, section 8). The first two are for people alone.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Caller, Found, Refusal, query::Query};
use crate::sandbox::{
    answer::{Ask, instant},
    cloud,
    platform::{Platform, object_id},
    world::{Partnership, Tenant},
};

/// Rows on a page if `$top` does not say. A guess: the documents name no number.
const USUAL_PAGE: usize = 100;
/// Most rows on a page of delegated customers.
const MOST: usize = 300;
/// Milliseconds of a day.
const DAY: i64 = 24 * 3_600_000;
/// Days from the world's beginning to the first end of a relationship; the others end a day later each.
const USUAL_END: i64 = 200;
/// Name of the relationship that each delegated customer has.
pub(super) const USUAL_NAME: &str = "Backup onboarding";

/// Answers `/tenantRelationships/delegatedAdminCustomers`.
pub(super) fn customers(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    delegated(platform, caller)?;
    let rows = listed(platform, caller, Partnership::Delegated).map(|tenant| {
        json!({
            "@odata.type": "#microsoft.graph.delegatedAdminCustomer", "@odata.etag": "W/\"JyI0\"", "id": tenant.id,
            "tenantId": tenant.id, "displayName": tenant.name,
        })
    });
    page(platform, ask, caller, ("tenantRelationships/delegatedAdminCustomers", MOST), rows.collect())
}

/// Answers `/tenantRelationships/delegatedAdminRelationships`.
pub(super) fn relationships(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    delegated(platform, caller)?;
    let mut rows = Vec::new();
    let began = platform.with_state(|state| state.began)?.unwrap_or_default();
    for (day, tenant) in (USUAL_END..).zip(listed(platform, caller, Partnership::Delegated)) {
        let days = caller.faults.delegation_ends.and_then(|days| i64::try_from(days).ok()).unwrap_or(day);
        rows.push(relationship(tenant, USUAL_NAME, "active", began + days * DAY));
        // Microsoft's own, made when an older kind of rights was led over; and what is over, or was ended.
        match day % 4 {
            0 => rows.push(relationship(tenant, "MLT_Backup", "active", began + 700 * DAY)),
            1 => rows.push(relationship(tenant, "Backup trial", "expired", began - 9 * DAY)),
            2 => rows.push(relationship(tenant, "Helpdesk", "terminated", began + 600 * DAY)),
            _ => {
                let mut indirect =
                    relationship(tenant, "Reseller onboarding", "active", began + (days - 5) * DAY);
                put(
                    &mut indirect,
                    "@odata.type",
                    json!("#microsoft.graph.resellerDelegatedAdminRelationship"),
                );
                put(&mut indirect, "isPartnerConsentPending", json!(false));
                put(&mut indirect, "indirectProviderTenantId", json!(platform.world.partner.tenant));
                rows.push(indirect);
            }
        }
    }
    if let Some(any) = rows.first().filter(|_| !caller.faults.no_delegation) {
        let mut pending = any.clone();
        put(&mut pending, "id", json!(object_id(&platform.world.partner.tenant, "not approved yet")));
        put(&mut pending, "displayName", json!("Not approved yet"));
        put(&mut pending, "status", json!("approvalPending"));
        for name in ["customer", "activatedDateTime", "endDateTime"] {
            put(&mut pending, name, Value::Null);
        }
        rows.push(pending);
    }
    page(platform, ask, caller, ("tenantRelationships/delegatedAdminRelationships", MOST), rows)
}

/// Answers `/contracts`.
pub(super) fn contracts(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    if !caller.may(&["Directory.Read.All"]) || !is_of_partner(platform, caller) {
        return Err(Refusal::forbidden());
    }
    let rows = listed(platform, caller, Partnership::Contract).map(|tenant| {
        json!({
            "id": object_id(&tenant.id, "contract"), "deletedDateTime": null, "contractType": "ResellerPartner",
            "customerId": tenant.id, "defaultDomainName": tenant.domain, "displayName": tenant.name,
        })
    });
    page(platform, ask, caller, ("contracts", 999), rows.collect())
}

/// One relationship that ends at this moment, milliseconds since 1970 UTC.
fn relationship(tenant: &Tenant, name: &str, status: &str, ends: i64) -> Value {
    let made = instant(ends.saturating_sub(365 * DAY));
    json!({
        "@odata.type": "#microsoft.graph.delegatedAdminRelationship", "@odata.etag": "W/\"JyI1\"",
        "id": object_id(&tenant.id, name), "displayName": name, "duration": "P365D", "status": status,
        "customer": {"tenantId": tenant.id, "displayName": tenant.name},
        "accessDetails": {"unifiedRoles": [{"roleDefinitionId": "fe930be7-5e62-47db-91af-98c3a49a38b1"}]},
        "autoExtendDuration": "PT0S", "createdDateTime": made, "lastModifiedDateTime": made, "activatedDateTime": made,
        "endDateTime": instant(ends),
    })
}

/// Sets a member.
fn put(row: &mut Value, name: &str, value: Value) {
    if let Some(members) = row.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

/// Whether somebody of the partner asks.
fn is_of_partner(platform: &Platform, caller: &Caller) -> bool {
    caller.tid == platform.world.partner.tenant && !caller.faults.no_partner_role
}

/// Refuses applications, people of others, and people without the right; only the global cloud has these lists.
pub(super) fn delegated(platform: &Platform, caller: &Caller) -> Result<(), Refusal> {
    if platform.world.home != cloud::global() {
        return Err(super::no_segment("tenantRelationships"));
    }
    let may = caller.person.is_some()
        && is_of_partner(platform, caller)
        && caller.may(&["DelegatedAdminRelationship.Read.All"]);
    may.then_some(()).ok_or_else(Refusal::forbidden)
}

/// The customers of one kind, in the world's order.
fn listed<'a>(
    platform: &'a Platform,
    caller: &'a Caller,
    kind: Partnership,
) -> impl Iterator<Item = &'a Arc<Tenant>> {
    let is_none = kind == Partnership::Delegated && caller.faults.no_delegation;
    platform.world.tenants.iter().filter(move |tenant| {
        let has = tenant.partnership == kind || tenant.partnership == Partnership::Both;
        let is_left_out = caller.faults.not_listed.as_ref() == Some(&tenant.name);
        has && !is_none && !is_left_out && platform.cloud_of(tenant) == platform.world.home
    })
}

/// One page of a list: which list, and most rows of a page.
fn page(
    platform: &Platform,
    ask: &Ask,
    caller: &Caller,
    (path, most): (&str, usize),
    rows: Vec<Value>,
) -> Result<Found, Refusal> {
    let query = Query::of(ask, &["$select", "$top", "$skiptoken"])?;
    if query.top.is_some_and(|top| top > most) {
        return Err(Refusal::bad(format!(
            "Invalid page size specified. Must be between 1 and {most} inclusive."
        )));
    }
    if let Some(seconds) = caller.faults.throttle
        && platform.due(format!("throttle {path}"))
    {
        return Err(Refusal::throttled(seconds));
    }
    let size = query.top.unwrap_or(USUAL_PAGE);
    let bad = || Refusal::bad("The skip token is not valid.");
    let from = match &query.skip_token {
        None => 0,
        Some(token) => {
            let content = platform.keys.open(token).filter(|it| it.get("k") == Some(&json!(path)));
            let place = content.and_then(|it| it.get("p").and_then(Value::as_u64)).ok_or_else(bad)?;
            usize::try_from(place).map_err(|_large| bad())?
        }
    };
    let is_last = from + size >= rows.len();
    let mut body = json!({"@odata.context": format!("{}/$metadata#{path}", caller.root)});
    if !is_last {
        let token = platform.keys.seal(&json!({"k": path, "p": from + size})).ok_or_else(Refusal::busy)?;
        let root = if caller.faults.evil_next {
            format!("https://{}.collector.example/v1.0", platform.world.home.graph)
        } else {
            caller.root.clone()
        };
        let separator = if query.rest.is_empty() { "" } else { "&" };
        put(
            &mut body,
            "@odata.nextLink",
            json!(format!("{root}/{path}?{}{separator}$skiptoken={token}", query.rest)),
        );
    }
    put(&mut body, "value", rows.into_iter().skip(from).take(size).collect());
    Ok(Found::json(&body, 3))
}
