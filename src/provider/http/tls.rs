//! TLS: whom this computer trusts, and what exactly does not fit where it does not trust a server.
//!
//! The checks are rustls's and the system's. Added is only what a certificate says about its issuer, which they keep to
//! themselves: it tells whoever runs a network that it is theirs.

use std::{error::Error as StdError, fmt, sync::Arc};

use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError,
    PeerIncompatible, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use x509_parser::{parse_x509_certificate, x509::X509Name};

use super::{HttpError, network::Network};
use crate::domain::{sydney::day_in_words, text::Text, time::Moment};

/// Names of a certificate that are shown; a guess that fits a line.
const NAMES: usize = 3;

/// Why a server's TLS is not trusted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TlsTrouble {
    /// The certificate is for other names, these among them; may be empty.
    OtherName(Text),
    /// It is signed by this issuer, whom this computer does not trust; may be empty.
    UnknownIssuer(Text),
    /// It is signed by itself alone.
    SelfSigned,
    /// It was good until then.
    Expired(Option<Moment>),
    /// It is good from then on.
    NotYetValid(Option<Moment>),
    /// Anything else about it.
    Certificate,
    /// No version of TLS that is new enough is spoken there.
    TooOld,
    /// There is no encryption that both know.
    NothingInCommon,
    /// A certificate of ours is asked for.
    WantsCertificate,
    /// What answers speaks no TLS, or speaks it wrongly.
    NoTls,
}

impl fmt::Display for TlsTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherName(names) if names.is_empty() => f.write_str("its certificate is for another name"),
            Self::OtherName(names) => write!(f, "its certificate is for another name ({names})"),
            Self::UnknownIssuer(issuer) if issuer.is_empty() => {
                f.write_str("its certificate comes from nobody whom this computer trusts")
            }
            Self::UnknownIssuer(issuer) => {
                write!(f, "its certificate comes from \"{issuer}\", which this computer does not trust")
            }
            Self::SelfSigned => {
                f.write_str("its certificate is signed by itself alone, so this computer does not trust it")
            }
            Self::Expired(Some(until)) => {
                write!(
                    f,
                    "its certificate ran out on {}, by the clock of this computer",
                    day_in_words(*until)
                )
            }
            Self::Expired(None) => f.write_str("its certificate has run out, by the clock of this computer"),
            Self::NotYetValid(Some(from)) => write!(
                f,
                "its certificate is good from {} on only, by the clock of this computer",
                day_in_words(*from)
            ),
            Self::NotYetValid(None) => {
                f.write_str("its certificate is not good yet, by the clock of this computer")
            }
            Self::Certificate => f.write_str("its certificate can't be trusted"),
            Self::TooOld => {
                f.write_str("it speaks only versions of TLS that are too old (at least 1.2 is needed)")
            }
            Self::NothingInCommon => f.write_str("it and this program know no encryption in common"),
            Self::WantsCertificate => f.write_str("it asks for a certificate of ours"),
            Self::NoTls => f.write_str("what answers does not speak TLS as it should"),
        }
    }
}

impl StdError for TlsTrouble {}

/// TLS as the client speaks it, with whom the environment or the system says to trust.
///
/// # Errors
/// [`HttpError::NoRoots`] when that is nobody.
pub(super) fn config(network: &Network) -> Result<ClientConfig, HttpError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let no_roots = |detail: &dyn fmt::Display| {
        tracing::warn!(%detail, "no certificates to trust by");
        HttpError::NoRoots { named: Text::clean(&network.certificates_in_words()) }
    };
    let verifier = verifier(network, &provider).map_err(|error| no_roots(&error))?;
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| no_roots(&error))?;
    let mut config = builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier(verifier)))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Whom to trust: what the variables name, on every system, else the system's own.
fn verifier(network: &Network, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let Some((file, folders)) = network.certificates() else {
        return Ok(Arc::new(rustls_platform_verifier::Verifier::new(Arc::clone(provider))?));
    };
    let places = file.iter().map(|file| (Some(file.as_path()), None));
    let places = places.chain(folders.iter().map(|folder| (None, Some(folder.as_path()))));
    let mut roots = RootCertStore::empty();
    for (file, folder) in places {
        let found = rustls_native_certs::load_certs_from_paths(file, folder);
        found.errors.iter().for_each(|error| tracing::warn!(%error, "certificates that can't be read"));
        roots.add_parsable_certificates(found.certs);
    }
    let made = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build();
    Ok(made.map_err(|error| Error::General(error.to_string()))?)
}

/// The system's checks, and what the certificate says about its issuer where they find nobody to trust.
#[derive(Debug)]
struct Verifier(Arc<dyn ServerCertVerifier>);

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).map_err(
            |error| {
                let told = match (&error, issuer(end_entity)) {
                    (Error::InvalidCertificate(CertificateError::UnknownIssuer), Some(told)) => told,
                    // An authority's own certificate in place of a server's.
                    (Error::InvalidCertificate(CertificateError::Other(_)), Some(TlsTrouble::SelfSigned)) => {
                        TlsTrouble::SelfSigned
                    }
                    _ => return error,
                };
                CertificateError::Other(OtherError(Arc::new(told))).into()
            },
        )
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// Who signed a certificate, by its own word; none where it can't be read.
fn issuer(certificate: &CertificateDer<'_>) -> Option<TlsTrouble> {
    let (_, certificate) = parse_x509_certificate(certificate).ok()?;
    let issuer = certificate.issuer();
    if issuer.as_raw() == certificate.subject().as_raw() {
        return Some(TlsTrouble::SelfSigned);
    }
    Some(TlsTrouble::UnknownIssuer(Text::clean(name(issuer).unwrap_or_default())))
}

/// What a name calls itself: its common name, else its organisation.
fn name<'n>(name: &'n X509Name<'_>) -> Option<&'n str> {
    name.iter_common_name().chain(name.iter_organization()).find_map(|part| part.as_str().ok())
}

/// What did not fit, where it was TLS that failed.
pub(super) fn trouble(error: &(dyn StdError + 'static)) -> Option<TlsTrouble> {
    super::words::chain(error).find_map(|cause| cause.downcast_ref::<Error>()).map(of)
}

/// Sorts what rustls says.
fn of(error: &Error) -> TlsTrouble {
    let moment = |at: &UnixTime| {
        i64::try_from(at.as_secs()).ok().map(|s| Moment::from_millis(s.saturating_mul(1_000)))
    };
    match error {
        Error::InvalidCertificate(certificate) => match certificate {
            CertificateError::Expired => TlsTrouble::Expired(None),
            CertificateError::ExpiredContext { not_after, .. } => TlsTrouble::Expired(moment(not_after)),
            CertificateError::NotValidYet => TlsTrouble::NotYetValid(None),
            CertificateError::NotValidYetContext { not_before, .. } => {
                TlsTrouble::NotYetValid(moment(not_before))
            }
            CertificateError::NotValidForName => TlsTrouble::OtherName(Text::default()),
            CertificateError::NotValidForNameContext { presented, .. } => {
                TlsTrouble::OtherName(names(presented))
            }
            CertificateError::UnknownIssuer => TlsTrouble::UnknownIssuer(Text::default()),
            CertificateError::Other(OtherError(told)) => {
                told.downcast_ref::<TlsTrouble>().cloned().unwrap_or(TlsTrouble::Certificate)
            }
            _ => TlsTrouble::Certificate,
        },
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        )
        | Error::AlertReceived(AlertDescription::ProtocolVersion) => TlsTrouble::TooOld,
        Error::PeerIncompatible(_)
        | Error::AlertReceived(AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity) => {
            TlsTrouble::NothingInCommon
        }
        Error::AlertReceived(AlertDescription::CertificateRequired) => TlsTrouble::WantsCertificate,
        _ => TlsTrouble::NoTls,
    }
}

/// The first names of a certificate, as rustls writes them: `DnsName("mail.hoster.example")`.
fn names(presented: &[String]) -> Text {
    let plain = presented.iter().map(|name| name.split('"').nth(1).unwrap_or(name.as_str()));
    let mut shown: Vec<&str> = plain.take(NAMES).collect();
    if presented.len() > NAMES {
        shown.push("…");
    }
    Text::clean(&shown.join(", "))
}
