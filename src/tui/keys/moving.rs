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
    let rows = view.page.rows()?;
    let list = state.list_mut(view.ask.id);
    let stride = stride(press, usize::from(list.height))?;
    let here = list.lit(rows).unwrap_or(0);
    let to = here.saturating_add_signed(stride).min(rows.rows.len().saturating_sub(1));
    if to != here {
        list.put(rows, to);
    }
    Some(changed(to != here))
}

/// The keys that scroll a text.
pub(super) fn scrolled(press: Press, scroll: &mut state::Scroll) -> Option<Outcome> {
    let stride = stride(press, scroll.page.saturating_sub(1))?;
    Some(changed(scroll.by(stride)))
}

/// How many lines further a key leads, where so many are a page.
fn stride(press: Press, page: usize) -> Option<isize> {
    let page = isize::try_from(page).unwrap_or(isize::MAX).max(1);
    let half = (page / 2).max(1);
    Some(match press {
        Press::Up => -1,
        Press::Down => 1,
        Press::PageUp => -page,
        Press::PageDown => page,
        Press::Ctrl('u') => -half,
        Press::Ctrl('d') => half,
        Press::Home => isize::MIN,
        Press::End => isize::MAX,
        _ => return None,
    })
}
