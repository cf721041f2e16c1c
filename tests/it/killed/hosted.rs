//! The writes of the hosted products, and those of an organisation that is typed, each killed at random moments.

use super::{
    moments::{Write, finishes, kill_all},
    office::{Walk, of_run},
    onward::Manner,
};
use crate::terminal::{DOWN, ENTER, Home, Record, Terminal};

/// What the customer of a hosted product tells is filled in by one key.
const TOLD: Manner = Manner {
    access: |terminal| {
        fills(terminal);
        terminal.keys(ENTER).sees(&["● Authorise"]);
    },
};

/// The domain was typed before the kill, and stands there again.
const TYPED: Manner = Manner {
    access: |terminal| {
        saves_domain(terminal.sees(&["> Tenant ID [kauribuilding.example "]));
        terminal.keys(ENTER).sees(&["● Authorise"]);
    },
};

/// Fills the form up to Save.
fn fills(terminal: &mut Terminal) {
    terminal.sees(&["> A mailbox to try"]).keys("\x19").sees(&["svc-backup@", ">‹ Save ›"]);
}

/// Types the domain up to Save.
fn types_domain(terminal: &mut Terminal) {
    saves_domain(terminal.sees(&["> Tenant ID ["]).keys("kauribuilding.example"));
}

/// The domain stands there: up to Save.
fn saves_domain(terminal: &mut Terminal) {
    terminal.sees(&["c 2 c a", "‹ Save ›"]).keys(ENTER).sees(&[">‹ Save ›"]);
}

/// How many rows there are.
fn rows(home: &Home, sql: &str) -> i64 {
    Record::glance(home, sql).unwrap_or_default()
}

#[test]
fn mpexchange() {
    hosted("Anderson Dental", "8", [10, 6, 6, 8]);
}

#[test]
fn business365() {
    hosted("Penguin Parade Motel", "4", [10, 5, 5, 6]);
}

/// Access, proof, Enable and Apply of a hosted product, with so many kills each.
fn hosted(customer: &str, listed: &str, kills: [usize; 4]) {
    let mut walk = Walk::new(Home::new(), &[]);
    walk.terminal.picks(customer).takes(0).sees(&["> A mailbox to try"]);
    let access = walk.station();
    fills(&mut walk.terminal);
    walk.terminal.keys(ENTER).sees(&[">‹ Enable ›", "All checks are good"]);
    walk.waits("run WHERE proved IS NOT NULL", 1);
    let proved = walk.station();
    let saved = super::office::changed(&proved, "UPDATE run SET proved = NULL");
    walk.terminal.enables().lists(listed).keys(&format!(" {DOWN} ")).sees(&["ticked 2"]);
    walk.waits("draft WHERE length(exceptions) = 32", 1);
    let drafted = walk.station();
    let told = |home: &Home, terminal: &mut Terminal, _: bool| finishes(home, terminal, &TOLD);
    kill_all(&[
        Write {
            before: fills,
            keys: ENTER,
            is_done: |home| rows(home, "impersonation") == 1,
            then: |home, is_done| {
                assert!(!is_done || home.key_file().exists(), "a password on record without its key");
            },
            again: told,
            ..of_run("the access is saved, and the key file made", &access, kills[0])
        },
        Write {
            before: |terminal| {
                terminal.sees(&["● Authorise"]);
            },
            is_done: |home| rows(home, "run WHERE proved IS NOT NULL") == 1,
            again: told,
            ..of_run("the proof of a hosted product is kept", &saved, kills[1])
        },
        Write {
            before: |terminal| {
                terminal.sees(&[">‹ Enable ›", "All checks are good"]);
            },
            keys: ENTER,
            is_done: |home| rows(home, "enablement WHERE server IS NOT NULL") == 1,
            again: told,
            ..of_run("a hosted product is enabled", &proved, kills[2])
        },
        Write {
            before: |terminal| {
                terminal.sees(&["ticked 2"]).keys(ENTER).sees(&["Turn 2 users on?"]).keys("2");
                terminal.sees(&["> New seats [2 "]);
            },
            keys: ENTER,
            is_done: |home| rows(home, "apply WHERE ended IS NOT NULL") == 1,
            again: |home, terminal, _| {
                finishes(home, terminal, &TOLD);
                let record = Record::of(home);
                assert_eq!((record.seats(), record.count("chosen")), (2, 2));
            },
            ..of_run("hosted users are turned on", &drafted, kills[3])
        },
    ]);
}

#[test]
fn an_organisation_that_is_typed() {
    let mut walk = Walk::new(Home::new(), &[]);
    walk.terminal.picks("Kauri Building Supplies").takes(0).sees(&["> Tenant ID ["]);
    let access = walk.station();
    kill_all(&[Write {
        before: types_domain,
        keys: ENTER,
        is_done: |home| rows(home, "run WHERE tenant IS NOT NULL") == 1,
        then: |home, is_done| {
            let on_record = rows(home, "customer WHERE name LIKE 'Kauri%' AND tenant IS NOT NULL");
            assert_eq!(on_record, i64::from(is_done));
        },
        again: |home, terminal, _| finishes(home, terminal, &TYPED),
        ..of_run("a typed organisation is saved", &access, 8)
    }]);
}
