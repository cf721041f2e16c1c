//! Reads the registration of our own application in the partner's own directory.

use serde_json::Value;
use uuid::Uuid;

use super::{Graph, proof::GRAPH_APP};
use crate::{
    domain::{
        failure::Failure,
        registration::{ReadRegistration, Registration},
        text::Text,
    },
    provider::error::Error,
};

/// What is read of it.
const FIELDS: &str = "id,appId,displayName,signInAudience,requiredResourceAccess,web";

impl Graph {
    /// The registration, with a token of the partner's own tenant. It takes Application.Read.All there
    /// (`application-list` of Graph's reference); without it Graph's 403 is an answer.
    ///
    /// # Errors
    /// `Refused`, `Unreachable` and the like. Writes nothing.
    pub async fn registration(&self) -> Result<ReadRegistration, Failure> {
        let inner = &*self.inner;
        let query = format!("$filter=appId eq '{}'&$select={FIELDS}", inner.client_id);
        let url = self.url(&["applications"], &query);
        match self.object(inner.partner, &url, "the registration of our application").await {
            Ok(answer) => {
                let row = answer.get("value").and_then(Value::as_array).and_then(|rows| rows.first());
                Ok(row.map_or(ReadRegistration::Missing, |row| ReadRegistration::Read(Box::new(read(row)))))
            }
            // Graph's own refusals have a code.
            Err(Error::Graph { status: 403, code, .. }) if !code.is_empty() => {
                Ok(ReadRegistration::NotAllowed)
            }
            Err(error) => Err(error.failure_of_our_own("reading the registration of your application")),
        }
    }
}

/// Reads it leniently: what is odd is left out.
fn read(row: &Value) -> Registration {
    let text = |row: &Value, key: &str| Text::clean(row.get(key).and_then(Value::as_str).unwrap_or_default());
    let list = |row: &Value, key: &str| row.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let of_graph = list(row, "requiredResourceAccess");
    let of_graph = of_graph.iter().filter(|resource| {
        resource
            .get("resourceAppId")
            .and_then(Value::as_str)
            .is_some_and(|id| id.eq_ignore_ascii_case(GRAPH_APP))
    });
    let role = |access: &Value| {
        let is_role = access.get("type").and_then(Value::as_str) == Some("Role");
        is_role.then(|| access.get("id")?.as_str()?.parse::<Uuid>().ok()).flatten()
    };
    Registration {
        name: text(row, "displayName"),
        audience: text(row, "signInAudience"),
        roles: of_graph
            .flat_map(|resource| list(resource, "resourceAccess"))
            .filter_map(|access| role(&access))
            .collect(),
        redirects: row
            .get("web")
            .map(|web| list(web, "redirectUris"))
            .unwrap_or_default()
            .iter()
            .filter_map(|page| page.as_str().map(Text::clean))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_registration_is_read_and_what_is_odd_in_it_is_left_out() {
        let user_read = "df021288-bdef-4463-88db-98f22de89214";
        let read = read(&json!({
            "displayName": "Backup365", "signInAudience": "AzureADMyOrg",
            "requiredResourceAccess": [
                {"resourceAppId": GRAPH_APP, "resourceAccess": [
                    {"id": user_read, "type": "Role"}, {"id": user_read, "type": "Scope"}, {"id": 3, "type": "Role"}, 4,
                ]},
                {"resourceAppId": "00000002-0000-0ff1-ce00-000000000000", "resourceAccess": [{"id": user_read, "type": "Role"}]},
            ],
            "web": {"redirectUris": ["https://www.example.com/done", 5]},
        }));
        assert_eq!(
            read,
            Registration {
                name: "Backup365".into(),
                audience: "AzureADMyOrg".into(),
                roles: vec![user_read.parse().unwrap()],
                redirects: vec!["https://www.example.com/done".into()],
            }
        );
        assert_eq!(super::read(&json!("odd")), Registration::default());
    }
}
