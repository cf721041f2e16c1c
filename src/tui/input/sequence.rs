//! Sequences and pastes as they come in, byte by byte. Pure.

use std::time::Duration;

use super::{
    ESCAPE_WAIT, LATE_WAIT, MAX_HELD, MAX_PASTE, MOUSE, PASTE_END, REFUSED_TAIL, SEQUENCE_WAIT,
    code::MAX_PARAMETERS,
    press::Input,
    reply::{self, Shape, is_introducer, is_whole, may_go_on, shape},
};

/// The start of every sequence.
pub(super) const ESC: u8 = 0x1b;

/// A sequence that is not whole yet.
#[derive(Debug)]
pub(super) struct Sequence {
    /// ESC and what came behind it; of a string its first bytes, and an ESC that may be half of its end.
    pub(super) bytes: Vec<u8>,
    /// The last ESC and the byte behind it came in one read.
    pub(super) is_joined: bool,
    /// Its Esc has been given out: what it means is dropped.
    pub(super) is_late: bool,
    /// It stopped for long: only what belongs to a reply of a terminal's is waited for.
    pub(super) is_stalled: bool,
}

impl Default for Sequence {
    fn default() -> Self {
        Self { bytes: vec![ESC], is_joined: true, is_late: false, is_stalled: false }
    }
}

impl Sequence {
    /// The same with one byte more, if that can still say what it is.
    pub(super) fn with(mut self, byte: u8) -> Self {
        let most = if self.string().is_some() { MAX_HELD } else { MAX_PARAMETERS + 3 };
        if self.bytes.len() < most || byte == ESC {
            self.bytes.push(byte);
        }
        self.is_joined |= byte == ESC;
        self
    }

    /// The introducer and the body of an OSC, DCS, APC, PM or SOS string, and whether an ESC came behind them: its end,
    /// or the start of something else.
    pub(super) fn string(&self) -> Option<(u8, &[u8], bool)> {
        let [_, introducer, body @ ..] = self.bytes.as_slice() else { return None };
        let (body, is_ending) = body.strip_suffix(&[ESC]).map_or((body, false), |body| (body, true));
        is_introducer(*introducer).then_some((*introducer, body, is_ending))
    }

    /// Whether it may be what a person typed behind Esc.
    pub(super) fn may_be_typed(&self) -> bool {
        self.bytes.len() < MAX_HELD
            && self.string().is_some_and(|(introducer, body, _)| {
                shape(introducer, body) == Shape::Unknown && !(self.is_joined && body.is_empty())
            })
    }

    /// Whether the ESC at its end may be a key: it came where no reply ends.
    pub(super) fn may_end_in_esc(&self) -> bool {
        let may_be_left = |(introducer, body, is_ending): (u8, &[u8], bool)| {
            is_ending && !is_whole(introducer, body) && self.bytes.len() < MAX_HELD
        };
        self.bytes == [ESC] || self.string().is_some_and(may_be_left)
    }

    /// How long to wait for more of it.
    pub(super) fn patience(&self) -> Duration {
        let is_late_bracket = self.is_late && self.bytes == b"\x1b[";
        if self.may_be_typed() || self.may_end_in_esc() || is_late_bracket || self.bytes.starts_with(MOUSE) {
            ESCAPE_WAIT
        } else if self.is_stalled {
            LATE_WAIT
        } else {
            SEQUENCE_WAIT
        }
    }

    /// Whether more of it may come after it stopped for long.
    pub(super) fn may_go_on(&self) -> bool {
        match self.string() {
            Some((introducer, body, _)) => may_go_on(introducer, body),
            None => matches!(self.bytes.as_slice(), [_, b'[', 0x20..=0x3f, ..]),
        }
    }

    /// Whether a read that came long after it can be its rest.
    pub(super) fn goes_on_with(&self, read: &[u8]) -> bool {
        match self.string() {
            Some((_, _, true)) => self.may_end_in_esc() || read.starts_with(b"\\"),
            Some((introducer, body, false)) => reply::goes_on_with(introducer, body, read),
            // Behind what may stand among its parameters.
            None => read
                .iter()
                .find(|byte| !matches!(byte, 0x20..=0x3f))
                .is_none_or(|last| is_last_of_reply(*last)),
        }
    }
}

/// The text of a paste, as far as it came.
#[derive(Debug, Default)]
pub(super) struct Payload {
    /// The text so far, the start of an end marker included.
    pub(super) bytes: Vec<u8>,
    /// Bytes before it that were dropped: it is too long.
    pub(super) dropped: usize,
    /// Nothing came for a while.
    pub(super) is_stalled: bool,
}

impl Payload {
    /// Takes a byte; of a paste that is too long only what may be the start of its end marker is kept.
    pub(super) fn push(&mut self, byte: u8) {
        self.is_stalled = false;
        self.bytes.push(byte);
        let most = if self.dropped == 0 { MAX_PASTE } else { REFUSED_TAIL };
        if self.bytes.len() > most + PASTE_END.len() {
            let gone = self.bytes.len() - PASTE_END.len();
            self.dropped = self.dropped.saturating_add(gone);
            self.bytes.drain(..gone);
            self.bytes.shrink_to(REFUSED_TAIL);
        }
    }

    /// What was pasted.
    pub(super) fn input(&self) -> Input {
        if self.dropped == 0 && self.bytes.len() <= MAX_PASTE {
            Input::Paste(tidy(&self.bytes))
        } else {
            Input::Flood(self.dropped.saturating_add(self.bytes.len()))
        }
    }
}

/// Whether a CSI sequence that stopped for long may end so: the answers to DA, DSR, DECRQM, window and mode reports, and
/// the keys that have parameters. Never by a letter that none of them has.
const fn is_last_of_reply(byte: u8) -> bool {
    matches!(
        byte,
        b'A'..=b'F' | b'H' | b'I' | b'M' | b'O'..=b'S' | b'Z' | b'c' | b'm' | b'n' | b't' | b'u' | b'x' | b'y' | b'~'
    )
}

/// The payload of a paste as text.
fn tidy(payload: &[u8]) -> String {
    String::from_utf8_lossy(payload)
        .replace("\r\n", "\n")
        .chars()
        .map(|c| match c {
            '\r' => '\n',
            '\n' | '\t' => c,
            c if c.is_control() => '\u{FFFD}',
            c => c,
        })
        .collect()
}
