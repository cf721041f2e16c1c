//! What is on record of a consent decides whether something that isn't there is on its way, missing, or refused.

use serde_json::json;

use super::*;
use crate::domain::consent::{Consent, LOOK_THERE, Look, Sight, Terms};

/// So many minutes before now.
fn ago(minutes: i64) -> Moment {
    Moment::from_millis(START - minutes * 60_000)
}

/// A tenant whose token has everything but `lacking`, and whose users are answered with this status.
async fn tenant_with(lacking: &'static str, status: u16) -> Graph {
    canned(move |path, _| {
        if path.ends_with("/token") {
            let all = PermissionSet::usual().unwrap().rows;
            let roles: Vec<&str> = all.iter().map(|p| p.value.as_str()).filter(|value| *value != lacking).collect();
            return (200, json!({"access_token": token(&json!({"tid": TENANT, "roles": roles}))}));
        }
        let body = match path {
            p if p.contains("well-known") => discovery(),
            p if p.contains("organization") => json!({"value": [{"id": TENANT, "displayName": "Bakery"}]}),
            p if p.contains("appRoleAssignments") => json!({"value": []}),
            p if p.contains("servicePrincipals") => json!({"value": [{"id": PARTNER}]}),
            _ if status != 200 => {
                return (status, json!({"error": {"code": "Authorization_RequestDenied", "innerError": {"request-id": "r-1"}}}));
            }
            _ => json!({"value": []}),
        };
        (200, body)
    })
    .await
}

/// A token with these claims.
fn token(claims: &serde_json::Value) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

#[tokio::test]
async fn a_lasting_refusal_of_what_is_granted_is_a_refusal_with_its_code_and_ids() {
    for status in [401, 403] {
        let graph = tenant_with("", status).await;
        for (granted, spreading, is_over) in [
            (None, 60, false),
            (Some(ago(59)), 60, false),
            (Some(ago(60)), 60, true),
            (Some(ago(16)), 15, true),
            (Some(ago(61)), 120, false),
            (Some(ago(-500)), 60, false),
        ] {
            let consent = Consent { granted, ..Consent::default() };
            let spreading = Duration::from_mins(spreading);
            let terms = Terms { is_link_out: true, consent, spreading };
            let proof = graph.prove_by(&expected(), &terms).await;
            assert!(proof.granted.is_some(), "everything is granted");
            match &proof.verdict {
                Verdict::Spreading => assert!(!is_over, "{status} {granted:?}"),
                Verdict::Failed(failure) => {
                    assert!(is_over, "{status} {granted:?} {failure:?}");
                    assert_eq!(failure.kind, FailureKind::Refused);
                    assert_eq!(failure.code.as_ref().unwrap().as_str(), "Authorization_RequestDenied");
                    assert!(failure.reference.as_ref().unwrap().as_str().contains("request"), "{failure:?}");
                    assert_eq!(failure.hint.for_commands().as_str(), LOOK_THERE);
                    assert!(!failure.asks_consent, "nobody can accept more than everything");
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_permission_that_is_not_there_is_missing_at_once_where_nothing_can_be_on_its_way() {
    let graph = tenant_with("Mail.ReadWrite", 200).await;
    let proved = |at| Consent { granted: Some(at), proved: Some(at), ..Consent::default() };
    for (is_link_out, consent, is_missing) in [
        (false, Consent::default(), true),
        (true, proved(ago(61)), true),
        (true, proved(ago(10)), false),
        (true, Consent::default(), false),
        (true, Consent { trouble: Some("missing".into()), ..proved(ago(10)) }, true),
    ] {
        let terms = Terms { is_link_out, consent, ..Terms::default() };
        let proof = graph.prove_by(&expected(), &terms).await;
        assert_eq!(proof.granted, None);
        match &proof.verdict {
            Verdict::Failed(failure) => {
                assert!(is_missing && failure.asks_consent, "{terms:?}");
                assert_eq!(Look::of(&proof), Some(Look::Missing("Mail.ReadWrite".into())));
                let Some(Sight::Granted(names)) = proof.sight else { panic!("{:?}", proof.sight) };
                assert!(names.len() == 8 && !names.contains(&"Mail.ReadWrite".into()), "{names:?}");
            }
            other => {
                assert!(!is_missing && *other == Verdict::Spreading, "{other:?} {terms:?}");
                assert_eq!(proof.sight, None, "what is on its way is not kept as lacking");
            }
        }
    }
}

#[tokio::test]
async fn the_token_tells_the_consent_without_a_request() {
    let graph = tenant_with("MailboxSettings.Read", 200).await;
    assert_eq!(graph.consent_by_token(tenant()).await, None, "no token was needed yet");
    graph.object(tenant(), &graph.url(&["users"], ""), "users").await.unwrap();
    assert_eq!(graph.consent_by_token(tenant()).await, Some(Look::Missing("MailboxSettings.Read".into())));
    let workers = tenant_with("Files.ReadWrite.All", 200).await;
    workers.object(tenant(), &workers.url(&["users"], ""), "users").await.unwrap();
    let others = Some(Look::OwnOnly("Files.ReadWrite.All".into()));
    assert_eq!(workers.consent_by_token(tenant()).await, others, "a pass needs the wizard's own");
    let whole = tenant_with("", 200).await;
    whole.object(tenant(), &whole.url(&["users"], ""), "users").await.unwrap();
    assert_eq!(whole.consent_by_token(tenant()).await, Some(Look::Granted));
    let opaque = canned(|path, _| {
        (200, if path.ends_with("/token") { json!({"access_token": "opaque"}) } else { json!({"value": []}) })
    })
    .await;
    opaque.object(tenant(), &opaque.url(&["users"], ""), "users").await.unwrap();
    assert_eq!(opaque.consent_by_token(tenant()).await, None, "an opaque token blocks nothing");
    assert_eq!(opaque.sight_by_token(tenant()).await, None);
    let others = canned(|path, _| {
        let token = token(&json!({"tid": PARTNER, "roles": []}));
        (200, if path.ends_with("/token") { json!({"access_token": token}) } else { json!({"value": []}) })
    })
    .await;
    let refused = others.object(tenant(), &others.url(&["users"], ""), "users").await;
    assert!(matches!(refused, Err(Error::WrongTenant { .. })));
    assert_eq!(others.consent_by_token(tenant()).await, Some(Look::Elsewhere("f684".into())));
    assert_eq!(others.sight_by_token(tenant()).await, Some(Sight::Elsewhere));
}
