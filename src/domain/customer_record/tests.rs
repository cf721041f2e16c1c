//! Values: what may stand in each column, and what is said of what may not.

use super::*;

fn read(column: Column, raw: &str) -> Result<NewCustomer, String> {
    let mut customer = NewCustomer::default();
    column.read(raw, &mut customer).map(|()| customer).map_err(|words| words.to_string())
}

#[test]
fn what_is_written_is_read_back() {
    let customer = NewCustomer {
        reference: "C-1".into(),
        name: "Bäckerei".into(),
        domain: "bakery.example".into(),
        is_active: true,
        products: vec![Product::Office365, Product::Business365],
        tenant: Some("7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77".parse().unwrap()),
        is_managed: true,
        time_zone: Some("Australia/Perth".into()),
        seats: Some(0),
    };
    let mut read = NewCustomer::default();
    for column in Column::ALL {
        column.read(column.of(&customer).as_str(), &mut read).unwrap();
    }
    assert_eq!(read, customer);
    assert_eq!(changes(&customer, &read), []);
}

#[test]
fn each_column_takes_what_people_type() {
    for (column, raw, expected) in [
        (Column::Domain, " Info@Bakery.Example ", "bakery.example"),
        (Column::Active, "Y", "yes"),
        (Column::Active, "FALSE", "no"),
        (Column::Products, "business365, OFFICE365", "office365;business365"),
        (Column::Products, "", ""),
        (Column::Tenant, "{7C1E0F52-93AB-4D1C-8A40-5B2F6D9E1A77}", "7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77"),
        (Column::Tenant, "", ""),
        (Column::TimeZone, "", ""),
        (Column::Seats, " 40 ", "40"),
        (Column::Seats, "", ""),
    ] {
        assert_eq!(read(column, raw).map(|c| column.of(&c).to_string()).as_deref(), Ok(expected), "{raw}");
    }
}

#[test]
fn what_is_wrong_is_said() {
    for (column, raw, words) in [
        (Column::Reference, " ", "Type your own reference"),
        (Column::Reference, "C\u{202e}1", "can't be shown"),
        (Column::Name, "", "Type the company's name"),
        (Column::Domain, "bakery", "like bakery.example"),
        (Column::Active, "", "Type yes or no"),
        (Column::Products, "offce365", "Did you mean office365?"),
        (Column::Products, "exchange", "Did you mean mpexchange?"),
        (Column::Products, "dropbox", "one or more of office365, mpexchange, business365"),
        (Column::Tenant, "bakery.example", "Type the tenant ID"),
        (Column::Tenant, "4bbb2ac3-4a45", "not a whole tenant ID"),
        (Column::Tenant, "9188040d-6c67-4c5b-b112-36a304b66dad", "not a whole tenant ID"),
        (Column::TimeZone, "Perth", "Type it like Australia/Perth"),
        (Column::Seats, "-1", "whole number"),
        (Column::Seats, "many", "whole number"),
    ] {
        let said = read(column, raw).unwrap_err();
        assert!(said.contains(words), "{column:?} {raw}: {said}");
    }
}

#[test]
fn only_office_365_is_managed() {
    let mut customer = NewCustomer { is_managed: true, ..NewCustomer::default() };
    assert!(contradiction(&customer).is_some());
    customer.products = vec![Product::Office365];
    assert_eq!(contradiction(&customer), None);
}

#[test]
fn a_change_says_old_and_new() {
    let before = NewCustomer { seats: Some(25), ..NewCustomer::default() };
    let after = NewCustomer { is_managed: true, ..NewCustomer::default() };
    let words: Vec<_> = changes(&before, &after).iter().map(ToString::to_string).collect();
    assert_eq!(words, ["managed: no → yes", "seats: 25 → none"]);
}

#[test]
fn columns_are_known_by_their_words() {
    assert_eq!(Column::from_word("Time Zone"), Some(Column::TimeZone));
    assert_eq!(Column::from_word("time-zone"), Some(Column::TimeZone));
    assert_eq!(Column::nearest("refrence"), Some(Column::Reference));
    assert_eq!(Column::nearest("timezone"), Some(Column::TimeZone));
    assert_eq!(Column::nearest("phone"), None);
}
