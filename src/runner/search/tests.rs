//! A search in parts against one plain scan.

use proptest::prelude::*;
use tokio::sync::mpsc;

use super::*;

/// Runs a search to its end; the parts, the last one last.
async fn parts(job: Job) -> Vec<Vec<PageHits>> {
    let (out, mut replies) = mpsc::channel(64);
    let line = ReplySender { out, wake: Arc::new(|| {}), first_rows: Arc::default() };
    let last = job.run(&line, CallId(1)).await.unwrap();
    drop(line);
    let mut parts = Vec::new();
    while let Some((_, reply)) = replies.recv().await {
        let Reply::Hits(found) = reply else { panic!("{reply:?}") };
        assert!(!found.is_empty(), "a part that says nothing");
        parts.push(found);
    }
    let Reply::Searched(found) = last else { panic!("{last:?}") };
    parts.push(found);
    parts
}

/// One page after the other.
fn plain(pages: &[Arc<UserPage>], typed: &str) -> Vec<PageHits> {
    let query = Query::parse(typed);
    let found =
        (7..).zip(pages).map(|(page, users)| PageHits { page, bits: Search::of(&query).page(users, None) });
    found.filter(|found| found.bits.iter().any(|word| *word != 0)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_parts_together_are_one_plain_scan(
        names in prop::collection::vec(prop::collection::vec("[abé]{1,3}", 0..90), 0..60),
        before in "[abé]{0,1}",
        more in "[abé]{0,2}",
        is_narrowed in any::<bool>(),
    ) {
        let pages: Vec<Arc<UserPage>> = names.iter().map(|names| UserPage::named(names)).collect();
        let typed = format!("{before}{more}");
        let within = is_narrowed.then(|| {
            let query = Query::parse(&before);
            pages.iter().map(|page| Search::of(&query).page(page, None)).collect()
        });
        let job = Job::new(&typed, 7, pages.clone(), within, CancellationToken::new());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let parts = runtime.block_on(parts(job));
        prop_assert!(parts.iter().all(|part| part.is_sorted_by_key(|found| found.page)));
        let whole = plain(&pages, &typed);
        prop_assert_eq!(parts.concat(), whole);
    }
}

#[tokio::test]
async fn half_a_million_come_in_few_parts_and_the_first_is_small() {
    let name = |has_hit: bool| UserPage::named(&vec![if has_hit { "Ana" } else { "Bo" }.to_owned(); 999]);
    let (hit, miss) = (name(true), name(false));
    for (case, first_hit, most) in [("all", 0, 2), ("late", 300, 2), ("last", 500, 1), ("none", 501, 1)] {
        let pages = (0..501).map(|at| Arc::clone(if at >= first_hit { &hit } else { &miss })).collect();
        let job = Job::new("ana", 0, pages, None, CancellationToken::new());
        let parts = parts(job).await;
        assert!(parts.len() <= most, "{case}: {} parts", parts.len());
        let first = parts.first().map_or(0, Vec::len);
        assert!(case != "all" || first == 1, "{case}: {first} pages before anything is shown");
    }
    // One hit on every page: the screen fills slowly, and the parts grow.
    let mut rare = vec!["Bo".to_owned(); 999];
    rare[0] = "Ana".to_owned();
    let job = Job::new("ana", 0, vec![UserPage::named(&rare); 501], None, CancellationToken::new());
    let sizes: Vec<usize> = parts(job).await.iter().map(Vec::len).collect();
    assert_eq!(sizes, [8, 32, 128, 333]);
}
