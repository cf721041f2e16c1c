//! The invitation to a customer's administrator: who asks and for what, the link, each permission with its reason, and how
//! to find out that it is really the partner. Pure.
//!
//! Whoever gets a link to accept permissions must be able to check who sent it. So each invitation has two plain words, drawn
//! at random and kept with the run: the customer calls the partner on the number that they already have, and has the words
//! read out. No number stands in the text, because a false one would.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{id::RunId, run::RunRecord, sydney, text::Text, time::Moment};

/// Plain words that are heard and spelled in one way.
const WORDS: &str = include_str!("../../assets/words.txt");

/// Longest line of base64 in a mail (RFC 2045 section 6.8).
const LINE: usize = 76;

/// Most bytes of one encoded word of a subject: they are 48 letters, and a line with such a word has 76 at most, its
/// beginning included (RFC 2047 section 2).
const ENCODED: usize = 36;

/// What is on record of the invitation of a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invitation {
    /// The two words, with a blank between them.
    pub words: Text,
    /// When it was made.
    pub made: Moment,
    /// By whom.
    pub by: Text,
    /// When it was withdrawn: nobody is to follow it any more.
    pub withdrawn: Option<Moment>,
}

/// Two different words; `draw` gives a number below the one that it is asked with.
pub fn draw(mut draw: impl FnMut(usize) -> usize) -> Text {
    let mut words: Vec<&str> = WORDS.split_ascii_whitespace().collect();
    let mut take = || if words.is_empty() { "" } else { words.swap_remove(draw(words.len()) % words.len()) };
    let (first, second) = (take(), take());
    Text::of(format_args!("{first} {second}"))
}

/// What is said to a customer who has accepted before.
#[derive(Clone, Copy, Debug)]
pub struct Again<'a> {
    /// Why they are asked again, in sentences.
    pub why: &'a [Text],
    /// Each permission that is new, with the sentence for customers; none where everything is to be accepted again.
    pub new: &'a [(Text, Text)],
}

/// What the text of an invitation is made of.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// The partner's own name, where settings have one.
    pub partner: Option<&'a Text>,
    /// The run that it is for, with the customer, the product and the organisation.
    pub run: &'a RunRecord,
    /// The link.
    pub link: &'a str,
    /// Each permission by name, with its reason.
    pub permissions: &'a [(Text, Text)],
    /// IANA name of the zone by which times are told.
    pub here: &'a str,
    /// Everything is invented.
    pub is_sandbox: bool,
    /// Why they are asked, where they have accepted before.
    pub again: Option<Again<'a>>,
}

impl Again<'_> {
    /// The paragraphs of it.
    fn write(self) -> String {
        let why: Vec<&str> = self.why.iter().map(Text::as_str).collect();
        let mut text = format!("Why again: {}\n\n", why.join(" "));
        if !self.new.is_empty() {
            text.push_str("What is new:\n\n");
            for (name, say) in self.new {
                // Writing into a text never fails.
                let _whole = writeln!(text, "- {name}: {say}");
            }
            text.push_str("\nWhat you accepted before stays as it is.\n\n");
        }
        text
    }
}

impl Letter<'_> {
    /// The text, ready to mail or to read out; its first line is what it is about. None without an invitation.
    #[must_use]
    pub fn write(&self) -> Option<String> {
        let invitation = self.run.invitation.as_ref()?;
        let Self { run, .. } = self;
        let (product, customer) = (run.product.name(), &run.customer.name);
        let partner = self.partner.map_or("your Microsoft partner", Text::as_str);
        let about = match self.again {
            None => format!("Backup365: please allow the backup of {product} for {customer}"),
            Some(_) => format!("Backup365: please accept again for the backup of {product} for {customer}"),
        };
        let sandbox = if self.is_sandbox { "SANDBOX: everything here is invented.\n\n" } else { "" };
        if let Some(at) = invitation.withdrawn {
            return Some(format!(
                "Withdrawn: {about}\n\n{sandbox}This invitation was withdrawn on {}. Do not open its link, and do not accept \
                 anything. If it is still needed, a new one comes with two other words.\n\nRun {}.\n",
                self.at(at),
                run.id
            ));
        }
        let organisation =
            run.organisation.as_ref().map_or_else(String::new, super::tenant::Organisation::named);
        let again = self.again.map(Again::write).unwrap_or_default();
        let mut text = format!(
            "{about}\n\n{sandbox}Made on {} by {}. Run {}.\n\nWho asks: {partner}, so that Backup365 can back up {product} \
             of {customer}.\nWho is asked: an administrator of {organisation}.\n\n{again}\
             1. Check that this really comes from us. Call {partner} on the number that you already have, not on one from a \
             message, and ask for the two words of run {}. They are:\n\n   {}\n\n\
             If you are told other words, or none, do not go on.\n\n\
             2. Open this link and sign in as an administrator who may accept for the whole organisation, such as a Global \
             Administrator:\n\n{}\n\n\
             3. Microsoft's page must name {organisation}, and ask for these permissions and no others. If it does, accept:\n\n",
            self.at(invitation.made),
            invitation.by,
            run.id,
            run.id,
            invitation.words,
            self.link,
        );
        for (name, reason) in self.permissions {
            // Writing into a text never fails.
            let _whole = writeln!(text, "- {name}: {reason}");
        }
        text.push_str("\nIf you did not expect this, do nothing, and tell us by telephone.\n");
        Some(text)
    }

    fn at(&self, moment: Moment) -> Text {
        sydney::stamp_in_words(moment, self.here)
    }
}

/// The name of its file.
#[must_use]
pub fn file(run: &RunId) -> Text {
    Text::of(format_args!("backup365-{run}-invitation.eml"))
}

/// A text as a mail that is not sent yet (RFC 5322, RFC 2045): its first line is the subject. Sender and recipient are left to
/// the mail program that opens it, which takes it for a draft because of `X-Unsent`.
#[must_use]
pub fn as_mail(text: &str, now: Moment) -> String {
    let (subject, body) = text.split_once('\n').unwrap_or((text, ""));
    let body = STANDARD.encode(body.trim_start_matches('\n').replace('\n', "\r\n"));
    let mut mail = format!(
        "Date: {}\r\nSubject: {}\r\nX-Unsent: 1\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n",
        date(now),
        encoded(subject)
    );
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at_checked(LINE.min(rest.len())).unwrap_or((rest, ""));
        mail.push_str(line);
        mail.push_str("\r\n");
        rest = more;
    }
    mail
}

/// A moment as mails say it (RFC 5322 section 3.3).
fn date(at: Moment) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis())
        .map(|at| at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string())
        .unwrap_or_default()
}

/// A subject as encoded words of whole letters, each on a line of its own (RFC 2047).
fn encoded(subject: &str) -> String {
    let mut pieces = vec![String::new()];
    for letter in subject.chars() {
        match pieces.last_mut() {
            Some(piece) if piece.len() + letter.len_utf8() <= ENCODED => piece.push(letter),
            _ => pieces.push(letter.to_string()),
        }
    }
    let word = |piece: &String| format!("=?utf-8?B?{}?=", STANDARD.encode(piece));
    pieces.iter().map(word).collect::<Vec<_>>().join("\r\n ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_words_are_many_plain_and_different() {
        let all: Vec<&str> = WORDS.split_ascii_whitespace().collect();
        let different: BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(all.len(), different.len());
        assert!(all.len() >= 128, "{}", all.len());
        assert!(
            all.iter().all(|word| (5..=8).contains(&word.len())
                && word.chars().all(|letter| letter.is_ascii_lowercase()))
        );
        assert_eq!(draw(|_| 0).as_str(), "acorn zipper", "the first is not drawn again");
        assert_eq!(draw(|most| most - 1).as_str(), "zipper zebra");
    }

    #[test]
    fn a_mail_is_what_the_standards_say() {
        let text = format!("Caf\u{e9} {}\n\nOne.\nTwo \u{2026}\n", "\u{e9}".repeat(60));
        let mail = as_mail(&text, Moment::parse("2026-11-23T01:02:03Z").unwrap());
        let (head, body) = mail.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("Date: Mon, 23 Nov 2026 01:02:03 +0000\r\nSubject: =?utf-8?B?"), "{head}");
        assert!(mail.lines().all(|line| line.is_ascii() && line.len() <= 76), "{mail}");
        assert!(!mail.replace("\r\n", "").contains(['\r', '\n']));
        let joined = |text: &str| text.replace("\r\n", "");
        let read = String::from_utf8(STANDARD.decode(joined(body)).unwrap()).unwrap();
        assert_eq!(read, "One.\r\nTwo \u{2026}\r\n");
        let subject = head.lines().filter_map(|line| line.split_once("?B?")?.1.strip_suffix("?="));
        let subject: Vec<u8> = subject.flat_map(|word| STANDARD.decode(word).unwrap()).collect();
        assert_eq!(String::from_utf8(subject).unwrap(), text.lines().next().unwrap());
    }
}
