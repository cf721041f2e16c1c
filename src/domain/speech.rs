//! Words that are read out: sentences, and what of them is no news. Pure.

use std::borrow::Cow;

use super::text;

/// Words of this program, with its signs as words.
#[must_use]
pub fn signs(own: &'static str) -> Cow<'static, str> {
    if own.is_ascii() && !own.contains("* ") {
        return own.into();
    }
    own.replace(" · ", ", ").replace(" → ", " to ").replace(" …", "").replace("* ", "").into()
}

/// What stays the same while only a clock or a counter goes on: durations are left out, other numbers are all alike.
#[must_use]
pub fn steady(words: &str) -> String {
    timeless(words).chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
}

/// A line without durations: what else changes in it is news.
#[must_use]
pub fn timeless(words: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut words = words.split(' ').peekable();
    while let Some(word) = words.next() {
        let unit = words.peek().map(|next| next.trim_end_matches(|c: char| c.is_ascii_punctuation()));
        if word.starts_with(|c: char| c.is_ascii_digit()) && matches!(unit, Some("s" | "min" | "h" | "d")) {
            let _unit = words.next();
        } else {
            kept.push(word);
        }
    }
    kept.join(" ")
}

/// A sentence ends in punctuation: readers pause there.
#[must_use]
pub fn sentence(words: &str) -> String {
    let words = words.trim_end();
    let spoken = words.trim_end_matches(['”', '"']);
    if words.is_empty() || spoken.ends_with(['.', '?', '!', ':', ';']) || pasted(words).is_some() {
        words.to_owned()
    } else {
        format!("{words}.")
    }
}

/// What stands before the end, and the end, where that is copied: a command line, a path or a link behind a colon. A full
/// stop would be pasted with it, so readers do without.
#[must_use]
pub fn pasted(words: &str) -> Option<(&str, &str)> {
    let (before, last) = words.rsplit_once(": ")?;
    // Behind a link more words may stand ("Change Server: https://… now"); a path may hold spaces itself.
    let is_link = last.starts_with("https://") && !last.contains(' ');
    let is_place = last.starts_with(['/', '~']) || is_link || last.get(1..3) == Some(":\\");
    let is_copied = (is_place || last.starts_with("backup365 ")) && !last.contains(". ");
    is_copied.then_some((before, last))
}

/// The first letter large. Host names and addresses stay as they are: they are read aloud and typed.
#[must_use]
pub fn capital(words: &str) -> String {
    let first =
        words.split([' ', ',']).next().unwrap_or_default().trim_end_matches(['.', ':', ';', '?', '!']);
    if first.contains(['.', '@', '/']) { words.to_owned() } else { text::capital(words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_begins_large_and_a_host_stays_as_it_is() {
        assert_eq!(capital("nobody answers. Try again."), "Nobody answers. Try again.");
        assert_eq!(capital("stopped."), "Stopped.");
        for kept in ["mail.hoster.example, Exchange 2019", "svc@hoster.example.", "https://mail.example/EWS"]
        {
            assert_eq!(capital(kept), kept);
        }
    }

    #[test]
    fn a_full_stop_never_touches_what_is_copied() {
        for copied in [
            "Take it up again with: backup365 --run B365-7KQ4 --sandbox",
            "File: /home/jo/My Files/C-1001-link.txt",
            "File: C:\\Users\\jo\\C-1001-link.txt",
            "Server: https://mail.hoster.example",
        ] {
            assert_eq!(sentence(copied), copied);
        }
        let prose = "Run it with: backup365 --run B365-7KQ4. Then go on";
        for ended in ["Result: done", "Start backup365 again", prose] {
            assert_eq!(sentence(ended), format!("{ended}."));
        }
    }

    #[test]
    fn a_clock_is_no_news() {
        for (one, other, alike) in [
            ("Trying: 7 s. Usually 5 s.", "Trying: 2 min 40 s. Usually 5 s.", true),
            ("20:00 AEDT, in 3 h 12 min", "20:00 AEDT, in 3 h 11 min", true),
            ("Listing: 999 users so far, 1 s.", "Listing: 999 users so far, 3 s.", true),
            ("seats 0 to 3", "seats 0 to 4", false),
            ("Accepted.", "Refused.", false),
        ] {
            assert_eq!(timeless(one) == timeless(other), alike, "{one} | {other}");
        }
        assert_eq!(steady("Listing: 99 users"), steady("Listing: 17 users"));
    }
}
