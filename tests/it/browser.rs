//! Programs that a test starts, and among them a real browser: headless Chromium behind chromedriver.
//!
//! [`Browser::open`] starts both, on loopback and with a profile of its own; what comes out can be looked at and worked with
//! by keyboard or mouse, as a person would. Every program ends with the value that started it, also when a test fails.
//! Where a program is missing the test is skipped aloud, and fails where CI is set.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::Duration,
};

use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions},
    elements::Element,
    error::CmdError,
    key::Key,
    wd::WebDriverCompatibleCommand,
};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Method;
use serde_json::json;

use crate::tools::program;

/// How long any one condition may take; generous, because test machines are shared.
pub(crate) const DEADLINE: Duration = Duration::from_mins(1);
/// Between two looks at something that is not yet as it should be.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// Focus moves that are followed at most: more than any page has controls.
const MOST_STOPS: usize = 20;

/// A program with whatever it starts itself; all of it ends when this is dropped.
pub(crate) struct Process {
    /// The program; it leads a process group of its own.
    child: Child,
    /// What it says on stdout, line by line.
    lines: Receiver<String>,
}

/// Runs a program and ends its whole group when stdin closes: then the test is gone, by Ctrl-C or a kill.
#[cfg(unix)]
const WATCHED: &str = r#""$0" "$@" & exec >/dev/null; read -r _; kill -KILL 0"#;

impl Process {
    /// A program that can be given arguments and an environment, and then be started.
    pub(crate) fn of(program: impl AsRef<OsStr>) -> Command {
        #[cfg(not(unix))]
        return Command::new(program);
        #[cfg(unix)]
        {
            let mut command = Command::new("/bin/sh");
            command.args(["-c", WATCHED]).arg(program);
            command
        }
    }

    /// Starts what [`Process::of`] made.
    pub(crate) fn start(command: &mut Command) -> Self {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (to, lines) = channel();
        // Reads to the end, wanted or not: a full pipe would stop the program.
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                drop(to.send(line));
            }
        });
        Self { child, lines }
    }

    /// The next line that has these words, what stands before them cut off.
    pub(crate) fn says(&self, words: &str) -> String {
        let mut heard = Vec::new();
        loop {
            match self.lines.recv_timeout(DEADLINE) {
                Ok(line) => {
                    if let Some((_, rest)) = line.split_once(words) {
                        return rest.to_owned();
                    }
                    heard.push(line);
                }
                Err(RecvTimeoutError::Timeout) => panic!("never said {words:?}, only {heard:#?}"),
                Err(RecvTimeoutError::Disconnected) => panic!("ended without {words:?}: {heard:#?}"),
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The group has the number of its leader, which is ours until it has been waited for. chromedriver leaves its
        // Chromium behind when it is killed alone.
        #[cfg(unix)]
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw) {
            rustix::process::kill_process_group(group, rustix::process::Signal::KILL).ok();
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Asks for a part of an element's entry in the accessibility tree: element id, slash, which part.
#[derive(Debug)]
struct Computed(String);

impl WebDriverCompatibleCommand for Computed {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/element/{}", session.unwrap_or_default(), self.0))
    }

    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        (Method::GET, None)
    }
}

/// One window of a browser that nobody has used before.
pub(crate) struct Browser {
    /// The window.
    pub(crate) page: Client,
    /// chromedriver, and Chromium below it. Ends before the profile is removed.
    _driver: Process,
    /// The profile.
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Opens one, with scripts or without; nothing where Chromium or chromedriver is missing.
    pub(crate) async fn open(scripts: bool) -> Option<Self> {
        let (driver, chromium) = (program("chromedriver")?, program("chromium")?);
        let profile = tempfile::tempdir().unwrap();
        let mut command = Process::of(driver);
        command
            .arg("--port=0")
            .env("HOME", profile.path())
            .env("TMPDIR", profile.path())
            .stderr(Stdio::null());
        let driver = Process::start(&mut command);
        let port = driver.says("started successfully on port ");
        let mut arguments: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1280,900",
        ]
        .map(str::to_owned)
        .into();
        arguments.push(format!("--user-data-dir={}", profile.path().join("profile").display()));
        let mut options = json!({"binary": chromium, "args": arguments});
        if !scripts {
            // Pages run no scripts; what the driver itself evaluates still works.
            options["prefs"] = json!({"profile.managed_default_content_settings.javascript": 2});
        }
        let capabilities = json!({"goog:chromeOptions": options}).as_object().cloned().unwrap();
        let page = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", port.trim_end_matches('.')))
            .await
            .unwrap();
        Some(Self { page, _driver: driver, _profile: profile })
    }

    /// Closes the window as a person does.
    pub(crate) async fn close(self) {
        self.page.clone().close().await.unwrap();
    }

    /// Looks until it finds what it looks for; says what the page shows when it never does.
    async fn looks<T>(&self, what: &str, look: impl AsyncFn() -> Result<Option<T>, CmdError>) -> T {
        let search = async {
            loop {
                // A page on its way out gives errors of many kinds: they count as "not yet".
                if let Ok(Some(found)) = look().await {
                    return found;
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        if let Ok(found) = tokio::time::timeout(DEADLINE, search).await {
            return found;
        }
        let (focus, text) = (self.focus().await, self.text().await);
        panic!("never saw {what}; the keyboard is on {focus:?}, the page shows:\n{text}");
    }

    /// Waits for the page with this heading.
    pub(crate) async fn heading(&self, words: &str) {
        self.looks(&format!("the heading {words:?}"), async || {
            let found = self.page.find(Locator::Css("h1")).await?.text().await?;
            Ok((found == words).then_some(()))
        })
        .await;
    }

    /// Everything that can be read on the page.
    pub(crate) async fn text(&self) -> String {
        match self.page.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_else(|why| why.to_string()),
            Err(why) => why.to_string(),
        }
    }

    /// How an element is announced: its role and its name.
    pub(crate) async fn announced(&self, element: &Element) -> Result<String, CmdError> {
        let mut parts = Vec::new();
        for kind in ["computedrole", "computedlabel"] {
            let command = Computed(format!("{}/{kind}", element.element_id()));
            let answer = self.page.issue_cmd(command).await?;
            parts.push(answer.as_str().unwrap_or_default().to_owned());
        }
        Ok(parts.join(" "))
    }

    /// What has the keyboard now.
    pub(crate) async fn focus(&self) -> Result<String, CmdError> {
        let element = self.page.active_element().await?;
        if element.tag_name().await? == "body" {
            return Ok("page".to_owned());
        }
        self.announced(&element).await
    }

    /// Waits until the keyboard is where it is said to be: `textbox Password`, or `page` for nowhere yet.
    pub(crate) async fn focused(&self, expected: &str) {
        self.looks(&format!("the keyboard on {expected:?}"), async || {
            Ok((self.focus().await? == expected).then_some(()))
        })
        .await;
    }

    /// Waits until the field with the keyboard is marked as wrong and described by these words.
    pub(crate) async fn described(&self, words: &str) {
        self.looks(&format!("a field with the problem {words:?}"), async || {
            let field = self.page.active_element().await?;
            let by = field.attr("aria-describedby").await?.unwrap_or_default();
            let is_wrong = field.attr("aria-invalid").await?.is_some_and(|it| it == "true");
            let said = self.page.find(Locator::Id(&by)).await?.text().await?;
            Ok((is_wrong && said == words).then_some(()))
        })
        .await;
    }

    /// Presses Tab until the keyboard is on this, and says every stop on the way.
    pub(crate) async fn tab_to(&self, expected: &str) -> Vec<String> {
        let mut stops = vec![self.focus().await.unwrap()];
        while stops.last().is_none_or(|stop| stop != expected) {
            assert!(stops.len() < MOST_STOPS, "Tab never reached {expected:?}: {stops:#?}");
            self.press(&[Key::Tab]).await;
            stops.push(self.focus().await.unwrap());
        }
        stops
    }

    /// Presses keys at once, the last one released first.
    pub(crate) async fn press(&self, keys: &[Key]) {
        let mut keyboard = KeyActions::new("keyboard".to_owned());
        for key in keys {
            keyboard = keyboard.then(KeyAction::Down { value: char::from(*key) });
        }
        for key in keys.iter().rev() {
            keyboard = keyboard.then(KeyAction::Up { value: char::from(*key) });
        }
        self.page.perform_actions(keyboard).await.unwrap();
    }

    /// Types a text, key by key, wherever the keyboard is.
    pub(crate) async fn types(&self, text: &str) {
        let mut keyboard = KeyActions::new("keyboard".to_owned());
        for value in text.chars() {
            keyboard = keyboard.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.page.perform_actions(keyboard).await.unwrap();
    }

    /// Clicks the button that begins with these words.
    pub(crate) async fn click(&self, words: &str) {
        let path = format!("//button[starts-with(normalize-space(.), '{words}')]");
        let button = self
            .looks(&format!("a button {words:?}"), async || {
                self.page.find(Locator::XPath(&path)).await.map(Some)
            })
            .await;
        button.click().await.unwrap();
    }
}
