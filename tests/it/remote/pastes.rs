//! Pastes: with a newline, of many lines, with an end mark inside, of a megabyte and of ten, without brackets,
//! without an end, and where no field is.

use std::time::Duration;

use crate::terminal::{DOWN, ENTER, ESC, Home, TAB, Terminal};

/// Longer than the guard after a paste.
const QUIET: Duration = Duration::from_millis(300);

/// The tenant of Kauri Building Supplies.
const TENANT: &str = "7a36af4b-c51e-44e1-87f0-d8af3157c2ca";

/// The field for the tenant.
fn tenant(home: &Home) -> Terminal {
    let mut terminal = Terminal::opened(home);
    terminal.picks("Kauri Building Supplies").takes(0).sees(&["> Tenant ID ["]);
    terminal
}

/// What the process had in memory at most, in KiB.
fn peak(terminal: &Terminal) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", terminal.process())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_tenant_id_with_everything_around_it() {
    let home = Home::new();
    let mut terminal = tenant(&home);
    for pasted in [
        format!("{TENANT}\r\n"),
        format!("\n\n  \"{{{}}}\"\t\n", TENANT.to_uppercase()),
        format!("\u{feff}{TENANT}\u{200b}\x00\x03"),
        format!("https://entra.microsoft.com/{TENANT}/overview?x=1\n"),
        format!("Tenant ID: {TENANT}"),
    ] {
        // Enter right behind the paste does nothing either.
        terminal.keys(&format!("\x1b[200~{pasted}\x1b[201~\r\r")).sees(&[
            "Kauri Building Supplies",
            "c2ca",
            "‹ Save ›",
        ]);
        terminal.quiet(QUIET);
        assert!(terminal.text().contains("> Tenant ID ["), "the field was left:\n{}", terminal.text());
        assert!(terminal.text().contains("● Access"), "it was saved:\n{}", terminal.text());
        terminal.keys("\x15").loses("c2ca");
    }
    terminal.is_clean(false);
}

#[test]
fn many_lines_in_a_field_of_one() {
    let home = Home::new();
    let mut terminal = tenant(&home);
    terminal.pastes(
        "kauribuilding.example\rsecond\nthird\r\n",
        &["Only the first line was taken; 2 more were left out"],
    );
    terminal.sees(&["> Tenant ID [kauribuilding.example", "‹ Save ›"]);
    assert!(!terminal.text().contains("second"));
    terminal.keys("\x15").pastes(&"y".repeat(3_000), &["Only the start was pasted"]);
    terminal.keys("\x15").loses("yyyy").keys("kauri").sees(&["> Tenant ID [kauri"]);
}

#[test]
fn a_way_out_goes_before_all_that_was_typed_at_once() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    // No end of a line: each is a key, and none of them a paste.
    terminal.keys(&"y".repeat(1_000_000)).keys("\x03").sees(&["Leave?"]);
    assert!(peak(&terminal) < 256 << 10, "{} KiB", peak(&terminal));
    terminal.keys("b").loses("Leave?").keys("\x15").loses("yyyy");
    terminal.keys("kauri").sees(&["Kauri Building Supplies"]).quiet(QUIET);
    terminal.is_clean(false);
}

#[test]
fn an_end_mark_inside_presses_nothing() {
    let home = Home::new();
    let mut terminal = tenant(&home);
    terminal.keys(&format!("\x1b[200~{TENANT}\x1b[201~\r\t \rq\x1b[201~")).sees(&["> Tenant ID [7a36af4b"]);
    terminal.quiet(QUIET);
    assert!(
        terminal.text().contains("● Access") && terminal.text().contains("> Tenant ID ["),
        "{}",
        terminal.text()
    );
    // The same outside a field: no letter of it is a command.
    terminal
        .keys(TAB)
        .loses("> Tenant")
        .keys("\x1b[200~x\x1b[201~q\rp")
        .sees(&["Go to a field with Tab first, then paste"]);
    terminal.quiet(QUIET);
    assert!(
        terminal.text().contains("● Access") && !terminal.text().contains("Leave?"),
        "{}",
        terminal.text()
    );
    terminal.keys("q").sees(&["Leave?"]);
}

#[test]
fn a_paste_in_pieces_and_one_without_an_end() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    for pieces in [
        ["\x1b", "[200~banksia\x1b[201~"],
        ["\x1b[20", "0~banksia\x1b[201~"],
        ["\x1b[200~ban", "ksia\x1b[201~"],
    ] {
        terminal.keys(pieces[0]).keys(pieces[1]).sees(&["> / banksia", "Banksia Medical Centre"]);
        terminal.quiet(QUIET);
        terminal.keys("\x15").loses("> / banksia");
    }
    for cut in 1..6 {
        let (start, end) = "\x1b[201~".split_at(cut);
        terminal.keys(&format!("\x1b[200~kauri{start}")).quiet(QUIET);
        terminal.keys(end).sees(&["> / kauri"]).quiet(QUIET);
        terminal.keys("\x15").loses("> / kauri");
    }
    // The end got lost: after a while the text is there, and keys are keys.
    terminal.keys("\x1b[200~rimu").sees(&["> / rimu"]).quiet(QUIET);
    terminal.keys(" legal").sees(&["> / rimu legal", "Rimu Legal"]);
    // Ctrl-C needs no patience.
    terminal.keys("\x1b[200~x").quiet(Duration::from_millis(1_500));
    terminal.keys("\x03").sees(&["Leave?"]).keys("b").sees(&["> / rimu legalx"]);
    terminal.is_clean(false);
}

#[test]
fn a_paste_without_brackets_presses_no_enter() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.keys("banksia medical\r").sees(&["> / banksia medical", "1 of"]);
    terminal.quiet(QUIET);
    assert!(terminal.text().contains("> / "), "{}", terminal.text());
    terminal
        .keys("\x15")
        .keys("no\rlonger line\rx\r")
        .sees(&["> / no", "Only the first line was taken; 2 more were left out"]);
    terminal.quiet(QUIET);
    terminal.keys("\x15").keys(TAB).sees(&["/ filter"]).keys("quit everything\r").sees(&["Press / first"]);
    terminal.quiet(QUIET);
    assert!(terminal.text().contains("Which customer?") && !terminal.text().contains("Leave?"));
}

#[test]
fn where_no_field_is() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.keys(TAB).sees(&["/ filter"]).pastes("nqa\r", &["Nothing was pasted. Press / first"]);
    terminal.keys("?").sees(&["┌ Keys ─"]).pastes("b\r", &["There is no field in this panel"]);
    terminal.sees(&["┌ Keys ─"]).keys("b").loses("┌ Keys ─");
    terminal.picks("Harbour Street Cafe").pastes("x\r", &["There is no field on this screen"]);
    terminal
        .takes(0)
        .pastes("\r", &["There is no field on this screen"])
        .sees(&["‹ Yes, this is"])
        .keys(ENTER);
    terminal.sees(&["‹ Authorise ›"]).pastes("w\r", &["There is no field on this screen"]);
    terminal.plays().enables().sees(&["listed 37 ·"]).pastes("a \r", &["Press / first"]).sees(&["ticked 0"]);
}

#[test]
fn a_megabyte_and_ten() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    let line = "nobody by this name ".repeat(50);
    let megabyte = format!("{line}\r").repeat(1_000);
    assert!((1_000_000..1 << 20).contains(&megabyte.len()));
    terminal
        .pastes(&megabyte, &["Only the first line was taken; 999 more were left out", "0 of"])
        .keys("\x15")
        .sees(&[" listed"]);
    let before = peak(&terminal);
    for _ in 0..2 {
        terminal.pastes(&"x".repeat(10 << 20), &["Nothing was pasted: it was 10,485,760 bytes long"]);
        terminal.sees(&["at most 1,048,576 are taken at once", " listed"]);
    }
    let grown = peak(&terminal).saturating_sub(before);
    assert!(grown < 8 << 10, "20 MiB were kept somewhere: {grown} KiB more than before");
    terminal.keys("banksia").sees(&["> / banksia", "Banksia Medical Centre"]).keys(ESC).keys(TAB);
    terminal.sees(&["/ filter"]).keys(DOWN).quiet(QUIET);
    assert_eq!(terminal.interrupts(), 130);
    terminal.is_clean(false);
}

#[test]
fn a_list_of_thousands_of_mailboxes() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal
        .picks("Lighthouse Printing")
        .takes(0)
        .sees(&["> A mailbox to try"])
        .keys("\x1b[Z")
        .loses("> A mailbox to try");
    // From the buttons back to the field above them.
    terminal.keys("\x1b[Z\x1b[Z").sees(&["> Mailboxes "]);
    let addresses: Vec<String> =
        (0..20_000).map(|at| format!("user{at:05}@lighthouseprinting.example\r\n")).collect();
    let addresses = addresses.concat();
    terminal.pastes(&addresses, &["20000 new. 20,000 mailboxes on the list."]);
    terminal.pastes(&addresses, &["0 new. 20,000 mailboxes on the list."]);
    assert_eq!(terminal.interrupts(), 130);
}

/// The list of an old console or a serial line: no brackets, and a read brings whatever was there.
#[test]
fn a_list_without_brackets_in_pieces_is_one_list() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal
        .picks("Lighthouse Printing")
        .takes(0)
        .sees(&["> A mailbox to try"])
        .keys("\x1b[Z")
        .loses("> A mailbox to try");
    // From the buttons back to the field above them.
    terminal.keys("\x1b[Z\x1b[Z").sees(&["> Mailboxes "]);
    let list: String =
        (0..120).map(|at| format!("user{at:03}@lighthouseprinting.example\r")).collect::<Vec<_>>().concat();
    for piece in list.as_bytes().chunks(16) {
        terminal.sends(piece);
        std::thread::sleep(Duration::from_millis(9));
    }
    terminal.sees(&["120 new. 120 mailboxes on the list."]);
    assert_eq!(terminal.interrupts(), 130);
}
