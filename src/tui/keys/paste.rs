//! What is pasted, and where it goes.

use crate::{
    domain::tenant_input::TenantInput,
    tui::{
        input::Press,
        state::{self, Focus, Panel, State},
        words::grouped,
    },
    wizard::{
        answer::{FieldId, Given, Value},
        view::{Tone, View},
    },
};

use super::{Outcome, fill, say};

/// What was pasted.
pub(crate) fn paste(text: &str, view: &View<'_>, state: &mut State) -> Outcome {
    state.sync(view);
    state.said = None;
    if state.panel == Some(Panel::Explain) {
        if !state.explain.in_field {
            state.explain.begin(text);
        } else if state.explain.field.paste(text).is_changed {
            state.explain.look_up();
        }
        return Outcome::Changed;
    }
    if state.panel.is_some() {
        return say(state, Tone::Plain, "Nothing was pasted. There is no field in this panel.");
    }
    match state.focus {
        Focus::Field(id) => paste_into(id, text, view, state),
        Focus::Number => {
            let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            state.number.paste(&line.replace(|c: char| !c.is_ascii_digit(), ""));
            Outcome::Changed
        }
        _ => {
            let has_field = state::fields(&view.page).next().is_some();
            let words = match state::search(&view.page) {
                Some(_) => "Nothing was pasted. Press / first, then paste.",
                None if has_field => "Nothing was pasted. Go to a field with Tab first, then paste.",
                None => "Nothing was pasted. There is no field on this screen.",
            };
            say(state, Tone::Plain, words)
        }
    }
}

/// Text that was typed at once: `/` of a list goes before it, as typed ahead on a slow line.
pub(crate) fn typed(text: &str, view: &View<'_>, state: &mut State) -> Outcome {
    match text.strip_prefix('/').filter(|_| matches!(state.focus, Focus::Rows)) {
        Some(rest) => {
            super::press(Press::Char('/'), view, state);
            paste(rest, view, state)
        }
        None => paste(text, view, state),
    }
}

/// A paste into a field of text: its first line, or all of them where the field takes lists.
fn paste_into(id: FieldId, text: &str, view: &View<'_>, state: &mut State) -> Outcome {
    let takes_lines = state::fields(&view.page).any(|field| field.id == id && field.entries.is_some());
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    if takes_lines && lines > 1 {
        return Outcome::Give(Given::Fill(id, Value::Lines(text.to_owned())));
    }
    let whole = if id == FieldId::Tenant { labelled(text) } else { None };
    let (text, lines) = whole.as_deref().map_or((text, lines), |whole| (whole, 1));
    let pasted = state.field_mut(id).paste(text);
    if pasted.is_cut {
        state.say(Tone::Warn, "Only the start was pasted: the field takes no more.");
    } else if lines > 1 {
        let lost = grouped(lines - 1);
        state.say(Tone::Warn, format_args!("Only the first line was taken; {lost} more were left out."));
    }
    if pasted.is_changed { fill(id, state, view) } else { Outcome::Changed }
}

/// The lines of a paste as one, where they name another organisation together than the first does alone: portals copy
/// labels and ids in lines, and which id is the tenant's their labels say.
fn labelled(text: &str) -> Option<String> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = TenantInput::parse(lines.next()?);
    let whole = TenantInput::parse(text);
    (whole.is_ok() && whole != first).then(|| text.lines().collect::<Vec<_>>().join(" "))
}

/// So much was pasted at once that nothing of it was kept.
pub(crate) fn flood(bytes: usize, most: usize, state: &mut State) -> Outcome {
    let (bytes, most) = (grouped(bytes), grouped(most));
    say(
        state,
        Tone::Warn,
        format_args!(
            "Nothing was pasted: it was {bytes} bytes long, and at most {most} are taken at once. Paste it in smaller parts."
        ),
    )
}
