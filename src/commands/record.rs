//! `backup365 record`: the record moved to another place, looked at row by row, and opened to roles of its server.

mod check;
mod grant;

use std::{
    cell::Cell,
    io::{self, BufRead as _, Read as _},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use crate::{
    domain::{
        bill::{counted, grouped},
        text::Text,
    },
    exit::Exit,
    provider::store::{Load, Outlook, Place},
};

use super::{
    Out, quietly,
    record_context::{RecordContext, refused},
    unanswered::Unanswered,
    warn,
};

pub use check::check;
pub use grant::{grant, print};

/// What is asked for.
#[derive(Debug, Clone)]
pub enum Wish {
    /// Move the record to this place.
    Move(Place),
    /// Give a move up that was begun.
    GiveUp,
}

/// Most bytes of an answer that are read.
const MOST: u64 = 1_024;

/// Does it. `from` is where the record is, in words; it is moved where a flag agrees, or a person who can be asked.
///
/// # Errors
/// The record can't be moved, or nobody agreed; stdout can't be written for another reason than a closed pipe.
pub fn copy(
    cx: &RecordContext,
    from: &Text,
    wish: &Wish,
    (is_agreed, can_ask): (bool, bool),
    is_json: bool,
) -> anyhow::Result<Exit> {
    cx.says_sandbox();
    let Wish::Move(to) = wish else {
        let is_given_up = cx.store.give_up_moving().map_err(|failure| refused(&failure))?;
        let words = if is_given_up {
            "The move is given up: the record takes changes here again. What was copied can't be worked with."
        } else {
            "No move was begun: the record is worked with here."
        };
        let state = if is_given_up { "given-up" } else { "not-begun" };
        return told(cx, from, None, state, &Load::default(), words, is_json);
    };
    let outlook = cx.store.outlook(to).map_err(|failure| refused(&failure))?;
    let load = cx.store.load().map_err(|failure| refused(&failure))?;
    if outlook == Outlook::Arrived {
        let words = format!("The record is in {to} already. {}", settings(to));
        return told(cx, from, Some(to), "moved", &load, &words, is_json);
    }
    let question = question(from, to, outlook, &load);
    match (is_agreed, can_ask) {
        (true, _) => cx.out.note(&question),
        (false, true) if ask(&question) => {}
        (false, true) => {
            return Err(Unanswered::new(Exit::Stopped, "declined. Nothing was changed.").into());
        }
        (false, false) => {
            let words = format!("{question} Nobody can be asked here: add --yes.");
            return Err(Unanswered::new(Exit::Usage, &words).into());
        }
    }
    let bar = Bar::begin(cx.out);
    let moved = cx.store.move_to(to, &mut |done, all| bar.tell(done, all));
    bar.end();
    let arrival = moved.map_err(|failure| refused(&failure))?;
    let words = format!(
        "The record is in {to} now. Compared: {} rows, all the same; the history is whole. What is left in {from} can only be \
         read. {}",
        grouped(arrival.rows),
        settings(to)
    );
    told(cx, from, Some(to), "moved", &load, &words, is_json)
}

/// What a person is asked: both places, and what goes along.
fn question(from: &Text, to: &Place, outlook: Outlook, load: &Load) -> String {
    let what = match outlook {
        Outlook::GoesOn => "A move was begun and goes on: the record",
        Outlook::New | Outlook::Replaces | Outlook::Arrived => "The record",
    };
    let ends = match outlook {
        Outlook::Replaces => " What is left of it there is replaced.",
        Outlook::New | Outlook::GoesOn | Outlook::Arrived => "",
    };
    format!(
        "{what} with {}, {}, {} and {} of its history moves from {from} to {to}.{ends} Nobody can change it until that is done; \
         afterwards it is worked with there, and read only here.",
        counted(load.customers, "customer", "customers"),
        counted(load.runs, "run", "runs"),
        counted(load.seats, "seat", "seats"),
        counted(load.entries, "entry", "entries"),
    )
}

/// What everybody has to set, to work with the record where it is now.
const fn settings(to: &Place) -> &'static str {
    match to {
        Place::Server(_) => {
            "To work with it, name it as record.url in the settings of every computer, as it was named here."
        }
        Place::File(_) => {
            "To work with it, name its folder as folders.data in the settings, and no record.url."
        }
    }
}

/// Asks a person; no answer is no.
fn ask(question: &str) -> bool {
    warn(&format!("{question} Move it? Type yes; anything else stops."));
    let mut line = String::new();
    let is_read = io::stdin().lock().take(MOST).read_line(&mut line).is_ok();
    is_read && matches!(line.trim().to_lowercase().as_str(), "yes" | "y")
}

/// Says how it ended.
fn told(
    cx: &RecordContext,
    from: &Text,
    to: Option<&Place>,
    state: &str,
    load: &Load,
    words: &str,
    is_json: bool,
) -> anyhow::Result<Exit> {
    let printed = if is_json {
        cx.out.json(&json!({
            "version": 1,
            "kind": "record-copy",
            "sandbox": cx.is_sandbox,
            "state": state,
            "record": cx.store.id().to_string(),
            "from": from.as_str(),
            "to": to.map(ToString::to_string),
            "customers": load.customers,
            "runs": load.runs,
            "seats": load.seats,
            "entries": load.entries,
            "rows": load.rows,
        }))
    } else {
        cx.out.say(Text::clean(words).as_str())
    };
    quietly(printed, Exit::Done)
}

/// How far a move is, on a terminal.
struct Bar {
    bar: Option<ProgressBar>,
    /// Rows that were told last: a bar is not asked about each.
    last: Cell<u64>,
}

impl Bar {
    /// Rows between two looks at the bar.
    const STEP: u64 = 1_000;

    fn begin(out: Out) -> Self {
        let bar = out.has_bars.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{msg} {percent} % [{bar:24}] {eta} to go");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
            bar.set_message("Copying");
            bar
        });
        Self { bar, last: Cell::new(0) }
    }

    /// The first half copies, the second compares.
    fn tell(&self, done: u64, all: u64) {
        let Some(bar) = self.bar.as_ref().filter(|_| done >= self.last.get() + Self::STEP || done == all)
        else {
            return;
        };
        self.last.set(done);
        if done * 2 > all {
            bar.set_message("Comparing");
        }
        bar.set_length(all);
        bar.set_position(done);
    }

    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
