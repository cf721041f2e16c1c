//! A form: fields, choices and buttons in one order, and which of them the keyboard acts on.
//!
//! Triggered by a screen's intents; out comes what the screen has to know ([`Heard`]). What is right or wrong in a field
//! is the screen's business.

use crate::{
    domain::text::Text,
    wizard::{
        event::{Action, Edit, Intent, Move},
        part::field::{Field, Taken},
        view::{Block, Button, ChoiceView, Chord, Focus, Key},
        words,
    },
};

/// One control.
#[derive(Debug)]
pub(crate) enum Control {
    /// A line of text.
    Field {
        /// Its name.
        label: &'static str,
        /// Said below it while nothing is wrong.
        hint: Text,
        /// What was typed.
        field: Field,
    },
    /// One of a few.
    Choice {
        /// Its name.
        label: &'static str,
        /// What can be chosen.
        options: &'static [&'static str],
        /// Index into `options`.
        chosen: usize,
    },
    /// A button.
    Button {
        /// What it says.
        label: &'static str,
        /// What pressing it does.
        action: Action,
    },
}

/// The controls, by names of the screen's own (`K`), in the order of Tab.
#[derive(Debug)]
pub(crate) struct Form<K> {
    controls: Vec<(K, Control)>,
    /// Controls that are not shown now.
    hidden: Vec<K>,
    /// Index of the control that the keyboard acts on.
    at: usize,
}

/// What an intent meant to a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard<K> {
    /// Nothing that the screen must know.
    Nothing,
    /// The text of this field, or this choice, is another one now.
    Changed(K),
    /// This field was left.
    Left(K),
    /// A button was pressed, or its key.
    Pressed(Action),
    /// Something was pasted where there is no field.
    Paste,
    /// Back.
    Back,
    /// Not about the form.
    NotMine(Intent),
}

impl Control {
    /// A field that shows its text.
    pub(crate) fn field(label: &'static str, hint: impl Into<Text>, text: &str) -> Self {
        Self::Field { label, hint: hint.into(), field: Field::plain(text) }
    }

    /// A choice.
    pub(crate) const fn choice(label: &'static str, options: &'static [&'static str], chosen: usize) -> Self {
        Self::Choice { label, options, chosen }
    }

    /// A button.
    pub(crate) const fn button(label: &'static str, action: Action) -> Self {
        Self::Button { label, action }
    }
}

impl<K: Copy + PartialEq> Form<K> {
    /// A form with the keyboard on its first control.
    pub(crate) const fn new(controls: Vec<(K, Control)>) -> Self {
        Self { controls, hidden: Vec::new(), at: 0 }
    }

    /// Shows or hides a control; the keyboard leaves one that is hidden.
    pub(crate) fn hide(&mut self, name: K, is_hidden: bool) {
        self.hidden.retain(|hidden| *hidden != name);
        if is_hidden {
            self.hidden.push(name);
            if self.focused() == Some(name) {
                self.step(true);
            }
        }
    }

    /// The control that the keyboard acts on.
    pub(crate) fn focused(&self) -> Option<K> {
        self.controls.get(self.at).map(|(name, _)| *name)
    }

    /// Puts the keyboard on a control.
    pub(crate) fn focus_on(&mut self, name: K) {
        self.at = self.controls.iter().position(|(other, _)| *other == name).unwrap_or(self.at);
    }

    /// What the keyboard acts on, for the view.
    pub(crate) fn focus(&self) -> Focus {
        match self.controls.get(self.at) {
            Some((_, Control::Field { .. })) => Focus::Field,
            _ => Focus::Controls,
        }
    }

    /// The field of this name.
    pub(crate) fn field(&self, name: K) -> Option<&Field> {
        self.controls.iter().find_map(|(other, control)| match control {
            Control::Field { field, .. } if *other == name => Some(field),
            _ => None,
        })
    }

    /// The field of this name, to change it.
    pub(crate) fn field_mut(&mut self, name: K) -> Option<&mut Field> {
        self.controls.iter_mut().find_map(|(other, control)| match control {
            Control::Field { field, .. } if *other == name => Some(field),
            _ => None,
        })
    }

    /// What was typed into a field; empty when there is no such field.
    pub(crate) fn text(&self, name: K) -> &str {
        self.field(name).map(Field::text).unwrap_or_default()
    }

    /// What was chosen; the first when there is no such choice.
    pub(crate) fn chosen(&self, name: K) -> usize {
        self.controls
            .iter()
            .find_map(|(other, control)| match control {
                Control::Choice { chosen, .. } if *other == name => Some(*chosen),
                _ => None,
            })
            .unwrap_or(0)
    }

    /// Chooses an option.
    pub(crate) fn choose(&mut self, name: K, option: usize) {
        for (other, control) in &mut self.controls {
            if let Control::Choice { chosen, options, .. } = control
                && *other == name
            {
                *chosen = option.min(options.len().saturating_sub(1));
            }
        }
    }

    /// Handles an intent.
    pub(crate) fn intent(&mut self, intent: Intent) -> Heard<K> {
        if let Intent::Act(action) = intent
            && action != Action::Back
            && self
                .controls
                .iter()
                .any(|(_, c)| matches!(c, Control::Button { action: own, .. } if *own == action))
        {
            return Heard::Pressed(action);
        }
        let Some((name, control)) = self.controls.get_mut(self.at) else { return Heard::NotMine(intent) };
        let name = *name;
        match control {
            Control::Field { field, .. } => match field.intent(&intent) {
                Taken::Changed => return Heard::Changed(name),
                Taken::Kept => return Heard::Nothing,
                Taken::NotMine if matches!(intent, Intent::Back) && !field.is_empty() => {
                    field.edit(Edit::Clear);
                    return Heard::Changed(name);
                }
                Taken::NotMine => {}
            },
            Control::Choice { chosen, options, .. } => {
                let last = options.len().saturating_sub(1);
                let option = match intent {
                    Intent::Act(Action::Tick) => Some(if *chosen >= last { 0 } else { *chosen + 1 }),
                    Intent::Move(Move::By(by)) if by > 0 && *chosen < last => Some(*chosen + 1),
                    Intent::Move(Move::By(by)) if by < 0 && *chosen > 0 => Some(*chosen - 1),
                    _ => None,
                };
                if let Some(option) = option {
                    *chosen = option;
                    return Heard::Changed(name);
                }
            }
            Control::Button { action, .. } => match intent {
                Intent::Submit | Intent::Act(Action::Submit) if *action == Action::Back => {
                    return Heard::Back;
                }
                Intent::Submit | Intent::Act(Action::Submit) => return Heard::Pressed(*action),
                Intent::Paste(_) => return Heard::Paste,
                _ => {}
            },
        }
        self.walk(name, intent)
    }

    /// What moves between controls, and what leads out of the form.
    fn walk(&mut self, name: K, intent: Intent) -> Heard<K> {
        match intent {
            Intent::Submit
            | Intent::Act(Action::Submit)
            | Intent::NextControl
            | Intent::Move(Move::By(1..) | Move::Last) => {
                self.step(true);
                Heard::Left(name)
            }
            Intent::PreviousControl | Intent::Move(_) => {
                self.step(false);
                Heard::Left(name)
            }
            Intent::Act(Action::Search) => {
                let is_open = |(other, control): &(K, Control)| {
                    matches!(control, Control::Field { .. }) && !self.hidden.contains(other)
                };
                self.at = self.controls.iter().position(is_open).unwrap_or(self.at);
                Heard::Nothing
            }
            Intent::Paste(_) => Heard::Paste,
            Intent::Back | Intent::Act(Action::Back) => Heard::Back,
            other => Heard::NotMine(other),
        }
    }

    /// To the next or previous control that is shown; round at both ends.
    fn step(&mut self, is_forward: bool) {
        let len = self.controls.len().max(1);
        for _ in 0..len {
            self.at = (self.at + if is_forward { 1 } else { len - 1 }) % len;
            if self.focused().is_some_and(|name| !self.hidden.contains(&name)) {
                break;
            }
        }
    }

    /// Shows the form. `problem` says what is wrong with a control, `is_open` whether a button can be pressed.
    pub(crate) fn blocks(
        &self,
        problem: impl Fn(K) -> Option<Text>,
        is_open: impl Fn(Action) -> bool,
    ) -> Vec<Block<'_>> {
        let mut blocks = Vec::new();
        let mut buttons = Vec::new();
        for (at, (name, control)) in self.controls.iter().enumerate() {
            if self.hidden.contains(name) {
                continue;
            }
            let is_focused = at == self.at;
            if !matches!(control, Control::Button { .. }) && !buttons.is_empty() {
                blocks.push(Block::Buttons(std::mem::take(&mut buttons)));
            }
            match control {
                Control::Field { label, hint, field } => {
                    blocks.push(Block::Field(field.view(label, hint.clone(), problem(*name), is_focused)));
                }
                Control::Choice { label, options, chosen } => blocks.push(Block::Choice(ChoiceView {
                    label,
                    options: options.to_vec(),
                    chosen: *chosen,
                    is_focused,
                })),
                Control::Button { label, action } => buttons.push(Button {
                    label: Text::from(*label),
                    action: *action,
                    is_open: is_open(*action),
                    is_focused,
                }),
            }
        }
        if !buttons.is_empty() {
            blocks.push(Block::Buttons(buttons));
        }
        blocks
    }

    /// The keys of the control that the keyboard acts on.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let field = words::key(Chord::Char('/'), Action::Search, "field", "Into the first field.");
        match self.controls.get(self.at) {
            Some((_, Control::Field { .. })) => vec![
                words::key(
                    Chord::Enter,
                    Action::Submit,
                    "next",
                    "To the next control; Shift-Tab goes to the one before.",
                ),
                words::key(Chord::Esc, Action::Back, "clear", "Clears the field. In an empty field: back."),
            ],
            Some((_, Control::Choice { .. })) => {
                vec![words::key(Chord::Space, Action::Tick, "change", "Chooses the next option."), field]
            }
            _ => vec![words::key(Chord::Enter, Action::Submit, "press", "Presses the button."), field],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Form<char> {
        Form::new(vec![
            ('n', Control::field("Name", "", "")),
            ('k', Control::choice("Kind", &["one", "two"], 0)),
            ('x', Control::field("Extra", "", "")),
            ('s', Control::button("Save", Action::Save)),
            ('b', Control::button("Back", Action::Back)),
        ])
    }

    #[test]
    fn the_keyboard_walks_round_and_skips_what_is_hidden() {
        let mut form = form();
        form.hide('x', true);
        let mut walked = String::new();
        for _ in 0..5 {
            walked.extend(form.focused());
            form.intent(Intent::NextControl);
        }
        assert_eq!(walked, "nksbn");
        form.intent(Intent::PreviousControl);
        assert_eq!(form.focused(), Some('n'));
        assert_eq!(form.blocks(|_| None, |_| true).len(), 3);
    }

    #[test]
    fn each_control_takes_what_is_its_own() {
        let mut form = form();
        assert_eq!(form.intent(Intent::Insert('q')), Heard::Changed('n'));
        assert_eq!(form.intent(Intent::Back), Heard::Changed('n'), "Esc clears a filled field");
        assert_eq!(form.intent(Intent::Back), Heard::Back);
        assert_eq!(form.intent(Intent::Submit), Heard::Left('n'));
        assert_eq!(form.intent(Intent::Act(Action::Tick)), Heard::Changed('k'));
        assert_eq!(form.chosen('k'), 1);
        assert_eq!(form.intent(Intent::Paste("x".into())), Heard::Paste);
        assert_eq!(form.intent(Intent::Move(Move::By(1))), Heard::Left('k'), "past the last option: on");
        form.focus_on('s');
        assert_eq!(form.intent(Intent::Submit), Heard::Pressed(Action::Save));
        assert_eq!(form.focus(), Focus::Controls);
        form.intent(Intent::Act(Action::Search));
        assert_eq!(form.focus(), Focus::Field);
        form.focus_on('b');
        assert_eq!(form.intent(Intent::Submit), Heard::Back);
    }
}
