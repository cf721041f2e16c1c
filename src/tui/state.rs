//! What the full-screen front end knows by itself: where the keyboard is, carets, the lit row, what is scrolled, and the
//! panels that only show (help, the say-it card, explain, the QR code). The wizard has no word for any of it.
//!
//! [`State::sync`] brings it in line with a view, before each drawing and before each key.

use std::collections::{BTreeMap, HashMap};

use crate::{
    domain::{
        card::Party,
        explain::{self, Entry},
        text::Text,
    },
    wizard::{
        answer::{Action, FieldId, Revision, RowId},
        ask::{self, QuestionId, Shape},
        view::{FieldValue, FieldView, Notice, RowsView, Tone, View},
    },
};

use super::{field::Field, input::Press, options::Options, theme::Theme, words::Keyboard};

pub(crate) use list::{List, Scroll};
use places::wished;
pub(crate) use places::{fields, has_only_hit, is_filled, own_buttons, places, search};

mod list;
mod places;

/// A place for the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Focus {
    /// The text of the page, or its receipt: keys scroll it.
    #[default]
    Text,
    /// The rows of the page.
    Rows,
    /// A field.
    Field(FieldId),
    /// A choice.
    Choice(FieldId),
    /// A button.
    Button(Action),
    /// The number that is asked for.
    Number,
}

/// A panel that only shows: the wizard knows nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Panel {
    /// All keys of this screen.
    Help,
    /// What to say to the customer now.
    Say,
    /// What a code or words mean.
    Explain,
    /// The link as a QR code.
    Code,
}

/// The look-up of codes and words.
#[derive(Debug, Default)]
pub(crate) struct Explain {
    /// What is looked up.
    pub(crate) field: Field,
    /// The keyboard types into the field.
    pub(crate) in_field: bool,
    /// What was found.
    pub(crate) hits: Vec<&'static Entry>,
    /// With whom the call is about.
    about: Party,
}

impl Explain {
    /// Opens it, with the trouble on screen if there is one.
    fn of(view: &View<'_>) -> Self {
        let asked = view.page.failure().map(explain::question).unwrap_or_default();
        let about = view.bar.about;
        let hits = explain::look_up(asked.as_str(), about);
        Self { field: Field::plain(asked.as_str()), in_field: hits.is_empty(), hits, about }
    }

    /// Another word begins, in the field.
    pub(crate) fn begin(&mut self, word: &str) {
        self.field.clear();
        self.field.paste(word);
        self.in_field = true;
        self.look_up();
    }

    /// The words are others now.
    pub(crate) fn look_up(&mut self) {
        self.hits = explain::look_up(self.field.text(), self.about);
    }
}

/// A word as it comes from fingers that do not wait for the screen: it may begin in a field that is gone at its end.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Word {
    /// Its last letter went into a field.
    pub(crate) is_text: bool,
    /// Its last letters that had no meaning where they came.
    pub(crate) strangers: usize,
    /// Keys of it that were dropped.
    pub(crate) lost: usize,
    /// Its last key.
    pub(crate) last: Option<Press>,
}

/// What a person had before their eyes.
#[derive(Debug, Default)]
pub(crate) struct Drawn {
    /// The question.
    pub(crate) revision: Revision,
    /// The only hit of a finished search, with the words that found it.
    pub(crate) hit: Option<(String, RowId)>,
}

/// Where the keyboard was on a page, which wish of the wizard it had followed, and how far the page was scrolled; with its
/// fields, for a secret that was half typed is whole in the wizard: only with its letters here can it be typed on.
type Place = (Focus, ask::Focus, Scroll, BTreeMap<FieldId, Field>);

/// The front end's own state.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and none rules out another")]
pub struct State {
    /// Colours and signs.
    pub(crate) theme: Theme,
    /// Where the keyboard is.
    pub(crate) focus: Focus,
    /// The closed button that the keyboard goes to as soon as it opens, unless a person goes elsewhere first.
    pub(crate) awaited: Option<Focus>,
    /// A word that is being typed.
    pub(crate) word: Word,
    /// The number that is being typed; empty while what is proposed stands there.
    pub(crate) number: Field,
    /// The number that was answered last: what was wrong with it is said until another one is typed.
    pub(crate) answered: String,
    /// The panel above everything.
    pub(crate) panel: Option<Panel>,
    /// What is looked up in *explain*.
    pub(crate) explain: Explain,
    /// Said by this front end; the next key takes it back.
    pub(crate) said: Option<Notice>,
    /// That is all of a row, which Esc puts away.
    pub(crate) has_details: bool,
    /// How far the page is scrolled.
    pub(crate) scroll: Scroll,
    /// The say-it card stands whole beside the work.
    pub(crate) has_card: bool,
    /// The page opened at its first line, to be read from there.
    is_read: bool,
    /// How far the panel above it is.
    pub(crate) panel_scroll: Scroll,
    /// What stands on the screen.
    pub(crate) drawn: Drawn,
    /// The fields of this page, with their carets.
    fields: BTreeMap<FieldId, Field>,
    /// The rows of each question: a panel above a list leaves its cursor where it was.
    lists: HashMap<QuestionId, List>,
    /// The question that last had rows: they stand below a panel above it, too.
    listed: Option<QuestionId>,
    /// Enter in the field of the search chooses its only hit.
    has_only_hit: bool,
    /// The question that all this is about.
    question: Option<QuestionId>,
    revision: Revision,
    run: Option<Text>,
    /// The wish of the wizard that was followed.
    followed: ask::Focus,
    /// The page below a question above it: who stays goes on where they were.
    below: Option<(QuestionId, Place)>,
}

/// Whether a question stands above whatever page there is, and that stays as it was.
const fn is_above(question: QuestionId) -> bool {
    matches!(question, QuestionId::Leave | QuestionId::HandOver)
}

impl State {
    /// Nothing has been drawn yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self { theme: Theme::of(options), ..Self::default() }
    }

    /// Brings it in line with a view.
    pub fn sync(&mut self, view: &View<'_>) {
        let ask = &view.ask;
        if self.run != view.bar.run {
            self.run.clone_from(&view.bar.run);
            self.lists.retain(|question, _| *question == QuestionId::Customer);
        }
        let is_other = self.question != Some(ask.id);
        let is_new = is_other && !self.turn_to(ask.id);
        // What a key said was about the screen before.
        if is_other && self.said.take_if(|said| said.tone == Tone::Plain).is_some() {
            self.has_details = false;
        }
        // A signal asks this, too, and so does somebody else: it must be seen.
        let must_be_seen = is_other && is_above(ask.id);
        self.panel.take_if(|panel| must_be_seen || (*panel == Panel::Code && view.page.link().is_none()));
        if std::mem::replace(&mut self.revision, ask.revision) != ask.revision {
            self.number.clear();
        }
        for field in fields(&view.page) {
            self.take(field);
        }
        if is_new
            && ask.shape == Shape::Pick
            && let Some(search) = search(&view.page)
        {
            // Whoever comes back from a customer types the next one's name.
            self.field_mut(search.id).end_of_use();
        }
        self.has_only_hit = has_only_hit(view);
        let places = places(view);
        if is_new || self.followed != ask.focus {
            self.followed = ask.focus;
            self.go(wished(view, &places), &places);
            self.scroll.is_held = false;
            self.is_read = false;
        }
        // What goes on and what went wrong is read from its first line, also where the button is below it; not while
        // something is filled in.
        let is_read = ask.shape == Shape::Watch || view.page.failure().is_some();
        let is_read = is_read && fields(&view.page).next().is_none();
        if !std::mem::replace(&mut self.is_read, is_read) && is_read {
            self.scroll = Scroll { is_held: true, ..Scroll::default() };
        }
        self.hold_focus(view, &places);
        self.take_rows(view);
    }

    /// Leaves the keyboard where it is as long as that is there and open; else it goes where the wizard wishes.
    fn hold_focus(&mut self, view: &View<'_>, places: &[(Focus, bool)]) {
        let is_there = |focus: Focus| places.iter().find(|place| place.0 == focus).map(|place| place.1);
        let awaited = self.awaited.take_if(|awaited| is_there(*awaited) != Some(false));
        if let Some(open) = awaited.filter(|awaited| is_there(*awaited).is_some()) {
            self.focus = open;
        }
        match is_there(self.focus) {
            Some(true) => {}
            _ if self.focus == Focus::Text && self.awaited.is_some() => {}
            // What was pressed closes while it is done, and opens again where that failed.
            Some(false) => self.go(self.focus, places),
            None => self.go(wished(view, places), places),
        }
    }

    /// Takes in the rows that stand on the page.
    fn take_rows(&mut self, view: &View<'_>) {
        let ask = &view.ask;
        if let Some(rows) = view.page.rows() {
            self.listed = Some(ask.id);
            let list = self.list_mut(ask.id);
            let is_arriving =
                matches!(&ask.shape, Shape::Select(asked) if asked.is_arriving || asked.checking.is_some());
            // What is known now is measured afresh: what stood in its place was wider.
            if std::mem::replace(&mut list.is_arriving, is_arriving) && !is_arriving {
                list.needs.clear();
                list.measured = None;
                list.is_card_hidden = false;
            }
            list.follow(rows);
        }
    }

    /// Puts the keyboard on a control; where that is closed, on the page until it opens: on a closed button no key would
    /// do what stands on it.
    fn go(&mut self, to: Focus, places: &[(Focus, bool)]) {
        let is_closed = places.contains(&(to, false));
        (self.focus, self.awaited) = if is_closed { (Focus::Text, Some(to)) } else { (to, None) };
    }

    /// Another question stands there; says whether it is the one that stood below those above it, as it was.
    fn turn_to(&mut self, question: QuestionId) -> bool {
        let before = self.question.replace(question);
        self.awaited = None;
        let (scroll, fields) = (std::mem::take(&mut self.scroll), std::mem::take(&mut self.fields));
        let (here, below) = ((self.focus, self.followed, scroll, fields), self.below.take());
        if is_above(question) {
            // One of them may come above another: what stood below the first is what is gone back to.
            self.below = below.or_else(|| before.map(|question| (question, here)));
            return false;
        }
        let Some((_, was)) = below.filter(|below| below.0 == question) else { return false };
        (self.focus, self.followed, self.scroll, self.fields) = was;
        true
    }

    /// Takes over what stands in a field: the wizard may have put other words there.
    fn take(&mut self, view: &FieldView<'_>) {
        let empty = || match view.value {
            FieldValue::Plain(_) => Field::default(),
            FieldValue::Masked { .. } => Field::masked(),
        };
        let field = self.fields.entry(view.id).or_insert_with(empty);
        match view.value {
            FieldValue::Plain(text) if field.text() != text => field.set(text),
            FieldValue::Masked { is_filled: false } if !field.is_empty() => field.clear(),
            _ => {}
        }
    }

    /// A field of this page.
    pub(crate) fn field(&self, id: FieldId) -> Option<&Field> {
        self.fields.get(&id)
    }

    /// The same, to type into.
    pub(crate) fn field_mut(&mut self, id: FieldId) -> &mut Field {
        self.fields.entry(id).or_default()
    }

    /// The rows of a question.
    pub(crate) fn list_mut(&mut self, question: QuestionId) -> &mut List {
        self.lists.entry(question).or_default()
    }

    /// The rows of the question that last had some.
    pub(crate) fn listed_mut(&mut self) -> &mut List {
        self.list_mut(self.listed.unwrap_or(QuestionId::Customer))
    }

    /// The rows of a question, to look at.
    pub(crate) fn list(&self, question: QuestionId) -> Option<&List> {
        self.lists.get(&question)
    }

    /// The rows of a page, and the index of the lit one.
    pub(crate) fn lit<'v, 'a>(&self, view: &'v View<'a>) -> Option<(&'v RowsView<'a>, usize)> {
        let rows = view.page.rows()?;
        Some((rows, self.list(view.ask.id)?.lit(rows)?))
    }

    /// Whether a letter is text now.
    pub(crate) const fn keyboard(&self) -> Keyboard {
        match (self.panel, self.focus) {
            (None, Focus::Field(FieldId::Search)) if self.has_only_hit => Keyboard::Hit,
            (None, Focus::Field(_)) => Keyboard::Text,
            (Some(Panel::Explain), _) if self.explain.in_field => Keyboard::Text,
            _ => Keyboard::Commands,
        }
    }

    /// Says something until the next key.
    pub(crate) fn say(&mut self, tone: Tone, words: impl Into<crate::domain::phrase::Phrase>) {
        self.said = Some(Notice::new(tone, words));
    }

    /// Opens a panel at its top; *explain* with the trouble on screen.
    pub(crate) fn open(&mut self, panel: Panel, view: &View<'_>) {
        self.panel = Some(panel);
        self.panel_scroll = Scroll::default();
        if panel == Panel::Explain {
            self.explain = Explain::of(view);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        tui::{
            keys::{self, Outcome},
            tests::samples,
        },
        wizard::{
            answer::{Given, Value},
            view::Block,
        },
    };

    /// A form with a secret, of which something was typed or not.
    fn form(account: &str, is_filled: bool) -> View<'_> {
        let password = FieldView {
            value: FieldValue::Masked { is_filled },
            ..samples::field(FieldId::Password, "Password", "")
        };
        let blocks =
            vec![Block::Field(samples::field(FieldId::Account, "Account", account)), Block::Field(password)];
        samples::page(QuestionId::Impersonation, Shape::Form, "How?", blocks)
    }

    #[test]
    fn staying_finds_keyboard_caret_and_secret_where_they_were() {
        let mut state = State::new(samples::options(true, true));
        keys::press(Press::Left, &form("abc", false), &mut state);
        keys::press(Press::Tab, &form("abc", false), &mut state);
        keys::press(Press::Char('1'), &form("abc", false), &mut state);
        assert_eq!(state.focus, Focus::Field(FieldId::Password));
        let mut leave = samples::leave(form("abc", true));
        leave.ask.revision = Revision(1);
        state.sync(&leave);
        assert_eq!(state.focus, Focus::Button(Action::Yes));
        let mut again = form("abc", true);
        again.ask.revision = Revision(2);
        let outcome = keys::press(Press::Char('2'), &again, &mut state);
        let Outcome::Give(Given::Fill(FieldId::Password, Value::Secret(secret))) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(secret.expose(), "12");
        assert_eq!(state.field(FieldId::Account).map(Field::caret), Some(2));
        // Another page has come meanwhile: nothing of the first one is known there, nor behind it.
        state.sync(&leave);
        state.sync(&samples::form("x"));
        assert_eq!(state.focus, Focus::Field(FieldId::Tenant));
        state.sync(&form("abc", true));
        assert_eq!(state.focus, Focus::Field(FieldId::Account));
    }
}
