//! Microsoft's clouds: each played by the sandbox, and each answer about the others.

use super::*;

/// Whoever plays one cloud finds its own organisations there by its own hosts, and those of the others by name, whether
/// Microsoft's host tells of them or not.
#[tokio::test]
async fn every_cloud_has_hosts_of_its_own_and_names_the_others() {
    let abroad = format!(
        "{WORLD}\n[[tenant]]\nid = \"1f0c9a55-7d3e-4b68-8a21-94e6b7d0c3f2\"\nname = \"Far\"\n\
         domain = \"far.example\"\ninitial = \"far.onmicrosoft.us\"\nregion = \"USGov\"\nsub_region = \"DOD\"\n\
         cloud = \"microsoftonline.us\"\n\
         [[tenant]]\nid = \"9b5c1d20-7d3e-4b68-8a21-94e6b7d0c3f2\"\nname = \"Pearl\"\n\
         domain = \"pearl.example\"\ninitial = \"pearl.partner.onmschina.cn\"\ncloud = \"partner.microsoftonline.cn\"\n"
    );
    let (l5, china) = (("far.example", Cloud::UsGovL5), ("pearl.example", Cloud::China));
    for cloud in Cloud::ALL {
        for faults in [&[][..], &["silent-cloud"]] {
            let stage = Stage::in_cloud(cloud, &abroad, faults).await;
            let look = async |name: &str| stage.graph.look_up(&TenantInput::parse(name).unwrap()).await;
            assert_eq!(look("bakery.example").await.unwrap().tenant, tenant(), "{cloud:?}");
            let own =
                stage.graph.inner.tokens.get(PARTNER.parse().unwrap(), &stage.graph.inner.resource).await;
            assert!(own.is_ok(), "{cloud:?}: a token for its own Graph, {own:?}");
            stage.graph.reach().await.unwrap();
            for (name, lives) in [l5, china] {
                let found = look(name).await;
                // L4 and L5 share the host that signs in, so that neither can be silent about the other.
                if lives == cloud {
                    assert!(found.is_ok(), "{cloud:?} {name} {found:?}");
                } else {
                    let failure = found.unwrap_err();
                    let words = format!("this organisation lives in {lives}");
                    assert!(failure.what.as_str().contains(&words), "{cloud:?} {faults:?}: {failure:?}");
                    assert!(failure.hint.for_commands().as_str().contains(lives.word()), "{failure:?}");
                }
            }
            let gone = look("nobody.example").await.unwrap_err();
            assert_eq!(gone.kind, FailureKind::NotFound, "{cloud:?}");
        }
        let stage = Stage::in_cloud(cloud, WORLD, &["unclear-cloud"]).await;
        let failure = stage.graph.look_up(&TenantInput::Guid(tenant())).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Refused, "{cloud:?}");
        assert!(
            failure.what.as_str().contains("what Microsoft says of this organisation fits"),
            "{failure:?}"
        );
        assert!(
            !stage.graph.browser_link(tenant()).contains("microsoftonline.com") || cloud == Cloud::Global
        );
    }
}

/// The host of the United States government signs two clouds in, and nothing else is said.
#[tokio::test]
async fn what_fits_two_clouds_is_told_with_both() {
    let graph = canned(move |_, _| {
        let login = format!("https://login.microsoftonline.us/{TENANT}/v2.0");
        (200, serde_json::json!({"issuer": login, "token_endpoint": login}))
    })
    .await;
    let failure = graph.look_up(&TenantInput::parse("bakery.example").unwrap()).await.unwrap_err();
    let said = failure.what.as_str();
    assert!(
        said.contains("L4 (GCC High)") && said.contains("L5 (DoD)") && said.contains("nothing tells"),
        "{said}"
    );
}
