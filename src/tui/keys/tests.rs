use proptest::prelude::*;
use ratatui::layout::Position;

use super::{
    table::{Binding, is_sending},
    *,
};
use crate::{
    domain::{card::CardId, phrase::WayOn},
    tui::{
        state::List,
        tests::samples::{
            Many, Screen, authorise, bill, customers, denied, failure, form, hosted, leave, options, outcome,
            page, receipt, user, users, wait, words,
        },
        words::{Keyboard, way_on},
    },
    wizard::{
        answer::Revision,
        ask::{QuestionId, Spot},
        view::{Block, Button, ChoiceView, Offer, Rows},
    },
};

/// A view in a window of 80x24, drawn once.
fn drawn(view: &View<'_>) -> Screen {
    let mut screen = Screen::of((80, 24), options(true, true));
    screen.draw(view);
    screen
}

/// What the last of some keys leads to; after each of them the view is drawn.
fn after(keys: &[Press], view: &View<'_>, screen: &mut Screen) -> Outcome {
    let mut last = Outcome::Nothing;
    for key in keys {
        last = press(*key, view, &mut screen.state);
        screen.draw(view);
    }
    last
}

fn gives(what: Given) -> Outcome {
    Outcome::Give(what)
}

fn acts(action: Action) -> Outcome {
    gives(Given::Do(action))
}

fn marks(mark: Mark, which: Which) -> Outcome {
    gives(Given::Mark(mark, which))
}

fn fills(id: FieldId, words: &str) -> Outcome {
    gives(Given::Fill(id, Value::Text(words.to_owned())))
}

/// The index of the lit row.
fn lit_at(view: &View<'_>, screen: &Screen) -> usize {
    let rows = view.page.rows().unwrap();
    screen.state.list(view.ask.id).and_then(|list: &List| list.lit(rows)).unwrap()
}

/// What this front end says.
fn said(screen: &Screen) -> String {
    let said = screen.state.said.as_ref();
    said.map(|notice| crate::tui::words::say(&notice.words, Keyboard::Commands).to_string())
        .unwrap_or_default()
}

/// Which panel is open.
fn panel(screen: &Screen) -> &'static str {
    match screen.state.panel {
        None => "",
        Some(Panel::Help) => "help",
        Some(Panel::Say) => "say",
        Some(Panel::Explain) => "explain",
        Some(Panel::Code) => "code",
    }
}

/// Who reads what to say in front of the customers types the next one's name behind it.
#[test]
fn a_panel_above_the_customers_leads_back_into_the_search() {
    let many = Many::of(37);
    let view = customers(&many, "");
    let mut screen = drawn(&view);
    after(&[Press::Enter, Press::Char('s')], &view, &mut screen);
    assert_eq!((panel(&screen), screen.state.focus), ("say", Focus::Rows));
    after(&[Press::Esc], &view, &mut screen);
    assert_eq!((panel(&screen), screen.state.focus), ("", Focus::Field(FieldId::Search)));
}

/// The authorise screen with this offer too.
fn offering(action: Action) -> View<'static> {
    let mut view = authorise();
    view.actions.push(Offer::new(action, "do", "Does it."));
    view
}

#[test]
fn each_key_of_the_table_does_on_its_question_what_it_is_for() {
    let many = Many::of(37);
    let lines = receipt(40);
    let lit = || Which::Users(vec![user(0)]);
    let own = Outcome::Changed;
    let common = |view: fn() -> View<'static>| {
        [
            ('r', view(), acts(Action::Refresh)),
            ('p', view(), acts(Action::Park)),
            ('q', view(), acts(Action::Leave)),
            ('b', view(), gives(Given::Back)),
            ('s', view(), Outcome::Changed),
            ('e', view(), Outcome::Changed),
            ('?', view(), Outcome::Changed),
        ]
    };
    let button = || {
        let mut view = hosted(true, 0);
        view.ask.focus.spot = Spot::Button(Action::Back);
        view
    };
    let rows = || {
        let mut view = customers(&many, "");
        view.ask.focus.spot = Spot::Page;
        view
    };
    let auto = || {
        let mut view = bill(None);
        view.ask.id = QuestionId::Auto;
        view.actions.push(Offer::new(Action::Ceiling, "most seats", "Another number."));
        view
    };
    let cases = vec![
        (' ', users(&many, ""), marks(Mark::Toggle, lit())),
        ('a', users(&many, ""), marks(Mark::Tick, Which::All)),
        ('t', users(&many, ""), marks(Mark::Tick, Which::Shown(1))),
        ('u', users(&many, ""), acts(Action::Auto)),
        ('/', users(&many, ""), own),
        ('m', users(&many, ""), acts(Action::Kinds)),
        ('c', users(&many, ""), acts(Action::Clear)),
        ('i', users(&many, ""), marks(Mark::Invert, Which::Shown(1))),
        ('x', users(&many, ""), marks(Mark::ToggleExclusion, lit())),
        ('v', users(&many, ""), Outcome::Changed),
        ('z', users(&many, ""), acts(Action::Sort)),
        ('w', users(&many, ""), acts(Action::AcceptShorter)),
        ('d', users(&many, ""), Outcome::Changed),
        ('O', users(&many, ""), marks(Mark::Off, lit())),
        ('/', rows(), Outcome::Changed),
        ('n', rows(), acts(Action::Add)),
        ('m', rows(), acts(Action::Import)),
        ('a', rows(), acts(Action::Consents)),
        ('w', authorise(), acts(Action::Rehearse)),
        ('l', authorise(), acts(Action::PrintAlone)),
        ('c', authorise(), acts(Action::Copy)),
        ('g', authorise(), Outcome::Changed),
        ('f', authorise(), acts(Action::WriteFile)),
        ('o', authorise(), acts(Action::Open)),
        ('a', offering(Action::OwnRight), acts(Action::OwnRight)),
        ('h', offering(Action::TakeOver), acts(Action::TakeOver)),
        ('C', users(&many, ""), acts(Action::Copy)),
        ('t', denied(), acts(Action::NextText)),
        ('l', outcome(&lines), acts(Action::PrintAlone)),
        ('c', outcome(&lines), acts(Action::Copy)),
        ('f', outcome(&lines), acts(Action::WriteFile)),
        ('t', outcome(&lines), acts(Action::NextReceipt)),
        ('x', button(), acts(Action::EmptyList)),
    ];
    let cases: Vec<(char, View<'_>, Outcome)> = cases
        .into_iter()
        .chain([('m', auto(), acts(Action::Ceiling))])
        .chain(common(authorise))
        .chain(common(failure))
        .collect();
    for (letter, view, expected) in &cases {
        let mut screen = drawn(view);
        assert_eq!(
            after(&[Press::Char(*letter)], view, &mut screen),
            *expected,
            "{letter} on {:?}",
            view.ask.id
        );
        // The other case of a letter that is free means the same.
        let other =
            if letter.is_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() };
        let is_free = KEYS.iter().all(|row| row.key != Press::Char(other) || !is_in_scope(row, view));
        if is_free && !"jkgG".contains(other) {
            let outcome = after(&[Press::Char(other)], view, &mut drawn(view));
            assert_eq!(outcome, *expected, "{other} on {:?}", view.ask.id);
        }
    }
    for row in KEYS {
        let is_tried = matches!(row.key, Press::Ctrl(_) | Press::Tab)
            || cases.iter().any(|(key, view, _)| row.key == Press::Char(*key) && is_in_scope(row, view));
        assert!(is_tried, "{row:?}");
        let is_offered = matches!(row.deed, Deed::Do(action) if action != Action::Leave);
        assert_eq!((row.help.ends_with('.'), row.label.is_empty()), (!is_offered, is_offered), "{row:?}");
    }
}

#[test]
fn tab_takes_what_the_line_of_state_offers_in_the_filter_and_outside() {
    let many = Many::of(37);
    for filter in ["", "shared"] {
        let mut view = users(&many, filter);
        let enters = [Press::Char('/')];
        let mut screen = drawn(&view);
        after(&enters, &view, &mut screen);
        assert_ne!(after(&[Press::Tab], &view, &mut screen), acts(Action::Narrow), "nothing is offered");
        view.actions.push(Offer::new(Action::Narrow, "take", "Takes the word."));
        for keys in [&[Press::Tab][..], &[Press::Char('/'), Press::Tab]] {
            assert_eq!(after(keys, &view, &mut drawn(&view)), acts(Action::Narrow), "{keys:?}");
        }
        // Help takes the keys while it is open.
        let help = [Press::Char('?'), Press::Tab];
        assert_ne!(after(&help, &view, &mut drawn(&view)), acts(Action::Narrow));
    }
    assert!(way_on(&WayOn::Narrow, Keyboard::Text).contains("Tab"));
}

#[test]
fn a_form_is_filled_in_by_one_key_inside_its_fields_and_outside() {
    for spot in [Spot::Field(FieldId::Sample), Spot::Button(Action::Back)] {
        let mut view = hosted(true, 0);
        view.ask.focus.spot = spot;
        assert_eq!(after(&[Press::Ctrl('y')], &view, &mut drawn(&view)), acts(Action::Rehearse));
    }
    for keyboard in [Keyboard::Commands, Keyboard::Text] {
        assert!(way_on(&WayOn::FillIn, keyboard).contains("Ctrl-Y"));
    }
}

#[test]
fn a_key_that_a_sentence_names_is_in_the_table_and_does_what_the_sentence_says() {
    for (way, key, deed) in [
        (WayOn::Again("ask again"), 'r', Deed::Do(Action::Refresh)),
        (WayOn::Park(""), 'p', Deed::Do(Action::Park)),
        (WayOn::Leave, 'q', Deed::Do(Action::Leave)),
        (WayOn::HandOver, 'c', Deed::Do(Action::Copy)),
        (WayOn::HandOver, 'f', Deed::Do(Action::WriteFile)),
        (WayOn::PrintAlone("the link"), 'l', Deed::Do(Action::PrintAlone)),
        (WayOn::HaveRun(Vec::new()), 'l', Deed::Do(Action::PrintAlone)),
        (WayOn::WriteFile, 'f', Deed::Do(Action::WriteFile)),
        (WayOn::Explain, 'e', Deed::Open(Panel::Explain)),
        (WayOn::Lift, 'x', Deed::Mark(Mark::ToggleExclusion, Whom::Lit)),
        (WayOn::IncludeKinds, 'm', Deed::Do(Action::Kinds)),
        (WayOn::Exclude, 'x', Deed::Mark(Mark::ToggleExclusion, Whom::Lit)),
        (WayOn::Filter, '/', Deed::Search),
        (WayOn::RestoreTicks, 'c', Deed::Do(Action::Clear)),
        (WayOn::TurnOff, 'O', Deed::Mark(Mark::Off, Whom::Lit)),
        (WayOn::AddCustomer, 'n', Deed::Do(Action::Add)),
    ] {
        let words = way_on(&way, Keyboard::Commands);
        let is_named = words.split([' ', ',', '.']).any(|word| word == key.to_string());
        assert!(is_named, "{key}: {words}");
        assert!(KEYS.iter().any(|row| row.key == Press::Char(key) && row.deed == deed), "{key}: {words}");
        // In a field a letter is text: it has to be left first.
        let words = way_on(&way, Keyboard::Text);
        let is_left_first = words.contains("Tab, then") || words.contains("outside the field");
        assert!(is_left_first || way == WayOn::Filter, "{words}");
    }
}

#[test]
fn a_letter_without_a_meaning_says_so_until_the_next_key() {
    let many = Many::of(37);
    for view in [users(&many, ""), authorise(), leave(users(&many, ""))] {
        let mut screen = drawn(&view);
        for letter in ['y', 'é', '王', '5'] {
            assert_eq!(after(&[Press::Char(letter)], &view, &mut screen), Outcome::Changed);
            assert_eq!(said(&screen), format!("{letter} does nothing here. Press ? for the keys."));
            assert!(words(&screen.draw(&view)).contains(&said(&screen)));
        }
        after(&[Press::Backspace], &view, &mut screen);
        assert_eq!(said(&screen), "");
    }
    let mut screen = drawn(&authorise());
    assert_eq!(after(&[Press::Ctrl('k')], &authorise(), &mut screen), Outcome::Changed);
    assert_eq!(said(&screen), "Ctrl-K does nothing here. Press ? for the keys.");
    let mut view = customers(&many, "");
    view.ask.focus.spot = Spot::Page;
    let mut screen = drawn(&view);
    assert_eq!(after(&[Press::Char('p')], &view, &mut screen), Outcome::Changed);
    assert_eq!(said(&screen), "No run is open, so there is nothing to park.");
}

#[test]
fn some_keys_mean_the_same_wherever_the_keyboard_is() {
    let many = Many::of(37);
    let lines = receipt(40);
    let views = [
        users(&many, ""),
        customers(&many, "har"),
        form("x"),
        bill(None),
        outcome(&lines),
        leave(users(&many, "")),
    ];
    for view in &views {
        for (key, expected) in [
            (Press::Ctrl('c'), gives(Given::Leave)),
            (Press::Ctrl('\\'), gives(Given::End(Ending::Quit))),
            (Press::Ctrl('z'), Outcome::Suspend),
            (Press::Ctrl('l'), Outcome::Redraw),
        ] {
            assert_eq!(after(&[key], view, &mut drawn(view)), expected, "{key:?} on {:?}", view.ask.id);
            assert!(is_always_taken(&Input::Key(key)));
        }
        let mut screen = drawn(view);
        after(&[Press::Ctrl('g')], view, &mut screen);
        assert_eq!(panel(&screen), "help", "{:?}", view.ask.id);
        after(&[Press::Ctrl('g')], view, &mut screen);
        assert_eq!(panel(&screen), "");
        after(&[Press::Ctrl('g'), Press::Ctrl('c')], view, &mut screen);
        assert_eq!(panel(&screen), "", "what asks about leaving is seen");
    }
}

#[test]
fn in_a_field_every_printable_character_is_text() {
    let view = form("");
    let mut screen = drawn(&view);
    // Drawn with the old view each time: the wizard has not answered yet.
    for letter in ['q', '?', ' ', '/', '王', 'é', '5'] {
        let outcome = press(Press::Char(letter), &view, &mut screen.state);
        assert_eq!(outcome, fills(FieldId::Tenant, &letter.to_string()), "{letter}");
    }
    let view = form("two words");
    for (key, expected) in [
        (Press::Backspace, "two word"),
        (Press::Ctrl('w'), "two "),
        (Press::Ctrl('u'), ""),
        (Press::Esc, ""),
        (Press::Char('!'), "two words!"),
    ] {
        assert_eq!(after(&[key], &view, &mut drawn(&view)), fills(FieldId::Tenant, expected), "{key:?}");
    }
    let mut screen = drawn(&view);
    assert_eq!(after(&[Press::Home], &view, &mut screen), Outcome::Changed);
    assert_eq!(after(&[Press::Delete], &view, &mut screen), fills(FieldId::Tenant, "wo words"));
    let mut screen = drawn(&view);
    after(&[Press::Ctrl('a'), Press::Right], &view, &mut screen);
    assert_eq!(press(Press::Char('-'), &view, &mut screen.state), fills(FieldId::Tenant, "t-wo words"));
    let mut screen = drawn(&view);
    after(&[Press::Home, Press::Right, Press::Right], &view, &mut screen);
    assert_eq!(after(&[Press::Ctrl('k')], &view, &mut screen), fills(FieldId::Tenant, "tw"));
    let mut screen = drawn(&view);
    after(&[Press::Left, Press::Left, Press::Ctrl('e')], &view, &mut screen);
    assert_eq!(press(Press::Char('-'), &view, &mut screen.state), fills(FieldId::Tenant, "two words-"));
    assert_eq!(after(&[Press::Ctrl('d')], &view, &mut screen), Outcome::Nothing);
}

#[test]
fn a_form_is_walked_with_tab_and_enter_in_its_order_and_round() {
    let view = hosted(true, 0);
    let order = [
        Focus::Field(FieldId::Server),
        Focus::Field(FieldId::Password),
        Focus::Choice(FieldId::Listing),
        Focus::Field(FieldId::Mailboxes),
        Focus::Button(Action::Save),
        Focus::Button(Action::Back),
        Focus::Field(FieldId::Server),
    ];
    // Down ends at the first button: no other one is on the way of who reads on.
    for (key, steps) in [(Press::Tab, 6), (Press::Down, 4)] {
        let mut screen = drawn(&view);
        for pair in order.windows(2).take(steps) {
            assert_eq!(screen.state.focus, pair[0]);
            let left = after(&[key], &view, &mut screen);
            let expected = match pair[0] {
                Focus::Field(id) => gives(Given::Settle(id)),
                _ => Outcome::Changed,
            };
            assert_eq!((left, screen.state.focus), (expected, pair[1]), "{key:?}");
        }
        if key == Press::Down {
            assert_eq!(after(&[key], &view, &mut screen), Outcome::Nothing);
            assert_eq!(screen.state.focus, Focus::Button(Action::Save));
        }
    }
    let mut screen = drawn(&view);
    for pair in order.windows(2).rev() {
        assert_eq!(screen.state.focus, pair[1]);
        after(&[Press::BackTab], &view, &mut screen);
        assert_eq!(screen.state.focus, pair[0]);
    }
    // Enter goes the same way as far as the button that is pressed with it.
    let enters = [Press::Enter; 4];
    after(&enters, &view, &mut screen);
    assert_eq!(screen.state.focus, Focus::Button(Action::Save));
    assert_eq!(after(&[Press::Enter], &view, &mut screen), acts(Action::Save));
    assert_eq!(after(&[Press::Char(' ')], &view, &mut screen), acts(Action::Save));
    assert_eq!(after(&[Press::Right, Press::Enter], &view, &mut screen), acts(Action::Back));
    assert_eq!(after(&[Press::Right], &view, &mut screen), Outcome::Nothing, "arrows end at the ends");
    assert_eq!(after(&[Press::Char('k')], &view, &mut screen), Outcome::Changed);
    assert_eq!(screen.state.focus, Focus::Field(FieldId::Mailboxes), "j and k move as the arrows do");
}

#[test]
fn who_reads_on_with_down_never_comes_to_the_answer_that_costs() {
    let words = "Users of another organisation would be protected and billed for this customer. ".repeat(4);
    let blocks = vec![Block::Para(Phrase::from(format_args!("{words}")))];
    let mut view = page(QuestionId::Doubted, Shape::Confirm { default: false }, "Take it?", blocks);
    let no = Offer::new(Action::No, "no", "Takes it not.").by_default();
    view.actions.extend([Offer::new(Action::Yes, "yes", "Takes it."), no]);
    let mut screen = Screen::of((40, 10), options(true, true));
    screen.draw(&view);
    let no = Focus::Button(Action::No);
    let mut top = 0;
    for key in [Press::Down, Press::Down, Press::Char('j'), Press::Up, Press::PageDown] {
        assert_eq!(after(&[key], &view, &mut screen), Outcome::Changed, "{key:?}");
        screen.draw(&view);
        assert!(screen.state.focus == no && screen.state.scroll.top != top, "{key:?} scrolls");
        top = screen.state.scroll.top;
    }
    after(&[Press::End], &view, &mut screen);
    for key in [Press::Down, Press::Right] {
        assert_eq!(after(&[key], &view, &mut screen), Outcome::Nothing, "{key:?} at the end");
        assert_eq!(screen.state.focus, no);
    }
    for key in [Press::Left, Press::Tab, Press::BackTab] {
        let mut screen = drawn(&view);
        assert_eq!(after(&[key, Press::Enter], &view, &mut screen), acts(Action::Yes), "{key:?}");
    }
}

#[test]
fn enter_never_saves_from_a_field_nor_passes_a_closed_button_on_to_back() {
    let closed = form("bakery.example");
    let mut screen = drawn(&closed);
    let tenant = Focus::Field(FieldId::Tenant);
    for _ in 0..2 {
        assert_eq!(after(&[Press::Enter], &closed, &mut screen), gives(Given::Settle(FieldId::Tenant)));
        assert_eq!((screen.state.focus, screen.state.awaited), (tenant, Some(Focus::Button(Action::Save))));
    }
    assert_eq!(
        paste::paste("one\ntwo\n", &closed, &mut screen.state),
        Outcome::Give(Given::Fill(FieldId::Tenant, Value::Text("bakery.exampleone".into()))),
        "a pasted newline presses nothing"
    );
    // Once it opens the keyboard is there, unless a person went on typing or elsewhere.
    let mut open = form("bakery.example");
    let Some(Block::Buttons(buttons)) = open.page.blocks.last_mut() else { panic!("buttons") };
    buttons[0].is_open = true;
    for (keys, focus) in [
        (&[Press::Enter][..], Focus::Button(Action::Save)),
        (&[Press::Enter, Press::Left], tenant),
        (&[Press::Enter, Press::Tab], Focus::Button(Action::Back)),
        (&[Press::Tab], Focus::Button(Action::Back)),
        (&[Press::BackTab], Focus::Button(Action::Back)),
    ] {
        let mut screen = drawn(&closed);
        after(keys, &closed, &mut screen);
        screen.draw(&open);
        assert_eq!(screen.state.focus, focus, "{keys:?}");
    }
    let mut screen = drawn(&open);
    assert_eq!(after(&[Press::Enter, Press::Enter], &open, &mut screen), acts(Action::Save));
    // Pressed, it closes while it is done: the keyboard is on no other button meanwhile, and there again behind it.
    screen.draw(&closed);
    assert_eq!(
        (screen.state.focus, after(&[Press::Enter], &closed, &mut screen)),
        (Focus::Text, gives(Given::Submit))
    );
    assert!(words(&screen.draw(&closed)).contains("Save (not now)"));
    screen.draw(&open);
    assert_eq!(screen.state.focus, Focus::Button(Action::Save));
}

#[test]
fn what_is_typed_without_looking_is_no_command() {
    let many = Many::of(37);
    let view = users(&many, "");
    // At the pace of fingers, key by key: what reaches the screen, and what is said at last.
    let type_out = |screen: &mut Screen, keys: &[Press], is_fast: bool| -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for key in keys {
            screen.draw(&view);
            if !is_early(&Input::Key(*key), (false, is_fast), &view, &mut screen.state) {
                outcomes.push(press(*key, &view, &mut screen.state));
            }
        }
        outcomes
    };
    let word = |word: &str| word.chars().map(Press::Char).chain([Press::Enter]).collect::<Vec<_>>();
    // Two letters that mean nothing make a word of it: neither its `a` nor its Enter does anything.
    let mut screen = drawn(&view);
    let told = [Outcome::Changed, Outcome::Changed];
    assert_eq!(type_out(&mut screen, &word("hylaba"), true), told, "h and y do nothing here");
    assert_eq!(said(&screen), "Typed too early, so it was not taken: 5 keys.");
    // Behind a pause they are commands again.
    assert_eq!(type_out(&mut screen, &[Press::Char('a')], false), [marks(Mark::Tick, Which::All)]);
    // Commands that come fast are commands: an expert does not wait.
    let fast = [Press::Char('a'), Press::Enter];
    assert_eq!(
        type_out(&mut drawn(&view), &fast, true),
        [marks(Mark::Tick, Which::All), acts(Action::Review)]
    );
    let slip = [Press::Char('y'), Press::Char('a')];
    assert_eq!(type_out(&mut drawn(&view), &slip, true).len(), 2, "one slip is no word");
    // A word that began in a field which is gone ends with it.
    let mut screen = drawn(&form("x"));
    press(Press::Char('b'), &form("x"), &mut screen.state);
    assert_eq!(type_out(&mut screen, &word("a"), true), []);
    assert_eq!(said(&screen), "Typed too early, so it was not taken: 2 keys.");
    // Enter ends a word: what follows it was meant.
    let mut screen = drawn(&form("x"));
    after(&[Press::Char('b'), Press::Enter], &form("x"), &mut screen);
    assert_eq!(type_out(&mut screen, &[Press::Char('a')], true), [marks(Mark::Tick, Which::All)]);
}

#[test]
fn esc_in_a_field_clears_before_it_goes_back() {
    for (view, id) in [(form("x"), FieldId::Tenant), (hosted(true, 0), FieldId::Server)] {
        let mut screen = drawn(&view);
        assert_eq!(after(&[Press::Esc], &view, &mut screen), fills(id, ""));
    }
    let many = Many::of(37);
    for view in [form(""), customers(&many, "")] {
        assert_eq!(after(&[Press::Esc], &view, &mut drawn(&view)), gives(Given::Back));
    }
}

#[test]
fn the_letters_work_on_the_buttons_of_a_form() {
    let mut view = form("x");
    view.ask.focus.spot = Spot::Button(Action::Save);
    let mut screen = drawn(&view);
    assert_eq!(after(&[Press::Char('b')], &view, &mut screen), gives(Given::Back));
    assert_eq!(after(&[Press::Char('p')], &view, &mut screen), acts(Action::Park));
    assert_eq!(after(&[Press::Char('q')], &view, &mut screen), acts(Action::Leave));
    assert_eq!(after(&[Press::Esc], &view, &mut screen), gives(Given::Back));
}

#[test]
fn a_choice_goes_round_with_arrows_and_space() {
    let chooses = |chosen, key| {
        let mut view = hosted(true, chosen);
        view.ask.focus.spot = Spot::Field(FieldId::Listing);
        after(&[key], &view, &mut drawn(&view))
    };
    let choice = |at| gives(Given::Fill(FieldId::Listing, Value::Choice(at)));
    assert_eq!(chooses(0, Press::Right), choice(1));
    assert_eq!(chooses(1, Press::Right), choice(0));
    assert_eq!(chooses(0, Press::Left), choice(1));
    assert_eq!(chooses(0, Press::Char(' ')), choice(1));
    assert_eq!(chooses(0, Press::Enter), Outcome::Changed);
    // Where there is nothing to type, Enter is for the whole of it.
    let box_of = ChoiceView {
        id: FieldId::Managed,
        label: "shared mailboxes".into(),
        options: &["no", "yes"],
        chosen: 1,
        note: Phrase::default(),
    };
    let save = Button { label: "Save", action: Action::Save, is_open: true };
    let blocks = vec![Block::Choice(box_of), Block::Buttons(vec![save])];
    let mut view = page(QuestionId::Kinds, Shape::Form, "Which kinds?", blocks);
    view.ask.focus.spot = Spot::Field(FieldId::Managed);
    assert_eq!(after(&[Press::Enter], &view, &mut drawn(&view)), gives(Given::Submit));
}

#[test]
fn a_secret_leaves_as_a_secret_only() {
    let mut view = hosted(false, 0);
    view.ask.focus.spot = Spot::Field(FieldId::Password);
    let mut screen = drawn(&view);
    let outcome = press(Press::Char('h'), &view, &mut screen.state);
    assert!(
        matches!(&outcome, Outcome::Give(Given::Fill(_, Value::Secret(secret))) if secret.expose() == "h")
    );
    assert!(!format!("{outcome:?} {:?}", screen.state).contains("\"h\""), "{outcome:?}");
}

#[test]
fn the_digits_are_typed_and_the_rest_acts_as_outside() {
    let view = bill(None);
    let mut screen = drawn(&view);
    assert_eq!(after(&[Press::Enter], &view, &mut screen), Outcome::Changed);
    assert_eq!(said(&screen), "Type the number that the table shows, then press Enter.");
    let keys = ['3', ',', ' ', '.', '\'', '4', 'x'].map(Press::Char);
    after(&keys, &view, &mut screen);
    assert_eq!(
        (screen.state.number.text(), said(&screen)),
        ("34", "x does nothing here. Press ? for the keys.".into())
    );
    assert!(words(&screen.draw(&view)).contains("New seats [34"));
    assert_eq!(after(&[Press::Enter], &view, &mut screen), gives(Given::Number(34)));
    for (key, panel_of) in [('?', "help"), ('s', "say"), ('e', "explain")] {
        after(&[Press::Char(key)], &view, &mut screen);
        assert_eq!(panel(&screen), panel_of);
        screen.state.panel = None;
    }
    after(&[Press::Left, Press::Backspace, Press::Char('9'), Press::End], &view, &mut screen);
    assert_eq!(screen.state.number.text(), "94");
    assert_eq!(after(&[Press::Esc], &view, &mut screen), Outcome::Changed);
    assert!(screen.state.number.is_empty());
    assert_eq!(after(&[Press::Esc], &view, &mut screen), gives(Given::Back));
    after(&['9'; 12].map(Press::Char), &view, &mut screen);
    assert_eq!(
        after(&[Press::Enter], &view, &mut screen),
        gives(Given::Number(u32::MAX)),
        "wrong, and not nothing"
    );
    let mut other = bill(None);
    other.ask.revision = Revision(8);
    screen.draw(&other);
    assert!(screen.state.number.is_empty(), "another number is asked for");
}

#[test]
fn a_number_that_is_proposed_is_taken_by_enter_and_replaced_by_the_first_digit() {
    let mut view = bill(None);
    let Shape::Number(asked) = &mut view.ask.shape else { panic!("a number is asked for") };
    asked.proposed = Some(44);
    let mut screen = drawn(&view);
    assert!(words(&screen.draw(&view)).contains("New seats [44"));
    assert_eq!(after(&[Press::Enter], &view, &mut screen), gives(Given::Number(44)));
    assert_eq!(after(&[Press::Char('5'), Press::Enter], &view, &mut screen), gives(Given::Number(5)));
}

#[test]
fn enter_answers_yes_or_no_as_it_stands_on_the_button_and_esc_goes_back() {
    let many = Many::of(37);
    let mut view = leave(users(&many, ""));
    let mut screen = drawn(&view);
    assert_eq!(after(&[Press::Enter], &view, &mut screen), acts(Action::Yes));
    assert_eq!(after(&[Press::Right, Press::Enter], &view, &mut screen), acts(Action::No));
    assert_eq!(after(&[Press::Esc], &view, &mut screen), gives(Given::Back));
    view.ask.shape = Shape::Confirm { default: false };
    view.actions.iter_mut().for_each(|offer| offer.is_default = offer.action == Action::No);
    assert_eq!(after(&[Press::Enter], &view, &mut drawn(&view)), acts(Action::No));
}

#[test]
fn enter_never_ticks_and_goes_on_or_picks() {
    let many = Many::of(37);
    let view = users(&many, "");
    let mut screen = drawn(&view);
    assert_eq!(after(&[Press::Enter], &view, &mut screen), acts(Action::Review));
    after(&[Press::Char('v'), Press::Down], &view, &mut screen);
    assert_eq!(after(&[Press::Enter], &view, &mut screen), acts(Action::Review));
    let mut without = users(&many, "");
    without.actions.clear();
    assert_eq!(after(&[Press::Enter], &without, &mut drawn(&without)), Outcome::Nothing);
    let mut view = customers(&many, "");
    view.ask.focus.spot = Spot::Page;
    let mut screen = drawn(&view);
    let third = many.id(2).unwrap();
    assert_eq!(
        after(&[Press::Down, Press::Down, Press::Enter], &view, &mut screen),
        gives(Given::Pick(third))
    );
    let empty = Many::of(0);
    let mut view = customers(&empty, "");
    view.ask.focus.spot = Spot::Page;
    assert_eq!(after(&[Press::Enter], &view, &mut drawn(&view)), Outcome::Nothing);
}

#[test]
fn the_cursor_moves_over_rows_by_arrows_letters_and_pages() {
    let many = Many::of(100);
    let view = users(&many, "");
    let moves = |keys: &[Press]| {
        let mut screen = drawn(&view);
        after(keys, &view, &mut screen);
        lit_at(&view, &screen)
    };
    for (keys, at) in [
        (vec![Press::Down], 1),
        (vec![Press::Char('j'), Press::Char('j'), Press::Char('k')], 1),
        (vec![Press::Up], 0),
        (vec![Press::PageDown], 15),
        (vec![Press::PageDown, Press::PageUp], 0),
        (vec![Press::Ctrl('d')], 7),
        (vec![Press::Ctrl('d'), Press::Ctrl('d'), Press::Ctrl('u')], 7),
        (vec![Press::End], 99),
        (vec![Press::Char('G')], 99),
        (vec![Press::End, Press::Down], 99),
        (vec![Press::Char('G'), Press::Char('g')], 0),
        (vec![Press::End, Press::Home], 0),
    ] {
        assert_eq!(moves(&keys), at, "{keys:?}");
    }
    assert_eq!(
        after(&[Press::Up], &view, &mut drawn(&view)),
        Outcome::Nothing,
        "nothing is drawn for nothing"
    );
    assert_eq!(after(&[Press::Left], &view, &mut drawn(&view)), Outcome::Nothing);
}

#[test]
fn the_lit_row_belongs_to_its_user_when_rows_come_and_go() {
    let mut many = Many::of(100);
    let mut screen = drawn(&users(&many, ""));
    after(&[Press::PageDown], &users(&many, ""), &mut screen);
    assert_eq!(lit_at(&users(&many, ""), &screen), 15);
    (many.first, many.len, many.generation) = (5, 95, 2);
    screen.draw(&users(&many, ""));
    assert_eq!(lit_at(&users(&many, ""), &screen), 10);
    let outcome = after(&[Press::Char('x')], &users(&many, ""), &mut screen);
    assert_eq!(outcome, marks(Mark::ToggleExclusion, Which::Users(vec![user(15)])));
    // Where the user is gone the cursor stays where it stood, inside the list.
    (many.first, many.len, many.generation) = (40, 3, 3);
    screen.draw(&users(&many, ""));
    assert_eq!(lit_at(&users(&many, ""), &screen), 2);
    // A row that nobody chose gives way to the best hit.
    let mut screen = drawn(&users(&many, ""));
    (many.first, many.len, many.generation) = (0, 100, 4);
    screen.draw(&users(&many, ""));
    assert_eq!(lit_at(&users(&many, ""), &screen), 0);
}

#[test]
fn a_search_that_is_not_over_keeps_the_row_that_may_still_come() {
    let mut many = Many::of(100);
    let mut screen = drawn(&users(&many, ""));
    after(&[Press::PageDown], &users(&many, ""), &mut screen);
    let searching = |many| {
        let mut view = users(many, "nora");
        if let Some(Block::Rows(rows)) = view.page.blocks.first_mut() {
            rows.is_searching = true;
        }
        view
    };
    (many.len, many.generation) = (3, 2);
    screen.draw(&searching(&many));
    (many.len, many.generation) = (100, 3);
    screen.draw(&users(&many, ""));
    assert_eq!(lit_at(&users(&many, ""), &screen), 15);
}

#[test]
fn a_range_is_marked_whole_and_ends_with_the_mark() {
    let many = Many::of(100);
    let view = users(&many, "");
    let mut screen = drawn(&view);
    after(&[Press::Down, Press::Char('v')], &view, &mut screen);
    assert_eq!(said(&screen), "Range: move, then Space, x or O. Esc ends it.");
    let lines = {
        after(&[Press::Down, Press::Down], &view, &mut screen);
        screen.draw(&view)
    };
    let begun: Vec<bool> = lines[5..10].iter().map(|line| line.starts_with("│:[")).collect();
    assert_eq!(begun, [false, true, true, true, false], "{lines:?}");
    let range = Which::Range(user(1), user(3), 1);
    assert_eq!(after(&[Press::Char(' ')], &view, &mut screen), marks(Mark::Toggle, range));
    let one = Which::Users(vec![user(3)]);
    assert_eq!(after(&[Press::Char('O')], &view, &mut screen), marks(Mark::Off, one));
    after(&[Press::Char('v'), Press::Up], &view, &mut screen);
    let upwards = Which::Range(user(2), user(3), 1);
    assert_eq!(after(&[Press::Char('x')], &view, &mut screen), marks(Mark::ToggleExclusion, upwards));
    after(&[Press::Char('v'), Press::Char('v'), Press::Down], &view, &mut screen);
    let one = Which::Users(vec![user(3)]);
    assert_eq!(after(&[Press::Char(' ')], &view, &mut screen), marks(Mark::Toggle, one), "v ends it too");
}

#[test]
fn esc_closes_a_panel_then_ends_a_range_then_clears_the_filter_then_goes_back() {
    let many = Many::of(37);
    let view = users(&many, "nora");
    let mut screen = drawn(&view);
    after(&[Press::Char('v'), Press::Char('?')], &view, &mut screen);
    assert_eq!(after(&[Press::Esc], &view, &mut screen), Outcome::Changed);
    assert_eq!(panel(&screen), "");
    assert_eq!(after(&[Press::Esc], &view, &mut screen), Outcome::Changed);
    assert_eq!(after(&[Press::Esc], &view, &mut screen), fills(FieldId::Filter, ""));
    let view = users(&many, "");
    screen.draw(&view);
    assert_eq!(after(&[Press::Esc], &view, &mut screen), gives(Given::Back));
}

#[test]
fn the_filter_is_typed_into_left_with_its_words_and_cleared_before_it_is_left() {
    let many = Many::of(37);
    let view = users(&many, "");
    let mut screen = drawn(&view);
    let filter = Focus::Field(FieldId::Filter);
    after(&[Press::Char('/')], &view, &mut screen);
    assert_eq!(screen.state.focus, filter);
    assert!(screen.draw(&view)[4].starts_with("│ ┃ / "), "the field is there while it is typed into");
    assert_eq!(press(Press::Char('n'), &view, &mut screen.state), fills(FieldId::Filter, "n"));
    let view = users(&many, "nora");
    screen.draw(&view);
    for key in [Press::Enter, Press::Tab, Press::Down] {
        screen.state.focus = filter;
        assert_eq!(after(&[key], &view, &mut screen), gives(Given::Settle(FieldId::Filter)), "{key:?}");
        assert_eq!(screen.state.focus, Focus::Rows, "{key:?}");
        assert!(screen.draw(&view)[4].starts_with("│   / nora"), "a filter that acts is seen");
    }
    screen.state.focus = filter;
    assert_eq!(press(Press::PageDown, &view, &mut screen.state), Outcome::Changed);
    assert_eq!(lit_at(&view, &screen), 14);
    assert_eq!(press(Press::Esc, &view, &mut screen.state), fills(FieldId::Filter, ""));
    let view = users(&many, "");
    screen.draw(&view);
    assert_eq!(
        (after(&[Press::Esc], &view, &mut screen), screen.state.focus),
        (gives(Given::Settle(FieldId::Filter)), Focus::Rows)
    );
    assert!(!screen.draw(&view).concat().contains(" / nora"));
}

#[test]
fn enter_in_the_customer_search_chooses_the_only_hit_that_was_seen() {
    let one = Many::of(1);
    let view = customers(&one, "har");
    let id = one.id(0).unwrap();
    assert_eq!(after(&[Press::Enter], &view, &mut drawn(&view)), gives(Given::Pick(id)));
    // Not before it was drawn, not while it is searched for, not where more than one is left.
    let settles = gives(Given::Settle(FieldId::Search));
    let mut screen = drawn(&customers(&one, "ha"));
    assert_eq!(press(Press::Enter, &view, &mut screen.state), settles);
    let mut searching = customers(&one, "har");
    if let Some(Block::Rows(rows)) = searching.page.blocks.first_mut() {
        rows.is_searching = true;
    }
    assert_eq!(after(&[Press::Enter], &searching, &mut drawn(&searching)), settles);
    let two = Many::of(2);
    let view = customers(&two, "har");
    assert_eq!(after(&[Press::Enter], &view, &mut drawn(&view)), settles);
    let all = customers(&one, "");
    let only = gives(Given::Pick(one.id(0).unwrap()));
    assert_eq!(after(&[Press::Enter], &all, &mut drawn(&all)), only, "the only customer needs no words");
}

#[test]
fn other_words_of_the_search_begin_at_its_best_hit() {
    let many = Many::of(37);
    let view = customers(&many, "");
    let mut screen = drawn(&view);
    after(&[Press::PageDown], &view, &mut screen);
    assert_eq!(lit_at(&view, &screen), 14);
    press(Press::Char('h'), &view, &mut screen.state);
    screen.draw(&customers(&many, "h"));
    assert_eq!(lit_at(&view, &screen), 0);
}

#[test]
fn the_wizard_says_where_the_keyboard_is_to_be_and_a_person_may_go_elsewhere() {
    let mut view = hosted(true, 0);
    let mut screen = drawn(&view);
    after(&[Press::Tab], &view, &mut screen);
    screen.draw(&view);
    assert_eq!(screen.state.focus, Focus::Field(FieldId::Password), "the same wish is not followed twice");
    view.ask.focus.count = 1;
    screen.draw(&view);
    assert_eq!(screen.state.focus, Focus::Field(FieldId::Server));
    screen.draw(&wait());
    assert_eq!(screen.state.focus, Focus::Text);
}

#[test]
fn a_text_is_scrolled_by_arrows_letters_and_pages_and_says_when_nothing_moved() {
    let lines = receipt(100);
    let view = outcome(&lines);
    let top = |keys: &[Press]| {
        let mut screen = drawn(&view);
        let last = after(keys, &view, &mut screen);
        (screen.state.scroll.top, last)
    };
    for (keys, at) in [
        (vec![Press::Down], 1),
        (vec![Press::Char('j'), Press::Char('j'), Press::Char('k')], 1),
        (vec![Press::PageDown], 7),
        (vec![Press::Ctrl('d')], 3),
        (vec![Press::PageDown, Press::Ctrl('u')], 4),
        (vec![Press::End], 92),
        (vec![Press::Char('G')], 92),
        (vec![Press::Char('G'), Press::Char('g')], 0),
        (vec![Press::End, Press::Home], 0),
    ] {
        assert_eq!(top(&keys), (at, Outcome::Changed), "{keys:?}");
    }
    assert_eq!(top(&[Press::Up]), (0, Outcome::Nothing));
    assert_eq!(top(&[Press::Enter]), (0, acts(Action::Another)));
    // Around a number and around buttons the page is scrolled with the keys that are free there.
    let view = bill(Some(30));
    let mut screen = Screen::of((40, 10), options(true, true));
    screen.draw(&view);
    after(&[Press::Down, Press::Char('j'), Press::Char('k')], &view, &mut screen);
    assert_eq!(screen.state.scroll.top, 1);
}

#[test]
fn panels_open_close_with_their_own_key_and_scroll() {
    let view = authorise();
    for (key, name) in [('?', "help"), ('s', "say"), ('e', "explain")] {
        let mut screen = drawn(&view);
        for close in [Press::Esc, Press::Enter, Press::Char('b'), Press::Char('B')] {
            after(&[Press::Char(key)], &view, &mut screen);
            assert_eq!(panel(&screen), name);
            let into_text: &[Press] = if key == 'e' { &[Press::Tab] } else { &[] };
            after(into_text, &view, &mut screen);
            assert_eq!(after(&[close], &view, &mut screen), Outcome::Changed);
            assert_eq!(panel(&screen), "", "{close:?} in {name}");
        }
        if key != 'e' {
            after(&[Press::Char(key), Press::Char(key)], &view, &mut screen);
            assert_eq!(panel(&screen), "");
        }
    }
    let mut screen = Screen::of((40, 10), options(true, true));
    screen.draw(&view);
    after(&[Press::Char('?'), Press::Char('j'), Press::PageDown], &view, &mut screen);
    let scrolled = screen.state.panel_scroll.top;
    assert!(scrolled > 1 && screen.state.scroll.top == 0, "the page below stays where it is");
    after(&[Press::Char('G'), Press::Char('g')], &view, &mut screen);
    assert_eq!(screen.state.panel_scroll.top, 0);
    after(&[Press::Char('s')], &view, &mut screen);
    assert_eq!(panel(&screen), "say", "from one panel to another");
}

#[test]
fn in_a_panel_the_keys_that_work_everywhere_work_and_others_say_that_they_do_not() {
    let view = authorise();
    for (key, action) in
        [('q', Action::Leave), ('p', Action::Park), ('P', Action::Park), ('r', Action::Refresh)]
    {
        let mut screen = drawn(&view);
        assert_eq!(after(&[Press::Char('?'), Press::Char(key)], &view, &mut screen), acts(action), "{key}");
        assert_eq!(panel(&screen), "", "{key}");
    }
    let mut screen = drawn(&view);
    assert_eq!(after(&[Press::Char('s'), Press::Char('y')], &view, &mut screen), Outcome::Changed);
    assert_eq!((panel(&screen), said(&screen)), ("say", "y does nothing here. Press ? for the keys.".into()));
    assert_eq!(
        after(&[Press::Char('c')], &view, &mut screen),
        Outcome::Changed,
        "the page's keys are below the panel"
    );
    assert_eq!(after(&[Press::Left], &view, &mut screen), Outcome::Changed, "takes the words back");
}

#[test]
fn explain_has_a_field_of_its_own() {
    let view = authorise();
    let mut screen = drawn(&view);
    after(&[Press::Char('e')], &view, &mut screen);
    let looked_up = |screen: &Screen| {
        assert_eq!(screen.state.panel, Some(Panel::Explain));
        let explain = &screen.state.explain;
        (explain.field.text().to_owned(), explain.in_field, explain.hits.len())
    };
    after(&"90094q?".chars().map(Press::Char).collect::<Vec<_>>(), &view, &mut screen);
    assert_eq!(looked_up(&screen).0, "90094q?", "every letter is text");
    after(&[Press::Backspace, Press::Backspace], &view, &mut screen);
    let (words, in_field, hits) = looked_up(&screen);
    assert!(words == "90094" && in_field && hits > 0, "{words} {hits}");
    after(&[Press::Enter], &view, &mut screen);
    assert!(!looked_up(&screen).1, "left, with the words kept");
    after(&[Press::Char('/'), Press::Char('1')], &view, &mut screen);
    assert_eq!(looked_up(&screen).0, "900941");
    assert_eq!(paste::paste(" 2\nx", &view, &mut screen.state), Outcome::Changed);
    assert_eq!(looked_up(&screen).0, "900941 2");
    after(&[Press::Esc], &view, &mut screen);
    assert_eq!((panel(&screen), looked_up(&screen).0.as_str()), ("explain", ""));
    after(&[Press::Esc], &view, &mut screen);
    assert_eq!(panel(&screen), "");
    // Of bad news it begins with the code.
    let view = failure();
    let mut screen = drawn(&view);
    after(&[Press::Char('e')], &view, &mut screen);
    let (words, in_field, hits) = looked_up(&screen);
    assert!(words == "90094" && !in_field && hits > 0, "{words} {hits}");
    // What is typed then is another word, its first letter too, whatever that does elsewhere.
    after(&"90002".chars().map(Press::Char).collect::<Vec<_>>(), &view, &mut screen);
    assert_eq!((looked_up(&screen).0.as_str(), looked_up(&screen).1), ("90002", true));
    for typed in ["permission", "kiosk"] {
        let mut screen = drawn(&view);
        after(&[Press::Char('e')], &view, &mut screen);
        let keys: Vec<_> = typed.chars().map(Press::Char).collect();
        after(&keys, &view, &mut screen);
        assert_eq!(looked_up(&screen).0, typed);
    }
    let mut screen = drawn(&view);
    after(&[Press::Char('e')], &view, &mut screen);
    assert_eq!(paste::typed("90002", &view, &mut screen.state), Outcome::Changed);
    assert_eq!(looked_up(&screen).0, "90002", "on a slow line it comes at once");
    // Without a code, with what the table calls it.
    let mut view = failure();
    for block in &mut view.page.blocks {
        if let Block::Failure(failure) = block {
            (failure.code, failure.card) = (None, Some(CardId::HostedNoAnswer));
        }
    }
    let mut screen = drawn(&view);
    after(&[Press::Char('e')], &view, &mut screen);
    let (words, in_field, hits) = looked_up(&screen);
    assert!(words == "The server does not answer" && !in_field && hits > 0, "{words} {hits}");
}

#[test]
fn any_key_returns_from_the_code_and_it_goes_with_its_link() {
    let view = authorise();
    for key in [Press::Char('a'), Press::Up, Press::Esc, Press::Ctrl('g'), Press::Char('q')] {
        let mut screen = drawn(&view);
        after(&[Press::Char('g')], &view, &mut screen);
        assert_eq!(panel(&screen), "code");
        assert_eq!(after(&[key], &view, &mut screen), Outcome::Changed);
        assert_eq!(panel(&screen), "", "{key:?}");
    }
    let mut screen = drawn(&view);
    after(&[Press::Char('g')], &view, &mut screen);
    screen.draw(&failure());
    assert_eq!(panel(&screen), "");
    after(&[Press::Char('g')], &failure(), &mut screen);
    assert_eq!(said(&screen), "There is no link to show yet.");
}

#[test]
fn details_say_all_of_the_row() {
    let many = Many::of(37);
    let view = users(&many, "");
    let mut screen = drawn(&view);
    after(&[Press::Down, Press::Char('d')], &view, &mut screen);
    assert_eq!(said(&screen), "All of row 1.");
    assert!(words(&screen.draw(&view)).contains("Esc close"));
    assert_eq!(after(&[Press::Esc], &view, &mut screen), Outcome::Changed, "put away, and nothing else");
    assert_eq!(said(&screen), "");
    assert_eq!(after(&[Press::Esc], &view, &mut screen), gives(Given::Back));
}

#[test]
fn what_the_wizard_does_not_allow_is_not_open() {
    let many = Many::of(37);
    let view = users(&many, "");
    let open = |view: &View<'_>| -> String {
        let letter = |row: &&Binding| match row.key {
            Press::Char(letter) if row.scope != Scope::Everywhere => Some(letter),
            _ => None,
        };
        KEYS.iter().filter(|row| is_open(row, view)).filter_map(|row| letter(&row)).collect()
    };
    assert_eq!(open(&view), " au/ixvzdO");
    let mut read_only = users(&many, "");
    if let Shape::Select(asked) = &mut read_only.ask.shape {
        (asked.may_mark, asked.may_turn_off, asked.these) = (false, false, Some(3));
    }
    assert_eq!(open(&read_only), "u/zd");
    assert_eq!(open(&failure()), "wco", "no code without a link");
    let is_sent = |letter| {
        let of = |view: &View<'_>| {
            KEYS.iter()
                .any(|row| row.key == Press::Char(letter) && is_sending(row.deed) && is_open(row, view))
        };
        (of(&failure()), of(&users(&many, "")))
    };
    for letter in ['l', 'c', 'f'] {
        assert_eq!(is_sent(letter), (true, false), "{letter}");
    }
}

#[test]
fn a_paste_goes_into_the_field_of_the_keyboard_and_nowhere_else() {
    let many = Many::of(37);
    let view = form("");
    let mut screen = drawn(&view);
    assert_eq!(
        paste::paste("bakery.example\nrest\nmore", &view, &mut screen.state),
        fills(FieldId::Tenant, "bakery.example")
    );
    assert_eq!(said(&screen), "Only the first line was taken; 2 more were left out.");
    let ids = "Application (client) ID : b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40\n\
               Directory (tenant) ID : 4bbb2ac3-4a45-55dc-9f5b-552be884e397\n";
    let mut screen = drawn(&view);
    let whole = ids.trim_end().replace('\n', " ");
    assert_eq!(paste::paste(ids, &view, &mut screen.state), fills(FieldId::Tenant, &whole), "labels stay");
    let mut lists = hosted(true, 1);
    lists.ask.focus.spot = Spot::Field(FieldId::Mailboxes);
    let lines = gives(Given::Fill(FieldId::Mailboxes, Value::Lines("a@x\nb@x".into())));
    assert_eq!(paste::paste("a@x\nb@x", &lists, &mut drawn(&lists).state), lines);
    assert_eq!(paste::paste("a@x", &lists, &mut drawn(&lists).state), fills(FieldId::Mailboxes, "a@x"));
    let view = bill(None);
    let mut screen = drawn(&view);
    assert_eq!(paste::paste("\n 3,4 seats\n5", &view, &mut screen.state), Outcome::Changed);
    assert_eq!(screen.state.number.text(), "34");
    for (view, words) in [
        (users(&many, ""), "Nothing was pasted. Press / first, then paste."),
        (authorise(), "Nothing was pasted. There is no field on this screen."),
    ] {
        let mut screen = drawn(&view);
        assert_eq!(paste::paste("x", &view, &mut screen.state), Outcome::Changed);
        assert_eq!(said(&screen), words);
    }
    let mut screen = drawn(&form("x"));
    screen.state.focus = Focus::Button(Action::Save);
    paste::paste("y", &form("x"), &mut screen.state);
    assert_eq!(said(&screen), "Nothing was pasted. Go to a field with Tab first, then paste.");
    let view = authorise();
    let mut screen = drawn(&view);
    after(&[Press::Char('?')], &view, &mut screen);
    assert_eq!(paste::paste("x", &view, &mut screen.state), Outcome::Changed);
    assert_eq!(said(&screen), "Nothing was pasted. There is no field in this panel.");
    paste::flood(2_000_000, 1_000, &mut screen.state);
    assert!(said(&screen).starts_with("Nothing was pasted: it was 2,000,000 bytes long, and at most 1,000"));
}

#[test]
fn what_is_typed_before_it_could_be_seen_is_told_by_its_number_and_moving_is_not() {
    let view = authorise();
    for (input, told) in [
        (Input::Key(Press::Enter), "1 key."),
        (Input::Key(Press::Char('a')), "1 key."),
        (Input::Typed("hunter2".into()), "7 keys."),
        (Input::Paste("x".into()), "1 key."),
        (Input::Flood(9), "1 key."),
        (Input::Key(Press::Down), ""),
        (Input::Key(Press::Esc), ""),
    ] {
        let mut screen = drawn(&view);
        assert!(is_early(&input, (true, false), &view, &mut screen.state) && !is_always_taken(&input));
        let words = if told.is_empty() {
            String::new()
        } else {
            format!("Typed too early, so it was not taken: {told}")
        };
        assert_eq!(said(&screen), words, "{input:?}");
        // The rest of the word is no command either: Enter never is, a letter where it is no key that is pressed again.
        let known = screen.state.word;
        for (key, is_dropped) in [(Press::Enter, !told.is_empty()), (Press::Char('q'), told.starts_with('7'))]
        {
            screen.state.word = known;
            let is_early = is_early(&Input::Key(key), (false, true), &view, &mut screen.state);
            assert_eq!(is_early, is_dropped, "{key:?} behind {input:?}");
        }
    }
}

#[test]
fn a_word_for_explain_is_taken_while_the_page_behind_it_changes() {
    let view = form("x");
    let mut screen = drawn(&view);
    screen.state.open(Panel::Explain, &view);
    for input in [Input::Typed("90002".into()), Input::Paste("90002".into()), Input::Key(Press::Esc)] {
        assert!(!is_early(&input, (true, true), &view, &mut screen.state), "{input:?}");
    }
    assert_eq!(said(&screen), "");
}

#[test]
fn keys_have_names_that_are_on_keyboards() {
    for (key, named) in [
        (Press::Char(' '), "Space"),
        (Press::Char('a'), "a"),
        (Press::Ctrl('c'), "Ctrl-C"),
        (Press::BackTab, "Shift-Tab"),
        (Press::PageDown, "PgDn"),
        (Press::Enter, "Enter"),
    ] {
        assert_eq!(name(key), named);
    }
}

/// Any key that a terminal has.
fn any_key() -> impl Strategy<Value = Press> {
    prop_oneof![
        4 => prop::sample::select(KEYS.iter().map(|row| row.key).collect::<Vec<_>>()),
        4 => prop::sample::select(vec![
            Press::Enter, Press::Esc, Press::Tab, Press::BackTab, Press::Backspace, Press::Delete, Press::Up,
            Press::Down, Press::Left, Press::Right, Press::Home, Press::End, Press::PageUp, Press::PageDown,
        ]),
        1 => any::<char>().prop_map(Press::Char),
        1 => proptest::char::range('a', 'z').prop_map(Press::Ctrl),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_keys_panic_or_lose_the_cursor(
        keys in proptest::collection::vec((any_key(), 0_usize..60, 0_usize..12), 0..40),
        size in (1_u16..120, 1_u16..40),
    ) {
        let mut many = Many::of(37);
        let lines = receipt(40);
        let mut screen = Screen::of(size, options(true, true));
        let mut which = 0;
        for (key, len, next) in keys {
            // Rows come and go, and now and then another question stands there.
            many.len = len;
            many.generation += 1;
            which = if next < 9 { which } else { (which + next) % 10 };
            let view = match which {
                0 => users(&many, "nora"),
                1 => customers(&many, "har"),
                2 => form("bakery.example"),
                3 => hosted(true, 1),
                4 => bill(Some(30)),
                5 => leave(users(&many, "")),
                6 => authorise(),
                7 => failure(),
                8 => wait(),
                _ => outcome(&lines),
            };
            if next == 8 {
                paste::paste("one\ntwo", &view, &mut screen.state);
            }
            press(key, &view, &mut screen.state);
            screen.draw(&view);
            let Position { x, y } = screen.cursor();
            prop_assert!(x < size.0 && y < size.1);
        }
    }
}

/// A right click of a terminal without bracketed paste is no row of commands: `x` would exclude somebody.
#[test]
fn words_that_came_at_once_are_no_commands_of_a_list() {
    let mut parser = crate::tui::input::Parser::default();
    let mut out = Vec::new();
    parser.feed_read(b"xavier", &mut out);
    assert_eq!(out, [Input::Typed("xavier".into())]);
    for few in [&b"jjjjjjjj"[..], b"jkjkjk", b"aux"] {
        let mut out = Vec::new();
        parser.feed_read(few, &mut out);
        assert_eq!(out.len(), few.len(), "keys that are held down or typed ahead");
    }
}
