//! How long the program's own credential is good, who says so, and what is to be said of it. Pure.
//!
//! A certificate says it itself. A secret's end is on record in the partner's own application at Microsoft, where that may be
//! read; else settings may name a day; else it is not known, and it is never guessed.

use std::time::Duration;

use super::{sydney, text::Text, time::Moment};

/// How long before its end a credential is warned about (the partner needs days to get another one).
pub const AHEAD: Duration = Duration::from_hours(30 * 24);

/// How long an answer about a secret holds, a failure included. A guess: ends hardly ever change.
pub const ASK_AGAIN: Duration = Duration::from_hours(6);

/// Letters of a secret that Microsoft shows again later (`hint`).
pub const HINT: usize = 3;

/// What a credential is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// A client secret.
    Secret,
    /// A certificate with its key.
    Certificate,
}

/// Who says when a credential ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndsBy {
    /// The certificate itself.
    Certificate,
    /// The partner's own application at Microsoft.
    Application,
    /// The settings.
    Settings,
}

/// What is known of a credential without asking anybody; nothing secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialFacts {
    /// What it is.
    pub kind: CredentialKind,
    /// Tells it from another one: a part of a digest.
    pub mark: String,
    /// The first letters of a secret.
    pub hint: String,
    /// Microsoft's ID of a secret, where settings name it.
    pub secret_id: Option<String>,
    /// When it ends, as the certificate or the settings say.
    pub ends: Option<Moment>,
}

/// A secret of the partner's own application, as Microsoft lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSecret {
    /// Its ID.
    pub id: Option<String>,
    /// Its first letters; old ones have none.
    pub hint: Option<String>,
    /// When it ends.
    pub ends: Moment,
}

/// What came of asking Microsoft for the secrets of the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked<'a> {
    /// It was not asked.
    Not,
    /// It did not answer, or does not let them be read.
    Failed,
    /// All of them.
    Listed(&'a [ListedSecret]),
}

/// What is known of when a credential ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownEnd {
    /// What it is.
    pub kind: CredentialKind,
    /// Which one.
    pub mark: String,
    /// When, and who says so; none: not known.
    pub ends: Option<(Moment, EndsBy)>,
    /// When Microsoft was asked last.
    pub asked: Option<Moment>,
}

impl KnownEnd {
    /// Puts together what is known: the credential's own facts, what is on record of the same one, and Microsoft's list
    /// where it was asked just now.
    #[must_use]
    pub fn of(facts: &CredentialFacts, before: Option<&Self>, answer: Asked<'_>, now: Moment) -> Self {
        let before = before.filter(|before| before.mark == facts.mark);
        let by = |by| move |ends| (ends, by);
        let (ends, asked) = match (facts.kind, answer) {
            (CredentialKind::Certificate, _) => (facts.ends.map(by(EndsBy::Certificate)), None),
            (CredentialKind::Secret, Asked::Listed(listed)) => {
                (facts.listed_in(listed).map(by(EndsBy::Application)), Some(now))
            }
            (CredentialKind::Secret, answer) => {
                let kept = before.and_then(|before| before.ends).filter(|(_, by)| *by == EndsBy::Application);
                (
                    kept,
                    if answer == Asked::Failed { Some(now) } else { before.and_then(|before| before.asked) },
                )
            }
        };
        let ends = ends.or_else(|| facts.ends.map(by(EndsBy::Settings)));
        Self { kind: facts.kind, mark: facts.mark.clone(), ends, asked }
    }

    /// Whether Microsoft has been asked about this very credential not long ago.
    #[must_use]
    pub fn is_fresh_for(&self, facts: &CredentialFacts, now: Moment) -> bool {
        self.mark == facts.mark
            && self.asked.is_some_and(|asked| asked <= now && now.since(asked) < ASK_AGAIN)
    }

    /// As one line for the record.
    #[must_use]
    pub fn to_line(&self) -> String {
        let kind = match self.kind {
            CredentialKind::Secret => "secret",
            CredentialKind::Certificate => "certificate",
        };
        let moment = |at: Option<Moment>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        let by = self.ends.map_or("-", |(_, by)| by.word());
        let mark = &self.mark;
        format!("{kind} {mark} {} {by} {}", moment(self.ends.map(|(ends, _)| ends)), moment(self.asked))
    }

    /// Reads such a line; what makes no sense is not known.
    #[must_use]
    pub fn of_line(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let kind = match words.next()? {
            "secret" => CredentialKind::Secret,
            "certificate" => CredentialKind::Certificate,
            _ => return None,
        };
        let mark = words.next()?.to_owned();
        let (ends, by) = (Moment::parse(words.next()?), words.next()?);
        let all = [EndsBy::Certificate, EndsBy::Application, EndsBy::Settings];
        let by = all.into_iter().find(|known| known.word() == by);
        Some(Self { kind, mark, ends: ends.zip(by), asked: Moment::parse(words.next()?) })
    }
}

impl EndsBy {
    /// One word, for the record and for programs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Application => "application",
            Self::Settings => "settings",
        }
    }

    /// Behind "good until …, as".
    const fn in_words(self) -> &'static str {
        match self {
            Self::Certificate => "it says itself",
            Self::Application => "your application at Microsoft says",
            Self::Settings => "the settings say",
        }
    }
}

impl CredentialKind {
    /// One word for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Certificate => "certificate",
        }
    }
}

impl CredentialFacts {
    /// When Microsoft's list says that it ends: by its ID where settings name one, else by its first letters where these fit
    /// one secret only and every secret has some.
    fn listed_in(&self, listed: &[ListedSecret]) -> Option<Moment> {
        if let Some(id) = &self.secret_id {
            let is_it = |secret: &&ListedSecret| {
                secret.id.as_ref().is_some_and(|known| known.eq_ignore_ascii_case(id))
            };
            return listed.iter().find(is_it).map(|secret| secret.ends);
        }
        let might_be = |secret: &&ListedSecret| secret.hint.as_ref().is_none_or(|hint| *hint == self.hint);
        let mut fitting = listed.iter().filter(might_be);
        match (fitting.next(), fitting.next()) {
            (Some(only), None) if only.hint.is_some() => Some(only.ends),
            _ => None,
        }
    }
}

/// How the program's own credential stands: one, or two while one is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// The first one, and the one that takes over.
    pub known: Vec<KnownEnd>,
    /// The number with which Microsoft refused the first one, where the next is in use.
    pub refused: Option<u64>,
}

impl Standing {
    /// The credential that decides until when the program works: of two the one that ends later; none where there is none,
    /// or where the end of one of two is not known.
    #[must_use]
    pub fn deciding(&self) -> Option<&KnownEnd> {
        match self.known.as_slice() {
            [only] => Some(only),
            [first, next] if first.ends.is_some() && next.ends.is_some() => {
                self.known.iter().max_by_key(|known| known.ends.map(|(ends, _)| ends))
            }
            _ => None,
        }
    }

    /// What an operator must know, a sentence each with its full stop.
    #[must_use]
    pub fn warnings(&self, now: Moment) -> Vec<Text> {
        let refused = self.refused.map(|number| {
            Text::of(format_args!(
                "Microsoft refuses the credential of [app] ({number}), so the one of [next] is in use. Put it into [app] in \
                 place of the old one."
            ))
        });
        let ending = self.deciding().and_then(|known| {
            let (ends, _) = known.ends.filter(|(ends, _)| *ends <= now.plus(AHEAD))?;
            let kind = known.kind.word();
            let day = sydney::day_in_words(ends);
            let when = if ends <= now {
                format!("ended on {day}")
            } else {
                let days = ends.since(now).as_secs() / 86_400;
                let left = match days {
                    0 => "in less than a day".to_owned(),
                    1 => "in 1 day".to_owned(),
                    days => format!("in {days} days"),
                };
                format!("ends on {day}, {left}")
            };
            Some(Text::of(format_args!(
                "the {kind} of your application at Microsoft {when}. Make a new one there, and name it in [next] of the \
                 settings: it takes over by itself."
            )))
        });
        refused.into_iter().chain(ending).collect()
    }

    /// Until when the program's credential is good, without a full stop; whether that is known.
    #[must_use]
    pub fn in_words(&self) -> (Text, bool) {
        match self.known.iter().find(|known| known.ends.is_none()) {
            None => {
                let each = self.known.iter().filter_map(|known| {
                    let (ends, by) = known.ends?;
                    let kind = known.kind.word();
                    Some(format!(
                        "the {kind} is good until {}, as {}",
                        sydney::day_in_words(ends),
                        by.in_words()
                    ))
                });
                (Text::clean(&each.collect::<Vec<_>>().join("; ")), true)
            }
            Some(unknown) => {
                let kind = unknown.kind.word();
                let words = format_args!(
                    "until when the {kind} is good is not known: your application at Microsoft does not let it be read, or \
                     not clearly. Give the application Application.Read.All in your own organisation, or name the day as \
                     app.secret_expires"
                );
                (Text::of(words), false)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        Moment::parse(text).unwrap()
    }

    fn facts(kind: CredentialKind, ends: Option<&str>) -> CredentialFacts {
        CredentialFacts { kind, mark: "m1".into(), hint: "abc".into(), secret_id: None, ends: ends.map(at) }
    }

    fn listed(hint: Option<&str>, id: &str, ends: &str) -> ListedSecret {
        ListedSecret { id: Some(id.into()), hint: hint.map(str::to_owned), ends: at(ends) }
    }

    const NOW: &str = "2026-11-23T01:00:00Z";

    #[test]
    fn a_secret_is_found_by_what_tells_it_from_others_and_never_guessed() {
        let (soon, late) = ("2026-12-01T00:00:00Z", "2028-12-01T00:00:00Z");
        let plain = facts(CredentialKind::Secret, None);
        let named = CredentialFacts { secret_id: Some("ID-2".into()), ..plain.clone() };
        for (name, facts, list, ends) in [
            (
                "one of two by its letters",
                &plain,
                vec![listed(Some("abc"), "id-1", soon), listed(Some("xyz"), "id-2", late)],
                Some(soon),
            ),
            (
                "two that begin alike",
                &plain,
                vec![listed(Some("abc"), "id-1", soon), listed(Some("abc"), "id-2", late)],
                None,
            ),
            (
                "two that begin alike, by the ID",
                &named,
                vec![listed(Some("abc"), "id-1", soon), listed(Some("abc"), "id-2", late)],
                Some(late),
            ),
            (
                "another one may be it",
                &plain,
                vec![listed(Some("abc"), "id-1", soon), listed(None, "id-2", late)],
                None,
            ),
            ("a single one without letters", &plain, vec![listed(None, "id-1", soon)], None),
            ("letters in another case", &plain, vec![listed(Some("ABC"), "id-1", soon)], None),
            ("an ID that is not there", &named, vec![listed(Some("abc"), "id-1", soon)], None),
            ("none", &plain, vec![], None),
        ] {
            let known = KnownEnd::of(facts, None, Asked::Listed(&list), at(NOW));
            assert_eq!(known.ends, ends.map(|ends| (at(ends), EndsBy::Application)), "{name}");
            assert_eq!(known.asked, Some(at(NOW)), "{name}");
        }
    }

    #[test]
    fn what_was_known_stays_until_microsoft_says_otherwise() {
        let secret = facts(CredentialKind::Secret, Some("2027-01-01T00:00:00Z"));
        let list = [listed(Some("abc"), "id-1", "2026-12-01T00:00:00Z")];
        let first = KnownEnd::of(&secret, None, Asked::Listed(&list), at(NOW));
        let later = at("2026-11-23T08:00:00Z");
        assert!(
            first.is_fresh_for(&secret, at("2026-11-23T06:59:00Z")) && !first.is_fresh_for(&secret, later)
        );
        assert!(!first.is_fresh_for(&secret, at("2026-11-22T08:00:00Z")), "a clock that was set back");
        let failed = KnownEnd::of(&secret, Some(&first), Asked::Failed, later);
        assert_eq!((failed.ends, failed.asked), (first.ends, Some(later)));
        assert_eq!(KnownEnd::of(&secret, Some(&first), Asked::Not, later), first);
        // Of another secret nothing is known by it, and what the settings say counts.
        let other = CredentialFacts { mark: "m2".into(), ..secret };
        assert!(!first.is_fresh_for(&other, at(NOW)));
        let unasked = KnownEnd::of(&other, Some(&first), Asked::Failed, later);
        assert_eq!(unasked.ends, Some((at("2027-01-01T00:00:00Z"), EndsBy::Settings)));
        let certificate = facts(CredentialKind::Certificate, Some("2027-03-31T00:00:00Z"));
        assert_eq!(
            KnownEnd::of(&certificate, None, Asked::Not, later).ends,
            Some((at("2027-03-31T00:00:00Z"), EndsBy::Certificate))
        );
    }

    #[test]
    fn a_line_of_the_record_is_read_as_it_was_written() {
        for (ends, asked) in
            [(None, None), (Some((at("2027-01-01T00:00:00Z"), EndsBy::Settings)), Some(at(NOW)))]
        {
            let known = KnownEnd { kind: CredentialKind::Secret, mark: "ab12".into(), ends, asked };
            assert_eq!(KnownEnd::of_line(&known.to_line()), Some(known));
        }
        for line in ["", "secret", "key ab - - -", "secret ab"] {
            assert_eq!(KnownEnd::of_line(line), None, "{line}");
        }
    }

    fn ending(kind: CredentialKind, ends: &str) -> KnownEnd {
        let facts = facts(kind, Some(ends));
        KnownEnd::of(&facts, None, Asked::Not, at(NOW))
    }

    #[test]
    fn thirty_days_ahead_it_is_said_and_not_before() {
        let said = |known: Vec<KnownEnd>, refused| {
            let standing = Standing { known, refused };
            standing.warnings(at(NOW)).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        for (ends, words) in [
            ("2026-12-23T01:00:01Z", None),
            (
                "2026-12-23T01:00:00Z",
                Some("the secret of your application at Microsoft ends on 23 Dec 2026, in 30 days. Make"),
            ),
            ("2026-11-24T02:00:00Z", Some("ends on 24 Nov 2026, in 1 day. ")),
            ("2026-11-23T02:00:00Z", Some("in less than a day. ")),
            ("2026-11-23T01:00:00Z", Some("ended on 23 Nov 2026. ")),
        ] {
            let warnings = said(vec![ending(CredentialKind::Secret, ends)], None);
            assert_eq!(warnings.len(), usize::from(words.is_some()), "{ends}: {warnings:?}");
            assert!(words.is_none_or(|words| warnings[0].contains(words)), "{warnings:?}");
        }
        let (soon, late) = ("2026-12-01T00:00:00Z", "2027-12-01T00:00:00Z");
        let of = |ends| ending(CredentialKind::Certificate, ends);
        assert_eq!(said(vec![of(soon), of(late)], None), [""; 0], "the next one lasts");
        assert!(said(vec![of(soon), of(soon)], None)[0].contains("the certificate"), "neither lasts");
        let unknown = KnownEnd { ends: None, ..of(soon) };
        assert_eq!(said(vec![of(soon), unknown.clone()], None), [""; 0], "nobody knows");
        assert!(
            said(vec![of(soon), of(late)], Some(7_000_222))[0]
                .contains("refuses the credential of [app] (7000222)")
        );
        assert!(!Standing { known: vec![unknown], refused: None }.in_words().1);
    }
}
