//! Bytes of a terminal to keys and pastes, incrementally: a sequence may arrive in any number of pieces.
//!
//! Fed by the reading thread; what comes out is the same however the bytes were cut, apart from the timing of a lone
//! Esc. Unknown sequences and late replies to questions are swallowed whole, never typed (remote-terminal.md
//! section 4). Timing is the reader's: it asks [`Parser::patience`] how long to wait and calls [`Parser::silence`].
//!
//! # A reply or a person
//!
//! A reply may stop after any byte, for any time, and what follows must not press keys. A person may press Esc and then
//! type `]` or `P`, and must be served. Grammar and time tell them apart:
//!
//! * A lone ESC is held for `ESCAPE_WAIT`. Up to that pause no key comes of a sequence that is cut behind its ESC;
//!   after it the Esc is given out, once, because a person may have pressed it, and the rest is still swallowed.
//! * What stands behind ESC and an introducer is held until it is known to be a reply (`reply.rs` has the forms). A
//!   string of another form is swallowed where its end comes without a pause, and given out as keys after one.
//! * ESC and introducer that came in one read, and no more for now, are the start of a reply, or Alt with a letter:
//!   neither is a key here. In two reads, a person may have pressed both.
//! * A known reply that stopped for `SEQUENCE_WAIT` is waited for `LATE_WAIT` more. What then comes is its rest if it
//!   can be that by its form: of a colour every single byte, of free text two bytes in one read or the end. A key that
//!   fits by chance is lost once; one pressed by a reply could park a run.
//!
//! What is left: a reply cut twice, so that one letter of free text or the introducer stands alone between two long
//! pauses, types that letter.
//!
//! # Why no parser of others
//!
//! `vte` (0.15) and `termina` (0.4) were tried on the bytes of the tests. `vte` reads what is written *to* a terminal:
//! `ESC O s` is an escape and a printed `s`, ESC and Space swallow the next key, two Esc are none, Ctrl-C inside a sequence
//! runs, and a paste is sequences again. `termina` takes `ESC _ G i …` for ten keys, half a character for the keys `[`
//! and `A`, and knows no keypad; it grows without bound in a string without an end. Neither tells where it
//! stands, and everything above (how long to wait, what to hold, what to give back) hangs on that: a mirror of their
//! state beside them was longer than the state.

use std::{collections::BTreeSet, time::Duration};

use code::{F1, keypad, keys};
pub use press::{Input, Press};
use reply::is_introducer;
use sequence::{ESC, Payload, Sequence};

mod code;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod press;
mod reply;
mod sequence;
#[cfg(test)]
mod tests;

/// How long a lone ESC may wait for the rest of a sequence. remote-terminal.md section 4 says 25 to 50 ms; replies were
/// seen to be cut for 90 ms there, and Esc goes back two screens. Every screen has a key for back that does not wait.
const ESCAPE_WAIT: Duration = Duration::from_millis(150);

/// Quiet after the end of a paste until Enter counts again (remote-terminal.md section 6), and quiet that ends a paste
/// without brackets.
const PASTE_GUARD: Duration = Duration::from_millis(100);

/// Quiet after which an unfinished sequence is given up, so that a mistyped Alt-] can't swallow keys for ever. A
/// guess: far longer than the pieces of one sequence lie apart on a bad line.
const SEQUENCE_WAIT: Duration = Duration::from_secs(2);

/// More quiet, after which the rest of a known reply is not expected any more. A guess: a line that stood still for
/// longer than that has been given up by its user, too.
const LATE_WAIT: Duration = Duration::from_secs(10);

/// Quiet inside a paste after which Ctrl-C alone gives it up: the end marker may be lost, and the person must not have
/// to wait. A guess: longer than a hiccup of the line.
const PASTE_STALL: Duration = Duration::from_secs(1);

/// More quiet, after which a paste whose end marker got lost is taken as it is. A guess: a stalled line, and then some.
const PASTE_WAIT: Duration = Duration::from_secs(4);

/// Longest paste taken, bytes. A longer one is refused as a whole: half a list with a cut address at its end would be
/// worse than none. A guess: about 40,000 mailbox addresses.
pub const MAX_PASTE: usize = 1 << 20;

/// Bytes kept of a paste that is refused anyway, so that its end is found.
const REFUSED_TAIL: usize = 1 << 12;

/// Bytes of a string that are kept to tell what it is. A longer one was not typed by a person behind Esc.
const MAX_HELD: usize = 256;

/// Printable bytes in one read above which nobody has typed them: with an Enter among them or behind them they are a
/// paste (remote-terminal.md section 6).
const BURST: usize = 8;

/// Characters in one read from which on they are words and no commands: `xavier` on a list excludes nobody.
const RUN: usize = 5;

/// The start of an old mouse report, which has three bytes more.
const MOUSE: &[u8] = b"\x1b[M";

/// The end of a bracketed paste.
const PASTE_END: &[u8] = b"\x1b[201~";

/// What the moment after a paste makes of text.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Guard {
    /// No paste ended a moment ago.
    #[default]
    None,
    /// Text still belongs to the paste: a payload with an end marker of its own must not press anything.
    Paste,
    /// Text still belongs to a paste that was refused.
    Flood,
}

/// The incremental parser.
#[derive(Debug, Default)]
pub struct Parser {
    /// The sequence that it is in.
    sequence: Option<Sequence>,
    /// The bracketed paste that it is in.
    paste: Option<Payload>,
    /// Bytes of an unfinished character, at most three.
    partial: Vec<u8>,
    /// Whether a paste ended a moment ago.
    guard: Guard,
    /// The start of a sequence that was given out as keys last, Esc or Esc and an introducer: its rest must not be typed.
    given: Vec<u8>,
    /// Text that came too fast to be typed, and may become a paste.
    burst: Payload,
}

impl Parser {
    /// Takes bytes and appends what they mean.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<Input>) {
        for &byte in bytes {
            self.byte(byte, out);
        }
    }

    /// Takes the bytes of one read: as [`Parser::feed`], and a burst of lines counts as a paste.
    ///
    /// What only whole reads can tell is told here: the rest of a sequence that stopped for long, or whose ESC came so
    /// early that it counted as the key, and Ctrl-C alone in a paste that stands still.
    pub fn feed_read(&mut self, bytes: &[u8], out: &mut Vec<Input>) {
        let mut inputs = Vec::new();
        let bytes = self.late(bytes);
        if let Some(paste) = self.paste.take_if(|paste| paste.is_stalled && bytes == [0x03]) {
            // Nothing of the paste is on its way any more: no guard.
            inputs.push(paste.input());
        }
        self.sequence.take_if(|sequence| sequence.is_stalled && !sequence.goes_on_with(bytes));
        self.feed(bytes, &mut inputs);
        self.join(matches!(bytes, b"\r" | b"\n"), inputs, out);
    }

    /// How long to wait for more bytes before [`Parser::silence`]; none: for ever.
    #[must_use]
    pub fn patience(&self) -> Option<Duration> {
        match (&self.sequence, &self.paste) {
            (Some(sequence), _) => Some(sequence.patience()),
            (None, Some(paste)) => Some(if paste.is_stalled { PASTE_WAIT } else { PASTE_STALL }),
            (None, None) => {
                (!self.burst.bytes.is_empty() || self.guard != Guard::None).then_some(PASTE_GUARD)
            }
        }
    }

    /// Nothing came for as long as [`Parser::patience`] said.
    pub fn silence(&mut self, out: &mut Vec<Input>) {
        if let Some(paste) = &mut self.paste {
            if std::mem::replace(&mut paste.is_stalled, true) {
                self.end_paste(out);
            }
            return;
        }
        let Some(mut sequence) = self.sequence.take() else {
            self.end_burst(out);
            self.guard = Guard::None;
            return;
        };
        if sequence.may_be_typed() {
            self.give_back(&sequence, out);
        } else if sequence.may_end_in_esc() {
            self.given = vec![ESC];
            out.push(Input::Key(Press::Esc));
        } else if sequence.bytes == b"\x1b[" {
            if sequence.is_late {
                self.pressed(Press::Char('['), out);
            }
            self.given = sequence.bytes;
        } else if !sequence.is_stalled && sequence.may_go_on() {
            sequence.is_stalled = true;
            self.sequence = Some(sequence);
        }
    }

    /// Finds the rest of a sequence whose start was given out as keys: Back has been done, and what it means is dropped.
    /// A paste that begins so is one. Returns what follows.
    fn late<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        if let Some(sequence) = &mut self.sequence {
            sequence.is_joined &= !sequence.bytes.ends_with(&[ESC]);
        }
        let given = std::mem::take(&mut self.given);
        let (is_late, is_stalled, rest) = match (given.as_slice(), bytes) {
            // Nobody types `O` and the letter of a key in one read, and nothing else.
            ([ESC], [b'O', last]) if keypad(*last).is_some() => return &[],
            ([ESC], [byte, rest @ ..]) if *byte == b'[' || is_introducer(*byte) => (true, false, rest),
            // Parameters without what they belong to: nobody types two of them in one read.
            ([ESC, b'['], [0x20..=0x3f, 0x20..=0x7e, ..]) => (false, true, bytes),
            ([ESC, introducer], _) if reply::is_ended_by(*introducer, bytes) => (false, true, bytes),
            _ => return bytes,
        };
        let (start, _) = bytes.split_at(bytes.len() - rest.len());
        self.sequence =
            Some(Sequence { bytes: [&given, start].concat(), is_joined: false, is_late, is_stalled });
        rest
    }

    /// Gives a string out as what a person typed: Esc, unless it has been, the introducer, the text behind it.
    fn give_back(&mut self, string: &Sequence, out: &mut Vec<Input>) {
        if !string.is_late {
            out.push(Input::Key(Press::Esc));
        }
        self.feed(string.bytes.get(1..).unwrap_or_default(), out);
        if string.bytes.len() == 2 {
            self.given.clone_from(&string.bytes);
        }
    }

    /// The present paste is over.
    fn end_paste(&mut self, out: &mut Vec<Input>) {
        let Some(paste) = self.paste.take() else { return };
        let input = paste.input();
        self.guard = if matches!(input, Input::Paste(_)) { Guard::Paste } else { Guard::Flood };
        out.push(input);
    }

    /// Terminals without bracketed paste: text that came faster than anybody types is a paste where it has an Enter, and
    /// its Enter submits nothing. A list comes in many reads, cut anywhere, so that such text waits for the quiet behind
    /// it; else each piece would be a list of its own, with a cut address at both ends.
    ///
    /// Enter in a read of its own behind text without any is a person's, who typed ahead on a slow line.
    fn join(&mut self, is_enter: bool, inputs: Vec<Input>, out: &mut Vec<Input>) {
        let mut was_held = !self.burst.bytes.is_empty();
        if is_enter && was_held && self.burst.dropped == 0 && !self.burst.bytes.contains(&b'\n') {
            self.end_burst(out);
            return out.extend(inputs);
        }
        for input in inputs {
            if let Input::Key(press) = &input
                && let Some(c) = press.text()
            {
                c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| self.burst.push(byte));
            } else {
                self.end_burst(out);
                out.push(input);
                was_held = false;
            }
        }
        // What was held before is a burst however few bytes follow it.
        let is_between_keys = self.sequence.is_none() && self.paste.is_none();
        if !((was_held || is_burst(&self.burst.bytes)) && is_between_keys) {
            self.end_burst(out);
        }
    }

    /// Hands text on, as keys or as one paste; behind a paste a late Enter submits nothing.
    fn end_burst(&mut self, out: &mut Vec<Input>) {
        let burst = std::mem::take(&mut self.burst);
        match burst.input() {
            Input::Paste(text) if is_run(&text) => out.push(Input::Typed(text)),
            Input::Paste(text) if !text.contains('\n') || !is_burst(&burst.bytes) => {
                out.extend(text.chars().map(|c| Input::Key(Press::of_text(c))));
            }
            paste => {
                out.push(paste);
                self.guard = Guard::Paste;
            }
        }
    }

    /// Bytes kept for later, for fuzzing and its kept inputs.
    #[cfg(any(test, fuzzing))]
    fn kept(&self) -> usize {
        let sequence = self.sequence.as_ref().map_or(0, |sequence| sequence.bytes.capacity());
        let paste = self.paste.as_ref().map_or(0, |paste| paste.bytes.capacity());
        sequence + paste + self.partial.capacity() + self.burst.bytes.capacity()
    }

    /// Takes one byte.
    fn byte(&mut self, byte: u8, out: &mut Vec<Input>) {
        if self.is_pasted(byte, out) {
            return;
        }
        let Some(sequence) = self.sequence.take() else { return self.ground(byte, out) };
        let is_dropped = sequence.is_late || sequence.is_stalled;
        match (sequence.bytes.as_slice(), byte) {
            ([_, b'[', b'['], b'A') if !is_dropped => self.pressed(F1, out),
            // The last byte of an old mouse report (a program that was killed may have left the mouse on), and of the
            // Linux console's F2 to F5.
            ([_, b'[', b'M', _, _] | [_, b'[', b'['], _) => {}
            ([_, b'['], b'[') if sequence.is_late => self.feed(b"[[", out),
            ([_], b'[' | b'O')
            | ([_, b'['], b'[' | b'M')
            | ([_, b'[', b'M', ..], _)
            | ([_, b'[', ..], 0x20..=0x3f)
            | ([_, b'O', ..], b'0'..=b'9' | b';') => self.sequence = Some(sequence.with(byte)),
            ([_], _) if is_introducer(byte) => self.sequence = Some(sequence.with(byte)),
            ([_], _) => {
                // Esc and the next key came together: key-ahead on a slow line. Alt does not exist here.
                out.push(Input::Key(Press::Esc));
                self.ground(byte, out);
            }
            ([_, b'[', b'2', b'0', b'0'], b'~') => self.paste = Some(Payload::default()),
            ([_, b'[', parameters @ ..], 0x40..=0x7e) if !is_dropped => {
                for press in keys(parameters, byte) {
                    self.pressed(press, out);
                }
            }
            // Modifiers mean nothing on the keypad.
            ([_, b'O', ..], 0x20..=0x7e) if !is_dropped && let Some(press) = keypad(byte) => {
                self.pressed(press, out);
            }
            // CAN and SUB give a sequence up; another control byte breaks it off and counts.
            ([_, b'[', ..], 0x18 | 0x1a) | ([_, b'[' | b'O', ..], 0x20..=0x7e) => {}
            ([_, b'[' | b'O', ..], _) => self.ground(byte, out),
            // ESC \ ends a string; ESC and anything else ends it too and starts something new.
            ([_, _, .., ESC], b'\\') => {}
            ([_, _, .., ESC], _) => {
                self.sequence = Some(Sequence { is_joined: sequence.is_joined, ..Sequence::default() });
                self.byte(byte, out);
            }
            // BEL ends it; CAN, SUB and Ctrl-C give it up, and count where it stopped for long.
            (_, 0x07) => {}
            (_, 0x18 | 0x1a | 0x03) if !sequence.is_stalled => {}
            (_, ESC) => self.sequence = Some(sequence.with(byte)),
            // No string of a terminal's has these; a person presses Enter behind what was typed after Esc.
            (_, 0x00..=0x1f | 0x7f) if sequence.may_be_typed() => {
                self.give_back(&sequence, out);
                self.ground(byte, out);
            }
            (_, 0x00..=0x1f | 0x7f) if sequence.is_stalled => self.ground(byte, out),
            _ => {
                let sequence = sequence.with(byte);
                // Behind a pause only a reply's own form is waited for.
                if sequence.is_late && sequence.may_be_typed() {
                    self.give_back(&sequence, out);
                } else {
                    self.sequence = Some(sequence);
                }
            }
        }
    }

    /// Whether a paste is going on, to which the byte belongs.
    fn is_pasted(&mut self, byte: u8, out: &mut Vec<Input>) -> bool {
        let Some(paste) = &mut self.paste else { return false };
        paste.push(byte);
        if paste.bytes.ends_with(PASTE_END) {
            paste.bytes.truncate(paste.bytes.len() - PASTE_END.len());
            self.end_paste(out);
        }
        true
    }

    /// A key, however it was told. Text right behind a paste is more of the paste.
    fn pressed(&self, press: Press, out: &mut Vec<Input>) {
        match (self.guard, press.text(), out.last_mut()) {
            (Guard::None, ..) | (_, None, _) => out.push(Input::Key(press)),
            (Guard::Flood, ..) | (Guard::Paste, Some('\n'), _) => {}
            (Guard::Paste, Some(c), Some(Input::Paste(text))) => text.push(c),
            (Guard::Paste, Some(c), _) => out.push(Input::Paste(c.to_string())),
        }
    }

    /// A byte between sequences.
    fn ground(&mut self, byte: u8, out: &mut Vec<Input>) {
        if !self.partial.is_empty() {
            return self.character(byte, out);
        }
        match byte {
            ESC => self.sequence = Some(Sequence::default()),
            b'\r' | b'\n' => self.pressed(Press::Enter, out),
            0x7f | 0x08 => out.push(Input::Key(Press::Backspace)),
            0x00 => {}
            b'\t' | 0x20..=0x7e => self.pressed(Press::of_text(char::from(byte)), out),
            0x01..=0x1a => out.push(Input::Key(Press::Ctrl(char::from(byte + 0x60)))),
            0x1c..=0x1f => out.push(Input::Key(Press::Ctrl(char::from(byte + 0x40)))),
            0x80.. => self.character(byte, out),
        }
    }

    /// A byte of a character of several bytes; a broken one becomes U+FFFD once, and the byte that broke it counts.
    fn character(&mut self, byte: u8, out: &mut Vec<Input>) {
        self.partial.push(byte);
        match std::str::from_utf8(&self.partial) {
            Ok(whole) => {
                whole.chars().filter(|c| !c.is_control()).for_each(|c| self.pressed(Press::Char(c), out));
                self.partial.clear();
            }
            Err(trouble) if trouble.error_len().is_none() => {}
            Err(_) => {
                let was_started = self.partial.len() > 1;
                self.partial.clear();
                self.pressed(Press::Char('\u{FFFD}'), out);
                if was_started {
                    self.ground(byte, out);
                }
            }
        }
    }
}

/// Whether text of one read is words: longer than what somebody types ahead as commands, and no key that is held down.
fn is_run(text: &str) -> bool {
    let letters: BTreeSet<char> = text.chars().collect();
    text.chars().count() >= RUN && letters.len() > 2 && !letters.iter().any(|c| c.is_control())
}

/// Whether so much text in one read was typed by nobody.
fn is_burst(text: &[u8]) -> bool {
    text.iter().filter(|byte| !matches!(byte, b'\t' | b'\n')).count() > BURST
}
