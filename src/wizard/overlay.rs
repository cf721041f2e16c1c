//! Panels that every screen has: help, the say-it card, explain, and the question before leaving.
//!
//! One stands above the screen at a time; the screen below keeps its state and its calls go on.

use crate::domain::{
    explain::{self, Entry},
    run::RunRecord,
    text::Text,
};

use super::{
    event::{Action, Edit, Intent},
    part::field::{Field, Taken},
    view::{Ask, Block, Card, Chord, Focus, Key, Panel, View},
    words,
};

/// How many hits *explain* shows in full: three fit a window of 24 rows.
const HITS: usize = 3;

/// Opens the say-it card.
const SAY: Key =
    words::key(Chord::Char('s'), Action::Say, "say", "What to say now, and what they should be seeing.");
/// Opens *explain*.
const EXPLAIN: Key = words::key(
    Chord::Char('e'),
    Action::Explain,
    "explain",
    "Look up a code or the words that the customer reads out.",
);
/// Opens help.
const HELP: Key = words::key(Chord::Char('?'), Action::Help, "help", "All keys of this screen.");

/// What stands above the screen.
#[derive(Debug)]
pub(crate) enum Overlay {
    /// All keys of this screen.
    Help,
    /// What to say now.
    Say,
    /// What a code or words mean.
    Explain(Explain),
    /// Leave? The run is kept.
    Leave,
}

/// The state of *explain*.
#[derive(Debug)]
pub(crate) struct Explain {
    field: Field,
    in_field: bool,
    hits: Vec<&'static Entry>,
}

/// What an overlay answers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Stay open.
    Stay,
    /// Close.
    Close,
    /// Leave the wizard.
    Leave,
}

/// What an overlay shows.
#[derive(Debug)]
pub(crate) struct Above<'a> {
    /// The panel.
    pub(crate) panel: Panel<'a>,
    /// Its own keys.
    pub(crate) keys: Vec<Key>,
    /// What the keyboard acts on.
    pub(crate) focus: Focus,
}

impl Overlay {
    /// Opens *explain*, with the code of the trouble on screen if there is one.
    pub(crate) fn explain(code: &str) -> Self {
        let hits = explain::look_up(code);
        Self::Explain(Explain { field: Field::plain(code), in_field: hits.is_empty(), hits })
    }

    /// Whether it gives way to the panel that this action opens.
    pub(crate) fn gives_way(&self, action: Action) -> bool {
        match self {
            Self::Help => matches!(action, Action::Say | Action::Explain),
            Self::Say => matches!(action, Action::Help | Action::Explain),
            Self::Explain(_) | Self::Leave => false,
        }
    }

    /// Which question it is.
    pub(crate) const fn asks(&self) -> Ask {
        match self {
            Self::Help => Ask::Help,
            Self::Say => Ask::Say,
            Self::Explain(_) => Ask::Explain,
            Self::Leave => Ask::Leave,
        }
    }

    /// Handles what a person asks while it is open.
    pub(crate) fn intent(&mut self, intent: &Intent) -> Answer {
        match (self, intent) {
            (Self::Leave, Intent::Submit | Intent::Act(Action::Submit | Action::Leave)) => Answer::Leave,
            (Self::Explain(explain), intent) => explain.intent(intent),
            (Self::Help, Intent::Act(Action::Help))
            | (Self::Say, Intent::Act(Action::Say))
            | (_, Intent::Back | Intent::Submit | Intent::Act(Action::Back | Action::Submit)) => {
                Answer::Close
            }
            _ => Answer::Stay,
        }
    }

    /// Shows it above a view.
    pub(crate) fn view<'a>(&'a self, below: &View<'a>, record: Option<&RunRecord>) -> Above<'a> {
        let close = words::key(Chord::Esc, Action::Back, "close", "Closes this panel.");
        let reading = |heading: Text, blocks| Above {
            panel: Panel { heading, blocks },
            keys: vec![close],
            focus: Focus::Reading,
        };
        match self {
            Self::Help => {
                let mut above = reading(Text::from("Keys of this screen"), help(below, record.is_some()));
                above.keys.extend([SAY, EXPLAIN]);
                above
            }
            Self::Say => {
                let mut above = reading(Text::from("Say it"), say(&below.card));
                above.keys.extend([EXPLAIN, HELP]);
                above
            }
            Self::Explain(explain) => explain.view(),
            Self::Leave => {
                let words = record.map_or_else(
                    || Text::from("No run is open."),
                    |r| {
                        Text::of(format_args!(
                            "The run is kept. Take it up again with: backup365 --run {}",
                            r.id
                        ))
                    },
                );
                let leave = words::key(Chord::Enter, Action::Submit, "leave", "Leaves. The run is kept.");
                let stay = words::key(Chord::Esc, Action::Back, "stay", "Stays here.");
                let heading = if record.is_some() { "Leave? The run is kept." } else { "Leave?" };
                let blocks = vec![Block::Para(words), Block::Para(Text::from("Enter leaves, Esc stays."))];
                Above {
                    panel: Panel { heading: Text::from(heading), blocks },
                    keys: vec![leave, stay],
                    // No button to press by mistake: Enter alone leaves.
                    focus: Focus::Reading,
                }
            }
        }
    }
}

impl Explain {
    fn intent(&mut self, intent: &Intent) -> Answer {
        if self.in_field {
            match self.field.intent(intent) {
                Taken::Changed => self.hits = explain::look_up(self.field.text()),
                Taken::Kept => {}
                Taken::NotMine => match intent {
                    Intent::Back if self.field.is_empty() => return Answer::Close,
                    Intent::Back => {
                        self.field.edit(Edit::Clear);
                        self.hits.clear();
                    }
                    Intent::Submit
                    | Intent::Act(Action::Submit)
                    | Intent::NextControl
                    | Intent::PreviousControl
                    | Intent::Move(_) => self.in_field = false,
                    Intent::Act(Action::Back) => return Answer::Close,
                    _ => {}
                },
            }
            return Answer::Stay;
        }
        match intent {
            Intent::Act(Action::Search) | Intent::NextControl | Intent::PreviousControl => {
                self.in_field = true;
            }
            Intent::Back | Intent::Submit | Intent::Act(Action::Back | Action::Submit | Action::Explain) => {
                return Answer::Close;
            }
            _ => {}
        }
        Answer::Stay
    }

    fn view(&self) -> Above<'_> {
        let hint = "a code like 90094, or the words on the customer's screen";
        let mut blocks = vec![Block::Field(self.field.view("Code or words", hint, None, self.in_field))];
        for entry in self.hits.iter().take(HITS) {
            blocks.extend([
                Block::Strong(entry.heading()),
                Block::Para(Text::of(format_args!("Means: {}", entry.means))),
                Block::Para(Text::of(format_args!("Say: {}", entry.say))),
                Block::Para(Text::of(format_args!("Press: {}", entry.press))),
                Block::Gap,
            ]);
        }
        let more = self.hits.len().saturating_sub(HITS);
        if more > 0 {
            blocks.push(Block::Para(Text::of(format_args!("{more} more are alike. Type more of it."))));
        }
        if self.hits.is_empty() && !self.field.is_empty() {
            blocks.push(Block::Para(Text::from(
                "Nothing is known by that. Try the number alone, or two or three words of the page's heading.",
            )));
        }
        let mut keys = if self.in_field {
            words::field_keys()
        } else {
            vec![words::key(Chord::Char('/'), Action::Search, "field", "Type another code or other words.")]
        };
        if !self.in_field {
            keys.push(words::key(Chord::Esc, Action::Back, "close", "Closes this panel."));
        }
        let focus = if self.in_field { Focus::Field } else { Focus::Reading };
        Above { panel: Panel { heading: Text::from("What does it mean?"), blocks }, keys, focus }
    }
}

/// One line per key; in a text field also those that act once it is left.
fn help<'a>(below: &View<'_>, has_run: bool) -> Vec<Block<'a>> {
    let line = |key: &Key| Block::Para(Text::of(format_args!("{}: {}", key.chord, key.help)));
    let mut blocks: Vec<_> = below.keys.iter().map(line).collect();
    if below.focus == Focus::Field {
        blocks.push(Block::Gap);
        blocks.push(Block::Para(Text::from("Outside the field (Enter, Tab or Down leaves it):")));
        blocks.extend(words::common_keys(Focus::Rows, has_run).iter().map(line));
    }
    blocks.push(Block::Para(Text::from(movement(below.focus))));
    blocks.extend([
        Block::Para(Text::from(
            "Tab and Shift-Tab: to the next control and to the one before, where there are several.",
        )),
        Block::Para(Text::from("Ctrl-C: asks before leaving; a second one leaves. The run is kept.")),
        Block::Para(Text::from(
            "Ctrl-L: draws the screen again. Ctrl-Z: to the shell; its command fg comes back here.",
        )),
    ]);
    blocks
}

/// What the keys do that move.
const fn movement(focus: Focus) -> &'static str {
    match focus {
        Focus::Field => "Arrows, Home and End: move in the text. Ctrl-U: empties it. Ctrl-W: erases a word.",
        Focus::Rows => "Up, Down, Page Up, Page Down, Home, End: move through the rows.",
        Focus::Controls => "Arrows: to the next control, or change a choice. Space presses a button.",
        Focus::Reading => "Up, Down, Page Up, Page Down, Home, End: scroll, where not all fits.",
    }
}

/// What the customer reads out, or asks: questions stand in quotation marks.
fn screen_or_question(words: &Text) -> &'static str {
    if words.as_str().starts_with('“') { "If they ask" } else { "If they see" }
}

/// The card as text.
fn say<'a>(card: &Card) -> Vec<Block<'a>> {
    let mut blocks = vec![
        Block::Strong(Text::of(format_args!("Say: “{}”", card.say))),
        Block::Para(Text::of(format_args!("They should see: {}", card.sees))),
    ];
    for (screen, answer) in &card.wrong {
        blocks.push(Block::Gap);
        blocks.push(Block::Para(Text::of(format_args!("{}: {screen}", screen_or_question(screen)))));
        blocks.push(Block::Para(Text::of(format_args!("Say: “{answer}”"))));
    }
    blocks
}
