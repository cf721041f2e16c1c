//! A list full of hostile names, in UTF-8 and in ASCII, in a usual and in a small window: every byte that reaches
//! the terminal is ours, columns stay aligned, no two rows look the same, and no hidden character hides a row.

use std::{collections::HashMap, fmt::Write as _, fs};

use crate::{
    terminal::{DOWN, ENTER, ESC, Home, Terminal},
    tools::invented_partner,
};

/// Names, departments and organisations of somebody who means harm, or is only unusual.
const NAMES: [&str; 26] = [
    "\u{1b}[2J\u{1b}[31mRed\u{1b}[0m",
    "C1 \u{9b}31m\u{9d}0;title\u{9c}\u{85}",
    "\u{1b}]8;;https://collector.example\u{7}link\u{1b}]8;;\u{7}",
    "\u{1b}]52;c;Y3VybCB4fHNo\u{7}clip",
    "\u{1b}P+q544e\u{1b}\\\u{1b}_apc\u{1b}\\\u{90}dcs",
    "bidi \u{202e}gpj.eciovni\u{202c}\u{2066}\u{2069}\u{61c}",
    "No\u{200b}ra \u{2060}\u{ad}\u{feff}\u{180e}\u{3164}",
    "Nor\u{200d}a \u{e0041}\u{e0042}\u{fe0e}",
    "marks e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "\u{301}\u{302} bare marks",
    "family 👨\u{200d}👩\u{200d}👧\u{200d}👦",
    "flags 🇦🇺🇳🇿🏴\u{e0067}\u{e0062}\u{e007f}",
    "heart ❤\u{fe0f} ☎\u{fe0f} 1\u{fe0f}\u{20e3}",
    "skin 👍🏽👍🏿",
    "two\r\nlines\ttab\u{8}\u{8}\u{7}",
    "separator \u{2028}\u{2029}end",
    "",
    "   \u{a0}\u{3000} ",
    "\u{2800}\u{2800}",
    "王小明 东京 한국 ｆｕｌｌ",
    "\u{1100}\u{1161}\u{11a8} \u{1161}\u{11a8}",
    "محمد بن سلمان",
    "דוד לוי abc",
    "می\u{200c}خواهم क\u{94d}\u{200d}ष",
    "private \u{e000}\u{f8ff}\u{fffe}\u{378}\u{fff9}",
    "ﷺ ambiguous ±×÷°αβγ",
];

/// What stands before the @ in addresses that are none.
const ADDRESSES: [&str; 8] =
    ["\u{1b}[31mred", "b\u{202e}idi", "b\u{202d}idi", "no\u{200d}ra", "new\nline", "", "a b", "\u{9b}c1"];

/// A text as TOML writes it, whatever stands in it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            ' '..='~' if c != '"' && c != '\\' => out.push(c),
            c => write!(out, "\\U{:08X}", u32::from(c)).unwrap(),
        }
    }
    out + "\""
}

/// A world whose only customer, with organisation, administrator and users, is hostile. Returns how many users.
fn world(home: &Home) -> (String, usize) {
    let partner = invented_partner();
    let long = "long".repeat(1_000);
    let people = NAMES.iter().enumerate().map(|(at, name)| ((*name).to_owned(), format!("h{at:02}"), *name));
    let plain = [("Plain Person".to_owned(), "plain".to_owned(), "Sales")];
    let addresses = ADDRESSES.iter().map(|address| ("Same Name".to_owned(), (*address).to_owned(), ""));
    // Names and addresses that are the same as far as they can be shown.
    let twins = (0..3).map(|at| (long.clone(), format!("{}{at}", &long[..240]), "Twins"));
    let longest = [(long.clone(), long.clone(), "Twins")];
    let people: Vec<String> = people
        .chain(plain)
        .chain(addresses)
        .chain(twins)
        .chain(longest)
        .map(|(name, address, department)| {
            format!(
                "{{ name = {}, address = {}, department = {} }}",
                quoted(&name),
                quoted(&address),
                quoted(department)
            )
        })
        .collect();
    let organisation = quoted(&format!("Org {}{}", NAMES[0], NAMES[5]));
    let customer = quoted(&format!("Cust {}{}{}", NAMES[1], NAMES[5], NAMES[6]));
    let text = format!(
        "{partner}\n[[tenant]]\nid = \"dba79fcd-d2bd-4212-800f-c7555f4f3db2\"\nname = {organisation}\n\
         domain = \"hostile.example\"\ninitial = \"hostile.onmicrosoft.com\"\nperson = [\n{}\n]\n\
         account = [{{ address = \"mei@hostile.example\", name = {}, role = \"global\" }}]\n\
         [[customer]]\nreference = \"C-9001\"\nname = {customer}\ndomain = \"hostile.example\"\n\
         products = [\"office365\"]\ntenant = \"dba79fcd-d2bd-4212-800f-c7555f4f3db2\"\nmanaged = true\n",
        people.join(",\n"),
        quoted(NAMES[2]),
    );
    let file = home.path().join("hostile.toml");
    fs::write(&file, text).unwrap();
    (file.to_str().unwrap().to_owned(), people.len())
}

/// To the users of the hostile customer.
fn opened(home: &Home, size: (u16, u16), locale: &str) -> (Terminal, usize) {
    let (file, people) = world(home);
    let environment = [("LANG", locale)];
    let mut terminal = Terminal::sized(home, &["--world", &file], size.0, size.1, &environment);
    terminal
        .sees(&["SANDBOX", "Which customer?", "1 listed"])
        .keys("C-9001")
        .sees(&["1 of 1 found", "Enter choose"])
        .keys(ENTER);
    terminal.sees(&["Which product of Cust"]).keys(ENTER);
    terminal
        .sees(&["Is this the"])
        .stands_on("Yes, this is the organisation")
        .keys(ENTER)
        .stands_on("Authorise")
        .keys(ENTER);
    terminal
        .sees(&["To be opened in a private window"])
        .reads_on("http://127.0.0.1")
        .keys("w")
        .sees(&["Enter enable"])
        .keys(ENTER);
    terminal.sees(&["Which users shall be", &format!("of {people}")]);
    // Addresses that are none, and one that is too long, make their rows a problem: nobody can turn them on.
    let eligible = people - ADDRESSES.len() - 1;
    let is_told = size.0 >= 80;
    terminal.waits("the end of the list", |text| {
        !text.contains("so far")
            && !text.contains("Listing")
            && (!is_told || text.contains(&format!("eligible {eligible} ")))
    });
    (terminal, people)
}

/// The rows of users that stand there, cell by cell.
fn rows(terminal: &Terminal) -> Vec<Vec<String>> {
    let is_row = |row: &Vec<String>| {
        let start: String = row.iter().take(4).map(|cell| if cell.is_empty() { " " } else { cell }).collect();
        matches!(start.get(1..), Some("[ ]" | "[x]" | "[!]" | "[-]" | "   "))
            && row.iter().skip(5).any(|cell| !cell.trim().is_empty())
            && row.get(4).is_none_or(|cell| cell.trim().is_empty())
            && !row.concat().trim().starts_with("Name ")
    };
    let within = |row: Vec<String>| match row.first().map(String::as_str) {
        Some("│" | "|") => row[1..row.len() - 1].to_vec(),
        _ => row,
    };
    terminal.grid().into_iter().map(within).filter(is_row).collect()
}

/// Goes through the whole list, page by page, and gives every row to a check.
fn walk(terminal: &mut Terminal, people: usize, mut check: impl FnMut(&[Vec<String>])) {
    let last = |text: &str| {
        let end = text.find(&format!(" of {people}"))?;
        text[..end].rsplit(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok()
    };
    loop {
        check(&rows(terminal));
        let shown = last(&terminal.text()).unwrap();
        if shown == people {
            return;
        }
        terminal.keys("\x1b[6~").waits("the next page", |text| last(text).is_some_and(|now| now > shown));
    }
}

/// Everything that holds of the list, in one window.
fn holds(size: (u16, u16), locale: &str) {
    let home = Home::new();
    let (mut terminal, people) = opened(&home, size, locale);
    let is_ascii = locale == "C";
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut starts: HashMap<usize, usize> = HashMap::new();
    walk(&mut terminal, people, |rows| {
        let looks: Vec<String> = rows.iter().map(|row| row[1..].concat()).collect();
        for (at, look) in looks.iter().enumerate() {
            assert!(!looks[..at].contains(look), "two rows look the same: {look:?}");
            *seen.entry(look.clone()).or_default() += 1;
        }
        for row in rows {
            // Addresses are ASCII but for those that are none: where one begins is where the column begins.
            let start = (8..row.len() - 3).find(|x| {
                row[*x - 1].trim().is_empty()
                    && row[*x] == "h"
                    && row[*x + 1..*x + 3].concat().bytes().all(|b| b.is_ascii_digit())
                    && row[*x + 1..*x + 3].concat().len() == 2
            });
            if let Some(start) = start {
                *starts.entry(start).or_default() += 1;
            }
        }
    });
    let all: usize = seen.values().sum();
    assert!(all >= people, "{all} rows seen of {people}");
    let (columns, aligned) = (starts.len(), starts.values().sum::<usize>());
    assert!(
        columns == 1 && aligned >= NAMES.len(),
        "columns begin at {starts:?}; the screen shows:\n{}",
        terminal.text()
    );
    // What is cut is told in full on request.
    terminal.keys("\x1b[H").waits("the first page", |text| !text.contains(&format!("{people} of {people}")));
    terminal.keys("d").sees(&["h00@hostile.example", "id "]);
    // A hidden character hides nobody: both spellings of Nora, and no one else.
    terminal
        .keys("/")
        .sees(&["> / "])
        .keys("nora")
        .waits("three", |text| text.contains("shown 3") || text.contains(" of 3 "));
    terminal.keys(ESC).loses("nora").keys(ESC);
    terminal.waits("the whole list", |text| !text.contains("shown"));
    terminal.keys(DOWN).quiet(std::time::Duration::from_millis(200));
    assert_eq!(terminal.interrupts(), 130);
    terminal.is_clean(is_ascii);
}

#[test]
fn hostile_names_in_utf_8() {
    holds((80, 24), "C.UTF-8");
}

#[test]
fn hostile_names_in_a_small_window() {
    holds((40, 10), "C.UTF-8");
}

#[test]
fn hostile_names_in_ascii() {
    holds((80, 24), "C");
}

#[test]
fn hostile_names_in_ascii_and_a_small_window() {
    holds((40, 10), "C");
}

#[test]
fn what_is_written_out_is_clean_too() {
    let home = Home::new();
    let (mut terminal, _) = opened(&home, (80, 24), "C.UTF-8");
    terminal.keys("a").waits("ticks", |text| !text.contains("ticked 0")).keys(ENTER).sees(&["New seats"]);
    let text = terminal.text();
    let seats = text
        .lines()
        .find_map(|line| line.trim_start_matches('│').trim().strip_prefix("new seats"))
        .unwrap()
        .trim_end_matches('│')
        .trim()
        .to_owned();
    terminal
        .keys(&seats)
        .keys(ENTER)
        .sees(&["users protected"])
        .keys(ENTER)
        .sees(&["● Outcome", "Read back"]);
    for form in ["for the ticket", "for the customer", "as JSON"] {
        terminal.sees(&["Receipt", form]).keys("f").sees(&["The receipt is in"]).keys("t").loses(form);
    }
    terminal.sees(&["Read back from the record"]).keys("q");
    terminal.code();
    terminal.is_clean(false);
    let mut receipts = 0;
    for file in
        home.files().iter().filter(|file| file.file_name().unwrap().to_str().unwrap().starts_with("B365-"))
    {
        let text = fs::read_to_string(file).unwrap();
        let is_trick = |c: char| {
            (c.is_control() && c != '\n')
                || matches!(c, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
                    | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}' | '\u{e000}'..='\u{f8ff}')
        };
        assert_eq!(text.chars().find(|c| is_trick(*c)), None, "{}", file.display());
        receipts += 1;
    }
    assert_eq!(receipts, 3);
}
