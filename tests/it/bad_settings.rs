//! A settings file that can't be used: the program says where and why before it draws anything, and never falls back to
//! the sandbox.

use std::{fs, path::PathBuf};

use crate::terminal::{Home, Terminal};

/// Where the usual settings file of this home lies; the folder is there.
fn file(home: &Home) -> PathBuf {
    let folder = home.path().join(".config/backup365");
    fs::create_dir_all(&folder).unwrap();
    folder.join("settings.toml")
}

/// What the program says on its terminal, on one line, once it has ended as it should.
fn told(home: &Home) -> String {
    let mut program = Terminal::start(home, &[]);
    assert_eq!(program.code(), 2, "{}", program.text());
    assert!(!program.bytes().contains(&0x1b), "nothing was drawn");
    assert!(!home.store().exists(), "the sandbox was not started");
    // The window breaks words; a sentence is compared without its spaces.
    program.text().split_whitespace().collect()
}

#[test]
fn every_unusable_settings_file_is_told_with_file_line_and_way_out() {
    let app = "[app]\nclient_id = \"b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40\"\n";
    for (bytes, says) in [
        (b"\n[folder]\n".to_vec(), &["line 2", "Did you mean \"folders\"?"][..]),
        (b"[app\n".to_vec(), &["line 1", "Mend the line, then start again."]),
        (app.as_bytes().to_vec(), &["line 1", "app.tenant is missing"]),
        (b"[folders]\ndata = 3\n".to_vec(), &["line 2", "folders.data must be text in quotes"]),
        (b"[links]\n[links]\n".to_vec(), &["line 2", "Mend the line"]),
        (b"# x\n\xff\n".to_vec(), &["line 2 is not UTF-8 text", "Save it as UTF-8"]),
        (b"# much\n".repeat(1_500_000), &["larger than 1 MiB", "--settings"]),
        (b"\"\\u001b[2J\\u0007\" = 1\n".to_vec(), &["line 1", "Remove it."]),
    ] {
        let home = Home::new();
        fs::write(file(&home), &bytes).unwrap();
        let words = told(&home);
        for part in says.iter().chain(&[".config/backup365/settings.toml"]) {
            let part: String = part.split_whitespace().collect();
            assert!(words.contains(&part), "{part}: {words}");
        }
    }
}

#[test]
fn a_folder_in_the_place_of_the_settings_is_called_one() {
    let home = Home::new();
    fs::create_dir(file(&home)).unwrap();
    let words = told(&home);
    assert!(words.contains("itisafolder") && words.contains("Namethefileinit"), "{words}");
}

#[test]
fn an_empty_settings_file_names_no_application() {
    let home = Home::new();
    fs::write(file(&home), "").unwrap();
    let mut wizard = Terminal::start(&home, &[]);
    wizard.sees(&["SANDBOX", "Which customer?"]).keys("\tq");
    assert_eq!(wizard.code(), 0, "{}", wizard.text());
}
