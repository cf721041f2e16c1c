//! Whether the operator may accept for a customer: reads the partner's own organisation, and nothing of the customer's.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{OwnRight, text, writing};
use crate::{
    domain::{
        failure::Failure,
        id::TenantId,
        own_right::{self, Assignment, Relationship},
        text::Text,
    },
    provider::{
        graph::{
            delegated::{self, Delegated},
            refused,
        },
        http::Method,
        oauth::operator::NotHeard,
    },
};

/// What reading relationships, and whose groups one is in, needs in the partner's own organisation.
const OF_RELATIONSHIPS: [&str; 1] = ["DelegatedAdminRelationship.Read.All"];
const OF_GROUPS: [&str; 1] = ["Directory.Read.All"];

impl OwnRight {
    /// The name of the relationship by which the operator may grant there. Reads the partner's own organisation alone.
    ///
    /// # Errors
    /// `Refused`: nobody is signed in, or [`own_right::held`] says why not. `Unreachable` and the like.
    pub async fn held(&self, tenant: TenantId) -> Result<Text, Failure> {
        const TRIED: &str = "looking for your own right in the organisation";
        let told = |error: NotHeard, needed: &[&str]| delegated::failure(&error, TRIED, needed);
        let home = self.of_graph(self.person.home())?;
        let relationships =
            self.relationships(&home, tenant).await.map_err(|error| told(error, &OF_RELATIONSHIPS))?;
        let groups = own_right::groups(&relationships);
        let mine = self.of_mine(&home, &groups).await.map_err(|error| told(error, &OF_GROUPS))?;
        own_right::held(&relationships, &mine)
    }

    /// The relationships with a customer, with who holds their roles.
    async fn relationships(&self, home: &Delegated, tenant: TenantId) -> Result<Vec<Relationship>, NotHeard> {
        const WHAT: &str = "the list of delegated admin relationships";
        let all = home.url(&["tenantRelationships", "delegatedAdminRelationships"], "");
        let rows = home.list((all, WHAT), &OF_RELATIONSHIPS, &|_rows| ()).await?;
        let mut found = Vec::new();
        for row in rows.iter().filter(|row| is_with(row, tenant)) {
            let (Some(id), is_active) = (text(row, "id"), text(row, "status") == Some("active")) else {
                continue;
            };
            // What is not active gives nobody anything.
            let assignments = if is_active { self.assignments(home, id).await? } else { Vec::new() };
            let name = Text::clean(text(row, "displayName").unwrap_or_default());
            found.push(Relationship { name, is_active, assignments });
        }
        Ok(found)
    }

    async fn assignments(&self, home: &Delegated, id: &str) -> Result<Vec<Assignment>, NotHeard> {
        let path = ["tenantRelationships", "delegatedAdminRelationships", id, "accessAssignments"];
        let of = (home.url(&path, ""), "who holds the roles of a relationship");
        let rows = home.list(of, &OF_RELATIONSHIPS, &|_rows| ()).await?;
        Ok(rows.iter().filter_map(assignment).collect())
    }

    /// Which of these groups the operator is a member of, also through other groups.
    async fn of_mine(&self, home: &Delegated, groups: &BTreeSet<&str>) -> Result<BTreeSet<String>, NotHeard> {
        let mut mine = BTreeSet::new();
        // Graph takes twenty at once (directoryobject-checkmembergroups of its reference).
        for some in groups.iter().collect::<Vec<_>>().chunks(20) {
            let url = home.url(&["me", "checkMemberGroups"], "");
            let call = writing(Method::Post, &url, Some(&json!({ "groupIds": some })));
            let answer = home.send(call, &OF_GROUPS, &|_wait| ()).await?;
            if answer.status != 200 {
                return Err(refused(&self.clock, &answer).into());
            }
            let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            let named = body.get("value").and_then(Value::as_array).into_iter().flatten();
            mine.extend(named.filter_map(|id| id.as_str().map(str::to_owned)));
        }
        Ok(mine)
    }
}

/// Whether a relationship is with this customer; before they approve it, it names none.
fn is_with(row: &Value, tenant: TenantId) -> bool {
    let named = row.pointer("/customer/tenantId").and_then(Value::as_str);
    named.and_then(|named| named.parse::<TenantId>().ok()) == Some(tenant)
}

/// One assignment, where it is for a group.
fn assignment(row: &Value) -> Option<Assignment> {
    let roles = row.pointer("/accessDetails/unifiedRoles").and_then(Value::as_array).into_iter().flatten();
    Some(Assignment {
        group: row.pointer("/accessContainer/accessContainerId")?.as_str()?.to_owned(),
        is_active: text(row, "status") == Some("active"),
        roles: roles.filter_map(|role| text(role, "roleDefinitionId")?.parse().ok()).collect(),
    })
}
