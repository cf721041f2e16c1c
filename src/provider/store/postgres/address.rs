//! Where the record's server is and how it is entered: a `postgres://` address as libpq's users write it, with the
//! password from elsewhere ("Connection Strings", "The Password File" in libpq's manual).

use std::{
    fmt,
    net::IpAddr,
    path::{Path, PathBuf},
    str::FromStr as _,
    time::Duration,
};

use tokio_postgres::{
    Client, Config, Connection, Socket,
    config::{Host, SslMode},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::trust::{Roots, Trust, client};
use crate::domain::{
    failure::{Failure, FailureKind},
    secret::Secret,
    text::Text,
};

/// How long a connection may take to be made, unless the address says otherwise.
const CONNECT: Duration = Duration::from_secs(10);

/// How long TLS, sign-in and the first statement may take beyond that.
const GREETING: Duration = Duration::from_secs(5);

/// How long an answer is waited for once it is connected. A guess: the longest statement of an operator takes a second or two,
/// on a busy server and a slow way some more, and nobody on a call waits longer.
const ANSWER: Duration = Duration::from_secs(30);

/// A connection on which nothing is heard is asked whether the other side is there, after 20 s, then each 10 s: found dead
/// in 60 s.
const KEEPALIVE: (Duration, Duration, u32) = (Duration::from_secs(20), Duration::from_secs(10), 4);

/// A server, a database, a role, and what is demanded of the connection.
#[derive(Clone)]
pub struct Address {
    config: Config,
    tls: MakeRustlsConnect,
    /// The server's certificate is looked at.
    is_verified: bool,
    /// How long an answer is waited for.
    limit: Duration,
    /// Without secrets: role, host, port, database.
    shown: Text,
}

/// What the surroundings say, where the address does not: libpq's variables and files.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The password, where settings name one.
    pub password: Option<Secret<String>>,
    /// `PGPASSFILE`, or `.pgpass` in the home folder.
    pub passfile: Option<PathBuf>,
    /// `PGSSLMODE`.
    pub mode: Option<String>,
    /// `PGSSLROOTCERT`, or `.postgresql/root.crt` in the home folder, where it is there.
    pub root: Option<PathBuf>,
    /// The account's name, for an address without a role.
    pub account: Option<String>,
}

/// What TLS is spoken over.
pub(super) type Secured = <MakeRustlsConnect as tokio_postgres::tls::MakeTlsConnect<Socket>>::Stream;

impl Address {
    /// Reads an address. What it does not say comes from the surroundings, then from libpq's defaults.
    ///
    /// # Errors
    /// `BadInput`: it is no address, demands what is not known, or names a file that can't be read.
    pub fn parse(text: &str, around: &Surroundings) -> Result<Self, Failure> {
        let (mut plain, asked) = split(text);
        let of =
            |name: &str| asked.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let root = match of("sslrootcert") {
            Some("system") => Some(Roots::System),
            Some(path) => Some(Roots::File(path.into())),
            None => around
                .root
                .clone()
                .map(|path| if path.as_os_str() == "system" { Roots::System } else { Roots::File(path) }),
        };
        let (mode, trust) = demanded(of("sslmode").or(around.mode.as_deref()), root.as_ref())?;
        // What the library does not know was taken out; the rest goes to it as it is.
        let rest: Vec<String> = asked
            .iter()
            .filter(|(name, _)| !OURS.contains(&name.as_str()))
            .map(|(name, value)| {
                format!(
                    "{name}={}",
                    percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC)
                )
            })
            .collect();
        if !rest.is_empty() {
            plain = format!("{plain}?{}", rest.join("&"));
        }
        let mut config = Config::from_str(&plain)
            .map_err(|error| unreadable(&cause(&error), "Write it as postgres://ROLE@HOST:PORT/DATABASE."))?;
        if config.get_hosts().is_empty() {
            return Err(unreadable("it names no host", "Write it as postgres://ROLE@HOST:PORT/DATABASE."));
        }
        complete(&mut config, of("passfile").map(PathBuf::from).as_deref(), around);
        config.ssl_mode(mode);
        let tls = client(trust, root.as_ref()).map_err(|why| {
            unreadable(&why, "Name a file with the CA's certificate as sslrootcert in record.url.")
        })?;
        let shown = shown(&config);
        let is_verified = trust != Trust::Anything;
        Ok(Self { config, tls: MakeRustlsConnect::new(tls), is_verified, limit: ANSWER, shown })
    }

    /// For the library.
    pub(super) const fn config(&self) -> &Config {
        &self.config
    }

    /// Makes a connection.
    pub(super) async fn connect(
        &self,
    ) -> Result<(Client, Connection<Socket, Secured>), tokio_postgres::Error> {
        self.config.connect(self.tls.clone()).await
    }

    /// How long a connection may take until it can be worked with, on whichever of its hosts. The library limits the first
    /// step only, and a server that is stopped, or something else on its port, may never say a word.
    pub(super) fn patience(&self) -> Duration {
        let each = self.config.get_connect_timeout().copied().unwrap_or(CONNECT);
        let hosts = u32::try_from(self.config.get_hosts().len()).unwrap_or(1);
        each.saturating_mul(hosts.max(1)).saturating_add(GREETING)
    }

    /// How long an answer is waited for once it is connected.
    pub(super) const fn limit(&self) -> Duration {
        self.limit
    }

    /// The same with another limit, for tests that wait for it.
    #[cfg(test)]
    pub(super) fn with_limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// The role by which the record is opened.
    #[must_use]
    pub fn role(&self) -> &str {
        self.config.get_user().unwrap_or_default()
    }

    /// Whether the server's certificate is looked at, where there is one.
    pub(super) const fn is_verified(&self) -> bool {
        self.is_verified
    }

    /// Whether every host is this computer.
    pub(super) fn is_here(&self) -> bool {
        self.config.get_hosts().iter().all(|host| match host {
            Host::Tcp(name) => {
                name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
            #[cfg(unix)]
            Host::Unix(_) => true,
        })
    }

    /// Host, port and database.
    pub(crate) fn without_role(&self) -> &str {
        self.shown.as_str().split_once('@').map_or(self.shown.as_str(), |(_, place)| place)
    }
}

/// Where it is, without a secret.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shown.as_str())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// What is demanded of the connection, by the words of `sslmode` and the CAs that are at hand ("SSL Support" in libpq's
/// manual). Anybody can have a certificate by one of the system's CAs, so with them the host is looked at, too, unless
/// nothing is: anything between is refused.
fn demanded(mode: Option<&str>, root: Option<&Roots>) -> Result<(SslMode, Trust), Failure> {
    let usual = if root == Some(&Roots::System) { "verify-full" } else { "prefer" };
    Ok(match (mode.unwrap_or(usual), root) {
        ("verify-full", Some(_)) => (SslMode::Require, Trust::Host),
        (weak @ ("disable" | "allow" | "prefer" | "require" | "verify-ca"), Some(Roots::System)) => {
            return Err(unreadable(
                &format!("sslmode={weak} is too weak beside sslrootcert=system"),
                "Take sslmode=verify-full, or name the CA's own file as sslrootcert.",
            ));
        }
        ("disable", _) => (SslMode::Disable, Trust::Anything),
        // libpq's allow tries without first; what a server allows is not changed by the order.
        ("allow" | "prefer", _) => (SslMode::Prefer, Trust::Anything),
        // With a CA at hand, require is verify-ca.
        ("require" | "verify-ca", Some(_)) => (SslMode::Require, Trust::Authority),
        ("require", None) => (SslMode::Require, Trust::Anything),
        ("verify-ca" | "verify-full", None) => {
            return Err(unreadable(
                "it demands a certificate that is looked at, and names no CA",
                "Add sslrootcert=FILE to record.url, or sslrootcert=system for the CAs of this computer.",
            ));
        }
        (other, _) => {
            return Err(unreadable(
                &format!("sslmode={other} is not known"),
                "Take disable, prefer, require, verify-ca or verify-full.",
            ));
        }
    })
}

/// What is looked at here and not by the library.
const OURS: [&str; 4] = ["sslmode", "sslrootcert", "passfile", "gssencmode"];

/// An address without what stands behind its question mark, and that as pairs.
fn split(text: &str) -> (String, Vec<(String, String)>) {
    let text = text.trim();
    let (plain, behind) = text.split_once('?').unwrap_or((text, ""));
    let decode = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned();
    let pairs = behind.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    (plain.to_owned(), pairs.map(|(name, value)| (decode(name), decode(value))).collect())
}

/// What an address leaves open.
fn complete(config: &mut Config, passfile: Option<&Path>, around: &Surroundings) {
    if config.get_user().is_none()
        && let Some(account) = &around.account
    {
        config.user(account);
    }
    if config.get_dbname().is_none() {
        let role = config.get_user().unwrap_or_default().to_owned();
        config.dbname(role);
    }
    if config.get_password().is_none() {
        let kept = || passfile.or(around.passfile.as_deref()).and_then(|file| from_passfile(file, config));
        if let Some(password) =
            around.password.as_ref().map(|password| password.expose().clone()).or_else(kept)
        {
            config.password(password);
        }
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    if config.get_application_name().is_none() {
        config.application_name("backup365");
    }
    let (idle, interval, retries) = KEEPALIVE;
    config.keepalives_idle(idle).keepalives_interval(interval).keepalives_retries(retries);
    config.tcp_user_timeout(idle + interval * retries);
}

/// The first password in a password file whose line fits. A file that others can read is left alone, as libpq does.
fn from_passfile(file: &Path, config: &Config) -> Option<String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let found = std::fs::metadata(file).ok()?;
        if !found.is_file() || found.mode() & 0o077 != 0 {
            tracing::warn!(file = %file.display(), "left alone: other accounts can read the passwords in it");
            return None;
        }
    }
    let text = crate::outside::file::secret(file).ok()?;
    let hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .map(|host| match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(_) => "localhost".to_owned(),
        })
        .collect();
    let port = config.get_ports().first().copied().unwrap_or(5432).to_string();
    let (name, role) = (config.get_dbname()?, config.get_user()?);
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let [host, of_port, of_name, of_role, password] = fields(line)?;
        let fits = |pattern: &str, value: &str| pattern == "*" || pattern == value;
        let is_it = hosts.iter().any(|own| fits(&host, own))
            && fits(&of_port, &port)
            && fits(&of_name, name)
            && fits(&of_role, role);
        is_it.then_some(password)
    })
}

/// The five fields of a line; a colon or a backslash in one has a backslash before it.
fn fields(line: &str) -> Option<[String; 5]> {
    let mut fields = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => fields.last_mut()?.extend(letters.next()),
            ':' if fields.len() < 5 => fields.push(String::new()),
            letter => fields.last_mut()?.push(letter),
        }
    }
    fields.try_into().ok()
}

/// "ann@db.example:5432/backup365".
fn shown(config: &Config) -> Text {
    let ports = config.get_ports();
    let places: Vec<String> = config
        .get_hosts()
        .iter()
        .enumerate()
        .map(|(at, host)| {
            let port = ports.get(at).or(ports.first()).copied().unwrap_or(5432);
            match host {
                Host::Tcp(name) => format!("{name}:{port}"),
                #[cfg(unix)]
                Host::Unix(folder) => format!("{}:{port}", folder.display()),
            }
        })
        .collect();
    let (role, name) = (config.get_user().unwrap_or_default(), config.get_dbname().unwrap_or_default());
    Text::of(format_args!("{role}@{}/{name}", places.join(",")))
}

/// What a library's error was caused by: its own words name options, never values.
fn cause(error: &tokio_postgres::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

/// An address that can't be worked with.
fn unreadable(why: &str, hint: &'static str) -> Failure {
    Failure::new(FailureKind::Record, Text::of(format_args!("record.url can't be used: {why}")), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Address, Failure> {
        Address::parse(text, &Surroundings { account: Some("ann".into()), ..Surroundings::default() })
    }

    #[test]
    fn an_address_is_read_as_libpq_reads_it_and_shown_without_its_password() {
        for (text, shown) in [
            ("postgres://ben:s3cret@db.example:5433/team?sslmode=require", "ben@db.example:5433/team"),
            ("postgresql://db.example", "ann@db.example:5432/ann"),
            ("postgres://db.example/team?sslmode=disable&connect_timeout=3", "ann@db.example:5432/team"),
            ("postgres:///team?host=/run/postgresql", "ann@/run/postgresql:5432/team"),
            ("postgres://a.example,b.example:6000/team", "ann@a.example:5432,b.example:6000/team"),
        ] {
            assert_eq!(parsed(text).unwrap().to_string(), shown, "{text}");
        }
        for (text, is_here, is_verified) in [
            ("postgres://localhost/team", true, false),
            ("postgres://127.0.0.2/team?sslmode=require", true, false),
            ("postgres://[::1]/team", true, false),
            ("postgres:///team?host=/run/postgresql", true, false),
            ("postgres://localhost,db.example/team", false, false),
            ("postgres://192.0.2.7/team?sslmode=verify-full&sslrootcert=system", false, true),
            ("postgres://192.0.2.7/team?sslrootcert=system", false, true),
        ] {
            let address = parsed(text).unwrap();
            assert_eq!((address.is_here(), address.is_verified()), (is_here, is_verified), "{text}");
        }
        for (text, why) in [
            ("mysql://db.example/team", "can't be used"),
            ("postgres:///team", "names no host"),
            ("postgres://db.example/team?sslmode=verify-full", "names no CA"),
            ("postgres://db.example/team?sslmode=often", "sslmode=often is not known"),
            ("postgres://db.example/team?sslmode=require&sslrootcert=system", "sslmode=require is too weak"),
            ("postgres://db.example/team?sslmode=verify-ca&sslrootcert=/not/there", "can't be read"),
            ("postgres://db.example/team?colour=red", "colour"),
        ] {
            let failure = parsed(text).unwrap_err();
            assert!(failure.what.as_str().contains(why), "{text}: {failure:?}");
        }
    }

    #[test]
    fn sslmode_demands_what_it_demands_of_libpq() {
        use Trust::{Anything, Authority, Host};
        let (system, file) = (Roots::System, Roots::File("ca.pem".into()));
        for (mode, none, with_file, with_system) in [
            (None, Some(Anything), Some(Anything), Some(Host)),
            (Some("disable"), Some(Anything), Some(Anything), None),
            (Some("prefer"), Some(Anything), Some(Anything), None),
            (Some("require"), Some(Anything), Some(Authority), None),
            (Some("verify-ca"), None, Some(Authority), None),
            (Some("verify-full"), None, Some(Host), Some(Host)),
        ] {
            for (root, expected) in [(None, none), (Some(&file), with_file), (Some(&system), with_system)] {
                let found = demanded(mode, root).ok();
                assert_eq!(found.map(|(_, trust)| trust), expected, "{mode:?} {root:?}");
                let is_tls = found.is_some_and(|(mode, _)| mode == SslMode::Require);
                assert!(is_tls || expected.is_none_or(|trust| trust == Anything), "{mode:?} {root:?}");
            }
        }
        // What a variable says counts where the address says nothing.
        let around = Surroundings {
            mode: Some("verify-full".into()),
            root: Some("system".into()),
            account: Some("ann".into()),
            ..Surroundings::default()
        };
        assert!(Address::parse("postgres://db.example/team", &around).unwrap().is_verified());
        assert!(Address::parse("postgres://db.example/team?sslmode=prefer", &around).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_password_file_is_read_as_libpq_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".pgpass");
        let lines = "# team\nother.example:5432:team:ann:wrong\ndb.example:*:team:ann:se\\:cr\\\\et:x\n*:*:*:*:last\n";
        std::fs::write(&file, lines).unwrap();
        let password = |text: &str| {
            let around = Surroundings {
                passfile: Some(file.clone()),
                account: Some("ann".into()),
                ..Surroundings::default()
            };
            let address = Address::parse(text, &around).unwrap();
            address.config.get_password().map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
        };
        let mode = |mode: u32| std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
        mode(0o600);
        assert_eq!(password("postgres://db.example/team").as_deref(), Some("se:cr\\et:x"));
        assert_eq!(password("postgres://ben@db.example/team").as_deref(), Some("last"));
        assert_eq!(password("postgres://ann:own@db.example/team").as_deref(), Some("own"));
        mode(0o644);
        assert_eq!(password("postgres://db.example/team"), None);
    }
}
