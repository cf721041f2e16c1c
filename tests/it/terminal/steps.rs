//! What an operator does on each screen: the keys, and what must be seen before and after them.

use std::time::Duration;

use super::{CTRL_C, DOWN, ENTER, Home, LEFT, PAGE_DOWN, RIGHT, Record, TAB, Terminal};

impl Terminal {
    /// Starts the program and waits for the customers.
    pub(crate) fn opened(home: &Home) -> Self {
        let mut terminal = Self::start(home, &[]);
        terminal.sees(&["SANDBOX", "Which customer?", " listed"]);
        terminal
    }

    /// Finds a customer and opens it; the next screen asks for the product.
    pub(crate) fn picks(&mut self, customer: &str) -> &mut Self {
        self.finds(customer).keys(ENTER).sees(&[&format!("Which product of {customer}?")])
    }

    /// Finds a customer by name; the cursor stands on it, outside of the field.
    pub(crate) fn finds(&mut self, customer: &str) -> &mut Self {
        self.sees(&["Which customer?"]).keys(customer);
        self.sees(&[&format!("> {customer}"), " found"]).keys(TAB).sees(&["/ filter"])
    }

    /// Takes the product so many rows down; the access step comes.
    pub(crate) fn takes(&mut self, down: usize) -> &mut Self {
        self.keys(&DOWN.repeat(down)).keys(ENTER).stands_at("Access")
    }

    /// Waits until a step is the one where we are.
    fn stands_at(&mut self, step: &str) -> &mut Self {
        let (drawn, in_ascii) = (format!("● {step}"), format!("* {step}"));
        self.waits(&drawn, |text| text.contains(&drawn) || text.contains(&in_ascii))
    }

    /// Waits until a button has the keyboard.
    pub(crate) fn stands_on(&mut self, label: &str) -> &mut Self {
        let (drawn, in_ascii) = (format!(">‹ {label} ›"), format!(">< {label} >"));
        self.waits(&drawn, |text| text.contains(&drawn) || text.contains(&in_ascii))
    }

    /// Waits until a button is open.
    fn sees_open(&mut self, label: &str) -> &mut Self {
        let (drawn, in_ascii) = (format!("‹ {label} ›"), format!("< {label} >"));
        self.waits(&drawn, |text| text.contains(&drawn) || text.contains(&in_ascii))
    }

    /// Picks a customer of path 1, and says yes to the organisation on record.
    pub(crate) fn confirms(&mut self, customer: &str) -> &mut Self {
        self.picks(customer)
            .takes(0)
            .sees(&["Is this the organisation of"])
            .sees_open("Yes, this is the organisation");
        // Where consent was given before, the checks may be good before anybody looks.
        let labels = ["Authorise", "Ask Microsoft now", "Enable"];
        let is_open = |text: &str| {
            let drawn = |label| [format!("‹ {label} ›"), format!("< {label} >")];
            labels.iter().flat_map(drawn).any(|button| text.contains(&button))
        };
        self.keys(ENTER).stands_at("Authorise").waits("a button", is_open)
    }

    /// Reads on in a panel until these words have been seen.
    pub(crate) fn reads(&mut self, words: &[&str]) -> &mut Self {
        for word in words {
            for _ in 0..40 {
                let text = self.text();
                if text.contains(word) || super::dialog(&text).contains(word) {
                    break;
                }
                self.keys(DOWN);
                self.quiet(std::time::Duration::from_millis(60));
            }
            self.sees(&[word]);
        }
        self
    }

    /// Shows the link, plays the customer.
    pub(crate) fn plays(&mut self) -> &mut Self {
        self.keys(ENTER).sees(&["adminconsent"]).keys("w")
    }

    /// Presses Enable once every check is good; the users come.
    pub(crate) fn enables(&mut self) -> &mut Self {
        self.sees(&["All checks are good"])
            .stands_on("Enable")
            .keys(ENTER)
            .sees(&["Which users shall be protected?"])
    }

    /// From the first screen to the users, on path 1.
    pub(crate) fn reaches_users(&mut self, customer: &str, users: &str) -> &mut Self {
        self.confirms(customer).plays().enables().lists(users)
    }

    /// Waits until so many users are listed, and no more are to come.
    pub(crate) fn lists(&mut self, users: &str) -> &mut Self {
        let listed = format!("listed {users} ");
        self.waits(&format!("{listed:?} and no more to come"), |text| {
            text.split_once(&listed).is_some_and(|(_, after)| !after.starts_with("so far"))
        })
    }

    /// Is told that no sweeper is installed, and goes on without one: a choice of its own, not the way of Enter.
    pub(crate) fn takes_no_sweeper(&mut self) -> &mut Self {
        self.sees(&["no sweeper is installed", ">‹ Back ›"]).keys(LEFT).sees(&[">‹ Go on ›"]).keys(ENTER)
    }

    /// Fills the form of the hosted products up to the mail domains; the server is found by itself.
    pub(crate) fn impersonates(&mut self, sample: &str, account: &str, password: &str) -> &mut Self {
        self.sees(&["How do we reach the mailboxes", "A mailbox to try"]).keys(sample).sees(&[sample]);
        self.keys(TAB).keys(TAB).sees(&[">‹ Find the server ›"]).keys(ENTER).sees(&["The server was found"]);
        self.keys(TAB).keys(account).sees(&[account]).keys(TAB).keys(password);
        self.sees(&["••••••••"]).keys(TAB).sees(&["> Mail domains"])
    }

    /// Fills the form of a customer whose account lacks the role, up to the failure.
    pub(crate) fn is_denied(&mut self) -> &mut Self {
        let (sample, account) = ("sandra.cole@redgumremovals.example", "svc-backup@redgumremovals.example");
        self.picks("Redgum Removals").takes(0).impersonates(sample, account, "invented-redgum");
        self.keys(TAB).keys(RIGHT).keys(TAB).sees(&[">‹ Save ›"]).keys(ENTER).sees(&["● Authorise"])
    }

    /// Reads on in a long text, page by page, up to these words.
    pub(crate) fn reads_on(&mut self, words: &str) -> &mut Self {
        for _ in 0..9 {
            // A page is drawn within that time, or the next press finds the words.
            self.quiet(Duration::from_millis(100));
            let text = self.text();
            if text.contains(words) || super::dialog(&text).contains(words) {
                return self;
            }
            self.keys(PAGE_DOWN);
        }
        self.sees(&[words])
    }

    /// Reviews, types the number and turns users on.
    pub(crate) fn applies(&mut self, seats: &str) -> &mut Self {
        self.keys(ENTER).sees(&["Turned on and billed", "New seats"]).keys(seats).keys(ENTER);
        self.sees(&[&format!("{seats} users protected")])
    }

    /// In the crowded world: from the first screen to an Apply of 12,000 users that is under way.
    pub(crate) fn turns_a_crowd_on(&mut self) -> &mut Self {
        self.sees(&["Which customer?", " listed"]).picks("Southern Cross Health").takes(0);
        self.sees(&["‹ Yes, this is the organisation ›"]).keys(ENTER).sees(&["● Authorise"]).enables();
        self.lists("12,030").keys("a").sees(&["ticked 12,000"]).keys(ENTER);
        self.sees(&["Turn 12,000 users on?"]).keys("12000").keys(ENTER).sees(&["Turning users on"])
    }

    /// Goes on from the users with nobody ticked; that nobody would be turned on is a question.
    pub(crate) fn asks_to_finish(&mut self) -> &mut Self {
        self.keys(ENTER).sees(&["Finish without turning anybody"]);
        // While somebody could be ticked, Enter alone leads back to the users.
        if !self.text().contains(">‹ Finish ›") {
            self.sees(&[">‹ Back to the users ›"]).keys(LEFT);
        }
        self.sees(&[">‹ Finish ›"])
    }

    /// The same, and finishes.
    pub(crate) fn finishes(&mut self) -> &mut Self {
        self.asks_to_finish().keys(ENTER)
    }

    /// Leaves the outcome by `q`; the exit code is the verdict.
    pub(crate) fn quits(&mut self) -> u32 {
        self.sees(&["● Outcome", "Read back from the record"]).keys("q").code()
    }

    /// Leaves with Ctrl-C, twice.
    pub(crate) fn interrupts(&mut self) -> u32 {
        self.keys(CTRL_C).sees(&["Leave?"]).keys(CTRL_C).code()
    }

    /// Kills the program without warning and starts it again: the run stands under the cursor as interrupted, and is
    /// taken up.
    pub(crate) fn killed(self, home: &Home, arguments: &[&str]) -> Self {
        let (run, customer) = Record::of(home).open_run();
        self.kill();
        let mut terminal = Self::start(home, arguments);
        terminal.sees(&["Which customer?", &format!("> {customer}"), "interrupted", &format!("{run}, ")]);
        terminal.sees(&["was interrupted. Press Enter", "to go on with it."]);
        terminal.keys(TAB).sees(&["/ filter"]).keys(ENTER).sees(&[&run]);
        terminal
    }

    /// The same, straight to the run by its number.
    pub(crate) fn killed_to_run(self, home: &Home) -> Self {
        let run = Record::of(home).run();
        self.kill();
        let mut terminal = Self::start(home, &["--run", &run]);
        terminal.sees(&[&run]);
        terminal
    }
}
