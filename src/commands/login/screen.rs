//! What a person sees while a sign-in goes on: lines on stderr, and one below them that counts down where a terminal can
//! show it. No line is written over anywhere else: then the time that is left is said now and then.

use std::{
    io::{self, Write as _},
    time::Duration,
};

use crate::{
    commands::warn,
    domain::{
        codeset::wrapped,
        failure::Failure,
        sign_in::{News, Phase, SignIn, Way},
        text::Text,
        time::{Moment, in_words},
    },
};

/// How often the time that is left is said where no line counts down. A guess: often enough to know that it goes on.
const NOW_AND_THEN: Duration = Duration::from_mins(1);

/// Between two numbers of the countdown.
const SECOND: Duration = Duration::from_secs(1);

/// The keys, where somebody can press them; short, because a line that is written over must not be wrapped.
const KEYS: &str = "n anew, o other way, q leave";

/// What is shown.
#[derive(Debug)]
pub(super) struct Screen {
    has_countdown: bool,
    is_attended: bool,
    columns: Option<u16>,
    /// The attempt whose code stands here.
    shown: u32,
    /// The line that counts down stands below the others.
    is_counting: bool,
    /// When the time that is left is said next.
    said_next: Option<Moment>,
}

impl Screen {
    /// Nothing yet; `columns` are those of the terminal, where there is one.
    pub(super) const fn new(has_countdown: bool, is_attended: bool, columns: Option<u16>) -> Self {
        Self { has_countdown, is_attended, columns, shown: 0, is_counting: false, said_next: None }
    }

    /// Says which way is begun, and why this one.
    pub(super) fn begins(&mut self, way: Way, can_open: bool) {
        self.line(match (way, can_open) {
            (Way::Browser, _) => "Sign in with your own account, in a browser on this computer.",
            (Way::Code, true) => "Sign in with your own account by a code, in a browser anywhere.",
            (Way::Code, false) => {
                "Sign in with your own account by a code: no browser can be opened from here, and one anywhere will do."
            }
        });
    }

    /// The link for the browser, before anything is opened.
    pub(super) fn link(&mut self, link: &str, port: u16, can_open: bool) {
        self.clear();
        // A link is longer than a line that is shown may be, and has no character of another's choosing in it.
        let _unheard = writeln!(io::stderr(), "Page: {link}");
        if !can_open {
            self.line(&format!(
                "Open it on this computer: the browser comes back to port {port} here. Over ssh that works with -L \
                 {port}:localhost:{port}; otherwise sign in by a code."
            ));
        }
    }

    /// The browser could not be opened.
    pub(super) fn unopened(&mut self, failure: &Failure) {
        self.line(&format!("Open the page yourself: {}.", failure.what));
    }

    /// News.
    pub(super) fn tell(&mut self, news: &News) {
        match news {
            News::ByRule(way, failure) => {
                self.line(failure.for_commands().as_str());
                self.line(match way {
                    Way::Code => "So the browser on this computer is tried instead of a code.",
                    Way::Browser => "So a code is tried instead of the browser on this computer.",
                });
            }
            News::Lapsed(way) => {
                self.line(match way {
                    Way::Code => "The code was not used in time.",
                    Way::Browser => "The browser did not come back in time.",
                });
                self.line(&format!("Nobody is signed in. Keys: {KEYS}."));
            }
        }
    }

    /// Shows how far it is.
    pub(super) fn show(&mut self, it: &SignIn, now: Moment) {
        let until = match it.phase() {
            Phase::Code(shown) => {
                if self.shown != it.attempt() {
                    self.shown = it.attempt();
                    self.line(&format!("Page: {}", shown.address));
                    self.line(&format!("Code: {}", shown.code));
                    self.line(
                        "Type it yourself and give it to nobody: whoever signs in with it is signed in here.",
                    );
                    self.goes_on(now);
                }
                shown.until
            }
            Phase::Browser(until) => {
                if self.shown != it.attempt() {
                    self.shown = it.attempt();
                    self.goes_on(now);
                }
                *until
            }
            Phase::Asking | Phase::Lapsed | Phase::Ended(_) => return self.clear(),
        };
        let left = until.since(now);
        if self.has_countdown {
            let keys = if self.is_attended { KEYS } else { "" };
            let (minutes, seconds) = (left.as_secs() / 60, left.as_secs() % 60);
            let words = format!("{minutes}:{seconds:02} left. {keys}");
            let room = self.columns.map_or(usize::MAX, usize::from);
            let words: String = words.chars().take(room).collect();
            // Back to the first column, and what stood there cleared (ECMA-48 EL).
            let _unheard = write!(io::stderr(), "\r\u{1b}[K{words}");
            let _unheard = io::stderr().flush();
            self.is_counting = true;
        } else if self.said_next.is_some_and(|at| now >= at) {
            self.line(&format!("Still waiting, for {} more.", in_words(left)));
            self.said_next = Some(now.plus(NOW_AND_THEN));
        }
    }

    /// How long until something of it changes.
    pub(super) fn next(&self, it: &SignIn, now: Moment) -> Option<Duration> {
        match it.phase() {
            Phase::Code(_) | Phase::Browser(_) if self.has_countdown => Some(SECOND),
            Phase::Code(_) | Phase::Browser(_) => self.said_next.map(|at| at.since(now)),
            Phase::Asking | Phase::Lapsed | Phase::Ended(_) => None,
        }
    }

    /// Takes the line away that counts down.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.is_counting) {
            let _unheard = write!(io::stderr(), "\r\u{1b}[K");
            let _unheard = io::stderr().flush();
        }
    }

    /// Says what can be pressed where no line shows it, and from when on the time is said.
    fn goes_on(&mut self, now: Moment) {
        self.said_next = Some(now.plus(NOW_AND_THEN));
        if self.is_attended && !self.has_countdown {
            self.line(&format!("Keys: {KEYS}."));
        }
    }

    /// A line above the one that counts down.
    fn line(&mut self, words: &str) {
        self.clear();
        for line in lines(words, self.columns) {
            warn(&line);
        }
    }
}

/// Words as lines of the terminal, broken at spaces; one line where there is no terminal.
pub(super) fn lines(words: &str, columns: Option<u16>) -> Vec<String> {
    let words = Text::clean(words);
    columns.map_or_else(|| vec![words.to_string()], |columns| wrapped(words.as_str(), columns))
}
