//! What is broken between here and Microsoft, and there: proxies, certificates, one host of two, the clock, the credential,
//! the registration.

use std::fs;

use super::{Diagnosis, look, look_with};
use crate::{
    install::{Partner, said},
    live::Foreground,
    network::rig::{Authority, Life, Rig},
    terminal::Home,
};

const LOGIN: &str = "login.microsoftonline.com";
const GRAPH: &str = "graph.microsoft.com";

/// The operators' registration of the sandbox.
const OPERATORS: &str = "5e0c9d27-8b14-4f6a-a3d1-72c6f0b94e18";

/// A place where nobody listens.
const DEAD: &str = "127.0.0.1:9";

/// Looks at the desk of a partner who works with Microsoft.
fn at(partner: &Partner, more: &[&str]) -> Diagnosis {
    Diagnosis::of(partner.desk.run(&[more, &["doctor", "--json"]].concat()))
}

#[test]
fn the_way_out_is_looked_at_and_each_host_by_its_own_line() {
    let (rig, ours, microsoft) = (Rig::new(), Authority::new("Authority of the tests"), Foreground::start());
    let good = rig.tls(ours.signs(&[LOGIN, GRAPH], Life::Good), &microsoft.address);
    let opened = rig.tls(Authority::new("Zealous Gateway").signs(&[GRAPH], Life::Good), &microsoft.address);
    let routes = |graph| vec![("login.microsoftonline.com:443", good), ("graph.microsoft.com:443", graph)];
    let (proxy, _) = rig.proxy(Some("Basic YW5hOmh1c2g="), routes(good));
    let (half, _) = rig.proxy(None, routes(opened));
    let home = Home::new();
    let authority = home.path().join("authority.pem");
    fs::write(&authority, &ours.pem).unwrap();
    let config = home.path().join(".config/backup365");
    backup365::private::make_folder(&config).unwrap();
    backup365::private::replace(&config.join("secret.txt"), "sandbox~invented~secret\n").unwrap();
    let Foreground { application, tenant, .. } = &microsoft;
    let settings = format!(
        "[app]\nclient_id = \"{application}\"\ntenant = \"{tenant}\"\nsecret_file = \"secret.txt\"\n"
    );
    backup365::private::replace(&config.join("settings.toml"), &settings).unwrap();
    let trust = ("SSL_CERT_FILE", authority.to_str().unwrap());
    let behind = |proxy: &str, more: &[(&str, &str)]| {
        look_with(&home, &[], &[&[("HTTPS_PROXY", proxy), trust], more].concat())
    };
    let found = behind(&format!("http://ana:hush@{proxy}"), &[]);
    found.is_green().says("Proxy and CA", &[&format!("the proxy {proxy}, and SSL_CERT_FILE=")]);
    found.says(LOGIN, &["ok answers, through the proxy"]).says("Credential", &["a client secret, from "]);
    behind(&format!("http://{half}"), &[])
        .names(GRAPH, &["its certificate comes from \"Zealous Gateway\"", "whoever runs this network"])
        .says(LOGIN, &["ok answers"]);
    behind(&format!("http://ana:wrong@{proxy}"), &[])
        .says(LOGIN, &["failure", "does not accept the user name"]);
    behind(&format!("http://{DEAD}"), &[])
        .says(GRAPH, &["failure", "can't be reached: nobody answers there"]);
    behind("ftp://proxy.example", &[])
        .names("Proxy and CA", &["HTTPS_PROXY does not hold the address of a proxy"]);
    // By halves: one place of certificates is there, and the other is not.
    let folder = [("SSL_CERT_DIR", "/nonexistent/certificates")];
    behind(&format!("http://ana:hush@{proxy}"), &folder)
        .names("Proxy and CA", &["warning", "names what is not there: /nonexistent/certificates"]);
    let found = look_with(&home, &[], &[("SSL_CERT_FILE", "/nonexistent/ca.pem")]);
    found.names("Proxy and CA", &["failure", "no certificates to trust servers by"]);
}

#[test]
fn under_tls_and_microsofts_own_names_on_this_computer_all_is_well() {
    let microsoft = Foreground::start_with(&["--tls"]);
    let home = Home::new();
    let config = home.path().join(".config/backup365");
    backup365::private::make_folder(&config).unwrap();
    backup365::private::replace(&config.join("secret.txt"), "sandbox~invented~secret\n").unwrap();
    let Foreground { address, application, tenant, .. } = &microsoft;
    let address = address.replacen("http:", "https:", 1);
    let settings = format!(
        "[app]\nclient_id = \"{application}\"\ntenant = \"{tenant}\"\nsecret_file = \"secret.txt\"\n\n\
         [operator]\nclient_id = \"{OPERATORS}\"\n\n[addresses]\n\"https://{LOGIN}\" = \"{address}\"\n\"https://{GRAPH}\" = \"{address}\"\n"
    );
    backup365::private::replace(&config.join("settings.toml"), &settings).unwrap();
    let authority = microsoft.authority();
    look_with(&home, &[], &[("SSL_CERT_FILE", authority.to_str().unwrap())])
        .is_green()
        .says("Addresses", &[&format!("https://{LOGIN} is {address}, and 1 more"), "is not Microsoft"])
        .says("Registration", &["9 permissions of the table"])
        .says("Sign-in of staff", &["ok Backup365 operators has what your staff need"]);
    // By halves: the right addresses, and nobody who vouches for them.
    look_with(&home, &[], &[]).says(LOGIN, &["failure", "certificate"]);
}

#[test]
fn a_clock_that_differs_from_microsofts_is_named() {
    let mut partner = Partner::new("secret_file = \"good.txt\"");
    at(&partner, &[]).is_green().says("Addresses", &["ok", "what answers there is not Microsoft"]);
    // What a clock that was fast wrote, with one that is right now.
    let record = partner.desk.path(".local/share/backup365/backup365.sqlite");
    let record = rusqlite::Connection::open(record).unwrap();
    record.execute("UPDATE audit SET at = at + 315360000000", []).unwrap();
    drop(record);
    at(&partner, &[]).says("Clock", &["failure", "the record holds something that happened at"]);
    partner.microsoft = Foreground::start_with(&["--clock", "2026-11-23T20:00:00+11:00"]);
    partner.writes("secret_file = \"good.txt\"");
    at(&partner, &[])
        .says("Clock", &["failure", "by the date of Microsoft's answers", "Set the clock right"]);
}

#[test]
fn a_credential_is_looked_at_before_microsoft_is_asked_and_after() {
    let partner = Partner::new("secret_file = \"good.txt\"");
    let config = partner.desk.path(".config/backup365");
    let write = |name: &str, text: &str| backup365::private::replace(&config.join(name), text).unwrap();
    write("id.txt", "7a36af4b-c51e-44e1-87f0-d8af3157c2ca\n");
    write("two.txt", "one\ntwo\n");
    let certificate = |key: &rcgen::KeyPair, year: i32| {
        let mut params = rcgen::CertificateParams::new(vec!["backup.example".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(year, 1, 31);
        params.self_signed(key).unwrap().pem()
    };
    let [ours, other] = [0, 1].map(|_| rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap());
    write("over.pem", &(certificate(&ours, 2021) + &ours.serialize_pem()));
    write("long.pem", &(certificate(&ours, 2999) + &ours.serialize_pem()));
    write("other.pem", &(certificate(&ours, 2999) + &other.serialize_pem()));
    for (line, name, words) in [
        ("secret_file = \"gone.txt\"", "Credential", "gone.txt can't be read"),
        ("secret_file = \"two.txt\"", "Credential", "has 2 lines, and a secret is one"),
        ("secret_file = \"id.txt\"", "Credential", "warning a client secret, from "),
        ("secret_file = \"id.txt\"", "Credential", "has the form of a secret's ID"),
        ("secret_file = \"bad.txt\"", "Microsoft", "failure signing in to your own organisation"),
        ("secret_environment = \"NOWHERE\"", "Credential", "NOWHERE for the secret is not set"),
        ("secret_command = [\"/no/such/program\"]", "Credential", "/no/such/program gave no secret"),
        ("certificate_file = \"good.txt\"", "Credential", "is no PEM file and no PFX"),
        ("certificate_file = \"other.pem\"", "Credential", "does not belong to the certificate beside it"),
    ] {
        partner.writes(line);
        at(&partner, &[]).says(name, &[words]);
    }
    // Whether Microsoft knows a certificate is not asked here: nobody answers.
    for (line, words) in [
        ("certificate_file = \"over.pem\"", "ended on 31 Jan 2021"),
        ("certificate_file = \"long.pem\"", "ok the certificate is good until 31 Jan 2999"),
    ] {
        partner.writes(line);
        let nowhere = format!("https://{GRAPH}=http://{DEAD}");
        let found =
            at(&partner, &["--address", &nowhere, "--address", &format!("https://{LOGIN}=http://{DEAD}")]);
        found.says("Expiry", &[words]).says("Credential", &["ok a certificate and the key"]);
    }
    // By halves: the right file, which others may read.
    partner.writes("secret_file = \"good.txt\"");
    let mut open = std::process::Command::new("chmod");
    open.arg("644").arg(config.join("good.txt"));
    assert_eq!(said(open).0, 0);
    at(&partner, &[])
        .says("Files", &["can read the secret in", "chmod 600"])
        .says("Microsoft", &["ok takes"]);
}

#[test]
fn what_is_registered_at_microsoft_is_held_against_the_table() {
    let home = Home::new();
    for (fault, name, words) in [
        (
            "without=Mail.ReadWrite",
            "Registration",
            "failure customers are not asked for all that is needed: Mail.ReadWrite",
        ),
        (
            "without=Application.Read.All",
            "Registration",
            "warning your own organisation does not let the application read",
        ),
        (
            "single-tenant",
            "Registration",
            "failure the application is not for accounts of other organisations (AzureADMyOrg)",
        ),
        ("secret-ends=2026-12-05", "Expiry", "ends on 5 Dec 2026, in 10 days"),
        ("secret-ends=2026-11-02", "Expiry", "ended on 2 Nov 2026"),
        ("token-error=7000222", "Microsoft", "failure signing in to your own organisation"),
    ] {
        look(&home, &["--clock", "2026-11-24T12:00:00+11:00", "--fault", fault]).names(name, &[words]);
    }
    let partner = Partner::new("secret_file = \"good.txt\"");
    let page = ["--links-done-page", "https://www.example.com/done"];
    at(&partner, &page)
        .says("Registration", &["links.done_page is not registered: https://www.example.com/done"]);
    let extra = "Tasks.Read.All=f10e1f91-74ed-437f-a6fd-d6ae88e26c1f=Back up To Do lists";
    at(&partner, &["--permission", extra]).says("Registration", &["Tasks.Read.All missing"]);
    let nobodys = ["--app-client-id", "6f2b8c1d-0000-4000-8000-00000000dead"];
    at(&partner, &nobodys).says("Microsoft", &["failure", "app.client_id"]);
}

#[test]
fn the_registration_by_which_staff_sign_in_is_held_against_its_table() {
    let home = Home::new();
    for (word, words) in [
        ("missing", "failure your own organisation has no registration with the ID of operator.client_id"),
        ("multi-tenant", "warning the application takes other accounts than it should: AzureADMultipleOrgs"),
        ("secret", "warning the application has a secret or a certificate"),
        ("no-codes", "failure nobody can sign in by a code"),
        ("no-redirect", "warning nobody can sign in by a browser of this computer: http://localhost"),
        (
            "no-relationships",
            "warning the application does not ask for all that your staff may use: DelegatedAdmin",
        ),
        ("no-user-role", "failure nobody can be given these roles, because the application has none: User"),
        (
            "no-enterprise-application",
            "failure nobody can be given a role: the application has no enterprise",
        ),
    ] {
        look(&home, &["--fault", &format!("operators-odd={word}")]).names("Sign-in of staff", &[words]);
    }
}
