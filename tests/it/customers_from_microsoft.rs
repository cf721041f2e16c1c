//! `backup365 customers import --from-microsoft`, the built binary, by a sign-in at the sandbox's own pages: what is added, what is
//! left as it was entered, who is no longer listed, and what is said where Microsoft does not let somebody.

use serde_json::Value;

use crate::{
    customers::{Ended, run},
    login::signs_in,
    terminal::Home,
};

const IMPORT: [&str; 3] = ["customers", "import", "--from-microsoft"];
const KIND: &str = "customers-from-microsoft";

/// The import with these flags in front and behind.
fn import(home: &Home, before: &[&str], after: &[&str]) -> Ended {
    run(home, &[before, &IMPORT, after].concat())
}

/// One customer of the answer, by name.
fn named<'a>(answer: &'a Value, name: &str) -> &'a Value {
    answer["customers"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap()
}

#[tokio::test]
async fn what_microsoft_lists_is_added_and_what_was_entered_here_stays() {
    let home = Home::new();
    let nobody = import(&home, &[], &[]);
    assert_eq!(nobody.code, 4, "{}", nobody.err);
    assert!(nobody.err.contains("nobody is signed in") && nobody.err.contains("login"), "{}", nobody.err);
    signs_in(&home, "mara.quill@coastline-partners.example").await;
    let dry = import(&home, &[], &["--dry-run", "--json"]);
    assert_eq!(dry.code, 0, "{}", dry.err);
    let dry = dry.json(KIND);
    assert_eq!((&dry["written"], &named(&dry, "Saltbush Catering")["did"]), (&false.into(), &"added".into()));
    assert!(!run(&home, &["customers", "list"]).out.contains("Saltbush"), "a dry run writes nothing");
    let first = import(&home, &[], &["--json"]).json(KIND);
    let origin = |name: &str| named(&first, name)["origin"].as_str().unwrap().to_owned();
    assert_eq!(
        ["Saltbush Catering", "Pelican Point Marina", "Mallee Grain Traders"].map(origin),
        ["both", "delegated", "contract"]
    );
    let kauri = named(&first, "Kauri Building Supplies");
    assert_eq!(kauri["did"], "left");
    assert!(kauri["why"].as_str().unwrap().contains("customers set C-1002 --tenant 7a36af4b"), "{kauri}");
    let cafe = named(&first, "Harbour Street Cafe");
    assert_eq!((&cafe["did"], &cafe["reference"]), (&"known".into(), &"C-1001".into()));
    assert!(cafe["ends"].is_string() && cafe["licences"].is_null(), "{cafe}");
    // What is corrected here stays, whatever Microsoft calls it; and a second time adds nobody.
    let set = ["customers", "set", "pelicanpoint.example", "--name", "Our Pelican", "--products", "none"];
    assert_eq!(run(&home, &set).code, 0);
    let again = import(&home, &[], &[]);
    assert!(again.out.contains("From Microsoft: 0 added"), "{}", again.out);
    let list = run(&home, &["customers", "list", "--json"]).json("customers");
    let ours = list["customers"].as_array().unwrap().iter().find(|it| it["name"] == "Our Pelican").unwrap();
    assert_eq!(
        (&ours["domain"], &ours["products"]),
        (&"pelicanpoint.example".into(), &Value::Array(Vec::new()))
    );
    let gone = import(&home, &["--fault", "not-listed=Pelican Point Marina"], &["--json"]).json(KIND);
    assert_eq!(gone["gone"][0]["name"], "Our Pelican", "{gone}");
    let show = run(&home, &["customers", "show", "pelicanpoint.example"]).out;
    assert!(show.contains("Relationship: no longer listed by Microsoft since"), "{show}");
    let back = import(&home, &["--fault", "delegation-ends=20"], &[]);
    assert!(back.out.contains("Our Pelican: its delegated relationship ends on"), "{}", back.out);
    let status = run(&home, &["status", "--json"]).json("status");
    let told = status["relationships"].as_array().unwrap();
    assert!(told.iter().any(|it| it["name"] == "Our Pelican"), "{status:#}");
    let consent = run(&home, &["consent", "status"]).out;
    let line = "RELATIONSHIP: C-1001 · Harbour Street Cafe: its delegated relationship ends on";
    assert!(consent.contains(line), "{consent}");
    let consent = run(&home, &["consent", "status", "--json"]).json("consent-status");
    let cafe = named(&consent, "Harbour Street Cafe");
    assert!(cafe["relationship"].as_str().unwrap().contains("ends on"), "{cafe}");
}

#[tokio::test]
async fn who_may_not_see_customers_is_told_what_is_missing() {
    let home = Home::new();
    signs_in(&home, "mara.quill@coastline-partners.example").await;
    let refused = import(&home, &["--fault", "no-partner-role"], &[]);
    assert_eq!(refused.code, 4, "{}", refused.err);
    assert!(refused.err.contains("does not let your account"), "{}", refused.err);
    let without = ["--fault", "without=DelegatedAdminRelationship.Read.All"];
    let partly = import(&home, &without, &[]);
    assert_eq!(partly.code, 3, "{}", partly.err);
    assert!(partly.out.contains("added: malleegrain.example"), "{}", partly.out);
    assert!(partly.err.contains("One of Microsoft's lists is missing"), "{}", partly.err);
    signs_in(&home, "theo.banks@coastline-partners.example").await;
    assert_eq!(import(&home, &[], &[]).code, 4, "a User imports nobody");
}
