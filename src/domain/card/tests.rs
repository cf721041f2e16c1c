//! The table of cards is whole, and a failure has the card that is about it.

use super::*;

/// The last id; with it the table is as long as the ids are many.
const LAST: CardId = CardId::OutcomeAutomatic;

#[test]
fn every_card_is_written_down_with_sentences_that_are_whole() {
    let table: Table = toml::from_str(TABLE).unwrap();
    assert_eq!(table.cards.len(), LAST as usize + 1);
    for (id, written) in &table.cards {
        let is_whole = written.say.ends_with(['.', '?']) || written.say.ends_with(" {reason}");
        assert!(is_whole && written.sees.ends_with('.'), "{id:?}");
        if let Some(branches) = &written.branches {
            assert!(!table.branches[branches].is_empty(), "{id:?}");
        }
    }
    assert!(table.reasons.iter().all(|reason| reason.say.ends_with(['.', '?'])));
    for (name, keys) in &table.branches {
        assert!(table.cards.values().any(|card| card.branches.as_ref() == Some(name)), "{name}");
        for branch in keys {
            let (Branch::Always(key) | Branch::Only { row: key, .. }) = branch;
            let entry = explain::by_key(key).unwrap_or_else(|| panic!("{name}: {key}"));
            assert!(!entry.heard().as_str().ends_with('.'), "{key}: {}", entry.heard());
            assert!(!entry.say_with(&[("organisation", "Org")]).as_str().contains(['{', '}']), "{key}");
        }
    }
}

#[test]
fn names_are_filled_in_once() {
    let names = [("found", "Cafe {organisation}"), ("organisation", "Harbour {x")];
    let card = Card::of(CardId::ConsentElsewhere, &names);
    assert!(card.say.as_str().starts_with("You were signed in to Cafe {organisation}. "), "{}", card.say);
    assert!(card.say.as_str().ends_with(" and sign in to Harbour {x."), "{}", card.say);
    assert!(card.wrong.iter().any(|(_, say)| say.as_str().ends_with("administrator of Harbour {x.")));
    assert_eq!(Card::of(CardId::Customers, &[]).wrong, []);
}

#[test]
fn a_failure_says_what_its_code_means_to_whom_it_is_about() {
    let failure = |kind, code: Option<&str>| {
        let failure = Failure::new(kind, "it failed", "Wait.");
        code.map_or_else(|| failure.clone(), |code| failure.clone().with_code(code))
    };
    for (failure, party, id, say) in [
        (
            failure(FailureKind::NotFound, Some("90002")),
            Party::Microsoft,
            CardId::TenantUnknown,
            "That ID isn't known to Microsoft.",
        ),
        (
            failure(FailureKind::Refused, Some("5000224")),
            Party::Microsoft,
            CardId::TenantRefused,
            "Your Microsoft 365 looks closed.",
        ),
        (
            failure(FailureKind::Refused, Some("53003")),
            Party::Microsoft,
            CardId::ConsentPolicy,
            "A security rule of your organisation",
        ),
        (
            failure(FailureKind::Internal, Some("7000222")),
            Party::Microsoft,
            CardId::OurSide,
            "That's on our side",
        ),
        (
            failure(FailureKind::Unreachable, Some("503")),
            Party::Microsoft,
            CardId::MicrosoftBusy,
            "The service is busy.",
        ),
        // Of a hosting company's server it would mean the account.
        (
            failure(FailureKind::Refused, Some("401")),
            Party::Microsoft,
            CardId::ConsentRefused,
            "Microsoft keeps us out",
        ),
        (
            failure(FailureKind::Refused, Some("401")),
            Party::Hoster,
            CardId::HostedPassword,
            "The server does not accept the service account.",
        ),
        (
            failure(FailureKind::Refused, Some("ErrorImpersonateUserDenied")),
            Party::Hoster,
            CardId::HostedImpersonation,
            "Our service account may not open this mailbox.",
        ),
        (
            failure(FailureKind::Unreachable, None),
            Party::Hoster,
            CardId::HostedNoAnswer,
            "Your mail server does not answer",
        ),
        (
            failure(FailureKind::Unreachable, None).with_card(CardId::OurLine),
            Party::Hoster,
            CardId::OurLine,
            "I can't get through from here",
        ),
    ] {
        assert_eq!(of_failure(&failure, party), id, "{failure:?}");
        let said = Card::of_failure(&failure, party, &[]).say;
        assert!(said.as_str().starts_with(say), "{id:?}: {said}");
    }
}

#[test]
fn each_permission_is_asked_about_by_the_words_of_microsofts_page() {
    let permissions = [("Mail.ReadWrite", "Back up"), ("Notes.Read.All", "Back up notes")];
    let permissions = permissions.map(|(name, reason)| (Text::from(name), Text::from(reason)));
    let card = Card::default().with_permissions(&permissions);
    assert_eq!(card.wrong[0].0.as_str(), "“Read and write mail in all mailboxes”");
    assert!(card.wrong[0].1.as_str().contains("put it back"), "{}", card.wrong[0].1);
    assert_eq!(card.wrong[1], ("“Notes.Read.All”".into(), "Back up notes.".into()));
}
