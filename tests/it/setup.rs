//! `backup365 setup`, the built binary line by line, from an empty folder to a provisioned customer: against a sandbox over
//! TLS under Microsoft's own names, by a code, on a machine without a browser. The test plays the administrator, who clicks
//! what the program says.

use std::fs;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Client;
use serde_json::{Value, json};

use crate::{
    customers::{Ended, bare},
    live::Foreground,
    login::{Begun, send, visits},
    network::rig::{Authority, Life, Rig},
    plain::pipe::Pipe,
    terminal::Home,
};

const HOSTS: [&str; 2] = ["login.microsoftonline.com", "graph.microsoft.com"];
const ADMIN: &str = "admin@coastline-partners.example";
const TOOLS: &str = "14d82eec-204b-4c2f-b7e8-296a70dab67e";
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
/// Shows a customer's name before it has accepted.
const NAMES: &str = "cac88765-0581-4025-9725-5ebc13f729ee";

/// An empty home, and a way to Microsoft that ends at a sandbox.
struct Place {
    microsoft: Foreground,
    _rig: Rig,
    home: Home,
    variables: Vec<(&'static str, String)>,
}

impl Place {
    fn new() -> Self {
        let (rig, ours, microsoft) =
            (Rig::new(), Authority::new("Authority of the tests"), Foreground::start());
        let tls = rig.tls(ours.signs(&HOSTS, Life::Good), &microsoft.address);
        let routes = vec![("login.microsoftonline.com:443", tls), ("graph.microsoft.com:443", tls)];
        let (proxy, _) = rig.proxy(None, routes);
        let home = Home::new();
        let trusted = home.path().join("authority.pem");
        fs::write(&trusted, &ours.pem).unwrap();
        let variables = vec![
            ("HTTPS_PROXY", format!("http://{proxy}")),
            ("SSL_CERT_FILE", trusted.display().to_string()),
        ];
        Self { microsoft, _rig: rig, home, variables }
    }

    fn setup(&self) -> Pipe {
        let variables: Vec<(&str, &str)> =
            self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Pipe::start_in(&self.home, &["--plain", "setup"], &variables)
    }

    fn command(&self, words: &[&str]) -> std::process::Command {
        let mut command = bare(&self.home);
        command.args(words).envs(self.variables.iter().map(|(name, value)| (*name, value)));
        command
    }

    fn run(&self, words: &[&str]) -> Ended {
        let output = self.command(words).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    fn settings(&self) -> String {
        fs::read_to_string(self.home.path().join(".config/backup365/settings.toml")).unwrap()
    }
}

/// The administrator of the partner at the Entra admin center.
struct Administrator {
    client: Client,
    address: String,
    token: String,
}

impl Administrator {
    async fn at(microsoft: &Foreground) -> Self {
        let (client, address) = (Client::builder().no_proxy().build().unwrap(), microsoft.address.clone());
        let at = |path: &str| format!("{address}/{}/oauth2/v2.0/{path}", microsoft.tenant);
        let form = [("client_id", TOOLS), ("scope", "https://graph.microsoft.com/.default")];
        let device: Value =
            client.post(at("devicecode")).form(&form).send().await.unwrap().json().await.unwrap();
        visits(&format!("{address}/devicelogin"), device["user_code"].as_str(), ADMIN).await;
        let code = device["device_code"].as_str().unwrap();
        let form = [("client_id", TOOLS), ("grant_type", "device_code"), ("device_code", code)];
        let token: Value = client.post(at("token")).form(&form).send().await.unwrap().json().await.unwrap();
        let token = token["access_token"].as_str().unwrap().to_owned();
        Self { client, address, token }
    }

    async fn makes(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}/v1.0{path}", self.address);
        let answer = self.client.post(url).bearer_auth(&self.token).json(body).send().await.unwrap();
        let (status, made): (_, Value) = (answer.status(), answer.json().await.unwrap());
        assert!(status.is_success(), "{path}: {made}");
        made
    }

    async fn reads(&self, path: &str) -> Value {
        let url = format!("{}/v1.0{path}", self.address);
        self.client.get(url).bearer_auth(&self.token).send().await.unwrap().json().await.unwrap()
    }

    /// Registers the one that customers accept, with what the program said; its application ID.
    async fn registers(&self, roles: &[&str], certificate: &str) -> String {
        let key: String = certificate.lines().filter(|line| !line.starts_with("-----")).collect();
        assert!(STANDARD.decode(&key).is_ok(), "{certificate}");
        let asked = roles.iter().filter(|role| **role != NAMES);
        let body = json!({
            "displayName": "Backup365", "signInAudience": "AzureADMultipleOrgs",
            "keyCredentials": [{"type": "AsymmetricX509Cert", "usage": "Verify", "key": key}],
            "requiredResourceAccess": [{"resourceAppId": GRAPH, "resourceAccess": asked.map(|id| json!({"id": id, "type": "Role"})).collect::<Vec<_>>()}],
        });
        let app = self.makes("/applications", &body).await["appId"].as_str().unwrap().to_owned();
        let principal = self.makes("/servicePrincipals", &json!({"appId": app})).await;
        let graph = self.reads(&format!("/servicePrincipals?$filter=appId eq '{GRAPH}'")).await;
        let path = format!("/servicePrincipals/{}/appRoleAssignments", principal["id"].as_str().unwrap());
        for role in roles {
            let wish = json!({"principalId": principal["id"], "resourceId": graph["value"][0]["id"], "appRoleId": role});
            self.makes(&path, &wish).await;
        }
        app
    }

    /// Registers the one by which staff sign in, and gives herself the role Admin; its application ID.
    async fn registers_staff(&self, scopes: &[&str]) -> String {
        let roles = ["Admin", "User"].map(|value| {
            let id = if value == "Admin" { "7a3d1d0e-2a5f-4a0b-9f63-0c1c7c1f7b11" } else { "0c1c7c1f-2a5f-4a0b-9f63-7a3d1d0e7b11" };
            json!({"id": id, "value": value, "displayName": value, "description": value, "isEnabled": true, "allowedMemberTypes": ["User"]})
        });
        let body = json!({
            "displayName": "Backup365 operators", "signInAudience": "AzureADMyOrg", "appRoles": roles,
            "isFallbackPublicClient": true, "publicClient": {"redirectUris": ["http://localhost"]},
            "requiredResourceAccess": [{"resourceAppId": GRAPH, "resourceAccess": scopes.iter().map(|id| json!({"id": id, "type": "Scope"})).collect::<Vec<_>>()}],
        });
        let app = self.makes("/applications", &body).await["appId"].as_str().unwrap().to_owned();
        let principal = self.makes("/servicePrincipals", &json!({"appId": app})).await;
        let me = self.reads("/me").await;
        let wish =
            json!({"principalId": me["id"], "resourceId": principal["id"], "appRoleId": roles[0]["id"]});
        let path = format!("/servicePrincipals/{}/appRoleAssignedTo", principal["id"].as_str().unwrap());
        self.makes(&path, &wish).await;
        app
    }

    /// Accepts a link for a customer, as its administrator.
    async fn accepts(&self, link: &str, who: &str) {
        let link = link.replace("https://login.microsoftonline.com", &self.address);
        let mut page = self.client.get(&link).send().await.unwrap().text().await.unwrap();
        for field in [("account", who), ("passwd", "sandbox"), ("decision", "accept")] {
            page = send(&self.client, &self.address, &page, field).await;
        }
    }
}

/// The GUIDs that stand in brackets behind a permission, in their order.
fn guids(said: &str) -> Vec<&str> {
    said.split("- ")
        .skip(1)
        .filter_map(|line| line.split_once(" (")?.1.get(..36))
        .chain(said.contains(NAMES).then_some(NAMES))
        .collect()
}

#[test]
fn from_an_empty_folder_to_a_provisioned_customer() {
    // A runtime of its own: what stands between is one, too.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let place = Place::new();
    let tenant = place.microsoft.tenant.clone();
    let mut setup = place.setup();
    setup.hears("Setting up Backup365").hears("Your own organisation, missing").hears("Enter for 1");
    setup.types("").hears("Which organisation is your own?").hears("Tenant ID");
    setup.types("nobody-at-all.example").hears("Problem").hears("3: Change Tenant ID");
    setup.types("3").hears("Tenant ID");
    setup.types("coastline-partners.example").hears(&format!("app.tenant = \"{tenant}\"")).hears("1: Save");
    setup.types("").hears("Make a certificate?").hears("1: Make the certificate");
    setup.types("").hears("The certificate is there").hears("Thumbprint").hears("1: Continue");
    setup.types("").hears("Register the application for customers").hears("1: Continue");
    setup.types("quit");
    let said = setup.said();
    assert_eq!(setup.ends(), 0);
    let config = place.home.path().join(".config/backup365");
    let certificate = fs::read_to_string(config.join("certificate.cer")).unwrap();
    assert!(
        !certificate.contains("PRIVATE")
            && fs::read_to_string(config.join("certificate.pem")).unwrap().contains("PRIVATE KEY")
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(config.join("certificate.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // The settings are unfinished: no other command takes them for the sandbox's.
    let ended = place.run(&["status"]);
    assert!(ended.code == 2 && ended.err.contains("app.client_id is missing"), "{}", ended.err);

    let administrator = runtime.block_on(Administrator::at(&place.microsoft));
    let app = runtime.block_on(administrator.registers(&guids(&said), &certificate));
    let before = fs::read_to_string(config.join("certificate.pem")).unwrap();
    let with_note = format!("# a note of ours\n{}", place.settings());
    fs::write(config.join("settings.toml"), with_note).unwrap();

    // Started again: what is there, what is missing, and on with that.
    let mut setup = place.setup();
    setup.hears("a certificate, good until").hears("Application for customers, missing").hears("Enter for 3");
    setup.types("").hears("Register the application for customers").hears("1: Continue");
    setup.types("").hears("Application ID");
    setup.types(&tenant).hears("This is the tenant ID").hears("Application ID");
    setup.types("11111111-1111-4111-8111-111111111111").hears("failed").hears("It can be saved all the same");
    setup.hears("1: Save").types("change application id").hears("Application ID");
    setup.types(&app).hears("takes the credential").hears("Backup365 asks customers for the 9 permissions");
    setup.hears("can be shown before they have accepted").hears("Coastline Partners").hears("Enter for 1");
    setup.types("").hears("Register the application for your staff").hears("1: Continue");
    let staff = setup.said();
    let staff = staff.split("Register the application for your staff").last().unwrap();
    let staff = runtime.block_on(administrator.registers_staff(&guids(staff)));
    setup
        .types("")
        .hears("Application ID")
        .types(&staff)
        .hears("gives out codes for it")
        .hears("has what your staff need");
    setup.hears("Enter for 1").types("").hears("Everything is set up").hears("backup365 doctor");
    setup.types("quit");
    assert_eq!(setup.ends(), 0);
    let settings = place.settings();
    assert!(
        settings.starts_with("# a note of ours\n") && settings.contains(&app) && settings.contains(&staff),
        "{settings}"
    );
    assert_eq!(fs::read_to_string(config.join("certificate.pem")).unwrap(), before, "made once");
    assert!(!place.home.path().join(".local/share/backup365/backup365.sqlite").exists(), "no record");

    let found = place.run(&["doctor", "--json"]).json("doctor");
    let troubles: Vec<&Value> =
        found["checks"].as_array().unwrap().iter().filter(|check| check["state"] != "ok").collect();
    assert!(troubles.is_empty(), "{troubles:#?}");
    let mut login = Begun::of(place.command(&["login", "--device-code"]));
    let code = login.says("Code: ");
    runtime.block_on(visits(&format!("{}/devicelogin", place.microsoft.address), Some(&code), ADMIN));
    let ended = login.ended();
    assert_eq!(
        (ended.code, ended.out),
        (0, format!("{ADMIN} is signed in, as an Admin.\n")),
        "{}",
        ended.err
    );

    let add = [
        "customers",
        "add",
        "--reference",
        "X-1",
        "--name",
        "Bluegum Accounting",
        "--domain",
        "bluegumaccounting.example",
        "--products",
        "office365",
    ];
    let ended = place.run(&add);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let waits =
        ["provision", "X-1", "--tenant", "bluegumaccounting.example", "--users", "none", "--wait", "0s"];
    let ended = place.run(&waits);
    assert_eq!(ended.code, 5, "{}", ended.err);
    let link = ended.err.split_whitespace().find(|word| word.contains("/adminconsent?client_id=")).unwrap();
    assert!(link.contains(&app), "{link}");
    runtime.block_on(administrator.accepts(link, "ruth.sutherland@bluegumaccounting.example"));
    let ended = place.run(&["provision", "X-1", "--users", "all", "--max-seats", "500", "--without-sweeper"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
}

#[test]
fn where_it_has_no_place_it_says_so() {
    let home = Home::new();
    let run = |words: &[&str]| {
        let output = bare(&home).args(words).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = run(&["--sandbox", "setup"]);
    assert!(code == 2 && said.contains("Leave --sandbox out"), "{said}");
    let (code, said) = run(&["setup"]);
    assert!(code == 2 && said.contains("needs a terminal"), "{said}");
    let (code, said) = run(&["status"]);
    assert!(code == 2 && said.contains("backup365 setup"), "{said}");
    let config = home.path().join(".config/backup365");
    fs::create_dir_all(&config).unwrap();
    fs::write(config.join("settings.toml"), "[app\n").unwrap();
    let (code, said) = run(&["--plain", "setup"]);
    assert!(code == 2 && said.contains("settings.toml can't be used: line 1"), "{said}");
    assert_eq!(fs::read_to_string(config.join("settings.toml")).unwrap(), "[app\n", "left as it was");
}
