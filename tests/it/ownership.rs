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
    let (_, line) = ended.err.split_once(": backup365 --sandbox ").unwrap_or_else(|| panic!("{}", ended.err));
    let words: Vec<&str> = line.lines().next().unwrap().split(' ').collect();
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
    taken.says(&["1 tenant was not compared with the customer's mail domain"]);
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
    paste(&home, &refused).ends(0).says(&["3 tenants were not compared"]);
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
    paste(&home, &refused).ends(0).says(&["1 tenant was not compared"]);
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
        .says(&["My own tenant (C-88): this tenant is your own organisation"]);
}
