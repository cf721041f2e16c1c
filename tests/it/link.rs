//! The ways to hand the link over: printed alone, as a code, to the clipboard, into a file, in a browser here.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    time::{Duration, Instant},
};

use base64::Engine;

use super::{
    plain::Talk,
    terminal::{CTRL_C, ENTER, ESC, Home, Record, Terminal},
};

/// Goes to the authorise screen and has the link shown.
fn shown(terminal: &mut Terminal) {
    terminal.sees(&["Which customer?", " listed"]).confirms("Harbour Street Cafe");
    terminal.keys(ENTER).sees(&["adminconsent", "Send it: l print c clipboard g QR code f file"]);
}

/// The file that `f` writes.
fn file(home: &Home) -> Option<PathBuf> {
    home.files().into_iter().find(|file| file.to_str().unwrap().ends_with("-link.txt"))
}

/// Has the link written into a file, and reads it there.
fn written(home: &Home, terminal: &mut Terminal) -> String {
    terminal.keys("f").sees(&["The link is in the file"]);
    let file = file(home).unwrap();
    fs::read_to_string(file).unwrap().trim_end().to_owned()
}

/// Whether these bytes were sent to the terminal.
fn was_sent(terminal: &Terminal, bytes: &str) -> bool {
    terminal.bytes().windows(bytes.len()).any(|window| window == bytes.as_bytes())
}

/// Waits until these bytes were sent to the terminal: the words about them may be drawn first.
fn is_sent(terminal: &Terminal, bytes: &str) {
    let until = Instant::now() + Duration::from_mins(1);
    while !was_sent(terminal, bytes) {
        assert!(Instant::now() < until, "{bytes:?}: {:?}", String::from_utf8_lossy(&terminal.bytes()));
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn the_code_can_be_scanned_from_the_screen() {
    for (columns, rows) in [(80, 24), (120, 40)] {
        for environment in [("NO_COLOR", ""), ("NO_COLOR", "1")] {
            let home = Home::new();
            let mut terminal = Terminal::sized(&home, &[], columns, rows, &[environment]);
            shown(&mut terminal);
            let link = written(&home, &mut terminal);
            terminal.keys("g").sees(&["SANDBOX", "…e397", "any key returns"]).loses("Send it:");
            assert_eq!(terminal.scans(), [link], "{columns}x{rows}, {environment:?}:\n{}", terminal.text());
            terminal.keys("x").sees(&["Send it:"]);
        }
    }
}

#[test]
fn a_code_that_has_no_room_says_what_it_needs_and_what_to_do_instead() {
    for (arguments, size, words) in [
        (&[][..], (80, 20), "this window is 80x20."),
        (&["--ascii"], (80, 24), "A QR code needs block characters"),
    ] {
        let home = Home::new();
        let mut terminal = Terminal::sized(&home, arguments, size.0, size.1, &[]);
        shown(&mut terminal);
        terminal.keys("g").sees(&[words, "Other ways: print the link alone", "any key returns"]);
        assert_eq!(terminal.scans(), [""; 0]);
        terminal.keys(ESC).sees(&["Send it:"]);
    }
}

#[test]
fn printed_alone_the_link_is_one_line_and_the_checks_go_on() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, &[]);
    shown(&mut terminal);
    let link = written(&home, &mut terminal);
    // Played and printed in one go: whatever turns good does so while nothing is drawn.
    terminal.keys("wl").sees(&["Press Enter to go back."]);
    let alone = format!("\x1b[?1049l\r\n{link}\r\n\r\nPress Enter to go back.\r\n");
    assert!(was_sent(&terminal, &alone), "{:?}", String::from_utf8_lossy(&terminal.bytes()));
    let unwrapped = terminal.text().replace('\n', "");
    assert!(unwrapped.starts_with(&link), "{}", terminal.text());
    Record::of(&home).waits("run WHERE proved IS NOT NULL", 1);
    // Another window, keys that mean something elsewhere: the words stay as they are.
    terminal.resize(100, 30).keys("x b?");
    assert!(terminal.bytes().ends_with(alone.as_bytes()), "{:?}", String::from_utf8_lossy(&terminal.bytes()));
    terminal.keys(ENTER).sees(&["‹ Enable ›", "All checks are good. Enable turns nobody on", "? keys"]);
    assert_eq!(terminal.modes(), (true, false, true));
}

#[test]
fn ctrl_c_over_the_words_alone_comes_back_and_asks() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, &[]);
    shown(&mut terminal);
    terminal.keys("l").sees(&["Press Enter to go back."]).keys(CTRL_C).sees(&["Leave? The run is kept."]);
    terminal.keys(ESC).sees(&["Send it:"]).keys("l").sees(&["Press Enter to go back."]).keys(ESC);
    terminal.sees(&["Send it:"]);
    assert_eq!(terminal.interrupts(), 130);
}

#[test]
fn the_clipboard_is_sent_the_link_and_nobody_claims_more() {
    for (term, before, after) in
        [("xterm-256color", "\x1b]52;c;", "\x07"), ("screen.xterm-256color", "\x1bP\x1b]52;c;", "\x07\x1b\\")]
    {
        let home = Home::new();
        let mut terminal = Terminal::sized(&home, &[], 80, 24, &[("TERM", term)]);
        shown(&mut terminal);
        let link = written(&home, &mut terminal);
        terminal
            .keys("c")
            .sees(&["Sent to your terminal's clipboard: the link. Not every terminal takes it."]);
        assert!(!terminal.text().to_lowercase().contains("copied"), "{}", terminal.text());
        let payload = base64::engine::general_purpose::STANDARD.encode(link);
        is_sent(&terminal, &format!("{before}{payload}{after}"));
    }
}

#[test]
fn the_file_is_private_and_its_path_stays_on_the_screen() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, &[]);
    shown(&mut terminal);
    let link = written(&home, &mut terminal);
    assert!(link.contains("adminconsent?client_id="), "{link}");
    let file = file(&home).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    // The notice has gone by then.
    let path = file.to_str().unwrap();
    terminal.loses("The link is in the file").sees(&["File: ", "Waiting for consent since"]);
    let is_drawn = |c: char| c.is_whitespace() || matches!(c, '│' | '█');
    let joined = terminal.text().replace(is_drawn, "");
    assert!(joined.contains(path), "{path}:\n{}", terminal.text());
}

/// A browser that does all that a text browser would do to a terminal, tells what came of it, and fails.
const RUDE: &str = "#!/bin/sh\n\
    exec 3>\"$HOME/told\"\n\
    echo \"link $*\" >&3\n\
    if (: </dev/tty) 2>/dev/null; then echo 'has a terminal' >&3; else echo 'has no terminal' >&3; fi\n\
    if read -r line; then echo 'read a key' >&3; else echo 'read nothing' >&3; fi\n\
    printf 'NOISE\\033[2J'; printf 'NOISE\\033c' >&2; (printf NOISE >/dev/tty) 2>/dev/null\n\
    echo end >&3\n\
    exit 1\n";

#[test]
fn a_browser_gets_the_link_and_nothing_of_the_terminal() {
    for arguments in ["", " --new-window"] {
        let home = Home::new();
        let browser = home.path().join("rude");
        fs::write(&browser, RUDE).unwrap();
        fs::set_permissions(&browser, fs::Permissions::from_mode(0o700)).unwrap();
        // Over ssh, in a container, without a display: what the user has named counts all the same.
        let choice = format!("{}{arguments}", browser.display());
        let environment = [("BROWSER", choice.as_str()), ("SSH_CONNECTION", "::1 1 ::1 2")];
        let mut terminal = Terminal::sized(&home, &[], 80, 24, &environment);
        shown(&mut terminal);
        let link = written(&home, &mut terminal);
        terminal.sees(&["o open"]).keys("o");
        terminal.sees(&["A browser on this computer was asked to open the link."]);
        let (told, until) = (home.path().join("told"), Instant::now() + Duration::from_mins(1));
        while !fs::read_to_string(&told).is_ok_and(|told| told.ends_with("end\n")) {
            assert!(Instant::now() < until, "the browser never came to its end");
            std::thread::sleep(Duration::from_millis(10));
        }
        let expected = format!("link{arguments} {link}\nhas no terminal\nread nothing\nend\n");
        assert_eq!(fs::read_to_string(told).unwrap(), expected);
        terminal.keys("?").sees(&["┌ Keys ─", "Opens the link in a browser here."]);
        assert!(!was_sent(&terminal, "NOISE"), "{}", terminal.text());
    }
}

#[test]
fn a_browser_that_is_missing_is_a_normal_case() {
    let home = Home::new();
    let mut terminal = Terminal::sized(&home, &[], 80, 24, &[("BROWSER", "/no/such/browser")]);
    shown(&mut terminal);
    terminal.keys("o").sees(&[
        "BROWSER names /no/such/browser, which could not be started",
        "Press l to print the link alone.",
    ]);
    assert_eq!(terminal.interrupts(), 130);

    // No display: nothing is tried, and the screen says so before anybody asks.
    let home = Home::new();
    let mut terminal = Terminal::start(&home, &[]);
    shown(&mut terminal);
    terminal.sees(&["No browser opens here."]).keys("o").keys("f").sees(&["The link is in the file"]);
}

/// The lines for the hoster of the customer whose service account may not impersonate.
const LINES: [&str; 3] = [
    "# Replace CustomAttribute1 and its value by the mark that this customer's mailboxes have at your place.",
    "New-ManagementScope -Name 'Backup365 redgumremovals.example' \
     -RecipientRestrictionFilter 'CustomAttribute1 -eq ''redgumremovals.example'''",
    "New-ManagementRoleAssignment -Name 'Backup365 redgumremovals.example' -Role ApplicationImpersonation \
     -User 'svc-backup@redgumremovals.example' -CustomRecipientWriteScope 'Backup365 redgumremovals.example'",
];

#[test]
fn lines_for_the_hoster_and_the_error_are_sent_as_the_link_is() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.is_denied();
    terminal.sees(&["Press l to print", "p park", "Esc back", "l print c clipboard f file"]);
    // Alone: nothing of ours on their lines.
    terminal.keys("l").sees(&["Press Enter to go back."]);
    let alone = format!("\x1b[?1049l\r\n{}\r\n\r\nPress Enter to go back.\r\n", LINES.join("\r\n"));
    is_sent(&terminal, &alone);
    terminal
        .keys(ENTER)
        .sees(&["● Authorise"])
        .keys("c")
        .sees(&["Sent to your terminal's clipboard: the text"]);
    let payload = base64::engine::general_purpose::STANDARD.encode(LINES.join("\n"));
    is_sent(&terminal, &format!("\x1b]52;c;{payload}\x07"));
    terminal.keys("f").sees(&["The text for the hoster is in a file that only you can read: "]);
    let written = |end: &str| {
        let file = home.files().into_iter().find(|file| file.to_str().unwrap().ends_with(end)).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        fs::read_to_string(file).unwrap()
    };
    assert_eq!(written("-hoster.txt"), format!("{}\n", LINES.join("\n")));
    terminal.keys("t").sees(&["The error with its ids is what is sent now."]).keys("f");
    terminal.sees(&["The error with its ids is in a file"]);
    let error = written("-error.txt");
    for line in [
        "Step: Authorise. ",
        "What happened: ",
        "Code: ErrorImperson",
        "Ids: ",
        "Time: ",
        "Server: ",
        "Run: B365-",
    ] {
        assert!(error.lines().any(|have| have.starts_with(line)), "{line}: {error}");
    }
    assert!(!terminal.text().to_lowercase().contains("copied"), "{}", terminal.text());
    assert_eq!(terminal.interrupts(), 130);

    let run = Record::of(&home).run();
    let mut talk = Talk::start(&home, 80, &["--run", &run]);
    talk.hears(&[
        "Ask the hoster to run these lines:",
        LINES[0],
        LINES[1],
        LINES[2],
        "Print. ",
        "The error. ",
    ]);
    talk.types("print").hears(&[&LINES.join(" ")]).types("copy").hears(&["there is no clipboard"]);
    talk.types("other").hears(&["The error with its ids is what is sent now.", "The lines. Sends the lines"]);
    talk.types("print").hears(&["What happened: ", "Code: ErrorImperson"]);
    talk.types("file").hears(&["The error with its ids is in a file that only you can read: "]);
    talk.types("quit").hears(&["Leave? The run is kept."]).types("");
    assert_eq!(talk.ends(), 130);
}

#[test]
fn the_bell_rings_once_where_a_wait_has_ended_and_never_where_it_is_not_to() {
    let quiet: &[(&str, &str)] = &[("NO_BELL", "1")];
    for (arguments, variables, bells) in [(&[][..], &[][..], 1), (&["--no-bell"], &[], 0), (&[], quiet, 0)] {
        let home = Home::new();
        let mut terminal = Terminal::sized(&home, arguments, 80, 24, variables);
        shown(&mut terminal);
        // The proof was asked for before the link was shown, and nobody looks away from what is there at once.
        terminal.waits("a wait of some seconds", |text| {
            let before = text.split_once(" s. Usually 3 min").map(|(before, _)| before);
            let seconds = before.and_then(|before| before.rsplit(' ').next()?.parse().ok());
            seconds.is_some_and(|seconds: u32| seconds >= 6)
        });
        terminal.keys("w").sees(&["‹ Enable ›"]);
        // Whatever is drawn next is sent behind the bell.
        terminal.keys("?").sees(&["Esc close"]);
        let rung = String::from_utf8_lossy(&terminal.bytes()).matches('\u{7}').count();
        assert_eq!(rung, bells, "{arguments:?} {variables:?}");
    }
}
