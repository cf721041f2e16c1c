//! Under a shell with job control: stopped and continued in every way, and what the shell itself reads of the line.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

use crate::terminal::{CTRL_C, Home, TYPED, Terminal};

use super::places::Places;

/// An interactive shell, its line bent a little so that modes are given back and not merely reset.
fn shell(home: &Home) -> Terminal {
    let mut shell = Terminal::program(
        home,
        "/bin/bash",
        &["--norc", "--noprofile", "-i"],
        (80, 40),
        &[("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("PS1", "ready> "), ("HISTFILE", "")],
    );
    shell.sees(&["ready>"]).keys("stty -ixon -echok werase ^B; stty -g >before\n");
    has(home, "before");
    shell
}

/// Waits for a file of one whole line, and reads it.
fn has(home: &Home, name: &str) -> String {
    let path = home.path().join(name);
    let until = std::time::Instant::now() + std::time::Duration::from_mins(1);
    loop {
        match fs::read_to_string(&path) {
            Ok(text) if text.ends_with('\n') => return text,
            _ => assert!(std::time::Instant::now() < until, "{name} was never written"),
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// What the shell reads of the line now.
fn line(shell: &mut Terminal, home: &Home, name: &str) -> String {
    shell.keys(&format!("stty -g >{name}\n"));
    has(home, name)
}

/// The line is as it was before the program came, and so is the screen.
fn is_the_shells(shell: &mut Terminal, home: &Home, name: &str) {
    assert_eq!(line(shell, home, name), has(home, "before"), "{name}");
    assert!(!shell.modes().0 && !shell.modes().1, "{name}: the main screen and a cursor");
}

/// The program that the shell started.
fn program(shell: &Terminal) -> Pid {
    let shell = shell.process();
    let children = fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
    Pid::from_raw(children.split_whitespace().next().unwrap().parse().unwrap()).unwrap()
}

/// Starts the program at the users, from the shell.
fn started(places: &Places) -> (Home, Terminal) {
    let (home, run) = places.home();
    let mut shell = shell(&home);
    shell.keys(&format!("{TYPED} --run {run}\n")).sees(&["listed 37 ·", "● Users"]);
    (home, shell)
}

/// Leaves the program, back into the shell, and looks around there.
fn leaves(mut shell: Terminal, home: &Home) {
    shell.keys(CTRL_C).sees(&["Leave?"]).keys(CTRL_C).sees(&["is kept. Go on with"]);
    shell.keys("echo $? >code\n");
    assert_eq!(has(home, "code"), "130\n");
    is_the_shells(&mut shell, home, "after");
    shell.keys("exit\n");
    assert_eq!(shell.code(), 0);
}

#[test]
fn ctrl_z_and_fg_in_a_shell() {
    let places = Places::prepared();
    let (home, mut shell) = started(&places);
    for round in ["first", "second"] {
        shell.keys("\x1a").sees(&["Stopped", "ready>"]);
        is_the_shells(&mut shell, &home, round);
        shell.keys("clear; fg\n").sees(&["listed 37 ·", "● Users"]);
        shell.keys("?").sees(&["┌ Keys ─"]).keys("\x1b").loses("┌ Keys ─");
        assert!(shell.modes().0 && shell.modes().2, "the alternate screen and marked pastes again");
    }
    leaves(shell, &home);
}

#[test]
fn a_stop_from_outside_and_fg() {
    let places = Places::prepared();
    let (home, mut shell) = started(&places);
    kill_process(program(&shell), Signal::TSTP).unwrap();
    shell.sees(&["Stopped", "ready>"]);
    is_the_shells(&mut shell, &home, "stopped");
    shell.keys("clear; fg\n").sees(&["listed 37 ·", "● Users"]);
    leaves(shell, &home);
}

/// SIGSTOP can't be heard: the screen stays as it is, but fg brings a whole frame and every mode.
#[test]
fn sigstop_and_fg() {
    let places = Places::prepared();
    let (_home, mut shell) = started(&places);
    kill_process(program(&shell), Signal::STOP).unwrap();
    shell.sees(&["Stopped"]);
    shell.keys("stty sane; printf '\\033[?1049l\\033[?2004l'; clear; fg\n").sees(&["listed 37 ·", "● Users"]);
    shell.keys("?").sees(&["┌ Keys ─"]).keys("\x1b").loses("┌ Keys ─");
    assert!(shell.modes().0 && shell.modes().2, "the alternate screen and marked pastes again");
    shell.keys(CTRL_C).sees(&["Leave?"]).keys(CTRL_C).sees(&["is kept. Go on with"]);
}

/// Continued in the background it leaves the terminal to the shell, and takes none of its keys.
#[test]
fn bg_leaves_the_terminal_to_the_shell() {
    let places = Places::prepared();
    let (home, mut shell) = started(&places);
    shell.keys("\x1a").sees(&["Stopped", "ready>"]).keys("clear; bg\n").sees(&["[1]+"]);
    for name in ["first", "second", "third"] {
        is_the_shells(&mut shell, &home, name);
    }
    shell.keys("clear; fg\n").sees(&["listed 37 ·", "● Users"]).comes_back();
    leaves(shell, &home);
}

#[test]
fn a_stopped_program_can_be_told_to_go() {
    let places = Places::prepared();
    for (first, kill, code) in [
        ("", "kill %1", "143\n"),
        ("", "kill -QUIT %1; kill -CONT %1", "131\n"),
        ("bg", "kill %1; kill -CONT %1", "143\n"),
    ] {
        let (home, mut shell) = started(&places);
        let program = program(&shell);
        shell.keys("\x1a").sees(&["Stopped", "ready>"]).keys(&format!("clear; {first}\n"));
        is_the_shells(&mut shell, &home, "stopped");
        shell.keys(&format!("{kill}\n"));
        let until = std::time::Instant::now() + std::time::Duration::from_mins(1);
        while rustix::process::test_kill_process(program).is_ok() {
            assert!(std::time::Instant::now() < until, "{kill}: still there\n{}", shell.text());
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let program = program.as_raw_nonzero();
        shell.keys(&format!("wait {program}; echo $? >code\n"));
        assert_eq!(has(&home, "code"), code, "{kill}");
        is_the_shells(&mut shell, &home, "after");
    }
}

#[test]
fn ctrl_z_while_the_link_stands_alone() {
    let places = Places::prepared();
    let (home, terminal) = places.link();
    drop(terminal);
    let mut shell = shell(&home);
    shell.keys(&format!("{TYPED} --run {}\n", places.home().1));
    shell
        .sees(&["adminconsent"])
        .keys("l")
        .sees(&["Press Enter to go back."])
        .keys("\x1a")
        .sees(&["Stopped"]);
    is_the_shells(&mut shell, &home, "stopped");
    shell.keys("clear; fg\n").sees(&["● Authorise", "adminconsent"]);
    leaves(shell, &home);
}

/// A session leader (`ssh host backup365`, a container) can't be stopped: nobody could continue it.
#[test]
fn ctrl_z_without_a_shell_only_draws_again() {
    let places = Places::prepared();
    for (_home, mut terminal) in [places.users(), places.link()] {
        terminal.keys("\x1a").keys("?").sees(&["┌ Keys ─"]).comes_back();
        terminal.signal(Signal::TSTP);
        terminal.keys("\x1b").loses("┌ Keys ─").comes_back();
        assert_eq!(terminal.interrupts(), 130);
        terminal.is_as_before("a session leader");
    }
}
