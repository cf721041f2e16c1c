//! Sign-in of people, as they meet it in a browser: by authorisation code and by device code.
//!
//! `GET /{tenant}/oauth2/v2.0/authorize` begins the one, `/devicelogin` the other; every page is one form that posts to
//! `/{tenant}/signin` with its sealed state, as those of the consent do. What comes out is a code for the application's
//! redirect address, or a device code that stands as confirmed; `tokens.rs` turns either into tokens.

mod device;
mod page;
mod tokens;

use std::{collections::HashSet, sync::Mutex};

use serde::{Deserialize, Serialize};

use super::{
    answer::{Answer, Ask, Mark, fresh, value},
    consent,
    discovery::{ANYBODY, unknown_tenant},
    entry::{self, seal, unseal},
    platform::Platform,
    registration::{Registration, Scopes, public},
    token::{Refusal, app_unknown, lacking},
    world::{Account, Tenant},
};
use std::sync::Arc;

pub(super) use device::{device_code, enter_code};
pub(super) use tokens::{grant, oid};

use device::{Device, State};

/// What the pages say when their form comes back too late.
const TOO_LATE: &str = "The sign-in has taken too long or was opened twice. Please open the link again.";

/// Sign-ins that are not over: what no sealed text can say.
#[derive(Default)]
pub(super) struct SignIns {
    /// Device codes that were given out.
    devices: Mutex<Vec<Device>>,
    /// Ids of authorisation codes that were redeemed.
    spent: Mutex<HashSet<String>>,
}

/// What comes at the end of a sign-in.
#[derive(Clone, Serialize, Deserialize)]
enum End {
    /// A code goes to the application.
    Code(Wish),
    /// The device code with this user code is confirmed.
    Device(String),
}

impl entry::End for End {
    const FORMS: &str = "signin";
}

/// A person's sign-in on its way.
type Flow = entry::Flow<End>;

/// What an application asked `/authorize` for.
#[derive(Clone, Serialize, Deserialize)]
struct Wish {
    /// Registered address, as it was sent.
    redirect: String,
    /// `query`, `fragment` or `form_post`.
    mode: String,
    /// To be echoed.
    state: Option<String>,
    /// Goes into the id token.
    nonce: Option<String>,
    /// Scopes, as they were sent.
    scope: String,
    /// `code_challenge`, and whether it is a hash (S256).
    challenge: Option<(String, bool)>,
}

/// What an authorisation code holds.
#[derive(Serialize, Deserialize)]
struct Code {
    /// Used once.
    id: String,
    /// Application that it is for.
    client: String,
    /// What was asked for.
    wish: Wish,
    /// Who signed in.
    account: String,
    /// When it was made, milliseconds since 1970 UTC.
    made: i64,
}

/// The public client that signs people in at a path word.
fn registration(platform: &Platform, client: &str, word: &str) -> Result<Registration, Refusal> {
    let any = ANYBODY.contains(&word.to_lowercase().as_str());
    let tenant = platform.world.tenant(word);
    if !any && tenant.is_none() {
        let (error, code, text) = unknown_tenant(word);
        return Err((400, error, code, text));
    }
    let found = public(platform, client).ok_or_else(|| app_unknown(client, word))?;
    match (&found.tenant, tenant) {
        (Some(own), Some(tenant)) if *own != tenant.id => Err(app_unknown(client, word)),
        (Some(_), None) => {
            let text = format!(
                "Application '{client}' ({}) is not configured as a multi-tenant application. Usage of the /{word} endpoint is not \
                 supported for such apps. Use a tenant-specific endpoint or configure the application to be multi-tenant.",
                found.name
            );
            Err((400, "invalid_request", 50_194, text))
        }
        _ => Ok(found),
    }
}

/// Answers `GET /{tenant}/oauth2/v2.0/authorize`.
pub(super) fn authorize(platform: &Platform, ask: &Ask, word: &str) -> Answer {
    let pairs = ask.pairs();
    let trouble = |refusal: &Refusal| consent::refused(platform, ask, refusal);
    let Some(client) = value(&pairs, "client_id") else { return trouble(&lacking("client_id")) };
    let registration = match registration(platform, client, word) {
        Ok(registration) => registration,
        Err(refusal) => return trouble(&refusal),
    };
    let Some(redirect) = value(&pairs, "redirect_uri") else { return trouble(&lacking("redirect_uri")) };
    if let Err(refusal) = consent::registered(&registration.redirects, redirect, client) {
        return trouble(&refusal);
    }
    let owned = |name: &str| value(&pairs, name).filter(|text| !text.is_empty()).map(str::to_owned);
    let is_hash = owned("code_challenge_method").is_some_and(|it| it == "S256");
    let wish = Wish {
        redirect: redirect.to_owned(),
        mode: owned("response_mode").unwrap_or_else(|| "query".to_owned()),
        state: owned("state"),
        nonce: owned("nonce"),
        scope: owned("scope").unwrap_or_default(),
        challenge: owned("code_challenge").map(|it| (it, is_hash)),
    };
    if let Some((error, code, text)) = unfit(&pairs, &wish, &registration) {
        return refused(platform, ask, &wish, error, code, text);
    }
    let flow = Flow::begin(platform, word, registration.client, End::Code(wish));
    flow.first(platform, value(&pairs, "login_hint"))
}

/// Why a request is sent back to the application: `error`, AADSTS number, text.
fn unfit(
    pairs: &[(String, String)],
    wish: &Wish,
    registration: &Registration,
) -> Option<(&'static str, u32, &'static str)> {
    if value(pairs, "response_type") != Some("code") {
        let text = "The response type is not enabled for this application: it asks for 'code' only.";
        return Some(("unsupported_response_type", 700_054, text));
    }
    if wish.scope.is_empty() {
        let text = "The request body must contain the following parameter: 'scope'.";
        return Some(("invalid_request", 900_144, text));
    }
    if Scopes::read(&wish.scope, registration).is_none() {
        let text = "The user or administrator has not consented to use the application with this scope.";
        return Some(("invalid_client", 65_001, text));
    }
    let method = value(pairs, "code_challenge_method").unwrap_or("plain");
    let fits = wish.challenge.as_ref().is_none_or(|(challenge, is_hash)| {
        let length = challenge.len();
        (*is_hash && length == 43) || (method == "plain" && (43..=128).contains(&length))
    });
    if !fits {
        return Some(("invalid_request", 501_491, "Invalid size of Code_Challenge parameter."));
    }
    (value(pairs, "prompt") == Some("none")).then_some((
        "login_required",
        50_058,
        "A silent sign-in request was sent but no user is signed in.",
    ))
}

/// Answers `POST /{tenant}/signin`: one page's form.
pub(super) fn step(platform: &Platform, ask: &Ask) -> Answer {
    let form = ask.form().unwrap_or_default();
    if value(&form, "step") == Some("code") {
        return typed(platform, value(&form, "otc").unwrap_or_default());
    }
    let Some(flow) = Flow::of(platform, &form) else {
        return consent::trouble(platform, ask, 50_089, TOO_LATE);
    };
    match value(&form, "step") {
        Some("account" | "password") => match flow.identify(platform, &form) {
            Ok((flow, home, account)) => signed_in(platform, ask, &flow, home, account),
            Err(page) => page,
        },
        Some("confirm") if flow.is_signed_in => {
            confirmed(platform, ask, &flow, value(&form, "decision") == Some("continue"))
        }
        _ => consent::trouble(platform, ask, 900_561, TOO_LATE),
    }
}

/// A user code was typed.
fn typed(platform: &Platform, code: &str) -> Answer {
    let Some((client, word, user)) = platform.sign_ins.waiting(code, platform.now()) else {
        return Answer::page(200, page::code("", true));
    };
    Flow::begin(platform, &word, client, End::Device(user)).choose(platform)
}

/// The password was right.
fn signed_in(platform: &Platform, ask: &Ask, flow: &Flow, home: &Arc<Tenant>, account: &Account) -> Answer {
    let target = flow.tenant(platform).unwrap_or(home);
    if target.id != home.id {
        let text = consent::stranger(&account.address, home, target, &flow.client);
        return consent::trouble(platform, ask, 50_020, &text);
    }
    let faults = platform.faults(Some(home));
    if let Some(code) = faults.sign_in_error {
        return forced(platform, ask, flow, code, faults.sign_in_told);
    }
    match &flow.end {
        End::Code(wish) => {
            let code = Code {
                id: fresh(),
                client: flow.client.clone(),
                wish: wish.clone(),
                account: account.address.clone(),
                made: platform.now(),
            };
            let session = ("session_state", fresh());
            back(wish, vec![("code", seal(platform, "code", &code)), session])
        }
        End::Device(_) => {
            let name = public(platform, &flow.client).map(|it| it.name).unwrap_or_default();
            Answer::page(200, page::confirm(&flow.form(platform), account, &name))
        }
    }
}

/// Continue or Cancel was pressed for a device.
fn confirmed(platform: &Platform, ask: &Ask, flow: &Flow, goes_on: bool) -> Answer {
    let (End::Device(user), Some(account)) = (&flow.end, &flow.account) else {
        return consent::trouble(platform, ask, 900_561, TOO_LATE);
    };
    let state = if goes_on { State::Confirmed(account.clone()) } else { State::Declined };
    if !platform.sign_ins.settle(user, state, platform.now()) {
        return Answer::page(200, page::code("", true));
    }
    let name = public(platform, &flow.client).map(|it| it.name).unwrap_or_default();
    Answer::page(200, if goes_on { page::done(&name) } else { page::cancelled(&name) })
}

/// The refusal that a world or a flag asks for.
fn forced(platform: &Platform, ask: &Ask, flow: &Flow, code: u32, is_told: bool) -> Answer {
    let text = tokens::words(code);
    match &flow.end {
        End::Device(user) => {
            let state =
                if code == 65_004 { Some(State::Declined) } else { is_told.then_some(State::Refused(code)) };
            if let Some(state) = state {
                platform.sign_ins.settle(user, state, platform.now());
            }
        }
        End::Code(wish) if code == 65_004 => {
            return refused(platform, ask, wish, "access_denied", code, text);
        }
        End::Code(_) => {}
    }
    consent::trouble(platform, ask, code, text)
}

/// Sends an error to the application.
fn refused(platform: &Platform, ask: &Ask, wish: &Wish, error: &str, code: u32, text: &str) -> Answer {
    let mark = Mark::of(ask, platform.now());
    back(
        wish,
        vec![
            ("error", error.to_owned()),
            ("error_description", mark.describe(code, text)),
            ("error_uri", format!("{}/error?code={code}", ask.links.login)),
        ],
    )
}

/// Sends the browser back to the application, in the way that it asked for.
fn back(wish: &Wish, mut pairs: Vec<(&str, String)>) -> Answer {
    pairs.extend(wish.state.clone().map(|state| ("state", state)));
    match wish.mode.as_str() {
        "form_post" => page::post(&wish.redirect, &pairs),
        "fragment" => {
            let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            Answer::redirect(&format!("{}#{text}", wish.redirect))
        }
        _ => consent::back(&wish.redirect, &pairs),
    }
}
