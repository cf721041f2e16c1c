//! A command that has no answer: what is said instead, and how it ends.
//!
//! The words go to stderr. With `--json` they stand on stdout too, as one object that is the same for every command
//! (`assets/json/failure.schema.json`): whoever reads JSON gets JSON.

use serde_json::{Value, json};

use crate::{domain::text::Text, exit::Exit};

/// Begins a line of the program's own on stderr.
pub const PREFIX: &str = "backup365: ";

/// Bytes of a line that is proposed before it is continued on another: every line that is shown is cut at 1,024.
const PASTED: usize = 900;

/// A command with flags added, as lines that a shell takes back: one where that is short enough.
#[must_use]
pub fn pasted(command: &str, flags: &[String]) -> Vec<Text> {
    let mut lines = vec![command.to_owned()];
    for flag in flags {
        match lines.last_mut() {
            Some(line) if line.len() + flag.len() < PASTED => *line = format!("{line} {flag}"),
            _ => lines.push(format!("  {flag}")),
        }
    }
    let last = lines.len().saturating_sub(1);
    let whole = |(at, line): (usize, &String)| {
        if at < last { Text::of(format_args!("{line} \\")) } else { Text::of(format_args!("{line}")) }
    };
    lines.iter().enumerate().map(whole).collect()
}

/// Version of the object.
const VERSION: u32 = 1;

/// Why a command has no answer. Commands return it as their error; it is said once, at the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// How it ends.
    pub exit: Exit,
    /// Lines for stderr, in their order.
    pub lines: Vec<Text>,
}

impl Unanswered {
    /// One line, with the program's name before it.
    #[must_use]
    pub fn new(exit: Exit, words: &str) -> Self {
        Self { exit, lines: vec![Text::of(format_args!("{PREFIX}{words}"))] }
    }

    /// The object of `--json`; `command` as it is typed, `customers list`.
    #[must_use]
    pub fn object(&self, command: &str) -> Value {
        let bare = |line: &Text| {
            let line = line.as_str();
            line.strip_prefix(PREFIX).unwrap_or(line).to_owned()
        };
        json!({
            "version": VERSION,
            "kind": "failure",
            "command": command,
            "exit_code": self.exit.code(),
            "lines": self.lines.iter().map(bare).collect::<Vec<String>>(),
        })
    }
}

impl std::fmt::Display for Unanswered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, line) in self.lines.iter().enumerate() {
            write!(f, "{}{line}", if at > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Unanswered {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_to_paste_is_continued_and_never_cut() {
        let flags: Vec<String> = (0..500).map(|n| format!("--same-organisation-as C-{n}=C-1001")).collect();
        let one = pasted("backup365 customers import x.csv", &flags[..1]);
        assert_eq!(one, ["backup365 customers import x.csv --same-organisation-as C-0=C-1001".into()]);
        let lines = pasted("backup365 customers import x.csv", &flags);
        let (last, others) = lines.split_last().unwrap();
        assert!(others.iter().all(|line| line.as_str().ends_with(" \\")) && !last.as_str().ends_with('\\'));
        let joined: Vec<&str> =
            lines.iter().map(|line| line.as_str().trim_end_matches('\\').trim()).collect();
        assert_eq!(joined.join(" "), format!("backup365 customers import x.csv {}", flags.join(" ")));
    }

    #[test]
    fn the_object_has_the_lines_without_the_name_of_the_program() {
        let mut bad = Unanswered::new(Exit::Held, "the record is in use. Try again.");
        bad.lines.push(Text::from("line 2: no name"));
        assert_eq!(bad.to_string(), "backup365: the record is in use. Try again.\nline 2: no name");
        let object = bad.object("status");
        assert_eq!(object["lines"], json!(["the record is in use. Try again.", "line 2: no name"]));
        assert_eq!((&object["exit_code"], &object["kind"]), (&json!(8), &json!("failure")));
    }
}
