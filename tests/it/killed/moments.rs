//! SIGKILL at random moments inside every write, from a home that was prepared at its step.
//!
//! The moments are drawn from the time before a write's first effect to well after its last: a kill that came too early
//! makes the next delays of that write longer, one that came too late shorter. After each kill everything on disk is
//! checked, the program is started again, must show the step that is on record, and is used up to the receipt.
//! `BACKUP365_SEED` draws other moments.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    onward::{Manner, OnRecord, go_on, step},
    whole,
};
use crate::terminal::{Home, Record, Terminal};

/// Windows that are open at once: most of the time each waits.
const AT_ONCE: usize = 3;

/// How long a write may take, machines that are shared included.
pub(super) const DEADLINE: Duration = Duration::from_mins(1);

/// Numbers that look random and are the same every time (`SplitMix64`, public domain).
pub(crate) struct Seeded(u64);

impl Seeded {
    /// Of one kill of one write.
    pub(crate) fn new(name: &str, nth: usize) -> Self {
        let seed = std::env::var("BACKUP365_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1_u64);
        let name = name.bytes().fold(seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        Self(name.wrapping_mul(1_000).wrapping_add(u64::try_from(nth).unwrap()))
    }

    /// A share, 0 to 1.
    pub(crate) fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap()) / f64::from(u32::MAX)
    }
}

/// One kind of write.
pub(super) struct Write<'a> {
    /// What it is called when something goes wrong.
    pub(super) name: &'static str,
    /// The home that it begins from.
    pub(super) station: &'a Home,
    /// Arguments of the program.
    pub(super) arguments: Vec<String>,
    /// From the start to the moment before the write.
    pub(super) before: fn(&mut Terminal),
    /// What begins it; nothing where the start does.
    pub(super) keys: &'static str,
    /// Whether all of it is on disk.
    pub(super) is_done: fn(&Home) -> bool,
    /// What else must be true after the kill; is told whether the write was done.
    pub(super) then: fn(&Home, bool),
    /// Goes on after the restart; is told the same.
    pub(super) again: fn(&Home, &mut Terminal, bool),
    /// How many kills.
    pub(super) kills: usize,
}

/// What is known of the pace of one write, and how the kills fell.
struct Pace {
    /// About how long it takes.
    takes: Mutex<Duration>,
    early: AtomicUsize,
    late: AtomicUsize,
}

impl Write<'_> {
    /// Does it once undisturbed and says how long that took.
    fn measured(&self) -> Duration {
        let home = self.station.copied();
        let mut terminal = self.begun(&home);
        let begun = Instant::now();
        terminal.keys(self.keys);
        while !(self.is_done)(&home) {
            assert!(begun.elapsed() < DEADLINE, "{}: never done; it shows:\n{}", self.name, terminal.text());
            thread::sleep(Duration::from_millis(1));
        }
        let took = begun.elapsed();
        terminal.strike();
        took
    }

    /// The program at the moment before the write.
    fn begun(&self, home: &Home) -> Terminal {
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        let mut terminal = Terminal::start(home, &arguments);
        (self.before)(&mut terminal);
        terminal
    }

    /// One kill.
    fn kill(&self, pace: &Pace, nth: usize) {
        let home = self.station.copied();
        let delay = pace.takes.lock().unwrap().mul_f64(1.3 * Seeded::new(self.name, nth).share());
        let tried = catch_unwind(AssertUnwindSafe(|| {
            let mut terminal = self.begun(&home);
            terminal.keys(self.keys);
            thread::sleep(delay);
            terminal.strike();
            let is_done = (self.is_done)(&home);
            pace.fell(is_done);
            whole::check(&home);
            (self.then)(&home, is_done);
            let mut terminal = self.restarted(&home);
            (self.again)(&home, &mut terminal, is_done);
            terminal.strike();
            whole::check(&home);
        }));
        if let Err(why) = tried {
            eprintln!(
                "{}: kill {nth}, {} µs after the key; the home is {}",
                self.name,
                delay.as_micros(),
                home.kept().display()
            );
            resume_unwind(why);
        }
    }

    /// The program, started again: at the step on record.
    fn restarted(&self, home: &Home) -> Terminal {
        let known = OnRecord::of(home);
        let mut arguments: Vec<String> = Vec::new();
        let mut rest = self.arguments.iter();
        while let Some(argument) = rest.next() {
            if argument == "--run" {
                rest.next();
            } else {
                arguments.push(argument.clone());
            }
        }
        if known.is_some() {
            arguments.extend(["--run".to_owned(), Record::of(home).run()]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut terminal = Terminal::start(home, &arguments);
        match known {
            Some(known) => terminal.sees(&["SANDBOX", step(&known)]),
            None => terminal.sees(&["SANDBOX", "Which customer?", " listed"]),
        };
        terminal
    }
}

impl Pace {
    /// Learns from one kill: a little more patience after an early one, less after a late one. With these two numbers
    /// about seven of ten kills fall before the end of the write.
    fn fell(&self, is_done: bool) {
        let (counter, factor) = if is_done { (&self.late, 0.88) } else { (&self.early, 1.05) };
        counter.fetch_add(1, Ordering::Relaxed);
        let mut takes = self.takes.lock().unwrap();
        *takes = takes.mul_f64(factor).max(Duration::from_micros(200));
    }
}

/// Leaves nothing to do for the others once one kill went wrong.
struct StopsOthers<'a>(&'a AtomicUsize);

impl Drop for StopsOthers<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.store(usize::MAX / 2, Ordering::Relaxed);
        }
    }
}

/// Kills every one of these writes as often as it says, some at a time.
pub(super) fn kill_all(writes: &[Write<'_>]) {
    let paces: Vec<Pace> = writes
        .iter()
        .map(|write| Pace {
            takes: Mutex::new(write.measured()),
            early: AtomicUsize::new(0),
            late: AtomicUsize::new(0),
        })
        .collect();
    // One kill of each write in turn, so that those that run beside one another differ.
    let most = writes.iter().map(|write| write.kills).max().unwrap_or_default();
    let jobs: Vec<(usize, usize)> = (0..most)
        .flat_map(|nth| (0..writes.len()).map(move |at| (at, nth)))
        .filter(|(at, nth)| *nth < writes[*at].kills)
        .collect();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let stops = StopsOthers(&next);
                while let Some((at, nth)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    writes[*at].kill(&paces[*at], *nth);
                }
                drop(stops);
            });
        }
    });
    for (write, pace) in writes.iter().zip(&paces) {
        let (early, late) = (pace.early.load(Ordering::Relaxed), pace.late.load(Ordering::Relaxed));
        eprintln!("{}: {early} kills before the end of the write, {late} after it", write.name);
    }
    eprintln!("{} kills", jobs.len());
}

/// Goes on to the receipt and checks that nothing was asked that was on record at the restart.
pub(super) fn finishes(home: &Home, terminal: &mut Terminal, manner: &Manner) {
    let before = OnRecord::of(home).unwrap();
    let asked = go_on(home, terminal, manner, DEADLINE);
    before.allows(&asked);
    let record = Record::of(home);
    // No sweeper is installed: a rule turns nobody on.
    assert_eq!(terminal.quits(), if record.count("auto_rule") > 0 { 3 } else { 0 });
    let after = OnRecord::of(home).unwrap();
    assert!(after.is_finished && after.unfinished == 0, "{after:?}");
    assert!(after.seats >= before.seats, "seats were lost: {before:?}, {after:?}");
    assert_eq!((record.count("run"), record.count("enablement")), (1, 1));
    assert_eq!(record.count("audit WHERE what = 'finished the run'"), 1);
}
