//! `backup365 setup --signed-in`, the built binary from an empty folder against a sandbox in which nothing is registered:
//! both registrations are made, the settings are written and proved, and a customer accepts the new application.

use std::{
    fs,
    process::{Command, Output},
};

use reqwest::Client;

use crate::{
    customers::{Ended, bare},
    live::Foreground,
    login::{Begun, send, visits},
    terminal::{Home, Terminal},
};

const ADMIN: &str = "admin@coastline-partners.example";
const ORGANISATION: [&str; 4] = ["setup", "--signed-in", "--organisation", "coastline-partners.example"];
/// A customer of the sandbox, and its administrator.
const CUSTOMER: (&str, &str) =
    ("7a36af4b-c51e-44e1-87f0-d8af3157c2ca", "hemi.tamihana@kauribuilding.example");

/// A command for the program, which takes the sandbox for Microsoft.
fn live(home: &Home, microsoft: &Foreground, words: &[&str]) -> Command {
    let mut command = bare(home);
    let to = &microsoft.address;
    let addresses = format!("https://login.microsoftonline.com={to} https://graph.microsoft.com={to}");
    command.env("BACKUP365_ADDRESSES", addresses).args(words);
    command
}

/// What came of one that asks nobody.
fn ran(home: &Home, microsoft: &Foreground, words: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = live(home, microsoft, words).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

/// Runs one that signs somebody in by a browser.
async fn by_browser(home: &Home, microsoft: &Foreground, words: &[&str], who: &str) -> Ended {
    let mut begun = Begun::of(live(home, microsoft, &[words, &["--browser"]].concat()));
    let page = begun.says("Page: ").replace("https://login.microsoftonline.com", &microsoft.address);
    visits(&page, None, who).await;
    begun.ended()
}

#[tokio::test]
async fn from_an_empty_folder_to_a_customer_who_accepts() {
    let microsoft = Foreground::start_with(&["--fault", "unregistered"]);
    let home = Home::new();
    let mut setup =
        Begun::of(live(&home, &microsoft, &[&ORGANISATION[..], &["--device-code", "--yes"]].concat()));
    let code = setup.says("Code: ");
    visits(&format!("{}/devicelogin", microsoft.address), Some(&code), ADMIN).await;
    let made = setup.ended();
    assert_eq!(made.code, 0, "{} {}", made.out, made.err);
    for said in [
        "Microsoft Graph Command Line Tools, Permissions; or Properties",
        "Organisation: Coastline Partners, tenant ID 2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684",
        "Backup365, which customers accept, is missing:",
        "Done: make the registration Backup365\n",
        "Done: give you the role Admin\n",
    ] {
        assert!(made.err.contains(said), "{said}: {}", made.err);
    }
    assert!(made.out.contains("asks customers for the 9 permissions of the table"), "{}", made.out);
    let settings = fs::read_to_string(home.path().join(".config/backup365/settings.toml")).unwrap();
    for key in ["tenant = ", "certificate_file = ", "[operator]"] {
        assert!(settings.contains(key), "{settings}");
    }
    assert_eq!(settings.matches("client_id = ").count(), 2, "{settings}");

    // Everything is there: nothing is asked, and nothing is made again.
    let again = by_browser(&home, &microsoft, &["setup", "--signed-in"], ADMIN).await;
    assert_eq!(again.code, 0, "{} {}", again.out, again.err);
    assert_eq!(again.err.matches(" is there: ").count(), 2, "{}", again.err);
    assert!(!again.err.contains("Done: "), "{}", again.err);
    let signed_in = by_browser(&home, &microsoft, &["login"], ADMIN).await;
    assert_eq!((signed_in.code, signed_in.out), (0, format!("{ADMIN} is signed in, as an Admin.\n")));

    let (tenant, administrator) = CUSTOMER;
    let add = [
        "customers",
        "add",
        "--reference",
        "K-1",
        "--name",
        "Kauri Building Supplies",
        "--domain",
        "kauribuilding.example",
    ];
    let (code, _, said) =
        ran(&home, &microsoft, &[&add[..], &["--products", "office365", "--tenant", tenant]].concat());
    assert_eq!(code, 0, "{said}");
    let client = settings.split("client_id = \"").nth(1).unwrap().split('"').next().unwrap();
    accepts(&microsoft.address, tenant, client, administrator).await;
    let (code, out, said) =
        ran(&home, &microsoft, &["provision", "K-1", "--users", "all", "--max-seats", "90"]);
    assert!(code == 0 || code == 3, "{code} {out} {said}");
    assert!(out.contains("Kauri Building Supplies"), "{out}");
}

/// The customer's administrator opens the link and accepts.
async fn accepts(microsoft: &str, tenant: &str, client: &str, who: &str) {
    let browser = Client::builder().no_proxy().build().unwrap();
    let link = format!("{microsoft}/{tenant}/adminconsent?client_id={client}");
    let mut page = browser.get(link).send().await.unwrap().text().await.unwrap();
    for field in [("account", who), ("passwd", "sandbox")] {
        page = send(&browser, microsoft, &page, field).await;
    }
    assert!(page.contains("Backup365") && page.contains("Permissions requested"), "{page}");
    send(&browser, microsoft, &page, ("decision", "accept")).await;
}

#[tokio::test]
async fn whoever_may_not_and_whatever_is_missing_is_said_before_anything_is_made() {
    let microsoft = Foreground::start_with(&["--fault", "unregistered"]);
    let home = Home::new();
    let (code, _, said) = ran(&home, &microsoft, &["setup", "--signed-in"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("--organisation"), "{said}");
    let sure = [&ORGANISATION[..], &["--yes"]].concat();
    let refused = by_browser(&home, &microsoft, &sure, "theo.banks@coastline-partners.example").await;
    assert_eq!(refused.code, 4, "{}", refused.err);
    assert!(refused.err.contains("does not let your account do this"), "{}", refused.err);
    let unsure = by_browser(&home, &microsoft, &ORGANISATION, ADMIN).await;
    assert_eq!(unsure.code, 2, "{}", unsure.err);
    assert!(unsure.err.contains("Add --yes"), "{}", unsure.err);
}

#[tokio::test]
async fn where_consent_is_refused_the_way_by_hand_is_said() {
    let microsoft = Foreground::start_with(&["--fault", "sign-in-error=90094", "--fault", "sign-in-told"]);
    let home = Home::new();
    let mut setup = Begun::of(live(&home, &microsoft, &[&ORGANISATION[..], &["--device-code"]].concat()));
    let code = setup.says("Code: ");
    visits(&format!("{}/devicelogin", microsoft.address), Some(&code), ADMIN).await;
    let refused = setup.ended();
    assert_eq!(refused.code, 4, "{}", refused.err);
    assert!(
        refused.err.contains("may not let Microsoft Graph Command Line Tools do this"),
        "{}",
        refused.err
    );
    assert!(refused.err.contains("or register by hand: backup365 setup"), "{}", refused.err);
}

#[tokio::test]
async fn on_a_terminal_one_key_makes_nothing() {
    let microsoft = Foreground::start_with(&["--fault", "unregistered"]);
    let home = Home::new();
    let to = &microsoft.address;
    let mut words: Vec<String> = ORGANISATION.iter().map(|it| (*it).to_owned()).collect();
    for host in ["login.microsoftonline.com", "graph.microsoft.com"] {
        words.extend(["--address".to_owned(), format!("https://{host}={to}")]);
    }
    words.push("--device-code".to_owned());
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut window = Terminal::start(&home, &words);
    window.sees(&["Code: ", "To register by hand: backup365 setup"]);
    let text = window.text();
    let code = text.split("Code: ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    visits(&format!("{to}/devicelogin"), Some(&code), ADMIN).await;
    window.sees(&["Make this now?", "Backup365 operators, by which your staff sign in, is missing:"]);
    window.keys("q").sees(&["Nothing was made."]);
    assert_eq!(window.code(), 7);
    assert!(!home.path().join(".config/backup365/settings.toml").exists());
}
