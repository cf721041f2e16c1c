//! Answers of the sandbox's Graph held against Microsoft's own descriptions.
//!
//! The folder that `BACKUP365_CONFORMANCE` names holds Microsoft's OpenAPI and the one made from its metadata. Set, a
//! missing file fails; unset, one line says that nothing was checked.

use std::process::Command;

use serde_json::Value;

use crate::{sandbox::rig::Rig, tools::descriptions};

/// Description, its name for one user, and its name for the grants of a service principal.
const DESCRIPTIONS: [(&str, &str, &str); 2] = [
    (
        "graph-v1.0.msft-openapi.json.gz",
        "/users/{user-id}",
        "/servicePrincipals/{servicePrincipal-id}/appRoleAssignments",
    ),
    ("graph-v1.0.csdl-openapi.json.gz", "/users/{id}", "/servicePrincipals/{id}/appRoleAssignments"),
];

/// Reads one description.
fn description(folder: &std::path::Path, name: &str) -> Value {
    let path = folder.join(name);
    assert!(path.exists(), "{} is missing", path.display());
    let unpacked = Command::new("gzip").arg("-dc").arg(&path).output().unwrap();
    assert!(unpacked.status.success(), "{} can't be unpacked", path.display());
    serde_json::from_slice(&unpacked.stdout).unwrap()
}

/// The schema of an answer: status class `2` or `4`.
fn schema(description: &Value, path: &str, class: &str) -> Value {
    let responses = description["paths"][path]["get"]["responses"].as_object();
    let responses = responses.unwrap_or_else(|| panic!("{path} is not described"));
    let (_, response) = responses.iter().find(|(status, _)| status.starts_with(class)).unwrap();
    let response = match response["$ref"].as_str() {
        Some(shared) => description.pointer(shared.trim_start_matches('#')).unwrap(),
        None => response,
    };
    let mut schema = response["content"]["application/json"]["schema"].clone();
    assert!(schema.is_object(), "{path} has no schema");
    schema["components"] = description["components"].clone();
    schema
}

/// Everything in which an answer does not fit a schema.
fn misfits(schema: &Value, answer: &Value) -> Vec<String> {
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
    let validator = options.build(schema).unwrap();
    validator.iter_errors(answer).map(|why| format!("{}: {why}", why.instance_path())).collect()
}

/// Fails with everything that does not fit.
fn holds(description: &Value, path: &str, class: &str, answer: &Value) {
    let wrong = misfits(&schema(description, path, class), answer);
    assert!(wrong.is_empty(), "{path}: {wrong:#?}");
}

/// Fails unless a copy of the answer with one value of another type is noticed: a check that lets everything pass is none.
fn notices(description: &Value, path: &str, answer: &Value, at: &str) {
    let mut other = answer.clone();
    *other.pointer_mut(at).unwrap() = serde_json::json!({"neither": "text nor number"});
    assert!(!misfits(&schema(description, path, "2"), &other).is_empty(), "{path} takes anything at {at}");
}

/// Fails where a member is not one of the described entity's.
fn members_are_known(description: &Value, entity: &str, object: &Value) {
    let known = description["components"]["schemas"][entity]["properties"].as_object().unwrap();
    for name in object.as_object().unwrap().keys().filter(|name| !name.starts_with('@')) {
        assert!(known.contains_key(name), "{entity} has no {name}");
    }
}

#[tokio::test]
async fn answers_fit_microsofts_descriptions() {
    let Some(folder) = descriptions() else { return };
    let rig = Rig::new(&[]).await;
    let tenant = rig.tenant("Banksia Medical Centre");
    rig.consent(&tenant, "priya.nair@banksiamedical.example", "accept").await;
    let token = rig.token(&tenant).await;
    let all = "id,displayName,userPrincipalName,mail,accountEnabled,userType,assignedLicenses,assignedPlans,proxyAddresses,\
               onPremisesSyncEnabled,createdDateTime,department,jobTitle,givenName,surname,mailNickname,usageLocation,companyName,\
               otherMails,businessPhones,externalUserState,creationType,employeeId,deletedDateTime";
    let users = rig.read(&token, &format!("/users?$select={all}&$top=999")).await;
    let id = users["value"][0]["id"].as_str().unwrap().to_owned();
    let principals = rig.read(&token, "/servicePrincipals").await;
    let principal = principals["value"][0]["id"].as_str().unwrap().to_owned();
    let one = rig.read(&token, &format!("/users/{id}")).await;
    let organization = rig.read(&token, "/organization").await;
    let skus = rig.read(&token, "/subscribedSkus").await;
    let grants = rig.read(&token, &format!("/servicePrincipals/{principal}/appRoleAssignments")).await;
    let delta = rig.read(&token, &format!("/users/delta?$select={all}")).await;
    let settings = rig.read(&token, &format!("/users/{id}/mailboxSettings")).await;
    let refused: Value = rig.graph(&token, "/users?$top=1000").await.json().await.unwrap();
    for (name, one_user, assignments) in DESCRIPTIONS {
        let description = description(&folder, name);
        holds(&description, "/users", "2", &users);
        notices(&description, "/users", &users, "/value/0/accountEnabled");
        notices(&description, "/subscribedSkus", &skus, "/value/0/skuPartNumber");
        holds(&description, "/users", "4", &refused);
        holds(&description, "/users/delta()", "2", &delta);
        holds(&description, one_user, "2", &one);
        holds(&description, "/organization", "2", &organization);
        holds(&description, "/subscribedSkus", "2", &skus);
        holds(&description, "/servicePrincipals", "2", &principals);
        holds(&description, assignments, "2", &grants);
        let mut mailbox = description["components"]["schemas"]["microsoft.graph.mailboxSettings"].clone();
        mailbox["components"] = description["components"].clone();
        assert_eq!(misfits(&mailbox, &settings), Vec::<String>::new());
    }
    let description = description(&folder, DESCRIPTIONS[1].0);
    members_are_known(&description, "microsoft.graph.user", &users["value"][0]);
    members_are_known(&description, "microsoft.graph.organization", &organization["value"][0]);
    members_are_known(&description, "microsoft.graph.subscribedSku", &skus["value"][0]);
    members_are_known(&description, "microsoft.graph.servicePrincipal", &principals["value"][0]);
    members_are_known(&description, "microsoft.graph.appRoleAssignment", &grants["value"][0]);
    members_are_known(&description, "microsoft.graph.mailboxSettings", &settings);
}
