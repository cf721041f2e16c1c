//! What a terminal answers when a program asks it something, as far as its beginning tells it from what a person types.
//!
//! This program asks nothing, but another one may have asked before it, and its answer may come late and in pieces. In a
//! field a stray answer is rubbish; in a list its letters are commands. Pure: the parser decides about time.
//!
//! The forms are those of xterm's ctlseqs (DECRQSS, XTGETTCAP, XTVERSION, DA3, OSC colours, OSC 52, titles) and of
//! kitty's graphics protocol (APC).

/// How much is known about what may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing that a terminal answers begins like this; or nothing stands there yet.
    Unknown,
    /// An answer that has these bytes and no others.
    Strict(&'static [u8]),
    /// An answer with any text in it: a version, a title.
    Free,
}

/// A colour: `11;rgb:1e1e/1e1e/1e1e`.
const COLOUR: &[u8] = b"0123456789ABCDEFabcdef:;/#rg";

/// The answer to DA3, `!|00000000`, or a capability, `1+r544e=787465726d`.
const HEXADECIMAL: &[u8] = b"0123456789ABCDEFabcdef|+r=;";

/// The clipboard: `52;c;` and base64.
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=;";

/// Whether a byte begins a string behind ESC: DCS, SOS, OSC, PM, APC.
pub(super) const fn is_introducer(byte: u8) -> bool {
    matches!(byte, b'P' | b'X' | b']' | b'^' | b'_')
}

/// What a string that begins like this is. SOS and PM are no terminal's answer.
pub(super) fn shape(introducer: u8, body: &[u8]) -> Shape {
    match (introducer, body) {
        (b'P', [b'!', ..] | [b'0' | b'1', b'+', ..]) => Shape::Strict(HEXADECIMAL),
        (b'P', [b'>' | b'0'..=b'9', ..]) | (b']', [b'l' | b'L', ..]) | (b'_', [b'G', ..]) => Shape::Free,
        (b']', [b'0'..=b'9', ..]) => match body.split(|byte| *byte == b';').next() {
            Some(b"4" | b"5" | [b'1', b'0'..=b'9']) => Shape::Strict(COLOUR),
            Some(b"52") => Shape::Strict(BASE64),
            _ => Shape::Free,
        },
        _ => Shape::Unknown,
    }
}

/// Whether an answer may come to its end here, so that an ESC behind it is half of its end and no key.
pub(super) fn is_whole(introducer: u8, body: &[u8]) -> bool {
    match shape(introducer, body) {
        Shape::Unknown => false,
        Shape::Strict(COLOUR) => {
            let parts = body.split(|byte| *byte == b'/').count();
            (parts > 2 || body.contains(&b'#')) && !body.ends_with(b"/")
        }
        Shape::Strict(_) | Shape::Free => body.len() > 2,
    }
}

/// Whether a string that came to a stop long ago may go on at all: titles (OSC 0 to 2) are told, never answered.
pub(super) fn may_go_on(introducer: u8, body: &[u8]) -> bool {
    match (introducer, body) {
        (b'P' | b']' | b'_', []) => true,
        (b']', [b'0' | b'1' | b'2', b';', ..]) => false,
        _ => shape(introducer, body) != Shape::Unknown,
    }
}

/// Whether a later read can be the rest of a string that came to a stop.
///
/// A known byte belongs to it even alone. Of text a single letter may be a person's key; two or more in one read, or the
/// end of the string behind them, are not.
pub(super) fn goes_on_with(introducer: u8, body: &[u8], read: &[u8]) -> bool {
    let (text, behind) = text(read);
    match shape(introducer, &[body, text].concat()) {
        Shape::Unknown => false,
        // The number that says what it is may itself have been cut.
        Shape::Strict(alphabet) => body.is_empty() || text.iter().all(|byte| alphabet.contains(byte)),
        Shape::Free => text.len() != 1 || behind == [0x1b] || is_end(behind),
    }
}

/// Whether a read holds all that belongs behind this introducer, the end of the string included.
pub(super) fn is_ended_by(introducer: u8, read: &[u8]) -> bool {
    let (text, behind) = text(read);
    is_end(behind) && shape(introducer, text) != Shape::Unknown
}

/// What may stand in a string, and what comes behind it.
fn text(read: &[u8]) -> (&[u8], &[u8]) {
    let end = read.iter().position(|byte| matches!(byte, 0x00..=0x1f | 0x7f)).unwrap_or(read.len());
    read.split_at(end)
}

/// Whether a string ends here.
fn is_end(read: &[u8]) -> bool {
    read.starts_with(b"\x07") || read.starts_with(b"\x1b\\")
}
