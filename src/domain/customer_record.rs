//! The nine columns of a customer's record: how each is written, what may stand in it, and what a correction changes.
//!
//! The add form, the flags and the CSV all read their values here, so that none of them knows a rule that another does
//! not.

use super::{
    customer::{NewCustomer, Product},
    sydney::is_zone,
    tenant_input::TenantInput,
    text::Text,
};

#[cfg(test)]
mod tests;

/// One column (product.md section 9, *Records and words*).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Column {
    /// The partner's own reference.
    Reference,
    /// The company's name.
    Name,
    /// The mail domain.
    Domain,
    /// Whether the account is open.
    Active,
    /// What the customer bought.
    Products,
    /// The Microsoft 365 tenant.
    Tenant,
    /// Whether it is provisioned through Manage Protect.
    Managed,
    /// Where the customer is.
    TimeZone,
    /// Seats bought.
    Seats,
}

/// The word that empties a column: an empty cell of a file leaves what is on record.
const NONE: &str = "none";

impl Column {
    /// All of them, in the order of the file.
    pub const ALL: [Self; 9] = [
        Self::Reference,
        Self::Name,
        Self::Domain,
        Self::Active,
        Self::Products,
        Self::Tenant,
        Self::Managed,
        Self::TimeZone,
        Self::Seats,
    ];

    /// The word in the header of a file and in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Name => "name",
            Self::Domain => "domain",
            Self::Active => "active",
            Self::Products => "products",
            Self::Tenant => "tenant",
            Self::Managed => "managed",
            Self::TimeZone => "time_zone",
            Self::Seats => "seats",
        }
    }

    /// Reads the word, however it is cased and whether its parts are joined by `_`, `-` or a space.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let word = folded(word);
        Self::ALL.into_iter().find(|column| column.word() == word)
    }

    /// The word that was probably meant.
    #[must_use]
    pub fn nearest(word: &str) -> Option<Self> {
        nearest(&folded(word), Self::ALL.into_iter().map(|column| (column, column.word())))
    }

    /// What it is called in a sentence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TimeZone => "time zone",
            _ => self.word(),
        }
    }

    /// A value that would do.
    #[must_use]
    pub const fn example(self) -> &'static str {
        match self {
            Self::Reference => "C-2001",
            Self::Name => "\"Bakery Ltd\"",
            Self::Domain => "bakery.example",
            Self::Active | Self::Managed => "yes",
            Self::Products => "office365",
            Self::Tenant => "7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77",
            Self::TimeZone => "Australia/Perth",
            Self::Seats => "25",
        }
    }

    /// The value of a customer as it stands in a file; empty where there is none.
    #[must_use]
    pub fn of(self, customer: &NewCustomer) -> Text {
        let yes = |is: bool| Text::from(if is { "yes" } else { "no" });
        match self {
            Self::Reference => customer.reference.clone(),
            Self::Name => customer.name.clone(),
            Self::Domain => customer.domain.clone(),
            Self::Active => yes(customer.is_active),
            Self::Products => {
                let words: Vec<&str> = customer.products.iter().map(|product| product.word()).collect();
                Text::clean(&words.join(";"))
            }
            Self::Tenant => {
                customer.tenant.map(|tenant| Text::of(format_args!("{tenant}"))).unwrap_or_default()
            }
            Self::Managed => yes(customer.is_managed),
            Self::TimeZone => customer.time_zone.clone().unwrap_or_default(),
            Self::Seats => customer.seats.map(|seats| Text::of(format_args!("{seats}"))).unwrap_or_default(),
        }
    }

    /// Whether a customer may be without it.
    #[must_use]
    pub const fn may_be_empty(self) -> bool {
        matches!(self, Self::Products | Self::Tenant | Self::TimeZone | Self::Seats)
    }

    /// A value as it is read: the word `none` empties what may be empty, in flags and in files.
    #[must_use]
    pub fn emptied(self, value: &str) -> &str {
        if self.may_be_empty() && value.trim().eq_ignore_ascii_case(NONE) { "" } else { value }
    }

    /// Reads a value into a customer.
    ///
    /// # Errors
    /// What is wrong with the value and what to type instead: one or two sentences.
    pub fn read(self, raw: &str, into: &mut NewCustomer) -> Result<(), Text> {
        let text = Text::clean(raw);
        let is_given = !text.is_empty();
        match self {
            Self::Reference if !is_given => return Err("Type your own reference for this customer.".into()),
            Self::Reference if text.as_str().contains('\u{FFFD}') => {
                return Err("The reference holds characters that can't be shown. Type it again.".into());
            }
            Self::Reference => into.reference = text,
            Self::Name if !is_given => return Err("Type the company's name.".into()),
            Self::Name => into.name = text,
            Self::Domain => match TenantInput::parse(raw) {
                Ok(TenantInput::Domain(domain)) => into.domain = Text::clean(&domain),
                _ => return Err("Type the mail domain, like bakery.example.".into()),
            },
            Self::Active => into.is_active = yes_or_no(&text)?,
            Self::Products => into.products = products(&text)?,
            Self::Tenant if !is_given => into.tenant = None,
            Self::Tenant => match TenantInput::parse(raw) {
                Ok(TenantInput::Guid(tenant)) => into.tenant = Some(tenant),
                Ok(TenantInput::Domain(_)) => {
                    return Err("Microsoft is not asked here, so a domain can't be looked up. Type the tenant ID, or leave it empty.".into());
                }
                Err(_) => {
                    return Err("This is not a whole tenant ID. Type all of it, or leave it empty.".into());
                }
            },
            Self::Managed => into.is_managed = yes_or_no(&text)?,
            Self::TimeZone if is_given && !is_zone(text.as_str()) => {
                return Err(
                    "This time zone is not known. Type it like Australia/Perth, or leave it empty.".into()
                );
            }
            Self::TimeZone => into.time_zone = Some(text).filter(|_| is_given),
            Self::Seats if !is_given => into.seats = None,
            Self::Seats => match text.as_str().parse() {
                Ok(seats) => into.seats = Some(seats),
                Err(_) => return Err("Type the seats as a whole number, or leave it empty.".into()),
            },
        }
        Ok(())
    }
}

/// What is wrong with a customer whose values are each right.
#[must_use]
pub fn contradiction(customer: &NewCustomer) -> Option<&'static str> {
    (customer.is_managed && !customer.products.contains(&Product::Office365)).then_some(
        "Only Office 365 is provisioned through Manage Protect. Choose Office 365 too, or change this to no.",
    )
}

/// A value that another one takes the place of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Of which column.
    pub column: Column,
    /// As it was; empty: none.
    pub from: Text,
    /// As it is now; empty: none.
    pub to: Text,
}

impl std::fmt::Display for Change {
    /// "seats: 25 → 40".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = |text: &Text| if text.is_empty() { Text::from("none") } else { text.clone() };
        write!(f, "{}: {} → {}", self.column.name(), shown(&self.from), shown(&self.to))
    }
}

/// What is different, in the order of the columns.
#[must_use]
pub fn changes(before: &NewCustomer, after: &NewCustomer) -> Vec<Change> {
    Column::ALL
        .into_iter()
        .map(|column| Change { column, from: column.of(before), to: column.of(after) })
        .filter(|change| change.from != change.to)
        .collect()
}

/// Reads yes or no.
fn yes_or_no(text: &Text) -> Result<bool, Text> {
    match text.as_str().to_ascii_lowercase().as_str() {
        "yes" | "y" | "true" | "1" => Ok(true),
        "no" | "n" | "false" | "0" => Ok(false),
        _ => Err("Type yes or no.".into()),
    }
}

/// Reads the words of products, however they are separated; each counts once, in the order of the product screen.
fn products(text: &Text) -> Result<Vec<Product>, Text> {
    let mut found = Vec::new();
    for word in text.as_str().split([';', ',', '|', '+', ' ']).filter(|word| !word.is_empty()) {
        found.push(Product::from_word(word).ok_or_else(|| no_product(word))?);
    }
    Ok(Product::ALL.into_iter().filter(|product| found.contains(product)).collect())
}

/// Said of a word that is no product's.
fn no_product(word: &str) -> Text {
    let shown = Text::clean(word);
    match nearest(&folded(word), Product::ALL.into_iter().map(|product| (product, product.word()))) {
        Some(meant) => Text::of(format_args!("\"{shown}\" is no product. Did you mean {}?", meant.word())),
        None => Text::of(format_args!(
            "\"{shown}\" is no product. Type one or more of {}.",
            Product::ALL.map(Product::word).join(", ")
        )),
    }
}

/// A word as columns are written.
fn folded(word: &str) -> String {
    let word = Text::clean(word);
    word.as_str().to_lowercase().replace([' ', '-'], "_")
}

/// How alike two words must be for one to stand for the other: 1 is the same. A guess: one or two wrong letters.
const ALIKE: f64 = 0.6;

/// The word that is most like another one, if any is.
fn nearest<T>(word: &str, words: impl Iterator<Item = (T, &'static str)>) -> Option<T> {
    words
        .map(|(value, known)| (value, strsim::normalized_damerau_levenshtein(known, word)))
        .filter(|(_, likeness)| *likeness >= ALIKE)
        .max_by(|(_, one), (_, other)| one.total_cmp(other))
        .map(|(value, _)| value)
}
