//! 20:00 in Sydney, by the rules of `Australia/Sydney`, never by a fixed offset; and times in words.

use jiff::{Timestamp, ToSpan, ZonedDateTime, tz::TimeZone};

use super::{text::Text, time::Moment};

/// The zone whose 20:00 counts.
pub const ZONE: &str = "Australia/Sydney";

/// The hour of the nightly pass, by Sydney's clocks.
const HOUR: i8 = 20;

/// The latest 20:00 in Sydney that is not after `now`.
#[must_use]
pub fn latest_2000(now: Moment) -> Moment {
    at_2000(now, 0).filter(|due| *due <= now).or_else(|| at_2000(now, -1)).unwrap_or(now)
}

/// The first 20:00 in Sydney after `now`.
#[must_use]
pub fn next_2000(now: Moment) -> Moment {
    at_2000(now, 0).filter(|due| *due > now).or_else(|| at_2000(now, 1)).unwrap_or(now)
}

/// 20:00 on the Sydney day of `now`, shifted by whole days. Sydney's clocks change at 2:00 and 3:00 in the morning, so
/// there is exactly one 20:00 a day.
fn at_2000(now: Moment, days: i32) -> Option<Moment> {
    let day = zoned(now, ZONE)?.date().checked_add(days.days()).ok()?;
    let due = day.at(HOUR, 0, 0, 0).in_tz(ZONE).ok()?;
    Some(Moment::from_millis(due.timestamp().as_millisecond()))
}

/// A moment by the clocks of a zone; nothing for an unknown zone or a moment out of range.
fn zoned(at: Moment, zone: &str) -> Option<ZonedDateTime> {
    let zone = TimeZone::get(zone).ok()?;
    Timestamp::from_millisecond(at.as_millis()).ok().map(|t| t.to_zoned_datetime(zone))
}

/// A due moment in words: "Mon 23 Nov 20:00 AEDT, 17:00 in Perth, in 3 h 12 min".
///
/// The customer's own time is left out when the zone is Sydney's or unknown; a day is named where it differs.
#[must_use]
pub fn due_in_words(due: Moment, now: Moment, customer_zone: Option<&str>) -> Text {
    let Some(sydney) = zoned(due, ZONE) else { return Text::from("at 20:00 in Sydney") };
    let there = customer_zone
        .filter(|zone| *zone != ZONE)
        .and_then(|zone| Some((zone, zoned(due, zone)?)))
        .map(|(zone, local)| {
            let form = if local.date() == sydney.date() { "%H:%M" } else { "%a %H:%M" };
            format!(", {} in {}", local.strftime(form), city(zone))
        })
        .unwrap_or_default();
    Text::of(format_args!("{}{there}, {}", sydney.strftime("%a %-d %b %H:%M %Z"), in_words(due, now)))
}

/// The city of an IANA name: "Australia/Perth" is Perth.
#[must_use]
pub fn city(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

/// What is left until a moment: "in 3 h 12 min", "in 40 min", "in less than a minute", "now".
#[must_use]
pub fn in_words(due: Moment, now: Moment) -> String {
    let minutes = due.since(now).as_secs() / 60;
    match (minutes / 60, minutes % 60) {
        _ if due <= now => "now".into(),
        (0, 0) => "in less than a minute".into(),
        (0, minutes) => format!("in {minutes} min"),
        (hours, 0) => format!("in {hours} h"),
        (hours, minutes) => format!("in {hours} h {minutes} min"),
    }
}

/// A moment by the clocks of a zone (this computer's, usually), which it names: "10:42 AEDT" today, "Mon 23 Nov 10:42
/// AEDT" else.
#[must_use]
pub fn clock_in_words(at: Moment, now: Moment, zone: &str) -> Text {
    match (zoned(at, zone).or_else(|| zoned(at, "UTC")), zoned(now, zone).or_else(|| zoned(now, "UTC"))) {
        (Some(at), Some(now)) if at.date() == now.date() => Text::clean(&at.strftime("%H:%M %Z").to_string()),
        (Some(at), _) => Text::clean(&at.strftime("%a %-d %b %H:%M %Z").to_string()),
        (None, _) => Text::of(format_args!("{at}")),
    }
}

/// A day by Sydney's clocks: "3 Nov 2026".
#[must_use]
pub fn day_in_words(at: Moment) -> Text {
    zoned(at, ZONE)
        .map_or_else(|| Text::of(format_args!("{at}")), |z| Text::clean(&z.strftime("%-d %b %Y").to_string()))
}

/// A date with time and zone for the receipt: "Mon 23 Nov 2026 20:00 AEDT".
#[must_use]
pub fn stamp_in_words(at: Moment, zone: &str) -> Text {
    zoned(at, zone).or_else(|| zoned(at, "UTC")).map_or_else(
        || Text::of(format_args!("{at}")),
        |z| Text::clean(&z.strftime("%a %-d %b %Y %H:%M %Z").to_string()),
    )
}

/// Whether this is an IANA name that the program's own copy of the zone table knows.
#[must_use]
pub fn is_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        Moment::parse(text).unwrap()
    }

    #[test]
    fn both_changes_of_the_clocks_keep_20_00() {
        // Daylight saving ended on Sunday 5 April 2026 and began on Sunday 4 October 2026.
        for (now, due) in [
            ("2026-04-04T10:00:00Z", "2026-04-05T10:00:00Z"),
            ("2026-04-04T08:59:59Z", "2026-04-04T09:00:00Z"),
            ("2026-10-03T10:00:00Z", "2026-10-04T09:00:00Z"),
            ("2026-10-03T09:59:59Z", "2026-10-03T10:00:00Z"),
        ] {
            assert_eq!(next_2000(moment(now)), moment(due), "{now}");
        }
    }

    #[test]
    fn a_year_of_days_has_one_20_00_each() {
        let mut due = moment("2026-01-01T09:00:00Z");
        for _ in 0..365 {
            let next = next_2000(due);
            let hours = next.since(due).as_secs() / 3_600;
            assert!(matches!(hours, 23..=25), "{hours}");
            assert_eq!(latest_2000(next), next);
            assert_eq!(latest_2000(Moment::from_millis(next.as_millis() - 1)), due);
            assert_eq!(zoned(next, ZONE).unwrap().hour(), HOUR);
            due = next;
        }
    }

    #[test]
    fn the_clock_is_told_as_product_md_tells_it() {
        let now = moment("2026-11-23T05:48:00Z");
        let due = next_2000(now);
        let words = due_in_words(due, now, Some("Australia/Perth"));
        assert_eq!(words.as_str(), "Mon 23 Nov 20:00 AEDT, 17:00 in Perth, in 3 h 12 min");
        assert_eq!(due_in_words(due, now, None).as_str(), "Mon 23 Nov 20:00 AEDT, in 3 h 12 min");
        assert_eq!(
            due_in_words(due, now, Some("Mars/Base")).as_str(),
            "Mon 23 Nov 20:00 AEDT, in 3 h 12 min"
        );
        let far = due_in_words(due, now, Some("Pacific/Kiritimati"));
        assert!(far.as_str().contains("23:00 in Kiritimati"), "{far}");
    }
}
