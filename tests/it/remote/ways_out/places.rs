//! Places in the wizard from which one may have to leave, each reached from one prepared home.

use crate::terminal::{Home, Record, Terminal};

/// The link stands alone on the main screen.
pub(super) const ALONE: &str = "the link alone";

/// Brings the program to a place, in a home that is prepared for it.
type Opens = fn(&Places, &Home) -> Terminal;

/// A home with a run at the users, and one with a run whose link is shown.
pub(super) struct Places {
    at_users: (Home, String),
    at_link: (Home, String),
}

impl Places {
    /// Prepares them with the program itself.
    pub(super) fn prepared() -> Self {
        let home = Home::new();
        let mut terminal = Terminal::opened(&home);
        terminal.confirms("Harbour Street Cafe").keys("\r").sees(&["adminconsent"]);
        Record::of(&home).waits("run WHERE link_shown IS NOT NULL", 1);
        assert_eq!(terminal.interrupts(), 130);
        let run = Record::of(&home).run();
        let at_link = (home.copied(), run.clone());
        let mut terminal = Terminal::start(&home, &["--run", &run]);
        terminal.sees(&["adminconsent"]).keys("w").enables().sees(&["listed 37 ·"]);
        assert_eq!(terminal.interrupts(), 130);
        Self { at_users: (home, run), at_link }
    }

    /// Every place, whether a run is open there, and the program at it. The home comes last: it outlives the program.
    pub(super) fn each(&self) -> impl Iterator<Item = (&'static str, bool, Terminal, Home)> {
        let places: [(&'static str, Opens); 8] = [
            ("the first frame", |_, home| {
                let mut terminal = Terminal::start(home, &[]);
                terminal.sees(&["Which customer?"]);
                terminal
            }),
            ("a text field", |_, home| {
                let mut terminal = Terminal::opened(home);
                terminal.keys("Harb").sees(&["> / Harb"]);
                terminal
            }),
            ("the users", |places, home| Self::run(home, &places.at_users, "listed 37 ·")),
            ("help over the users", |places, home| {
                let mut terminal = Self::run(home, &places.at_users, "listed 37 ·");
                terminal.keys("?").sees(&["┌ Keys ─"]);
                terminal
            }),
            ("a bill", |places, home| {
                let mut terminal = Self::run(home, &places.at_users, "listed 37 ·");
                terminal.keys("a").sees(&["ticked 34"]).keys("\r").sees(&["Turn 34 users on?"]);
                terminal
            }),
            ("the link", |places, home| Self::run(home, &places.at_link, "adminconsent")),
            ("the link as a QR code", |places, home| {
                let mut terminal = Self::run(home, &places.at_link, "adminconsent");
                terminal.keys("g").sees(&["any key returns"]);
                terminal
            }),
            (ALONE, |places, home| {
                let mut terminal = Self::run(home, &places.at_link, "adminconsent");
                terminal.keys("l").sees(&["Press Enter to go back."]);
                assert!(!terminal.modes().0, "the main screen");
                terminal
            }),
        ];
        places.into_iter().map(|(place, open)| {
            let home = if place.contains("link") { &self.at_link.0 } else { &self.at_users.0 }.copied();
            let terminal = open(self, &home);
            assert!(!terminal.is_untouched(), "{place}: a raw line");
            let has_run = !matches!(place, "the first frame" | "a text field");
            (place, has_run, terminal, home)
        })
    }

    /// The program at its run.
    fn run(home: &Home, (_, run): &(Home, String), sees: &str) -> Terminal {
        let mut terminal = Terminal::sized(home, &["--run", run], 80, 40, &[]);
        terminal.sees(&[sees]);
        terminal
    }

    /// The program at the users, in a home of its own.
    pub(super) fn users(&self) -> (Home, Terminal) {
        let home = self.at_users.0.copied();
        let terminal = Self::run(&home, &self.at_users, "listed 37 ·");
        (home, terminal)
    }

    /// The program at the link, in a home of its own.
    pub(super) fn link(&self) -> (Home, Terminal) {
        let home = self.at_link.0.copied();
        let terminal = Self::run(&home, &self.at_link, "adminconsent");
        (home, terminal)
    }

    /// A home of its own and the number of the run at the users.
    pub(super) fn home(&self) -> (Home, &str) {
        (self.at_users.0.copied(), &self.at_users.1)
    }

    /// The program while users are still coming in.
    pub(super) fn arriving(&self) -> (Home, Terminal) {
        let home = self.at_users.0.copied();
        let mut terminal = Terminal::start(&home, &["--run", &self.at_users.1, "--fault", "slow=3000ms"]);
        terminal.sees(&["● Users", "so far"]);
        (home, terminal)
    }
}
