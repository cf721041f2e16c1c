//! The wizard driven by `expect`, as a script of somebody who has no screen would.

use std::process::Command;

use crate::{
    terminal::{Home, Record},
    tools::program,
};

/// From the first question to the outcome; each answer waits for its question.
const SCRIPT: &str = r#"
set timeout 60
set env(TERM) dumb
stty columns 40
proc answer {question line} {
    expect {
        -re $question {}
        timeout { puts "never heard: $question"; exit 9 }
        eof { puts "ended before: $question"; exit 8 }
    }
    send -- "$line\r"
}
spawn -noecho $env(PROGRAM)
answer {Enter takes} harbour
answer {Enter[ \r\n]+takes[ \r\n]+1,[ \r\n]+Harbour} 1
answer {Type[ \r\n]+a[ \r\n]+number} 1
answer {1: Yes, this is the organisation.*Enter[ \r\n]+for[ \r\n]+1} {}
answer {1: Authorise.*Enter[ \r\n]+for[ \r\n]+1} authorise
answer {5: Play.*Enter[ \r\n]+for[ \r\n]+1} play
answer {1: Enable.*Enter[ \r\n]+for[ \r\n]+1} enable
answer {eligible 34} "tick 1-2"
answer {Ticked 2} review
answer {from[ \r\n]+the[ \r\n]+table} 2
answer {1: Finish.*Enter[ \r\n]+for[ \r\n]+1} {}
answer {Leave the wizard} quit
expect eof
lassign [wait] process spawned fault code
exit $code
"#;

#[test]
fn expect_walks_the_whole_journey() {
    let Some(expect) = program("expect") else { return };
    let home = Home::new();
    let output = Command::new(expect)
        .args(["-c", SCRIPT])
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", home.path())
        .env("LANG", "C.UTF-8")
        .env("TZ", "Australia/Sydney")
        .env("PROGRAM", env!("CARGO_BIN_EXE_backup365"))
        .current_dir(home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(!said.contains('\u{1b}'), "{said}");
    assert_eq!(Record::of(&home).seats(), 2);
}
