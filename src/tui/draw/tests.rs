use proptest::prelude::*;
use ratatui::{
    buffer::Cell as Painted,
    style::{Color, Modifier},
};

use super::*;
use crate::{
    domain::{
        codeset::grapheme_width,
        phrase::Phrase,
        tenant::CheckState,
        text::{Shown, Text},
    },
    tui::{
        input::Press,
        keys::press,
        tests::samples::{
            LINK, Many, Screen, authorise, bill, checks, customers, denied, failure, field, form, hosted,
            leave, options, outcome, page, receipt, refused, shown, users, wait, words,
        },
    },
    wizard::{
        answer::{Action, FieldId},
        ask::{QuestionId, Spot},
        view::{Button, CheckGroup, ChoiceView, Column, Fact, FieldValue, FieldView, Offer},
    },
};

/// The sizes of look.md section 4.
const SIZES: [(u16, u16); 6] = [(40, 10), (60, 15), (80, 24), (100, 30), (120, 40), (200, 60)];

/// A page with what must be seen of it at every size.
struct Sample<'a> {
    view: View<'a>,
    /// Keys that were pressed before it is drawn.
    keys: &'static [Press],
    /// The question, or what the panel is.
    title: &'static str,
    /// What has the keyboard, or is read.
    focus: &'static str,
    /// What stands in the one place for that.
    notice: &'static str,
    /// The last of the keys.
    help: &'static str,
}

/// One page of each kind.
fn samples<'a>(many: &'a Many, lines: &'a [Text]) -> Vec<Sample<'a>> {
    let of = |view, title, focus, notice| Sample { view, keys: &[], title, focus, notice, help: "? keys" };
    let listed = "Listed 37 users in 0.4 s.";
    let field = |sample| Sample { help: "F1 keys", ..sample };
    let panel = |keys, title, focus| Sample { keys, ..of(users(many, ""), title, focus, listed) };
    vec![
        of(users(many, ""), "Which users shall be protected?", "Nora Anderson", listed),
        of(users(many, "nora"), "Which users shall be protected?", "/ nora", listed),
        field(of(customers(many, "har"), "Which customer?", "/ har", "")),
        field(of(form("bakery.example"), "Which organisation is it?", "[bakery.example", "")),
        field(of(hosted(true, 1), "How do we get in?", "[mail.example", "")),
        of(bill(None), "Turn 34 users on?", "New seats [", ""),
        of(leave(users(many, "")), "Leave? The run is kept.", "‹ Leave ›", ""),
        of(
            authorise(),
            "Has the customer accepted?",
            "‹ Authorise ›",
            "Waiting for the customer, 12 s so far.",
        ),
        of(
            failure(),
            "Has the customer accepted?",
            "Asking for a token was refused",
            "Failed: The check was refused.",
        ),
        of(wait(), "Turning 300 users on", "12 of 300 (4 %)", "Batch 2 of 15, 4 s so far, usually 40 s."),
        of(outcome(lines), "Done", "line 1 user1@bakery.example", "Read back from the record."),
        panel(&[Press::Char('?')], "Keys", "Enter Shows the bill."),
        // Beside the work it stands there already.
        Sample { notice: "", ..panel(&[Press::Char('s')], "Say", "I can see your users now.") },
        field(panel(&[Press::Char('e')], "What does it mean?", "Code or words [")),
        panel(&[Press::Char('e'), Press::Tab], "What does it mean?", "Code or words ["),
    ]
}

impl Sample<'_> {
    /// Draws it, after its keys.
    fn draw(&self, screen: &mut Screen) -> Vec<String> {
        screen.draw(&self.view);
        for key in self.keys {
            press(*key, &self.view, &mut screen.state);
        }
        screen.draw(&self.view)
    }
}

/// The cells of a row of the screen.
fn cells(screen: &Screen, y: u16) -> Vec<Painted> {
    let buffer = screen.terminal.backend().buffer();
    (0..buffer.area.width).map(|x| buffer[(x, y)].clone()).collect()
}

/// The cells of a row that are seen: those that wide letters cover are left out.
fn seen(screen: &Screen, y: u16) -> Vec<Painted> {
    let mut covered = 0;
    let is_seen = |cell: &Painted| {
        let is_covered = covered > 0;
        covered = if is_covered { covered - 1 } else { grapheme_width(cell.symbol()).saturating_sub(1) };
        !is_covered
    };
    cells(screen, y).into_iter().filter(is_seen).collect()
}

/// The columns that a row takes.
fn columns(screen: &Screen, y: u16) -> u16 {
    seen(screen, y).iter().map(|cell| grapheme_width(cell.symbol()).max(1)).sum()
}

#[test]
fn every_page_says_what_it_asks_what_is_lit_what_goes_on_and_help_at_every_size() {
    let (many, lines) = (Many::of(37), receipt(40));
    for size in SIZES {
        for sample in samples(&many, &lines) {
            let mut screen = Screen::of(size, options(true, true));
            let drawn = sample.draw(&mut screen);
            let (text, keys) = (words(&drawn), drawn.last().unwrap());
            let all = drawn.join("\n");
            for part in [sample.title, sample.focus, sample.notice, "SANDBOX"] {
                assert!(text.contains(part), "{part} at {size:?}\n{all}");
            }
            assert!(keys.ends_with(sample.help), "{size:?}\n{all}");
            for y in 0..size.1 {
                assert_eq!(columns(&screen, y), size.0, "row {y} at {size:?}\n{all}");
            }
            let cursor = screen.cursor();
            assert!(cursor.x < size.0 && cursor.y < size.1, "{cursor:?} at {size:?}");
        }
    }
}

#[test]
fn the_hardware_cursor_stands_where_the_keyboard_is() {
    let (many, lines) = (Many::of(37), receipt(40));
    let starts = [
        (0, ["[ ] Nora", " [ ] Nora"]),
        (2, ["", "┃ / har"]),
        (3, ["", "┃ Tenant ID"]),
        (5, ["", "┃ New seats ["]),
        (6, ["‹ Leave ›", "‹ Leave ›"]),
        (7, ["‹ Authorise ›", "‹ Authorise ›"]),
        (10, ["line 1", "line 1"]),
        (13, ["", "┃ Code or"]),
    ];
    for size in SIZES {
        let samples = samples(&many, &lines);
        for (at, [from, line]) in &starts {
            let mut screen = Screen::of(size, options(true, true));
            let drawn = samples[*at].draw(&mut screen);
            let cursor = screen.cursor();
            let row = &drawn[usize::from(cursor.y)];
            assert!(row.contains(line), "{line} at {size:?}: {row}");
            let behind: String =
                cells(&screen, cursor.y)[usize::from(cursor.x)..].iter().map(Painted::symbol).collect();
            assert!(behind.trim_start().starts_with(from), "{from} at {size:?}: {behind}");
        }
    }
}

#[test]
fn the_lit_row_is_reversed_whole_and_no_cell_of_it_keeps_a_colour() {
    let many = Many::of(37);
    for size in SIZES {
        for down in [0, 3, 4] {
            let mut screen = Screen::of(size, options(true, true));
            let view = users(&many, "");
            screen.draw(&view);
            for _ in 0..down {
                press(Press::Down, &view, &mut screen.state);
            }
            screen.draw(&view);
            let lit = screen.cursor().y;
            let edges = usize::from(has_borders(Rect::new(0, 0, size.0, size.1)));
            let row = seen(&screen, lit);
            // The card begins where the border of the list stands.
            let end = row
                .iter()
                .skip(1)
                .position(|cell| "│█".contains(cell.symbol()))
                .map_or(row.len(), |at| at + 1);
            for cell in &row[edges..end] {
                let look = (cell.modifier, cell.fg, cell.bg);
                assert_eq!(look, (Modifier::REVERSED, Color::Reset, Color::Reset), "{size:?} {cell:?}");
            }
            for y in (2..size.1).filter(|y| *y != lit) {
                let is_reversed = |cell: &Painted| cell.modifier.contains(Modifier::REVERSED);
                assert!(
                    !seen(&screen, y).iter().any(is_reversed),
                    "row {y} at {size:?}, lit {lit}, down {down}"
                );
            }
        }
    }
}

#[test]
fn without_colour_there_is_nothing_but_bold_dim_and_reversed() {
    let (many, lines) = (Many::of(37), receipt(40));
    for size in SIZES {
        for sample in samples(&many, &lines) {
            let mut screen = Screen::of(size, options(false, true));
            sample.draw(&mut screen);
            for cell in screen.terminal.backend().buffer().content() {
                let allowed = Modifier::BOLD | Modifier::DIM | Modifier::REVERSED;
                assert!(allowed.contains(cell.modifier), "{} {cell:?}", sample.title);
                assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{} {cell:?}", sample.title);
            }
        }
    }
}

#[test]
fn in_ascii_everything_is_ascii_and_the_frame_is_there() {
    let (many, lines) = (Many::of(37), receipt(40));
    for size in SIZES.into_iter().chain([(20, 5)]) {
        for sample in samples(&many, &lines) {
            let drawn = sample.draw(&mut Screen::of(size, options(true, false)));
            assert!(drawn.concat().is_ascii(), "{} at {size:?}\n{}", sample.title, drawn.join("\n"));
            let has_frame = has_borders(Rect::new(0, 0, size.0, size.1));
            assert_eq!(
                drawn.iter().any(|line| line.starts_with('+') && line.ends_with('+')),
                has_frame,
                "{size:?}"
            );
        }
    }
}

#[test]
fn users_at_80_by_24() {
    let many = Many { ticked: Some(0), ..Many::of(37) };
    let screen = " SANDBOX  Harbour Bakery  Office 365                                  B365-7KQ4
          Harbour Bakery Pty Ltd · harbourbakery.example                  …a1b2
 ✓ Customer ─ ✓ Product ─ ✓ Access ─ ✓ Authorise ─ ● Users ─ ○ Outcome
┌ Which users shall be protected? ───────────────────────────────── 1–15 of 37 ┐
│     Name ▴          Address   Kind  State                                    █
│ [x] Nora Anderson   user0@…   user  off                                      █
│ [x] 王小明          user1@…   user  off                                      █
│ [ ] José Álvarez    user2@…   user  scheduled                                █
│ [=] Room 4 (board)  user3@…   user  protected                                █
│ [-] Nora Anderson   user4@…   user  excluded                                 █
│ [!] 王小明          user5@…   user  problem                                  │
│     José Álvarez    user6@…   user  off                                      │
│ [ ] Room 4 (board)  user7@…   user  off                                      │
│ [x] Nora Anderson   user8@…   user  off                                      │
│ [ ] 王小明          user9@…   user  scheduled                                │
│ [=] José Álvarez    user10@…  user  protected                                │
│ [-] Room 4 (board)  user11@…  user  excluded                                 │
│ [!] Nora Anderson   user12@…  user  problem                                  │
│     王小明          user13@…  user  off                                      │
│ [ ] José Álvarez    user14@…  user  off                                      │
└ 3 ticked · seats 2 → 5 of 40 · 34 eligible ───────────────── @bakery.example ┘
 ✓ Listed 37 users in 0.4 s.

 Space tick   Enter review   a All 34   u Auto   / filter   i invert   ? keys";
    assert_eq!(shown(&users(&many, ""), (80, 24)).join("\n"), screen);
}

#[test]
fn users_at_40_by_10() {
    let screen = " SANDBOX  Harbour Bake… B365-7KQ4 …a1b2
Which users shall be
protected?                     1–3 of 37
3 ticked · seats 2 → 5 of 40
     Name ▴         Address  State
 [ ] Nora Anderson  user0@…  off
 [x] 王小明         user1@…  off
 [ ] José Álvarez   user2@…  scheduled
 ✓ Listed 37 users in 0.4 s.
 Space tick  Enter review  ? keys";
    assert_eq!(shown(&users(&Many::of(37), ""), (40, 10)).join("\n"), screen);
}

#[test]
fn name_and_state_stay_in_a_narrow_list_and_the_least_of_the_counts_gives_way() {
    let names = [Text::clean("Bartholomew Featherstonehaugh the Younger")];
    let many = Many { names: names.to_vec(), ..Many::of(37) };
    let lines = shown(&users(&many, ""), (40, 10));
    assert!(
        lines.iter().any(|line| line.starts_with(" [ ] Bartholomew F") && line.ends_with("off")),
        "{lines:?}"
    );
    let counts =
        |size| shown(&users(&many, ""), size).into_iter().find(|line| line.contains("3 ticked")).unwrap();
    assert_eq!(counts((40, 10)), "3 ticked · seats 2 → 5 of 40");
    assert_eq!(counts((60, 15)), "3 ticked · seats 2 → 5 of 40 · 34 eligible · @bakery.example");
    let words = |line: String| line.replace('─', "").split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words(counts((60, 24))), "└ 3 ticked · seats 2 → 5 of 40 · 34 eligible ┘");
}

#[test]
fn a_list_of_half_a_million_asks_for_the_rows_that_are_seen() {
    let many = Many::of(500_000);
    let view = users(&many, "");
    let mut screen = Screen::of((80, 24), options(true, true));
    screen.draw(&view);
    press(Press::End, &view, &mut screen.state);
    many.asked.set(0);
    let lines = screen.draw(&view);
    assert!(lines[3].ends_with(" 499,986–500,000 of 500,000 ┐"), "{}", lines[3]);
    assert!(lines[19].contains("user499999@…"), "{}", lines[19]);
    assert!(many.asked.get() < 15 * 8, "{} rows", many.asked.get());
}

#[test]
fn which_lines_are_seen_stands_beside_any_title_and_hides_nothing_of_it() {
    let title = "Does the access to MPexchange of Lighthouse Printing work?";
    for size in SIZES {
        // In the least window a title has two lines.
        for title in ["Turn 12 users on?", title].into_iter().take(if size.0 < 60 { 1 } else { 2 }) {
            let blocks = (0..70).map(|_| Block::Para("One line.".into())).collect();
            let view = page(QuestionId::Results, Shape::Read, title, blocks);
            let lines = shown(&view, size);
            let text = words(&lines);
            assert!(text.contains(title), "{size:?}\n{}", lines.join("\n"));
            let first = lines.iter().find(|line| line.contains(" of 70"));
            assert!(first.is_some_and(|line| line.contains(" 1–")), "{size:?}\n{}", lines.join("\n"));
        }
    }
    let title = |size| {
        let blocks = (0..70).map(|_| Block::Para("One line.".into())).collect();
        shown(&page(QuestionId::Results, Shape::Read, "Turn 12 users on?", blocks), size).remove(1)
    };
    assert_eq!(title((40, 10)), "Turn 12 users on?              1–6 of 70");
    assert_eq!(title((60, 15)), "Turn 12 users on?                 Users (5 of 6)  1–11 of 70");
    // A form that scrolls has the same.
    let lines = shown(&bill(Some(30)), (40, 10));
    assert!(lines[1].starts_with("Turn 34 users on?  ") && lines[1].ends_with("  1–4 of 8"), "{}", lines[1]);
}

#[test]
fn the_range_of_a_text_goes_on_while_it_is_scrolled_and_ends_at_its_end() {
    let lines = receipt(40);
    let view = outcome(&lines);
    let mut screen = Screen::of((80, 24), options(true, true));
    let mut range = |key| {
        if let Some(key) = key {
            press(key, &view, &mut screen.state);
        }
        let drawn = screen.draw(&view);
        drawn.into_iter().find(|line| line.contains("of 40")).unwrap().rsplit('─').next().unwrap().to_owned()
    };
    assert_eq!(range(None), " 1–8 of 40 ┐");
    assert_eq!(range(Some(Press::Down)), " 2–9 of 40 ┐");
    assert_eq!(range(Some(Press::PageDown)), " 9–16 of 40 ┐");
    assert_eq!(range(Some(Press::End)), " 33–40 of 40 ┐");
    assert_eq!(range(Some(Press::Home)), " 1–8 of 40 ┐");
}

#[test]
fn below_the_least_size_one_line_says_what_is_needed() {
    let many = Many::of(5);
    let lines = shown(&users(&many, ""), (39, 9));
    assert_eq!(lines[..2], ["Needs 40x10, this is 39x9.", "SANDBOX B365-7KQ4 …a1b2"]);
    assert_eq!(shown(&users(&many, ""), (20, 5))[..2], ["Needs 40x10, this is", "20x5."]);
    let lines = shown(&leave(users(&many, "")), (39, 9));
    assert_eq!(lines[2], "Leave? The run is kept.");
}

#[test]
fn the_bar_cuts_the_domain_first_and_never_the_run() {
    let many = Many::of(5);
    let mut view = users(&many, "");
    view.bar.is_read_only = true;
    let bar = |width| shown(&view, (width, 15)).remove(0);
    assert_eq!(
        bar(100),
        " SANDBOX  READ ONLY Harbour Bakery · Harbour Bakery Pty Ltd · harbourbakery.example B365-7KQ4 …a1b2"
    );
    assert_eq!(bar(80), " SANDBOX  READ ONLY Harbour Bakery · Harbour Bakery Pty Ltd     B365-7KQ4 …a1b2");
    assert_eq!(bar(60), " SANDBOX  READ ONLY Harbour Bakery · Harbo… B365-7KQ4 …a1b2");
    // Half a word would be heard as another: the words of the invitation go whole, and before the domain.
    let mut invited = users(&many, "");
    invited.bar.words = Some("copper lantern".into());
    let bar = |width, height: u16| shown(&invited, (width, height)).join("\n");
    assert!(bar(100, 24).contains("harbourbakery.example · words: copper lantern"), "{}", bar(100, 24));
    for (width, height) in [(80, 24), (70, 15), (60, 24), (40, 10)] {
        let drawn = bar(width, height);
        assert!(drawn.contains("words: copper lantern") || !drawn.contains("copper"), "{drawn}");
    }
    assert!(
        bar(70, 24).contains("harbourbakery.example") && !bar(60, 24).contains("copper"),
        "{}",
        bar(70, 24)
    );
    view.bar.warning = Some(Shown::literal("the nightly sweep has not run since Mon 23 Nov 20:00 AEDT"));
    for size in SIZES {
        let text = words(&shown(&view, size));
        assert!(
            text.contains("! the nightly sweep has not run since Mon 23 Nov 20:00 AEDT"),
            "{size:?} {text}"
        );
    }
}

#[test]
fn addresses_that_lead_elsewhere_stand_in_the_bar_at_every_size() {
    let many = Many::of(5);
    let mut view = users(&many, "");
    (view.bar.is_sandbox, view.bar.is_mapped) = (false, true);
    for size in SIZES {
        let bar = shown(&view, size).remove(0);
        assert!(bar.starts_with("[addresses] Harbour") && bar.contains("B365-7KQ4"), "{size:?} {bar}");
    }
    assert_eq!(shown(&view, (39, 9))[1], "[addresses] B365-7KQ4 …a1b2");
}

#[test]
fn an_organisation_that_is_not_known_yet_is_called_so() {
    let mut view = form("");
    (view.bar.organisation, view.bar.domain, view.bar.last_four) = (None, None, None);
    assert_eq!(shown(&view, (80, 24))[1], "          organisation not known yet");
}

#[test]
fn wide_windows_have_the_card_beside_the_work_and_it_stays_away_once_it_took_its_room() {
    let many = Many::of(12);
    for (size, has_card) in [((99, 30), false), ((100, 30), true), ((200, 60), true)] {
        let lines = shown(&users(&many, ""), size);
        assert_eq!(lines.iter().any(|line| line.contains("┌ Say ─")), has_card, "{size:?}");
        let width = lines[3].rsplit_once("┌ Say ─").map_or(0, |(_, card)| card.chars().count() + 7);
        assert!(width <= 34 && width * 3 <= usize::from(size.0), "{size:?} {width}");
    }
    let long = [Text::clean(&"a name that needs its room ".repeat(2))];
    let wide = Many { names: long.to_vec(), ..Many::of(12) };
    let mut screen = Screen::of((100, 30), options(true, true));
    for many in [&wide, &many] {
        assert!(!screen.draw(&users(many, "")).iter().any(|line| line.contains("┌ Say ─")));
    }
}

#[test]
fn a_panel_stands_above_the_dimmed_page_and_takes_its_place_in_a_small_window() {
    let many = Many::of(37);
    let view = leave(users(&many, ""));
    let mut screen = Screen::of((80, 24), options(true, true));
    let lines = screen.draw(&users(&many, ""));
    assert!(lines.iter().any(|line| line.starts_with("│ [x] 王小明")));
    let lines = screen.draw(&view);
    assert!(lines[10].contains("│ The run is kept.") && lines[5].contains("Nora Anderson"), "{lines:?}");
    let dimmed = cells(&screen, 5);
    assert!(dimmed.iter().all(|cell| cell.fg == Color::DarkGray && cell.modifier.is_empty()), "{dimmed:?}");
    let lines = shown(&view, (60, 15));
    assert!(!lines.iter().any(|line| line.contains("Nora")), "{lines:?}");
}

#[test]
fn the_focused_control_and_its_hint_are_always_in_sight() {
    for size in SIZES {
        let mut blocks: Vec<Block<'_>> = (0..50).map(|_| Block::Para("A text above it.".into())).collect();
        let button = Button { label: "Enable", action: Action::Enable, is_open: true };
        blocks.extend([Block::Field(field(FieldId::Tenant, "Tenant", "x")), Block::Buttons(vec![button])]);
        let mut view = page(QuestionId::Tenant, Shape::Form, "Which?", blocks);
        for (spot, line) in
            [(Spot::Button(Action::Enable), "‹ Enable ›"), (Spot::Field(FieldId::Tenant), "┃ Tenant [x")]
        {
            view.ask.focus.spot = spot;
            let mut screen = Screen::of(size, options(true, true));
            let lines = screen.draw(&view);
            assert!(lines[usize::from(screen.cursor().y)].contains(line), "{size:?}\n{}", lines.join("\n"));
            let is_field = spot != Spot::Button(Action::Enable);
            assert!(
                !is_field || lines.concat().contains("A GUID, a domain"),
                "{size:?}\n{}",
                lines.join("\n")
            );
        }
    }
}

#[test]
fn a_long_form_keeps_only_the_hint_of_the_focused_field() {
    let ids = [FieldId::Tenant, FieldId::Server, FieldId::Account, FieldId::Domains, FieldId::Reference];
    let hints = |count: usize| {
        let fields =
            ids.into_iter().cycle().take(count).map(|id| Block::Field(field(id, "Field", ""))).collect();
        let mut view = page(QuestionId::Tenant, Shape::Form, "Which?", fields);
        view.ask.focus.spot = Spot::Field(FieldId::Server);
        shown(&view, (80, 15)).concat().matches("A GUID").count()
    };
    assert_eq!((hints(3), hints(5)), (3, 5));
    let all: Vec<FieldView<'_>> = [FieldId::Company, FieldId::MailDomain, FieldId::TimeZone, FieldId::Seats]
        .into_iter()
        .chain(ids)
        .map(|id| field(id, "Field", ""))
        .collect();
    let mut view =
        page(QuestionId::Tenant, Shape::Form, "Which?", all.into_iter().map(Block::Field).collect());
    view.ask.focus.spot = Spot::Field(FieldId::Server);
    assert_eq!(shown(&view, (80, 15)).concat().matches("A GUID").count(), 1);
}

#[test]
fn a_long_value_keeps_the_caret_in_its_field() {
    let value = "0123456789".repeat(20);
    for size in SIZES {
        let view = form(&value);
        let mut screen = Screen::of(size, options(true, true));
        let lines = screen.draw(&view);
        let cursor = screen.cursor();
        let row = &lines[usize::from(cursor.y)];
        let (before, behind) = (usize::from(cursor.x) - 4, usize::from(cursor.x));
        let around: String = row.chars().skip(before).take(behind + 2 - before).collect();
        assert_eq!(around, "6789 ]", "{size:?} {row}");
    }
}

#[test]
fn a_secret_is_eight_dots_whatever_it_is() {
    for (is_filled, dots) in [(true, "Password  [••••••••  "), (false, "Password  [          ")]
    {
        for size in &SIZES[1..] {
            let lines = shown(&hosted(is_filled, 0), *size);
            assert!(lines.iter().any(|line| line.contains(dots)), "{lines:?}");
        }
    }
    let mut masked = field(FieldId::Password, "Password", "");
    masked.value = FieldValue::Masked { is_filled: false };
    masked.hint = "one is saved".into();
    let mut blocks = vec![Block::Field(masked)];
    blocks.extend((0..9).map(|_| Block::Para("One line.".into())));
    let view = page(QuestionId::Impersonation, Shape::Form, "How?", blocks);
    assert!(words(&shown(&view, (40, 10))).contains("one is saved"), "that one is saved is no mere hint");
}

#[test]
fn a_link_is_never_cut_and_has_its_ways_below_it() {
    let mut view = authorise();
    view.page.blocks = vec![Block::Link(Text::clean(LINK))];
    view.notice = None;
    for size in SIZES.into_iter().skip(1) {
        let lines = shown(&view, size);
        let text = lines.iter().map(|line| line.trim_matches(['│', ' '])).collect::<Vec<_>>();
        let at = text.iter().position(|line| line.starts_with("https")).unwrap();
        let link: String =
            text[at..].iter().take(5).map(|line| line.split("│").next().unwrap().trim()).collect();
        assert!(link.starts_with(LINK), "{size:?} {link}");
        assert!(words(&lines).contains("l print c clipboard g QR code f file o open"), "{size:?} {lines:#?}");
    }
}

#[test]
fn the_link_as_a_code_fits_80_by_24_and_says_so_where_it_does_not() {
    let view = authorise();
    let code = |size, use_unicode| {
        let mut screen = Screen::of(size, options(true, use_unicode));
        screen.draw(&view);
        press(Press::Char('g'), &view, &mut screen.state);
        screen.draw(&view)
    };
    let lines = code((80, 24), true);
    assert_eq!(lines[23], "SANDBOX · B365-7KQ4 · …a1b2 · any key returns");
    assert!(lines[1].starts_with("  █▀▀▀▀▀█"), "quiet zone of two, then a finder: {:?}", lines[1]);
    let lines = code((100, 40), true);
    assert!(lines[2].starts_with("    █▀▀▀▀▀█"), "quiet zone of four where it fits: {:?}", lines[2]);
    assert_eq!(code((80, 20), true)[0], "The QR code needs 45x24, this window is 80x20.");
    assert_eq!(
        code((40, 10), true)[9],
        "SANDBOX B365-7KQ4 …a1b2 any key returns",
        "nothing of the last row is cut"
    );
    assert!(code((80, 24), false)[0].contains("ASCII"));
}

#[test]
fn the_bill_begins_at_its_first_line_with_a_rule_above_the_number() {
    let lines = shown(&bill(Some(30)), (80, 24));
    let at = |words: &str| lines.iter().position(|line| line.contains(words)).unwrap();
    assert_eq!(at("Turned on and billed"), 4);
    assert!(lines[at("new seats ") - 1].contains("──────"));
    assert!(lines[at("new seats ")].ends_with(" 28           │"));
    assert!(lines[at("seats after, of 30 bought")].contains(" 30 "));
    assert!(at("6 seats are missing. They stay off.") < at("Stays off"));
    // In a smaller window what stays off is one sentence, so that the bill is one page still.
    let lines = shown(&bill(Some(30)), (60, 15));
    for words in
        ["Turned on and billed", "seats now ", "Stays off: rooms and equipment 2; excluded 1", "New seats ["]
    {
        assert!(lines.iter().any(|line| line.contains(words)), "{words}: {lines:#?}");
    }
    // Where it is too long for the window, too: what is to be typed stands below whatever part of it is seen.
    for size in [(60, 12), (40, 10)] {
        let mut screen = Screen::of(size, options(true, true));
        let lines = screen.draw(&bill(Some(30)));
        assert!(lines.iter().any(|line| line.contains("Turned on and billed")), "{lines:#?}");
        let at = usize::from(screen.cursor().y);
        assert!(lines[at].contains("New seats") && lines[at - 1].contains("new seats "), "{lines:#?}");
        press(Press::PageDown, &bill(Some(30)), &mut screen.state);
        let lines = screen.draw(&bill(Some(30)));
        assert!(!lines.iter().any(|line| line.contains("Turned on and billed")), "{lines:#?}");
        assert!(lines[usize::from(screen.cursor().y)].contains("New seats"), "{lines:#?}");
    }
}

#[test]
fn counts_stand_in_a_column() {
    let lines = shown(&outcome(&[]), (80, 24));
    let at = lines.iter().position(|line| line.contains("  34  turned on")).unwrap();
    let table: Vec<&str> = lines[at..at + 3].iter().map(|line| line.trim_matches(['│', ' '])).collect();
    assert_eq!(table, ["34  turned on", "0  not turned on", "36  protected now"]);
}

/// A page of checks, in a window of so many rows.
fn proof(groups: Vec<CheckGroup>, height: u16) -> String {
    let blocks = groups.into_iter().map(Block::Checks).collect();
    shown(&page(QuestionId::Results, Shape::Read, "Proof", blocks), (80, height)).join("\n")
}

#[test]
fn with_room_every_check_has_its_line_in_columns_and_what_is_well_has_one_for_all() {
    let text = proof(vec![checks(&[CheckState::Good, CheckState::Spreading, CheckState::Waiting], true)], 24);
    for line in [
        "What the customer is asked to allow:",
        "✓ User.Read.All        good",
        "◌ Mail.ReadWrite       granted, spreading",
        "○ Files.ReadWrite.All  waiting",
    ] {
        assert!(text.lines().any(|shown| shown.trim_matches(['│', ' ']) == line), "{line}\n{text}");
    }
    let text = proof(vec![checks(&vec![CheckState::Good; 9], false)], 24);
    assert!(text.contains("✓ 9 permissions: good") && !text.contains("User.Read.All"), "{text}");
}

#[test]
fn without_room_one_line_stands_for_checks_in_the_same_state_and_names_the_others() {
    let fold = |states: [CheckState; 4]| {
        let many: Vec<CheckState> = (0..5).flat_map(|_| states.clone()).collect();
        proof(vec![checks(&many, true)], 15)
    };
    let good = || CheckState::Good;
    assert!(fold([good(), good(), good(), good()]).contains("✓ 20 permissions: good"));
    let text = fold([good(), good(), CheckState::Spreading, good()]);
    assert!(text.contains("◌ 15 of 20 permissions: good"), "{text}");
    assert!(text.contains("  granted, spreading: Files.ReadWrite.All, "), "{text}");
    let text = fold([good(), CheckState::Bad(refused()), good(), CheckState::Waiting]);
    assert!(
        text.contains("! 10 of 20 permissions: good") && text.contains("  failed: Mail.ReadWrite, "),
        "{text}"
    );
    assert_eq!(text.matches("Asking for a token was refused").count(), 1, "{text}");
}

#[test]
fn the_group_that_matters_less_is_folded_first() {
    let groups = |lines: usize| {
        let states = vec![CheckState::Waiting; lines];
        vec![checks(&states, true), CheckGroup { name: "Checks", title: "", ..checks(&states, false) }]
    };
    let text = proof(groups(8), 24);
    assert!(
        text.contains("○ User.Read.All        waiting") && text.contains("○ 8 checks: waiting"),
        "{text}"
    );
    let text = proof(groups(20), 24);
    assert!(text.contains("○ 20 permissions: waiting") && text.contains("○ 20 checks: waiting"), "{text}");
}

#[test]
fn the_same_bad_news_is_said_once() {
    let text = words(&shown(&failure(), (80, 24)));
    assert_eq!(text.matches("Asking for a token was refused (code 90094)").count(), 1, "{text}");
    assert!(text.contains("Nothing has been enabled. Press r to ask again."), "{text}");
    assert!(text.contains("Ids for support: trace 1") && text.contains("! Mail.ReadWrite failed"), "{text}");
}

#[test]
fn lines_for_a_hoster_are_whole_and_their_ways_stand_on_the_line_of_keys() {
    for size in [(80, 24), (120, 40)] {
        let lines = shown(&denied(), size);
        let text: String =
            lines.iter().map(|line| line.split('│').nth(1).unwrap_or_default().trim()).collect();
        let text = text.replace("┃ ", "");
        for part in [
            "New-ManagementScope -Name 'Backup365 redgum.example' -RecipientRestrictionFilter ",
            "'CustomAttribute1 -eq ''redgum.example'''",
            "-CustomRecipientWriteScope 'Backup365 redgum.example'",
        ] {
            let bare = |words: &str| words.replace(' ', "");
            assert!(bare(&text).contains(&bare(part)), "{size:?} {part}: {lines:#?}");
        }
        let keys = lines.last().unwrap();
        for key in ["Enter authorise", "p park", "Esc back", "l print", "c clipboard", "f file", "? keys"] {
            assert!(keys.contains(key), "{size:?} {key}: {keys}");
        }
    }
}

#[test]
fn rows_that_look_the_same_are_told_apart() {
    let many = Many { names: vec![Text::clean("Nora Anderson")], ..Many::of(4) };
    let mut view = users(&many, "");
    if let Some(Block::Rows(rows)) = view.page.blocks.first_mut() {
        rows.columns = &[Column::Name];
    }
    let text = shown(&view, (80, 24)).join("\n");
    for tag in ["Nora Anderson #0", "Nora Anderson #1"] {
        assert!(text.contains(tag), "{text}");
    }
}

#[test]
fn a_name_that_is_the_address_and_one_that_ascii_loses_leave_whose_row_it_is() {
    let many = Many { names: vec![Text::clean("user0@bakery.example")], ..Many::of(1) };
    let mut view = users(&many, "");
    if let Some(Block::Rows(rows)) = view.page.blocks.first_mut() {
        rows.domain = None;
    }
    let text = shown(&view, (80, 24)).join("\n");
    assert!(text.contains(" user0@bakery.example  user"), "{text}");
    let lines = Screen::of((40, 10), options(true, false)).draw(&users(&Many::of(4), ""));
    assert!(lines.iter().any(|line| line.contains("[x]") && line.contains("user1@")), "{lines:?}");
}

#[test]
fn a_row_that_cannot_be_chosen_says_why_while_it_is_lit() {
    let many = Many::of(37);
    let view = users(&many, "");
    for size in SIZES {
        let mut screen = Screen::of(size, options(true, true));
        screen.draw(&view);
        for _ in 0..6 {
            press(Press::Down, &view, &mut screen.state);
        }
        let text = words(&screen.draw(&view));
        let is_one_line = size.1 < NOTICES_FROM;
        assert!(is_one_line || text.contains("This kind is not included."), "{size:?} {text}");
        assert!(text.contains("Listed 37 users in 0.4 s."), "{size:?} {text}");
    }
}

#[test]
fn where_a_clock_runs_in_the_only_line_a_row_has_the_word() {
    let many = Many::of(37);
    let mut view = users(&many, "");
    view.notice = Some(Notice::new(Tone::Busy, "The list is still arriving, 12 s so far."));
    let mut screen = Screen::of((40, 10), options(true, true));
    screen.draw(&view);
    for _ in 0..6 {
        press(Press::Down, &view, &mut screen.state);
    }
    assert!(words(&screen.draw(&view)).contains("This kind is not included."));
}

#[test]
fn the_keys_that_the_state_needs_are_named_before_what_matters_less() {
    let keys = |view: &View<'_>, size| shown(view, size).pop().unwrap();
    let many = Many::of(37);
    let (waiting, failed) = (authorise(), failure());
    assert!(keys(&waiting, (40, 10)).starts_with(" Enter authorise  p park"));
    assert!(keys(&failed, (80, 24)).starts_with(" Enter authorise   r ask now   p park   Esc back"));
    assert_eq!(keys(&leave(users(&many, "")), (40, 10)), " Enter leave  Esc stay  s say  ? keys");
    let mut no = leave(users(&many, ""));
    no.ask.shape = Shape::Confirm { default: false };
    no.actions = vec![
        Offer::new(Action::Yes, "go on", "Goes on."),
        Offer::new(Action::No, "stop", "Stops.").by_default(),
    ];
    let line = keys(&no, (80, 24));
    assert!(line.contains("Enter stop") && !line.contains("Esc"), "one key for one answer: {line}");
    assert_eq!(keys(&bill(None), (40, 10)), " Enter confirm  Esc back  s say  ? keys");
    assert!(keys(&users(&many, ""), (200, 60)).contains("u Auto"));
    let mut view = users(&many, "");
    view.actions.retain(|offer| offer.action != Action::Auto);
    assert!(!keys(&view, (200, 60)).contains("u Auto"), "a key that is not open is not named");
}

#[test]
fn the_line_of_keys_names_what_each_state_needs() {
    let keys = |view: &View<'_>, size| shown(view, size).pop().unwrap();
    let many = Many::of(37);
    let mut filtered = users(&many, "nora");
    let Shape::Select(asked) = &mut filtered.ask.shape else { panic!("users are asked about") };
    asked.these = Some(1);
    assert!(keys(&filtered, (80, 24)).contains("t These 1"));
    assert!(keys(&filtered, (200, 60)).contains("t These 1   a All 34"));
    let lines = receipt(40);
    let line = keys(&outcome(&lines), (80, 24));
    assert!(line.starts_with(" Enter next customer   t next receipt   l c f send"), "{line}");
    let mut applying = wait();
    applying.actions.clear();
    assert!(!keys(&applying, (80, 24)).contains("Esc"), "it is stopping already");
    applying.actions.push(Offer::new(Action::Stop, "stop …", "Asks whether to stop."));
    assert!(keys(&applying, (80, 24)).contains("Esc stop"));
    // The first word is enough where a key more has room then.
    let mut asked = authorise();
    asked.page.blocks.truncate(1);
    asked.page.blocks.extend((0..9).map(|_| Block::Para("A line.".into())));
    asked.actions = vec![
        Offer::new(Action::Refresh, "ask Microsoft now", "Asks.").by_default(),
        Offer::new(Action::Park, "park", "Parks."),
    ];
    assert_eq!(keys(&asked, (40, 10)), " Enter ask  p park  PgDn more  ? keys");
}

#[test]
fn bad_news_opens_at_its_first_line() {
    let mut view = failure();
    view.page.blocks.extend((0..9).map(|_| Block::Para("A line.".into())));
    let button = Button { label: "Authorise", action: Action::Authorise, is_open: true };
    view.page.blocks.push(Block::Buttons(vec![button]));
    let lines = shown(&view, (40, 10));
    assert!(lines[2].starts_with("! Asking for a token"), "{lines:#?}");
}

#[test]
fn a_word_or_a_name_that_fits_on_a_line_is_not_broken() {
    let view = |blocks| page(QuestionId::Settled, Shape::Read, "Is it?", blocks);
    let fact = Fact::other("Organisation", "ironbarkengineering.example-pty");
    let lines = shown(&view(vec![Block::Facts(vec![fact])]), (40, 10));
    assert!(lines.iter().any(|line| line.trim() == "ironbarkengineering.example-pty"), "{lines:#?}");
    let options: &[&str] = &["a list that you paste", "the server's directory"];
    let choice = ChoiceView {
        id: FieldId::Listing,
        label: "Mailboxes come from".into(),
        options,
        chosen: 0,
        note: Phrase::default(),
    };
    let lines = shown(&view(vec![Block::Choice(choice)]), (40, 10));
    for whole in ["Mailboxes come from", "( ) the server's directory", ") a list that you paste"] {
        assert!(lines.iter().any(|line| line.contains(whole)), "{whole}: {lines:#?}");
    }
}

#[test]
fn what_was_said_of_a_number_or_a_screen_goes_with_it() {
    let mut view = bill(None);
    let Shape::Number(asked) = &mut view.ask.shape else { panic!("a number is asked for") };
    asked.problem = Some("The table says 34.".into());
    let mut screen = Screen::of((80, 24), options(true, true));
    assert!(words(&screen.draw(&view)).contains("The table says 34."));
    press(Press::Char('3'), &view, &mut screen.state);
    assert!(!words(&screen.draw(&view)).contains("The table says 34."));
    press(Press::Char('y'), &view, &mut screen.state);
    assert!(words(&screen.draw(&view)).contains("y does nothing here."));
    assert!(!words(&screen.draw(&authorise())).contains("y does nothing here."));
    let many = Many::of(12);
    assert!(
        !words(&shown(&customers(&many, "har"), (80, 24))).contains("name, domain"),
        "no hint once typed"
    );
    // The whole card stands beside it already.
    let mut screen = Screen::of((100, 30), options(true, true));
    let line = screen.draw(&users(&many, "")).pop().unwrap();
    assert!(!line.contains("s say"), "{line}");
    press(Press::Char('s'), &users(&many, ""), &mut screen.state);
    assert!(screen.state.panel.is_none());
    assert!(words(&screen.draw(&users(&many, ""))).contains("It is open on the right."));
}

/// Names that screens have broken on: wide letters, marks that combine, joiners, letters of no width.
fn names() -> impl Strategy<Value = Vec<Text>> {
    let name = prop_oneof![
        "\\PC{0,24}",
        "[王小明한글ｶ]{1,20}",
        "(e\u{301}|\u{301}|\u{200d}|👩\u{200d}👧|مر|\u{202e}|a){0,12}",
    ];
    proptest::collection::vec(name.prop_map(|name| Text::clean(&name)), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_or_leaves_the_window_whatever_is_shown(
        len in 0_usize..2_000,
        names in names(),
        filter in "\\PC{0,30}",
        size in (0_u16..210, 0_u16..64),
        which in 0_usize..15,
        keys in proptest::collection::vec(prop_oneof![Just(Press::Down), Just(Press::End), Just(Press::PageDown)], 0..4),
        use_unicode: bool,
    ) {
        let (many, lines) = (Many { names: names.clone(), ..Many::of(len) }, names);
        let mut sample = samples(&many, &lines).swap_remove(which);
        if which < 4 {
            sample.view = match which {
                2 => customers(&many, &filter),
                3 => form(&filter),
                _ => users(&many, &filter),
            };
        }
        let mut screen = Screen::of(size, options(true, use_unicode));
        sample.draw(&mut screen);
        for key in keys {
            press(key, &sample.view, &mut screen.state);
        }
        let drawn = screen.draw(&sample.view);
        prop_assert!(use_unicode || drawn.concat().is_ascii());
        for y in 0..size.1 {
            prop_assert_eq!(columns(&screen, y), size.0, "row {} {:?}", y, drawn);
        }
        if size.0 > 0 && size.1 > 0 {
            let cursor = screen.cursor();
            prop_assert!(cursor.x < size.0 && cursor.y < size.1, "{:?}", cursor);
        }
    }
}
