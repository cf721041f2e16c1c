//! `backup365 receipt`, the built binary: three texts and a plan of a finished run, and what it says of others.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    process::{Command, Stdio},
};

use backup365::{
    domain::{
        customer::{NewCustomer, Product},
        doubt::Accepts,
        id::{RunId, UserId},
        operator::Account,
        protection::Chosen,
        run::ExclusionChange,
        tenant::Organisation,
        text::Text,
        time::{Clock, Moment},
        user::Kind,
        verdict::ListSummary,
    },
    provider::store::{Store, StoreOptions},
};
use rusqlite::Connection;

use crate::{customers::called, explain::fits, terminal::Home};

/// Exit code, stdout, stderr.
type Said = (i32, String, String);

/// The history is whole, in words.
const WHOLE: &str = "The history is whole: every entry fits the one before.\n";

/// Our account, so that reading puts nobody on record.
fn me() -> Account {
    let output = Command::new("id").arg("-un").output().unwrap();
    let name = Text::clean(&String::from_utf8(output.stdout).unwrap());
    Account { number: Some(rustix::process::getuid().as_raw()), ..name.into() }
}

/// A record with one run in it.
struct Desk {
    home: Home,
    store: Store,
    run: RunId,
}

impl Desk {
    /// A run that has just been opened and whose tenant is known.
    fn opened() -> Self {
        let home = Home::new();
        let store = Store::open(StoreOptions {
            place: home.store().into(),
            identity: home.path().join(".config/backup365/sandbox-identity.txt"),
            clock: Clock::fixed(Moment::parse("2026-11-23T14:00:00+11:00").unwrap()),
            account: me(),
            as_user: false,
            host: Text::clean(&rustix::system::uname().nodename().to_string_lossy()),
            is_sandbox: true,
        })
        .unwrap();
        let customer = NewCustomer {
            reference: "C-1".into(),
            name: "Bakery \u{202e}Ltd".into(),
            domain: "bakery.example".into(),
            is_active: true,
            products: vec![Product::Office365],
            ..NewCustomer::default()
        };
        store.seed_customers(&[customer]).unwrap();
        let customer = called(&store, "C-1");
        let run = store.open_run(customer.id, Product::Office365).unwrap().id;
        Self { home, store, run }
    }

    /// Enabled, three users chosen, the last one excluded or not.
    fn applied(excluded: bool) -> Self {
        let desk = Self::opened();
        let (store, run) = (&desk.store, &desk.run);
        let found = Organisation {
            tenant: "11111111-1111-4111-8111-111111111111".parse().unwrap(),
            name: Some("Bakery Pty".into()),
            domain: Some("bakery.example".into()),
            region: None,
        };
        store.save_organisation(run, &found, &Accepts::default()).unwrap();
        store.link_shown(run).unwrap();
        store.save_proof(run, Some(&found)).unwrap();
        store.enable(run).unwrap();
        store.save_list(run, &ListSummary::of(5, 4)).unwrap();
        if excluded {
            let change = ExclusionChange { users: vec![user(3)], exclude: true };
            store.change_exclusions(run, &change).unwrap();
        }
        let users = [user(1), user(2), user(3)];
        store.begin_apply(run, &users).unwrap();
        store.apply_batch(run, &users).unwrap();
        desk
    }

    /// And finished.
    fn finished(excluded: bool) -> Self {
        let desk = Self::applied(excluded);
        desk.store.end_apply(&desk.run, false).unwrap();
        assert!(desk.store.finish_run(&desk.run).unwrap().run.finished.is_some());
        desk
    }

    /// Somebody changes an entry of the history afterwards.
    fn spoil(&self) {
        let record = Connection::open(self.home.store()).unwrap();
        let trigger = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'";
        let triggers: Vec<String> = record
            .prepare(trigger)
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        for name in triggers {
            record.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
        }
        record.execute("UPDATE audit SET what = 'nothing happened' WHERE id = 2", []).unwrap();
        drop(record);
    }

    fn receipt(&self, more: &[&str]) -> Said {
        said(&self.home, &[&["receipt", self.run.to_string().as_str()], more].concat())
    }

    /// Every row of every table.
    fn rows(&self) -> Vec<String> {
        let record = Connection::open(self.home.store()).unwrap();
        let names = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
        let mut tables = record.prepare(names).unwrap();
        let tables: Vec<String> =
            tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let mut rows = Vec::new();
        for table in tables {
            let mut all = record.prepare(&format!("SELECT * FROM {table}")).unwrap();
            let columns = all.column_count();
            let mut found = all.query([]).unwrap();
            while let Some(row) = found.next().unwrap() {
                let values: Vec<_> =
                    (0..columns).map(|at| format!("{:?}", row.get_ref(at).unwrap())).collect();
                rows.push(format!("{table} {values:?}"));
            }
        }
        assert!(rows.len() > 5);
        rows
    }
}

fn user(n: u8) -> Chosen {
    Chosen {
        id: UserId::from_bytes([n; 16]),
        address: Text::of(format_args!("u{n}@bakery.example")),
        name: Text::of(format_args!("User {n}")),
        kind: Kind::User,
    }
}

fn said(home: &Home, arguments: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backup365"));
    command.env_clear().envs([("LANG", "C.UTF-8"), ("TZ", "Australia/Perth")]);
    command.env("HOME", home.path()).current_dir(home.path()).stdin(Stdio::null());
    let output = command.arg("--sandbox").args(arguments).output().unwrap();
    let words = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), words(output.stdout), words(output.stderr))
}

#[test]
fn a_finished_run_gives_its_texts_and_changes_nothing() {
    let desk = Desk::finished(false);
    let before = desk.rows();
    let (code, ticket, aside) = desk.receipt(&[]);
    assert_eq!((code, aside.as_str()), (0, WHOLE), "{ticket}");
    assert!(ticket.starts_with(&format!("Backup365 run {}\n", desk.run)), "{ticket}");
    assert!(ticket.contains("Protected: 3\n") && ticket.contains("History whole"), "{ticket}");
    assert!(!ticket.contains('\u{202e}'));
    assert_eq!(desk.receipt(&["--for", "ticket"]).1, ticket);
    let (code, customer, _) = desk.receipt(&["--for", "customer", "--quiet"]);
    assert!(code == 0 && customer.contains("3 users of Office 365 are protected."), "{customer}");
    let (code, json, aside) = desk.receipt(&["--json", "--quiet"]);
    assert_eq!((code, aside.as_str()), (0, ""));
    let value = fits("receipt", &json);
    assert_eq!((&value["result"], &value["audit"]["is_whole"]), (&"done".into(), &true.into()));
    let (code, plan, _) = desk.receipt(&["--as-plan"]);
    assert!(code == 0 && plan.contains("[[customer]]") && plan.contains("customer = \"C-1\""), "{plan}");
    assert_eq!(desk.rows(), before);
}

#[test]
fn a_run_that_somebody_holds_can_be_read() {
    let desk = Desk::finished(false);
    // This process has the run's hold; the other one neither waits for it nor takes it.
    assert_eq!(desk.receipt(&[]).0, 0);
    assert!(!desk.store.load_run(&desk.run).unwrap().is_read_only);
    let desk = Desk::opened();
    let (code, out, err) = desk.receipt(&[]);
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    assert!(err.contains("has this run on"), "{err}");
}

#[test]
fn a_run_that_is_partly_done_ends_with_3() {
    let desk = Desk::finished(true);
    let (code, ticket, _) = desk.receipt(&[]);
    assert!(code == 3 && ticket.contains("Result: partly done"), "{code} {ticket}");
    assert_eq!(fits("receipt", &desk.receipt(&["--json"]).1)["result"], "partly");
}

#[test]
fn a_run_without_a_receipt_says_how_far_it_is_and_how_to_go_on() {
    let desk = Desk::opened();
    let on = format!("Go on with: backup365 --run {} --sandbox\n", desk.run);
    let first = format!("{} is not finished, so it has no receipt yet.\n", desk.run);
    let says = |desk: &Desk, code: i32, words: &str| {
        let before = desk.rows();
        for more in [&[][..], &["--json"], &["--as-plan"]] {
            let (ended, out, err) = desk.receipt(more);
            assert_eq!(ended, code, "{err}");
            if more == ["--json"] {
                assert_eq!(fits("failure", &out)["exit_code"], code);
            } else {
                assert_eq!(out, "", "{err}");
            }
            assert!(err.contains("is not finished, so it has no receipt yet."), "{err}");
            assert!(err.contains(words), "{words}: {err}");
        }
        assert_eq!(desk.rows(), before);
    };
    says(&desk, 1, "the next step is \"access\"");
    let found = Organisation {
        tenant: "11111111-1111-4111-8111-111111111111".parse().unwrap(),
        name: None,
        domain: None,
        region: None,
    };
    desk.store.save_organisation(&desk.run, &found, &Accepts::default()).unwrap();
    says(&desk, 1, "the next step is \"authorise\"");
    desk.store.link_shown(&desk.run).unwrap();
    desk.store.park_run(&desk.run, None).unwrap();
    says(&desk, 5, "waiting for the customer's consent since Mon 23 Nov 2026 14:00 AEDT");
    let err = desk.receipt(&[]).2;
    assert!(err.starts_with(&first) && err.ends_with(&on), "{err}");
    assert!(!err.contains("has this run"), "nobody holds it: {err}");
    says(&Desk::applied(false), 6, "turning users on was interrupted");
}

#[test]
fn the_history_of_a_customer_is_read_outside_a_run() {
    let desk = Desk::finished(true);
    let show = ["customers", "show", "C-1", "--audit"];
    let (code, out, err) = said(&desk.home, &show);
    assert!(code == 0 && err.ends_with(WHOLE), "{err}");
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].ends_with("(C-1), oldest first:"), "{out}");
    let first = format!("  Mon 23 Nov 2026 11:00 AWST · {} · {} · opened the run", me().shown(), desk.run);
    assert!(lines.iter().any(|line| line.starts_with(&first)), "{first} {out}");
    assert!(out.contains("confirmed turning on 3 users: User 1 <u1@bakery.example>, "), "{out}");
    assert!(lines.last().unwrap().contains("finished the run"), "newest last: {out}");
    let (code, json, _) = said(&desk.home, &[&show[..], &["--json"]].concat());
    let json = crate::explain::fits("customer-history", &json);
    assert_eq!((code, &json["is_whole"], &json["reference"]), (0, &true.into(), &"C-1".into()));
    let run = json["entries"].as_array().unwrap().last().unwrap()["run"].clone();
    assert_eq!(run, desk.run.to_string());

    desk.spoil();
    let (code, out, err) = said(&desk.home, &show);
    assert!(code == 6 && err.contains("The history is NOT whole: "), "{err}");
    assert!(out.contains("nothing happened"), "{out}");
}

#[test]
fn an_audit_that_was_changed_is_said_and_ends_with_6() {
    let desk = Desk::finished(true);
    desk.spoil();
    for more in [&[][..], &["--quiet"], &["--json", "--quiet"]] {
        let (code, out, err) = desk.receipt(more);
        assert_eq!(code, 6);
        assert!(err.starts_with("The history is NOT whole: ") && err.contains("tell your lead"), "{err}");
        assert!(out.contains("NOT whole") || out.contains("\"is_whole\": false"), "{out}");
    }
}

#[test]
fn a_file_is_for_its_owner_and_never_overwritten_by_mistake() {
    let desk = Desk::finished(false);
    let file = desk.home.path().join("receipt.txt");
    let ticket = desk.receipt(&[]).1;
    let (code, out, err) = desk.receipt(&["--out", "receipt.txt"]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert_eq!(err, format!("{WHOLE}It is in receipt.txt, which only you can read.\n"));
    assert_eq!(fs::read_to_string(&file).unwrap(), ticket);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    fs::write(&file, "mine").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let (code, _, err) = desk.receipt(&["--out", "receipt.txt", "--for", "customer"]);
    assert!(code == 1 && err.contains("there already") && err.contains("--force"), "{err}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(desk.receipt(&["--out", "receipt.txt", "--force"]).0, 0);
    assert_eq!(fs::read_to_string(&file).unwrap(), ticket);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let (code, _, err) = desk.receipt(&["--out", "no/such/folder.txt"]);
    assert!(code == 1 && err.contains("could not be written") && err.contains("folder"), "{err}");
    let left: Vec<_> =
        desk.home.files().into_iter().filter(|f| f.to_string_lossy().contains(".new")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_run_that_does_not_exist_makes_no_record() {
    let home = Home::new();
    let (code, out, err) = said(&home, &["receipt", "B365-7KQ4"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.starts_with("There is no run B365-7KQ4"), "{err}");
    assert!(!home.store().exists());
    let desk = Desk::opened();
    let other = if desk.run.to_string() == "B365-7KQ4" { "B365-7KQ3" } else { "B365-7KQ4" };
    let (code, _, err) = said(&desk.home, &["receipt", other]);
    assert!(code == 2 && err.contains("there is no run"), "{err}");
    assert_eq!(said(&home, &["receipt", "nonsense"]).0, 2);
}
