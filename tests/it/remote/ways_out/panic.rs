//! A fault of the program itself. Nothing in the program can be asked to fail: a library that the system's loader puts
//! before its own makes the clock fail on the main thread, which no program of this kind survives.

use std::{fs, path::PathBuf, process::Command};

use crate::terminal::{ENTER, Home, MAIN_SCREEN, RESTORED, Record, Terminal};

/// The clock of the main thread fails once the file that `FAULT` names is there.
const LIBRARY: &str = r#"
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *now) {
    const char *fault = getenv("FAULT");
    if (clock == CLOCK_REALTIME && fault && syscall(SYS_gettid) == getpid() && access(fault, F_OK) == 0)
        return -1;
    return syscall(SYS_clock_gettime, clock, now);
}
"#;

/// Compiles the library; the project needs a C compiler anyway.
fn library(home: &Home) -> PathBuf {
    let (source, library) = (home.path().join("fault.c"), home.path().join("fault.so"));
    fs::write(&source, LIBRARY).unwrap();
    let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).args([&library, &source]).status();
    assert!(built.unwrap().success());
    library
}

#[cfg(target_os = "linux")]
#[test]
fn a_panic_speaks_on_the_main_screen() {
    let home = Home::new();
    let library = library(&home);
    let fault = home.path().join("fault");
    let environment = [("LD_PRELOAD", library.to_str().unwrap()), ("FAULT", fault.to_str().unwrap())];
    let mut terminal = Terminal::sized(&home, &[], 80, 24, &environment);
    terminal.sees(&["Which customer?", " listed"]).reaches_users("Harbour Street Cafe", "37");
    terminal.keys(" ").sees(&["ticked 1"]);
    Record::of(&home).waits("draft", 1);
    fs::write(&fault, "").unwrap();
    terminal.keys("?");
    assert_eq!(terminal.ends(), 70);
    let log = home.store().with_file_name("backup365.log");
    terminal.waits("the words", |text| {
        ["met a fault of its own", "Nothing that you confirmed is lost", log.to_str().unwrap()]
            .iter()
            .all(|words| text.replace('\n', "").contains(words))
            || ["met a fault of its own", "backup365.log"].iter().all(|words| text.contains(words))
    });
    terminal.is_as_before("a panic");
    // In this order: first the terminal, then the words.
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    let (before, after) = bytes.split_once("met a fault of its own").unwrap();
    assert!(
        before.ends_with("backup365: the program ") && before.contains(&format!("{RESTORED}{MAIN_SCREEN}"))
    );
    assert!(!after.contains('\x1b'));
    assert!(fs::read_to_string(log).unwrap().contains("panic"));
    // The run is kept.
    fs::remove_file(&fault).unwrap();
    let mut terminal = Terminal::opened(&home);
    terminal.sees(&["interrupted: "]).keys(ENTER).sees(&["/ filter"]).keys(ENTER).sees(&["ticked 1"]);
}
