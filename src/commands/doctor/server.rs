//! A record on a server: whether the server is new enough, the way to it safe, its sessions its own, its role able, the record
//! of this program's version, and its clock right.

use std::time::Duration;

use super::super::check::Check;
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        text::Text,
        time::in_words,
    },
    provider::store::ServerFacts,
};

/// The oldest version of PostgreSQL that is tried.
const OLDEST: i64 = 140_000;

/// What is to be done about a way to the server that somebody else may stand in.
const VERIFY: &str = "Add sslmode=verify-full and sslrootcert=FILE to record.url, or sslrootcert=system for the CAs of this \
                      computer.";

/// Whether the record can be opened there, as far as these facts tell.
#[must_use]
pub fn is_usable(facts: &ServerFacts) -> bool {
    let is_current = match &facts.schema {
        Ok(version) => version.is_none_or(|version| version == facts.newest),
        Err(_) => false,
    };
    is_current && facts.has_sessions && facts.lacking.is_empty()
}

/// All of them. `tolerance`: how far a clock may be off.
#[must_use]
pub fn checks(facts: &ServerFacts, tolerance: Duration) -> Vec<Check> {
    let mut checks = vec![version(facts), tls(facts), sessions(facts), role(facts)];
    checks.extend(schema(facts));
    checks.push(clock(facts.ahead_millis, tolerance));
    checks
}

fn version(facts: &ServerFacts) -> Check {
    let ServerFacts { version, place, .. } = facts;
    let words = Text::of(format_args!("PostgreSQL {version} answers, {place}"));
    let found = if facts.version_number >= OLDEST {
        Ok(words)
    } else {
        let what = Text::of(format_args!("PostgreSQL {version} answers, {place}, and 14 or newer is needed"));
        Err(Failure::new(FailureKind::Record, what, "Ask whoever runs the server to bring it up to date."))
    };
    Check::new("Server", found)
}

fn tls(facts: &ServerFacts) -> Check {
    const NAME: &str = "TLS";
    let good = |words: &'static str| Check::new(NAME, Ok(words.into()));
    match (facts.is_encrypted, facts.is_verified, facts.is_here) {
        (true, true, _) => good("on, and the server's certificate is looked at"),
        (true, false, true) => good("on; the server is on this computer"),
        (false, _, true) => good("not needed: the server is on this computer"),
        (true, false, false) => Check::warning(
            NAME,
            "on, but nobody looks whether it is the right server: any certificate is taken",
            VERIFY,
        ),
        (false, _, false) => {
            Check::warning(NAME, "off, and the server is another computer: all is sent in plain text", VERIFY)
        }
    }
}

fn sessions(facts: &ServerFacts) -> Check {
    let found = if facts.has_sessions {
        Ok("last from one change to the next, so runs can be held".into())
    } else {
        Err(Failure::new(
            FailureKind::Record,
            "the server is reached through a pooler that shares sessions, and holds on runs would be lost in it",
            "Name the server's own address as record.url, or set the pooler to pool_mode = session.",
        ))
    };
    Check::new("Sessions", found)
}

fn role(facts: &ServerFacts) -> Check {
    let ServerFacts { role, lacking, .. } = facts;
    let found = match lacking.as_slice() {
        [] if facts.is_superuser => Ok(Text::of(format_args!(
            "{role} may do what is needed, and everything else there: it is a superuser"
        ))),
        [] => Ok(Text::of(format_args!("{role} may do what is needed"))),
        lacking => {
            let lacking = lacking.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
            Err(Failure::new(
                FailureKind::Record,
                Text::of(format_args!("{role} may not: {lacking}")),
                "Ask whoever runs the server to have backup365 record grant run for it.",
            ))
        }
    };
    Check::new("Server role", found)
}

/// None where no record was made yet, which is said of the record.
fn schema(facts: &ServerFacts) -> Option<Check> {
    const NAME: &str = "Version";
    let newest = facts.newest;
    Some(match &facts.schema {
        Ok(None) => return None,
        Ok(Some(version)) if *version == newest => {
            Check::new(NAME, Ok(Text::of(format_args!("the record has version {newest}, as this program"))))
        }
        Ok(Some(version)) => Check::warning(
            NAME,
            Text::of(format_args!("the record has version {version}, and this program {newest}")),
            "The next start of this program brings the record up to it; older programs refuse it from then on.",
        ),
        Err(failure) => Check::new(NAME, Err(failure.clone())),
    })
}

fn clock(ahead_millis: i64, tolerance: Duration) -> Check {
    const NAME: &str = "Server clock";
    let gap = Duration::from_millis(ahead_millis.unsigned_abs());
    if gap <= tolerance {
        return Check::new(
            NAME,
            Ok(Text::of(format_args!("agrees with this computer's within {} s", gap.as_secs() + 1))),
        );
    }
    let side = if ahead_millis > 0 { "ahead of" } else { "behind" };
    Check::warning(
        NAME,
        Text::of(format_args!("{} {side} this computer's", in_words(gap))),
        "Have both set by a time server (NTP).",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> ServerFacts {
        ServerFacts {
            place: "ann@db.example:5432/team".into(),
            is_here: false,
            version: "15.18".into(),
            version_number: 150_018,
            is_encrypted: true,
            is_verified: true,
            has_sessions: true,
            role: "ann".into(),
            is_superuser: false,
            lacking: Vec::new(),
            ahead_millis: -1_200,
            schema: Ok(Some(24)),
            newest: 24,
        }
    }

    fn lines(facts: &ServerFacts) -> Vec<String> {
        checks(facts, Duration::from_mins(5)).iter().map(Check::line).collect()
    }

    #[test]
    fn each_thing_that_is_wrong_with_a_server_is_said_for_itself() {
        let bad = Failure::new(FailureKind::Record, "made by a newer backup365", "Install it.");
        assert!(lines(&good()).iter().all(|line| !line.contains("WARNING") && !line.contains("FAILED")));
        assert!(is_usable(&good()) && is_usable(&ServerFacts { schema: Ok(None), ..good() }));
        let local = ServerFacts { is_here: true, is_encrypted: false, is_verified: false, ..good() };
        assert!(lines(&local).contains(&"TLS: not needed: the server is on this computer.".to_owned()));
        for (facts, line, usable) in [
            (
                ServerFacts { version: "13.4".into(), version_number: 130_004, ..good() },
                "Server: FAILED: Postgre",
                true,
            ),
            (ServerFacts { is_verified: false, ..good() }, "TLS: WARNING: on, but nobody looks", true),
            (
                ServerFacts { is_encrypted: false, ..good() },
                "TLS: WARNING: off, and the server is another",
                true,
            ),
            (
                ServerFacts { has_sessions: false, ..good() },
                "Sessions: FAILED: the server is reached thro",
                false,
            ),
            (
                ServerFacts { lacking: vec!["read seat".into()], ..good() },
                "Server role: FAILED: Ann may not: read",
                false,
            ),
            (
                ServerFacts { schema: Ok(Some(22)), ..good() },
                "Version: WARNING: the record has version 22",
                false,
            ),
            (ServerFacts { schema: Err(bad), ..good() }, "Version: FAILED: Made by a newer", false),
            (
                ServerFacts { ahead_millis: 420_000, ..good() },
                "Server clock: WARNING: 7 min ahead of this",
                true,
            ),
        ] {
            let said = lines(&facts);
            let bad: Vec<_> =
                said.iter().filter(|line| line.contains("WARNING") || line.contains("FAILED")).collect();
            assert!(bad.len() == 1 && bad[0].starts_with(line), "{line}: {said:#?}");
            assert_eq!(is_usable(&facts), usable, "{line}");
        }
        assert!(lines(&ServerFacts { is_superuser: true, ..good() })[3].contains("it is a superuser"));
    }
}
