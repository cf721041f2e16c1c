//! The table is whole and readable, and people find what they read out.

use proptest::prelude::*;

use super::*;
use crate::domain::{permission::PermissionSet, phrase::phrase};

/// Every code of the tables in microsoft-identity-and-graph.md (5.2, 10.1) and exchange-web-services.md (9.2, 10).
const ALL: &str = "90002 900023 5000224 90038 50059 90019 50128 700016 7000229 700011 7000112 70001 1000031 7000215 7000222
    700027 700030 50012 700023 7000218 700025 500011 650052 650056 650057 65005 650051 70011 28002 65001 65004 90094 90095
    90093 90099 50011 500113 900971 50194 50020 16000 16003 51004 50014 50034 90072 50177 50105 50126 50053 50055 50144 50057
    50058 50072 50079 50074 50076 50078 50097 50129 50155 50158 53000 53001 53003 53004 53011 50131 530032 530035 530034
    500212 500213 500021 500022 50140 50199 54005 501481 700005 70008 700082 50173 70043 70016 70018 70019 50196 90033 90006
    90024 50033 90055 Request_BadRequest Request_UnsupportedQuery Directory_ExpiredPageToken
    DirectoryPageTokenNotFoundException InvalidAuthenticationToken InvalidCloudInstance Authorization_RequestDenied
    ErrorAccessDenied insufficient_claims 402 Request_ResourceNotFound ResourceNotFound MailboxNotEnabledForRESTAPI
    syncStateNotFound resyncRequired TooManyRequests activityLimitReached UnknownError NotImplemented serviceNotAvailable
    ErrorImpersonateUserDenied ErrorImpersonationDenied ErrorImpersonationFailed ErrorNonExistentMailbox ErrorInvalidUserSid
    ErrorInvalidSid ErrorInvalidUserPrincipalName ErrorInvalidExchangeImpersonationHeaderData
    ErrorMoreThanOneAccessModeSpecified ErrorMissingEmailAddress ErrorNameResolutionNoMailbox ErrorAccountDisabled
    ErrorPasswordExpired ErrorPasswordChangeRequired ErrorServerBusy ErrorExceededConnectionCount
    ErrorInternalServerTransientError ErrorTimeoutExpired ErrorMailboxStoreUnavailable ErrorMailboxFailover
    ErrorADUnavailable ErrorConnectionFailed ErrorMailboxMoveInProgress ErrorInvalidServerVersion
    ErrorIncorrectSchemaVersion ErrorInvalidSchemaVersionForMailboxVersion ErrorSchemaValidation ErrorInvalidRequest
    ErrorOrganizationAccessBlocked ErrorInvalidLicense ErrorDiscoverySearchesDisabled 401 403 404 440 301 302 500 503 200
    invalid_request invalid_client unauthorized_client invalid_grant access_denied interaction_required 500014 900382 900432
    500121 530003 90009 500208 50085 50089 900421 50005 53002 53010 50125 50135 80001 80012 20012 90090 50002 50064 9002313";

#[test]
fn the_table_knows_every_code_of_the_references() {
    assert!(toml::from_str::<File>(TABLE).is_ok(), "{:?}", toml::from_str::<File>(TABLE).err());
    for code in ALL.split_whitespace() {
        let hits = look_up(code, Party::Microsoft);
        assert_eq!(hits.len(), 1, "{code}");
        assert!(hits[0].codes.iter().any(|c| c.as_str() == code), "{code}");
    }
}

#[test]
fn every_entry_says_all_and_no_code_stands_twice() {
    let mut seen = BTreeSet::new();
    for entry in entries() {
        let next = entry.next.for_commands();
        assert!(!next.as_str().contains(['{', '}']), "every way on has a name: {next}");
        for text in [&entry.title, &entry.means, &entry.say, &next] {
            assert!(!text.is_empty() && !text.as_str().contains('\u{FFFD}'), "{}", entry.title);
        }
        assert!(entry.means.as_str().ends_with(['.', '?']), "{}", entry.means);
        assert!(entry.codes.iter().all(|code| seen.insert(code.as_str().to_lowercase())), "{}", entry.title);
    }
}

#[test]
fn people_find_what_they_read_out() {
    for (query, first) in [
        ("90094", "90094"),
        ("AADSTS90094: something", "90094"),
        ("aadsts 50020", "50020"),
        ("errorimpersonateuserdenied", "ErrorImpersonateUserDenied"),
        ("need admin approval", "90094"),
        ("needs admin aproval", "90094"),
        ("it says Need admin approval on the page", "90094"),
        ("selected user account does not exist", "50020"),
        ("no reply address", "500113"),
        ("kiosk licence", "403"),
        ("403 for a kiosk mailbox", "403"),
        ("login timeout", "440"),
        ("conditional access", "53003"),
    ] {
        let hits = look_up(query, Party::Microsoft);
        let code = hits.first().and_then(|hit| hit.codes.first());
        assert_eq!(code.map(Text::as_str), Some(first), "{query}");
    }
    let two: Vec<_> = look_up("50020 and then 90094, 50020", Party::Microsoft)
        .iter()
        .map(|hit| hit.codes[0].as_str())
        .collect();
    assert_eq!(two, ["50020", "90094"], "several codes, each once, as read out");
    for query in ["", "  ", "the page says", "zzzzzz qqqqq"] {
        assert!(look_up(query, Party::Microsoft).is_empty(), "{query:?}");
    }
}

#[test]
fn what_callers_say_is_found_however_it_is_typed() {
    for (query, key) in [
        ("I have accepted and nothing happened", "accepted-nothing"),
        ("i accepted but nothing happened", "accepted-nothing"),
        ("nothing happened, I have accepted!", "accepted-nothing"),
        ("she has accepted and it still waits", "accepted-nothing"),
        ("they accepted already", "accepted-nothing"),
        ("acepted nothing hapened", "accepted-nothing"),
        ("I pressed Cancel", "65004"),
        ("he pressed cancel", "65004"),
        ("cancelled", "65004"),
        ("Need admin approval", "90094"),
        ("the page names another organisation", "other-organisation"),
        ("page shows wrong organisation", "other-organisation"),
        ("another organization on the page", "other-organisation"),
        ("What is this permission for?", "permissions"),
        ("why so many permissions", "permissions"),
        ("is it safe", "is-it-safe"),
        ("what can you read", "is-it-safe"),
        ("can you read our e-mail?", "is-it-safe"),
        ("it asks for a password I don't know", "unknown-password"),
        ("dont know the password", "unknown-password"),
        ("Mail.ReadWrite", "Mail.ReadWrite"),
        ("read and write mail in all mailboxes", "Mail.ReadWrite"),
        ("Read all users' full profiles", "User.Read.All"),
        ("why do we have to accept again", "why-again"),
        ("when is the first backup", "first-backup"),
        ("it wants a code on my phone", "50074"),
    ] {
        let hits = look_up(query, Party::Microsoft);
        let first = hits
            .first()
            .map(|hit| hit.codes.first().map_or_else(|| hit.key.clone(), |code| code.as_str().to_owned()));
        assert_eq!(first.as_deref(), Some(key), "{query}");
    }
}

#[test]
fn every_permission_has_its_sentence_and_keys_are_no_codes() {
    for permission in PermissionSet::usual().unwrap().rows {
        let entry = by_key(permission.value.as_str()).unwrap();
        assert!(entry.say.as_str().starts_with("With it we ") && entry.say.as_str().ends_with('.'));
        assert!(entry.heard().as_str().starts_with('“'), "{}", entry.heard());
    }
    let mut keys: Vec<&str> = entries().iter().map(|entry| entry.key.as_str()).collect();
    keys.retain(|key| !key.is_empty());
    let all = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), all, "no key stands twice");
    assert!(keys.iter().all(|key| by_code(key).is_none()));
    assert!(entries().iter().all(|entry| !entry.codes.is_empty() || !entry.phrases.is_empty()));
}

#[test]
fn bad_news_says_the_way_to_its_code_once_and_only_where_it_is_known() {
    let failure = Failure::new(FailureKind::Refused, "it failed", "Wait.");
    assert_eq!(with_way(failure.clone()), failure);
    assert_eq!(with_way(failure.clone().with_code("xyz")).hint.for_commands().as_str(), "Wait.");
    let known = with_way(failure.with_code("90002"));
    let words = "Wait. The command backup365 explain looks the code up.";
    assert_eq!(known.hint.for_commands().as_str(), words);
    assert_eq!(with_way(known.clone()), known);
    let run = WayOn::HaveRun(vec!["New-ManagementScope".into()]);
    let lines =
        Failure::new(FailureKind::Refused, "it failed", phrase!["Wait. ", run.clone()]).with_code("90002");
    let hint = with_way(lines).hint;
    assert_eq!(
        hint,
        phrase!["Wait. ", WayOn::Explain, " ", run],
        "the lines follow the words that announce them"
    );
}

#[test]
fn a_number_is_found_by_that_number_only_in_any_text() {
    let first = |query: &str| {
        look_up(query, Party::Microsoft)
            .first()
            .and_then(|hit| hit.codes.first())
            .map(|code| code.as_str().to_owned())
    };
    for (query, code) in [
        ("500121", "500121"),
        (
            "AADSTS500121: Bei der Anforderung einer strengen Authentifizierung ist ein Fehler aufgetreten.",
            "500121",
        ),
        ("エラー コード: AADSTS500121認証に失敗しました。 要求 ID: 5d0a1c77-2b43-4f0e-9d61-50126", "500121"),
        ("错误代码AADSTS500121身份验证失败", "500121"),
        ("Fehlercode: 530003\r\nAnforderungs-ID: 90c7e2a4-6f18-4d35\r\n2026-11-29T10:15:30.500Z", "530003"),
        ("AADSTS 700024 at 10:15:30.403, status 401", "700024"),
        (
            "https://x.example/?error=access_denied&error_description=AADSTS65004%3a+The+user+declined&state=200",
            "65004",
        ),
        (r#"{"error":"invalid_resource","error_codes":[500014]}"#, "500014"),
        ("status 403", "403"),
        ("admin_consent=True&error=access_denied&error_description=No&tenant=11&state=500", "access_denied"),
        ("admin_consent=True&tenant=7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1403&state=403", "admin_consent"),
        (
            "https://partner.example/done?error=access_denied&error_subcode=cancel&state=12345&tenant=50020#",
            "access_denied",
        ),
        ("https://partner.example/done#error=consent%5frequired&state=403", "invalid_grant"),
        ("error=server&error_description=AADSTS650051%3A%20of%20app%2090094", "650051"),
        (
            "2026-11-29T10:15:30.403+11:00 WARN call failed call=17 HTTP/1.1 503 length=181920",
            "serviceNotAvailable",
        ),
        ("WARN what=Microsoft refused (AADSTS53003) status=400 at 10:15:30.403", "53003"),
    ] {
        let hits = look_up(query, Party::Microsoft);
        assert_eq!(first(query).as_deref(), Some(code), "{query}");
        assert_eq!(hits.len(), 1, "{query}");
    }
    for query in [
        "9094",
        "90004711",
        "500122",
        "AADSTS500122: The user account is disabled",
        "AADSTS999999 need admin approval",
        "x90094y",
        "2026-11-29 10:15",
    ] {
        assert_eq!(answer(query, Party::Microsoft), (Found::Nothing, Vec::new()), "{query}");
    }
    assert_eq!(platform_number("Error code: 500122, status 400").as_deref(), Some("500122"));
    assert_eq!(platform_number("status 400"), None);
}

#[test]
fn every_side_has_words_for_a_failure() {
    for entry in entries() {
        let happened = entry.happened.as_str();
        assert!(!happened.is_empty() && !happened.ends_with('.'), "{happened}");
        let hint = entry.hint.as_ref().map(Phrase::for_commands);
        let is_told = matches!(entry.side, Side::Customer | Side::Hoster);
        assert!(hint.is_some() || !is_told, "{happened}: whoever has to do something hears what");
        if entry.side == Side::Customer {
            let words = hint.unwrap().to_string() + entry.say.as_str();
            assert!(
                !words.contains("support team") && !words.contains("on our side. there is nothing"),
                "{words}"
            );
        }
    }
    for code in
        ["500014", "900382", "50079", "530035", "530003", "500121", "90009", "500208", "50085", "5000224"]
    {
        let entry = by_code(code).unwrap();
        assert_eq!((entry.side, entry.kind), (Side::Customer, FailureKind::Refused), "{code}");
    }
    assert_eq!(by_code("900421").unwrap().side, Side::Ours);
    assert_eq!(by_code("90002").unwrap().kind, FailureKind::NotFound);
}

proptest! {
    #[test]
    fn no_words_break_the_look_up(query in "\\PC{0,80}") {
        let hits = look_up(&query, Party::Hoster);
        prop_assert!(hits.len() <= entries().len());
    }
}

#[test]
fn what_a_hosting_company_has_to_do_comes_first_where_it_has_the_mailboxes() {
    for (query, title) in [
        ("wrong password", "User name or password is not accepted"),
        ("nobody answers", "The server does not answer"),
        ("server does not answer", "The server does not answer"),
        (
            "mail.redgum.example did not accept the user name or password",
            "User name or password is not accepted",
        ),
        (
            "this is Exchange Online, where this kind of access has ended",
            "The mailboxes are in Microsoft's cloud",
        ),
        ("my IT guy has to do it", "Somebody else looks after their computers"),
        ("our IT company", "Somebody else looks after their computers"),
    ] {
        let hits = look_up(query, Party::Hoster);
        assert_eq!(hits.first().map(|hit| hit.title.as_str()), Some(title), "{query}");
    }
    assert_eq!(look_up("wrong password", Party::Microsoft)[0].codes[0].as_str(), "50126");
}

#[test]
fn a_failure_without_a_code_is_looked_up_by_what_the_table_calls_it() {
    let failure = Failure::new(FailureKind::Refused, "it failed", "Wait.");
    assert_eq!(question(&failure).as_str(), "it failed");
    assert_eq!(question(&failure.clone().with_code("90002")).as_str(), "90002");
    for card in CardId::BROUGHT_ALONG {
        let asked = question(&failure.clone().with_card(card));
        for party in [Party::Microsoft, Party::Hoster] {
            let hits = look_up(asked.as_str(), party);
            assert_eq!(hits.first().and_then(|hit| hit.card), Some(card), "{asked}");
        }
    }
}

#[test]
fn what_is_to_be_done_names_no_key_for_what_stands_there_or_is_over() {
    let next = |key: &str| by_key(key).unwrap().next.for_commands().to_string();
    assert_eq!(next("65004"), "The link is still good; they open it again.");
    assert!(!next("more-seats").contains("park"), "{}", next("more-seats"));
    assert!(next("90002").contains("on record"), "{}", next("90002"));
}
