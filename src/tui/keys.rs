//! Pure: a key and what stands on the screen to what the person asks for. The focus decides what a letter is.

use crate::{
    tui::{
        draw::{Memory, code},
        input::Press,
    },
    wizard::{
        event::{Action, Edit, Intent, Move},
        view::{Block, Chord, Focus, View},
    },
};

#[cfg(test)]
mod tests;

/// What a key means.
#[derive(Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Ask the wizard for this.
    Ask(Intent),
    /// Scroll the text by lines; the wizard has no scroll offset.
    Scroll(i64),
    /// Scroll to the top, or to the end.
    ScrollTo(Edge),
    /// Draw everything again.
    Redraw,
    /// Stop the process until the shell goes on with it.
    Suspend,
    /// Nothing here.
    Nothing,
}

/// An end of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// The first line.
    Top,
    /// The last one.
    End,
}

/// What a key means on this screen; `memory` gives the rows and lines that fit.
#[must_use]
pub fn meaning(press: Press, view: &View<'_>, memory: &Memory) -> Meaning {
    match press {
        Press::Ctrl('c') => return Meaning::Ask(Intent::Leave),
        Press::Ctrl('\\') => return Meaning::Ask(Intent::End(crate::wizard::event::Ending::Quit)),
        Press::Ctrl('z') => return Meaning::Suspend,
        Press::Ctrl('l') => return Meaning::Redraw,
        Press::Ctrl('g') if view.keys.iter().any(|key| key.action == Action::Help) => {
            return Meaning::Ask(Intent::Act(Action::Help));
        }
        Press::Ctrl(letter) => {
            if let Some(key) = view.keys.iter().find(|key| key.chord == Chord::Ctrl(letter)) {
                return Meaning::Ask(Intent::Act(key.action));
            }
        }
        _ => {}
    }
    if code(view.overlay.as_ref().unwrap_or(&view.panel)).is_some() {
        return Meaning::Ask(Intent::Back);
    }
    match view.focus {
        Focus::Field => in_field(press, memory),
        Focus::Rows => in_rows(press, memory).unwrap_or_else(|| command(press, view)),
        Focus::Controls => in_controls(press, view, memory).unwrap_or_else(|| command(press, view)),
        Focus::Reading => in_text(press, memory).unwrap_or_else(|| command(press, view)),
    }
}

/// Rows or lines of a page, less one so that a line of the old page stays in sight.
fn page(lines: usize) -> i64 {
    i64::try_from(lines).unwrap_or(i64::MAX).max(1)
}

/// In a text field every printable character is text; pages move the rows below it, or else the text around it.
fn in_field(press: Press, memory: &Memory) -> Meaning {
    if memory.rows.height == 0 && matches!(press, Press::PageUp | Press::PageDown) {
        return scrolled(press, memory).unwrap_or(Meaning::Nothing);
    }
    let rows = page(usize::from(memory.rows.height));
    Meaning::Ask(match press {
        Press::Char(c) => Intent::Insert(c),
        Press::Enter => Intent::Submit,
        Press::Esc => Intent::Back,
        Press::Tab | Press::Down => Intent::NextControl,
        Press::BackTab | Press::Up => Intent::PreviousControl,
        Press::Backspace => Intent::Edit(Edit::Backspace),
        Press::Delete => Intent::Edit(Edit::Delete),
        Press::Left => Intent::Edit(Edit::Left),
        Press::Right => Intent::Edit(Edit::Right),
        Press::Home | Press::Ctrl('a') => Intent::Edit(Edit::Home),
        Press::End | Press::Ctrl('e') => Intent::Edit(Edit::End),
        Press::Ctrl('u') => Intent::Edit(Edit::Clear),
        Press::Ctrl('w') => Intent::Edit(Edit::Word),
        Press::PageUp => Intent::Move(Move::By(-rows)),
        Press::PageDown => Intent::Move(Move::By(rows)),
        Press::Ctrl(_) => return Meaning::Nothing,
    })
}

/// Arrows and pages move the cursor of the rows.
fn in_rows(press: Press, memory: &Memory) -> Option<Meaning> {
    let rows = page(usize::from(memory.rows.height));
    Some(Meaning::Ask(Intent::Move(match press {
        Press::Up => Move::By(-1),
        Press::Down => Move::By(1),
        Press::PageUp => Move::By(-rows),
        Press::PageDown => Move::By(rows),
        Press::Home => Move::First,
        Press::End => Move::Last,
        _ => return None,
    })))
}

/// Arrows move between controls, and inside a choice; pages scroll what does not fit.
fn in_controls(press: Press, view: &View<'_>, memory: &Memory) -> Option<Meaning> {
    let panel = view.overlay.as_ref().unwrap_or(&view.panel);
    let is_choice =
        panel.blocks.iter().any(|block| matches!(block, Block::Choice(choice) if choice.is_focused));
    Some(match press {
        Press::Left if is_choice => Meaning::Ask(Intent::Move(Move::By(-1))),
        Press::Right if is_choice => Meaning::Ask(Intent::Move(Move::By(1))),
        Press::Char(' ') if find(view, Chord::Space).is_none() => {
            Meaning::Ask(if is_choice { Intent::Move(Move::By(1)) } else { Intent::Submit })
        }
        Press::Left | Press::Up => Meaning::Ask(Intent::PreviousControl),
        Press::Right | Press::Down => Meaning::Ask(Intent::NextControl),
        Press::Enter => Meaning::Ask(Intent::Submit),
        Press::PageUp | Press::PageDown => return scrolled(press, memory),
        _ => return None,
    })
}

/// Arrows and pages scroll a text.
fn in_text(press: Press, memory: &Memory) -> Option<Meaning> {
    scrolled(press, memory)
}

/// The keys that scroll.
fn scrolled(press: Press, memory: &Memory) -> Option<Meaning> {
    let lines = page(memory.page.saturating_sub(1));
    Some(match press {
        Press::Up => Meaning::Scroll(-1),
        Press::Down => Meaning::Scroll(1),
        Press::PageUp => Meaning::Scroll(-lines),
        Press::PageDown => Meaning::Scroll(lines),
        Press::Home => Meaning::ScrollTo(Edge::Top),
        Press::End => Meaning::ScrollTo(Edge::End),
        _ => return None,
    })
}

/// Outside of fields letters are commands: those that the view offers, and the few that work everywhere.
fn command(press: Press, view: &View<'_>) -> Meaning {
    let chord = match press {
        Press::Char(' ') => Chord::Space,
        Press::Char(c) => Chord::Char(c),
        Press::Enter => Chord::Enter,
        Press::Esc => return Meaning::Ask(Intent::Back),
        Press::Tab => return Meaning::Ask(Intent::NextControl),
        Press::BackTab => return Meaning::Ask(Intent::PreviousControl),
        _ => return Meaning::Nothing,
    };
    if let Some(action) = find(view, chord) {
        return Meaning::Ask(match action {
            Action::Submit => Intent::Submit,
            Action::Back => Intent::Back,
            other => Intent::Act(other),
        });
    }
    match chord {
        Chord::Enter => Meaning::Ask(Intent::Submit),
        // Not the same as Ctrl-C: where nothing is interrupted, `q` leaves with the verdict as exit code.
        Chord::Char('q' | 'Q') => Meaning::Ask(Intent::Act(Action::Leave)),
        Chord::Char('b' | 'B') => Meaning::Ask(Intent::Back),
        Chord::Char('?') => Meaning::Ask(Intent::Act(Action::Help)),
        // A key without an answer looks like a program that hangs.
        Chord::Char(c) => Meaning::Ask(Intent::Unknown(c)),
        Chord::Space => Meaning::Ask(Intent::Unknown(' ')),
        _ => Meaning::Nothing,
    }
}

/// What a chord does here; a letter whose other case is free means the same as that.
fn find(view: &View<'_>, chord: Chord) -> Option<Action> {
    let exactly = |chord: Chord| view.keys.iter().find(|key| key.chord == chord).map(|key| key.action);
    exactly(chord).or_else(|| match chord {
        Chord::Char(c) if c.is_ascii_lowercase() => exactly(Chord::Char(c.to_ascii_uppercase())),
        Chord::Char(c) if c.is_ascii_uppercase() => exactly(Chord::Char(c.to_ascii_lowercase())),
        _ => None,
    })
}
