//! The credentials as they lie here: where they come from, what kind they are, and what may be wrong with them.

use crate::{
    app::{
        credential::{self, Credentials},
        world::Opener,
    },
    commands::check::Check,
    domain::{
        credential::CredentialFacts,
        failure::{Failure, FailureKind},
        text::Text,
    },
    provider::{self, graph::Graph, http::Http},
    settings::{CredentialSource, Source},
};

/// Name of the check.
const NAME: &str = "Credential";

/// A client of Graph with its credentials.
pub(super) struct Proven {
    pub(super) graph: Graph,
    /// What is known of each credential.
    pub(super) facts: Vec<CredentialFacts>,
}

/// The client, where a credential can be used; and what is to be said of them.
pub(super) fn look(opener: &Opener, http: &Http) -> (Option<Proven>, Option<Check>) {
    let Some(app) = opener.settings.app.as_ref().filter(|_| !opener.is_sandbox) else { return (None, None) };
    let read = credential::read(app, &|name| opener.keyring(name)).map_err(|error| {
        Failure::new(
            FailureKind::Refused,
            Text::of(format_args!("{error:#}")),
            "Mend it, or name another source in the settings.",
        )
    });
    let made = read.and_then(|Credentials { first, next, doubts, facts }| {
        let settings = opener.provider_settings(opener.real_http(), Opener::app(app, first, next), None);
        Ok((Proven { graph: provider::graph_client(http.clone(), &settings)?, facts }, doubts))
    });
    match made {
        Err(failure) => (None, Some(Check::new(NAME, Err(failure)))),
        Ok((proven, doubts)) => {
            let next = app.next.as_ref().map(|next| format!("; then {}", in_words(&next.source)));
            let words = format!("{}{}", in_words(&app.credential.source), next.unwrap_or_default());
            let doubts: Vec<&str> = doubts.iter().map(Text::as_str).collect();
            let check = if doubts.is_empty() {
                Check::new(NAME, Ok(Text::clean(&words)))
            } else {
                Check::warning(NAME, Text::of(format_args!("{words}; {}", doubts.join("; "))), "")
            };
            (Some(proven), Some(check))
        }
    }
}

/// Its kind, and where it comes from.
pub(in crate::app::command) fn in_words(source: &CredentialSource) -> String {
    let (kind, source) = match source {
        CredentialSource::Secret(source) => ("a client secret", source),
        CredentialSource::Certificate(source) => ("a certificate and the key that belongs to it", source),
    };
    match source {
        Source::File(file) => format!("{kind}, from {}", file.display()),
        Source::Environment(name) => format!("{kind}, from the environment variable {name}"),
        Source::Command(words) => {
            format!("{kind}, from the command {}", words.first().map_or("", String::as_str))
        }
        Source::Keyring(name) => format!("{kind}, from the keyring ({name})"),
    }
}
