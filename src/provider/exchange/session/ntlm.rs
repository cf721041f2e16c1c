//! The three messages of NTLM, version 2, as Exchange takes them (MS-NLMP; exchange-web-services.md section 4.4).
//!
//! Triggered by a lane that signs its connection in. The messages and their arithmetic are those of `ntlmclient`. Added
//! here is what that crate leaves to its user: the server's own time in place of ours, no answer of the older kinds, and
//! the binding to the TLS channel (RFC 5929), without which a server whose Extended Protection is set to Require refuses
//! a right password. There is no MIC: a server misses one only where a client has said that it sends it. Pure.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use md5::{Digest, Md5};
use ntlmclient::{
    AuthenticateMessage, ChallengeMessage, Credentials, Flags, Message, NegotiateMessage, TargetInfoEntry,
    TargetInfoType, respond_challenge_ntlm_v2,
};
use zeroize::{Zeroize, Zeroizing};

use crate::{
    domain::{secret::Secret, time::Moment},
    provider::http::Response,
};

/// What every message of this scheme begins with in its header.
const SCHEME: &str = "NTLM ";

/// The longest challenge that is read, in bytes; a real one has some hundred. A guess.
const LONGEST: usize = 4 << 10;

/// How this program calls the computer that it runs on: its real name is nobody's business.
const WORKSTATION: &str = "BACKUP365";

/// Seconds from 1601, where Windows counts from, to 1970.
const SINCE_1601: i64 = 11_644_473_600;

/// Bytes of an empty answer of the older kind, where the server tells its time (MS-NLMP section 3.1.5.1.2).
const NO_OLDER_ANSWER: usize = 24;

/// What we can do.
fn flags() -> Flags {
    Flags::NEGOTIATE_UNICODE
        | Flags::REQUEST_TARGET
        | Flags::NEGOTIATE_NTLM
        | Flags::NEGOTIATE_ALWAYS_SIGN
        | Flags::NEGOTIATE_NTLM2_KEY
}

/// The first message, as a header's value; none where it can't be written, which does not happen.
pub(super) fn hello() -> Option<String> {
    let message = NegotiateMessage {
        flags: flags(),
        supplied_domain: String::new(),
        supplied_workstation: String::new(),
        os_version: ntlmclient::OsVersion::default(),
    };
    let bytes = Message::Negotiate(message).to_bytes().ok()?;
    Some(format!("{SCHEME}{}", STANDARD.encode(bytes)))
}

/// The server's challenge, from its 401.
pub(super) struct Challenge(ChallengeMessage);

impl Challenge {
    /// Reads it; none where the answer holds none that can be read.
    pub(super) fn of(answer: &Response) -> Option<Self> {
        let lines = answer.headers.get_all("www-authenticate");
        let encoded = lines
            .flat_map(|line| line.split(','))
            .map(str::trim)
            .filter(|part| part.get(..SCHEME.len()).is_some_and(|s| s.eq_ignore_ascii_case(SCHEME)))
            .find_map(|part| part.get(SCHEME.len()..))?;
        let bytes = STANDARD.decode(encoded.trim()).ok().filter(|bytes| bytes.len() <= LONGEST)?;
        match Message::try_from(bytes.as_slice()) {
            Ok(Message::Challenge(challenge)) => Some(Self(challenge)),
            _ => None,
        }
    }

    /// The third message, as a header's value. `end_point` is the hash of the certificate of the TLS that it goes
    /// through; none where the name or the password is too long for it.
    pub(super) fn answer(
        &self,
        account: &str,
        password: &Secret<String>,
        now: Moment,
        end_point: Option<&[u8]>,
    ) -> Option<Zeroizing<String>> {
        let (domain, user) = account.split_once('\\').unwrap_or(("", account));
        let mut credentials = Credentials {
            username: user.to_owned(),
            password: password.expose().clone(),
            domain: domain.to_owned(),
        };
        let (target, time) = (self.target(end_point), self.time());
        let is_timed = time.is_some();
        let time = time.unwrap_or_else(|| file_time(now));
        let proof = respond_challenge_ntlm_v2(self.0.challenge, &target, time, &credentials);
        credentials.password.zeroize();
        let message = AuthenticateMessage {
            lm_response: if is_timed { vec![0; NO_OLDER_ANSWER] } else { proof.lm_response },
            ntlm_response: proof.ntlm_response,
            domain_name: credentials.domain,
            user_name: credentials.username,
            workstation_name: WORKSTATION.to_owned(),
            // Goes along only where keys are exchanged.
            session_key: Vec::new(),
            flags: flags() | Flags::NEGOTIATE_TARGET_INFO,
            os_version: ntlmclient::OsVersion::default(),
        };
        let bytes = Zeroizing::new(Message::Authenticate(message).to_bytes().ok()?);
        Some(Zeroizing::new(format!("{SCHEME}{}", STANDARD.encode(&*bytes))))
    }

    /// What the server says about itself, with the binding, and its end.
    fn target(&self, end_point: Option<&[u8]>) -> Vec<u8> {
        use TargetInfoType::{ChannelBindings, Terminator};
        let theirs = self.0.target_information.iter();
        let mut entries: Vec<_> = theirs
            .filter(|entry| !matches!(entry.entry_type, ChannelBindings | Terminator))
            .cloned()
            .collect();
        entries.extend(
            end_point.map(|hash| TargetInfoEntry { entry_type: ChannelBindings, data: binding(hash) }),
        );
        entries.push(TargetInfoEntry { entry_type: Terminator, data: Vec::new() });
        entries.iter().flat_map(TargetInfoEntry::to_bytes).collect()
    }

    /// The server's time, in tenths of a microsecond since 1601, where it tells it.
    fn time(&self) -> Option<i64> {
        let mut entries = self.0.target_information.iter();
        let told = entries.find(|entry| entry.entry_type == TargetInfoType::Timestamp)?;
        Some(i64::from_le_bytes(told.data.as_slice().try_into().ok()?))
    }
}

/// A moment in tenths of a microsecond since 1601.
const fn file_time(at: Moment) -> i64 {
    at.as_millis().saturating_add(SINCE_1601 * 1_000).saturating_mul(10_000)
}

/// The binding to a TLS channel: the MD5 of a structure that holds no addresses and this text (RFC 2744 section 3.11,
/// RFC 5929 section 4, MS-NLMP section 2.2.2.1).
fn binding(end_point: &[u8]) -> Vec<u8> {
    let text = [b"tls-server-end-point:", end_point].concat();
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let structure = [&[0; 16][..], &length.to_le_bytes(), &text].concat();
    Md5::digest(structure).to_vec()
}

#[cfg(test)]
mod tests;
