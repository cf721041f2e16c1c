//! The front end in a real pseudo-terminal: this test binary starts itself there and runs [`child`].
#![cfg(unix)]

use std::{
    io::{Read, Write},
    sync::{Arc, Mutex, mpsc::sync_channel},
    time::Duration,
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::*;
use crate::{
    tui::draw::tests::{Many, users},
    wizard::{
        event::{Action, Ending, Move},
        view::{Notice, Tone},
    },
};

/// How long a condition may take to come true.
const DEADLINE: Duration = Duration::from_secs(20);

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// Stands on the screen when a wait is over: nothing else there looks like it, so that it is written whole.
const ENDED: &str = "ZZZZZZZZZZ";

/// A small driver around the front end: a cursor, and the ways out.
#[test]
#[ignore = "started by the other tests in a pseudo-terminal"]
fn child() {
    let (wake, woken) = sync_channel(1);
    let options = Options { use_color: true, use_unicode: true, fallback_size: None };
    let mut tui = Tui::start(options, Waker::new(wake)).unwrap();
    let rows = Many::of(500);
    let mut cursor = 0_usize;
    loop {
        tui.show(&users(&rows, cursor), Moment::default()).ok();
        woken.recv().unwrap();
        while let Some(intent) = tui.next(&users(&rows, cursor)).unwrap_or(None) {
            match intent {
                Intent::Move(Move::By(rows)) => {
                    cursor = cursor.saturating_add_signed(isize::try_from(rows).unwrap());
                }
                Intent::Act(Action::All) => panic!("as asked"),
                Intent::Act(Action::These) => {
                    tui.perform(&Deed::PrintAlone("https://x.example".into()), &users(&rows, cursor))
                        .unwrap();
                }
                Intent::Act(Action::Auto) => {
                    tui.perform(&Deed::Copy("https://x.example".into()), &users(&rows, cursor)).unwrap();
                }
                Intent::Act(Action::Help) => {
                    // A wait with more frames than may come in a second, and its end; nothing is shown after that.
                    for row in 1..=50 {
                        let view = View { is_waiting: true, ..users(&rows, row) };
                        tui.show(&view, Moment::default()).unwrap();
                    }
                    let notice = Some(Notice { tone: Tone::Busy, words: ENDED.into() });
                    tui.show(&View { notice, ..users(&rows, 50) }, Moment::default()).unwrap();
                    drop(tui);
                    std::process::exit(130);
                }
                Intent::Act(Action::Review) => {
                    std::thread::spawn(|| panic!("elsewhere")).join().unwrap_err();
                }
                Intent::Leave | Intent::Act(Action::Leave) => {
                    drop(tui);
                    std::process::exit(130);
                }
                Intent::End(why) => {
                    drop(tui);
                    let code = match why {
                        Ending::Terminate => 143,
                        Ending::HangUp => 129,
                        Ending::Quit => 131,
                    };
                    std::process::exit(code);
                }
                _ => {}
            }
        }
    }
}

/// What the child wrote so far.
#[derive(Default)]
struct Written {
    bytes: Vec<u8>,
    is_unplugged: bool,
}

/// A child in a pseudo-terminal, its output drained all the time.
struct Session {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    written: Arc<Mutex<Written>>,
    drain: std::thread::JoinHandle<()>,
}

impl Session {
    fn start(command: CommandBuilder) -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        let mut output = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let written = Arc::new(Mutex::new(Written::default()));
        let sink = Arc::clone(&written);
        let drain = std::thread::spawn(move || {
            let mut piece = [0; 4_096];
            while let Ok(count @ 1..) = output.read(&mut piece) {
                let mut written = sink.lock().unwrap();
                written.bytes.extend_from_slice(&piece[..count]);
                if written.is_unplugged {
                    return;
                }
            }
        });
        Self { master: pair.master, keys, child, written, drain }
    }

    /// The child of this binary, its first frame drawn.
    fn wizard() -> Self {
        let mut session = Self::start(command());
        session.wait("the first frame", |text| text.ends_with("\x1b[?2026l"));
        session
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.written.lock().unwrap().bytes).into_owned()
    }

    /// Waits for a condition on what was written.
    fn wait(&mut self, what: &str, is_true: impl Fn(&str) -> bool) {
        let mut waited = Duration::ZERO;
        while !is_true(&self.text()) {
            assert!(waited < DEADLINE, "{what}: {:?}", self.text());
            std::thread::sleep(LOOK);
            waited += LOOK;
        }
    }

    fn press(&mut self, keys: &[u8]) {
        self.keys.write_all(keys).unwrap();
        self.keys.flush().unwrap();
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_raw(i32::try_from(self.child.process_id().unwrap()).unwrap());
        rustix::process::kill_process(id.unwrap(), signal).unwrap();
    }

    /// Waits for the exit code.
    fn code(&mut self) -> u32 {
        let mut waited = Duration::ZERO;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(waited < DEADLINE, "{:?}", self.text());
            std::thread::sleep(LOOK);
            waited += LOOK;
        }
    }

    /// Every mode is as a shell wants it, and nothing was drawn after it was restored.
    fn assert_restored(&mut self) {
        self.wait("the restore", |text| text.contains(RESTORED));
        let modes = format!("{:?}", self.master.get_termios().unwrap().local_flags);
        assert!(modes.contains("ECHO") && modes.contains("ICANON"), "{modes}");
        let text = self.text();
        let (_, after) = text.rsplit_once(RESTORED).unwrap();
        assert!(!after.contains('\x1b'), "{after:?}");
    }
}

/// The one restore sequence.
const RESTORED: &str = "\x1b[?2026l\x1b[?2004l\x1b[m\x1b[?25h\x1b[H\x1b[2J\x1b[?1049l";

/// Arguments that make this binary the child.
const CHILD: &str = "--exact tui::tests::child --ignored --nocapture";

fn command() -> CommandBuilder {
    let mut command = alone(std::env::current_exe().unwrap());
    command.args(CHILD.split(' '));
    command
}

/// A program with nothing of this environment: whoever runs the tests may have settings for shells and terminals.
fn alone(program: impl AsRef<std::ffi::OsStr>) -> CommandBuilder {
    let mut command = CommandBuilder::new(program);
    command.env_clear();
    let folder = std::env::temp_dir();
    command.cwd(&folder);
    // No history of this home is written, none of its settings read.
    command.env("HOME", "/nonexistent");
    for (name, value) in [
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("LANG", "C.UTF-8"),
        ("TERM", "xterm"),
        ("RUST_BACKTRACE", "0"),
    ] {
        command.env(name, value);
    }
    command
}

#[test]
fn signals_restore_every_mode_and_end_the_process() {
    use rustix::process::Signal;

    for (signal, code) in [(Signal::TERM, 143), (Signal::QUIT, 131), (Signal::INT, 130)] {
        let mut session = Session::wizard();
        session.signal(signal);
        assert_eq!(session.code(), code);
        session.assert_restored();
    }
}

#[test]
fn a_hang_up_on_a_terminal_that_stays_restores_it() {
    let mut session = Session::wizard();
    session.signal(rustix::process::Signal::HUP);
    assert_eq!(session.code(), 129);
    session.assert_restored();
}

#[test]
fn a_closed_terminal_ends_the_process() {
    let mut session = Session::wizard();
    session.written.lock().unwrap().is_unplugged = true;
    session.press(b"\x1b[B");
    let Session { master, keys, mut child, drain, .. } = session;
    drain.join().unwrap();
    drop((keys, master));
    let mut waited = Duration::ZERO;
    let code = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.exit_code();
        }
        assert!(waited < DEADLINE, "the process lives on without a terminal");
        std::thread::sleep(LOOK);
        waited += LOOK;
    };
    assert_eq!(code, 129);
}

#[test]
fn ctrl_c_arrives_as_a_key_and_a_panic_speaks_on_the_main_screen() {
    let mut session = Session::wizard();
    session.press(b"\x03");
    assert_eq!(session.code(), 130);
    session.assert_restored();

    let mut session = Session::wizard();
    session.press(b"a");
    session.wait("the message", |text| text.contains("as asked"));
    let text = session.text();
    assert!(text.find(RESTORED).unwrap() < text.find("as asked").unwrap());
    session.code();
    session.assert_restored();
}

#[test]
fn the_end_of_a_wait_does_not_rest() {
    let mut session = Session::wizard();
    session.press(b"?");
    assert_eq!(session.code(), 130);
    session.wait("the end of the wait", |text| text.contains(ENDED));
}

#[test]
fn a_panic_elsewhere_speaks_and_the_view_comes_back() {
    let mut session = Session::wizard();
    session.press(b"\r");
    session.wait("the view again", |text| {
        text.rsplit_once("elsewhere")
            .is_some_and(|(_, after)| after.contains("\x1b[?1049h") && after.contains("Nora"))
    });
    session.press(b"\x03");
    assert_eq!(session.code(), 130);
}

#[test]
fn keys_move_the_cursor_and_a_split_sequence_is_one_key() {
    let mut session = Session::wizard();
    let before = session.text().len();
    session.press(b"\x1b");
    session.press(b"[B");
    session.wait("the cursor mark", |text| text.len() > before);
    let text = session.text();
    let (_, after) = text.split_at(before);
    assert!(after.contains('>') && after.len() <= 24, "{after:?}");
    session.press(b"\x03");
    session.code();
}

#[test]
fn words_stand_alone_until_enter_and_the_clipboard_is_asked() {
    let mut session = Session::wizard();
    session.press(b"u");
    session.wait("the clipboard", |text| text.contains("\x1b]52;c;aHR0cHM6Ly94LmV4YW1wbGU=\x07"));
    session.press(b"t");
    session.wait("the words", |text| {
        text.ends_with("\x1b[?1049l\r\nhttps://x.example\r\n\r\nPress Enter to go back.\r\n")
    });
    session.press(b"xyz\r");
    session.wait("the view", |text| text.ends_with("\x1b[?2026l"));
    session.press(b"t");
    session.wait("the words again", |text| text.ends_with("Press Enter to go back.\r\n"));
    session.signal(rustix::process::Signal::TERM);
    assert_eq!(session.code(), 143);
    session.wait("the restore", |text| text.ends_with("\x1b[?2026l\x1b[?2004l\x1b[m\x1b[?25h"));
}

#[test]
fn another_size_is_drawn_again() {
    let mut session = Session::wizard();
    session.master.resize(PtySize { rows: 40, cols: 120, pixel_width: 0, pixel_height: 0 }).unwrap();
    session.wait("the card", |text| text.contains("They should be seeing"));
    session.press(b"\x03");
    session.code();
}

#[test]
fn a_size_that_no_screen_has_costs_no_memory() {
    let mut session = Session::wizard();
    let size = PtySize { rows: u16::MAX, cols: u16::MAX, pixel_width: 0, pixel_height: 0 };
    session.master.resize(size).unwrap();
    session.wait("the last row that is drawn", |text| text.contains("\x1b[498;"));
    session.press(b"\x03");
    assert_eq!(session.code(), 130);
}

#[test]
fn ctrl_z_without_a_shell_only_draws_again() {
    let mut session = Session::wizard();
    session.press(b"\x1a");
    session.wait("the view again", |text| {
        text.split_once(RESTORED)
            .is_some_and(|(_, after)| after.contains("\x1b[?1049h") && after.contains("Nora"))
    });
    session.press(b"\x03");
    assert_eq!(session.code(), 130);
}

#[test]
fn ctrl_z_under_a_shell_stops_and_fg_goes_on() {
    let Ok(path) = std::fs::canonicalize("/bin/bash") else {
        std::io::stderr().write_all(b"SKIPPED a test: bash is not here, for job control\n").unwrap();
        return;
    };
    let mut shell = alone(path);
    shell.args(["--norc", "--noprofile", "-i"]);
    shell.env("PS1", "ready> ");
    // By a variable, so that no folder has to be quoted.
    shell.env("PROGRAM", std::env::current_exe().unwrap());
    let mut session = Session::start(shell);
    session.wait("the prompt", |text| text.ends_with("ready> "));
    session.press(format!("\"$PROGRAM\" {CHILD}\n").as_bytes());
    session.wait("the first frame", |text| text.ends_with("\x1b[?2026l"));
    session.press(b"\x1a");
    session.wait("the shell", |text| {
        text.rsplit_once(RESTORED)
            .is_some_and(|(_, after)| after.contains("Stopped") && after.ends_with("ready> "))
    });
    session.press(b"echo $((6*7))\n");
    session.wait("the shell's answer", |text| text.contains("42\r\n"));
    session.press(b"fg\n");
    session.wait("the view again", |text| {
        text.rsplit_once("42\r\n")
            .is_some_and(|(_, after)| after.contains("\x1b[?1049h") && after.ends_with("\x1b[?2026l"))
    });
    session.press(b"\x03");
    session.wait("the prompt again", |text| text.matches(RESTORED).count() == 2 && text.ends_with("ready> "));
    session.press(b"exit\n");
    session.code();
}
