//! The server: the first rule that fits a request answers it. It knows HTTP/1.1 just as far as the program speaks it, and
//! nothing of Microsoft: all it says stands in the data.

use std::{
    collections::BTreeMap,
    fmt,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use flate2::{Compression, write::GzEncoder};
use serde::Deserialize;

/// Answers by name.
pub(super) type Frames = BTreeMap<String, Frame>;

/// An answer with gaps (`{code}`) that a rule fills in.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Frame {
    status: u16,
    #[serde(default)]
    headers: Vec<String>,
    #[serde(default)]
    answer: String,
    /// What stands for each of a rule's `rows`, with the gap `{row}`; all of them fill `{rows}` of the answer.
    #[serde(default)]
    row: String,
}

/// How the bytes of an answer differ from plain UTF-8 with a length.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Form {
    /// A byte order mark comes first.
    Bom,
    /// ISO-8859-1.
    Latin1,
    /// UTF-16, low bytes first, with its mark.
    Utf16,
    /// Compressed, and the header says so.
    Gzip,
    /// In chunks of seven bytes, which cut names and characters in two.
    Chunked,
}

/// When it fits, and what is answered.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    /// Host and path as asked for, `*` for anything, in any case.
    at: String,
    /// `GET` or `POST`; none for both.
    method: Option<String>,
    /// Words of the body, all of them, in any case.
    #[serde(default)]
    body: Vec<String>,
    /// Only requests without a sign-in.
    #[serde(default)]
    is_unsigned: bool,
    /// How often it fits; none for always. A case is wrong unless it was asked that often, or at least once.
    times: Option<usize>,
    /// It stands there to show that it is not asked.
    #[serde(default)]
    is_never_asked: bool,
    /// The connection is closed without a word.
    #[serde(default)]
    is_dropped: bool,
    status: Option<u16>,
    /// `Name: value`.
    #[serde(default)]
    headers: Vec<String>,
    answer: Option<String>,
    /// The frame that is filled in, and with what.
    frame: Option<String>,
    #[serde(default)]
    fill: BTreeMap<String, String>,
    #[serde(default)]
    rows: Vec<String>,
    #[serde(default)]
    form: Vec<Form>,
}

impl Rule {
    /// Whether it has to be asked.
    pub(super) const fn is_asked(&self) -> bool {
        !self.is_never_asked
    }

    /// What is wrong with how often it was used.
    fn misuse(&self, used: usize) -> Option<String> {
        let is_right = match self.times {
            _ if self.is_never_asked => used == 0,
            Some(times) => used == times,
            None => used > 0,
        };
        (!is_right).then(|| format!("the rule for {} {:?} was used {used} times", self.at, self.body))
    }

    /// The body, from the rule's own words or the frame's, with its gaps filled.
    fn body(&self, frame: Option<&Frame>) -> Vec<u8> {
        let own = self.answer.as_ref().filter(|answer| !answer.is_empty());
        let mut body = own.or_else(|| frame.map(|frame| &frame.answer)).cloned().unwrap_or_default();
        let row = frame.map(|frame| frame.row.trim()).unwrap_or_default();
        let rows: Vec<String> = self.rows.iter().map(|name| row.replace("{row}", name)).collect();
        body = body.replace("{rows}", &rows.join(",\n"));
        for (gap, words) in &self.fill {
            body = body.replace(&format!("{{{gap}}}"), words);
        }
        let body = body.trim_start_matches('\n');
        if self.form.contains(&Form::Latin1) {
            return body.chars().map(|letter| u8::try_from(letter).unwrap()).collect();
        }
        if self.form.contains(&Form::Utf16) {
            return format!("\u{feff}{body}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        }
        let mark = if self.form.contains(&Form::Bom) { "\u{feff}" } else { "" };
        format!("{mark}{body}").into_bytes()
    }
}

/// One request as it came.
#[derive(Clone)]
pub(super) struct Request {
    method: String,
    /// Host and path, `%20` and `%24` written out.
    at: String,
    body: String,
    is_signed: bool,
    status: u16,
}

impl Request {
    /// Whether it went there and held these words.
    pub(super) fn is_at(&self, at: &str, body: &[String]) -> bool {
        fits(&at.to_lowercase(), &self.at.to_lowercase()) && holds(&self.body, body)
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} -> {}", self.method, self.at, self.status)
    }
}

/// The words are all in the text, whatever their case.
fn holds(text: &str, words: &[String]) -> bool {
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(&word.to_lowercase()))
}

/// A pattern in which `*` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// The server; ends when it is dropped.
pub(super) struct Server {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    /// The rules, each with how often it was used.
    rules: Mutex<Vec<(Rule, usize)>>,
    frames: Frames,
    log: Mutex<Vec<Request>>,
    is_over: AtomicBool,
}

impl Server {
    /// Listens on a free port of this computer.
    pub(super) fn start(frames: &Frames) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            rules: Mutex::new(Vec::new()),
            frames: frames.clone(),
            log: Mutex::new(Vec::new()),
            is_over: AtomicBool::new(false),
        });
        let behind = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if behind.is_over.load(Ordering::Relaxed) {
                    break;
                }
                let behind = Arc::clone(&behind);
                thread::spawn(move || stream.map(|stream| behind.serve(&stream)));
            }
        });
        Self { port, shared }
    }

    /// Where it listens, as an origin.
    pub(super) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on these rules hold, the first that fits; what was asked before is forgotten.
    pub(super) fn play(&self, rules: impl Iterator<Item = Rule>) {
        *self.shared.rules.lock().unwrap() = rules.map(|rule| (rule, 0)).collect();
        self.shared.log.lock().unwrap().clear();
    }

    /// What is wrong with how often the first rules were used, which are a case's own.
    pub(super) fn misuses(&self, own: usize) -> Vec<String> {
        let rules = self.shared.rules.lock().unwrap();
        rules.iter().take(own).filter_map(|(rule, used)| rule.misuse(*used)).collect()
    }

    /// What was asked.
    pub(super) fn requests(&self) -> Vec<Request> {
        self.shared.log.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        // A last connection wakes the thread that waits for one.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

impl Shared {
    /// Answers one request and closes. A client that goes away is no trouble of the test.
    fn serve(&self, stream: &TcpStream) {
        let Some(mut request) = read(stream) else { return };
        let rule = self.rule(&request);
        let frame = rule.as_ref().and_then(|rule| rule.frame.as_ref()).map(|name| &self.frames[name]);
        let status = rule.as_ref().and_then(|rule| rule.status).or_else(|| frame.map(|frame| frame.status));
        let status = status.unwrap_or(if rule.is_some() { 200 } else { 404 });
        request.status = status;
        self.log.lock().unwrap().push(request);
        let rule = rule.unwrap_or_default();
        if rule.is_dropped {
            return;
        }
        let mut headers = vec![format!("HTTP/1.1 {status} x"), "connection: close".into()];
        headers.extend(frame.iter().flat_map(|frame| &frame.headers).chain(&rule.headers).cloned());
        let mut body = rule.body(frame);
        if rule.form.contains(&Form::Gzip) {
            headers.push("content-encoding: gzip".into());
            let mut packed = GzEncoder::new(Vec::new(), Compression::default());
            packed.write_all(&body).unwrap();
            body = packed.finish().unwrap();
        }
        if rule.form.contains(&Form::Chunked) {
            headers.push("transfer-encoding: chunked".into());
            let pieces = body.chunks(7).flat_map(|piece| {
                [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n".as_slice()].concat()
            });
            body = pieces.chain(*b"0\r\n\r\n").collect();
        } else {
            headers.push(format!("content-length: {}", body.len()));
        }
        let head = headers.join("\r\n");
        let mut stream = stream;
        if stream.write_all(&[format!("{head}\r\n\r\n").as_bytes(), &body].concat()).is_err() {
            return;
        }
        // Whoever asked closes first, or has read all: a reset must not eat the answer.
        drop(stream.shutdown(std::net::Shutdown::Write));
    }

    /// The first rule that fits and is not used up.
    fn rule(&self, request: &Request) -> Option<Rule> {
        let mut rules = self.rules.lock().unwrap();
        let (rule, used) = rules.iter_mut().find(|(rule, used)| {
            rule.times.is_none_or(|times| *used < times)
                && rule.method.as_ref().is_none_or(|method| *method == request.method)
                && !(rule.is_unsigned && request.is_signed)
                && request.is_at(&rule.at, &rule.body)
        })?;
        *used += 1;
        Some(rule.clone())
    }
}

/// Reads one request; none when the other side only came to wake us.
fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (mut host, mut length, mut is_signed) = (String::new(), 0, false);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        match name.to_lowercase().as_str() {
            "host" => value.trim().clone_into(&mut host),
            "content-length" => length = value.trim().parse().ok()?,
            "authorization" => is_signed = true,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let at = format!("{host}{path}").replace("%20", " ").replace("%24", "$").replace("%27", "'");
    let body = String::from_utf8_lossy(&body).into_owned();
    Some(Request { method, at, body, is_signed, status: 0 })
}
