//! Something secret, from where it lies: a file, a variable, what a command prints, the system's keyring.

use std::process::Stdio;

use anyhow::{Context as _, bail, ensure};
use zeroize::Zeroizing;

use crate::{
    app::environment,
    outside::{
        NEVER,
        child::{self, WITHIN},
        file,
    },
    settings::Source,
};

/// Most that a command may print, bytes: far above any secret or certificate.
const PRINTED_BYTES: u64 = 64 * 1_024;

/// Reads an entry of the system's keyring, or says why it can't be.
pub(in crate::app) type Keyring<'a> = &'a dyn Fn(&str) -> anyhow::Result<Zeroizing<Vec<u8>>>;

/// The bytes, and how their place is called in a sentence. `what` is "secret", "certificate" or "password".
///
/// # Errors
/// Says which source could not be read and why; never the value.
pub(super) fn bytes(
    source: &Source,
    what: &str,
    keyring: Keyring<'_>,
) -> anyhow::Result<(Zeroizing<Vec<u8>>, String)> {
    Ok(match source {
        Source::File(path) => {
            let place = format!("the {what} file {}", path.display());
            (file::secret_bytes(path).with_context(|| format!("{place} can't be read"))?, place)
        }
        Source::Environment(name) => {
            let place = format!("the environment variable {name} for the {what}");
            let text = environment::text(name).with_context(|| format!("{place} is not set"))?;
            (Zeroizing::new(text.into_bytes()), place)
        }
        Source::Command(words) => {
            let Some((program, arguments)) = words.split_first() else {
                bail!("the command for the {what} is empty")
            };
            let mut command = child::command(program);
            // Its complaints would stand in the middle of the screen.
            let (status, printed) =
                child::printed(command.args(arguments).stderr(Stdio::null()), PRINTED_BYTES, WITHIN, NEVER)
                    .with_context(|| format!("the command {program} gave no {what}"))?;
            ensure!(status.success(), "the command {program} for the {what} ended with {status}");
            (printed, format!("what the command {program} printed"))
        }
        Source::Keyring(name) => {
            let place = format!("the entry {name} of the keyring");
            (keyring(name).with_context(|| format!("{place} can't be read"))?, place)
        }
    })
}
