//! A server that is restarted, takes no changes, has no room or no connection left, or hands over to another.

use std::{
    fs,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use super::*;
use crate::domain::checked::Checked;

const PLAIN: &str = "sslmode=disable";

#[test]
fn a_server_that_is_restarted_while_it_is_written_to_keeps_what_was_called_saved_and_nothing_else() {
    let Some(cluster) = Cluster::new("") else { return };
    cluster.sql("postgres", "CREATE DATABASE team");
    let store = open(address(&cluster.url("postgres", "team", PLAIN)), "ann").unwrap();
    let (_, run) = enabled_run(&store, "C-1");
    let writes = thread::spawn({
        let (store, run) = (store.clone(), run.clone());
        move || {
            let until = Instant::now() + Duration::from_secs(4);
            let mut saved = Vec::new();
            for number in 0.. {
                if Instant::now() > until {
                    break;
                }
                match store.begin_apply(&run, &users([number])) {
                    Ok(()) => saved.push((number, true)),
                    Err(failure) if failure.what.as_str().contains("not saved") => {
                        saved.push((number, false));
                    }
                    // The hold was lost with its connection, or there is no connection: nothing was begun.
                    Err(failure) => {
                        assert!(
                            failure.kind == FailureKind::Conflict
                                || words(&failure).contains("no connection"),
                            "{failure:?}"
                        );
                        let _tried_again = store.load_run(&run);
                    }
                }
            }
            saved
        }
    });
    for how in ["fast", "immediate", "fast"] {
        thread::sleep(Duration::from_millis(400));
        cluster.stop(how);
        cluster.start();
    }
    let saved = writes.join().unwrap();
    let chosen = cluster.sql("team", "SELECT address FROM chosen");
    for (number, is_saved) in &saved {
        assert_eq!(chosen.contains(&format!("user{number}@bakery.example")), *is_saved, "user{number}");
    }
    assert!(saved.iter().filter(|(_, is_saved)| *is_saved).count() > 10, "{saved:?}");
    assert!(store.outcome(&run).unwrap().is_audit_whole);
}

#[test]
fn after_a_crash_another_transaction_with_the_same_number_is_not_taken_for_the_own_one() {
    // What a transaction has written comes to the disk when it commits, and not before.
    let Some(cluster) =
        Cluster::new("wal_writer_delay = 10s\nwal_writer_flush_after = 0\nbgwriter_lru_maxpages = 0")
    else {
        return;
    };
    cluster.sql("postgres", "CREATE DATABASE team");
    let proxy = Proxy::new(cluster.port);
    let far = format!("postgres://postgres@127.0.0.1:{}/team?sslmode=disable", proxy.port);
    let store = open(address(&far), "ann").unwrap();
    let (_, run) = enabled_run(&store, "C-1");
    let second = Proxy::new(cluster.port);
    let by_second = format!("postgres://postgres@127.0.0.1:{}/team?sslmode=disable", second.port);
    let unnoted = open(address(&by_second), "ann").unwrap();
    let number = "SELECT pg_snapshot_xmax(pg_current_snapshot())";
    // Each has one connection, which is lost. Nobody is asked while it is down, and for a moment after it.
    proxy.cut();
    second.cut();
    let cut = |proxy: &Proxy| {
        while !proxy.has_cut() {
            thread::sleep(Duration::from_millis(1));
        }
        proxy.close(true);
    };
    proxy.cut_at_commit(Cut::Swallowed);
    let lost = thread::spawn(move || store.begin_apply(&run, &users([1])));
    cut(&proxy);
    // One that adds nothing to the history.
    second.cut_at_commit(Cut::Swallowed);
    let answers = [Checked {
        user: UserId::from_bytes([7; 16]),
        kind: Kind::User,
        facts: 1,
        at: Moment::from_millis(1),
    }];
    let tenant = "11111111-1111-4111-8111-000000000001".parse().unwrap();
    let unnoted = thread::spawn(move || unnoted.keep_checked(tenant, &answers));
    cut(&second);
    cluster.stop("immediate");
    cluster.start();
    let own = cluster.sql("team", number);
    let other = open(address(&cluster.url("postgres", "team", PLAIN)), "ben").unwrap();
    for reference in ["C-2", "C-3"] {
        enabled_run(&other, reference);
    }
    assert_ne!(cluster.sql("team", number), own, "numbers were given out");
    proxy.close(false);
    second.close(false);
    let said = words(&lost.join().unwrap().unwrap_err());
    assert!(said.contains("this change was not saved"), "{said}");
    let said = words(&unnoted.join().unwrap().unwrap_err());
    assert!(said.contains("does not say whether it was") && said.contains("not done twice"), "{said}");
    assert_eq!(
        cluster.sql("team", "SELECT (SELECT count(*) FROM chosen) + (SELECT count(*) FROM checked)"),
        ["0"]
    );
}

#[test]
fn a_server_that_takes_no_changes_is_read_and_works_again_by_itself() {
    let Some(cluster) = Cluster::new("") else { return };
    cluster.sql("postgres", "CREATE DATABASE team");
    let url = cluster.url("postgres", "team", PLAIN);
    let store = open(address(&url), "ann").unwrap();
    let (_, run) = enabled_run(&store, "C-1");
    cluster.set("default_transaction_read_only = on\n");
    cluster.signal("reload");
    let said = words(&store.apply_batch(&run, &users([1])).unwrap_err());
    assert!(
        said.contains("it is read-only: this change was not saved") && said.contains("Ask whoever runs"),
        "{said}"
    );
    assert_eq!(store.customers().unwrap().len(), 1, "it can be read");
    let said = words(&open(address(&url), "ben").unwrap_err());
    assert!(said.contains("read-only"), "{said}");
    cluster.set("default_transaction_read_only = off\n");
    cluster.signal("reload");
    assert!(store.apply_batch(&run, &users([1])).unwrap()[0].outcome.is_on());
}

#[test]
fn a_standby_says_that_it_is_one_and_is_worked_with_once_it_is_the_primary() {
    let Some(primary) = Cluster::new("") else { return };
    primary.sql("postgres", "CREATE DATABASE team");
    let store = open(address(&primary.url("postgres", "team", PLAIN)), "ann").unwrap();
    let (_, run) = enabled_run(&store, "C-1");
    drop(store);
    let standby = primary.standby();
    let said = words(&open(address(&standby.url("postgres", "team", PLAIN)), "ann").unwrap_err());
    assert!(said.contains("read-only") && said.contains("name the primary as record.url"), "{said}");
    let both = format!(
        "postgres://postgres@127.0.0.1:{},127.0.0.1:{}/team?{PLAIN}&target_session_attrs=read-write",
        standby.port, primary.port
    );
    let store = open(address(&both), "ann").unwrap();
    assert!(!store.load_run(&run).unwrap().is_read_only);
    store.begin_apply(&run, &users([1])).unwrap();
    primary.stop("fast");
    standby.signal("promote");
    let until = Instant::now() + Duration::from_secs(15);
    while let Err(failure) = store.apply_batch(&run, &users([1])) {
        assert!(Instant::now() < until, "{failure:?}");
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(standby.sql("team", "SELECT count(*) FROM seat"), ["1"]);
}

#[test]
fn a_server_without_a_connection_left_is_waited_for_and_then_said() {
    let Some(cluster) = Cluster::new("") else { return };
    cluster.sql("postgres", "CREATE DATABASE team; ");
    cluster.sql("postgres", "CREATE ROLE ann LOGIN SUPERUSER");
    let url = cluster.url("ann", "team", PLAIN);
    let store = open(address(&url), "ann").unwrap();
    let (_, run) = enabled_run(&store, "C-1");
    drop(store);
    cluster.sql("postgres", "ALTER ROLE ann NOSUPERUSER CONNECTION LIMIT 0");
    let begun = Instant::now();
    let said = words(&open(address(&url), "ann").unwrap_err());
    assert!(said.contains("has no connection left") && said.contains("max_connections"), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    // One that comes free while it is waited for is taken.
    let waiting = thread::spawn(move || open(address(&url), "ann"));
    thread::sleep(Duration::from_millis(800));
    cluster.sql("postgres", "ALTER ROLE ann CONNECTION LIMIT -1");
    let store = waiting.join().unwrap().unwrap();
    assert!(!store.load_run(&run).unwrap().is_read_only);
}

#[test]
fn a_disk_without_room_loses_nothing_and_is_said() {
    let Some(cluster) = Cluster::new("") else { return };
    let Some(disk) = SmallDisk::new(&cluster) else { return };
    cluster.sql("postgres", &format!("CREATE TABLESPACE small LOCATION '{}'", disk.0));
    cluster.sql("postgres", "CREATE DATABASE team TABLESPACE small");
    let store = open(address(&cluster.url("postgres", "team", PLAIN)), "ann").unwrap();
    let (_, run) = enabled_run(&store, "C-1");
    let fill = format!("{}/fill", disk.0);
    let _full = Command::new("dd").args(["if=/dev/zero", &format!("of={fill}"), "bs=64k"]).output().unwrap();
    let said = words(&store.apply_batch(&run, &users(0..5_000)).unwrap_err());
    assert!(said.contains("disk of the record's server is full: this change was not saved"), "{said}");
    assert!(said.contains("make room"), "{said}");
    assert_eq!(store.customers().unwrap().len(), 1, "it can be read");
    assert_eq!(cluster.sql("team", "SELECT count(*) FROM seat"), ["0"]);
    fs::remove_file(&fill).unwrap();
    assert_eq!(store.apply_batch(&run, &users(0..5_000)).unwrap().len(), 5_000);
    assert!(store.outcome(&run).unwrap().is_audit_whole);
}

/// A disk of 40 MiB, let go of with the test.
struct SmallDisk(String);

impl SmallDisk {
    /// None, said aloud, where this account may not make one.
    fn new(cluster: &Cluster) -> Option<Self> {
        let folder = cluster.folder().join("small").display().to_string();
        fs::create_dir(&folder).unwrap();
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=40m,mode=777", "tmpfs", &folder]).output();
        if !mount.is_ok_and(|done| done.status.success()) {
            // In a container nobody may: no gate can install that right.
            eprintln!("SKIPPED the full disk: this account may make no small one");
            return None;
        }
        let inner = format!("{folder}/inner");
        fs::create_dir(&inner).unwrap();
        let owned = Command::new("chown").args(["postgres:", &inner]).status().unwrap();
        assert!(owned.success());
        Some(Self(inner))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let folder = self.0.trim_end_matches("/inner").to_owned();
        let _gone = Command::new("umount").args(["-l", &folder]).status();
    }
}
