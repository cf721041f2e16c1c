//! What a key costs on the terminal, beside what a person would use instead, in one run on one machine.
//!
//! Each program runs in a pseudo-terminal of 80x24. A key is written; what comes back is counted, and the time of its last
//! byte is taken. Figures are medians of many keys. Programs that are not on the path are skipped aloud.
//!
//! `cargo bench --bench terminal`
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock, prints, and stops at what it does not expect"
)]

use std::{
    fmt::Write as _,
    io::{Read, Write},
    path::Path,
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// A screen that says nothing for this long has said everything.
const QUIET: Duration = Duration::from_millis(60);

/// Nothing takes longer than this; then the run ends with what it has.
const DEADLINE: Duration = Duration::from_mins(2);

/// Keys of each kind.
const KEYS: usize = 40;

/// A program in a pseudo-terminal, with the time of each piece of output.
struct Program {
    output: Receiver<(Instant, Vec<u8>)>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    screen: vt100::Parser,
    started: Instant,
    _master: Box<dyn MasterPty + Send>,
}

/// What a key cost.
#[derive(Clone, Copy, Default)]
struct Cost {
    bytes: usize,
    last_byte: Duration,
}

impl Program {
    fn start(home: &Path, words: &[&str]) -> Option<Self> {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).ok()?;
        let (name, arguments) = words.split_first()?;
        let mut command = CommandBuilder::new(name);
        command.args(arguments);
        command.env_clear();
        command.env("HOME", home);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("TZ", "Australia/Sydney");
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.cwd(home);
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).ok()?;
        drop(pair.slave);
        let (sender, output) = channel();
        let mut reader = pair.master.try_clone_reader().ok()?;
        thread::spawn(move || {
            let mut buffer = [0_u8; 16_384];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if sender.send((Instant::now(), buffer[..read].to_vec())).is_err() {
                    break;
                }
            }
        });
        let keyboard = pair.master.take_writer().ok()?;
        let screen = vt100::Parser::new(24.try_into().ok()?, 80.try_into().ok()?, 0);
        Some(Self { output, keyboard, child, screen, started, _master: pair.master })
    }

    /// Takes output until nothing has come for a while.
    fn settle(&mut self, since: Instant) -> Cost {
        let mut cost = Cost::default();
        loop {
            match self.output.recv_timeout(QUIET) {
                Ok((at, bytes)) => {
                    cost.bytes += bytes.len();
                    cost.last_byte = at.duration_since(since);
                    self.screen.process(&bytes);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return cost,
            }
        }
    }

    /// Writes keys in one piece and takes what comes back.
    fn press(&mut self, keys: &str) -> Cost {
        let at = Instant::now();
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
        self.settle(at)
    }

    /// Waits until the screen shows words; the time since the start.
    fn sees(&mut self, words: &str) -> Duration {
        let until = Instant::now() + DEADLINE;
        while !self.screen.screen().contents().contains(words) {
            assert!(Instant::now() < until, "never saw {words:?}:\n{}", self.screen.screen().contents());
            if let Ok((_, bytes)) = self.output.recv_timeout(QUIET) {
                self.screen.process(&bytes);
            }
        }
        self.started.elapsed()
    }

    /// Median cost of a key that is pressed again and again, `back` undoing it each time.
    fn median(&mut self, keys: &str, back: Option<&str>) -> Cost {
        let mut costs = Vec::new();
        for _ in 0..KEYS {
            costs.push(self.press(keys));
            if let Some(back) = back {
                self.press(back);
            }
        }
        let mut bytes: Vec<usize> = costs.iter().map(|c| c.bytes).collect();
        let mut times: Vec<Duration> = costs.iter().map(|c| c.last_byte).collect();
        bytes.sort_unstable();
        times.sort_unstable();
        Cost { bytes: bytes[bytes.len() / 2], last_byte: times[times.len() / 2] }
    }

    /// Resident memory, MiB; none where the system does not tell.
    fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.process_id()?)).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1_024)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _gone = self.child.kill();
            let _status = self.child.wait();
        }
    }
}

/// What one program cost: cursor key, tick, page of rows, and a filter character where it has a filter.
struct Costs {
    cursor: Cost,
    tick: Cost,
    page: Cost,
    filter: Option<Cost>,
    memory: Option<u64>,
}

/// One line of the table.
fn row(table: &mut String, what: &str, costs: &Costs) {
    let cell = |cost: Cost| format!("{} / {:.2}", cost.bytes, cost.last_byte.as_secs_f64() * 1_000.0);
    let filter = costs.filter.map_or_else(|| "–".into(), cell);
    let memory = costs.memory.map_or_else(|| "–".into(), |m| m.to_string());
    let (cursor, tick, page) = (cell(costs.cursor), cell(costs.tick), cell(costs.page));
    let _infallible = writeln!(table, "| {what} | {cursor} | {tick} | {page} | {filter} | {memory} |");
}

/// The wizard's users screen with this many users.
fn wizard(table: &mut String, users: &str, world: &str, customer: &str) {
    let home = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_backup365");
    let mut first = Program::start(home.path(), &[program, "--world", world]).unwrap();
    let start = first.sees("Which customer?");
    first.sees("listed");
    first.settle(Instant::now());
    first.press(customer);
    first.press("\r\r");
    first.sees("Which product");
    first.press("\r");
    first.sees("Is this the organisation");
    first.sees("Tenant ID");
    first.press("\r");
    first.sees("allowed the backup");
    thread::sleep(Duration::from_secs(1));
    first.settle(Instant::now());
    if !first.screen.screen().contents().contains("Enable ]") {
        first.press("\r");
        first.press("w");
    }
    first.sees("Enable ]");
    first.settle(Instant::now());
    first.press("\r");
    first.sees(&format!("listed {users}"));
    first.settle(Instant::now());
    println!(
        "wizard, {users} users: first frame {:.0} ms after its very first start",
        start.as_secs_f64() * 1_000.0
    );
    let cursor = first.median("\x1b[B", Some("\x1b[A"));
    let tick = first.median(" ", None);
    let page = first.median("\x1b[6~", Some("\x1b[5~"));
    first.press("/");
    let filter = first.median("a", Some("\x7f"));
    let costs = Costs { cursor, tick, page, filter: Some(filter), memory: first.memory() };
    row(table, &format!("backup365, {users} users"), &costs);
    let mut starts: Vec<f64> = (0..7)
        .map(|_| {
            let mut again = Program::start(home.path(), &[program, "--world", world]).unwrap();
            let shown = again.sees("Which customer?");
            again.press("\x03");
            again.press("\x03");
            shown.as_secs_f64() * 1_000.0
        })
        .collect();
    starts.sort_by(f64::total_cmp);
    println!("wizard, {users} users: first frame {:.0} ms after a later start (median of 7)", starts[3]);
}

/// A chooser of lines with the same texts.
fn chooser(table: &mut String, name: &str, count: usize) {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list");
    let mut lines = String::new();
    for at in 0..count {
        let _infallible = writeln!(lines, "User {at:06}  user{at:06}@customer.example  user  off  Sales");
    }
    std::fs::write(&list, lines).unwrap();
    if !["/usr/local/bin", "/usr/bin", "/bin"].iter().any(|dir| Path::new(dir).join(name).exists()) {
        println!("SKIPPED {name}: it is not on the path");
        return;
    }
    let script = match name {
        "fzf" => "exec fzf --exact --multi --no-mouse < list".to_owned(),
        _ => format!(
            "exec {name} --separate-output --checklist users 22 78 14 $(awk '{{print $3\" \"$2\" off\"}}' list)"
        ),
    };
    let Some(mut program) = Program::start(folder.path(), &["sh", "-c", &script]) else { return };
    thread::sleep(Duration::from_millis(800));
    program.settle(Instant::now());
    let costs = if name == "fzf" {
        let cursor = program.median("\x1b[A", Some("\x1b[B"));
        let tick = program.median("\t", Some("\x1b[Z"));
        let page = program.median("\x1b[5~", Some("\x1b[6~"));
        let filter = Some(program.median("a", Some("\x7f")));
        Costs { cursor, tick, page, filter, memory: program.memory() }
    } else {
        let cursor = program.median("\x1b[B", Some("\x1b[A"));
        let tick = program.median(" ", None);
        let page = program.median("\x1b[6~", Some("\x1b[5~"));
        Costs { cursor, tick, page, filter: None, memory: program.memory() }
    };
    if costs.cursor.bytes == 0 {
        println!("SKIPPED {name}, {count} rows: it showed nothing here");
        return;
    }
    row(table, &format!("{name}, {count} rows"), &costs);
}

fn main() {
    let mut table = String::from(
        "| program | cursor key | tick | page of rows | filter character | memory, MiB |\n|---|---|---|---|---|---|\n",
    );
    wizard(&mut table, "37", "standard", "harbour");
    wizard(&mut table, "500,000", "large", "");
    chooser(&mut table, "fzf", 500_000);
    chooser(&mut table, "fzf", 40);
    chooser(&mut table, "whiptail", 1_000);
    chooser(&mut table, "dialog", 1_000);
    println!("\nbytes / milliseconds to the last byte, medians of {KEYS} keys\n\n{table}");
}
