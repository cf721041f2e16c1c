//! Bytes of a terminal to keys and pastes, incrementally: a sequence may arrive in any number of pieces.
//!
//! Fed by the reading thread; what comes out is the same however the bytes were cut, apart from the timing of a lone
//! Esc. Unknown sequences and late replies to questions are swallowed whole, never typed (remote-terminal.md
//! section 4). Timing is the reader's: it asks [`Parser::patience`] how long to wait and calls [`Parser::silence`].

use std::time::Duration;

#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
#[cfg(test)]
mod tests;

/// How long a lone ESC may wait for the rest of a sequence (remote-terminal.md section 4: 25 to 50 ms).
const ESCAPE_WAIT: Duration = Duration::from_millis(50);

/// Quiet after the end of a paste until Enter counts again (remote-terminal.md section 6).
const PASTE_GUARD: Duration = Duration::from_millis(100);

/// Quiet after which an unfinished sequence is given up, so that a mistyped Alt-] can't swallow keys for ever. A
/// guess: far longer than the pieces of one sequence lie apart on a bad line.
const SEQUENCE_WAIT: Duration = Duration::from_secs(2);

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

/// Longest parameter part of a sequence that is looked at; longer ones are unknown ones.
const MAX_PARAMETERS: usize = 16;

/// Printable bytes before an Enter in one read above which the read is a paste (remote-terminal.md section 6).
const BURST: usize = 8;

/// The end of a bracketed paste.
const PASTE_END: &[u8] = b"\x1b[201~";

/// One key, as far as every terminal can tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Press {
    /// A printable character.
    Char(char),
    /// A control letter, in lower case: `c` for Ctrl-C, `\\` for Ctrl-\.
    Ctrl(char),
    /// Enter, Ctrl-J, Ctrl-M.
    Enter,
    /// Esc alone.
    Esc,
    /// Tab.
    Tab,
    /// Shift-Tab.
    BackTab,
    /// Backspace: 0x7F or 0x08.
    Backspace,
    /// Delete.
    Delete,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
}

/// What came from the terminal. Debug tells pasted text by its length only: it may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub enum Input {
    /// A key.
    Key(Press),
    /// Pasted text; line breaks are `\n`, other control characters are U+FFFD.
    Paste(String),
    /// So many bytes were pasted at once that none of them was kept.
    Flood(usize),
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Key(Press::Char(_)) => f.write_str("Key(1 character)"),
            Self::Key(press) => f.debug_tuple("Key").field(press).finish(),
            Self::Paste(text) => write!(f, "Paste({} bytes)", text.len()),
            Self::Flood(bytes) => write!(f, "Flood({bytes} bytes)"),
        }
    }
}

/// Where the parser stands.
#[derive(Debug, Default)]
enum State {
    /// Between keys, or inside a character of several bytes.
    #[default]
    Ground,
    /// After ESC.
    Escape,
    /// After `ESC [`: the parameters so far.
    Csi(Vec<u8>),
    /// After `ESC [ [`: the Linux console's F1 to F5 have one byte more.
    ConsoleKey,
    /// After `ESC O`.
    Ss3,
    /// In an OSC, DCS, APC, PM or SOS string.
    Text,
    /// In such a string, after ESC.
    TextEscape,
    /// In a bracketed paste: the payload so far, the start of its end marker included.
    Paste(Vec<u8>),
    /// In an old mouse report, which has so many bytes more: a program that was killed may have left the mouse on.
    Mouse(u8),
}

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
    /// Where it stands.
    state: State,
    /// Bytes of an unfinished character, at most three.
    partial: Vec<u8>,
    /// Whether a paste ended a moment ago.
    guard: Guard,
    /// Bytes of the present paste that were dropped: it is too long.
    dropped: usize,
    /// Nothing came for a while in the middle of a paste.
    is_stalled: bool,
    /// A lone Esc was given out last: what its sequence may still bring must not be typed.
    is_after_escape: bool,
}

impl Parser {
    /// Takes bytes and appends what they mean.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<Input>) {
        for &byte in bytes {
            self.byte(byte, out);
        }
    }

    /// Takes the bytes of one read: as [`Parser::feed`], and a burst that ends in Enter counts as a paste.
    ///
    /// What only whole reads can tell is told here: the rest of a sequence whose ESC came so early that it counted as
    /// the key, and Ctrl-C alone in a paste that stands still.
    pub fn feed_read(&mut self, bytes: &[u8], out: &mut Vec<Input>) {
        let mut inputs = Vec::new();
        let mut bytes = bytes;
        if std::mem::take(&mut self.is_after_escape) && is_rest_of_sequence(bytes) {
            bytes = self.swallow(bytes);
        }
        if std::mem::take(&mut self.is_stalled) && bytes == [0x03] {
            self.end_paste(&mut inputs);
            // Nothing of the paste is on its way any more.
            self.guard = Guard::None;
        }
        self.feed(bytes, &mut inputs);
        if join_bursts(inputs, out) {
            self.guard = Guard::Paste;
        }
    }

    /// How long to wait for more bytes before [`Parser::silence`]; none: for ever.
    #[must_use]
    pub const fn patience(&self) -> Option<Duration> {
        match self.state {
            State::Escape | State::Mouse(_) => Some(ESCAPE_WAIT),
            State::Ground if matches!(self.guard, Guard::None) => None,
            State::Ground => Some(PASTE_GUARD),
            State::Paste(_) if self.is_stalled => Some(PASTE_WAIT),
            State::Paste(_) => Some(PASTE_STALL),
            _ => Some(SEQUENCE_WAIT),
        }
    }

    /// Nothing came for as long as [`Parser::patience`] said.
    pub fn silence(&mut self, out: &mut Vec<Input>) {
        match &self.state {
            State::Paste(_) if !self.is_stalled => self.is_stalled = true,
            State::Paste(_) => self.end_paste(out),
            State::Ground => self.guard = Guard::None,
            State::Escape => {
                self.state = State::Ground;
                self.is_after_escape = true;
                out.push(Input::Key(Press::Esc));
            }
            _ => self.state = State::Ground,
        }
    }

    /// Takes the rest of a sequence whose ESC has counted as the key, and drops what it means: Back has been done.
    /// A paste that begins so is one. Returns what follows.
    fn swallow<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        self.state = State::Escape;
        let mut rest = bytes;
        while let Some((byte, more)) = rest.split_first() {
            self.byte(*byte, &mut Vec::new());
            rest = more;
            if matches!(self.state, State::Ground | State::Paste(_)) {
                break;
            }
        }
        rest
    }

    /// The present paste is over.
    fn end_paste(&mut self, out: &mut Vec<Input>) {
        let dropped = std::mem::take(&mut self.dropped);
        self.is_stalled = false;
        if let State::Paste(payload) = std::mem::take(&mut self.state) {
            if dropped == 0 && payload.len() <= MAX_PASTE {
                out.push(Input::Paste(tidy(&payload)));
                self.guard = Guard::Paste;
            } else {
                out.push(Input::Flood(dropped.saturating_add(payload.len())));
                self.guard = Guard::Flood;
            }
        }
    }

    /// Bytes kept for later, for fuzzing and its kept inputs.
    #[cfg(any(test, fuzzing))]
    fn kept(&self) -> usize {
        let kept = match &self.state {
            State::Csi(bytes) | State::Paste(bytes) => bytes.capacity(),
            _ => 0,
        };
        kept + self.partial.capacity()
    }

    /// Takes one byte.
    fn byte(&mut self, byte: u8, out: &mut Vec<Input>) {
        match std::mem::take(&mut self.state) {
            State::Ground => self.ground(byte, out),
            State::Escape => self.after_escape(byte, out),
            State::Csi(parameters) => self.csi(parameters, byte, out),
            // The last byte of a key or of a mouse report that means nothing here.
            State::ConsoleKey | State::Mouse(..=1) => {}
            State::Ss3 => self.ss3(byte, out),
            State::Text => self.state = text(byte),
            State::TextEscape => {
                // ESC \ ends the string; ESC and anything else ends it too and starts something new.
                if byte != b'\\' {
                    self.after_escape(byte, out);
                }
            }
            State::Paste(payload) => self.pasted(payload, byte, out),
            State::Mouse(left) => self.state = State::Mouse(left - 1),
        }
    }

    /// A byte inside a paste.
    fn pasted(&mut self, mut payload: Vec<u8>, byte: u8, out: &mut Vec<Input>) {
        payload.push(byte);
        if payload.ends_with(PASTE_END) {
            payload.truncate(payload.len() - PASTE_END.len());
            self.state = State::Paste(payload);
            return self.end_paste(out);
        }
        let most = if self.dropped == 0 { MAX_PASTE } else { REFUSED_TAIL };
        if payload.len() > most + PASTE_END.len() {
            // Keep what may be the start of the end marker.
            let gone = payload.len() - PASTE_END.len();
            self.dropped = self.dropped.saturating_add(gone);
            payload.drain(..gone);
            payload.shrink_to(REFUSED_TAIL);
        }
        self.state = State::Paste(payload);
    }

    /// Text that was typed: right behind a paste it is more of the paste.
    fn typed(&self, c: char, out: &mut Vec<Input>) {
        match (self.guard, c, out.last_mut()) {
            (Guard::Flood, ..) | (Guard::Paste, '\n', _) => {}
            (Guard::Paste, c, Some(Input::Paste(text))) => text.push(c),
            (Guard::Paste, c, _) => out.push(Input::Paste(c.to_string())),
            (Guard::None, '\n', _) => out.push(Input::Key(Press::Enter)),
            (Guard::None, '\t', _) => out.push(Input::Key(Press::Tab)),
            (Guard::None, c, _) => out.push(Input::Key(Press::Char(c))),
        }
    }

    /// A byte between sequences.
    fn ground(&mut self, byte: u8, out: &mut Vec<Input>) {
        if !self.partial.is_empty() {
            return self.character(byte, out);
        }
        match byte {
            0x1b => self.state = State::Escape,
            b'\r' | b'\n' => self.typed('\n', out),
            b'\t' => self.typed('\t', out),
            0x7f | 0x08 => out.push(Input::Key(Press::Backspace)),
            0x00 => {}
            0x01..=0x1a => out.push(Input::Key(Press::Ctrl(char::from(byte + 0x60)))),
            0x1c..=0x1f => out.push(Input::Key(Press::Ctrl(char::from(byte + 0x40)))),
            0x20..=0x7e => self.typed(char::from(byte), out),
            0x80.. => self.character(byte, out),
        }
    }

    /// A byte of a character of several bytes; a broken one becomes U+FFFD once, and the byte that broke it counts.
    fn character(&mut self, byte: u8, out: &mut Vec<Input>) {
        self.partial.push(byte);
        match std::str::from_utf8(&self.partial) {
            Ok(whole) => {
                for c in whole.chars().filter(|c| !c.is_control()) {
                    self.typed(c, out);
                }
                self.partial.clear();
            }
            Err(trouble) if trouble.error_len().is_none() => {}
            Err(_) => {
                let was_started = self.partial.len() > 1;
                self.partial.clear();
                self.typed('\u{FFFD}', out);
                if was_started {
                    self.ground(byte, out);
                }
            }
        }
    }

    /// The byte after ESC.
    fn after_escape(&mut self, byte: u8, out: &mut Vec<Input>) {
        match byte {
            b'[' => self.state = State::Csi(Vec::new()),
            b'O' => self.state = State::Ss3,
            b']' | b'P' | b'X' | b'^' | b'_' => self.state = State::Text,
            _ => {
                // Esc and the next key came together: key-ahead on a slow line. Alt does not exist here.
                out.push(Input::Key(Press::Esc));
                self.ground(byte, out);
            }
        }
    }

    /// A byte after `ESC [`.
    fn csi(&mut self, mut parameters: Vec<u8>, byte: u8, out: &mut Vec<Input>) {
        match byte {
            b'[' if parameters.is_empty() => self.state = State::ConsoleKey,
            0x20..=0x3f => {
                if parameters.len() <= MAX_PARAMETERS {
                    parameters.push(byte);
                }
                self.state = State::Csi(parameters);
            }
            0x40..=0x7e => {
                if byte == b'~' && parameters == b"200" {
                    self.state = State::Paste(Vec::new());
                } else if byte == b'M' && parameters.is_empty() {
                    self.state = State::Mouse(3);
                } else if let Some(press) = sequence(&parameters, byte) {
                    out.push(Input::Key(press));
                }
            }
            // CAN and SUB give a sequence up; another control byte breaks it off and counts.
            0x18 | 0x1a => {}
            _ => self.ground(byte, out),
        }
    }

    /// The byte after `ESC O`.
    fn ss3(&mut self, byte: u8, out: &mut Vec<Input>) {
        match byte {
            // The keypad's Enter.
            b'M' => self.ground(b'\r', out),
            0x20..=0x7e => {
                if let Some(press) = letter(byte) {
                    out.push(Input::Key(press));
                }
            }
            _ => self.ground(byte, out),
        }
    }
}

/// The state after a byte inside a string sequence.
const fn text(byte: u8) -> State {
    match byte {
        0x1b => State::TextEscape,
        // BEL ends it; CAN, SUB and Ctrl-C give it up.
        0x07 | 0x18 | 0x1a | 0x03 => State::Ground,
        _ => State::Text,
    }
}

/// What a whole CSI sequence means; none: not a key that we know.
fn sequence(parameters: &[u8], last: u8) -> Option<Press> {
    if parameters.len() > MAX_PARAMETERS || !parameters.iter().all(|b| matches!(b, b'0'..=b'9' | b';')) {
        return None;
    }
    if last != b'~' {
        return letter(last);
    }
    let number = parameters.split(|b| *b == b';').next()?;
    match number {
        b"1" | b"7" => Some(Press::Home),
        b"3" => Some(Press::Delete),
        b"4" | b"8" => Some(Press::End),
        b"5" => Some(Press::PageUp),
        b"6" => Some(Press::PageDown),
        _ => None,
    }
}

/// The keys that end in a letter, after `ESC [` and after `ESC O`.
const fn letter(last: u8) -> Option<Press> {
    match last {
        b'A' => Some(Press::Up),
        b'B' => Some(Press::Down),
        b'C' => Some(Press::Right),
        b'D' => Some(Press::Left),
        b'F' => Some(Press::End),
        b'H' => Some(Press::Home),
        b'Z' => Some(Press::BackTab),
        _ => None,
    }
}

/// Whether a read begins with what may follow the ESC of a sequence: `[` with something behind it, or `O` and the letter
/// of a key and nothing else. Nobody types either in one read.
fn is_rest_of_sequence(bytes: &[u8]) -> bool {
    match bytes {
        [b'[', next, ..] => matches!(next, 0x20..=0x7e),
        [b'O', last] => letter(*last).is_some(),
        _ => false,
    }
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

/// Terminals without bracketed paste: a run of text in one read with an Enter and more than eight printable bytes is a
/// paste, and its Enter submits nothing. Says whether there was one.
fn join_bursts(inputs: Vec<Input>, out: &mut Vec<Input>) -> bool {
    let mut run = Vec::new();
    let mut is_burst = false;
    for input in inputs {
        if matches!(input, Input::Key(Press::Char(_) | Press::Tab | Press::Enter)) {
            run.push(input);
        } else {
            is_burst |= end_run(&mut run, out);
            out.push(input);
        }
    }
    end_run(&mut run, out) || is_burst
}

/// Hands a run of text on, as keys or as one paste; says whether it was a paste.
fn end_run(run: &mut Vec<Input>, out: &mut Vec<Input>) -> bool {
    let printable = |input: &Input| match input {
        Input::Key(Press::Char(c)) => c.len_utf8(),
        _ => 0,
    };
    let has_enter = run.contains(&Input::Key(Press::Enter));
    if !has_enter || run.iter().map(printable).sum::<usize>() <= BURST {
        out.append(run);
        return false;
    }
    let text = run
        .drain(..)
        .filter_map(|input| match input {
            Input::Key(Press::Char(c)) => Some(c),
            Input::Key(Press::Tab) => Some('\t'),
            Input::Key(Press::Enter) => Some('\n'),
            _ => None,
        })
        .collect();
    out.push(Input::Paste(text));
    true
}
