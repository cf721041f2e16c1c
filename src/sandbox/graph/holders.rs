//! Who holds the roles of a delegated admin relationship: groups of the partner's, and who is a member of them.

use serde_json::{Value, json};

use super::{Caller, Found, Refusal, partner};
use crate::sandbox::{
    answer::Ask,
    partner_center::{group, is_member, relationship},
    platform::{Platform, object_id},
};

/// Answers `/tenantRelationships/delegatedAdminRelationships/{id}/accessAssignments`.
pub(super) fn assignments(platform: &Platform, caller: &Caller, id: &str) -> Result<Found, Refusal> {
    partner::delegated(platform, caller)?;
    let mut tenants = platform.world.tenants.iter();
    let held = tenants.find(|tenant| object_id(&tenant.id, partner::USUAL_NAME) == id);
    let role = held.and_then(|tenant| relationship(platform, tenant));
    let rows: Vec<Value> = role
        .into_iter()
        .map(|role| {
            json!({
                "@odata.etag": "W/\"JyI2\"", "id": object_id(id, "assignment"), "status": "active",
                "accessContainer": {"accessContainerId": group(platform), "accessContainerType": "securityGroup"},
                "accessDetails": {"unifiedRoles": [{"roleDefinitionId": role}]},
            })
        })
        .collect();
    let context = format!("tenantRelationships/delegatedAdminRelationships('{id}')/accessAssignments");
    Ok(Found::list(caller, &context, &rows.into(), 1))
}

/// Answers `POST /me/checkMemberGroups`.
pub(super) fn member_groups(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    let account = caller.person.as_ref().and_then(|address| platform.world.account(address));
    let (_, account) = account.ok_or_else(Refusal::forbidden)?;
    if !caller.may(&["Directory.Read.All", "GroupMember.Read.All"]) {
        return Err(Refusal::forbidden());
    }
    let body: Value = serde_json::from_slice(&ask.body).unwrap_or_default();
    let asked = body.get("groupIds").and_then(Value::as_array);
    let asked = asked.filter(|ids| ids.len() <= 20).ok_or_else(|| Refusal::bad("groupIds can't be used."))?;
    let mine: Vec<Value> =
        asked.iter().filter(|id| is_member(account) && **id == group(platform).as_str()).cloned().collect();
    Ok(Found::list(caller, "Collection(Edm.String)", &mine.into(), 1))
}
