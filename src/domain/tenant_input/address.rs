//! Addresses of portals, sign-in pages and tools, and the tenant that they name.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::{Found, PATH_WORDS, TenantInput, TenantInputError, domain, named};

/// Microsoft's own hosts, in the cloud where our application is registered. Everything below the top-level domain
/// `microsoft` is theirs, too.
const PORTALS: [&str; 25] = [
    "microsoft.com",
    "microsoftonline.com",
    "azure.com",
    "azure.net",
    "azurewebsites.net",
    "office.com",
    "office365.com",
    "office.net",
    "windows.net",
    "windowsazure.com",
    "microsoft365.com",
    "outlook.com",
    "live.com",
    "ciamlogin.com",
    "b2clogin.com",
    "dynamics.com",
    "microsoftstream.com",
    "powerapps.com",
    "powerautomate.com",
    "powerbi.com",
    "powerplatform.com",
    "sharepointonline.com",
    "visualstudio.com",
    "yammer.com",
    "microsoft",
];

/// Hosts of Microsoft's other clouds, and what a person calls them.
const FOREIGN: [(&str, &str); 19] = [
    ("microsoftonline.us", GOVERNMENT),
    ("microsoft.us", GOVERNMENT),
    ("azure.us", GOVERNMENT),
    ("office365.us", GOVERNMENT),
    ("sharepoint.us", GOVERNMENT),
    ("sharepoint-mil.us", GOVERNMENT),
    ("windowsazure.us", GOVERNMENT),
    ("usgovcloudapi.net", GOVERNMENT),
    ("microsoftonline.cn", CHINA),
    ("azure.cn", CHINA),
    ("office365.cn", CHINA),
    ("outlook.cn", CHINA),
    ("sharepoint.cn", CHINA),
    ("chinacloudapi.cn", CHINA),
    ("microsoftonline.de", GERMANY),
    ("microsoftazure.de", GERMANY),
    ("office.de", GERMANY),
    ("onmicrosoft.de", GERMANY),
    ("sharepoint.de", GERMANY),
];

const GOVERNMENT: &str = "Microsoft's cloud for the United States government";
const CHINA: &str = "Microsoft's cloud for China";
const GERMANY: &str = "Microsoft's former cloud for Germany";

/// Parameters of portals' and sign-in pages' addresses that name a tenant, beside those with *tenant* in their name, in
/// lower case; those of partner pages (`delegatedorg`) and hints with an address among them.
const TENANT_PARAMETERS: [&str; 10] = [
    "directoryid",
    "tid",
    "ctid",
    "delegatedorg",
    "domain",
    "domain_hint",
    "login_hint",
    "realm",
    "whr",
    "organizationid",
];

/// Segments of paths behind which a tenant stands: the partner's own portals list customers so, others tenants.
const TENANT_SEGMENTS: [&str; 8] = [
    "customers",
    "customer",
    "tenants",
    "tenant",
    "tenantid",
    "customertenantid",
    "organization",
    "directoryid",
];

/// Where Outlook's links lead first: the address that was meant is a parameter, and beside it stand the address and the
/// tenant of the person who got the mail.
const SAFE_LINKS: &str = "safelinks.protection.outlook.com";

/// Whether a host is below one of these.
fn is_below(host: &str, suffix: &str) -> bool {
    host == suffix || host.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'))
}

/// A host without its port.
fn portless(host: &str) -> &str {
    host.split(':').next().unwrap_or_default().trim_end_matches('.')
}

/// Whether a host is Microsoft's own.
pub(super) fn is_portal(host: &str) -> bool {
    let host = portless(host);
    PORTALS.iter().any(|suffix| is_below(host, suffix))
}

/// The other cloud that a host of Microsoft's belongs to.
pub(super) fn foreign_cloud(host: &str) -> Option<&'static str> {
    let host = portless(host);
    FOREIGN.into_iter().find(|(suffix, _)| is_below(host, suffix)).map(|(_, cloud)| cloud)
}

/// The tenant of a SharePoint site (`bakery.sharepoint.com`, `bakery-my…`, `bakery-admin…`).
pub(super) fn sharepoint(host: &str) -> Option<TenantInput> {
    let name = portless(host).strip_suffix(".sharepoint.com")?;
    let name = ["-admin", "-my"].into_iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    domain(&format!("{name}.onmicrosoft.com")).ok().map(TenantInput::Domain)
}

/// A word without the escapes of an address, where the whole of it was escaped.
pub(super) fn unescaped(word: &str) -> Cow<'_, str> {
    let is_escaped = ["%40", "%3a", "%2f"].iter().any(|sign| word.contains(sign)) && url(word).is_none();
    if is_escaped { percent_decode_str(word).decode_utf8_lossy() } else { word.into() }
}

/// Host and rest of a URL. One that lost its scheme, or a slash of it, on the way still counts where a portal's host or
/// its parameters show what it is.
pub(super) fn url(text: &str) -> Option<(&str, &str)> {
    let (scheme, bare) = text.split_once(":/").unwrap_or(("", text));
    let bare = bare.trim_start_matches('/');
    let end = bare.find(['/', '?', '#']).unwrap_or(bare.len());
    let (host, rest) = bare.split_at_checked(end)?;
    let has_parameters = rest.split_once('?').is_some_and(|(_, parameters)| parameters.contains('='));
    let is_known = is_portal(host) || foreign_cloud(host).is_some();
    // An address with an `@` in front of its host is an e-mail address with something behind it.
    let is_mail = scheme.is_empty() && host.contains('@');
    let is_url = !scheme.is_empty() || has_parameters || (is_known && !rest.is_empty());
    (is_url && !is_mail).then_some((host, rest))
}

/// The tenant that a URL names. Addresses of portals are full of ids of other things (applications, subscriptions,
/// people), so only those places count that hold a tenant.
pub(super) fn in_url(host: &str, rest: &str) -> Found {
    if let Some(cloud) = foreign_cloud(host) {
        return Err(TenantInputError::OtherCloud(cloud));
    }
    if is_below(portless(host), SAFE_LINKS) {
        let meant = rest.split(['?', '&']).find_map(|given| given.strip_prefix("url="));
        let meant = percent_decode_str(meant.unwrap_or_default()).decode_utf8_lossy();
        let led = url(&meant).filter(|(host, _)| !is_below(portless(host), SAFE_LINKS));
        return led.map_or(Err(TenantInputError::Portal), |(host, rest)| in_url(host, rest));
    }
    // Parameters within parameters, and objects: `context={"Tid":"…"}`.
    let decoded: Cow<'_, str> = percent_decode_str(rest).decode_utf8_lossy();
    let plain = decoded.replace("\":\"", "=");
    let parts: Vec<&str> = plain
        .split(['/', '?', '&', '#', '{', '}', '"', ',', ';', ' '])
        .filter(|part| !part.is_empty())
        .collect();
    let is_tenants = |name: &str| name.contains("tenant") || TENANT_PARAMETERS.contains(&name);
    let given = parts.iter().filter_map(|part| part.split_once('='));
    if let Some(found) = given.filter(|(name, _)| is_tenants(name)).find_map(|(_, value)| whole(value)) {
        return Ok(found);
    }
    if let Some(found) = parts.iter().filter_map(|part| part.strip_prefix('@')).find_map(whole) {
        return Ok(found);
    }
    if !is_portal(host) {
        return named(portless(host)).unwrap_or(Err(TenantInputError::Incomplete));
    }
    if let Some(found) = behind_segment(&parts) {
        return Ok(found);
    }
    // The path begins with the tenant; what names a part of a page stands in front of an id that is not one.
    match parts.first().filter(|part| !part.contains('=') && !is_page(part)) {
        Some(word) if PATH_WORDS.contains(word) => Err(TenantInputError::PathWord),
        Some(first) => whole(first).or_else(|| own_login(host)).ok_or(TenantInputError::Portal),
        None => own_login(host).ok_or(TenantInputError::Portal),
    }
}

/// The tenant that a path without a host names.
pub(super) fn in_path(path: &str) -> Option<TenantInput> {
    let parts: Vec<&str> = path.split(['/', '?', '#']).filter(|part| !part.is_empty()).collect();
    behind_segment(&parts)
}

/// The tenant behind a segment that says so.
fn behind_segment(parts: &[&str]) -> Option<TenantInput> {
    let pairs = parts.iter().zip(parts.iter().skip(1));
    pairs.filter(|(name, _)| TENANT_SEGMENTS.contains(name)).find_map(|(_, value)| whole(value))
}

/// Whether a name is a page's: no top-level domain is called so.
fn is_page(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| matches!(end, "asp" | "aspx" | "htm" | "html" | "php"))
}

/// The tenant of a sign-in page with a host of its own (`bakery.ciamlogin.com`).
fn own_login(host: &str) -> Option<TenantInput> {
    let host = portless(host);
    let name = ["ciamlogin.com", "b2clogin.com"]
        .into_iter()
        .find_map(|end| host.strip_suffix(end)?.strip_suffix('.'))
        .filter(|name| !name.contains('.'))?;
    domain(&format!("{name}.onmicrosoft.com")).ok().map(TenantInput::Domain)
}

/// A text that is wholly a GUID, a domain or an address.
fn whole(text: impl AsRef<str>) -> Option<TenantInput> {
    let text = text.as_ref();
    let name = || text.rsplit_once('@').map_or(text, |(_, domain)| domain);
    let guid = text.parse().ok().map(TenantInput::Guid);
    guid.or_else(|| named(name())?.ok())
}
