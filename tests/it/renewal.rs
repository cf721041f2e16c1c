//! `backup365 consent`, the built binary: another set of permissions, who lacks what of it, and the campaign until everybody
//! has accepted, over several starts of the program.

use serde_json::Value;

use crate::{
    customers::{Ended, run},
    terminal::Home,
};

/// Customers are asked for the set after Exchange Web Services, which the application at Microsoft asks for as well.
const AFTER: [&str; 8] = [
    "--consent-permission-set",
    "after-ews",
    "--fault",
    "asks=MailboxItem.ImportExport.All",
    "--fault",
    "asks=MailboxItem.Read.All",
    "--fault",
    "asks=MailboxFolder.ReadWrite.All",
];

/// Runs it where customers are asked for that.
fn after(home: &Home, arguments: &[&str]) -> Ended {
    run(home, &[&AFTER[..], arguments].concat())
}

/// How Harbour Street Cafe stands.
fn harbour(object: &Value) -> Value {
    let rows = object["customers"].as_array().unwrap();
    rows.iter().find(|row| row["reference"] == "C-1001").unwrap().clone()
}

#[test]
fn another_set_says_at_once_who_must_accept_again_and_the_campaign_is_left_and_taken_up() {
    let home = Home::new();
    let done = run(&home, &["provision", "C-1001", "--users", "none", "--rehearse"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let whole = run(&home, &["consent", "status", "--json"]);
    let row = harbour(&whole.json("consent-status"));
    assert_eq!((whole.code, &row["state"]), (0, &"whole".into()), "{row:#}");
    assert!(row["as_of"].is_string() && row["renewal"].is_null());
    let nobody = run(&home, &["consent", "renew"]);
    assert_eq!((nobody.code, nobody.out.as_str()), (0, "Nobody must accept again.\n"));

    // Nobody was asked since: what was granted is held against the other set.
    let lacks = after(&home, &["consent", "status", "--json"]);
    let object = lacks.json("consent-status");
    let row = harbour(&object);
    assert_eq!((lacks.code, &row["state"], &object["set"]["version"]), (6, &"lacks".into(), &2.into()));
    let names: Vec<&str> =
        row["lacks"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["MailboxItem.ImportExport.All", "MailboxItem.Read.All", "MailboxFolder.ReadWrite.All"]
    );
    assert!(row["lacks"].as_array().unwrap().iter().all(|row| row["since"] == 2));
    let said = after(&home, &["consent", "status"]);
    let names = names.join(", ");
    let warning = format!(
        "NEEDS ATTENTION: C-1001 · Harbour Street Cafe: lacks {names} (since version 2); the customer must accept again.\n"
    );
    assert!(said.out.contains(&warning), "{}", said.out);

    let listed = after(&home, &["consent", "renew", "--json"]).json("consent-renewal");
    let row = harbour(&listed);
    assert_eq!((&row["progress"], &row["text"]), (&"to_send".into(), &Value::Null));
    let link = row["link"].as_str().unwrap().to_owned();
    let text = after(&home, &["consent", "renew", "harbour"]).out;
    for part in [
        "Backup365: please accept again for the backup of Office 365 for Harbour Street Cafe\n",
        "Why again: Microsoft is ending Exchange Web Services",
        "- MailboxItem.Read.All: With it we see what is new in mailboxes",
        "What you accepted before stays as it is.",
        "- Mail.ReadWrite: Back up and restore e-mail",
        &link,
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }

    let unsent = after(&home, &["consent", "renew", "--reminded", "C-1001"]);
    assert_eq!(unsent.code, 2, "{}", unsent.err);
    for wrong in ["C-1002", "C-9999"] {
        let refused = after(&home, &["consent", "renew", "--sent", "C-1001", "--sent", wrong]);
        assert_eq!(refused.code, 2, "{}", refused.err);
    }
    assert!(
        harbour(&after(&home, &["consent", "status", "--json"]).json("consent-status"))["renewal"].is_null()
    );
    let sent = after(&home, &["consent", "renew", "--sent", "c-1001"]);
    assert_eq!((sent.code, sent.out.as_str()), (0, "C-1001 · Harbour Street Cafe: marked as sent.\n"));
    assert_eq!(after(&home, &["consent", "renew", "--reminded", "C-1001"]).code, 0);
    let row = harbour(&after(&home, &["consent", "renew", "--json"]).json("consent-renewal"));
    assert_eq!(row["progress"], "sent");
    assert_eq!(row["renewal"]["asked"].as_array().unwrap().len(), 3);
    assert!(row["renewal"]["reminded"].is_string() && row["renewal"]["accepted"].is_null());

    // The customer accepts; the look that sees it may be anybody's.
    let again = after(&home, &["provision", "C-1001", "--users", "none", "--rehearse", "--wait", "1m"]);
    assert_eq!(again.code, 0, "{}", again.err);
    let row = harbour(&after(&home, &["consent", "renew", "--json"]).json("consent-renewal"));
    assert_eq!(
        (&row["progress"], &row["state"], &row["link"]),
        (&"accepted".into(), &"whole".into(), &Value::Null)
    );
    assert!(row["renewal"]["accepted"].is_string());
    assert_eq!(after(&home, &["consent", "status"]).code, 0);
    let history = run(&home, &["customers", "show", "C-1001", "--audit"]).out;
    for line in [
        "sent the link to be accepted again, for 3 permissions",
        "reminded the customer to accept again",
        "saw that the customer has accepted again",
    ] {
        assert!(history.contains(line), "{line}: {history}");
    }
    // Who has more than is asked for is not asked again.
    assert_eq!(run(&home, &["consent", "status"]).code, 0);
}

#[test]
fn a_refresh_sees_what_was_withdrawn_switched_off_or_is_gone() {
    let home = Home::new();
    let done = run(&home, &["provision", "C-1001", "--users", "none", "--rehearse"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let state = |faults: &[&str]| {
        let refreshed = run(&home, &[faults, &["--quiet", "status", "--refresh", "C-1001"]].concat());
        assert!([0, 6].contains(&refreshed.code), "{}", refreshed.err);
        let status = run(&home, &["consent", "status", "C-1001", "--json"]);
        let row = harbour(&status.json("consent-status"));
        (row["state"].as_str().unwrap().to_owned(), status.code)
    };
    assert_eq!(state(&["--fault", "token-error=90002"]), ("organisation_gone".into(), 6));
    assert_eq!(state(&["--fault", "token-error=7000112"]), ("switched_off".into(), 6));
    assert_eq!(state(&["--fault", "without=Mail.ReadWrite"]), ("lacks".into(), 6));
    assert_eq!(state(&[]), ("whole".into(), 0));
    // An answer that says nothing of consent leaves what is known.
    assert_eq!(state(&["--fault", "token-error=90033"]), ("whole".into(), 0));
    assert_eq!(run(&home, &["sandbox", "--reset"]).code, 0);
    assert_eq!(state(&[]), ("withdrawn".into(), 6));
    let text = run(&home, &["consent", "renew", "harbour"]).out;
    assert!(text.contains("Microsoft says that it is not accepted any more"), "{text}");
    assert!(!text.contains("What is new"), "{text}");
}
