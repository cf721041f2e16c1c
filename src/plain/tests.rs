//! Conversations over real views of the wizard and over views made by hand: what a line has it do, what is said, and what
//! is not said twice.

mod made;

use std::time::Duration;

use proptest::prelude::*;

use super::{
    ask::{Question, Way},
    conversation::Conversation,
    vocabulary, wait,
    words::lay,
};
use crate::{
    domain::{
        codeset::width,
        customer::{Product, Progress},
        failure::{Failure, FailureKind},
        id::UserId,
        phrase::Segment,
        tenant::Verdict,
        text::Text,
    },
    wizard::{
        answer::{Action, FieldId, RowId},
        ask::{QuestionId, Shape},
        event::EventKind,
        tests::{Desk, customer, organisation, record, row, setup},
        view::{Block, Notice, Tone},
    },
};

/// A person who types, and a wizard that answers: the front end without its terminal.
struct Call {
    desk: Desk,
    talk: Conversation,
    columns: u16,
    /// Bills that were said.
    bills: u32,
    /// Questions that came by themselves in the place of others.
    strays: u32,
}

impl Call {
    fn new(desk: Desk, columns: u16) -> Self {
        Self { desk, talk: Conversation::default(), columns, bills: 0, strays: 0 }
    }

    /// Two customers, of whom the second has a tenant on record.
    fn start(columns: u16) -> (Self, String) {
        let mut managed = customer(2);
        (managed.is_managed, managed.tenant) = (true, Some(organisation(2).tenant));
        let rows =
            vec![row(customer(1), Progress::NotStarted, None), row(managed, Progress::NotStarted, None)];
        let mut call = Self::new(Desk::new(setup(), rows), columns);
        let said = call.goes_on();
        (call, said)
    }

    /// Lets everything be answered and carried out; what is said meanwhile.
    fn goes_on(&mut self) -> String {
        let mut said = String::new();
        for _ in 0..1_000 {
            self.desk.answer();
            said.push_str(&self.hears());
            let answer = self.talk.carry_on(&self.desk.view());
            match answer {
                Some(answer) => _ = self.desk.happen(EventKind::Answer(answer)),
                None if self.talk.is_unsaid => {}
                None => return said + &self.hears(),
            }
        }
        panic!("it never comes to an end: {said}");
    }

    /// What is said of the view that stands now.
    fn hears(&mut self) -> String {
        self.ways_are_open();
        let told = self.talk.tell(&self.desk.view(), self.desk.now);
        self.bills += u32::from(told.bills);
        self.strays += u32::from(told.came_by_itself);
        let said = lay(&told.lines, self.columns, true);
        assert!(!names_a_key(&said), "{said}");
        assert!(!has_glued_command(&said), "{said}");
        for line in said.lines() {
            assert!(!line.chars().any(char::is_control), "{line:?}");
            // A command line is copied, so it is never broken.
            let is_whole = !line.contains(' ') || line.starts_with("backup365 ");
            assert!(width(line) <= self.columns || is_whole, "{line:?}");
        }
        said
    }

    /// Every way on that the page says in words can be gone on this page.
    fn ways_are_open(&self) {
        let view = self.desk.view();
        let hints = view.page.all(|block| match block {
            Block::Para(words) | Block::Strong(_, words) => Some(words),
            Block::Failure(failure) => Some(&failure.hint),
            _ => None,
        });
        for words in hints.chain(view.notice.iter().map(|notice| &notice.words)) {
            for part in words.parts() {
                let Segment::Do(way) = part else { continue };
                let is_open = vocabulary::asks_for(way).is_none_or(|action| {
                    let is_asked_anyway =
                        matches!(view.ask.shape, Shape::Select(_)) && action == Action::Kinds;
                    view.ask.is_waiting || is_asked_anyway || view.can_do(action)
                });
                assert!(is_open, "{way:?} at {:?}: {words:?}", view.ask.id);
            }
        }
    }

    fn question(&self) -> Question {
        self.talk.asked(&self.desk.view()).expect("a question that was said").clone()
    }

    /// Types a line; what is said to it.
    fn types(&mut self, line: &str) -> String {
        self.talk.hear(line, &self.desk.view());
        self.goes_on()
    }

    /// Types lines; what is said to the last one, with the spaces of wrapping made even.
    fn after(&mut self, lines: &[&str]) -> String {
        let mut said = String::new();
        for line in lines {
            said = self.types(line);
        }
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Whether a sign touches the last flag of a command line: it would be copied with it.
fn has_glued_command(words: &str) -> bool {
    words.split("backup365 ").skip(1).any(|command| {
        let own = |part: &&str| !part.ends_with(['”', '\'', '"']);
        let last = command.split_whitespace().take_while(|part| !part.starts_with('(')).collect::<Vec<_>>();
        let flag = last.iter().rposition(|part| part.starts_with("--"));
        flag.and_then(|at| last.get(at))
            .filter(|part| own(part))
            .is_some_and(|part| part.ends_with(['.', ',', ';']))
    })
}

/// Whether words name a key that only the full screen has.
fn names_a_key(words: &str) -> bool {
    let parts: Vec<&str> = words.split_whitespace().collect();
    let bare = |part: &str| part.trim_matches(|c: char| c.is_ascii_punctuation() && c != '/').to_owned();
    parts.iter().enumerate().any(|(at, part)| {
        let next = parts.get(at + 1).map(|next| bare(next)).unwrap_or_default();
        let is_letter =
            |word: &str| word.len() == 1 && word.chars().all(|c| c.is_ascii_lowercase() || c == '/');
        let part = bare(part);
        matches!(part.as_str(), "Esc" | "Tab" | "Shift-Tab" | "Space" | "Arrows" | "Home" | "Page")
            || (part.starts_with("Ctrl-") && part != "Ctrl-C")
            || (part.eq_ignore_ascii_case("press") && is_letter(&next))
    })
}

/// A call that has come to the users of a customer of path 2.
fn at_users(columns: u16) -> Call {
    let (mut call, _) = Call::start(columns);
    call.after(&["1", "1", "bakery.example", "1"]);
    call.desk.verdict = Verdict::Proved;
    call.desk.named = Some(organisation(1));
    call.after(&["1"]);
    call.desk.pass(60);
    call.goes_on();
    call.after(&["enable"]);
    assert_eq!(call.desk.question(), QuestionId::Users);
    call
}

/// The whole of path 2, as it is said.
fn walk(columns: u16) -> String {
    let (mut call, mut said) = Call::start(columns);
    for line in ["bakery 1", "1", "", "nonsense", "bakery.example", "1", "1"] {
        said += &["\n<<< ", line, "\n", &call.types(line)].concat();
    }
    call.desk.verdict = Verdict::Proved;
    call.desk.named = Some(organisation(1));
    call.desk.pass(60);
    said += &call.goes_on();
    for line in ["enable", "tick 1-3", "details 1", "all", "yes", "review", "3", "2", "say", "park"] {
        said += &["\n<<< ", line, "\n", &call.types(line)].concat();
    }
    said
}

#[test]
fn a_whole_walk_is_said_at_80_and_40_columns() {
    for (columns, file) in [(80, "walk-80.txt"), (40, "walk-40.txt")] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/plain/tests").join(file);
        let said = walk(columns);
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(said == kept, "{} differs; this is said now:\n{said}", path.display());
    }
}

#[test]
fn a_clock_that_goes_on_says_nothing_until_half_a_minute_is_over() {
    let (mut call, _) = Call::start(200);
    call.after(&["1", "1", "bakery.example", "1", "1"]);
    assert!(call.desk.question() == QuestionId::Authorise);
    call.desk.pass(6);
    call.goes_on();
    let mut said = Vec::new();
    for second in 0..120 {
        call.desk.pass(1);
        said.extend(call.goes_on().lines().map(|line| (second, line.to_owned())));
    }
    assert_eq!(said.iter().map(|(second, _)| *second).collect::<Vec<_>>(), [29, 59, 89, 119], "{said:#?}");
    assert!(said.iter().all(|(_, line)| line.contains("Waiting for consent since")), "{said:#?}");
}

#[test]
fn an_idle_list_says_nothing() {
    let mut call = at_users(80);
    for _ in 0..10 {
        call.desk.pass(61);
        assert_eq!(call.goes_on(), "");
    }
}

#[test]
fn rows_are_ticked_by_ranges_and_only_the_change_is_said() {
    let mut call = at_users(80);
    assert_eq!(call.after(&["tick 1-2"]), "1, ticked: Ana. 2, ticked: Ben. Ticked 2, seats 0 to 2.");
    assert_eq!(call.after(&["tick 1"]), "Not changed: 1, ticked.");
    assert_eq!(call.after(&["untick 1-2"]), "1, off: Ana. 2, off: Ben. Ticked 0, seats 0 to 0.");
    assert_eq!(call.after(&["1, 1-2"]), "1, ticked: Ana. 2, ticked: Ben. Ticked 2, seats 0 to 2.");
    assert_eq!(call.after(&["2"]), "2, off: Ben. Ticked 1, seats 0 to 1.");
    // Mixed: everyone of the range is unticked, whoever was ticked before.
    assert_eq!(call.after(&["untick 1-2"]), "1, off: Ana. Not changed: 2, off. Ticked 0, seats 0 to 0.");
    assert_eq!(
        call.after(&["tick 3"]),
        "Shared mailboxes are not included. Type kinds to include them.",
        "the wizard's own reason"
    );
    assert!(call.after(&["tick 2-9"]).starts_with("There is no row 9: the list has 3 rows."));
    assert_eq!(call.desk.question(), QuestionId::Users);
}

#[test]
fn a_word_that_is_also_a_kind_is_offered_and_taken_by_a_word() {
    let mut call = at_users(80);
    let said = call.after(&["/shared"]);
    assert!(said.contains("No user matches the filter."), "{said}");
    assert!(said.contains("kind:shared: 1. Type take for that."), "{said}");
    let said = call.after(&["take"]);
    assert!(said.contains("1, not included, can't be ticked: Info, shared."), "{said}");
    // Where nothing is offered it is a word like others.
    assert!(call.after(&["/ana", "take"]).contains("No user matches the filter."));
}

#[test]
fn all_says_its_count_and_asks() {
    let mut call = at_users(80);
    assert!(call.after(&["all"]).contains("Tick 2? Type yes or no. Enter is no."));
    assert_eq!(call.after(&[""]), "Not done: All ticked nobody.");
    // What is neither yes nor no is asked about again, and ticks nobody.
    let said = call.after(&["all", "help"]);
    assert!(said.starts_with("All 2. Ticks every user") && said.ends_with("Enter is no."), "{said}");
    assert_eq!(call.after(&["b"]), "Not done: All ticked nobody.");
    assert!(call.after(&["all", "quit"]).starts_with("Leave?"));
    assert!(call.after(&["stay", "all", "yes"]).starts_with("Ticked 2, seats 0 to 2."));
}

#[test]
fn a_bill_is_said_as_one_and_takes_its_number_only() {
    let mut call = at_users(80);
    let before = call.bills;
    call.after(&["tick 1-2"]);
    assert_eq!(call.bills, before, "ticks bill nothing");
    assert!(call.after(&["review"]).contains("New seats: 2."));
    assert_eq!(call.bills, before + 1);
    assert!(call.after(&["7"]).contains("Problem: The table says 2. Nothing has been changed."));
    assert_eq!(call.desk.count("Apply("), 0);
    let help = call.after(&["help"]);
    assert!(!help.contains("Enter alone:") && !help.contains("yes:"), "neither is an answer here: {help}");
    assert!(help.contains("That is the yes; Enter alone is none. back changes nothing."), "{help}");
    assert!(call.after(&["no"]).starts_with("Type back: then nothing is changed. New seats: "));
    call.after(&["2"]);
    assert_eq!(call.desk.count("Apply("), 1);
}

#[test]
fn a_secret_is_never_said_and_a_command_word_can_be_one() {
    let (mut call, _) = Call::start(80);
    call.after(&["1", "2"]);
    assert_eq!(call.desk.question(), QuestionId::Impersonation);
    let mut said = call.after(&["ana@bakery1.example", "mail.hoster.example", "2", "svc@hoster.example"]);
    assert!(matches!(call.question().way, Way::Secret(_)), "{:?}", call.question());
    said += &call.after(&["back"]);
    assert_eq!(call.desk.question(), QuestionId::Impersonation, "back was the password");
    said += &call.after(&["bakery1.example", "2"]);
    assert!(said.contains("Change Password: filled, not shown."), "{said}");
    call.after(&["save"]);
    assert_eq!(call.desk.record.as_ref().unwrap().impersonation.as_ref().unwrap().password.expose(), "back");
}

#[test]
fn a_word_that_help_lists_is_a_command_in_every_field() {
    let (mut call, said) = Call::start(80);
    assert!(!call.after(&["help"]).contains("park:"), "no run is open: {said}");
    call.after(&["1", "2"]);
    let help = call.after(&["help"]);
    assert!(help.contains("find: Finds the server") && help.contains("park: parks the run"), "{help}");
    for line in ["find", "choices", "clear"] {
        call.after(&[line]);
        let question = call.question();
        assert!(matches!(question.way, Way::Line(FieldId::Sample)), "{line}: {question:?}");
        assert!(!question.prompt.contains("Now:"), "{line} is no value: {question:?}");
    }
    let said = call.after(&["ana@bakery1.example"]);
    assert!(said.contains("Server: like mail.hoster.example"), "{said}");
    call.after(&["find"]);
    assert_eq!(call.desk.count("Discover"), 1, "{:?}", call.desk.log);
}

#[test]
fn a_list_of_mailboxes_is_one_paste() {
    let (mut call, _) = Call::start(80);
    call.after(&["1", "2", "ana@bakery1.example", "mail.hoster.example", "2", "svc@hoster.example", "pw"]);
    assert_eq!(call.after(&["bakery1.example", "1", "Ana <ana@bakery1.example>"]), "");
    assert_eq!(call.after(&["nobody"]), "");
    let said = call.after(&[""]);
    assert!(said.contains("1 new. 1 mailbox on the list. No e-mail address in line 2"), "{said}");
    assert_eq!(said.matches("No e-mail address").count(), 1, "{said}");
    assert_eq!(said.matches("on the list").count(), 1, "{said}");
}

#[test]
fn what_is_wrong_is_said_before_the_question_is_asked_again() {
    let (mut call, _) = Call::start(80);
    call.after(&["1", "1"]);
    let said = call.after(&["common"]);
    assert!(said.starts_with("Problem: ") && said.contains("Tenant ID: the domain"), "{said}");
    assert!(matches!(call.question().way, Way::Line(FieldId::Tenant)));
    // An equals sign takes a command word as text.
    assert!(call.after(&["=back"]).starts_with("Problem: "));
    assert_eq!(call.desk.stop(), "Access");
    call.after(&["back"]);
    assert_eq!(call.desk.stop(), "Product");
}

#[test]
fn a_row_is_chosen_by_number_and_text_searches() {
    let (mut call, said) = Call::start(80);
    assert!(said.contains("1: Bakery 1, bakery1.example, C-0001, not started."), "{said}");
    assert!(call.after(&["bakery 2"]).contains("1: Bakery 2"));
    assert!(call.after(&["nobody has this name"]).contains("No customer is found"));
    assert!(call.after(&[""]).contains("no row to choose"));
    assert!(call.after(&["filter"]).contains("2: Bakery 2"));
    assert!(call.after(&["3"]).starts_with("There is no row 3: the list has 2 rows."));
    call.after(&["2"]);
    assert_eq!(call.desk.view().bar.customer.unwrap().as_str(), "Bakery 2");
}

#[test]
fn the_card_and_explain_are_said_once_and_the_question_again() {
    let mut call = at_users(80);
    let said = call.after(&["say"]);
    assert!(said.starts_with("Say it. Say: “Who shall be backed up"), "{said}");
    assert!(said.ends_with("help lists every command."), "{said}");
    let said = call.after(&["explain 90094"]);
    assert!(said.contains("90094: The person may not accept"), "{said}");
    assert_eq!(call.desk.question(), QuestionId::Users);
    let several = call.types("explain 50020 and 90094");
    assert!(several.contains("\n\n90094: The person"), "a blank line between: {several}");
    assert!(call.after(&["explain"]).contains("A code like 90094"), "which code?");
    assert!(call.after(&["90094"]).contains("90094: The person"));
    assert_eq!(call.desk.question(), QuestionId::Users);
}

#[test]
fn explain_alone_begins_with_the_trouble_on_the_page() {
    let mut call = at_authorise(200);
    let trouble = Failure::new(FailureKind::Refused, "it was refused", "Wait.").with_code("53003");
    call.desk.verdict = Verdict::Failed(trouble);
    call.desk.pass(60);
    call.goes_on();
    let said = call.after(&["explain"]);
    assert!(
        said.starts_with("53003, 530032, ") && said.contains("For something else, type explain and"),
        "{said}"
    );
    assert!(call.after(&["90094"]).contains("type explain 90094"), "no code was asked for");
}

#[test]
fn a_list_of_mailboxes_is_said_by_its_number() {
    let (mut call, _) = Call::start(200);
    let said = call.after(&["1", "2", "ana@bakery1.example"]);
    assert!(said.contains("Type find to have it found."), "{said}");
    call.after(&["mail.hoster.example", "2", "svc@hoster.example", "pw", "bakery1.example", "1"]);
    let said = call.after(&["ana@bakery1.example", "ben@bakery1.example", "", ""]);
    assert!(said.contains("Change Mailboxes: 2 on the list now."), "{said}");
}

#[test]
fn words_behind_a_link_are_wrapped_with_it() {
    let (mut call, _) = Call::start(20);
    let said = ["", "2", "play"].map(|line| call.types(line));
    let said = said[2].split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("https://mail.hoster.example/EWS/Exchange.asmx now."), "{said}");
}

#[test]
fn details_of_a_customer_say_what_no_column_shows() {
    let (mut call, _) = Call::start(200);
    let said = call.after(&["details 2"]);
    assert!(said.starts_with("Bakery 2, C-0002, bakery2.example; ") && said.contains("MPexchange"), "{said}");
    let more =
        "provisioned through Manage Protect; organisation on record ends in 0002. Bakery 2: not started.";
    assert!(said.contains(more), "{said}");
}

#[test]
fn explain_names_words_of_the_page_that_is_read() {
    let (mut call, _) = Call::start(200);
    let said = call.after(&["explain 65001"]);
    assert!(said.contains("Next, in the run: Type authorise for the link."), "{said}");
    call.after(&["1", "1", "bakery.example", "1"]);
    assert_eq!(call.desk.question(), QuestionId::Authorise);
    assert!(call.after(&["explain 65001"]).contains("Next: Type authorise for the link."));
    call.after(&["authorise"]);
    let said = call.after(&["explain 65001"]);
    assert!(said.contains("Next: The words print and file hand the link over once more."), "{said}");
    let said = at_users(200).after(&["explain 65001"]);
    assert!(said.contains("Next, at the step Authorise: Type authorise for the link."), "{said}");
}

#[test]
fn every_screen_says_sandbox_customer_run_and_last_four() {
    let mut call = at_users(80);
    let said = call.after(&["again"]);
    assert!(
        said.starts_with("SANDBOX. Customer: Bakery 1, Office 365. Run B365-FHKL. Organisation:"),
        "{said}"
    );
    assert!(said.contains("ID ends in 0001. Step 5 of 6: Users."), "{said}");
}

#[test]
fn a_late_sweep_is_said_on_every_screen() {
    let mut desk = Desk::new(setup(), vec![row(customer(1), Progress::NotStarted, None)]);
    desk.board.sweep_warning = Some(Text::from("Enable Auto has not run since Mon 20:00"));
    let mut call = Call::new(desk, 80);
    assert!(call.goes_on().contains("Warning: Enable Auto has not run since Mon 20:00."));
    assert!(call.after(&["1"]).contains("Warning: Enable Auto has not run"));
    assert!(call.after(&["1"]).contains("Warning: Enable Auto has not run"));
}

#[test]
fn help_names_everything_that_is_open() {
    let call = at_users(80);
    let view = call.desk.view();
    let help = vocabulary::help(&view).join("\n");
    for offer in &view.actions {
        let word = super::vocabulary::words(offer.action)[0];
        assert!(help.contains(word), "{word}: {help}");
    }
    for word in ["tick", "exclude", "include", "all:", "these:", "invert:", "turn off", "finish"] {
        assert!(help.contains(word), "{word}: {help}");
    }
}

#[test]
fn a_hosted_run_on_record_is_taken_up_by_enter() {
    let mut interrupted = record(3, Product::Office365);
    interrupted.organisation = Some(organisation(1));
    let board = vec![row(interrupted.customer.clone(), Progress::NotStarted, Some(&interrupted))];
    let mut desk = Desk::new(setup(), board);
    desk.record = Some(interrupted);
    let mut call = Call::new(desk, 200);
    let said = call.goes_on();
    assert!(said.contains("was interrupted. Press Enter to go on with it."), "{said}");
    call.after(&[""]);
    assert_eq!(call.desk.stop(), "Authorise");
}

/// A call that waits for consent, with the link on the screen.
fn at_authorise(columns: u16) -> Call {
    let (mut call, _) = Call::start(columns);
    call.after(&["1", "1", "bakery.example", "1", "1"]);
    assert!(call.desk.question() == QuestionId::Authorise);
    call
}

#[test]
fn a_question_that_comes_by_itself_is_not_answered_by_what_was_typed_before_it() {
    let mut call = at_authorise(80);
    let asked = call.strays;
    call.after(&["say", "2", "explain 90094", "refresh"]);
    assert_eq!(call.strays, asked, "each was an answer to a line");
    call.desk.verdict = Verdict::Proved;
    call.desk.named = Some(organisation(1));
    call.desk.pass(60);
    assert!(call.goes_on().contains("1: Enable."));
    assert_eq!(call.strays, asked + 1, "1 was Ask Microsoft now, and is Enable now");
    call.after(&["enable", "auto", "back", "tick 1", "review", "1"]);
    assert_eq!(call.strays, asked + 1, "what follows from a line is expected");
}

#[test]
fn a_number_means_the_row_that_was_said() {
    let mut call = at_users(80);
    call.after(&["list"]);
    call.talk.memory.said.insert(1, RowId::User(UserId::from_bytes([9; 16])));
    let said = call.after(&["tick 1-2"]);
    assert!(
        said.starts_with("The list has changed since it was said. Nothing was done. It is now: 1, off: Ana."),
        "{said}"
    );
    assert_eq!(call.after(&["tick 1-2"]), "1, ticked: Ana. 2, ticked: Ben. Ticked 2, seats 0 to 2.");
}

#[test]
fn the_prompt_comes_last_when_checks_change_by_themselves() {
    let mut call = at_authorise(80);
    call.desk.verdict = Verdict::Spreading;
    call.desk.pass(60);
    let said = call.goes_on();
    assert!(
        said.contains("spreading") && said.trim_end().lines().last().unwrap().contains("Enter for 1"),
        "{said}"
    );
    call.desk.pass(5);
    assert_eq!(call.goes_on(), "", "a clock asks nothing again");
}

#[test]
fn many_choices_are_said_once_and_again_when_asked_for() {
    let mut call = at_authorise(80);
    let said = call.after(&["say"]);
    assert!(!said.contains("2: Print.") && said.ends_with("The word choices says them again."), "{said}");
    let said = call.after(&["choices"]);
    assert!(said.starts_with("1: Ask Microsoft now.") && said.contains("2: Print."), "{said}");
    assert!(call.after(&["again"]).contains("2: Print."));
}

#[test]
fn only_the_choice_that_changed_is_said_again() {
    let (mut call, _) = Call::start(80);
    call.after(&["1", "2", "ana@bakery1.example", "mail.hoster.example", "2", "svc@hoster.example", "pw"]);
    let said = call.after(&["bakery1.example", "2"]);
    assert!(said.contains("Change Account: svc@hoster.example"), "{said}");
    let said = call.after(&["change mail domains", "other.example", "2"]);
    assert!(said.contains("Change Mail domains: other.example now."), "{said}");
    assert!(!said.contains("Change Account"), "the others were said: {said}");
    assert!(said.ends_with("The word choices says them again."), "{said}");
}

#[test]
fn enter_is_no_word_but_where_it_authorises() {
    let (mut call, _) = Call::start(80);
    assert!(call.after(&["authorise"]).contains("No customer is found"));
    call.after(&["filter", "1"]);
    assert!(call.after(&["authorise"]).contains("is no answer here"));
    let help = call.after(&["help"]);
    assert!(help.contains("Enter alone: ") && !help.contains("authorise"), "{help}");
    call.after(&["1"]);
    assert_eq!(call.desk.stop(), "Access");
}

#[test]
fn a_wait_that_is_left_is_not_over() {
    let mut call = at_authorise(80);
    call.desk.pass(60);
    call.goes_on();
    let said = call.after(&["back"]);
    assert!(said.contains("Step 3 of 6") && !said.contains("over after"), "{said}");
}

#[test]
fn a_wait_that_takes_longer_for_another_reason_says_so_at_once() {
    let (call, _) = Call::start(80);
    let mut wait = None;
    let mut hears = |seconds: u64, words: &str| {
        let mut view = call.desk.view();
        view.notice = Some(Notice::new(Tone::Busy, Text::clean(&words.replace('#', &seconds.to_string()))));
        wait::tell(&mut wait, &view, call.desk.now.plus(Duration::from_secs(seconds)))
    };
    let (saving, server) = (
        "Saving: # s. Usually 1 s, at worst 10 s.",
        "Saving: waiting for the record's server, # s. At worst 2 min.",
    );
    assert_eq!(hears(0, saving).as_deref(), Some("Saving. Usually 1 s, at worst 10 s."));
    assert_eq!(hears(4, saving), None);
    let said = "Saving: waiting for the record's server, 5 s. At worst 2 min.";
    assert_eq!(hears(5, server).as_deref(), Some(said));
    assert_eq!(hears(34, server), None);
    assert!(hears(35, server).is_some());
}

#[test]
fn a_write_that_is_stuck_is_spoken_of_every_half_minute() {
    let mut call = at_users(80);
    call.after(&["tick 1-2", "review"]);
    call.talk.hear("2", &call.desk.view());
    loop {
        let answer = call.talk.carry_on(&call.desk.view());
        let Some(answer) = answer else { break };
        call.desk.happen(EventKind::Answer(answer));
    }
    assert!(call.hears().contains("0 of 2 so far."));
    let said: Vec<String> = (0..65)
        .map(|_| {
            assert!(call.desk.view().next_change.is_some(), "nobody looks again");
            call.desk.now = call.desk.now.plus(Duration::from_secs(1));
            call.hears()
        })
        .filter(|said| !said.is_empty())
        .collect();
    assert_eq!(said, ["0 of 2, 0 %.\n"; 2]);
}

/// Lines that people type, and anything else.
fn lines() -> impl Strategy<Value = Vec<String>> {
    let known = prop::sample::select(vec![
        "",
        "1",
        "2",
        "3",
        "1-3",
        "2, 9",
        "0",
        "999999999999",
        "back",
        "say",
        "explain",
        "explain 90094",
        "help",
        "again",
        "list",
        "more",
        "less",
        "page 2",
        "page 0",
        "total",
        "all",
        "yes",
        "no",
        "these",
        "clear",
        "invert",
        "kinds",
        "auto",
        "review",
        "finish",
        "tick 1-3",
        "untick 2",
        "exclude 1",
        "include 1",
        "details 1",
        "turn off 1-2",
        "filter",
        "filter ana",
        "/ana",
        "sort",
        "refresh",
        "park",
        "authorise",
        "enable",
        "play",
        "print",
        "copy",
        "qr",
        "file",
        "save",
        "find",
        "new",
        "go on",
        "change tenant id",
        "bakery.example",
        "ana@bakery1.example",
        "mail.hoster.example",
        "=back",
        ".",
        "stop",
        "receipt",
        "next",
        "x",
        "d",
        "k",
        "u",
        "w",
        "?",
        "/",
    ]);
    prop::collection::vec(prop_oneof![4 => known.prop_map(str::to_owned), 1 => "\\PC{0,30}"], 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_lines_are_answered_without_a_panic(lines in lines(), columns in 20_u16..100, verdict in 0..3_u8) {
        let (mut call, _) = Call::start(columns);
        call.desk.verdict = match verdict {
            0 => Verdict::NotYet,
            1 => Verdict::Proved,
            _ => Verdict::WrongTenant { found: organisation(7) },
        };
        call.desk.named = Some(organisation(1));
        for line in lines {
            if call.desk.wizard.ended().is_some() {
                break;
            }
            call.types(&line);
            call.desk.pass(40);
            call.goes_on();
            // Nothing is said of a view that was said.
            prop_assert_eq!(call.hears(), "");
        }
    }
}
