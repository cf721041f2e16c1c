//! Log to a file, never to the screen: `Text`, ids and counts; no secrets, no addresses' queries.

use std::{fs, io, path::Path};

use tracing_subscriber::EnvFilter;

/// Name of the log file in the data folder.
pub const FILE: &str = "backup365.log";

/// A log that has grown beyond this many bytes is put aside at the next start, replacing the one before.
const PUT_ASIDE_BYTES: u64 = 4 * 1_024 * 1_024;

/// Starts the log. Called once; a second call changes nothing.
///
/// # Errors
/// The folder or the file can't be made; the program then runs without a log.
pub fn start(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    // The record lies here as well: nobody else looks into a folder that we make.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)?;
    let path = folder.join(FILE);
    if fs::metadata(&path).is_ok_and(|found| found.len() > PUT_ASIDE_BYTES) {
        fs::rename(&path, folder.join("backup365.log.1"))?;
    }
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    let filter = EnvFilter::new("warn,backup365=info");
    let written =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(file).try_init();
    written.map_err(|already| io::Error::other(already.to_string()))
}
