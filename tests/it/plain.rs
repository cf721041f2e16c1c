//! The wizard line by line: the built binary on a dumb terminal, through a pipe, and driven by `expect`.

mod idle;
pub(crate) mod pipe;
mod script;

use std::{
    thread,
    time::{Duration, Instant},
};

use super::terminal::{CTRL_C, Home, Record, Terminal};

use pipe::Pipe;

/// How long any one condition may take; generous, because test machines are shared.
const DEADLINE: Duration = Duration::from_mins(1);

/// A person at a dumb terminal.
pub(crate) struct Talk {
    terminal: Terminal,
    /// Bytes that were there when the last line was typed.
    since: usize,
}

impl Talk {
    /// Starts the wizard on a dumb terminal of so many columns.
    pub(crate) fn start(home: &Home, columns: u16, arguments: &[&str]) -> Self {
        Self::with(home, columns, arguments, &[("TERM", "dumb")])
    }

    fn with(home: &Home, columns: u16, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self { terminal: Terminal::sized(home, arguments, columns, 24, environment), since: 0 }
    }

    /// What has been said since the last line was typed; wrapped lines are one sentence.
    fn said(&self) -> String {
        let bytes = self.terminal.bytes();
        let text = String::from_utf8_lossy(&bytes[self.since.min(bytes.len())..]).into_owned();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What has been said from the start.
    pub(crate) fn everything(&self) -> String {
        String::from_utf8_lossy(&self.terminal.bytes()).into_owned()
    }

    /// Waits until all of these have been said since the last line.
    pub(crate) fn hears(&mut self, words: &[&str]) -> &mut Self {
        let until = Instant::now() + DEADLINE;
        loop {
            let said = self.said();
            if words.iter().all(|word| said.contains(word)) {
                return self;
            }
            assert!(Instant::now() < until, "never heard {words:?} in:\n{said}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Types a line.
    pub(crate) fn types(&mut self, line: &str) -> &mut Self {
        self.since = self.terminal.bytes().len();
        self.terminal.keys(&format!("{line}\n"));
        self
    }

    /// Presses Ctrl-C.
    fn interrupts(&mut self) -> &mut Self {
        self.since = self.terminal.bytes().len();
        self.terminal.keys(CTRL_C);
        self
    }

    /// Waits for the end, checks everything that was ever written, and says the exit code.
    pub(crate) fn ends(&mut self) -> u32 {
        let code = self.terminal.code();
        let bytes = self.terminal.bytes();
        assert!(!bytes.contains(&0x1b), "no escape byte, so no cursor was ever moved");
        let controls = bytes.iter().zip(bytes.iter().skip(1).chain([&0]));
        for (byte, next) in controls.filter(|(byte, _)| **byte < b' ') {
            // The terminal itself puts a return before each end of a line, and shows Ctrl-C as two signs.
            assert!(*byte == b'\n' || (*byte == b'\r' && matches!(next, b'\n' | b'\r')), "byte {byte}");
        }
        code
    }

    /// Finds a customer, takes the only one found and its only product.
    pub(crate) fn opens(&mut self, words: &str, customer: &str) -> &mut Self {
        self.hears(&["Which customer?", "Enter takes"]).types(words);
        self.hears(&[&format!("1: {customer}"), &format!("Enter takes 1, {customer}.")]).types("1");
        self.hears(&[&format!("Which product of {customer}?"), "Type a number"]).types("1")
    }

    /// Says yes to the organisation on record.
    pub(crate) fn confirms(&mut self) -> &mut Self {
        self.hears(&["Is this the organisation of", "1: Yes, this is the organisation.", "Enter for 1"])
            .types("");
        self.hears(&["Step 4 of 6: Authorise.", "1: Authorise.", "Enter for 1"])
    }

    /// Has the link said, plays the customer and presses Enable.
    pub(crate) fn authorises(&mut self) -> &mut Self {
        self.types("authorise").hears(&["The link for the customer:", "adminconsent?client_id=", "Play."]);
        self.types("play").hears(&["All checks are good.", "1: Enable.", "Enter for 1"]);
        self.types("").hears(&["Step 5 of 6: Users. Which users shall be protected?"])
    }

    /// From the first screen to the users, on path 1.
    pub(crate) fn reaches_users(&mut self, words: &str, customer: &str) -> &mut Self {
        self.opens(words, customer).confirms().authorises().hears(&["Ticked 0, seats 0 to 0, listed"])
    }
}

#[test]
fn office_365_through_manage_protect_with_ticks_and_receipt() {
    let home = Home::new();
    let mut talk = Talk::start(&home, 80, &[]);
    talk.hears(&["Backup365, line by line, because TERM is dumb.", "SANDBOX. No customer chosen yet."]);
    talk.reaches_users("harbour", "Harbour Street Cafe").hears(&["listed 37, eligible 34"]);
    assert_eq!(Record::of(&home).seats(), 0, "Enable turns nobody on");
    talk.types("list").hears(&["1, off: Aroha Smith", "27 more: type more."]);
    talk.types("more").hears(&["11, off: ", "17 more"]);
    talk.types("tick 3-5, 14").hears(&["3, ticked: ", "14, ticked: ", "Ticked 4, seats 0 to 4."]);
    talk.types("exclude 1").hears(&["1, excluded: Aroha Smith"]);
    talk.types("tick 1").hears(&["Excluded. Type include and the number to lift the exclusion."]);
    talk.types("untick 14").hears(&["14, off: ", "Ticked 3, seats 0 to 3."]);
    talk.types("review").hears(&["Turn 3 users on?", "New seats: 3.", "Excluded: 1.", "from the table."]);
    talk.types("30").hears(&["Problem: The table says 3. Nothing has been changed."]);
    assert_eq!(Record::of(&home).seats(), 0);
    talk.types("3").hears(&["3 users protected", "1: Finish.", "Enter for 1"]).types("");
    talk.hears(&["Done: 3 users are protected.", "Excluded: 1.", "Leave the wizard."]);
    let run = Record::of(&home).run();
    talk.types("receipt").hears(&[
        &format!("Backup365 run {run}"),
        "Result: done",
        "Turned on by this run: 3",
    ]);
    talk.types("receipt")
        .hears(&["Backup365 for Harbour Street Cafe", "3 users of Office 365 are protected"]);
    talk.types("receipt").hears(&["Receipt as JSON", "\"audit\""]);
    talk.types("write").hears(&["The receipt is in"]);
    talk.types("quit");
    assert_eq!(talk.ends(), 0, "{}", talk.said());
    let record = Record::of(&home);
    assert_eq!(record.seats(), 3);
    assert_eq!(record.count("chosen WHERE outcome = 'turned_on'"), 3);
    assert_eq!(record.count("exclusion"), 1);
}

#[test]
fn office_365_by_domain_with_all_kinds_park_and_resume_at_40_columns() {
    let home = Home::new();
    let mut talk = Talk::start(&home, 40, &[]);
    talk.opens("kauri", "Kauri Building Supplies").hears(&["Step 3 of 6: Access.", "Tenant ID: the domain"]);
    talk.types("common").hears(&["Problem: ", "Tenant ID: the domain"]);
    talk.types("kauribuilding.example").hears(&[
        "Organisation: Kauri Building Supplies.",
        "1: Save.",
        "Enter for 1",
    ]);
    talk.types("").hears(&["Step 4 of 6: Authorise.", "Enter for 1"]);
    talk.types("park").hears(&["Which customer?", "Nothing is lost.", "Enter takes"]);
    talk.types("quit");
    assert_eq!(talk.ends(), 0, "nothing is interrupted without a run");

    let run = Record::of(&home).run();
    let mut talk = Talk::start(&home, 40, &["--run", &run]);
    talk.hears(&["Step 4 of 6: Authorise.", "1: Authorise.", "Enter for 1"]).authorises();
    talk.hears(&["listed 70, eligible 61"]);
    talk.types("kinds").hears(&["1, no: Shared mailboxes, 4 listed.", "Enter saves"]);
    talk.types("1").hears(&["1, yes: Shared mailboxes"]).types("");
    talk.hears(&["The included kinds are saved."]);
    talk.types("all").hears(&["Tick 65? Type yes or no. Enter is no."]).types("");
    talk.hears(&["Not done: All ticked nobody."]).types("all").hears(&["Type yes or no"]);
    talk.types("yes").hears(&["Ticked 65, seats 0 to 65."]);
    talk.types("").hears(&["Turn 65 users on?", "New seats: 65."]).types("65");
    talk.hears(&["65 users protected", "Enter for 1"]).types("");
    talk.hears(&["Done: 65 users are protected", "Leave the wizard."]).types("leave");
    assert_eq!(talk.ends(), 0, "{}", talk.said());
    assert_eq!(Record::of(&home).seats(), 65);
    let bytes = talk.terminal.bytes();
    let text = String::from_utf8(bytes).unwrap();
    let wide =
        text.lines().find(|line| line.trim_end().chars().count() > 40 && line.trim_end().contains(' '));
    assert_eq!(wide, None, "no sentence is wider than the window");
}

#[test]
fn mpexchange_by_pasted_list_with_a_secret_that_nobody_sees() {
    const SECRET: &str = "invented-anderson";
    let home = Home::new();
    let mut talk = Talk::start(&home, 80, &[]);
    talk.opens("anderson", "Anderson Dental").hears(&["A mailbox to try: one address of the customer."]);
    talk.types("emma.anderson@andersondental.example").hears(&["Server: like mail.hoster.example"]);
    talk.types("").hears(&["1: Find the server.", "Enter for 1"]).types("");
    talk.hears(&["The server was found", "Enter for 2"]).types("");
    talk.hears(&["Account: the service account"]).types("svc-backup@andersondental.example");
    talk.hears(&["Password: it is never shown."]);
    echoes(&talk, false);
    talk.types(SECRET).hears(&["Mail domains: of this customer", "Enter keeps it"]);
    echoes(&talk, true);
    talk.types("")
        .hears(&["Mailboxes come from:", "Enter for 1"])
        .types("1")
        .hears(&["An empty line ends the list."]);
    talk.types("Ana Brennan <ana.brennan@andersondental.example>");
    talk.types("david.chu@andersondental.example")
        .types("nobody")
        .types("frank.lowe@andersondental.example")
        .types("");
    talk.hears(&["3 new. 3 mailboxes on the list.", "No e-mail address in line 3"]).types("");
    talk.hears(&["1: Save.", "Change Password: filled, not shown.", "Empty list.", "Enter for 1"]).types("");
    talk.hears(&[
        "Step 4 of 6: Authorise.",
        "The account signs in: good (svc-backup@andersondental.example, NTLM).",
        "1: Enable.",
        "Enter for 1",
    ])
    .types("enable");
    talk.hears(&["Step 5 of 6: Users.", "listed 3"]).types("all").hears(&["Tick 3?"]).types("yes");
    talk.hears(&["Ticked 3"]).types("review").hears(&["New seats: 3.", "from the table."]).types("3");
    talk.hears(&["3 users protected", "Enter for 1"]).types("");
    talk.hears(&["Done: 3 users are protected.", "Leave the wizard."]).types("receipt");
    talk.hears(&["Server: https://mail.coastline-hosting.example", "Result: done"]).types("quit");
    assert_eq!(talk.ends(), 0);
    assert_eq!(Record::of(&home).seats(), 3);
    let holds = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
    assert!(!holds(&talk.terminal.bytes()), "the terminal never showed the password");
    for file in home.files() {
        assert!(!holds(&std::fs::read(&file).unwrap()), "{} holds the password", file.display());
    }
}

/// Waits until the terminal shows what is typed, or does not.
fn echoes(talk: &Talk, expected: bool) {
    let until = Instant::now() + DEADLINE;
    while talk.terminal.echoes() != expected {
        assert!(Instant::now() < until, "the echo never became {expected}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn the_echo_is_on_again_on_every_way_out() {
    use rustix::process::Signal;
    type Out = fn(&mut Talk);
    let ways: [(Out, u32); 4] = [
        (|talk| talk.terminal.signal(Signal::TERM), 143),
        (|talk| talk.terminal.signal(Signal::QUIT), 131),
        (|talk| talk.terminal.signal(Signal::HUP), 129),
        (|talk| _ = talk.interrupts().hears(&["Leave?"]).interrupts(), 130),
    ];
    for (way, code) in ways {
        let home = Home::new();
        let mut talk = Talk::start(&home, 80, &[]);
        talk.opens("anderson", "Anderson Dental").hears(&["A mailbox to try"]);
        for (line, next) in [
            ("emma.anderson@andersondental.example", "Server: "),
            ("mail.hoster.example", "Find the server."),
            ("2", "Account: "),
            ("svc@andersondental.example", "Password: "),
        ] {
            talk.types(line).hears(&[next]);
        }
        echoes(&talk, false);
        way(&mut talk);
        assert_eq!(talk.terminal.code(), code);
        assert!(talk.terminal.echoes(), "{code}");
        assert_eq!(Record::of(&home).count("run WHERE finished IS NULL"), 1, "the run is kept");
    }
}

#[test]
fn the_wrong_organisation_is_named_and_nothing_can_be_enabled() {
    let home = Home::new();
    let mut talk = Talk::start(&home, 80, &[]);
    talk.opens("rimu", "Rimu Legal").confirms();
    talk.types("authorise").hears(&["adminconsent", "Play."]).types("play");
    talk.hears(&["Colin Ward signed in and pressed Accept for Rimu Property Holdings."]);
    talk.types("enable").hears(&["“enable” is no answer here."]);
    talk.types("say").hears(&["Say: “Please open the link", "Rimu Legal (…039a)", "Type a number"]);
    talk.types("explain 90094").hears(&["90094: The person may not accept", "Type a number"]);
    assert_eq!(Record::of(&home).count("enablement"), 0);
    talk.interrupts().hears(&["Leave? The run is kept.", "1: Leave."]).types("stay");
    talk.hears(&["Type a number from 1 to 6"]).interrupts().hears(&["Leave?"]).interrupts();
    assert_eq!(talk.ends(), 130);
    let run = Record::of(&home).run();
    talk.hears(&[&format!("{run} is kept. Go on with: backup365 --run {run}")]);
}

#[test]
fn a_wait_can_be_left() {
    let home = Home::new();
    let mut talk = Talk::start(&home, 80, &["--fault", "slow=4000ms"]);
    talk.opens("harbour", "Harbour Street Cafe");
    talk.hears(&["Asking Microsoft about the organisation. Usually 2 s, at worst 1 min."]);
    talk.types("say").hears(&["Say: “One moment please"]);
    talk.types("back").hears(&["Which product of Harbour Street Cafe?", "Type a number"]);
    talk.types("1").hears(&["Asking Microsoft about the organisation."]).types("park");
    talk.hears(&["Nothing is lost.", "Enter takes"]).types("quit");
    assert_eq!(talk.ends(), 0);
}

#[test]
fn which_front_end_it_is_stands_in_the_first_line() {
    for (arguments, environment, why) in [
        (&[][..], &[("TERM", "dumb")][..], "TERM is dumb"),
        (&[], &[("TERM", "")], "TERM is empty"),
        (&[], &[("ACCESSIBLE", "1")], "ACCESSIBLE is set"),
        (&["--plain"], &[], "--plain was given"),
        (&["--accessible"], &[("TERM", "dumb")], "--plain was given"),
    ] {
        let home = Home::new();
        let mut talk = Talk::with(&home, 80, arguments, environment);
        talk.hears(&[&format!("Backup365, line by line, because {why}."), "Which customer?", "Enter takes"]);
        talk.types("quit");
        assert_eq!(talk.ends(), 0, "{why}");
    }
    // A word that means no is none.
    let home = Home::new();
    let mut terminal = Terminal::sized(&home, &[], 80, 24, &[("ACCESSIBLE", "false")]);
    terminal.sees(&["SANDBOX", "Which customer?", " listed"]);
    assert!(terminal.modes().0, "the full screen");
}

#[test]
fn the_way_back_asks_for_lines_again_where_they_were_asked_for() {
    for (arguments, lines) in [(&["--plain"][..], " --plain"), (&[], "")] {
        let home = Home::new();
        let mut talk = Talk::start(&home, 80, arguments);
        talk.opens("kauri", "Kauri Building Supplies").hears(&["Tenant ID: the domain"]);
        let run = Record::of(&home).run();
        let line = format!("backup365 --run {run} --sandbox{lines}");
        talk.types("quit").hears(&[&format!("Take it up again with: {line} 1: ")]).types("leave");
        assert_eq!(talk.ends(), 130);
        talk.hears(&[&format!("{run} is kept. Go on with: {line}")]);
        assert!(talk.everything().trim_end().ends_with(&line), "nothing touches it: {}", talk.said());
    }
}

#[test]
fn without_utf_8_nothing_beyond_ascii_is_written() {
    let home = Home::new();
    let mut talk = Talk::with(&home, 80, &[], &[("TERM", "dumb"), ("LANG", "C")]);
    talk.reaches_users("harbour", "Harbour Street Cafe");
    talk.types("zo").hears(&["1, off: Zoe Martin"]).types("say").hears(&["Say: \"Who shall be backed up"]);
    talk.types("quit").hears(&["Leave?", "1: Leave."]).types("1");
    assert_eq!(talk.ends(), 130);
    assert!(talk.terminal.bytes().is_ascii());
}

#[test]
fn enable_auto_through_a_pipe() {
    let home = Home::new();
    let mut pipe = Pipe::start(&home, &["--plain"]);
    pipe.hears("Enter takes")
        .types("kauri")
        .hears("Enter takes 1, Kauri")
        .types("")
        .hears("Enter for 1")
        .types("");
    pipe.hears("Tenant ID: the domain")
        .types("kauribuilding.example")
        .hears("1: Save.")
        .hears("Enter for 1")
        .types("save");
    pipe.hears("1: Authorise.")
        .hears("Enter for 1")
        .types("")
        .hears("adminconsent")
        .hears("Play.")
        .types("play");
    pipe.hears("1: Enable.").types("enable").hears("listed 70, eligible 61").types("auto");
    pipe.hears("Nothing will run at 20:00: no sweeper is installed.").hears("2: Go on.").types("go on");
    pipe.hears("nothing will run at 20:00: no sweeper is installed")
        .hears("backup365 sweep --install")
        .hears("At most, seats: 71")
        .hears("from the table.")
        .types("6")
        .hears("Problem: The table says 61.");
    pipe.types("61").hears("Enable Auto is on, and nothing will run at 20:00").hears("help lists");
    let record = Record::of(&home);
    assert_eq!((record.count("auto_rule WHERE confirmed = 61 AND ceiling = 71"), record.seats()), (1, 0));
    pipe.types("state:waits-for-a-sweep").hears("61 shown.").hears("1, waits for a sweep: ");
    pipe.types("finish")
        .hears("Partly done: nobody is protected yet, 61 wait for a sweep")
        .hears("none can turn them on yet: 61.")
        .hears("no sweeper is installed");
    // The input ends: after the outcome nothing is interrupted by that.
    assert_eq!(pipe.ends(), 3);
}

#[test]
fn the_end_of_the_input_keeps_the_run() {
    let home = Home::new();
    let mut pipe = Pipe::start(&home, &["--plain"]);
    pipe.hears("Enter takes")
        .types("harbour")
        .hears("Enter takes 1, Harbour")
        .types("")
        .hears("Enter for 1")
        .types("");
    pipe.hears("1: Yes, this is the organisation.").hears("Enter for 1");
    assert_eq!(pipe.ends(), 129);
    assert_eq!(Record::of(&home).count("run WHERE finished IS NULL"), 1);
}

#[test]
fn what_was_typed_before_a_bill_does_not_answer_it() {
    let home = Home::new();
    let mut pipe = Pipe::start(&home, &["--plain"]);
    // Answers in one go, up to the users.
    pipe.hears("Enter takes").types("harbour\n1\n1\n1\nauthorise\nplay").hears("1: Enable.").types("enable");
    pipe.hears("listed 37, eligible 34");
    // Review and its number in one go: the number came before the bill was said.
    pipe.types("tick 1-3\nreview\n3").hears("typed before this question, and must not answer it: dropped.");
    pipe.hears("Turn 3 users on?").hears("from the table.");
    assert_eq!(Record::of(&home).seats(), 0);
    pipe.types("3").hears("3 users protected").hears("Enter for 1").types("finish").hears("Done: 3 users");
    assert_eq!(pipe.ends(), 0);
    assert_eq!(Record::of(&home).seats(), 3);
}

#[test]
fn lines_of_a_pipe_are_heard_in_their_order() {
    // Each line waits for its question, also where the line is a command that a person may type during a wait.
    let home = Home::new();
    let (said, code) = pipe::fed(&home, &["--plain", "--fault", "slow=1000ms"], "harbour\n1\n1\nquit\n");
    let mut rest = said.as_str();
    for words in [
        "Which customer?",
        "1: Harbour Street Cafe",
        "Which product of Harbour Street Cafe?",
        "Is this the organisation of Harbour Street Cafe?",
        "Leave? The run is kept.",
    ] {
        let Some((_, behind)) = rest.split_once(words) else {
            panic!("{words:?} was not said in its turn:\n{said}")
        };
        rest = behind;
    }
    assert!(!said.contains("dropped"), "{said}");
    assert_eq!(code, 129, "the input ended at a question: {said}");
    assert_eq!(Record::of(&home).count("run WHERE finished IS NULL"), 1, "the run is kept");

    // Back and quit wait for their questions too, and an answer to the last one leaves.
    let home = Home::new();
    let (said, code) = pipe::fed(&home, &["--plain"], "harbour\n1\nback\nquit\n");
    assert_eq!(code, 0, "{said}");
    let home = Home::new();
    let (_, code) = pipe::fed(&home, &["--plain"], "harbour\n1\n1\nquit\n1\n");
    assert_eq!(code, 130);
}

#[test]
fn a_number_in_a_pipe_confirms_no_bill_that_was_not_said() {
    // From the first question to the bill in one go; what stands behind that is dropped.
    let home = Home::new();
    let lines = "harbour\n1\n1\n1\nauthorise\nplay\nenable\ntick 1-2\nreview\n2\nfinish\n";
    let (said, code) = pipe::fed(&home, &["--plain"], lines);
    assert!(said.contains("Ticked 2, seats 0 to 2.") && said.contains("New seats: 2."), "{said}");
    assert!(
        said.contains("2 lines were typed before this question, and must not answer it: dropped."),
        "{said}"
    );
    assert_eq!((code, Record::of(&home).seats()), (129, 0));

    let home = Home::new();
    let mut pipe = Pipe::start(&home, &["--plain"]);
    pipe.hears("Enter takes").types("harbour\n1\n1\n1\nauthorise\nplay").hears("1: Enable.");
    pipe.types("enable\nexclude 1-10\ntick 11-12\nreview\n2\nfinish").hears("must not answer it: dropped.");
    pipe.hears("New seats: 2.").hears("from the table.");
    assert_eq!(pipe.ends(), 129);
    let record = Record::of(&home);
    assert_eq!((record.seats(), record.count("exclusion")), (0, 10));
    assert_eq!(record.count("audit WHERE what LIKE '%excluded%'"), 1, "one line of the audit");
}

#[test]
fn help_speaks_of_it_first() {
    let home = Home::new();
    let said = pipe::run(&home, &["--help"]);
    let first: String = said.lines().take_while(|line| !line.is_empty()).collect();
    assert!(first.contains("--plain"), "{first}");
}
