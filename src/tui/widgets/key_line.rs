//! The line of keys: what the state needs first, help last and always. What fits is chosen by importance, what is shown
//! keeps its order.

use ratatui::text::{Line, Span};

use crate::{
    domain::bill::grouped,
    tui::{
        input::Press,
        keys::table::{self, Binding, Deed, KEYS, Scope, Whom},
        state::{self, Focus, Panel, State},
        theme::Role,
        words::{cut, width},
    },
    wizard::{
        answer::{Action, FieldId, Mark},
        ask::{QuestionId, Shape},
        view::{Block, Tone, View},
    },
};

/// One key of the line.
#[derive(Debug)]
struct Item {
    chord: String,
    label: String,
    /// What fits is chosen in this order.
    importance: u8,
}

impl Item {
    fn new(importance: u8, chord: impl Into<String>, label: impl Into<String>) -> Self {
        Self { chord: chord.into(), label: label.into(), importance }
    }

    fn width(&self) -> u16 {
        width(&self.chord).saturating_add(width(&self.label)).saturating_add(1)
    }
}

/// Columns between two keys.
const GAP: u16 = 3;
/// Columns that help takes at the end of the line, the gap in front of it and both edges included.
const HELP_ROOM: u16 = 12;

/// Help lists all keys.
const HELP: u8 = 0;
/// The answer to the question.
const ANSWER: u8 = 1;
/// What the state needs: park while waiting, back where something failed.
const STATE: u8 = 2;
/// What scrolls: without it nobody knows that the page goes on.
const MORE: u8 = 3;
/// The keys of the screen, as the table has them.
const OWN: u8 = 4;
/// The keys that work everywhere.
const COMMON: u8 = 40;

/// The count behind the label of a key.
pub(crate) fn count(binding: &Binding, view: &View<'_>) -> Option<u32> {
    match binding.deed {
        Deed::Do(action) => view.offer(action)?.count,
        Deed::Mark(Mark::Tick, whom) => match (&view.ask.shape, whom) {
            (Shape::Select(asked), Whom::All) => asked.all,
            (Shape::Select(asked), Whom::Shown) => asked.these,
            _ => None,
        },
        _ => None,
    }
}

/// The line, for a window of so many columns.
pub(crate) fn line(view: &View<'_>, state: &State, room: u16) -> Line<'static> {
    let mut items = items(view, state);
    // The answer must stand there: a label that is too long for that gives its first words.
    let most = room.saturating_sub(HELP_ROOM);
    for item in items.iter_mut().filter(|item| item.importance == ANSWER && item.width() > most) {
        if let Some((first, _)) = item.label.split_once(',') {
            item.label = first.to_owned();
        }
        let chord = width(&item.chord).saturating_add(1);
        item.label = cut(&item.label, most.saturating_sub(chord), state.theme.use_unicode()).into_owned();
    }
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|at| items.get(*at).map(|item| item.importance));
    // The last cell of the last row is never written.
    let room = room.saturating_sub(2);
    // Narrow windows have no room to spare between keys.
    let gap = if room < 78 { GAP - 1 } else { GAP };
    let mut used = 0_u16;
    let mut shown = Vec::new();
    for at in order {
        let Some(item) = items.get(at) else { continue };
        let wide = item.width().saturating_add(if shown.is_empty() { 0 } else { gap });
        if used.saturating_add(wide) <= room {
            used += wide;
            shown.push(at);
        }
    }
    let theme = state.theme;
    let mut spans: Vec<Span<'static>> = vec![Span::raw(" ")];
    for (_, item) in items.into_iter().enumerate().filter(|(at, _)| shown.contains(at)) {
        if spans.len() > 1 {
            spans.push(super::flow::blank(gap));
        }
        spans.push(theme.span(Role::Accent, &item.chord));
        spans.push(theme.span(Role::Plain, &format!(" {}", item.label)));
    }
    Line::from(spans)
}

/// The keys that may stand on the line, in their order, help last.
fn items(view: &View<'_>, state: &State) -> Vec<Item> {
    let mut items = match &state.panel {
        Some(panel) => in_panel(panel, state),
        None => match state.focus {
            Focus::Field(id) => in_field(id, view, state),
            _ => on_page(view, state),
        },
    };
    let is_text = state.keyboard() == crate::tui::words::Keyboard::Text;
    items.push(Item::new(HELP, if is_text { "F1" } else { "?" }, "keys"));
    items
}

fn in_panel(panel: &Panel, state: &State) -> Vec<Item> {
    let mut items = Vec::new();
    match panel {
        Panel::Explain(explain) if explain.in_field => {
            items.push(Item::new(ANSWER, "Enter", "leave field"));
            items.push(Item::new(STATE, "Esc", if explain.field.is_empty() { "close" } else { "clear" }));
        }
        _ => items.push(Item::new(ANSWER, "Esc", "close")),
    }
    if matches!(panel, Panel::Explain(explain) if !explain.in_field) {
        items.push(Item::new(OWN, "/", "other words"));
    }
    if state.panel_scroll.most > 0 {
        let key = if state.keyboard() == crate::tui::words::Keyboard::Text { "PgDn" } else { "Down" };
        items.push(Item::new(MORE, key, "more"));
    }
    items
}

/// In a field letters are text: only what is no letter is named.
fn in_field(id: FieldId, view: &View<'_>, state: &State) -> Vec<Item> {
    let rows =
        state::rows(&view.page).filter(|rows| rows.search.as_ref().is_some_and(|search| search.id == id));
    let is_filled = state.field(id).is_some_and(|field| !field.is_empty());
    let enter = match rows {
        Some(_) if state::has_only_hit(view) => "choose",
        Some(_) => "to the rows",
        None => "next",
    };
    let esc = match (is_filled, rows) {
        (true, _) => "clear",
        (false, Some(_)) if matches!(view.ask.shape, Shape::Select(_)) => "to the rows",
        (false, _) => "back",
    };
    let mut items = vec![Item::new(ANSWER, "Enter", enter), Item::new(STATE, "Esc", esc)];
    if rows.is_none() && state.scroll.most > 0 {
        items.push(Item::new(MORE, "PgDn", "more"));
    }
    let works = |binding: &&Binding| matches!(binding.key, Press::Ctrl(_)) && table::is_open(binding, view);
    items.extend(KEYS.iter().filter(works).map(|binding| item(binding, OWN, view)));
    items.push(Item::new(COMMON, "Ctrl-C", "leave"));
    items
}

/// Outside of fields.
fn on_page(view: &View<'_>, state: &State) -> Vec<Item> {
    let mut items = Vec::new();
    let mut table: Vec<&Binding> = KEYS.iter().filter(|binding| table::is_open(binding, view)).collect();
    // Help is pushed last, whatever else stands there.
    table.retain(|binding| binding.deed != Deed::Help);
    let is_tick = |binding: &&Binding| binding.key == Press::Char(' ');
    if let Some(at) = table.iter().position(is_tick) {
        let tick = table.remove(at);
        items.push(Item::new(ANSWER + 1, "Space", tick.label));
    }
    let enter = enter(view, state);
    // What Enter does already needs no second key on the line.
    let is_entered = |deed: Deed| {
        let default = view.actions.iter().find(|offer| offer.is_default);
        default.is_some_and(|offer| deed == Deed::Do(offer.action) && enter.as_deref() == Some(offer.label))
    };
    table.retain(|binding| !is_entered(binding.deed));
    items.extend(enter.map(|label| Item::new(ANSWER, "Enter", label)));
    let has_failed = view.page.blocks.iter().any(|block| matches!(block, Block::Failure(_)))
        || view.notice.as_ref().is_some_and(|notice| notice.tone == Tone::Bad);
    let own = |binding: &&&Binding| binding.scope != Scope::Everywhere;
    // The ways to hand a link over stand below it.
    let is_below = |binding: &Binding| state::link(&view.page).is_some() && is_sending(binding.deed);
    for (at, binding) in (OWN..).zip(table.iter().filter(own)) {
        let importance = if is_below(binding) { COMMON.saturating_mul(2).saturating_add(at) } else { at };
        items.push(item(binding, importance, view));
    }
    let is_waiting = view.ask.is_waiting || view.ask.shape == Shape::Watch;
    for (at, binding) in (COMMON..).zip(table.iter().filter(|binding| binding.scope == Scope::Everywhere)) {
        let importance = match binding.deed {
            Deed::Do(Action::Park) if is_waiting => STATE,
            Deed::Do(Action::Park) => OWN + 5,
            Deed::Do(Action::Leave) if view.ask.id == QuestionId::Leave => continue,
            Deed::Do(Action::Refresh) | Deed::Back if has_failed => STATE,
            Deed::Back if matches!(view.ask.shape, Shape::Confirm { .. } | Shape::Number(_)) => STATE,
            _ => at,
        };
        let mut item = item(binding, importance, view);
        if binding.deed == Deed::Back {
            item.chord = "Esc".into();
            // What it leads to, where the question has a word for that.
            let no = view.offer(Action::No).filter(|_| !has_button(view, Action::Back));
            if let (Shape::Confirm { .. }, Some(no)) = (&view.ask.shape, no) {
                item.label = no.label.to_lowercase();
            }
        }
        items.push(item);
    }
    items.extend(scrolling(state).map(|key| Item::new(MORE, key, "more")));
    // What the state needs goes first, after the answer.
    items.sort_by_key(|item| item.importance > STATE);
    items
}

/// The key that shows more of a page that scrolls; at its end there is more above only.
fn scrolling(state: &State) -> Option<&'static str> {
    if state.focus == Focus::Rows || state.scroll.most == 0 {
        return None;
    }
    let is_line = matches!(state.focus, Focus::Text | Focus::Number);
    Some(match (is_line, state.scroll.top >= state.scroll.most) {
        (true, false) => "Down",
        (true, true) => "Up",
        (false, false) => "PgDn",
        (false, true) => "PgUp",
    })
}

/// Whether the page has a button for this: of no and back, Esc is back.
fn has_button(view: &View<'_>, action: Action) -> bool {
    view.page.blocks.iter().any(|block| {
        matches!(block, Block::Buttons(buttons) if buttons.iter().any(|button| button.action == action))
    })
}

/// Whether a key hands the link over.
pub(crate) const fn is_sending(deed: Deed) -> bool {
    matches!(
        deed,
        Deed::Code | Deed::Do(Action::Copy | Action::PrintAlone | Action::WriteFile | Action::Open)
    )
}

/// What a key does in a word or two, in the wizard's words where it offers the same, with its count.
pub(crate) fn label(binding: &Binding, view: &View<'_>) -> String {
    let label = match binding.deed {
        Deed::Do(action) => view.offer(action).map_or(binding.label, |offer| offer.label),
        Deed::Mark(Mark::Tick, Whom::All) if matches!(view.ask.shape, Shape::Select(asked) if asked.is_arriving) => {
            "All so far"
        }
        _ => binding.label,
    };
    counted(label, count(binding, view))
}

/// Words with a count behind them, if there is one.
fn counted(label: &str, count: Option<u32>) -> String {
    count.map_or_else(|| label.to_owned(), |count| format!("{label} {}", grouped(count)))
}

/// A binding on the line.
fn item(binding: &Binding, importance: u8, view: &View<'_>) -> Item {
    Item::new(importance, table::name(binding.key), label(binding, view))
}

/// What Enter does.
fn enter(view: &View<'_>, state: &State) -> Option<String> {
    let button = |action: Action| {
        view.page.blocks.iter().find_map(|block| match block {
            Block::Buttons(buttons) => buttons.iter().find(|button| button.action == action),
            _ => None,
        })
    };
    let offered = |action: Action| {
        let button = button(action).map(|button| button.label);
        let label = button.or_else(|| view.offer(action).map(|offer| offer.label));
        label.map(str::to_lowercase)
    };
    let default = view.actions.iter().find(|offer| offer.is_default);
    let default_label = || default.map(|offer| counted(offer.label, offer.count));
    match (state.focus, &view.ask.shape) {
        // A closed button only says why it is closed.
        (Focus::Button(action), _) if button(action).is_some_and(|button| !button.is_open) => None,
        (Focus::Button(action), _) => offered(action).or_else(|| Some("press".into())),
        (Focus::Choice(_), _) if state::fields(&view.page).next().is_none() => offered(Action::Save),
        (Focus::Choice(_), _) => Some("next".into()),
        (Focus::Rows, Shape::Pick) => {
            state::rows(&view.page).filter(|rows| !rows.rows.is_empty()).map(|_| "choose".into())
        }
        (Focus::Number, _) => Some(default_label().unwrap_or_else(|| "confirm".into())),
        (_, Shape::Confirm { default: true }) => offered(Action::Yes).or_else(|| Some("yes".into())),
        (_, Shape::Confirm { default: false }) => offered(Action::No).or_else(|| Some("no".into())),
        _ => default_label(),
    }
}
