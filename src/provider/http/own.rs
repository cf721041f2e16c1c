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

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::{
        domain::{
            secret::Secret,
            time::{Clock, Moment},
        },
        provider::http::{HttpOptions, Method, Network},
    };

    /// A server that answers every request on a connection with 401, and its certificate and authority.
    async fn server() -> (SocketAddr, Vec<u8>, String) {
        let authority = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&authority).unwrap().pem();
        let key = KeyPair::generate().unwrap();
        let names = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let certificate = names.signed_by(&key, &Issuer::new(params, authority)).unwrap().der().clone();
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], private)
            .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut request = [0; 2048];
                while stream.read(&mut request).await.is_ok_and(|length| length > 0) {
                    stream.write_all(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n").await.unwrap();
                }
            }
        });
        (at, certificate.to_vec(), pem)
    }

    #[tokio::test]
    async fn requests_stay_on_one_connection_which_tells_the_hash_of_its_certificate() {
        let (at, certificate, pem) = server().await;
        let folder = tempfile::tempdir().unwrap();
        let roots = folder.path().join("roots.pem");
        std::fs::write(&roots, pem).unwrap();
        let roots = ("SSL_CERT_FILE", Secret::new(roots.to_str().unwrap().to_owned()));
        let http = Http::new(HttpOptions {
            origins: vec![("https://mail.hoster.example".to_owned(), format!("https://{at}"))],
            is_total: false,
            clock: Clock::fixed(Moment::from_millis(0)),
            network: Network(vec![roots]),
        })
        .unwrap()
        .with_a_connection_of_its_own()
        .unwrap();
        let call = Call {
            method: Method::Post,
            url: "https://mail.hoster.example/EWS/Exchange.asmx".parse().unwrap(),
            headers: Vec::new(),
            body: None,
            deadline: std::time::Duration::from_secs(20),
            max_body_bytes: 1_000,
            is_safe_to_repeat: false,
        };
        let (answer, first) = http.send_once(&call).await.unwrap();
        assert_eq!(answer.status, 401);
        // Signed by ECDSA with SHA-256.
        assert_eq!(first.end_point, Some(Sha256::digest(&certificate).to_vec()));
        assert!(first.local.is_some());
        for _ in 0..20 {
            assert_eq!(http.send_once(&call).await.unwrap().1, first);
        }
    }
}
