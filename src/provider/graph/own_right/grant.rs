//! The second step: Graph adds the application of the customers to an organisation, and grants each permission that is missing.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::{OwnRight, text, words, writing};
use crate::{
    domain::{
        id::TenantId,
        own_right::{Ended, SCOPES},
    },
    provider::{
        error::Error,
        graph::{delegated::Delegated, proof::GRAPH_APP, refused},
        http::Method,
        oauth::operator::NotHeard,
    },
};

/// Waits before an object that was just made is asked for again.
const SHORT_WAITS: [u32; 5] = [1, 2, 4, 8, 8];

impl OwnRight {
    /// Second step: Graph adds the application of the customers, and grants each permission that is missing. Good once all of
    /// them are read back. Safe to repeat.
    pub async fn grant(&self, tenant: TenantId) -> Ended {
        const TRIED: &str = "accepting Backup365 for the customer";
        let told = |error| match error {
            NotHeard::SignedOut(failure) => failure,
            NotHeard::Error(error) if error.aadsts().is_some() => words::of_token(TRIED, &error),
            NotHeard::Error(error) => words::of_graph(TRIED, &error),
        };
        let there = match self.of_graph(tenant) {
            Ok(there) => there,
            Err(failure) => return Ended::Bad(failure),
        };
        match self.granted(&there).await {
            Ok(missing) if missing.is_empty() => Ended::Good,
            Ok(missing) => Ended::Bad(words::not_read_back(&missing.join(", "))),
            Err(error) => Ended::Bad(told(error)),
        }
    }

    /// Grants what is missing; the names of the permissions that are not read back.
    async fn granted(&self, there: &Delegated) -> Result<Vec<String>, NotHeard> {
        let malformed = |what| NotHeard::from(Error::Malformed { what });
        let ours = self.instated(there).await?;
        let graph = self.principal(there, GRAPH_APP).await?;
        let graph = graph.ok_or_else(|| malformed("the record of Microsoft Graph"))?;
        let known = self.assigned(there, &ours, &graph).await?;
        for permission in self.permissions.iter().filter(|one| !known.contains(&one.role)) {
            let url = there.url(&["servicePrincipals", &ours, "appRoleAssignments"], "");
            let body = json!({"principalId": ours, "resourceId": graph, "appRoleId": permission.role});
            self.patiently(there, url, &body).await?;
        }
        // What was written may take a moment to be read.
        let mut waits = SHORT_WAITS.into_iter();
        loop {
            let known = self.assigned(there, &ours, &graph).await?;
            let missing = self.permissions.iter().filter(|one| !known.contains(&one.role));
            let missing: Vec<String> = missing.map(|one| one.value.to_string()).collect();
            match waits.next().filter(|_| !missing.is_empty()) {
                Some(wait) => self.rest(wait).await,
                None => return Ok(missing),
            }
        }
    }

    /// The object of the customers' application there, made where there is none.
    async fn instated(&self, there: &Delegated) -> Result<String, NotHeard> {
        let app = self.apps.customers.hyphenated().to_string();
        if let Some(id) = self.principal(there, &app).await? {
            return Ok(id);
        }
        let call =
            writing(Method::Post, &there.url(&["servicePrincipals"], ""), Some(&json!({ "appId": app })));
        let answer = there.send(call, &SCOPES, &|_wait| ()).await?;
        // 409: somebody made it meanwhile, or our first try was heard.
        if !matches!(answer.status, 200 | 201 | 409) {
            return Err(refused(&self.clock, &answer).into());
        }
        let made: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if let Some(id) = text(&made, "id").filter(|_| answer.status != 409) {
            return Ok(id.to_owned());
        }
        let found = self.principal(there, &app).await?;
        found.ok_or_else(|| Error::Malformed { what: "the record of Backup365 in the organisation" }.into())
    }

    /// An application's object there; none where it is not there.
    async fn principal(&self, there: &Delegated, app: &str) -> Result<Option<String>, NotHeard> {
        let url = there.url(&["servicePrincipals"], &format!("$filter=appId eq '{app}'&$select=id,appId"));
        let rows = there.list((url, "an application's record"), &SCOPES, &|_rows| ()).await?;
        Ok(rows.first().and_then(|row| text(row, "id")).map(str::to_owned))
    }

    /// Roles of Graph that are assigned to an object.
    async fn assigned(&self, there: &Delegated, ours: &str, graph: &str) -> Result<BTreeSet<Uuid>, NotHeard> {
        let url = there.url(&["servicePrincipals", ours, "appRoleAssignments"], "");
        let rows = match there.list((url, "the list of permissions"), &SCOPES, &|_rows| ()).await {
            // What was just made may not be known everywhere yet.
            Err(NotHeard::Error(Error::Graph { status: 404, .. })) => Vec::new(),
            other => other?,
        };
        // The same role exists on other resources too: only the pair counts (reference, section 7.7.3).
        let of_graph = rows.iter().filter(|row| text(row, "resourceId") == Some(graph));
        Ok(of_graph.filter_map(|row| text(row, "appRoleId")?.parse().ok()).collect())
    }

    /// Writes one assignment; what was just made may not be known everywhere yet, and what is there already is as good.
    async fn patiently(&self, there: &Delegated, url: Url, body: &Value) -> Result<(), NotHeard> {
        let mut waits = SHORT_WAITS.into_iter();
        loop {
            let call = writing(Method::Post, &url, Some(body));
            let answer = there.send(call, &SCOPES, &|_wait| ()).await?;
            let is_there = |text: &str| text.to_lowercase().contains("already exists");
            match (answer.status, waits.next()) {
                (200 | 201 | 409, _) => return Ok(()),
                (400, _) if is_there(&String::from_utf8_lossy(&answer.body)) => return Ok(()),
                (404, Some(wait)) => self.rest(wait).await,
                _ => return Err(refused(&self.clock, &answer).into()),
            }
        }
    }
}
