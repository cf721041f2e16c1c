//! `backup365 explain`: codes and words looked up offline.

use serde_json::{Value, json};

use crate::{
    domain::{
        card::Party,
        codeset::wrapped,
        explain::{self, Entry, Found},
        text::Text,
    },
    exit::Exit,
};

use super::{Out, quietly, warn};

/// Hits of words that are shown in full; the JSON has all.
const HITS: usize = 3;

/// Letters of a question that are said back. A guess: one line.
const SHOWN: usize = 60;

/// Said where nothing is found.
const TRY: &str = "Try the number alone, or two or three words of the page's heading.";

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// Codes or words, as they were typed.
    pub words: Vec<String>,
    /// As JSON.
    pub is_json: bool,
    /// Columns of the window.
    pub columns: usize,
}

/// What is known about one question.
struct Answer {
    asked: Text,
    found: Found,
    entries: Vec<&'static Entry>,
}

/// Answers; [`Exit::Failed`] when something of it is not known.
///
/// # Errors
/// stdout can't be written for another reason than a closed pipe.
pub fn run(question: &Question, out: Out) -> anyhow::Result<Exit> {
    let answers: Vec<Answer> =
        explain::questions(&question.words).iter().map(|asked| answer(asked)).collect();
    let is_known = !answers.is_empty() && answers.iter().all(|answer| answer.found != Found::Nothing);
    let exit = if is_known { Exit::Done } else { Exit::Failed };
    if question.is_json {
        return quietly(out.json(&json_of(&answers)), exit);
    }
    let columns = u16::try_from(question.columns).unwrap_or(u16::MAX);
    let mut is_first = true;
    let told = answers.iter().filter(|answer| !answer.entries.is_empty()).try_for_each(|answer| {
        lines(answer, columns, std::mem::take(&mut is_first)).iter().try_for_each(|line| out.say(line))
    });
    if answers.is_empty() {
        warn(&format!("There is nothing to look up. {TRY}"));
    }
    for answer in &answers {
        aside(answer, out);
    }
    quietly(told, exit)
}

fn answer(asked: &str) -> Answer {
    let (found, entries) = explain::answer(asked, Party::default());
    Answer { asked: Text::clean(asked), found, entries }
}

/// What is not the answer itself.
fn aside(answer: &Answer, out: Out) {
    let more = answer.entries.len().saturating_sub(HITS);
    match answer.found {
        Found::Nothing => {
            // A pasted page is recognised by its beginning.
            let asked: String = answer.asked.as_str().chars().take(SHOWN).collect();
            let rest = if answer.asked.as_str().len() > asked.len() { " and so on" } else { "" };
            let list = explain::platform_number(answer.asked.as_str()).map_or_else(String::new, |number| {
                format!(" Microsoft's own list: https://login.microsoftonline.com/error?code={number}")
            });
            warn(&format!("Nothing is known by \"{asked}\"{rest}. {TRY}{list}"));
        }
        Found::Words if more > 0 => {
            out.note(&format!("{more} more are alike. Give more words, or the number."));
        }
        _ => {}
    }
}

/// One answer as lines, a blank one before each entry but the very first.
fn lines(answer: &Answer, columns: u16, is_first: bool) -> Vec<String> {
    let shown = if answer.found == Found::Words { HITS } else { usize::MAX };
    let mut lines = Vec::new();
    if !is_first {
        lines.push(String::new());
    }
    for (at, entry) in answer.entries.iter().take(shown).enumerate() {
        if at > 0 {
            lines.push(String::new());
        }
        lines.extend(wrapped(entry.heading().as_str(), columns));
        let next = entry.next.for_commands();
        let side = Text::from(entry.side.in_words());
        for (label, words) in [("Means", &entry.means), ("Side", &side), ("Say", &entry.say), ("Next", &next)]
        {
            lines.extend(wrapped(&format!("{label}: {words}"), columns));
        }
    }
    lines
}

fn json_of(answers: &[Answer]) -> Value {
    let answers: Vec<Value> = answers.iter().map(answer_json).collect();
    json!({ "version": 1, "kind": "explain", "answers": answers })
}

fn answer_json(answer: &Answer) -> Value {
    let entries: Vec<Value> = answer.entries.iter().map(|entry| entry_json(entry)).collect();
    let found = match answer.found {
        Found::Exact => "code",
        Found::Words => "words",
        Found::Nothing => "nothing",
    };
    json!({ "asked": answer.asked.as_str(), "found": found, "entries": entries })
}

fn entry_json(entry: &Entry) -> Value {
    json!({
        "codes": entry.codes.iter().map(Text::as_str).collect::<Vec<_>>(),
        "title": entry.title.as_str(),
        "means": entry.means.as_str(),
        "side": entry.side.word(),
        "say": entry.say.as_str(),
        "next": entry.next.for_commands().as_str(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codeset::width;

    #[test]
    fn no_line_is_wider_than_the_window_and_no_word_is_lost() {
        for entry in explain::entries() {
            let (asked, found) = (Text::from("x"), Found::Exact);
            let whole = lines(&Answer { asked, found, entries: vec![entry] }, u16::MAX, true).join(" ");
            for columns in [20, 40, 80] {
                let answer = Answer { asked: Text::from("x"), found, entries: vec![entry] };
                let lines = lines(&answer, columns, true);
                assert!(lines.iter().all(|line| width(line) <= columns || !line.contains(' ')), "{lines:#?}");
                assert_eq!(lines.join(" "), whole);
            }
        }
    }

    #[test]
    fn several_codes_are_answered_one_by_one_and_a_sentence_at_once() {
        let asked = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            explain::questions(&words)
        };
        assert_eq!(asked(&["90094", "AADSTS65004"]), ["90094", "AADSTS65004"]);
        assert_eq!(asked(&["need", "admin", "approval"]), ["need admin approval"]);
        assert_eq!(asked(&["AADSTS65004:", "The", "user"]), ["AADSTS65004: The user"]);
        assert!(asked(&[" ", ""]).is_empty());
    }
}
