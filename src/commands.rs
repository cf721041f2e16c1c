//! Commands without a screen, one file each: data to stdout, everything else to stderr.

pub mod sweep;

use std::io::{self, Write};

/// Said where stdout takes nothing, for another reason than a closed pipe.
pub const UNWRITTEN: &str = "the answer could not be written to standard output";

/// Writes one line of data to stdout; a closed pipe ends the program's interest, not the program.
///
/// # Errors
/// What stdout says, a broken pipe included: the caller stops printing and ends quietly.
fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(line.as_bytes())?;
    out.write_all(b"\n")?;
    out.flush()
}
