//! A fault of our own: what a person reads when the program panics, and what the log keeps.
//!
//! The front end restores the terminal before this speaks, so the words stand on the main screen.

use std::{
    backtrace::Backtrace,
    io::{self, Write},
    panic::PanicHookInfo,
    path::{Path, PathBuf},
};

use crate::{domain::text::Text, log};

/// Has a panic say its words, and where the log is.
pub(super) fn has_words(log: PathBuf) {
    std::panic::set_hook(Box::new(move |panic| {
        let (what, place) = (what(panic), place(panic));
        let _unheard = io::stderr().write_all(words(&what, &place, &log).as_bytes());
        let _unkept = keep(&what, &place, &log);
    }));
}

/// Keeps it in the log. Written by hand: a second panic in here, of the logger or of the clock, would be the end with
/// no word at all.
fn keep(what: &Text, place: &Text, file: &Path) -> io::Result<()> {
    // Frames are there where RUST_BACKTRACE asks for them.
    let frames = Backtrace::capture();
    log::open(file)?.write_all(format!("panic at {place}: {what}\n{frames}\n").as_bytes())
}

/// What the panic said; it may quote a name from outside.
fn what(panic: &PanicHookInfo<'_>) -> Text {
    Text::clean(panic.payload_as_str().unwrap_or("no words"))
}

/// Where it happened in the sources.
fn place(panic: &PanicHookInfo<'_>) -> Text {
    panic.location().map_or_else(|| Text::from("an unknown place"), |place| Text::of(format_args!("{place}")))
}

/// Lines for the main screen.
fn words(what: &Text, place: &Text, log: &Path) -> String {
    let log = Text::clean(&log.display().to_string());
    format!(
        "backup365: the program met a fault of its own: {what} (at {place}).\n\
         Nothing that you confirmed is lost. Start it again: it goes on where it was.\n\
         If it happens again, send the log to whoever looks after backup365: {log}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_what_to_do_and_quotes_nothing_raw() {
        let words =
            words(&Text::clean("in \u{1b}[31mEvil\u{202e}"), &Text::from("a.rs:1:2"), Path::new("/x/b.log"));
        assert!(
            words.contains("at a.rs:1:2") && words.contains("Start it again") && words.contains("/x/b.log")
        );
        assert!(!words.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{words:?}");
    }
}
