//! What every command says about itself: help, manual pages, completions, hints. Read from the arguments themselves, so
//! that a new command can't be forgotten.

use std::{
    fs,
    process::{Command, Output, Stdio},
};

use backup365::cli::Cli;
use clap::{CommandFactory as _, Parser as _};

use crate::tools::{program, spare};

/// Words that are spelt otherwise in Britain. What stays on the wire or in somebody else's product is not among them.
const AMERICAN: [&str; 9] = [
    "authoriz",
    "organiz",
    "recogniz",
    "canceled",
    " center ",
    "behavior",
    "favorite",
    "initializ",
    "summariz",
];

/// The program without a home.
fn bare(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backup365"));
    command.env_clear().args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    bare(arguments).output().unwrap()
}

/// What it prints, with exit code 0 and no word on stderr.
fn prints(arguments: &[&str]) -> String {
    let output = run(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The definition, whole.
fn definition() -> clap::Command {
    let mut top = Cli::command().disable_help_subcommand(true);
    top.build();
    top
}

/// Every command: its words ("customers", "list") and its definition; the program itself first, without words.
fn every() -> Vec<(Vec<String>, clap::Command)> {
    fn collect(command: &clap::Command, words: &[String], into: &mut Vec<(Vec<String>, clap::Command)>) {
        into.push((words.to_vec(), command.clone()));
        for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
            let words: Vec<String> = words.iter().cloned().chain([below.get_name().to_owned()]).collect();
            collect(below, &words, into);
        }
    }
    let mut all = Vec::new();
    collect(&definition(), &[], &mut all);
    assert!(all.len() > 10, "the commands were read");
    all
}

/// Words, and something behind them, as arguments.
fn with<'a>(words: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    words.iter().map(String::as_str).chain(more.iter().copied()).collect()
}

/// The commands below `Examples:`, in their own indentation; what stands deeper explains the one above, or goes on with
/// it behind a backslash.
fn examples(help: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let lines = help
        .lines()
        .skip_while(|line| *line != "Examples:")
        .skip(1)
        .take_while(|line| line.starts_with("  "));
    for line in lines {
        match found.last_mut() {
            Some(last) if last.ends_with('\\') => {
                *last = format!("{}{}", last.trim_end_matches('\\'), line.trim());
            }
            _ if line.starts_with("   ") => {}
            _ => found.push(line.trim().to_owned()),
        }
    }
    found
}

/// The program's own words of an example, as a shell would split them, once for each time that it is called: without what
/// follows two blanks (it explains), an arrow, or belongs to another program.
pub(crate) fn words_of(example: &str) -> Vec<Vec<String>> {
    let command = example.split("  ").next().unwrap();
    let pieces = command.split(" || ").flat_map(|piece| piece.split(" | "));
    let calls = pieces.filter(|piece| piece.starts_with("backup365"));
    calls
        .map(|call| {
            let call =
                [" > ", " >> ", " < "].iter().fold(call, |words, mark| words.split(mark).next().unwrap());
            let script = format!("printf '%s\\n' {call}");
            let output = Command::new("sh").env_clear().args(["-c", &script]).output().unwrap();
            String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
        })
        .collect()
}

#[test]
fn every_command_has_help_that_fits_and_says_what_it_is() {
    for (words, command) in every() {
        let whole = prints(&with(&words, &["--help"]));
        let short = prints(&with(&words, &["-h"]));
        for help in [&whole, &short] {
            let broad: Vec<&str> = help.lines().filter(|line| line.chars().count() > 80).collect();
            assert!(broad.is_empty(), "{words:?}: {broad:#?}");
            assert!(!help.chars().any(|c| c.is_control() && c != '\n'), "{words:?}");
            let lower = help.to_lowercase();
            let american: Vec<_> = AMERICAN.iter().filter(|word| lower.contains(**word)).collect();
            assert!(american.is_empty(), "{words:?}: {american:?}");
        }
        let about =
            command.get_about().unwrap_or_else(|| panic!("{words:?} has no line about it")).to_string();
        assert!(!about.is_empty() && about.lines().count() == 1, "{words:?}: {about}");
        for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
            assert!(
                argument.get_help().is_some_and(|help| !help.to_string().is_empty()),
                "{words:?}: {argument}"
            );
        }
        // Lines that were set by hand are not broken once more.
        let set = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let broad: Vec<&str> = set.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(broad.is_empty(), "{words:?}: {broad:#?}");
        if !words.is_empty() {
            let asked: Vec<&str> = ["help"].into_iter().chain(with(&words, &[])).collect();
            assert_eq!(prints(&asked), whole, "help {words:?}");
        }
    }
}

#[test]
fn every_command_has_examples_that_work() {
    for (words, _) in every() {
        let found = examples(&prints(&with(&words, &["--help"])));
        assert!(!found.is_empty(), "{words:?} has no examples");
        for example in found {
            let calls = words_of(&example);
            let is_about = |call: &Vec<String>| words.iter().all(|word| call.contains(word));
            assert!(calls.iter().any(is_about), "{words:?}: another command: {example}");
            for call in calls {
                if let Err(error) = Cli::try_parse_from(&call) {
                    panic!("{words:?}: {example}: {error}");
                }
            }
        }
    }
}

#[test]
fn a_slip_of_the_keyboard_gets_a_hint_and_code_2() {
    for (arguments, hint) in [
        (&["swep"][..], "'sweep'"),
        (&["explian", "90094"], "'explain'"),
        (&["sweep", "--previw"], "'--preview'"),
        (&["receipt", "--jsn", "B365-7KQ4"], "'--json'"),
        (&["man", "swep"], "Did you mean sweep?"),
        (&["completions", "bsh"], "'bash'"),
    ] {
        let output = run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty() && said.contains(hint), "{arguments:?}: {said}");
        let lower = said.to_lowercase();
        assert!(!AMERICAN.iter().any(|word| lower.contains(word)), "{said}");
    }
}

#[test]
fn every_command_has_a_page_that_man_takes() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("man1");
    let output = run(&["man", "--out", place.to_str().unwrap()]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
    let mut expected: Vec<String> = every()
        .iter()
        .map(|(words, _)| {
            ["backup365"].into_iter().chain(with(words, &[])).collect::<Vec<_>>().join("-") + ".1"
        })
        .collect();
    expected.sort();
    let mut found: Vec<String> =
        fs::read_dir(&place).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    assert_eq!(found, expected);
    for (words, command) in every() {
        let name = ["backup365"].into_iter().chain(with(&words, &[])).collect::<Vec<_>>().join("-");
        let page = fs::read_to_string(place.join(format!("{name}.1"))).unwrap();
        let printed = prints(&["man"].into_iter().chain(with(&words, &[])).collect::<Vec<_>>());
        assert_eq!(page, printed, "the page in the folder and the printed one");
        assert!(page.contains(".SH EXAMPLES") && page.contains(".SH \"EXIT STATUS\""), "{name}: {page}");
        let letters =
            |text: &str| text.replace("*(Aq", "").chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let about = command.get_about().unwrap().to_string();
        assert!(letters(&page.replace('\\', "")).contains(&letters(&about)), "{name}: {page}");
    }
    read_by_man(&place, &found);
}

/// Has the system's own formatter read every page; it complains on stderr.
fn read_by_man(place: &std::path::Path, pages: &[String]) {
    let Some(groff) = program("groff") else { return };
    for page in pages {
        let output = Command::new(&groff)
            .args(["-man", "-Tutf8", "-wall", "-P-cbou"])
            .arg(place.join(page))
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{page}");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("EXAMPLES") && text.contains("backup365"), "{page}: {text}");
    }
}

/// What bash offers behind these words.
fn completes(bash: &std::path::Path, script: &std::path::Path, words: &[&str]) -> Vec<String> {
    let program = format!(
        "source '{}'\nfunction=$(complete -p backup365 | grep -o -- '-F [^ ]*' | cut -d' ' -f2)\n\
         COMP_WORDS=({})\nCOMP_CWORD={}\n\
         \"$function\" backup365 \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
        script.display(),
        words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
        words.len() - 1
    );
    let output = Command::new(bash)
        .args(["--norc", "--noprofile", "-c", &program])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.is_empty(), "{said}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_flags_and_values() {
    let Some(bash) = program("bash") else { return };
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("backup365");
    fs::write(&script, prints(&["completions", "bash"])).unwrap();
    let completes = |words: &[&str]| completes(&bash, &script, words);
    assert_eq!(completes(&["backup365", "swe"]), ["sweep"]);
    assert_eq!(completes(&["backup365", "sweep", "--prev"]), ["--preview"]);
    assert_eq!(completes(&["backup365", "completions", "fi"]), ["fish"]);
    assert_eq!(completes(&["backup365", "sweep", "--color", "nev"]), ["never"]);
    for (words, _) in every().iter().filter(|(words, _)| words.len() == 1) {
        assert_eq!(completes(&["backup365", words[0].as_str()]), [words[0].as_str()]);
    }
}

#[test]
fn completions_of_every_shell_know_every_command_and_parse() {
    for (shell, check) in [
        ("bash", &["bash", "-n"][..]),
        ("zsh", &["zsh", "-n"]),
        ("fish", &["fish", "--no-execute"]),
        ("powershell", &["pwsh", "-NoProfile", "-File"]),
        // Its editor, which the script speaks to, is there only while a person types: nothing to check it with.
        ("elvish", &[]),
    ] {
        let script = prints(&["completions", shell]);
        for (words, _) in every().iter().filter(|(words, _)| words.len() == 1) {
            assert!(script.contains(words[0].as_str()), "{shell} does not know {words:?}");
        }
        let Some((name, arguments)) = check.split_first() else { continue };
        // No gate installs PowerShell.
        let Some(found) = (if *name == "pwsh" { spare(name) } else { program(name) }) else { continue };
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("backup365.ps1");
        fs::write(&file, &script).unwrap();
        let mut command = Command::new(found);
        // What the account's own files would have the shell do is none of this.
        command.env_clear().envs([("PATH", "/usr/bin:/bin"), ("LANG", "C.UTF-8")]).env("HOME", home.path());
        let output = command.args(arguments).arg(&file).output().unwrap();
        assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(prints(&["completions", "pwsh"]), prints(&["completions", "powershell"]));
}

#[test]
fn what_was_typed_comes_back_without_what_moves_a_terminal() {
    for arguments in [
        &["receipt", "\u{9d}52;c;AAAA\u{9c}"][..],
        &["--run", "B365\u{202e}\u{200b}"],
        &["--unkno\u{9b}31mwn\r"],
        &["frob\u{e000}\u{2028}"],
        &["provision", "C-1", "--users", "\u{1b}]0;x\u{7}"],
    ] {
        let output = run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said:?}");
        let moves = |c: char| {
            let is_control = c.is_control() && c != '\n';
            is_control
                || matches!(c, '\u{200b}' | '\u{2028}' | '\u{202a}'..='\u{202e}' | '\u{e000}'..='\u{f8ff}')
        };
        assert!(!said.chars().any(moves), "{arguments:?}: {said:?}");
    }
    let said = String::from_utf8(run(&["provision"]).stderr).unwrap();
    assert!(said.contains("\n  <CUSTOMER>"), "lines keep their indentation: {said:?}");
}
