//! Any JSON of Graph and of discovery: no row is lost, none comes twice, and nothing but words reaches a person; any link:
//! a token follows it to Graph's own host or not at all.

use std::{collections::HashSet, sync::OnceLock};

use oauth2::http::Uri;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use url::Url;

use super::{Memory, discovery, follow, licence::Licences, list, page, proof, wire};
use crate::{
    domain::{
        cloud::Cloud,
        id::{TenantId, UserId},
        tenant::Organisation,
        time::Moment,
        user::{Kind, PAGE_ROWS, UserPage},
    },
    provider::error::Error,
};

/// A page as somebody sees it who only counts rows.
#[derive(Deserialize)]
struct Counted {
    value: Vec<IgnoredAny>,
}

/// A page of users, the links on it, and every other answer that is read from the same bytes.
pub(crate) fn graph_json(data: &[u8]) {
    // Told by its first byte: the derived reader takes an array for an object, too.
    let is_object = data.trim_ascii_start().starts_with(b"{");
    let counted = serde_json::from_slice::<Counted>(data).ok().filter(|_| is_object);
    let rows = counted.map(|page| page.value.len());
    let links = page::links(data);
    match wire::with_page(data, shown) {
        Ok(count) => assert!(rows.is_none_or(|rows| rows == count), "{count} rows of {rows:?}"),
        Err(_no_page) => assert!(rows.is_none_or(|rows| rows > wire::MAX_ROWS), "{rows:?} rows are lost"),
    }
    let _ = wire::with_user(data, said).is_ok();
    let Ok(value) = serde_json::from_slice::<Value>(data) else { return };
    if value.is_object() && links == Ok(page::Links::default()) {
        for key in ["@odata.nextLink", "@odata.deltaLink"] {
            assert!(value.get(key).is_none_or(Value::is_null), "a list never ends where the server goes on");
        }
    }
    objects(&value);
}

/// Everything that is read as one object.
fn objects(value: &Value) {
    let (code, _id) = wire::refusal(value);
    assert!(code.chars().count() <= 100, "a short code");
    let failure =
        Error::Graph { status: 403, code, retry_after: None, reference: String::new() }.failure("trying");
    assert!(
        failure.what.as_str().starts_with("trying: ") && failure.hint.for_commands().as_str().ends_with('.'),
        "{failure:?}"
    );
    for cloud in Cloud::ALL {
        let _ = discovery::read(value, cloud).is_ok();
    }
    if let Ok(tenant) = "7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77".parse::<TenantId>() {
        let expected = Organisation { tenant, name: None, domain: None, region: None };
        let _ = proof::read_organisation(value, &expected).is_some();
    }
    if let Some(licences) = licences() {
        drop(licences.with_subscribed(value));
    }
}

/// The rows of a page, each of which must reach the list; answers how many they are.
fn shown(page: &wire::Page<'_>) -> usize {
    for row in &page.rows {
        said(row);
    }
    let Some(licences) = licences() else { return page.rows.len() };
    let known = list::Known { memory: Memory::default(), now: Moment::from_millis(0) };
    let decoded = list::decode(page, licences, &known, &mut list::Progress::default());
    let listed: usize = decoded.pages.iter().map(UserPage::len).sum();
    assert_eq!(listed, different(page), "every row is listed, and a user once");
    assert!(decoded.pages.iter().all(|page| page.len() <= PAGE_ROWS), "pages of the size that was agreed");
    let rows = decoded.pages.iter().flat_map(|page| (0..page.len()).filter_map(|at| page.row(at)));
    for (row, listed) in page.rows.iter().zip(rows).take_while(|_| listed == page.rows.len()) {
        assert!(!listed.name.is_empty(), "a name, or that there is none");
        assert_eq!(listed.problem.is_empty(), row.names().problem.is_empty(), "a problem is told");
        assert!(!listed.problem.is_empty() || !listed.address.is_empty(), "an address or a problem");
    }
    let candidates: HashSet<_> = decoded.candidates.iter().map(|candidate| candidate.id).collect();
    let is_unknown = |kind: &Kind| *kind == Kind::NotKnownYet;
    let unknown = decoded.pages.iter().flat_map(UserPage::kinds).filter(|kind| is_unknown(kind)).count();
    assert!(candidates.len() <= unknown, "only rows of unknown kind are asked about");
    listed
}

/// Rows without an id, and the different ids of the others.
fn different(page: &wire::Page<'_>) -> usize {
    let ids = || page.rows.iter().map(|row| row.id.as_str().and_then(|id| id.parse::<UserId>().ok()));
    let known = ids().flatten().filter(|id| !id.is_of_place()).collect::<HashSet<_>>().len();
    ids().filter(|id| id.is_none_or(|id| id.is_of_place())).count() + known
}

/// Everything that is asked of a row.
fn said(row: &wire::Row<'_>) {
    let _ = (row.is_guest(), row.is_enabled(), row.has_mail());
    assert!(!row.names().problem.is_empty() || !row.names().address.is_empty(), "an address or a problem");
}

/// The built-in table.
fn licences() -> Option<&'static Licences> {
    static LICENCES: OnceLock<Option<Licences>> = OnceLock::new();
    LICENCES.get_or_init(|| Licences::built_in().ok()).as_ref()
}

/// A next link, a delta link, or any other address in an answer.
pub(crate) fn graph_links(data: &[u8]) {
    let link = String::from_utf8_lossy(data);
    let Ok(root) = Url::parse(Cloud::Global.graph()) else { return };
    match follow(&root, &link) {
        Ok(url) => {
            assert_eq!(url.origin(), root.origin(), "{url}");
            // What the socket is opened for is read out of the text once more, by another parser.
            let sent = url.as_str().parse::<Uri>();
            if let Ok(sent) = &sent {
                assert_eq!(sent.host(), root.host_str(), "{url}");
                assert_eq!(sent.scheme_str(), Some("https"), "{url}");
                assert!(sent.port_u16().is_none_or(|port| port == 443), "{url}");
                assert!(!sent.authority().is_some_and(|a| a.as_str().contains('@')), "{url}");
            }
        }
        Err(Error::WrongHost { host }) => assert!(!host.is_empty(), "where it leads is told"),
        Err(other) => unreachable!("{other:?}"),
    }
}
