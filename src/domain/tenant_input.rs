//! The tenant field (rule 10): what a person types or pastes, turned into something that can be looked up.
//!
//! Words are separate words: none is ever glued to another, and what stands in front of an id says what it is the id of.
//! Addresses of portals are read in `tenant_input/address.rs`.

mod address;

use std::fmt;

use uuid::Uuid;

use self::address::{foreign_cloud, in_path, in_url, is_portal, sharepoint, unescaped, url};
use super::{
    cloud::Cloud,
    id::{Address, NotAnId, TenantId},
    text::is_forbidden,
};

/// The tenant of private Microsoft accounts: never a customer (product.md section 9, *Access and consent*).
const PRIVATE_ACCOUNTS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// Path words of the identity platform that look like a tenant and name none.
const PATH_WORDS: [&str; 3] = ["common", "organizations", "consumers"];

/// Domains of private addresses at Microsoft.
const PRIVATE_DOMAINS: [&str; 4] = ["outlook.com", "hotmail.com", "live.com", "msn.com"];

/// What an id can be of that is no tenant, as labels of portals, tools and logs say it.
const OTHER_THINGS: [&str; 18] = [
    "application",
    "client",
    "app",
    "object",
    "subscription",
    "user",
    "correlation",
    "request",
    "trace",
    "session",
    "principal",
    "secret",
    "resource",
    "group",
    "device",
    "policy",
    "role",
    "key",
];

/// What to look up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TenantInput {
    /// A whole GUID.
    Guid(TenantId),
    /// A whole domain name, lower case, ASCII.
    Domain(String),
}

impl fmt::Display for TenantInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guid(tenant) => write!(f, "{tenant}"),
            Self::Domain(domain) => f.write_str(domain),
        }
    }
}

/// How what was typed stands to a tenant that is known already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TenantMatch {
    /// It is the same one.
    Same,
    /// It is another one for certain.
    Other,
    /// A domain that is not the known one: only Microsoft knows whose it is.
    Unsure,
}

/// Why the text can't be looked up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TenantInputError {
    /// Nothing typed yet.
    #[error("type the tenant ID, the domain, or an administrator's e-mail address")]
    Empty,
    /// Still being typed, or not a tenant at all.
    #[error("this is not a whole tenant ID or domain yet")]
    Incomplete,
    /// As long as a tenant ID, and this sign is in none.
    #[error(
        "a tenant ID has only the digits 0 to 9 and the letters a to f, and this one has \"{0}\"; ask for it again"
    )]
    WrongSign(char),
    /// As long as a tenant ID or longer, and its hyphens stand elsewhere.
    #[error(
        "a tenant ID has 8, 4, 4, 4 and 12 digits between its hyphens, and this one has others; ask for it again"
    )]
    WrongShape,
    /// A word that names every tenant or none.
    #[error("this word names no single organisation; ask for the tenant ID or the domain")]
    PathWord,
    /// The tenant of private Microsoft accounts.
    #[error("this is a private Microsoft address; ask for the organisation's own domain or tenant ID")]
    PrivateAccount,
    /// An address of Microsoft's that names no tenant.
    #[error("this address of Microsoft's names no organisation; ask for the tenant ID or the domain")]
    Portal,
    /// An address of another cloud than the one that settings name: whose, and which that is.
    #[error("this is an address of {0}, and Backup365 is set up for {1}; ask which organisation they use")]
    OtherCloud(&'static str, Cloud),
    /// An id that is labelled as another thing's.
    #[error("this is the ID of something else than an organisation; ask for the tenant ID or the domain")]
    OtherThing,
    /// More than one organisation is named.
    #[error("this names more than one organisation; keep one of them")]
    Several,
}

impl TenantInputError {
    /// Whether typing on can't mend it.
    #[must_use]
    pub const fn is_certain(self) -> bool {
        !matches!(self, Self::Empty | Self::Incomplete)
    }
}

/// What is asked about or why not, from one word.
type Found = Result<TenantInput, TenantInputError>;

/// The administrator whose e-mail address was typed to name an organisation: the one address, of the domain that is looked up.
#[must_use]
pub fn administrator_in(text: &str) -> Option<Address> {
    let Ok(TenantInput::Domain(domain)) = TenantInput::parse(text) else { return None };
    let is_between = |c: char| c.is_whitespace() || "<>()[]{}\"',;:|“”‘’«»".contains(c);
    let mut named = text
        .split(is_between)
        .filter_map(|word| word.trim_end_matches('.').parse::<Address>().ok())
        .filter(|address| address.domain() == domain);
    let address = named.next()?;
    named.all(|other| other == address).then_some(address)
}

/// What the words in front of a candidate call it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Label {
    /// A tenant or directory.
    Tenant,
    /// Nothing that tells.
    None,
    /// Something else that has ids.
    Other,
}

/// How strongly a word means an organisation, the strongest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Strength {
    Guid,
    Url,
    Address,
    Domain,
}

/// A word that may name an organisation.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Candidate {
    line: usize,
    label: Label,
    strength: Strength,
    found: Found,
}

impl TenantInput {
    /// Compares what was typed with a tenant and its default domain, as far as they are known.
    #[must_use]
    pub fn compare(typed: &str, tenant: Option<TenantId>, domain: Option<&str>) -> TenantMatch {
        match Self::parse(typed) {
            Ok(Self::Guid(id)) if tenant == Some(id) => TenantMatch::Same,
            Ok(Self::Guid(_)) if tenant.is_some() => TenantMatch::Other,
            Ok(Self::Domain(name)) if domain == Some(name.as_str()) => TenantMatch::Same,
            _ => TenantMatch::Unsure,
        }
    }

    /// As [`TenantInput::parse_in`], for whatever cloud: where it is only compared, or read again by somebody who knows it.
    ///
    /// # Errors
    /// Those of the global cloud where no other reads it.
    pub fn parse(raw: &str) -> Result<Self, TenantInputError> {
        match Self::parse_in(raw, Cloud::Global) {
            Err(error @ TenantInputError::OtherCloud(..)) => {
                Cloud::ALL.into_iter().find_map(|cloud| Self::parse_in(raw, cloud).ok()).ok_or(error)
            }
            found => found,
        }
    }

    /// Reads a GUID, a domain, an `onmicrosoft.com` name, an e-mail address or a portal URL of one of Microsoft's clouds.
    ///
    /// Quotes, braces and invisible characters are dropped, other words are looked over. What is labelled *tenant* or
    /// *directory* goes before everything else, wherever it stands; else the first line decides that names something.
    ///
    /// # Errors
    /// Says what is missing; typing on may mend it, unless it [is certain](TenantInputError::is_certain).
    pub fn parse_in(raw: &str, cloud: Cloud) -> Result<Self, TenantInputError> {
        let lines = raw.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).map(words);
        let lines: Vec<Vec<String>> = lines.filter(|words| !words.is_empty()).collect();
        if let [words] = lines.as_slice()
            && let [word] = words.as_slice()
            && PATH_WORDS.contains(&word.as_str())
        {
            return Err(TenantInputError::PathWord);
        }
        if lines.is_empty() {
            return Err(TenantInputError::Empty);
        }
        match choose(&candidates(&lines, cloud))? {
            Self::Guid(id) if id.to_string() == PRIVATE_ACCOUNTS => Err(TenantInputError::PrivateAccount),
            found => Ok(found),
        }
    }
}

/// The organisation that the candidates name.
fn choose(candidates: &[Candidate]) -> Found {
    let good = |label| candidates.iter().filter(move |one| one.label == label && one.found.is_ok());
    let labelled: Vec<&Candidate> = good(Label::Tenant).collect();
    if !labelled.is_empty() {
        return only(&labelled);
    }
    if let Some(first) = good(Label::None).next() {
        let on_line = || good(Label::None).filter(|one| one.line == first.line);
        let strongest = on_line().map(|one| one.strength).min();
        // Ids one below the other are a list of organisations, as PowerShell shows it; what stands below a name is not.
        let is_below = |one: &&Candidate| strongest == Some(Strength::Guid) && one.strength == Strength::Guid;
        let all = good(Label::None).filter(|one| is_below(one) || one.line == first.line);
        return only(&all.filter(|one| Some(one.strength) == strongest).collect::<Vec<_>>());
    }
    let refused = candidates.iter().find_map(|one| one.found.as_ref().err().copied());
    let is_other = candidates.iter().any(|one| one.label == Label::Other);
    Err(refused.unwrap_or(if is_other { TenantInputError::OtherThing } else { TenantInputError::Incomplete }))
}

/// What all of these name, where that is one organisation.
fn only(candidates: &[&Candidate]) -> Found {
    let mut found = candidates.iter().map(|one| &one.found);
    let first = found.next().cloned().unwrap_or(Err(TenantInputError::Incomplete));
    if found.all(|one| *one == first) { first } else { Err(TenantInputError::Several) }
}

/// Every word that may name an organisation, with what the words in front of it call it.
fn candidates(lines: &[Vec<String>], cloud: Cloud) -> Vec<Candidate> {
    let mut all = Vec::new();
    // Portals put a label on a line of its own, above its value.
    let mut above: &[String] = &[];
    for (line, words) in lines.iter().enumerate() {
        let before = all.len();
        let mut from = 0;
        for (at, word) in words.iter().enumerate() {
            let Some((strength, found)) = candidate(word, cloud) else { continue };
            let own = words.get(from..at).unwrap_or_default();
            let label = label(if at == 0 { above } else { own });
            let label =
                if strength == Strength::Guid || label == Label::Tenant { label } else { Label::None };
            all.push(Candidate { line, label, strength, found });
            from = at + 1;
        }
        if all.len() == before
            && let Some((at, tenant)) = in_pieces(words)
        {
            let label = label(if at == 0 { above } else { words.get(..at).unwrap_or_default() });
            all.push(Candidate {
                line,
                label,
                strength: Strength::Guid,
                found: Ok(TenantInput::Guid(tenant)),
            });
        }
        // A line of labels above a line of several ids: which is whose can't be told.
        let found = all.get_mut(before..).unwrap_or_default();
        if found.len() > 1 && !above.is_empty() {
            for one in found.iter_mut() {
                one.label = Label::None;
            }
        }
        above = if found.is_empty() { words } else { &[] };
    }
    all
}

/// What these words call the id behind them.
fn label(words: &[String]) -> Label {
    let joined = words.join(" ");
    let parts: Vec<&str> =
        joined.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    if parts.iter().any(|part| part.contains("tenant") || matches!(*part, "tid" | "ctid")) {
        return Label::Tenant;
    }
    let is_id = parts.contains(&"id") || joined.trim_end().ends_with([':', '=']);
    let is_other = |part: &&str| match part.strip_suffix("id").filter(|thing| !thing.is_empty()) {
        Some(thing) => OTHER_THINGS.iter().any(|other| thing.ends_with(other)),
        None => is_id && OTHER_THINGS.contains(part),
    };
    if parts.iter().any(is_other) {
        Label::Other
    } else if parts.iter().any(|part| part.contains("directory")) {
        Label::Tenant
    } else {
        Label::None
    }
}

/// The words of a line, in lower case: signs around an id are gaps, what can't be seen is gone, the hyphens of word
/// processors are hyphens. A sign that ends a label (`:`, `=`) is a word of its own; addresses stay whole.
fn words(line: &str) -> Vec<String> {
    let visible: String = line
        .chars()
        .filter_map(|c| match c {
            '"' | '\'' | '`' | '{' | '}' | '(' | ')' | '<' | '>' | '[' | ']' | '|' | '“' | '”' | '„'
            | '‘' | '’' | '‚' | '«' | '»' | '‹' | '›' => Some(' '),
            '\u{2010}'..='\u{2013}' | '\u{2212}' => Some('-'),
            c if c.is_whitespace() => Some(' '),
            // What the terminal's reader or a copy made of a control character.
            '\u{FFFD}' => None,
            c => (!is_forbidden(c)).then_some(c),
        })
        .collect();
    let mut words = Vec::new();
    for word in visible.to_lowercase().split(' ').filter(|word| !word.is_empty()) {
        let word = &*unescaped(word);
        if url(word).is_some() {
            words.push(word.trim_end_matches(['.', ',', ';']).to_owned());
            continue;
        }
        for part in word.split_inclusive([':', '=', ',', ';', '&']) {
            let bare = part.trim_end_matches([':', '=', ',', ';', '&']);
            words.extend(Some(bare).filter(|bare| !bare.is_empty()).map(str::to_owned));
            words.extend(part.ends_with([':', '=']).then(|| ":".to_owned()));
        }
    }
    words
}

/// What a word names, or why not; none where it is any other word.
fn candidate(word: &str, cloud: Cloud) -> Option<(Strength, Found)> {
    // The name of an application holds its own id, and the tenant's behind it.
    let word =
        word.rsplit_once('@').map(|(_, behind)| behind).filter(|behind| is_guid(behind)).unwrap_or(word);
    if let Some((host, rest)) = url(word) {
        return Some((Strength::Url, in_url(host, rest, cloud)));
    }
    if let Some(path) = word.strip_prefix('/') {
        return in_path(path, cloud).map(|found| (Strength::Guid, Ok(found)));
    }
    if let Some(tenant) = find_guid(word) {
        return Some((Strength::Guid, Ok(TenantInput::Guid(tenant))));
    }
    if let Some((local, behind)) = word.rsplit_once('@') {
        // A guest's sign-in name holds the address that the person has at home (`ana_bakery.example#ext#@…`).
        let home =
            local.split_once("#ext#").and_then(|(home, _)| home.rsplit_once('_')).map(|(_, home)| home);
        return named(home.unwrap_or(behind), cloud).map(|found| (Strength::Address, found));
    }
    if let Some(wrong) = wrong_guid(word) {
        return Some((Strength::Guid, Err(wrong)));
    }
    named(word, cloud).map(|found| (Strength::Domain, found))
}

/// Whether a word is a whole GUID.
fn is_guid(word: &str) -> bool {
    word.parse::<TenantId>().is_ok()
}

/// Signs of a tenant ID between its hyphens.
const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

/// What is wrong with a word that is a whole GUID by its length and its hyphens: no name of a domain has no dot.
fn wrong_guid(word: &str) -> Option<TenantInputError> {
    let is_whole = word.chars().count() >= GROUPS.iter().sum::<usize>() + GROUPS.len() - 1
        && word.matches('-').count() >= GROUPS.len() - 1
        && word.chars().all(|c| c.is_alphanumeric() || c == '-');
    if !is_whole {
        return None;
    }
    if word.split('-').map(|group| group.chars().count()).ne(GROUPS) {
        return Some(TenantInputError::WrongShape);
    }
    // With every sign in its place it is a GUID that no tenant has.
    word.chars().find(|c| !c.is_ascii_hexdigit() && *c != '-').map(TenantInputError::WrongSign)
}

/// What a name names; none where it is no whole name of a domain. The path behind it, the sign that ends a sentence and
/// the `www` of a website are not part of it.
fn named(word: &str, cloud: Cloud) -> Option<Found> {
    let bare = word.split(['/', '?', '#']).next().unwrap_or_default().trim_end_matches(['.', '!']);
    let ascii = domain(bare).ok()?;
    let mut name = ascii.as_str();
    while let Some(rest) = name.strip_prefix("www.").filter(|rest| rest.contains('.')) {
        name = rest;
    }
    Some(if PRIVATE_DOMAINS.contains(&name) {
        Err(TenantInputError::PrivateAccount)
    } else if let Some(other) = foreign_cloud(name, cloud) {
        Err(TenantInputError::OtherCloud(other, cloud))
    } else if let Some(found) = sharepoint(name) {
        Ok(found)
    } else if is_portal(name) {
        Err(TenantInputError::Portal)
    } else {
        Ok(TenantInput::Domain(name.to_owned()))
    })
}

/// The GUID in a word: the whole of it, or the first whole one; one that is a part of a longer name is none.
fn find_guid(text: &str) -> Option<TenantId> {
    if let Ok(id) = text.parse() {
        return Some(id);
    }
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.' | '_')))
        .map(|part| part.trim_matches('.'))
        .filter(|part| part.len() == Uuid::nil().hyphenated().to_string().len())
        .find_map(|part| part.parse().ok())
}

/// A GUID that came in pieces, and where it begins: words of its digits and hyphens alone, one after another.
fn in_pieces(words: &[String]) -> Option<(usize, TenantId)> {
    let is_piece = |word: &&String| word.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    (0..words.len()).find_map(|at| {
        let pieces: String = words.iter().skip(at).take_while(is_piece).map(String::as_str).collect();
        Some((at, pieces.parse().ok()?))
    })
}

/// A DNS name with at least two labels, turned to ASCII.
fn domain(text: &str) -> Result<String, NotAnId> {
    let wrong = NotAnId("a domain");
    let url::Host::Domain(ascii) = url::Host::parse(text).map_err(|_malformed| wrong)? else {
        return Err(wrong);
    };
    let fits = ascii.len() <= 253
        && ascii.contains('.')
        && ascii.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
        && ascii
            .rsplit('.')
            .next()
            .is_some_and(|top| top.len() >= 2 && !top.chars().all(|c| c.is_ascii_digit()));
    if fits { Ok(ascii) } else { Err(wrong) }
}

#[cfg(test)]
mod tests;
