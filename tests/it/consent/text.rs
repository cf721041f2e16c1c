//! The pages in a text browser: w3m, as a picture of each page and at work in a terminal.

use std::{
    fs,
    io::{Read, Write},
    num::NonZeroU16,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::{ANA, CAFE, PASSWORD, Served, plain::Visitor};
use crate::{browser::DEADLINE, tools::program};

/// Rows of the terminal: the longest page fits.
const ROWS: u16 = 45;
/// Columns.
const COLUMNS: u16 = 80;
/// Between two looks at a screen that is not yet as it should be.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A page as text, the way w3m lays it out; wide, so that no sentence is broken.
fn dump(html: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    fs::write(&file, html).unwrap();
    let mut command = Command::new("w3m");
    command.args(["-dump", "-cols", "300", "-I", "UTF-8", "-O", "UTF-8", "-T", "text/html"]).arg(&file);
    let output = command.env("HOME", folder.path()).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The page has these words, each behind the one before.
fn reads(html: &str, words: &[&str]) {
    let text = dump(html);
    let mut rest = text.as_str();
    for word in words {
        let Some((_, behind)) = rest.split_once(word) else {
            panic!("no {word:?} where it belongs:\n{text}")
        };
        rest = behind;
    }
}

#[tokio::test]
async fn every_page_reads_well_as_text() {
    if program("w3m").is_none() {
        return;
    }
    let served = Served::start();
    let mut visitor = Visitor::open(&served, &served.link(CAFE)).await;
    let line = format!("Ana Petrov {ANA}");
    reads(
        &visitor.html,
        &["SANDBOX", "Pick an account", &line, "\n", "Tom Reilly", "\n", "Use another account"],
    );
    visitor.press("Use another account").await;
    reads(&visitor.html, &["SANDBOX", "Sign in", "Email address of your account [", "]", "Next"]);
    visitor.press("Next").await;
    reads(&visitor.html, &["Enter a valid email address.", "Email address of your account ["]);
    let mut visitor = Visitor::open(&served, &served.link(CAFE)).await;
    visitor.press("Ana Petrov").await;
    reads(&visitor.html, &["SANDBOX", "Enter password", ANA, "Password [", "]", "Sign in Back"]);
    visitor.press("Sign in").await;
    reads(&visitor.html, &["Your account or password is incorrect.", "Password ["]);
    let mut visitor = Visitor::open(&served, &served.link(CAFE)).await;
    visitor.sign_in("Ana Petrov").await;
    let order = [
        "SANDBOX",
        ANA,
        "Permissions requested",
        "Review for your organisation: Harbour Street Cafe",
        "Backup365",
        "This app would like to:",
        "Read organization information",
        "Read and write mail in all mailboxes",
        "When you accept",
        "Cancel Accept",
    ];
    reads(&visitor.html, &order);
    visitor.press("Cancel").await;
    reads(&visitor.html, &["SANDBOX", "Nothing was changed", "You can close this window.", "AADSTS65004"]);
    let mut visitor = Visitor::open(&served, &served.link(CAFE)).await;
    visitor.sign_in("Tom Reilly").await;
    reads(
        &visitor.html,
        &["Need admin approval", "Have an admin account?", "Return to", "AADSTS90094", "Request Id"],
    );
    let mut visitor = Visitor::open(&served, &served.link(CAFE)).await;
    visitor.sign_in("Ana Petrov").await.press("Accept").await;
    reads(&visitor.html, &["SANDBOX", "Sorry", "AADSTS500113", "Troubleshooting details", "Correlation Id"]);
    let mut visitor = Visitor::open(&served, &served.link_with_done_page(CAFE)).await;
    visitor.sign_in("Ana Petrov").await.press("Accept").await;
    reads(&visitor.html, &["SANDBOX", "Thank you", "You can close this window."]);
}

/// w3m at work in a terminal.
struct Window {
    /// What it shows.
    screen: Arc<Mutex<vt100::Parser>>,
    /// What is typed.
    keyboard: Box<dyn Write + Send>,
    /// The terminal; it lives as long as the program.
    _master: Box<dyn MasterPty + Send>,
    /// The program.
    child: Box<dyn Child + Send + Sync>,
    /// Its home, removed when it has ended.
    _home: tempfile::TempDir,
}

impl Window {
    /// Opens a link.
    fn open(link: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new("w3m");
        command.args(["-no-cookie", "-no-mouse", link]);
        let path = command.get_env("PATH").unwrap_or_default().to_owned();
        command.env_clear();
        command.env("PATH", path);
        command.env("TERM", "xterm");
        command.env("LANG", "C.UTF-8");
        command.env("HOME", home.path());
        command.cwd(home.path());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let size = |number| NonZeroU16::new(number).unwrap();
        let screen = Arc::new(Mutex::new(vt100::Parser::new(size(ROWS), size(COLUMNS), 0)));
        let (mut reader, shown) = (pair.master.try_clone_reader().unwrap(), Arc::clone(&screen));
        thread::spawn(move || {
            let mut buffer = [0_u8; 8_192];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                shown.lock().unwrap().process(&buffer[..read]);
            }
        });
        let keyboard = pair.master.take_writer().unwrap();
        Self { screen, keyboard, _master: pair.master, child, _home: home }
    }

    /// Waits until all of these are on the screen.
    async fn sees(&mut self, words: &[&str]) -> &mut Self {
        let text = || self.screen.lock().unwrap().screen().contents();
        let search = async {
            while !words.iter().all(|word| text().contains(word)) {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        let found = tokio::time::timeout(DEADLINE, search).await;
        assert!(found.is_ok(), "never saw {words:?}; the screen shows:\n{}", text());
        self
    }

    /// Types.
    fn keys(&mut self, keys: &str) -> &mut Self {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
        self
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[tokio::test]
async fn a_text_browser_goes_the_whole_way() {
    if program("w3m").is_none() {
        return;
    }
    let served = Served::start();
    let mut window = Window::open(&served.link_with_done_page(CAFE));
    // The last row says "Viewing" when a page is there and keys are taken.
    window.sees(&["Pick an account", "Viewing"]).await.keys("\t\r");
    window.sees(&["Enter password", ANA, "Viewing"]).await.keys("\t\r");
    window.sees(&["\nPassword:"]).await.keys(PASSWORD).keys("\r");
    window.sees(&["[*******", "Viewing"]).await.keys("\t\r");
    window.sees(&["Permissions requested", "Harbour Street Cafe", "Cancel Accept", "Viewing"]).await;
    assert!(!served.has_consent(CAFE).await);
    window.keys("\t\t\r").sees(&["Thank you", "You can close this window.", "Viewing"]).await;
    assert!(served.has_consent(CAFE).await);
}
