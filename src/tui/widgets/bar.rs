//! The bar of rule 1: who is being touched. Two lines from 20 rows up, one below that, and the warning of rule 17.
//!
//! Cut first the domain, then the organisation, then the customer; never SANDBOX, the run, and the last four of the
//! tenant, which stand at the right edge.

use ratatui::text::{Line, Span};

use crate::{
    domain::text::{Shown, Text},
    tui::{
        theme::{Role, Theme},
        words::{cut, width},
    },
    wizard::view::Bar,
};

use super::flow::{Pen, blank};

/// Windows with fewer rows have a bar of one line (product.md section 9, *Keys*).
pub(crate) const TWO_LINES_FROM: u16 = 20;

/// Narrowest useful cut of a name; below that it is left out.
const LEAST: u16 = 6;

/// Most lines of a warning.
const WARNING: usize = 2;

/// One part of the bar.
#[derive(Debug, Clone)]
struct Part {
    words: String,
    role: Role,
    /// Which goes first when there is no room; none: never cut.
    goes: Option<u8>,
    /// What stands in front of it where something does.
    between: &'static str,
}

/// The lines of the bar.
pub(crate) fn lines(bar: &Bar<'_>, height: u16, pen: Pen) -> Vec<Line<'static>> {
    let Pen { theme, width } = pen;
    let dot: &'static str = if theme.use_unicode() { " · " } else { " - " };
    let part =
        |words: &str, role, goes, between| Part { words: theme.fit(words).into_owned(), role, goes, between };
    let mut badges = Vec::new();
    if bar.is_sandbox {
        badges.push(part(" SANDBOX ", Role::Sandbox, None, " "));
    }
    if bar.is_read_only {
        badges.push(part("READ ONLY", Role::Warn, None, " "));
    }
    let customer = part(bar.customer.map_or("no customer yet", Shown::as_str), Role::Strong, Some(3), " ");
    let product = bar.product.map(|product| part(product, Role::Plain, Some(0), "  "));
    let known = bar.organisation.map(Shown::as_str);
    let organisation = known.or_else(|| bar.customer.map(|_| "organisation not known yet"));
    let organisation = |between| organisation.map(|words| part(words, Role::Plain, Some(2), between));
    let domain = bar.domain.map(|domain| part(domain.as_str(), Role::Plain, Some(1), dot));
    let run = bar.run.as_ref().map(|run| part(run.as_str(), Role::Strong, None, " "));
    let last = bar
        .last_four
        .as_ref()
        .map(|last| part(&format!("{}{last}", theme.glyphs().cut), Role::Strong, None, " "));
    let indent =
        badges.iter().map(|badge| self::width(&badge.words).saturating_add(1)).fold(0, u16::saturating_add);
    // Without a badge in front the words begin below those of the steps.
    let (indent, front) = if badges.is_empty() { (1, 1) } else { (indent, 0) };
    let room = width.saturating_sub(front);
    let mut lines = if height >= TWO_LINES_FROM {
        let upper = badges.into_iter().chain([customer]).chain(product).collect();
        let lower: Vec<Part> = organisation("").into_iter().chain(domain).collect();
        let mut second = one(lower, last.into_iter().collect(), width.saturating_sub(indent), theme);
        second.spans.insert(0, blank(indent));
        vec![one(upper, run.into_iter().collect(), room, theme), second]
    } else {
        let left = badges.into_iter().chain([customer]).chain(organisation(dot)).chain(domain).collect();
        vec![one(left, run.into_iter().chain(last).collect(), room, theme)]
    };
    if let Some(first) = lines.first_mut() {
        first.spans.insert(0, blank(front));
    }
    if let Some(warning) = bar.warning {
        let words = format!("{} {warning}", theme.glyphs().warn);
        let warning = crate::tui::words::wrap(&words, width, theme.use_unicode());
        lines.extend(warning.into_iter().take(WARNING).map(|line| theme.span(Role::Warn, &line).into()));
    }
    lines
}

/// What is never cut, in words.
pub(crate) fn never_cut(bar: &Bar<'_>, theme: Theme) -> Vec<String> {
    let sandbox = bar.is_sandbox.then(|| "SANDBOX".to_owned());
    let last = bar.last_four.as_ref().map(|last| format!("{}{last}", theme.glyphs().cut));
    sandbox.into_iter().chain(bar.run.as_ref().map(Text::to_string)).chain(last).collect()
}

/// Width of parts side by side.
fn wide(parts: &[Part]) -> u16 {
    let each = parts
        .iter()
        .enumerate()
        .map(|(at, part)| width(&part.words).saturating_add(if at == 0 { 0 } else { width(part.between) }));
    each.fold(0, u16::saturating_add)
}

/// Puts parts into one line: some to the left, cut where they must be, some at the right edge.
fn one(mut left: Vec<Part>, right: Vec<Part>, room: u16, theme: Theme) -> Line<'static> {
    // The last column stays free: letters that a terminal draws wider must not push the run out.
    let fixed = wide(&right).saturating_add(if right.is_empty() { 0 } else { 2 });
    let space = room.saturating_sub(fixed);
    for order in 0..=3 {
        let over = wide(&left).saturating_sub(space);
        if over == 0 {
            break;
        }
        let Some(at) = left.iter().position(|part| part.goes == Some(order)) else { continue };
        let Some(part) = left.get_mut(at) else { continue };
        let kept = width(&part.words).saturating_sub(over);
        if kept >= LEAST {
            part.words = cut(&part.words, kept, theme.use_unicode()).into_owned();
        } else {
            left.remove(at);
        }
    }
    let (used, needed) = (wide(&left), wide(&right));
    let edge = u16::from(used > 0 && !right.is_empty());
    let gap = room.saturating_sub(used).saturating_sub(needed).saturating_sub(edge);
    let mut spans = side_by_side(left, theme);
    spans.push(blank(gap));
    spans.extend(side_by_side(right, theme));
    Line::from(spans)
}

/// Parts with what stands between them.
fn side_by_side(parts: Vec<Part>, theme: Theme) -> Vec<Span<'static>> {
    let between = |at, words| Span::raw(if at == 0 { "" } else { words });
    let part = |(at, part): (usize, Part)| {
        [between(at, part.between), Span::styled(part.words, theme.style(part.role))]
    };
    parts.into_iter().enumerate().flat_map(part).collect()
}
