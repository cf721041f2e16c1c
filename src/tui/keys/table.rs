//! The table of keys: where each works, what is pressed, what it does. The line of keys and help are made of it.

use crate::{
    domain::bill::grouped,
    tui::{
        input::Press,
        state::{self, Panel},
    },
    wizard::{
        answer::{Action, Mark},
        ask::{QuestionId, Shape},
        view::{Offer, View},
    },
};

/// Where a key works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everywhere outside fields of text.
    Everywhere,
    /// While one of these questions stands.
    On(&'static [QuestionId]),
    /// Everywhere outside fields of text, but not while one of these stands: there the key means something else.
    Beside(&'static [QuestionId]),
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
    /// A panel that only shows.
    Open(Panel),
    /// Into the field of the search.
    Search,
    /// Begins a range, or ends it.
    Range,
    /// All of the lit row.
    Details,
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

/// A key that opens a panel wherever one is.
const fn opens(letter: char, panel: Panel, label: &'static str, help: &'static str) -> Binding {
    key(ALL, letter, Deed::Open(panel), label, help)
}

const ALL: Scope = Scope::Everywhere;
const CUSTOMER: Scope = Scope::On(&[QuestionId::Customer]);
const LISTS: Scope = Scope::On(&[QuestionId::Customer, QuestionId::Users]);
const USERS: Scope = Scope::On(&[QuestionId::Users]);
const AUTO: Scope = Scope::On(&[QuestionId::Auto]);
const AUTHORISE: Scope = Scope::On(&[QuestionId::Authorise]);
const SENDING: Scope = Scope::Beside(&[QuestionId::Users]);
const OUTCOME: Scope = Scope::On(&[QuestionId::Outcome]);
const IMPERSONATION: Scope = Scope::On(&[QuestionId::Impersonation]);

/// The table: letters, Space, and a key that works inside fields too. The first ones are shown first.
pub(crate) const KEYS: &[Binding] = &[
    marks(' ', Mark::Toggle, Whom::Lit, "tick", "Ticks or unticks the row, or the range."),
    marks('t', Mark::Tick, Whom::Shown, "These", "Ticks what the filter shows."),
    marks('a', Mark::Tick, Whom::All, "All", "Ticks every user that may be protected, once, filter or not."),
    act(USERS, 'u', Action::Auto),
    key(
        USERS,
        '/',
        Deed::Search,
        "filter",
        "Types into the field above the rows: words, kind:shared, state:off, licence:E3.",
    ),
    key(
        CUSTOMER,
        '/',
        Deed::Search,
        "filter",
        "Types into the field above the rows: words, state:waiting (or parked, accepted, attention, changed …), product:office365.",
    ),
    act(USERS, 'm', Action::Kinds),
    act(AUTO, 'm', Action::Ceiling),
    act(USERS, 'c', Action::Clear),
    marks(
        'i',
        Mark::Invert,
        Whom::Shown,
        "invert",
        "Of those shown: ticks whoever is not ticked, unticks whoever is.",
    ),
    marks('x', Mark::ToggleExclusion, Whom::Lit, "exclude", "Excludes the row or the range, or lifts that."),
    key(USERS, 'v', Deed::Range, "range", "Begins a range at this row, or ends it. Then Space, x or O."),
    act(LISTS, 'z', Action::Sort),
    Binding { key: Press::Tab, ..act(USERS, ' ', Action::Narrow) },
    act(USERS, 'w', Action::AcceptShorter),
    key(USERS, 'd', Deed::Details, "details", "All of the row, also what its columns cut."),
    marks('O', Mark::Off, Whom::Lit, "turn off", "Turns the row or the range off (Admin); asks first."),
    act(CUSTOMER, 'n', Action::Add),
    act(CUSTOMER, 'm', Action::Import),
    act(CUSTOMER, 'a', Action::Consents),
    act(AUTHORISE, 'w', Action::Rehearse),
    // A letter would be text in the first field of the form, and Tab only leads to the next field.
    Binding { key: Press::Ctrl('y'), ..act(IMPERSONATION, 'w', Action::Rehearse) },
    act(OUTCOME, 't', Action::NextReceipt),
    act(ALL, 'l', Action::PrintAlone),
    act(SENDING, 'c', Action::Copy),
    act(USERS, 'C', Action::Copy),
    key(AUTHORISE, 'g', Deed::Open(Panel::Code), "QR code", "Shows the link as a QR code."),
    act(ALL, 'f', Action::WriteFile),
    act(AUTHORISE, 'o', Action::Open),
    act(AUTHORISE, 'a', Action::OwnRight),
    act(Scope::Beside(&[QuestionId::Users, QuestionId::Outcome]), 't', Action::NextText),
    act(IMPERSONATION, 'x', Action::EmptyList),
    act(ALL, 'r', Action::Refresh),
    act(ALL, 'h', Action::TakeOver),
    act(ALL, 'p', Action::Park),
    opens('s', Panel::Say, "say", "What to say to the customer now, and what they should be seeing."),
    opens(
        'e',
        Panel::Explain,
        "explain",
        "Looks up a code or the words that the customer reads out; / there looks up others.",
    ),
    key(ALL, 'b', Deed::Back, "back", "Back to the screen before. Esc does the same."),
    key(ALL, 'q', Deed::Do(Action::Leave), "leave", "Leaves. The run is kept."),
    opens('?', Panel::Help, "keys", "All keys of this screen."),
];

/// Keys that mean the same everywhere: the focus decides.
pub(crate) const MOVING: &[(&str, &str)] = &[
    ("Enter", "Chooses the row, presses the button, or goes on; in a field: leaves it, with the text kept."),
    ("Esc", "Closes a panel, clears a field or a filter, then goes back."),
    ("Space", "On a choice: changes it. On a button: presses it."),
    ("Tab", "To the next control; Shift-Tab to the one before."),
    (
        "Arrows",
        "Move through rows, controls or a text (Up, Down; j and k outside fields). Left, Right and Space choose.",
    ),
    ("PgUp PgDn", "A page; Ctrl-U and Ctrl-D half of one. Home and End, g and G: to the ends."),
    ("Ctrl-U", "In a field: empties it. Ctrl-K: what is behind the cursor. Ctrl-W: a word."),
    ("F1", "These keys, in fields too; so does Ctrl-G."),
    ("Ctrl-C", "Asks before leaving; a second one leaves. The run is kept."),
    ("Ctrl-L", "Draws the screen again. Ctrl-Z: to the shell; its command fg comes back here."),
];

/// The name of a key, as it stands on the line of keys.
pub(crate) fn name(key: Press) -> String {
    match key {
        Press::Char(' ') => "Space".into(),
        Press::Char(letter) => letter.to_string(),
        Press::Ctrl(letter) => format!("Ctrl-{}", letter.to_ascii_uppercase()),
        Press::BackTab => "Shift-Tab".into(),
        Press::PageDown => "PgDn".into(),
        other => format!("{other:?}"),
    }
}

/// Whether a binding works while this view stands, and there is something that it can do.
pub(crate) fn is_open(binding: &Binding, view: &View<'_>) -> bool {
    is_in_scope(binding, view)
        && match (binding.deed, &view.ask.shape) {
            (Deed::Do(action), _) => action == Action::Leave || view.offer(action).is_some(),
            (Deed::Mark(_, Whom::Lit), _) if view.page.rows().is_none_or(|rows| rows.rows.is_empty()) => {
                false
            }
            (Deed::Mark(Mark::Off, _), Shape::Select(asked)) => asked.may_turn_off,
            (Deed::Mark(Mark::Tick, _), Shape::Select(asked)) => {
                asked.may_mark && count(binding, view).is_some()
            }
            (Deed::Mark(..) | Deed::Range, Shape::Select(asked)) => asked.may_mark,
            (Deed::Mark(..) | Deed::Range, _) => false,
            (Deed::Open(Panel::Say), _) => !view.card.say.is_empty(),
            (Deed::Search, _) => state::search(&view.page).is_some(),
            (Deed::Open(Panel::Code), _) => view.page.link().is_some(),
            (Deed::Details | Deed::Back | Deed::Open(Panel::Help | Panel::Explain), _) => true,
        }
}

/// Whether a key hands a text over.
pub(crate) const fn is_sending(deed: Deed) -> bool {
    match deed {
        Deed::Do(action) => action.is_sending() || matches!(action, Action::Open),
        Deed::Open(panel) => matches!(panel, Panel::Code),
        _ => false,
    }
}

/// What the wizard offers under a key.
pub(crate) fn offered<'v>(binding: &Binding, view: &'v View<'_>) -> Option<&'v Offer> {
    if let Deed::Do(action) = binding.deed { view.offer(action) } else { None }
}

/// The count behind the label of a key.
pub(crate) fn count(binding: &Binding, view: &View<'_>) -> Option<u32> {
    match (binding.deed, &view.ask.shape) {
        (Deed::Mark(Mark::Tick, Whom::All), Shape::Select(asked)) => asked.all.filter(|_| !asked.is_arriving),
        (Deed::Mark(Mark::Tick, Whom::Shown), Shape::Select(asked)) => asked.these,
        _ => None,
    }
}

/// What a key does in a word or two, in the wizard's words where it offers the same, with its count.
pub(crate) fn label(binding: &Binding, view: &View<'_>) -> String {
    let label = offered(binding, view).map_or(binding.label, |offer| offer.label);
    count(binding, view).map_or_else(|| label.to_owned(), |count| format!("{label} {}", grouped(count)))
}

pub(super) fn is_in_scope(binding: &Binding, view: &View<'_>) -> bool {
    match binding.scope {
        Scope::Everywhere => true,
        Scope::On(questions) => questions.contains(&view.ask.id),
        Scope::Beside(questions) => !questions.contains(&view.ask.id),
    }
}

/// The binding of a key; a letter whose other case is free means the same as that.
pub(super) fn find(press: Press, view: &View<'_>) -> Option<&'static Binding> {
    let exactly = |press: Press| {
        let here = |binding: &&Binding| binding.key == press && is_in_scope(binding, view);
        KEYS.iter().filter(here).find(|binding| is_open(binding, view)).or_else(|| KEYS.iter().find(here))
    };
    exactly(press).or_else(|| match press {
        Press::Char(c) => {
            [c.to_ascii_uppercase(), c.to_ascii_lowercase()].map(Press::Char).into_iter().find_map(exactly)
        }
        _ => None,
    })
}
