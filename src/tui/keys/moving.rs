//! Keys that move: over the rows of a list, and through a text.

use crate::{
    tui::{
        input::Press,
        state::{self, State},
    },
    wizard::view::View,
};

use super::{Outcome, changed};

/// The keys that move the cursor over rows.
pub(super) fn moved(press: Press, view: &View<'_>, state: &mut State) -> Option<Outcome> {
    let rows = state::rows(&view.page)?;
    let list = state.list_mut(view.ask.id);
    let bottom = rows.rows.len().saturating_sub(1);
    let here = list.lit(rows).unwrap_or(0);
    let page = usize::from(list.height).max(1);
    let half = (page / 2).max(1);
    let to = match press {
        Press::Up => here.saturating_sub(1),
        Press::Down => here.saturating_add(1),
        Press::PageUp => here.saturating_sub(page),
        Press::PageDown => here.saturating_add(page),
        Press::Ctrl('u') => here.saturating_sub(half),
        Press::Ctrl('d') => here.saturating_add(half),
        Press::Home => 0,
        Press::End => bottom,
        _ => return None,
    };
    let to = to.min(bottom);
    if to == here {
        return Some(Outcome::Nothing);
    }
    list.put(rows, to);
    Some(Outcome::Changed)
}

/// The keys that scroll a text.
pub(super) fn scrolled(press: Press, scroll: &mut state::Scroll) -> Option<Outcome> {
    let page = isize::try_from(scroll.page.saturating_sub(1)).unwrap_or(isize::MAX).max(1);
    let half = (page / 2).max(1);
    Some(changed(scroll.by(match press {
        Press::Up => -1,
        Press::Down => 1,
        Press::PageUp => -page,
        Press::PageDown => page,
        Press::Ctrl('u') => -half,
        Press::Ctrl('d') => half,
        Press::Home => isize::MIN,
        Press::End => isize::MAX,
        _ => return None,
    })))
}
