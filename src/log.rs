//! Log to a file, never to the screen: `Text`, ids and counts; no secrets, no addresses' queries.
//!
//! One line is one event, written with one append by a thread of its own: programs that run side by side write into the same file and lose
//! none of each other's lines. The file is opened anew for every line, so whoever put it aside meanwhile need not tell
//! anybody. Crates that roll files were looked at: `tracing-appender` rolls by time only, `rolling-file`,
//! `tracing-rolling-file` and `logroller` keep the size and the file of one process in memory, and none makes files that
//! only their owner may read.

mod pen;

use std::{
    fmt, fs,
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use tracing_subscriber::{
    EnvFilter,
    fmt::{
        MakeWriter,
        format::Writer,
        time::{FormatTime, SystemTime},
    },
    util::SubscriberInitExt,
};
use unicode_general_category::{GeneralCategory, get_general_category};

use self::pen::Pen;

/// Name of the log file in the data folder.
pub const FILE: &str = "backup365.log";

/// Longest line kept, bytes: a failure with every cause is a tenth of it. A guess.
const LINE_BYTES: usize = 16 * 1_024;

/// Writes the log of this process.
static PEN: Pen = Pen::new();

/// How much is logged and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// `off`, `error`, `warn`, `info` or `debug`.
    pub level: &'static str,
    /// A log of this many bytes is put aside.
    pub size_bytes: u64,
    /// How many logs that were put aside are kept, at least 1: another program may be writing into the first.
    pub keep: u8,
}

/// Opens a log to add lines. A FIFO that nobody reads would let no command begin: it is no log, and a full one loses lines.
///
/// # Errors
/// What the system says.
pub fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let without_waiting = rustix::fs::OFlags::NONBLOCK.bits();
        options.mode(0o600).custom_flags(i32::try_from(without_waiting).unwrap_or_default());
    }
    options.open(path)
}

/// Starts the log. Called once; a second call changes nothing.
///
/// # Errors
/// The folder or the file can't be made; the program then runs without a log.
pub fn start(folder: &Path, options: &Options) -> io::Result<()> {
    if options.level == "off" {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    // The record lies here as well: nobody else looks into a folder that we make.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)?;
    let log = Log { path: folder.join(FILE), options: *options };
    log.is_for_its_owner(&log.open()?);
    subscriber(log.clone()).try_init().map_err(|already| io::Error::other(already.to_string()))?;
    // Without a thread whoever has a line writes it. One that can't be written is lost, as ever.
    let _has_thread = PEN.start(move |line| drop(log.append(line))).is_ok();
    Ok(())
}

/// Waits until everything is written, for a second at most. To be called when the program ends.
pub fn finish() {
    PEN.finish();
}

/// Takes events and writes lines.
fn subscriber(log: Log) -> impl tracing::Subscriber + Send + Sync {
    // Crates of others are heard when they warn, whatever the level: what they tell beyond that quotes requests.
    let others = if log.options.level == "error" { "error" } else { "warn" };
    let filter = EnvFilter::new(format!("{others},backup365={}", log.options.level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_timer(Stamp)
        // A line that can't be written is lost; told on stderr, it would stand in the middle of the screen.
        .log_internal_errors(false)
        .with_writer(log)
        .finish()
}

/// When, and which process: several write into one file.
struct Stamp;

impl FormatTime for Stamp {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        SystemTime.format_time(writer)?;
        write!(writer, " [{}]", std::process::id())
    }
}

/// The log file.
#[derive(Debug, Clone)]
struct Log {
    path: PathBuf,
    options: Options,
}

impl Log {
    /// Opens the file that has the name now.
    fn open(&self) -> io::Result<File> {
        open(&self.path)
    }

    /// Takes a log that was made in another way from everybody else; where that fails it is as it was.
    #[cfg_attr(not(unix), expect(clippy::unused_self, reason = "rights are a matter of folders there"))]
    fn is_for_its_owner(&self, file: &File) {
        #[cfg(unix)]
        if file.metadata().is_ok_and(|found| found.is_file()) {
            let only_owner = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            let _as_it_was = fs::set_permissions(&self.path, only_owner);
        }
        #[cfg(not(unix))]
        let _unused = file;
    }

    /// Name of a log that was put aside, 1 being the newest.
    fn aside(&self, number: u8) -> PathBuf {
        self.path.with_file_name(format!("{FILE}.{number}"))
    }

    /// Appends one line; puts the file aside first if the line would make it too large.
    fn append(&self, line: &str) -> io::Result<()> {
        let mut file = self.open()?;
        let length = u64::try_from(line.len()).unwrap_or(u64::MAX);
        let is_full = |file: &File| -> io::Result<bool> {
            let found = file.metadata()?;
            Ok(found.is_file()
                && found.len() > 0
                && found.len().saturating_add(length) > self.options.size_bytes)
        };
        if is_full(&file)? && self.put_aside(is_full).is_ok() {
            file = self.open()?;
        }
        file.write_all(line.as_bytes())
    }

    /// Puts the file aside, unless another process does that now or has just done it: then the present file is as good,
    /// and nobody waits for a process that may stand still.
    fn put_aside(&self, is_full: impl Fn(&File) -> io::Result<bool>) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let lock = options.open(self.path.with_extension("log.lock"))?;
        if lock.try_lock().is_err() || !is_full(&self.open()?)? {
            return Ok(());
        }
        for number in (1..self.options.keep).rev() {
            match fs::rename(self.aside(number), self.aside(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        fs::rename(&self.path, self.aside(1))?;
        // Fewer may be kept than at another time. They end at the first gap.
        let mut surplus = (self.options.keep..u8::MAX).map(|number| self.aside(number + 1));
        let _gone = surplus.try_for_each(fs::remove_file);
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(self)
    }
}

/// Takes one event.
struct Line<'a>(&'a Log);

impl Write for Line<'_> {
    /// The whole event comes in one piece.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let line = clean(&String::from_utf8_lossy(event));
        PEN.write(line).or_else(|line| self.0.append(&line))?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One line out of whatever an event holds: nothing in it can end the line, move a cursor or turn letters round when
/// somebody looks at the file.
fn clean(event: &str) -> String {
    let mut line: String = event
        .trim_end_matches(['\r', '\n'])
        .chars()
        .map(|c| match get_general_category(c) {
            GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned => '\u{FFFD}',
            _ => c,
        })
        .collect();
    if line.len() > LINE_BYTES {
        line.truncate(line.floor_char_boundary(LINE_BYTES));
        line.push('…');
    }
    line.push('\n');
    line
}

#[cfg(all(test, unix))]
mod tests;
