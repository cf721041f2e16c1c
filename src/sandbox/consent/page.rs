//! The pages of the consent flow: what is on them, in which order, and how it looks.
//!
//! Each page is one form with real labels and buttons in reading order. The keyboard starts in the first control, but on
//! the pages that are to be read before anything is pressed it starts at the top: there a second Enter, meant for the page
//! before, presses nothing, and a small window does not open at its end. No scripts: text browsers and screen readers meet
//! the same page; the blanks between controls are for the former, which would run them together.

use maud::{DOCTYPE, Markup, html};

use crate::sandbox::{answer::Mark, application::Application, role::Role, world::Account};

/// What is wrong with a typed address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Problem {
    /// Nothing was typed.
    NoAddress,
    /// Nobody has it.
    Unknown,
}

/// Looks near to the real pages; nothing is loaded from anywhere.
///
/// The mark stays in sight while the page is scrolled, long addresses break instead of widening a narrow window, every
/// text has a contrast of at least 4.5:1, and whatever has the keyboard wears a ring.
const STYLE: &str = "\
:root{color-scheme:light;scroll-padding-top:4rem}\
body{font:16px/1.45 'Segoe UI',system-ui,sans-serif;background:#f2f2f2;color:#1b1b1b;margin:0;overflow-wrap:anywhere}\
.sandbox{position:sticky;top:0;margin:0;padding:.4rem 1rem;background:#fff4ce;border-bottom:1px solid #8a6d00;\
text-align:center;font-size:.9rem}\
main{max-width:27rem;margin:1.5rem auto;padding:2rem 2.4rem;background:#fff;box-shadow:0 2px 6px #0003}\
h1{font-size:1.5rem;font-weight:600;line-height:1.25;margin:0 0 1rem}\
h2{font-size:1rem;font-weight:600;margin:1.4rem 0 .5rem}\
p{margin:.7rem 0}ul{margin:.5rem 0;padding-left:1.3rem}li{margin:.2rem 0}dl{font-size:.85rem;margin:0}dd{margin:0 0 .4rem}\
.small{font-size:.85rem;color:#4b4b4b}.who{font-size:.875rem;margin-top:0}.bad{color:#a80000}\
label{display:block}\
input{font:inherit;width:100%;box-sizing:border-box;margin:.25rem 0 .3rem;padding:.45rem .5rem;border:1px solid #767676}\
input[aria-invalid]{border-color:#a80000}\
button{font:inherit;min-width:6.5rem;min-height:2.5rem;padding:.4rem 1rem;border:1px solid #767676;\
background:#e6e6e6;color:#1b1b1b;overflow-wrap:anywhere;cursor:pointer}\
button:hover{background:#d6d6d6}\
button.main{background:#0067b8;border-color:#0067b8;color:#fff}button.main:hover{background:#005a9e}\
button.row{display:block;width:100%;margin:0 0 .5rem;padding:.6rem .8rem;background:#fff;text-align:left}\
button.row:hover{background:#f2f2f2}button.row>*{display:block}.rows{list-style:none;padding:0}\
button:focus-visible,input:focus-visible{outline:3px solid #1b1b1b;outline-offset:2px}\
.end{display:flex;flex-wrap:wrap;gap:.7rem;justify-content:flex-end;margin-top:1.5rem}\
.end.turned{flex-direction:row-reverse;justify-content:flex-start}\
.choices{display:grid;gap:.7rem;margin:1.5rem 0}\
@media(max-width:30rem){main{margin:0;padding:1.4rem 1.2rem;box-shadow:none;min-height:80vh}}";

/// The frame around every page. `title` also names the window.
pub(in crate::sandbox) fn frame(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " (sandbox)" }
                style { (maud::PreEscaped(STYLE)) }
            }
            body {
                p.sandbox role="note" { "SANDBOX: an invented organisation. Nothing here reaches Microsoft." }
                main { (body) }
            }
        }
    }
}

/// A page that says one thing.
pub(in crate::sandbox) fn plain(title: &str, words: &str) -> Markup {
    frame(title, &html! { h1 { (title) } p { (words) } })
}

/// Where a form is sent to, and what it carries along.
pub(in crate::sandbox) struct Form {
    /// Address.
    pub(in crate::sandbox) action: String,
    /// Where the browser is on its way, sealed.
    pub(in crate::sandbox) sealed: String,
}

impl Form {
    /// The form of one step.
    pub(in crate::sandbox) fn of(&self, step: &str, inside: &Markup) -> Markup {
        html! {
            form method="post" action=(self.action) autocomplete="off" {
                input type="hidden" name="ctx" value=(self.sealed);
                input type="hidden" name="step" value=(step);
                (inside)
            }
        }
    }
}

/// A path segment.
pub(in crate::sandbox) fn percent(word: &str) -> String {
    percent_encoding::utf8_percent_encode(word, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Pick an account.
pub(in crate::sandbox) fn accounts(to: &Form, accounts: &[&Account]) -> Markup {
    // A list, and each button on one line of the source: text browsers run buttons together otherwise.
    let rows = html! {
        ul.rows {
            @for (number, account) in accounts.iter().enumerate() {
                li {
                    button.row type="submit" name="account" value=(account.address) autofocus[number == 0] {
                        strong { (account.name) } " " span.who { (account.address) }
                    }
                }
            }
            li {
                button.row type="submit" name="account" value="other" autofocus[accounts.is_empty()] {
                    "Use another account"
                }
            }
        }
    };
    frame("Sign in to your account", &html! { h1 { "Pick an account" } (to.of("account", &rows)) })
}

/// Type an account.
pub(in crate::sandbox) fn address(to: &Form, problem: Option<Problem>) -> Markup {
    let words = problem.map(|problem| match problem {
        Problem::NoAddress => "Enter a valid email address.",
        Problem::Unknown => "We couldn't find an account with that username. Try another account.",
    });
    let fields = html! {
        @if let Some(words) = words { p.bad id="problem" role="alert" { (words) } }
        label for="account" { "Email address of your account" } " "
        input id="account" name="account" type="email" autocomplete="username" autofocus required
            aria-invalid=[words.map(|_| "true")] aria-describedby=[words.map(|_| "problem")];
        div.end { button.main type="submit" { "Next" } }
    };
    frame("Sign in to your account", &html! { h1 { "Sign in" } (to.of("account", &fields)) })
}

/// Enter the password.
pub(in crate::sandbox) fn password(to: &Form, account: &Account, wrong: bool) -> Markup {
    let fields = html! {
        p.who { (account.address) }
        @if wrong {
            p.bad id="problem" role="alert" { "Your account or password is incorrect. If you don't remember your password, reset it now." }
        }
        label for="passwd" { "Password" } " "
        input id="passwd" name="passwd" type="password" autocomplete="current-password" autofocus
            aria-invalid=[wrong.then_some("true")] aria-describedby=[wrong.then_some("problem")];
        p.small { "In the sandbox the password of this account is “" (account.password) "”." }
        // First of the form, so that Enter in the field presses it; shown on the right, where the real page has it.
        div.end.turned {
            button.main type="submit" { "Sign in" } " "
            button type="submit" name="back" value="1" formnovalidate { "Back" }
        }
    };
    frame("Sign in to your account", &html! { h1 { "Enter password" } (to.of("password", &fields)) })
}

/// See the permissions.
pub(super) fn permissions(
    to: &Form,
    app: &Application,
    account: &Account,
    organisation: &str,
    roles: &[&Role],
) -> Markup {
    let fields = html! {
        h2 { "This app would like to:" }
        ul { @for role in roles { li { (role.words) } } }
        p { "When you accept, the app may use what is listed here for everybody in your organisation. Nobody else \
            is asked again." }
        p.small { "The app's own terms of service and privacy statement apply as well." }
        div.end {
            button type="submit" name="decision" value="cancel" { "Cancel" } " "
            button.main type="submit" name="decision" value="accept" { "Accept" }
        }
    };
    frame(
        "Permissions requested",
        &html! {
            p.who { (account.address) }
            h1 { "Permissions requested" }
            p { "Review for your organisation: " strong { (organisation) } }
            p { strong { (app.app_name) } br; (app.name) " (" (app.domain) ")" }
            (to.of("consent", &fields))
        },
    )
}

/// Signed in without the right to consent.
pub(super) fn approval(to: &Form, app: &Application, account: &Account, mark: &Mark) -> Markup {
    let fields = html! {
        div.choices {
            button.main type="submit" name="again" value="1" { "Have an admin account? Sign in with that account" } " "
            button type="submit" name="return" value="1" { "Return to the application without granting consent" }
        }
    };
    frame(
        "Need admin approval",
        &html! {
            p.who { (account.address) }
            h1 { "Need admin approval" }
            p { strong { (app.app_name) } }
            p { (app.app_name) " needs permission to access resources in your organisation that only an admin can grant. \
                Please ask an admin to grant permission to this app before you can use it." }
            (to.of("approval", &fields))
            (details(90_094, "An administrator needs to grant this permission.", mark))
        },
    )
}

/// The organisation has its people ask for approval.
pub(super) fn request(to: &Form, app: &Application, account: &Account) -> Markup {
    let fields = html! {
        label for="why" { "Enter justification for requesting this app" } " "
        input id="why" name="why" type="text" autofocus;
        div.end {
            button.main type="submit" name="send" value="1" { "Request approval" }
        }
    };
    frame(
        "Approval required",
        &html! {
            p.who { (account.address) }
            h1 { "Approval required" }
            p { strong { (app.app_name) } }
            p { "This app requires your admin's approval. You can send them a request." }
            (to.of("request", &fields))
        },
    )
}

/// The request for approval was sent.
pub(super) fn requested(app: &Application, mark: &Mark) -> Markup {
    frame(
        "Request sent",
        &html! {
            h1 { "Request sent" }
            p { "Your admin was asked to approve " (app.app_name) ". You can close this window." }
            (details(90_095, "An administrator must act on the request for approval.", mark))
        },
    )
}

/// Something went wrong: the number, the words and what support asks for.
pub(in crate::sandbox) fn trouble(code: u32, text: &str, mark: &Mark) -> Markup {
    frame(
        "Sign in to your account",
        &html! {
            h1 { "Sorry, but we're having trouble signing you in." }
            (details(code, text, mark))
        },
    )
}

/// The block that people read out over the telephone.
fn details(code: u32, text: &str, mark: &Mark) -> Markup {
    html! {
        p.bad role="alert" { "AADSTS" (code) ": " (text) }
        h2 { "Troubleshooting details" }
        dl {
            dt { "Request Id" } dd { (mark.trace) }
            dt { "Correlation Id" } dd { (mark.correlation) }
            dt { "Timestamp" } dd { (mark.timestamp) }
        }
    }
}

/// Cancel was pressed and there is nowhere to go back to.
pub(super) fn cancelled(app: &Application, mark: &Mark) -> Markup {
    frame(
        "Consent cancelled",
        &html! {
            h1 { "Nothing was changed" }
            p { "You declined the permissions that " (app.app_name) " asked for. You can close this window." }
            (details(65_004, "User declined to consent to access the app.", mark))
        },
    )
}

/// The partner's own page behind the redirect.
pub(super) fn done(app: &Application, refused: bool) -> Markup {
    frame(
        "Thank you",
        &html! {
            @if refused { h1 { "Not accepted" } p { "No permission was given to " (app.app_name) "." } }
            @else { h1 { "Thank you" } p { "Microsoft has passed on your answer to " (app.app_name) "." } }
            p { "You can close this window." }
        },
    )
}
