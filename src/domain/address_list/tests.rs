//! Lists as people paste them and programs export them.

use proptest::prelude::*;

use super::*;

/// The addresses of a list, and the numbers, words and reasons of its bad lines.
fn both(text: &str) -> (Vec<String>, Vec<(usize, String, &'static str)>) {
    let AddressList { addresses, bad, .. } = read(text);
    let bad = bad.into_iter().map(|bad| (bad.number, bad.line.to_string(), bad.why)).collect();
    (addresses.iter().map(Address::to_string).collect(), bad)
}

/// The addresses of a list in which nothing is bad.
fn whole(text: &str) -> Vec<String> {
    let (addresses, bad) = both(text);
    assert_eq!(bad, [], "{text:?}");
    addresses
}

/// The bad lines of a list.
fn bad(text: &str) -> Vec<(usize, String)> {
    both(text).1.into_iter().map(|(number, line, _)| (number, line)).collect()
}

#[test]
fn a_mark_blanks_and_comments_are_no_addresses() {
    let text = "\u{feff}ann@bakery.example\r\n\r\n  # the shop\n\tben@bakery.example \n";
    assert_eq!(whole(text), ["ann@bakery.example", "ben@bakery.example"]);
    assert_eq!(whole("\u{feff}# nobody\n\n"), [""; 0]);
    assert_eq!(whole("ana@oddnames.example\n\u{1a}"), ["ana@oddnames.example"]);
    assert_eq!(whole("ana@x.example\r\u{feff}ben@x.example\r\n\r\n"), ["ana@x.example", "ben@x.example"]);
}

#[test]
fn every_line_without_an_address_is_named_by_its_number() {
    let text = "ann@bakery.example\n\nBen Baker\n#\nnobody\n";
    assert_eq!(bad(text), [(3, "Ben Baker".into()), (5, "nobody".into())]);
    assert_eq!(bad("ann@bakery.example\r\rBen\r\r\nx"), [(3, "Ben".into()), (5, "x".into())]);
}

/// An address is never cut at a sign that it may hold: what is left would be somebody else.
#[test]
fn an_apostrophe_belongs_to_the_address() {
    let mary = ["mary.o'dwyer@odwyer.example", "tom@odwyer.example"];
    for text in [
        "mary.o'dwyer@odwyer.example\ntom@odwyer.example",
        "O'Dwyer, Mary <mary.o'dwyer@odwyer.example>; Reilly, Tom <tom@odwyer.example>",
        "'mary.o'dwyer@odwyer.example' 'tom@odwyer.example'",
        "\"mary.o'dwyer@odwyer.example\",\"tom@odwyer.example\"",
        "‘mary.o'dwyer@odwyer.example’, “tom@odwyer.example”",
        "<mary.o'dwyer@odwyer.example> <tom@odwyer.example>",
        "\"O'Dwyer; Mary\" <mary.o'dwyer@odwyer.example>,'Tom' <tom@odwyer.example>",
        "SMTP:mary.o'dwyer@odwyer.example\nSMTP:tom@odwyer.example",
        "smtp:mary.o'dwyer@odwyer.example\nsmtp:tom@odwyer.example",
        "SMTP:mary.o'dwyer@odwyer.example smtp:mary@odwyer.example\nSMTP:tom@odwyer.example;smtp:t.reilly@odwyer.example",
        "\"SMTP:mary.o'dwyer@odwyer.example\";\u{a0}mailto:'tom@odwyer.example'",
        "Name;Mail\nMary O'Dwyer;mary.o'dwyer@odwyer.example\n'Tom';tom@odwyer.example",
    ] {
        assert_eq!(whole(text), mary, "{text:?}");
    }
}

/// Two addresses of one mailbox would be two seats.
#[test]
fn other_addresses_of_a_mailbox_are_told_apart() {
    let list = read("SMTP:tom@odwyer.example\nsmtp:t.reilly@odwyer.example\nann@odwyer.example");
    assert_eq!((list.addresses.len(), list.others.len(), list.bad.len()), (2, 1, 0));
    assert_eq!(AddressList::left_out(0), None);
    let said = "1 other address of a listed mailbox is left out (smtp: beside SMTP:)";
    assert_eq!(AddressList::left_out(1).as_deref(), Some(said));
}

#[test]
fn what_is_no_whole_address_is_a_bad_line_and_never_cut() {
    for (text, why) in [
        ("tom@odwyer.example.", "it ends with a dot"),
        (
            "tom@odwyer.example|dwyer@odwyer.example",
            "more than one @; white space, comma or semicolon parts them",
        ),
        (
            "tom@odwyer.example/dwyer@odwyer.example",
            "more than one @; white space, comma or semicolon parts them",
        ),
        ("mary.o’dwyer@odwyer.example", "an address has the plain apostrophe ('), if one"),
        ("mary o'dwyer@odwyer.example", ""),
        ("mary.o' dwyer@odwyer.example", ""),
        ("mary.o\"dwyer@odwyer.example", "it is not a whole address"),
        ("(dwyer@odwyer.example)", "it is not a whole address"),
        ("dwyer@odwyer.example>", "it is not a whole address"),
        ("u001@odwye", "the domain is not whole"),
        ("tom@", "the domain is missing"),
        ("@odwyer.example", "what stands before the @ is missing"),
        ("tom\u{200b}@odwyer.example", "it holds a character that nobody sees"),
        ("SIP:tom@odwyer.example", "only SMTP: and mailto: may stand before an address"),
        ("mailto:tom@odwyer.example?subject=x", "it is not a whole address"),
        ("Tom|tom@odwyer.example", "white space, comma or semicolon parts entries, and | does not"),
        ("=HYPERLINK(\"mailto:tom@odwyer.example\")", "only SMTP: and mailto: may stand before an address"),
        ("=\"tom@odwyer.example\"&\"\"", "it is not a whole address"),
        ("tom@odwyer.example <dwyer@odwyer.example>", "two addresses where one is meant"),
        ("Tom <tom@odwyer>", "the domain is not whole"),
        ("Tom <tom@odwyer.example", ""),
        ("Ana Petrov", ""),
    ] {
        let (addresses, bad) = both(text);
        assert_eq!(addresses, [""; 0], "{text:?}");
        assert_eq!(bad.len(), 1, "{text:?}");
        assert_eq!((bad[0].0, bad[0].2), (1, why), "{text:?}");
    }
}

#[test]
fn a_name_may_be_the_address_once_more() {
    for text in [
        "Ann@x.example<mailto:ann@x.example>",
        "\"old@x.example\" <ann@x.example>",
        "'old@x.example' <ann@x.example>",
        "\"Ann <ann@x.example>\"",
    ] {
        assert_eq!(whole(text), ["ann@x.example"], "{text:?}");
    }
    let three = ["a@x.example", "b@x.example", "c@x.example"];
    assert_eq!(whole("a@x.example, Baker, Ben <b@x.example>, <c@x.example>,"), three);
    assert_eq!(whole("a@x.example b@x.example\tc@x.example"), three);
}

/// Of one long line only the entry that can't be used is left out.
#[test]
fn entries_of_a_line_stand_by_themselves() {
    let (addresses, bad) = both("a@x.example; tom@; b@x.example\nx; y");
    assert_eq!(addresses, ["a@x.example", "b@x.example"]);
    let lines: Vec<(usize, &str)> = bad.iter().map(|(number, line, _)| (*number, line.as_str())).collect();
    assert_eq!(lines, [(1, "tom@"), (2, "x")]);
}

#[test]
fn a_table_is_read_by_the_headings_of_microsofts_exports() {
    for text in [
        "#TYPE Selected.System.Object\r\n\"PrimarySmtpAddress\"\r\n\"ana@x.example\"\r\n\"sean.o'neil@x.example\"\r\n",
        "\"UserPrincipalName\"\r\n\"ana@x.example\"\r\n\"sean.o'neil@x.example\"\r\n",
        "Block credential,City,Country/Region,Department,Display name,User principal name\r\n\
         False,Perth,Australia,Ops,Ana Petrov,ana@x.example\r\n\
         False,\"1 Long Street\r\nPerth\",Australia,\"Ops, all\",\"O'Neil, Sean\",sean.o'neil@x.example\r\n",
        "sep=;\nDisplay name;Email address;Alternate email address\nAna;ana@x.example;ana@home.example\nSean;sean.o'neil@x.example;\n",
        "displayName\tuserPrincipalName\tmail\tgivenName\nAna\ta@x.local\tana@x.example\t\nSean\tsean.o'neil@x.example\t\t\n",
        "version:v1.0\nMember object ID or user principal name [memberObjectIdOrUpn] Required\nana@x.example\nsean.o'neil@x.example\n",
        "Name,EmailAddresses\nAna,\"smtp:a@x.example,SMTP:ana@x.example,SIP:ana@x.example\"\nSean,SMTP:sean.o'neil@x.example+smtp:s@x.example",
        "# ours\nName,Email,,,\nAna,ana@x.example,,,\n,,,,\n#\n\"sean.o'neil@x.example\"\n",
    ] {
        assert_eq!(whole(text), ["ana@x.example", "sean.o'neil@x.example"], "{text:?}");
    }
}

/// What nobody sees at the ends of a word is not cut from an address; what may stand within one is.
#[test]
fn what_programs_leave_around_an_address_is_passed_over() {
    for text in [
        "\u{202a}ana@x.example\u{202c}\n\u{200e}ben@x.example\u{200b}\n",
        "\u{2060}<ana@x.example\u{ad}>;\u{200b}'ben@x.example'\u{feff}",
        "\0ana@x.example\nben@x.example\0\n",
        "=\"ana@x.example\"\n=\"ben@x.example\"\n",
        "Email,Name\n=\"ana@x.example\",Ana\n\"=\"\"ben@x.example\"\"\",Ben\n",
        "PrimarySmtpAddress\r\n------------------\r\nana@x.example     \r\nben@x.example     \r\n\r\n\r\n",
        "sep=|\nName|Email\nAna|ana@x.example\nBen|ben@x.example\n",
        "\"User principal name\"|\"Display name\"\nana@x.example|Petrov, Ana\nben@x.example|Ben\n",
        "User,Work email\nAna,ana@x.example\nBen,ben@x.example\n",
    ] {
        assert_eq!(whole(text), ["ana@x.example", "ben@x.example"], "{text:?}");
    }
}

/// An error of a spreadsheet stands for an address, and a remark begins a line.
#[test]
fn a_spreadsheets_error_is_no_remark() {
    for (text, line) in [
        ("#N/A\nana@x.example", 1),
        ("ana@x.example\n#REF!\n", 2),
        ("Name,Email\nAna,ana@x.example\nBen,#N/A\n", 3),
        ("Email,Name\nana@x.example,Ana\n#NAME?,Ben\n", 3),
    ] {
        let (addresses, bad) = both(text);
        assert_eq!(addresses, ["ana@x.example"], "{text:?}");
        assert_eq!(bad.iter().map(|(number, ..)| *number).collect::<Vec<_>>(), [line], "{text:?}");
    }
    assert_eq!(whole("#REF: old ones!\nName,Email\n# not Ben\nAna,ana@x.example"), ["ana@x.example"]);
}

/// Which of two columns is meant can't be told by their heading.
#[test]
fn two_columns_with_one_heading_must_agree() {
    let (addresses, bad) = both(
        "Email 1,Email 2\nana@x.example,a.petrov@x.example\nben@x.example,\nCy@x.example,cy@x.example\n",
    );
    assert_eq!(addresses, ["ben@x.example", "Cy@x.example"]);
    assert_eq!(
        bad.iter().map(|(number, _, why)| (*number, *why)).collect::<Vec<_>>(),
        [(2, "another column with the same heading has another address")]
    );
}

#[test]
fn rows_of_a_table_that_can_not_be_used_are_told_with_their_line() {
    let text = "Name,Email\r\nPetrov, Ana,ana@x.example\r\n\r\nBen,\r\n\"Cy\r\nD\",c@x.example\r\nEve,eve@x\r\n\"Fay,f@x.example\r\nGus,g@x.example\r\n";
    let (addresses, bad) = both(text);
    assert_eq!(addresses, ["c@x.example"]);
    let told: Vec<(usize, &str)> = bad.iter().map(|(number, _, why)| (*number, *why)).collect();
    assert_eq!(
        told,
        [
            (2, "it has more cells than the heading"),
            (4, "the cell of its address is empty"),
            (7, "the domain is not whole"),
            (8, "a quote (\") is missing at its end"),
        ]
    );
}

#[test]
fn bad_lines_are_told_in_one_sentence() {
    let list = read("tom@x.example.\nx\ny\n");
    assert_eq!(
        told(&list.bad, 2),
        "No e-mail address in line 1 (“tom@x.example.”: it ends with a dot), line 2 (“x”) and 1 more"
    );
    assert_eq!(list.clone().whole().unwrap_err(), list.bad);
}

proptest! {
    /// Every address that is taken stands in the text as a whole: nothing that may be in an address is before or behind it.
    #[test]
    fn an_address_is_never_a_part_of_a_word(text in "([a-c.'@\"<>,;|: ’\t\n]|SMTP:|@b.c){0,40}") {
        for address in read(&text).addresses {
            let is_whole = text.match_indices(address.as_str()).any(|(at, found)| {
                let inner = |c: char| c.is_alphanumeric() || matches!(c, '.' | '@' | '|' | '’');
                let (before, rest) = text.split_at(at);
                let (_, behind) = rest.split_at(found.len());
                (before.ends_with("SMTP:") || !before.ends_with(inner)) && !behind.starts_with(inner)
            });
            prop_assert!(is_whole, "{} of {:?}", address, text);
        }
    }

    /// What was read is read again the same.
    #[test]
    fn what_was_taken_is_taken_again(text in "\\PC{0,80}") {
        let taken: Vec<String> = read(&text).addresses.iter().map(Address::to_string).collect();
        prop_assert_eq!(whole(&taken.join("\n")), taken);
    }
}
