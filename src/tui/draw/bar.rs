//! The bar of rule 1 and the trail of steps below it.

use crate::{
    domain::text::Shown,
    tui::{
        draw::canvas::{Canvas, Line},
        theme::Role,
        words::{cut, width, wrap},
    },
    wizard::view::{Bar, Place, Stop},
};

/// Windows with fewer rows have a bar of one line (product.md section 9, *Keys*).
const TWO_LINES_FROM: u16 = 20;

/// Narrowest useful cut of a name; below that it is left out.
const LEAST: u16 = 6;

/// One part of the bar.
struct Part {
    /// The words.
    words: String,
    /// How they look.
    role: Role,
    /// Which goes first when there is no room; none: never cut.
    goes: Option<u8>,
}

/// The lines of the bar: one or two, and the warning of rule 17.
pub(super) fn lines(bar: &Bar<'_>, canvas: &Canvas<'_>) -> Vec<Line> {
    let area = canvas.cells.area;
    let room = area.width;
    let parts = |these: &[Option<Part>]| -> Vec<Part> {
        these.iter().flatten().map(|p| Part { words: p.words.clone(), ..*p }).collect()
    };
    let fixed = |words: &str, role| Some(Part { words: words.to_owned(), role, goes: None });
    let sandbox = || if bar.is_sandbox { fixed("SANDBOX", Role::Strong) } else { None };
    let read_only = || if bar.is_read_only { fixed("READ ONLY", Role::Strong) } else { None };
    let name = |words: Option<&str>, role, order| {
        words.map(|w| Part { words: fit(canvas, w), role, goes: Some(order) })
    };
    let customer = || name(Some(bar.customer.map_or("no customer yet", |c| c.as_str())), Role::Strong, 3);
    let organisation = || {
        let known = bar.organisation.map(Shown::as_str);
        name(known.or_else(|| bar.customer.map(|_| "organisation not known yet")), Role::Plain, 2)
    };
    let domain = || name(bar.domain.map(Shown::as_str), Role::Plain, 1);
    let product = || name(bar.product, Role::Plain, 0);
    let run = || bar.run.as_ref().and_then(|r| fixed(r.as_str(), Role::Strong));
    let last = || bar.last_four.as_ref().and_then(|l| fixed(&fit(canvas, &format!("…{l}")), Role::Strong));
    let mut lines = if area.height >= TWO_LINES_FROM {
        let upper = parts(&[sandbox(), read_only(), customer(), product(), run()]);
        let lower = parts(&[organisation(), domain(), last()]);
        vec![one(upper, room, canvas), one(lower, room, canvas)]
    } else {
        let all = [sandbox(), read_only(), customer(), organisation(), domain(), run(), last()];
        vec![one(parts(&all), room, canvas)]
    };
    if let Some(warning) = bar.warning {
        let words = format!("Look: {warning}");
        lines.extend(
            wrap(&words, room, canvas.options.use_unicode)
                .into_iter()
                .take(2)
                .map(|l| Line::of(Role::Strong, l)),
        );
    }
    lines
}

/// Words in the canvas's codeset.
fn fit(canvas: &Canvas<'_>, words: &str) -> String {
    crate::tui::words::fit_codeset(words, canvas.options.use_unicode).into_owned()
}

/// Puts parts into one line: cut first the domain, then the organisation, then the customer.
fn one(mut parts: Vec<Part>, room: u16, canvas: &Canvas<'_>) -> Line {
    let between = if canvas.options.use_unicode { " · " } else { " | " };
    for order in 0..=3 {
        let gaps = width(between).saturating_mul(u16::try_from(parts.len().saturating_sub(1)).unwrap_or(0));
        let wide = parts.iter().map(|p| width(&p.words)).fold(gaps, u16::saturating_add);
        let over = wide.saturating_sub(room);
        if over == 0 {
            break;
        }
        let Some(at) = parts.iter().position(|p| p.goes == Some(order)) else { continue };
        let Some(part) = parts.get_mut(at) else { continue };
        let left = width(&part.words).saturating_sub(over);
        if left >= LEAST {
            part.words = cut(&part.words, left, canvas.options.use_unicode).into_owned();
        } else {
            parts.remove(at);
        }
    }
    let mut line = Line::default();
    for part in parts {
        if !line.pieces.is_empty() {
            line = line.and(Role::Plain, between);
        }
        line = line.and(part.role, part.words);
    }
    line
}

/// The trail of steps: all of them, or the place among them where that does not fit.
pub(super) fn trail(stops: &[Stop], canvas: &Canvas<'_>) -> Line {
    let mut line = Line::default();
    let mut used = 0_u16;
    for stop in stops {
        if used > 0 {
            line = line.and(Role::Plain, " > ");
            used += 3;
        }
        let (role, words) = match stop.place {
            Place::Behind => (Role::Plain, stop.name.to_owned()),
            Place::Here => (Role::Strong, format!("[{}]", stop.name)),
            Place::Ahead => (Role::Quiet, stop.name.to_owned()),
        };
        used = used.saturating_add(width(&words));
        line = line.and(role, words);
    }
    if used <= canvas.cells.area.width {
        return line;
    }
    match stops.iter().enumerate().find(|(_, stop)| stop.place == Place::Here) {
        Some((at, here)) => Line::of(Role::Plain, format!("Step {} of {}: ", at + 1, stops.len()))
            .and(Role::Strong, here.name),
        None => line,
    }
}
