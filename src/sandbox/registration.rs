//! Public clients: registrations that people sign in with, which have no secret.
//!
//! One is the partner's own, for its operators: it gives each of them the roles that were assigned. The other is
//! Microsoft's for its command line tools, which partners use before they have a registration. Both are consented to for
//! everybody, so that no page asks for it. More are registered through Graph.

use serde_json::Value;

use super::{
    application::{of, redirects, registered},
    partner_center,
    platform::Platform,
    role::{GRAPH, known_scopes},
};

/// Application id of Microsoft Graph Command Line Tools, which Microsoft publishes.
const COMMAND_LINE_TOOLS: &str = "14d82eec-204b-4c2f-b7e8-296a70dab67e";

/// Scopes of people that say who somebody is, and open nothing.
pub(super) const OPENID: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// One public client.
pub(super) struct Registration {
    /// Application (client) id.
    pub(super) client: String,
    /// Name on the pages.
    pub(super) name: String,
    /// Redirect addresses; the port of `localhost` does not count.
    pub(super) redirects: Vec<String>,
    /// Delegated scopes of Graph that everybody may get.
    pub(super) scopes: Vec<&'static str>,
    /// The only tenant whose people may sign in; none: anybody's.
    pub(super) tenant: Option<String>,
    /// Whether tokens carry the roles that the partner assigned.
    pub(super) has_roles: bool,
    /// Whether device codes are given out for it.
    pub(super) has_device_codes: bool,
    /// Whether it was registered through Graph.
    pub(super) is_registered: bool,
}

/// The public client of an id, as it stands in this world.
pub(super) fn public(platform: &Platform, client: &str) -> Option<Registration> {
    let world = &platform.world;
    let localhost = |path: &str| format!("http://localhost{path}");
    let is_seeded = !platform.faults(None).unregistered;
    if is_seeded && client.eq_ignore_ascii_case(&world.partner.operators) {
        return Some(Registration {
            client: world.partner.operators.clone(),
            name: format!("{} operators", world.partner.app_name),
            redirects: vec![localhost(""), localhost("/signin")],
            scopes: vec![
                "User.Read",
                "User.ReadBasic.All",
                "Organization.Read.All",
                "DelegatedAdminRelationship.Read.All",
                "Directory.Read.All",
                "Application.ReadWrite.All",
                "AppRoleAssignment.ReadWrite.All",
            ],
            tenant: Some(world.partner.tenant.clone()),
            has_roles: true,
            has_device_codes: true,
            is_registered: false,
        });
    }
    let tools = client.eq_ignore_ascii_case(COMMAND_LINE_TOOLS).then(|| Registration {
        client: COMMAND_LINE_TOOLS.to_owned(),
        name: "Microsoft Graph Command Line Tools".to_owned(),
        redirects: vec![localhost("")],
        scopes: vec![
            "User.Read",
            "User.Read.All",
            "Organization.Read.All",
            "Application.ReadWrite.All",
            "AppRoleAssignment.ReadWrite.All",
        ],
        tenant: None,
        has_roles: false,
        has_device_codes: true,
        is_registered: false,
    });
    tools.or_else(|| made(platform, client))
}

/// One that was registered through Graph, where it is a public client. Consent of its people is not played: they may get
/// what it asks for.
fn made(platform: &Platform, client: &str) -> Option<Registration> {
    let (home, row) = registered(platform, client).ok()??;
    let redirects = redirects(&row, "publicClient");
    let has_device_codes = row.get("isFallbackPublicClient").and_then(Value::as_bool) == Some(true);
    if redirects.is_empty() && !has_device_codes {
        return None;
    }
    let list = |row: &Value, name: &str| row.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let asked =
        list(&row, "requiredResourceAccess").into_iter().filter(|it| of(it, "resourceAppId") == GRAPH);
    let asked = asked.flat_map(|resource| list(&resource, "resourceAccess"));
    let scope = |access: &Value| known_scopes().find(|(_, id)| of(access, "id").eq_ignore_ascii_case(id));
    Some(Registration {
        client: of(&row, "appId").to_owned(),
        name: of(&row, "displayName").to_owned(),
        redirects,
        scopes: asked.filter_map(|access| scope(&access).map(|(name, _)| *name)).collect(),
        tenant: (of(&row, "signInAudience") == "AzureADMyOrg").then(|| home.id.clone()),
        has_roles: true,
        has_device_codes,
        is_registered: true,
    })
}

/// What was asked for, as one resource grants it.
pub(super) struct Scopes {
    /// Scopes of [`OPENID`].
    pub(super) openid: Vec<String>,
    /// Scopes of the resource, without its address.
    pub(super) named: Vec<String>,
    /// The resource is Partner Center, and not Graph.
    pub(super) is_of_center: bool,
}

impl Scopes {
    /// Reads the parameter `scope`; `None` where something is no scope of one resource, or not granted.
    pub(super) fn read(text: &str, registration: &Registration) -> Option<Self> {
        let (mut openid, mut graph, mut center) = (Vec::new(), Vec::new(), Vec::new());
        for word in text.split_whitespace() {
            if OPENID.contains(&word) {
                openid.push(word.to_owned());
                continue;
            }
            if let Some(name) = word.strip_prefix(partner_center::RESOURCE) {
                let fits = registration.has_roles && ["/user_impersonation", "/.default"].contains(&name);
                fits.then(|| center.push(partner_center::SCOPE.to_owned()))?;
                continue;
            }
            let name = word.strip_prefix("https://graph.microsoft.com/").unwrap_or(word);
            if name == ".default" {
                graph.extend(registration.scopes.iter().map(|it| (*it).to_owned()));
                continue;
            }
            let known = registration.scopes.iter().find(|it| it.eq_ignore_ascii_case(name))?;
            graph.push((*known).to_owned());
        }
        // A token is for one resource.
        let is_of_center = !center.is_empty();
        (graph.is_empty() || !is_of_center).then_some(())?;
        Some(Self { openid, named: if is_of_center { center } else { graph }, is_of_center })
    }

    /// Whether one of the plain scopes was asked for.
    pub(super) fn has(&self, name: &str) -> bool {
        self.openid.iter().any(|it| it == name)
    }

    /// As the answer tells them.
    pub(super) fn told(&self) -> String {
        let shown = self.openid.iter().filter(|it| *it != "offline_access");
        shown.chain(&self.named).map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}
