//! Decoding: what is good, what is wrong, what is hostile.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn row<T>(value: &Value, read: impl Fn(&Row<'_>) -> T) -> T {
    with_user(value.to_string().as_bytes(), read).unwrap()
}

/// One user as Graph describes it.
fn mila() -> Value {
    json!({
        "id": "0a6f3d92-7be1-4c58-9b0d-4e2c71f8a635", "displayName": "Mila Jansen",
        "userPrincipalName": "mila@bakery.example", "mail": null, "accountEnabled": true, "userType": "Member",
        "department": "Sales", "createdDateTime": "2023-01-09T10:22:31Z", "@odata.unheardOf": {"deep": [1, {}]},
        "proxyAddresses": ["smtp:m@bakery0042.onmicrosoft.com", "SMTP:mila.jansen@bakery.example", 3],
        "assignedLicenses": [{"disabledPlans": [], "skuId": "f245ecc8-75af-4f8e-b61f-27d8114de5f3"}, {}, "x"],
        "assignedPlans": [
            {"capabilityStatus": "Deleted", "servicePlanId": "9aaf7827-d63c-4b61-89c3-182f06f82e5c"},
            {"capabilityStatus": "Warning", "servicePlanId": "efb87545-963c-4e0d-99df-69c6916d9eb0", "service": 3},
        ],
    })
}

#[test]
fn a_good_row_is_read_whole() {
    row(&mila(), |row| {
        assert_eq!(row.names().problem, "");
        assert_eq!(row.names().address, "mila.jansen@bakery.example");
        assert_eq!(row.plans.items(), [Uuid::parse_str("efb87545-963c-4e0d-99df-69c6916d9eb0").unwrap()]);
        assert_eq!(row.skus.items().len(), 1);
        assert!(row.has_mail() && row.is_enabled() && !row.is_guest() && !row.is_removed);
    });
}

#[test]
fn both_names_of_a_user_are_kept_where_they_differ() {
    for (upn, sign_in) in [
        (json!("nbrown@ad.bakery.local"), "nbrown@ad.bakery.local"),
        (json!("Mila.JANSEN@bakery.example "), ""),
        (json!("c_other.example#EXT#@bakery.onmicrosoft.com"), "c_other.example#EXT#@bakery.onmicrosoft.com"),
        (json!(null), ""),
        (json!(" "), ""),
    ] {
        let mut value = mila();
        value["userPrincipalName"] = upn;
        row(&value, |row| assert_eq!((row.names().sign_in, row.names().problem), (sign_in, "")));
    }
    // Without mail the sign-in name is the address, and there is one name.
    let bare = json!({"id": mila()["id"], "userPrincipalName": "mila@bakery.example"});
    row(&bare, |row| assert_eq!((row.names().address, row.names().sign_in), ("mila@bakery.example", "")));
}

#[test]
fn an_address_of_spaces_is_none() {
    for (mail, address, problem) in [
        (json!(" \t"), "mila.jansen@bakery.example", ""),
        (json!(""), "mila.jansen@bakery.example", ""),
        (json!("m@b.example"), "m@b.example", ""),
    ] {
        let mut value = mila();
        value["mail"] = mail;
        row(&value, |row| assert_eq!((row.names().address, row.names().problem), (address, problem)));
    }
    let bare = json!({"id": mila()["id"], "mail": "  ", "userPrincipalName": "\u{3000}"});
    row(&bare, |row| assert_eq!(row.names().problem, "the directory sent no address"));
}

#[test]
fn a_member_of_the_wrong_type_spoils_its_row_only() {
    for (member, wrong) in [
        ("id", json!(7)),
        ("id", json!("not-a-guid")),
        ("displayName", json!({"a": 1})),
        ("userPrincipalName", json!([1])),
        ("accountEnabled", json!("yes")),
        ("assignedPlans", json!("none")),
        ("assignedLicenses", json!(true)),
    ] {
        let mut value = mila();
        value[member] = wrong;
        let text = json!({"value": [mila(), value, 4, "x", null, [], mila()]}).to_string();
        let problems = with_page(text.as_bytes(), |page| {
            page.rows.iter().map(|row| !row.names().problem.is_empty()).collect::<Vec<_>>()
        });
        assert_eq!(problems.unwrap(), [false, true, true, true, true, true, false], "{member}");
    }
}

#[test]
fn an_address_that_is_none_makes_the_row_a_problem() {
    for (address, is_good) in [
        ("o'neil+x@bakery.example", true),
        ("zoë@bakery.example", true),
        ("guest_other.example#EXT#@bakery.onmicrosoft.com", true),
        ("no\u{200d}ra@bakery.example", false),
        ("mi\u{202e}la@bakery.example", false),
        ("\u{1b}[31mmila@bakery.example", false),
        ("mi la@bakery.example", false),
        ("mila", false),
        ("@bakery.example", false),
    ] {
        let value = json!({"id": mila()["id"], "mail": address});
        assert_eq!(row(&value, |row| row.names().problem.is_empty()), is_good, "{address:?}");
        // What the directory says last counts where nothing before it is an address.
        let mut value = mila();
        value["userPrincipalName"] = json!("mi la");
        value["mail"] = json!("mila");
        value["proxyAddresses"] = json!([format!("SMTP:{address}")]);
        assert_eq!(row(&value, |row| row.names().problem.is_empty()), is_good, "{address:?} behind another");
    }
}

#[test]
fn mail_that_is_no_address_hides_no_good_one() {
    let primary = json!(["smtp:m@bakery.example", "SMTP:mila@bakery.example"]);
    for (mail, proxies, address) in [
        ("mila at bakery", primary.clone(), "mila@bakery.example"),
        ("mi\u{202e}la@bakery.example", primary, "mila@bakery.example"),
        ("mila at bakery", json!(["SMTP:nothing"]), "mila@bakery.example"),
    ] {
        let mut value = mila();
        (value["mail"], value["proxyAddresses"]) = (json!(mail), proxies);
        row(&value, |row| assert_eq!((row.names().address, row.names().problem), (address, "")));
    }
    let value = json!({"id": mila()["id"], "mail": "mila at bakery", "userPrincipalName": "mila"});
    row(&value, |row| {
        assert_eq!(
            (row.names().address, row.names().problem),
            ("mila at bakery", "the directory sent an address that is none")
        );
    });
}

#[test]
fn broken_text_is_mended_and_costs_no_row() {
    for raw in [
        br#"{"value":[{"id":"0a6f3d92-7be1-4c58-9b0d-4e2c71f8a635","displayName":"a\ud800b","mail":"a@b.example"}]}"#.to_vec(),
        b"{\"value\":[{\"id\":\"0a6f3d92-7be1-4c58-9b0d-4e2c71f8a635\",\"displayName\":\"a\xffb\",\"mail\":\"a@b.example\"}]}".to_vec(),
    ] {
        let name = with_page(&raw, |page| page.rows[0].name.as_str().unwrap().to_owned()).unwrap();
        assert_eq!(name, "a\u{fffd}b");
    }
    assert_eq!(mend(br"\\ud800 \ud83d\ude00 \udc00\n"), r"\\ud800 \ud83d\ude00 \ufffd\n");
    assert_eq!(mend(b"\\"), "\\");
    assert_eq!(mend("\\é".as_bytes()), "\\é");
}

#[test]
fn a_number_that_no_program_can_hold_spoils_its_row_only() {
    let good = mila().to_string();
    for odd in [
        r#"{"id":1e999}"#,
        "1e999",
        "-1E+400",
        r#"{"id":"x","mail":[1e999]}"#,
        r#"{"assignedPlans":[9e999]}"#,
    ] {
        let body = format!(r#"{{"value":[{good},{odd},{good}],"count":1e999}}"#);
        let problems = with_page(body.as_bytes(), |page| {
            page.rows.iter().map(|row| !row.names().problem.is_empty()).collect::<Vec<_>>()
        });
        assert_eq!(problems.unwrap(), [false, true, false], "{odd}");
    }
    assert_eq!(mend(br#"["1e999",1e999,-2.5E7,1.5,[2e9]]"#), r#"["1e999",0,-2.5E7,1.5,[2e9]]"#);
}

#[test]
fn a_page_that_comes_in_two_parts_keeps_both() {
    let good = mila().to_string();
    let body = format!(r#"{{"value":[{good}],"value":[{good},{good}]}}"#);
    assert_eq!(with_page(body.as_bytes(), |page| page.rows.len()).unwrap(), 3);
}

#[test]
fn a_page_of_millions_of_rows_is_no_page() {
    let body = format!(r#"{{"value":[{}0]}}"#, "0,".repeat(MAX_ROWS));
    assert!(with_page(body.as_bytes(), |_| ()).is_err());
    let mut value = mila();
    value["assignedPlans"] = std::iter::repeat_n(value["assignedPlans"][1].clone(), 100_000).collect();
    assert!(row(&value, |row| row.plans.items().len()) <= 10_000, "a list that is longer than any real one");
}

#[test]
fn what_is_no_page_is_an_error() {
    for raw in ["", "[]", "{}", "{\"value\":3}", "{\"value\":[{]}", "<html>"] {
        assert!(with_page(raw.as_bytes(), |_| ()).is_err(), "{raw}");
    }
}

#[test]
fn a_page_that_was_cut_off_anywhere_is_no_page() {
    let whole =
        json!({"@odata.context": "c", "value": [mila(), {"id": "\u{e9}\\ \"\u{1f9c0}"}, mila()]}).to_string();
    for at in 0..whole.len() {
        assert!(with_page(&whole.as_bytes()[..at], |_| ()).is_err(), "cut after {at} bytes");
    }
    assert!(with_page(whole.as_bytes(), |_| ()).is_ok());
}

#[test]
fn the_deepest_known_code_counts() {
    for (body, code) in [
        (json!({"error": {"code": "Authorization_RequestDenied"}}), "Authorization_RequestDenied"),
        (json!({"error": {"code": "UnknownError", "innererror": {"code": "429"}}}), "UnknownError"),
        (
            json!({"error": {"code": "x", "innerError": {"code": "y", "innerError": {"code": "SyncStateNotFound"}}}}),
            "syncStateNotFound",
        ),
        (json!({"error": {"code": "", "innerError": {"code": 3}}}), ""),
        (json!([]), ""),
    ] {
        assert_eq!(refusal(&body).0, code);
    }
    let id = refusal(&json!({"error": {"code": "x", "innerError": {"request-id": "r"}}})).1;
    assert_eq!(id.as_deref(), Some("r"));
}

/// Any JSON, with the members of a user here and there.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        Just(json!("9aaf7827-d63c-4b61-89c3-182f06f82e5c")),
        Just(json!("Enabled")),
    ];
    let key = prop_oneof![
        Just("id"),
        Just("displayName"),
        Just("mail"),
        Just("userPrincipalName"),
        Just("userType"),
        Just("accountEnabled"),
        Just("assignedPlans"),
        Just("assignedLicenses"),
        Just("proxyAddresses"),
        Just("servicePlanId"),
        Just("skuId"),
        Just("capabilityStatus"),
        Just("@removed"),
        Just("createdDateTime"),
        Just("other"),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(key.clone().prop_map(String::from), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn every_row_that_came_in_comes_out(rows in proptest::collection::vec(any_json(), 0..12)) {
        let body = json!({"@odata.context": "c", "value": rows}).to_string();
        let counted = with_page(body.as_bytes(), |page| {
            for row in &page.rows {
                let _ = (row.names().problem, row.names().address, row.has_mail(), row.is_guest());
            }
            page.rows.len()
        });
        prop_assert_eq!(counted.unwrap(), rows.len());
    }

    #[test]
    fn no_bytes_can_break_it(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        drop(with_page(&body, |_| ()));
        drop(with_user(&body, |_| ()));
        refusal(&serde_json::from_slice(&body).unwrap_or_default());
    }

    #[test]
    fn mending_leaves_good_json_alone(value in any_json()) {
        let text = value.to_string();
        prop_assert_eq!(mend(text.as_bytes()), text);
    }
}
