//! Graph's JSON, read leniently: a member of the wrong type spoils its row, a spoilt row never spoils its page.

mod lax;

#[cfg(test)]
mod tests;

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use uuid::Uuid;

pub(super) use self::lax::Flag;
use self::lax::{List, Word};
use crate::domain::id::Address;

/// Most rows taken from one page: a hundred times what is asked for. Each becomes some hundred bytes, and two bytes on
/// the wire are enough for one, so a hostile page could fill the memory.
pub(super) const MAX_ROWS: usize = 100_000;

/// One page of users.
#[derive(Debug, Default)]
pub(super) struct Page<'a> {
    /// The rows, good and bad, as many as the server sent.
    pub(super) rows: Vec<Row<'a>>,
}

/// One user as the directory sends it.
#[derive(Debug, Default)]
pub(super) struct Row<'a> {
    pub(super) id: Word<'a>,
    pub(super) name: Word<'a>,
    pub(super) upn: Word<'a>,
    pub(super) mail: Word<'a>,
    pub(super) department: Word<'a>,
    pub(super) user_type: Word<'a>,
    pub(super) made: Word<'a>,
    pub(super) enabled: Flag,
    /// Whether the user comes from a directory on the customer's own servers.
    pub(super) synced: Flag,
    /// SKU ids.
    pub(super) skus: List<Uuid>,
    /// Service plans whose capability is enabled or in its grace period.
    pub(super) plans: List<Uuid>,
    /// The primary address among `proxyAddresses`.
    pub(super) primary: List<Cow<'a, str>>,
    /// A delta says that the user is gone.
    pub(super) is_removed: bool,
    /// Not an object at all.
    pub(super) is_odd: bool,
}

/// What a row is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Names<'a> {
    /// The address of the mailbox; empty where there is none.
    pub(super) address: &'a str,
    /// The user principal name, where it is another name than the address; else empty.
    pub(super) sign_in: &'a str,
    /// What is wrong with the row; empty when nothing is.
    pub(super) problem: &'static str,
}

impl Row<'_> {
    /// What it is called, and what is wrong with it. Half a million rows are listed, and an address is looked at letter by
    /// letter: once.
    pub(super) fn names(&self) -> Names<'_> {
        let (address, is_address) = self.address();
        let upn = self.upn.as_str().unwrap_or_default().trim();
        let is_same = upn == address.trim() || upn.to_lowercase() == address.trim().to_lowercase();
        let sign_in = if is_same { "" } else { upn };
        Names { address, sign_in, problem: self.problem(address, is_address) }
    }

    /// The mail address, else the primary proxy address, else the user principal name: the first that is an address, and
    /// the first that is anything where none is; and whether it is one.
    fn address(&self) -> (&str, bool) {
        let primary = self.primary.items().first().map(Cow::as_ref);
        let said = [self.mail.as_str(), primary, self.upn.as_str()];
        let mut said = said.into_iter().flatten().filter(|address| !address.trim().is_empty());
        match said.clone().find(|address| Address::is_one(address)) {
            Some(address) => (address, true),
            None => (said.next().unwrap_or_default(), false),
        }
    }

    fn problem(&self, address: &str, is_address: bool) -> &'static str {
        if self.is_odd || self.id.as_str().is_none_or(|id| Uuid::try_parse(id).is_err()) {
            return "the directory sent no usable id";
        }
        let is_wrong = [&self.name, &self.upn, &self.mail, &self.department, &self.user_type]
            .into_iter()
            .any(|word| matches!(word, Word::Wrong));
        if is_wrong || self.enabled == Flag::Wrong || self.skus.is_wrong() || self.plans.is_wrong() {
            return "the directory sent this row damaged";
        }
        match (address, is_address) {
            ("", _) => "the directory sent no address",
            // The address names a seat: one with hidden or forbidden characters could pass itself off as another.
            (_, false) => "the directory sent an address that is none",
            (_, true) => "",
        }
    }

    /// Whether Exchange may hold something under this user's name.
    pub(super) fn has_mail(&self) -> bool {
        self.mail.as_str().is_some_and(|mail| !mail.is_empty()) || !self.primary.items().is_empty()
    }

    /// Whether sign-in is on; a directory that does not say means yes.
    pub(super) fn is_enabled(&self) -> bool {
        self.enabled != Flag::Said(false)
    }

    /// Whether the user is a guest; the type is missing on old objects (reference, section 7.3).
    pub(super) fn is_guest(&self) -> bool {
        self.user_type.as_str().is_some_and(|t| t.eq_ignore_ascii_case("guest"))
    }
}

/// Decodes a page.
///
/// Text that is not valid Unicode is mended first: one broken name must not cost the list.
///
/// # Errors
/// A body that is not a JSON object with an array of rows.
pub(super) fn with_page<T>(
    body: &[u8],
    mut read: impl FnMut(&Page<'_>) -> T,
) -> Result<T, serde_json::Error> {
    match serde_json::from_slice::<Page<'_>>(body) {
        Ok(page) => Ok(read(&page)),
        Err(_broken) => {
            let mended = mend(body);
            serde_json::from_slice::<Page<'_>>(mended.as_bytes()).map(|page| read(&page))
        }
    }
}

/// Decodes one user.
///
/// # Errors
/// A body that is not JSON.
pub(super) fn with_user<T>(body: &[u8], read: impl Fn(&Row<'_>) -> T) -> Result<T, serde_json::Error> {
    match serde_json::from_slice::<Row<'_>>(body) {
        Ok(row) => Ok(read(&row)),
        Err(_broken) => serde_json::from_slice::<Row<'_>>(mend(body).as_bytes()).map(|row| read(&row)),
    }
}

/// Replaces bytes that are no UTF-8, and escapes of half a surrogate pair, by U+FFFD; numbers beyond all range by 0.
pub(super) fn mend(body: &[u8]) -> String {
    mend_numbers(&mend_text(&String::from_utf8_lossy(body)))
}

/// Replaces escapes of half a surrogate pair.
fn mend_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let (taken, escape) = match (unit(from), from.get(6..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (12, from.get(..12)),
            (Some(0xD800..=0xDFFF), _) => (6, Some("\\ufffd")),
            (Some(_), _) => (6, from.get(..6)),
            (None, _) => {
                // A backslash and what it escapes stay together, or `\\u` would be read as an escape.
                let two = from.char_indices().nth(2).map_or(from.len(), |(at, _)| at);
                (two, from.get(..two))
            }
        };
        out.push_str(escape.unwrap_or_default());
        rest = from.get(taken..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Replaces numbers that are larger than any number here can be: we don't use the number, but the reader fails on it.
fn mend_numbers(text: &str) -> String {
    let is_digit = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c == '"' || c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = if from.starts_with('"') {
            end_of_text(from)
        } else {
            from.find(|c| !is_digit(c)).unwrap_or(from.len())
        };
        let (token, tail) = from.split_at(end);
        let is_endless = token.parse::<f64>().is_ok_and(f64::is_infinite);
        out.push_str(if is_endless { "0" } else { token });
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// Where the quoted text ends that begins here, its quotes included.
fn end_of_text(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| match c {
        _ if std::mem::take(&mut is_escaped) => false,
        '\\' => {
            is_escaped = true;
            false
        }
        c => *c == '"',
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

/// The UTF-16 unit of an escape at the start of the text.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

impl<'de> Deserialize<'de> for Page<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PageVisitor;
        impl<'de> Visitor<'de> for PageVisitor {
            type Value = Page<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a page with an array of rows")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Page<'de>, A::Error> {
                let mut rows: Option<Vec<Row<'de>>> = None;
                while let Some(key) = map.next_key::<Word<'de>>()? {
                    if key.as_str() == Some("value") {
                        map.next_value_seed(Rows(rows.get_or_insert_default()))?;
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                let rows = rows.ok_or_else(|| serde::de::Error::missing_field("value"))?;
                Ok(Page { rows })
            }
        }
        deserializer.deserialize_map(PageVisitor)
    }
}

/// Takes the rows of a page, at most [`MAX_ROWS`].
struct Rows<'a, 'de>(&'a mut Vec<Row<'de>>);

impl<'de> DeserializeSeed<'de> for Rows<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(row) = seq.next_element()? {
            if self.0.len() >= MAX_ROWS {
                return Err(serde::de::Error::custom("more rows than any page has"));
            }
            self.0.push(row);
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Row<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RowVisitor)
    }
}

/// Takes any JSON value for a row; everything but an object is odd.
struct RowVisitor;

impl<'de> Visitor<'de> for RowVisitor {
    type Value = Row<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a user")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row<'de>, A::Error> {
        let mut row = Row::default();
        while let Some(key) = map.next_key::<Word<'de>>()? {
            match key.as_str().unwrap_or_default() {
                "id" => row.id = map.next_value()?,
                "displayName" => row.name = map.next_value()?,
                "userPrincipalName" => row.upn = map.next_value()?,
                "mail" => row.mail = map.next_value()?,
                "department" => row.department = map.next_value()?,
                "userType" => row.user_type = map.next_value()?,
                "createdDateTime" => row.made = map.next_value()?,
                "accountEnabled" => row.enabled = map.next_value()?,
                "onPremisesSyncEnabled" => row.synced = map.next_value()?,
                "assignedLicenses" => row.skus = map.next_value::<lax::Skus>()?.0,
                "assignedPlans" => row.plans = map.next_value::<lax::ActivePlans>()?.0,
                "proxyAddresses" => row.primary = map.next_value::<lax::Primary<'de>>()?.0,
                "@removed" => {
                    map.next_value::<IgnoredAny>()?;
                    row.is_removed = true;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(row)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Row<'de>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Row::odd())
    }

    fn visit_str<E>(self, _: &str) -> Result<Row<'de>, E> {
        Ok(Row::odd())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Row<'de>, E> {
        Ok(Row::odd())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Row<'de>, E> {
        Ok(Row::odd())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Row<'de>, E> {
        Ok(Row::odd())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Row<'de>, E> {
        Ok(Row::odd())
    }

    fn visit_unit<E>(self) -> Result<Row<'de>, E> {
        Ok(Row::odd())
    }
}

impl Row<'_> {
    /// A row that is no object.
    fn odd() -> Self {
        Self { is_odd: true, ..Self::default() }
    }
}

/// Codes of Graph that say more than the ones above them (reference, section 10.1).
const KNOWN_CODES: [&str; 16] = [
    "Request_BadRequest",
    "Request_UnsupportedQuery",
    "Directory_ExpiredPageToken",
    "DirectoryPageTokenNotFoundException",
    "InvalidAuthenticationToken",
    "Authorization_RequestDenied",
    "ErrorAccessDenied",
    "Request_ResourceNotFound",
    "ResourceNotFound",
    "MailboxNotEnabledForRESTAPI",
    "syncStateNotFound",
    "resyncRequired",
    "TooManyRequests",
    "activityLimitReached",
    "NotImplemented",
    "serviceNotAvailable",
];

/// The deepest code that is known, else the outermost one; and the request's id in the body.
pub(super) fn refusal(body: &Value) -> (String, Option<String>) {
    let mut code = String::new();
    let mut id = None;
    let mut next = body.get("error");
    // Eight levels are far more than any answer has; the bound keeps a hostile one short.
    for _ in 0..8 {
        let Some(level) = next else { break };
        if let Some(said) = level.get("code").and_then(Value::as_str).filter(|said| !said.is_empty()) {
            let known = KNOWN_CODES.iter().find(|known| known.eq_ignore_ascii_case(said));
            match known {
                Some(known) => (*known).clone_into(&mut code),
                None if code.is_empty() => code = said.chars().take(100).collect(),
                None => {}
            }
        }
        id = level.get("request-id").and_then(Value::as_str).map(str::to_owned).or(id);
        next = level.get("innerError").or_else(|| level.get("innererror"));
    }
    (code, id)
}
