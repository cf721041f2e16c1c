//! Any answer of an Exchange server and of Autodiscover: nobody on a page is lost, and bad news always has words.

use roxmltree::{Document, Node, ParsingOptions};

use super::{autodiscover, error::Bad, server, session, soap, wire::Outcome};
use crate::{
    domain::{
        failure::Failure,
        id::Address,
        time::{Clock, Moment},
    },
    provider::http::{Headers, Response},
};

/// The first byte picks the status, the rest is the body.
pub(crate) fn exchange_xml(data: &[u8]) {
    let Some((pick, body)) = data.split_first() else { return };
    let statuses = [200, 500, 401, 302, 503, 440, 200, 200];
    let status = statuses.get(usize::from(*pick) % statuses.len()).copied().unwrap_or(200);
    let answer = answer(status, body);
    let clock = Clock::fixed(Moment::from_millis(0));
    let judged = session::judge::judge(&answer, &clock);
    match judged.outcome {
        Ok(Outcome::People(people)) => {
            let (lists, count) = counted(body, "Persona").unwrap_or((1, people.len()));
            assert!(people.len() <= count, "nobody is made up");
            assert!(lists != 1 || people.len() == count, "everybody on the page");
        }
        Ok(Outcome::Names { people, .. }) => {
            assert!(
                counted(body, "Mailbox").is_none_or(|(_, count)| people.len() <= count),
                "nobody is made up"
            );
        }
        Ok(Outcome::Folder | Outcome::Trouble(_)) => {}
        Err(error) => has_words(Bad {
            reference: Some(session::judge::reference(&answer)),
            account: "svc@hoster.example".into(),
            mailbox: "ana@customer.example".parse().ok(),
            ..Bad::early(error, "mail.hoster.example")
        }),
    }
    if let Err(error) = session::judge::probe_anonymously(&answer, &clock) {
        has_words(Bad::early(error, "mail.hoster.example"));
    }
}

/// What a person reads about bad news.
fn has_words(bad: Bad) {
    assert!(!bad.row_words().is_empty(), "words for a row");
    let failure = Failure::from(bad);
    assert!(!failure.what.is_empty() && !failure.hint.is_empty(), "{failure:?}");
}

/// How many lists of people there are, and elements of that name in them, as another reader counts; none for a body that
/// only the second, lenient reading takes.
fn counted(body: &[u8], name: &str) -> Option<(usize, usize)> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: 400_000, ..ParsingOptions::default() };
    let text = String::from_utf8_lossy(body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body));
    let document = Document::parse_with_options(&text, options).ok()?;
    let is_list = |node: &Node<'_, '_>| matches!(node.tag_name().name(), "People" | "Resolution");
    let is_named = |node: &Node<'_, '_>| {
        node.has_tag_name((soap::TYPES, name)) && node.parent().is_some_and(|parent| is_list(&parent))
    };
    let lists = document.descendants().filter(is_list).count();
    Some((lists, document.descendants().filter(is_named).count()))
}

/// An answer as the client hands it over; the first lines of the body stand in for headers, too.
fn answer(status: u16, body: &[u8]) -> Response {
    let text = String::from_utf8_lossy(body.get(..body.len().min(200)).unwrap_or_default());
    let line = text.lines().next().unwrap_or_default().to_owned();
    let names = ["www-authenticate", "location", "retry-after", "content-type", "request-id"];
    Response {
        status,
        headers: Headers(names.iter().map(|name| ((*name).to_owned(), line.clone())).collect()),
        body: body.to_vec(),
        request_id: String::from("ours"),
        sent: crate::provider::http::Sent::default(),
    }
}

/// The three forms of Autodiscover, from the same bytes: an address that is found is https, without a sign-in, and one
/// that the access screen takes, too.
pub(crate) fn autodiscover(data: &[u8]) {
    for found in autodiscover::any(data) {
        assert_eq!(found.scheme(), "https", "{found}");
        assert!(found.host_str().is_some_and(|host| !host.is_empty()), "{found}");
        assert!(found.username().is_empty() && found.password().is_none(), "{found}");
        let _ = server::check(found.as_str(), false).is_ok();
    }
    let text = String::from_utf8_lossy(data);
    if let Ok(mailbox) = text.trim().parse::<Address>() {
        for request in [soap::user_settings(&mailbox, "https://x.example/"), soap::outlook_settings(&mailbox)]
        {
            assert!(Document::parse(&request).is_ok(), "a request that can be read");
        }
    }
}
