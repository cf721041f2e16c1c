//! The real wizard in a made-up world, walked by keys: what the line of keys promises on each screen, at every size.

use std::collections::BTreeSet;

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use crate::{
    domain::{
        customer::{Product, Progress},
        run::RunRecord,
        tenant::Verdict,
        time::Moment,
    },
    wizard::{
        answer::{Action, Answer},
        ask::{QuestionId, Shape},
        event::EventKind,
        tests::{Desk, customer, failed, organisation, record, row, setup, team, tenant},
        view::{Tone, View},
    },
};

use super::{
    input::Press,
    keys::{Outcome, press, table::KEYS},
    state::{self, Focus, Panel, State},
    theme::Theme,
    widgets::{
        flow::Pen,
        help,
        key_line::{self, Named},
    },
    words::Keyboard,
};

use samples::{Screen, options, words};

pub(crate) mod samples;

/// The sizes of look.md section 4.
const SIZES: [(u16, u16); 6] = [(40, 10), (60, 15), (80, 24), (100, 30), (120, 40), (200, 60)];

/// Walks: enough to come to every question that stands in the test.
const WALKS: usize = 48;

/// One customer for each way through, one who is closed and one to whom nothing is sold.
fn world(verdict: usize) -> Desk {
    let mut managed = customer(1);
    (managed.is_managed, managed.tenant, managed.products) =
        (true, Some(tenant(1)), vec![Product::Office365]);
    let (mut asked, mut closed, mut unsold) = (customer(2), customer(3), customer(4));
    asked.products = vec![Product::Office365];
    closed.is_active = false;
    unsold.products.clear();
    let all = [managed, asked, closed, unsold, customer(5)];
    let mut desk = Desk::new(setup(), all.map(|customer| row(customer, Progress::NotStarted, None)).to_vec());
    desk.verdict = [Verdict::Proved, Verdict::NotYet, Verdict::Spreading][verdict % 3].clone();
    desk.named = desk.verdict.is_proved().then(|| organisation(1));
    desk.answer();
    desk
}

/// A key by its name on the line.
fn key(chord: &str) -> Press {
    match chord {
        "Enter" => Press::Enter,
        "Esc" => Press::Esc,
        "Tab" => Press::Tab,
        "Space" => Press::Char(' '),
        "Down" => Press::Down,
        "PgDn" => Press::PageDown,
        "F1" => Press::Ctrl('g'),
        "Ctrl-C" => Press::Ctrl('c'),
        "Ctrl-Y" => Press::Ctrl('y'),
        letter => Press::Char(letter.chars().next().filter(|_| letter.chars().count() == 1).expect(letter)),
    }
}

/// All that a person can see and the wizard can have been told: a key that changes nothing of it does nothing.
fn seen(desk: &Desk, screen: &Screen) -> String {
    let (view, state) = (desk.view(), &screen.state);
    let list =
        state.list(view.ask.id).map(|list| (list.top, &list.anchor, state.lit(&view).map(|lit| lit.1)));
    let told = (desk.log.len(), desk.tasks.len(), desk.cancelled.len(), desk.wizard.ended());
    let rows = view.page.rows().map(|rows| rows.rows.generation());
    let own = (state.focus, state.awaited, state.panel, state.scroll.top, state.panel_scroll.top);
    let text =
        (state.explain.in_field, state.explain.field.text().to_owned(), state.number.text().to_owned());
    format!(
        "{:?} {:?} {:?} {:?} {told:?} {rows:?} {list:?} {own:?} {text:?} {:?}",
        view.page, view.below, view.ask, view.notice, state.said
    )
}

/// What does not hold of the line of keys on a screen.
fn promises(view: &View<'_>, state: &State, columns: u16) -> Vec<String> {
    if state.panel == Some(Panel::Code) {
        return Vec::new();
    }
    let line = key_line::named(view, state, columns);
    let has = |chord: &str| line.iter().any(|named| named.chord == chord);
    let is_text = state.keyboard().is_text();
    let last = line.last().map(|named| (named.chord.as_str(), named.label.as_str()));
    let different = |part: fn(&Named) -> String| line.iter().map(part).collect::<BTreeSet<_>>().len();
    let pen = Pen { theme: Theme::default(), width: 64, focus: Focus::Text };
    let lines: Vec<String> = help::lines(view, pen).iter().map(|line| line.words.to_string()).collect();
    let help = words(&lines);
    let known: BTreeSet<&str> =
        help.split(' ').map(|word| word.trim_matches(['.', ',', ';', ':', '(', ')'])).collect();
    let is_on_open = state::places(view).contains(&(state.focus, true));
    let is_waiting = view.ask.is_waiting || view.ask.shape == Shape::Watch;
    let is_bad = view.notice.as_ref().is_some_and(|notice| notice.tone == Tone::Bad);
    let is_first = view.ask.id == QuestionId::Customer;
    let is_back = has("Esc") || line.iter().any(|named| named.label.to_lowercase().starts_with("back"));
    let plays = view.ask.id == QuestionId::Authorise && view.offer(Action::Rehearse).is_some();
    // In a panel and in a field the line is theirs, and the smallest windows have no room.
    let is_page = state.panel.is_none() && !is_text && columns >= 60;
    let rules = [
        ("help last", last == Some((if is_text { "F1" } else { "?" }, "keys"))),
        ("no key twice", different(|named| named.chord.clone()) == line.len()),
        ("no label twice", different(|named| named.label.to_lowercase()) == line.len()),
        ("help knows all", line.iter().all(|named| named.chord.split(' ').all(|key| known.contains(key)))),
        ("no closed button", is_on_open || (state.focus == Focus::Text && state.awaited.is_some())),
        ("park while waiting", !is_page || !is_waiting || view.offer(Action::Park).is_none() || has("p")),
        ("back from trouble", !is_page || !(is_bad || view.page.failure().is_some()) || is_first || is_back),
        (
            "search",
            !is_page
                || is_bad
                || view.page.failure().is_some()
                || state.focus != Focus::Rows
                || state::search(&view.page).is_none()
                || has("/"),
        ),
        ("the customer is played", !is_page || !plays || columns < 80 || has("w")),
    ];
    let shown: Vec<String> = line.iter().map(|named| format!("{} {}", named.chord, named.label)).collect();
    let place =
        format!("{columns} columns, {:?}, {:?} {:?}: {shown:?}", view.ask.id, state.focus, state.panel);
    rules.iter().filter(|(_, holds)| !holds).map(|(rule, _)| format!("{rule}: {place}")).collect()
}

/// What a person does next: a key of the line, more often than any other.
#[derive(Debug, Clone)]
enum Move {
    Named(usize),
    Any(usize),
    Types(usize),
    /// So much of the world answers, or fails.
    Answers(bool),
    Passes(u64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        8 => (0_usize..12).prop_map(Move::Named),
        4 => Just(Move::Named(0)),
        3 => (0_usize..64).prop_map(Move::Any),
        3 => (0_usize..5).prop_map(Move::Types),
        6 => Just(Move::Answers(true)),
        1 => Just(Move::Answers(false)),
        1 => (1_u64..40).prop_map(Move::Passes),
    ];
    proptest::collection::vec(one, 1..70)
}

/// Gives what a key led to, to the wizard.
fn carry(desk: &mut Desk, outcome: Outcome) {
    if let Outcome::Give(what) = outcome {
        let to = desk.view().ask.revision;
        desk.happen(EventKind::Answer(Answer { to, what }));
    }
}

/// Presses a key; says whether that did anything.
fn presses(desk: &mut Desk, screen: &mut Screen, key: Press) -> bool {
    let before = seen(desk, screen);
    let outcome = press(key, &desk.view(), &mut screen.state);
    let is_own = matches!(outcome, Outcome::Redraw | Outcome::Suspend);
    let is_refused = screen.state.word.strangers > 0;
    carry(desk, outcome);
    screen.draw(&desk.view());
    is_own || (!is_refused && seen(desk, screen) != before)
}

/// Types into what has the keyboard.
fn types(desk: &mut Desk, screen: &mut Screen, which: usize) {
    let wanted = match &desk.view().ask.shape {
        Shape::Number(asked) => asked.confirms.or(asked.proposed).map(|number| number.to_string()),
        _ => None,
    };
    let words =
        ["bakery1.example", "Bakery 2", "info@bakery5.example", "x", "00000000-0000-4000-8000-000000000001"];
    let word = wanted.unwrap_or_else(|| words[which % words.len()].to_owned());
    if screen.state.keyboard() == Keyboard::Commands && screen.state.focus != Focus::Number {
        return;
    }
    for letter in word.chars() {
        let outcome = press(Press::Char(letter), &desk.view(), &mut screen.state);
        carry(desk, outcome);
    }
}

/// Where a walk begins: at the customers, or in a run that stands at the form of a hosted server or at the users.
fn start(case: usize) -> Desk {
    let verdict = case / 4;
    match case % 4 {
        0 => world(verdict),
        1 => Desk::resumed(record(5, Product::MpExchange)),
        2 => Desk::resumed(record(2, Product::Office365)),
        _ => {
            let at = Some(Moment::parse("2026-11-23T05:42:00Z").unwrap());
            let organisation = Some(organisation(1));
            let record = record(1, Product::Office365);
            Desk::resumed(RunRecord { organisation, link_shown: at, proved: at, enabled: at, ..record })
        }
    }
}

/// One walk, and what was broken on it.
fn walk(
    size: (u16, u16),
    mut desk: Desk,
    moves: Vec<Move>,
    known: &mut BTreeSet<String>,
) -> BTreeSet<String> {
    let mut broken = BTreeSet::new();
    let mut screen = Screen::of(size, options(true, true));
    for next in moves {
        if desk.wizard.ended().is_some() {
            break;
        }
        screen.draw(&desk.view());
        broken.extend(promises(&desk.view(), &screen.state, size.0));
        // A person who comes to it at another size.
        if known.insert(format!("{:?} {:?}", desk.question(), desk.view().ask.is_waiting)) {
            for size in SIZES {
                let mut other = Screen::of(size, options(true, true));
                let view = desk.view();
                other.draw(&view);
                broken.extend(promises(&view, &other.state, size.0));
            }
        }
        match next {
            Move::Named(at) => {
                let line = key_line::named(&desk.view(), &screen.state, size.0);
                let Named { chord, label, .. } = &line[at % line.len()];
                let place =
                    format!("{:?}, {:?} {:?}", desk.question(), screen.state.focus, screen.state.panel);
                let notice = desk.notice();
                // What was said is said again, and what is out is not asked for twice.
                let is_told = !notice.is_empty() || screen.state.said.is_some() || desk.view().ask.is_waiting;
                // The button that showed the link stands there with it.
                let is_shown = desk.view().page.link().is_some() && label == "authorise";
                if !presses(&mut desk, &mut screen, key(chord.split(' ').next().unwrap()))
                    && !is_shown
                    && !is_told
                {
                    broken.insert(format!("{chord} {label} does nothing: {place}, {notice}"));
                }
            }
            Move::Any(at) => {
                let more = [
                    Press::Tab,
                    Press::BackTab,
                    Press::Down,
                    Press::Up,
                    Press::Esc,
                    Press::End,
                    Press::Enter,
                ];
                let key = KEYS.iter().map(|row| row.key).chain(more).cycle().nth(at).unwrap();
                presses(&mut desk, &mut screen, key);
            }
            Move::Types(which) => types(&mut desk, &mut screen, which),
            Move::Answers(true) => {
                desk.answer();
            }
            Move::Answers(false) => {
                let is_call = |request: &str| !request.starts_with("Wake");
                let at = desk.open.iter().position(|(_, request)| is_call(&format!("{request:?}")));
                if let Some(at) = at {
                    let (call, _) = desk.open.remove(at);
                    desk.happen(EventKind::Reply(call, failed()));
                }
            }
            Move::Passes(seconds) => {
                desk.pass(seconds);
            }
        }
    }
    broken
}

#[test]
fn the_line_of_keys_keeps_its_promises_wherever_a_walk_leads() {
    let mut runner = TestRunner::deterministic();
    let (mut known, mut broken) = (BTreeSet::new(), BTreeSet::new());
    for (case, size) in (0..WALKS).zip(SIZES.into_iter().cycle()) {
        let moves = moves().new_tree(&mut runner).unwrap().current();
        broken.extend(walk(size, start(case / SIZES.len()), moves, &mut known));
    }
    let broken: Vec<String> = broken.into_iter().collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    for question in ["Users", "Authorise", "Organisation", "Tenant", "Impersonation", "Leave"] {
        assert!(known.iter().any(|known| known.starts_with(question)), "never came to {question}: {known:?}");
    }
}

/// Product.md section 9, *Keys*, which names them: each stands in the one table, and none besides.
#[test]
fn the_table_has_the_keys_that_were_decided() {
    use QuestionId::{Authorise, Customer, Impersonation, Outcome as Receipt, Users};
    let decided: &[(&[QuestionId], &str)] = &[
        (&[Customer], "/n"),
        (&[Authorise], "gow"),
        (&[Users], " at/cixvmuzOdw"),
        (&[Receipt], "t"),
        (&[Impersonation], "x"),
    ];
    for (questions, letters) in decided {
        for letter in letters.chars() {
            let is_there = |row: &&super::keys::table::Binding| {
                row.key == Press::Char(letter)
                    && matches!(row.scope, super::keys::table::Scope::On(on) if on.contains(&questions[0]))
            };
            assert!(KEYS.iter().any(|row| is_there(&row)), "{letter} on {questions:?}");
        }
    }
    // What must go elsewhere is sent from wherever it stands; on the users `c` clears the ticks.
    for letter in "lcft".chars() {
        let is_there = |row: &&super::keys::table::Binding| {
            let is_wide = !matches!(row.scope, super::keys::table::Scope::On(_));
            row.key == Press::Char(letter) && is_wide
        };
        assert!(KEYS.iter().any(|row| is_there(&row)), "{letter} where there is a text to send");
    }
    let everywhere: String = KEYS
        .iter()
        .filter(|row| row.scope == super::keys::table::Scope::Everywhere)
        .filter_map(|row| if let Press::Char(letter) = row.key { Some(letter) } else { None })
        .collect();
    assert_eq!(everywhere, "lfrhpsebq?");
}

/// A wizard at its customers, with what was typed into the search.
fn searching(typed: &str) -> (Desk, Screen) {
    let mut desk = world(0);
    let mut screen = Screen::of((80, 24), options(true, true));
    screen.draw(&desk.view());
    for letter in typed.chars() {
        presses(&mut desk, &mut screen, Press::Char(letter));
    }
    (desk, screen)
}

#[test]
fn back_says_where_one_is_and_the_way_forward_keeps_what_was_typed() {
    let (mut desk, mut screen) = searching("Bakery 2");
    for key in [Press::Enter, Press::Enter] {
        presses(&mut desk, &mut screen, key);
        desk.answer();
        screen.draw(&desk.view());
    }
    assert_eq!(desk.question(), QuestionId::Tenant);
    for letter in "bakery".chars() {
        presses(&mut desk, &mut screen, Press::Char(letter));
    }
    // Tab past the closed Save: the letters work on Back.
    presses(&mut desk, &mut screen, Press::Tab);
    assert_eq!(screen.state.focus, Focus::Button(Action::Back));
    presses(&mut desk, &mut screen, Press::Char('b'));
    desk.answer();
    assert_eq!(desk.notice(), "Back at Product. What was typed or ticked is kept.");
    assert!(desk.count("KeepForm") > 0, "what was typed is on record");
    presses(&mut desk, &mut screen, Press::Enter);
    desk.answer();
    let closed = "Save opens once Microsoft has named the organisation.";
    assert_eq!((desk.question(), desk.notice()), (QuestionId::Tenant, closed.to_owned()));
}

#[test]
fn what_is_closed_is_waited_for_and_taken_once_it_opens() {
    let (mut desk, mut screen) = searching("Bakery 1");
    for key in [Press::Enter, Press::Enter] {
        presses(&mut desk, &mut screen, key);
        let at = desk.open.iter().position(|(_, request)| format!("{request:?}").starts_with("OpenRun"));
        if let Some(at) = at {
            let (call, request) = desk.open.remove(at);
            desk.respond(call, &request);
        }
        screen.draw(&desk.view());
    }
    assert_eq!(desk.question(), QuestionId::Organisation);
    let shown = words(&screen.draw(&desk.view()));
    assert!(shown.contains("Yes, this is the organisation (not now)"), "{shown}");
    assert_eq!((screen.state.focus, screen.state.awaited), (Focus::Text, Some(Focus::Button(Action::Yes))));
    assert!(!shown.contains("Enter yes"), "{shown}");
    desk.answer();
    screen.draw(&desk.view());
    assert_eq!((screen.state.focus, screen.state.awaited), (Focus::Button(Action::Yes), None));
    assert!(words(&screen.draw(&desk.view())).contains("Enter yes, this is"));
}

#[test]
fn the_line_of_keys_of_a_watched_run_names_what_works_there() {
    for record in team::at_each_step() {
        for size in SIZES {
            let mut desk = team::shared(team::held(record.clone()), false);
            desk.answer();
            let mut screen = Screen::of(size, options(true, true));
            screen.draw(&desk.view());
            let broken = promises(&desk.view(), &screen.state, size.0);
            assert!(broken.is_empty(), "{broken:?}");
            let line = key_line::named(&desk.view(), &screen.state, size.0);
            let line: Vec<String> = line.iter().map(|key| format!("{} {}", key.chord, key.label)).collect();
            assert!(line.contains(&"h ask for it".to_owned()), "{size:?} {:?} {line:?}", desk.question());
            assert!(
                !line.iter().any(|key| key.starts_with("Enter")),
                "{size:?} {:?} {line:?}",
                desk.question()
            );
            assert!(presses(&mut desk, &mut screen, Press::Char('h')));
        }
    }
}

#[test]
fn a_question_above_the_page_is_read_whole_whoever_asks_it() {
    let mut desk = team::shared(record(2, Product::Office365), false);
    let now = desk.now;
    desk.request_changes(|record| {
        record.request =
            Some(team::asked("Anastasia Petrov-Whittington (role backup365_operators, desk-2)", now));
    });
    for size in [(80, 24), (120, 40)] {
        let shown = words(&Screen::of(size, options(true, true)).draw(&desk.view()));
        for part in ["Anastasia", "Hand it over?", "What is typed and ticked", "the run stays here.", "Keep"]
        {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }
}
