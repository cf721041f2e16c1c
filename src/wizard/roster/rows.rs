//! The rows of the users screen, made one at a time when a front end asks for them.

use crate::{
    domain::{protection::State, text::Text},
    wizard::view::{Cell, Mark, Row, Rows},
};

use super::Roster;

impl Rows for Roster {
    fn len(&self) -> usize {
        self.list.rows().len()
    }

    /// The end of the user's id.
    fn tag(&self, at: usize) -> Option<Text> {
        let id = self.people.user(*self.list.rows().get(at)?)?.id.to_string();
        Some(Text::of(format_args!("#{}", id.get(id.len().saturating_sub(8)..).unwrap_or_default())))
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        let ordinal = *self.list.rows().get(at)?;
        let people = &self.people;
        let user = people.user(ordinal)?;
        let (is_on, is_excluded) = (people.on().has(ordinal), people.is_excluded(ordinal));
        let is_eligible = people.eligible().has(ordinal);
        let mark = match () {
            () if is_on => Mark::On,
            () if is_excluded => Mark::Excluded,
            () if !user.problem.is_empty() => Mark::Problem,
            () if !is_eligible => Mark::Closed,
            () if people.ticked().has(ordinal) => Mark::Ticked,
            () => Mark::Off,
        };
        let state = match (is_on, is_excluded, people.left(ordinal)) {
            (true, true, _) => Cell::Made(Text::from("on, excluded")),
            (true, false, Some(left)) => {
                Cell::Made(Text::of(format_args!("{}, {left}", State::Protected.word())))
            }
            _ if !people.is_known() => Cell::Empty,
            _ => Cell::State(people.state(ordinal), ""),
        };
        Some(Row {
            mark,
            cells: [
                Cell::Words(user.name),
                Cell::Words(user.address),
                Cell::Kind(people.kind(ordinal)),
                state,
                if user.department.is_empty() { Cell::Empty } else { Cell::Words(user.department) },
                Cell::Empty,
            ],
            // Not quiet before it is known: nearly all of them would have to be drawn once more.
            is_quiet: people.is_known() && !is_on && !is_eligible,
        })
    }
}
