//! The walk through a form: one control after the other, then the buttons. Pure.
//!
//! Which control is asked about is this front end's own; where the wizard wishes for another one (*Save* jumps to the field
//! that is wrong), the walk follows.

use crate::wizard::{
    ask::{Focus, QuestionId, Spot},
    view::{Block, View},
};

/// Where the walk is.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    /// The form, and what was last wished for on it.
    followed: Option<(QuestionId, Focus)>,
    /// The control that is asked about; [`Spot::Page`] stands for the buttons at the end.
    pub(crate) at: Spot,
}

impl Walk {
    /// Another view: follows what the wizard wishes for, and leaves a control that is no longer there.
    pub(crate) fn follow(&mut self, view: &View<'_>) {
        let wish = Some((view.ask.id, view.ask.focus));
        if self.followed != wish {
            self.followed = wish;
            self.at = view.ask.focus.spot;
        }
        // While something is on its way buttons are closed: the place is kept.
        if !view.ask.is_waiting && !stops(view).any(|(spot, is_open)| is_open && spot == self.at) {
            self.pass(self.at, view);
        }
    }

    /// On from this control, whatever is wrong with it.
    pub(crate) fn pass(&mut self, spot: Spot, view: &View<'_>) {
        let mut behind = stops(view).skip_while(|(stop, _)| *stop != spot).skip(1);
        self.at = behind.find(|(_, is_open)| *is_open).map(|(stop, _)| stop).unwrap_or_default();
    }

    /// On from this control, unless something is wrong with it, or the walk is elsewhere already.
    pub(crate) fn leave(&mut self, spot: Spot, view: &View<'_>) {
        let is_wrong = view.page.problems().any(|(field, _)| Spot::Field(field) == spot);
        if self.at == spot && !is_wrong {
            self.pass(spot, view);
        }
    }
}

/// The controls in their order, each with whether it can be used now, a button between two fields too; the buttons at the
/// end are one stop.
fn stops(view: &View<'_>) -> impl Iterator<Item = (Spot, bool)> {
    let blocks = view.page.blocks.as_slice();
    let last = blocks.iter().rposition(|block| matches!(block, Block::Field(_) | Block::Choice(_)));
    blocks.iter().take(last.map_or(0, |last| last + 1)).flat_map(|block| match block {
        Block::Field(field) => vec![(Spot::Field(field.id), true)],
        Block::Choice(choice) => vec![(Spot::Field(choice.id), true)],
        Block::Buttons(buttons) => {
            buttons.iter().map(|button| (Spot::Button(button.action), button.is_open)).collect()
        }
        _ => Vec::new(),
    })
}
