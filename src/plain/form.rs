//! The walk through a form: one control after the other, then the buttons. Pure.
//!
//! Which control is asked about is this front end's own; where the wizard wishes for another one (*Save* jumps to the field
//! that is wrong), the walk follows.

use crate::wizard::{
    ask::{Focus, QuestionId, Spot},
    view::{Block, View},
};

use super::page::fields;

/// Where the walk is.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    /// The form, and what was last wished for on it.
    followed: Option<(QuestionId, Focus)>,
    at: Spot,
}

impl Walk {
    /// The control that is asked about; [`Spot::Page`] stands for the buttons at the end.
    pub(crate) const fn at(&self) -> Spot {
        self.at
    }

    /// Another view: follows what the wizard wishes for, and leaves a control that is no longer there.
    pub(crate) fn follow(&mut self, view: &View<'_>) {
        let wish = Some((view.ask.id, view.ask.focus));
        if self.followed != wish {
            self.followed = wish;
            self.at = view.ask.focus.spot;
        }
        if !stops(view).contains(&self.at) {
            self.at = Spot::Page;
        }
    }

    /// To a control.
    pub(crate) const fn go(&mut self, spot: Spot) {
        self.at = spot;
    }

    /// On from this control, unless something is wrong with it, or the walk is elsewhere already.
    pub(crate) fn leave(&mut self, spot: Spot, view: &View<'_>) {
        let is_wrong = fields(view).any(|field| Spot::Field(field.id) == spot && field.problem.is_some());
        if self.at == spot && !is_wrong {
            let stops = stops(view);
            let here = stops.iter().position(|stop| *stop == spot);
            let next = here.and_then(|here| stops.get(here.saturating_add(1)));
            self.at = next.copied().unwrap_or_default();
        }
    }
}

/// The controls in their order, an open button between two fields too; the buttons at the end are one stop.
fn stops(view: &View<'_>) -> Vec<Spot> {
    let blocks = &view.page.blocks;
    let last = blocks.iter().rposition(|block| matches!(block, Block::Field(_) | Block::Choice(_)));
    let mut stops = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        match block {
            Block::Field(field) => stops.push(Spot::Field(field.id)),
            Block::Choice(choice) => stops.push(Spot::Field(choice.id)),
            Block::Buttons(buttons) if last.is_some_and(|last| at < last) => {
                let open = buttons.iter().filter(|button| button.is_open);
                stops.extend(open.map(|button| Spot::Button(button.action)));
            }
            _ => {}
        }
    }
    stops
}
