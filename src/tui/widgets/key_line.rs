//! The line of keys: what the state needs first, help last and always. What fits is chosen by importance, what is shown
//! keeps its order.

use ratatui::text::Line;

use crate::{
    domain::text::small,
    tui::{
        input::Press,
        keys::table::{self, Binding, Deed, KEYS, Scope},
        state::{self, Focus, Panel, Scroll, State},
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
#[derive(Debug, Clone)]
pub(crate) struct Named {
    /// What is pressed.
    pub(crate) chord: String,
    /// What it does now, in a word or two.
    pub(crate) label: String,
    /// What fits is chosen in this order.
    importance: u8,
}

impl Named {
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
/// What else answers it: a tick, the way out of a question, park while waiting.
const BESIDE: u8 = 2;
/// What scrolls: without it nobody knows that the page goes on.
const MORE: u8 = 3;
/// What the state needs: back where something failed.
const STATE: u8 = 4;
/// What sends a text: one without which nothing goes on, one that a person asked for, the receipt, bad news.
const SENT: u8 = 5;
/// A list that is longer than a page is searched.
const SEARCH: u8 = 6;
/// The keys of the screen, as the table has them.
const OWN: u8 = 7;
/// The keys that work everywhere.
const COMMON: u8 = 40;

/// The line, for a window of so many columns.
pub(crate) fn line(view: &View<'_>, state: &State, columns: u16) -> Line<'static> {
    let theme = state.theme;
    let gap = gap(columns);
    let named = named(view, state, columns).into_iter().enumerate();
    let spans = named.flat_map(|(at, Named { chord, label, .. })| {
        let front = blank(if at == 0 { 1 } else { gap });
        [front, theme.span(Role::Accent, &chord), theme.span(Role::Plain, &format!(" {label}"))]
    });
    spans.collect()
}

/// Columns between two keys: narrow windows have none to spare.
const fn gap(columns: u16) -> u16 {
    if columns < 80 { GAP - 1 } else { GAP }
}

/// The keys on the line of a window of so many columns.
pub(crate) fn named(view: &View<'_>, state: &State, columns: u16) -> Vec<Named> {
    let theme = state.theme;
    let mut items: Vec<(usize, Named)> = items(view, state).into_iter().enumerate().collect();
    items.sort_by_key(|(_, item)| item.importance);
    // The answer must stand there: a label that is too long for that gives its first words.
    let most = columns.saturating_sub(HELP_ROOM);
    for (_, item) in items.iter_mut().filter(|(_, item)| item.importance == ANSWER && item.width() > most) {
        let first = item.label.split(',').next().unwrap_or_default();
        let left = most.saturating_sub(width(&item.chord).saturating_add(1));
        item.label = cut(first, left, theme.use_unicode()).into_owned();
    }
    // Its first word is enough where that brings a key more that the state needs.
    let needed = |line: &[(usize, Named)]| line.iter().filter(|(_, item)| item.importance <= STATE).count();
    let mut short = items.clone();
    for (_, item) in short.iter_mut().filter(|(_, item)| item.importance == ANSWER) {
        let first = item.label.split(' ').next().filter(|first| *first != "to");
        item.label = first.map_or_else(|| item.label.clone(), str::to_owned);
    }
    let (items, short) = (fitting(items, columns), fitting(short, columns));
    let mut items = if needed(&short) > needed(&items) { short } else { items };
    items.sort_by_key(|(at, _)| *at);
    items.into_iter().map(|(_, item)| item).collect()
}

/// As many keys as have room, the first ones first.
fn fitting(mut items: Vec<(usize, Named)>, columns: u16) -> Vec<(usize, Named)> {
    // The last cell of the last row is never written.
    let (room, gap) = (columns.saturating_sub(2), gap(columns));
    let mut used = 0_u16;
    items.retain(|(_, item)| {
        let needed = used.saturating_add(item.width()).saturating_add(if used == 0 { 0 } else { gap });
        let fits = needed <= room;
        used = if fits { needed } else { used };
        fits
    });
    items
}

/// The keys that may stand on the line, in their order, help last.
fn items(view: &View<'_>, state: &State) -> Vec<Named> {
    let is_text = state.keyboard().is_text();
    let mut items = match (state.panel, state.focus) {
        (Some(panel), _) => in_panel(panel, state),
        (None, Focus::Field(id)) => in_field(id, view, state),
        (None, _) => on_page(view, state),
    };
    items.push(Named::new(HELP, if is_text { "F1" } else { "?" }, "keys"));
    items
}

fn in_panel(panel: Panel, state: &State) -> Vec<Named> {
    let is_text = state.keyboard().is_text();
    let mut items = match panel {
        Panel::Explain if is_text => vec![
            Named::new(ANSWER, "Enter", "leave field"),
            Named::new(STATE, "Esc", if state.explain.field.is_empty() { "close" } else { "clear" }),
        ],
        Panel::Explain => vec![Named::new(ANSWER, "Esc", "close"), Named::new(OWN, "/", "other words")],
        _ => vec![Named::new(ANSWER, "Esc", "close")],
    };
    items.extend(scrolling(&state.panel_scroll));
    items
}

/// In a field letters are text: only what is no letter is named.
fn in_field(id: FieldId, view: &View<'_>, state: &State) -> Vec<Named> {
    let is_search = state::search(&view.page).is_some_and(|search| search.id == id);
    let enter = match state.keyboard() {
        Keyboard::Hit => "choose",
        _ if is_search => "to the rows",
        _ => "next",
    };
    let mut items = Vec::new();
    // Once was enough, where a button has still to open; and where nothing was found there are no rows.
    let is_nowhere = is_search && view.page.rows().is_none_or(|rows| rows.rows.is_empty());
    if state.awaited.is_none() && !is_nowhere {
        items.push(Named::new(ANSWER, "Enter", enter));
    }
    // Bad news is for other keys, and those are letters.
    if view.page.failure().is_some() {
        items.push(Named::new(BESIDE, "Tab", "to a button, then s say, e explain"));
    }
    let esc = esc(view, state).filter(|(_, label)| label != enter);
    items.extend(esc.map(|(_, label)| Named::new(STATE, "Esc", label)));
    items.extend(scrolling(&state.scroll).filter(|_| !is_search));
    let works = |binding: &&Binding| !matches!(binding.key, Press::Char(_)) && table::is_open(binding, view);
    items.extend(KEYS.iter().filter(works).map(|binding| Named::of(binding, OWN, view)));
    // On the first screen Esc asks the same, once the field is empty.
    if !is_first(view) || state.field(id).is_some_and(|field| !field.is_empty()) {
        items.push(Named::new(COMMON, "Ctrl-C", "leave"));
    }
    items
}

/// What the page is about, as far as it decides which keys come first.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of the page by itself")]
struct Page<'v> {
    view: &'v View<'v>,
    /// The text that is sent next.
    text: Option<HandoutId>,
    /// Sending it is what the page is for.
    is_sent: bool,
    /// Three ways to send and one word for them; the ways to hand a link over stand below it.
    is_joined: bool,
    has_failed: bool,
    is_waiting: bool,
    /// A question whose answers are few.
    is_asked: bool,
}

impl<'v> Page<'v> {
    fn of(view: &'v View<'v>) -> Self {
        let is_bad = view.notice.as_ref().is_some_and(|notice| notice.tone == Tone::Bad);
        let text = view.handouts.first().map(|text| text.id);
        let is_sent = text == Some(HandoutId::Hoster) || view.offer(Action::NextText).is_some();
        let is_asked = matches!(view.ask.shape, Shape::Confirm { .. } | Shape::Number(_))
            || view.ask.id == QuestionId::Kinds;
        Self {
            view,
            text,
            is_sent,
            is_joined: text.is_some() && !is_sent && view.page.link().is_none(),
            has_failed: view.page.failure().is_some() || is_bad,
            is_waiting: view.ask.is_waiting || view.ask.shape == Shape::Watch,
            is_asked,
        }
    }

    /// How much the key at that place of the table matters here.
    fn importance(&self, binding: &Binding, at: u8) -> u8 {
        match binding.deed {
            deed if table::is_sending(deed) => match deed {
                _ if !self.is_sent || self.view.page.link().is_some() => COMMON * 2 + at,
                Deed::Do(Action::NextText) => OWN + at,
                _ => SENT,
            },
            Deed::Do(Action::Refresh) if self.is_sent => OWN,
            // The customer's receipt is found by nobody who only sees the ticket's.
            Deed::Do(Action::NextReceipt) => STATE,
            Deed::Search => SEARCH,
            // Done now and then: the keys that work everywhere come first.
            Deed::Do(Action::Import) => COMMON * 2 + at,
            _ if binding.scope != Scope::Everywhere => OWN + at,
            // A run that somebody else has: these two are all that works there.
            Deed::Do(Action::TakeOver) => BESIDE,
            Deed::Do(Action::Refresh) | Deed::Back if self.view.bar.is_read_only => STATE,
            Deed::Do(Action::Park) if self.is_waiting => BESIDE,
            Deed::Do(Action::Park) => OWN + 5,
            Deed::Do(Action::Refresh) | Deed::Back if self.has_failed && !self.is_asked => STATE,
            Deed::Back if self.is_asked || self.view.offer(Action::Stop).is_some() => BESIDE,
            _ => COMMON + at,
        }
    }

    /// The ways to send the text under one word, where that is enough.
    fn joined(&self) -> Option<Named> {
        let ways = KEYS.iter().filter(|key| table::is_sending(key.deed) && table::is_open(key, self.view));
        let ways: Vec<String> = ways.map(|key| table::name(key.key)).collect();
        (self.is_joined && !ways.is_empty()).then(|| Named::new(SENT, ways.join(" "), "send"))
    }
}

/// Outside of fields.
fn on_page(view: &View<'_>, state: &State) -> Vec<Named> {
    let page = Page::of(view);
    let entered = enter(view, state);
    let does = entered.as_ref().and_then(|(_, action)| *action);
    // What Enter does already needs no second key on the line, nor does leaving where that is asked; help is last.
    let is_named = |deed: Deed| match deed {
        Deed::Open(Panel::Help) => false,
        Deed::Open(Panel::Say) if state.has_card => false,
        Deed::Do(Action::Leave) if view.ask.id == QuestionId::Leave => false,
        Deed::Do(action) => Some(action) != does,
        _ => true,
    };
    let is_here = |binding: &&Binding| is_named(binding.deed) && table::is_open(binding, view);
    let mut table = KEYS.iter().filter(is_here).peekable();
    let tick = table.next_if(|binding| binding.key == Press::Char(' '));
    let mut items: Vec<Named> = tick.map(|binding| Named::of(binding, BESIDE, view)).into_iter().collect();
    items.extend(space(view, state).map(|label| Named::new(BESIDE, "Space", label)));
    items.extend(entered.map(|(label, _)| Named::new(ANSWER, "Enter", label)));
    let mut joined = page.joined();
    for (at, binding) in (0..).zip(table) {
        let importance = page.importance(binding, at);
        if page.is_joined && table::is_sending(binding.deed) {
            items.extend(joined.take());
        } else if binding.deed == Deed::Back {
            // Where Enter gives the same answer, one of them is enough.
            let is_same = |way| does == Some(way) || (way == Action::Back && does == Some(Action::Stop));
            let esc = esc(view, state).filter(|(way, _)| !way.is_some_and(is_same));
            items.extend(esc.map(|(way, label)| {
                // What only clears is what the state needs.
                Named::new(if way.is_none() { STATE } else { importance }, "Esc", label)
            }));
        } else {
            items.push(Named::of(binding, importance, view));
        }
    }
    let more = scrolling(&state.scroll).filter(|_| state.focus != Focus::Rows);
    // Of a receipt it is plain to see that it goes on; which other ones there are is not.
    let importance = if page.text == Some(HandoutId::Receipt) { SEARCH } else { MORE };
    items.extend(more.map(|more| Named { importance, ..more }));
    // What the state needs goes first, after the answer.
    items.sort_by_key(|item| item.importance > STATE);
    items
}

/// The key that shows more of a text: none at its end.
fn scrolling(scroll: &Scroll) -> Option<Named> {
    scroll.goes_on().then(|| Named::new(MORE, "PgDn", "more"))
}

/// Whether nothing lies behind Back but the question before leaving.
fn is_first(view: &View<'_>) -> bool {
    view.ask.id == QuestionId::Customer
}

/// What Esc does outside of panels, in a word or two, and the answer that it is to the question; none where it only
/// clears.
fn esc(view: &View<'_>, state: &State) -> Option<(Option<Action>, String)> {
    let is_filled = |id: FieldId| state.field(id).is_some_and(|field| !field.is_empty());
    let clears = |label: &str| Some((None, label.to_owned()));
    let search = state::search(&view.page).map(|search| search.id);
    match state.focus {
        _ if state.has_details && state.said.is_some() => return clears("close"),
        Focus::Field(id) if is_filled(id) => return clears("clear"),
        Focus::Field(id) if search == Some(id) && matches!(view.ask.shape, Shape::Select(_)) => {
            return clears("to the rows");
        }
        Focus::Field(_) if is_first(view) => return Some((Some(Action::Leave), "leave".into())),
        Focus::Field(_) => {}
        Focus::Number if !state.number.is_empty() => return clears("clear"),
        _ if state.list(view.ask.id).is_some_and(|list| list.anchor.is_some()) => return clears("end range"),
        _ if search.is_some_and(is_filled) => return clears("clear filter"),
        // q leaves.
        _ if is_first(view) => return None,
        _ => {}
    }
    // While users are written, back means to stop; once that was asked for, there is nothing more to go back from.
    if view.ask.id == QuestionId::Applying {
        return view.offer(Action::Stop).map(|_| (Some(Action::Stop), "stop".into()));
    }
    // What it leads to, where the question has a word for that; of no and back, Esc is back.
    let has_back = view.page.buttons().any(|button| button.action == Action::Back);
    Some(match view.offer(Action::No).filter(|_| !has_back) {
        Some(no) if matches!(view.ask.shape, Shape::Confirm { .. }) => (Some(Action::No), small(no.label)),
        _ => (Some(Action::Back), "back".into()),
    })
}

/// What Space does to the choice that has the keyboard.
fn space(view: &View<'_>, state: &State) -> Option<&'static str> {
    let Focus::Choice(id) = state.focus else { return None };
    let choice = view.page.choices().find(|choice| choice.id == id)?;
    Some(match (view.ask.id, choice.is_box(), choice.chosen) {
        (QuestionId::Kinds, true, 0) => "include",
        (QuestionId::Kinds, true, _) => "leave out",
        (_, true, _) => "change",
        (_, false, _) => "choose",
    })
}

/// What Enter does, and the action that it stands for.
fn enter(view: &View<'_>, state: &State) -> Option<(String, Option<Action>)> {
    let button = |action: Action| view.page.buttons().find(|button| button.action == action);
    let offered = |action: Action, usual: &str| {
        // A closed button only says why it is closed.
        if button(action).is_some_and(|button| !button.is_open) {
            return None;
        }
        let label = button(action).map(|button| button.label);
        let label = label.or_else(|| view.offer(action).map(|offer| offer.label));
        Some((small(label.unwrap_or(usual)), Some(action)))
    };
    let usual = |label: &str| Some((label.to_owned(), None));
    let default = view.default_offer();
    let default = default.map(|offer| (offer.label.to_owned(), Some(offer.action)));
    match (state.focus, &view.ask.shape) {
        (Focus::Button(action), _) => offered(action, "press"),
        (Focus::Choice(_), _) if state::fields(&view.page).next().is_none() => offered(Action::Save, "save"),
        (Focus::Choice(_), _) => usual("next"),
        // What was chosen already is on its way.
        (Focus::Rows, Shape::Pick) if view.ask.is_waiting || view.page.rows()?.rows.is_empty() => None,
        (Focus::Rows, Shape::Pick) => usual("choose"),
        (Focus::Number, _) => default.or_else(|| usual("confirm")),
        (_, Shape::Confirm { default: true }) => offered(Action::Yes, "yes"),
        (_, Shape::Confirm { default: false }) => offered(Action::No, "no"),
        _ => default,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::failure::{Failure, FailureKind},
        tui::{
            tests::samples::{Screen, form, hosted, options, words},
            widgets::{flow::Pen, help},
        },
        wizard::{ask::Spot, view::Block},
    };

    /// The keys of a view in a window of 80x24, drawn once.
    fn line_of(view: &View<'_>) -> Vec<String> {
        let mut screen = Screen::of((80, 24), options(true, true));
        screen.draw(view);
        named(view, &screen.state, 80).iter().map(|key| format!("{} {}", key.chord, key.label)).collect()
    }

    #[test]
    fn a_choice_says_what_chooses() {
        let mut view = hosted(true, 0);
        view.ask.focus.spot = Spot::Field(FieldId::Listing);
        let line = line_of(&view);
        assert!(
            line.contains(&"Space choose".to_owned()) && line.contains(&"Enter next".to_owned()),
            "{line:?}"
        );
    }

    #[test]
    fn a_field_below_bad_news_says_how_the_letters_are_reached() {
        let mut view = form("kauri.example");
        let led = |line: &[String]| line.iter().any(|key| key == "Tab to a button, then s say, e explain");
        assert!(!led(&line_of(&view)));
        let failure = Failure::new(FailureKind::NotFound, "Microsoft knows no such organisation", "");
        view.page.blocks.push(Block::Failure(failure));
        assert!(led(&line_of(&view)), "{:?}", line_of(&view));
    }

    #[test]
    fn the_help_of_a_form_begins_with_what_letters_are_there() {
        let pen = Pen { theme: crate::tui::theme::Theme::default(), width: 64, focus: Focus::Text };
        let help = |view: &View<'_>| {
            words(&help::lines(view, pen).iter().map(|line| line.words.to_string()).collect::<Vec<_>>())
        };
        let said = "In a field letters are text: Tab to a button for these.";
        assert!(help(&form("")).starts_with(said), "{}", help(&form("")));
        assert!(!help(&crate::tui::tests::samples::authorise()).contains(said));
    }
}
