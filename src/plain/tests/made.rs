//! Views made by hand: names of the program's own words, and how lines about rows become answers.

use std::{sync::LazyLock, time::Duration};

use crate::{
    domain::{
        card::Card,
        failure::{Failure, FailureKind},
        id::UserId,
        phrase::{Phrase, WayOn, phrase},
        protection::State,
        text::{Shown, Text},
        time::Moment,
        user::Kind,
    },
    plain::{conversation::Conversation, say::Told, words::lay},
    wizard::{
        answer::{Action, Answer, FieldId, Given, Mark, Revision, RowId, Value, Which},
        ask::{Ask, Focus, NumberAsked, QuestionId, SelectAsked, Shape, Spot},
        view::{
            self, Bar, Block, Button, Cell, Cells, ChoiceView, Column, Fact, FactId, FieldValue, FieldView,
            Notice, Offer, Page, Row, Rows, RowsView, Stops, Tone, View,
        },
    },
};

/// Nothing is said.
static CARD: LazyLock<Card> = LazyLock::new(Card::default);

/// Users by their names.
#[derive(Debug)]
struct Names(Vec<(u8, &'static str, &'static str)>);

impl Rows for Names {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        let (_, name, department) = self.0.get(at)?;
        let cells = Cells::default()
            .with(Column::Name, Cell::Words(Shown::literal(name)))
            .with(Column::Kind, Cell::Kind(Kind::User))
            .with(Column::State, Cell::State(State::Off, Text::default()))
            .with(Column::Department, Cell::Words(Shown::literal(department)));
        Some(Row { mark: view::Mark::Off, cells, is_quiet: false, is_news: false, is_excluded: false })
    }

    fn id(&self, at: usize) -> Option<RowId> {
        Some(RowId::User(user(self.0.get(at)?.0)))
    }

    fn at(&self, id: &RowId) -> Option<usize> {
        self.0.iter().position(|(number, ..)| RowId::User(user(*number)) == *id)
    }

    fn generation(&self) -> u64 {
        1
    }
}

fn user(number: u8) -> UserId {
    UserId::from_bytes([number; 16])
}

fn rows<'a>(rows: &'a Names, shape: &Shape) -> RowsView<'a> {
    let id = if *shape == Shape::Pick { FieldId::Search } else { FieldId::Filter };
    let search = FieldView {
        id,
        label: "Search",
        value: FieldValue::Plain(""),
        hint: Phrase::default(),
        problem: None,
        entries: None,
    };
    RowsView {
        columns: &[Column::Name, Column::State, Column::Kind, Column::Department],
        rows,
        counts: vec!["ticked 0".into(), phrase!["seats ", 0, " → ", 0]],
        sorted_by: None,
        search: Some(search),
        is_searching: false,
        domain: None,
        start: None,
        empty: "Nobody.".into(),
    }
}

/// A view of one question.
fn view(shape: Shape, heading: Phrase, blocks: Vec<Block<'_>>) -> View<'_> {
    View {
        events: 0,
        now: Moment::default(),
        bar: Bar { is_sandbox: true, ..Bar::default() },
        steps: Stops { names: &["Users"], here: 0 },
        page: Page { heading, blocks },
        below: None,
        ask: Ask {
            id: QuestionId::Users,
            revision: Revision(7),
            shape,
            is_waiting: false,
            focus: Focus::default(),
        },
        notice: None,
        actions: Vec::new(),
        card: &CARD,
        handouts: Vec::new(),
        link: None,
        must_accept: None,
        standing: None,
        doubts: Vec::new(),
        next_change: None,
    }
}

fn select() -> Shape {
    Shape::Select(SelectAsked { all: Some(3), may_mark: true, ..SelectAsked::default() })
}

/// A person at views that do not change.
#[derive(Default)]
struct Talk(Conversation);

impl Talk {
    fn tell(&mut self, view: &View<'_>) -> Told {
        self.0.tell(view, Moment::default())
    }

    fn hears(&mut self, view: &View<'_>) -> String {
        lay(&self.tell(view).lines, 1_000, true)
    }

    /// What a line answers, and what is said to it.
    fn types(&mut self, line: &str, view: &View<'_>) -> (Vec<Answer>, String) {
        self.0.hear(line, view);
        let mut answers = Vec::new();
        loop {
            while let Some(answer) = self.0.carry_on(view) {
                answers.push(answer);
            }
            if self.0.is_done() {
                return (answers, self.hears(view));
            }
        }
    }

    fn answers(&mut self, line: &str, view: &View<'_>) -> Vec<Given> {
        self.types(line, view).0.into_iter().map(|answer| answer.what).collect()
    }
}

#[test]
fn names_of_the_programs_own_words_come_out_unchanged() {
    let names = Names(vec![
        (1, "Press r", "say"),
        (2, "Sam (leave)", "Reception · Level 2"),
        (3, "Ana → Ben …", "Esc goes back"),
    ]);
    for customer in ["Press Enter: Next", "Wellington Press: Print & Design", "iiNet · Esc goes back"] {
        let name = Text::from(customer);
        let shape = select();
        let heading = phrase!["Which users of ", &name, "?"];
        let fact = Fact { id: FactId::Organisation, label: "Organisation", value: (&name).into() };
        let failure =
            Failure::new(FailureKind::Refused, "it was refused", phrase![&name, " said no. ", WayOn::Leave]);
        let mut view = view(
            shape.clone(),
            heading,
            vec![
                Block::Para(phrase!["From here on everything is done on behalf of ", &name, "."]),
                Block::Facts(vec![fact]),
                Block::Failure(failure),
                Block::Rows(rows(&names, &shape)),
            ],
        );
        view.bar.customer = Some(name.shown());
        view.bar.organisation = Some(name.shown());
        view.bar.last_four = Some(Text::from("039a"));
        view.notice = Some(Notice::new(Tone::Bad, phrase![&name, " was not saved"]));
        let said = Talk::default().hears(&view);
        for words in [
            format!("Customer: {customer}. Organisation: {customer}, ID ends in 039a."),
            format!("Users. Which users of {customer}?"),
            format!("on behalf of {customer}."),
            format!("Organisation: {customer}."),
            format!("{customer} said no. Type quit to leave."),
            format!("Problem: {customer} was not saved."),
            "1, off: Press r, say.".into(),
            "2, off: Sam (leave), Reception · Level 2.".into(),
            "3, off: Ana → Ben …, Esc goes back.".into(),
        ] {
            assert!(said.contains(&words), "{words}\n{said}");
        }
        assert!(said.contains("Ticked 0, seats 0 to 0."), "signs of the program are words: {said}");
    }
}

#[test]
fn rows_of_one_line_are_one_answer_with_the_ids_that_were_said() {
    let names = Names((1..=30).map(|number| (number, "Kim", "")).collect());
    let shape = select();
    let view = view(shape.clone(), "Which?".into(), vec![Block::Rows(rows(&names, &shape))]);
    let users = |numbers: &[u8]| Which::Users(numbers.iter().map(|number| user(*number)).collect());
    for (line, mark, numbers) in [
        ("exclude 1-10", Mark::Exclude, (1..=10).collect::<Vec<u8>>()),
        ("exclude 1, 3-4 and 9", Mark::Exclude, vec![1, 3, 4, 9]),
        ("include 2 5", Mark::Lift, vec![2, 5]),
        ("lift 2", Mark::Lift, vec![2]),
        ("tick 1 3-7", Mark::Tick, vec![1, 3, 4, 5, 6, 7]),
        ("untick 30", Mark::Untick, vec![30]),
        ("1-10", Mark::Toggle, (1..=10).collect()),
        ("turn off 3, 5", Mark::Off, vec![3, 5]),
    ] {
        let mut talk = Talk::default();
        talk.hears(&view);
        let (answers, _) = talk.types(line, &view);
        let wanted = Answer { to: Revision(7), what: Given::Mark(mark, users(&numbers)) };
        assert_eq!(answers, [wanted], "{line}");
    }
}

#[test]
fn a_number_means_the_row_that_was_said_wherever_it_stands_now() {
    let (before, after) = (
        Names(vec![(1, "Ana", ""), (2, "Ben", "")]),
        Names(vec![(3, "Cy", ""), (1, "Ana", ""), (2, "Ben", "")]),
    );
    let shape = select();
    let first = view(shape.clone(), "Which?".into(), vec![Block::Rows(rows(&before, &shape))]);
    let second = view(shape.clone(), "Which?".into(), vec![Block::Rows(rows(&after, &shape))]);
    let mut talk = Talk::default();
    talk.hears(&first);
    talk.hears(&second);
    assert_eq!(talk.answers("tick 1", &second), [Given::Mark(Mark::Tick, Which::Users(vec![user(1)]))]);
    // Row 3 was never said, and the rows have moved: nobody knows who was meant.
    let (answers, said) = talk.types("tick 1-3", &second);
    assert!(answers.is_empty() && said.contains("The list has changed since it was said."), "{said}");
    assert_eq!(talk.answers("tick 1", &second), [Given::Mark(Mark::Tick, Which::Users(vec![user(3)]))]);
}

#[test]
fn an_answer_names_the_question_that_was_said() {
    let names = Names(vec![(1, "Ana", "")]);
    let mut seen = view(Shape::Pick, "Which?".into(), vec![Block::Rows(rows(&names, &Shape::Pick))]);
    let mut talk = Talk::default();
    talk.hears(&seen);
    talk.0.hear("1", &seen);
    // Something came between the line and its answer.
    seen.ask.revision = Revision(8);
    let answer = talk.0.carry_on(&seen);
    assert_eq!(answer, Some(Answer { to: Revision(7), what: Given::Pick(RowId::User(user(1))) }));
    // A line that comes now is not heard before the other question is said.
    assert!(talk.0.asked(&seen).is_none());
    talk.hears(&seen);
    assert!(talk.0.asked(&seen).is_some());
}

#[test]
fn a_form_of_boxes_is_answered_by_its_numbers() {
    let choice = |kind, label: &str, chosen| {
        Block::Choice(ChoiceView {
            id: FieldId::Included(kind),
            label: Text::clean(label),
            options: &["no", "yes"],
            chosen,
            note: "4 users listed".into(),
        })
    };
    let boxes = |shared| {
        let save = Button { label: "Save", action: Action::Save, is_open: true };
        let blocks = vec![
            choice(Kind::Shared, "Shared mailboxes", shared),
            choice(Kind::Room, "Rooms", 0),
            Block::Buttons(vec![save]),
        ];
        view(Shape::Form, "Which kinds are included?".into(), blocks)
    };
    let fill = |kind, chosen| Given::Fill(FieldId::Included(kind), Value::Choice(chosen));
    let mut talk = Talk::default();
    let said = talk.hears(&boxes(0));
    assert!(said.contains("1, no: Shared mailboxes, 4 users listed.\n2, no: Rooms"), "{said}");
    assert!(said.contains("Enter saves"), "{said}");
    assert_eq!(talk.answers("1", &boxes(0)), [fill(Kind::Shared, 1)]);
    assert_eq!(talk.hears(&boxes(1)), "1, yes: Shared mailboxes, 4 users listed.\n", "only what changed");
    assert_eq!(talk.answers("exclude 1-2", &boxes(1)), [fill(Kind::Shared, 0), fill(Kind::Room, 0)]);
    assert_eq!(talk.answers("1-2", &boxes(1)), [fill(Kind::Shared, 0), fill(Kind::Room, 1)]);
    assert_eq!(talk.answers("", &boxes(1)), [Given::Submit]);
    assert_eq!(talk.answers("back", &boxes(1)), [Given::Back]);
}

#[test]
fn a_form_is_walked_through_and_follows_the_wizards_wish() {
    let field = |id, label, value, problem: Option<Phrase>| {
        Block::Field(FieldView { id, label, value, hint: Phrase::default(), problem, entries: None })
    };
    let form = |problem: Option<Phrase>, count| {
        let find = Button { label: "Find the server", action: Action::Discover, is_open: true };
        let save = Button { label: "Save", action: Action::Save, is_open: true };
        let blocks = vec![
            field(FieldId::Server, "Server", FieldValue::Plain(""), problem),
            Block::Buttons(vec![find]),
            field(FieldId::Password, "Password", FieldValue::Masked { is_filled: false }, None),
            Block::Buttons(vec![save]),
        ];
        let mut form = view(Shape::Form, "How?".into(), blocks);
        form.ask.focus = Focus { spot: Spot::Field(FieldId::Server), count };
        form
    };
    let mut talk = Talk::default();
    assert!(talk.hears(&form(None, 0)).ends_with("Server. Type find to have it found.\n"));
    // Wrong: the same question again, and each time that it is wrong.
    let wrong = form(Some("This is no server.".into()), 0);
    talk.hears(&wrong);
    for _ in 0..2 {
        let (answers, said) = talk.types("x", &wrong);
        let filled = Given::Fill(FieldId::Server, Value::Text("x".into()));
        let answers: Vec<Given> = answers.into_iter().map(|answer| answer.what).collect();
        assert_eq!(answers, [filled, Given::Settle(FieldId::Server)]);
        assert!(said.ends_with("Server. Type find to have it found.\n"), "{said}");
    }
    talk.hears(&form(None, 0));
    let (answers, said) = talk.types("", &form(None, 0));
    assert!(answers.is_empty(), "nothing was typed, so nothing is filled in");
    assert!(said.contains("1: Find the server.") && said.contains("Enter for 1"), "{said}");
    let (_, said) = talk.types("go on", &form(None, 0));
    assert!(said.ends_with("Password.\n"), "{said}");
    // Where the button is closed the walk goes past it, and stays where it is while something is on its way.
    let closed = |is_waiting| {
        let mut form = form(None, 2);
        form.ask.focus.spot = Spot::Button(Action::Discover);
        form.ask.is_waiting = is_waiting;
        if let Some(Block::Buttons(buttons)) = form.page.blocks.get_mut(1) {
            buttons[0].is_open = false;
        }
        form
    };
    let mut other = Talk::default();
    other.hears(&closed(true));
    assert!(other.hears(&closed(false)).ends_with("Password.\n"));
    let answers = talk.answers("quit", &form(None, 0));
    assert!(matches!(&answers[..], [Given::Fill(FieldId::Password, Value::Secret(_)), Given::Settle(_)]));
    assert_eq!(talk.answers("", &form(None, 0)), [Given::Submit]);
    // Save found something wrong: the wizard wishes for the field.
    let said = talk.hears(&form(Some("This is no server.".into()), 1));
    assert!(
        said.contains("Problem: This is no server.")
            && said.ends_with("Server. Type find to have it found.\n"),
        "{said}"
    );
}

#[test]
fn only_the_number_confirms_a_bill() {
    let asked = NumberAsked {
        label: "New seats",
        hint: "Type the number of new seats from the table.".into(),
        confirms: Some(1_204),
        proposed: None,
        problem: None,
    };
    let mut bill = view(Shape::Number(asked), "Turn 1,204 users on?".into(), Vec::new());
    bill.actions = vec![Offer::new(Action::Yes, "turn on", "Turns them on.")];
    let mut talk = Talk::default();
    assert!(talk.tell(&bill).bills, "what was typed before it is dropped");
    for line in ["yes", "turn on", "y", "", "12x"] {
        assert!(talk.answers(line, &bill).is_empty(), "{line}");
    }
    assert_eq!(talk.answers("1,204", &bill), [Given::Number(1_204)]);
    assert_eq!(talk.answers("3", &bill), [Given::Number(3)], "the wizard says what is wrong");
}

#[test]
fn the_answer_that_enter_gives_is_the_first_choice() {
    for default in [false, true] {
        for (word, action) in [("no", Action::No), ("back", Action::Back)] {
            let mut asked = view(Shape::Confirm { default }, "Take it?".into(), Vec::new());
            asked.actions = vec![
                Offer::new(Action::Yes, "take it", "Takes it all the same."),
                Offer::new(action, word, "Back to the list. Nothing is changed."),
            ];
            for offer in &mut asked.actions {
                offer.is_default = offer.action == if default { Action::Yes } else { action };
            }
            let mut talk = Talk::default();
            assert!(talk.hears(&asked).contains("Type 1 or 2, or Enter for 1."));
            let first = talk.answers("1", &asked);
            let wanted = Given::Do(if default { Action::Yes } else { action }).by_name();
            assert_eq!(first, [wanted]);
            assert_eq!(talk.answers("", &asked), first);
        }
    }
}

#[test]
fn a_document_is_said_when_it_is_asked_for_and_then_the_next_one() {
    let lines = |words: &[&'static str]| words.iter().map(|line| Text::from(*line)).collect::<Vec<_>>();
    let ticket = lines(&["Backup365 run B365-7KQ4", "", "Result: done · 3 → 4"]);
    let customer = lines(&["Backup365 for Press r"]);
    let outcome = |document| {
        let mut view = view(Shape::Read, "Done.".into(), vec![Block::Lines(document)]);
        view.actions = vec![
            Offer::new(Action::Another, "next customer", "To the customers.").by_default(),
            Offer::new(Action::NextReceipt, "next form", "The next form of the receipt."),
            Offer::new(Action::Leave, "leave", "Leave. The run is kept."),
        ];
        view
    };
    let mut talk = Talk::default();
    let said = talk.hears(&outcome(&ticket));
    assert!(!said.contains("B365-7KQ4") && said.contains("3: Leave the wizard."), "{said}");
    let (answers, said) = talk.types("receipt", &outcome(&ticket));
    assert!(
        answers.is_empty() && said.starts_with("Backup365 run B365-7KQ4\n\nResult: done · 3 → 4\n"),
        "{said}"
    );
    assert_eq!(talk.answers("receipt", &outcome(&ticket)), [Given::Do(Action::NextReceipt)]);
    assert!(talk.hears(&outcome(&customer)).starts_with("Backup365 for Press r\n"));
    assert_eq!(talk.answers("quit", &outcome(&customer)), [Given::Do(Action::Leave)]);
}

#[test]
fn what_is_not_offered_says_why_and_other_words_search() {
    let names = Names(vec![(1, "Ana", "")]);
    let shape = select();
    let users = view(shape.clone(), "Which?".into(), vec![Block::Rows(rows(&names, &shape))]);
    let customers = view(Shape::Pick, "Which?".into(), vec![Block::Rows(rows(&names, &Shape::Pick))]);
    let mut talk = Talk::default();
    talk.hears(&users);
    for (word, action) in
        [("kinds", Action::Kinds), ("auto", Action::Auto), ("sort", Action::Sort), ("finish", Action::Finish)]
    {
        assert_eq!(talk.answers(word, &users), [Given::Do(action)], "{word}");
    }
    let searched = |id, words: &str| vec![Given::Fill(id, Value::Text(words.into())), Given::Settle(id)];
    assert_eq!(talk.answers("authorise", &users), searched(FieldId::Filter, "authorise"));
    assert_eq!(talk.answers("filter", &users), searched(FieldId::Filter, ""));
    let mut talk = Talk::default();
    talk.hears(&customers);
    assert_eq!(talk.answers("new", &customers), [Given::Do(Action::Add)]);
    assert_eq!(talk.answers("kinds", &customers), searched(FieldId::Search, "kinds"));
    assert_eq!(talk.answers("", &customers), [Given::Pick(RowId::User(user(1)))]);
    assert_eq!(talk.answers("q", &customers), [Given::Do(Action::Leave)]);
    let (answers, said) = talk.types("copy", &customers);
    assert!(answers.is_empty() && said.contains("there is no clipboard"), "{said}");
}

#[test]
fn lines_to_be_run_stand_alone_behind_the_words_that_announce_them() {
    let lines = vec![Text::from("New-ManagementScope -Name 'A'"), Text::from("New-ManagementRoleAssignment")];
    let hint = Phrase::from("It takes a while.").then(WayOn::HaveRun(lines));
    let failure = Failure::new(FailureKind::Refused, "no role yet", hint).retry_in(Duration::from_mins(1));
    let mut talk = Talk::default();
    let said = talk.hears(&view(Shape::Watch, "Does it work?".into(), vec![Block::Failure(failure)]));
    let words = "Problem: no role yet. It takes a while. Ask the hoster to run these two lines:\n\
        New-ManagementScope -Name 'A'\nNew-ManagementRoleAssignment\n";
    assert!(said.contains(words), "{said}");
}
