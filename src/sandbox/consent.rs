//! Admin consent, as the customer's administrator meets it in a browser.
//!
//! `GET /{tenant}/adminconsent` and `/{tenant}/v2.0/adminconsent` begin; every page is one form that posts to
//! `/{tenant}/login` with its sealed state, so it works without scripts and without cookies: choose an account, enter the
//! password, see the permissions, accept or cancel. What comes out is a grant in the journal, and a redirect or a last page.

pub(super) mod page;

use serde::{Deserialize, Serialize};

use super::{
    answer::{Answer, Ask, Mark, value},
    application::Application,
    entry::{self, End},
    fault::Faults,
    platform::Platform,
    role,
    token::{self, Refusal, lacking},
    world::{Account, Tenant},
};
use std::sync::Arc;

/// What the link asked for.
#[derive(Clone, Serialize, Deserialize)]
struct Wish {
    /// 1 or 2.
    version: u64,
    /// `redirect_uri`, checked.
    redirect: Option<String>,
    /// `state`, to be echoed.
    state: Option<String>,
}

impl End for Wish {
    const FORMS: &str = "login";
}

/// A sign-in on its way to consent.
type Flow = entry::Flow<Wish>;

/// Answers `/{tenant}/oauth2/v2.0/logout`.
pub(super) fn signed_out() -> Answer {
    let words = "It's a good idea to close all browser windows.";
    Answer::page(200, page::plain("You signed out of your account", words))
}

/// An error page with its number.
pub(super) fn trouble(platform: &Platform, ask: &Ask, code: u32, text: &str) -> Answer {
    Answer::page(400, page::trouble(code, text, &Mark::of(ask, platform.now())))
}

/// The same for a refusal that has no page of its own.
pub(super) fn refused(platform: &Platform, ask: &Ask, (_, _, code, text): &Refusal) -> Answer {
    trouble(platform, ask, *code, text)
}

/// Answers `/{tenant}/adminconsent` (`version` 1) and `/{tenant}/v2.0/adminconsent` (`version` 2).
pub(super) fn begin(platform: &Platform, ask: &Ask, word: &str, version: u64) -> Answer {
    let pairs = ask.pairs();
    let any =
        word.eq_ignore_ascii_case("organizations") || (version == 1 && word.eq_ignore_ascii_case("common"));
    if let Err(refusal) = token::known(platform, word)
        && !any
    {
        return refused(platform, ask, &refusal);
    }
    let Some(client) = value(&pairs, "client_id") else {
        return refused(platform, ask, &lacking("client_id"));
    };
    let named = platform.world.tenant(word);
    let is_here = |it: &Application| named.is_none_or(|tenant| it.may_be_in(tenant));
    let Some(application) = platform.application(client).ok().flatten().filter(is_here) else {
        let text = format!("Application with identifier '{client}' was not found in the directory '{word}'.");
        return trouble(platform, ask, 700_016, &text);
    };
    if version == 2 {
        let Some(scope) = value(&pairs, "scope").filter(|text| !text.is_empty()) else {
            return refused(platform, ask, &lacking("scope"));
        };
        if !scope_fits(scope, &application.client_id, platform.world.home.graph) {
            return trouble(platform, ask, 70_011, &format!("The scope '{scope}' is not valid."));
        }
    }
    let redirect = value(&pairs, "redirect_uri").map(str::to_owned);
    if let Some(Err(refusal)) = redirect.as_ref().map(|it| registered(&application.redirects, it, client)) {
        return refused(platform, ask, &refusal);
    }
    let state = value(&pairs, "state").map(str::to_owned);
    let flow = Flow::begin(platform, word, application.client_id, Wish { version, redirect, state });
    let is_read = !platform.faults(flow.tenant(platform).map(Arc::as_ref)).no_login_hint;
    flow.first(platform, value(&pairs, "login_hint").filter(|_| is_read))
}

/// `.default` of Graph or of the application, alone or with the sign-in scopes.
fn scope_fits(scope: &str, client: &str, graph: &str) -> bool {
    let (own, graph) = (format!("{client}/.default"), format!("https://{graph}/.default"));
    let mut found = false;
    scope.split_whitespace().all(|word| {
        let default = word == graph || word.eq_ignore_ascii_case(&own);
        found |= default;
        default || ["openid", "profile", "email", "offline_access"].contains(&word)
    }) && found
}

/// Whether an address is registered: letter for letter, but the port of `localhost` does not count.
pub(super) fn registered(known: &[String], address: &str, client: &str) -> Result<(), Refusal> {
    let portless = |text: &str| {
        let url = url::Url::parse(text).ok()?;
        (url.host_str() == Some("localhost") && url.scheme() == "http").then(|| url.path().to_owned())
    };
    let is_it = |it: &String| it == address || (portless(it).is_some() && portless(it) == portless(address));
    known.iter().any(is_it).then_some(()).ok_or_else(|| {
        let text = format!(
            "The redirect URI '{address}' specified in the request does not match the redirect URIs configured for the \
             application '{client}'."
        );
        (400, "invalid_request", 50_011, text)
    })
}

/// Answers `POST /{tenant}/login`: one page's form.
pub(super) fn step(platform: &Platform, ask: &Ask) -> Answer {
    let form = ask.form().unwrap_or_default();
    let Some(mut flow) = Flow::of(platform, &form) else {
        let text = "The sign-in has taken too long or was opened twice. Please open the link again.";
        return trouble(platform, ask, 50_089, text);
    };
    let Some(app) = platform.application(&flow.client).ok().flatten() else {
        return trouble(platform, ask, 700_016, "The application was not found in the directory.");
    };
    match value(&form, "step") {
        Some("account" | "password") => match flow.identify(platform, &form) {
            Ok((flow, home, account)) => signed_in(platform, ask, &flow, &app, (home, account)),
            Err(page) => page,
        },
        Some("approval") if value(&form, "again").is_some() => {
            (flow.account, flow.is_signed_in) = (None, false);
            flow.choose(platform)
        }
        Some("request") if flow.is_signed_in => {
            Answer::page(200, page::requested(&app, &Mark::of(ask, platform.now())))
        }
        Some("approval") => declined(platform, ask, &flow, &app, false),
        Some("consent") if flow.is_signed_in => match value(&form, "decision") {
            Some("accept") => accepted(platform, ask, &flow, &app),
            _ => declined(platform, ask, &flow, &app, true),
        },
        _ => trouble(
            platform,
            ask,
            900_561,
            "The page was sent in an unexpected order. Please open the link again.",
        ),
    }
}

/// What Microsoft says to an account of another organisation than the one that is signed in to (AADSTS50020).
pub(super) fn stranger(address: &str, home: &Tenant, target: &Tenant, client: &str) -> String {
    format!(
        "User account '{address}' from identity provider 'https://sts.windows.net/{}/' does not exist in tenant '{}' and cannot \
         access the application '{client}' in that tenant. The account needs to be added as an external user in the tenant first. \
         Sign out and sign in again with a different user account.",
        home.id, target.name
    )
}

/// The password was right.
fn signed_in(
    platform: &Platform,
    ask: &Ask,
    flow: &Flow,
    app: &Application,
    (home, account): (&Arc<Tenant>, &Account),
) -> Answer {
    let target = flow.tenant(platform).unwrap_or(home);
    if target.id != home.id {
        let text = stranger(&account.address, home, target, &app.client_id);
        return failed(platform, ask, flow, 50_020, &text);
    }
    if !app.may_be_in(home) {
        let text = format!(
            "Application with identifier '{}' was not found in the directory '{}'.",
            app.client_id, home.name
        );
        return trouble(platform, ask, 700_016, &text);
    }
    let form = flow.form(platform);
    let faults = platform.faults(Some(home));
    match faults.consent_error {
        Some(90_095) => {
            return Answer::page(200, page::request(&form, app, account));
        }
        Some(code) => return failed(platform, ask, flow, code, blocked(code)),
        None => {}
    }
    if !account.role.may_consent() {
        return Answer::page(200, page::approval(&form, app, account, &Mark::of(ask, platform.now())));
    }
    let roles: Vec<_> =
        app.permissions.iter().chain(&faults.asks).filter_map(|value| role::role(value)).collect();
    Answer::page(200, page::permissions(&form, app, account, &home.name, &roles))
}

/// What a page says that ends with an error behind the password.
const fn blocked(code: u32) -> &'static str {
    match code {
        53_000 => "The device is not compliant, and the organisation's policies ask for one that is.",
        53_003 => {
            "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."
        }
        90_099 => {
            "A delegated administrator can't use an application that was not pre-authorised in this organisation."
        }
        650_052 => {
            "The app needs access to a service that your organisation has not subscribed to or enabled."
        }
        _ => "The sign-in could not be finished.",
    }
}

/// Accept was pressed.
fn accepted(platform: &Platform, ask: &Ask, flow: &Flow, app: &Application) -> Answer {
    let found = flow.account(platform);
    let Some((home, _)) = found.filter(|(_, account)| account.role.may_consent()) else {
        return flow.choose(platform);
    };
    let faults: Faults = platform.faults(Some(home));
    let roles = faults.asked(&app.permissions);
    if let Err(why) = app.accept(platform, home, &roles) {
        return trouble(
            platform,
            ask,
            90_033,
            &format!("A transient error has occurred. Please try again. ({why})"),
        );
    }
    let Some(address) = &flow.end.redirect else {
        // Microsoft has recorded the grant by now and finds that it can't send the browser anywhere.
        return trouble(platform, ask, 500_113, "No reply address is registered for the application.");
    };
    let mut pairs = vec![("admin_consent", "True".to_owned()), ("tenant", home.id.clone())];
    pairs.extend(flow.end.state.clone().map(|state| ("state", state)));
    if flow.end.version == 2 {
        let graph = platform.world.home.graph;
        let scopes: Vec<_> = roles.iter().map(|role| format!("https://{graph}/{role}")).collect();
        pairs.push(("scope", scopes.join(" ")));
    }
    back(address, &pairs)
}

/// Cancel was pressed, or the page without rights was left.
fn declined(platform: &Platform, ask: &Ask, flow: &Flow, app: &Application, by_admin: bool) -> Answer {
    let text = "The resource owner or authorization server denied the request: the user did not consent to the application.";
    if flow.end.redirect.is_none() && by_admin {
        return Answer::page(200, page::cancelled(app, &Mark::of(ask, platform.now())));
    }
    failed(platform, ask, flow, 65_004, text)
}

/// Ends with an error: by redirect where there is an address, on a page where there is none.
fn failed(platform: &Platform, ask: &Ask, flow: &Flow, code: u32, text: &str) -> Answer {
    let Some(address) = &flow.end.redirect else { return trouble(platform, ask, code, text) };
    let mark = Mark::of(ask, platform.now());
    let mut pairs = vec![
        ("error", "access_denied".to_owned()),
        ("error_description", mark.describe(code, text)),
        ("error_uri", format!("https://{}/error?code={code}", platform.world.home.login)),
        ("admin_consent", "True".to_owned()),
    ];
    pairs.extend(flow.end.state.clone().map(|state| ("state", state)));
    back(address, &pairs)
}

/// Sends the browser back with a query.
pub(super) fn back(address: &str, pairs: &[(&str, String)]) -> Answer {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let separator = if address.contains('?') { '&' } else { '?' };
    Answer::redirect(&format!("{address}{separator}{query}"))
}

/// Answers `/sandbox/done`: the partner's public page behind the redirect. Echoes nothing of the query.
pub(super) fn done(platform: &Platform, ask: &Ask) -> Answer {
    let refused = value(&ask.pairs(), "error").is_some();
    Answer::page(200, page::done(&Application::from(&platform.world.partner), refused))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_of_localhost_does_not_count_and_the_path_does() {
        let known = ["http://localhost/consent".to_owned(), "https://partner.example/done".to_owned()];
        for (address, fits) in [
            ("http://localhost:53177/consent", true),
            ("http://localhost/consent", true),
            ("http://localhost:53177/other", false),
            ("http://127.0.0.1:53177/consent", false),
            ("https://partner.example/done", true),
            ("https://partner.example:444/done", false),
            ("rubbish", false),
        ] {
            assert_eq!(registered(&known, address, "client").is_ok(), fits, "{address}");
        }
    }

    #[test]
    fn scopes() {
        let scope_fits = |scope, client| scope_fits(scope, client, "graph.microsoft.com");
        assert!(scope_fits("https://graph.microsoft.com/.default openid", "x"));
        assert!(scope_fits("x/.default", "X"));
        assert!(!scope_fits("openid", "x"));
        assert!(!scope_fits(
            "https://graph.microsoft.com/.default https://graph.microsoft.com/User.Read",
            "x"
        ));
    }
}
