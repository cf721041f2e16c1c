//! Device codes: given to a program, typed by a person in a browser elsewhere.
//!
//! They live in memory only: a sandbox that ends forgets them, as its window is closed with it.

use std::sync::PoisonError;

use serde_json::json;

use super::{SignIns, page, registration};
use crate::sandbox::{
    answer::{Answer, Ask, Mark, fresh, value},
    application::Application,
    platform::Platform,
    registration::{Scopes, public},
    token::{Refusal, lacking},
};

/// Life of a device code, milliseconds.
const LIFE: i64 = 900_000;
/// Time after which a dead code is forgotten, milliseconds: until then it is told as expired.
const MEMORY: i64 = 24 * 3_600_000;
/// Seconds between two polls.
const INTERVAL: u32 = 5;
/// Letters and digits of a user code; none that look alike.
const LETTERS: &[u8; 30] = b"ABCDEFGHJKLMNPQRSTVWXYZ2345679";
/// Letters and digits of a user code.
const LENGTH: usize = 9;

/// How far the person got.
pub(super) enum State {
    /// Not there yet.
    Waiting,
    /// Signed in with this account, and continued.
    Confirmed(String),
    /// Pressed Cancel.
    Declined,
    /// Met this AADSTS number.
    Refused(u32),
}

/// One device code.
pub(super) struct Device {
    /// What the program polls with.
    code: String,
    /// What the person types.
    user: String,
    /// Application.
    client: String,
    /// Path word that it asked at.
    word: String,
    /// Scopes, as they were sent.
    scope: String,
    /// When it dies, milliseconds since 1970 UTC.
    dies: i64,
    /// How far the person got.
    state: State,
    /// Polls that were answered.
    polls: u64,
}

/// What a poll finds.
pub(super) enum Poll {
    /// No such code, or it was redeemed.
    Unknown,
    /// Polled too fast.
    Slow,
    /// The person is not there yet.
    Pending,
    /// The code is too old.
    Expired,
    /// The person pressed Cancel.
    Declined,
    /// The person met this AADSTS number.
    Refused(u32),
    /// The person signed in: account, scopes.
    Done(String, String),
}

impl SignIns {
    /// The device codes, and what was asked of them.
    fn with<T>(&self, act: impl FnOnce(&mut Vec<Device>) -> T) -> T {
        act(&mut self.devices.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Application, path word and user code of a living code that somebody typed: small letters, blanks and hyphens don't
    /// matter.
    pub(super) fn waiting(&self, typed: &str, now: i64) -> Option<(String, String, String)> {
        let typed: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
        self.with(|devices| {
            let found =
                devices.iter().find(|it| it.is_waiting(now) && it.user.eq_ignore_ascii_case(&typed))?;
            Some((found.client.clone(), found.word.clone(), found.user.clone()))
        })
    }

    /// Notes how a living code went on; false: it is none any more.
    pub(super) fn settle(&self, user: &str, state: State, now: i64) -> bool {
        self.with(|devices| {
            let found = devices.iter_mut().find(|it| it.is_waiting(now) && it.user == user);
            found.map(|it| it.state = state).is_some()
        })
    }

    /// Answers one poll; the first `slow` polls of a code come too fast.
    pub(super) fn poll(&self, code: &str, client: &str, slow: u64, now: i64) -> Poll {
        self.with(|devices| {
            let mine = |it: &Device| it.code == code && it.client.eq_ignore_ascii_case(client);
            let Some(at) = devices.iter().position(mine) else { return Poll::Unknown };
            let Some(found) = devices.get_mut(at) else { return Poll::Unknown };
            found.polls += 1;
            match &found.state {
                _ if found.polls <= slow => Poll::Slow,
                _ if found.dies <= now => Poll::Expired,
                State::Waiting => Poll::Pending,
                State::Declined => Poll::Declined,
                State::Refused(number) => Poll::Refused(*number),
                State::Confirmed(account) => {
                    let done = Poll::Done(account.clone(), found.scope.clone());
                    devices.remove(at);
                    done
                }
            }
        })
    }
}

impl Device {
    /// Whether a person may still sign in with it.
    fn is_waiting(&self, now: i64) -> bool {
        self.dies > now && matches!(self.state, State::Waiting)
    }
}

/// Answers `POST /{tenant}/oauth2/v2.0/devicecode`.
pub(in crate::sandbox) fn device_code(platform: &Platform, ask: &Ask, word: &str) -> Answer {
    let mark = Mark::of(ask, platform.now());
    let form = ask.form().unwrap_or_default();
    let refused = |(status, error, code, text): Refusal| mark.error(status, error, code, &text);
    let missing = |name: &str| refused(lacking(name));
    let Some(client) = value(&form, "client_id") else { return missing("client_id") };
    let confidential = |_: &Application| public(platform, client).is_none_or(|it| !it.has_device_codes);
    if platform.application(client).ok().flatten().is_some_and(|it| confidential(&it)) {
        let text =
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
        return mark.error(401, "invalid_client", 7_000_218, text);
    }
    let registration = match registration(platform, client, word) {
        Ok(registration) => registration,
        Err(refusal) => return refused(refusal),
    };
    let Some(scope) = value(&form, "scope").filter(|it| !it.is_empty()) else { return missing("scope") };
    if Scopes::read(scope, &registration).is_none() {
        let text = format!(
            "The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
        );
        return mark.error(400, "invalid_scope", 70_011, &text);
    }
    let now = platform.now();
    let life = platform.faults(platform.world.tenant(word).map(AsRef::as_ref)).code_life;
    let life = life.map_or(LIFE, |it| i64::try_from(it.as_millis()).unwrap_or(LIFE));
    let (code, user) = (format!("{}{}", fresh(), fresh()), user_code());
    platform.sign_ins.with(|devices| {
        devices.retain(|it| it.dies.saturating_add(MEMORY) > now);
        devices.push(Device {
            code: code.clone(),
            user: user.clone(),
            client: registration.client,
            word: word.to_owned(),
            scope: scope.to_owned(),
            dies: now.saturating_add(life),
            state: State::Waiting,
            polls: 0,
        });
    });
    let page = if ask.links.is_own { ask.links.login.as_str() } else { "https://microsoft.com" };
    let page = format!("{page}/devicelogin");
    let message = format!(
        "To sign in, use a web browser to open the page {page} and enter the code {user} to authenticate."
    );
    Answer::json(
        200,
        &json!({
            "user_code": user, "device_code": code, "verification_uri": page, "expires_in": life / 1_000, "interval": INTERVAL,
            "message": message,
        }),
    )
    .with("cache-control", "no-store, no-cache")
}

/// A fresh user code.
fn user_code() -> String {
    let bytes = uuid::Uuid::new_v4().into_bytes();
    let letter = |byte: u8| LETTERS.get(usize::from(byte) % LETTERS.len()).copied().unwrap_or(b'A');
    // Of sixteen bytes of a random id two hold its version: they are left out.
    let random = bytes.iter().enumerate().filter(|(at, _)| !matches!(at, 6 | 8));
    random.take(LENGTH).map(|(_, byte)| char::from(letter(*byte))).collect()
}

/// Answers `GET /devicelogin`: the code may stand in the address (`otc`).
pub(in crate::sandbox) fn enter_code(ask: &Ask) -> Answer {
    Answer::page(200, page::code(value(&ask.pairs(), "otc").unwrap_or_default(), false))
}
