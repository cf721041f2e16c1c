//! What may stand between this computer and Microsoft: certificates that don't fit, proxies, and nobody to trust. The built
//! binary in live mode, with real handshakes; each trouble is told by its cause.

pub(crate) mod rig;

use std::{
    fs,
    io::Write as _,
    net::SocketAddr,
    process::{Command, Stdio},
};

use self::rig::{Authority, Life, Rig, signed_by_itself};
use crate::{
    live::Foreground,
    terminal::{Home, Terminal},
};

/// A place where nobody listens: the port of discard, which no computer of today serves.
const DEAD: &str = "127.0.0.1:9";

/// A name that no resolver has to be asked about: one of its labels is longer than 63 letters (RFC 1035).
const NO_NAME: &str = "an-invented-proxy-with-a-name-that-is-too-long-for-any-resolver-to-know.example";

/// A home with live settings, and one customer on record.
struct Partner {
    home: Home,
    variables: Vec<(&'static str, String)>,
}

impl Partner {
    /// `addresses`: where Microsoft's two hosts are; nothing for where they really are.
    fn new(ids: Option<&Foreground>, addresses: &[(&str, String)]) -> Self {
        let home = Home::new();
        let config = home.path().join(".config/backup365");
        fs::create_dir_all(&config).unwrap();
        backup365::private::replace(&config.join("secret.txt"), "sandbox~invented~secret\n").unwrap();
        let invented = "2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684";
        let (client, tenant) =
            ids.map_or((invented, invented), |ids| (ids.application.as_str(), ids.tenant.as_str()));
        let addresses: Vec<String> =
            addresses.iter().map(|(host, to)| format!("\"https://{host}\" = \"{to}\"\n")).collect();
        let settings = format!(
            "[app]\nclient_id = \"{client}\"\ntenant = \"{tenant}\"\nsecret_file = \"secret.txt\"\n\n[addresses]\n{}",
            addresses.concat()
        );
        fs::write(config.join("settings.toml"), settings).unwrap();
        let partner = Self { home, variables: Vec::new() };
        let add =
            ["customers", "add", "--reference", "C-1", "--name", "Bakery", "--domain", "bakery.example"];
        let add = [&add[..], &["--products", "office365"]].concat();
        let (code, words) = partner.run(&add);
        assert_eq!(code, 0, "{words}");
        partner
    }

    /// Microsoft is where it is, through a proxy.
    fn behind(variable: &'static str, proxy: &str) -> Self {
        Self::new(None, &[]).with(variable, proxy)
    }

    fn with(mut self, variable: &'static str, value: &str) -> Self {
        self.variables.push((variable, value.to_owned()));
        self
    }

    /// Trusts this authority, and no other.
    fn trusting(self, authority: &Authority) -> Self {
        let file = self.home.path().join("authority.pem");
        fs::write(&file, &authority.pem).unwrap();
        let file = file.to_str().unwrap().to_owned();
        self.with("SSL_CERT_FILE", &file)
    }

    /// Exit code, and all that was said.
    fn run(&self, words: &[&str]) -> (i32, String) {
        self.run_with(words, "")
    }

    /// The same with lines to read.
    fn run_with(&self, words: &[&str], lines: &str) -> (i32, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_backup365"))
            .args(words)
            .env_clear()
            .env("HOME", self.home.path())
            .env("LANG", "C.UTF-8")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let words = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(words).unwrap())
    }

    /// `sweep --check` fails, and says so; nothing secret is said.
    fn check_says(&self, words: &[&str]) {
        let (code, said) = self.run(&["sweep", "--check"]);
        assert_eq!(code, 1, "{said}");
        let missing: Vec<_> = words.iter().filter(|word| !said.contains(**word)).collect();
        assert!(missing.is_empty(), "not said: {missing:?}\n{said}");
        assert!(!said.contains("hush") && !said.contains("invented~secret"), "{said}");
        for technical in ["os error", "handshake", "alert", "peer", "tunnel", "rror(", "DnsName"] {
            assert!(!said.contains(technical), "{technical}: {said}");
        }
    }
}

/// The two hosts, both at one address.
fn both(at: SocketAddr) -> [(&'static str, String); 2] {
    ["login.microsoftonline.com", "graph.microsoft.com"].map(|host| (host, format!("https://{at}")))
}

#[test]
fn every_trouble_of_tls_is_told_by_its_cause() {
    let (rig, ours, other) =
        (Rig::new(), Authority::new("Authority of the tests"), Authority::new("Zealous Gateway"));
    let here = ["127.0.0.1"];
    let network = "whoever runs this network";
    // A server of TLS 1.0 tells so in a note, or just goes on with it (RFC 2246); another one knows no common encryption.
    let hello =
        b"\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01abcdefghijklmnopqrstuvwxyz012345\x00\xc0\x13\x00";
    for (name, at, words) in [
        (
            "another name",
            rig.tls(ours.signs(&["other.example", "www.other.example"], Life::Good), DEAD),
            ["its certificate is for another name (other.example, www.other.example)", network],
        ),
        (
            "an issuer that is not trusted",
            rig.tls(other.signs(&here, Life::Good), DEAD),
            [
                "its certificate comes from \"Zealous Gateway\", which this computer does not trust",
                "SSL_CERT_FILE",
            ],
        ),
        (
            "signed by itself",
            rig.tls(signed_by_itself(&here, false), DEAD),
            ["its certificate is signed by itself alone", network],
        ),
        (
            "signed by itself, as an authority",
            rig.tls(signed_by_itself(&here, true), DEAD),
            ["its certificate is signed by itself alone", network],
        ),
        (
            "expired",
            rig.tls(ours.signs(&here, Life::Over), DEAD),
            ["its certificate ran out on 31 Jan 2020, by the clock of this computer", "Compare the clock"],
        ),
        (
            "not begun",
            rig.tls(ours.signs(&here, Life::NotBegun), DEAD),
            ["its certificate is good from 31 Jan 4000 on only", "Compare the clock"],
        ),
        (
            "too old, told",
            rig.says(b"\x15\x03\x01\x00\x02\x02\x46"),
            ["too old (at least 1.2 is needed)", network],
        ),
        ("too old, not told", rig.says(hello), ["too old (at least 1.2 is needed)", network]),
        (
            "nothing in common",
            rig.says(b"\x15\x03\x03\x00\x02\x02\x28"),
            ["no encryption in common", network],
        ),
        (
            "no TLS",
            rig.says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
            ["does not speak TLS as it should", network],
        ),
    ] {
        eprintln!("{name}");
        let start = "Microsoft: FAILED: signing in to your own organisation: login.microsoftonline.com offers no trustworthy connection: ";
        Partner::new(None, &both(at)).trusting(&ours).check_says(&[start, words[0], words[1]]);
    }
}

#[test]
fn every_trouble_of_a_proxy_is_told_by_its_cause_and_names_it() {
    let (rig, ours) = (Rig::new(), Authority::new("Authority of the tests"));
    let (open, _) = rig.proxy(None, Vec::new());
    let (shut, _) = rig.proxy(Some("Basic YW5hOmh1c2g="), Vec::new());
    let (socks, _) = rig.socks(None, Vec::new());
    let (shut_socks, _) = rig.socks(Some(("ana", "hush")), Vec::new());
    let secured = rig.tls(Authority::new("Zealous Gateway").signs(&["127.0.0.1"], Life::Good), DEAD);
    let silent = rig.says(b"");
    let named = |at: &SocketAddr, variable: &str| format!("the proxy {at} ({variable})");
    let dead: SocketAddr = DEAD.parse().unwrap();
    for (variable, proxy, words, hint) in [
        (
            "HTTPS_PROXY",
            format!("http://{dead}"),
            named(&dead, "HTTPS_PROXY") + " can't be reached: nobody answers there",
            "whoever runs the proxy",
        ),
        (
            "https_proxy",
            format!("ana:hush@{dead}"),
            named(&dead, "https_proxy") + " can't be reached: nobody answers",
            "whoever runs the proxy",
        ),
        (
            "ALL_PROXY",
            format!("socks5h://{dead}"),
            named(&dead, "ALL_PROXY") + " can't be reached",
            "whoever runs the proxy",
        ),
        (
            "HTTPS_PROXY",
            format!("http://{NO_NAME}:3128"),
            format!("the name of the proxy {NO_NAME}:3128 (HTTPS_PROXY) is not known"),
            "typing mistake",
        ),
        (
            "HTTPS_PROXY",
            format!("http://{shut}"),
            named(&shut, "HTTPS_PROXY") + " wants a user name and a password",
            "http://USER:PASSWORD@",
        ),
        (
            "HTTPS_PROXY",
            format!("http://ana:hush2@{shut}"),
            named(&shut, "HTTPS_PROXY") + " does not accept the user name and password in its address",
            "http://USER:PASSWORD@",
        ),
        (
            "HTTPS_PROXY",
            format!("socks5h://{shut_socks}"),
            named(&shut_socks, "HTTPS_PROXY") + " wants a user name and a password",
            "http://USER:PASSWORD@",
        ),
        (
            "HTTPS_PROXY",
            format!("socks5h://ana:hush2@{shut_socks}"),
            named(&shut_socks, "HTTPS_PROXY") + " does not accept the user name and password",
            "http://USER:PASSWORD@",
        ),
        (
            "HTTPS_PROXY",
            format!("http://{open}"),
            named(&open, "HTTPS_PROXY") + " opens no way to login.microsoftonline.com",
            "port 443",
        ),
        (
            "HTTPS_PROXY",
            format!("socks5h://{socks}"),
            named(&socks, "HTTPS_PROXY") + " opens no way to login.microsoftonline.com",
            "port 443",
        ),
        (
            "HTTPS_PROXY",
            format!("http://{silent}"),
            named(&silent, "HTTPS_PROXY") + " opens no way to",
            "port 443",
        ),
        (
            "HTTPS_PROXY",
            format!("https://{secured}"),
            named(&secured, "HTTPS_PROXY")
                + " offers no trustworthy connection: its certificate comes from \"Zealous Gateway\"",
            "SSL_CERT_FILE",
        ),
    ] {
        eprintln!("{proxy}");
        Partner::behind(variable, &proxy).trusting(&ours).check_says(&["Microsoft: FAILED: ", &words, hint]);
    }
    // What can't be read is said at once, and nothing goes past it.
    for value in ["ftp://ana:hush@proxy.example", "http://ana:hush#x@proxy.example:8080", "http://"] {
        let words = [
            "HTTPS_PROXY does not hold the address of a proxy",
            "http://proxy.example:8080",
            "unset the variable",
        ];
        Partner::behind("HTTPS_PROXY", value).trusting(&ours).check_says(&words);
    }
}

#[test]
fn a_network_that_opens_connections_behind_a_proxy_is_told_by_who_does() {
    let (rig, ours) = (Rig::new(), Authority::new("Authority of the tests"));
    let opened =
        rig.tls(Authority::new("Zealous Gateway").signs(&["login.microsoftonline.com"], Life::Good), DEAD);
    let (proxy, _) = rig.proxy(None, vec![("login.microsoftonline.com:443", opened)]);
    let partner = Partner::behind("HTTPS_PROXY", &format!("http://{proxy}")).trusting(&ours);
    partner.check_says(&["login.microsoftonline.com offers no trustworthy connection: its certificate comes from \"Zealous Gateway\""]);
}

#[test]
fn everything_goes_through_a_proxy_with_a_sign_in_and_by_an_authority_of_ones_own() {
    let (rig, ours, microsoft) = (Rig::new(), Authority::new("Authority of the tests"), Foreground::start());
    let names = ["login.microsoftonline.com", "graph.microsoft.com"];
    let secured = rig.tls(ours.signs(&names, Life::Good), &microsoft.address);
    let routes = vec![("login.microsoftonline.com:443", secured), ("graph.microsoft.com:443", secured)];
    let (proxy, asked) = rig.proxy(Some("Basic YW5hOmh1c2gg"), routes.clone());
    let (socks, socks_asked) = rig.socks(Some(("ana", "hush ")), routes);
    for (address, asked) in [
        (format!("http://ana:hush%20@{proxy}"), asked),
        (format!("socks5h://ana:hush%20@{socks}"), socks_asked),
    ] {
        let partner = Partner::new(Some(&microsoft), &[]).with("HTTPS_PROXY", &address).trusting(&ours);
        let (code, said) = partner.run(&["sweep", "--check"]);
        assert!(code == 0 && said.ends_with("A sweep can run.\n"), "{said}");
        assert!(said.contains("\nGraph: answers"), "{said}");
        let asked = asked.lock().unwrap();
        for name in names {
            assert!(asked.iter().any(|line| line.contains(&format!("{name}:443"))), "{name}: {asked:?}");
        }
        // What goes past the proxy does not find the way: nothing leaves this computer in a test.
        let (_, log) =
            (0, fs::read_to_string(partner.home.path().join(".local/share/backup365/backup365.log")));
        assert!(!log.unwrap_or_default().contains("hush"));
    }
}

#[test]
fn a_computer_that_trusts_nobody_says_so_on_every_front_end() {
    let partner = Partner::new(None, &[]).with("SSL_CERT_FILE", "/nonexistent/ca.pem");
    let words = "this computer has no certificates to trust servers by: there are none where \
                 SSL_CERT_FILE=/nonexistent/ca.pem says";
    partner.check_says(&[words, "ca-certificates"]);
    let (code, said) = partner.run(&["provision", "C-1", "--tenant", "bakery.example", "--users", "none"]);
    assert!(code == 1 && said.contains(words), "{said}");
    let (_, said) = partner.run(&["--plain"]);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(words) && !said.contains("The record could not be opened"), "{said}");

    let variables: Vec<(&str, &str)> =
        partner.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut wizard = Terminal::sized(&partner.home, &[], 100, 30, &variables);
    wizard.sees(&["SSL_CERT_FILE=/nonexistent/ca.pem", "ca-certificates", "could not get ready to work"]);
    let text = wizard.text();
    assert!(!text.contains("The record could not be opened"), "{text}");
    wizard.keys("\x03").sees(&["Leave?"]).keys("\x03");
    // In the sandbox the way out decides nothing.
    let partner = partner.with("HTTPS_PROXY", "ftp://no.proxy.example");
    let (code, said) = partner.run(&["--sandbox", "sweep", "--check"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_dead_proxy_is_told_the_same_by_lines_by_flags_and_on_the_full_screen() {
    let partner = Partner::behind("HTTPS_PROXY", &format!("http://ana:hush@{DEAD}"))
        .trusting(&Authority::new("Authority of the tests"));
    let words = format!("the proxy {DEAD} (HTTPS_PROXY) can't be reached: nobody answers there");
    let (code, said) =
        partner.run(&["provision", "C-1", "--tenant", "bakery.example", "--users", "none", "--json"]);
    assert!(code == 1 && said.contains(&words) && !said.contains("hush"), "{said}");

    let (_, said) = partner.run_with(&["--plain"], "1\n1\nbakery.example\nquit\n");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(&words) && !said.contains("hush"), "{said}");

    let variables: Vec<(&str, &str)> =
        partner.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut wizard = Terminal::sized(&partner.home, &[], 140, 40, &variables);
    // The run that the lines began goes on here, and looks the same domain up again.
    wizard.sees(&["Which customer?", "Bakery"]).keys("\r").sees(&["Enter choose"]).keys("\r");
    wizard.sees(&["Looking bakery.example up", &format!("the proxy {DEAD} (HTTPS_PROXY)"), "nobody answers"]);
    wizard.keys("\x03").sees(&["Leave?"]).keys("\x03");
}
