use std::{
    collections::BTreeSet,
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
};

use super::*;

/// Small, so that it is full soon.
const OPTIONS: Options = Options { level: "info", size_bytes: 1_000, keep: 3 };

fn log(folder: &Path, options: Options) -> Log {
    Log { path: folder.join(FILE), options }
}

/// Files of the log, the present one first, then the newest.
fn files(folder: &Path) -> Vec<String> {
    let log = log(folder, OPTIONS);
    let aside = (1..=u8::MAX).map(|number| log.aside(number));
    let paths = std::iter::once(log.path.clone()).chain(aside);
    paths.map_while(|path| fs::read_to_string(path).ok()).collect()
}

#[test]
fn a_full_log_is_put_aside_while_it_is_written_and_so_many_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let log = log(folder.path(), OPTIONS);
    for number in 0..100 {
        log.append(&format!("{number:03} {}\n", "x".repeat(95))).unwrap();
    }
    let files = files(folder.path());
    assert_eq!(files.len(), 4);
    let numbers: Vec<&str> =
        files.iter().rev().flat_map(|file| file.lines()).filter_map(|line| line.get(..3)).collect();
    assert_eq!(numbers.len(), 40, "ten lines fit into a file");
    assert_eq!((numbers[0], numbers[39]), ("060", "099"));
    assert!(numbers.is_sorted(), "no line is in another place than it was");
    for entry in fs::read_dir(folder.path()).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
    }
}

#[test]
fn fewer_are_kept_from_the_next_time_on() {
    let folder = tempfile::tempdir().unwrap();
    let line = format!("{}\n", "x".repeat(999));
    let write =
        |keep| (0..9).for_each(|_| log(folder.path(), Options { keep, ..OPTIONS }).append(&line).unwrap());
    write(6);
    assert_eq!(files(folder.path()).len(), 7);
    write(2);
    assert_eq!(files(folder.path()).len(), 3);
}

#[test]
fn a_line_longer_than_the_log_is_written_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let line = format!("{}\n", "x".repeat(5_000));
    log(folder.path(), OPTIONS).append(&line).unwrap();
    assert_eq!(files(folder.path()), [line]);
}

#[test]
fn whoever_puts_aside_just_now_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let log = log(folder.path(), OPTIONS);
    let held = File::create(log.path.with_extension("log.lock")).unwrap();
    held.lock().unwrap();
    for _ in 0..20 {
        log.append(&format!("{}\n", "x".repeat(99))).unwrap();
    }
    assert_eq!(files(folder.path()).len(), 1, "no line is lost meanwhile");
    drop(held);
    log.append("last\n").unwrap();
    assert_eq!(files(folder.path())[0], "last\n");
}

/// Lines that each writer writes in the test below, and writers.
const LINES: usize = 400;
const WRITERS: usize = 4;

/// Names the folder for a writer, and its number.
const WRITER: &str = "LOG_TEST_WRITER";

/// One writer: does nothing but in the processes of the test below.
#[test]
#[expect(clippy::disallowed_methods, reason = "this is how a test tells another process that it is a writer")]
fn one_of_several_writers() {
    let Some(folder) = std::env::var_os(WRITER) else { return };
    let log = log(Path::new(&folder), Options { size_bytes: 2_000, keep: 99, ..OPTIONS });
    for number in 0..LINES {
        log.append(&format!("{} {number} {}\n", std::process::id(), "x".repeat(80))).unwrap();
    }
}

#[test]
fn several_processes_lose_none_of_each_others_lines() {
    let folder = tempfile::tempdir().unwrap();
    let start = |_| {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "log::tests::one_of_several_writers"])
            .env(WRITER, folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    };
    let writers: Vec<_> = (0..WRITERS).map(start).collect();
    let writers: BTreeSet<u32> = writers
        .into_iter()
        .map(|mut writer| {
            assert!(writer.wait().unwrap().success());
            writer.id()
        })
        .collect();
    // It is put aside all the time, and still every line is kept, whole and in its writer's order.
    let files = files(folder.path());
    // A writer may lose the processor while it puts the file aside; the others write on into the same file, so the number
    // of files varies.
    assert!((3..100).contains(&files.len()), "{} files", files.len());
    let mut next = std::collections::BTreeMap::new();
    for line in files.iter().rev().flat_map(|file| file.lines()) {
        let words: Vec<&str> = line.split(' ').collect();
        let (writer, number): (u32, usize) = (words[0].parse().unwrap(), words[1].parse().unwrap());
        assert!(writers.contains(&writer) && words[2] == "x".repeat(80), "a whole line: {line}");
        let expected = next.entry(writer).or_insert(0);
        assert_eq!(*expected, number, "none is lost, doubled or in another place");
        *expected += 1;
    }
    assert_eq!(next.values().copied().collect::<Vec<_>>(), [LINES; WRITERS]);
}

#[test]
fn nothing_from_outside_makes_a_line_of_its_own_or_moves_a_cursor() {
    for (event, line) in [
        ("a b\n", "a b\n"),
        ("a\n2026-01-01 INFO forged\r\n", "a\u{fffd}2026-01-01 INFO forged\n"),
        (
            "\u{1b}[2J\u{7}\u{9b}x\u{202e}y\u{2028}z\u{200b}\n",
            "\u{fffd}[2J\u{fffd}\u{fffd}x\u{fffd}y\u{fffd}z\u{fffd}\n",
        ),
        ("Māori ünï 中文 €\n", "Māori ünï 中文 €\n"),
        ("", "\n"),
    ] {
        assert_eq!(clean(event), line);
    }
    let long = clean(&"ä".repeat(100_000));
    assert!(long.len() < LINE_BYTES + 8 && long.ends_with("…\n"), "{}", long.len());
}

#[test]
fn an_event_is_one_line_with_time_and_process() {
    let folder = tempfile::tempdir().unwrap();
    tracing::subscriber::with_default(subscriber(log(folder.path(), OPTIONS)), || {
        tracing::info!(name = "Evil\n\u{1b}[31m", "heard");
        tracing::info!(name = %"Evil\n\u{1b}[31m", "shown");
        tracing::debug!("not heard");
        tracing::info!(target: "hyper", "not heard");
        tracing::warn!(target: "hyper", "heard");
    });
    let files = files(folder.path());
    let lines: Vec<&str> = files[0].lines().collect();
    assert_eq!(lines.len(), 3, "{lines:#?}");
    let process = format!(" [{}]", std::process::id());
    assert!(lines.iter().all(|line| line.starts_with("20") && line.contains(&process)), "{lines:#?}");
    assert!(!files[0].contains('\u{1b}'), "{lines:#?}");
}

#[test]
fn a_log_that_can_not_be_written_is_no_trouble() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/full", folder.path().join(FILE)).unwrap();
    tracing::subscriber::with_default(subscriber(log(folder.path(), OPTIONS)), || tracing::info!("lost"));
    assert!(
        fs::symlink_metadata(folder.path().join(FILE)).unwrap().is_symlink(),
        "a device is not put aside"
    );
}

#[test]
fn a_pipe_that_nothing_reads_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join(FILE);
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(start(folder.path(), &OPTIONS).is_err());
}
