//! The journeys by plain HTTP: every form filled by hand, no browser needed. Runs everywhere.

use std::collections::BTreeMap;

use url::Url;

use super::{ANA, CAFE, COLIN, PASSWORD, RIMU, Served, TOM};

/// One tag with its attributes and the text up to the next tag.
struct Piece {
    /// `h1`, `/h1`.
    tag: String,
    /// Names and values; an attribute without a value has an empty one.
    attributes: BTreeMap<String, String>,
    /// The text behind the tag, blanks folded.
    text: String,
}

impl Piece {
    /// The value of an attribute.
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// Entities resolved, blanks folded.
fn plain(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// Takes a page apart. Good enough for pages that quote every value.
fn pieces(html: &str) -> Vec<Piece> {
    html.split('<')
        .skip(1)
        .map(|part| {
            let (head, text) = part.split_once('>').unwrap();
            let (tag, mut rest) = head.split_once(char::is_whitespace).unwrap_or((head, ""));
            let mut attributes = BTreeMap::new();
            while !rest.trim().is_empty() {
                rest = rest.trim_start();
                let end = rest.find([' ', '=']).unwrap_or(rest.len());
                let (name, after) = rest.split_at(end);
                let (value, left) = match after.strip_prefix("=\"") {
                    Some(quoted) => quoted.split_once('"').unwrap(),
                    None => ("", after),
                };
                attributes.insert(name.to_owned(), plain(value));
                rest = left;
            }
            Piece { tag: tag.to_owned(), attributes, text: plain(text) }
        })
        .collect()
}

/// A visitor with a page in front.
pub(super) struct Visitor<'a> {
    /// The sandbox.
    served: &'a Served,
    /// Where the page came from.
    at: Url,
    /// HTTP status.
    status: u16,
    /// The page as it came.
    pub(super) html: String,
    /// What was filled in by hand, by name.
    filled: Vec<(String, String)>,
}

impl<'a> Visitor<'a> {
    /// Opens a link.
    pub(super) async fn open(served: &'a Served, link: &str) -> Self {
        let at = Url::parse(link).unwrap();
        let request = served.http.get(at.clone());
        Self::show(served, request, at).await
    }

    /// Shows what comes; one redirect is followed as a browser does.
    async fn show(served: &'a Served, request: reqwest::RequestBuilder, mut at: Url) -> Self {
        let mut answer = request.send().await.unwrap();
        if answer.status().is_redirection() {
            at = at.join(answer.headers()["location"].to_str().unwrap()).unwrap();
            // `localhost` is this machine; its other names don't matter here.
            let mut here = at.clone();
            here.set_host(Some("127.0.0.1")).unwrap();
            answer = served.http.get(here).send().await.unwrap();
        }
        let status = answer.status().as_u16();
        let html = answer.text().await.unwrap();
        Self { served, at, status, html, filled: Vec::new() }
    }

    /// The text of a tag.
    fn text_of(&self, tag: &str) -> String {
        pieces(&self.html).into_iter().find(|it| it.tag == tag).map(|it| it.text).unwrap_or_default()
    }

    /// Whether the page shows these words.
    fn shows(&self, words: &str) -> bool {
        let all: Vec<_> = pieces(&self.html).into_iter().map(|it| it.text).collect();
        plain(&all.join(" ")).contains(words)
    }

    /// Fills the field whose label says this.
    fn fill(&mut self, label: &str, text: &str) -> &mut Self {
        let all = pieces(&self.html);
        let field = all
            .iter()
            .find(|it| it.tag == "label" && it.text == label)
            .and_then(|it| it.get("for"))
            .and_then(|id| all.iter().find(|it| it.tag == "input" && it.get("id") == Some(id)));
        let field = field.unwrap_or_else(|| panic!("no field {label:?}:\n{}", self.html));
        self.filled.push((field.get("name").unwrap().to_owned(), text.to_owned()));
        self
    }

    /// Presses the button that shows this.
    pub(super) async fn press(&mut self, words: &str) -> &mut Self {
        let all = pieces(&self.html);
        let forms: Vec<_> = all.iter().filter(|it| it.tag == "form").collect();
        assert_eq!(forms.len(), 1, "one form on a page:\n{}", self.html);
        assert_eq!(forms[0].get("method"), Some("post"));
        let action = self.at.join(forms[0].get("action").unwrap()).unwrap();
        let mut fields: Vec<(String, String)> = all
            .iter()
            .filter(|it| it.tag == "input" && it.get("type") == Some("hidden"))
            .map(|it| (it.get("name").unwrap().to_owned(), it.get("value").unwrap().to_owned()))
            .collect();
        fields.append(&mut self.filled);
        let at = all.iter().position(|it| it.tag == "button" && pressed(&all, it).starts_with(words));
        let button = &all[at.unwrap_or_else(|| panic!("no button {words:?}:\n{}", self.html))];
        if let Some(name) = button.get("name") {
            fields.push((name.to_owned(), button.get("value").unwrap_or_default().to_owned()));
        }
        let request = self.served.http.post(action.clone()).form(&fields);
        *self = Self::show(self.served, request, action).await;
        self
    }

    /// The page with this heading is here; and it is a whole page of the sandbox.
    pub(super) fn heading(&mut self, words: &str) -> &mut Self {
        assert_eq!(self.text_of("h1"), words, "{}", self.html);
        let all = pieces(&self.html);
        assert_eq!(all.iter().filter(|it| it.tag == "h1").count(), 1);
        assert!(all.iter().any(|it| it.tag == "html" && it.get("lang") == Some("en")));
        assert!(!self.text_of("title").is_empty());
        assert!(self.shows("SANDBOX"), "{}", self.html);
        assert!(!self.html.contains("<script") && !self.html.contains("<img"), "{}", self.html);
        self
    }

    /// Chooses an account from the list and signs in.
    pub(super) async fn sign_in(&mut self, name: &str) -> &mut Self {
        self.heading("Pick an account").press(name).await;
        self.heading("Enter password").fill("Password", PASSWORD).press("Sign in").await
    }
}

/// What stands on a button: all the text up to its end.
fn pressed(all: &[Piece], button: &Piece) -> String {
    let from = all.iter().position(|it| std::ptr::eq(it, button)).unwrap_or_default();
    let inside = all.iter().skip(from).take_while(|it| it.tag != "/button");
    inside.map(|it| it.text.as_str()).collect::<Vec<_>>().join(" ").trim().to_owned()
}

#[tokio::test]
async fn accept_without_a_way_back_shows_an_error_and_stores_consent() {
    let served = Served::start();
    assert!(!served.has_consent(CAFE).await);
    let mut visitor = Visitor::open(&served, &served.link(CAFE)).await;
    visitor.sign_in("Ana Petrov").await.heading("Permissions requested");
    assert!(visitor.shows(ANA) && visitor.shows("Harbour Street Cafe") && visitor.shows("Backup365"));
    assert!(!served.has_consent(CAFE).await, "seeing the permissions grants nothing");
    visitor.press("Accept").await.heading("Sorry, but we're having trouble signing you in.");
    assert_eq!(visitor.status, 400);
    assert!(visitor.shows("AADSTS500113: No reply address is registered for the application."));
    assert!(served.has_consent(CAFE).await);
}

#[tokio::test]
async fn accept_with_a_done_page_ends_there() {
    let served = Served::start();
    let mut visitor = Visitor::open(&served, &served.link_with_done_page(CAFE)).await;
    visitor.sign_in("Ana Petrov").await.press("Accept").await.heading("Thank you");
    assert!(visitor.shows("You can close this window."), "{}", visitor.html);
    let said: BTreeMap<_, _> = visitor.at.query_pairs().into_owned().collect();
    assert_eq!((said["admin_consent"].as_str(), said["tenant"].as_str()), ("True", CAFE));
    assert_eq!(said["state"], "s-1");
    assert!(served.has_consent(CAFE).await);
}

#[tokio::test]
async fn the_older_address_knows_the_same_way() {
    let served = Served::start();
    let link = format!("http://{}/{CAFE}/adminconsent?client_id={}", served.address, served.application);
    let mut visitor = Visitor::open(&served, &link).await;
    visitor.sign_in("Ana Petrov").await.press("Accept").await;
    assert!(served.has_consent(CAFE).await);
}

#[tokio::test]
async fn a_hint_begins_with_the_password_of_that_account() {
    let served = Served::start();
    let link = format!("{}&login_hint={ANA}", served.link(CAFE));
    let mut visitor = Visitor::open(&served, &link).await;
    visitor.heading("Enter password").fill("Password", PASSWORD).press("Sign in").await;
    assert!(visitor.heading("Permissions requested").shows(ANA), "{}", visitor.html);
    // Nobody's address, and a page that does not read it, begin as ever.
    let mut visitor = Visitor::open(&served, &format!("{link}x")).await;
    visitor.heading("Pick an account");
}

#[tokio::test]
async fn cancel_changes_nothing() {
    let served = Served::start();
    let mut visitor = Visitor::open(&served, &served.link(CAFE)).await;
    visitor.sign_in("Ana Petrov").await.press("Cancel").await.heading("Nothing was changed");
    assert!(visitor.shows("AADSTS65004") && visitor.shows("You can close this window."));
    assert!(!served.has_consent(CAFE).await);
    let mut visitor = Visitor::open(&served, &served.link_with_done_page(CAFE)).await;
    visitor.sign_in("Ana Petrov").await.press("Cancel").await.heading("Not accepted");
    let said: BTreeMap<_, _> = visitor.at.query_pairs().into_owned().collect();
    assert_eq!(said["error"], "access_denied");
    assert!(said["error_description"].starts_with("AADSTS65004"));
    assert!(!served.has_consent(CAFE).await);
}

#[tokio::test]
async fn an_ordinary_user_needs_admin_approval_and_an_admin_can_take_over() {
    let served = Served::start();
    let mut visitor = Visitor::open(&served, &served.link(CAFE)).await;
    visitor.sign_in("Tom Reilly").await.heading("Need admin approval");
    assert!(visitor.shows(TOM) && visitor.shows("AADSTS90094"), "{}", visitor.html);
    assert!(!served.has_consent(CAFE).await);
    visitor.press("Have an admin account?").await.sign_in("Ana Petrov").await.press("Accept").await;
    assert!(served.has_consent(CAFE).await);
}

#[tokio::test]
async fn an_account_of_another_tenant_is_turned_away() {
    let served = Served::start();
    let mut visitor = Visitor::open(&served, &served.link(CAFE)).await;
    visitor.heading("Pick an account").press("Use another account").await;
    visitor.heading("Sign in").fill("Email address of your account", COLIN).press("Next").await;
    visitor.heading("Enter password").fill("Password", PASSWORD).press("Sign in").await;
    visitor.heading("Sorry, but we're having trouble signing you in.");
    assert!(visitor.shows("AADSTS50020") && visitor.shows(COLIN), "{}", visitor.html);
    assert!(!served.has_consent(CAFE).await && !served.has_consent(RIMU).await);
}

#[tokio::test]
async fn slips_of_the_hand_are_said_beside_the_field() {
    let served = Served::start();
    let mut visitor = Visitor::open(&served, &served.link(CAFE)).await;
    visitor.press("Use another account").await;
    visitor.fill("Email address of your account", "").press("Next").await.heading("Sign in");
    assert!(visitor.shows("Enter a valid email address."));
    visitor.fill("Email address of your account", "nobody@harbourstreetcafe.example").press("Next").await;
    assert!(visitor.shows("We couldn't find an account with that username."));
    visitor.fill("Email address of your account", &format!(" {ANA} ")).press("Next").await;
    visitor.heading("Enter password").fill("Password", "wrong").press("Sign in").await;
    assert!(visitor.heading("Enter password").shows("Your account or password is incorrect."));
    visitor.press("Back").await.heading("Pick an account");
}
