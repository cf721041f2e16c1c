//! Codes in what was pasted: numbers with Microsoft's label, and the address of a redirect. Pure.

use super::{LONG, SHORT, by_code, is_number, words_of};

/// The value of a redirect after Accept.
pub(super) const ACCEPTED: &str = "admin_consent";

/// What the address of a redirect says, where it is one: an error, or else that somebody accepted. Its other values are ids
/// and states that look like codes.
pub(super) fn error_of_address(query: &str) -> Option<String> {
    let query = query.trim().trim_matches(['"', '<', '>']);
    let pairs = query.rsplit(['?', '#']).find(|pairs| pairs.contains('='))?;
    let pairs = || pairs.split('&').filter_map(|pair| pair.split_once('='));
    let is_called = |name: &str, wanted: &str| name.trim().to_ascii_lowercase().starts_with(wanted);
    let errors: Vec<String> = pairs()
        .filter(|(name, _)| is_called(name, "error"))
        .map(|(_, value)| percent_decoded(value))
        .collect();
    if errors.is_empty() {
        return pairs().find(|(name, _)| is_called(name, ACCEPTED)).map(|_| ACCEPTED.to_owned());
    }
    Some(errors.join(" "))
}

/// The value of an address as text.
pub(super) fn percent_decoded(value: &str) -> String {
    let plain = value.replace('+', " ");
    let mut bytes = Vec::with_capacity(plain.len());
    let mut rest = plain.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.first_chunk::<2>().filter(|_| *first == b'%');
        let byte = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The first number of the identity platform in a text: for Microsoft's own list of them.
#[must_use]
pub fn platform_number(query: &str) -> Option<String> {
    numbers_in(query).into_iter().map(|number| number.digits).find(|digits| digits.len() >= LONG)
}

/// A number in a text.
pub(super) struct Number {
    pub(super) digits: String,
    /// `AADSTS` stands before it.
    pub(super) is_labelled: bool,
    /// A word stands before it that says what it is ("status", "HTTP/1.1").
    pub(super) is_named: bool,
}

/// Parts of the words before the status of an answer.
pub(super) const NAMES: [&str; 3] = ["http", "status", "code"];

/// Signs between two groups of digits that are one value: a time, a decimal, an address, an id.
pub(super) const INNER: [char; 3] = ['.', ':', '-'];

/// The numbers of a text that may be codes, in their order; in whatever language, and with or without blanks around them.
/// Where one has Microsoft's label, the others are parts of ids; where one is as long as the platform's are, shorter ones
/// are times, ports and statuses of other things.
pub(super) fn numbers_in(text: &str) -> Vec<Number> {
    let is_long = |number: &Number| number.digits.len() >= LONG;
    let mut numbers = Vec::new();
    let mut before = String::new();
    let mut letters = text.chars().peekable();
    // Behind a group of digits and one of the signs within a value.
    let mut is_inner = false;
    while let Some(letter) = letters.next() {
        if !letter.is_ascii_digit() {
            is_inner = INNER.contains(&letter) && before.ends_with(|c: char| c.is_ascii_digit());
            before.push(letter.to_ascii_lowercase());
            continue;
        }
        let mut digits = String::from(letter);
        while let Some(digit) = letters.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        let label = before.trim_end_matches(|c: char| !c.is_alphanumeric());
        let is_labelled = label.ends_with("aadsts");
        let is_joined = |c: char| c.is_ascii_alphabetic() || c == '_';
        let mut ahead = letters.clone();
        let is_followed = ahead.next_if(|next| INNER.contains(next)).is_some()
            && ahead.peek().is_some_and(char::is_ascii_digit);
        let is_alone = !before.ends_with(is_joined) && !letters.peek().is_some_and(|next| is_joined(*next));
        if (is_labelled || (is_alone && !is_inner && !is_followed)) && digits.len() >= SHORT {
            let name = label.split_whitespace().next_back().unwrap_or_default();
            let is_named = NAMES.iter().any(|part| name.contains(part));
            numbers.push(Number { digits: digits.clone(), is_labelled, is_named });
        }
        is_inner = false;
        before.push_str(&digits);
    }
    if numbers.iter().any(|number| number.is_labelled) {
        numbers.retain(|number| number.is_labelled);
    } else if numbers.iter().any(is_long) {
        // A line of a log has ids and lengths beside the status that it names; a long number that is named is no such id.
        let is_status = |number: &Number| !is_long(number) && number.is_named;
        // A long number that is called a code is one, in our table or not.
        let is_code = |number: &Number| number.is_named || by_code(&number.digits).is_some();
        let is_known = numbers.iter().any(|number| is_long(number) && is_code(number));
        let has_status = !is_known && numbers.iter().any(is_status);
        numbers.retain(|number| if has_status { is_status(number) } else { is_long(number) });
    }
    numbers
}

/// Words that were typed one by one, as questions: several codes are one question each, anything else is one sentence.
#[must_use]
pub fn questions(words: &[String]) -> Vec<String> {
    let mut codes = words.iter().map(|word| words_of(word)).collect::<Vec<_>>();
    codes.retain(|parts| !parts.is_empty());
    if codes.iter().all(|parts| matches!(parts.as_slice(), [one] if is_number(one) || by_code(one).is_some()))
    {
        let mut questions: Vec<String> = words.iter().map(|word| word.trim().to_owned()).collect();
        questions.retain(|question| !question.is_empty());
        return questions;
    }
    vec![words.join(" ")]
}
