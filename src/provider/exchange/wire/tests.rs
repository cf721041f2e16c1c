//! Answers in every style, hostile ones included.

use proptest::prelude::*;

use super::*;

const M: &str = r#"xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types""#;

fn envelope(body: &str) -> String {
    format!(
        r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{body}</s:Body></s:Envelope>"#
    )
}

fn outcome_of(body: &str) -> Result<Outcome, Unreadable> {
    read(envelope(body).as_bytes()).map(|answer| answer.outcome)
}

fn trouble_of(body: &str) -> Trouble {
    match outcome_of(body) {
        Ok(Outcome::Trouble(trouble)) => trouble,
        other => panic!("{other:?}"),
    }
}

fn find_people(inner: &str) -> String {
    format!(
        r#"<FindPeopleResponse ResponseClass="Success" xmlns="http://schemas.microsoft.com/exchange/services/2006/messages"
        xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><ResponseCode>NoError</ResponseCode>
        <People>{inner}</People><TotalNumberOfPeopleInView>7</TotalNumberOfPeopleInView></FindPeopleResponse>"#
    )
}

fn people_of(inner: &str) -> Vec<Person> {
    match outcome_of(&find_people(inner)) {
        Ok(Outcome::People(people)) => people,
        other => panic!("{other:?}"),
    }
}

#[test]
fn letters_are_read_as_mark_or_declaration_say() {
    let inner = r#"<Persona xmlns="http://schemas.microsoft.com/exchange/services/2006/types"><DisplayName>Zoë</DisplayName></Persona>"#;
    let document = |declaration: &str| format!("{declaration}{}", envelope(&find_people(inner)));
    let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let text = document(r#"<?xml version="1.0" encoding="utf-16"?>"#);
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(unit).collect()
    };
    let latin = |declaration: &str| -> Vec<u8> {
        document(declaration).chars().map(|letter| u8::try_from(letter).unwrap()).collect()
    };
    for (name, body) in [
        ("plain", document("").into_bytes()),
        ("with a mark", document("\u{feff}").into_bytes()),
        ("UTF-16, low bytes first", utf16(u16::to_le_bytes)),
        ("UTF-16, high bytes first", utf16(u16::to_be_bytes)),
        ("ISO-8859-1", latin(r#"<?xml version="1.0" encoding="ISO-8859-1"?>"#)),
        ("ISO-8859-1 in single quotes", latin("<?xml version='1.0' encoding='iso-8859-1'?>")),
    ] {
        let Ok(SoapResponse { outcome: Outcome::People(people), .. }) = read(&body) else { panic!("{name}") };
        assert_eq!(people[0].name, "Zoë", "{name}");
    }
}

#[test]
fn the_version_comes_from_the_header_whatever_its_prefix() {
    let text = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>
        <zz:ServerVersionInfo xmlns:zz="http://schemas.microsoft.com/exchange/services/2006/types" MajorVersion="15" MinorVersion="20"/>
        </s:Header><s:Body><m:GetFolderResponse xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages">
        <m:ResponseMessages><m:GetFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>
        </m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse></s:Body></s:Envelope>"#;
    let answer = read(text.as_bytes()).unwrap();
    assert_eq!(answer.version, Some((15, 20)));
    assert_eq!(answer.outcome, Outcome::Folder);
    let marked: Vec<u8> = [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat();
    assert!(read(&marked).is_ok(), "a byte order mark");
}

#[test]
fn an_error_is_read_from_a_fault_a_message_and_a_whole_response() {
    let detail = r#"<detail><e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">ErrorServerBusy</e:ResponseCode>
        <t:MessageXml xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><t:Value Name="BackOffMilliseconds">
        297749 </t:Value></t:MessageXml></detail>"#;
    let with_detail =
        format!("<s:Fault><faultcode>a:Other</faultcode><faultstring>x</faultstring>{detail}</s:Fault>");
    let message = format!(
        r#"<m:GetFolderResponse {M}><m:ResponseMessages><m:GetFolderResponseMessage ResponseClass="Error">
        <m:ResponseCode>ErrorServerBusy</m:ResponseCode><m:MessageXml><t:Value Name="BackOffMilliseconds">297749</t:Value></m:MessageXml>
        </m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse>"#
    );
    let whole = r#"<FindPeopleResponse ResponseClass="Error" xmlns="http://schemas.microsoft.com/exchange/services/2006/messages">
        <MessageText>x</MessageText><ResponseCode>ErrorServerBusy</ResponseCode><MessageXml>
        <Value Name="BackOffMilliseconds" xmlns="http://schemas.microsoft.com/exchange/services/2006/types">297749</Value></MessageXml>
        </FindPeopleResponse>"#;
    for (name, body) in [("fault", with_detail.as_str()), ("message", &message), ("whole", whole)] {
        let trouble = trouble_of(body);
        assert_eq!(trouble.code, "ErrorServerBusy", "{name}");
        assert_eq!(trouble.back_off, Some(Duration::from_millis(297_749)), "{name}");
    }
}

#[test]
fn a_fault_without_detail_has_its_code_behind_the_colon() {
    assert_eq!(
        trouble_of("<s:Fault><faultcode>a:ErrorImpersonateUserDenied</faultcode></s:Fault>").code,
        "ErrorImpersonateUserDenied"
    );
    assert_eq!(trouble_of("<s:Fault/>"), Trouble::default());
}

#[test]
fn where_a_request_broke_the_schema_is_kept() {
    let trouble = trouble_of(
        r#"<s:Fault><detail><e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">ErrorSchemaValidation</e:ResponseCode>
        <t:MessageXml xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><t:LineNumber>2</t:LineNumber>
        <t:LinePosition>30</t:LinePosition><t:Violation>order</t:Violation></t:MessageXml></detail></s:Fault>"#,
    );
    assert_eq!(trouble.violation.as_deref(), Some("line 2, position 30: order"));
}

#[test]
fn people_are_read_in_both_styles_and_with_parts_missing() {
    let people = people_of(
        r#"<Persona xmlns="http://schemas.microsoft.com/exchange/services/2006/types"><PersonaId Id="1"/><PersonaType>Person</PersonaType>
        <DisplayName>Ben &amp; Co</DisplayName><EmailAddress><Name>Ben</Name><EmailAddress>ben@customer.example</EmailAddress>
        <RoutingType>SMTP</RoutingType><MailboxType>Mailbox</MailboxType></EmailAddress></Persona>
        <t:Persona><t:PersonaId Id="2"/><t:EmailAddresses><t:Address><t:Name>Cleo</t:Name><t:EmailAddress>cleo@customer.example</t:EmailAddress>
        </t:Address></t:EmailAddresses></t:Persona>
        <t:Persona><t:PersonaId Id="3"/><t:EmailAddresses><t:EmailAddress><t:EmailAddress>dan@customer.example</t:EmailAddress>
        </t:EmailAddress></t:EmailAddresses></t:Persona>
        <t:Persona><t:PersonaId Id="4"/></t:Persona>
        <t:Persona><t:PersonaType>DistributionList</t:PersonaType><t:EmailAddress><t:EmailAddress>all@customer.example</t:EmailAddress></t:EmailAddress></t:Persona>
        <t:Persona><t:EmailAddress><t:EmailAddress>/o=x</t:EmailAddress><t:RoutingType>EX</t:RoutingType></t:EmailAddress></t:Persona>
        <t:Persona><t:EmailAddress><t:EmailAddress>c@customer.example</t:EmailAddress><t:MailboxType>Contact</t:MailboxType></t:EmailAddress></t:Persona>"#,
    );
    let read: Vec<_> =
        people.iter().map(|p| (p.name.as_str(), p.address.as_str(), p.may_be_mailbox)).collect();
    assert_eq!(
        read,
        [
            ("Ben & Co", "ben@customer.example", true),
            ("Cleo", "cleo@customer.example", true),
            ("", "dan@customer.example", true),
            ("", "", false),
            ("", "all@customer.example", false),
            ("", "/o=x", true),
            ("", "c@customer.example", false),
        ]
    );
}

#[test]
fn names_resolve_to_none_one_or_many() {
    let resolved = |class: &str, code: &str, set: &str| {
        outcome_of(&format!(
            r#"<m:ResolveNamesResponse {M}><m:ResponseMessages><m:ResolveNamesResponseMessage ResponseClass="{class}">
            <m:ResponseCode>{code}</m:ResponseCode>{set}</m:ResolveNamesResponseMessage></m:ResponseMessages></m:ResolveNamesResponse>"#
        ))
    };
    let none = Ok(Outcome::Names { people: Vec::new(), total: Some(0), has_more: false });
    assert_eq!(resolved("Error", "ErrorNameResolutionNoResults", ""), none);
    assert_eq!(resolved("Error", "ErrorInvalidNameForNameResolution", ""), none);
    let set = r#"<m:ResolutionSet TotalItemsInView="2" IncludesLastItemInRange="true"><t:Resolution><t:Mailbox><t:Name>Ben</t:Name>
        <t:EmailAddress>ben@customer.example</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType><t:MailboxType>Mailbox</t:MailboxType>
        </t:Mailbox></t:Resolution><t:Resolution><t:Mailbox><t:Name>All</t:Name><t:EmailAddress>all@customer.example</t:EmailAddress>
        <t:MailboxType>PublicDL</t:MailboxType></t:Mailbox></t:Resolution></m:ResolutionSet>"#;
    let Ok(Outcome::Names { people, total, has_more }) =
        resolved("Warning", "ErrorNameResolutionMultipleResults", set)
    else {
        panic!()
    };
    assert_eq!((total, has_more), (Some(2), false));
    for (said, has_more) in [("\"false\"", true), ("\"0\"", true), ("\"1\"", false), ("\"\"", false)] {
        let set = set.replace("\"true\"", said);
        let more = Ok(Outcome::Names { people: people.clone(), total, has_more });
        assert_eq!(resolved("Warning", "ErrorNameResolutionMultipleResults", &set), more, "{said}");
    }
    assert_eq!(people.iter().map(|p| p.may_be_mailbox).collect::<Vec<_>>(), [true, false]);
    assert!(matches!(resolved("Error", "ErrorNameResolutionNoMailbox", ""), Ok(Outcome::Trouble(_))));
}

#[test]
fn an_exchange_name_gives_way_to_the_mail_address_of_the_contact() {
    let resolved = |contact: &str| {
        let set = format!(
            r#"<m:ResolveNamesResponse {M}><m:ResponseMessages><m:ResolveNamesResponseMessage ResponseClass="Success">
            <m:ResponseCode>NoError</m:ResponseCode><m:ResolutionSet TotalItemsInView="1" IncludesLastItemInRange="true"><t:Resolution>
            <t:Mailbox><t:Name>Ben</t:Name><t:EmailAddress>/O=HOSTER/CN=BEN</t:EmailAddress><t:RoutingType>EX</t:RoutingType>
            <t:MailboxType>Mailbox</t:MailboxType></t:Mailbox>{contact}</t:Resolution></m:ResolutionSet>
            </m:ResolveNamesResponseMessage></m:ResponseMessages></m:ResolveNamesResponse>"#
        );
        match outcome_of(&set) {
            Ok(Outcome::Names { people, .. }) if people.len() == 1 => people[0].clone(),
            other => panic!("{other:?}"),
        }
    };
    let contact = |entries: &str| {
        format!(
            "<t:Contact><t:DisplayName>Ben</t:DisplayName><t:EmailAddresses>{entries}</t:EmailAddresses></t:Contact>"
        )
    };
    for (entries, address) in [
        (r#"<t:Entry Key="EmailAddress1">SMTP:ben@customer.example</t:Entry>"#, "ben@customer.example"),
        (
            r#"<t:Entry Key="EmailAddress1">smtp:b@customer.example</t:Entry><t:Entry Key="EmailAddress2">X500:/o=x</t:Entry>
            <t:Entry Key="EmailAddress3">SMTP:ben@customer.example</t:Entry>"#,
            "ben@customer.example",
        ),
        (r#"<t:Entry Key="EmailAddress2">smtp:b@customer.example</t:Entry>"#, "b@customer.example"),
        (r#"<t:Entry Key="EmailAddress1">SIP:ben@customer.example</t:Entry>"#, "/O=HOSTER/CN=BEN"),
        ("", "/O=HOSTER/CN=BEN"),
    ] {
        let person = resolved(&contact(entries));
        assert_eq!((person.address.as_str(), person.may_be_mailbox), (address, true), "{entries}");
    }
    assert_eq!(resolved("").address, "/O=HOSTER/CN=BEN", "a server that sends no contact");
}

#[test]
fn a_hostile_name_costs_neither_the_page_nor_more_than_itself() {
    let persona = |name: &str| {
        format!(
            "<t:Persona><t:DisplayName>{name}</t:DisplayName><t:EmailAddress><t:EmailAddress>a@customer.example\
             </t:EmailAddress></t:EmailAddress></t:Persona>"
        )
    };
    let people = people_of(
        &[persona("A&#x1B;[2J"), persona("B\u{8}"), persona("C&#0;&#xFFFF;"), persona("D &amp; E")].concat(),
    );
    let read: Vec<_> = people.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(read, ["A\u{FFFD}[2J", "B\u{FFFD}", "C\u{FFFD}\u{FFFD}", "D & E"]);
    let mut bytes = envelope(&find_people(&persona("Zo\u{eb}"))).into_bytes();
    let at = bytes.windows(2).position(|w| w == "\u{eb}".as_bytes()).unwrap();
    bytes[at + 1] = b'x';
    assert!(matches!(read_bytes(&bytes), Ok(Outcome::People(people)) if people.len() == 1), "broken UTF-8");
}

fn read_bytes(bytes: &[u8]) -> Result<Outcome, Unreadable> {
    read(bytes).map(|answer| answer.outcome)
}

#[test]
fn what_is_no_answer_is_told_apart() {
    for (name, body, error) in [
        ("nothing", String::new(), Unreadable::NotXml),
        ("web page", "<!DOCTYPE html><html><body>Login Timeout<br></body></html>".into(), Unreadable::NotXml),
        ("entities", "<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>".into(), Unreadable::NotXml),
        ("other XML", "<html/>".into(), Unreadable::NotSoap),
        ("https namespace", envelope("").replace("http://", "https://"), Unreadable::NotSoap),
        ("empty body", envelope(""), Unreadable::NotSoap),
        ("other operation", envelope("<GetItemResponse/>"), Unreadable::NotSoap),
        ("cut off", envelope("").replace("</s:Envelope>", ""), Unreadable::NotXml),
    ] {
        assert_eq!(read(body.as_bytes()), Err(error), "{name}");
    }
}

#[test]
fn deep_nesting_and_very_many_nodes_are_survived() {
    let deep = "<a>".repeat(200_000) + &"</a>".repeat(200_000);
    assert!(read(deep.as_bytes()).is_err());
    assert_eq!(read(envelope(&"<a/>".repeat(500_000)).as_bytes()), Err(Unreadable::NotXml));
}

#[test]
fn what_older_servers_and_others_put_in_place_of_a_code_and_a_place_is_read() {
    let fault = |code: &str, detail: &str| {
        trouble_of(&format!("<s:Fault><faultcode>{code}</faultcode><detail>{detail}</detail></s:Fault>"))
    };
    let e = "xmlns:e=\"http://schemas.microsoft.com/exchange/services/2006/errors\"";
    let detail = format!(
        "<e:ResponseCode {e}>ErrorSchemaValidation</e:ResponseCode><e:Line {e}>3</e:Line>\
         <e:Position {e}>20</e:Position><e:Violation {e}>not declared</e:Violation>"
    );
    let old = fault("s:Client", &detail);
    assert_eq!(old.violation.as_deref(), Some("line 3, position 20: not declared"));
    assert_eq!(old.code, "ErrorSchemaValidation");
    for word in ["SOAP:Server", "s:Client", "env:Receiver", "Sender"] {
        assert_eq!(fault(word, "").code, "", "{word}");
    }
    assert_eq!(fault("a:ErrorAccessDenied", "").code, "ErrorAccessDenied");
}

#[test]
fn a_bare_ampersand_or_less_than_costs_nobody_the_page() {
    let person = |name: &str| {
        format!(
            "<t:Persona><t:DisplayName>{name}</t:DisplayName><t:EmailAddress><t:EmailAddress>a@b.example\
             </t:EmailAddress></t:EmailAddress></t:Persona>"
        )
    };
    for (written, read) in [
        ("R&D", "R&D"),
        ("R & D", "R & D"),
        ("Me &", "Me &"),
        ("&&amp;&", "&&&"),
        ("Caf&eacute;", "Caf&eacute;"),
        ("a&#38;b&#x26;c&d", "a&b&c&d"),
        ("&#;&#x;&#X41;&", "&#;&#x;&#X41;&"),
        ("Ana <3", "Ana <3"),
        ("1 < 2 & 3", "1 < 2 & 3"),
        ("&#x1F;Bo & Co", "\u{FFFD}Bo & Co"),
    ] {
        let people = people_of(&(person(written) + &person("Ana")));
        let names: Vec<_> = people.iter().map(|person| person.name.as_str()).collect();
        assert_eq!(names, [read, "Ana"], "{written}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(read(&bytes).is_err());
    }

    #[test]
    fn no_content_makes_it_panic(name in "\\PC*|.*", number in "[&#x0-9a-fA-F;<>]{0,30}") {
        let body = envelope(&find_people(&format!("<t:Persona><t:DisplayName>{name}{number}</t:DisplayName></t:Persona>")));
        if let Ok(answer) = read(body.as_bytes()) {
            prop_assert!(matches!(answer.outcome, Outcome::People(_)));
        }
    }

    #[test]
    fn scrubbing_leaves_what_xml_allows(text in "\\PC*|.*|(&#x?[0-9a-f]{1,9};|[&<;a-z\u{0}-\u{1f}]|&amp;){0,20}") {
        let once = scrub(&text).into_owned();
        prop_assert!(once.chars().all(|c| is_xml_char(u32::from(c))));
        prop_assert!(matches!(scrub(&once), Cow::Borrowed(_)));
        if text.chars().all(|c| is_xml_char(u32::from(c))) && !text.contains(['&', '<']) {
            prop_assert_eq!(once, text);
        }
    }
}

#[test]
fn a_tag_with_a_hundred_thousand_attributes_is_refused_before_they_are_compared() {
    let many = |write: fn(usize) -> String| (0..100_000).map(write).collect::<Vec<_>>().concat();
    let attributes = many(|n| format!("a{n}='' "));
    let namespaces = many(|n| format!("xmlns:n{n}='u{n}' "));
    for (name, many) in [("attributes", attributes), ("namespaces", namespaces)] {
        let body = format!("<s:Envelope xmlns:s=\"{SOAP}\"><s:Body {many}/></s:Envelope>");
        assert_eq!(read(body.as_bytes()), Err(Unreadable::NotXml), "{name}");
    }
    let quoted = format!("<s:Fault><faultcode a='{}'>a:b</faultcode></s:Fault>", "=>/ ".repeat(10_000));
    assert_eq!(trouble_of(&quoted).code, "b", "what stands in quotes is no attribute");
}

#[test]
fn references_without_an_end_are_read_past_in_one_pass() {
    // Read to the end of the text each time, these four million bytes would take minutes.
    assert_eq!(read("&#".repeat(2_000_000).as_bytes()), Err(Unreadable::NotXml));
    let body = format!("{}<x>&#1;</x>", "&#".repeat(1_000_000));
    assert_eq!(read(body.as_bytes()), Err(Unreadable::NotXml));
}

#[test]
fn an_answer_that_was_cut_off_anywhere_is_never_good_news() {
    let whole = envelope(&find_people(
        "<t:Persona><t:DisplayName>B\u{e9}n</t:DisplayName><t:EmailAddress><t:EmailAddress>b@customer.example</t:EmailAddress></t:EmailAddress></t:Persona>",
    ));
    for at in 0..whole.len() {
        assert!(read(&whole.as_bytes()[..at]).is_err(), "cut after {at} bytes");
    }
    assert!(read(whole.as_bytes()).is_ok());
}
