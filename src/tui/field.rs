//! One line of text: typing, pasting, editing by grapheme clusters; a masked variant for secrets.
//!
//! The field keeps what was typed as it was typed, because ids and passwords are read from it; only its cleaned form is
//! shown. The wizard has the text too ([`Given::Fill`](crate::wizard::answer::Given::Fill), whole, at each change); the
//! caret is known here only.

use unicode_segmentation::UnicodeSegmentation;
use zeroize::Zeroizing;

use crate::{
    domain::{
        secret::Secret,
        text::{MAX_BYTES, Text},
    },
    wizard::answer::Value,
};

use super::input::Press;

/// One line of text.
#[derive(Clone)]
pub(crate) struct Field {
    /// As typed. Its memory is set aside at once, so that typing leaves no copies behind, and wiped in the end.
    raw: Secret<String>,
    /// As shown; none: a secret, never shown.
    shown: Option<Text>,
    /// Byte index into the raw text, on a grapheme boundary.
    cursor: usize,
    /// What stands there was typed for something else: what is typed next takes its place.
    is_past: bool,
}

impl Default for Field {
    fn default() -> Self {
        Self::plain("")
    }
}

/// What became of a paste.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pasted {
    /// The text is another one.
    pub(crate) is_changed: bool,
    /// The field had no room for all of it.
    pub(crate) is_cut: bool,
}

impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Field({} bytes)", self.raw().len())
    }
}

impl Field {
    /// A field whose text is shown, with the cursor behind it.
    pub(crate) fn plain(text: &str) -> Self {
        let mut field = Self { shown: Some(Text::default()), ..Self::masked() };
        field.splice(0..0, text);
        field
    }

    /// An empty field whose text is never shown.
    pub(crate) fn masked() -> Self {
        Self { raw: Secret::new(String::with_capacity(MAX_BYTES)), shown: None, cursor: 0, is_past: false }
    }

    /// What was typed; empty for a masked field, whose text leaves through [`Field::value`] only.
    pub(crate) fn text(&self) -> &str {
        if self.is_masked() { "" } else { self.raw() }
    }

    /// A copy of what was typed, for the wizard.
    pub(crate) fn value(&self) -> Value {
        if self.is_masked() { Value::Secret(self.raw.clone()) } else { Value::Text(self.raw().to_owned()) }
    }

    /// Whether nothing has been typed.
    pub(crate) fn is_empty(&self) -> bool {
        self.raw().is_empty()
    }

    /// Puts another text in, with the cursor behind it.
    pub(crate) fn set(&mut self, text: &str) {
        self.splice(0..self.raw().len(), text);
    }

    /// Erases everything.
    pub(crate) fn clear(&mut self) {
        self.set("");
    }

    /// What is typed next takes the place of what stands there.
    pub(crate) const fn end_of_use(&mut self) {
        self.is_past = true;
    }

    /// Makes room for what is typed.
    fn begin(&mut self) {
        if std::mem::take(&mut self.is_past) {
            self.clear();
        }
    }

    /// Types one character at the cursor; control characters are dropped.
    pub(crate) fn insert(&mut self, c: char) -> bool {
        if c.is_control() {
            return false;
        }
        self.begin();
        self.splice(self.cursor..self.cursor, c.encode_utf8(&mut [0; 4]))
    }

    /// Types the first line that says something of what was pasted: a newline never submits and never joins lines.
    pub(crate) fn paste(&mut self, text: &str) -> Pasted {
        let line = text.split(['\r', '\n']).find(|line| !line.trim().is_empty()).unwrap_or_default();
        // The tabs of a copied row keep its cells apart, but are no part of a secret.
        let tab = if self.is_masked() { None } else { Some(' ') };
        let kept = |c: char| if c == '\t' { tab } else { Some(c).filter(|c| !c.is_control()) };
        let kept = Zeroizing::<String>::new(line.chars().filter_map(kept).collect());
        self.begin();
        let before = self.raw().len();
        let is_changed = self.splice(self.cursor..self.cursor, &kept);
        Pasted { is_changed, is_cut: self.raw().len() < before.saturating_add(kept.len()) }
    }

    /// Types a key at the cursor, or edits there; says whether the text changed. None: the key types nothing.
    pub(crate) fn press(&mut self, press: Press) -> Option<bool> {
        let (here, end) = (self.cursor, self.raw().len());
        // Whoever edits what stands there keeps it.
        self.is_past &= matches!(press, Press::Char(_));
        Some(match press {
            Press::Char(letter) => return self.insert(letter).then_some(true),
            Press::Backspace => self.splice(self.before(here)..here, ""),
            Press::Delete => self.splice(here..self.after(here), ""),
            Press::Ctrl('w') => self.splice(self.word_before(here)..here, ""),
            Press::Ctrl('u') => self.splice(0..end, ""),
            Press::Ctrl('k') => self.splice(here..end, ""),
            Press::Left => self.go(self.before(here)),
            Press::Right => self.go(self.after(here)),
            Press::Home | Press::Ctrl('a') => self.go(0),
            Press::End | Press::Ctrl('e') => self.go(end),
            _ => return None,
        })
    }

    /// How many letters stand before the caret, of those that are shown; none before it in a secret, because neither its
    /// length nor the caret may tell anything about it.
    pub(crate) fn caret(&self) -> usize {
        let before = self.raw().get(..self.cursor).unwrap_or_default();
        // A stand-in is longer than what it stands for: what is shown may be cut before the caret is reached.
        let clusters = |text: &Text| text.as_str().graphemes(true).count();
        self.shown.as_ref().map_or(0, |shown| clusters(&Text::typed(before)).min(clusters(shown)))
    }

    /// What may be shown of it; nothing of a secret.
    pub(crate) fn shown(&self) -> &str {
        self.shown.as_ref().map_or("", Text::as_str)
    }

    /// Whether its text is never shown.
    pub(crate) const fn is_masked(&self) -> bool {
        self.shown.is_none()
    }

    fn raw(&self) -> &str {
        self.raw.expose()
    }

    /// Puts `text` in the place of a range of bytes and the cursor behind it; says whether anything changed. What
    /// would make the field longer than [`MAX_BYTES`] is left out, on a grapheme boundary.
    fn splice(&mut self, range: std::ops::Range<usize>, text: &str) -> bool {
        let kept = self.raw().len().saturating_sub(range.len());
        let room = MAX_BYTES.saturating_sub(kept);
        let ends = text.grapheme_indices(true).map(|(at, grapheme)| at + grapheme.len());
        let fits = ends.take_while(|end| *end <= room).last().unwrap_or(0);
        let text = text.get(..fits).unwrap_or_default();
        if range.is_empty() && text.is_empty() {
            return false;
        }
        let raw = self.raw.expose_mut();
        let end = range.start + text.len();
        raw.replace_range(range, text);
        if let Some(shown) = &mut self.shown {
            *shown = Text::typed(raw);
        }
        // What was put in may have grown together with what stands behind it.
        self.cursor = self.boundary_from(end);
        true
    }

    fn go(&mut self, to: usize) -> bool {
        self.cursor = to;
        false
    }

    /// The grapheme boundary at or after a byte.
    fn boundary_from(&self, byte: usize) -> usize {
        let end = self.raw().len();
        self.raw().grapheme_indices(true).map(|(at, _)| at).find(|at| *at >= byte).unwrap_or(end)
    }

    /// The grapheme boundary before a byte.
    fn before(&self, byte: usize) -> usize {
        self.raw().grapheme_indices(true).map(|(at, _)| at).take_while(|at| *at < byte).last().unwrap_or(0)
    }

    /// The grapheme boundary after a byte.
    fn after(&self, byte: usize) -> usize {
        self.boundary_from(byte.saturating_add(1).min(self.raw().len()))
    }

    /// Where the word before a byte starts.
    fn word_before(&self, byte: usize) -> usize {
        let before = self.raw().get(..byte).unwrap_or_default().trim_end();
        before.char_indices().rev().find(|(_, c)| c.is_whitespace()).map_or(0, |(at, c)| at + c.len_utf8())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(field: &Field) -> (String, usize) {
        (field.shown().to_owned(), field.caret())
    }

    #[test]
    fn what_was_typed_for_something_else_makes_room_for_what_is_typed_next() {
        let typed = |keys: &[Press]| {
            let mut field = Field::plain("harbor");
            field.end_of_use();
            for key in keys {
                field.press(*key);
            }
            field.text().to_owned()
        };
        assert_eq!(typed(&[Press::Char('b'), Press::Char('a')]), "ba");
        assert_eq!(typed(&[Press::Backspace, Press::Char('u'), Press::Char('r')]), "harbour", "it is edited");
        let mut field = Field::plain("harbor");
        field.end_of_use();
        field.paste("rimu");
        assert_eq!(field.text(), "rimu");
    }

    #[test]
    fn editing_goes_by_what_the_eye_takes_for_one_character() {
        let mut field = Field::plain("ae\u{301}👩\u{200d}👧b");
        field.press(Press::Backspace);
        field.press(Press::Backspace);
        assert_eq!(field.text(), "ae\u{301}");
        field.press(Press::Left);
        field.insert('x');
        assert_eq!(shown(&field), ("axe\u{301}".into(), 2));
        field.press(Press::Delete);
        assert_eq!(field.text(), "ax");
        field.set("one two  ");
        field.press(Press::Ctrl('w'));
        assert_eq!(shown(&field), ("one ".into(), 4));
        field.press(Press::Home);
        assert!(field.press(Press::Backspace) == Some(false));
        assert!(field.press(Press::Ctrl('u')) == Some(true) && field.is_empty());
    }

    #[test]
    fn the_cursor_is_never_behind_what_is_shown() {
        let mut field = Field::plain("\u{ad}");
        assert_eq!(field.paste(&"x".repeat(MAX_BYTES)), Pasted { is_changed: true, is_cut: true });
        field.press(Press::Left);
        let (value, cursor) = shown(&field);
        assert_eq!(cursor, value.graphemes(true).count(), "cut at {} bytes", value.len());
    }

    #[test]
    fn a_pasted_newline_ends_the_paste() {
        let mut field = Field::default();
        assert!(field.paste("\r\nbakery.example\r\nrm -rf").is_changed);
        assert_eq!(field.text(), "bakery.example");
        assert!(!field.paste("\n").is_changed);
        field.paste("\u{1b}[2J");
        assert_eq!(field.text(), "bakery.example[2J");
        field.clear();
        field.paste("Hemi\themi@bakery.example\tPerth");
        assert_eq!(field.text(), "Hemi hemi@bakery.example Perth");
    }

    #[test]
    fn a_secret_is_never_seen() {
        let mut field = Field::masked();
        for c in "hunter2 ".chars() {
            field.insert(c);
        }
        assert_eq!((field.shown(), field.caret(), field.text()), ("", 0, ""));
        assert!(field.is_masked() && !field.is_empty());
        assert!(!format!("{field:?}").contains("hunter"));
        assert_eq!(field.value(), Value::Secret(Secret::new("hunter2 ".into())));
    }

    /// What may be done to a field.
    #[derive(Debug, Clone)]
    enum Step {
        Insert(char),
        Paste(String),
        Press(Press),
    }

    proptest! {
        #[test]
        fn no_editing_breaks_it(
            steps in proptest::collection::vec(
                prop_oneof![
                    any::<char>().prop_map(Step::Insert),
                    ".{0,20}".prop_map(Step::Paste),
                    Just("x".repeat(900)).prop_map(Step::Paste),
                    prop_oneof![
                        Just(Press::Backspace), Just(Press::Delete), Just(Press::Ctrl('w')), Just(Press::Left),
                        Just(Press::Right), Just(Press::Home), Just(Press::End),
                    ].prop_map(Step::Press),
                ],
                0..40,
            ),
            is_masked: bool,
        ) {
            let mut field = if is_masked { Field::masked() } else { Field::default() };
            for step in steps {
                match step {
                    Step::Insert(c) => field.insert(c),
                    Step::Paste(text) => field.paste(&text).is_changed,
                    Step::Press(press) => field.press(press).unwrap(),
                };
                prop_assert!(field.raw().is_char_boundary(field.cursor));
                prop_assert!(field.raw().len() <= MAX_BYTES);
                prop_assert!(!field.raw().chars().any(char::is_control));
                prop_assert!(field.caret() <= field.shown().graphemes(true).count());
            }
        }
    }
}
