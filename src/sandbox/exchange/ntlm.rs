//! Windows sign-in at the endpoint: NTLM version 2, checked against the password that the world's file states.
//!
//! Triggered by every call to a server that offers `ntlm`. A first message is answered with a challenge, a third one is
//! reckoned again, byte by byte (MS-NLMP sections 2.2 and 3.3.2), and lets its connection in; another connection is not.
//! Nothing here is shared with a client: a mistake of one would cancel out that of the other.

use std::{collections::BTreeMap, sync::Mutex};

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use md4::Md4;
use md5::{Digest, Md5};

use super::Site;
use super::directory::Now;
use super::front::{self, Reply};
use super::settings::{Account, Challenge, ExtendedProtection};

/// Connections that are remembered; beyond it the oldest are forgotten.
const MOST: usize = 4096;
/// What every message begins with.
const SIGNATURE: &[u8] = b"NTLMSSP\0";
/// Where the payload of a challenge begins.
const PAYLOAD: usize = 56;
/// Unicode, a target is named, signatures, NTLM, session security of version 2, target information, 128 bits.
const FLAGS: u32 =
    0x0000_0001 | 0x0000_0004 | 0x0000_0200 | 0x0000_8000 | 0x0002_0000 | 0x0008_0000 | 0x0080_0000;
/// Milliseconds from 1601 to 1970.
const SINCE_1601: i64 = 11_644_473_600_000;
/// Kinds of what a server says about itself.
const COMPUTER: u16 = 1;
const DOMAIN: u16 = 2;
const TIMESTAMP: u16 = 7;
const BINDINGS: u16 = 10;

/// How far the connections of a server are.
#[derive(Debug, Default)]
pub(super) struct Lines(Mutex<BTreeMap<u64, Line>>);

/// How far a connection is.
#[derive(Clone, Debug)]
enum Line {
    /// It was given this challenge.
    Asked([u8; 8]),
    /// This account is in.
    In(String),
}

impl Lines {
    /// Puts a connection down, or forgets it.
    fn put(&self, connection: u64, line: Option<Line>) {
        let Ok(mut lines) = self.0.lock() else { return };
        lines.remove(&connection);
        if let Some(line) = line {
            lines.insert(connection, line);
        }
        while lines.len() > MOST {
            lines.pop_first();
        }
    }

    /// How far a connection is.
    fn get(&self, connection: u64) -> Option<Line> {
        self.0.lock().ok()?.get(&connection).cloned()
    }
}

/// The challenge for a request that carries a first message; none where it does not, or NTLM is not offered.
pub(super) fn challenge(site: &Site, connection: u64, headers: &HeaderMap, now: Now) -> Option<Reply> {
    let message = message(site, headers).filter(|message| kind(message) == Some(1))?;
    drop(message);
    let challenge: [u8; 8] = rand::random();
    site.lines.put(connection, Some(Line::Asked(challenge)));
    let line = format!("NTLM {}", STANDARD.encode(second(site, challenge, now)));
    let mut reply = front::empty(axum::http::StatusCode::UNAUTHORIZED);
    reply.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_str(&line).ok()?);
    Some(reply)
}

/// The account that a connection is signed in as, by this request or by one before it.
pub(super) fn account<'a>(site: &'a Site, connection: u64, headers: &HeaderMap) -> Option<&'a Account> {
    let line = site.lines.get(connection);
    if !headers.contains_key(header::AUTHORIZATION) {
        let Line::In(name) = line? else { return None };
        return site.server.accounts.iter().find(|account| account.name == name);
    }
    site.lines.put(connection, None);
    let Some(Line::Asked(challenge)) = line else { return None };
    let message = message(site, headers)?;
    let account = Proof::read(&message)?.account(site, challenge)?;
    if site.server.habits.connection_stays_in {
        site.lines.put(connection, Some(Line::In(account.name.clone())));
    }
    Some(account)
}

/// The message of a request.
fn message(site: &Site, headers: &HeaderMap) -> Option<Vec<u8>> {
    let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = given.split_once(' ')?;
    let is_spoken = site.server.challenges.contains(&Challenge::Ntlm) && scheme.eq_ignore_ascii_case("ntlm");
    let message = STANDARD.decode(encoded.trim()).ok()?;
    (is_spoken && message.starts_with(SIGNATURE)).then_some(message)
}

/// Which of the three a message is.
fn kind(message: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(message.get(8..12)?.try_into().ok()?))
}

/// The second message.
fn second(site: &Site, challenge: [u8; 8], now: Now) -> Vec<u8> {
    let host = site.server.host.split('.').next().unwrap_or_default().to_uppercase();
    let (name, computer) = (wide("HOSTER"), wide(&host));
    let time = now.at.saturating_add(SINCE_1601).saturating_mul(10_000).to_le_bytes();
    let pairs = [(DOMAIN, &name[..]), (COMPUTER, &computer), (TIMESTAMP, &time), (0, &[])];
    let about: Vec<u8> = pairs
        .iter()
        .flat_map(|(kind, value)| [&kind.to_le_bytes()[..], &short(value.len()), value].concat())
        .collect();
    let field = |length: usize, at: usize| {
        let at = u32::try_from(at).unwrap_or_default().to_le_bytes();
        [&short(length)[..], &short(length), &at].concat()
    };
    [
        SIGNATURE,
        &2_u32.to_le_bytes(),
        &field(name.len(), PAYLOAD),
        &FLAGS.to_le_bytes(),
        &challenge,
        &[0; 8],
        &field(about.len(), PAYLOAD + name.len()),
        &[0; 8],
        &name,
        &about,
    ]
    .concat()
}

/// A length in two bytes.
fn short(length: usize) -> [u8; 2] {
    u16::try_from(length).unwrap_or_default().to_le_bytes()
}

/// A text in UTF-16.
fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// What a third message proves.
#[derive(Debug)]
struct Proof {
    /// Domain and user, as they were sent.
    domain: String,
    user: String,
    /// The proof, then what it was made over.
    answer: Vec<u8>,
}

impl Proof {
    /// Reads a third message.
    fn read(message: &[u8]) -> Option<Self> {
        if kind(message)? != 3 {
            return None;
        }
        let field = |at: usize| {
            let length = u16::from_le_bytes(message.get(at..at + 2)?.try_into().ok()?);
            let from = u32::from_le_bytes(message.get(at + 4..at + 8)?.try_into().ok()?);
            let from = usize::try_from(from).ok()?;
            message.get(from..from.checked_add(usize::from(length))?)
        };
        let text = |at: usize| {
            let units = field(at)?.chunks_exact(2);
            let units: Vec<u16> =
                units.filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?))).collect();
            String::from_utf16(&units).ok()
        };
        Some(Self { domain: text(28)?, user: text(36)?, answer: field(20)?.to_vec() })
    }

    /// The account whose password made it.
    fn account<'a>(&self, site: &'a Site, challenge: [u8; 8]) -> Option<&'a Account> {
        let told = if self.domain.is_empty() {
            self.user.clone()
        } else {
            format!("{}\\{}", self.domain, self.user)
        };
        let account = site.server.accounts.iter().find(|account| {
            std::iter::once(&account.name).chain(&account.also).any(|known| front::same(known, &told))
        })?;
        let (proof, made_over) = self.answer.split_at_checked(16)?;
        let is_right = reckon(&account.password, &self.user, &self.domain, challenge, made_over)? == proof;
        // Version and its highest, then zeros, time, the client's challenge, zeros, and what we said about ourselves.
        let is_whole = made_over.starts_with(&[1, 1]) && pair(made_over, TIMESTAMP).is_some();
        (is_right && is_whole && is_bound(site.server.extended_protection, made_over)).then_some(account)
    }
}

/// Whether the binding to a TLS channel is as it must be: here is no TLS, so that none can be right.
fn is_bound(protection: ExtendedProtection, made_over: &[u8]) -> bool {
    match protection {
        ExtendedProtection::Off => true,
        ExtendedProtection::Allow => {
            pair(made_over, BINDINGS).is_none_or(|told| told.iter().all(|byte| *byte == 0))
        }
        ExtendedProtection::Require => false,
    }
}

/// What a client repeats of what the server says about itself.
fn pair(made_over: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut rest = made_over.get(28..)?;
    loop {
        let kind = u16::from_le_bytes(rest.get(..2)?.try_into().ok()?);
        let length = usize::from(u16::from_le_bytes(rest.get(2..4)?.try_into().ok()?));
        let value = rest.get(4..4 + length)?;
        match kind {
            0 => return None,
            kind if kind == wanted => return Some(value),
            _ => rest = rest.get(4 + length..)?,
        }
    }
}

/// The proof that a password makes.
fn reckon(password: &str, user: &str, domain: &str, challenge: [u8; 8], made_over: &[u8]) -> Option<Vec<u8>> {
    let hash = |key: &[u8], parts: [&[u8]; 2]| {
        let mut hash = Hmac::<Md5>::new_from_slice(key).ok()?;
        for part in parts {
            hash.update(part);
        }
        Some(hash.finalize().into_bytes().to_vec())
    };
    let key = hash(&Md4::digest(wide(password)), [&wide(&user.to_uppercase()), &wide(domain)])?;
    hash(&key, [&challenge, made_over])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of MS-NLMP section 4.2.4, whose numbers are Microsoft's.
    #[test]
    fn the_proof_is_that_of_microsofts_example() {
        let name =
            |kind: u16, text: &str| [&kind.to_le_bytes()[..], &short(text.len() * 2), &wide(text)].concat();
        let made_over = [
            &[1, 1, 0, 0, 0, 0, 0, 0][..],
            &[0; 8],
            &[0xaa; 8],
            &[0; 4],
            &name(DOMAIN, "Domain"),
            &name(COMPUTER, "Server"),
            &[0; 4],
            &[0; 4],
        ]
        .concat();
        let challenge = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];
        let proof = reckon("Password", "User", "Domain", challenge, &made_over).unwrap();
        let expected =
            [0x68, 0xcd, 0x0a, 0xb8, 0x51, 0xe5, 0x1c, 0x96, 0xaa, 0xbc, 0x92, 0x7b, 0xeb, 0xef, 0x6a, 0x1c];
        assert_eq!(proof, expected);
        assert_eq!(pair(&made_over, COMPUTER), Some(&wide("Server")[..]));
        assert_eq!(pair(&made_over, BINDINGS), None);
    }
}
