//! Medians, and figures as people read them.

use std::time::Duration;

/// The one in the middle; the upper one of two.
pub(crate) fn median<T: Copy + PartialOrd>(mut all: Vec<T>) -> T {
    all.sort_by(|a, b| a.partial_cmp(b).unwrap());
    all[all.len() / 2]
}

/// Milliseconds of a time.
pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Milliseconds with as many digits as matter: 0.43, 4.3, 43.
pub(crate) fn short(millis: f64) -> String {
    match millis {
        _ if millis < 1.0 => format!("{millis:.2}"),
        _ if millis < 10.0 => format!("{millis:.1}"),
        _ => grouped(format!("{millis:.0}").parse().unwrap_or_default()),
    }
}

/// A count with its thousands told apart.
pub(crate) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
