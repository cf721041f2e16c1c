//! The credential as it lies here: where it comes from, what kind it is, and what may be wrong with it.

use crate::{
    app::{credential, world::Opener},
    commands::{check::Check, doctor::registration},
    domain::{
        failure::{Failure, FailureKind},
        text::Text,
    },
    provider::{self, graph::Graph, http::Http, oauth::Credential},
    settings::CredentialSource,
};

/// Name of the check.
const NAME: &str = "Credential";

/// A client of Graph with the credential, and the credential itself, where it can be used; what is to be said of it.
pub(super) fn look(opener: &Opener, http: &Http) -> (Option<(Graph, Credential)>, Vec<Check>) {
    let Some(app) = opener.settings.app.as_ref().filter(|_| !opener.is_sandbox) else {
        return (None, Vec::new());
    };
    let read = credential::read(&app.credential).map_err(|error| {
        Failure::new(
            FailureKind::Refused,
            Text::of(format_args!("{error:#}")),
            "Mend it, or name another source in the settings.",
        )
    });
    let graph = read.and_then(|read| {
        let settings = opener.provider_settings(opener.real_http(), opener.app(app, read.clone()), None);
        Ok((provider::graph(http.clone(), &settings)?, read))
    });
    match graph {
        Err(failure) => (None, vec![Check::new(NAME, Err(failure))]),
        Ok(found) => {
            let words = in_words(&app.credential);
            let check = match credential::doubt(&found.1) {
                None => Check::new(NAME, Ok(words)),
                Some(doubt) => Check::warning(NAME, Text::of(format_args!("{words}; {doubt}")), ""),
            };
            let until = found.0.certificate_end();
            let end = until.map(|until| registration::end(Some(until), opener.clock.now()));
            (Some(found), [check].into_iter().chain(end).collect())
        }
    }
}

/// Its kind, and where it comes from.
fn in_words(source: &CredentialSource) -> Text {
    match source {
        CredentialSource::SecretFile(file) => {
            Text::of(format_args!("a client secret, from {}", file.display()))
        }
        CredentialSource::SecretEnvironment(name) => {
            Text::of(format_args!("a client secret, from the environment variable {name}"))
        }
        CredentialSource::SecretCommand(words) => Text::of(format_args!(
            "a client secret, from the command {}",
            words.first().map_or("", String::as_str)
        )),
        CredentialSource::CertificateFile(file) => {
            Text::of(format_args!("a certificate and the key that belongs to it, from {}", file.display()))
        }
    }
}
