//! The SRV record of Autodiscover, `_autodiscover._tcp` below a mail domain (exchange-web-services.md section 5.1).
//!
//! Triggered where every other place brought nothing. The system's name servers are asked directly, because neither the
//! standard library nor our HTTP client reads such records; where there are none, or they can't be reached, nothing is
//! found and nothing breaks.

use std::{net::SocketAddr, time::Duration};

use simple_dns::{CLASS, Name, Packet, PacketFlag, Question, TYPE, rdata::RData};
use tokio::{net::UdpSocket, time::timeout};

/// Where most systems but Windows name their name servers (`resolv.conf(5)`).
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// Name servers that are asked, as in the C library.
const MOST_SERVERS: usize = 3;

/// How long one is waited for, and how often it is asked: a packet may be lost. Guesses; an answer takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(1);
const ATTEMPTS: u32 = 2;

/// Hosts that are taken from a record; a hoster names one.
const MOST_HOSTS: usize = 4;

/// Largest answer that is read, in bytes; over UDP it is as good as always below 1,500.
const LARGEST: usize = 4 << 10;

/// The only port that is taken: Autodiscover speaks https (exchange-web-services.md section 5.1).
const HTTPS: u16 = 443;

/// Who is asked for DNS records.
#[derive(Clone, Debug)]
pub(in crate::provider::exchange) enum NameServers {
    /// Nobody: in the sandbox no DNS is asked.
    Nobody,
    /// Whom the system asks.
    System,
    /// These.
    #[cfg(test)]
    These(Vec<SocketAddr>),
}

impl NameServers {
    /// The hosts that announce Autodiscover for a mail domain, the preferred one first. Takes some seconds at most.
    pub(super) async fn autodiscover_hosts(&self, domain: &str) -> Vec<String> {
        for server in self.addresses().into_iter().take(MOST_SERVERS) {
            if let Some(hosts) = ask(server, domain).await {
                return hosts;
            }
        }
        Vec::new()
    }

    /// Their addresses.
    fn addresses(&self) -> Vec<SocketAddr> {
        match self {
            Self::Nobody => Vec::new(),
            // A few lines, read at once: another thread would cost more.
            Self::System => {
                std::fs::read_to_string(RESOLV_CONF).map(|text| listed(&text)).unwrap_or_default()
            }
            #[cfg(test)]
            Self::These(servers) => servers.clone(),
        }
    }
}

/// The name servers of a `resolv.conf`.
fn listed(text: &str) -> Vec<SocketAddr> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("nameserver"));
    lines.filter_map(|rest| Some(SocketAddr::new(rest.trim().parse().ok()?, 53))).collect()
}

/// Asks one name server; none where it does not answer.
async fn ask(server: SocketAddr, domain: &str) -> Option<Vec<String>> {
    let id = rand::random();
    let question = question(id, domain)?;
    let any = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(any).await.ok()?;
    socket.connect(server).await.ok()?;
    for _ in 0..ATTEMPTS {
        socket.send(&question).await.ok()?;
        let heard = timeout(PATIENCE, async {
            let mut buffer = vec![0; LARGEST];
            loop {
                let length = socket.recv(&mut buffer).await.ok()?;
                // What does not answer the question is somebody else's.
                if let Some(hosts) = buffer.get(..length).and_then(|answer| hosts(id, answer)) {
                    return Some(hosts);
                }
            }
        });
        match heard.await {
            Ok(outcome) => return outcome,
            Err(_elapsed) => {}
        }
    }
    None
}

/// The question for a domain's record.
fn question(id: u16, domain: &str) -> Option<Vec<u8>> {
    let name = format!("_autodiscover._tcp.{domain}");
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    packet.questions.push(Question::new(Name::new(&name).ok()?, TYPE::SRV.into(), CLASS::IN.into(), false));
    packet.build_bytes_vec().ok()
}

/// The hosts of an answer: the lowest priority first, then the greatest weight; none where it answers something else.
fn hosts(id: u16, answer: &[u8]) -> Option<Vec<String>> {
    let packet = Packet::parse(answer).ok()?;
    if packet.id() != id || !packet.has_flags(PacketFlag::RESPONSE) {
        return None;
    }
    let mut found: Vec<_> = packet
        .answers
        .iter()
        .filter_map(|record| match &record.rdata {
            RData::SRV(to) if to.port == HTTPS => {
                let host = to.target.to_string().trim_end_matches('.').to_ascii_lowercase();
                Some((to.priority, std::cmp::Reverse(to.weight), host)).filter(|(.., host)| !host.is_empty())
            }
            _ => None,
        })
        .collect();
    found.sort();
    Some(found.into_iter().take(MOST_HOSTS).map(|(.., host)| host).collect())
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use simple_dns::{ResourceRecord, rdata::SRV};

    use super::*;

    /// An answer with these records: priority, weight, port, host.
    fn answer(question: &[u8], records: &[(u16, u16, u16, &str)]) -> Vec<u8> {
        let asked = Packet::parse(question).unwrap();
        let name = asked.questions[0].qname.clone();
        let mut packet = Packet::new_reply(asked.id());
        for (priority, weight, port, host) in records {
            let target = Name::new(host).unwrap();
            let record = SRV { priority: *priority, weight: *weight, port: *port, target };
            packet.answers.push(ResourceRecord::new(name.clone(), CLASS::IN, 60, RData::SRV(record)));
        }
        packet.build_bytes_vec().unwrap()
    }

    /// A name server on loopback that answers every question with these records.
    pub(in crate::provider::exchange::autodiscover) async fn name_server(
        records: &'static [(u16, u16, u16, &'static str)],
    ) -> NameServers {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let at = socket.local_addr().unwrap();
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                // Somebody else's answer comes first, as a forger's would.
                let forged = question(0, "evil.example").unwrap();
                socket.send_to(&forged, from).await.unwrap();
                socket.send_to(&answer(&buffer[..length], records), from).await.unwrap();
            }
        });
        NameServers::These(vec![at])
    }

    #[tokio::test]
    async fn the_lowest_priority_comes_first_and_only_https_counts() {
        let servers = name_server(&[
            (20, 0, 443, "second.hoster.example"),
            (10, 1, 443, "light.hoster.example"),
            (10, 9, 443, "Mail.hoster.example"),
            (0, 0, 80, "open.hoster.example"),
        ])
        .await;
        let hosts = servers.autodiscover_hosts("customer.example").await;
        assert_eq!(hosts, ["mail.hoster.example", "light.hoster.example", "second.hoster.example"]);
        assert!(NameServers::Nobody.autodiscover_hosts("customer.example").await.is_empty());
        assert_eq!(name_server(&[]).await.autodiscover_hosts("customer.example").await, [""; 0]);
    }

    #[test]
    fn name_servers_are_read_as_the_system_reads_them() {
        let text = "# made by hand\nsearch a.example\nnameserver 192.0.2.1\n nameserver\t2001:db8::1 \nnameserver x\n";
        let expected: [SocketAddr; 2] =
            ["192.0.2.1:53".parse().unwrap(), "[2001:db8::1]:53".parse().unwrap()];
        assert_eq!(listed(text), expected);
    }

    proptest! {
        #[test]
        fn whatever_a_name_server_sends_is_read_or_left(bytes in prop::collection::vec(any::<u8>(), 0..120), domain in "\\PC{0,80}") {
            let asked = question(7, "customer.example").unwrap();
            let cut = answer(&asked, &[(1, 1, 443, "mail.hoster.example")]);
            let mixed = [&cut[..cut.len() - bytes.len().min(cut.len())], &bytes].concat();
            for answer in [bytes, mixed] {
                if let Some(hosts) = hosts(7, &answer) {
                    prop_assert!(hosts.len() <= MOST_HOSTS);
                }
            }
            prop_assert!(question(7, &domain).is_none_or(|question| !question.is_empty()));
        }
    }
}
