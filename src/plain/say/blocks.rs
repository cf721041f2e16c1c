//! Blocks of a panel as lines, each with what tells it from others: the same key is no news.

use crate::{
    domain::{
        bill::grouped,
        failure::Failure,
        tenant::{Check, CheckState},
        text::Text,
    },
    wizard::view::{Ask, Bar, Block, Panel},
};

use crate::plain::words::{Line, capital, sentence, steady, timeless, told};

/// One thing that stands on a panel.
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
}

/// Who is being touched, in one line.
pub(super) fn bar(bar: &Bar<'_>) -> String {
    let mut said = String::new();
    if bar.is_sandbox {
        said.push_str("SANDBOX. ");
    }
    match bar.customer {
        Some(customer) => {
            said.push_str(&format_line("Customer: ", &[customer.as_str(), bar.product.unwrap_or_default()]));
        }
        None => said.push_str("No customer chosen yet."),
    }
    if let Some(run) = &bar.run {
        said.push_str(&format!(" Run {run}."));
    }
    let organisation = bar.organisation.map(|name| told(name.as_str())).unwrap_or_default();
    let domain = bar.domain.map(|domain| domain.to_string()).unwrap_or_default();
    let four = bar.last_four.as_ref().map(|four| format!("ID ends in {four}")).unwrap_or_default();
    let label = if four.is_empty() { "" } else { "Organisation: " };
    let named = format_line(label, &[&capital(&organisation), &domain, &four]);
    if !named.is_empty() {
        said.push_str(&format!(" {named}"));
    }
    if bar.is_read_only {
        said.push_str(" To look at only: another window has this run open.");
    }
    said
}

/// Words with commas between them as a sentence; none where all are empty.
fn format_line(label: &str, parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().filter(|part| !part.is_empty()).copied().collect();
    if parts.is_empty() { String::new() } else { sentence(&format!("{label}{}", parts.join(", "))) }
}

/// What stands on a panel, top to bottom. Controls are said as questions, rows as pages, progress as a wait.
pub(super) fn items(panel: &Panel<'_>, ask: Ask) -> Vec<Item> {
    if ask == Ask::Receipt {
        return vec![receipt(panel)];
    }
    let mut items: Vec<Item> = Vec::new();
    let mut is_behind_rows = false;
    for block in &panel.blocks {
        match block {
            Block::Para(words) | Block::Strong(words) => items.extend(paragraph(words)),
            // What stands below a list is about the row under the cursor: it was said with the row.
            Block::Facts(_) if is_behind_rows => {}
            Block::Facts(facts) => items.extend(facts.iter().map(|(label, value)| {
                let words = sentence(&format!("{label}: {}", told(value.as_str())));
                Item::words(timeless(&words), words)
            })),
            Block::Counts(counts) => items.extend(counts.iter().map(|count| {
                let words = format!("{}: {}.", capital(&told(count.label.as_str())), grouped(count.count));
                Item::words(words.clone(), words)
            })),
            Block::Checks(checks) => items.extend(checks.iter().flat_map(check)),
            // Once every permission is there, nobody needs their reasons read out again.
            Block::Group(group)
                if !group.title.is_empty()
                    && group.checks.iter().all(|check| check.state == CheckState::Good) =>
            {
                let words = format!("{}: all {} good.", group.name, group.checks.len());
                items.push(Item::words(words.clone(), words));
            }
            Block::Group(group) => {
                if !group.title.is_empty() {
                    items.extend(paragraph(&Text::from(group.title)));
                }
                items.extend(group.checks.iter().flat_map(check));
            }
            Block::Link(link) => items.push(alone("The link for the customer:", link)),
            Block::Qr(link) => items.push(alone("A picture can't be said line by line. The link is:", link)),
            Block::Failure(failure) => items.push(bad(failure)),
            Block::Gap => items.push(Item { key: String::new(), said: vec![Line::Gap] }),
            Block::Rows(_) => is_behind_rows = true,
            Block::Field(_) | Block::Choice(_) | Block::Buttons(_) | Block::Progress { .. } => {}
        }
    }
    without_repeats(items)
}

/// A receipt is a text of its own: its lines as they are.
fn receipt(panel: &Panel<'_>) -> Item {
    let said = panel.blocks.iter().filter_map(|block| match block {
        Block::Para(words) => Some(Line::Words(words.to_string())),
        Block::Gap => Some(Line::Gap),
        _ => None,
    });
    Item { key: panel.heading.to_string(), said: said.collect() }
}

/// The same bad news is said once, however many checks it stands behind.
fn without_repeats(items: Vec<Item>) -> Vec<Item> {
    let mut kept: Vec<Item> = Vec::new();
    for item in items {
        if item.said == [Line::Gap] || !kept.iter().any(|other| other.key == item.key) {
            kept.push(item);
        }
    }
    kept
}

fn paragraph(words: &Text) -> Option<Item> {
    let words = sentence(&told(words.as_str()));
    (!words.is_empty()).then(|| Item::words(steady(&words), words))
}

fn alone(label: &str, link: &Text) -> Item {
    let said = vec![Line::Words(label.to_owned()), Line::Alone(link.to_string())];
    Item { key: link.to_string(), said }
}

/// A named check, and the news behind it.
fn check(check: &Check) -> Vec<Item> {
    // While a round is out, those that wait are asked again and again: that is no news.
    let state = match &check.state {
        CheckState::Asking => CheckState::Waiting.word(),
        state => state.word(),
    };
    let detail = told(check.detail.as_str());
    let words = match detail.as_str() {
        "" => format!("{}: {state}.", check.name),
        detail => sentence(&format!("{}: {state}. {}", check.name, capital(detail))),
    };
    let mut items = vec![Item::words(words.clone(), words)];
    match &check.state {
        CheckState::Bad(failure) => items.push(bad(failure)),
        CheckState::Unread(why) => items.extend(paragraph(why)),
        _ => {}
    }
    items
}

/// Bad news: what happened, what to do, and the ids that support asks for.
fn bad(failure: &Failure) -> Item {
    let code = failure.code.as_ref().map(|code| format!(", code {code}")).unwrap_or_default();
    let what = sentence(&capital(&format!("{}{code}", failure.what)));
    let mut words = format!("Problem: {what}");
    if !failure.hint.is_empty() {
        words.push(' ');
        words.push_str(&sentence(&told(failure.hint.as_str())));
    }
    if let Some(wait) = failure.retry_after {
        words.push_str(&format!(" Trying again makes sense in {} s.", wait.as_secs()));
    }
    let mut said = vec![Line::Words(words.clone())];
    if let Some(reference) = &failure.reference {
        said.push(Line::Words(format!("Ids for support: {reference}.")));
    }
    Item { key: format!("{}|{}", steady(&words), failure.what), said }
}
