//! Pure: a line, the view it meets and the question that was said, to answers. It knows words, never rules: what can't be
//! done now is asked for all the same where the wizard has words for it.

use crate::{
    domain::{
        row_ranges::{indices, number, ranges},
        secret::Secret,
    },
    wizard::{
        answer::{Action, FieldId, Given, Value},
        ask::{Shape, Spot},
        view::View,
    },
};

use super::{
    ask::{After, Choice, Heard, Question, Way, give, press, say},
    card,
    hearing::Hearing,
    lists,
    memory::Memory,
    vocabulary::means,
};

/// Most bytes of one list that is typed or pasted; a guess far above any customer's addresses.
const MOST_OF_A_LIST: usize = 8 << 20;

/// Said to actions that have a word and no way here.
const NO_CLIPBOARD: &str =
    "Line by line there is no clipboard and no picture. Type print for the text alone, or file.";

/// What a line means.
pub(crate) fn hear(line: &str, view: &View<'_>, question: &Question, memory: &mut Memory) -> Heard {
    let trimmed = line.trim();
    if std::mem::take(&mut memory.asks_code) {
        return Heard::Aside(if trimmed.is_empty() { Vec::new() } else { card::explain(trimmed, view) });
    }
    if let Way::Secret(id) = &question.way {
        return answered(*id, Value::Secret(Secret::new(line.to_owned())), line.is_empty());
    }
    let mut hearing = Hearing { line: trimmed, lower: trimmed.to_lowercase(), view, question, memory };
    if std::mem::take(&mut hearing.memory.confirms_all)
        && let Some(heard) = lists::confirmed(&mut hearing)
    {
        return heard;
    }
    let heard = match &question.way {
        Way::Lines(id) => listed(&mut hearing, *id),
        Way::Line(id) | Way::Secret(id) => in_field(&mut hearing, *id),
        Way::Choices(choices, default) => {
            chosen(&mut hearing, choices, default.and_then(|at| choices.get(at)))
        }
        Way::Rows(enter) => lists::in_rows(&mut hearing, enter.as_ref()),
        Way::Boxes => in_boxes(&mut hearing),
        Way::Number(proposed) => counted(&mut hearing, *proposed),
        Way::Nothing => hearing
            .command()
            .or_else(|| lists::command(&mut hearing))
            .unwrap_or_else(|| say("One moment: nothing is asked now. Or type back, or quit.")),
    };
    followed(heard, &mut hearing)
}

/// What some answers are followed by, or stand for here, by whatever word they were given.
fn followed(heard: Heard, hearing: &mut Hearing<'_, '_>) -> Heard {
    let Heard::Give(answers, None) = &heard else { return heard };
    let &[Given::Do(action)] = answers.as_slice() else { return heard };
    let is_short = hearing.view.ask.shape == Shape::Pick;
    let is_list = matches!(hearing.question.way, Way::Rows(_));
    match action {
        Action::Copy => say(NO_CLIPBOARD),
        // The next document only once the first has been said.
        Action::NextReceipt if !hearing.memory.knows_document => {
            hearing.memory.knows_document = true;
            Heard::Aside(Vec::new())
        }
        // Another reading of a short list is an answer to be chosen from. Users are said once they stand in another order.
        Action::Sort | Action::Narrow | Action::Refresh
            if is_list && (is_short || action == Action::Narrow) =>
        {
            Heard::Give(vec![Given::Do(action)], Some(After::Page(0)))
        }
        _ => heard,
    }
}

/// A command that works while something is on its way, whatever is asked; and whether it leads away from here.
pub(crate) fn meanwhile(line: &str) -> Option<bool> {
    let line = line.trim().to_lowercase();
    let is_any = |actions: &[Action]| actions.iter().any(|action| means(&line, *action));
    if is_any(&[Action::Back, Action::Park, Action::Leave, Action::Stop]) {
        return Some(true);
    }
    let head = line.split(' ').next().unwrap_or_default();
    let is_said = matches!(line.as_str(), "help" | "?" | "say" | "s" | "again" | "list" | "total" | "counts");
    (is_said || is_any(&[Action::Refresh]) || matches!(head, "explain" | "e")).then_some(false)
}

/// The answer to a field. An empty one keeps what stands there; where that is nothing, it is asked for at *Save*: a server,
/// say, may still be found.
fn answered(id: FieldId, value: Value, is_empty: bool) -> Heard {
    let spot = Spot::Field(id);
    if is_empty {
        return Heard::GoOn(spot);
    }
    Heard::Give(vec![Given::Fill(id, value), Given::Settle(id)], Some(After::GoOn(spot)))
}

/// The answer to a field. `=` in front takes a word as text that would be a command.
fn in_field(hearing: &mut Hearing<'_, '_>, id: FieldId) -> Heard {
    let text = hearing.line.strip_prefix('=');
    let command = if text.is_some() { None } else { field_command(hearing, id) };
    let text = text.unwrap_or(hearing.line);
    command.unwrap_or_else(|| answered(id, Value::Text(text.to_owned()), text.is_empty()))
}

/// Commands in a field.
fn field_command(hearing: &mut Hearing<'_, '_>, id: FieldId) -> Option<Heard> {
    if hearing.lower == "clear" {
        return Some(give(Given::Fill(id, Value::Text(String::new()))));
    }
    if hearing.lower == "choices" {
        return Some(hearing.question_again());
    }
    // Every word that help lists.
    let offered = hearing.view.actions.iter().map(|offer| offer.action).find(|action| hearing.means(*action));
    hearing.common().or_else(|| offered.map(press))
}

/// A field that takes a list: lines up to an empty one, or one with a full stop alone, are one paste.
fn listed(hearing: &mut Hearing<'_, '_>, id: FieldId) -> Heard {
    if matches!(hearing.line, "" | ".") {
        return match std::mem::take(&mut hearing.memory.collected) {
            none if none.is_empty() => {
                Heard::Give(vec![Given::Settle(id)], Some(After::GoOn(Spot::Field(id))))
            }
            lines => give(Given::Fill(id, Value::Lines(lines))),
        };
    }
    if let Some(heard) = field_command(hearing, id) {
        hearing.memory.collected.clear();
        return heard;
    }
    let collected = &mut hearing.memory.collected;
    if collected.len().saturating_add(hearing.line.len()) > MOST_OF_A_LIST {
        collected.clear();
        return say("The list is too long to be taken at once: nothing of it came. Paste it in parts.");
    }
    collected.extend([hearing.line, "\n"]);
    Heard::More
}

/// The answer to numbered choices.
fn chosen(hearing: &mut Hearing<'_, '_>, choices: &[Choice], default: Option<&Choice>) -> Heard {
    // Where rows are said, list is theirs, also where a way back is called so.
    if hearing.lower == "list"
        && let Some(heard) = lists::command(hearing)
    {
        return heard;
    }
    let (lower, prompt) = (hearing.lower.as_str(), &hearing.question.prompt);
    let picked = match number(lower) {
        Some(number) => match number.checked_sub(1).and_then(|at| choices.get(at)) {
            None => {
                let code = card::is_code(lower);
                let code = if code { format!("For a code, type explain {lower}. ") } else { String::new() };
                return say(format!("There is no choice {lower}. {code}{prompt}"));
            }
            some => some,
        },
        None if lower.is_empty() && default.is_none() => return say(prompt.clone()),
        None if lower.is_empty() => default,
        None => choices.iter().find(|choice| choice.word.to_lowercase() == lower),
    };
    match picked {
        Some(choice) => choice.does.clone(),
        None if lower == "choices" => hearing.question_again(),
        None => hearing
            .command()
            .or_else(|| yes_or_no(hearing, default))
            .or_else(|| lists::command(hearing))
            .unwrap_or_else(|| hearing.unknown()),
    }
}

/// Yes and no by their words, where no choice has them.
fn yes_or_no(hearing: &Hearing<'_, '_>, default: Option<&Choice>) -> Option<Heard> {
    let is_confirm = matches!(hearing.view.ask.shape, Shape::Confirm { .. });
    if hearing.means(Action::No) {
        return Some(give(if is_confirm { Given::No } else { Given::Back }));
    }
    // At a page that is only read, yes is what Enter does.
    let does = if is_confirm { Some(give(Given::Yes)) } else { default.map(|choice| choice.does.clone()) };
    does.filter(|does| hearing.means(Action::Yes) && matches!(does, Heard::Give(_, None)))
}

/// Boxes by number, changed or set.
fn in_boxes(hearing: &mut Hearing<'_, '_>) -> Heard {
    let lower = hearing.lower.as_str();
    let (wanted, words) = match lower.split_once(' ') {
        Some(("tick" | "include", rest)) => (Some(1), rest),
        Some(("untick" | "exclude", rest)) => (Some(0), rest),
        Some(("toggle", rest)) => (None, rest),
        _ => (None, lower),
    };
    let Some(ranges) = ranges(words) else {
        return match lower {
            "" => give(Given::Submit),
            "list" | "choices" => hearing.question_again(),
            _ => hearing.command().unwrap_or_else(|| hearing.unknown()),
        };
    };
    let boxes: Vec<_> = hearing.view.page.choices().collect();
    if let Some(beyond) = lists::beyond(&ranges, boxes.len()) {
        return beyond;
    }
    let answers = indices(&ranges).filter_map(|at| boxes.get(at)).map(|choice| {
        let answer = wanted.unwrap_or_else(|| usize::from(choice.chosen == 0));
        Given::Fill(choice.id, Value::Choice(answer))
    });
    Heard::Give(answers.collect(), None)
}

/// The answer to a number.
fn counted(hearing: &mut Hearing<'_, '_>, proposed: Option<u32>) -> Heard {
    let digits: String = hearing.line.chars().filter(|c| *c != ',').collect();
    let typed = number(&digits).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    match typed.or(proposed.filter(|_| hearing.line.is_empty())) {
        Some(number) => give(Given::Number(number)),
        None if hearing.line.is_empty() => say(hearing.question.prompt.clone()),
        None if hearing.means(Action::No) => say("Type back: then nothing is changed."),
        // The number is the yes: no word takes its place.
        None => hearing
            .command()
            .filter(|heard| *heard != press(Action::Yes))
            .unwrap_or_else(|| hearing.unknown()),
    }
}
