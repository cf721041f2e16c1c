//! How Autodiscover's places are asked: without any sign-in, a few at most, and no dead proxy or silent host twice.

use std::time::Duration;

use url::Url;

use super::Search;
use crate::provider::{
    exchange::error::is_online_by_certificate,
    http::{Call, HttpError, Method, ProxyTrouble, Response},
};

/// Requests of one search: a guard against servers that name ever new addresses, each with places of its own. A guess;
/// an honest search takes some ten.
const MAX_REQUESTS: u32 = 60;

/// How long one place may take: several are asked, and most customers have only one of them. Longer than a connection may
/// take to open, so that a slow proxy is told as that.
const DEADLINE: Duration = Duration::from_secs(12);

/// Largest answer taken; a real one has some tens of KiB.
const MAX_BODY_BYTES: usize = 1 << 20;

/// Attempts in all where the line breaks. Asking changes nothing, so a repeat is safe.
const LINE_ATTEMPTS: u32 = 5;

/// Wait before the first repeat; doubles. A guess: the server did nothing wrong.
const LINE_WAIT: Duration = Duration::from_millis(250);

/// From here on a proxy leads nowhere, whatever is behind it.
pub(super) const DEAD: u32 = 2;

impl Search<'_> {
    /// Sends one request without any sign-in; none when there was no answer.
    pub(super) async fn send(&mut self, method: Method, url: &Url, body: Option<String>) -> Option<Response> {
        let origin = url.origin().ascii_serialization();
        let proxy = self.http.proxy_to(url);
        let is_dead =
            proxy.as_ref().and_then(|proxy| self.proxies.get(proxy)).is_some_and(|against| *against >= DEAD);
        if is_dead || self.silent.contains(&origin) || self.requests >= MAX_REQUESTS {
            return None;
        }
        self.requests += 1;
        let call = Call {
            method,
            url: url.clone(),
            headers: vec![("accept", "text/xml, application/json".to_owned())],
            body: body.map(|body| ("text/xml; charset=utf-8", body.into_bytes())),
            deadline: DEADLINE,
            max_body_bytes: MAX_BODY_BYTES,
            is_safe_to_repeat: false,
        };
        match self.send_through(call).await {
            Ok(answer) => Some(answer),
            Err(error) => {
                tracing::debug!(host = url.host_str(), %error, "autodiscover: no answer");
                match error {
                    HttpError::TooLarge { .. } => {}
                    HttpError::CutOff { host, .. } => self.broken = Some(host),
                    error => {
                        // What a certificate of Microsoft's mail answers to is an alias of it.
                        self.is_online |= is_online_by_certificate(&error);
                        self.silent.insert(origin);
                        if let (Some(proxy), HttpError::Proxy { trouble, .. }) = (proxy, &error) {
                            *self.proxies.entry(proxy).or_default() += against(trouble);
                        }
                        if is_barred(&error) {
                            self.barred = Some(error);
                        }
                    }
                }
                None
            }
        }
    }

    /// Sends it again as long as only the line breaks, some times.
    async fn send_through(&self, call: Call) -> Result<Response, HttpError> {
        let mut wait = LINE_WAIT;
        for _ in 1..LINE_ATTEMPTS {
            match self.http.send(call.clone()).await {
                Err(HttpError::CutOff { .. }) => tokio::time::sleep(wait).await,
                other => return other,
            }
            wait = wait.saturating_mul(2);
        }
        self.http.send(call).await
    }
}

/// Whether a place was kept from answering by what is worth telling. A website in front of the bare domain often has a
/// certificate that does not fit, and says nothing about Exchange; and a proxy that opens no way knows no such host.
fn is_barred(error: &HttpError) -> bool {
    match error {
        HttpError::Proxy { trouble, .. } => !matches!(**trouble, ProxyTrouble::NoWay),
        HttpError::Tls { host, .. } | HttpError::Stranger { host, .. } => host.starts_with("autodiscover."),
        _ => false,
    }
}

/// What a trouble says against the proxy itself. One that opens no way, or not in time, may be good for another place.
pub(super) const fn against(trouble: &ProxyTrouble) -> u32 {
    match trouble {
        ProxyTrouble::NoWay => 0,
        ProxyTrouble::Late => DEAD / 2,
        ProxyTrouble::UnknownName
        | ProxyTrouble::Unreachable(_)
        | ProxyTrouble::Tls(_)
        | ProxyTrouble::SignIn => DEAD,
    }
}
