//! A registration as it is against what it is to be: the steps that are missing, and what is sent to Graph for them. What a
//! person added by hand stays. Pure.

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Wanted;
use crate::domain::{
    registration::{
        plan::{ADMIN, Asked, Audience},
        step::Step,
    },
    text::Text,
};

/// What is missing of the registration itself, and the body of the one request that makes or mends it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Missing {
    /// What is done by it.
    pub(super) steps: Vec<Step>,
    /// What is sent; nothing where nothing is missing.
    pub(super) body: Map<String, Value>,
}

impl Missing {
    fn add(&mut self, step: Step, name: &str, value: Value) {
        self.steps.push(step);
        self.body.insert(name.to_owned(), value);
    }
}

/// What is missing of an application (`application` of Graph); none: all of it.
pub(super) fn of(application: Option<&Value>, wanted: &Wanted<'_>) -> Missing {
    let (plan, nothing) = (wanted.plan, Value::Null);
    let (is, mut missing) = (application.unwrap_or(&nothing), Missing::default());
    if application.is_none() {
        missing.add(Step::Registration(plan.name, wanted.known), "displayName", json!(plan.name));
    }
    if text(is, "signInAudience") != plan.audience.word() {
        let step = Step::Accounts { of_any: plan.audience == Audience::AnyOrganisation };
        missing.add(step, "signInAudience", json!(plan.audience.word()));
    }
    permissions(is, wanted, &mut missing);
    if let Some(der) = wanted.certificate
        && !list(is, "keyCredentials").iter().any(|key| is_of(key, der))
    {
        let new = json!({
            "type": "AsymmetricX509Cert", "usage": "Verify", "displayName": plan.name, "key": STANDARD.encode(der),
        });
        missing.add(Step::Certificate, "keyCredentials", with(list(is, "keyCredentials"), new));
    }
    if let Some(page) = wanted.page.filter(|page| !redirects(is, "web").contains(&json!(page))) {
        let all = with(redirects(is, "web"), json!(page));
        missing.add(Step::Page(Text::clean(page)), "web", json!({"redirectUris": all}));
    }
    if let Some(address) = plan.redirect.filter(|_| plan.is_public) {
        let known = redirects(is, "publicClient");
        let has_address = known.contains(&json!(address));
        if !has_address || is.get("isFallbackPublicClient") != Some(&json!(true)) {
            let all = if has_address { Value::from(known) } else { with(known, json!(address)) };
            missing.add(Step::SignIn(address), "isFallbackPublicClient", json!(true));
            missing.body.insert("publicClient".to_owned(), json!({"redirectUris": all}));
        }
    }
    roles(is, wanted, &mut missing);
    missing
}

/// Permissions that it does not ask for.
fn permissions(is: &Value, wanted: &Wanted<'_>, missing: &mut Missing) {
    let mut resources = list(is, "requiredResourceAccess");
    let mut names = Vec::new();
    for asked in &wanted.plan.asks {
        if resources.iter().any(|resource| has(resource, asked)) {
            continue;
        }
        names.push(asked.name.clone());
        let row = json!({"id": asked.id, "type": asked.kind.word()});
        let is_its = |resource: &&mut Value| id(resource, "resourceAppId") == Some(asked.resource.app_id());
        match resources.iter_mut().find(is_its).and_then(|it| it.get_mut("resourceAccess")?.as_array_mut()) {
            Some(rows) => rows.push(row),
            None => {
                resources.push(json!({"resourceAppId": asked.resource.app_id(), "resourceAccess": [row]}));
            }
        }
    }
    if !names.is_empty() {
        missing.add(Step::Permissions(names), "requiredResourceAccess", Value::from(resources));
    }
}

/// Whether one resource of an application has a permission asked of it.
fn has(resource: &Value, asked: &Asked) -> bool {
    id(resource, "resourceAppId") == Some(asked.resource.app_id())
        && list(resource, "resourceAccess")
            .iter()
            .any(|row| id(row, "id") == Some(asked.id) && text(row, "type") == asked.kind.word())
}

/// Roles of its own that it lacks; those of the same value are taken as they are.
fn roles(is: &Value, wanted: &Wanted<'_>, missing: &mut Missing) {
    let mut all = list(is, "appRoles");
    let mut names = Vec::new();
    for role in wanted.plan.roles {
        if all.iter().any(|it| text(it, "value") == role.value) {
            continue;
        }
        names.push(role.value);
        all.push(json!({
            "id": role.id, "value": role.value, "displayName": role.value, "description": role.description,
            "isEnabled": true, "allowedMemberTypes": ["User"],
        }));
    }
    if !names.is_empty() {
        missing.add(Step::Roles(names), "appRoles", Value::from(all));
    }
}

/// Id of its role Admin, ours unless it has one of its own making.
pub(super) fn admin(application: &Value) -> Uuid {
    let roles = list(application, "appRoles");
    let known = roles.iter().find(|role| text(role, "value") == ADMIN.value);
    known.and_then(|role| id(role, "id")).unwrap_or(ADMIN.id)
}

/// Whether a key credential is of this certificate: by its content, and where that is not told by its thumbprint.
fn is_of(key: &Value, der: &[u8]) -> bool {
    let content = text(key, "key");
    if !content.is_empty() {
        return STANDARD.decode(content).is_ok_and(|known| known == der);
    }
    let thumbprint = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, der);
    let hexadecimal: String = thumbprint.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    let told = text(key, "customKeyIdentifier");
    told.eq_ignore_ascii_case(&hexadecimal) || told == STANDARD.encode(thumbprint)
}

/// Redirect addresses of one kind (`web`, `publicClient`).
fn redirects(is: &Value, kind: &str) -> Vec<Value> {
    is.get(kind).map(|it| list(it, "redirectUris")).unwrap_or_default()
}

fn with(mut rows: Vec<Value>, row: Value) -> Value {
    rows.push(row);
    Value::from(rows)
}

/// A member that is a list; empty where it is none.
pub(super) fn list(of: &Value, name: &str) -> Vec<Value> {
    of.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
}

/// A member that is a text; empty where it is none.
pub(super) fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A member that is a GUID.
pub(super) fn id(of: &Value, name: &str) -> Option<Uuid> {
    Uuid::try_parse(text(of, name)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{permission, registration::plan::Plan};

    fn wanted<'a>(plan: &'a Plan, certificate: Option<&'a [u8]>) -> Wanted<'a> {
        Wanted { plan, known: None, certificate, page: None, admin: None }
    }

    /// The application after a request with this body.
    fn after(is: &Value, body: &Map<String, Value>) -> Value {
        let mut made = is.as_object().cloned().unwrap_or_default();
        made.extend(body.clone());
        Value::from(made)
    }

    #[test]
    fn what_was_made_lacks_nothing() {
        let for_customers = Plan::customers(&permission::with_extra(&[]).unwrap());
        for (plan, certificate, count) in [
            (for_customers, Some(&b"certificate"[..]), 4),
            (Plan::operators(false), None, 5),
            (Plan::operators(true), None, 5),
        ] {
            let mut wanted = wanted(&plan, certificate);
            let all = of(None, &wanted);
            assert_eq!(all.steps.len(), count, "{:?}", all.steps);
            let made = after(&Value::Null, &all.body);
            assert_eq!(of(Some(&made), &wanted), Missing::default());
            assert_eq!(admin(&made), ADMIN.id);
            wanted.page = Some("https://www.example.com/done");
            let more = of(Some(&made), &wanted);
            assert_eq!(more.steps, [Step::Page("https://www.example.com/done".into())]);
            assert_eq!(of(Some(&after(&made, &more.body)), &wanted), Missing::default());
        }
    }

    #[test]
    fn what_is_there_stays_and_only_what_is_missing_is_added() {
        let plan = Plan::operators(false);
        let own = json!({
            "signInAudience": "AzureADMyOrg", "isFallbackPublicClient": true,
            "publicClient": {"redirectUris": ["http://localhost/own"]},
            "requiredResourceAccess": [
                {"resourceAppId": "00000003-0000-0000-C000-000000000000", "resourceAccess": [
                    {"id": "E1FE6DD8-ba31-4d61-89e7-88639da4683d", "type": "Scope"}, {"id": Uuid::max(), "type": "Role"},
                ]},
            ],
            "appRoles": [{"id": Uuid::max(), "value": "Admin", "isEnabled": true}],
        });
        let missing = of(Some(&own), &wanted(&plan, None));
        let [Step::Permissions(names), Step::SignIn("http://localhost"), Step::Roles(roles)] =
            missing.steps.as_slice()
        else {
            panic!("{:?}", missing.steps)
        };
        assert_eq!((names.len(), roles.as_slice()), (5, &["User"][..]));
        let made = after(&own, &missing.body);
        assert_eq!(made["publicClient"]["redirectUris"], json!(["http://localhost/own", "http://localhost"]));
        assert_eq!(made["requiredResourceAccess"].as_array().unwrap().len(), 1);
        assert!(made["requiredResourceAccess"][0]["resourceAccess"].as_array().unwrap().len() == 7);
        assert_eq!(admin(&made), Uuid::max(), "a role of the same name is taken as it is");
    }

    #[test]
    fn a_certificate_is_known_by_its_content_or_by_its_thumbprint() {
        let plan = Plan::customers(&permission::with_extra(&[]).unwrap());
        let thumbprint = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, b"ours");
        for (key, is_there) in [
            (json!({"key": STANDARD.encode(b"ours")}), true),
            (
                json!({"key": STANDARD.encode(b"other"), "customKeyIdentifier": STANDARD.encode(thumbprint)}),
                false,
            ),
            (json!({"key": null, "customKeyIdentifier": STANDARD.encode(thumbprint)}), true),
            (json!({"key": null, "keyId": "k"}), false),
        ] {
            let known = json!({"keyCredentials": [key]});
            let missing = of(Some(&known), &wanted(&plan, Some(b"ours")));
            assert_eq!(!missing.steps.contains(&Step::Certificate), is_there, "{known}");
            if !is_there {
                let sent = missing.body["keyCredentials"].as_array().unwrap();
                assert_eq!(
                    (sent.len(), &sent[0]),
                    (2, &key),
                    "those that were there are sent back as they were told"
                );
            }
        }
    }
}
