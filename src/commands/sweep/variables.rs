//! The file of variables for the timer's passes: what this start was told about the way out of this computer is told to them
//! there, never in a unit, because the address of a proxy may hold a password.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{domain::failure::of_system, private, provider::http::Network};

use super::super::{Out, warn};

/// The names that are set, for a sentence; none when there are none.
pub(super) fn names(network: &Network) -> Option<String> {
    let names: Vec<&str> =
        network.0.iter().filter(|(_, value)| !value.expose().is_empty()).map(|(name, _)| *name).collect();
    let (last, first) = names.split_last()?;
    Some(if first.is_empty() { (*last).to_owned() } else { format!("{} and {last}", first.join(", ")) })
}

/// Writes them into the file, for its owner alone, and says so; whether the passes will have them.
pub(super) fn carried(file: &Path, network: &Network, out: Out) -> bool {
    let Some(names) = names(network) else { return true };
    match write(file, network) {
        Ok(()) => {
            out.note(&format!("For the sweeper {names} went into {} (mode 0600).", file.display()));
            true
        }
        Err(error) => {
            warn(&format!(
                "The sweeper has nothing of {names}: {} could not be written: {}. Write the same lines into it.",
                file.display(),
                of_system(&error)
            ));
            false
        }
    }
}

/// Puts the variables in place of those of the same name; what else stands in the file stays.
fn write(file: &Path, network: &Network) -> io::Result<()> {
    let before = match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        read => read?,
    };
    let is_ours = |line: &&str| network.0.iter().any(|(name, _)| is_of(line, name));
    let mut lines: Vec<String> = before.lines().filter(|line| !is_ours(line)).map(str::to_owned).collect();
    for (name, value) in &network.0 {
        lines.push(format!("{name}={}", quoted(&absolute(name, value.expose()))?));
    }
    private::replace(file, &(lines.join("\n") + "\n"))
}

/// Whether a line of the file sets this variable.
pub(super) fn is_of(line: &str, name: &str) -> bool {
    line.trim_start().strip_prefix(name).is_some_and(|rest| rest.starts_with('='))
}

/// Files and folders mean the same from any folder; other values are as they are.
fn absolute(name: &str, value: &str) -> String {
    if !name.starts_with("SSL_CERT_") || value.is_empty() {
        return value.to_owned();
    }
    let each = std::env::split_paths(value).map(|path| std::path::absolute(&path).unwrap_or(path));
    let each: Vec<PathBuf> = each.collect();
    let whole = std::env::join_paths(each).ok().and_then(|whole| whole.into_string().ok());
    whole.unwrap_or_else(|| value.to_owned())
}

/// A value as `EnvironmentFile=` takes it (systemd.exec(5)): in quotes where a letter in it means something.
fn quoted(value: &str) -> io::Result<String> {
    if value.contains(char::is_control) {
        return Err(io::Error::other("a value has a control character"));
    }
    let is_plain = |c: char| !c.is_whitespace() && !"\"'\\`$#;".contains(c);
    if value.chars().all(is_plain) {
        return Ok(value.to_owned());
    }
    let escaped: String =
        value.chars().flat_map(|c| "\"\\`$".contains(c).then_some('\\').into_iter().chain([c])).collect();
    Ok(format!("\"{escaped}\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::secret::Secret;

    fn network(variables: &[(&'static str, &str)]) -> Network {
        Network(variables.iter().map(|(name, value)| (*name, Secret::new((*value).to_owned()))).collect())
    }

    #[test]
    fn variables_take_the_place_of_their_like_and_leave_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sweep.env");
        fs::write(&file, "# ours\nBACKUP365_SECRET=x\nHTTPS_PROXY=http://old.example\nHTTPS_PROXY_NOTE=1\n")
            .unwrap();
        let set = [
            ("HTTPS_PROXY", "http://ana:a b$c@p.example:3128"),
            ("NO_PROXY", ""),
            ("SSL_CERT_FILE", "/etc/ours.pem"),
        ];
        for _twice in 0..2 {
            write(&file, &network(&set)).unwrap();
            assert_eq!(
                fs::read_to_string(&file).unwrap(),
                "# ours\nBACKUP365_SECRET=x\nHTTPS_PROXY_NOTE=1\nHTTPS_PROXY=\"http://ana:a b\\$c@p.example:3128\"\n\
                 NO_PROXY=\nSSL_CERT_FILE=/etc/ours.pem\n"
            );
        }
        assert!(write(&file, &network(&[("NO_PROXY", "a\nBACKUP365_SECRET=y")])).is_err());
    }

    #[test]
    fn a_file_is_named_from_any_folder() {
        let here = std::path::absolute("ours.pem").unwrap();
        assert_eq!(absolute("SSL_CERT_FILE", "ours.pem"), here.to_str().unwrap());
        assert_eq!(absolute("NO_PROXY", "ours.pem"), "ours.pem");
    }

    #[test]
    fn what_is_set_is_named_in_a_sentence() {
        assert_eq!(names(&network(&[("NO_PROXY", "")])), None);
        assert_eq!(names(&network(&[("HTTPS_PROXY", "p")])).as_deref(), Some("HTTPS_PROXY"));
        let three = [("HTTPS_PROXY", "p"), ("NO_PROXY", "q"), ("SSL_CERT_FILE", "r")];
        assert_eq!(names(&network(&three)).as_deref(), Some("HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE"));
    }
}
