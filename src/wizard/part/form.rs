//! A form: fields, choices and buttons in one order, by their ids. Where the keyboard is belongs to the front end; what is
//! right or wrong in a field is the screen's business.

use std::collections::BTreeSet;

use crate::{
    domain::{
        form_draft::{FormDraft, SECRET},
        phrase::Phrase,
        text::Text,
    },
    wizard::{
        answer::{Action, FieldId, Value},
        ask::{Focus, Spot},
        context::UpdateCx,
        part::field::Field,
        view::{Block, Button, ChoiceView, FieldView, Tone},
    },
};

/// No and yes, in the order of their index.
pub(crate) const NO_YES: &[&str] = &["no", "yes"];

/// One control.
#[derive(Debug)]
pub(crate) enum Control {
    /// A line of text.
    Field {
        /// Which.
        id: FieldId,
        /// Its name.
        label: &'static str,
        /// Said below it while nothing is wrong.
        hint: Phrase,
        /// What stands in it.
        field: Field,
        /// It takes a list, which holds so many entries.
        entries: Option<usize>,
    },
    /// One of a few.
    Choice(ChoiceView),
    /// A button.
    Button(Button),
}

impl Control {
    /// A field that shows its text.
    pub(crate) fn field(id: FieldId, label: &'static str, hint: impl Into<Phrase>, text: &str) -> Self {
        Self::Field { id, label, hint: hint.into(), field: Field::plain(text), entries: None }
    }

    /// A field whose text is never shown.
    pub(crate) fn masked(id: FieldId, label: &'static str, hint: impl Into<Phrase>) -> Self {
        Self::Field { id, label, hint: hint.into(), field: Field::masked(), entries: None }
    }

    /// The same control, for lists.
    pub(crate) fn taking_lines(mut self) -> Self {
        if let Self::Field { entries, .. } = &mut self {
            *entries = Some(0);
        }
        self
    }

    /// A choice.
    pub(crate) fn choice(
        id: FieldId,
        label: impl Into<Text>,
        options: &'static [&'static str],
        chosen: usize,
    ) -> Self {
        Self::Choice(ChoiceView { id, label: label.into(), options, chosen, note: Phrase::default() })
    }

    /// A button.
    pub(crate) const fn button(label: &'static str, action: Action) -> Self {
        Self::Button(Button { label, action, is_open: true })
    }

    /// Its place for the keyboard.
    const fn spot(&self) -> Spot {
        match self {
            Self::Field { id, .. } | Self::Choice(ChoiceView { id, .. }) => Spot::Field(*id),
            Self::Button(button) => Spot::Button(button.action),
        }
    }
}

/// The controls in their order.
#[derive(Debug, Default)]
pub(crate) struct Form {
    controls: Vec<Control>,
    /// Controls that are not shown now.
    hidden: Vec<Spot>,
    /// Fields that were left: what is wrong with them is shown.
    left: BTreeSet<FieldId>,
    /// Where the keyboard is to be.
    focus: Focus,
}

impl Form {
    /// A form; the keyboard begins at its first control.
    pub(crate) fn new(controls: Vec<Control>) -> Self {
        let spot = controls.first().map_or(Spot::Page, Control::spot);
        Self { controls, focus: Focus { spot, count: 0 }, ..Self::default() }
    }

    /// Shows or hides a control.
    pub(crate) fn hide(&mut self, spot: Spot, is_hidden: bool) {
        self.hidden.retain(|hidden| *hidden != spot);
        if is_hidden {
            self.hidden.push(spot);
        }
    }

    /// Puts the keyboard on a control.
    pub(crate) const fn focus_on(&mut self, spot: Spot) {
        self.focus = Focus { spot, count: self.focus.count.saturating_add(1) };
    }

    /// Where the keyboard is to be.
    pub(crate) const fn focus(&self) -> Focus {
        self.focus
    }

    /// Takes what stands in a field or a choice now; says whether that is something else than before.
    pub(crate) fn fill(&mut self, id: FieldId, value: &Value) -> bool {
        let is_changed = match (self.control_mut(id), value) {
            (Some(Control::Field { field, .. }), value) => field.fill(value),
            (Some(Control::Choice(choice)), Value::Choice(at)) if *at < choice.options.len() => {
                std::mem::replace(&mut choice.chosen, *at) != *at
            }
            _ => false,
        };
        if is_changed {
            self.left.remove(&id);
        }
        is_changed
    }

    /// The field was left: what is wrong with it is shown from now on. One that was only passed by, empty as it is, is not
    /// judged before something is tried.
    pub(crate) fn settle(&mut self, id: FieldId) {
        if self.field(id).is_none_or(|field| !field.is_empty()) {
            self.judge(id);
        }
    }

    /// What is wrong with the field is shown from now on: something was tried that needs it.
    pub(crate) fn judge(&mut self, id: FieldId) {
        self.left.insert(id);
    }

    /// Something was tried that needs another text in the field: what is wrong with it is said, and shown from now on.
    pub(crate) fn refuse(&mut self, cx: &mut UpdateCx<'_>, id: FieldId, problem: impl Into<Phrase>) {
        self.judge(id);
        self.focus_on(Spot::Field(id));
        cx.say(Tone::Warn, problem);
    }

    /// The fields that can be filled in, in their order.
    fn fields(&self) -> impl Iterator<Item = FieldId> {
        self.controls.iter().filter_map(|control| match control.spot() {
            Spot::Field(id) => Some(id),
            _ => None,
        })
    }

    /// All fields were left.
    pub(crate) fn settle_all(&mut self) {
        self.left = self.fields().collect();
    }

    /// Whether a field was left since it last changed.
    pub(crate) fn is_settled(&self, id: FieldId) -> bool {
        self.left.contains(&id)
    }

    /// The first of its controls with which something is wrong, and what.
    pub(crate) fn first_wrong(
        &self,
        problem: impl Fn(FieldId) -> Option<Phrase>,
    ) -> Option<(FieldId, Phrase)> {
        self.fields().find_map(|id| Some((id, problem(id)?)))
    }

    fn control(&self, id: FieldId) -> Option<&Control> {
        self.controls.iter().find(|control| control.spot() == Spot::Field(id))
    }

    fn control_mut(&mut self, id: FieldId) -> Option<&mut Control> {
        self.controls.iter_mut().find(|control| control.spot() == Spot::Field(id))
    }

    /// What stands in a field.
    pub(crate) fn field(&self, id: FieldId) -> Option<&Field> {
        if let Control::Field { field, .. } = self.control(id)? { Some(field) } else { None }
    }

    /// What was typed into a field; empty when there is no such field, and for a secret.
    pub(crate) fn text(&self, id: FieldId) -> &str {
        self.field(id).map(Field::text).unwrap_or_default()
    }

    /// Puts a text into a field.
    pub(crate) fn set(&mut self, id: FieldId, text: &str) {
        if let Some(Control::Field { field, .. }) = self.control_mut(id) {
            field.set(text);
        }
    }

    /// Says something else below a field while nothing is wrong.
    pub(crate) fn hint(&mut self, id: FieldId, words: &'static str) {
        if let Some(Control::Field { hint, .. }) = self.control_mut(id) {
            *hint = words.into();
        }
    }

    /// What was chosen; the first when there is no such choice.
    pub(crate) fn chosen(&self, id: FieldId) -> usize {
        if let Some(Control::Choice(choice)) = self.control(id) { choice.chosen } else { 0 }
    }

    /// What stands in the form, to be kept: every field and choice, of a secret only that there was one.
    pub(crate) fn draft(&self) -> FormDraft {
        let kept = self.controls.iter().filter_map(|control| match control {
            Control::Field { field, .. } if field.is_masked() => {
                (!field.is_empty()).then(|| (SECRET.to_owned(), String::new()))
            }
            Control::Field { id, field, .. } => Some((id.name(), field.text().to_owned())),
            Control::Choice(choice) => Some((choice.id.name(), choice.chosen.to_string())),
            Control::Button(_) => None,
        });
        FormDraft(kept.collect())
    }

    /// Takes up what was kept. Where a secret had been typed, its field says that it is asked again.
    pub(crate) fn take_up(&mut self, draft: &FormDraft) {
        for control in &mut self.controls {
            match control {
                Control::Field { field, hint, .. } if field.is_masked() => {
                    if draft.get(SECRET).is_some() {
                        *hint = "type it again: it was not kept".into();
                    }
                }
                Control::Field { id, field, .. } => {
                    if let Some(text) = draft.get(&id.name()) {
                        field.set(text);
                    }
                }
                Control::Choice(choice) => {
                    let kept = draft.get(&choice.id.name()).and_then(|at| at.parse().ok());
                    choice.chosen = kept.filter(|at| *at < choice.options.len()).unwrap_or(choice.chosen);
                }
                Control::Button(_) => {}
            }
        }
    }

    /// Shows the form. `problem` says what is wrong with a control, `is_open` whether a button can be pressed.
    pub(crate) fn blocks(
        &self,
        problem: impl Fn(FieldId) -> Option<Phrase>,
        is_open: impl Fn(Action) -> bool,
    ) -> Vec<Block<'_>> {
        let mut blocks: Vec<Block<'_>> = Vec::new();
        for control in self.controls.iter().filter(|control| !self.hidden.contains(&control.spot())) {
            match control {
                Control::Field { id, label, hint, field, entries } => {
                    let view = field.view(*id, label, hint.clone(), problem(*id));
                    blocks.push(Block::Field(FieldView { entries: *entries, ..view }));
                }
                Control::Choice(choice) => blocks.push(Block::Choice(choice.clone())),
                Control::Button(button) => {
                    let button = Button { is_open: is_open(button.action), ..button.clone() };
                    match blocks.last_mut() {
                        Some(Block::Buttons(row)) => row.push(button),
                        _ => blocks.push(Block::Buttons(vec![button])),
                    }
                }
            }
        }
        blocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Form {
        Form::new(vec![
            Control::field(FieldId::Company, "Name", "", ""),
            Control::choice(FieldId::Managed, "Kind", NO_YES, 0),
            Control::masked(FieldId::Password, "Password", ""),
            Control::button("Save", Action::Save),
            Control::button("Back", Action::Back),
        ])
    }

    #[test]
    fn each_control_takes_what_is_its_own() {
        let mut form = form();
        assert!(form.fill(FieldId::Company, &Value::Text("Bakery".into())));
        assert!(!form.fill(FieldId::Company, &Value::Choice(1)));
        assert!(!form.fill(FieldId::Managed, &Value::Choice(2)), "there is no third");
        assert!(form.fill(FieldId::Managed, &Value::Choice(1)) && form.chosen(FieldId::Managed) == 1);
        assert!(!form.fill(FieldId::Tenant, &Value::Text("x".into())), "no such field here");
        form.settle(FieldId::Password);
        assert!(!form.is_settled(FieldId::Password), "passed by, empty: nothing was tried yet");
        form.settle(FieldId::Company);
        assert!(form.is_settled(FieldId::Company));
        form.fill(FieldId::Company, &Value::Text("Bakery 2".into()));
        assert!(!form.is_settled(FieldId::Company), "typed on: not judged yet");
        form.fill(FieldId::Password, &Value::Secret(crate::domain::secret::Secret::new("hush".to_owned())));
        let draft = form.draft();
        assert!(draft.0.iter().all(|(_, value)| value != "hush") && draft.get(SECRET).is_some());
        let mut again = self::form();
        again.take_up(&draft);
        assert_eq!(again.draft().get("company"), Some("Bakery 2"));
        assert_eq!(again.chosen(FieldId::Managed), 1);
    }

    #[test]
    fn what_is_hidden_is_not_shown() {
        let mut form = form();
        assert_eq!(form.blocks(|_| None, |_| true).len(), 4, "buttons stand in one row");
        form.hide(Spot::Field(FieldId::Managed), true);
        form.hide(Spot::Button(Action::Back), true);
        let blocks = form.blocks(|_| None, |_| true);
        assert!(
            matches!(blocks.last(), Some(Block::Buttons(buttons)) if buttons.len() == 1) && blocks.len() == 3
        );
        let before = form.focus();
        form.focus_on(Spot::Field(FieldId::Company));
        assert_ne!(form.focus(), before, "wished for once more");
    }
}
