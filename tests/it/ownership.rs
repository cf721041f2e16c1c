//! Whose organisation is it (product.md rule 18)? The built binary, wherever a tenant comes in; the samples of
//! `cases/tenant` among them.

use std::fs;

use crate::{
    customers::{Ended, run},
    terminal::{Home, Record},
};

/// Harbour Street Cafe's tenant: C-1001 has it on record.
const HARBOUR: &str = "4bbb2ac3-4a45-55dc-9f5b-552be884e397";

const HEADER: &str = "reference,name,domain,active,products,tenant,managed,time_zone,seats\n";

impl Ended {
    /// Checks how it ended, and shows everything where that is another way.
    fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Checks that stderr says all of these.
    fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.err.contains(word), "{word:?} is not in:\n{}", self.err);
        }
        self
    }

    /// Checks that stderr says none of these.
    fn hides(self, words: &[&str]) -> Self {
        for word in words {
            assert!(!self.err.contains(word), "{word:?} is in:\n{}", self.err);
        }
        self
    }
}

/// Runs the line that stderr proposes, as a shell would; no word of it has a gap.
fn paste(home: &Home, ended: &Ended) -> Ended {
    let line = ended.err.lines().find_map(|line| Some(line.split_once("backup365 --sandbox ")?.1));
    let words: Vec<&str> = line.unwrap_or_else(|| panic!("{}", ended.err)).split(' ').collect();
    run(home, &words)
}

fn file(home: &Home, name: &str, lines: &str) -> String {
    fs::write(home.path().join(name), format!("{HEADER}{lines}\n")).unwrap();
    name.to_owned()
}

/// `cases/tenant/dup_tenant.csv`: the tenant of another customer, imported.
#[test]
fn an_import_names_both_customers_and_takes_them_only_by_name() {
    let home = Home::new();
    let odd = file(
        &home,
        "dup.csv",
        &format!("C-77,Odd Names Trust,oddnames.example,yes,office365,{HARBOUR},yes,Australia/Perth,"),
    );
    let refused = run(&home, &["customers", "import", &odd]).ends(2).says(&[
        "line 2: C-77: C-1001 Harbour Street Cafe has this organisation.",
        "Nothing was written.",
        "customers import dup.csv --same-organisation-as C-77=C-1001",
    ]);
    assert!(run(&home, &["customers", "list", "C-77"]).out.is_empty());
    // Another pair, or the other way about for another line, accepts nothing.
    let other = ["customers", "import", &odd, "--same-organisation-as", "C-78=C-1001"];
    run(&home, &other).ends(2);
    run(&home, &["customers", "import", &odd, "--same-organisation-as", "C-1001"])
        .ends(2)
        .says(&["C-77=C-1001"]);
    let json = run(&home, &["customers", "import", &odd, "--dry-run", "--json"]).ends(2);
    assert_eq!(json.json("failure")["exit_code"], 2);
    let taken = paste(&home, &refused).ends(0);
    taken.says(&["1 tenant ID was not compared with the customer's mail domain"]);
    // On record, and not asked again, here or by the export.
    run(&home, &["customers", "import", &odd]).ends(0);
    let shown = run(&home, &["customers", "show", "C-77"]).ends(0);
    assert!(
        shown.out.contains("C-1001 Harbour Street Cafe has this organisation; accepted by"),
        "{}",
        shown.out
    );
    let object = run(&home, &["customers", "show", "C-1001", "--json"]).json("customer");
    assert_eq!(object["accepted"][0]["same_organisation_as"], "C-77");
}

/// Two lines of one file, and a line for each of many.
#[test]
fn every_line_of_an_import_is_accepted_on_its_own() {
    let home = Home::new();
    let tenant = "0a6f1d2c-3b4e-4f5a-8b6c-7d8e9f0a1b2c";
    let lines = format!(
        "C-81,One,one.example,yes,office365,{tenant},no,,\nC-82,Two,two.example,yes,office365,{tenant},no,,\n\
         C-83,Three,three.example,yes,office365,{HARBOUR},no,,"
    );
    let many = file(&home, "many.csv", &lines);
    let refused = run(&home, &["customers", "import", &many]).ends(2).says(&[
        "line 3: C-82: C-81 One has this organisation.",
        "line 4: C-83: C-1001 Harbour Street Cafe has this organisation.",
        "--same-organisation-as C-82=C-81 --same-organisation-as C-83=C-1001",
    ]);
    let one = ["customers", "import", &many, "--same-organisation-as", "C-83=C-1001"];
    run(&home, &one).ends(2).says(&["C-82: C-81 One"]).hides(&["C-83: C-1001"]);
    paste(&home, &refused).ends(0).says(&["3 tenant IDs were not compared"]);
    let kept: String = Record::of(&home).one("SELECT tenant FROM customer WHERE reference = 'C-82'");
    assert_eq!(kept, tenant);
}

#[test]
fn adding_and_setting_ask_too() {
    let home = Home::new();
    let add = [
        "customers",
        "add",
        "--reference",
        "C-91",
        "--name",
        "New",
        "--domain",
        "new.example",
        "--tenant",
        HARBOUR,
    ];
    let refused = run(&home, &add).ends(2).says(&["C-1001 Harbour Street Cafe has this organisation"]);
    paste(&home, &refused).ends(0).says(&["1 tenant ID was not compared"]);
    // Each of those who have it is named.
    let refused = run(&home, &["customers", "set", "C-1002", "--tenant", HARBOUR])
        .ends(2)
        .says(&["C-1001 Harbour Street Cafe has", "C-91 New has"]);
    let one = ["customers", "set", "C-1002", "--tenant", HARBOUR, "--same-organisation-as", "C-1001"];
    run(&home, &one).ends(2).says(&["C-91 New has"]).hides(&["C-1001 Harbour Street Cafe has"]);
    paste(&home, &refused).ends(0);
    // What was accepted goes with the tenant: when it comes back it is asked again.
    run(&home, &["customers", "set", "C-1002", "--tenant", "none"]).ends(0);
    run(&home, &["customers", "set", "C-1002", "--tenant", HARBOUR]).ends(2);
}

/// `cases/tenant/own.csv`: the partner's own organisation.
#[test]
fn the_partners_own_organisation_is_named_as_such() {
    let home = Home::new();
    let own = file(
        &home,
        "own.csv",
        "C-88,My own tenant,coastline-partners.example,yes,office365,2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684,yes,,",
    );
    run(&home, &["customers", "import", &own])
        .ends(0)
        .says(&["My own tenant (C-88): this tenant ID is your own organisation's"]);
    // A token of our own organisation comes before anybody has accepted.
    run(&home, &["provision", "C-88", "--users", "none"])
        .ends(5)
        .says(&["This is your own organisation", "The customer has not accepted yet."])
        .hides(&["has accepted.", "spreading"]);
    let played = ["provision", "C-88", "--users", "none", "--rehearse", "--wait", "20s"];
    run(&home, &played).ends(0).hides(&["spreading"]);
}

/// The newcomer's case: Harbour's organisation, typed for Kauri.
#[test]
fn flags_take_another_customers_organisation_only_where_each_party_is_named() {
    let home = Home::new();
    let kauri = ["provision", "C-1002", "--tenant", "admin@harbourstreetcafe.example"];
    let base = [&kauri[..], &["--users", "all", "--max-seats", "50", "--rehearse"]].concat();
    let refused = run(&home, &base).ends(2).says(&[
        "Kauri Building Supplies' domain kauribuilding.example belongs to another organisation (…c2ca).",
        "C-1001 Harbour Street Cafe has this organisation.",
        "Nothing was saved.",
    ]);
    for (flags, missing) in [
        (&["--same-organisation-as", "C-1001"][..], "--domain-belongs-elsewhere is missing"),
        (&["--domain-belongs-elsewhere"][..], "--same-organisation-as is missing"),
    ] {
        run(&home, &[&base, flags].concat()).ends(2).says(&[missing]);
        run(
            &home,
            &[&base, flags, &["--dry-run"][..]]
                .concat()
                .into_iter()
                .filter(|word| *word != "--rehearse")
                .collect::<Vec<_>>(),
        )
        .ends(2)
        .says(&[missing]);
    }
    let object = run(&home, &[&base[..], &["--json"]].concat()).ends(2).json("provision");
    assert_eq!(object["missing"]["example"], "--domain-belongs-elsewhere --same-organisation-as C-1001");
    let record = Record::of(&home);
    assert_eq!(
        (record.seats(), record.count("customer WHERE reference = 'C-1002' AND tenant IS NULL")),
        (0, 1)
    );
    paste(&home, &refused).ends(0);
    assert_eq!((record.count("shared_organisation"), record.count("domain_elsewhere")), (1, 1));
    // Not asked again: neither here nor at Harbour's own.
    run(&home, &[&kauri[..], &["--users", "none"]].concat()).ends(0);
    run(&home, &["provision", "C-1001", "--users", "none"]).ends(0);
}

/// `cases/tenant/moved.csv`, and the customer of the sandbox whose domain moved.
#[test]
fn a_customer_whose_mail_domain_moved_to_another_organisation_is_asked_about() {
    let home = Home::new();
    let moved = file(
        &home,
        "moved.csv",
        &format!("C-3001,Kauri Timber Group,kauribuilding.example,yes,office365,{HARBOUR},yes,,"),
    );
    let refused = run(&home, &["customers", "import", &moved, "--as-new"]).ends(2);
    paste(&home, &refused).ends(0);
    run(&home, &["provision", "C-3001", "--users", "none"])
        .ends(2)
        .says(&["--domain-belongs-elsewhere is missing: Kauri Timber Group's domain kauribuilding.example"])
        .hides(&["C-1001"]);
    let yarra = ["provision", "C-1022", "--users", "none"];
    let refused =
        run(&home, &yarra).ends(2).says(&["yarrajoinery.example belongs to another organisation (…c8e2)"]);
    paste(&home, &refused).ends(5);
    run(&home, &yarra).ends(5);
    // Another domain on record is another question.
    run(&home, &["customers", "set", "C-1022", "--domain", "kauribuilding.example"]).ends(0);
    let shown = run(&home, &["customers", "show", "C-1022"]);
    assert!(!shown.out.contains("accepted by"), "{}", shown.out);
}

fn plan(home: &Home, rows: &str) {
    fs::write(home.path().join("plan.toml"), format!("version = 1\n[defaults]\nusers = \"none\"\n{rows}"))
        .unwrap();
}

#[test]
fn a_plan_says_it_row_by_row_and_never_once_for_all() {
    let home = Home::new();
    let kauri = "[[customer]]\ncustomer = \"C-1002\"\ntenant = \"harbourstreetcafe.example\"\n";
    let yarra = "[[customer]]\ncustomer = \"C-1022\"\n";
    plan(&home, &format!("{kauri}{yarra}"));
    let check = ["apply", "plan.toml", "--check"];
    let refused = run(&home, &check).ends(2).says(&[
        "--domain-belongs-elsewhere C-1002 --same-organisation-as C-1002=C-1001 --domain-belongs-elsewhere C-1022",
    ]);
    assert!(refused.out.contains("C-1001 Harbour Street Cafe has this organisation."), "{}", refused.out);
    assert!(
        refused.out.contains(
            "write into the row: same_organisation_as = [\"C-1001\"] and domain_belongs_elsewhere = true"
        ),
        "{}",
        refused.out
    );
    run(&home, &["apply", "plan.toml"]).ends(2).says(&["Nothing was done"]);
    assert_eq!(Record::of(&home).count("run"), 0, "nothing was begun");
    paste(&home, &refused).ends(0);
    let domains = format!("{kauri}domain_belongs_elsewhere = true\n{yarra}domain_belongs_elsewhere = true\n");
    plan(&home, &domains);
    run(&home, &check).ends(2).says(&["--same-organisation-as C-1002=C-1001\n"]);
    plan(&home, &domains.replacen("true\n", "true\nsame_organisation_as = [\"C-1001\"]\n", 1));
    run(&home, &check).ends(0);
    for key in ["same_organisation_as = [\"C-1001\"]", "domain_belongs_elsewhere = true"] {
        fs::write(
            home.path().join("plan.toml"),
            format!("version = 1\n[defaults]\nusers = \"none\"\n{key}\n{yarra}"),
        )
        .unwrap();
        run(&home, &check).ends(2).says(&["belongs to one customer. Write it into the customer's row."]);
    }
}

/// Two rows of one plan for one organisation, however each of them spells it.
#[test]
fn two_rows_of_a_plan_with_one_organisation_are_found_by_the_check() {
    let home = Home::new();
    for reference in ["C-71", "C-72"] {
        run(
            &home,
            &[
                "customers",
                "add",
                "--reference",
                reference,
                "--name",
                reference,
                "--domain",
                "nobody.example",
                "--products",
                "office365",
            ],
        )
        .ends(0);
    }
    let rows = |key: &str| {
        format!(
            "[[customer]]\ncustomer = \"C-71\"\ntenant = \"kauribuilding.example\"\n{key}\
             [[customer]]\ncustomer = \"C-72\"\ntenant = \"7a36af4b-c51e-44e1-87f0-d8af3157c2ca\"\n"
        )
    };
    plan(&home, &rows(""));
    let refused = run(&home, &["apply", "plan.toml", "--check"]).ends(2);
    assert!(refused.err.contains("C-71=C-72") || refused.err.contains("C-72=C-71"), "{}", refused.err);
    // Said in one of the two rows, it need not be said in the other.
    plan(&home, &rows("same_organisation_as = [\"C-72\"]\n"));
    run(&home, &["apply", "plan.toml", "--check"]).ends(0);
}

/// Lighthouse gives Anderson's mail domain, by flags and by a plan.
#[test]
fn a_mail_domain_of_another_customer_is_taken_only_where_the_other_one_is_named() {
    const ASKED: &str = "C-1014 Anderson Dental has the mail domain andersondental.example.";
    let home = Home::new();
    fs::write(home.path().join("password.txt"), "invented-anderson\n").unwrap();
    let words = "provision C-1019 --server mail.coastline-hosting.example --account svc-backup@andersondental.example \
                 --try-mailbox ana.brennan@andersondental.example --mail-domain andersondental.example --directory \
                 --password-file password.txt --users all --max-seats 8";
    let base: Vec<&str> = words.split_whitespace().collect();
    let refused =
        run(&home, &base).ends(2).says(&[ASKED, "Nothing was saved.", "--same-organisation-as C-1014"]);
    let dry = [&base[..], &["--dry-run"]].concat();
    run(&home, &dry).ends(2).says(&[ASKED, "--same-organisation-as C-1014"]);
    let row = "[[customer]]\ncustomer = \"C-1019\"\nserver = \"mail.coastline-hosting.example\"\n\
               account = \"svc-backup@andersondental.example\"\nmailbox = \"ana.brennan@andersondental.example\"\n\
               mail_domains = [\"andersondental.example\"]\ndirectory = true\npassword_file = \"password.txt\"\n";
    let key = "same_organisation_as = [\"C-1014\"]";
    let check = ["apply", "plan.toml", "--check"];
    plan(&home, row);
    let told = run(&home, &check).ends(2).says(&["--same-organisation-as C-1019=C-1014"]);
    assert!(told.out.contains(ASKED) && told.out.contains(key), "{}", told.out);
    plan(&home, &format!("{row}{key}\n"));
    run(&home, &check).ends(0);
    let record = Record::of(&home);
    assert_eq!((record.count("impersonation"), record.seats()), (0, 0), "nothing was saved");
    paste(&home, &refused).ends(0);
    assert_eq!((record.count("shared_domain"), record.seats()), (1, 8));
    let shown = run(&home, &["customers", "show", "C-1014"]).ends(0);
    assert!(
        shown.out.contains("C-1019 Lighthouse Printing has the mail domain andersondental.example"),
        "{}",
        shown.out
    );
    // Not asked again, neither here nor at Anderson's own.
    run(&home, &base).ends(0);
    let own = words.replace("C-1019", "C-1014").replace("all --max-seats 8", "none");
    run(&home, &own.split_whitespace().collect::<Vec<_>>()).ends(0);
    // Another customer's own domain is asked about where it is one that somebody is hosted with.
    let asked = "C-1014 Anderson Dental has the mail domain andersondental.example.";
    let set = ["customers", "set", "C-1002", "--domain", "clinic.andersondental.example"];
    let refused =
        run(&home, &set).ends(2).says(&[asked, "Nothing was written.", "--same-organisation-as C-1014"]);
    run(&home, &["customers", "set", "C-1002", "--seats", "70"]).ends(0);
    // Each of those who have it is named.
    run(&home, &[&set[..], &["--same-organisation-as", "C-1014"]].concat()).ends(2).says(&["C-1019"]);
    paste(&home, &refused).ends(0);
    let csv = file(&home, "own.csv", "C-97,Clinic,b.andersondental.example,yes,office365,,no,,");
    run(&home, &["customers", "import", &csv])
        .ends(2)
        .says(&[&format!("line 2: C-97: {asked}"), "--same-organisation-as C-97=C-1014"]);
}
