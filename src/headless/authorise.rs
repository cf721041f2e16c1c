//! The proof of access: the link is told, the customer is awaited, *Enable* is pressed once every check is good. Pure.

use crate::{
    domain::{failure::FailureKind, text::Text},
    wizard::{
        answer::{Action, Given},
        view::{Standing, Tone, View},
    },
};

use super::{
    access,
    answers::Answers,
    journey::{Journey, Next, end, fail, fail_with, missing_answer},
    page,
    report::End,
};

/// What has been done here.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that is done once")]
pub(super) struct Done {
    /// *Authorise* was pressed.
    has_asked: bool,
    /// The link was told.
    is_link_told: bool,
    /// The customer was played.
    has_played: bool,
    /// What the played customer did was told.
    is_play_told: bool,
    /// *Enable* was pressed.
    has_enabled: bool,
    /// It was told that the customer has accepted.
    is_spreading_told: bool,
}

/// Decides what to do about the proof.
pub(super) fn authorise(done: &mut Done, journey: &mut Journey, answers: &Answers, view: &View<'_>) -> Next {
    if access::goes_back(journey, answers, view) {
        return if view.ask.is_waiting { Next::Wait } else { journey.go_back(view) };
    }
    if let Some(missing) = missing_answer(answers) {
        return missing;
    }
    tell_play(done, journey, view);
    if view.ask.is_waiting {
        return Next::Wait;
    }
    match view.standing.unwrap_or(Standing::Unknown) {
        Standing::Enabled => {
            journey.say("Enabled. Listing the users.");
            Next::Do(Given::Do(Action::Continue))
        }
        Standing::Proved if done.has_enabled => fail_with(view, "Enabling did not work. Start again."),
        Standing::Proved => {
            done.has_enabled = true;
            journey.say("Access is proved: every check is good.");
            Next::Do(Given::Do(Action::Enable))
        }
        Standing::WrongTenant => end(End::WrongTenant, page::sentences(view)),
        Standing::Failed | Standing::Unknown => failed(answers, view),
        standing @ (Standing::NotYet | Standing::Spreading) => {
            await_customer(done, journey, answers, view, standing)
        }
    }
}

/// Tells what the played customer did, as the wizard says it; proves nothing.
fn tell_play(done: &mut Done, journey: &mut Journey, view: &View<'_>) {
    let is_due = done.has_played && !done.is_play_told;
    if let Some(notice) = view.notice.as_ref().filter(|notice| is_due && notice.tone != Tone::Busy) {
        done.is_play_told = true;
        journey.say(Text::of(format_args!("The customer was played: {}", page::said(&notice.words))));
    }
}

/// Bad news: the line's trouble may pass while there is time; what was refused does not.
fn failed(answers: &Answers, view: &View<'_>) -> Next {
    match page::failure(view) {
        Some(failure)
            if matches!(failure.kind, FailureKind::Unreachable | FailureKind::Throttled)
                && !answers.wait.is_zero()
                && !answers.is_dry_run =>
        {
            Next::AwaitCustomer
        }
        Some(failure) => fail(view, failure),
        None => Next::Wait,
    }
}

fn await_customer(
    done: &mut Done,
    journey: &mut Journey,
    answers: &Answers,
    view: &View<'_>,
    standing: Standing,
) -> Next {
    if answers.is_dry_run {
        return end(
            End::Shown,
            "The customer has not accepted yet, so nobody can be listed: the bill is known after consent. No link was sent and nothing was written.",
        );
    }
    let Some(link) = page::link(view) else {
        if std::mem::replace(&mut done.has_asked, true) {
            // Hosted: there is no link, the account is tried again.
            return Next::AwaitCustomer;
        }
        return Next::Do(Given::Do(Action::Authorise));
    };
    if !std::mem::replace(&mut done.is_link_told, true) {
        journey.say(Text::of(format_args!("Send this link to the customer: {link}")));
    }
    if answers.rehearse && !std::mem::replace(&mut done.has_played, true) {
        return Next::Do(Given::Do(Action::Rehearse));
    }
    if standing == Standing::Spreading && !std::mem::replace(&mut done.is_spreading_told, true) {
        journey.say("The customer has accepted. Microsoft is still spreading it; this is not an error.");
    }
    Next::AwaitCustomer
}
