use super::*;
use crate::{
    domain::{
        id::CustomerId,
        run::{BoardRow, OpenRun},
        time::Moment,
    },
    wizard::tests::{customer, row},
};

fn run(id: &str, is_parked: bool) -> OpenRun {
    OpenRun {
        id: id.parse().unwrap(),
        product: Product::Office365,
        touched: Moment::default(),
        is_parked,
        held_by: None,
    }
}

/// Of seven customers: one waits and is parked, one was accepted, one is automatic, one is closed.
fn rows() -> Vec<BoardRow> {
    let since = Moment::default();
    let mut rows = vec![
        row(customer(1), Progress::WaitingForConsent { since }, None),
        row(customer(2), Progress::Accepted { at: since }, None),
        row(customer(3), Progress::Automatic { on: 4, standstill: None, off: None }, None),
        row(customer(4), Progress::NotStarted, None),
        row(customer(5), Progress::NeedsAttention("the ceiling".into()), None),
        row(customer(6), Progress::Protected { on: 2, of: 9, off: None }, None),
        row(customer(7), Progress::NotStarted, None),
    ];
    rows[0].run = Some(run("B365-7KQ4", true));
    rows[1].run = Some(run("B365-FHKL", false));
    for row in &mut rows {
        row.customer.products = vec![Product::Office365];
        row.product = Some(Product::Office365);
        row.others.clear();
    }
    rows[3].customer.products = vec![Product::MpExchange];
    rows[3].product = Some(Product::MpExchange);
    rows[6].customer.is_active = false;
    rows
}

fn found(typed: &str) -> Vec<i64> {
    search(&rows(), typed, None, BoardOrder::Runs).into_iter().map(|row| row.customer.id.0).collect()
}

/// Where the rows that were found stand among all.
fn places(rows: &[BoardRow], found: &[&BoardRow]) -> Vec<usize> {
    let place = |found: &&BoardRow| rows.iter().position(|row| std::ptr::eq(row, *found)).unwrap();
    found.iter().map(place).collect()
}

#[test]
fn states_and_products_narrow_as_they_do_among_users() {
    let all = found("");
    assert_eq!(all, (1..=6).map(|id| customer(id).id.0).collect::<Vec<_>>(), "closed ones are hidden");
    let of = |at: usize| rows()[at].customer.id.0;
    for (typed, expected) in [
        ("state:waiting", vec![of(0)]),
        ("state:wait", vec![of(0)]),
        ("STATE:Parked", vec![of(0)]),
        ("state:accepted", vec![of(1)]),
        ("state:interrupted", vec![of(1)]),
        ("state:open", vec![of(0), of(1)]),
        ("state:waiting state:attention", vec![of(0), of(4)]),
        ("state:automatic", vec![of(2)]),
        ("state:protected", vec![of(2), of(5)]),
        ("state:not-started", vec![of(3)]),
        ("state:closed", vec![of(6)]),
        ("product:mp", vec![of(3)]),
        ("product:mpexchange state:waiting", vec![]),
        ("state:", all.clone()),
        ("state:nowhere", vec![]),
    ] {
        let expected = if typed == "state:" { (0..7).map(of).collect() } else { expected };
        assert_eq!(found(typed), expected, "{typed}");
    }
    let problem = problem("state:nowhere").unwrap();
    assert!(STATES.iter().all(|(state, _)| problem.contains(state)), "{problem}");
    assert!(super::problem("product:x").unwrap().contains("business365"));
    assert_eq!(super::problem("state:waiting bakery"), None);
}

#[test]
fn likeness_needs_the_start_of_a_word() {
    let mut rows = rows();
    for (row, name) in rows.iter_mut().zip(["Coral Bay Dive Tours", "Paperbark Florist", "Tasman Freight"]) {
        row.customer.name = name.into();
    }
    let found = |typed| places(&rows, &search(&rows, typed, None, BoardOrder::Runs));
    for word in ["yes", "file", "yes file"] {
        assert!(found(word).is_empty(), "{word}");
    }
    for (word, at) in [("paprbk", 1), ("frght tasmn", 2), ("cbdt", 0), ("florst", 1)] {
        assert_eq!(found(word), [at], "{word}");
    }
}

#[test]
fn the_order_is_what_was_asked_for() {
    let rows = rows();
    let mut seen = Seen::of(&rows, Moment::default(), None);
    for standing in seen.rows.get_mut(&rows[5].customer.id).unwrap().values_mut() {
        *standing = "1 of 9".into();
    }
    let by = |order| places(&rows, &search(&rows, "", Some(&seen), order));
    assert_eq!(by(BoardOrder::News), [5, 0, 1, 2, 3, 4]);
    assert_eq!(by(BoardOrder::State), [4, 1, 0, 2, 5, 3], "what needs somebody first");
    assert_eq!(by(BoardOrder::Runs), [0, 1, 2, 3, 4, 5]);
    let changed = search(&rows, "state:changed", Some(&seen), BoardOrder::Runs);
    assert_eq!(places(&rows, &changed), [5]);
}

#[test]
fn of_a_customer_whom_the_operator_went_on_with_nothing_is_news() {
    let mut rows = rows();
    let mut seen = Seen::of(&rows, Moment::default(), Some(rows[0].customer.id));
    assert!(rows.iter().all(|row| !seen.is_news(row)));
    rows[0].progress = Progress::Accepted { at: Moment::default() };
    rows[1].progress = Progress::Open("choose users".into());
    rows[3].run = Some(run("B365-MMMM", false));
    let news: Vec<CustomerId> =
        rows.iter().filter(|row| seen.is_news(row)).map(|row| row.customer.id).collect();
    assert_eq!(news, [rows[1].customer.id, rows[3].customer.id], "another state, and a run of a colleague");
    assert!(seen.learn(&rows) && !seen.learn(&rows), "once");
    rows[0].progress = Progress::Open("choose users".into());
    assert!(seen.is_news(&rows[0]), "after it was left");
}
