use proptest::prelude::*;

use super::*;

fn keys(bytes: &[u8]) -> Vec<Input> {
    let mut parser = Parser::default();
    let mut out = Vec::new();
    parser.feed(bytes, &mut out);
    while parser.sequence.as_ref().is_some_and(|sequence| sequence.bytes == [ESC]) {
        parser.silence(&mut out);
    }
    out
}

fn one(press: Press) -> Vec<Input> {
    vec![Input::Key(press)]
}

#[test]
fn every_encoding_of_a_key_is_that_key() {
    for (bytes, press) in [
        (&b"a"[..], Press::Char('a')),
        (b" ", Press::Char(' ')),
        (b"\r", Press::Enter),
        (b"\n", Press::Enter),
        (b"\x1bOM", Press::Enter),
        (b"\t", Press::Tab),
        (b"\x1b[Z", Press::BackTab),
        (b"\x7f", Press::Backspace),
        (b"\x08", Press::Backspace),
        (b"\x1b", Press::Esc),
        (b"\x1b[A", Press::Up),
        (b"\x1bOA", Press::Up),
        (b"\x1b[B", Press::Down),
        (b"\x1bOB", Press::Down),
        (b"\x1b[1;5B", Press::Down),
        (b"\x1b[C", Press::Right),
        (b"\x1bOD", Press::Left),
        (b"\x1b[H", Press::Home),
        (b"\x1bOH", Press::Home),
        (b"\x1b[1~", Press::Home),
        (b"\x1b[7~", Press::Home),
        (b"\x1b[F", Press::End),
        (b"\x1bOF", Press::End),
        (b"\x1b[4~", Press::End),
        (b"\x1b[8~", Press::End),
        (b"\x1b[3~", Press::Delete),
        (b"\x1b[5~", Press::PageUp),
        (b"\x1b[6~", Press::PageDown),
        // F1: xterm, rxvt and PuTTY, the Linux console, kitty.
        (b"\x1bOP", Press::Ctrl('g')),
        (b"\x1b[11~", Press::Ctrl('g')),
        (b"\x1b[[A", Press::Ctrl('g')),
        (b"\x1b[P", Press::Ctrl('g')),
        (b"\x03", Press::Ctrl('c')),
        (b"\x15", Press::Ctrl('u')),
        (b"\x1a", Press::Ctrl('z')),
        (b"\x1c", Press::Ctrl('\\')),
        ("é".as_bytes(), Press::Char('é')),
        ("王".as_bytes(), Press::Char('王')),
        ("🦀".as_bytes(), Press::Char('🦀')),
    ] {
        assert_eq!(keys(bytes), one(press), "{bytes:?}");
    }
}

#[test]
fn unknown_sequences_and_late_replies_are_swallowed_whole() {
    for bytes in [
        &b"\x1b[?62;4c"[..],
        b"\x1b[12;40R",
        b"\x1b]11;rgb:0000/0000/0000\x07",
        b"\x1b]11;rgb:0000/0000/0000\x1b\\",
        b"\x1bP>|XTerm(379)\x1b\\",
        b"\x1b_Gi=1;OK\x1b\\",
        b"\x1b[15~",
        b"\x1bOQ",
        b"\x1b[[B",
        b"\x1b[?2026;2$y",
        b"\x1b[201~",
        b"\x1b[1234567890123456789012345678901234567890A",
        b"\x1b[M !!",
        b"\x1b[<0;12;7M",
        b"\x1bX hidden \x1b\\",
        b"\x1b^private\x1b\\",
        b"\xc2\x9b",
        b"\0",
    ] {
        assert_eq!(keys(bytes), Vec::new(), "{bytes:?}");
        let mut after = bytes.to_vec();
        after.push(b'k');
        assert_eq!(keys(&after), one(Press::Char('k')), "{bytes:?}");
    }
}

#[test]
fn a_lone_esc_waits_for_the_rest_of_a_sequence_and_types_nothing() {
    let mut parser = Parser::default();
    let mut out = Vec::new();
    parser.feed(b"\x1b", &mut out);
    assert!(out.is_empty());
    assert_eq!(parser.patience(), Some(ESCAPE_WAIT));
    parser.feed(b"[B", &mut out);
    assert_eq!(out, one(Press::Down));
    assert_eq!(parser.patience(), None);
    out.clear();
    parser.feed(b"\x1b", &mut out);
    parser.silence(&mut out);
    assert_eq!(out, one(Press::Esc));
    out.clear();
    parser.feed(b"[", &mut out);
    assert_eq!(out, one(Press::Char('[')));
}

/// Words that came at once as the keys that they are in a field.
fn spelled(inputs: Vec<Input>) -> Vec<Input> {
    let keys = |input| match input {
        Input::Typed(text) => typed(&text),
        other => vec![other],
    };
    inputs.into_iter().flat_map(keys).collect()
}

/// What comes of reads with pauses behind them, in milliseconds, and of everything that may still be waited for.
fn timed(reads: &[(&[u8], u64)]) -> Vec<Input> {
    let mut parser = Parser::default();
    let mut out = Vec::new();
    for (read, pause) in reads {
        parser.feed_read(read, &mut out);
        let mut pause = Duration::from_millis(*pause);
        while let Some(wait) = parser.patience().filter(|wait| *wait <= pause) {
            pause -= wait;
            parser.silence(&mut out);
        }
    }
    rests(&mut parser, &mut out);
    out
}

/// Waits for everything that the parser waits for.
fn rests(parser: &mut Parser, out: &mut Vec<Input>) {
    for _ in 0..5 {
        if parser.patience().is_none() {
            return;
        }
        parser.silence(out);
    }
    panic!("it waits for ever");
}

fn typed(text: &str) -> Vec<Input> {
    text.chars().map(|c| Input::Key(if c == '\r' { Press::Enter } else { Press::Char(c) })).collect()
}

/// Answers as terminals give them: DA1, DA2, the cursor's place, a mode, the window, kitty's flags, OSC colours ended both
/// ways, the clipboard, a title, a version, a setting, a capability, DA3, kitty's graphics.
const REPLIES: [&str; 22] = [
    "\x1b[?62;4c",
    "\x1b[>41;379;0c",
    "\x1b[12;40R",
    "\x1b[0n",
    "\x1b[?2026;2$y",
    "\x1b[8;24;80t",
    "\x1b[?0u",
    "\x1b[?997;1n",
    "\x1b]11;rgb:acac/bebe/cdcd\x07",
    "\x1b]11;rgb:acac/bebe/cdcd\x1b\\",
    "\x1b]10;rgba:ff/ff/ff/ff\x1b\\",
    "\x1b]4;12;rgb:5c5c/5c5c/ffff\x1b\\",
    "\x1b]52;c;cGFzc3dvcmQ=\x1b\\",
    "\x1b]lquit now\x1b\\",
    "\x1bP>|WezTerm 20260101\x1b\\",
    "\x1bP>|tmux 3.4\x1b\\",
    "\x1bP1$r0;1;7m\x1b\\",
    "\x1bP0$r\x1b\\",
    "\x1bP1+r544e=787465726d\x1b\\",
    "\x1bP!|00000000\x1b\\",
    "\x1b_Gi=1;OK\x1b\\",
    "\x1b_Gi=31;ENOENT:file not found\x1b\\",
];

#[test]
fn a_reply_cut_at_any_byte_for_any_time_presses_nothing() {
    for reply in REPLIES {
        for cut in 1..reply.len() {
            let (start, rest) = reply.as_bytes().split_at(cut);
            for pause in [0, 9, 90, 140, 160, 1_000, 2_500, 9_000] {
                // Behind its ESC alone, after so long a pause, the Esc may be a person's: once.
                let wanted = if cut == 1 && pause >= 150 { one(Press::Esc) } else { Vec::new() };
                assert_eq!(timed(&[(start, pause), (rest, 0)]), wanted, "{start:?} {pause} ms {rest:?}");
                // Nothing of it is left: the next key counts.
                let after = timed(&[(start, pause), (rest, 0), (b"j", 0)]);
                assert_eq!(after, [wanted, typed("j")].concat(), "{start:?} {pause} ms {rest:?}");
            }
        }
    }
}

#[test]
fn the_bytes_that_were_seen_to_press_keys_press_none() {
    for reads in [
        [(&b"\x1b"[..], 90), (b"P>|WezTerm\x1b\\", 0)],
        [(b"\x1b", 90), (b"]11;rgb:acac/bebe/cdcd\x07", 0)],
        [(b"\x1b]11;rgb:ac", 2_500), (b"ac/bebe/cdcd\x07", 0)],
    ] {
        assert_eq!(timed(&reads), Vec::new(), "{reads:?}");
    }
    for (byte, digit) in (b'p'..=b'y').zip('0'..='9') {
        assert_eq!(keys(&[0x1b, b'O', byte]), one(Press::Char(digit)));
    }
    assert_eq!(keys(b"\x1b[99;5u"), one(Press::Ctrl('c')));
    assert_eq!(keys(b"\x1b[27u"), one(Press::Esc));
    assert_eq!(keys(b"\x1b[27;5;99~"), one(Press::Ctrl('c')));
    assert_eq!(keys("O\u{2019}Brien".as_bytes()), typed("O\u{2019}Brien"));
    let list: Vec<u8> = (0..120).flat_map(|at| format!("user{at:03}@firm.example\r").into_bytes()).collect();
    assert_eq!(list.len(), 120 * 21);
    for size in [16, 20, 21, 50, 4_096] {
        let reads: Vec<(&[u8], u64)> = list.chunks(size).map(|piece| (piece, 9)).collect();
        let pasted = String::from_utf8(list.clone()).unwrap().replace('\r', "\n");
        assert_eq!(timed(&reads), vec![Input::Paste(pasted)], "in pieces of {size}");
    }
}

#[test]
fn a_person_who_presses_esc_and_then_types_is_served() {
    let escape = |text: &str| [one(Press::Esc), typed(text)].concat();
    for (reads, text) in [
        // A pause behind Esc, one behind the letter, or none.
        (&[(&b"\x1b"[..], 400), (b"P", 200), (b"e", 200), (b"ter", 0)][..], "Peter"),
        (&[(b"\x1b", 400), (b"P", 90), (b"e", 0)], "Pe"),
        (&[(b"\x1b", 100), (b"P", 120), (b"e", 120), (b"t", 0)], "Pet"),
        (&[(b"\x1b", 100), (b"P", 400), (b"q", 0)], "Pq"),
        (&[(b"\x1b", 100), (b"X", 400), (b"q", 0)], "Xq"),
        (&[(b"\x1b", 400), (b"]", 0)], "]"),
        (&[(b"\x1b", 400), (b"_", 40), (b"x", 0)], "_x"),
        (&[(b"\x1b", 100), (b"]", 20), (b"\r", 0)], "]\r"),
        (&[(b"\x1b", 400), (b"[", 0)], "["),
        (&[(b"\x1b", 400), (b"[", 400), (b"q", 0)], "[q"),
        // Typed ahead on a slow line, in one read.
        (&[(b"\x1bPeter", 0)], "Peter"),
        (&[(b"\x1bP", 120), (b"eter", 0)], "Peter"),
        (&[(b"\x1bq", 0)], "q"),
    ] {
        assert_eq!(timed(reads), escape(text), "{reads:?}");
    }
    // Esc inside a reply whose end got lost is a key.
    assert_eq!(timed(&[(b"\x1b]11;rgb:ac", 3_000), (b"\x1b", 0)]), one(Press::Esc));
    assert_eq!(timed(&[(b"\x1b]11;rgb:ac", 500), (b"\x1b", 0)]), one(Press::Esc));
    // And so is everything that can't be its rest.
    for lost in
        [&b"\x1b]11;rgb:ac"[..], b"\x1bP>|Wez", b"\x1b_Gi=1", b"\x1b[?62", b"\x1b]", b"\x1b[", b"\x1bO"]
    {
        for key in ["j", "q", "s", "k", "\r"] {
            assert_eq!(timed(&[(lost, 2_500), (key.as_bytes(), 0)]), typed(key), "{key:?} behind {lost:?}");
        }
        assert_eq!(timed(&[(lost, 13_000), (b"a", 0)]), typed("a"), "much later any key counts");
    }
}

#[test]
fn keys_told_by_number_are_the_keys_that_every_terminal_has() {
    for (bytes, press) in [
        ("\x1b[97u", Press::Char('a')),
        ("\x1b[97;2u", Press::Char('A')),
        ("\x1b[97:65;2u", Press::Char('A')),
        ("\x1b[50:34;2u", Press::Char('"')),
        ("\x1b[97;65u", Press::Char('A')),
        ("\x1b[97;66u", Press::Char('a')),
        ("\x1b[97;1:2u", Press::Char('a')),
        ("\x1b[101;;233u", Press::Char('é')),
        ("\x1b[1089::99;5u", Press::Ctrl('c')),
        ("\x1b[13u", Press::Enter),
        ("\x1b[13;5u", Press::Enter),
        ("\x1b[9u", Press::Tab),
        ("\x1b[9;2u", Press::BackTab),
        ("\x1b[127u", Press::Backspace),
        ("\x1b[27;1:1u", Press::Esc),
        ("\x1b[32u", Press::Char(' ')),
        ("\x1b[104;5u", Press::Backspace),
        ("\x1b[92;5u", Press::Ctrl('\\')),
        ("\x1b[67;6u", Press::Ctrl('c')),
        ("\x1b[122;5u", Press::Ctrl('z')),
        ("\x1b[1;1:1B", Press::Down),
        ("\x1b[1;5:2A", Press::Up),
        ("\x1b[3;1:1~", Press::Delete),
        ("\x1b[5;3~", Press::PageUp),
        ("\x1b[57399u", Press::Char('0')),
        ("\x1b[57408u", Press::Char('9')),
        ("\x1b[57409u", Press::Char('.')),
        ("\x1b[57414u", Press::Enter),
        ("\x1b[57419u", Press::Up),
        ("\x1b[57422u", Press::PageDown),
        ("\x1b[57426u", Press::Delete),
        ("\x1b[27;2;65~", Press::Char('A')),
        ("\x1b[27;5;109~", Press::Enter),
        ("\x1b[27;2;9~", Press::BackTab),
        ("\x1b[27;6;76~", Press::Ctrl('l')),
        ("\x1bOj", Press::Char('*')),
        ("\x1bOk", Press::Char('+')),
        ("\x1bOl", Press::Char(',')),
        ("\x1bOm", Press::Char('-')),
        ("\x1bOn", Press::Char('.')),
        ("\x1bOo", Press::Char('/')),
        ("\x1bOX", Press::Char('=')),
        ("\x1bO ", Press::Char(' ')),
        ("\x1bOI", Press::Tab),
        ("\x1bO2s", Press::Char('3')),
        ("\x1bO5A", Press::Up),
    ] {
        assert_eq!(keys(bytes.as_bytes()), one(press), "{bytes:?}");
    }
    for nothing in [
        "\x1b[97;1:3u",
        "\x1b[27;1:3u",
        "\x1b[1;1:3B",
        "\x1b[6;1:3~",
        "\x1b[97;3u",
        "\x1b[97;9u",
        "\x1b[57441;2u",
        "\x1b[57358u",
        "\x1b[57428u",
        "\x1b[2;5u",
        "\x1b[1114112u",
        "\x1b[99999999999u",
        "\x1b[27;5~",
        "\x1b[;u",
        "\x1b[?1u",
        "\x1bOQ",
        "\x1bO2Q",
        "\x1bOE",
    ] {
        assert_eq!(keys(nothing.as_bytes()), Vec::new(), "{nothing:?}");
    }
}

#[test]
fn text_that_came_too_fast_to_be_typed_waits_for_its_end() {
    for (reads, wanted) in [
        // Typed ahead, and then Enter by hand.
        (&[(&b"banksia medical"[..], 20), (b"\r", 0)][..], typed("banksia medical\r")),
        (&[(b"banksia medical", 0)], typed("banksia medical")),
        (&[(b"banksia medical", 20), (b"\x1b[B", 0)], [typed("banksia medical"), one(Press::Down)].concat()),
        (&[(b"ana@firm.example", 20), (b"\rben@", 20), (b"f", 20), (b"\r", 0)], {
            vec![Input::Paste("ana@firm.example\nben@f\n".to_owned())]
        }),
        // An arrow ends it; an Enter right behind it presses nothing.
        (
            &[(b"one line\rtwo\x1b[B", 20), (b"\r", 0)],
            vec![Input::Paste("one line\ntwo".to_owned()), Input::Key(Press::Down)],
        ),
        (&[(b"one line of\r", 20), (b"\x03", 0)], {
            vec![Input::Paste("one line of\n".to_owned()), Input::Key(Press::Ctrl('c'))]
        }),
    ] {
        assert_eq!(spelled(timed(reads)), wanted, "{reads:?}");
    }
    let line = b"somebody@firm.example\r".repeat(60_000);
    let reads: Vec<(&[u8], u64)> = line.chunks(4_096).map(|piece| (piece, 9)).collect();
    assert_eq!(timed(&reads), vec![Input::Flood(line.len())], "too much, brackets or not");
}

#[test]
fn an_unfinished_sequence_can_not_swallow_keys_for_ever() {
    for start in [&b"\x1b["[..], b"\x1b]0;x", b"\x1bO", b"\x1b[["] {
        let mut parser = Parser::default();
        let mut out = Vec::new();
        parser.feed(start, &mut out);
        assert_eq!(parser.patience(), Some(SEQUENCE_WAIT), "{start:?}");
        parser.silence(&mut out);
        parser.feed(b"q", &mut out);
        assert_eq!(out, one(Press::Char('q')), "{start:?}");
    }
    assert_eq!(keys(b"\x1b]x\x03k"), one(Press::Char('k')), "Ctrl-C gives a string up");
}

#[test]
fn a_burst_is_a_paste_whichever_of_its_lines_is_long() {
    let read = |bytes: &[u8]| timed(&[(bytes, 0)]);
    for text in ["\nana@bakery.example\n", "Ana\nana@bakery.example\n", "ana@bakery.example\nx"] {
        assert_eq!(read(text.as_bytes()), vec![Input::Paste(text.to_owned())], "{text:?}");
    }
    assert_eq!(read(b"ana\rben\r").len(), 8, "short words that were typed ahead are keys");
}

#[test]
fn broken_characters_show_and_the_next_key_counts() {
    assert_eq!(keys(b"\xe9k"), vec![Input::Key(Press::Char('\u{FFFD}')), Input::Key(Press::Char('k'))]);
    assert_eq!(keys(b"\xe7\x8e\x1b[A"), vec![Input::Key(Press::Char('\u{FFFD}')), Input::Key(Press::Up)]);
    assert_eq!(keys(b"\xff"), one(Press::Char('\u{FFFD}')));
}

#[test]
fn a_paste_is_text_and_its_enter_never_submits() {
    let mut parser = Parser::default();
    let mut out = Vec::new();
    parser.feed(b"\x1b[200~a\x1bb\r\nc\x03\rd\x1b[20", &mut out);
    parser.feed(b"1~\r", &mut out);
    assert_eq!(out, vec![Input::Paste("a\u{FFFD}b\nc\u{FFFD}\nd".to_owned())]);
    assert_eq!(parser.patience(), Some(PASTE_GUARD));
    parser.silence(&mut out);
    parser.feed(b"\r", &mut out);
    assert_eq!(out.len(), 2);
}

#[test]
fn a_paste_that_holds_its_own_end_marker_can_not_press_anything() {
    let mut parser = Parser::default();
    let mut out = Vec::new();
    parser.feed(b"\x1b[200~x\x1b[201~\r\t q\r\x1b[201~\r", &mut out);
    assert_eq!(out, vec![Input::Paste("x\t q".to_owned())], "what follows at once is more of the paste");
    out.clear();
    parser.feed_read(b"a\r\xc3\xa9", &mut out);
    assert_eq!(out, vec![Input::Paste("aé".to_owned())], "in a later read, too");
    parser.silence(&mut out);
    out.clear();
    parser.feed_read(b"a\r", &mut out);
    assert_eq!(
        out,
        vec![Input::Key(Press::Char('a')), Input::Key(Press::Enter)],
        "after 100 ms of quiet keys count"
    );
}

#[test]
fn a_huge_paste_is_refused_as_a_whole_and_keeps_no_memory() {
    for more in [0, 1, 5_000, 9 << 20] {
        let mut bytes = b"\x1b[200~".to_vec();
        bytes.extend(std::iter::repeat_n(b'x', MAX_PASTE + more));
        let mut parser = Parser::default();
        let mut out = Vec::new();
        for piece in bytes.chunks(1 << 16) {
            parser.feed_read(piece, &mut out);
            let kept = &parser.paste.as_ref().expect("the paste goes on").bytes;
            assert!(kept.capacity() <= 2 * MAX_PASTE);
        }
        parser.feed_read(b"\x1b[201~tail\r", &mut out);
        match (more, out.as_slice()) {
            (0, [Input::Paste(text)]) => assert_eq!(text.len(), MAX_PASTE + "tail".len()),
            (1.., [Input::Flood(bytes)]) => assert_eq!(*bytes, MAX_PASTE + more),
            _ => panic!("{more}: {out:?}"),
        }
        parser.silence(&mut out);
        out.clear();
        parser.feed_read(b"k", &mut out);
        assert_eq!(out, one(Press::Char('k')));
    }
}

#[test]
fn a_paste_whose_end_is_lost_does_not_swallow_keys_for_ever() {
    let mut parser = Parser::default();
    let mut out = Vec::new();
    parser.feed_read(b"\x1b[200~half", &mut out);
    parser.feed_read(b"\x03", &mut out);
    assert!(out.is_empty(), "without quiet before it, it is text");
    parser.silence(&mut out);
    assert!(out.is_empty() && parser.patience() == Some(PASTE_WAIT), "a stalled line is waited for");
    parser.feed_read(b" more", &mut out);
    assert_eq!(parser.patience(), Some(PASTE_STALL));
    parser.silence(&mut out);
    parser.feed_read(b"\x03", &mut out);
    let pasted = Input::Paste("half\u{FFFD} more".to_owned());
    assert_eq!(out, vec![pasted, Input::Key(Press::Ctrl('c'))], "Ctrl-C alone gives it up");
    out.clear();
    parser.feed_read(b"\x1b[200~other", &mut out);
    parser.silence(&mut out);
    parser.silence(&mut out);
    assert_eq!(out, vec![Input::Paste("other".to_owned())]);
    assert_eq!(parser.patience(), Some(PASTE_GUARD));
}

#[test]
fn the_rest_of_a_sequence_that_comes_too_late_is_never_typed() {
    for (rest, means) in [
        (&b"[B"[..], vec![]),
        (b"[1;5B", vec![]),
        (b"OB", vec![]),
        (b"[Bk", one(Press::Char('k'))),
        (b"[200~a\x1b[201~", vec![Input::Paste("a".into())]),
        (b"[", one(Press::Char('['))),
        (b"Olsen", "Olsen".chars().map(|c| Input::Key(Press::Char(c))).collect()),
        (b"x", one(Press::Char('x'))),
    ] {
        let mut parser = Parser::default();
        let mut out = Vec::new();
        parser.feed_read(b"\x1b", &mut out);
        parser.silence(&mut out);
        assert_eq!(out, one(Press::Esc));
        out.clear();
        parser.feed_read(rest, &mut out);
        if rest == b"[" {
            // More might follow: it is a key once nothing did.
            assert_eq!(out, Vec::new());
            parser.silence(&mut out);
        }
        assert_eq!(spelled(std::mem::take(&mut out)), means, "{rest:?}");
        parser.feed_read(b"\x1b[B", &mut out);
        if !matches!(means.as_slice(), [Input::Paste(_)]) {
            assert_eq!(out, one(Press::Down), "after {rest:?}");
        }
    }
}

#[test]
fn a_sequence_of_any_length_costs_no_memory() {
    let mut parser = Parser::default();
    let mut out = Vec::new();
    parser.feed(b"\x1b[", &mut out);
    parser.feed(&vec![b'1'; 1 << 20], &mut out);
    assert!(parser.sequence.as_ref().is_some_and(|kept| kept.bytes.capacity() <= 4 * code::MAX_PARAMETERS));
    parser.feed(b"A\x1bP", &mut out);
    parser.feed(&vec![b'q'; 1 << 20], &mut out);
    parser.feed(b"\x1b\\k", &mut out);
    assert_eq!(out, one(Press::Char('k')));
}

#[test]
fn a_burst_that_ends_in_enter_is_a_paste() {
    for (bytes, pasted) in [
        (&b"123456789\r"[..], Some("123456789\n")),
        (b"12345678\r", None),
        (b"123456789", None),
        (b"one line\tof\rtwo\r", Some("one line\tof\ntwo\n")),
        (b"ab\rlonger line\r", Some("ab\nlonger line\n")),
        (b"\r\r\r\r\r\r\r\r\r\r", None),
        (b"\x1b[B\x1b[B\x1b[B\r", None),
    ] {
        let out = timed(&[(bytes, 0)]);
        let is_paste = out.iter().any(|input| matches!(input, Input::Paste(_)));
        assert_eq!(is_paste, pasted.is_some(), "{bytes:?}");
        if let Some(text) = pasted {
            assert_eq!(out, vec![Input::Paste(text.to_owned())]);
        }
        // The next piece's Enter does not count either; of what is no paste it does.
        let again = timed(&[(bytes, 20), (b"\r", 0)]);
        assert_eq!(again.last() == Some(&Input::Key(Press::Enter)), pasted.is_none(), "{bytes:?}");
    }
}

#[test]
fn debug_tells_no_typed_or_pasted_text() {
    let shown = format!("{:?}{:?}", Input::Paste("secret".into()), Input::Key(Press::Char('s')));
    assert_eq!(shown, "Paste(6 bytes)Key(1 character)");
}

/// Bytes in which the starts of sequences are common.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        any::<u8>().prop_map(|b| vec![b]),
        Just(b"\x1b[200~".to_vec()),
        Just(b"\x1b[201~".to_vec()),
        Just(b"\x1b[".to_vec()),
        Just(b"\x1b]".to_vec()),
        Just(b"\x1bO".to_vec()),
        Just(b"\x1b\\".to_vec()),
        Just(b"\x1b[M".to_vec()),
        Just("é王🦀".as_bytes().to_vec()),
        Just(b"\r".to_vec()),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_cut_gives_the_same_keys(bytes in bytes(), cuts in prop::collection::vec(1_usize..9, 0..40)) {
        let mut whole = Vec::new();
        Parser::default().feed(&bytes, &mut whole);
        let mut pieces = Vec::new();
        let mut parser = Parser::default();
        let mut rest = bytes.as_slice();
        for cut in cuts {
            let (head, tail) = rest.split_at(cut.min(rest.len()));
            parser.feed(head, &mut pieces);
            rest = tail;
        }
        parser.feed(rest, &mut pieces);
        prop_assert_eq!(whole, pieces);
    }

    #[test]
    fn a_reply_in_pieces_presses_nothing_while_its_pauses_are_short(
        at in 0..REPLIES.len(),
        cuts in prop::collection::vec((1_usize..6, 0_u64..150), 0..12),
    ) {
        let (mut rest, mut reads) = (REPLIES[at].as_bytes(), Vec::new());
        for (cut, pause) in &cuts {
            // An introducer alone between two pauses may be a person's.
            let cut = if rest.len() == REPLIES[at].len() { (*cut).max(2) } else { *cut };
            let (piece, more) = rest.split_at(cut.min(rest.len()));
            reads.push((piece, *pause));
            rest = more;
        }
        reads.push((rest, 0));
        prop_assert_eq!(timed(&reads), Vec::new());
    }

    #[test]
    fn a_colour_in_pieces_presses_nothing_whatever_its_pauses(
        at in 8_usize..12,
        cuts in prop::collection::vec((1_usize..6, prop_oneof![Just(90_u64), Just(2_500), Just(9_000)]), 0..12),
    ) {
        let (start, mut rest) = REPLIES[at].as_bytes().split_at(4);
        let mut reads = vec![(start, 2_500)];
        for (cut, pause) in &cuts {
            let (piece, more) = rest.split_at((*cut).min(rest.len()));
            reads.push((piece, *pause));
            rest = more;
        }
        reads.push((rest, 0));
        prop_assert_eq!(timed(&reads), Vec::new());
    }

    #[test]
    fn nothing_that_comes_out_is_a_control_character(bytes in bytes()) {
        let mut out = Vec::new();
        Parser::default().feed_read(&bytes, &mut out);
        for input in out {
            match input {
                Input::Key(Press::Char(c)) => prop_assert!(!c.is_control()),
                Input::Paste(text) => prop_assert!(text.chars().all(|c| !c.is_control() || "\n\t".contains(c))),
                Input::Typed(text) => prop_assert!(!text.chars().any(char::is_control)),
                Input::Key(_) | Input::Flood(_) => {}
            }
        }
    }
}
