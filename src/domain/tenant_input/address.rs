//! Addresses of portals, sign-in pages and tools, and the tenant that they name.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::{Found, PATH_WORDS, TenantInput, TenantInputError, domain, named};
use crate::domain::cloud::Cloud;

/// Microsoft's own hosts of the global cloud. Everything below the top-level domain `microsoft` is theirs, too.
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

/// Those of them that organisations of other clouds have hosts of their own for, so that such an address is for certain one
/// of the global cloud. What other clouds share with it nobody has written down.
const GLOBAL_ONLY: [&str; 5] =
    ["microsoftonline.com", "azure.com", "office.com", "office365.com", "sharepoint.com"];

/// Hosts of Microsoft's other clouds, and whose they are.
const ELSEWHERE: [(&str, HostOf); 19] = [
    ("microsoftonline.us", HostOf::UsGov),
    ("microsoft.us", HostOf::UsGov),
    ("azure.us", HostOf::UsGov),
    ("office365.us", HostOf::UsGov),
    ("sharepoint.us", HostOf::UsGov),
    ("sharepoint-mil.us", HostOf::UsGov),
    ("windowsazure.us", HostOf::UsGov),
    ("usgovcloudapi.net", HostOf::UsGov),
    ("microsoftonline.cn", HostOf::China),
    ("azure.cn", HostOf::China),
    ("office365.cn", HostOf::China),
    ("outlook.cn", HostOf::China),
    ("sharepoint.cn", HostOf::China),
    ("chinacloudapi.cn", HostOf::China),
    ("microsoftonline.de", HostOf::Germany),
    ("microsoftazure.de", HostOf::Germany),
    ("office.de", HostOf::Germany),
    ("onmicrosoft.de", HostOf::Germany),
    ("sharepoint.de", HostOf::Germany),
];

/// Whose a host is. Nothing in a host's name tells the two clouds of the United States government apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum HostOf {
    UsGov,
    China,
    /// Closed in 2021.
    Germany,
}

impl HostOf {
    /// What a person calls it.
    const fn name(self) -> &'static str {
        match self {
            Self::UsGov => "Microsoft's cloud for the United States government",
            Self::China => Cloud::China.name(),
            Self::Germany => "Microsoft's former cloud for Germany",
        }
    }

    /// Whether hosts of this cloud are among them.
    fn has(self, cloud: Cloud) -> bool {
        match self {
            Self::UsGov => cloud.is_us_gov(),
            Self::China => cloud == Cloud::China,
            Self::Germany => false,
        }
    }
}

/// Where SharePoint sites are, and the domain that organisations begin with there.
const SITES: [(&str, &str); 4] = [
    (".sharepoint.com", "onmicrosoft.com"),
    (".sharepoint.us", "onmicrosoft.us"),
    (".sharepoint-mil.us", "onmicrosoft.us"),
    (".sharepoint.cn", "partner.onmschina.cn"),
];

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

/// Whether a host is Microsoft's own, in whichever cloud.
pub(super) fn is_portal(host: &str) -> bool {
    let host = portless(host);
    PORTALS.iter().any(|suffix| is_below(host, suffix)) || elsewhere(host).is_some()
}

/// Whose a host of another cloud than the global one is.
fn elsewhere(host: &str) -> Option<HostOf> {
    ELSEWHERE.into_iter().find(|(suffix, _)| is_below(host, suffix)).map(|(_, of)| of)
}

/// The cloud that a host of Microsoft's belongs to, in words, where that is not this one.
pub(super) fn foreign_cloud(host: &str, cloud: Cloud) -> Option<&'static str> {
    let host = portless(host);
    if let Some(of) = elsewhere(host) {
        return (!of.has(cloud)).then(|| of.name());
    }
    let is_global = GLOBAL_ONLY.iter().any(|suffix| is_below(host, suffix));
    (is_global && cloud != Cloud::Global).then(|| Cloud::Global.name())
}

/// The tenant of a SharePoint site (`bakery.sharepoint.com`, `bakery-my…`, `bakery-admin…`).
pub(super) fn sharepoint(host: &str) -> Option<TenantInput> {
    let host = portless(host);
    let (name, begins) =
        SITES.into_iter().find_map(|(end, begins)| Some((host.strip_suffix(end)?, begins)))?;
    let name = ["-admin", "-my"].into_iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    domain(&format!("{name}.{begins}")).ok().map(TenantInput::Domain)
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
    let is_known = is_portal(host);
    // An address with an `@` in front of its host is an e-mail address with something behind it.
    let is_mail = scheme.is_empty() && host.contains('@');
    let is_url = !scheme.is_empty() || has_parameters || (is_known && !rest.is_empty());
    (is_url && !is_mail).then_some((host, rest))
}

/// The tenant that a URL names. Addresses of portals are full of ids of other things (applications, subscriptions,
/// people), so only those places count that hold a tenant.
pub(super) fn in_url(host: &str, rest: &str, cloud: Cloud) -> Found {
    if let Some(other) = foreign_cloud(host, cloud) {
        return Err(TenantInputError::OtherCloud(other, cloud));
    }
    if is_below(portless(host), SAFE_LINKS) {
        let meant = rest.split(['?', '&']).find_map(|given| given.strip_prefix("url="));
        let meant = percent_decode_str(meant.unwrap_or_default()).decode_utf8_lossy();
        let led = url(&meant).filter(|(host, _)| !is_below(portless(host), SAFE_LINKS));
        return led.map_or(Err(TenantInputError::Portal), |(host, rest)| in_url(host, rest, cloud));
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
    if let Some(found) = given.filter(|(name, _)| is_tenants(name)).find_map(|(_, value)| whole(value, cloud))
    {
        return Ok(found);
    }
    if let Some(found) =
        parts.iter().filter_map(|part| part.strip_prefix('@')).find_map(|part| whole(part, cloud))
    {
        return Ok(found);
    }
    if !is_portal(host) || sharepoint(host).is_some() {
        return named(portless(host), cloud).unwrap_or(Err(TenantInputError::Incomplete));
    }
    if let Some(found) = behind_segment(&parts, cloud) {
        return Ok(found);
    }
    // The path begins with the tenant; what names a part of a page stands in front of an id that is not one.
    match parts.first().filter(|part| !part.contains('=') && !is_page(part)) {
        Some(word) if PATH_WORDS.contains(word) => Err(TenantInputError::PathWord),
        Some(first) => whole(first, cloud).or_else(|| own_login(host)).ok_or(TenantInputError::Portal),
        None => own_login(host).ok_or(TenantInputError::Portal),
    }
}

/// The tenant that a path without a host names.
pub(super) fn in_path(path: &str, cloud: Cloud) -> Option<TenantInput> {
    let parts: Vec<&str> = path.split(['/', '?', '#']).filter(|part| !part.is_empty()).collect();
    behind_segment(&parts, cloud)
}

/// The tenant behind a segment that says so.
fn behind_segment(parts: &[&str], cloud: Cloud) -> Option<TenantInput> {
    let pairs = parts.iter().zip(parts.iter().skip(1));
    pairs.filter(|(name, _)| TENANT_SEGMENTS.contains(name)).find_map(|(_, value)| whole(value, cloud))
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
fn whole(text: impl AsRef<str>, cloud: Cloud) -> Option<TenantInput> {
    let text = text.as_ref();
    let name = || text.rsplit_once('@').map_or(text, |(_, domain)| domain);
    let guid = text.parse().ok().map(TenantInput::Guid);
    guid.or_else(|| named(name(), cloud)?.ok())
}
