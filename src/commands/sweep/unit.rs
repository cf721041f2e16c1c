//! The two units that have systemd start a pass at 20:00 in Sydney, as text. Pure.
//!
//! Facts: systemd.service(5) (quoting, `$`), systemd.unit(5) (`%`), systemd.exec(5) (variables), systemd.timer(5) and
//! systemd.time(7) (calendar events with a zone).

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use crate::domain::id::RecordId;

/// In every unit of ours and in no other: what `--uninstall` goes by.
pub(super) const MARK: &str = "# Written by \"backup365 sweep --install\".";

/// What the units are made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The program, absolute.
    pub program: PathBuf,
    /// What stands between the program's name and `sweep`: which settings, which world.
    pub arguments: Vec<String>,
    /// Variables that the program was started with and that decide where it finds things.
    pub environment: Vec<(String, String)>,
    /// File of further variables for the pass, a secret for example; it may be missing.
    pub variables: PathBuf,
    /// The user's folder of units.
    pub folder: PathBuf,
    /// The record that the passes work on; none: not known yet.
    pub record: Option<RecordId>,
    /// The sandbox's pass: it has units of its own, and never takes the place of the real one.
    pub is_sandbox: bool,
}

impl Plan {
    /// The units' name without an ending.
    #[must_use]
    pub fn name(&self) -> &'static str {
        if self.is_sandbox { "backup365-sandbox-sweep" } else { "backup365-sweep" }
    }

    /// The timer's name.
    pub(super) fn timer(&self) -> String {
        format!("{}.timer", self.name())
    }

    /// Where the units lie, and what is in them; the service first.
    ///
    /// # Errors
    /// A path that a unit can't name: not UTF-8, or with a control character.
    pub(super) fn files(&self) -> anyhow::Result<[(PathBuf, String); 2]> {
        Ok([
            (self.folder.join(format!("{}.service", self.name())), self.service()?),
            (self.folder.join(self.timer()), self.schedule()),
        ])
    }

    /// Why `simple`: the usual `oneshot` may only be started again by itself from systemd 244 on, and older ones refuse
    /// the whole unit.
    fn service(&self) -> anyhow::Result<String> {
        let command = command(&words(self, &["sweep"], &[])?);
        let set = |(name, value): &(String, String)| {
            format!("Environment={}\n", quoted(&format!("{name}={value}")))
        };
        let set: String = self.environment.iter().map(set).collect::<Vec<_>>().concat();
        Ok(format!(
            "{MARK}\n# \"backup365 sweep --uninstall\" takes it away. Changes in here are lost by the next --install.\n\
             [Unit]\nDescription=Backup365: the sweep of Enable Auto{}\nDocumentation=man:backup365-sweep(1)\n\n\
             [Service]\nType=simple\nExecStart={command}\n{set}EnvironmentFile=-{}\n\
             # A sweep that could not be done stays due: it is tried again until it is done.\n\
             Restart=on-failure\nRestartSec=5min\n",
            self.world(),
            specified(of_path(&self.variables)?)
        ))
    }

    fn schedule(&self) -> String {
        format!(
            "{MARK}\n[Unit]\nDescription=Backup365: Enable Auto at 20:00 in Sydney{}\n\n\
             [Timer]\nOnCalendar=*-*-* 20:00 Australia/Sydney\n\
             # A sweep that was missed while this computer was off is done when it is on again.\n\
             Persistent=true\nAccuracySec=1s\n\n[Install]\nWantedBy=timers.target\n",
            self.world()
        )
    }

    const fn world(&self) -> &'static str {
        if self.is_sandbox { " (SANDBOX)" } else { "" }
    }
}

/// The program and all of its arguments: what stands before the command, the command, the record, the rest.
///
/// # Errors
/// As [`Plan::files`].
pub(super) fn words(plan: &Plan, command: &[&str], last: &[&str]) -> anyhow::Result<Vec<String>> {
    let program = of_path(&plan.program)?;
    // systemd takes no such name of a program, however it is quoted (measured with 252).
    ensure!(
        !program.contains(['"', '\'', '\\']),
        "systemd does not start a program whose folder has a quote or a backslash in its name: {program}. Move it"
    );
    let mut words = vec![program.to_owned()];
    let record = plan.record.map(|id| format!("--record={id}"));
    let arguments = plan.arguments.iter().map(String::as_str).chain(command.iter().copied());
    for word in arguments.chain(record.as_deref()).chain(last.iter().copied()) {
        ensure!(
            !word.contains(char::is_control),
            "{word:?} can't stand in a timer: it has a control character"
        );
        words.push(word.to_owned());
    }
    Ok(words)
}

/// A path as a unit can name it.
pub(super) fn of_path(path: &Path) -> anyhow::Result<&str> {
    let text = path.to_str().filter(|text| !text.contains(char::is_control));
    text.with_context(|| {
        format!(
            "{} can't stand in a timer: its name has letters that systemd does not take. Rename it",
            path.display()
        )
    })
}

/// A command line for `ExecStart=`. A `$` begins a variable there, but not in the program's own name.
fn command(words: &[String]) -> String {
    let quoted = words.iter().enumerate().map(|(at, word)| match at {
        0 => quoted(word),
        _ => quoted(&dollars(word)),
    });
    quoted.collect::<Vec<_>>().join(" ")
}

/// Every `$` doubled, as systemd wants it where it would begin a variable.
pub(super) fn dollars(word: &str) -> String {
    word.replace('$', "$$")
}

/// Every `%` doubled: alone it begins a specifier.
fn specified(text: &str) -> String {
    text.replace('%', "%%")
}

/// One word as a unit takes it: in quotes where a letter in it means something.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:=@".contains(c);
    let specified = specified(word);
    if !word.is_empty() && word.chars().all(is_plain) {
        return specified;
    }
    format!("\"{}\"", specified.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The line for a table of cron that does the same: a pass that is not due does nothing, so no zone is needed, which cron
/// does not know everywhere. Aligned with 20:00 because Sydney's clocks differ from others' by whole tens of minutes.
///
/// # Errors
/// As [`Plan::files`].
pub(super) fn cron(plan: &Plan) -> anyhow::Result<String> {
    let variables = plan.environment.iter().map(|(name, value)| format!("{name}={} ", for_shell(value)));
    let words = words(plan, &["--quiet", "sweep"], &[])?;
    let words: Vec<String> = words.iter().map(|word| for_shell(word)).collect();
    let line = format!("*/10 * * * * {}{}", variables.collect::<String>(), words.join(" "));
    // cron takes a bare percent sign for the end of the line.
    Ok(line.replace('%', "\\%"))
}

/// One word as a shell takes it.
fn for_shell(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:=@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan {
            program: "/usr/bin/backup365".into(),
            arguments: vec!["--settings".into(), "/home/nora/settings.toml".into()],
            environment: Vec::new(),
            variables: "/home/nora/sweep.env".into(),
            folder: "/home/nora/.config/systemd/user".into(),
            record: None,
            is_sandbox: false,
        }
    }

    #[test]
    fn words_are_quoted_as_systemd_takes_them() {
        for (word, expected) in [
            ("/usr/bin/backup365", "/usr/bin/backup365"),
            ("", "\"\""),
            ("a b", "\"a b\""),
            ("50%", "\"50%%\""),
            ("say \"x\"", "\"say \\\"x\\\"\""),
            ("back\\slash", "\"back\\\\slash\""),
            ("it's; &c", "\"it's; &c\""),
            ("Zürich", "\"Zürich\""),
        ] {
            assert_eq!(quoted(word), expected);
        }
        let words = ["/opt/$x/b".to_owned(), "$HOME".to_owned(), "${A}".to_owned()];
        assert_eq!(command(&words), "\"/opt/$x/b\" \"$$HOME\" \"$${A}\"");
    }

    #[test]
    fn the_units_say_what_the_product_demands() {
        let [(service, runs), (timer, when)] = plan().files().unwrap();
        assert!(service.ends_with("systemd/user/backup365-sweep.service"), "{service:?}");
        assert!(timer.ends_with("systemd/user/backup365-sweep.timer"), "{timer:?}");
        assert!(
            runs.contains("\nExecStart=/usr/bin/backup365 --settings /home/nora/settings.toml sweep\n"),
            "{runs}"
        );
        assert!(
            runs.contains("\nEnvironmentFile=-/home/nora/sweep.env\n") && !runs.contains("Environment=X")
        );
        for line in ["OnCalendar=*-*-* 20:00 Australia/Sydney", "Persistent=true", "AccuracySec=1s"] {
            assert!(when.lines().any(|found| found == line), "{line}: {when}");
        }
        assert!(runs.starts_with(MARK) && when.starts_with(MARK));
    }

    #[test]
    fn a_pass_of_the_timer_works_on_one_record_only() {
        let plan = Plan { record: "7a36af4b-c51e-44e1-87f0-d8af3157c2ca".parse().ok(), ..plan() };
        let [(_, runs), _] = plan.files().unwrap();
        let ends = " sweep --record=7a36af4b-c51e-44e1-87f0-d8af3157c2ca";
        assert!(runs.contains(&format!("{ends}\n")), "{runs}");
        assert!(cron(&plan).unwrap().ends_with(ends));
        let check = words(&plan, &["sweep"], &["--check"]).unwrap();
        assert_eq!(check.last().map(String::as_str), Some("--check"));
    }

    #[test]
    fn the_sandbox_has_units_of_its_own() {
        let sandbox = Plan { is_sandbox: true, ..plan() };
        let (ours, theirs) = (plan().files().unwrap(), sandbox.files().unwrap());
        for ((one, _), (other, text)) in ours.iter().zip(&theirs) {
            assert_ne!(one, other);
            assert!(text.contains("(SANDBOX)"), "{text}");
        }
    }

    #[test]
    fn what_a_unit_can_not_name_is_refused() {
        for plan in [
            Plan { program: "/a\nb".into(), ..plan() },
            Plan { program: "/it's/backup365".into(), ..plan() },
            Plan { arguments: vec!["a\u{1b}".into()], ..plan() },
            Plan { variables: "/a\tb".into(), ..plan() },
        ] {
            assert!(plan.files().is_err(), "{plan:?}");
        }
    }

    #[test]
    fn a_line_for_cron_means_the_same() {
        assert_eq!(
            cron(&plan()).unwrap(),
            "*/10 * * * * /usr/bin/backup365 --settings /home/nora/settings.toml --quiet sweep"
        );
        let odd = Plan {
            program: "/its 100%".into(),
            environment: vec![("XDG_DATA_HOME".into(), "/a b".into())],
            arguments: vec!["it's".into()],
            ..plan()
        };
        assert_eq!(
            cron(&odd).unwrap(),
            "*/10 * * * * XDG_DATA_HOME='/a b' '/its 100\\%' 'it'\\''s' --quiet sweep"
        );
    }
}
