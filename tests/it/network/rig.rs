//! What may stand between the program and a server: an authority of the tests' own, TLS with its certificates, proxies. All
//! on loopback; ends with the test.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};
use tokio_rustls::TlsAcceptor;

/// Signs certificates.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate, for `SSL_CERT_FILE`.
    pub(crate) pem: String,
}

/// What a certificate is like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    Good,
    Over,
    NotBegun,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// TLS with a certificate for these names.
    pub(crate) fn signs(&self, names: &[&str], life: Life) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let certificate = params(names, life).signed_by(&key, &self.issuer).unwrap();
        server(certificate.der().clone(), &key)
    }
}

fn params(names: &[&str], life: Life) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, "a server of the tests");
    match life {
        Life::Good => {}
        Life::Over => params.not_after = date_time_ymd(2020, 1, 31),
        Life::NotBegun => params.not_before = date_time_ymd(4000, 1, 31),
    }
    params
}

/// TLS with a certificate that is signed by itself; as an authority's, or as a server's.
pub(crate) fn signed_by_itself(names: &[&str], is_authority: bool) -> ServerConfig {
    let key = KeyPair::generate().unwrap();
    let mut params = params(names, Life::Good);
    if is_authority {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    server(params.self_signed(&key).unwrap().der().clone(), &key)
}

fn server(certificate: CertificateDer<'static>, key: &KeyPair) -> ServerConfig {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap()
}

/// Places that a proxy leads to, by the name and port that it is asked for.
pub(crate) type Routes = Vec<(&'static str, SocketAddr)>;

/// What a proxy was asked for.
pub(crate) type Asked = Arc<Mutex<Vec<String>>>;

/// Everything that runs.
pub(crate) struct Rig(Runtime);

impl Rig {
    pub(crate) fn new() -> Self {
        Self(tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap())
    }

    /// Serves each connection in a task of its own.
    fn serve<F>(&self, each: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = self.0.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let at = listener.local_addr().unwrap();
        self.0.spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(each(socket));
            }
        });
        at
    }

    /// Speaks TLS, and passes on to a plain server what is in it. A client that does not trust it goes away.
    pub(crate) fn tls(&self, config: ServerConfig, behind: &str) -> SocketAddr {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let behind = behind.trim_start_matches("http://").to_owned();
        self.serve(move |socket| {
            let (acceptor, behind) = (acceptor.clone(), behind.clone());
            async move {
                let Ok(mut inner) = acceptor.accept(socket).await else { return };
                let mut outer = TcpStream::connect(behind).await.unwrap();
                let _gone = copy_bidirectional(&mut inner, &mut outer).await;
            }
        })
    }

    /// Answers whatever comes first with these bytes, and closes.
    pub(crate) fn says(&self, bytes: &'static [u8]) -> SocketAddr {
        self.serve(move |mut socket| async move {
            let mut heard = [0; 4_096];
            let _gone = socket.read(&mut heard).await;
            let _gone = socket.write_all(bytes).await;
            let _gone = socket.shutdown().await;
        })
    }

    /// A proxy that opens tunnels; with `wants` only for this `Proxy-Authorization`.
    pub(crate) fn proxy(&self, wants: Option<&'static str>, routes: Routes) -> (SocketAddr, Asked) {
        let asked = Asked::default();
        let noted = Arc::clone(&asked);
        let at = self.serve(move |mut socket| {
            let (routes, noted) = (routes.clone(), Arc::clone(&noted));
            async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    if socket.read_buf(&mut head).await.unwrap_or(0) == 0 {
                        return;
                    }
                }
                let head = String::from_utf8(head).unwrap();
                let line = head.lines().next().unwrap().to_owned();
                let place = line.split(' ').nth(1).unwrap().to_owned();
                noted.lock().unwrap().push(line);
                let is_known = head.lines().any(|line| {
                    line.split_once(": ").is_some_and(|(name, value)| {
                        name.eq_ignore_ascii_case("proxy-authorization") && Some(value) == wants
                    })
                });
                let answer = match routes.iter().find(|(name, _)| *name == place) {
                    _ if wants.is_some() && !is_known => {
                        "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0"
                    }
                    None => "403 Forbidden\r\nContent-Length: 0",
                    Some((_, to)) => return tunnel(socket, "HTTP/1.1 200 OK\r\n\r\n".as_bytes(), *to).await,
                };
                let _gone = socket.write_all(format!("HTTP/1.1 {answer}\r\n\r\n").as_bytes()).await;
            }
        });
        (at, asked)
    }

    /// A proxy that speaks SOCKS 5 (RFC 1928) and takes names; with `wants` only for this user and password (RFC 1929).
    pub(crate) fn socks(
        &self,
        wants: Option<(&'static str, &'static str)>,
        routes: Routes,
    ) -> (SocketAddr, Asked) {
        let asked = Asked::default();
        let noted = Arc::clone(&asked);
        let at = self.serve(move |socket| {
            let (routes, noted) = (routes.clone(), Arc::clone(&noted));
            async move {
                let _gone = speak_socks(socket, wants, &routes, &noted).await;
            }
        });
        (at, asked)
    }
}

/// Says that the way is open, and passes on both ways.
async fn tunnel(mut socket: TcpStream, word: &[u8], to: SocketAddr) {
    let mut outer = TcpStream::connect(to).await.unwrap();
    socket.write_all(word).await.unwrap();
    let _gone = copy_bidirectional(&mut socket, &mut outer).await;
}

async fn speak_socks(
    mut socket: TcpStream,
    wants: Option<(&str, &str)>,
    routes: &Routes,
    noted: &Asked,
) -> std::io::Result<()> {
    let _version = socket.read_u8().await?;
    let methods = text(&mut socket).await?;
    if wants.is_some() && !methods.contains('\u{2}') {
        return socket.write_all(&[5, 0xff]).await;
    }
    socket.write_all(&[5, if wants.is_some() { 2 } else { 0 }]).await?;
    if let Some((user, password)) = wants {
        let _version = socket.read_u8().await?;
        let is_known =
            (text(&mut socket).await?, text(&mut socket).await?) == (user.to_owned(), password.to_owned());
        socket.write_all(&[1, u8::from(!is_known)]).await?;
        if !is_known {
            return Ok(());
        }
    }
    let mut head = [0; 4];
    socket.read_exact(&mut head).await?;
    assert_eq!(head, [5, 1, 0, 3], "a connection, to a name");
    let place = format!("{}:{}", text(&mut socket).await?, socket.read_u16().await?);
    noted.lock().unwrap().push(place.clone());
    let Some((_, to)) = routes.iter().find(|(name, _)| *name == place) else {
        return socket.write_all(&[5, 2, 0, 1, 0, 0, 0, 0, 0, 0]).await;
    };
    tunnel(socket, &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0], *to).await;
    Ok(())
}

/// Bytes with their number in front.
async fn text(socket: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = vec![0; usize::from(socket.read_u8().await?)];
    socket.read_exact(&mut bytes).await?;
    Ok(String::from_utf8(bytes).unwrap())
}
