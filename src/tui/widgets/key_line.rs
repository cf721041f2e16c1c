//! The line of keys: what the state needs first, help last and always. What fits is chosen by importance, what is shown
//! keeps its order.

use ratatui::text::Line;

use crate::{
    tui::{
        input::Press,
        keys::table::{self, Binding, Deed, KEYS, Scope},
        state::{self, Focus, Panel, State},
        theme::Role,
        words::{Keyboard, cut, width},
    },
    wizard::{
        answer::{Action, FieldId},
        ask::{QuestionId, Shape},
        view::{HandoutId, Tone, View},
    },
};

use super::flow::blank;

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

    /// A binding on the line.
    fn of(binding: &Binding, importance: u8, view: &View<'_>) -> Self {
        Self::new(importance, table::name(binding.key), table::label(binding, view))
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
/// What sends a text without which nothing goes on, or that a person asked for.
const SENT: u8 = 3;
/// What scrolls: without it nobody knows that the page goes on.
const MORE: u8 = 4;
/// The keys of the screen, as the table has them.
const OWN: u8 = 5;
/// The keys that work everywhere.
const COMMON: u8 = 40;

/// The line, for a window of so many columns.
pub(crate) fn line(view: &View<'_>, state: &State, room: u16) -> Line<'static> {
    let theme = state.theme;
    let mut items: Vec<(usize, Item)> = items(view, state).into_iter().enumerate().collect();
    items.sort_by_key(|(_, item)| item.importance);
    // The answer must stand there: a label that is too long for that gives its first words.
    let most = room.saturating_sub(HELP_ROOM);
    for (_, item) in items.iter_mut().filter(|(_, item)| item.importance == ANSWER && item.width() > most) {
        let first = item.label.split(',').next().unwrap_or_default();
        let left = most.saturating_sub(width(&item.chord).saturating_add(1));
        item.label = cut(first, left, theme.use_unicode()).into_owned();
    }
    // Narrow windows have no room to spare between keys, and the last cell of the last row is never written.
    let room = room.saturating_sub(2);
    let gap = if room < 78 { GAP - 1 } else { GAP };
    let mut used = 0_u16;
    items.retain(|(_, item)| {
        let needed = used.saturating_add(item.width()).saturating_add(if used == 0 { 0 } else { gap });
        let fits = needed <= room;
        used = if fits { needed } else { used };
        fits
    });
    items.sort_by_key(|(at, _)| *at);
    let spans = items.iter().enumerate().flat_map(|(at, (_, item))| {
        let front = blank(if at == 0 { 1 } else { gap });
        let label = theme.span(Role::Plain, &format!(" {}", item.label));
        [front, theme.span(Role::Accent, &item.chord), label]
    });
    spans.collect()
}

/// The keys that may stand on the line, in their order, help last.
fn items(view: &View<'_>, state: &State) -> Vec<Item> {
    let is_text = state.keyboard() == Keyboard::Text;
    let mut items = match (state.panel, state.focus) {
        (Some(panel), _) => in_panel(panel, state),
        (None, Focus::Field(id)) => in_field(id, view, state),
        (None, _) => on_page(view, state),
    };
    items.push(Item::new(HELP, if is_text { "F1" } else { "?" }, "keys"));
    items
}

fn in_panel(panel: Panel, state: &State) -> Vec<Item> {
    let is_text = state.keyboard() == Keyboard::Text;
    let mut items = match panel {
        Panel::Explain if is_text => vec![
            Item::new(ANSWER, "Enter", "leave field"),
            Item::new(STATE, "Esc", if state.explain.field.is_empty() { "close" } else { "clear" }),
        ],
        Panel::Explain => vec![Item::new(ANSWER, "Esc", "close"), Item::new(OWN, "/", "other words")],
        _ => vec![Item::new(ANSWER, "Esc", "close")],
    };
    if state.panel_scroll.most > 0 {
        items.push(Item::new(MORE, if is_text { "PgDn" } else { "Down" }, "more"));
    }
    items
}

/// In a field letters are text: only what is no letter is named.
fn in_field(id: FieldId, view: &View<'_>, state: &State) -> Vec<Item> {
    let is_search = state::search(&view.page).is_some_and(|search| search.id == id);
    let is_filled = state.field(id).is_some_and(|field| !field.is_empty());
    let enter = match is_search {
        true if state::has_only_hit(view) => "choose",
        true => "to the rows",
        false => "next",
    };
    let esc = match (is_filled, &view.ask.shape) {
        (true, _) => "clear",
        (false, Shape::Select(_)) if is_search => "to the rows",
        (false, _) => "back",
    };
    let mut items = vec![Item::new(ANSWER, "Enter", enter), Item::new(STATE, "Esc", esc)];
    if !is_search && state.scroll.most > 0 {
        items.push(Item::new(MORE, "PgDn", "more"));
    }
    let works = |binding: &&Binding| matches!(binding.key, Press::Ctrl(_)) && table::is_open(binding, view);
    items.extend(KEYS.iter().filter(works).map(|binding| Item::of(binding, OWN, view)));
    items.push(Item::new(COMMON, "Ctrl-C", "leave"));
    items
}

/// Outside of fields.
fn on_page(view: &View<'_>, state: &State) -> Vec<Item> {
    let enter = enter(view, state);
    // What Enter does already needs no second key on the line, nor does leaving where that is asked; help is last.
    let entered =
        view.default_offer().filter(|offer| enter.as_deref() == Some(offer.label)).map(|offer| offer.action);
    let is_named = |deed: Deed| match deed {
        Deed::Open(Panel::Help) => false,
        Deed::Do(Action::Leave) if view.ask.id == QuestionId::Leave => false,
        Deed::Do(action) => Some(action) != entered,
        _ => true,
    };
    let is_here = |binding: &&Binding| is_named(binding.deed) && table::is_open(binding, view);
    let mut table = KEYS.iter().filter(is_here).peekable();
    let tick = table.next_if(|binding| binding.key == Press::Char(' '));
    let mut items: Vec<Item> = tick.map(|binding| Item::of(binding, ANSWER + 1, view)).into_iter().collect();
    items.extend(enter.map(|label| Item::new(ANSWER, "Enter", label)));
    let has_failed =
        view.page.failure().is_some() || view.notice.as_ref().is_some_and(|notice| notice.tone == Tone::Bad);
    let is_waiting = view.ask.is_waiting || view.ask.shape == Shape::Watch;
    let text = view.handouts.first().map(|text| text.id);
    let is_sent = text == Some(HandoutId::Hoster) || view.offer(Action::NextText).is_some();
    for (at, binding) in (0..).zip(table) {
        let importance = match binding.deed {
            deed if table::is_sending(deed) => match text {
                // The ways to hand a link over stand below it.
                _ if view.page.link().is_some() => COMMON * 2 + at,
                _ if is_sent && deed == Deed::Do(Action::NextText) => OWN + at,
                _ if is_sent => SENT,
                Some(HandoutId::Receipt) => OWN + at,
                _ => COMMON * 2 + at,
            },
            Deed::Do(Action::Refresh) if is_sent => OWN,
            _ if binding.scope != Scope::Everywhere => OWN + at,
            Deed::Do(Action::Park) if is_waiting => STATE,
            Deed::Do(Action::Park) => OWN + 5,
            Deed::Do(Action::Refresh) | Deed::Back if has_failed => STATE,
            Deed::Back if matches!(view.ask.shape, Shape::Confirm { .. } | Shape::Number(_)) => STATE,
            _ => COMMON + at,
        };
        let mut item = Item::of(binding, importance, view);
        if binding.deed == Deed::Back {
            item.chord = "Esc".into();
            // What it leads to, where the question has a word for that; of no and back, Esc is back.
            let has_back = view.page.buttons().any(|button| button.action == Action::Back);
            let no = view.offer(Action::No).filter(|_| !has_back);
            if let (Shape::Confirm { .. }, Some(no)) = (&view.ask.shape, no) {
                item.label = no.label.to_lowercase();
            }
            // Where Enter says no, Esc is the same answer: one of them is enough.
            if entered == Some(Action::No) && no.is_some() {
                continue;
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

/// What Enter does.
fn enter(view: &View<'_>, state: &State) -> Option<String> {
    let button = |action: Action| view.page.buttons().find(|button| button.action == action);
    let offered = |action: Action| {
        let label = button(action).map(|button| button.label);
        label.or_else(|| view.offer(action).map(|offer| offer.label)).map(str::to_lowercase)
    };
    let default = view.default_offer().map(|offer| table::counted(offer.label, offer.count));
    let or = |label: Option<String>, usual: &str| label.or_else(|| Some(usual.to_owned()));
    match (state.focus, &view.ask.shape) {
        // A closed button only says why it is closed.
        (Focus::Button(action), _) if button(action).is_some_and(|button| !button.is_open) => None,
        (Focus::Button(action), _) => or(offered(action), "press"),
        (Focus::Choice(_), _) if state::fields(&view.page).next().is_none() => offered(Action::Save),
        (Focus::Choice(_), _) => Some("next".into()),
        (Focus::Rows, Shape::Pick) if view.page.rows()?.rows.is_empty() => None,
        (Focus::Rows, Shape::Pick) => Some("choose".into()),
        (Focus::Number, _) => or(default, "confirm"),
        (_, Shape::Confirm { default: true }) => or(offered(Action::Yes), "yes"),
        (_, Shape::Confirm { default: false }) => or(offered(Action::No), "no"),
        _ => default,
    }
}
