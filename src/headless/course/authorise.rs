//! The proof: the link is shown once, the customer is awaited, *Enable* is pressed when every check is good.

use crate::{
    domain::{customer::Product, failure::FailureKind, text::Text},
    headless::{answers::Answers, look, report::End},
    wizard::{
        event::{Action, Intent},
        view::{Standing, Tone, View},
    },
};

use super::{
    Course, Next,
    access::{self, Named},
    end, fail, fail_with, users,
};

/// What has been done here.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that is done once")]
pub(super) struct Done {
    /// The button *Authorise* was pressed.
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

/// Whether the access step has something to say that was given as an answer, and was not gone through yet.
pub(super) fn goes_back(course: &Course, answers: &Answers, view: &View<'_>) -> bool {
    let says = if is_hosted(view) {
        answers.details.is_some()
    } else {
        matches!(access::named(answers, &view.bar), Named::Other | Named::Unsure)
    };
    says && !course.access.is_passed
}

/// Whether the run is for hosted Exchange.
fn is_hosted(view: &View<'_>) -> bool {
    let product = Product::ALL.into_iter().find(|product| view.bar.product == Some(product.name()));
    product.is_some_and(Product::is_hosted)
}

/// Decides what to do about the proof.
pub(super) fn authorise(course: &mut Course, answers: &Answers, view: &View<'_>, standing: Standing) -> Next {
    if goes_back(course, answers, view) {
        return if view.is_waiting { Next::Wait } else { course.go_back(view) };
    }
    if let Some(missing) = users::missing_answer(answers) {
        return missing;
    }
    tell_play(course, view);
    if view.is_waiting {
        return Next::Wait;
    }
    match standing {
        Standing::Enabled => {
            course.say("Enabled. Listing the users.");
            Next::Do(Intent::Act(Action::Finish))
        }
        Standing::Proved => enable(course, view),
        Standing::WrongTenant => end(End::WrongTenant, look::sentences(view)),
        Standing::Failed | Standing::Unknown => failed(answers, view),
        Standing::NotYet | Standing::Spreading => await_customer(course, answers, view, standing),
    }
}

/// Tells what the played customer did, as the wizard says it; proves nothing.
fn tell_play(course: &mut Course, view: &View<'_>) {
    let is_due = course.authorise.has_played && !course.authorise.is_play_told;
    if let Some(notice) = view.notice.as_ref().filter(|notice| is_due && notice.tone != Tone::Busy) {
        course.authorise.is_play_told = true;
        course.say(Text::of(format_args!("The customer was played: {}", notice.words)));
    }
}

fn enable(course: &mut Course, view: &View<'_>) -> Next {
    if course.authorise.has_enabled {
        return fail_with(view, "Enabling did not work. Start again.");
    }
    course.authorise.has_enabled = true;
    course.say("Access is proved: every check is good.");
    Next::Do(Intent::Act(Action::Enable))
}

/// Bad news: the line's trouble may pass while there is time; what was refused does not.
fn failed(answers: &Answers, view: &View<'_>) -> Next {
    match look::failure(view) {
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

fn await_customer(course: &mut Course, answers: &Answers, view: &View<'_>, standing: Standing) -> Next {
    if answers.is_dry_run {
        return end(
            End::Shown,
            "The customer has not accepted yet, so nobody can be listed: the bill is known after consent. No link was sent and nothing was written.",
        );
    }
    let done = &mut course.authorise;
    let Some(link) = look::link(view) else {
        if std::mem::replace(&mut done.has_asked, true) {
            // Hosted: there is no link, the account is tried again.
            return Next::AwaitCustomer;
        }
        return Next::Do(Intent::Submit);
    };
    if !std::mem::replace(&mut done.is_link_told, true) {
        course.say(Text::of(format_args!("Send this link to the customer: {link}")));
    }
    let done = &mut course.authorise;
    if answers.rehearse && !std::mem::replace(&mut done.has_played, true) {
        return Next::Do(Intent::Act(Action::Rehearse));
    }
    if standing == Standing::Spreading && !std::mem::replace(&mut done.is_spreading_told, true) {
        course.say("The customer has accepted. Microsoft is still spreading it; this is not an error.");
    }
    Next::AwaitCustomer
}
