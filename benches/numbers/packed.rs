//! A page of 999 users with real plans, plain and packed: by the client itself, over a line of 10 Mbit/s.
//!
//! The users have the 80 plans of Microsoft 365 E5, each in the form in which Graph writes it; the ids are invented. The
//! server is this process: it packs where it is asked to, and writes no faster than the line.

use std::{
    fmt::Write as _,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use backup365::{
    domain::time::{Clock, Moment},
    provider::http::{Call, Http, HttpOptions, Method, Network},
};
use flate2::{Compression, write::GzEncoder};

use crate::{
    figures::{grouped, median, millis, short},
    table::{Report, Row},
    tool::Tool,
    world::Stage,
};

/// Users of one page, as many as Graph gives.
const USERS: u64 = 999;

/// Plans of one user: those of Microsoft 365 E5.
const PLANS: u64 = 80;

/// The line: bytes in each step of 10 ms, 10 Mbit/s.
const STEP: (usize, Duration) = (12_500, Duration::from_millis(10));

/// Turns of each.
const TURNS: usize = 5;

/// Services that plans belong to, as Graph names them.
const SERVICES: [&str; 8] = [
    "exchange",
    "SharePoint",
    "MicrosoftOffice",
    "TeamspaceAPI",
    "AADPremiumService",
    "ProcessSimple",
    "YammerEnterprise",
    "SCO",
];

/// Measures it.
pub(crate) fn measure(stage: &Stage) -> Report {
    let page = Arc::new(page());
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(4));
    encoder.write_all(&page).unwrap();
    let packed = Arc::new(encoder.finish().unwrap());
    let mut row = Row::new(
        "a page of 999 users with 80 plans each, packed, on a line of 10 Mbit/s",
        "a tenth of plain",
    );
    let time = |body: &Arc<Vec<u8>>, is_packed, step| {
        let origin = serve(Arc::clone(body), is_packed, step);
        stage.runtime.block_on(times(&origin, page.len()))
    };
    let (plain_slow, packed_slow) = (time(&page, false, STEP), time(&packed, true, STEP));
    let free = (usize::MAX, Duration::ZERO);
    let (plain_free, packed_free) = (time(&page, false, free), time(&packed, true, free));
    row.put(Tool::Backup365, format!("{} KiB, {} ms", grouped(packed.len() / 1_024), short(packed_slow)));
    row.judge(packed.len() * 10 <= page.len() && packed_slow * 10.0 <= plain_slow);
    let details = vec![
        "packed: medians, milliseconds, of a page of 999 users".to_owned(),
        format!(
            "  plain, {} bytes: 10 Mbit/s {}, no limit {}",
            grouped(page.len()),
            short(plain_slow),
            short(plain_free)
        ),
        format!(
            "  packed, {} bytes: 10 Mbit/s {}, no limit {}",
            grouped(packed.len()),
            short(packed_slow),
            short(packed_free)
        ),
    ];
    Report { rows: vec![row], details }
}

/// Milliseconds of a page, by the median.
async fn times(origin: &str, length: usize) -> f64 {
    let http = Http::new(HttpOptions {
        origins: vec![("https://graph.microsoft.com".into(), origin.into())],
        is_total: true,
        clock: Clock::fixed(Moment::from_millis(0)),
        network: Network::default(),
    })
    .unwrap();
    let mut times = Vec::new();
    for _turn in 0..TURNS {
        let call = Call {
            method: Method::Get,
            url: "https://graph.microsoft.com/v1.0/users".parse().unwrap(),
            headers: Vec::new(),
            body: None,
            deadline: Duration::from_mins(2),
            max_body_bytes: 64 * 1024 * 1024,
            is_safe_to_repeat: true,
        };
        let at = Instant::now();
        let answer = http.send_to_api(call).await.unwrap();
        times.push(millis(at.elapsed()));
        assert_eq!(answer.body.len(), length);
    }
    median(times)
}

/// Answers every request with this body, as fast as the line lets it; its origin. Ends with the process.
fn serve(body: Arc<Vec<u8>>, is_packed: bool, step: (usize, Duration)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for socket in listener.incoming() {
            answer(&socket.unwrap(), &body, is_packed, step);
        }
    });
    origin
}

/// Answers one request, and closes.
fn answer(mut socket: &TcpStream, body: &[u8], is_packed: bool, (bytes, pause): (usize, Duration)) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        socket.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    assert!(String::from_utf8_lossy(&head).contains("accept-encoding: gzip"));
    let encoding = if is_packed { "content-encoding: gzip\r\n" } else { "" };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{encoding}content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).unwrap();
    let began = Instant::now();
    for (nth, part) in (0_u32..).zip(body.chunks(bytes)) {
        // Where the line would be: a sleep that was too long is made up for.
        thread::sleep((pause * nth).saturating_sub(began.elapsed()));
        socket.write_all(part).unwrap();
    }
}

/// The page. No two users have the same ids, names or days; the plans are the same for all, as in a tenant.
fn page() -> Vec<u8> {
    let mut text =
        String::from("{\"@odata.context\":\"https://graph.microsoft.com/v1.0/$metadata#users\",\"value\":[");
    for user in 0..USERS {
        let comma = if user > 0 { "," } else { "" };
        write!(
            text,
            "{comma}{{\"id\":\"{}\",\"displayName\":\"User {user}\",\"userPrincipalName\":\"user{user}@measured.example\",\
             \"mail\":\"user{user}@measured.example\",\"accountEnabled\":true,\"userType\":\"Member\",\"department\":\"Ward {}\",\
             \"createdDateTime\":\"2024-03-{:02}T09:20:{:02}Z\",\"proxyAddresses\":[\"SMTP:user{user}@measured.example\",\
             \"smtp:user{user}@measured.onmicrosoft.com\"],\"assignedLicenses\":[{{\"disabledPlans\":[],\"skuId\":\
             \"06ebc4ee-1bb5-47dd-8120-11324bc54e06\"}}],\"assignedPlans\":[",
            guid(user),
            user % 17,
            user % 28 + 1,
            user % 60
        )
        .unwrap();
        for plan in 0..PLANS {
            let comma = if plan > 0 { "," } else { "" };
            let (day, second) = ((user + plan / 20) % 28 + 1, (user * 7 + plan / 20) % 60);
            let service = SERVICES[usize::try_from(plan).unwrap() % SERVICES.len()];
            write!(
                text,
                "{comma}{{\"assignedDateTime\":\"2024-04-{day:02}T11:05:{second:02}Z\",\"capabilityStatus\":\"Enabled\",\
                 \"service\":\"{service}\",\"servicePlanId\":\"{}\"}}",
                guid(1_000_000 + plan)
            )
            .unwrap();
        }
        text.push_str("]}");
    }
    text.push_str("]}");
    text.into_bytes()
}

/// An id without a pattern that could be packed, the same in each run: splitmix64, as its authors publish it.
fn guid(seed: u64) -> uuid::Uuid {
    let mix = |seed: u64| {
        let z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    uuid::Uuid::from_u64_pair(mix(seed * 2 + 1), mix(seed * 2 + 2))
}
