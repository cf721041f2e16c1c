//! The bar of rule 1: who is being touched. Two lines from 20 rows up, one below that, and the warning of rule 17.
//!
//! Cut first the words of the invitation, then the domain, then the organisation, then the customer; never SANDBOX or `[addresses]`, the run, and the last four of the
//! tenant, which stand at the right edge.

use ratatui::text::{Line, Span};

use crate::{
    domain::text::{Shown, Text},
    tui::{
        theme::{Role, Sign, Theme},
        words::{cut, width},
    },
    wizard::view::Bar,
};

use super::flow::{Pen, blank};

/// Windows with fewer rows have a bar of one line (product.md section 9, *Keys*).
pub(crate) const TWO_LINES_FROM: u16 = 20;

/// Says that settings lead Microsoft's addresses elsewhere, by the name of their table.
const MAPPED: &str = "[addresses]";

/// Narrowest useful cut of a name; below that it is left out.
const LEAST: u16 = 6;

/// Most lines of a warning.
const WARNING: usize = 2;

/// One part of the bar.
#[derive(Debug, Clone)]
struct Part {
    words: String,
    role: Role,
    /// What stands in front of it where something does.
    between: &'static str,
    /// Which goes first when there is no room; none: never cut.
    goes: Option<u8>,
    /// It stands there whole or not at all: half a word is heard as another.
    is_whole: bool,
}

/// The lines of the bar.
pub(crate) fn lines(bar: &Bar<'_>, height: u16, pen: Pen) -> Vec<Line<'static>> {
    let theme = pen.theme;
    let dot = if theme.use_unicode() { " · " } else { " - " };
    let cut = |words: &str, role, between, goes| Part {
        words: theme.fit(words).into_owned(),
        role,
        between,
        goes,
        is_whole: false,
    };
    let kept = |words: &str, role| cut(words, role, " ", None);
    let badges = [
        (bar.is_sandbox, " SANDBOX ", Role::Sandbox),
        (bar.is_mapped, MAPPED, Role::Warn),
        (bar.is_read_only, "READ ONLY", Role::Warn),
    ];
    let badges = badges.into_iter().filter(|badge| badge.0).map(|(_, words, role)| kept(words, role));
    let badges: Vec<Part> = badges.collect();
    let customer = cut(
        bar.customer.map_or(bar.place.unwrap_or("no customer yet"), Shown::as_str),
        Role::Strong,
        " ",
        Some(3),
    );
    let product = bar.product.map(|product| cut(product.name(), Role::Plain, "  ", Some(0)));
    let known = bar.organisation.map(Shown::as_str);
    let organisation = known.or_else(|| bar.customer.map(|_| "organisation not known yet"));
    let organisation = organisation.map(|words| cut(words, Role::Plain, dot, Some(2)));
    let domain = bar.domain.map(|domain| cut(domain.as_str(), Role::Plain, dot, Some(1)));
    let check = bar
        .words
        .as_ref()
        .map(|words| Part { is_whole: true, ..cut(&format!("words: {words}"), Role::Plain, dot, Some(0)) });
    let run = bar.run.as_ref().map(|run| kept(run.as_str(), Role::Strong));
    let last = last_four(bar, theme).map(|last| kept(&last, Role::Strong));
    // Without a badge in front the words begin below those of the steps.
    let front = u16::from(badges.is_empty());
    let indent = if badges.is_empty() { 1 } else { wide(&badges).saturating_add(1) };
    let mut left = badges;
    left.push(customer);
    let mut lines = if height >= TWO_LINES_FROM {
        left.extend(product);
        let lower = organisation.into_iter().chain(domain).chain(check).collect();
        vec![
            one(front, left, run.into_iter().collect(), pen),
            one(indent, lower, last.into_iter().collect(), pen),
        ]
    } else {
        left.extend(organisation.into_iter().chain(domain).chain(check));
        vec![one(front, left, run.into_iter().chain(last).collect(), pen)]
    };
    if let Some(warning) = bar.warning {
        let words = format!("{} {warning}", theme.sign(Sign::WARN));
        let warning = pen.para(Role::Warn, &words).into_iter().take(WARNING);
        lines.extend(warning.map(|line| line.words));
    }
    lines
}

/// The last four of the tenant, behind the sign that the rest is left out.
fn last_four(bar: &Bar<'_>, theme: Theme) -> Option<String> {
    bar.last_four.as_ref().map(|last| format!("{}{last}", theme.sign(Sign::CUT)))
}

/// What is never cut, in words.
pub(crate) fn never_cut(bar: &Bar<'_>, theme: Theme) -> Vec<String> {
    let sandbox = bar.is_sandbox.then(|| "SANDBOX".to_owned());
    let run = bar.run.as_ref().map(Text::to_string);
    let mapped = bar.is_mapped.then(|| MAPPED.to_owned());
    sandbox.into_iter().chain(mapped).chain(run).chain(last_four(bar, theme)).collect()
}

/// Width of parts side by side.
fn wide(parts: &[Part]) -> u16 {
    let each = parts.iter().map(|part| width(&part.words).saturating_add(width(part.between)));
    each.fold(0, u16::saturating_add).saturating_sub(parts.first().map_or(0, |first| width(first.between)))
}

/// Puts parts into one line behind so many spaces: some to the left, cut where they must be, some at the right edge.
fn one(indent: u16, mut left: Vec<Part>, right: Vec<Part>, pen: Pen) -> Line<'static> {
    let room = pen.width.saturating_sub(indent);
    // The last column stays free: letters that a terminal draws wider must not push the run out.
    let fixed = wide(&right).saturating_add(if right.is_empty() { 0 } else { 2 });
    let space = room.saturating_sub(fixed);
    for order in 0..=3 {
        let over = wide(&left).saturating_sub(space);
        let Some(at) = left.iter().position(|part| over > 0 && part.goes == Some(order)) else { continue };
        let mut part = left.remove(at);
        let kept = width(&part.words).saturating_sub(over);
        if kept >= LEAST && !part.is_whole {
            part.words = cut(&part.words, kept, pen.theme.use_unicode()).into_owned();
            left.insert(at, part);
        }
    }
    let (used, needed) = (wide(&left), wide(&right));
    let edge = u16::from(used > 0 && !right.is_empty());
    let gap = room.saturating_sub(used).saturating_sub(needed).saturating_sub(edge);
    let spans = |parts: Vec<Part>| {
        let part = |(at, part): (usize, Part)| {
            let between = Span::raw(if at == 0 { "" } else { part.between });
            [between, Span::styled(part.words, pen.theme.style(part.role))]
        };
        parts.into_iter().enumerate().flat_map(part)
    };
    let (left, right) = (spans(left), spans(right));
    [blank(indent)].into_iter().chain(left).chain([blank(gap)]).chain(right).collect()
}
