//! `backup365 login`, `whoami` and `logout`, the built binary, against the sandbox's own pages: by a code in pipes and on
//! a terminal, by a real browser, and where the settings demand it.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, ChildStderr, Command, Stdio},
};

use fantoccini::{Locator, key::Key};
use reqwest::Client;

use crate::{
    browser::Browser,
    customers::{Ended, bare, run},
    live::Foreground,
    terminal::{Home, Terminal},
};

const MARA: &str = "mara.quill@coastline-partners.example";
/// The operators' registration of the sandbox.
const OPERATORS: &str = "5e0c9d27-8b14-4f6a-a3d1-72c6f0b94e18";
const THEO: &str = "theo.banks@coastline-partners.example";

/// A sign-in in pipes that is under way.
pub(crate) struct Begun {
    child: Child,
    err: BufReader<ChildStderr>,
    said: String,
}

impl Begun {
    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let err = BufReader::new(child.stderr.take().unwrap());
        Self { child, err, said: String::new() }
    }

    /// What stands behind this word on a line of its own.
    pub(crate) fn says(&mut self, word: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(self.err.read_line(&mut line).unwrap() > 0, "ended without {word}: {}", self.said);
            self.said.push_str(&line);
            if let Some(rest) = line.strip_prefix(word) {
                return rest.trim().to_owned();
            }
        }
    }

    pub(crate) fn ended(mut self) -> Ended {
        self.err.read_to_string(&mut self.said).unwrap();
        let output = self.child.wait_with_output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        Ended { code: output.status.code().unwrap(), out, err: self.said }
    }
}

/// `login` in the sandbox with these flags.
fn begins(home: &Home, flags: &[&str]) -> Begun {
    let mut command = bare(home);
    command.args(["--sandbox", "login"]).args(flags);
    Begun::of(command)
}

/// What stands between two pieces of a page.
fn between<'a>(page: &'a str, from: &str) -> &'a str {
    page.split(from).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

/// Sends the form of a page, and follows where it leads.
pub(crate) async fn send(client: &Client, base: &str, page: &str, field: (&str, &str)) -> String {
    let (ctx, step) = (between(page, "name=\"ctx\" value=\""), between(page, "name=\"step\" value=\""));
    let form = [("ctx", ctx), ("step", step), field];
    let url = format!("{base}{}", between(page, "action=\""));
    client.post(url).form(&form).send().await.unwrap().text().await.unwrap()
}

/// Goes through the pages as a person would; the last page.
pub(crate) async fn visits(page: &str, code: Option<&str>, who: &str) -> String {
    let client = Client::builder().no_proxy().build().unwrap();
    let base = url::Url::parse(page).unwrap().origin().ascii_serialization();
    let mut page = client.get(page).send().await.unwrap().text().await.unwrap();
    if let Some(code) = code {
        page = send(&client, &base, &page, ("otc", code)).await;
    }
    page = send(&client, &base, &page, ("account", who)).await;
    page = send(&client, &base, &page, ("passwd", "sandbox")).await;
    if code.is_some() {
        page = send(&client, &base, &page, ("decision", "continue")).await;
    }
    page
}

/// Signs somebody of the partner's in, by the pages in a browser.
pub(crate) async fn signs_in(home: &Home, who: &str) {
    let mut login = begins(home, &["--browser"]);
    let page = login.says("Page: ");
    visits(&page, None, who).await;
    let ended = login.ended();
    assert_eq!(ended.code, 0, "{}", ended.err);
}

#[tokio::test]
async fn a_code_in_pipes_signs_in_and_the_role_counts_until_logout() {
    let home = Home::new();
    let mut login = begins(&home, &["--device-code"]);
    let (page, code) = (login.says("Page: "), login.says("Code: "));
    visits(&page, Some(&code), THEO).await;
    let ended = login.ended();
    assert_eq!((ended.code, ended.out), (0, format!("{THEO} is signed in, as a User.\n")), "{}", ended.err);
    let who = run(&home, &["whoami", "--json"]).json("whoami");
    assert_eq!((&who["signed_in"]["name"], &who["signed_in"]["role"]), (&THEO.into(), &"user".into()));
    assert_eq!((&who["role"], &who["record_role"]), (&"user".into(), &serde_json::Value::Null));
    let refused =
        run(&home, &["customers", "add", "--reference", "X-1", "--name", "X", "--domain", "x.example"]);
    assert_eq!(refused.code, 4, "{}", refused.err);
    let listed = run(&home, &["operators", "list", "--json"]).json("operators");
    assert_eq!(
        (&listed["operators"][0]["name"], &listed["operators"][0]["signs_in"]),
        (&THEO.into(), &true.into())
    );
    // An hour later Microsoft is asked again; after months without a sign-in it wants a new one.
    assert_eq!(run(&home, &["--clock", "2090-01-01T00:00:00Z", "whoami"]).code, 4);
    assert_eq!(run(&home, &["logout"]).code, 0);
    assert!(run(&home, &["whoami"]).out.starts_with("Nobody is signed in."));
    // The account of this computer has no role before it has worked with the record, which whoami does not make.
    assert_eq!(run(&home, &["whoami", "--json"]).json("whoami")["role"], serde_json::Value::Null);
    assert_eq!(run(&home, &["operators", "list"]).code, 0);
    let who = run(&home, &["whoami", "--json"]).json("whoami");
    assert_eq!((&who["role"], &who["signed_in"]), (&"user".into(), &serde_json::Value::Null));
}

#[tokio::test]
async fn who_has_no_role_is_refused_with_who_gives_one() {
    let home = Home::new();
    let mut login = begins(&home, &["--browser"]);
    let page = login.says("Page: ");
    let last = visits(&page, None, "ines.roth@coastline-partners.example").await;
    assert!(last.contains("You may close this window"), "{last}");
    let ended = login.ended();
    assert_eq!(ended.code, 4, "{}", ended.err);
    assert!(ended.err.contains("neither the role Admin nor the role User"), "{}", ended.err);
    assert!(ended.err.contains("administrator assigns Admin or User"), "{}", ended.err);
}

#[test]
fn on_a_terminal_keys_bring_a_fresh_code_and_the_other_way() {
    let home = Home::new();
    let mut window = Terminal::start(&home, &["--sandbox", "login", "--device-code"]);
    window.sees(&["Code: ", " left. n anew, o other way, q leave"]);
    window.keys("n").waits("a second code", |text| text.matches("Code: ").count() == 2);
    window.keys("o").sees(&["in a browser on this computer.", "Open it on this computer"]);
    window.keys("q");
    assert_eq!(window.code(), 7);
}

#[tokio::test]
async fn where_a_sign_in_is_demanded_nothing_but_sweeps_goes_without_one() {
    let microsoft = Foreground::start();
    let home = Home::new();
    let config = home.path().join(".config/backup365");
    std::fs::create_dir_all(&config).unwrap();
    backup365::private::replace(&config.join("secret.txt"), "sandbox~invented~secret\n").unwrap();
    let Foreground { address, application, tenant, .. } = &microsoft;
    let settings = format!(
        "[app]\nclient_id = \"{application}\"\ntenant = \"{tenant}\"\nsecret_file = \"secret.txt\"\n\n\
         [operator]\nclient_id = \"{OPERATORS}\"\nsign_in = \"required\"\n\n\
         [addresses]\n\"https://login.microsoftonline.com\" = \"{address}\"\n\
         \"https://graph.microsoft.com\" = \"{address}\"\n"
    );
    std::fs::write(config.join("settings.toml"), settings).unwrap();
    let live = |words: &[&str]| {
        let output = bare(&home).args(words).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let add = ["customers", "add", "--reference", "X-1", "--name", "X", "--domain", "x.example"];
    for words in [&add[..], &["whoami"], &["operators", "list"]] {
        let (code, said) = live(words);
        assert!(code != 0 && said.contains("nobody is signed in"), "{words:?} {code}: {said}");
        assert!(said.contains("backup365 login"), "{words:?}: {said}");
    }
    assert_eq!(live(&["explain", "53003"]).0, 0);
    let mut command = bare(&home);
    command.args(["login", "--device-code"]);
    let mut login = Begun::of(command);
    let code = login.says("Code: ");
    visits(&format!("{address}/devicelogin"), Some(&code), MARA).await;
    assert_eq!(login.ended().code, 0);
    let (code, said) = live(&add);
    assert_eq!(code, 0, "{said}");
    assert!(live(&["customers", "show", "X-1", "--audit"]).0 == 0);
    // At night nobody signs in, and the sweep does what was said before.
    assert_eq!(live(&["logout"]).0, 0);
    let (code, said) = live(&["sweep"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn in_a_narrow_window_no_line_breaks_inside_a_word() {
    let home = Home::new();
    let flags = ["--sandbox", "login", "--device-code"];
    let mut window = Terminal::sized(&home, &flags, 34, 24, &[]);
    window.sees(&["Code: ", "left."]);
    let said = window.text().split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "SANDBOX: these accounts are invented. The password of each is \"sandbox\".",
        "Sign in with your own account by a code: no browser can be opened from here, and one anywhere will do.",
        "Type it yourself and give it to nobody: whoever signs in with it is signed in here.",
    ] {
        assert!(said.contains(words), "{}", window.text());
    }
    window.keys("q").code();
}

#[tokio::test]
async fn a_real_browser_comes_back_to_the_terminal() {
    let Some(browser) = Browser::open(true).await else { return };
    let home = Home::new();
    let mut login = begins(&home, &["--browser"]);
    let page = login.says("Page: ");
    browser.page.goto(&page).await.unwrap();
    browser.heading("Pick an account").await;
    browser.click("Mara Quill").await;
    browser.heading("Enter password").await;
    let field = browser.page.find(Locator::Css("input[type=password]")).await.unwrap();
    field.click().await.unwrap();
    browser.types("sandbox").await;
    browser.press(&[Key::Enter]).await;
    browser.heading("Backup365").await;
    assert!(browser.text().await.contains("You may close this window"));
    let ended = login.ended();
    assert_eq!((ended.code, ended.out), (0, format!("{MARA} is signed in, as an Admin.\n")), "{}", ended.err);
    browser.close().await;
}
