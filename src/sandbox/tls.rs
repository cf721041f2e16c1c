//! TLS on request: an authority of the sandbox's own signs a certificate for every host that it plays.
//!
//! The authority's certificate is written to the data folder (`ca.pem`) for whoever is to trust it; its key lies beside it,
//! readable by its owner only, so that the file stays good over a restart. The port speaks both: what begins as a TLS
//! handshake is one, and everything else is plain HTTP, which the program itself goes on speaking.

use std::{
    fs,
    io::{self, ErrorKind},
    net::SocketAddr,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::key;

/// Name of the authority's certificate in the data folder.
const CERTIFICATE: &str = "ca.pem";
/// Name of its key.
const KEY: &str = "ca-key.pk8";
/// First byte of a TLS handshake.
const HANDSHAKE: u8 = 22;
/// Longest wait for the first byte of a connection, and for the handshake.
const PATIENCE: Duration = Duration::from_secs(10);
/// Wait after the system refused a connection (too many open files), before the next is taken.
const BREATH: Duration = Duration::from_millis(50);
/// Connections that are ready and not taken yet.
const READY: usize = 16;

/// What the port needs to speak TLS.
pub(super) struct Tls {
    /// Makes handshakes.
    acceptor: TlsAcceptor,
    /// Where the authority's certificate lies.
    pub(super) certificate: PathBuf,
}

impl Tls {
    /// Signs a certificate for these hosts and this computer, by the data folder's authority.
    ///
    /// # Errors
    /// The folder can't be read or written, or its key is none.
    pub(super) fn prepare(data: &Path, hosts: impl Iterator<Item = String>) -> io::Result<Self> {
        let broken =
            |why: rcgen::Error| io::Error::other(format!("the sandbox's authority can't be used: {why}"));
        let (authority, certificate) = authority(data, broken)?;
        let names = ["localhost", "127.0.0.1", "::1"].into_iter().map(str::to_owned);
        let mut params = CertificateParams::new(names.chain(hosts).collect::<Vec<_>>()).map_err(broken)?;
        params.distinguished_name.push(DnType::CommonName, "Backup365 sandbox");
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let pair = KeyPair::generate().map_err(broken)?;
        let signed = params.signed_by(&pair, &authority).map_err(broken)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pair.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder.with_no_client_auth().with_single_cert(vec![signed.der().clone()], key)
            })
            .map_err(io::Error::other)?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate })
    }

    /// Makes the handshake of a connection that begins with one.
    async fn line(&self, stream: TcpStream) -> io::Result<Line> {
        let mut first = [0];
        if stream.peek(&mut first).await? == 1 && first == [HANDSHAKE] {
            return Ok(Line::Secure(Box::new(self.acceptor.accept(stream).await?)));
        }
        Ok(Line::Plain(stream))
    }
}

/// The data folder's authority, made if it is not there, and where its certificate lies.
fn authority(
    data: &Path,
    broken: impl Fn(rcgen::Error) -> io::Error + Copy,
) -> io::Result<(Issuer<'static, KeyPair>, PathBuf)> {
    let (file, key_file) = (data.join(CERTIFICATE), data.join(KEY));
    let mut params = CertificateParams::new(Vec::new()).map_err(broken)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, "Backup365 sandbox: an authority for tests alone");
    let is_new = !key_file.exists();
    if is_new {
        key::create(&key_file, &KeyPair::generate().map_err(broken)?.serialize_der())?;
    }
    let pair = KeyPair::try_from(fs::read(&key_file)?).map_err(broken)?;
    if is_new || !file.exists() {
        fs::write(&file, params.self_signed(&pair).map_err(broken)?.pem())?;
    }
    Ok((Issuer::new(params, pair), file))
}

/// A connection, plain or under TLS.
pub(super) enum Line {
    /// Plain.
    Plain(TcpStream),
    /// Under TLS.
    Secure(Box<TlsStream<TcpStream>>),
}

impl Line {
    /// Whether it is under TLS.
    pub(super) fn is_secure(&self) -> bool {
        matches!(self, Self::Secure(_))
    }
}

/// Passes a call on to whichever stream there is.
macro_rules! on {
    ($line:expr, $stream:ident => $call:expr) => {
        match $line.get_mut() {
            Line::Plain($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
            Line::Secure($stream) => {
                let $stream = Pin::new($stream.as_mut());
                $call
            }
        }
    };
}

impl AsyncRead for Line {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        on!(self, stream => stream.poll_read(context, buffer))
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        on!(self, stream => stream.poll_write(context, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        on!(self, stream => stream.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        on!(self, stream => stream.poll_shutdown(context))
    }
}

/// Connections as they come, each ready to be spoken on.
pub(super) enum Door {
    /// Plain ones only.
    Plain(TcpListener),
    /// Both kinds, made ready beside each other: one that is slow holds up nobody.
    Both(mpsc::Receiver<(Line, SocketAddr)>, SocketAddr),
}

impl Door {
    /// Opens a door; with `tls` it takes both kinds. It closes when it is dropped.
    ///
    /// # Errors
    /// The listener has no address.
    pub(super) fn open(listener: TcpListener, tls: Option<Arc<Tls>>) -> io::Result<Self> {
        let Some(tls) = tls else { return Ok(Self::Plain(listener)) };
        let address = listener.local_addr()?;
        let (ready, door) = mpsc::channel(READY);
        tokio::spawn(async move {
            loop {
                let (stream, address) = tokio::select! {
                    () = ready.closed() => break,
                    taken = taken(&listener) => taken,
                };
                let (tls, ready) = (Arc::clone(&tls), ready.clone());
                tokio::spawn(async move {
                    // Whoever does not get through tries again, or is nobody.
                    if let Ok(Ok(line)) = timeout(PATIENCE, tls.line(stream)).await {
                        ready.send((line, address)).await.ok();
                    }
                });
            }
        });
        Ok(Self::Both(door, address))
    }

    /// The next connection.
    pub(super) async fn next(&mut self) -> (Line, SocketAddr) {
        match self {
            Self::Plain(listener) => {
                let (stream, address) = taken(listener).await;
                (Line::Plain(stream), address)
            }
            Self::Both(door, _) => match door.recv().await {
                Some(next) => next,
                // The task that opens the door ends with the runtime only.
                None => std::future::pending().await,
            },
        }
    }

    /// Where it is.
    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Plain(listener) => listener.local_addr(),
            Self::Both(_, address) => Ok(*address),
        }
    }
}

/// Takes the next connection of a listener.
async fn taken(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                // Answers go out at once: a page is written in several pieces.
                stream.set_nodelay(true).ok();
                return (stream, address);
            }
            Err(why) if why.kind() == ErrorKind::ConnectionAborted => {}
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
}
