//! Keys: one table (where, key, what it does), and what a key means in the light of the view and the focus.
//!
//! The line of keys and help are made of the same table. The focus decides: in a field of text every printable character
//! is text, elsewhere letters are commands. Keys that only look (cursor, scroll, caret, panels) change the front end's
//! own state; all others become an answer of the wizard. Pure.

use crate::{
    domain::{bill::grouped, phrase::Phrase, text::Text},
    wizard::{
        answer::{Action, Ending, FieldId, Given, Mark, RowId, Value, Which},
        ask::{QuestionId, Shape},
        view::{Block, FieldView, RowsView, Tone, View},
    },
};

use super::{
    field::{Edit, Field},
    input::{Input, Press},
    state::{self, Focus, Panel, State},
    words::Keyboard,
};

#[cfg(test)]
mod tests;

/// Where a key works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everywhere outside fields of text.
    Everywhere,
    /// While one of these questions stands.
    On(&'static [QuestionId]),
}

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// An action of the wizard.
    Do(Action),
    /// A mark on users.
    Mark(Mark, Whom),
    /// Back, or out of a panel.
    Back,
    /// All keys of this screen.
    Help,
    /// What to say to the customer now.
    Say,
    /// What a code means.
    Explain,
    /// Into the field of the search.
    Search,
    /// Begins a range, or ends it.
    Range,
    /// All of the lit row.
    Details,
    /// The link as a QR code.
    Code,
}

/// Whom a mark is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whom {
    /// Everybody.
    All,
    /// Whom the filter shows.
    Shown,
    /// The lit row, or the range.
    Lit,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Binding {
    /// Where it works.
    pub(crate) scope: Scope,
    /// What is pressed.
    pub(crate) key: Press,
    /// What it does.
    pub(crate) deed: Deed,
    /// One or two words, where the wizard offers none.
    pub(crate) label: &'static str,
    /// One sentence, where the wizard offers none.
    pub(crate) help: &'static str,
}

/// A key with words of its own.
const fn key(scope: Scope, key: char, deed: Deed, label: &'static str, help: &'static str) -> Binding {
    Binding { scope, key: Press::Char(key), deed, label, help }
}

/// A key for what the wizard offers, in its words.
const fn act(scope: Scope, letter: char, action: Action) -> Binding {
    key(scope, letter, Deed::Do(action), "", "")
}

/// A key for a mark on users.
const fn marks(letter: char, mark: Mark, whom: Whom, label: &'static str, help: &'static str) -> Binding {
    key(USERS, letter, Deed::Mark(mark, whom), label, help)
}

const ALL: Scope = Scope::Everywhere;
const CUSTOMER: Scope = Scope::On(&[QuestionId::Customer]);
const LISTS: Scope = Scope::On(&[QuestionId::Customer, QuestionId::Users]);
const USERS: Scope = Scope::On(&[QuestionId::Users]);
const AUTHORISE: Scope = Scope::On(&[QuestionId::Authorise]);
const SENDING: Scope = Scope::On(&[QuestionId::Authorise, QuestionId::Outcome]);
const OUTCOME: Scope = Scope::On(&[QuestionId::Outcome]);
const IMPERSONATION: Scope = Scope::On(&[QuestionId::Impersonation]);

/// The table: letters, Space, and a key that works inside fields too. Enter, Tab, Esc, arrows and the keys of a field mean the same everywhere; help says so.
/// The first ones are shown first.
pub(crate) const KEYS: &[Binding] = &[
    marks(' ', Mark::Toggle, Whom::Lit, "tick", "Ticks or unticks the row, or the range."),
    marks('a', Mark::Tick, Whom::All, "All", "Ticks every user that may be protected, once, filter or not."),
    marks('t', Mark::Tick, Whom::Shown, "These", "Ticks what the filter shows."),
    act(USERS, 'u', Action::Auto),
    key(LISTS, '/', Deed::Search, "filter", "Types into the field above the rows."),
    act(USERS, 'm', Action::Kinds),
    act(USERS, 'c', Action::Clear),
    marks('i', Mark::Invert, Whom::Shown, "invert", "Turns the ticks of what is shown round."),
    marks('x', Mark::ToggleExclusion, Whom::Lit, "exclude", "Excludes the row or the range, or lifts that."),
    key(USERS, 'v', Deed::Range, "range", "Begins a range at this row, or ends it. Then Space, x or O."),
    act(USERS, 'z', Action::Sort),
    key(USERS, 'd', Deed::Details, "details", "All of the row, also what its columns cut."),
    marks('O', Mark::Off, Whom::Lit, "turn off", "Turns the row or the range off (Admin); asks first."),
    act(CUSTOMER, 'n', Action::Add),
    act(AUTHORISE, 'w', Action::Rehearse),
    Binding {
        // A letter would be text in the first field of the form, and Tab only leads to the next field.
        key: Press::Ctrl('y'),
        ..act(IMPERSONATION, 'w', Action::Rehearse)
    },
    act(AUTHORISE, 'l', Action::PrintAlone),
    act(SENDING, 'c', Action::Copy),
    key(AUTHORISE, 'g', Deed::Code, "QR code", "Shows the link as a QR code."),
    act(SENDING, 'f', Action::WriteFile),
    act(AUTHORISE, 'o', Action::Open),
    act(OUTCOME, 't', Action::NextReceipt),
    act(IMPERSONATION, 'x', Action::EmptyList),
    act(ALL, 'r', Action::Refresh),
    act(ALL, 'p', Action::Park),
    key(ALL, 's', Deed::Say, "say", "What to say to the customer now, and what they should be seeing."),
    key(ALL, 'e', Deed::Explain, "explain", "Looks up a code or the words that the customer reads out."),
    key(ALL, 'b', Deed::Back, "back", "Back to the screen before. Esc does the same."),
    key(ALL, 'q', Deed::Do(Action::Leave), "leave", "Leaves. The run is kept."),
    key(ALL, '?', Deed::Help, "keys", "All keys of this screen."),
];

/// The name of a key, as it stands on the line of keys.
pub(crate) fn name(key: Press) -> String {
    match key {
        Press::Char(' ') => "Space".into(),
        Press::Char(letter) => letter.to_string(),
        Press::Ctrl(letter) => format!("Ctrl-{}", letter.to_ascii_uppercase()),
        Press::Enter => "Enter".into(),
        Press::Esc => "Esc".into(),
        Press::Tab => "Tab".into(),
        Press::BackTab => "Shift-Tab".into(),
        Press::PageDown => "PgDn".into(),
        other => format!("{other:?}"),
    }
}

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

/// Whether a binding works while this view stands, and there is something that it can do.
pub(crate) fn is_open(binding: &Binding, view: &View<'_>) -> bool {
    is_in_scope(binding, view)
        && match binding.deed {
            Deed::Do(action) => action == Action::Leave || view.offer(action).is_some(),
            Deed::Mark(mark, whom) => match &view.ask.shape {
                Shape::Select(asked) => match (mark, whom) {
                    (Mark::Off, _) => asked.may_turn_off,
                    (_, Whom::All) => asked.may_mark && asked.all.is_some(),
                    (Mark::Tick, Whom::Shown) => asked.may_mark && asked.these.is_some(),
                    _ => asked.may_mark,
                },
                _ => false,
            },
            Deed::Say => !view.card.say.is_empty(),
            Deed::Search => state::search(&view.page).is_some(),
            Deed::Range | Deed::Details | Deed::Back | Deed::Help | Deed::Explain => true,
            Deed::Code => state::link(&view.page).is_some(),
        }
}

fn is_in_scope(binding: &Binding, view: &View<'_>) -> bool {
    match binding.scope {
        Scope::Everywhere => true,
        Scope::On(questions) => questions.contains(&view.ask.id),
    }
}

/// The binding of a key; a letter whose other case is free means the same as that.
fn find(press: Press, view: &View<'_>) -> Option<&'static Binding> {
    let exactly = |press: Press| {
        let here = |binding: &&Binding| binding.key == press && is_in_scope(binding, view);
        KEYS.iter().filter(here).find(|binding| is_open(binding, view)).or_else(|| KEYS.iter().find(here))
    };
    exactly(press).or_else(|| match press {
        Press::Char(c) if c.is_ascii_lowercase() => exactly(Press::Char(c.to_ascii_uppercase())),
        Press::Char(c) if c.is_ascii_uppercase() => exactly(Press::Char(c.to_ascii_lowercase())),
        _ => None,
    })
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
    let had_said = state.said.take().is_some();
    let press = arrow(press, view, state);
    let outcome = match (&state.panel, press) {
        (Some(Panel::Code), _) | (Some(Panel::Help), Press::Ctrl('g')) => {
            state.panel = None;
            Outcome::Changed
        }
        (_, Press::Ctrl('g')) => {
            state.open(Panel::Help);
            Outcome::Changed
        }
        (Some(_), _) => in_panel(press, view, state),
        (None, _) => match state.focus {
            Focus::Field(id) => in_field(id, press, view, state),
            Focus::Choice(_) | Focus::Button(_) => among_controls(press, view, state),
            Focus::Number => in_number(press, view, state),
            Focus::Rows => in_rows(press, view, state),
            Focus::Text => read(press, view, state),
        },
    };
    if had_said && outcome == Outcome::Nothing { Outcome::Changed } else { outcome }
}

/// The key that a letter stands for: `j` and `k` move as the arrows do, `g` and `G`, where they are free, to the ends.
fn arrow(press: Press, view: &View<'_>, state: &State) -> Press {
    let is_text = state.keyboard() == Keyboard::Text;
    // The keys of the page are below a panel; among digits Home and End are for the caret.
    let is_bound = || KEYS.iter().any(|binding| binding.key == press && is_in_scope(binding, view));
    let is_free = || state.panel.is_some() || (state.focus != Focus::Number && !is_bound());
    match press {
        _ if is_text => press,
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

/// The edit that a key is in a field.
const fn edit(press: Press) -> Option<Edit> {
    Some(match press {
        Press::Backspace => Edit::Backspace,
        Press::Delete => Edit::Delete,
        Press::Left => Edit::Left,
        Press::Right => Edit::Right,
        Press::Home | Press::Ctrl('a') => Edit::Home,
        Press::End | Press::Ctrl('e') => Edit::End,
        Press::Ctrl('u') => Edit::Clear,
        Press::Ctrl('w') => Edit::Word,
        _ => return None,
    })
}

/// In a field of text: every printable character is text.
fn in_field(id: FieldId, press: Press, view: &View<'_>, state: &mut State) -> Outcome {
    let is_search = state::search(&view.page).is_some_and(|search| search.id == id);
    match press {
        Press::Char(letter) if state.field_mut(id).insert(letter) => fill(id, state, view),
        Press::Enter if is_search => {
            if let Some(row) = only_hit(id, view, state) {
                return Outcome::Give(Given::Pick(row));
            }
            state.focus = Focus::Rows;
            Outcome::Give(Given::Settle(id))
        }
        Press::Up | Press::Down | Press::Tab | Press::BackTab | Press::Enter => {
            step(view, state, matches!(press, Press::Up | Press::BackTab));
            Outcome::Give(Given::Settle(id))
        }
        Press::Esc if !is_empty(id, state) => {
            state.field_mut(id).clear();
            fill(id, state, view)
        }
        Press::Esc if is_search && matches!(view.ask.shape, Shape::Select(_)) => {
            state.focus = Focus::Rows;
            Outcome::Changed
        }
        Press::Esc => Outcome::Give(Given::Back),
        Press::PageUp | Press::PageDown if is_search => moved(press, view, state).unwrap_or(Outcome::Nothing),
        Press::PageUp | Press::PageDown => scrolled(press, &mut state.scroll).unwrap_or(Outcome::Nothing),
        _ => match edit(press) {
            Some(edit) if state.field_mut(id).edit(edit) => fill(id, state, view),
            None if matches!(press, Press::Ctrl(_)) && find(press, view).is_some() => {
                command(press, view, state)
            }
            edit => changed(edit.is_some()),
        },
    }
}

/// Whether a field is empty, for the person before it: a saved secret fills a field that nothing was typed into.
fn is_empty(id: FieldId, state: &State) -> bool {
    state.field(id).is_none_or(Field::is_empty)
}

/// The only hit of a search that was finished, and seen, before the key came.
fn only_hit(id: FieldId, view: &View<'_>, state: &State) -> Option<RowId> {
    let rows = state::rows(&view.page).filter(|_| state::has_only_hit(view) && !view.ask.is_waiting)?;
    let (words, row) = state.drawn.hit.as_ref()?;
    let is_seen = state.field(id)?.text() == words && rows.rows.id(0).as_ref() == Some(row);
    is_seen.then(|| row.clone())
}

/// Tells the wizard what stands in a field now.
fn fill(id: FieldId, state: &mut State, view: &View<'_>) -> Outcome {
    if id == FieldId::Search {
        state.list_mut(view.ask.id).restart();
    }
    let field = state.field_mut(id);
    let value = if field.is_masked() {
        Value::Secret(field.secret().unwrap_or_else(|| crate::domain::secret::Secret::new(String::new())))
    } else {
        Value::Text(field.text().to_owned())
    };
    Outcome::Give(Given::Fill(id, value))
}

/// The index behind one of so many, or the one before, round and round.
const fn beside(at: usize, len: usize, is_back: bool) -> usize {
    match is_back {
        true if at == 0 => len.saturating_sub(1),
        true => at - 1,
        false if at + 1 >= len => 0,
        false => at + 1,
    }
}

/// To the next control, or to the one before.
fn step(view: &View<'_>, state: &mut State, is_back: bool) -> Outcome {
    let controls = state::controls(view);
    let here = controls.iter().position(|control| *control == state.focus).unwrap_or(0);
    let next = controls.get(beside(here, controls.len(), is_back)).copied().unwrap_or_default();
    state.scroll.is_held = false;
    changed(std::mem::replace(&mut state.focus, next) != next)
}

/// The next of a choice, or the one before.
fn choose(view: &View<'_>, id: FieldId, is_back: bool) -> Outcome {
    let choice = view.page.blocks.iter().find_map(|block| match block {
        Block::Choice(choice) if choice.id == id => Some(choice),
        _ => None,
    });
    choice.map_or(Outcome::Nothing, |choice| {
        let next = beside(choice.chosen, choice.options.len(), is_back);
        Outcome::Give(Given::Fill(id, Value::Choice(next)))
    })
}

/// Among buttons and choices: arrows move between them, Left and Right change a choice, Space and Enter press.
fn among_controls(press: Press, view: &View<'_>, state: &mut State) -> Outcome {
    let focus = state.focus;
    let is_alone = state::controls(view).len() < 2;
    match (press, focus) {
        (Press::Left, Focus::Choice(id)) => choose(view, id, true),
        (Press::Right | Press::Char(' '), Focus::Choice(id)) => choose(view, id, false),
        // Where there is nothing to type, Enter is for the whole of it.
        (Press::Enter, Focus::Choice(_)) if state::fields(&view.page).next().is_none() => {
            Outcome::Give(Given::Submit)
        }
        (Press::Enter | Press::Char(' '), Focus::Button(action)) => Outcome::Give(Given::Do(action)),
        (Press::Right | Press::Enter, _) => step(view, state, false),
        (Press::Left, _) => step(view, state, true),
        (Press::Down | Press::Up, _) if !is_alone => step(view, state, press == Press::Up),
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
            let typed = state.number.text().parse().ok();
            let proposed = asked.proposed.filter(|_| state.number.is_empty());
            match typed.or(proposed) {
                Some(number) => Outcome::Give(Given::Number(number)),
                None if state.number.is_empty() => {
                    state.say(Tone::Warn, "Type the number that the table shows, then press Enter.");
                    Outcome::Changed
                }
                None => Outcome::Give(Given::Number(u32::MAX)),
            }
        }
        _ => match edit(press) {
            Some(edit) => {
                state.number.edit(edit);
                Outcome::Changed
            }
            None => read(press, view, state),
        },
    }
}

/// Among rows: the cursor moves, Enter chooses or goes on, letters are commands.
fn in_rows(press: Press, view: &View<'_>, state: &mut State) -> Outcome {
    if let Some(outcome) = moved(press, view, state) {
        return outcome;
    }
    match press {
        Press::Enter if view.ask.shape == Shape::Pick => {
            lit(view, state).map_or(Outcome::Nothing, |row| Outcome::Give(Given::Pick(row)))
        }
        _ => command(press, view, state),
    }
}

/// The row under the cursor.
fn lit(view: &View<'_>, state: &State) -> Option<RowId> {
    state.lit(view).and_then(|(rows, at)| rows.rows.id(at))
}

/// The keys that move the cursor over rows.
fn moved(press: Press, view: &View<'_>, state: &mut State) -> Option<Outcome> {
    let rows = state::rows(&view.page)?;
    let list = state.list_mut(view.ask.id);
    let bottom = rows.rows.len().saturating_sub(1);
    let here = list.lit(rows).unwrap_or(0);
    let page = usize::from(list.height).max(1);
    let half = (page / 2).max(1);
    let to = match press {
        Press::Up => here.saturating_sub(1),
        Press::Down => here.saturating_add(1),
        Press::PageUp => here.saturating_sub(page),
        Press::PageDown => here.saturating_add(page),
        Press::Ctrl('u') => here.saturating_sub(half),
        Press::Ctrl('d') => here.saturating_add(half),
        Press::Home => 0,
        Press::End => bottom,
        _ => return None,
    };
    let to = to.min(bottom);
    if to == here {
        return Some(Outcome::Nothing);
    }
    list.put(rows, to);
    Some(Outcome::Changed)
}

/// The keys that scroll a text.
fn scrolled(press: Press, scroll: &mut state::Scroll) -> Option<Outcome> {
    let page = isize::try_from(scroll.page.saturating_sub(1)).unwrap_or(isize::MAX).max(1);
    let half = (page / 2).max(1);
    Some(changed(scroll.by(match press {
        Press::Up => -1,
        Press::Down => 1,
        Press::PageUp => -page,
        Press::PageDown => page,
        Press::Ctrl('u') => -half,
        Press::Ctrl('d') => half,
        Press::Home => isize::MIN,
        Press::End => isize::MAX,
        _ => return None,
    })))
}

/// Keys of a panel that only shows.
fn in_panel(press: Press, view: &View<'_>, state: &mut State) -> Outcome {
    let State { panel, panel_scroll, .. } = state;
    if let Some(Panel::Explain(explain)) = panel
        && explain.in_field
    {
        match press {
            Press::Char(letter) => {
                explain.field.insert(letter);
                explain.look_up();
            }
            Press::Esc if explain.field.is_empty() => *panel = None,
            Press::Esc => {
                explain.field.clear();
                explain.look_up();
            }
            Press::Enter | Press::Tab | Press::BackTab | Press::Down | Press::Up => explain.in_field = false,
            Press::PageUp | Press::PageDown => {
                return scrolled(press, panel_scroll).unwrap_or(Outcome::Nothing);
            }
            _ => match edit(press) {
                Some(edit) if explain.field.edit(edit) => explain.look_up(),
                Some(_) => {}
                None => return Outcome::Nothing,
            },
        }
        return Outcome::Changed;
    }
    if let Some(outcome) = scrolled(press, panel_scroll) {
        return outcome;
    }
    // The keys of the page are below the panel, those that work everywhere are not.
    let deed =
        find(press, view).filter(|binding| binding.scope == Scope::Everywhere).map(|binding| binding.deed);
    match (&mut state.panel, press, deed) {
        (Some(Panel::Explain(explain)), Press::Char('/') | Press::Tab | Press::BackTab, _) => {
            explain.in_field = true;
        }
        (Some(Panel::Help), _, Some(Deed::Help))
        | (Some(Panel::Say), _, Some(Deed::Say))
        | (Some(Panel::Explain(_)), _, Some(Deed::Explain))
        | (_, Press::Esc | Press::Enter, _)
        | (_, _, Some(Deed::Back)) => state.panel = None,
        (_, _, Some(Deed::Do(_))) => {
            state.panel = None;
            return command(press, view, state);
        }
        (_, _, Some(deed)) => show(deed, view, state),
        (_, Press::Char(_), None) => return nothing_here(press, state),
        _ => return Outcome::Nothing,
    }
    Outcome::Changed
}

/// Outside of fields letters are commands: those of the table.
fn command(press: Press, view: &View<'_>, state: &mut State) -> Outcome {
    match press {
        Press::Esc => return back(view, state),
        Press::Enter => return enter(view),
        Press::Tab | Press::BackTab => return step(view, state, press == Press::BackTab),
        _ => {}
    }
    let Some(binding) = find(press, view) else {
        return match press {
            // A key without an answer looks like a program that hangs.
            Press::Char(_) => nothing_here(press, state),
            _ => Outcome::Nothing,
        };
    };
    match binding.deed {
        Deed::Do(action) if binding.scope == Scope::Everywhere && !is_open(binding, view) => {
            if action == Action::Park {
                state.say(Tone::Plain, "No run is open, so there is nothing to park.");
                return Outcome::Changed;
            }
            nothing_here(press, state)
        }
        Deed::Do(action) => {
            // Another text: it is read from its top.
            if action == Action::NextReceipt {
                state.scroll = state::Scroll::default();
            }
            Outcome::Give(Given::Do(action))
        }
        Deed::Mark(mark, whom) => self::mark(mark, whom, view, state),
        Deed::Back => Outcome::Give(Given::Back),
        own => {
            show(own, view, state);
            Outcome::Changed
        }
    }
}

fn nothing_here(press: Press, state: &mut State) -> Outcome {
    let key = name(press);
    state.say(
        Tone::Plain,
        Phrase::from(format_args!("{key} does nothing here.")).then("Press ? for the keys."),
    );
    Outcome::Changed
}

/// What a front end does by itself.
fn show(deed: Deed, view: &View<'_>, state: &mut State) {
    match deed {
        Deed::Help => state.open(Panel::Help),
        Deed::Say => state.open(Panel::Say),
        Deed::Explain => state.explain(view),
        Deed::Code if state::link(&view.page).is_some() => state.open(Panel::Code),
        Deed::Code => state.say(Tone::Plain, "There is no link to show yet."),
        Deed::Search => {
            if let Some(search) = state::search(&view.page) {
                state.focus = Focus::Field(search.id);
            }
        }
        Deed::Range => {
            let at = lit(view, state);
            let list = state.list_mut(view.ask.id);
            list.anchor = if list.anchor.is_some() { None } else { at };
            if list.anchor.is_some() {
                state.say(Tone::Plain, "Range: move, then Space, x or O. Esc ends it.");
            }
        }
        Deed::Details => {
            if let Some(words) = state.lit(view).and_then(|(rows, at)| rows.rows.details(at)) {
                state.say(Tone::Plain, words);
            }
        }
        Deed::Do(_) | Deed::Mark(..) | Deed::Back => {}
    }
}

/// Enter, where no field, button or row takes it.
fn enter(view: &View<'_>) -> Outcome {
    let default = view.actions.iter().find(|offer| offer.is_default);
    match (&view.ask.shape, default) {
        (Shape::Confirm { default: true }, _) => Outcome::Give(Given::Yes),
        (Shape::Confirm { default: false }, _) => Outcome::Give(Given::No),
        (_, Some(offer)) => Outcome::Give(Given::Do(offer.action)),
        (Shape::Form, None) => Outcome::Give(Given::Submit),
        _ => Outcome::Nothing,
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
    let Some(rows) = state::rows(&view.page) else { return Outcome::Nothing };
    let which = match whom {
        Whom::All => Some(Which::All),
        Whom::Shown => Some(Which::Shown(rows.rows.generation())),
        Whom::Lit => lit_users(rows, view.ask.id, state),
    };
    which.map_or(Outcome::Nothing, |which| Outcome::Give(Given::Mark(mark, which)))
}

/// The lit user, or the users of the range, which ends here.
fn lit_users(rows: &RowsView<'_>, question: QuestionId, state: &mut State) -> Option<Which> {
    let list = state.list_mut(question);
    let user = |at: usize| match rows.rows.id(at) {
        Some(RowId::User(user)) => Some(user),
        _ => None,
    };
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

/// What the wizard is told of a key that was read before its question stood there, so that it says so; nothing of keys
/// that only move.
pub(crate) fn typed_ahead(input: &Input) -> Option<Given> {
    let is_said = match input {
        Input::Key(press) => matches!(press, Press::Char(_) | Press::Enter | Press::Backspace),
        Input::Paste(_) | Input::Flood(_) => true,
    };
    is_said.then_some(Given::Submit)
}

/// What was pasted.
pub(crate) fn paste(text: &str, view: &View<'_>, state: &mut State) -> Outcome {
    state.sync(view);
    state.said = None;
    if let Some(Panel::Explain(explain)) = &mut state.panel {
        if explain.in_field {
            if explain.field.paste(text).is_changed {
                explain.look_up();
            }
        } else {
            state.say(Tone::Plain, "Nothing was pasted. Press / first, then paste.");
        }
        return Outcome::Changed;
    }
    if state.panel.is_some() {
        state.say(Tone::Plain, "Nothing was pasted. There is no field in this panel.");
        return Outcome::Changed;
    }
    match state.focus {
        Focus::Field(id) => paste_into(id, text, view, state),
        Focus::Number => {
            let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            for digit in line.chars().filter(char::is_ascii_digit) {
                state.number.insert(digit);
            }
            Outcome::Changed
        }
        _ => {
            let has_search = state::search(&view.page).is_some();
            let has_field = state::fields(&view.page).next().is_some();
            state.say(
                Tone::Plain,
                match (has_search, has_field) {
                    (true, _) => "Nothing was pasted. Press / first, then paste.",
                    (false, true) => "Nothing was pasted. Go to a field with Tab first, then paste.",
                    (false, false) => "Nothing was pasted. There is no field on this screen.",
                },
            );
            Outcome::Changed
        }
    }
}

/// A paste into a field of text: its first line, or all of them where the field takes lists.
fn paste_into(id: FieldId, text: &str, view: &View<'_>, state: &mut State) -> Outcome {
    let takes_lines =
        state::fields(&view.page).any(|field: &FieldView<'_>| field.id == id && field.takes_lines);
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    if takes_lines && lines > 1 {
        return Outcome::Give(Given::Fill(id, Value::Lines(text.to_owned())));
    }
    let pasted = state.field_mut(id).paste(text);
    if pasted.is_cut {
        state.say(Tone::Warn, "Only the start was pasted: the field takes no more.");
    } else if lines > 1 {
        let lost = grouped(u32::try_from(lines - 1).unwrap_or(u32::MAX));
        let words = Text::of(format_args!("Only the first line was taken; {lost} more were left out."));
        state.say(Tone::Warn, words);
    }
    if pasted.is_changed { fill(id, state, view) } else { Outcome::Changed }
}

/// So much was pasted at once that nothing of it was kept.
pub(crate) fn flood(bytes: usize, most: usize, state: &mut State) -> Outcome {
    let (bytes, most) = (super::words::grouped(bytes), super::words::grouped(most));
    state.say(
        Tone::Warn,
        format_args!("Nothing was pasted: it was {bytes} bytes long, and at most {most} are taken at once. Paste it in smaller parts."),
    );
    Outcome::Changed
}
