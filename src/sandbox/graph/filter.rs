//! `$filter` on users: the part of OData that the directory supports without and with advanced queries.
//!
//! Our own client never filters users. This stays because clients that others wrote are run against the sandbox, and
//! because Graph refuses some filters without `ConsistencyLevel`, which tests hold the sandbox to.
//!
//! Grammar: `or`, `and`, `not`, parentheses, `property eq|ne literal`, `startsWith`.

use std::str::FromStr;

use crate::sandbox::people::Person;

/// Properties that can be compared.
const PROPERTIES: [&str; 7] =
    ["id", "displayName", "userPrincipalName", "mail", "userType", "department", "accountEnabled"];
/// Deepest nesting: keeps a hostile filter from using up the stack.
const DEEPEST: usize = 40;

/// A parsed filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    /// Property, literal: equal.
    Eq(String, Literal),
    /// Property, prefix.
    StartsWith(String, String),
    /// The opposite.
    Not(Box<Filter>),
    /// Both.
    And(Box<Filter>, Box<Filter>),
    /// Either.
    Or(Box<Filter>, Box<Filter>),
}

/// A value in a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    /// `'text'`, quotes doubled inside.
    Text(String),
    /// `true`, `false`.
    Bool(bool),
    /// `null`.
    Null,
}

impl Filter {
    /// Whether it needs `ConsistencyLevel: eventual` and `$count=true`.
    pub(super) fn is_advanced(&self) -> bool {
        match self {
            Self::Not(_) => true,
            Self::And(left, right) | Self::Or(left, right) => left.is_advanced() || right.is_advanced(),
            Self::Eq(..) | Self::StartsWith(..) => false,
        }
    }

    /// Whether a user fits.
    pub(super) fn fits(&self, person: &Person) -> bool {
        match self {
            Self::Eq(property, literal) => equal(person, property, literal),
            Self::StartsWith(property, prefix) => {
                text(person, property).is_some_and(|it| it.to_lowercase().starts_with(&prefix.to_lowercase()))
            }
            Self::Not(inner) => !inner.fits(person),
            Self::And(left, right) => left.fits(person) && right.fits(person),
            Self::Or(left, right) => left.fits(person) || right.fits(person),
        }
    }
}

/// A text property.
fn text(person: &Person, property: &str) -> Option<String> {
    match property {
        "id" => Some(person.id.to_string()),
        "displayName" => Some(person.name.clone()),
        "userPrincipalName" => Some(person.upn.clone()),
        "mail" => person.mail.clone(),
        "userType" => person.user_type().map(str::to_owned),
        "department" => person.department.clone(),
        _ => None,
    }
}

/// Equality as the directory sees it: without case.
fn equal(person: &Person, property: &str, literal: &Literal) -> bool {
    match literal {
        Literal::Bool(wanted) => property == "accountEnabled" && person.enabled() == *wanted,
        Literal::Null => property != "accountEnabled" && text(person, property).is_none(),
        Literal::Text(wanted) => {
            text(person, property).is_some_and(|it| it.to_lowercase() == wanted.to_lowercase())
        }
    }
}

impl FromStr for Filter {
    type Err = String;

    fn from_str(source: &str) -> Result<Self, String> {
        let mut parser = Parser { words: words(source)?, next: 0 };
        let filter = parser.either(0)?;
        match parser.take() {
            None => Ok(filter),
            Some(word) => Err(format!("Syntax error at '{}'.", word.show())),
        }
    }
}

/// One piece of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    /// Names, operators, GUIDs, paths.
    Name(String),
    /// A quoted text.
    Text(String),
    /// `(`, `)` or `,`.
    Mark(char),
}

impl Word {
    /// For a message.
    fn show(&self) -> String {
        match self {
            Self::Name(text) | Self::Text(text) => text.clone(),
            Self::Mark(mark) => mark.to_string(),
        }
    }
}

/// Cuts the text into words.
fn words(source: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut letters = source.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            blank if blank.is_whitespace() => {}
            '(' | ')' | ',' => words.push(Word::Mark(letter)),
            '\'' => {
                let mut text = String::new();
                loop {
                    match letters.next() {
                        Some('\'') if letters.peek() == Some(&'\'') => {
                            letters.next();
                            text.push('\'');
                        }
                        Some('\'') => break,
                        Some(other) => text.push(other),
                        None => return Err("Unterminated literal.".to_owned()),
                    }
                }
                words.push(Word::Text(text));
            }
            first => {
                let mut name = String::from(first);
                while let Some(more) = letters.next_if(|it| !it.is_whitespace() && !"(),'".contains(*it)) {
                    name.push(more);
                }
                words.push(Word::Name(name));
            }
        }
    }
    Ok(words)
}

/// Recursive descent over the words.
struct Parser {
    /// The words.
    words: Vec<Word>,
    /// Index of the next one.
    next: usize,
}

impl Parser {
    /// The next word.
    fn take(&mut self) -> Option<Word> {
        let word = self.words.get(self.next).cloned();
        self.next += usize::from(word.is_some());
        word
    }

    /// Takes the next word if it is this operator.
    fn operator(&mut self, name: &str) -> bool {
        let found =
            matches!(self.words.get(self.next), Some(Word::Name(word)) if word.eq_ignore_ascii_case(name));
        self.next += usize::from(found);
        found
    }

    /// A mark that must be there.
    fn mark(&mut self, mark: char) -> Result<(), String> {
        match self.take() {
            Some(Word::Mark(found)) if found == mark => Ok(()),
            other => Err(format!(
                "'{mark}' expected, found '{}'.",
                other.map(|word| word.show()).unwrap_or_default()
            )),
        }
    }

    /// `a or b`.
    fn either(&mut self, depth: usize) -> Result<Filter, String> {
        let mut left = self.both(depth)?;
        while self.operator("or") {
            left = Filter::Or(Box::new(left), Box::new(self.both(depth)?));
        }
        Ok(left)
    }

    /// `a and b`.
    fn both(&mut self, depth: usize) -> Result<Filter, String> {
        let mut left = self.single(depth)?;
        while self.operator("and") {
            left = Filter::And(Box::new(left), Box::new(self.single(depth)?));
        }
        Ok(left)
    }

    /// One condition.
    fn single(&mut self, depth: usize) -> Result<Filter, String> {
        if depth > DEEPEST {
            return Err("The filter is nested too deeply.".to_owned());
        }
        if self.operator("not") {
            return Ok(Filter::Not(Box::new(self.single(depth + 1)?)));
        }
        match self.take() {
            Some(Word::Mark('(')) => {
                let inner = self.either(depth + 1)?;
                self.mark(')')?;
                Ok(inner)
            }
            Some(Word::Name(name)) if name.eq_ignore_ascii_case("startsWith") => {
                self.function().map(|(a, b)| Filter::StartsWith(a, b))
            }
            Some(Word::Name(name)) => self.comparison(known(&name)?),
            other => Err(format!("Syntax error at '{}'.", other.map(|word| word.show()).unwrap_or_default())),
        }
    }

    /// `(property,'text')`.
    fn function(&mut self) -> Result<(String, String), String> {
        self.mark('(')?;
        let property = match self.take() {
            Some(Word::Name(name)) => known(&name)?,
            _ => return Err("A property is expected.".to_owned()),
        };
        self.mark(',')?;
        let Some(Word::Text(text)) = self.take() else {
            return Err("A text in quotes is expected.".to_owned());
        };
        self.mark(')')?;
        Ok((property, text))
    }

    /// `property eq literal` and its like.
    fn comparison(&mut self, property: String) -> Result<Filter, String> {
        if self.operator("eq") {
            return Ok(Filter::Eq(property, self.literal()?));
        }
        if self.operator("ne") {
            return Ok(Filter::Not(Box::new(Filter::Eq(property, self.literal()?))));
        }
        Err(format!("An operator that the sandbox knows is expected after {property}."))
    }

    /// A value.
    fn literal(&mut self) -> Result<Literal, String> {
        match self.take() {
            Some(Word::Text(text)) => Ok(Literal::Text(text)),
            Some(Word::Name(word)) => match word.as_str() {
                "true" => Ok(Literal::Bool(true)),
                "false" => Ok(Literal::Bool(false)),
                "null" => Ok(Literal::Null),
                other => Err(format!("The value '{other}' can't be read.")),
            },
            _ => Err("A value is expected.".to_owned()),
        }
    }
}

/// A property that can be compared.
fn known(name: &str) -> Result<String, String> {
    let found = PROPERTIES.iter().find(|known| **known == name);
    found
        .map(|known| (*known).to_owned())
        .ok_or_else(|| format!("Property '{name}' does not exist or can't be used in a filter."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sandbox::{people::Place, world::Kind};

    /// A user to compare with.
    fn somebody() -> Person {
        Person {
            id: uuid::Uuid::nil(),
            place: Place::FIRST,
            name: "Ruby O'Brien".to_owned(),
            upn: "ruby@a.example".to_owned(),
            mail: None,
            kind: Kind::User,
            sku: crate::sandbox::licence::sku("SPB"),
            department: Some("Sales".to_owned()),
            created: 0,
        }
    }

    #[test]
    fn conditions() {
        for (text, fits) in [
            ("displayName eq 'ruby o''brien'", true),
            ("startsWith(displayName,'rub')", true),
            ("startswith(userPrincipalName,'x')", false),
            ("accountEnabled eq true", true),
            ("accountEnabled eq false or userType eq 'Member'", true),
            ("accountEnabled eq true and userType eq 'Guest'", false),
            ("mail eq null", true),
            ("not (mail eq null)", false),
            ("id eq '00000000-0000-0000-0000-000000000000'", true),
            ("department ne 'Sales'", false),
        ] {
            assert_eq!(text.parse::<Filter>().unwrap().fits(&somebody()), fits, "{text}");
        }
    }

    #[test]
    fn what_needs_advanced_queries() {
        for (text, advanced) in [("mail eq 'x'", false), ("mail ne 'x'", true), ("not(mail eq 'x')", true)] {
            assert_eq!(text.parse::<Filter>().unwrap().is_advanced(), advanced, "{text}");
        }
    }

    #[test]
    fn what_is_refused() {
        for text in [
            "",
            "mail",
            "mail eq",
            "mail eq 'x",
            "shoeSize eq 'x'",
            "(mail eq 'x'",
            "mail eq 'x' mail",
            "mail gt 'x'",
            "endsWith(mail,'x')",
        ] {
            assert!(text.parse::<Filter>().is_err(), "{text}");
        }
        assert!("not ".repeat(5_000).parse::<Filter>().is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "[a-z(),:' ]{0,60}") {
            text.parse::<Filter>().ok();
        }
    }
}
