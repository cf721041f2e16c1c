//! Keys: one table (where, key, what it does), and what a key means in the light of the view and the focus.
//!
//! The line of keys and help are made of the same table. The focus decides: in a field of text every printable character
//! is text, elsewhere letters are commands. Keys that only look (cursor, scroll, caret, panels) change the front end's
//! own state; all others become an answer of the wizard. Pure.

use crate::{
    domain::phrase::Phrase,
    wizard::{
        answer::{Action, Ending, FieldId, Given, Mark, RowId, Value, Which},
        ask::Shape,
        view::{RowsView, Tone, View},
    },
};

use super::{
    field::Field,
    input::{Input, Press},
    state::{self, Focus, List, Panel, State},
};

pub(crate) use early::is_early;
use moving::{moved, scrolled};
use table::{Deed, KEYS, Scope, Whom, find, is_in_scope, is_open, name};

mod early;
mod moving;
pub(crate) mod paste;
pub(crate) mod table;
#[cfg(test)]
mod tests;

/// What a key led to.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer for the wizard.
    Give(Given),
    /// The front end's own state is another one.
    Changed,
    /// Everything is to be drawn again.
    Redraw,
    /// The process is to be stopped until the shell goes on with it.
    Suspend,
    /// Nothing.
    Nothing,
}

/// What a key does now.
pub fn press(press: Press, view: &View<'_>, state: &mut State) -> Outcome {
    match press {
        Press::Ctrl('c') => {
            state.panel = None;
            return Outcome::Give(Given::Leave);
        }
        Press::Ctrl('\\') => return Outcome::Give(Given::End(Ending::Quit)),
        Press::Ctrl('z') => return Outcome::Suspend,
        Press::Ctrl('l') => return Outcome::Redraw,
        _ => {}
    }
    state.sync(view);
    let (had_said, was_text) = (state.said.take().is_some(), state.keyboard().is_text());
    let before = state.word;
    let is_text = was_text && matches!(press, Press::Char(_));
    state.word = state::Word { is_text, last: Some(press), ..state::Word::default() };
    // What was asked for about a row is put away first, as a panel is.
    if std::mem::take(&mut state.has_details) && had_said && press == Press::Esc {
        return Outcome::Changed;
    }
    let press = arrow(press, view, state);
    let outcome = match (state.panel, press) {
        (Some(Panel::Code), _) => {
            state.panel = None;
            Outcome::Changed
        }
        (_, Press::Ctrl('g')) => show(Deed::Open(Panel::Help), view, state),
        (Some(panel), _) => in_panel(panel, press, view, state),
        // In the field too: there the offer is read while the word is typed.
        (None, Press::Tab) if view.offer(Action::Narrow).is_some() => {
            Outcome::Give(Given::Do(Action::Narrow))
        }
        (None, _) => match state.focus {
            Focus::Field(id) => in_field(id, press, view, state),
            Focus::Choice(_) | Focus::Button(_) => among_controls(press, view, state),
            Focus::Number => in_number(press, view, state),
            Focus::Rows => in_rows(press, view, state),
            Focus::Text if state.awaited.is_some() => among_controls(press, view, state),
            Focus::Text => read(press, view, state),
        },
    };
    if state.word.strangers > 0 {
        state.word.strangers = state.word.strangers.saturating_add(before.strangers);
    }
    if had_said && outcome == Outcome::Nothing { Outcome::Changed } else { outcome }
}

/// The key that a letter stands for: `j` and `k` move as the arrows do, `g` and `G`, where they are free, to the ends.
fn arrow(press: Press, view: &View<'_>, state: &State) -> Press {
    let is_text = state.keyboard().is_text();
    // The keys of the page are below a panel; among digits Home and End are for the caret.
    let is_bound = || KEYS.iter().any(|binding| binding.key == press && is_in_scope(binding, view));
    let is_free = || state.panel.is_some() || (state.focus != Focus::Number && !is_bound());
    match press {
        // In *explain* a letter begins a word.
        _ if is_text || state.panel == Some(Panel::Explain) => press,
        Press::Char('k') => Press::Up,
        Press::Char('j') => Press::Down,
        Press::Char('g') if is_free() => Press::Home,
        Press::Char('G') if is_free() => Press::End,
        _ => press,
    }
}

/// Own state changed, or not.
const fn changed(is_changed: bool) -> Outcome {
    if is_changed { Outcome::Changed } else { Outcome::Nothing }
}

/// In a field of text: every printable character is text.
fn in_field(id: FieldId, press: Press, view: &View<'_>, state: &mut State) -> Outcome {
    let is_search = state::search(&view.page).is_some_and(|search| search.id == id);
    state.awaited = None;
    match press {
        Press::Enter if is_search && let Some(row) = only_hit(id, view, state) => {
            Outcome::Give(Given::Pick(row))
        }
        Press::Up | Press::Down | Press::Tab | Press::BackTab | Press::Enter => {
            step(press, view, state);
            Outcome::Give(Given::Settle(id))
        }
        Press::Esc if !is_empty(id, state) => {
            state.field_mut(id).clear();
            fill(id, state, view)
        }
        Press::Esc if is_search && matches!(view.ask.shape, Shape::Select(_)) => {
            state.focus = Focus::Rows;
            Outcome::Give(Given::Settle(id))
        }
        Press::Esc => Outcome::Give(Given::Back),
        Press::PageUp | Press::PageDown if is_search => moved(press, view, state).unwrap_or(Outcome::Nothing),
        Press::PageUp | Press::PageDown => scrolled(press, &mut state.scroll).unwrap_or(Outcome::Nothing),
        _ => match state.field_mut(id).press(press) {
            Some(true) => fill(id, state, view),
            Some(false) => Outcome::Changed,
            None if matches!(press, Press::Ctrl(_)) && find(press, view).is_some() => {
                command(press, view, state)
            }
            None => Outcome::Nothing,
        },
    }
}

/// Whether a field is empty, for the person before it: a saved secret fills a field that nothing was typed into.
fn is_empty(id: FieldId, state: &State) -> bool {
    state.field(id).is_none_or(Field::is_empty)
}

/// The only hit of a search that was finished, and seen, before the key came.
fn only_hit(id: FieldId, view: &View<'_>, state: &State) -> Option<RowId> {
    let rows = view.page.rows().filter(|_| state::has_only_hit(view) && !view.ask.is_waiting)?;
    let (words, row) = state.drawn.hit.as_ref()?;
    let is_seen = state.field(id)?.text() == words && rows.rows.id(0).as_ref() == Some(row);
    is_seen.then(|| row.clone())
}

/// Tells the wizard what stands in a field now.
fn fill(id: FieldId, state: &mut State, view: &View<'_>) -> Outcome {
    if id == FieldId::Search {
        state.list_mut(view.ask.id).restart();
    }
    Outcome::Give(Given::Fill(id, state.field_mut(id).value()))
}

/// To the next control that is open, or to the one before. Tab and Enter go round. Arrows end at the ends, and Up and Down
/// go from no button to another one: what costs is not on the way of who reads on. Enter never comes to *Back* past a
/// button that is closed: it waits for that one to open.
fn step(press: Press, view: &View<'_>, state: &mut State) -> Outcome {
    let is_round = matches!(press, Press::Tab | Press::BackTab | Press::Enter);
    let is_line = matches!(press, Press::Up | Press::Down);
    let mut places = state::places(view);
    if matches!(press, Press::Up | Press::Left | Press::BackTab) {
        places.reverse();
    }
    let from = state.awaited.unwrap_or(state.focus);
    let here = places.iter().take_while(|place| place.0 != from).count();
    let (before, ahead) = places.split_at(here);
    let is_button = |focus: Focus| matches!(focus, Focus::Button(_));
    let is_passed = |next: Focus| is_line && is_button(from) && is_button(next);
    let round = before.iter().chain(ahead.first()).filter(|_| is_round);
    let mut ways = ahead.iter().skip(1).chain(round).filter(|place| !is_passed(place.0));
    let mut closed = None;
    let next = ways.find(|(place, is_open)| {
        closed = closed.or((!is_open).then_some(*place));
        *is_open
    });
    let Some((next, _)) = next else { return Outcome::Nothing };
    state.awaited = None;
    state.scroll.is_held = false;
    if press == Press::Enter && closed.is_some() && *next == Focus::Button(Action::Back) {
        state.awaited = closed;
        return Outcome::Changed;
    }
    changed(std::mem::replace(&mut state.focus, *next) != *next)
}

/// The next of a choice, or the one before, round and round.
fn choose(view: &View<'_>, id: FieldId, is_back: bool) -> Outcome {
    let choice = view.page.choices().find(|choice| choice.id == id);
    choice.map_or(Outcome::Nothing, |choice| {
        let step = if is_back { choice.options.len().saturating_sub(1) } else { 1 };
        let next = choice.chosen.saturating_add(step).checked_rem(choice.options.len());
        Outcome::Give(Given::Fill(id, Value::Choice(next.unwrap_or(0))))
    })
}

/// Among buttons and choices: arrows move between them, Left and Right change a choice, Space and Enter press.
fn among_controls(press: Press, view: &View<'_>, state: &mut State) -> Outcome {
    let focus = state.focus;
    match (press, focus) {
        (Press::Left, Focus::Choice(id)) => choose(view, id, true),
        (Press::Right | Press::Char(' '), Focus::Choice(id)) => choose(view, id, false),
        // Where there is nothing to type, Enter is for the whole of it.
        (Press::Enter, Focus::Choice(_)) if state::fields(&view.page).next().is_none() => {
            Outcome::Give(Given::Submit)
        }
        (Press::Enter | Press::Char(' '), Focus::Button(action)) => Outcome::Give(Given::Do(action)),
        (Press::Enter, Focus::Text) => command(press, view, state),
        (Press::Right | Press::Enter | Press::Left, _) => step(press, view, state),
        // Where no other control lies that way, the text does.
        (Press::Down | Press::Up, _) => match step(press, view, state) {
            Outcome::Nothing => read(press, view, state),
            stepped => stepped,
        },
        _ => read(press, view, state),
    }
}

/// Keys that scroll the page, and commands.
fn read(press: Press, view: &View<'_>, state: &mut State) -> Outcome {
    scrolled(press, &mut state.scroll).unwrap_or_else(|| command(press, view, state))
}

/// In the field of digits: everything else acts as outside.
fn in_number(press: Press, view: &View<'_>, state: &mut State) -> Outcome {
    let Shape::Number(asked) = &view.ask.shape else { return Outcome::Nothing };
    match press {
        Press::Char(digit) if digit.is_ascii_digit() => changed(state.number.insert(digit)),
        // Numbers are read with these, and typed so.
        Press::Char(',' | ' ' | '.' | '\'') => Outcome::Nothing,
        Press::Esc if !state.number.is_empty() => {
            state.number.clear();
            Outcome::Changed
        }
        Press::Enter => {
            let proposed = asked.proposed.filter(|_| state.number.is_empty());
            state.answered = state.number.text().to_owned();
            match state.number.text().parse().ok().or(proposed) {
                Some(number) => Outcome::Give(Given::Number(number)),
                None if state.number.is_empty() => {
                    say(state, Tone::Warn, "Type the number that the table shows, then press Enter.")
                }
                None => Outcome::Give(Given::Number(u32::MAX)),
            }
        }
        _ if !matches!(press, Press::Char(_)) && state.number.press(press).is_some() => Outcome::Changed,
        _ => read(press, view, state),
    }
}

/// Among rows: the cursor moves, Enter chooses or goes on, letters are commands.
fn in_rows(press: Press, view: &View<'_>, state: &mut State) -> Outcome {
    moved(press, view, state).unwrap_or_else(|| match press {
        Press::Enter if view.ask.shape == Shape::Pick => {
            lit(view, state).map_or(Outcome::Nothing, |row| Outcome::Give(Given::Pick(row)))
        }
        _ => command(press, view, state),
    })
}

/// The row under the cursor.
fn lit(view: &View<'_>, state: &State) -> Option<RowId> {
    state.lit(view).and_then(|(rows, at)| rows.rows.id(at))
}

/// Keys of a panel that only shows.
fn in_panel(open: Panel, press: Press, view: &View<'_>, state: &mut State) -> Outcome {
    let State { panel, panel_scroll, explain, .. } = state;
    if open == Panel::Explain && explain.in_field {
        match press {
            Press::Esc if explain.field.is_empty() => *panel = None,
            Press::Esc => explain.begin(""),
            Press::Enter | Press::Tab | Press::BackTab | Press::Down | Press::Up => explain.in_field = false,
            Press::PageUp | Press::PageDown => {
                return scrolled(press, panel_scroll).unwrap_or(Outcome::Nothing);
            }
            _ => match explain.field.press(press) {
                Some(true) => explain.look_up(),
                Some(false) => {}
                None => return Outcome::Nothing,
            },
        }
        return Outcome::Changed;
    }
    if let Some(outcome) = scrolled(press, panel_scroll) {
        return outcome;
    }
    // The keys of the page are below the panel, those that work everywhere are not.
    let deed = find(press, view).filter(|found| found.scope == Scope::Everywhere).map(|found| found.deed);
    match (open, press, deed) {
        (Panel::Explain, Press::Char('/') | Press::Tab | Press::BackTab, _) => explain.in_field = true,
        // What is typed is another word: it takes the place of the one that stands there.
        (Panel::Explain, Press::Char(letter), None | Some(Deed::Do(_))) if letter != ' ' => {
            explain.begin(letter.encode_utf8(&mut [0; 4]));
        }
        (_, Press::Esc | Press::Enter, _) | (_, _, Some(Deed::Back)) => {
            *panel = None;
            // Among customers the next thing that is typed is a name.
            if view.ask.shape == Shape::Pick && state.focus == Focus::Rows {
                return show(Deed::Search, view, state);
            }
        }
        (_, _, Some(Deed::Do(_))) => {
            *panel = None;
            return command(press, view, state);
        }
        (_, _, Some(deed)) => return show(deed, view, state),
        (_, _, None) => return nothing_here(press, state),
    }
    Outcome::Changed
}

/// Outside of fields letters are commands: those of the table.
fn command(press: Press, view: &View<'_>, state: &mut State) -> Outcome {
    match press {
        Press::Esc => return back(view, state),
        Press::Enter => return enter(view),
        Press::Tab | Press::BackTab => return step(press, view, state),
        _ => {}
    }
    let Some(binding) = find(press, view) else { return nothing_here(press, state) };
    let is_shut = !matches!(binding.scope, Scope::On(_)) && !is_open(binding, view);
    match binding.deed {
        Deed::Do(Action::Park) if is_shut && let Some(words) = view.nothing_to_park() => {
            say(state, Tone::Plain, words)
        }
        Deed::Do(_) if is_shut => nothing_here(press, state),
        Deed::Do(action) => {
            // Another text: it is read from its top.
            if action == Action::NextReceipt {
                state.scroll = state::Scroll::default();
            }
            Outcome::Give(Given::Do(action))
        }
        Deed::Mark(mark, whom) => self::mark(mark, whom, view, state),
        Deed::Back => Outcome::Give(Given::Back),
        own => show(own, view, state),
    }
}

/// Says something until the next key.
fn say(state: &mut State, tone: Tone, words: impl Into<Phrase>) -> Outcome {
    state.say(tone, words);
    Outcome::Changed
}

/// A key without an answer looks like a program that hangs; one without a letter may be pressed by the way.
fn nothing_here(press: Press, state: &mut State) -> Outcome {
    if !matches!(press, Press::Char(_) | Press::Ctrl(_)) {
        return Outcome::Nothing;
    }
    state.word.strangers = 1;
    let words = Phrase::from(format_args!("{} does nothing here.", name(press)));
    say(state, Tone::Plain, words.then("Press ? for the keys."))
}

/// What a front end does by itself.
fn show(deed: Deed, view: &View<'_>, state: &mut State) -> Outcome {
    match deed {
        // Its own key closes it, too.
        Deed::Open(panel) if state.panel == Some(panel) => state.panel = None,
        Deed::Open(Panel::Code) if view.page.link().is_none() => {
            state.say(Tone::Plain, "There is no link to show yet.");
        }
        Deed::Open(Panel::Say) if state.has_card => state.say(Tone::Plain, "It is open on the right."),
        Deed::Open(panel) => state.open(panel, view),
        Deed::Search if let Some(search) = state::search(&view.page) => state.focus = Focus::Field(search.id),
        Deed::Range => {
            let at = lit(view, state);
            let list = state.list_mut(view.ask.id);
            list.anchor = if list.anchor.is_some() { None } else { at };
            if list.anchor.is_some() {
                state.say(Tone::Plain, "Range: move, then Space, x or O. Esc ends it.");
            }
        }
        Deed::Details if let Some(words) = state.lit(view).and_then(|(rows, at)| rows.rows.details(at)) => {
            state.say(Tone::Plain, words);
            state.has_details = true;
        }
        Deed::Search | Deed::Details | Deed::Do(_) | Deed::Mark(..) | Deed::Back => {}
    }
    Outcome::Changed
}

/// Enter, where no field, button or row takes it.
fn enter(view: &View<'_>) -> Outcome {
    match view.default_offer() {
        Some(offer) => Outcome::Give(Given::Do(offer.action)),
        None if view.ask.shape == Shape::Form => Outcome::Give(Given::Submit),
        None => Outcome::Nothing,
    }
}

/// Esc: ends a range, then clears what filters, then goes back.
fn back(view: &View<'_>, state: &mut State) -> Outcome {
    if state.list_mut(view.ask.id).anchor.take().is_some() {
        return Outcome::Changed;
    }
    if let Some(search) = state::search(&view.page).filter(|search| !is_empty(search.id, state)) {
        state.field_mut(search.id).clear();
        return fill(search.id, state, view);
    }
    Outcome::Give(Given::Back)
}

/// A mark on users: one answer, whoever is meant.
fn mark(mark: Mark, whom: Whom, view: &View<'_>, state: &mut State) -> Outcome {
    let which = view.page.rows().and_then(|rows| match whom {
        Whom::All => Some(Which::All),
        Whom::Shown => Some(Which::Shown(rows.rows.generation())),
        Whom::Lit => lit_users(rows, state.listed_mut()),
    });
    which.map_or(Outcome::Nothing, |which| Outcome::Give(Given::Mark(mark, which)))
}

/// The lit user, or the users of the range, which ends here.
fn lit_users(rows: &RowsView<'_>, list: &mut List) -> Option<Which> {
    let user = |at: usize| if let RowId::User(user) = rows.rows.id(at)? { Some(user) } else { None };
    if let Some((first, last)) = list.range(rows) {
        list.anchor = None;
        return Some(Which::Range(user(first)?, user(last)?, rows.rows.generation()));
    }
    Some(Which::Users(vec![user(list.lit(rows)?)?]))
}

/// Whether a key means the same whatever question stands.
pub(crate) const fn is_always_taken(input: &Input) -> bool {
    matches!(input, Input::Key(Press::Ctrl('c' | '\\' | 'z' | 'l')))
}
