//! `backup365 invitation`, the built binary: the text for the customer's administrator, in words, as a mail and as JSON.

use std::fs;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{customers, provision, terminal::Home};

/// One run of Kauri from the link on: words that stay, words made again, and an invitation that was withdrawn.
#[test]
fn an_invitation_is_shown_mailed_made_again_and_withdrawn() {
    let home = Home::new();
    let parked = provision::run(
        &home,
        &["C-1002", "--tenant", "kauribuilding.example", "--users", "all", "--max-seats", "90", "--json"],
    );
    let run = parked.ends(5).json()["run"].as_str().unwrap().to_owned();
    let shown = |more: &[&str]| customers::run(&home, &[&["invitation", &run], more].concat());
    let json = |more: &[&str]| shown(&[&["--json"], more].concat()).json("invitation");

    let first = json(&["--partner-name", "Coastline Partners"]);
    let words = first["words"].as_str().unwrap().to_owned();
    let (link, text) = (first["link"].as_str().unwrap(), first["text"].as_str().unwrap());
    assert!(
        text.starts_with("Backup365: please allow the backup of Office 365 for Kauri Building Supplies\n"),
        "{text}"
    );
    for part in
        [words.as_str(), link, &run, "Coastline Partners", "SANDBOX", "Kauri Building Supplies (…c2ca)"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(first["permissions"].as_array().unwrap().len(), 9);
    for row in first["permissions"].as_array().unwrap() {
        let reasoned = format!("- {}: {}\n", row["name"].as_str().unwrap(), row["reason"].as_str().unwrap());
        assert!(text.contains(&reasoned), "{reasoned}");
    }
    assert_eq!(json(&[])["words"], words.as_str(), "looking changes nothing");

    let file = home.path().join("invitation.eml");
    let mail = ["--mail", file.to_str().unwrap()];
    assert_eq!(shown(&mail).code, 0);
    let written = fs::read_to_string(&file).unwrap();
    let body = written.split_once("\r\n\r\n").unwrap().1.replace("\r\n", "");
    let body = String::from_utf8(STANDARD.decode(body).unwrap()).unwrap();
    assert!(body.contains(&words) && body.contains(link), "{body}");
    let again = shown(&mail);
    assert!(again.code == 1 && again.err.contains("--force"), "{}", again.err);

    let second = json(&["--new"]);
    assert_ne!(second["words"], words.as_str());
    let withdrawn = json(&["--withdraw"]);
    assert!(withdrawn["withdrawn"].is_string() && withdrawn["link"].is_null());
    let said = shown(&[]).out;
    assert!(said.starts_with("Withdrawn: ") && !said.contains("http"), "{said}");
    let third = json(&["--new"]);
    assert!(third["withdrawn"].is_null() && third["words"] != second["words"]);
    let history = customers::run(&home, &["customers", "show", "C-1002", "--audit"]).out;
    let at = |what: &str| history.find(what).unwrap_or_else(|| panic!("{what}: {history}"));
    assert!(at("made the invitation") < at("withdrew the invitation"), "{history}");
    assert_eq!(customers::run(&home, &["invitation", "B365-2222"]).code, 2);
}
