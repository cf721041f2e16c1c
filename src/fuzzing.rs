//! What must hold for any bytes that come from outside: one function per fuzz target.
//!
//! Built for fuzzing (`fuzz/`, see its README) and for tests only, never into the program. Each function takes bytes,
//! reads them as the program would, and asserts what holds whatever they are. The ordinary tests feed the same functions
//! with what fuzzing found worth keeping, so neither the functions nor the kept inputs can rot.

use std::sync::Arc;

use unicode_general_category::{GeneralCategory, get_general_category};

use crate::{
    domain::{
        card::Party,
        exchange_server::{self, is_exchange_online},
        explain,
        filter::{self, Query},
        id::{TenantId, UserId},
        mailboxes::address_list,
        tenant_input::TenantInput,
        text::{MAX_BYTES, Text},
        user::{Kind, NewUser, PAGE_ROWS, UserPage},
    },
    provider::{
        exchange::fuzzing::{autodiscover, exchange_xml},
        graph::fuzzing::{graph_json, graph_links},
        http::fuzzing::retry_after_any,
        oauth::fuzzing::identity_json,
    },
    settings::fuzzing::settings,
    tui::input::fuzzing::terminal_input,
};

#[cfg(test)]
mod tests;

/// What is fed with bytes.
type Target = fn(&[u8]);

/// Feeds the target of this name.
///
/// # Panics
/// When something does not hold, or there is no such target.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    assert!(target.is_some(), "there is no target {name}");
    if let Some((_, target)) = target {
        target(data);
    }
}

/// Every target by its name, which is also the name of its file in `fuzz/targets` and of its folder in `fuzz/seeds`.
const TARGETS: &[(&str, Target)] = &[
    ("address_list", address_list),
    ("autodiscover", autodiscover),
    ("consent", consent),
    ("exchange_xml", exchange_xml),
    ("explain", explain),
    ("filter", filter),
    ("graph_json", graph_json),
    ("graph_links", graph_links),
    ("identity_json", identity_json),
    ("retry_after", retry_after_any),
    ("server_field", server_field),
    ("settings", settings),
    ("tenant_field", tenant_field),
    ("terminal_input", terminal_input),
    ("text_clean", text_clean),
];

/// The tenant field: whatever is taken is a whole GUID or a plain domain, and is taken again as it is.
fn tenant_field(data: &[u8]) {
    let typed = String::from_utf8_lossy(data);
    match TenantInput::parse(&typed) {
        Ok(TenantInput::Guid(id)) => {
            assert_eq!(TenantInput::parse(&id.to_string()), Ok(TenantInput::Guid(id)), "a GUID stays one");
        }
        Ok(TenantInput::Domain(domain)) => {
            assert!(domain.len() <= 253 && domain.contains('.'), "{domain}");
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
            assert!(domain.chars().all(is_plain), "{domain}");
            assert_eq!(
                TenantInput::parse(&domain),
                Ok(TenantInput::Domain(domain.clone())),
                "a domain stays one"
            );
        }
        Err(why) => assert!(!why.to_string().is_empty(), "a reason"),
    }
}

/// The server field: whatever is taken is an https address of somebody else's server without a sign-in in it.
fn server_field(data: &[u8]) {
    let typed = String::from_utf8_lossy(data);
    match exchange_server::normalise(&typed) {
        Ok(server) => {
            assert!(server.as_str().starts_with("https://"), "{server}");
            assert!(server.as_str().to_ascii_lowercase().ends_with(".asmx"), "{server}");
            assert!(!server.as_str().contains(['?', '#', '\\']), "{server}");
            let parsed = url::Url::parse(server.as_str());
            assert!(
                parsed.is_ok_and(|url| url.username().is_empty() && url.password().is_none()),
                "{server}"
            );
            let host = server.shown().host();
            assert!(!is_exchange_online(host.as_str()), "{server}");
            assert_eq!(exchange_server::normalise(server.as_str()), Ok(server.clone()), "it stays taken");
        }
        Err(why) => assert!(why.to_string().ends_with('.'), "a sentence"),
    }
}

/// Words that are shown: nothing hostile in them, short enough, and the same when cleaned again.
fn text_clean(data: &[u8]) {
    let raw = String::from_utf8_lossy(data);
    let clean = Text::clean(&raw);
    is_harmless(clean.as_str());
    assert_eq!(clean.as_str().trim(), clean.as_str(), "no space at the ends");
    assert!(!clean.as_str().contains("  "), "no two spaces");
    assert_eq!(Text::clean(clean.as_str()), clean, "cleaning twice changes nothing");
    let typed = Text::typed(&raw);
    is_harmless(typed.as_str());
    assert_eq!(Text::typed(typed.as_str()), typed, "a line that is typed stays the same");
}

/// The table of remote-terminal.md section 3, said in another way than the code that applies it.
fn is_harmless(words: &str) {
    assert!(words.len() <= MAX_BYTES, "{} bytes", words.len());
    let mut marks = 0;
    let chars: Vec<char> = words.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let after = chars.get(at + 1);
        match get_general_category(*c) {
            GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark => marks += 1,
            GeneralCategory::Format => {
                assert!(matches!(c, '\u{200C}' | '\u{200D}'), "{c:?}");
                // Only between two characters of a word; a joiner is no base that marks could start again on.
                let is_between =
                    before.is_some_and(|b| !b.is_whitespace()) && after.is_some_and(|a| a.is_alphabetic());
                assert!(is_between, "{before:?} {c:?} {after:?}");
            }
            GeneralCategory::Control
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::PrivateUse
            | GeneralCategory::Surrogate
            | GeneralCategory::Unassigned => unreachable!("{c:?}"),
            GeneralCategory::SpaceSeparator => {
                assert_eq!(*c, ' ', "{c:?}");
                marks = 0;
            }
            _ => marks = 0,
        }
        assert!(marks <= 4, "{marks} marks on one base");
    }
}

/// The filter: finds exactly what a matcher finds that is too simple to be wrong. First line: what is typed; then three
/// lines per row.
fn filter(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.split('\n');
    let typed = lines.next().unwrap_or_default();
    let cells: Vec<&str> = lines.take(PAGE_ROWS * 3).collect();
    let sets: Arc<[Text]> = vec![Text::from("Office 365 E3"), Text::from("Exchange Online Plan 1")].into();
    let rows: Vec<NewUser<'_>> = cells
        .chunks(3)
        .enumerate()
        .map(|(at, cells)| {
            let cell = |nth: usize| cells.get(nth).copied().unwrap_or_default();
            NewUser {
                id: UserId::from_bytes((at as u128).to_le_bytes()),
                name: cell(0),
                address: cell(1),
                sign_in: "",
                department: cell(2),
                problem: "",
                kind: Kind::User,
                licences: u16::from(at % 2 == 1),
                made: None,
            }
        })
        .collect();
    let page = UserPage::new(&rows, sets);
    let query = Query::parse(typed);
    let bits = filter::Search::of(&query).page(&page, None);
    let folded = filter::fold(typed);
    assert_eq!(bits.len(), page.len().div_ceil(64), "one bit per row");
    for (word, bits) in bits.iter().enumerate() {
        for bit in 0..64 {
            let is_found = bits >> bit & 1 == 1;
            let Some(user) = page.row(word * 64 + bit) else {
                assert!(!is_found, "no bit past the end");
                continue;
            };
            let fields = [user.name, user.address, user.department].map(|field| filter::fold(field.as_str()));
            let licences = filter::fold(user.licences.as_str());
            let is_hit = folded.split_whitespace().all(|word| match word.split_once(':') {
                Some(("kind" | "state", _)) => true,
                Some(("licence" | "license", value)) => {
                    licences.contains(value) || licences.replace(' ', "-").contains(value)
                }
                _ => fields.iter().any(|field| field.contains(word)),
            });
            assert_eq!(is_found, is_hit, "row {}", word * 64 + bit);
        }
    }
}

/// Explain: each entry at most once, and words in every part of it.
fn explain(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    // The field takes no more than this.
    let Some(query) = text.get(..end) else { return };
    let hits = explain::look_up(query, Party::Hoster);
    for (at, hit) in hits.iter().enumerate() {
        assert!(!hits.iter().skip(at + 1).any(|other| std::ptr::eq(*other, *hit)), "{} twice", hit.title);
        assert!(!hit.means.is_empty() && !hit.say.is_empty() && !hit.next.is_empty(), "{}", hit.title);
    }
}

/// What comes back from the consent pages, read out or pasted: into the tenant field it names the tenant or nothing, never
/// the id of something else; into *explain* its code is found.
fn consent(data: &[u8]) {
    // What is read out is short; long words are the other target's, and slow.
    explain(data.get(..data.len().min(150)).unwrap_or_default());
    tenant_field(data);
    let text = String::from_utf8_lossy(data);
    let Ok(url) = url::Url::parse(text.trim()) else { return };
    let is_plain = text.trim().chars().all(|c| c.is_ascii_graphic() && !"'\"`{}()<>".contains(c));
    if !matches!(url.scheme(), "https" | "http") || !is_plain {
        return;
    }
    let Ok(TenantInput::Guid(taken)) = TenantInput::parse(&text) else { return };
    // Ids that the identity platform writes into its addresses and that name no tenant.
    let others =
        ["client_id", "appid", "state", "nonce", "session_state", "request_id", "trace_id", "correlation_id"];
    let is_foreign = |value: &str| value.parse::<TenantId>().is_ok_and(|id| id == taken);
    let named = |names: &[&str], key: &str| names.iter().any(|name| name.eq_ignore_ascii_case(key));
    let has = |names: &[&str]| url.query_pairs().any(|(key, value)| named(names, &key) && is_foreign(&value));
    let is_elsewhere = text.to_ascii_lowercase().matches(&taken.to_string()).count() > 1;
    assert!(!has(&others) || is_elsewhere, "{taken} is not the tenant's");
}
