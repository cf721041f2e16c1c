//! The words of the authorise screen: where the proof stands, what is awaited, what to say to the customer.

use std::time::Duration;

use crate::{
    domain::{
        card::{self, Card, CardId, Party},
        consent::{self, Landed},
        failure::{Failure, FailureKind},
        invitation::{self, Letter},
        phrase::Phrase,
        run::RunRecord,
        sydney::clock_in_words,
        tenant::{Check, CheckState, Organisation, Verdict},
        text::Text,
        time::{Moment, in_words},
    },
    wizard::{
        context::ViewCx,
        part::wait,
        view::{Block, Fact, Handout, HandoutId, Notice, Tone},
    },
};

/// Said where no browser can be opened.
pub(super) const NO_BROWSER: &str =
    "No browser can be opened from here. Send the link to the customer, or open it on your own computer.";

/// Said where nobody may accept for the customer from here.
pub(super) const NO_OWN_RIGHT: &str =
    "You can't accept for this customer from here. Send the link to their administrator.";

/// One question to Microsoft.
const ASKING: wait::Kind = wait::Kind { what: "Asking Microsoft", usual: "3 s", worst: "1 min" };

/// One try of the service account.
const TRYING: wait::Kind = wait::Kind { what: "Trying the service account", usual: "5 s", worst: "2 min" };

/// The question of the screen; once it has been answered, the answer.
pub(super) fn heading(cx: ViewCx<'_>, record: &RunRecord) -> Phrase {
    let (product, customer) = (record.product.name(), &record.customer.name);
    let is_hosted = record.product.is_hosted();
    if !is_hosted && matches!(cx.session.proving.verdict(), Some(Verdict::Proved | Verdict::Spreading)) {
        format_args!("{customer} has allowed the backup of {product}").into()
    } else if is_hosted {
        format_args!("Does the access to {product} of {customer} work?").into()
    } else {
        format_args!("Has {customer} allowed the backup of {product}?").into()
    }
}

/// Where it stands, in one sentence, and how grave that is.
pub(super) fn state(cx: ViewCx<'_>, record: &RunRecord, is_link_shown: bool) -> (Tone, Phrase) {
    if cx.session.must_accept().is_some() && !is_elsewhere(cx) {
        let words = if is_link_shown {
            "The customer must accept again. Send this link to their administrator."
        } else {
            "The customer must accept again. Authorise shows the link for their administrator."
        };
        return (Tone::Warn, words.into());
    }
    if let Some(enabled) = record.enabled.filter(|_| !is_elsewhere(cx)) {
        let since = clock_in_words(enabled, cx.now, cx.setup.here.as_str());
        return (Tone::Good, format_args!("{} is enabled since {since}.", record.product.name()).into());
    }
    let (tone, words) = match cx.session.proving.verdict() {
        Some(Verdict::WrongTenant { found }) => {
            let (expected, found) = (expected(record, "not known"), found.named());
            let words = format_args!(
                "Wrong organisation. This run is for {expected}; the answers name {found}. Nothing has been enabled."
            );
            return (Tone::Bad, words.into());
        }
        Some(Verdict::Proved) if record.proved.is_none() => {
            (Tone::Good, "All checks are good. The proof is being saved.")
        }
        Some(Verdict::Proved) => {
            (Tone::Good, "All checks are good. Enable turns nobody on and bills nothing.")
        }
        Some(Verdict::Spreading) => (
            Tone::Busy,
            "Accepted. Microsoft is still spreading it. This is not an error: all there is to do is wait.",
        ),
        // The line or the other side has trouble: nothing is wrong with the access, as far as is known.
        Some(Verdict::Failed(failure))
            if matches!(failure.kind, FailureKind::Unreachable | FailureKind::Throttled) =>
        {
            (Tone::Warn, "Not every answer came; it is asked again by itself. Nothing has been enabled.")
        }
        Some(Verdict::Failed(_)) => (Tone::Bad, "It does not work yet. Nothing has been enabled."),
        Some(Verdict::NotYet) | None if record.product.is_hosted() => {
            (Tone::Plain, "The service account is being tried. Enable opens when every check is good.")
        }
        Some(Verdict::NotYet) | None if is_link_shown => {
            (Tone::Plain, "Send this link to the customer. Enable opens when every check is good.")
        }
        Some(Verdict::NotYet) | None => (
            Tone::Plain,
            "Authorise shows the link. The customer's administrator opens it and accepts the permissions below.",
        ),
    };
    (tone, words.into())
}

/// What to do where the customer has something to mend.
pub(super) fn advice(cx: ViewCx<'_>, record: &RunRecord, landed: Option<&Landed>) -> Vec<Phrase> {
    if let Some(landed) = landed {
        return landed.advice(&expected(record, "the right organisation"));
    }
    let proving = &cx.session.proving;
    let Some(verdict) = proving.verdict() else { return Vec::new() };
    let since = match verdict {
        Verdict::Spreading => proving.spreading_since,
        _ => record.link_shown.filter(|_| !record.product.is_hosted()),
    };
    let lasted = since.map_or(Duration::ZERO, |since| cx.now.since(since));
    consent::advice(verdict, &expected(record, "the right organisation"), lasted)
}

/// Who opens the link, right before it.
pub(super) fn opened_by(record: &RunRecord) -> Phrase {
    consent::opened_by(&expected(record, "the organisation"), record.administrator.as_ref()).into()
}

/// The invitation. It comes with the note that the link was shown, a moment later: what can be sent must not change by that,
/// because an answer that is on its way would be about another question then.
pub(super) fn invitation<'a>(cx: ViewCx<'_>, record: &RunRecord) -> Option<Handout<'a>> {
    let link = cx.link()?;
    let letter = Letter {
        partner: cx.setup.partner.as_ref(),
        run: record,
        link: link.as_str(),
        permissions: &cx.setup.permissions,
        here: cx.setup.here.as_str(),
        is_sandbox: cx.setup.is_sandbox,
        again: None,
    };
    let text = letter.write().unwrap_or_else(|| {
        format!("Run {0} has no invitation yet. To make one: backup365 invitation {0}\n", record.id)
    });
    Some(Handout { id: HandoutId::Invitation, text: text.into(), file: invitation::file(&record.id) })
}

/// The access of a hosted product.
pub(super) fn access<'a>(record: &RunRecord) -> Option<Block<'a>> {
    let details = record.impersonation.as_ref()?;
    let domains: Vec<&str> = details.domains.iter().map(Text::as_str).collect();
    Some(Block::Facts(vec![
        Fact::other("Server", &details.server),
        Fact::other("Account", &details.account),
        Fact::other("Mailbox tried", format_args!("{}", details.sample)),
        Fact::other("Mail domains", Text::clean(&domains.join(", "))),
    ]))
}

/// What the customer is asked to allow, each with its plain reason and where it stands.
pub(super) fn permissions(permissions: &[(Text, Text)], known: &[Check]) -> Vec<Check> {
    let state = |name: &Text| {
        let check = known.iter().find(|check| check.name == *name);
        check.map_or(CheckState::Waiting, |check| check.state.clone())
    };
    let check = |(name, reason): &(Text, Text)| Check {
        name: name.clone(),
        state: state(name),
        detail: reason.clone(),
    };
    permissions.iter().map(check).collect()
}

/// The line of state while somebody is waited for, and since when that is.
pub(super) fn waiting(cx: ViewCx<'_>, record: &RunRecord, is_link_shown: bool) -> Option<(Moment, Notice)> {
    let proving = &cx.session.proving;
    let is_hosted = record.product.is_hosted();
    let is_consent = is_link_shown && !is_hosted;
    let since = match proving.verdict() {
        Some(Verdict::Proved) => None,
        Some(Verdict::Spreading) => proving.spreading_since,
        Some(Verdict::NotYet) if is_consent => record.link_shown.or(proving.since),
        _ => proving.since,
    };
    let since = since.filter(|_| proving.goes_on())?;
    let elapsed = in_words(cx.now.since(since));
    let clock = |kind| wait::Clock::new(kind, since).notice(cx.now).words;
    let words: Phrase = match proving.verdict() {
        Some(Verdict::Spreading) => {
            let worst = in_words(cx.setup.spreading);
            format_args!("Microsoft is spreading it: {elapsed}. Usually under a minute, at worst {worst}.")
                .into()
        }
        Some(Verdict::NotYet) if is_consent => {
            let at = clock_in_words(since, cx.now, cx.setup.here.as_str());
            format_args!("Waiting for consent since {at}: {elapsed}. Usually 3 min, at worst days.").into()
        }
        Some(Verdict::WrongTenant { .. }) => {
            format_args!("Still asking, for {elapsed}, whether the right organisation has accepted.").into()
        }
        Some(Verdict::Failed(_)) => format_args!("Still asking, for {elapsed}, whether it works now.").into(),
        _ if is_hosted => {
            let remark = proving.remark.as_ref().map(|remark| Phrase::from(format_args!("{remark}.")));
            clock(TRYING).then(remark.unwrap_or_default())
        }
        Some(_) => return None,
        None => clock(ASKING),
    };
    Some((since, Notice::new(Tone::Busy, words)))
}

/// What came of asking: the screen may look as it did before.
pub(super) fn asked(cx: ViewCx<'_>) -> Phrase {
    let proving = &cx.session.proving;
    let is_hosted = cx.session.record.as_ref().is_some_and(|record| record.product.is_hosted());
    let came = match proving.verdict() {
        _ if proving.failure.is_some() => "the answer did not come whole",
        Some(Verdict::Proved) => "every check is good",
        Some(Verdict::Spreading) => "accepted, and Microsoft is still spreading it",
        Some(Verdict::WrongTenant { .. }) => "another organisation answers",
        Some(Verdict::Failed(_)) => "it does not work yet",
        Some(Verdict::NotYet) | None if is_hosted => "it does not work yet",
        Some(Verdict::NotYet) | None => "not yet accepted",
    };
    let done = if is_hosted { "Tried" } else { "Asked" };
    let at = clock_in_words(cx.now, cx.now, cx.setup.here.as_str());
    format_args!("{done} at {at}: {came}.").into()
}

/// What to say to the customer: by what failed, else by how far the proof is.
pub(super) fn card(
    cx: ViewCx<'_>,
    record: &RunRecord,
    (failure, landed): (Option<&Failure>, Option<&Landed>),
    is_link_shown: bool,
) -> Card {
    let (proving, is_hosted) = (&cx.session.proving, record.product.is_hosted());
    let lasts =
        |since: Option<Moment>, usual| since.is_some_and(|since: Moment| cx.now.since(since) >= usual);
    let party = Party::of(record.product);
    let id = match (proving.verdict(), failure) {
        (_, Some(failure)) => card::of_failure(failure, party),
        (Some(Verdict::Proved), _) if is_hosted => CardId::HostedProved,
        _ if is_hosted => CardId::HostedTried,
        (Some(Verdict::WrongTenant { .. }), _) => CardId::ConsentElsewhere,
        _ if landed.is_some() => CardId::ConsentElsewhere,
        _ if cx.session.must_accept().is_some() => CardId::ConsentAgain,
        (Some(Verdict::Proved), _) => CardId::ConsentProved,
        (Some(Verdict::Spreading), _) if lasts(proving.spreading_since, consent::SPREADING_USUAL) => {
            CardId::ConsentSpreadingLong
        }
        (Some(Verdict::Spreading), _) => CardId::ConsentSpreading,
        _ if record.enabled.is_some() => CardId::ConsentProved,
        _ if !is_link_shown => CardId::ConsentAsked,
        _ if lasts(record.link_shown, consent::CONSENT_USUAL) => CardId::ConsentLate,
        _ => CardId::ConsentWaiting,
    };
    let found = match (proving.verdict(), landed) {
        (Some(Verdict::WrongTenant { found }), _) => found.named(),
        (_, Some(landed)) => landed.organisation.named(),
        _ => String::new(),
    };
    let organisation = expected(record, "your organisation");
    let names = [("organisation", organisation.as_str()), ("found", found.as_str())];
    let of_failure = |failure| Card::of_failure(failure, party, &names);
    let card = failure.map_or_else(|| Card::of(id, &names), of_failure);
    // What a permission is for is asked before Accept.
    let is_before = matches!(
        id,
        CardId::ConsentAsked
            | CardId::ConsentWaiting
            | CardId::ConsentLate
            | CardId::ConsentElsewhere
            | CardId::ConsentAgain
    );
    if is_before { card.with_permissions(&cx.setup.permissions) } else { card }
}

/// Whether the answers name another organisation.
fn is_elsewhere(cx: ViewCx<'_>) -> bool {
    matches!(cx.session.proving.verdict(), Some(Verdict::WrongTenant { .. }))
}

/// The run's organisation, or words in its place.
fn expected(record: &RunRecord, unknown: &str) -> String {
    record.organisation.as_ref().map_or_else(|| unknown.to_owned(), Organisation::named)
}
