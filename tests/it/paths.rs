//! The three paths from start to receipt, with the keyboard alone in a window of 80x24.

use super::terminal::{DOWN, END, ENTER, Home, LEFT, PAGE_DOWN, RIGHT, Record, TAB, Terminal};

#[test]
fn office_365_through_manage_protect() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.reaches_users("Harbour Street Cafe", "37");
    assert_eq!(Record::of(&home).seats(), 0, "Enable turns nobody on");
    terminal.sees(&["SANDBOX  Harbour Street Cafe  Office 365", "…e397", "eligible 34"]);

    // Three ticks, in one go, as fast fingers type.
    terminal.keys(&format!(" {DOWN} {DOWN} ")).sees(&["ticked 3", "seats 0 → 3"]).applies("3");
    terminal.keys(ENTER).sees(&["Done: 3 users are protected", "eligible, but not chosen", "whole"]);

    let run = Record::of(&home).run();
    terminal.sees(&[
        "Receipt for the ticket",
        &format!("Backup365 run {run}"),
        "Customer: Harbour Street Cafe (C-1001)",
    ]);
    terminal.keys(PAGE_DOWN).sees(&["Opened: ", "Finished: "]);
    terminal.reads_on("Result: done").reads_on("Turned on by this run: 3");
    terminal.keys("t").sees(&["Receipt for the customer", "Backup365 for Harbour Street Cafe"]);
    terminal.sees(&["3 users of Office 365 are protected."]);
    terminal.keys("t").sees(&["Receipt as JSON", "\"audit\""]).keys(END).sees(&["\"version\": 1"]);
    terminal.keys("f").sees(&["The receipt is in", "Done: 3 users"]);
    assert_eq!(terminal.quits(), 0);

    let record = Record::of(&home);
    assert_eq!(record.seats(), 3);
    assert_eq!(record.count("enablement WHERE tenant = '4bbb2ac3-4a45-55dc-9f5b-552be884e397'"), 1);
    assert_eq!(record.count("run WHERE finished IS NOT NULL"), 1);
    assert_eq!(record.count("chosen WHERE outcome = 'turned_on'"), 3);
    assert_eq!(record.count("auto_rule"), 0);
}

#[test]
fn office_365_by_domain_with_all() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.picks("Kauri Building Supplies").takes(0).sees(&["> Tenant ID [", "Save (not now)"]);
    terminal.keys("kauribuilding.example").sees(&["7a36af4b-c51e-44e1-87f0-d8af3157c2ca", "‹ Save ›"]);
    terminal.keys(ENTER).sees(&[">‹ Save ›"]).keys(ENTER).sees(&["● Authorise", "…c2ca"]);
    terminal.plays().enables().sees(&["listed 70 ·", "eligible 61"]);

    terminal.keys("a").sees(&["ticked 61", "seats 0 → 61"]).keys(ENTER).sees(&["Turn 61 users on?"]);
    // A wrong number changes nothing and shows the table again.
    terminal.keys("16").keys(ENTER).sees(&["The table says 61. Nothing has been changed."]);
    assert_eq!(Record::of(&home).seats(), 0);
    terminal.keys("61").keys(ENTER).sees(&["61 users protected"]).keys(ENTER);
    terminal.sees(&["Done: 61 users are protected"]);
    assert_eq!(terminal.quits(), 0);
    let record = Record::of(&home);
    assert_eq!(record.seats(), 61);
    assert_eq!(record.count("seat WHERE kind <> 4"), 0, "user mailboxes only");
}

#[test]
fn office_365_by_pasted_id_with_enable_auto() {
    let home = Home::new();
    // A day of Sydney's summer: what is said of 20:00 depends on the season.
    let mut terminal = Terminal::start(&home, &["--clock", "2026-11-23T14:00:00+11:00"]);
    terminal.sees(&["SANDBOX", "Which customer?", " listed"]);
    terminal.picks("Kauri Building Supplies").takes(0).sees(&["> Tenant ID ["]);
    // Quotes, braces, invisible characters and a newline: the newline must not submit.
    terminal.pastes(
        " \"{7A36AF4B-C51E-44E1-87F0-D8AF3157C2CA}\u{200b}\u{feff}\"\n\n",
        &["7A36AF4B-C51E", "Kauri Building Supplies", "the last four: c 2 c a", "‹ Save ›"],
    );
    assert_eq!(Record::of(&home).count("run WHERE tenant IS NOT NULL"), 0, "a paste saves nothing");
    terminal.keys(ENTER).sees(&[">‹ Save ›"]).keys(ENTER).sees(&["● Authorise", "…c2ca"]);
    terminal.plays().enables().sees(&["listed 70 ·"]);

    terminal.keys("u").sees(&["Nothing will run at 20:00: no sweeper is installed"]);
    assert_eq!(Record::of(&home).count("auto_rule"), 0);
    // Enter alone stops here: that nothing will run has to be taken on purpose.
    // The bill is one page: the rule, that nothing will run, and the number that is typed.
    terminal.sees(&[">‹ Back ›"]).keys(LEFT).sees(&[">‹ Go on ›"]).keys(ENTER).sees(&[
        "Switch Enable Auto on?",
        "│ The first sweep that can run turns these users on",
        "nothing will run at 20:00: no sweeper is installed",
        "sweep --install",
        "At most, seats  71",
        "new seats",
        "> New seats [",
    ]);
    assert!(!terminal.text().contains("1–"), "all of it is seen:\n{}", terminal.text());
    // Another number for later users is a question of its own.
    terminal.keys("m").sees(&["How many seats may Enable Auto use?", "> At most, seats [71 "]);
    terminal
        .keys("60")
        .keys(ENTER)
        .sees(&["The next sweep needs 61"])
        .keys("\x1b")
        .sees(&["At most, seats  71"]);
    terminal.keys("m").sees(&["> At most, seats [71 "]).keys("80").sees(&["[80 "]).keys(ENTER);
    terminal.sees(&["At most, seats  80", "> New seats ["]).keys("61").keys(ENTER);
    terminal.sees(&["Enable Auto is on, and nothing will run at 20:00", "waits for a sweep"]);
    let record = Record::of(&home);
    assert_eq!((record.count("auto_rule WHERE confirmed = 61 AND ceiling = 80"), record.seats()), (1, 0));
    terminal.keys(ENTER).sees(&[
        "Partly done: nobody is protected yet, 61 wait for a sweep",
        "wait for a sweep, but none can turn them on yet",
        "no sweeper",
    ]);
    assert_eq!(terminal.quits(), 3, "nothing will run: nobody is scheduled");
}

#[test]
fn mpexchange_by_pasted_list() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.picks("Anderson Dental").takes(0);
    terminal.impersonates(
        "emma.anderson@andersondental.example",
        "svc-backup@andersondental.example",
        "invented-anderson",
    );
    terminal.keys(TAB).keys(TAB).sees(&["> Mailboxes  "]);
    terminal.pastes(
        "Ana Brennan <ana.brennan@andersondental.example>\r\ndavid.chu@andersondental.example\nnobody\n\
         emma.anderson@andersondental.example; frank.lowe@andersondental.example",
        &["4 mailboxes on the list", "No e-mail address in line 3 (“nobody”)"],
    );
    terminal.keys(TAB).sees(&[">‹ Save ›"]);
    terminal
        .keys(ENTER)
        .sees(&["● Authorise", "The account signs in", "All checks are good"])
        .enables()
        .sees(&["listed 4 ·"]);
    terminal.keys("a").sees(&["ticked 4"]).applies("4").keys(ENTER);
    terminal.sees(&["Done: 4 users are protected"]);
    terminal.sees(&["Receipt for the ticket", "Server: https://mail.coastline-hosting.example"]);
    assert_eq!(terminal.quits(), 0);
    let record = Record::of(&home);
    assert_eq!(record.seats(), 4);
    assert_eq!(record.count("enablement WHERE server IS NOT NULL AND product = 'mpexchange'"), 1);
    holds_no_secret(&home, &terminal, "invented-anderson");
}

#[test]
fn business365_by_directory() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.picks("Penguin Parade Motel").takes(0);
    terminal.impersonates(
        "carol.ibsen@penguinparademotel.example",
        "svc-backup@penguinparademotel.example",
        "invented-penguin",
    );
    terminal.keys(TAB).keys(RIGHT).sees(&["(•) the server's directory"]).keys(TAB).sees(&[">‹ Save ›"]);
    terminal.keys(ENTER).sees(&["● Authorise"]).enables().sees(&["listed 4 ·", "Bruce Tan", "Bookings"]);
    terminal.keys(" ").sees(&["ticked 1"]).keys(ENTER).sees(&["Turn 1 user on?"]).keys(ENTER);
    terminal.sees(&["1 user protected"]).keys(ENTER).sees(&["Done: 1 user is protected"]);
    assert_eq!(terminal.quits(), 0);
    assert_eq!(Record::of(&home).seats(), 1);
    holds_no_secret(&home, &terminal, "invented-penguin");
}

#[test]
fn both_hosted_products_share_one_access() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.picks("Fern Valley Veterinary").takes(0);
    terminal.impersonates(
        "lydia.marsh@fernvalleyvet.example",
        "svc-backup@fernvalleyvet.example",
        "invented-fern",
    );
    terminal.keys(TAB).keys(RIGHT).keys(TAB).sees(&[">‹ Save ›"]).keys(ENTER).sees(&["● Authorise"]);
    terminal.enables().sees(&["listed 5 ·"]).keys(" ").sees(&["ticked 1"]).keys(ENTER);
    terminal.sees(&["Turn 1 user on?"]).keys(ENTER).sees(&["1 user protected"]).keys(ENTER);
    terminal.sees(&["● Outcome", "Done"]).keys(ENTER).sees(&["Which customer?", " listed"]);

    // The other product: the access is shown, not asked, and enabled on its own.
    terminal.picks("Fern Valley Veterinary").keys(DOWN).sees(&["> Business365"]).keys(ENTER);
    terminal.sees(&["● Authorise", "Business365", "svc-backup@fernvalleyvet.example"]).enables();
    terminal.sees(&["listed 5 ·", "seats 1 → 1"]);
    let record = Record::of(&home);
    assert_eq!((record.count("impersonation"), record.count("enablement"), record.seats()), (1, 2, 1));
    assert_eq!(terminal.interrupts(), 130);
    holds_no_secret(&home, &terminal, "invented-fern");
}

/// A password is nowhere: not on the terminal, not in any file of the home folder.
fn holds_no_secret(home: &Home, terminal: &Terminal, secret: &str) {
    let holds = |bytes: &[u8]| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
    assert!(!holds(&terminal.bytes()), "the terminal was sent the password");
    for file in home.files() {
        assert!(!holds(&std::fs::read(&file).unwrap()), "{} holds the password", file.display());
    }
}

#[test]
fn a_new_user_knows_what_to_type_for_hosted_mail() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.picks("Penguin Parade Motel").takes(0).sees(&["Press Ctrl-Y to fill them in"]);
    terminal.keys("\x19").sees(&["svc-backup@penguinparademotel.example", ">‹ Save ›"]).keys(ENTER);
    terminal.enables().sees(&["listed 4 ·"]);
    holds_no_secret(&home, &terminal, "invented-penguin");
}
