//! Tenant discovery: which organisation is behind a GUID or a domain, and where its endpoints are.
//!
//! `GET /{tenant}/v2.0/.well-known/openid-configuration`, `/common/discovery/instance` and the key sets. No sign-in.

use serde_json::{Value, json};

use super::{
    answer::{Answer, Ask, Links, Mark, value},
    platform::{Platform, is_guid},
    world::Tenant,
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

/// Hosts of a cloud: sign-in, Graph.
fn hosts(tenant: &Tenant) -> (&'static str, &'static str) {
    match (tenant.cloud.as_str(), tenant.sub_region.as_deref()) {
        ("microsoftonline.us", Some("DOD")) => ("login.microsoftonline.us", "dod-graph.microsoft.us"),
        ("microsoftonline.us", _) => ("login.microsoftonline.us", "graph.microsoft.us"),
        ("partner.microsoftonline.cn", _) => {
            ("login.partner.microsoftonline.cn", "microsoftgraph.chinacloudapi.cn")
        }
        _ => ("login.microsoftonline.com", "graph.microsoft.com"),
    }
}

/// Answers `/{tenant}/v2.0/.well-known/openid-configuration`.
pub(super) fn document(platform: &Platform, ask: &Ask, word: &str) -> Answer {
    let word_lower = word.to_lowercase();
    if ANYBODY.contains(&word_lower.as_str()) {
        let issuer = if word_lower == "consumers" { CONSUMERS } else { "{tenantid}" };
        return found(&describe(
            ask,
            &word_lower,
            issuer,
            ("login.microsoftonline.com", "graph.microsoft.com"),
            &Value::Null,
            None,
            "microsoftonline.com",
        ));
    }
    if word_lower == CONSUMERS {
        return found(&describe(
            ask,
            CONSUMERS,
            CONSUMERS,
            ("login.microsoftonline.com", "graph.microsoft.com"),
            &Value::Null,
            None,
            "microsoftonline.com",
        ));
    }
    let Some(tenant) = platform.world.tenant(word) else {
        let (error, code, text) = unknown_tenant(word);
        return Mark::of(ask, platform.now()).error(400, error, code, &text);
    };
    let region = json!(tenant.region);
    found(&describe(
        ask,
        &tenant.id,
        &tenant.id,
        hosts(tenant),
        &region,
        tenant.sub_region.as_deref(),
        &tenant.cloud,
    ))
}

/// 200, readable from any page, as the real one is.
fn found(document: &Value) -> Answer {
    Answer::json(200, document)
        .with("access-control-allow-origin", "*")
        .with("cache-control", "max-age=86400, private")
}

/// The discovery document.
fn describe(
    ask: &Ask,
    path: &str,
    issuer: &str,
    (login, graph): (&str, &str),
    region: &Value,
    sub: Option<&str>,
    cloud: &str,
) -> Value {
    // Other clouds are named by their hosts.
    let links = Links { login: format!("https://{login}"), graph: format!("https://{graph}"), is_own: false };
    let links = if login == "login.microsoftonline.com" { &ask.links } else { &links };
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
        "cloud_instance_name": cloud,
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
