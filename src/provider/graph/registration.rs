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
const FIELDS: &str = "id,appId,displayName,signInAudience,requiredResourceAccess,web,publicClient,\
                      isFallbackPublicClient,appRoles,passwordCredentials,keyCredentials";

impl Graph {
    /// The registration, with a token of the partner's own tenant. It takes Application.Read.All there
    /// (`application-list` of Graph's reference); without it Graph's 403 is an answer.
    ///
    /// # Errors
    /// `Refused`, `Unreachable` and the like. Writes nothing.
    pub async fn registration(&self) -> Result<ReadRegistration, Failure> {
        self.registration_of(&self.inner.client_id).await
    }

    /// The registration of another application of the partner's own tenant.
    ///
    /// # Errors
    /// As [`Graph::registration`].
    pub async fn staff_registration(&self, client_id: Uuid) -> Result<ReadRegistration, Failure> {
        self.registration_of(&client_id.hyphenated().to_string()).await
    }

    /// Whether another application has its enterprise application in the partner's own tenant: there its roles are
    /// assigned.
    ///
    /// # Errors
    /// As [`Graph::registration`]; a refusal too.
    pub async fn is_instated(&self, client_id: Uuid) -> Result<bool, Failure> {
        let query = format!("$filter=appId eq '{}'&$select=id,appId", client_id.hyphenated());
        let url = self.url(&["servicePrincipals"], &query);
        let answer =
            self.object(self.inner.partner, &url, "the enterprise applications of our organisation").await;
        let answer = answer
            .map_err(|error| error.failure_of_our_own("reading the enterprise application of your staff"))?;
        Ok(answer.get("value").and_then(Value::as_array).is_some_and(|rows| !rows.is_empty()))
    }

    async fn registration_of(&self, client_id: &str) -> Result<ReadRegistration, Failure> {
        let inner = &*self.inner;
        let query = format!("$filter=appId eq '{client_id}'&$select={FIELDS}");
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
    let list = |row: &Value, key: &str| row.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let asked: Vec<(bool, Value)> = list(row, "requiredResourceAccess")
        .iter()
        .flat_map(|resource| {
            let whose = resource.get("resourceAppId").and_then(Value::as_str).unwrap_or_default();
            let is_of_graph = whose.eq_ignore_ascii_case(GRAPH_APP);
            list(resource, "resourceAccess").into_iter().map(move |access| (is_of_graph, access))
        })
        .collect();
    let of_kind = |kind: &str, access: &Value| {
        let is_it = access.get("type").and_then(Value::as_str) == Some(kind);
        is_it.then(|| access.get("id")?.as_str()?.parse::<Uuid>().ok()).flatten()
    };
    let texts = |rows: Vec<Value>| rows.iter().filter_map(|row| row.as_str().map(Text::clean)).collect();
    let redirects = |of: &str| row.get(of).map(|of| list(of, "redirectUris")).unwrap_or_default();
    let text = |row: &Value, key: &str| Text::clean(row.get(key).and_then(Value::as_str).unwrap_or_default());
    let of_graph = asked.iter().filter(|(is_of_graph, _)| *is_of_graph);
    Registration {
        name: text(row, "displayName"),
        audience: text(row, "signInAudience"),
        roles: of_graph.filter_map(|(_, access)| of_kind("Role", access)).collect(),
        redirects: texts(redirects("web")),
        is_public: row.get("isFallbackPublicClient").and_then(Value::as_bool) == Some(true),
        public_redirects: texts(redirects("publicClient")),
        scopes: asked.iter().filter_map(|(_, access)| of_kind("Scope", access)).collect(),
        own_roles: list(row, "appRoles").iter().map(|role| text(role, "value")).collect(),
        has_credential: ["passwordCredentials", "keyCredentials"].iter().any(|of| !list(row, of).is_empty()),
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
            "isFallbackPublicClient": true, "publicClient": {"redirectUris": ["http://localhost"]},
            "appRoles": [{"value": "Admin"}], "keyCredentials": [{}],
        }));
        assert_eq!(
            read,
            Registration {
                name: "Backup365".into(),
                audience: "AzureADMyOrg".into(),
                roles: vec![user_read.parse().unwrap()],
                redirects: vec!["https://www.example.com/done".into()],
                is_public: true,
                public_redirects: vec!["http://localhost".into()],
                scopes: vec![user_read.parse().unwrap()],
                own_roles: vec!["Admin".into()],
                has_credential: true,
            }
        );
        assert_eq!(super::read(&json!("odd")), Registration::default());
    }
}
