//! A client with one connection of its own, for a sign-in that holds for a connection and not for a request (NTLM).
//!
//! Triggered by the client of Exchange. The pool keeps one connection; whether the next request went out on it is seen
//! afterwards, by this computer's end of the line, because no pool promises it.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use hyper_util::client::legacy::connect::HttpInfo;
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_parser::parse_x509_certificate;

use super::{Call, Http, HttpError, Inner, Pool, Response, TargetKind, wait};

/// Signatures made with SHA-384, as certificates name them: RSA (RFC 8017) and ECDSA (RFC 5758).
const SHA_384: [&str; 2] = ["1.2.840.113549.1.1.12", "1.2.840.10045.4.3.3"];

/// The same with SHA-512.
const SHA_512: [&str; 2] = ["1.2.840.113549.1.1.13", "1.2.840.10045.4.3.4"];

/// The connection that an answer came on.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Connection {
    /// This computer's end of it, which tells two connections apart; none where the system does not say.
    pub local: Option<SocketAddr>,
    /// The hash of the server's certificate (`tls-server-end-point`, RFC 5929 section 4); only of a client with a
    /// connection of its own, and only of TLS.
    pub end_point: Option<Vec<u8>>,
}

impl Connection {
    /// What an answer tells of its connection.
    pub(super) fn of(response: &reqwest::Response) -> Self {
        let extensions = response.extensions();
        let certificate =
            extensions.get::<reqwest::tls::TlsInfo>().and_then(reqwest::tls::TlsInfo::peer_certificate);
        Self {
            local: extensions.get::<HttpInfo>().map(HttpInfo::local_addr),
            end_point: certificate.and_then(end_point),
        }
    }
}

impl Http {
    /// The same client with a connection of its own, which no other request shares. Opens nothing.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn with_a_connection_of_its_own(&self) -> Result<Self, HttpError> {
        let inner = &*self.inner;
        let direct = inner.way.client(TargetKind::Mapped, Pool::One)?;
        let open = inner.open.as_ref().map(|_| inner.way.client(TargetKind::Open, Pool::One)).transpose()?;
        let (fresh_direct, fresh_open) = (OnceLock::new(), OnceLock::new());
        Ok(Self { inner: Arc::new(Inner { direct, open, fresh_direct, fresh_open, ..inner.clone() }) })
    }

    /// Sends one request once, and tells which connection its answer came on.
    ///
    /// # Errors
    /// As [`Http::send`].
    pub async fn send_once(&self, call: &Call) -> Result<(Response, Connection), HttpError> {
        self.attempt(call, &wait::Waits::new(self.inner.first_wait), false).await
    }
}

/// The hash of a certificate as channel binding wants it: by the hash of its signature, SHA-256 in place of older ones.
/// Of signatures that name their hash elsewhere (RSASSA-PSS) SHA-256 is a guess.
fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let (_, read) = parse_x509_certificate(certificate).ok()?;
    let signature = read.signature_algorithm.algorithm.to_id_string();
    Some(match signature.as_str() {
        signature if SHA_384.contains(&signature) => Sha384::digest(certificate).to_vec(),
        signature if SHA_512.contains(&signature) => Sha512::digest(certificate).to_vec(),
        _ => Sha256::digest(certificate).to_vec(),
    })
}
