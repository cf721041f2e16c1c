//! The directory search against a directory that answers like a server: prefixes of name words, caps, pages, and other
//! people's entries.

use super::{
    super::stub::{Reply, Seen, Stub, access, address, envelope, fault, folder, names, people},
    *,
};
use crate::{
    domain::{believed::Doubt, customer::Listing, failure::FailureKind},
    provider::listed::Listed,
};

type Entry = (String, String);

/// A directory of so many people with different names.
fn directory(count: usize) -> Vec<Entry> {
    (0..count)
        .map(|n| {
            let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap());
            let name = format!("{}{}{} Person{n}", letter(n), letter(n / 26), letter(n / 676));
            (name, format!("u{n}@customer.example"))
        })
        .collect()
}

/// Entries of which some word begins like this, in lower case.
fn matching(all: &[Entry], query: &str) -> Vec<Entry> {
    let begins = |(name, _): &&Entry| name.to_lowercase().split(' ').any(|word| word.starts_with(query));
    all.iter().filter(begins).cloned().collect()
}

/// Answers like a server that shows at most `cap` people per query, `per_page` at a time.
fn serve(all: &[Entry], cap: usize, per_page: usize, seen: &Seen) -> Reply {
    if seen.body.contains("GetFolder") {
        return folder();
    }
    let found = matching(all, &seen.text("QueryString"));
    let document = roxmltree::Document::parse(&seen.body).unwrap();
    let view = document.descendants().find(|n| n.tag_name().name() == "IndexedPageItemView").unwrap();
    let offset: usize = view.attribute("Offset").unwrap().parse().unwrap();
    let page: Vec<_> = found.into_iter().take(cap).skip(offset).take(per_page).collect();
    people(&page)
}

/// Lists by search: addresses and notes.
async fn search_all(stub: &Stub) -> Result<(Vec<String>, Vec<String>), FailureKind> {
    let (sink, mut items) = mpsc::channel(4);
    let exchange = stub.exchange.clone();
    let listing =
        tokio::spawn(async move { exchange.list_mailboxes(&access(Listing::Directory), sink).await });
    let (mut rows, mut notes) = (Vec::new(), Vec::new());
    while let Some(item) = items.recv().await {
        match item {
            Listed::Page(page) => {
                let addresses =
                    (0..page.len()).filter_map(|at| page.row(at)).map(|r| r.address.as_str().to_owned());
                rows.extend(addresses);
            }
            Listed::Note(note) => notes.push(note.words().to_string()),
            Listed::Whole(_) | Listed::Kinds(_) | Listed::Doubt(_) => {}
        }
    }
    rows.sort();
    listing.await.unwrap().map_err(|failure| failure.kind)?;
    Ok((rows, notes))
}

/// Lists by search: how many were found, and why they are not everybody.
async fn doubt(stub: &Stub) -> (u32, Option<Doubt>) {
    let (sink, mut items) = mpsc::channel(4);
    let exchange = stub.exchange.clone();
    let listing =
        tokio::spawn(async move { exchange.list_mailboxes(&access(Listing::Directory), sink).await });
    let mut doubt = None;
    while let Some(item) = items.recv().await {
        doubt = if let Listed::Doubt(why) = item { Some(why) } else { doubt };
    }
    (listing.await.unwrap().unwrap(), doubt)
}

#[tokio::test]
async fn a_directory_that_does_not_show_the_sample_is_not_everybody() {
    let sample = ("Ana Brennan".to_owned(), "ANA@customer.example".to_owned());
    let with = |mut all: Vec<Entry>| {
        all.push(sample.clone());
        all
    };
    for (all, expected) in [
        (directory(5), (5, Some(Doubt::WithoutSample(address("ana@customer.example"))))),
        (vec![], (0, Some(Doubt::Empty))),
        (with(directory(5)), (6, None)),
        (with(vec![]), (1, None)),
    ] {
        let stub = Stub::start(move |seen| serve(&all, 100, 100, seen)).await;
        assert_eq!(doubt(&stub).await, expected);
    }
}

#[tokio::test]
async fn an_answer_of_find_people_that_tells_nothing_is_not_nobody() {
    let found = |seen: &Seen, answer: &str| {
        if seen.body.contains("GetFolder") {
            return folder();
        }
        Reply::new(200, envelope(answer))
    };
    let wrapped = |persona: &str| {
        format!(
            "<m:FindPeopleResponse xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\" xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\"><m:ResponseMessages><m:FindPeopleResponseMessage ResponseClass=\"Success\">\
             <m:ResponseCode>NoError</m:ResponseCode><m:People>{persona}</m:People></m:FindPeopleResponseMessage>\
             </m:ResponseMessages></m:FindPeopleResponse>"
        )
    };
    let ana = "<t:Persona><t:DisplayName>Ana Brennan</t:DisplayName><t:EmailAddress>\
               <t:EmailAddress>ana@customer.example</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType>\
               <t:MailboxType>Mailbox</t:MailboxType></t:EmailAddress></t:Persona>";
    let answer = wrapped(ana);
    let stub = Stub::start(move |seen| found(seen, &answer)).await;
    assert_eq!(doubt(&stub).await, (1, None));
    let bare = "<m:FindPeopleResponse xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\" xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\" ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode>\
                </m:FindPeopleResponse>";
    let stub = Stub::start(move |seen| found(seen, bare)).await;
    assert_eq!(search_all(&stub).await, Err(FailureKind::Malformed));
}

#[tokio::test]
async fn everybody_is_found_once_whatever_the_cap_and_the_page() {
    for (cap, per_page) in [(100, 100), (1_000, 100), (100, 37)] {
        let all = directory(260);
        let expected = all.len();
        let stub = Stub::start(move |seen| serve(&all, cap, per_page, seen)).await;
        let (rows, notes) = search_all(&stub).await.unwrap();
        assert_eq!(rows.len(), expected, "cap {cap}, page {per_page}");
        assert!(notes[0].contains("Found by searching"), "{notes:?}");
        assert!(
            stub.seen().iter().all(|seen| seen.mailbox().ends_with("@customer.example")),
            "always as a user"
        );
        assert!(
            stub.seen().iter().all(|s| !s.body.contains("FindPeople") || !s.text("QueryString").is_empty())
        );
    }
}

#[tokio::test]
async fn too_many_alike_is_said() {
    let all: Vec<_> = (0..400).map(|n| ("aaaaa".to_owned(), format!("u{n}@customer.example"))).collect();
    let stub = Stub::start(move |seen| serve(&all, 100, 100, seen)).await;
    let (rows, notes) = search_all(&stub).await.unwrap();
    assert_eq!(rows.len(), 100);
    assert!(notes.iter().any(|note| note.contains("incomplete")), "{notes:?}");
}

#[tokio::test]
async fn other_customers_entries_are_counted_and_never_shown_or_opened() {
    let mut all = directory(5);
    all.push(("Zoe Other".into(), "zoe@neighbour.example".into()));
    all.push(("Yan Other".into(), "yan@neighbour.example".into()));
    let stub = Stub::start(move |seen| serve(&all, 100, 100, seen)).await;
    let (rows, notes) = search_all(&stub).await.unwrap();
    assert_eq!(rows.len(), 5);
    assert!(notes.iter().any(|note| note.contains("2 entries outside")), "{notes:?}");
    assert!(notes.iter().all(|note| !note.contains("neighbour")));
    assert!(stub.seen().iter().all(|seen| !seen.mailbox().contains("neighbour")));
}

#[tokio::test]
async fn names_in_other_scripts_are_learnt() {
    let all = vec![
        ("Ana Ñandú".to_owned(), "ana@customer.example".to_owned()),
        ("Ñusta".to_owned(), "nusta@customer.example".to_owned()),
    ];
    let stub = Stub::start(move |seen| serve(&all, 100, 100, seen)).await;
    let (rows, _) = search_all(&stub).await.unwrap();
    assert_eq!(rows, ["ana@customer.example", "nusta@customer.example"]);
}

#[tokio::test]
async fn a_server_without_find_people_is_asked_by_names() {
    let all = directory(230);
    let stub = Stub::start(move |seen| {
        if seen.body.contains("FindPeople") {
            fault("ErrorInvalidRequest", "")
        } else if seen.body.contains("ResolveNames") {
            let found = matching(&all, &seen.text("UnresolvedEntry"));
            names(&found.into_iter().take(100).collect::<Vec<_>>())
        } else {
            folder()
        }
    })
    .await;
    let (rows, _) = search_all(&stub).await.unwrap();
    assert_eq!(rows.len(), 230);
    assert!(stub.seen().iter().filter(|seen| seen.body.contains("FindPeople")).count() <= WORKERS);
}

/// A server that knows names only, and answers what is asked of them like this.
async fn names_only(answer: impl Fn(&str) -> Reply + Clone + Send + Sync + 'static) -> Stub {
    Stub::start(move |seen| {
        if seen.body.contains("FindPeople") {
            fault("ErrorInvalidRequest", "")
        } else if seen.body.contains("ResolveNames") {
            answer(&seen.text("UnresolvedEntry"))
        } else {
            folder()
        }
    })
    .await
}

#[tokio::test]
async fn an_answer_that_lacks_its_last_name_is_searched_further() {
    let all = directory(120);
    let stub = names_only(move |query| {
        let found = matching(&all, query);
        let reply = names(&found.iter().take(20).cloned().collect::<Vec<_>>());
        let last = if found.len() > 20 { "\"false\"" } else { "\"true\"" };
        reply.replacing("\"true\"", last)
    })
    .await;
    let (rows, _) = search_all(&stub).await.unwrap();
    assert_eq!(rows.len(), 120, "only the mark tells that more are there");
    assert!(stub.seen().iter().all(|seen| {
        !seen.body.contains("ResolveNames") || seen.body.contains("ReturnFullContactData=\"true\"")
    }));
}

#[tokio::test]
async fn entries_without_a_mail_address_are_counted_and_said() {
    let stub = names_only(|query| {
        let reply =
            names(&[("Ana A".into(), "ana@customer.example".into()), ("Ben B".into(), "/o=x/cn=ben".into())]);
        let reply = reply
            .replacing("ben</t:EmailAddress><t:RoutingType>SMTP", "ben</t:EmailAddress><t:RoutingType>EX");
        if query == "a" || query == "b" { reply } else { names(&[]) }
    })
    .await;
    let (rows, notes) = search_all(&stub).await.unwrap();
    assert_eq!(rows, ["ana@customer.example"]);
    let told = "The address book names 1 mailbox without a mail address, left out here. Paste a list at Access to be sure.";
    assert!(notes.iter().any(|note| note == told), "{notes:?}");
}

#[tokio::test]
async fn it_never_searches_as_somebody_whom_it_may_not_open() {
    let stub = Stub::start(|_| fault("ErrorImpersonateUserDenied", "")).await;
    assert_eq!(search_all(&stub).await, Err(FailureKind::Refused));
    assert_eq!(stub.seen().len(), 1);
}

#[tokio::test]
async fn a_search_that_fails_fails_the_listing() {
    let stub = Stub::start(|seen| {
        if seen.body.contains("GetFolder") { folder() } else { fault("ErrorNameResolutionNoMailbox", "") }
    })
    .await;
    assert_eq!(search_all(&stub).await, Err(FailureKind::Refused));
}

#[test]
fn round_numbers_look_like_caps() {
    for (received, expected) in
        [(0, false), (50, false), (99, false), (100, true), (101, false), (250, true), (1_000, true)]
    {
        assert_eq!(is_at_a_cap(received), expected, "{received}");
    }
    assert_eq!(address("a@b.example").domain(), "b.example");
}
