//! Every trouble of the sandbox ends in a screen that says what to tell the customer.

use super::terminal::{DOWN, ENTER, ESC, Home, RIGHT, Record, TAB, Terminal};

/// Nothing was enabled, nobody turned on.
fn nothing_is_enabled(home: &Home) {
    let record = Record::of(home);
    assert_eq!((record.count("enablement"), record.seats()), (0, 0));
}

/// Starts with troubles switched on.
fn with(home: &Home, faults: &[&str]) -> Terminal {
    let arguments: Vec<&str> = faults.iter().flat_map(|fault| ["--fault", *fault]).collect();
    let mut terminal = Terminal::start(home, &arguments);
    terminal.sees(&["SANDBOX", "Which customer?", " listed"]);
    terminal
}

#[test]
fn who_can_not_go_on_reads_why() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.finds("Paperbark Florist").keys(ENTER);
    terminal.sees(&[
        "has no Office 365, Business365 or MPexchange. Once one is sold",
        "C-1020 --products office365 --sandbox",
    ]);
    terminal.keys("s").sees(&["You have no product with us yet"]).keys(ESC).loses("┌ Say ─");
    terminal.keys("/").sees(&["> / "]).keys(ESC).sees(&[" listed"]);
    terminal.finds("Dunes Surf Shop").keys(ENTER).sees(&["is closed", "C-1021 --active yes --sandbox"]);
    terminal.keys("s").sees(&["your account with us is closed"]).keys(ESC).loses("┌ Say ─");
    assert_eq!(Record::of(&home).count("run"), 0);

    terminal.keys("/").sees(&["> / "]).keys(ESC).sees(&[" listed"]).picks("Old Mill Bakery").takes(0);
    terminal.sees(&["Microsoft knows no organisation by this name or ID (code 90002)"]);
    terminal.sees(&[
        "Ask the customer to read the tenant ID again",
        "customers set C-1012 --tenant none --sandbox",
    ]);
    terminal.keys("s").sees(&["That ID isn't known to Microsoft."]).keys(ESC).loses("┌ Say ─");
    // There is nothing to say yes to, and explain knows the code.
    terminal.sees(&["‹ Ask again ›"]).loses("Yes, this is the organisation");
    // The same page comes again, with the ids of another answer.
    let ids = |text: &str| {
        text.split("correlation ").nth(1).and_then(|rest| rest.split(',').next()).map(str::to_owned)
    };
    let before = ids(&terminal.text());
    terminal.keys(ENTER).waits("the next answer", |text| {
        let now = ids(text);
        now.is_some() && now != before && text.contains("‹ Ask again ›")
    });
    terminal.keys("e").sees(&["What does it mean?"]).keys("90002");
    terminal.sees(&["Means  ", "Say    ", "Next   "]);
    nothing_is_enabled(&home);
}

#[test]
fn consent_in_the_wrong_organisation() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.confirms("Rimu Legal").plays();
    terminal.sees(&["Colin Ward signed in and pressed Accept for Rimu Property Holdings"]);
    terminal.sees(&["‹ Ask Microsoft now ›"]);
    nothing_is_enabled(&home);
    terminal.keys("s").sees(&["┌ Say ─"]).sees(&["in a private window, sign in as Global"]);
    terminal.reads_on("“I have accepted and nothing happened”");
    terminal.reads_on("Which organisation did the page name? It must be Rimu");
    // The line of what was seen stays until the next answer, and asking is answered.
    terminal.keys(ESC).loses("┌ Say ─").sees(&["Sandbox  Colin Ward"]).keys(ENTER);
    terminal.sees(&[": not yet accepted."]).loses("Colin Ward signed in").keys("s").sees(&["┌ Say ─"]);
    // The second time the right account accepts.
    terminal.keys(ESC).loses("┌ Say ─").keys("w").enables().sees(&["listed 29 ·"]);
}

#[test]
fn answers_that_name_another_organisation() {
    let home = Home::new();
    let mut terminal = with(&home, &["other-organization=ce09a731-4658-4ecb-84af-be20496a6714"]);
    terminal.confirms("Rimu Legal").plays().sees(&["Colin Ward"]).keys("w");
    terminal.sees(&["Wrong organisation.", "Rimu Legal (…039a)", "6714", "Nothing has been enabled."]);
    terminal.sees(&[
        "To remove what was accepted in",
        "Enterprise applications, Backup365, Properties",
        "Delete",
    ]);
    terminal.sees(&["open the link again in a private window", "administrator of Rimu Legal (…039a)"]);
    terminal.keys(ENTER).sees(&["● Authorise"]).keys("s").sees(&["┌ Say ─"]).sees(&["You were signed in to"]);
    nothing_is_enabled(&home);
}

#[test]
fn an_account_of_another_organisation() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.confirms("Coral Bay Dive Tours").plays().sees(&["AADSTS50020"]);
    nothing_is_enabled(&home);
    terminal
        .keys("s")
        .sees(&["┌ Say ─"])
        .reads(&["(AADSTS50020)", "Please use a private window"])
        .keys(ESC)
        .loses("┌ Say ─");
    terminal.keys("w").enables().sees(&["listed 15 ·"]);
}

#[test]
fn an_administrator_who_is_none() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.confirms("Tasman Freight").plays().sees(&["Need admin approval"]);
    terminal.keys("s").sees(&["┌ Say ─"]);
    terminal.reads(&["This account may not accept.", "Who is your Global Administrator?"]);
    terminal.keys(ESC).loses("┌ Say ─").keys("e").sees(&["What does it mean?"]).keys("90094");
    terminal.sees(&["Means  ", "Say    ", "Next   ", "dministrator"]);
    nothing_is_enabled(&home);
}

#[test]
fn a_customer_who_cancels_once() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.confirms("Bluegum Accounting").plays().sees(&["Cancel"]).sees(&["‹ Ask Microsoft now ›"]);
    nothing_is_enabled(&home);
    terminal.keys("s").sees(&["┌ Say ─"]).reads_on("“I pressed Cancel”").reads_on("You have cancelled");
    terminal.keys(ESC).loses("┌ Say ─");
    terminal.keys("w").enables().lists("21").keys("a").sees(&["ticked 19"]).keys(ENTER);
    terminal
        .sees(&["seats after, of 25 bought", "New seats"])
        .keys("19")
        .keys(ENTER)
        .sees(&["19 users protected"]);
}

#[test]
fn consent_that_spreads() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.confirms("Wattle Early Learning").plays();
    terminal.sees(&["Wattle Early Learning has allowed the backup of Office 365"]);
    terminal.sees(&["Accepted. Microsoft is still spreading it", "not an error", "‹ Ask Microsoft now ›"]);
    terminal.loses("adminconsent");
    terminal.keys("s").sees(&["please stay on the line"]).keys(ESC).loses("┌ Say ─");
    nothing_is_enabled(&home);
    terminal.enables().lists("45");
}

#[test]
fn forty_eight_thousand_throttled_users() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.confirms("Southern Plains University").plays().enables();
    // The list can be used while it arrives.
    terminal.sees(&["so far", "> [ ] Aroha Smith"]).keys(&format!(" {DOWN} ")).sees(&["ticked 2"]);
    terminal.keys("/").sees(&["> "]).keys("nguyen").sees(&["nguyen", "Liam Nguyen"]).loses("Aroha Smith");
    terminal.keys(ESC).sees(&["Aroha Smith"]).keys(ESC).keys("c").sees(&["ticked 0"]);
    terminal.keys("a").sees(&["All: users are ticked as they come."]).keys(ENTER);
    terminal.sees(&["All"]);
    assert_eq!(Record::of(&home).seats(), 0);
    assert_eq!(terminal.interrupts(), 130);
}

#[test]
fn a_dead_mail_server() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.picks("Lighthouse Printing").takes(0).sees(&["> A mailbox to try"]);
    terminal.keys("owner@lighthouseprinting.example").keys(TAB).keys(TAB).sees(&[">‹ Find the server ›"]);
    terminal.keys(ENTER).sees(&["No Exchange server announces itself for lighthouseprinting.example"]);
    terminal.sees(&["Ask the hoster for the server's name and type it."]);
    // A name that nobody answers under.
    terminal.keys("\x1b[Z").sees(&["> Server  "]).keys("mail.lighthouse-hosting.example");
    terminal
        .keys(TAB)
        .keys(TAB)
        .keys("svc-backup@lighthouseprinting.example")
        .keys(TAB)
        .keys("invented-lighthouse");
    terminal
        .keys(TAB)
        .keys(TAB)
        .keys(RIGHT)
        .keys(TAB)
        .sees(&[">‹ Save ›"])
        .keys(ENTER)
        .sees(&["● Authorise"]);
    terminal.sees(&["! The server answers  ", " failed"]).sees(&["Nothing has been enabled."]);
    terminal.sees(&[">‹ Back to the form ›", "‹ Try again ›"]);
    terminal.keys("s").sees(&["Your mail server does not answer", "hosting company"]);
    nothing_is_enabled(&home);
}

#[test]
fn denied_impersonation() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.is_denied();
    terminal.sees(&["It does not work yet. Nothing has been enabled.", "ApplicationImpersonation"]);
    terminal.sees(&[">‹ Try again ›", "‹ Back to the form ›"]);
    terminal.keys("s").sees(&["The service account may not open your mailboxes yet.", "hosting company"]);
    terminal.keys(ESC).loses("┌ Say ─");
    nothing_is_enabled(&home);
}

#[test]
fn too_few_seats() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.reaches_users("Ironbark Engineering", "154").keys("u");
    terminal.sees(&[
        "Enable Auto can't be switched on yet",
        "40 seats are missing for 140 users",
        "100 users can be turned on now",
        ">‹ See the bill ›",
    ]);
    // What can't come true is not confirmed; what can is one key away.
    terminal.keys(ENTER).sees(&["Turn 100 of 140 users on?"]).keys("\x1b").sees(&["ticked 140"]);
    assert_eq!(Record::of(&home).count("auto_rule"), 0);
    terminal.keys(ENTER).sees(&[
        "40 seats are missing. Users for whom no seat is left stay off: the first 100",
        "seats after, of 100 bought",
    ]);
    terminal.sees(&["Turn 100 of 140 users on?"]).keys("140").keys(ENTER).sees(&["The table says 100"]);
    terminal.keys("100").keys(ENTER).sees(&["Partly done: 100 of 140 protected"]);
    terminal.sees(&["left off: no seat is left"]).keys(ENTER);
    terminal.sees(&["Partly done: 100 users are protected, 40 more were chosen"]);
    assert_eq!(terminal.quits(), 3);
    assert_eq!(Record::of(&home).seats(), 100);
}

#[test]
fn hostile_names() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.reaches_users("Quokka Toys", "28").keys("\x1b[F").sees(&["28"]);
    terminal.keys("a").sees(&["ticked 23"]).applies("23").keys(ENTER).sees(&["Done: 23 users"]);
    terminal.keys("t").sees(&["Receipt for the customer"]);
    assert_eq!(terminal.quits(), 0);
    let bytes = terminal.bytes();
    let text = String::from_utf8(bytes).expect("only whole characters reach the terminal");
    let is_trick = |c: char| {
        matches!(c, '\u{80}'..='\u{9f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{7}' | '\u{7f}')
    };
    assert_eq!(text.chars().find(|c| is_trick(*c)), None);
    // Every ESC begins one of the few sequences that draw; none sets a title, moves into a string, asks for an answer.
    for rest in text.split('\x1b').skip(1) {
        let begins = rest.chars().next();
        assert!(matches!(begins, Some('[' | '7' | '8')), "ESC {begins:?}");
        let last = rest.chars().skip(1).find(char::is_ascii_alphabetic);
        assert!(
            begins != Some('[') || last.is_some_and(|c| "HfmJKhlABCDGdXrSTLMPs@u".contains(c)),
            "CSI … {last:?}"
        );
    }
}

#[test]
fn a_server_that_stumbles_is_no_trouble_for_the_operator() {
    let home = Home::new();
    let mut terminal = with(
        &home,
        &["cut-off", "throttle=1", "busy", "expired-page", "wrong-types", "slow=20ms", "drop=5%"],
    );
    terminal.confirms("Banksia Medical Centre").plays().enables();
    terminal.sees(&["listed 141 ·"]);
}

#[test]
fn faults_that_stop_the_proof_say_what_to_do() {
    for (fault, words) in [
        ("token-error=7000222", &["7000222", "Nothing has been enabled."][..]),
        ("without=User.Read.All", &["User.Read.All"][..]),
    ] {
        let home = Home::new();
        let mut terminal = with(&home, &[fault]);
        terminal.confirms("Harbour Street Cafe").plays().sees(words);
        nothing_is_enabled(&home);
    }
}

#[test]
fn a_listing_that_is_led_astray_says_so_and_shuts_all() {
    let home = Home::new();
    let mut terminal = with(&home, &["evil-next"]);
    terminal.confirms("Southern Plains University").plays().enables();
    terminal.sees(&["graph.microsoft.com.collector.example, where our key must not go"]);
    terminal.sees(&["Nothing was sent there. Tell your own support team."]).keys("a").sees(&["ticked 0"]);
    assert_eq!(Record::of(&home).seats(), 0);
}
