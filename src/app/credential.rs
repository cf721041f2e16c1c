//! Reads the program's own credential from where settings say it is; it is never kept.

use std::{fs, process::Command};

use anyhow::{Context, bail, ensure};

use crate::{domain::secret::Secret, provider::oauth::Credential, settings::CredentialSource};

/// Reads the credential.
///
/// # Errors
/// Says which source could not be read and why; never the value.
pub(super) fn read(source: &CredentialSource) -> anyhow::Result<Credential> {
    Ok(match source {
        CredentialSource::SecretFile(path) => {
            let text = fs::read_to_string(path)
                .with_context(|| format!("the secret file {} can't be read", path.display()))?;
            Credential::Secret(filled(&text, "the secret file is empty")?)
        }
        CredentialSource::SecretEnvironment(name) => {
            let text = super::environment::text(name)
                .with_context(|| format!("the environment variable {name} for the secret is not set"))?;
            Credential::Secret(filled(&text, "the environment variable for the secret is empty")?)
        }
        CredentialSource::SecretCommand(words) => {
            let Some((program, arguments)) = words.split_first() else {
                bail!("app.secret_command is empty")
            };
            let output = Command::new(program)
                .args(arguments)
                .output()
                .with_context(|| format!("the command {program} for the secret can't be started"))?;
            ensure!(
                output.status.success(),
                "the command {program} for the secret ended with {}",
                output.status
            );
            Credential::Secret(filled(
                &String::from_utf8_lossy(&output.stdout),
                "the command for the secret printed nothing",
            )?)
        }
        CredentialSource::CertificateFile(path) => {
            let pem = fs::read_to_string(path)
                .with_context(|| format!("the certificate file {} can't be read", path.display()))?;
            Credential::Certificate { pem: Secret::new(pem) }
        }
    })
}

fn filled(text: &str, otherwise: &'static str) -> anyhow::Result<Secret<String>> {
    let value = text.trim_end_matches(['\r', '\n']);
    ensure!(!value.trim().is_empty(), otherwise);
    Ok(Secret::new(value.to_owned()))
}
