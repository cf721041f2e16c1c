use ratatui::{
    buffer::{Buffer, Cell as Cell_},
    layout::Rect,
};

use super::*;
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        protection::State,
        tenant::{Check, CheckState},
        text::{Shown, Text},
        user::Kind,
    },
    wizard::{
        event::Action,
        view::{
            Ask, Button, Cell, ChoiceView, Chord, Count, FieldValue, FieldView, Key, Layout, Mark, Notice,
            Place as At, Row, Rows, Stop, Tone,
        },
    },
};

/// A list of any length whose rows are made when they are asked for.
#[derive(Debug)]
pub(crate) struct Many {
    /// How many.
    pub(crate) len: usize,
    /// The ticked one.
    pub(crate) ticked: Option<usize>,
    /// Names, taken in turn; cleaned already.
    pub(crate) names: Vec<Text>,
}

impl Many {
    pub(crate) fn of(len: usize) -> Self {
        let names = ["Nora Anderson", "王小明", "José Álvarez", "Room 4 (board)"].map(Text::clean).to_vec();
        Self { len, ticked: None, names }
    }
}

impl Rows for Many {
    fn len(&self) -> usize {
        self.len
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        (at < self.len).then(|| Row {
            mark: match at % 7 {
                _ if self.ticked == Some(at) => Mark::Ticked,
                3 => Mark::On,
                4 => Mark::Excluded,
                5 => Mark::Problem,
                6 => Mark::Closed,
                _ => Mark::Off,
            },
            cells: [
                Cell::Words(self.names[at % self.names.len()].shown()),
                Cell::Made(Text::clean(&format!("user{at}@bakery.example"))),
                Cell::Kind(Kind::User),
                Cell::State(State::Off, ""),
                Cell::Words(Shown::literal("Accounts and payroll")),
                Cell::Empty,
            ],
            is_quiet: at % 7 == 6,
        })
    }
}

pub(crate) fn key(chord: Chord, action: Action, label: &'static str) -> Key {
    Key { chord, action, label, count: None, help: "Does it." }
}

pub(crate) fn users(rows: &Many, cursor: usize) -> View<'_> {
    let stop = |name, place| Stop { name, place };
    View {
        ask: Ask::Users,
        is_waiting: false,
        bar: Bar {
            is_sandbox: true,
            customer: Some(Shown::literal("Harbour Bakery")),
            product: Some("Office 365"),
            run: Some("B365-7KQ4".into()),
            organisation: Some(Shown::literal("Harbour Bakery Pty Ltd")),
            domain: Some(Shown::literal("harbourbakery.onmicrosoft.com")),
            last_four: Some("a1b2".into()),
            tenant: None,
            is_read_only: false,
            warning: None,
        },
        trail: vec![
            stop("Customer", At::Behind),
            stop("Product", At::Behind),
            stop("Access", At::Behind),
            stop("Authorise", At::Behind),
            stop("Users", At::Here),
            stop("Outcome", At::Ahead),
        ],
        panel: Panel {
            heading: "Who should be backed up?".into(),
            blocks: vec![Block::Rows(RowsView {
                layout: Layout::Users,
                rows,
                cursor: (rows.len > 0).then_some(cursor),
                anchor: None,
                is_searching: false,
                counts: Text::clean(&format!(
                    "listed {0} · eligible {0} · ticked {1} · excluded 0 · seats 12 now, 12 after",
                    rows.len,
                    u8::from(rows.ticked.is_some())
                )),
                search: Some(FieldView {
                    label: "Search",
                    value: FieldValue::Plain(Shown::literal("")),
                    cursor: 0,
                    hint: Text::default(),
                    problem: None,
                    is_focused: false,
                    takes_lines: false,
                }),
                empty: "Nobody is listed yet.".into(),
                is_focused: true,
            })],
        },
        overlay: None,
        notice: Some(Notice { tone: Tone::Busy, words: "The list is still arriving, 12 s so far.".into() }),
        keys: vec![
            key(Chord::Space, Action::Tick, "tick"),
            Key { count: Some(1_204), ..key(Chord::Char('a'), Action::All, "All") },
            Key { count: Some(37), ..key(Chord::Char('t'), Action::These, "These") },
            key(Chord::Enter, Action::Review, "review"),
            key(Chord::Char('u'), Action::Auto, "Enable Auto"),
            key(Chord::Char('/'), Action::Search, "search"),
            key(Chord::Char('?'), Action::Help, "help"),
            key(Chord::Esc, Action::Back, "back"),
        ],
        focus: Focus::Rows,
        card: Card {
            say: "I can see your users now. I will read you the number before anything is turned on.".into(),
            sees: "Nothing; they can close the browser.".into(),
            wrong: vec![("An error page".into(), "Close it; we are checking.".into())],
        },
        next_change: None,
    }
}

/// A view with a panel of blocks.
pub(crate) fn form(blocks: Vec<Block<'_>>, focus: Focus) -> View<'_> {
    static NOBODY: std::sync::OnceLock<Many> = std::sync::OnceLock::new();
    let mut view = users(NOBODY.get_or_init(|| Many::of(0)), 0);
    view.panel = Panel { heading: "Which organisation is it?".into(), blocks };
    view.focus = focus;
    view
}

fn field(value: &'static str, cursor: usize) -> FieldView<'static> {
    FieldView {
        label: "Tenant ID or domain",
        value: FieldValue::Plain(Shown::literal(value)),
        cursor,
        hint: "A GUID, a domain, or an address.".into(),
        problem: None,
        is_focused: true,
        takes_lines: false,
    }
}

pub(crate) fn screen(view: &View<'_>, size: (u16, u16), use_unicode: bool) -> (Vec<String>, Option<Place>) {
    let options = Options { use_color: true, use_unicode, fallback_size: None };
    let mut cells = Buffer::empty(Rect::new(0, 0, size.0, size.1));
    let mut memory = Memory::default();
    let cursor = draw(&mut cells, view, options, &mut memory);
    let line = |y| {
        let row: String = (0..size.0).filter_map(|x| cells.cell((x, y))).map(Cell_::symbol).collect();
        row.trim_end().to_owned()
    };
    ((0..size.1).map(line).collect(), cursor)
}

fn shown(view: &View<'_>, size: (u16, u16)) -> String {
    let (lines, _) = screen(view, size, true);
    println!("--- {size:?}\n{}\n---", lines.join("\n"));
    lines.join("\n")
}

#[test]
fn users_at_80_by_24() {
    let rows = Many::of(500_000);
    let (lines, cursor) = screen(&users(&rows, 2), (80, 24), true);
    println!("{}", lines.join("\n"));
    assert_eq!(lines[0], "SANDBOX · Harbour Bakery · Office 365 · B365-7KQ4");
    assert_eq!(lines[1], "Harbour Bakery Pty Ltd · harbourbakery.onmicrosoft.com · …a1b2");
    assert_eq!(lines[2], "Customer > Product > Access > Authorise > [Users] > Outcome");
    assert_eq!(lines[4], "Who should be backed up?  1–14 of 500,000");
    assert_eq!(lines[6], "  Search:");
    assert!(lines[7].starts_with("listed 500000 · eligible"), "{}", lines[7]);
    assert!(lines[8].starts_with("  [ ] Nora Anderson"), "{}", lines[8]);
    assert!(lines[9].starts_with("  [ ] 王小明"), "{}", lines[9]);
    assert!(lines[10].starts_with("> [ ] José Álvarez"), "{}", lines[10]);
    assert!(lines[11].starts_with("  [=] Room 4"), "{}", lines[11]);
    assert!(lines[12].starts_with("  [-] Nora"), "{}", lines[12]);
    assert!(lines[13].starts_with("  [!] 王小明"), "{}", lines[13]);
    assert!(lines[14].starts_with("      José"), "{}", lines[14]);
    assert_eq!(lines[22], "The list is still arriving, 12 s so far.");
    assert_eq!(lines[23], "Space tick  a All 1,204  t These 37  Enter review  / search  Esc back  ? help");
    assert_eq!(cursor, Some(Place { x: 0, y: 10 }));
}

#[test]
fn rows_that_are_only_read_are_scrolled_without_a_cursor() {
    let rows = Many::of(100);
    let mut view = users(&rows, 0);
    view.focus = Focus::Reading;
    if let Some(Block::Rows(rows)) = view.panel.blocks.first_mut() {
        (rows.cursor, rows.is_focused) = (None, false);
    }
    let options = Options { use_color: true, use_unicode: true, fallback_size: None };
    let mut memory = Memory::default();
    let mut counts = |top: Option<usize>| {
        let mut cells = Buffer::empty(Rect::new(0, 0, 80, 24));
        memory.rows.top = top.unwrap_or(memory.rows.top);
        draw(&mut cells, &view, options, &mut memory);
        (26..38).filter_map(|x| cells.cell((x, 4))).map(Cell_::symbol).collect::<String>()
    };
    assert_eq!(counts(None), "1–14 of 100 ");
    assert_eq!(counts(Some(3)), "4–17 of 100 ");
    assert_eq!(counts(Some(usize::MAX)), "87–100 of 10");
}

#[test]
fn columns_stay_aligned_behind_wide_letters() {
    let rows = Many::of(4);
    let options = Options { use_color: false, use_unicode: true, fallback_size: None };
    let mut cells = Buffer::empty(Rect::new(0, 0, 80, 24));
    draw(&mut cells, &users(&rows, 0), options, &mut Memory::default());
    let starts: Vec<Option<u16>> =
        (8..12).map(|y| (0..80).find(|x| cells.cell((*x, y)).is_some_and(|c| c.symbol() == "u"))).collect();
    assert!(starts.windows(2).all(|pair| pair[0] == pair[1] && pair[0].is_some()), "{starts:?}");
}

#[test]
fn wide_windows_show_the_card_beside_the_body() {
    let rows = Many::of(12);
    let text = shown(&users(&rows, 0), (120, 40));
    assert!(text.contains("They should be seeing"));
    assert!(text.contains("If instead: An error page"));
    assert!(text.contains("Accounts"), "the department fits");
    let narrow = shown(&users(&rows, 0), (100, 40));
    assert!(!narrow.contains("They should be seeing"));
}

#[test]
fn small_windows_stay_usable() {
    let rows = Many::of(500);
    let text = shown(&users(&rows, 499), (60, 15));
    assert!(text.starts_with("SANDBOX · Harbour Bakery"));
    assert!(text.contains("B365-7KQ4") && text.contains("…a1b2"));
    assert!(text.contains("> [ ] "), "the cursor is in sight");
    assert!(text.contains("off") && text.contains("user"), "kind and state fit 60 columns");
    assert!(text.contains("? help"));
    let text = shown(&users(&rows, 250), (40, 10));
    assert!(text.contains("SANDBOX") && text.contains("B365-7KQ4") && text.contains("…a1b2"));
    assert!(text.contains("> [") && text.contains("? help"));
}

#[test]
fn below_the_least_size_one_line_says_what_is_needed() {
    let rows = Many::of(5);
    let (lines, _) = screen(&users(&rows, 0), (39, 9), true);
    assert_eq!(lines[0], "Needs 40x10, this is 39x9.");
    assert_eq!(lines[1], "SANDBOX B365-7KQ4 …a1b2");
    let (lines, _) = screen(&users(&rows, 0), (20, 5), true);
    assert_eq!(lines[..2], ["Needs 40x10, this is", "20x5."]);
}

#[test]
fn a_question_is_named_in_a_window_that_is_too_small_for_it() {
    let rows = Many::of(5);
    let mut view = users(&rows, 0);
    view.overlay = Some(Panel { heading: "Leave? The run is kept.".into(), blocks: Vec::new() });
    let (lines, _) = screen(&view, (39, 9), true);
    assert_eq!(
        lines[..3],
        ["Needs 40x10, this is 39x9.", "SANDBOX B365-7KQ4 …a1b2", "Leave? The run is kept."]
    );
}

#[test]
fn a_heading_leaves_room_for_which_lines_are_shown_and_marks_its_cut() {
    let heading = |words: &str| {
        let mut view = form((0..30).map(|_| Block::Para("One line.".into())).collect(), Focus::Reading);
        view.panel.heading = Text::clean(words);
        screen(&view, (40, 10), true).0[1..3].to_vec()
    };
    assert_eq!(heading("Turn 12 users on?"), ["Turn 12 users on?  lines 1–6 of 30", "One line."]);
    assert_eq!(
        heading("Done: 1 user is registered for backup"),
        ["Done: 1 user is registered for", "backup  lines 1–5 of 30"]
    );
    let long = heading(&format!("Which product of {}?", "The Very Long Name ".repeat(5)));
    assert_eq!(long, ["Which product of The Very Long", "Name The Very Long Name The Ve…  1–5/30"]);
}

/// No named colour can be read on both black and white: it may stand only in signs beside words, and in words that may
/// be missed (the steps to come, hints, what can't be pressed).
#[test]
fn what_must_be_read_has_the_default_colours() {
    let rows = Many::of(50);
    let failure = Failure::new(FailureKind::Refused, "asking for a token was refused", "Ask again.");
    let check = |state| Check { name: "Users".into(), state, detail: Text::default() };
    let checks =
        vec![check(CheckState::Good), check(CheckState::Spreading), check(CheckState::Bad(failure.clone()))];
    let secret = FieldView { value: FieldValue::Masked { is_filled: false }, ..field("", 0) };
    let problem = FieldView { problem: Some("No such domain.".into()), ..field("x", 1) };
    let blocks = vec![
        Block::Checks(checks),
        Block::Failure(failure),
        Block::Field(secret),
        Block::Field(problem),
        Block::Progress { done: 1, total: 2 },
    ];
    let mut views = vec![users(&rows, 3), form(blocks, Focus::Controls)];
    for (view, tone) in views.iter_mut().zip([Tone::Warn, Tone::Bad]) {
        view.bar.is_read_only = true;
        view.bar.warning = Some(Shown::literal("no sweep has run since Monday"));
        view.notice = Some(Notice { tone, words: "look here".into() });
    }
    for view in &views {
        let options = Options { use_color: true, use_unicode: true, fallback_size: None };
        let mut cells = Buffer::empty(Rect::new(0, 0, 80, 40));
        draw(&mut cells, view, options, &mut Memory::default());
        for y in 0..40 {
            let tinted: String = (0..80)
                .filter_map(|x| cells.cell((x, y)))
                .filter(|cell| (cell.fg, cell.bg) != Default::default())
                .map(Cell_::symbol)
                .collect();
            let is_allowed = ["", "[x]", "[~]", "[!]", "!", "Outcome"].contains(&tinted.trim());
            assert!(is_allowed, "{tinted:?} in row {y}");
        }
    }
}

#[test]
fn the_bar_cuts_the_domain_first_and_never_the_run() {
    let rows = Many::of(5);
    let mut view = users(&rows, 0);
    view.bar.is_read_only = true;
    let bar = |view: &View<'_>, width| screen(view, (width, 15), true).0.remove(0);
    assert_eq!(
        bar(&view, 100),
        "SANDBOX · READ ONLY · Harbour Bakery · Harbour Bakery Pty Ltd · harbourbakery.o… · B365-7KQ4 · …a1b2"
    );
    assert_eq!(
        bar(&view, 80),
        "SANDBOX · READ ONLY · Harbour Bakery · Harbour Bakery Pty L… · B365-7KQ4 · …a1b2"
    );
    assert_eq!(bar(&view, 60), "SANDBOX · READ ONLY · Harbour Bakery · B365-7KQ4 · …a1b2");
    view.bar.warning = Some(Shown::literal("the nightly sweep has not run since Mon 23 Nov 20:00 AEDT"));
    assert!(shown(&view, (80, 24)).contains("Look: the nightly sweep has not run"));
}

#[test]
fn every_block_says_its_state_in_words() {
    let failure = Failure::new(FailureKind::Refused, "asking for a token was refused", "Ask again.")
        .with_code("90094")
        .with_reference("trace 1");
    let check = |name: &'static str, state| Check { name: name.into(), state, detail: Text::default() };
    let view = form(
        vec![
            Block::Para("One two three.".into()),
            Block::Strong("Nothing has been enabled.".into()),
            Block::Facts(vec![("Organisation", "Harbour Bakery".into()), ("Region", "OC".into())]),
            Block::Counts(vec![
                Count { label: "user mailboxes".into(), count: 1_204, is_total: false },
                Count { label: "turned on and billed".into(), count: 1_204, is_total: true },
            ]),
            Block::Field(field("bakery.example", 14)),
            Block::Choice(ChoiceView {
                label: "List from",
                options: vec!["pasted list", "directory"],
                chosen: 1,
                is_focused: false,
            }),
            Block::Checks(vec![
                check("App known", CheckState::Good),
                check("Users can be read", CheckState::Spreading),
                check("Token issued", CheckState::Bad(failure.clone())),
            ]),
            Block::Progress { done: 12, total: 300 },
            Block::Buttons(vec![
                Button { label: "Save".into(), action: Action::Save, is_open: false, is_focused: false },
                Button { label: "Back".into(), action: Action::Back, is_open: true, is_focused: true },
            ]),
        ],
        Focus::Field,
    );
    let text = shown(&view, (80, 40));
    for words in [
        "Organisation  Harbour Bakery",
        "user mailboxes        1,204",
        "> Tenant ID or domain: bakery.example",
        "    A GUID, a domain, or an address.",
        "  List from: ( ) pasted list  (x) directory",
        "[x] App known: good",
        "[~] Users can be read: granted, spreading",
        "[!] Token issued: failed",
        "    ! asking for a token was refused (code 90094)",
        "    Ids for support: trace 1",
        "12 of 300 (4 %)  [--------------------]",
        " ( Save ) >[ Back ]",
    ] {
        assert!(text.contains(words), "{words}");
    }
}

#[test]
fn the_focused_control_is_always_in_sight() {
    let mut blocks: Vec<Block<'_>> =
        (0..30).map(|_| Block::Para("A long text above the button.".into())).collect();
    blocks.push(Block::Buttons(vec![Button {
        label: "Enable".into(),
        action: Action::Enable,
        is_open: true,
        is_focused: true,
    }]));
    let view = form(blocks, Focus::Controls);
    for size in [(80, 24), (60, 15), (40, 10)] {
        let (lines, cursor) = screen(&view, size, true);
        let cursor = cursor.unwrap();
        assert!(lines[usize::from(cursor.y)].contains(">[ Enable ]"), "{size:?} {lines:?}");
    }
}

#[test]
fn a_long_value_keeps_the_cursor_in_its_line() {
    let view = form(vec![Block::Field(field("0123456789".repeat(20).leak(), 200))], Focus::Field);
    let (lines, cursor) = screen(&view, (40, 10), true);
    let cursor = cursor.unwrap();
    assert_eq!(cursor.x, 39);
    assert!(lines[usize::from(cursor.y)].ends_with("6789"));
}

#[test]
fn a_link_is_never_cut() {
    let link = format!("https://login.microsoftonline.com/{}", "x".repeat(100));
    let view = form(vec![Block::Link(Text::clean(&link))], Focus::Reading);
    let (lines, _) = screen(&view, (60, 15), true);
    let at = lines.iter().position(|l| l.starts_with("https")).unwrap();
    assert_eq!(lines[at..at + 3].concat(), link);
}

#[test]
fn a_secret_is_eight_dots_whatever_it_is() {
    for (is_filled, dots) in [(true, "Password: ••••••••"), (false, "Password:")] {
        let password =
            FieldView { label: "Password", value: FieldValue::Masked { is_filled }, ..field("", 3) };
        let text = shown(&form(vec![Block::Field(password)], Focus::Field), (80, 24));
        assert!(text.lines().any(|l| l.ends_with(dots)), "{dots}");
    }
}

#[test]
fn ascii_mode_writes_ascii_only_and_shows_the_address_for_a_lost_name() {
    let rows = Many::of(8);
    for size in [(120, 40), (80, 24), (40, 10), (20, 5)] {
        let (lines, _) = screen(&users(&rows, 0), size, false);
        assert!(lines.concat().is_ascii(), "{size:?} {lines:?}");
    }
    let (lines, _) = screen(&users(&rows, 0), (80, 24), false);
    assert!(lines.concat().contains("Jose Alvarez"));
    assert!(lines[9].contains("???") && lines[9].contains("user1@"));
}

#[test]
fn an_overlay_stands_in_the_place_of_the_body() {
    let rows = Many::of(8);
    let mut view = users(&rows, 0);
    view.focus = Focus::Reading;
    view.overlay = Some(Panel {
        heading: "Help".into(),
        blocks: (0..40).map(|_| Block::Para("One of many lines.".into())).collect(),
    });
    let text = shown(&view, (120, 24));
    assert!(text.contains("Help  lines 1–16 of 40"), "{text}");
    assert!(!text.contains("Nora") && !text.contains("They should be seeing"));
    assert!(text.contains("SANDBOX") && text.contains("? help"));
}

#[test]
fn the_consent_link_fits_80_by_24_as_a_code_and_says_so_where_it_does_not() {
    let link = format!(
        "https://login.microsoftonline.com/{0}/adminconsent?client_id={0}",
        "c0ffee1a-b2d4-4e6f-8a0b-1c3d5e7f9a2b"
    );
    assert_eq!(link.len(), 34 + 36 + 24 + 36);
    let mut view = form(Vec::new(), Focus::Reading);
    view.overlay = Some(Panel { heading: "QR".into(), blocks: vec![Block::Qr(Text::clean(&link))] });
    let (lines, _) = screen(&view, (80, 24), true);
    println!("{}", lines.join("\n"));
    assert_eq!(lines[23], "SANDBOX · B365-7KQ4 · …a1b2 · any key returns");
    assert!(lines[1].starts_with("  █▀▀▀▀▀█"), "quiet zone of two, then a finder: {:?}", lines[1]);
    let (lines, _) = screen(&view, (100, 40), true);
    assert!(lines[2].starts_with("    █▀▀▀▀▀█"), "quiet zone of four where it fits: {:?}", lines[2]);
    let (lines, _) = screen(&view, (80, 20), true);
    assert_eq!(lines[0], "The QR code needs 45x24, this window is 80x20.");
    let (lines, _) = screen(&view, (40, 10), true);
    assert_eq!(lines[9], "SANDBOX B365-7KQ4 …a1b2 any key returns", "nothing of the last row is cut");
    let (lines, _) = screen(&view, (80, 24), false);
    assert!(lines[0].contains("ASCII"));
}

#[test]
fn no_size_makes_it_panic_or_lose_the_cursor() {
    let hostile = [
        "\u{1b}[31mRed",
        "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
        "👩‍👩‍👧‍👦 family",
        "مرحبا",
        "",
        "x\u{202e}y",
    ];
    let rows = Many { names: hostile.map(Text::clean).to_vec(), ..Many::of(100) };
    let views = [
        users(&rows, 99),
        form(vec![Block::Field(field("王王王", 3)), Block::Gap], Focus::Field),
        form(vec![Block::Link("https://x.example".into())], Focus::Reading),
        form(vec![Block::Qr("https://x.example".into())], Focus::Reading),
    ];
    for view in &views {
        for width in (0..12).chain([20, 39, 40, 41, 59, 60, 80, 109, 110, 200]) {
            for height in (0..12).chain([15, 18, 20, 22, 24, 50]) {
                for use_unicode in [true, false] {
                    let (_, cursor) = screen(view, (width, height), use_unicode);
                    let is_inside = cursor.is_none_or(|at| at.x < width && at.y < height);
                    assert!(is_inside, "{cursor:?} in {width}x{height}");
                    assert!(cursor.is_some() || width == 0 || height == 0);
                }
            }
        }
    }
}

#[test]
fn counts_go_on_in_a_second_line_between_two_of_them() {
    let rows = Many::of(48_000);
    let mut view = users(&rows, 0);
    if let Some(Block::Rows(rows)) = view.panel.blocks.first_mut() {
        rows.counts =
            "ticked 47,800 · seats 1,200 → 49,000 of 50,000 · listed 48,000 · eligible 47,800 · excluded 12"
                .into();
    }
    let (lines, _) = screen(&view, (80, 24), true);
    assert_eq!(lines[7], "ticked 47,800 · seats 1,200 → 49,000 of 50,000 · listed 48,000 · eligible 47,800");
    assert_eq!(lines[8], "excluded 12");
    assert!(lines[9].starts_with("> [ ] Nora"), "{}", lines[9]);
}

#[test]
fn which_lines_are_shown_is_said_beside_any_heading() {
    let heading = "Does the access to MPexchange of Lighthouse Printing work?";
    for (size, words) in
        [((80, 15), "work?  lines 1–11 of 30"), ((60, 15), "work?  lines 1–10 of 30"), ((40, 10), "1–5/30")]
    {
        let blocks = (0..30).map(|_| Block::Para("One line.".into())).collect();
        let mut view = form(blocks, Focus::Reading);
        view.panel.heading = heading.into();
        let text = shown(&view, size);
        assert!(text.lines().any(|line| line.ends_with(words)), "{text}");
    }
}

#[test]
fn a_long_form_keeps_only_the_hint_of_the_focused_field() {
    let fields = |count: usize| {
        let one = |at| Block::Field(FieldView { is_focused: at == 0, ..field("", 0) });
        screen(&form((0..count).map(one).collect(), Focus::Field), (80, 24), true).0.join("\n")
    };
    assert_eq!(fields(5).matches("A GUID").count(), 5);
    assert_eq!(fields(12).matches("A GUID").count(), 1);
}

#[test]
fn a_name_that_is_the_address_leaves_it_the_room() {
    let rows = Many { names: vec![Text::clean("user0@bakery.example")], ..Many::of(1) };
    let (lines, _) = screen(&users(&rows, 0), (80, 24), true);
    assert_eq!(lines[8].matches("user0@bakery.example").count(), 1, "{}", lines[8]);
}
