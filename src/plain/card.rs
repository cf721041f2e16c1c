//! What is said without the wizard: the card, and what a code means. Pure.

use crate::{
    domain::{
        card::{Card, Party, is_said},
        explain,
        phrase::{Phrase, Segment, WayOn},
        speech::{sentence, signs},
    },
    wizard::view::View,
};

use super::vocabulary::asks_for;

/// Entries that are said at once; more are no answer. A guess.
const HITS: usize = 3;

/// Lines of a card that are said at once; the rest is asked for. A guess at what a person keeps in mind.
const AT_ONCE: usize = 15;

/// The card: what to say now.
pub(crate) fn say(card: &Card) -> Vec<String> {
    let quoted = |words| format!("Say: “{words}”");
    let mut said = vec!["Say it.".to_owned(), quoted(&card.say)];
    if !card.sees.is_empty() {
        said.push(sentence(&format!("They should see: {}", card.sees)));
    }
    for (screen, answer) in &card.wrong {
        // What the customer says, or else what they see: their own words stand in quotation marks.
        let lead = if is_said(screen) { "If they say" } else { "If they see" };
        said.extend([String::new(), sentence(&format!("{lead}: {screen}")), quoted(answer)]);
    }
    said
}

/// The card in parts: what is left of it where a part has been said, else its beginning.
pub(crate) fn say_on(card: &Card, rest: &mut Vec<String>) -> Vec<String> {
    let all = say(card);
    let is_begun = !rest.is_empty() && all.ends_with(rest);
    let mut said = if is_begun { std::mem::take(rest) } else { all };
    let gap = said.iter().enumerate().skip(AT_ONCE).find(|(_, line)| line.is_empty());
    *rest = gap.map(|(at, _)| at).map(|at| said.split_off(at)).unwrap_or_default();
    let more = rest.iter().filter(|line| line.is_empty()).count();
    if more > 0 {
        let answers = if more == 1 { "answer" } else { "answers" };
        said.extend([String::new(), format!("Type say again for {more} more {answers}.")]);
    }
    said
}

/// What the trouble on the page means; none where there is none, or nothing is known of it.
pub(crate) fn explain_trouble(view: &View<'_>) -> Option<Vec<String>> {
    let asked = explain::question(view.page.failure()?);
    let is_known = !explain::look_up(asked.as_str(), view.bar.about).is_empty();
    let else_ = "For something else, type explain and the code or the words.";
    is_known.then(|| [explain(asked.as_str(), view), vec![String::new(), else_.to_owned()]].concat())
}

/// Whether a number that was typed is a code of Microsoft's, and no row or choice.
pub(crate) fn is_code(number: &str) -> bool {
    number.len() > 3 && !explain::look_up(number, Party::default()).is_empty()
}

/// What is next, by the words of this page; where they are another page's, that is said first.
fn next(words: &Phrase, view: &View<'_>) -> String {
    let here = |way: &WayOn| match way {
        // It is shown already.
        WayOn::ShowLink if view.page.link().is_some() => WayOn::HandOver,
        way => way.clone(),
    };
    let is_open = words.parts().iter().all(|part| match part {
        Segment::Do(way) => asks_for(&here(way)).is_none_or(|action| view.can_do(action)),
        _ => true,
    });
    let lead = match view.bar.run {
        _ if is_open => "Next",
        None => "Next, in the run",
        Some(_) => "Next, at the step Authorise",
    };
    sentence(&format!("{lead}: {}", words.spoken(|way| here(way).for_lines().into_owned().into(), signs)))
}

/// What a code or words mean.
pub(crate) fn explain(code: &str, view: &View<'_>) -> Vec<String> {
    let found = explain::look_up(code, view.bar.about);
    let mut said = Vec::new();
    for (at, entry) in found.iter().take(HITS).enumerate() {
        said.extend((at > 0).then(String::new));
        let parts =
            [entry.heading().to_string(), format!("Means: {}", entry.means), format!("Say: {}", entry.say)];
        said.extend(parts.iter().map(|words| sentence(words)));
        said.push(next(&entry.next, view));
    }
    match found.len() {
        0 => said.push(explain::NOTHING.to_owned()),
        len if len > HITS => said.push(format!("{} more are alike. Type more of it.", len - HITS)),
        _ => {}
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::Text;

    #[test]
    fn a_long_card_is_said_in_parts_and_then_from_its_beginning() {
        let branch = |at: usize| (Text::of(format_args!("“{at}”")), Text::of(format_args!("answer {at}")));
        let mut card =
            Card { say: "Hello.".into(), sees: "A page.".into(), wrong: (0..7).map(branch).collect() };
        let mut rest = Vec::new();
        let first = say_on(&card, &mut rest);
        assert_eq!(first.last().unwrap(), "Type say again for 3 more answers.");
        assert!(first.contains(&"Say: “answer 3”".to_owned()), "{first:?}");
        let second = say_on(&card, &mut rest);
        assert_eq!(second[1], "If they say: “4”.");
        assert_eq!((second.last().unwrap().as_str(), second.len()), ("Say: “answer 6”", 9));
        assert_eq!(say_on(&card, &mut rest), first);
        // Another card is said from its own beginning.
        card.say = "Now wait.".into();
        card.wrong.truncate(2);
        assert_eq!(say_on(&card, &mut rest), say(&card));
    }
}
