//! Any bytes of a terminal: keys must not depend on how the bytes were cut, and nothing may be kept for ever.

use super::{BURST, Input, MAX_PASTE, Parser, Press};

/// The first byte says how the rest is cut: 0 into single bytes, else into pieces of that many.
pub(crate) fn terminal_input(data: &[u8]) {
    let Some((cut, bytes)) = data.split_first() else { return };
    let whole = inputs(&[bytes]);
    let pieces: Vec<&[u8]> = bytes.chunks(usize::from(*cut).max(1)).collect();
    assert_eq!(inputs(&pieces), whole, "the same keys however the bytes are cut");
    by_reads(bytes);
    is_at_rest_after_silence(bytes);
}

/// What these pieces mean.
fn inputs(pieces: &[&[u8]]) -> Vec<Input> {
    let mut parser = Parser::default();
    let mut out = Vec::new();
    for piece in pieces {
        parser.feed(piece, &mut out);
        assert!(parser.kept() <= 2 * MAX_PASTE, "{} bytes kept", parser.kept());
    }
    out
}

/// One read: a burst becomes a paste, and no character is lost or made up by that.
fn by_reads(bytes: &[u8]) {
    let mut parser = Parser::default();
    let mut out = Vec::new();
    parser.feed_read(bytes, &mut out);
    parser.end_burst(&mut out);
    let plain = inputs(&[bytes]);
    assert_eq!(typed(&out), typed(&plain), "the same characters in one read");
    assert!(out.len() <= plain.len(), "a paste is one input");
    let is_control = |input: &Input| matches!(input, Input::Key(Press::Char(c)) if c.is_control());
    assert!(!out.iter().any(is_control), "no control character is typed");
    // An Enter that stands behind a burst submits nothing.
    for line in out.split_inclusive(|input| !matches!(input, Input::Key(Press::Char(_) | Press::Tab))) {
        let letters = line.iter().filter(|input| matches!(input, Input::Key(Press::Char(_))));
        let run: usize = letters.map(|letter| typed(std::slice::from_ref(letter)).len()).sum();
        assert!(line.last() != Some(&Input::Key(Press::Enter)) || run <= BURST, "Enter after {run} bytes");
    }
}

/// All text, typed or pasted, in order.
fn typed(inputs: &[Input]) -> String {
    let text = |input: &Input| match input {
        Input::Key(press) => press.text().map(String::from).unwrap_or_default(),
        Input::Typed(text) | Input::Paste(text) => text.clone(),
        Input::Flood(_) => String::new(),
    };
    inputs.iter().map(text).collect()
}

/// Whatever came, after the waits that the parser asks for the next key counts.
fn is_at_rest_after_silence(bytes: &[u8]) {
    let mut parser = Parser::default();
    let mut out = Vec::new();
    parser.feed(bytes, &mut out);
    let mut waits = 0;
    while parser.patience().is_some() {
        parser.silence(&mut out);
        waits += 1;
        assert!(waits <= 3, "it waits for ever");
    }
    out.clear();
    parser.feed(b"k\r", &mut out);
    assert!(out.ends_with(&[Input::Key(Press::Char('k')), Input::Key(Press::Enter)]), "{out:?}");
}
