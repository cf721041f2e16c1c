//! The table is whole and readable, and people find what they read out.

use proptest::prelude::*;

use super::*;

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
    invalid_request invalid_client unauthorized_client invalid_grant access_denied interaction_required";

#[test]
fn the_table_knows_every_code_of_the_references() {
    assert!(toml::from_str::<File>(TABLE).is_ok(), "{:?}", toml::from_str::<File>(TABLE).err());
    for code in ALL.split_whitespace() {
        let hits = look_up(code);
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
        ("9094", "90094"),
        ("login timeout", "440"),
        ("conditional access", "53003"),
    ] {
        let hits = look_up(query);
        let code = hits.first().and_then(|hit| hit.codes.first());
        assert_eq!(code.map(Text::as_str), Some(first), "{query}");
    }
    let two: Vec<_> =
        look_up("50020 and then 90094, 50020").iter().map(|hit| hit.codes[0].as_str()).collect();
    assert_eq!(two, ["50020", "90094"], "several codes, each once, as read out");
    for query in ["", "  ", "the page says", "zzzzzz qqqqq"] {
        assert!(look_up(query).is_empty(), "{query:?}");
    }
}

proptest! {
    #[test]
    fn no_words_break_the_look_up(query in "\\PC{0,80}") {
        let hits = look_up(&query);
        prop_assert!(hits.len() <= entries().len());
    }
}
