//! Whether hosts can be reached from here: each is asked for little, without a sign-in.

use std::time::Duration;

use url::Url;

use super::{
    error::Error,
    http::{Call, Http, Method},
};
use crate::domain::{
    failure::{Failure, FailureKind},
    text::Text,
    time::{Clock, in_words},
};

/// How long a host may take: twice as long as a connection may take to open. A guess.
const DEADLINE: Duration = Duration::from_secs(20);

/// Largest answer taken, bytes: a page of a web mail is a tenth of it.
const MAX_BYTES: usize = 1024 * 1024;

/// An address of Microsoft's that answers without a sign-in, or refuses in JSON: sign-in, then Graph.
pub const MICROSOFT: [&str; 2] = [
    "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration",
    "https://graph.microsoft.com/v1.0/organization",
];

/// Asks one address; asked once only.
pub(super) fn call(url: &Url) -> Call {
    Call {
        method: Method::Get,
        url: url.clone(),
        headers: Vec::new(),
        body: None,
        deadline: DEADLINE,
        max_body_bytes: MAX_BYTES,
        is_safe_to_repeat: false,
    }
}

/// Asks an address of Microsoft's. A refusal for want of a sign-in is an answer. Takes 20 s at most.
///
/// # Errors
/// `Unreachable` and the like; `Throttled`.
pub async fn microsoft(http: &Http, address: &str) -> Result<Text, Failure> {
    let asked = async {
        let bad = |_malformed| Error::Credential { detail: format!("{address} is no address") };
        let url = Url::parse(address).map_err(bad)?;
        let answer = http.send_to_api(call(&url)).await?;
        if matches!(answer.status, 200 | 401) {
            return Ok(answered(http, &url));
        }
        let retry_after = None;
        Err(Error::Status { status: answer.status, retry_after, reference: answer.request_id })
    };
    asked.await.map_err(|error: Error| error.failure(""))
}

/// What is said of a host that has answered.
pub(super) fn answered(http: &Http, url: &Url) -> Text {
    match http.proxy_to(url) {
        Some(proxy) => Text::of(format_args!("answers, through the proxy {proxy}")),
        None => Text::from("answers"),
    }
}

/// By how many milliseconds Microsoft's clocks are ahead of this computer's, by the last answers that `http` saw: the
/// smaller one where two hosts differ. None before an answer.
pub(super) fn gap<'u>(http: &Http, urls: impl Iterator<Item = &'u Url>) -> Option<i64> {
    urls.filter_map(|url| http.gap(url.host_str()?)).min_by_key(|gap| gap.unsigned_abs())
}

/// The same for the hosts of [`MICROSOFT`].
#[must_use]
pub fn microsofts_gap(http: &Http) -> Option<i64> {
    let urls: Vec<Url> = MICROSOFT.iter().filter_map(|address| Url::parse(address).ok()).collect();
    gap(http, urls.iter())
}

/// Refuses a clock that differs from Microsoft's by more than its tolerance; where nothing is known, nothing is said.
///
/// # Errors
/// `Internal`, as an alarm.
pub fn demand_clock(gap: Option<i64>, clock: &Clock) -> Result<(), Failure> {
    let Some(gap) = gap else { return Ok(()) };
    let off = Duration::from_millis(gap.unsigned_abs());
    if off <= clock.tolerance() {
        return Ok(());
    }
    let which = if gap < 0 { "fast" } else { "slow" };
    let what = Text::of(format_args!(
        "the clock of this computer is {} {which}, by the date of Microsoft's answers",
        in_words(off)
    ));
    Err(Failure::new(
        FailureKind::Internal,
        what,
        "Set the clock right, then try again. Nothing was written with the wrong time.",
    )
    .alarming())
}
