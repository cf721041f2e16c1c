//! Files, whole or not at all.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Read as _},
    path::Path,
    sync::mpsc,
    thread,
    time::Duration,
};

use zeroize::Zeroizing;

use super::{IsStopped, NEVER, received};
use crate::domain::text_file;

/// How long a file may take: a disk that is spun up takes some seconds, a busy network folder a few more. A guess.
const WITHIN: Duration = Duration::from_secs(10);

/// Largest secret, key or certificate, bytes: a chain of certificates with its key is a tenth of it.
const SECRET_BYTES: u64 = 256 * 1_024;

/// The bytes of a file, at most so many.
///
/// # Errors
/// What the system says; `FileTooLarge`, `TimedOut`, with words.
pub fn bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    bytes_within(path, most, WITHIN, NEVER)
}

/// The text of a file, whatever program wrote it (see [`text_file`]).
///
/// # Errors
/// As [`bytes`]; `InvalidData` where it is no text.
pub fn text(path: &Path, most: u64) -> io::Result<String> {
    decoded(&bytes(path, most)?)
}

/// The text of a file with a secret in it, wiped when it is dropped.
///
/// # Errors
/// As [`text`].
pub fn secret(path: &Path) -> io::Result<Zeroizing<String>> {
    secret_unless(path, NEVER)
}

/// The same, unless the program is to go.
///
/// # Errors
/// As [`text`]; `Interrupted`.
pub fn secret_unless(path: &Path, is_stopped: IsStopped<'_>) -> io::Result<Zeroizing<String>> {
    let bytes = Zeroizing::new(bytes_within(path, SECRET_BYTES, WITHIN, is_stopped)?);
    decoded(&bytes).map(Zeroizing::new)
}

/// Its bytes.
///
/// # Errors
/// As [`bytes`].
pub fn secret_bytes(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    bytes(path, SECRET_BYTES).map(Zeroizing::new)
}

fn decoded(bytes: &[u8]) -> io::Result<String> {
    let text = text_file::decode(bytes).map_err(|why| io::Error::new(ErrorKind::InvalidData, why))?;
    Ok(text.into_owned())
}

/// Reads on a thread of its own, because opening a FIFO, and anything in a network folder, may stand still in the system;
/// such a thread is left alone and goes with the process.
fn bytes_within(path: &Path, most: u64, within: Duration, is_stopped: IsStopped<'_>) -> io::Result<Vec<u8>> {
    let (to_reader, read) = mpsc::sync_channel(1);
    let path = path.to_owned();
    thread::Builder::new().name("backup365-file".into()).spawn(move || {
        // Nobody may be left to hear of it.
        let _late = to_reader.send(File::open(path).and_then(|file| up_to(file, most)));
    })?;
    received(&read, within, is_stopped).map_err(|error| match error.kind() {
        ErrorKind::TimedOut => io::Error::new(
            ErrorKind::TimedOut,
            format!("it was not read to its end within {} s", within.as_secs()),
        ),
        _ => error,
    })?
}

/// Whatever a source gives, at most so many bytes.
///
/// # Errors
/// As [`bytes`].
pub fn up_to(source: impl io::Read, most: u64) -> io::Result<Vec<u8>> {
    // Room for a secret at once, so that it never grows and leaves a copy behind.
    let mut bytes = Vec::with_capacity(4_096);
    source.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= most) {
        return Ok(bytes);
    }
    let limit = if most >> 20 > 0 { format!("{} MiB", most >> 20) } else { format!("{} KiB", most >> 10) };
    Err(io::Error::new(ErrorKind::FileTooLarge, format!("it is larger than {limit}")))
}

/// Gives a draft its place, unless something is there already. A folder without hard links (exFAT, some network folders)
/// may know how to move without replacing, and then the draft is gone.
///
/// # Errors
/// `AlreadyExists`; what the system says of a folder that knows neither.
pub fn place(draft: &Path, place: &Path) -> io::Result<()> {
    let linked = fs::hard_link(draft, place);
    match &linked {
        Err(error) if !matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound) => {
            moved(draft, place).or(linked)
        }
        _ => linked,
    }
}

/// Moves a draft to its place, unless something is there.
fn moved(draft: &Path, place: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        Ok(renameat_with(CWD, draft, CWD, place, RenameFlags::NOREPLACE)?)
    }
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    {
        let _no_way_there = (draft, place);
        Err(ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.txt");
        std::fs::write(&path, "x".repeat(2_048)).unwrap();
        assert_eq!(bytes(&path, 2_048).unwrap().len(), 2_048);
        let large = bytes(&path, 2_047).unwrap_err();
        assert_eq!(
            (large.kind(), large.to_string().as_str()),
            (ErrorKind::FileTooLarge, "it is larger than 1 KiB")
        );
        assert_eq!(bytes(&folder.path().join("none"), 9).unwrap_err().kind(), ErrorKind::NotFound);
        assert!(bytes(folder.path(), 9).is_err(), "a folder");
    }

    #[test]
    fn a_draft_takes_no_place_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other, place] = ["one", "other", "place"].map(|name| folder.path().join(name));
        for way in [super::place, moved] {
            fs::write(&one, "one").unwrap();
            fs::write(&other, "other").unwrap();
            way(&one, &place).unwrap();
            way(&other, &place).unwrap_err();
            assert_eq!(fs::read_to_string(&place).unwrap(), "one");
            fs::remove_file(&place).unwrap();
        }
    }

    #[test]
    fn the_mark_of_an_editor_is_no_part_of_a_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.txt");
        for bytes in [&b"ann"[..], b"\xef\xbb\xbfann", b"\xff\xfea\0n\0n\0", b"\xfe\xff\0a\0n\0n"] {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!((text(&path, 99).unwrap().as_str(), secret(&path).unwrap().as_str()), ("ann", "ann"));
        }
        std::fs::write(&path, b"\xe4").unwrap();
        assert_eq!(text(&path, 99).unwrap_err().kind(), ErrorKind::InvalidData);
    }

    #[cfg(unix)]
    #[test]
    fn what_gives_no_end_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        let late = bytes_within(&fifo, 99, Duration::from_millis(50), NEVER).unwrap_err();
        assert_eq!(late.kind(), ErrorKind::TimedOut);
        assert_eq!(secret_unless(&fifo, &|| true).unwrap_err().kind(), ErrorKind::Interrupted);
        assert_eq!(bytes(Path::new("/dev/zero"), 9_999).unwrap_err().kind(), ErrorKind::FileTooLarge);
    }

    #[cfg(unix)]
    #[test]
    fn the_far_end_of_a_fifo_may_come_a_little_later() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        let end = fifo.clone();
        let writer = thread::spawn(move || std::fs::write(end, "ann").unwrap());
        assert_eq!(text(&fifo, 99).unwrap(), "ann");
        writer.join().unwrap();
    }
}
