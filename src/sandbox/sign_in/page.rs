//! The pages of a sign-in that a consent has none of: the device's code, whether it is wanted, and the way back.

use maud::{DOCTYPE, Markup, html};

use crate::sandbox::{
    answer::Answer,
    consent::page::{Form, frame, plain},
    world::Account,
};

/// Enter the code that a device shows.
pub(super) fn code(typed: &str, is_wrong: bool) -> Markup {
    frame(
        "Sign in to your account",
        &html! {
            h1 { "Enter code to allow access" }
            form method="post" action="/common/signin" autocomplete="off" {
                input type="hidden" name="step" value="code";
                @if is_wrong {
                    p.bad id="problem" role="alert" { "That code didn't work. Check the code and try again." }
                }
                label for="otc" { "Code that your program or device shows" } " "
                input id="otc" name="otc" value=(typed) maxlength="24" autofocus required
                    aria-invalid=[is_wrong.then_some("true")] aria-describedby=[is_wrong.then_some("problem")];
                p.small { "Never enter a code that somebody else sent you." }
                div.end { button.main type="submit" { "Next" } }
            }
        },
    )
}

/// Whether the device is wanted.
pub(super) fn confirm(to: &Form, account: &Account, app: &str) -> Markup {
    let fields = html! {
        p { "Only continue if you started " strong { (app) } " yourself, on a computer that you trust." }
        div.end {
            button type="submit" name="decision" value="cancel" { "Cancel" } " "
            button.main type="submit" name="decision" value="continue" { "Continue" }
        }
    };
    frame(
        "Sign in to your account",
        &html! {
            p.who { (account.address) }
            h1 { "Are you trying to sign in to " (app) "?" }
            (to.of("confirm", &fields))
        },
    )
}

/// The device may go on.
pub(super) fn done(app: &str) -> Markup {
    plain(app, "You have signed in on your device. You can close this window.")
}

/// The device may not.
pub(super) fn cancelled(app: &str) -> Markup {
    plain(app, "Nobody was signed in: you pressed Cancel. You can close this window.")
}

/// The way back to the application by a form that sends itself, and has a button where no script runs.
pub(super) fn post(address: &str, pairs: &[(&str, String)]) -> Answer {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "Working... (sandbox)" } }
            body {
                form method="post" action=(address) {
                    @for (name, value) in pairs { input type="hidden" name=(name) value=(value); }
                    noscript { p { "Scripts are off. Press Continue." } button type="submit" { "Continue" } }
                }
                script { "document.forms[0].submit()" }
            }
        }
    };
    Answer::new(200, "text/html; charset=utf-8", page.into_string().into_bytes())
        .with("cache-control", "no-store")
        .with("content-security-policy", "default-src 'none'; script-src 'unsafe-inline'; base-uri 'none'")
        .with("referrer-policy", "no-referrer")
}
