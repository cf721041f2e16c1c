//! Pure: a line, the view it meets and the question that was said, to answers. It knows words, never rules: what can't be
//! done now is asked for all the same where the wizard has words for it.

use crate::{
    domain::secret::Secret,
    wizard::{
        answer::{Action, FieldId, Given, Value},
        ask::{Shape, Spot},
        view::View,
    },
};

use super::{
    ask::{Choice, How, Question, Way, question},
    card,
    heard::{After, Heard, common, do_it, give, say, unknown, word},
    lists,
    memory::Memory,
    numbers::{self, number},
    vocabulary::means,
};

/// Most bytes of one list that is typed or pasted; a guess far above any customer's addresses.
const MOST_OF_A_LIST: usize = 8 << 20;

/// What a line means.
#[must_use]
pub(crate) fn hear(line: &str, view: &View<'_>, question: &Question, memory: &mut Memory) -> Heard {
    let trimmed = line.trim();
    if std::mem::take(&mut memory.confirms_all) {
        return lists::confirmed(trimmed, view);
    }
    if std::mem::take(&mut memory.asks_code) {
        return if trimmed.is_empty() {
            Heard::Aside(Vec::new())
        } else {
            Heard::Aside(card::explain(trimmed))
        };
    }
    match &question.way {
        Way::Field { id, is_masked: true, .. } => {
            answered(*id, Value::Secret(Secret::new(line.to_owned())), line)
        }
        Way::Field { id, is_list: true, .. } => listed(*id, trimmed, view, memory),
        Way::Field { id, .. } => in_field(*id, trimmed, view, memory),
        Way::Choices(choices, default) => chosen(trimmed, view, question, (choices, *default), memory),
        Way::Rows(enter) => lists::in_rows(trimmed, view, question, (enter.as_ref(), memory)),
        Way::Boxes => in_boxes(trimmed, view, question, memory),
        Way::Number(proposed) => counted(trimmed, view, question, (*proposed, memory)),
        Way::Nothing => common(trimmed, view, memory)
            .or_else(|| word(&trimmed.to_lowercase(), view, memory))
            .unwrap_or_else(|| say("One moment: nothing is asked now. Or type back, or quit.")),
    }
}

/// A command that works while something is on its way, whatever is asked; and whether it leads away from here.
#[must_use]
pub(crate) fn meanwhile(line: &str) -> Option<bool> {
    let line = line.trim().to_lowercase();
    let (head, rest) = line.split_once(' ').unwrap_or((line.as_str(), ""));
    let is_any = |actions: &[Action]| rest.is_empty() && actions.iter().any(|action| means(head, *action));
    if is_any(&[Action::Back, Action::Park, Action::Leave, Action::Stop]) {
        return Some(true);
    }
    let is_said = rest.is_empty() && matches!(head, "help" | "?" | "say" | "s" | "again");
    (is_said || is_any(&[Action::Refresh]) || matches!(head, "explain" | "e")).then_some(false)
}

/// What such a command means.
#[must_use]
pub(crate) fn hear_meanwhile(line: &str, view: &View<'_>, memory: &mut Memory) -> Heard {
    let nothing = Question { way: Way::Nothing, ..question(view, Spot::Page) };
    hear(line, view, &nothing, memory)
}

/// The answer to a field. An empty one keeps what stands there; where that is nothing, it is asked for at *Save*: a server,
/// say, may still be found.
fn answered(id: FieldId, value: Value, line: &str) -> Heard {
    let spot = Spot::Field(id);
    if line.is_empty() {
        return Heard::GoOn(spot);
    }
    Heard::Give(vec![Given::Fill(id, value), Given::Settle(id)], After::GoOn(spot))
}

/// The answer to a field. `=` in front takes a word as text that would be a command.
fn in_field(id: FieldId, line: &str, view: &View<'_>, memory: &mut Memory) -> Heard {
    if let Some(text) = line.strip_prefix('=') {
        return answered(id, Value::Text(text.to_owned()), text);
    }
    field_command(id, line, view, memory).unwrap_or_else(|| answered(id, Value::Text(line.to_owned()), line))
}

/// Commands in a field.
fn field_command(id: FieldId, line: &str, view: &View<'_>, memory: &mut Memory) -> Option<Heard> {
    let lower = line.to_lowercase();
    if lower == "clear" {
        return Some(give(Given::Fill(id, Value::Text(String::new()))));
    }
    if means(&lower, Action::Rehearse) && view.offer(Action::Rehearse).is_some() {
        return Some(give(Given::Do(Action::Rehearse)));
    }
    common(line, view, memory)
}

/// A field that takes a list: lines up to an empty one, or one with a full stop alone, are one paste.
fn listed(id: FieldId, line: &str, view: &View<'_>, memory: &mut Memory) -> Heard {
    let is_end = line.is_empty() || line == ".";
    if is_end && memory.collected.is_empty() {
        return Heard::Give(vec![Given::Settle(id)], After::GoOn(Spot::Field(id)));
    }
    if is_end {
        let lines = std::mem::take(&mut memory.collected);
        return give(Given::Fill(id, Value::Lines(lines)));
    }
    if let Some(heard) = field_command(id, line, view, memory) {
        memory.collected.clear();
        return heard;
    }
    if memory.collected.len().saturating_add(line.len()) > MOST_OF_A_LIST {
        memory.collected.clear();
        return say("The list is too long to be taken at once: nothing of it came. Paste it in parts.");
    }
    memory.collected.push_str(line);
    memory.collected.push('\n');
    Heard::More
}

/// The answer to numbered choices.
fn chosen(
    line: &str,
    view: &View<'_>,
    question: &Question,
    (choices, default): (&[Choice], Option<usize>),
    memory: &mut Memory,
) -> Heard {
    let lower = line.to_lowercase();
    let picked = match number(&lower) {
        Some(number) => {
            let Some(choice) = number.checked_sub(1).and_then(|at| choices.get(at)) else {
                return say(format!("There is no choice {lower}. {}", question.prompt));
            };
            Some(choice)
        }
        None if lower.is_empty() => match default.and_then(|default| choices.get(default)) {
            Some(choice) => Some(choice),
            None => return say(question.prompt.clone()),
        },
        None => choices.iter().find(|choice| choice.word.to_lowercase() == lower),
    };
    if let Some(choice) = picked {
        return match &choice.how {
            How::Give(given) => do_it(given.clone(), memory),
            How::Fill(given, spot) => Heard::Give(vec![given.clone()], After::GoOn(*spot)),
            How::GoOn(spot) => Heard::GoOn(*spot),
            How::Reach(spot) => Heard::Ask(*spot),
        };
    }
    if lower == "choices" {
        return Heard::Say([question.before.as_slice(), std::slice::from_ref(&question.prompt)].concat());
    }
    if let Some(heard) = common(line, view, memory).or_else(|| word(&lower, view, memory)) {
        return heard;
    }
    let is_confirm = matches!(view.ask.shape, Shape::Confirm { .. });
    match lower.as_str() {
        "yes" | "y" if is_confirm => give(Given::Yes),
        "no" | "n" if is_confirm => give(Given::No),
        // At a page that is only read, yes is what Enter does.
        "yes" | "y" => match default.and_then(|default| choices.get(default)) {
            Some(Choice { how: How::Give(given), .. }) => do_it(given.clone(), memory),
            _ => unknown(line, question),
        },
        "no" | "n" => give(Given::Back),
        _ if view.page.rows().is_some() => {
            lists::command(&lower, view, memory).unwrap_or_else(|| unknown(line, question))
        }
        _ => unknown(line, question),
    }
}

/// Boxes by number, changed or set.
fn in_boxes(line: &str, view: &View<'_>, question: &Question, memory: &mut Memory) -> Heard {
    let lower = line.to_lowercase();
    if lower.is_empty() {
        return give(Given::Submit);
    }
    let (head, rest) = lower.split_once(' ').unwrap_or((lower.as_str(), ""));
    let (wanted, words) = match head {
        "tick" | "include" => (Some(1), rest),
        "untick" | "exclude" => (Some(0), rest),
        "toggle" => (None, rest),
        _ => (None, lower.as_str()),
    };
    let Some(ranges) = numbers::ranges(words) else {
        return match lower.as_str() {
            "list" | "choices" => {
                Heard::Say([question.before.as_slice(), std::slice::from_ref(&question.prompt)].concat())
            }
            _ => common(line, view, memory)
                .or_else(|| word(&lower, view, memory))
                .unwrap_or_else(|| unknown(line, question)),
        };
    };
    let boxes: Vec<_> = view.page.choices().collect();
    if let Some(beyond) = ranges.iter().map(|range| *range.end()).find(|end| *end > boxes.len()) {
        return say(lists::no_row(beyond, boxes.len()));
    }
    let meant = ranges.iter().flat_map(|range| range.start().saturating_sub(1)..*range.end());
    let answers = meant.filter_map(|at| boxes.get(at)).map(|choice| {
        let answer = wanted.unwrap_or_else(|| usize::from(choice.chosen == 0));
        Given::Fill(choice.id, Value::Choice(answer))
    });
    Heard::Give(answers.collect(), After::Nothing)
}

/// The answer to a number.
fn counted(
    line: &str,
    view: &View<'_>,
    question: &Question,
    (proposed, memory): (Option<u32>, &mut Memory),
) -> Heard {
    let digits: String = line.chars().filter(|c| *c != ',').collect();
    match (number(&digits), proposed) {
        (Some(number), _) => give(Given::Number(u32::try_from(number).unwrap_or(u32::MAX))),
        (None, Some(proposed)) if line.is_empty() => give(Given::Number(proposed)),
        (None, None) if line.is_empty() => say(question.prompt.clone()),
        _ => common(line, view, memory)
            // The number is the yes: no word takes its place.
            .or_else(|| word(&line.to_lowercase(), view, memory).filter(|heard| !is_yes(heard)))
            .unwrap_or_else(|| unknown(line, question)),
    }
}

/// Whether a line says yes.
fn is_yes(heard: &Heard) -> bool {
    matches!(heard, Heard::Give(answers, _) if answers.contains(&Given::Yes))
}
