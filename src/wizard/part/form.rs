//! A form: fields, choices and buttons in one order, by their ids. Where the keyboard is belongs to the front end; what is
//! right or wrong in a field is the screen's business.

use crate::{
    domain::{
        form_draft::{FormDraft, SECRET},
        phrase::Phrase,
        text::Text,
    },
    wizard::{
        answer::{Action, FieldId, Value},
        ask::{Focus, Spot},
        part::field::Field,
        view::{Block, Button, ChoiceView},
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
        /// It takes lists.
        takes_lines: bool,
    },
    /// One of a few.
    Choice {
        /// Which.
        id: FieldId,
        /// Its name.
        label: Text,
        /// What can be chosen.
        options: &'static [&'static str],
        /// Index into `options`.
        chosen: usize,
        /// Said behind it.
        note: Phrase,
    },
    /// A button.
    Button {
        /// What it says.
        label: &'static str,
        /// What pressing it does.
        action: Action,
    },
}

impl Control {
    /// A field that shows its text.
    pub(crate) fn field(id: FieldId, label: &'static str, hint: impl Into<Phrase>, text: &str) -> Self {
        Self::Field { id, label, hint: hint.into(), field: Field::plain(text), takes_lines: false }
    }

    /// A field whose text is never shown.
    pub(crate) fn masked(id: FieldId, label: &'static str, hint: impl Into<Phrase>) -> Self {
        Self::Field { id, label, hint: hint.into(), field: Field::masked(), takes_lines: false }
    }

    /// The same control, for lists.
    pub(crate) fn taking_lines(self) -> Self {
        match self {
            Self::Field { id, label, hint, field, .. } => {
                Self::Field { id, label, hint, field, takes_lines: true }
            }
            other => other,
        }
    }

    /// A choice.
    pub(crate) fn choice(
        id: FieldId,
        label: impl Into<Text>,
        options: &'static [&'static str],
        chosen: usize,
    ) -> Self {
        Self::Choice { id, label: label.into(), options, chosen, note: Phrase::default() }
    }

    /// A button.
    pub(crate) const fn button(label: &'static str, action: Action) -> Self {
        Self::Button { label, action }
    }

    const fn id(&self) -> Option<FieldId> {
        match self {
            Self::Field { id, .. } | Self::Choice { id, .. } => Some(*id),
            Self::Button { .. } => None,
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
    left: Vec<FieldId>,
    /// Where the keyboard is to be.
    focus: Focus,
}

impl Form {
    /// A form; the keyboard begins at its first control.
    pub(crate) fn new(controls: Vec<Control>) -> Self {
        let spot = controls.first().map_or(Spot::Page, Self::spot);
        Self { controls, hidden: Vec::new(), left: Vec::new(), focus: Focus { spot, count: 0 } }
    }

    const fn spot(control: &Control) -> Spot {
        match control {
            Control::Field { id, .. } | Control::Choice { id, .. } => Spot::Field(*id),
            Control::Button { action, .. } => Spot::Button(*action),
        }
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
        let is_changed = match (self.control(id), value) {
            (Some(Control::Field { field, .. }), value) => field.fill(value),
            (Some(Control::Choice { options, chosen, .. }), Value::Choice(at)) => {
                let is_changed = *at < options.len() && chosen != at;
                if is_changed {
                    *chosen = *at;
                }
                is_changed
            }
            _ => false,
        };
        if is_changed {
            self.left.retain(|left| *left != id);
        }
        is_changed
    }

    /// The field was left: what is wrong with it is shown from now on.
    pub(crate) fn settle(&mut self, id: FieldId) {
        if !self.left.contains(&id) {
            self.left.push(id);
        }
    }

    /// All fields were left.
    pub(crate) fn settle_all(&mut self) {
        self.left = self.controls.iter().filter_map(Control::id).collect();
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
        self.controls.iter().filter_map(Control::id).find_map(|id| Some((id, problem(id)?)))
    }

    fn control(&mut self, id: FieldId) -> Option<&mut Control> {
        self.controls.iter_mut().find(|control| control.id() == Some(id))
    }

    /// What stands in a field.
    pub(crate) fn field(&self, id: FieldId) -> Option<&Field> {
        self.controls.iter().find_map(|control| match control {
            Control::Field { id: other, field, .. } if *other == id => Some(field),
            _ => None,
        })
    }

    /// What was typed into a field; empty when there is no such field, and for a secret.
    pub(crate) fn text(&self, id: FieldId) -> &str {
        self.field(id).map(Field::text).unwrap_or_default()
    }

    /// Puts a text into a field.
    pub(crate) fn set(&mut self, id: FieldId, text: &str) {
        if let Some(Control::Field { field, .. }) = self.control(id) {
            field.set(text);
        }
    }

    /// What was chosen; the first when there is no such choice.
    pub(crate) fn chosen(&self, id: FieldId) -> usize {
        self.controls
            .iter()
            .find_map(|control| match control {
                Control::Choice { id: other, chosen, .. } if *other == id => Some(*chosen),
                _ => None,
            })
            .unwrap_or(0)
    }

    /// Chooses an option.
    pub(crate) fn choose(&mut self, id: FieldId, option: usize) {
        self.fill(id, &Value::Choice(option));
    }

    /// What stands in the form, to be kept: every field and choice, of a secret only that there was one.
    pub(crate) fn draft(&self) -> FormDraft {
        let kept = self.controls.iter().filter_map(|control| match control {
            Control::Field { id, field: Field::Plain(text), .. } => Some((id.name(), text.clone())),
            Control::Field { field, .. } => (!field.is_empty()).then(|| (SECRET.to_owned(), String::new())),
            Control::Choice { id, chosen, .. } => Some((id.name(), chosen.to_string())),
            Control::Button { .. } => None,
        });
        FormDraft(kept.collect())
    }

    /// Takes up what was kept; says whether there was anything. Where a secret had been typed, its field says that it is
    /// asked again.
    pub(crate) fn take_up(&mut self, draft: &FormDraft) -> bool {
        for control in &mut self.controls {
            match control {
                Control::Field { id, field: field @ Field::Plain(_), .. } => {
                    if let Some(text) = draft.get(&id.name()) {
                        field.set(text);
                    }
                }
                Control::Field { hint, .. } if draft.get(SECRET).is_some() => {
                    *hint = "type it again: it was not kept".into();
                }
                Control::Choice { id, options, chosen, .. } => {
                    let kept = draft.get(&id.name()).and_then(|at| at.parse().ok());
                    *chosen = kept.filter(|at| *at < options.len()).unwrap_or(*chosen);
                }
                Control::Field { .. } | Control::Button { .. } => {}
            }
        }
        !draft.is_empty()
    }

    /// Shows the form. `problem` says what is wrong with a control, `is_open` whether a button can be pressed.
    pub(crate) fn blocks(
        &self,
        problem: impl Fn(FieldId) -> Option<Phrase>,
        is_open: impl Fn(Action) -> bool,
    ) -> Vec<Block<'_>> {
        let mut blocks = Vec::new();
        let mut buttons = Vec::new();
        for control in self.controls.iter().filter(|control| !self.hidden.contains(&Self::spot(control))) {
            if !matches!(control, Control::Button { .. }) && !buttons.is_empty() {
                blocks.push(Block::Buttons(std::mem::take(&mut buttons)));
            }
            match control {
                Control::Field { id, label, hint, field, takes_lines } => {
                    let view = field.view(*id, label, hint.clone(), problem(*id));
                    blocks.push(Block::Field(crate::wizard::view::FieldView {
                        takes_lines: *takes_lines,
                        ..view
                    }));
                }
                Control::Choice { id, label, options, chosen, note } => {
                    blocks.push(Block::Choice(ChoiceView {
                        id: *id,
                        label: label.clone(),
                        options,
                        chosen: *chosen,
                        note: note.clone(),
                    }));
                }
                Control::Button { label, action } => {
                    buttons.push(Button { label, action: *action, is_open: is_open(*action) });
                }
            }
        }
        if !buttons.is_empty() {
            blocks.push(Block::Buttons(buttons));
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
        form.settle(FieldId::Company);
        assert!(form.is_settled(FieldId::Company));
        form.fill(FieldId::Company, &Value::Text("Bakery 2".into()));
        assert!(!form.is_settled(FieldId::Company), "typed on: not judged yet");
        form.fill(FieldId::Password, &Value::Secret(crate::domain::secret::Secret::new("hush".to_owned())));
        let draft = form.draft();
        assert!(draft.0.iter().all(|(_, value)| value != "hush") && draft.get(SECRET).is_some());
        let mut again = self::form();
        assert!(again.take_up(&draft) && again.draft().get("company") == Some("Bakery 2"));
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
