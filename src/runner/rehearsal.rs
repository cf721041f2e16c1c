//! The customer of the sandbox, who does what the link or the form asks for.

use crate::{
    domain::{
        failure::{Failure, FailureKind},
        text::Text,
    },
    wizard::call::Reply,
};

use super::{Tools, internal};

/// Plays the customer, where that can be played.
pub(super) async fn rehearse(tools: &Tools, link: String) -> Result<Reply, Failure> {
    let Some(play) = &tools.rehearse else {
        return Err(internal("the customer can be played in the sandbox only"));
    };
    match (play.play)(link).await {
        Ok(words) => Ok(Reply::Told(Text::clean(&words))),
        Err(words) => Err(Failure::new(
            FailureKind::Unreachable,
            Text::of(format_args!("the sandbox's customer could not be played: {}", Text::clean(&words))),
            "Open the link in a browser instead.",
        )),
    }
}

/// What the played customer tells about their mail server.
pub(super) fn ask_details(tools: &Tools, domain: &Text) -> Result<Reply, Failure> {
    let told = tools.rehearse.as_ref().and_then(|played| (played.tell)(domain.as_str()));
    told.map(|details| Reply::Details(Box::new(details))).ok_or_else(|| {
        Failure::new(
            FailureKind::NotFound,
            "this customer has nothing to tell about a mail server",
            "Type the details yourself, or take another customer.",
        )
    })
}
