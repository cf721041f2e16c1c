//! What is said about an organisation: how it stands to the record, and what to do where it is not the customer's.

use crate::{
    domain::{
        doubt::{Accepted, Finding},
        failure::Failure,
        phrase::{Command, Correction, WayOn, phrase},
        sydney::{ZONE, stamp_in_words},
        text::Text,
    },
    wizard::{
        answer::Action,
        ask::{QuestionId, Shape},
        context::ViewCx,
        screen::Scene,
        view::{Block, Button, Fact, FactId, Tone},
    },
};

/// How an organisation stands to the record: what speaks against it, what was accepted, and what could not be compared.
pub(super) fn standing<'a>(finding: &Finding, customer: &Text) -> Vec<Block<'a>> {
    let mut blocks = Vec::new();
    if finding.is_partner {
        let words = "This is your own organisation, not a customer's. Ask the customer for theirs.";
        blocks.push(Block::Facts(vec![Fact::new(FactId::Own, "Whose", words)]));
    }
    for doubt in &finding.doubts {
        blocks.push(Block::Strong(Tone::Warn, format_args!("{}.", doubt.in_words(customer)).into()));
    }
    for Accepted { doubt, by, at } in &finding.accepted {
        let (what, when) = (doubt.in_words(customer), stamp_in_words(*at, ZONE));
        blocks.push(Block::Para(format_args!("{what}. {by} accepted that, {when}.").into()));
    }
    if let Some(why) = &finding.not_compared {
        let words = format_args!("The mail domain of {customer} was not compared: {why}.");
        blocks.push(Block::Para(words.into()));
    }
    blocks
}

/// How the tenant on record is set right, the command on a line of its own, and how that is taken up here.
fn corrected(cx: ViewCx<'_>) -> [Block<'static>; 3] {
    let reference = cx.session.record.as_ref().map(|record| record.customer.reference.clone());
    let command = Command::CustomersSet(reference.unwrap_or_default(), Correction::NoTenant);
    let who = if cx.setup.operator.is_admin {
        "To correct the record, run this in another window:"
    } else {
        "An Admin corrects the record with this:"
    };
    let then = phrase![
        WayOn::Again("ask again with the corrected record"),
        " You will then be asked for it here; the customer's domain will do."
    ];
    [who.into(), command.into(), then].map(Block::Para)
}

/// Microsoft named no organisation for the tenant on record: nothing can be confirmed.
pub(super) fn unanswered<'a>(cx: ViewCx<'_>, customer: &Text, failure: &Failure) -> Scene<'a> {
    let mut blocks = vec![Block::Failure(failure.clone())];
    if failure.is_about_what_was_named() {
        blocks.extend(corrected(cx));
    }
    let button = |label, action| Button { label, action, is_open: true };
    blocks.push(Block::Buttons(vec![button("Ask again", Action::Refresh), button("Back", Action::Back)]));
    let heading = format_args!("Which organisation is {customer}? Microsoft names none");
    Scene::new(QuestionId::Organisation, Shape::Read, heading, blocks).enter(Action::Refresh)
}

/// The tenant on record is not the customer's: what to do now.
pub(super) fn denied<'a>(cx: ViewCx<'_>, customer: &Text) -> Scene<'a> {
    let words = phrase!["Nothing was changed. The tenant on record for ", customer, " is not theirs."];
    let ways = phrase![WayOn::Back("to the question"), " ", WayOn::Park("until the record is right")];
    let mut blocks = vec![Block::Strong(Tone::Warn, words)];
    blocks.extend(corrected(cx));
    blocks.push(Block::Para(ways));
    let heading = format_args!("It is not the organisation of {customer}");
    let scene = Scene::new(QuestionId::OrganisationDenied, Shape::Read, heading, blocks);
    scene.enter(Action::Back).offer(Action::Refresh)
}
