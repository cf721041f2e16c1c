use proptest::prelude::*;

use super::*;

fn keys(bytes: &[u8]) -> Vec<Input> {
    let mut parser = Parser::default();
    let mut out = Vec::new();
    parser.feed(bytes, &mut out);
    while matches!(parser.state, State::Escape) {
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
        b"\x1bOP",
        b"\x1b[[A",
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
    let read = |bytes: &[u8]| {
        let mut out = Vec::new();
        Parser::default().feed_read(bytes, &mut out);
        out
    };
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
            let State::Paste(kept) = &parser.state else { panic!("the paste has ended") };
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
        assert_eq!(out, means, "{rest:?}");
        out.clear();
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
    assert!(matches!(&parser.state, State::Csi(kept) if kept.capacity() <= 4 * MAX_PARAMETERS));
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
        let mut out = Vec::new();
        Parser::default().feed_read(bytes, &mut out);
        let is_paste = out.iter().any(|input| matches!(input, Input::Paste(_)));
        assert_eq!(is_paste, pasted.is_some(), "{bytes:?}");
        if let Some(text) = pasted {
            assert_eq!(out, vec![Input::Paste(text.to_owned())]);
        }
        let mut parser = Parser::default();
        parser.feed_read(bytes, &mut out);
        assert_eq!(
            parser.patience(),
            pasted.map(|_| PASTE_GUARD),
            "the next piece's Enter does not count either"
        );
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
    fn nothing_that_comes_out_is_a_control_character(bytes in bytes()) {
        let mut out = Vec::new();
        Parser::default().feed_read(&bytes, &mut out);
        for input in out {
            match input {
                Input::Key(Press::Char(c)) => prop_assert!(!c.is_control()),
                Input::Paste(text) => prop_assert!(text.chars().all(|c| !c.is_control() || "\n\t".contains(c))),
                Input::Key(_) | Input::Flood(_) => {}
            }
        }
    }
}
