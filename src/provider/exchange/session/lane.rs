//! One connection that is signed in by NTLM, and the requests that go over it one after another.
//!
//! Triggered by every request of a session that signs in this way. NTLM signs in a connection, not a request: a session
//! has as many lanes as it has requests out at the same time, each with a connection and a sign-in of its own. A lane
//! that is dropped in the middle of a request closes its connection. Whether a server keeps a connection signed in is not
//! confirmed (exchange-web-services.md section 4.4), so a fresh 401 makes the lane sign in again.

use std::{net::SocketAddr, sync::Mutex};

use super::ntlm::{self, Challenge};
use crate::{
    domain::{lock::lock, secret::Secret, text::Text, time::Moment},
    provider::{
        exchange::error::Error,
        http::{Call, Http, Response},
    },
};

/// How often a sign-in is begun whose messages went over two connections. No password is tried by it.
const ATTEMPTS: u32 = 3;

/// Who signs in, and when.
pub(super) struct SignIn<'a> {
    /// As `user@domain` or `DOMAIN\user`.
    pub(super) account: &'a Text,
    pub(super) password: &'a Secret<String>,
    /// For servers that don't tell their time.
    pub(super) now: Moment,
}

/// The lanes of a session that carry no request just now.
#[derive(Default)]
pub(super) struct Lanes(Mutex<Vec<Lane>>);

impl Lanes {
    /// Sends a request over a free lane, or over a new one.
    ///
    /// # Errors
    /// No answer, or a sign-in that can't be carried out.
    pub(super) async fn send(&self, http: &Http, call: &Call, who: &SignIn<'_>) -> Result<Response, Error> {
        let free = lock(&self.0).pop();
        let mut lane = match free {
            Some(lane) => lane,
            None => Lane { http: http.with_a_connection_of_its_own()?, signed_in: None },
        };
        let answer = lane.send(call, who).await?;
        lock(&self.0).push(lane);
        Ok(answer)
    }
}

/// A client with one connection.
struct Lane {
    http: Http,
    /// Our end of the connection that is signed in; none where it is not known, too.
    signed_in: Option<SocketAddr>,
}

impl Lane {
    /// Sends a request, after a sign-in where the connection is not signed in.
    async fn send(&mut self, call: &Call, who: &SignIn<'_>) -> Result<Response, Error> {
        if let Some(local) = self.signed_in.take() {
            let (answer, connection) = self.http.send_once(call).await?;
            if answer.status != 401 {
                self.signed_in = connection.local.filter(|now| *now == local);
                return Ok(answer);
            }
        }
        for _ in 0..ATTEMPTS {
            let hello = ntlm::hello().ok_or(Error::NoHandshake)?;
            let empty = call.body.as_ref().map(|(kind, _)| (*kind, Vec::new()));
            let (first, begun) = self.http.send_once(&signed(call, hello, empty)).await?;
            if first.status != 401 {
                return Ok(first);
            }
            let challenge = Challenge::of(&first).ok_or(Error::NoHandshake)?;
            let proof = challenge
                .answer(who.account.as_str(), who.password, who.now, begun.end_point.as_deref())
                .ok_or(Error::AccountName)?;
            let body = call.body.clone();
            let (answer, ended) = self.http.send_once(&signed(call, proof.as_str().to_owned(), body)).await?;
            if answer.status != 401 {
                self.signed_in = ended.local;
                return Ok(answer);
            }
            // On another connection the server knew nothing of the challenge, and checked no password.
            if ended.local == begun.local {
                return Ok(answer);
            }
        }
        Err(Error::NoHandshake)
    }
}

/// The same request with this sign-in and this body.
fn signed(call: &Call, sign_in: String, body: Option<(&'static str, Vec<u8>)>) -> Call {
    let mut headers = call.headers.clone();
    headers.push(("authorization", sign_in));
    Call { headers, body, ..call.clone() }
}
