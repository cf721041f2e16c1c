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

use std::time::Duration;

use code::{MAX_PARAMETERS, keypad, keys};
use reply::{Shape, is_introducer, is_whole, may_go_on, shape};

mod code;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod reply;
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
    /// After `ESC O`, maybe with modifiers behind it.
    Ss3,
    /// In an OSC, DCS, APC, PM or SOS string.
    Text(Text),
    /// In a bracketed paste: the payload so far, the start of its end marker included.
    Paste(Vec<u8>),
    /// In an old mouse report, which has so many bytes more: a program that was killed may have left the mouse on.
    Mouse(u8),
}

/// A string behind ESC and its introducer.
#[derive(Debug)]
struct Text {
    /// The byte behind ESC.
    introducer: u8,
    /// Its first bytes, [`MAX_HELD`] at most.
    body: Vec<u8>,
    /// An ESC came: its end, or the start of something else.
    is_ending: bool,
    /// ESC and introducer came in one read.
    is_joined: bool,
}

impl Text {
    /// The start of one.
    const fn new(introducer: u8, is_joined: bool) -> Self {
        Self { introducer, body: Vec::new(), is_ending: false, is_joined }
    }

    /// Whether it may be what a person typed behind Esc.
    fn may_be_typed(&self) -> bool {
        self.body.len() < MAX_HELD
            && shape(self.introducer, &self.body) == Shape::Unknown
            && !(self.is_joined && self.body.is_empty())
    }

    /// Whether its ESC may be a key: it came where no reply ends.
    fn may_be_left(&self) -> bool {
        self.is_ending && self.body.len() < MAX_HELD && !is_whole(self.introducer, &self.body)
    }
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

/// What was given out as keys last, though it may have been the start of a sequence: its rest must not be typed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Given {
    /// Nothing of the kind.
    #[default]
    Nothing,
    /// A lone Esc.
    Escape,
    /// An introducer behind Esc, `[` included; it may also have been dropped.
    Introducer(u8),
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
    /// Nothing came for a while in the middle of a paste, or of a known reply.
    is_stalled: bool,
    /// What was given out last.
    given: Given,
    /// The Esc of the present sequence has been given out: what it means is dropped.
    is_late: bool,
    /// The ESC of the present read: what follows it there came with it.
    is_joined: bool,
    /// Text that came too fast to be typed, and may become a paste; Tab and Enter are `\t` and `\n`.
    burst: String,
    /// Bytes of such text that were dropped: it is too long.
    burst_dropped: usize,
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
        self.is_joined = false;
        let mut bytes = self.late(bytes, &mut inputs);
        if std::mem::take(&mut self.is_stalled) {
            match &self.state {
                State::Paste(_) if bytes == [0x03] => {
                    self.end_paste(&mut inputs);
                    // Nothing of the paste is on its way any more.
                    self.guard = Guard::None;
                }
                State::Csi(_) | State::Text(_) => bytes = self.resumed(bytes),
                _ => {}
            }
        }
        self.feed(bytes, &mut inputs);
        if matches!(self.state, State::Ground | State::Paste(_)) {
            self.is_late = false;
        }
        self.join(matches!(bytes, b"\r" | b"\n"), inputs, out);
    }

    /// How long to wait for more bytes before [`Parser::silence`]; none: for ever.
    #[must_use]
    pub fn patience(&self) -> Option<Duration> {
        match &self.state {
            State::Escape | State::Mouse(_) => Some(ESCAPE_WAIT),
            State::Ground if self.has_burst() => Some(PASTE_GUARD),
            State::Ground if matches!(self.guard, Guard::None) => None,
            State::Ground => Some(PASTE_GUARD),
            State::Paste(_) if self.is_stalled => Some(PASTE_WAIT),
            State::Paste(_) => Some(PASTE_STALL),
            State::Csi(parameters) if self.is_late && parameters.is_empty() => Some(ESCAPE_WAIT),
            State::Text(text) if text.may_be_typed() || text.may_be_left() => Some(ESCAPE_WAIT),
            _ if self.is_stalled => Some(LATE_WAIT),
            _ => Some(SEQUENCE_WAIT),
        }
    }

    /// Nothing came for as long as [`Parser::patience`] said.
    pub fn silence(&mut self, out: &mut Vec<Input>) {
        match std::mem::take(&mut self.state) {
            State::Ground if self.has_burst() => {
                self.end_burst(out);
            }
            State::Ground => self.guard = Guard::None,
            State::Escape => {
                self.given = Given::Escape;
                out.push(Input::Key(Press::Esc));
            }
            state @ State::Paste(_) => {
                let was_stalled = std::mem::replace(&mut self.is_stalled, true);
                self.state = state;
                if was_stalled {
                    self.end_paste(out);
                }
            }
            State::Text(text) if text.may_be_typed() => self.give_back(&text, out),
            State::Text(text) if text.may_be_left() => {
                self.given = Given::Escape;
                out.push(Input::Key(Press::Esc));
            }
            State::Text(text) if !self.is_stalled && may_go_on(text.introducer, &text.body) => {
                (self.state, self.is_stalled) = (State::Text(text), true);
            }
            State::Csi(parameters) if parameters.is_empty() => {
                self.given = Given::Introducer(b'[');
                if self.is_late {
                    self.typed('[', out);
                }
            }
            State::Csi(parameters) if !self.is_stalled => {
                (self.state, self.is_stalled) = (State::Csi(parameters), true);
            }
            _ => {}
        }
        if matches!(self.state, State::Ground) {
            (self.is_late, self.is_stalled) = (false, false);
        }
    }

    /// Takes the rest of a sequence whose ESC has counted as the key: Back has been done, and what it means is dropped.
    /// A paste that begins so is one. Returns what follows.
    fn late<'a>(&mut self, bytes: &'a [u8], out: &mut Vec<Input>) -> &'a [u8] {
        match (std::mem::take(&mut self.given), bytes) {
            // Nobody types `O` and the letter of a key in one read, and nothing else.
            (Given::Escape, [b'O', last]) if keypad(*last).is_some() => &[],
            (Given::Escape, [byte, rest @ ..]) if *byte == b'[' || is_introducer(*byte) => {
                self.is_late = true;
                self.after_escape(*byte, out);
                rest
            }
            // Parameters without what they belong to: nobody types two of them in one read.
            (Given::Introducer(b'['), [0x20..=0x3f, 0x20..=0x7e, ..]) => {
                (self.state, self.is_stalled) = (State::Csi(Vec::new()), true);
                bytes
            }
            (Given::Introducer(introducer), bytes) => match reply::rest(introducer, &[], bytes) {
                (count, true) => bytes.get(count..).unwrap_or_default(),
                _ => bytes,
            },
            _ => bytes,
        }
    }

    /// Takes what belongs to a reply that stopped for long, or ends it; returns what follows.
    fn resumed<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        match std::mem::take(&mut self.state) {
            State::Csi(parameters) => {
                let more = bytes.iter().take_while(|byte| matches!(byte, 0x20..=0x3f)).count();
                match bytes.get(more) {
                    None => {
                        (self.state, self.is_stalled) = (State::Csi(parameters), true);
                        &[]
                    }
                    Some(last) if is_last_of_reply(*last) => bytes.get(more + 1..).unwrap_or_default(),
                    Some(_) => bytes,
                }
            }
            State::Text(text) if text.is_ending => bytes.strip_prefix(b"\\").unwrap_or(bytes),
            State::Text(mut text) => {
                let (count, is_end) = reply::rest(text.introducer, &text.body, bytes);
                let (known, rest) = bytes.split_at_checked(count).unwrap_or((bytes, &[]));
                let may_end = rest == [0x1b] && (count > 0 || is_whole(text.introducer, &text.body));
                if !is_end && (may_end || count > 0 && rest.is_empty()) {
                    let room = MAX_HELD.saturating_sub(text.body.len());
                    text.body.extend(known.iter().take(room));
                    text.is_ending = !rest.is_empty();
                    (self.state, self.is_stalled) = (State::Text(text), true);
                    return &[];
                }
                rest
            }
            other => {
                self.state = other;
                bytes
            }
        }
    }

    /// Gives a string out as what a person typed: Esc, unless it has been, the introducer, the text behind it.
    fn give_back(&mut self, text: &Text, out: &mut Vec<Input>) {
        if !std::mem::take(&mut self.is_late) {
            out.push(Input::Key(Press::Esc));
        }
        self.ground(text.introducer, out);
        for byte in &text.body {
            self.ground(*byte, out);
        }
        if text.body.is_empty() {
            self.given = Given::Introducer(text.introducer);
        }
        if text.is_ending {
            self.state = State::Escape;
        }
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

    /// Terminals without bracketed paste: text that came faster than anybody types is a paste where it has an Enter, and
    /// its Enter submits nothing. A list comes in many reads, cut anywhere, so that such text waits for the quiet behind
    /// it; else each piece would be a list of its own, with a cut address at both ends.
    ///
    /// Enter in a read of its own behind text without any is a person's, who typed ahead on a slow line.
    fn join(&mut self, is_enter: bool, inputs: Vec<Input>, out: &mut Vec<Input>) {
        let mut was_held = self.has_burst();
        if is_enter && was_held && !self.burst.contains('\n') {
            self.end_burst(out);
            return out.extend(inputs);
        }
        for input in inputs {
            let text = match input {
                Input::Key(Press::Char(c)) => c,
                Input::Key(Press::Tab) => '\t',
                Input::Key(Press::Enter) => '\n',
                _ => {
                    if self.end_burst(out) {
                        self.guard = Guard::Paste;
                    }
                    out.push(input);
                    was_held = false;
                    continue;
                }
            };
            self.burst.push(text);
            if self.burst.len() > MAX_PASTE {
                self.burst_dropped = self.burst_dropped.saturating_add(self.burst.len());
                self.burst.clear();
            }
        }
        // What was held before is a burst however few bytes follow it.
        let is_held = was_held || is_burst(&self.burst);
        if !(is_held && matches!(self.state, State::Ground)) && self.end_burst(out) {
            self.guard = Guard::Paste;
        }
    }

    /// Whether text waits for the quiet behind it.
    const fn has_burst(&self) -> bool {
        !self.burst.is_empty() || self.burst_dropped > 0
    }

    /// Hands text on, as keys or as one paste; says whether it was a paste.
    fn end_burst(&mut self, out: &mut Vec<Input>) -> bool {
        let text = std::mem::take(&mut self.burst);
        let dropped = std::mem::take(&mut self.burst_dropped);
        if dropped > 0 {
            out.push(Input::Flood(dropped.saturating_add(text.len())));
            return true;
        }
        if text.contains('\n') && is_burst(&text) {
            out.push(Input::Paste(text));
            return true;
        }
        out.extend(text.chars().map(|c| {
            Input::Key(match c {
                '\t' => Press::Tab,
                '\n' => Press::Enter,
                c => Press::Char(c),
            })
        }));
        false
    }

    /// Bytes kept for later, for fuzzing and its kept inputs.
    #[cfg(any(test, fuzzing))]
    fn kept(&self) -> usize {
        let kept = match &self.state {
            State::Csi(bytes) | State::Paste(bytes) => bytes.capacity(),
            State::Text(text) => text.body.capacity(),
            _ => 0,
        };
        kept + self.partial.capacity() + self.burst.capacity()
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
            State::Text(text) => self.text(text, byte, out),
            State::Paste(payload) => self.pasted(payload, byte, out),
            State::Mouse(left) => self.state = State::Mouse(left - 1),
        }
        if matches!(self.state, State::Ground | State::Paste(_)) {
            self.is_late = false;
        }
    }

    /// A byte inside a string.
    fn text(&mut self, mut text: Text, byte: u8, out: &mut Vec<Input>) {
        if text.is_ending {
            // ESC \ ends the string; ESC and anything else ends it too and starts something new.
            if byte != b'\\' {
                self.is_late = false;
                self.after_escape(byte, out);
            }
            return;
        }
        match byte {
            0x1b => text.is_ending = true,
            // BEL ends it; CAN, SUB and Ctrl-C give it up.
            0x07 | 0x18 | 0x1a | 0x03 => return,
            // No string of a terminal's has these; a person presses Enter behind what was typed after Esc.
            0x00..=0x1f | 0x7f if text.may_be_typed() => {
                self.give_back(&text, out);
                return self.ground(byte, out);
            }
            _ if text.body.len() < MAX_HELD => text.body.push(byte),
            _ => {}
        }
        // Behind a pause only a reply's own form is waited for.
        if self.is_late && !text.is_ending && text.may_be_typed() {
            return self.give_back(&text, out);
        }
        self.state = State::Text(text);
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

    /// A key of a sequence: text is text, however it was told.
    fn pressed(&self, press: Press, out: &mut Vec<Input>) {
        match press {
            _ if self.is_late => {}
            Press::Char(c) => self.typed(c, out),
            Press::Enter => self.typed('\n', out),
            Press::Tab => self.typed('\t', out),
            press => out.push(Input::Key(press)),
        }
    }

    /// A byte between sequences.
    fn ground(&mut self, byte: u8, out: &mut Vec<Input>) {
        if !self.partial.is_empty() {
            return self.character(byte, out);
        }
        match byte {
            0x1b => (self.state, self.is_joined) = (State::Escape, true),
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
            byte if is_introducer(byte) => self.state = State::Text(Text::new(byte, self.is_joined)),
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
            b'[' if parameters.is_empty() && self.is_late => {
                self.typed('[', out);
                self.typed('[', out);
            }
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
                } else {
                    for press in keys(&parameters, byte) {
                        self.pressed(press, out);
                    }
                }
            }
            // CAN and SUB give a sequence up; another control byte breaks it off and counts.
            0x18 | 0x1a => {}
            _ => self.ground(byte, out),
        }
    }

    /// The byte after `ESC O`, and after modifiers there, which mean nothing on the keypad.
    fn ss3(&mut self, byte: u8, out: &mut Vec<Input>) {
        match byte {
            b'0'..=b'9' | b';' => self.state = State::Ss3,
            0x20..=0x7e => {
                if let Some(press) = keypad(byte) {
                    self.pressed(press, out);
                }
            }
            _ => self.ground(byte, out),
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

/// Whether so much text in one read was typed by nobody.
fn is_burst(text: &str) -> bool {
    text.chars().filter(|c| !matches!(c, '\t' | '\n')).map(char::len_utf8).sum::<usize>() > BURST
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
