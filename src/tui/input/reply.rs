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
    /// An answer whose every byte is known: a colour, hexadecimal digits, base64.
    Strict(Alphabet),
    /// An answer with any text in it: a version, a title.
    Free,
}

/// The bytes of an answer that has no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// A colour: `11;rgb:1e1e/1e1e/1e1e`.
    Colour,
    /// The answer to DA3: `!|00000000`.
    Hexadecimal,
    /// A capability: `1+r544e=787465726d`.
    Capability,
    /// The clipboard: `52;c;` and base64.
    Base64,
}

/// Whether a byte begins a string behind ESC: DCS, SOS, OSC, PM, APC.
pub(super) const fn is_introducer(byte: u8) -> bool {
    matches!(byte, b'P' | b'X' | b']' | b'^' | b'_')
}

/// What a string that begins like this is. SOS and PM are no terminal's answer.
pub(super) fn shape(introducer: u8, body: &[u8]) -> Shape {
    match (introducer, body) {
        (b'P', [b'!', ..]) => Shape::Strict(Alphabet::Hexadecimal),
        (b'P', [b'0' | b'1', b'+', ..]) => Shape::Strict(Alphabet::Capability),
        (b'P', [b'>' | b'0'..=b'9', ..]) | (b']', [b'l' | b'L', ..]) | (b'_', [b'G', ..]) => Shape::Free,
        (b']', [b'0'..=b'9', ..]) => match body.split(|byte| *byte == b';').next() {
            Some(b"4" | b"5" | [b'1', b'0'..=b'9']) => Shape::Strict(Alphabet::Colour),
            Some(b"52") => Shape::Strict(Alphabet::Base64),
            _ => Shape::Free,
        },
        _ => Shape::Unknown,
    }
}

/// Whether an answer may come to its end here, so that an ESC behind it is half of its end and no key.
pub(super) fn is_whole(introducer: u8, body: &[u8]) -> bool {
    match shape(introducer, body) {
        Shape::Unknown => false,
        Shape::Strict(Alphabet::Colour) => {
            let slashes = body.split(|byte| *byte == b'/').count().saturating_sub(1);
            (slashes >= 2 || body.contains(&b'#')) && body.last() != Some(&b'/')
        }
        Shape::Strict(_) | Shape::Free => body.len() > 2,
    }
}

/// Whether a string that came to a stop long ago may go on at all: titles (OSC 0 to 2) are told, never answered.
pub(super) fn may_go_on(introducer: u8, body: &[u8]) -> bool {
    let is_title = introducer == b']' && matches!(body, [b'0' | b'1' | b'2', b';', ..]);
    body.is_empty() && matches!(introducer, b'P' | b']' | b'_')
        || !is_title && shape(introducer, body) != Shape::Unknown
}

/// How many bytes of a later read belong to a string that came to a stop, its end included; the flag says whether that
/// was among them.
///
/// A known byte belongs to it even alone. Of text a single letter may be a person's key; two or more in one read, or the
/// end of the string behind them, are not.
pub(super) fn rest(introducer: u8, body: &[u8], read: &[u8]) -> (usize, bool) {
    let printable = read.iter().take_while(|byte| matches!(byte, 0x20..=0x7e | 0x80..)).count();
    let end = match read.get(printable..) {
        Some([0x07, ..]) => Some(printable + 1),
        Some([0x1b, b'\\', ..]) => Some(printable + 2),
        // Half of the end: the other half finds the string still open.
        Some([0x1b]) if printable > 0 => Some(printable),
        _ => None,
    };
    let all: Vec<u8> = body.iter().chain(read.iter().take(printable)).copied().collect();
    let count = match shape(introducer, &all) {
        Shape::Unknown => return (0, false),
        // The number that says what it is may itself have been cut.
        Shape::Strict(_) if body.is_empty() => Some(printable),
        Shape::Strict(alphabet) => {
            read.iter().take(printable).all(|byte| alphabet.has(*byte)).then_some(printable)
        }
        Shape::Free => (printable >= 2 || end.is_some()).then_some(printable),
    };
    match (count, end) {
        (None, _) => (0, false),
        (Some(_), Some(end)) if end > printable => (end, true),
        (Some(count), _) => (count, false),
    }
}

impl Alphabet {
    /// Whether a byte may stand there.
    const fn has(self, byte: u8) -> bool {
        match self {
            Self::Colour => {
                byte.is_ascii_hexdigit() || matches!(byte, b'r' | b'g' | b':' | b';' | b'/' | b'#')
            }
            Self::Hexadecimal => byte.is_ascii_hexdigit() || byte == b'|',
            Self::Capability => byte.is_ascii_hexdigit() || matches!(byte, b'+' | b'r' | b'=' | b';'),
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b';'),
        }
    }
}
