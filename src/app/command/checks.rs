//! What both `sweep --check` and `doctor` look at.

use crate::{
    app::world::Opener,
    commands::check::Check,
    domain::{credential::Standing, text::Text, time::Moment},
};

/// The check that compares the clock with Microsoft's and with the record.
pub(super) const CLOCK: &str = "Clock";

/// Where the settings came from.
pub(super) fn settings(opener: &Opener) -> Check {
    let words = match (&opener.settings.file, opener.is_sandbox) {
        (Some(file), _) => Text::of(format_args!("read from {}", file.display())),
        (None, true) => Text::from("none, and the sandbox needs none"),
        (None, false) => Text::from("read from variables and flags"),
    };
    Check::new("Settings", Ok(words))
}

/// What the table of addresses does to the real world; nothing where there is none. Said, and no trouble: the settings want
/// it so.
pub(super) fn addresses(opener: &Opener) -> Option<Check> {
    opener.mapped().map(|words| Check::new("Addresses", Ok(words)))
}

/// Rights that let others in, and folders of another computer. A pass can run all the same: this is said, and mended by
/// hand.
pub(super) fn files(notes: &[Text]) -> Check {
    match notes {
        [] => Check::new(
            "Files",
            Ok("closed to the other accounts of this computer, and on its own disk".into()),
        ),
        notes => {
            let words = notes.iter().map(Text::as_str).collect::<Vec<_>>().join(" ");
            Check::warning("Files", Text::clean(words.trim_end_matches('.')), "")
        }
    }
}

/// How well the clock agrees with Microsoft's, which is ahead by so many milliseconds.
pub(super) fn agrees(gap: Option<i64>) -> Text {
    match gap.map(|gap| gap.unsigned_abs() / 1_000) {
        None => Text::from("could not be compared: Microsoft's answer has no date"),
        Some(seconds) => Text::of(format_args!("agrees with Microsoft's within {} s", seconds + 1)),
    }
}

/// Until when the credential is good: a warning where that ends soon or is not known, and where the next one is in use.
pub(super) fn expiry(standing: &Standing, now: Moment) -> Option<Check> {
    const NAME: &str = "Expiry";
    if standing.known.is_empty() {
        return None;
    }
    let warnings = standing.warnings(now);
    let (words, is_known) = standing.in_words();
    Some(match warnings.as_slice() {
        [] if is_known => Check::new(NAME, Ok(words)),
        [] => Check::warning(NAME, words, ""),
        warnings => {
            let words = warnings.iter().map(Text::as_str).collect::<Vec<_>>().join(" ");
            Check::warning(NAME, Text::clean(words.trim_end_matches('.')), "")
        }
    })
}
