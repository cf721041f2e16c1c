//! Names whose letters an ASCII terminal does not have: the address beside them tells who is who.

use std::fs;

use crate::terminal::{Home, Terminal};

/// A world of one tenant with people from all over.
fn world(home: &Home) -> String {
    let standard = include_str!("../../../../assets/sandbox/standard.toml");
    let people = "person = [
  { name = \"王小明\", address = \"xiaoming.wang\" },
  { name = \"王大明\", address = \"daming.wang\" },
  { name = \"Иван Петров\", address = \"ivan.petrov\" },
  { name = \"Siân Ó Briain\", address = \"sian.obriain\" },
]\n";
    // The first tenant, Harbour Street Cafe, has them as well.
    let at = standard.find("account = [").unwrap();
    let (head, tail) = standard.split_at(at);
    let path = home.path().join("names.toml");
    fs::write(&path, format!("{head}{people}{tail}")).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn replaced_letters_stand_beside_an_address() {
    let home = Home::new();
    let world = world(&home);
    let mut terminal = Terminal::sized(&home, &["--world", &world], 80, 24, &[("LANG", "C")]);
    terminal.sees(&["Which customer?", " listed"]).confirms("Harbour Street Cafe").plays().enables();
    terminal.sees(&["listed 41"]);
    for (columns, rows) in [(80, 24), (60, 15)] {
        terminal.resize(columns, rows);
        for (typed, name) in
            [("xiaoming", "???"), ("daming", "???"), ("ivan.p", "???? ??????"), ("sian.o", "Sian O Briain")]
        {
            terminal.keys("/").keys("\x15").keys(typed).keys("\r");
            terminal.waits(name, |text| {
                let mut rows = text.lines().filter(|line| line.contains("[ ]"));
                rows.next().is_some_and(|row| row.contains(name) && row.contains(typed))
                    && rows.next().is_none()
            });
        }
    }
    assert_eq!(terminal.interrupts(), 130);
    assert!(terminal.bytes().is_ascii(), "no byte beyond 0x7F");
}
