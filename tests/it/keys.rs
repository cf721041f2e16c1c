//! `backup365 keys`, the built binary: two homes with key files of their own work on one record.

use std::fs;

use serde_json::Value;

use crate::{
    customers::{Ended, run},
    terminal::{Home, Record, Terminal},
};

/// Anderson Dental, whose mailboxes lie at a hoster.
const HOSTED: [&str; 13] = [
    "provision",
    "C-1014",
    "--try-mailbox",
    "ana.brennan@andersondental.example",
    "--account",
    "svc-backup@andersondental.example",
    "--server",
    "mail.coastline-hosting.example",
    "--directory",
    "--password-file",
    "password.txt",
    "--users",
    "none",
];

/// Two homes: the record lies in the first one.
struct Desks {
    one: Home,
    two: Home,
}

impl Desks {
    /// The first desk has saved a password, and calls its key desk-1.
    fn new() -> Self {
        let (one, two) = (Home::new(), Home::new());
        fs::write(one.path().join("password.txt"), "invented-anderson\n").unwrap();
        fs::write(two.path().join("password.txt"), "invented-anderson\n").unwrap();
        let desks = Self { one, two };
        assert_eq!(desks.first(&HOSTED).code, 0);
        let named = desks.first(&["keys", "add", "desk-1", "--this-computer"]);
        assert_eq!(
            (named.code, named.out.as_str()),
            (0, "The key of desk-1 is on record. 0 passwords were encrypted anew.\n")
        );
        desks
    }

    fn first(&self, arguments: &[&str]) -> Ended {
        run(&self.one, arguments)
    }

    fn second(&self, arguments: &[&str]) -> Ended {
        let data = self.data();
        run(&self.two, &[&["--folders-data", &data], arguments].concat())
    }

    fn data(&self) -> String {
        self.one.path().join(".local/share/backup365").display().to_string()
    }
}

/// The names of keys with what each opens.
fn opens(object: &Value) -> Vec<(&str, u64)> {
    let keys = object["keys"].as_array().unwrap();
    keys.iter().map(|key| (key["name"].as_str().unwrap(), key["opens"].as_u64().unwrap())).collect()
}

#[test]
fn two_desks_come_to_read_one_password_and_one_of_them_leaves() {
    let desks = Desks::new();
    // The second desk is told what to do by whatever it starts, and nothing is made by looking.
    let list = desks.second(&["keys", "list"]);
    assert_eq!(list.code, 6, "{}", list.err);
    let told = "Not opened by this computer's key: C-1014. Here run: “backup365 keys add ";
    assert!(list.out.contains("desk-1") && list.out.contains(told), "{}", list.out);
    assert!(!desks.two.key_file().exists());
    let doctor = desks.second(&["doctor"]);
    assert!(
        doctor.out.contains("Keys: FAILED: ") && doctor.out.contains("then on desk-1 run: "),
        "{}",
        doctor.out
    );

    let used = desks.second(&["provision", "C-1014", "--users", "none"]);
    assert!(used.code == 2 && used.err.contains("--password-file is missing"), "{}", used.err);
    assert!(used.err.contains("not encrypted for this computer's key"), "{}", used.err);

    let added = desks.second(&["keys", "add", "desk-2", "--this-computer"]);
    assert_eq!(added.code, 6, "{}", added.err);
    assert!(
        added
            .out
            .contains("Not opened by this computer's key: C-1014. On desk-1 run: backup365 keys add desk-2"),
        "{}",
        added.out
    );
    let mut window = Terminal::start(&desks.two, &["--sandbox", "--folders-data", &desks.data()]);
    window.sees(&["Which customer?"]).keys("anderson").sees(&["Anderson Dental"]).keys("\r");
    window
        .sees(&["not encrypted for this computer's key. On desk-1", "“backup365 keys add desk-2"])
        .keys("\x03");
    window.sees(&["Leave"]).keys("\r");
    window.code();
    let behind = desks.first(&["keys", "list"]);
    assert!(
        behind.out.contains("Not encrypted for desk-2 yet: C-1014. Run: backup365 keys add desk-2"),
        "{}",
        behind.out
    );
    let doctor = desks.first(&["doctor"]);
    assert!(
        doctor.out.contains("Keys: WARNING: ") && doctor.out.contains("Not encrypted for desk-2 yet"),
        "{}",
        doctor.out
    );

    let encrypted = desks.first(&["keys", "add", "desk-2", "--json"]);
    let object = encrypted.json("keys");
    assert_eq!((encrypted.code, &object["encrypted"]), (0, &1.into()), "{object:#}");
    assert_eq!(opens(&object), [("desk-1", 1), ("desk-2", 1)]);
    assert_eq!(
        desks.first(&["keys", "add", "desk-2"]).out.matches("0 passwords").count(),
        1,
        "once is enough"
    );
    let listed = desks.second(&["keys", "list", "--json"]).json("keys");
    assert_eq!(
        (&listed["passwords"][0]["opens_here"], opens(&listed)),
        (&true.into(), vec![("desk-1", 1), ("desk-2", 1)])
    );
    let used = desks.second(&["provision", "C-1014", "--users", "all", "--max-seats", "8"]);
    assert_eq!((used.code, Record::of(&desks.one).seats()), (0, 8), "{}", used.err);

    // Removed: asked first, then encrypted without it; what should be changed is said until it is.
    let unasked = desks.first(&["keys", "remove", "desk-2"]);
    assert_eq!(unasked.code, 2, "{}", unasked.err);
    assert!(unasked.err.contains("Add --yes"), "{}", unasked.err);
    let refused = desks.first(&["--as", "user", "keys", "remove", "desk-2", "--yes"]);
    assert_eq!(refused.code, 4, "{}", refused.err);
    let removed = desks.first(&["keys", "remove", "desk-2", "--yes"]);
    let change = "Should be changed at the hoster: the password of C-1014 · Anderson Dental. Removed keys could read it: desk-2.";
    assert!(
        removed.out.starts_with("The key of desk-2 is removed. 1 password was encrypted anew, for desk-1.\n"),
        "{}",
        removed.out
    );
    assert!(removed.code == 6 && removed.out.contains(change), "{}", removed.out);
    let listed = desks.first(&["keys", "list"]);
    assert!(listed.out.contains(change) && listed.out.contains("removed; read 1"), "{}", listed.out);
    assert_eq!(desks.second(&["keys", "list", "--json"]).json("keys")["passwords"][0]["opens_here"], false);
    let refused = desks.first(&["keys", "remove", "desk-1", "--yes"]);
    assert!(refused.code == 1 && refused.err.contains("the only key that opens"), "{}", refused.err);
    assert_eq!(Record::of(&desks.one).count("audit WHERE what LIKE 'removed the key of desk-2: age1%'"), 1);
    assert_eq!(Record::of(&desks.one).count("audit WHERE what LIKE '%invented%' OR what LIKE '%SECRET%'"), 0);
    assert!(desks.first(&["customers", "show", "C-1014", "--audit"]).err.contains("The history is whole"));
}

#[test]
fn a_person_is_asked_before_a_key_goes_and_may_say_no() {
    let desks = Desks::new();
    desks.second(&["keys", "add", "desk-2", "--this-computer"]);
    assert_eq!(desks.first(&["keys", "add", "desk-2"]).code, 0);
    let ask = |answer: &str| {
        let mut window = Terminal::start(&desks.one, &["--sandbox", "keys", "remove", "desk-2"]);
        window.sees(&["The key of desk-2 opens 1 password.", "Remove it? Type yes"]).keys(answer);
        (window.code(), window.text())
    };
    let (code, said) = ask("\r");
    assert!(code == 7 && said.contains("nothing was changed"), "{said}");
    let (code, said) = ask("yes\r");
    assert!(code == 6 && said.contains("is removed"), "{said}");
}

#[test]
fn a_key_is_taken_as_it_is_shown_and_a_secret_one_is_never_repeated() {
    let desks = Desks::new();
    desks.second(&HOSTED);
    // Both desks saved the password: the second one is on record by that, under a name of its own.
    let listed = desks.second(&["keys", "list", "--json"]).json("keys");
    assert_eq!(listed["keys"].as_array().unwrap().len(), 2, "{listed:#}");
    let other = Home::new();
    fs::write(other.path().join("password.txt"), "invented-anderson\n").unwrap();
    assert_eq!(run(&other, &HOSTED).code, 0);
    let key = run(&other, &["keys", "list", "--json"]).json("keys")["this_computer"]["key"]
        .as_str()
        .unwrap()
        .to_owned();
    let added = desks.first(&["keys", "add", "ann's laptop", &key]);
    assert!(
        added.code == 0 && added.out.contains("The key of ann's laptop is on record. 1 password was"),
        "{}",
        added.out
    );
    let secret = fs::read_to_string(other.key_file()).unwrap();
    let secret = secret.lines().find(|line| line.starts_with("AGE-")).unwrap().to_owned();
    for (given, words) in [
        (secret.as_str(), "that is a secret key"),
        ("age1nonsense", "expected a public key"),
        (&format!("{}{}", &key[..61], if key.ends_with('q') { "p" } else { "q" }), "is not a key of age"),
    ] {
        let refused = desks.first(&["keys", "add", "desk-5", given, "--json"]);
        assert_eq!(refused.code, 2, "{}", refused.err);
        assert!(refused.err.contains(words) && !refused.err.contains(&secret), "{}", refused.err);
        assert!(!refused.out.contains(&secret));
    }
    for wrong in [&["keys", "add"][..], &["keys", "add", "x", &key, "--this-computer"], &["keys", "remove"]] {
        assert_eq!(desks.first(wrong).code, 2, "{wrong:?}");
    }
}
