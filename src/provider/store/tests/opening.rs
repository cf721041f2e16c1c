//! Opening: modes, versions, worlds, operators, and files that are not as they should be.

use super::{super::Terms, *};
use crate::domain::id::RecordId;

#[test]
#[cfg(unix)]
fn the_record_and_all_beside_it_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let Some(world) = World::on_file() else { return };
    let store = world.open("ann");
    customer(&store);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for entry in std::fs::read_dir(world.file().parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
    std::fs::set_permissions(world.file(), std::fs::Permissions::from_mode(0o644)).unwrap();
    drop(store);
    drop(world.open("ann"));
    assert_eq!(mode(&world.file()), 0o600);
}

#[test]
fn the_first_operator_is_admin_and_later_ones_are_users() {
    let Some(world) = World::on_file() else { return };
    assert!(world.open("ann").operator().is_admin);
    let ben = world.open("ben");
    assert!(!ben.operator().is_admin);
    assert!(world.open("ann").operator().is_admin);
    assert_eq!(ben.operators().unwrap().len(), 2);
    let acting = Store::open(StoreOptions { as_user: true, ..world.options("ann") }).unwrap();
    assert!(!acting.operator().is_admin);
    assert_eq!(
        kind(acting.add_customer(&new_customer("A", "A", &[]), &Accepts::default())),
        FailureKind::Refused
    );
}

#[test]
fn an_admin_changes_roles_and_the_last_admin_stays() {
    let Some(world) = World::on_file() else { return };
    let (ann, ben) = (world.open("ann"), world.open("ben"));
    assert_eq!(kind(ben.set_admin(&"ben".into(), true)), FailureKind::Refused);
    assert_eq!(kind(ann.set_admin(&"ann".into(), false)), FailureKind::Conflict);
    assert_eq!(kind(ann.set_admin(&"zoe".into(), true)), FailureKind::NotFound);
    ann.set_admin(&"ben".into(), true).unwrap();
    ann.set_admin(&"ben".into(), true).unwrap();
    ben.add_customer(&new_customer("A", "A", &[]), &Accepts::default()).unwrap();
    ben.set_admin(&"ann".into(), false).unwrap();
    assert_eq!(
        kind(ann.add_customer(&new_customer("B", "B", &[]), &Accepts::default())),
        FailureKind::Refused
    );
}

#[test]
fn a_newer_record_is_refused_with_words() {
    let Some(world) = World::on_file() else { return };
    drop(world.open("ann"));
    world.raw().pragma_update(None, "user_version", 99).unwrap();
    let failure = Store::open(world.options("ann")).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Record);
    assert!(failure.what.as_str().contains("newer"), "{}", failure.what);
}

#[test]
fn another_programs_file_is_left_alone() {
    let Some(world) = World::on_file() else { return };
    std::fs::create_dir_all(world.file().parent().unwrap()).unwrap();
    world.raw().execute_batch("CREATE TABLE theirs (x)").unwrap();
    let failure = Store::open(world.options("ann")).unwrap_err();
    assert_eq!(failure.what.as_str(), "this file is not a record of Backup365");
    let tables: i64 =
        world.raw().query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn a_damaged_file_says_so() {
    let Some(world) = World::on_file() else { return };
    std::fs::create_dir_all(world.file().parent().unwrap()).unwrap();
    std::fs::write(
        world.file(),
        "this is no database, it is a shopping list, and it is long enough to look at",
    )
    .unwrap();
    let failure = Store::open(world.options("ann")).unwrap_err();
    assert_eq!((failure.kind, failure.what.as_str()), (FailureKind::Record, "the record is damaged"));
}

#[test]
fn a_folder_that_cannot_be_made_is_a_failure_of_the_record() {
    let Some(world) = World::on_file() else { return };
    std::fs::write(world.folder.path().join("data"), "a file where the folder should be").unwrap();
    assert_eq!(kind(Store::open(world.options("ann"))), FailureKind::Record);
}

#[test]
fn a_busy_and_a_full_record_say_what_to_do() {
    use rusqlite::ffi;
    for (code, words) in [
        (ffi::SQLITE_BUSY, "busy"),
        (ffi::SQLITE_FULL, "full"),
        (ffi::SQLITE_READONLY, "read-only"),
        (ffi::SQLITE_CORRUPT, "damaged"),
        (ffi::SQLITE_CANTOPEN, "can't be opened"),
        (ffi::SQLITE_IOERR, "disk"),
    ] {
        let failure = Failure::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        assert_eq!(failure.kind, FailureKind::Record);
        assert!(failure.what.as_str().contains(words), "{}", failure.what);
        assert!(failure.hint.for_commands().as_str().ends_with('.'));
    }
}

#[test]
fn a_full_disk_loses_only_the_change_that_did_not_fit() {
    let Some(world) = World::on_file() else { return };
    let store = world.open("ann");
    let (customer, run) = enabled_run(&store, Product::Office365);
    store.apply_batch(&run, &users(1..=3)).unwrap();
    {
        let writer = store.0.database.file().writer();
        let pages: i64 = writer.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        writer.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).unwrap();
    }
    let many: Vec<NewCustomer> = (0..2_000)
        .map(|n| NewCustomer { reference: Text::clean(&format!("R{n}")), ..new_customer("x", "Name", &[]) })
        .collect();
    let failure = store.seed_customers(&many).unwrap_err();
    assert!(failure.what.as_str().contains("full"), "{}", failure.what);
    assert_eq!(store.protection(customer.id, Product::Office365).unwrap().seats.len(), 3);
    assert_eq!(store.customers().unwrap().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_record_that_was_moved_takes_no_more_writes_until_it_is_back() {
    let Some(world) = World::on_file() else { return };
    let store = world.open("ann");
    let (_customer, run) = enabled_run(&store, Product::Office365);
    let (file, aside) = (world.file(), world.folder.path().join("aside"));
    std::fs::rename(&file, &aside).unwrap();
    for stands_there in [false, true] {
        if stands_there {
            std::fs::write(&file, "").unwrap();
        }
        let failure = store.apply_batch(&run, &users(1..=3)).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Record);
        assert!(failure.what.as_str().contains("moved or deleted"), "{}", failure.what);
        assert!(failure.is_alarm);
        assert!(store.customers().unwrap_err().is_alarm, "another file is not read in its place");
    }
    std::fs::rename(&aside, &file).unwrap();
    assert_eq!(store.apply_batch(&run, &users(1..=3)).unwrap().len(), 3);
}

/// Whether this process holds a POSIX lock on a file; none where the system does not tell.
#[cfg(target_os = "linux")]
fn is_locked(file: &std::path::Path) -> Option<bool> {
    use std::os::unix::fs::MetadataExt;
    let inode = format!(":{}", std::fs::metadata(file).unwrap().ino());
    let mine = std::process::id().to_string();
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    let mut locks = locks.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    Some(locks.any(|lock| {
        lock.contains(&"POSIX")
            && lock.contains(&mine.as_str())
            && lock.iter().any(|word| word.ends_with(&inode))
    }))
}

#[cfg(target_os = "linux")]
#[test]
fn a_second_store_of_one_process_takes_no_lock_from_the_first() {
    let Some(world) = World::on_file() else { return };
    let first = world.open("ann");
    if is_locked(&world.file()).is_none() {
        eprintln!("skipped: this system does not tell which locks are held");
        return;
    }
    assert_eq!(is_locked(&world.file()), Some(true));
    let second = world.open("ann");
    assert_eq!(is_locked(&world.file()), Some(true), "both are open");
    drop(second);
    assert_eq!(is_locked(&world.file()), Some(true), "the first is open");
    drop(first);
    assert_eq!(is_locked(&world.file()), Some(false));
}

#[test]
fn the_sandbox_and_the_real_world_never_share_a_record() {
    let Some(world) = World::on_file() else { return };
    drop(world.open("ann"));
    let live = Store::open(StoreOptions { is_sandbox: false, ..world.options("ann") }).unwrap_err();
    assert_eq!(live.kind, FailureKind::Record);
    drop(world.open("ann"));
}

#[test]
fn two_that_open_a_new_record_at_once_both_succeed() {
    let Some(world) = World::on_file() else { return };
    let admins = std::thread::scope(|scope| {
        let threads: Vec<_> = ["ann", "ben", "cy", "dee"]
            .into_iter()
            .map(|name| {
                let options = world.options(name);
                scope.spawn(|| Store::open(options).unwrap().operator().is_admin)
            })
            .collect();
        threads.into_iter().map(|thread| u32::from(thread.join().unwrap())).sum::<u32>()
    });
    assert_eq!(admins, 1);
}

/// As the program opens a real record: what is known of it is in the config folder.
fn terms(world: &World, may_make: bool) -> Terms {
    Terms { notes: Some(world.folder.path().join("config/records")), may_make, id: None }
}

fn open_on(world: &World, terms: &Terms) -> Result<Store, Failure> {
    Store::open_on(terms, world.options("ann"))
}

/// The only note on a record.
fn note(world: &World) -> PathBuf {
    let mut notes = std::fs::read_dir(world.folder.path().join("config/records")).unwrap();
    notes.next().unwrap().unwrap().path()
}

#[test]
fn a_record_that_was_never_made_is_made_only_by_what_may() {
    let Some(world) = World::on_file() else { return };
    let failure = open_on(&world, &terms(&world, false)).unwrap_err();
    assert_eq!((failure.kind, failure.is_alarm), (FailureKind::NotFound, false));
    assert!(failure.what.as_str().contains("there is no record yet"), "{}", failure.what);
    assert!(!world.file().exists(), "looking for it makes none");
    drop(open_on(&world, &terms(&world, true)).unwrap());
    drop(open_on(&world, &terms(&world, false)).unwrap());
}

/// Takes a record away.
type Lose<'a> = &'a dyn Fn(&World);

#[test]
fn a_record_that_is_gone_or_empty_is_an_alarm_whoever_opens_it() {
    let gone = |world: &World| std::fs::remove_file(world.file()).unwrap();
    let folder_gone = |world: &World| std::fs::remove_dir_all(world.file().parent().unwrap()).unwrap();
    let emptied = |world: &World| std::fs::write(world.file(), "").unwrap();
    let losses: [(&str, Lose<'_>); 3] =
        [("is gone", &gone), ("is gone", &folder_gone), ("is empty", &emptied)];
    for (words, lose) in losses {
        for may_make in [true, false] {
            let Some(world) = World::on_file() else { return };
            drop(open_on(&world, &terms(&world, true)).unwrap());
            lose(&world);
            let failure = open_on(&world, &terms(&world, may_make)).unwrap_err();
            assert!(failure.is_alarm && failure.what.as_str().contains(words), "{}", failure.what);
            let hint = failure.hint.for_commands().to_string();
            assert!(hint.contains(&note(&world).display().to_string()), "{hint}");
            // On purpose: without the note there was none.
            std::fs::remove_file(note(&world)).unwrap();
            let _was_empty = std::fs::remove_file(world.file());
            assert_eq!(open_on(&world, &terms(&world, may_make)).is_ok(), may_make);
        }
    }
}

#[test]
fn locks_and_the_timers_id_know_of_a_record_that_is_gone_too() {
    let Some(world) = World::on_file() else { return };
    let store = open_on(&world, &terms(&world, true)).unwrap();
    let (id, _run) = (store.id(), enabled_run(&store, Product::Office365));
    drop(store);
    std::fs::remove_file(world.file()).unwrap();
    std::fs::remove_file(note(&world)).unwrap();
    let failure = open_on(&world, &terms(&world, true)).unwrap_err();
    assert!(failure.is_alarm && failure.hint.for_commands().as_str().contains("locks"), "{failure:?}");
    std::fs::remove_dir_all(world.file().parent().unwrap()).unwrap();
    let failure = open_on(&world, &Terms { id: Some(id), ..terms(&world, true) }).unwrap_err();
    assert!(failure.is_alarm && failure.what.as_str().contains("is gone"), "{failure:?}");
}

#[test]
fn another_record_than_the_known_one_is_an_alarm_and_changes_nothing() {
    let (Some(world), Some(other)) = (World::on_file(), World::on_file()) else { return };
    let first = open_on(&world, &terms(&world, true)).unwrap().id();
    let second = open_on(&other, &terms(&other, true)).unwrap().id();
    assert_ne!(first, second);
    std::fs::copy(other.file(), world.file()).unwrap();
    let failure = Store::open_on(&terms(&world, true), world.options("zoe")).unwrap_err();
    assert!(failure.is_alarm && failure.what.as_str().contains(&first.to_string()), "{}", failure.what);
    assert!(failure.hint.for_commands().as_str().contains(&note(&world).display().to_string()));
    let zoe: i64 = world
        .raw()
        .query_row("SELECT count(*) FROM operator WHERE name = 'zoe'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(zoe, 0);
    // The timer's pass: by the id in its unit.
    let timer = |id: RecordId| Terms { id: Some(id), ..terms(&other, false) };
    assert!(open_on(&other, &timer(second)).is_ok());
    let failure = open_on(&other, &timer(first)).unwrap_err();
    assert!(failure.is_alarm && failure.what.as_str().contains("timer"), "{}", failure.what);
    // A copy of a record is that record.
    let copy = world.folder.path().join("copy.db");
    Store::copy(&other.file().into(), &copy).unwrap();
    assert_eq!(Store::id_in(&copy.into()).unwrap(), Some(second));
}

#[test]
fn a_record_that_is_being_made_is_never_an_empty_file() {
    let Some(world) = World::on_file() else { return };
    // A process that was killed while it made the record leaves its draft behind.
    std::fs::create_dir_all(world.file().parent().unwrap()).unwrap();
    std::fs::write(world.file().with_file_name("store.db.making"), "half of one").unwrap();
    drop(open_on(&world, &terms(&world, true)).unwrap());
    let beside: Vec<_> = std::fs::read_dir(world.file().parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("making"))
        .collect();
    assert_eq!(beside, Vec::<String>::new());
}
