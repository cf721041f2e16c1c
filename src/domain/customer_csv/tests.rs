//! Files as spreadsheets and people make them.

use proptest::prelude::*;

use super::*;
use crate::domain::customer::Product;

const HEADER: &str = "reference,name,domain,active,products,tenant,managed,time_zone,seats";

fn problems(text: &str) -> Vec<String> {
    read(text.as_bytes()).unwrap_err().iter().map(ToString::to_string).collect()
}

fn names(text: &str) -> Vec<(usize, String)> {
    let sheet = read(text.as_bytes()).unwrap();
    sheet.lines.iter().map(|line| (line.number, line.customer.name.to_string())).collect()
}

#[test]
fn columns_come_in_any_order_with_commas_or_semicolons() {
    let commas = "\u{feff}seats,Name,reference,domain,active,products,tenant,managed,time zone\r\n\
                  25,\"Bakery, Ltd\",C-1,bakery.example,yes,office365;mpexchange,,no,Australia/Perth\r\n";
    let sheet = read(commas.as_bytes()).unwrap();
    assert_eq!(sheet.separator, Separator::Comma);
    let customer = &sheet.lines[0].customer;
    assert_eq!((customer.name.as_str(), customer.seats), ("Bakery, Ltd", Some(25)));
    assert_eq!(customer.products, [Product::Office365, Product::MpExchange]);
    let semicolons = format!(
        "{}\nC-1;Bakery;bakery.example;ja;\"office365;mpexchange\";;no;;\n",
        HEADER.replace(',', ";")
    );
    assert_eq!(problems(&semicolons), ["line 2: active is \"ja\". Type yes or no."]);
    let sheet = read(semicolons.replace(";ja;", ";yes;").as_bytes()).unwrap();
    assert_eq!(sheet.separator, Separator::Semicolon);
    assert_eq!(sheet.lines[0].customer.products.len(), 2);
}

#[test]
fn every_bad_line_is_told_with_its_number() {
    let text = format!(
        "{HEADER}\n\
         C-1,One,one.example,yes,office365,,no,,\n\
         \n\
         ,,,,,,,,\n\
         C-2,,two,yes,offce365,,no,,\n\
         C-1,Again,again.example,yes,,,no,,\n\
         C-3,Three,three.example,yes,mpexchange,,yes,,\n\
         C-4,Four,four.example,yes\n"
    );
    assert_eq!(
        problems(&text),
        [
            "line 5: name is empty. Type the company's name.",
            "line 5: domain is \"two\". Type the mail domain, like bakery.example.",
            "line 5: products is \"offce365\". \"offce365\" is no product. Did you mean office365?",
            "line 6: the reference C-1 is in line 2 too. Keep one of them.",
            "line 7: managed is \"yes\". Only Office 365 is provisioned through Manage Protect. Choose Office 365 too, \
             or change this to no.",
            "line 8: 4 cells, and the first line has 9. A cell with a separator in it needs quotes: \"a,b\".",
        ]
    );
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    for end in ["\n", "\r\n", "\r"] {
        let text = [
            HEADER,
            "",
            "",
            "C-1,One,one.example,yes,,,no,,",
            "",
            "C-2,Two,two.example,yes,,,no,,",
            "C-3,Three,three.example,yes,,,no,,",
        ]
        .join(end);
        let expected = [(4, "One".to_owned()), (6, "Two".to_owned()), (7, "Three".to_owned())];
        assert_eq!(names(&text), expected, "{end:?}");
    }
}

#[test]
fn a_header_that_does_not_fit_is_told() {
    assert_eq!(
        problems("refrence,name,domain,active,products,tenant,managed,seats,phone\n"),
        [
            "line 1: the column \"refrence\" is not known. Did you mean reference?",
            "line 1: the column \"phone\" is not known. Remove it.",
            "line 1: these columns are missing: reference, time_zone. Tenant, time_zone, seats and products may be \
             empty below.",
        ]
    );
    let twice = problems(&format!("{HEADER},name\n"));
    assert_eq!(twice, ["line 1: the column name is there twice."]);
    for nothing in ["", "\n\n", "C-1,One,one.example\n"] {
        let said = problems(nothing);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains(HEADER), "{said:?}");
    }
}

#[test]
fn what_is_no_utf_8_is_told() {
    let mut bytes = format!("{HEADER}\nC-1,B").into_bytes();
    bytes.extend(b"\xe4ckerei,one.example,yes,,,no,,\n");
    let said = read(&bytes).unwrap_err();
    assert_eq!((said.len(), said[0].line), (1, 2));
    assert!(said[0].what.as_str().contains("CSV UTF-8"));
    assert!(read(b"\xff\xfer\0e").unwrap_err()[0].what.as_str().contains("CSV UTF-8"));
}

/// A text in UTF-16 without a mark.
fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn spreadsheets_and_powershell_are_read_as_they_write() {
    let row = "C-1,One,one.example,yes,office365,,no,,25";
    let plain = format!("{HEADER}\r\n{row}\r\n");
    let quoted = |line: &str| format!("\"{}\"\r\n", line.replace(',', "\",\""));
    for (file, separator, line) in [
        (plain.replace(',', "\t").into_bytes(), Separator::Tab, 2),
        (format!("sep=;\r\n{}", plain.replace(',', ";")).into_bytes(), Separator::Semicolon, 3),
        (
            format!("#TYPE System.Object\r\n{}{}", quoted(HEADER), quoted(row)).into_bytes(),
            Separator::Comma,
            3,
        ),
        (wide(&plain), Separator::Comma, 2),
        ([b"\xff\xfe".to_vec(), wide(&plain.replace(',', "\t"))].concat(), Separator::Tab, 2),
        (format!("{HEADER},,,\r\n{row},,,\r\n,,,,,,,,,,,\r\n").into_bytes(), Separator::Comma, 2),
        (format!("{HEADER}\r\n{row},,\r\n").into_bytes(), Separator::Comma, 2),
        (plain.replace(',', "|").into_bytes(), Separator::Bar, 2),
        (format!("sep=|\r\n{}", plain.replace(',', "|")).into_bytes(), Separator::Bar, 3),
        (format!("{plain}\u{1a}").into_bytes(), Separator::Comma, 2),
        (plain.replace("C-1", "=\"C-1\"").into_bytes(), Separator::Comma, 2),
        (plain.replace("C-1", "\"=\"\"C-1\"\"\"").into_bytes(), Separator::Comma, 2),
        (
            format!("{},\r\n{row}\r\n", HEADER.replace("domain,", "domain,,"))
                .replace("example,", "example,,")
                .into_bytes(),
            Separator::Comma,
            2,
        ),
    ] {
        let sheet = read(&file).unwrap_or_else(|why| panic!("{why:?}: {}", String::from_utf8_lossy(&file)));
        assert_eq!((sheet.separator, sheet.lines.len()), (separator, 1));
        let Line { number, customer, .. } = &sheet.lines[0];
        assert_eq!((*number, customer.seats, customer.products.len()), (line, Some(25), 1));
        assert_eq!(customer.reference.as_str(), "C-1");
    }
}

#[test]
fn a_cell_below_no_name_is_told_with_its_place() {
    assert_eq!(
        problems(&format!("{HEADER},,\nC-1,One,one.example,yes,,,no,,,,note\n")),
        ["line 2: cell 11 is \"note\", and its column has no name. Name the column, or empty the cell."]
    );
}

#[test]
fn partner_centers_list_becomes_customers_by_domain() {
    let id = "7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a79";
    let text = format!(
        "\u{feff}Microsoft ID,Company name,Primary domain name,Relationship,Tags\r\n\
         {id},\"Bakery, Ltd\",bakery.onmicrosoft.com,Cloud Reseller,\r\n"
    );
    let sheet = read(text.as_bytes()).unwrap();
    assert!(sheet.is_of_partner_center);
    let one = &sheet.lines[0].customer;
    assert_eq!((one.reference.as_str(), one.name.as_str()), ("bakery.onmicrosoft.com", "Bakery, Ltd"));
    assert_eq!((one.tenant, one.is_active, one.is_managed), (id.parse().ok(), true, false));
    assert_eq!(one.products, [Product::Office365]);
    let listed = format!(
        "\"CustomerId\",\"DisplayName\",\"DefaultDomainName\"\n\"{id}\",\"Bakery, Ltd\",\"bakery.onmicrosoft.com\"\n"
    );
    assert_eq!(read(listed.as_bytes()).unwrap().lines[0].customer, *one);
    let broken = text.replace(id, "7c1e");
    assert!(problems(&broken)[0].starts_with("line 2: tenant is \"7c1e\"."), "{broken}");
}

#[test]
fn a_forgotten_quote_is_told_where_it_is() {
    let text = format!(
        "{HEADER}\nC-1,\"One,one.example,yes,,,no,,\nC-2,Two,two.example,yes,,,no,,\nC-3,Three,three.example,yes,,,no,,\n"
    );
    assert_eq!(
        problems(&text),
        ["line 2: a cell goes over more than one line. Is a quote (\") missing at its end?"]
    );
}

#[test]
fn hostile_words_are_cleaned_and_formulas_are_guarded() {
    let text = format!("{HEADER}\nC-1,Ev\u{202e}il\u{1b}[2J,one.example,yes,,,no,,\n");
    assert_eq!(names(&text)[0].1, "Ev\u{fffd}il\u{fffd}[2J");
    let customer = NewCustomer {
        reference: "=1+1".into(),
        name: "'@SUM(A1)".into(),
        domain: "one.example".into(),
        is_active: true,
        ..NewCustomer::default()
    };
    let written = write(std::iter::once(&customer));
    assert!(written.contains("\n'=1+1,''@SUM(A1),one.example,yes,,,no,,"), "{written}");
    assert_eq!(read(written.as_bytes()).unwrap().lines[0].customer, customer);
    // Where another sign separates cells, a cell of ours ends at each of them.
    let customer = NewCustomer { name: "a;=1+1| \"-2;b;'+3".into(), ..customer };
    let written = write(std::iter::once(&customer));
    assert!(written.contains("a;'=1+1|' \"\"-2;b;''+3"), "{written}");
    for separator in [';', '|', '\t'] {
        let cells = written.lines().flat_map(|line| line.split(separator));
        for cell in cells {
            assert!(!cell.trim_start_matches(['"', ' ']).starts_with(['=', '+', '-', '@']), "{written}");
        }
    }
    assert_eq!(read(written.as_bytes()).unwrap().lines[0].customer, customer);
}

proptest! {
    /// Whatever a record can hold comes back the same from a file.
    #[test]
    fn what_is_written_is_read_back(
        reference in "[!-~äß中'=+@-]{1,12}",
        name in "[ -~äß中\"'=+@,;| -]{0,30}",
        tenant in proptest::option::of(any::<[u8; 16]>()),
        is_active in any::<bool>(),
        is_managed in any::<bool>(),
        products in 0_usize..8,
        seats in proptest::option::of(any::<u32>()),
    ) {
        let customer = NewCustomer {
            reference: Text::clean(&reference),
            name: Text::clean(&format!("x{name}")),
            domain: "one.example".into(),
            is_active,
            products: Product::ALL.into_iter().enumerate().filter(|(at, _)| products >> at & 1 == 1).map(|(_, p)| p).collect(),
            tenant: tenant.and_then(|bytes| uuid::Uuid::from_bytes(bytes).to_string().parse().ok()),
            is_managed: is_managed && products & 1 == 1,
            time_zone: None,
            seats,
        };
        let read = read(write(std::iter::once(&customer)).as_bytes());
        prop_assert_eq!(read.map(|sheet| sheet.lines[0].customer.clone()), Ok(customer));
    }

    /// Any bytes are an answer, never a crash, and nothing else than lines of the file is told.
    #[test]
    fn any_bytes_are_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let lines = bytes.len() + 1;
        if let Err(problems) = read(&bytes) {
            prop_assert!(problems.iter().all(|problem| (1..=lines).contains(&problem.line)));
        }
    }
}
