//! Blocks of a page as lines, each with what tells it from others: the same key is no news. Pure.

use crate::{
    domain::{
        bill::grouped,
        failure::Failure,
        phrase::Phrase,
        speech::{capital, sentence, steady, timeless},
        tenant::{Check, CheckState},
    },
    wizard::view::{Bar, BillView, Block, Page},
};

use crate::plain::words::{Line, told};

/// One thing that stands on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// What it is; the same key says nothing new.
    pub(super) key: String,
    /// How it is said.
    pub(super) said: Vec<Line>,
}

impl Item {
    fn words(key: impl Into<String>, words: impl Into<String>) -> Self {
        Self { key: key.into(), said: vec![Line::Words(words.into())] }
    }

    /// A sentence that is its own key.
    fn sentence(words: &str) -> Self {
        let words = sentence(words);
        Self::words(words.clone(), words)
    }
}

/// Who is being touched, in one line.
pub(super) fn bar(bar: &Bar<'_>) -> String {
    let mut said = String::new();
    if bar.is_sandbox {
        said.push_str("SANDBOX. ");
    }
    match bar.customer {
        Some(customer) => {
            said.push_str(&listed("Customer: ", &[customer.as_str(), bar.product.unwrap_or_default()]));
        }
        None => said.push_str("No customer chosen yet."),
    }
    if let Some(run) = &bar.run {
        said.extend([" Run ", run.as_str(), "."]);
    }
    let organisation = bar.organisation.map(|name| name.to_string()).unwrap_or_default();
    let domain = bar.domain.map(|domain| domain.to_string()).unwrap_or_default();
    let named = match &bar.last_four {
        Some(four) => listed("Organisation: ", &[&organisation, &domain, &format!("ID ends in {four}")]),
        // No name is known yet: these are words of the wizard, or a host.
        None => listed("", &[&capital(&organisation), &domain]),
    };
    if !named.is_empty() {
        said.extend([" ", named.as_str()]);
    }
    if bar.is_read_only {
        said.push_str(" To look at only: another window has this run open.");
    }
    said
}

/// Words with commas between them as a sentence; none where all are empty.
fn listed(label: &str, parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().filter(|part| !part.is_empty()).copied().collect();
    if parts.is_empty() { String::new() } else { sentence(&format!("{label}{}", parts.join(", "))) }
}

/// What stands on a page, top to bottom. Controls are said as questions, rows as pages, progress as a wait, a document when
/// it is asked for.
pub(super) fn items(page: &Page<'_>) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for block in &page.blocks {
        match block {
            Block::Para(words) | Block::Strong(_, words) => items.extend(paragraph(words)),
            Block::Facts(facts) => items.extend(facts.iter().map(|fact| {
                let words = sentence(&format!("{}: {}", fact.label, told(&fact.value)));
                Item::words(timeless(&words), words)
            })),
            Block::Counts(counts) => {
                items.extend(counts.iter().map(|count| counted(count.label.as_str(), count.count)));
            }
            Block::Bill(bill) => items.extend(billed(bill)),
            // Once every permission is there, nobody needs their reasons read out again.
            Block::Checks(group)
                if !group.title.is_empty()
                    && group.checks.iter().all(|check| check.state == CheckState::Good) =>
            {
                items.push(Item::sentence(&format!("{}: all {} good", group.name, group.checks.len())));
            }
            Block::Checks(group) => {
                items.extend(paragraph(&group.title.into()));
                items.extend(group.checks.iter().flat_map(check));
            }
            Block::Link(link) => items.push(Item {
                key: link.to_string(),
                said: vec![
                    Line::Words("The link for the customer:".to_owned()),
                    Line::Alone(link.to_string()),
                ],
            }),
            Block::Failure(failure) => items.push(bad(failure)),
            Block::Field(_)
            | Block::Choice(_)
            | Block::Buttons(_)
            | Block::Progress { .. }
            | Block::Lines(_)
            | Block::Rows(_) => {}
        }
    }
    without_repeats(items)
}

/// The same bad news is said once, however many checks it stands behind.
fn without_repeats(items: Vec<Item>) -> Vec<Item> {
    let mut kept: Vec<Item> = Vec::new();
    for item in items {
        if !kept.iter().any(|other| other.key == item.key) {
            kept.push(item);
        }
    }
    kept
}

fn paragraph(words: &Phrase) -> Option<Item> {
    let words = sentence(&told(words));
    (!words.is_empty()).then(|| Item::words(steady(&words), words))
}

fn counted(label: &str, count: u32) -> Item {
    Item::sentence(&format!("{}: {}", capital(label), grouped(count)))
}

/// The table before anything that changes the bill: what is turned on, seats before and after, what stays off and why.
fn billed(view: &BillView) -> Vec<Item> {
    let bill = &view.bill;
    let mut items = vec![Item::sentence("Will be turned on and billed:")];
    items.extend(bill.turn_on.iter().map(|(kind, count)| counted(kind.plural(), *count)));
    let missing = bill.seats_missing();
    if missing > 0 {
        items.push(counted("of these, no seat is left for", missing));
    }
    items.push(counted("new seats", bill.billed()));
    let users = if bill.already_on == 1 { "user" } else { "users" };
    items.push(Item::sentence(&format!("Already on: {} {users}", grouped(bill.already_on))));
    items.push(counted("seats now", bill.seats_before));
    items.push(counted("seats after", bill.seats_after()));
    let limit = bill.limit.map_or_else(|| "no limit on record".to_owned(), grouped);
    items.push(Item::sentence(&format!("Seats bought: {limit}")));
    if missing > 0 {
        let seats =
            if missing == 1 { "1 seat is".to_owned() } else { format!("{} seats are", grouped(missing)) };
        items.push(Item::sentence(&format!("{seats} missing. {}", told(&view.without_seat))));
    }
    if !bill.stay_off.is_empty() {
        items.push(Item::sentence("Stays off:"));
        items.extend(bill.stay_off.iter().map(|(why, count)| counted(why.words(), *count)));
    }
    items
}

/// A named check, and the news behind it.
fn check(check: &Check) -> Vec<Item> {
    // While a round is out, those that wait are asked again and again: that is no news.
    let state = match &check.state {
        CheckState::Asking => CheckState::Waiting.word(),
        state => state.word(),
    };
    let detail = if check.detail.is_empty() { "" } else { ", " };
    let mut items = vec![Item::sentence(&format!("{}: {state}{detail}{}", check.name, check.detail))];
    match &check.state {
        CheckState::Bad(failure) => items.push(bad(failure)),
        CheckState::Unread(why) => items.extend(paragraph(&why.into())),
        _ => {}
    }
    items
}

/// Bad news: what happened, what to do, and the ids that support asks for.
fn bad(failure: &Failure) -> Item {
    let code = failure.code.as_ref().map(|code| format!(", code {code}")).unwrap_or_default();
    let mut words = sentence(&format!("Problem: {}{code}", failure.what));
    if !failure.hint.is_empty() {
        words.push(' ');
        words.push_str(&sentence(&told(&failure.hint)));
    }
    if let Some(wait) = failure.retry_after {
        words.extend([" Trying again makes sense in ", &wait.as_secs().to_string(), " s."]);
    }
    let key = format!("{}|{}", steady(&words), failure.what);
    let mut said = vec![Line::Words(words)];
    if let Some(reference) = &failure.reference {
        said.push(Line::Words(format!("Ids for support: {reference}.")));
    }
    Item { key, said }
}
