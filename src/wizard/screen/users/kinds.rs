//! Which kinds are included besides user mailboxes: one choice per customer and product, shared by All and Auto.

use crate::{
    domain::{
        bill::counted,
        text::{Shown, Text},
        user::{Kind, Kinds},
    },
    wizard::{
        Cx, Look,
        effect::{CallId, Request},
        event::{Action, Intent, Reply},
        part::list::Cursor,
        roster::Roster,
        view::{Block, Cell, Chord, Focus, Layout, Mark, Panel, Row, Rows, RowsView, Tone},
        words,
    },
};

use super::{Answer, Sheet, key};

/// The chooser.
#[derive(Debug)]
pub(super) struct Chooser {
    kinds: Kinds,
    /// Listed users of each includable kind.
    counts: [u32; Kind::INCLUDABLE.len()],
    cursor: Cursor,
    saving: Option<CallId>,
}

impl Chooser {
    /// Opens it with the choice on record.
    pub(super) fn open(cx: &Cx<'_>) -> Self {
        let people = cx.session.roster.people();
        Self {
            kinds: people.included(),
            counts: Kind::INCLUDABLE.map(|kind| people.count_of(kind)),
            cursor: Cursor::default(),
            saving: None,
        }
    }

    /// Handles what a person asks.
    pub(super) fn intent(&mut self, cx: &mut Cx<'_>, intent: &Intent) -> Answer {
        match intent {
            _ if self.saving.is_some() => Answer::Stay,
            Intent::Back => Answer::Close,
            Intent::Move(by) => {
                self.cursor.step(*by, self.len());
                Answer::Stay
            }
            Intent::Act(Action::Tick) => {
                if let Some(kind) =
                    self.cursor.get(self.len()).and_then(|at| Kind::INCLUDABLE.get(at).copied())
                {
                    self.kinds = self.kinds.toggled(kind);
                }
                Answer::Stay
            }
            Intent::Submit if self.kinds == cx.session.roster.people().included() => Answer::Close,
            Intent::Submit => {
                if let Some(record) = &cx.session.record {
                    let request = Request::SaveKinds(record.customer.id, record.product, self.kinds);
                    self.saving = Some(cx.calls.start(request));
                }
                Answer::Stay
            }
            _ => Answer::Stay,
        }
    }

    /// Handles a reply.
    pub(super) fn reply(&mut self, cx: &mut Cx<'_>, call: CallId, reply: &Reply) -> Answer {
        if self.saving != Some(call) {
            return Answer::Stay;
        }
        self.saving = None;
        if let Reply::Failed(failure) = reply {
            cx.say(Tone::Bad, words::failure(failure));
            return Answer::Stay;
        }
        cx.session.roster.include(self.kinds);
        Roster::count(cx);
        cx.say(Tone::Good, "The included kinds are saved.");
        Answer::Close
    }

    /// Whether the choice is being saved.
    pub(super) const fn is_waiting(&self) -> bool {
        self.saving.is_some()
    }

    /// What it shows.
    pub(super) fn view<'a>(&'a self, look: Look<'a>) -> Sheet<'a> {
        let mut blocks = vec![Block::Para(Text::from(
            "User mailboxes can always be turned on. Include other kinds here; All and Enable Auto follow.",
        ))];
        if look.session.roster.people().rule().is_some() {
            blocks.push(Block::Strong(Text::from(
                "Enable Auto is on: kinds that you include are turned on at the next sweep and billed.",
            )));
        }
        blocks.push(Block::Rows(RowsView {
            layout: Layout::Pairs,
            rows: self,
            cursor: self.cursor.get(self.len()),
            anchor: None,
            is_searching: false,
            counts: Text::default(),
            search: None,
            empty: Text::default(),
            is_focused: true,
        }));
        Sheet {
            panel: Panel { heading: Text::from("Which kinds are included?"), blocks },
            keys: vec![
                key(Chord::Space, Action::Tick, "include", "Includes the kind, or leaves it out."),
                key(Chord::Enter, Action::Save, "save", "Saves the choice for this customer and product."),
                key(Chord::Esc, Action::Back, "back", "Closes this panel and changes nothing."),
            ],
            focus: Focus::Rows,
            next_change: None,
        }
    }
}

impl Rows for Chooser {
    fn len(&self) -> usize {
        Kind::INCLUDABLE.len()
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        let kind = *Kind::INCLUDABLE.get(at)?;
        let count = *self.counts.get(at)?;
        let mut cells: [Cell<'_>; 6] = Default::default();
        let [name, meaning, ..] = &mut cells;
        *name = Cell::Words(Shown::literal(kind.plural()));
        *meaning = Cell::Made(Text::clean(&format!("{} listed", counted(count, "user", "users"))));
        let mark = if self.kinds.allows(kind) { Mark::Ticked } else { Mark::Off };
        Some(Row { mark, cells, is_quiet: false })
    }
}
