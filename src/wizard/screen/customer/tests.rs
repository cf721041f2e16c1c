//! Searching, and what a row says.

use super::{search::search, *};
use crate::wizard::tests::{customer, record};

fn rows() -> Vec<BoardRow> {
    let named = |number: i64, name: &'static str, is_active| {
        let mut customer = customer(number);
        customer.name = Text::from(name);
        customer.is_active = is_active;
        BoardRow { customer, progress: Progress::NotStarted, run: None }
    };
    vec![named(1, "Blue Lake Bakery", true), named(2, "Lakeside Dental", true), named(3, "Old Mill", false)]
}

#[test]
fn likeness_counts_where_nothing_is_found_as_written() {
    let rows = rows();
    for (typed, found) in [
        ("", vec![0, 1]),
        ("lake", vec![0, 1]),
        ("LAKE dental", vec![1]),
        ("c-0003", vec![2]),
        ("bakery2.example", vec![1]),
        ("old", vec![2]),
        ("blulake", vec![0]),
        ("lksd", vec![1]),
        ("zz", vec![]),
    ] {
        assert_eq!(search(&rows, typed), found, "{typed:?}");
    }
}

#[test]
fn a_hidden_character_hides_no_customer() {
    let mut rows = rows();
    rows[1].customer.name = Text::clean("Lake\u{200b}side Den\u{202e}tal");
    assert_eq!(search(&rows, "lakeside dental"), [1]);
}

#[test]
fn a_row_says_how_far_and_where_the_run_is() {
    let mut run = record(1, crate::domain::customer::Product::Office365);
    run.parked = Some(Moment::default());
    let mut row = crate::wizard::tests::row(customer(1), Progress::Open(Text::from("at access")), Some(&run));
    let words = |row: &BoardRow| line(row, Moment::default(), "UTC").cells[3].to_string();
    assert_eq!(words(&row), "parked: at access (Office 365, B365-FHKL)");
    row.run.as_mut().unwrap().is_held = true;
    assert_eq!(words(&row), "open in another window: at access (Office 365, B365-FHKL)");
    row.run = None;
    row.customer.products.clear();
    assert!(words(&row).starts_with("no product to back up"));
    assert!(line(&row, Moment::default(), "UTC").is_quiet);
    row.customer.is_active = false;
    assert_eq!(words(&row), "closed");
}
