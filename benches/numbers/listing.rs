//! Listing users by our client, beside a bare loop that only follows the next links: the same server, the same pages, one
//! connection each, in turns.

use std::time::{Duration, Instant};

use backup365::{domain::cloud::Cloud, provider::graph::Memory};
use memchr::memmem;

use crate::{
    figures::{grouped, median, millis, short},
    server::{CLIENT, SECRET, Server, tenant},
    table::{Report, Row},
    tool::Tool,
    world::{SIZES, Stage, listed},
};

/// Where the global cloud signs in, and its Graph.
const AUTHORITY: &str = Cloud::Global.login();
const GRAPH: &str = Cloud::Global.graph();

/// What our client asks for, so that both read the same bytes (`provider/graph/list.rs`).
const QUERY: &str = "$select=id,displayName,userPrincipalName,mail,accountEnabled,userType,department,\
                     assignedLicenses,assignedPlans,proxyAddresses,createdDateTime&$top=999";

/// Turns, by size: all together about a minute.
const TURNS: [usize; 4] = [41, 15, 5, 5];

/// The bare loop.
struct Loop<'a> {
    client: reqwest::Client,
    address: &'a str,
    token: String,
}

/// How long a server of the real world may take for a page, at the very least; a guess.
const SLOW: &str = "slow=50ms";

/// Users that are listed from the slow server, and turns.
const SLOW_TURNS: (usize, usize) = (100_000, 3);

/// Measures it.
pub(crate) fn measure(stage: &Stage) -> Report {
    let mut row =
        Row::new("listing 10,000, 100,000, 500,000 users, beside a bare loop over the links", "within 5 %");
    let mut details = vec!["listing: medians, milliseconds".to_owned()];
    let mut shares = Vec::new();
    for (size, turns) in SIZES.into_iter().zip(TURNS) {
        let (share, words) = compared(stage, &stage.server, size, turns);
        details.push(words);
        if size > 100 {
            shares.push(share);
        }
    }
    let (size, turns) = SLOW_TURNS;
    let (slow, words) = compared(stage, &stage.troubled(&[SLOW]), size, turns);
    details.push(format!("{words}, with 50 ms for each page"));
    let percent = |share: &f64| format!("{:+.0} %", (share - 1.0) * 100.0);
    let said = shares.iter().map(percent).collect::<Vec<_>>().join(", ");
    row.put(Tool::Backup365, format!("{said}; with 50 ms for each page {}", percent(&slow)));
    row.judge(shares.iter().chain([&slow]).all(|share| *share <= 1.05));
    Report { rows: vec![row], details }
}

/// Our time as a share of the bare loop's, and a line that says more.
fn compared(stage: &Stage, server: &Server, size: usize, turns: usize) -> (f64, String) {
    let memory = Memory::of(stage.known(size));
    let (ours, bare, bytes) = stage.runtime.block_on(turns_of(stage, server, &memory, (size, turns)));
    // Of each turn its own share: a busy machine is busy for both.
    let share = median(ours.iter().zip(&bare).map(|(ours, bare)| ours / bare).collect());
    let words = format!(
        "  {} users, {} KiB, {turns} turns: ours {}, bare loop {}, ratio of medians {:.3}, median ratio {share:.3}",
        grouped(size),
        grouped(bytes / 1_024),
        short(median(ours.clone())),
        short(median(bare.clone())),
        median(ours) / median(bare),
    );
    (share, words)
}

/// Both in turns; their times in milliseconds, and the bytes of one listing.
async fn turns_of(
    stage: &Stage,
    server: &Server,
    memory: &Memory,
    (size, turns): (usize, usize),
) -> (Vec<f64>, Vec<f64>, usize) {
    let provider = stage.provider_at(server);
    let bare = Loop::new(&server.address, size).await;
    let (mut ours, mut theirs, mut bytes) = (Vec::new(), Vec::new(), 0);
    // What the mailboxes are is known: a listing is nothing but its pages (`kinds` measures the checks).
    for turn in 0..=turns {
        let at = Instant::now();
        let pages = listed(&provider, tenant(size), memory).await;
        let our_time = at.elapsed();
        assert_eq!(pages.iter().map(|page| page.len()).sum::<usize>(), size);
        drop(pages);
        let at = Instant::now();
        bytes = bare.run().await;
        // The first turn opens the connections and fetches our token.
        if turn > 0 {
            ours.push(millis(our_time));
            theirs.push(millis(at.elapsed()));
        }
    }
    (ours, theirs, bytes)
}

impl<'a> Loop<'a> {
    /// Fetches a token.
    async fn new(address: &'a str, size: usize) -> Self {
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .tcp_nodelay(true)
            .timeout(Duration::from_mins(1))
            .build()
            .unwrap();
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        let answer = client
            .post(format!("{address}/{}/oauth2/v2.0/token", tenant(size)))
            .header("host", AUTHORITY.trim_start_matches("https://"))
            .form(&form)
            .send()
            .await
            .unwrap();
        let answer: serde_json::Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        let token = answer["access_token"].as_str().unwrap().to_owned();
        Self { client, address, token }
    }

    /// Reads page after page; how many bytes that was.
    async fn run(&self) -> usize {
        let mut bytes = 0;
        let mut next = Some(format!("{GRAPH}/v1.0/users?{QUERY}"));
        while let Some(link) = next {
            let path = link.strip_prefix(GRAPH).unwrap();
            let answer = self
                .client
                .get(format!("{}{path}", self.address))
                .header("host", GRAPH.trim_start_matches("https://"))
                .bearer_auth(&self.token)
                .send()
                .await
                .unwrap();
            assert!(answer.status().is_success());
            let body = answer.bytes().await.unwrap();
            bytes += body.len();
            next = next_link(&body);
        }
        bytes
    }
}

/// The next link of a page, found without reading the page as JSON: it stands before the rows and holds nothing escaped.
fn next_link(body: &[u8]) -> Option<String> {
    let mark = b"\"@odata.nextLink\":\"";
    let from = memmem::find(body, mark)? + mark.len();
    let len = memchr::memchr(b'"', &body[from..])?;
    Some(String::from_utf8_lossy(&body[from..from + len]).into_owned())
}
