//! An operator who goes on with whatever the screen asks, up to the receipt, and keeps count of what was asked.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::terminal::{ENTER, Home, LEFT, Record, Terminal};

/// A question that the wizard asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Is this the organisation, which organisation, or the details of the mail server.
    Access,
    /// Show the link.
    Link,
    /// Enable.
    Enable,
    /// Turn these on.
    Apply,
}

/// What is on record of a run: what must not be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own; none excludes another")]
pub(super) struct OnRecord {
    /// The organisation, or the access to the mail server.
    pub(super) has_access: bool,
    /// The link was shown.
    has_link: bool,
    /// Access was proved.
    pub(super) is_proved: bool,
    /// Enabled.
    pub(super) is_enabled: bool,
    /// Users confirmed and not done yet.
    pub(super) unfinished: i64,
    /// Users ticked.
    ticked: i64,
    /// Seats.
    pub(super) seats: i64,
    /// Finished.
    pub(super) is_finished: bool,
}

impl OnRecord {
    /// Reads it; none when there is no run, or no record, yet.
    pub(super) fn of(home: &Home) -> Option<Self> {
        if Record::glance(home, "run")? == 0 {
            return None;
        }
        let record = Record::of(home);
        let is = |sql: &str| record.count(sql) > 0;
        Some(Self {
            has_access: is("run WHERE tenant IS NOT NULL") || is("impersonation"),
            has_link: is("run WHERE link_shown IS NOT NULL"),
            is_proved: is("run WHERE proved IS NOT NULL"),
            is_enabled: is("run WHERE enabled IS NOT NULL"),
            unfinished: record.count("chosen WHERE outcome IS NULL"),
            ticked: record.one("SELECT coalesce((SELECT length(exceptions) / 16 FROM draft), 0)"),
            seats: record.seats(),
            is_finished: is("run WHERE finished IS NOT NULL"),
        })
    }

    /// Fails if something was asked that is on record.
    pub(super) fn allows(&self, asked: &[Asked]) {
        for question in asked {
            let is_known = match question {
                Asked::Access => self.has_access,
                Asked::Link => self.has_link,
                Asked::Enable => self.is_enabled,
                // Who is on already is not ticked, and who was confirmed is turned on without a question.
                Asked::Apply => self.is_finished,
            };
            assert!(!is_known, "{question:?} was asked again, although it is on record: {self:?}");
        }
    }
}

/// The step that must be on the screen for what is on record.
pub(super) fn step(known: &OnRecord) -> &'static str {
    match known {
        OnRecord { is_finished: true, .. } => "● Outcome",
        OnRecord { is_enabled: true, .. } => "● Users",
        OnRecord { has_access: true, .. } => "● Authorise",
        _ => "● Access",
    }
}

/// How an operator answers what differs from customer to customer.
pub(crate) struct Manner {
    /// Fills the access step up to the next one, which has come.
    pub(crate) access: fn(&mut Terminal),
}

/// Goes on to the outcome; says what was asked on the way.
pub(crate) fn go_on(home: &Home, terminal: &mut Terminal, manner: &Manner, patience: Duration) -> Vec<Asked> {
    let mut asked = Vec::new();
    let until = Instant::now() + patience;
    loop {
        let text = terminal.text();
        assert!(Instant::now() < until, "stuck after {asked:?}; the screen shows:\n{text}");
        if text.contains("● Outcome") && text.contains("Read back from the record") {
            return asked;
        } else if is_access(&text) {
            asked.push(Asked::Access);
            (manner.access)(terminal);
        } else if text.contains("‹ Enable ›") {
            asked.push(Asked::Enable);
            terminal.keys(ENTER).sees(&["Which users shall be protected?"]);
        } else if text.contains("Authorise shows the link") && !home.journal().contains("\"granted\"") {
            asked.push(Asked::Link);
            terminal.keys(ENTER).sees(&["adminconsent"]);
        } else if text.contains("adminconsent") && !home.journal().contains("\"granted\"") {
            terminal.keys("w").waits("the customer's answer", |text| {
                ["pressed Accept", "‹ Enable ›", "could not be played"].iter().any(|it| text.contains(it))
            });
        } else if text.contains("r to ask again") || text.contains("Press r") {
            terminal.keys("r");
            thread::sleep(Duration::from_millis(200));
        } else if text.contains("✓ protected") && text.contains("Enter finish") {
            // The result may have come in this moment: then the program says so, and a person presses again.
            let has_come = |text: &str| text.contains("● Outcome");
            terminal
                .keys(ENTER)
                .waits("an answer", |text| has_come(text) || text.contains("Typed too early"));
            if !has_come(&terminal.text()) {
                thread::sleep(Duration::from_millis(500));
                terminal.keys(ENTER);
            }
            terminal.sees(&["● Outcome", "Read back from the record"]);
        } else if text.contains("Which users shall be protected?") && is_listed(&text) {
            users(terminal, &text, &mut asked);
        } else {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Whether the access step waits for an answer.
fn is_access(text: &str) -> bool {
    let open = ["‹ Yes, ", "> A mailbox to try", "> Tenant ID ["];
    text.contains("● Access") && open.iter().any(|words| text.contains(words))
}

/// Whether the list is complete and what is on record has been read.
fn is_listed(text: &str) -> bool {
    number(text, "listed ").is_some_and(|listed| listed > 0) && !text.contains(" so far")
}

/// Turns on who is ticked, or the first user, or nobody when somebody is on.
fn users(terminal: &mut Terminal, text: &str, asked: &mut Vec<Asked>) {
    let (Some(ticked), Some(seats)) = (number(text, "ticked "), number(text, "seats ")) else { return };
    if ticked > 0 {
        asked.push(Asked::Apply);
        let users = if ticked == 1 { "user" } else { "users" };
        terminal.keys(ENTER).sees(&[&format!("Turn {} {users} on?", grouped(ticked))]);
        if ticked > 1 {
            terminal.keys(&ticked.to_string());
        }
        terminal.keys(ENTER).sees(&["✓ protected", "Enter finish"]);
    } else if seats > 0 || text.contains("Enable Auto is on") {
        // With Enable Auto on nothing is asked: the rule turns them on.
        terminal.keys(ENTER).waits("the outcome, or the question before it", |text| {
            text.contains("● Outcome") || text.contains("Finish without turning anybody")
        });
        if terminal.text().contains(">‹ Back to the users ›") {
            terminal.keys(LEFT).sees(&[">‹ Finish ›"]);
        }
        if terminal.text().contains(">‹ Finish ›") {
            terminal.keys(ENTER);
        }
        terminal.sees(&["● Outcome", "Read back from the record"]);
    } else {
        // On a bad line some mailboxes are never checked: the first one that is, then.
        let is_unchecked = text.lines().any(|line| line.starts_with("│>") && line.contains("not check"));
        if is_unchecked {
            terminal.keys("\x1b[B");
            thread::sleep(Duration::from_millis(200));
            return;
        }
        terminal.keys(" ").sees(&["ticked 1"]);
    }
}

/// The number behind these words.
fn number(text: &str, before: &str) -> Option<i64> {
    let (_, rest) = text.split_once(before)?;
    let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == ',').collect();
    digits.replace(',', "").parse().ok()
}

/// A number as the screens write it.
fn grouped(number: i64) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}
