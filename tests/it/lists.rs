//! Lists of addresses as people have them, through the built binary: nobody else is turned on, and whoever could not be is
//! told.

use std::fs;

use crate::{
    customers::{Ended, run},
    terminal::{Home, Record},
};

/// A world with odd names: C-1 by Graph, C-2 (O'Dwyer Dental) hosted.
const WORLD: &str = include_str!("lists/odd.toml");

/// A home with the world, a password and a list.
fn home(list: &[u8]) -> Home {
    let home = Home::new();
    for (name, bytes) in [("odd.toml", WORLD.as_bytes()), ("pw.txt", b"invented-x"), ("list.txt", list)] {
        fs::write(home.path().join(name), bytes).unwrap();
    }
    home
}

/// Turns on everybody of a hosted customer's list.
fn hosted(home: &Home) -> Ended {
    hosted_by(home, "tom@odwyer.example")
}

/// The same, with this mailbox to try.
fn hosted_by(home: &Home, sample: &str) -> Ended {
    let words = [
        "provision",
        "C-2",
        "--server",
        "mail.hoster.example",
        "--account",
        "svc@odwyer.example",
        "--password-file",
        "pw.txt",
        "--try-mailbox",
        sample,
        "--mailboxes",
        "list.txt",
        "--users",
        "all",
        "--max-seats",
        "5",
        "--world",
        "odd.toml",
    ];
    run(home, &words)
}

/// Turns on the users of a list, of the customer by Graph.
fn by_graph(home: &Home) -> Ended {
    let words =
        ["provision", "C-1", "--users-file", "list.txt", "--max-seats", "5", "--rehearse", "--wait", "60s"];
    run(home, &[&words[..], &["--world", "odd.toml"]].concat())
}

/// The addresses with a seat.
fn on(home: &Home) -> Vec<String> {
    let record = home.path().join(".local/share/backup365/sandbox/backup365.sqlite");
    let record = rusqlite::Connection::open(record).unwrap();
    let mut rows = record.prepare("SELECT address FROM seat ORDER BY address").unwrap();
    rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// A text in UTF-16 without a mark.
fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn a_mailbox_of_another_domain_names_the_flag_that_adds_it() {
    let ended = hosted_by(&home(b"tom@odwyer.example"), "tom@cellar.odwyer.example");
    let told =
        "cellar.odwyer.example is not one of the customer's mail domains. Add it with --mail-domain, or give";
    assert!(ended.code == 2 && ended.err.contains(told), "{} {} {}", ended.code, ended.out, ended.err);
}

#[test]
fn a_hosted_list_turns_on_whom_it_names() {
    let mary = ["mary.o'dwyer@odwyer.example", "tom@odwyer.example"];
    for list in [
        b"tom@odwyer.example\nmary.o'dwyer@odwyer.example\n".to_vec(),
        b"O'Dwyer, Mary <mary.o'dwyer@odwyer.example>; Reilly, Tom <tom@odwyer.example>".to_vec(),
        wide("PrimarySmtpAddress\r\n\"mary.o'dwyer@odwyer.example\"\r\nSMTP:tom@odwyer.example\r\n"),
    ] {
        let home = home(&list);
        let ended = hosted(&home);
        assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
        assert_eq!(on(&home), mary);
    }
}

#[test]
fn an_address_that_leads_nowhere_makes_it_partly_done() {
    for (list, turned_on) in [
        ("tom@odwyer.example\ntmo@odwyer.example\n", "tom@odwyer.example"),
        ("SMTP:tom@odwyer.example\nSMTP:t.riley@odwyer.example\n", "tom@odwyer.example"),
        ("tom@odwyer.example\nann@elsewhere.example\n", "tom@odwyer.example"),
    ] {
        let home = home(list.as_bytes());
        let ended = hosted(&home);
        assert_eq!(ended.code, 3, "{list:?}: {}{}", ended.out, ended.err);
        assert_eq!(on(&home), [turned_on]);
    }
}

/// `t.reilly@` is Tom's other address: a seat of its own would bill his mailbox twice.
#[test]
fn the_addresses_of_one_mailbox_are_one_seat() {
    let home = home(b"SMTP:tom@odwyer.example\nsmtp:t.reilly@odwyer.example\n");
    let ended = hosted(&home);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(
        ended.err.contains("--mailboxes: 1 other address of a listed mailbox is left out"),
        "{}",
        ended.err
    );
    assert_eq!(on(&home), ["tom@odwyer.example"]);
}

#[test]
fn what_is_no_whole_address_stops_before_anything_is_done() {
    for (list, said) in [
        ("tom@odwyer.example.", "line 1 (“tom@odwyer.example.”: it ends with a dot)"),
        (
            "tom@odwyer.example|dwyer@odwyer.example",
            "line 1 (“tom@odwyer.example|dwyer@odwyer.example”: more than one @",
        ),
        (
            "tom@odwyer.example\n\nmary.o’dwyer@odwyer.example",
            "line 3 (“mary.o’dwyer@odwyer.example”: an address has the plain",
        ),
        ("tom@odwyer.example\n‘mary", "line 2 (“‘mary”)"),
    ] {
        let home = home(list.as_bytes());
        let ended = hosted(&home);
        assert_eq!(ended.code, 2, "{list:?}: {}{}", ended.out, ended.err);
        assert!(ended.err.contains("--mailboxes: No e-mail address in "), "{}", ended.err);
        assert!(ended.err.contains(said), "{}", ended.err);
    }
}

#[test]
fn a_list_of_users_is_taken_as_it_was_exported() {
    let both = ["ana@oddnames.example", "sean.o'neil@oddnames.example"];
    for (list, turned_on) in [
        ("ana@oddnames.example\n\u{1a}", &both[..1]),
        (
            "#TYPE Selected.System.Object\r\n\"PrimarySmtpAddress\"\r\n\"ana@oddnames.example\"\r\n\"sean.o'neil@oddnames.example\"\r\n",
            &both,
        ),
        (
            "Block credential,City,Country/Region,Department,Display name,User principal name\r\n\
          False,Perth,Australia,Ops,Ana Petrov,ana@oddnames.example\r\n",
            &both[..1],
        ),
        ("Ana Petrov <ana@oddnames.example>; \"O'Neil, Sean\" <sean.o'neil@oddnames.example>\r\n", &both),
        ("\"UserPrincipalName\"\r\n\"ana@oddnames.example\"\r\n\"sean.o'neil@oddnames.example\"\r\n", &both),
    ] {
        let home = home(list.as_bytes());
        let ended = by_graph(&home);
        assert_eq!(ended.code, 0, "{list:?}: {}{}", ended.out, ended.err);
        assert_eq!(on(&home), turned_on, "{list:?}");
    }
}

#[test]
fn a_plan_reads_its_lists_the_same_way() {
    let home = home(b"O'Dwyer, Mary <mary.o'dwyer@odwyer.example>; tom@odwyer.example");
    let plan = "version = 1\n[[customer]]\ncustomer = \"C-2\"\nserver = \"mail.hoster.example\"\naccount = \"svc@odwyer.example\"\n\
                password_file = \"pw.txt\"\nmailbox = \"tom@odwyer.example\"\nmailboxes = { file = \"list.txt\" }\n\
                users = \"all\"\nmax_seats = 5\n";
    fs::write(home.path().join("plan.toml"), plan).unwrap();
    let ended =
        run(&home, &["apply", "plan.toml", "--max-seats", "5", "--trust-plan", "--world", "odd.toml"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert_eq!(on(&home), ["mary.o'dwyer@odwyer.example", "tom@odwyer.example"]);
}

#[test]
fn a_typed_apostrophe_finds_the_plain_one() {
    let home = home(b"");
    let found = run(&home, &["customers", "list", "o’dwyer", "--world", "odd.toml"]);
    assert!(found.out.contains("O'Dwyer Dental"), "{}{}", found.out, found.err);
    let words = ["provision", "O’Dwyer Dental", "--users", "none", "--world", "odd.toml"];
    let ended = run(&home, &words);
    assert!(!ended.err.contains("No customer"), "{}", ended.err);
    assert_eq!(Record::of(&home).seats(), 0);
}

/// Imports a file and answers how it ended.
fn import(home: &Home, file: &[u8], flags: &[&str]) -> Ended {
    fs::write(home.path().join("customers.csv"), file).unwrap();
    run(home, &[&["customers", "import", "customers.csv", "--world", "odd.toml"], flags].concat())
}

#[test]
fn spreadsheets_are_taken_as_they_are() {
    let heading = "reference,name,domain,active,products,tenant,managed,time_zone,seats";
    let row = "C-9001,Bakery Ltd,bakery.example,yes,office365,,no,Australia/Perth,25";
    let both = |separator: &str| format!("{heading}\r\n{row}\r\n").replace(',', separator).into_bytes();
    let powershell = format!(
        "#TYPE Selected.Object\r\n\"{}\"\r\n\"{}\"\r\n",
        heading.replace(',', "\",\""),
        row.replace(',', "\",\"")
    );
    for file in [
        both("\t"),
        [b"sep=;\r\n".to_vec(), both(";")].concat(),
        powershell.into_bytes(),
        format!("{heading},,,\r\n{row},,,\r\n,,,,,,,,,,,\r\n").into_bytes(),
        wide(&format!("{heading}\n{row}\n")),
        [b"\xff\xfe".to_vec(), wide(&format!("{heading}\n{row}\n").replace(',', "\t"))].concat(),
    ] {
        let home = home(b"");
        let ended = import(&home, &file, &[]);
        assert_eq!(ended.code, 0, "{}: {}", String::from_utf8_lossy(&file), ended.err);
        assert!(ended.out.ends_with("Imported: 1 added, 0 changed, 0 unchanged.\n"), "{}", ended.out);
        assert_eq!(Record::of(&home).count("customer WHERE reference = 'C-9001' AND seats = 25"), 1);
    }
}

#[test]
fn partner_centers_list_is_taken_by_its_headings() {
    let home = home(b"");
    let file = "Microsoft ID,Company name,Primary domain name,Relationship,Tags\r\n\
                7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a79,\"Bakery Ltd\",bakery.onmicrosoft.com,Cloud Reseller,\r\n\
                7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77,\"Odd Names\",oddnames.onmicrosoft.com,Cloud Reseller,\r\n";
    let ended = import(&home, file.as_bytes(), &[]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("1 customer is on record by the tenant ID"), "{}", ended.err);
    let there =
        "customer WHERE name = 'Bakery Ltd' AND domain = 'bakery.onmicrosoft.com' AND tenant IS NOT NULL";
    assert_eq!(Record::of(&home).count(there), 1);
    let again = import(&home, file.as_bytes(), &[]);
    assert_eq!((again.code, Record::of(&home).count("customer")), (0, 4), "{}", again.err);
}

#[test]
fn a_reference_that_a_spreadsheet_spoilt_adds_nobody() {
    let heading = "reference,name,domain,active,products,tenant,managed,time_zone,seats\n";
    for (rows, said) in [
        (
            "42,Leading Zero Pty Ltd,leadingzero.example,yes,office365,,no,Australia/Sydney,\n",
            "line 2: the reference 42 is new, and 0042 (Leading Zero Pty Ltd) has this domain already",
        ),
        (
            "42,Leading Zero Pty Ltd,new.example,yes,office365,,no,,\n",
            "0042 (Leading Zero Pty Ltd) has this name already",
        ),
        (
            "1.00E+05,Bakery,bakery8.example,yes,office365,,no,,\n",
            "line 2: the reference 1.00E+05 is new, and looks like a number",
        ),
        (
            "3-Feb,Bakery2,bakery9.example,yes,office365,,no,,\n",
            "line 2: the reference 3-Feb is new, and looks like",
        ),
    ] {
        let home = home(b"");
        let file = format!("{heading}{rows}");
        let refused = import(&home, file.as_bytes(), &[]);
        assert_eq!(refused.code, 2, "{}", refused.out);
        assert!(refused.err.contains(said), "{}", refused.err);
        assert_eq!(import(&home, file.as_bytes(), &["--dry-run"]).code, 2);
        assert_eq!(Record::of(&home).count("customer"), 3);
        assert_eq!(import(&home, file.as_bytes(), &["--as-new"]).code, 0);
        assert_eq!(Record::of(&home).count("customer"), 4);
        // By now both are on record as the file has them: the same file again is no news.
        assert_eq!(import(&home, file.as_bytes(), &[]).code, 0);
    }
}

/// One customer by two references in one file would be two bills.
#[test]
fn one_customer_twice_in_a_file_adds_nobody() {
    let home = home(b"");
    let heading = "reference,name,domain,active,products,tenant,managed,time_zone,seats\n";
    for (other, what) in [
        ("New Ltd,new.example", "domain"),
        ("New Ltd,newer.example", "name"),
        ("Newer,NEW.example", "domain"),
    ] {
        let file =
            format!("{heading}0007,New Ltd,new.example,yes,office365,,no,,\n7,{other},yes,office365,,no,,\n");
        let refused = import(&home, file.as_bytes(), &[]);
        let said =
            format!("line 3: the reference 7 is new, and 0007 (New Ltd, line 2) has this {what} already");
        assert!(refused.code == 2 && refused.err.contains(&said), "{}", refused.err);
        assert_eq!(Record::of(&home).count("customer"), 3);
        assert_eq!(import(&home, file.as_bytes(), &["--as-new", "--dry-run"]).code, 0);
    }
}

#[test]
fn a_reference_that_became_another_customers_writes_over_nobody() {
    let home = home(b"");
    let heading = "reference,name,domain,active,products,tenant,managed,time_zone,seats\n";
    let other = format!("{heading}42,Another Ltd,another.example,yes,office365,,no,,\n");
    assert_eq!(import(&home, other.as_bytes(), &[]).code, 0);
    let file = format!("{heading}42,Leading Zero Pty Ltd,leadingzero.example,yes,office365,,no,,\n");
    let refused = import(&home, file.as_bytes(), &[]);
    assert_eq!(refused.code, 2, "{}", refused.out);
    let said =
        "line 2: the reference 42 is Another Ltd's, and 0042 (Leading Zero Pty Ltd) has this domain already";
    assert!(refused.err.contains(said), "{}", refused.err);
    assert_eq!(Record::of(&home).count("customer WHERE name = 'Another Ltd'"), 1);
}
