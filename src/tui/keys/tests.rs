use super::*;
use crate::{
    domain::text::Text,
    tui::draw::tests::{Many, form, key, users},
    wizard::{
        event::Ending,
        view::{ChoiceView, Panel},
    },
};

fn memory() -> Memory {
    let mut memory = Memory::default();
    memory.rows.height = 14;
    memory.page = 10;
    memory
}

fn ask(intent: Intent) -> Meaning {
    Meaning::Ask(intent)
}

fn by(rows: i64) -> Meaning {
    ask(Intent::Move(Move::By(rows)))
}

fn check(view: &View<'_>, table: Vec<(Press, Meaning)>) {
    for (press, expected) in table {
        assert_eq!(meaning(press, view, &memory()), expected, "{press:?} in {:?}", view.focus);
    }
}

#[test]
fn in_a_field_every_printable_character_is_text() {
    let view = form(Vec::new(), Focus::Field);
    check(
        &view,
        vec![
            (Press::Char('q'), ask(Intent::Insert('q'))),
            (Press::Char('?'), ask(Intent::Insert('?'))),
            (Press::Char(' '), ask(Intent::Insert(' '))),
            (Press::Char('王'), ask(Intent::Insert('王'))),
            (Press::Enter, ask(Intent::Submit)),
            (Press::Esc, ask(Intent::Back)),
            (Press::Tab, ask(Intent::NextControl)),
            (Press::Down, ask(Intent::NextControl)),
            (Press::BackTab, ask(Intent::PreviousControl)),
            (Press::Up, ask(Intent::PreviousControl)),
            (Press::Backspace, ask(Intent::Edit(Edit::Backspace))),
            (Press::Delete, ask(Intent::Edit(Edit::Delete))),
            (Press::Ctrl('u'), ask(Intent::Edit(Edit::Clear))),
            (Press::Ctrl('w'), ask(Intent::Edit(Edit::Word))),
            (Press::Home, ask(Intent::Edit(Edit::Home))),
            (Press::End, ask(Intent::Edit(Edit::End))),
            (Press::Left, ask(Intent::Edit(Edit::Left))),
            (Press::Right, ask(Intent::Edit(Edit::Right))),
            (Press::Ctrl('c'), ask(Intent::Leave)),
            (Press::Ctrl('g'), ask(Intent::Act(Action::Help))),
        ],
    );
}

#[test]
fn in_rows_letters_are_commands_and_arrows_move() {
    let rows = Many::of(5);
    let mut view = users(&rows, 0);
    view.keys.push(key(Chord::Char('X'), Action::Exclude, "exclude"));
    check(
        &view,
        vec![
            (Press::Char(' '), ask(Intent::Act(Action::Tick))),
            (Press::Char('a'), ask(Intent::Act(Action::All))),
            (Press::Char('A'), ask(Intent::Act(Action::All))),
            (Press::Char('x'), ask(Intent::Act(Action::Exclude))),
            (Press::Char('/'), ask(Intent::Act(Action::Search))),
            (Press::Char('?'), ask(Intent::Act(Action::Help))),
            (Press::Char('q'), ask(Intent::Act(Action::Leave))),
            (Press::Char('b'), ask(Intent::Back)),
            (Press::Char('z'), ask(Intent::Unknown('z'))),
            (Press::Char('é'), ask(Intent::Unknown('é'))),
            (Press::Esc, ask(Intent::Back)),
            (Press::Enter, ask(Intent::Act(Action::Review))),
            (Press::Up, by(-1)),
            (Press::Down, by(1)),
            (Press::PageUp, by(-14)),
            (Press::PageDown, by(14)),
            (Press::Home, ask(Intent::Move(Move::First))),
            (Press::End, ask(Intent::Move(Move::Last))),
            (Press::Tab, ask(Intent::NextControl)),
            (Press::Backspace, Meaning::Nothing),
            (Press::Left, Meaning::Nothing),
        ],
    );
}

#[test]
fn among_controls_arrows_move_and_space_presses() {
    let view = form(Vec::new(), Focus::Controls);
    let free = View { keys: Vec::new(), ..view };
    check(
        &free,
        vec![
            (Press::Left, ask(Intent::PreviousControl)),
            (Press::Right, ask(Intent::NextControl)),
            (Press::Up, ask(Intent::PreviousControl)),
            (Press::Down, ask(Intent::NextControl)),
            (Press::Char(' '), ask(Intent::Submit)),
            (Press::Enter, ask(Intent::Submit)),
            (Press::PageDown, Meaning::Scroll(9)),
            (Press::Char('b'), ask(Intent::Back)),
        ],
    );
    let choice = ChoiceView { label: "Kind", options: vec!["a", "b"], chosen: 0, is_focused: true };
    let view = View {
        panel: Panel { heading: Text::default(), blocks: vec![Block::Choice(choice)] },
        keys: Vec::new(),
        ..form(Vec::new(), Focus::Controls)
    };
    check(&view, vec![(Press::Left, by(-1)), (Press::Right, by(1)), (Press::Char(' '), by(1))]);
}

#[test]
fn a_text_is_scrolled_here_and_not_by_the_wizard() {
    let view = form(Vec::new(), Focus::Reading);
    check(
        &view,
        vec![
            (Press::Up, Meaning::Scroll(-1)),
            (Press::Down, Meaning::Scroll(1)),
            (Press::PageUp, Meaning::Scroll(-9)),
            (Press::PageDown, Meaning::Scroll(9)),
            (Press::Home, Meaning::ScrollTo(Edge::Top)),
            (Press::End, Meaning::ScrollTo(Edge::End)),
        ],
    );
}

#[test]
fn pages_scroll_the_text_around_a_field_where_there_are_no_rows() {
    let view = form(Vec::new(), Focus::Field);
    let mut memory = memory();
    assert_eq!(meaning(Press::PageUp, &view, &memory), by(-14));
    memory.rows.height = 0;
    assert_eq!(meaning(Press::PageUp, &view, &memory), Meaning::Scroll(-9));
    assert_eq!(meaning(Press::PageDown, &view, &memory), Meaning::Scroll(9));
}

#[test]
fn some_keys_mean_the_same_everywhere() {
    for focus in [Focus::Field, Focus::Rows, Focus::Controls, Focus::Reading] {
        check(
            &form(Vec::new(), focus),
            vec![
                (Press::Ctrl('c'), ask(Intent::Leave)),
                (Press::Ctrl('\\'), ask(Intent::End(Ending::Quit))),
                (Press::Ctrl('z'), Meaning::Suspend),
                (Press::Ctrl('l'), Meaning::Redraw),
                (Press::Esc, ask(Intent::Back)),
            ],
        );
    }
}

#[test]
fn any_key_returns_from_a_code() {
    let mut view = form(Vec::new(), Focus::Reading);
    view.overlay = Some(Panel { heading: "QR".into(), blocks: vec![Block::Qr("https://x.example".into())] });
    check(
        &view,
        vec![
            (Press::Char('a'), ask(Intent::Back)),
            (Press::Up, ask(Intent::Back)),
            (Press::Ctrl('c'), ask(Intent::Leave)),
        ],
    );
}
