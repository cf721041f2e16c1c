//! Blocks of a page as items: what each says, and what tells it from others. Pure.

use crate::{
    domain::{
        bill::grouped,
        customer::Product,
        failure::Failure,
        phrase::Phrase,
        speech::{capital, sentence, steady, timeless},
        tenant::{Check, CheckState},
        text::{Shown, Text},
    },
    plain::{
        news::Item,
        words::{Line, told},
    },
    wizard::view::{Bar, Block, CheckGroup, Page},
};

/// Said where settings lead Microsoft's addresses elsewhere.
const MAPPED: &str = "The table [addresses] of the settings is in use: not all that answers is Microsoft.";

/// Who is being touched, in one line.
pub(super) fn bar(bar: &Bar<'_>) -> Item {
    let product = bar.product.map(Product::name).unwrap_or_default();
    let customer = bar.customer.map(|name| listed("Customer: ", &[name.as_str(), product]));
    let [organisation, domain] = [bar.organisation, bar.domain].map(|name| name.map_or("", Shown::as_str));
    let organisation = match &bar.last_four {
        Some(four) => listed("Organisation: ", &[organisation, domain, &format!("ID ends in {four}")]),
        // No name is known yet: these are words of the wizard, or a host.
        None => listed("", &[&capital(organisation), domain]),
    };
    let parts = [
        bar.is_sandbox.then(|| "SANDBOX.".to_owned()),
        bar.is_mapped.then(|| MAPPED.to_owned()),
        customer.or_else(|| {
            Some(bar.place.map_or_else(|| "No customer chosen yet.".to_owned(), |place| format!("{place}.")))
        }),
        bar.run.as_ref().map(|run| format!("Run {run}.")),
        Some(organisation).filter(|words| !words.is_empty()),
        bar.words.as_ref().map(|words| format!("Words of the invitation: {words}.")),
        bar.is_read_only.then(|| match &bar.held_by {
            Some(who) => format!("To look at only: {who}."),
            None => "To look at only: nobody has this run now.".to_owned(),
        }),
    ];
    Item::sentence(&parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// Words with commas between them as a sentence; none where all are empty.
fn listed(label: &str, parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().filter(|part| !part.is_empty()).copied().collect();
    if parts.is_empty() { String::new() } else { sentence(&format!("{label}{}", parts.join(", "))) }
}

/// What stands on a page, top to bottom. Controls are said as questions, rows as pages, progress as a wait, a document when
/// it is asked for.
pub(super) fn items(page: &Page<'_>) -> Vec<Item> {
    page.blocks.iter().flat_map(of_block).collect()
}

/// A document, line by line; JSON keeps its indentation.
pub(super) fn document(lines: &[Text]) -> Item {
    let words: Vec<String> = lines.iter().map(Text::to_string).collect();
    let key = words.join("\n");
    let line = if key.starts_with('{') { Line::Alone } else { Line::Words };
    Item { key, said: words.into_iter().map(line).collect() }
}

fn of_block(block: &Block<'_>) -> Vec<Item> {
    match block {
        Block::Para(words) | Block::Strong(_, words) => paragraph(words).into_iter().collect(),
        Block::Facts(facts) => {
            let said = facts.iter().map(|fact| sentence(&format!("{}: {}", fact.label, told(&fact.value))));
            said.map(|words| Item::new(timeless(&words), words)).collect()
        }
        Block::Counts(counts) => {
            let said =
                counts.iter().map(|count| format!("{}: {}", capital(count.label), grouped(count.count)));
            said.map(|words| Item::sentence(&words)).collect()
        }
        Block::Bill(view) => {
            let table = view.bill.table(&told(&view.without_seat));
            table.iter().map(|line| Item::sentence(line)).collect()
        }
        Block::Checks(group) => checks(group),
        Block::Link(link) => {
            let said = [Line::Words("The link for the customer:".to_owned()), Line::Alone(link.to_string())];
            vec![Item { key: link.to_string(), said: said.into() }]
        }
        Block::Failure(failure) => vec![bad(failure)],
        Block::Field(_)
        | Block::Choice(_)
        | Block::Buttons(_)
        | Block::Progress { .. }
        | Block::Lines(_)
        | Block::Rows(_) => Vec::new(),
    }
}

fn paragraph(words: &Phrase) -> Option<Item> {
    let words = sentence(&told(words));
    (!words.is_empty()).then(|| Item::new(steady(&words), words))
}

fn checks(group: &CheckGroup) -> Vec<Item> {
    let is_good = group.checks.iter().all(|check| check.state == CheckState::Good);
    // Once every permission is there, nobody needs their reasons read out again.
    if is_good && !group.title.is_empty() {
        return vec![Item::sentence(&format!("{}: all {} good", group.name, group.checks.len()))];
    }
    paragraph(&group.title.into()).into_iter().chain(group.checks.iter().flat_map(check)).collect()
}

/// A named check, and the news behind it.
fn check(check: &Check) -> Vec<Item> {
    // While a round is out, those that wait are asked again and again: that is no news.
    let state = match &check.state {
        CheckState::Asking => CheckState::Waiting.word(),
        state => state.word(),
    };
    let reason = if check.detail.is_empty() { String::new() } else { format!(" ({})", check.detail) };
    let mut items = vec![Item::sentence(&format!("{}: {state}{reason}", check.name))];
    match &check.state {
        CheckState::Bad(failure) => items.push(bad(failure)),
        CheckState::Partly(why) | CheckState::Unread(why) => items.extend(paragraph(&why.into())),
        _ => {}
    }
    items
}

/// Bad news: what happened, what to do, and the ids that support asks for.
fn bad(failure: &Failure) -> Item {
    let code = failure.code.as_ref().map(|code| format!(", code {code}")).unwrap_or_default();
    let problem = sentence(&format!("Problem: {}{code}", failure.what));
    let words = format!("{problem} {}", sentence(&told(&failure.hint))).trim_end().to_owned();
    let wait = failure.told_wait().map(|wait| format!("Trying again makes sense in {} s.", wait.as_secs()));
    let key = format!("{}|{}", steady(&words), failure.what);
    let mut said = vec![Line::Words(words)];
    // They stand directly behind the words that announce them.
    said.extend(failure.lines().iter().map(|line| Line::Alone(line.to_string())));
    match (said.as_mut_slice(), wait) {
        ([Line::Words(words)], Some(wait)) => words.extend([" ", &wait]),
        (_, wait) => said.extend(wait.map(Line::Words)),
    }
    let reference = failure.reference.as_ref().map(|reference| format!("Ids for support: {reference}."));
    said.extend(reference.map(Line::Words));
    Item { key, said }
}
