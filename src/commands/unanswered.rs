//! A command that has no answer: what is said instead, and how it ends.
//!
//! The words go to stderr. With `--json` they stand on stdout too, as one object that is the same for every command
//! (`assets/json/failure.schema.json`): whoever reads JSON gets JSON.

use serde_json::{Value, json};

use crate::{domain::text::Text, exit::Exit};

/// Begins a line of the program's own on stderr.
pub const PREFIX: &str = "backup365: ";

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
    fn the_object_has_the_lines_without_the_name_of_the_program() {
        let mut bad = Unanswered::new(Exit::Held, "the record is in use. Try again.");
        bad.lines.push(Text::from("line 2: no name"));
        assert_eq!(bad.to_string(), "backup365: the record is in use. Try again.\nline 2: no name");
        let object = bad.object("status");
        assert_eq!(object["lines"], json!(["the record is in use. Try again.", "line 2: no name"]));
        assert_eq!((&object["exit_code"], &object["kind"]), (&json!(8), &json!("failure")));
    }
}
