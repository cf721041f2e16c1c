//! Which certificate a server may show: the rules of `sslmode` and `sslrootcert` ("SSL Support" in libpq's manual).

use std::{fs, path::PathBuf, sync::Arc};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
    server::ParsedCertificate,
};

/// How much of a certificate is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Trust {
    /// `prefer`, and `require` without a CA: nothing. It keeps listeners out, not somebody in between. (With a CA at hand libpq
    /// looks at a certificate for `prefer`, too, but goes on in plain text where it does not fit.)
    Anything,
    /// `verify-ca`: signed by a CA that is trusted.
    Authority,
    /// `verify-full`: and for this host.
    Host,
}

/// Which CAs are trusted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Roots {
    /// `sslrootcert=system`.
    System,
    /// Those in a file.
    File(PathBuf),
}

/// What TLS is done with.
///
/// # Errors
/// Why the CAs can't be read, in words.
pub(super) fn client(trust: Trust, roots: Option<&Roots>) -> Result<ClientConfig, String> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut named = Vec::new();
    let known = match roots {
        Some(Roots::File(path)) => {
            let pem = fs::read(path)
                .map_err(|error| format!("the CA's certificate {} can't be read: {error}", path.display()))?;
            let mut store = RootCertStore::empty();
            for certificate in CertificateDer::pem_slice_iter(&pem) {
                let certificate =
                    certificate.map_err(|_unread| format!("{} is no certificate", path.display()))?;
                named.push(certificate.clone());
                store
                    .add(certificate)
                    .map_err(|error| format!("{} is no certificate of a CA: {error}", path.display()))?;
            }
            store
        }
        Some(Roots::System) => {
            let mut store = RootCertStore::empty();
            let (_taken, _left) =
                store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            store
        }
        None => RootCertStore::empty(),
    };
    let inner = match trust {
        Trust::Anything => None,
        Trust::Authority | Trust::Host => Some(
            WebPkiServerVerifier::builder_with_provider(Arc::new(known), Arc::clone(&provider))
                .build()
                .map_err(|_none| "no CA is named that could be trusted".to_owned())?,
        ),
    };
    let verifier =
        Verifier { inner, named, is_by_host: trust == Trust::Host, provider: Arc::clone(&provider) };
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

/// Judges a certificate as libpq does.
#[derive(Debug)]
struct Verifier {
    /// None: any is taken.
    inner: Option<Arc<WebPkiServerVerifier>>,
    /// The certificates of the file that was named.
    named: Vec<CertificateDer<'static>>,
    is_by_host: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(inner) = &self.inner else { return Ok(ServerCertVerified::assertion()) };
        match inner.verify_server_cert(end, between, host, ocsp, now) {
            // The name is looked at last, so everything else was good.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.is_by_host => Ok(ServerCertVerified::assertion()),
            // A certificate that signs itself, as PostgreSQL's manual makes one ("Creating Certificates"), is a CA's, which the
            // library takes for no server. libpq takes it where it is named itself; its dates were looked at before.
            Err(Error::InvalidCertificate(CertificateError::Other(_))) if self.named.contains(end) => {
                if self.is_by_host {
                    verify_server_name(&ParsedCertificate::try_from(end)?, host)?;
                }
                Ok(ServerCertVerified::assertion())
            }
            judged => judged,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
