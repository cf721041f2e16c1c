//! Tenant discovery: which organisation is behind a GUID or a domain, and where its endpoints are.
//!
//! `GET /{tenant}/v2.0/.well-known/openid-configuration`, `/common/discovery/instance` and the key sets. No sign-in.

use serde_json::{Value, json};

use super::{
    answer::{Answer, Ask, Links, Mark, value},
    cloud::{CLOUDS, Cloud},
    platform::{Platform, is_guid},
};

/// Path words that stand for no tenant of their own.
pub(super) const ANYBODY: [&str; 3] = ["common", "organizations", "consumers"];
/// Tenant of private Microsoft accounts, behind `consumers`.
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// Why a tenant word leads nowhere: the code and the words of the platform.
pub(super) fn unknown_tenant(word: &str) -> (&'static str, u32, String) {
    let dns = word.contains('.')
        && word
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(|it| it.is_alphanumeric() || it == '-'));
    if is_guid(word) || dns {
        let text = format!(
            "Tenant '{word}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. \
             Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
        );
        ("invalid_tenant", 90_002, text)
    } else {
        let text = format!(
            "Specified tenant identifier '{word}' is neither a valid DNS name, nor a valid external domain."
        );
        ("invalid_request", 900_023, text)
    }
}

/// Answers a sign-in host of another cloud than the one that is played: what everybody may ask there.
pub(super) fn elsewhere(platform: &Platform, ask: &Ask, host: &str) -> Answer {
    match ask.segments().as_slice() {
        [word, version, known, kind]
            if [version, known, kind] == ["v2.0", ".well-known", "openid-configuration"] =>
        {
            document(platform, ask, host, word)
        }
        _ => Answer::new(421, "text/plain; charset=utf-8", b"The sandbox is another cloud.".to_vec()),
    }
}

/// Answers `/{tenant}/v2.0/.well-known/openid-configuration` of a sign-in host. Whether a host knows who lives in another
/// cloud is UNCONFIRMED: reported is that it answers with the endpoints of that one, and the fault `silent-cloud` is the
/// other side.
pub(super) fn document(platform: &Platform, ask: &Ask, host: &str, word: &str) -> Answer {
    let word_lower = word.to_lowercase();
    let asked = CLOUDS.iter().find(|cloud| cloud.login == host).unwrap_or(platform.world.home);
    if ANYBODY.contains(&word_lower.as_str()) || word_lower == CONSUMERS {
        let issuer =
            if ["consumers", CONSUMERS].contains(&word_lower.as_str()) { CONSUMERS } else { "{tenantid}" };
        return found(&describe((platform, ask), &word_lower, issuer, asked, &Value::Null, None));
    }
    let tenant = platform.world.tenant(word);
    let faults = platform.faults(tenant.map(AsRef::as_ref));
    let is_known = |cloud: &Cloud| cloud.login == asked.login || !faults.silent_cloud;
    let known = tenant.map(|tenant| (tenant, platform.cloud_of(tenant))).filter(|(_, cloud)| is_known(cloud));
    let Some((tenant, cloud)) = known else {
        let (error, code, text) = unknown_tenant(word);
        return Mark::of(ask, platform.now()).error(400, error, code, &text);
    };
    // What a world's file says of a tenant in another cloud goes before what is usual there.
    let (usual, own) = (|own| cloud.region.unwrap_or(own), tenant.cloud.is_some());
    let region = if own { tenant.region.as_str() } else { usual(tenant.region.as_str()) };
    let sub = tenant.sub_region.as_deref().or_else(|| cloud.sub_region.filter(|_| !own));
    if !faults.unclear_cloud || platform.world.is_own(tenant) {
        return found(&describe((platform, ask), &tenant.id, &tenant.id, cloud, &json!(region), sub));
    }
    let mut document = describe((platform, ask), &tenant.id, &tenant.id, cloud, &json!("USGov"), None);
    if let Some(graph) = document.get_mut("msgraph_host").filter(|graph| **graph == "dod-graph.microsoft.us")
    {
        *graph = json!("graph.microsoft.us");
    }
    found(&document)
}

/// 200, readable from any page, as the real one is.
fn found(document: &Value) -> Answer {
    Answer::json(200, document)
        .with("access-control-allow-origin", "*")
        .with("cache-control", "max-age=86400, private")
}

/// The discovery document.
fn describe(
    (platform, ask): (&Platform, &Ask),
    path: &str,
    issuer: &str,
    cloud: &Cloud,
    region: &Value,
    sub: Option<&str>,
) -> Value {
    let Cloud { login, graph, instance, .. } = cloud;
    // Other clouds are named by their hosts.
    let links = Links::of(cloud);
    let links = if *login == platform.world.home.login { &ask.links } else { &links };
    let login = &links.login;
    let base = format!("{login}/{path}");
    let mut document = json!({
        "token_endpoint": format!("{base}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{base}/discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": format!("{login}/{issuer}/v2.0"),
        "request_uri_parameter_supported": false,
        "userinfo_endpoint": format!("{}/oidc/userinfo", links.graph),
        "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
        "device_authorization_endpoint": format!("{base}/oauth2/v2.0/devicecode"),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "end_session_endpoint": format!("{base}/oauth2/v2.0/logout"),
        "claims_supported": [
            "sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host", "aud", "exp",
            "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"
        ],
        "tenant_region_scope": region,
        "cloud_instance_name": instance,
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": graph,
        "rbac_url": "https://pas.windows.net",
    });
    if let (Some(sub), Some(members)) = (sub, document.as_object_mut()) {
        members.insert("tenant_region_sub_scope".to_owned(), json!(sub));
    }
    document
}

/// Answers `/common/discovery/instance`: which hosts are the same cloud.
pub(super) fn instance(platform: &Platform, ask: &Ask) -> Answer {
    let pairs = ask.pairs();
    let Some(endpoint) = value(&pairs, "authorization_endpoint") else {
        let text = "The request body must contain the following parameter: 'authorization_endpoint'.";
        return Mark::of(ask, platform.now()).error(400, "invalid_request", 900_144, text);
    };
    let word = url::Url::parse(endpoint)
        .ok()
        .and_then(|it| it.path_segments()?.next().map(str::to_owned))
        .unwrap_or_default();
    found(&json!({
        "tenant_discovery_endpoint": format!("{}/{word}/v2.0/.well-known/openid-configuration", ask.links.login),
        "api-version": "1.1",
        "metadata": [
            {
                "preferred_network": "login.microsoftonline.com", "preferred_cache": "login.windows.net",
                "aliases": ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"]
            },
            {
                "preferred_network": "login.partner.microsoftonline.cn", "preferred_cache": "login.partner.microsoftonline.cn",
                "aliases": ["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"]
            },
            {
                "preferred_network": "login.microsoftonline.us", "preferred_cache": "login.microsoftonline.us",
                "aliases": ["login.microsoftonline.us", "login.usgovcloudapi.net"]
            }
        ]
    }))
}

/// Answers `/{tenant}/discovery/v2.0/keys` (and without the version).
pub(super) fn keys(platform: &Platform, ask: &Ask, word: &str) -> Answer {
    let issuer = platform.world.tenant(word).map_or("{tenantid}", |tenant| tenant.id.as_str());
    found(&platform.keys.set(&format!("{}/{issuer}/v2.0", ask.links.login)))
}
