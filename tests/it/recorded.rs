//! Answers that real servers gave, replayed: `tests/recorded/*.toml` holds what was asked, what came, what is right and why,
//! and where it is from; the built binary works in live mode against a small server that knows rules and nothing else.
//!
//! A case fails unless every rule of its own was used as it says: the world answers wherever a case has no rule, so that a
//! program which never asked for the recorded answer would look right. A night says besides who holds a seat after it.
//!
//! The second judge beside the sandbox, which it shares nothing with: no type, no table, no code. A case whose mend is not
//! made yet says what it waits for; it is named on the error output and not run.

mod scene;
mod server;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
};

use serde::Deserialize;
use serde_json::Value;

use self::{
    scene::{Ran, Scene},
    server::{Frames, Rule},
};
use crate::tools::left_out;

/// Cases that are out at once: they mostly wait, some for seconds, as the program does before it asks again.
const AT_ONCE: usize = 8;

/// The world in which everything works: what is answered where a case has no rule.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct World {
    /// Origins that lead to the server.
    origins: Vec<String>,
    /// Answers with a name, which a rule fills in.
    frame: Frames,
    rule: Vec<Rule>,
}

/// One file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Collection {
    case: Vec<Case>,
}

/// One recorded answer, or a few that belong together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// Public places where it was recorded: a program, its issue or file.
    source: Vec<String>,
    /// What is right, and why.
    right: String,
    /// What has to be mended first; the case is not run until then.
    waits_for: Option<String>,
    scene: Scene,
    /// More words for the command.
    #[serde(default)]
    flags: Vec<String>,
    /// A list of addresses in place of a search through the directory.
    #[serde(default)]
    list: Vec<String>,
    /// Origins besides the world's.
    #[serde(default)]
    origins: Vec<String>,
    /// Origins that are reached by TLS, each with the name in the certificate, whose authority is trusted.
    #[serde(default)]
    certificates: BTreeMap<String, String>,
    #[serde(default)]
    rule: Vec<Rule>,
    expect: Expected,
}

/// What the program must make of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    exit: i32,
    /// Values of the JSON on stdout, by pointer.
    #[serde(default)]
    json: BTreeMap<String, Value>,
    /// Words that stdout or stderr must hold.
    #[serde(default)]
    says: Vec<String>,
    /// Words that neither may hold.
    #[serde(default)]
    never: Vec<String>,
    /// How often places must have been asked.
    #[serde(default)]
    asked: Vec<Asked>,
    /// Who is on record as holding a seat, in the order of their addresses; a case about a night has to say it.
    seats: Option<Seats>,
}

/// Holders of seats.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seats {
    /// Turned on, and still there.
    #[serde(default)]
    on: Vec<String>,
    /// Turned on, and gone from the directory.
    #[serde(default)]
    left: Vec<String>,
}

/// Requests that are counted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// Host and path, `*` for anything.
    at: String,
    /// Words of the body, all of them.
    #[serde(default)]
    body: Vec<String>,
    #[serde(default)]
    least: usize,
    #[serde(default = "without_end")]
    most: usize,
}

const fn without_end() -> usize {
    usize::MAX
}

/// Where the data lies.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded")
}

fn read<T: for<'a> Deserialize<'a>>(file: &str) -> T {
    let text = fs::read_to_string(folder().join(file)).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Replays one case: what is wrong, nothing if it is right.
fn replay(world: &World, case: &Case) -> Vec<String> {
    let origins: Vec<String> = world.origins.iter().chain(&case.origins).cloned().collect();
    let ran = scene::run(case, &origins, &world.rule, &world.frame);
    let mut wrong = judge(&case.expect, &ran);
    if !wrong.is_empty() {
        wrong.push(format!("stdout: {}\nstderr: {}", ran.out, ran.err));
        wrong.extend(ran.requests.iter().map(ToString::to_string));
    }
    wrong
}

fn judge(expected: &Expected, ran: &Ran) -> Vec<String> {
    let mut wrong = ran.misuses.clone();
    if let Some(seats) = &expected.seats {
        let holders = |gone: bool| ran.seats.iter().filter(move |seat| seat.1 == gone).map(|seat| &seat.0);
        if !holders(false).eq(&seats.on) || !holders(true).eq(&seats.left) {
            wrong.push(format!("on record with a seat (and whether they left): {:?}", ran.seats));
        }
    }
    if ran.code != expected.exit {
        wrong.push(format!("exit code {}, not {}", ran.code, expected.exit));
    }
    let object: Value = serde_json::from_str(&ran.out).unwrap_or_default();
    for (pointer, value) in &expected.json {
        let found = object.pointer(pointer);
        if found.unwrap_or(&Value::Null) != value {
            wrong.push(format!("{pointer} is {found:?}, not {value}"));
        }
    }
    let said = format!("{}\n{}", ran.out, ran.err);
    let holds = |words: &String| said.contains(words.as_str());
    wrong
        .extend(expected.says.iter().filter(|words| !holds(words)).map(|words| format!("not said: {words}")));
    // There is no key where a command was typed, whatever the trouble.
    let keys = ["press ", "Press ", "Enter "].into_iter().filter(|key| said.contains(key));
    wrong.extend(keys.map(|key| format!("said: {key}")));
    wrong.extend(expected.never.iter().filter(|words| holds(words)).map(|words| format!("said: {words}")));
    for asked in &expected.asked {
        let count = ran.requests.iter().filter(|request| request.is_at(&asked.at, &asked.body)).count();
        if count < asked.least || count > asked.most {
            wrong.push(format!("{} {:?} was asked {count} times", asked.at, asked.body));
        }
    }
    wrong
}

/// Replays a whole file, some cases at once.
fn replay_all(file: &str) {
    let world: World = read("world.toml");
    let collection: Collection = read(file);
    let (waiting, now): (Vec<_>, Vec<_>) =
        collection.case.into_iter().partition(|case| case.waits_for.is_some());
    for case in waiting {
        let mend = case.waits_for.unwrap_or_default();
        left_out(&format!("the mend that {} in {file} waits for ({mend})", case.name));
    }
    let (queue, wrong) = (Mutex::new(VecDeque::from(now)), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(case) = queue.lock().unwrap().pop_front() else { break };
                    let news = replay(&world, &case);
                    if !news.is_empty() {
                        let words = format!("## {} ({})\n{}", case.name, case.right, news.join("\n"));
                        wrong.lock().unwrap().push(words);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{file}:\n{}", wrong.join("\n\n"));
}

/// One test for each file.
macro_rules! collections {
    ($($name:ident),+ $(,)?) => {
        const FILES: &[&str] = &[$(concat!(stringify!($name), ".toml")),+];
        $(#[test]
        fn $name() {
            replay_all(concat!(stringify!($name), ".toml"));
        })+
    };
}

collections!(
    autodiscover,
    autodiscover_answers,
    exchange_proof,
    exchange_listing,
    exchange_faults,
    exchange_front,
    graph,
    graph_refusals,
    graph_rows,
    identity,
    tokens,
    nights,
);

#[test]
fn no_file_is_forgotten_and_every_case_says_what_is_right_and_where_it_is_from() {
    let found: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "world.toml")
        .collect();
    assert_eq!(found, FILES.iter().map(|name| (*name).to_owned()).collect());
    let mut names = BTreeSet::new();
    for file in FILES {
        for case in read::<Collection>(file).case {
            assert!(names.insert(case.name.clone()), "{} is there twice", case.name);
            assert!(!case.source.is_empty() && case.right.len() > 20, "{}", case.name);
            let expect = &case.expect;
            let is_judged = !(expect.json.is_empty() && expect.says.is_empty() && expect.asked.is_empty());
            let is_night = matches!(case.scene, Scene::HostedNight | Scene::TenantNight);
            assert!(!is_night || expect.seats.is_some(), "{} does not say who is on record", case.name);
            let is_told = case.rule.iter().any(Rule::is_asked) || !case.certificates.is_empty();
            assert!(is_told, "{} has no answer of its own", case.name);
            assert!(is_judged || case.waits_for.is_some(), "{} is judged by its exit code only", case.name);
        }
    }
    assert!(names.len() >= 265, "{} cases", names.len());
}
