//! The rows of the users screen, made one at a time when a front end asks for them.

use crate::{
    domain::{
        failure::Failure,
        phrase::{Phrase, WayOn, phrase},
        protection::State,
        text::{Text, capital, mixes_alphabets},
        user::{Kind, User},
    },
    wizard::{
        answer::RowId,
        view::{Cell, Cells, Column, Mark, Notice, Row, Rows, Tone},
    },
};

use super::Roster;

impl Roster {
    /// The ordinal of the row at an index, and its user.
    fn user(&self, at: usize) -> Option<(u32, User<'_>)> {
        let ordinal = *self.list.rows().get(at)?;
        Some((ordinal, self.people.user(ordinal)?))
    }

    /// Why something that acts on states has to wait: it is not known yet who is on.
    pub(crate) fn unread(&self) -> Phrase {
        self.failure().map_or_else(|| "Reading what is on record. One moment.".into(), Failure::in_words)
    }

    /// Why a row can't be ticked.
    pub(crate) fn why_closed(&self, row: u32) -> Option<Phrase> {
        let people = &self.people;
        let user = people.user(row)?;
        if people.eligible().has(row) {
            return None;
        }
        let kind = people.kind(row);
        let plural = || Text::clean(&capital(kind.plural()));
        Some(match people.state(row) {
            _ if !people.is_known() => self.unread(),
            _ if people.on().has(row) => "Protected already. Turning users on turns nobody off.".into(),
            State::Excluded => phrase!["Excluded. ", WayOn::Lift],
            State::Problem => user.problem.to_text().into(),
            _ if Kind::INCLUDABLE.contains(&kind) => {
                phrase![plural(), " are not included. ", WayOn::IncludeKinds]
            }
            _ => phrase![plural(), " can't be protected."],
        })
    }
}

impl Rows for Roster {
    fn len(&self) -> usize {
        self.list.rows().len()
    }

    fn id(&self, at: usize) -> Option<RowId> {
        Some(RowId::User(self.user(at)?.1.id))
    }

    fn at(&self, id: &RowId) -> Option<usize> {
        let RowId::User(id) = id else { return None };
        self.list.at(self.people.pages.find(*id)?)
    }

    fn generation(&self) -> u64 {
        self.list.generation()
    }

    /// The end of the user's id.
    fn tag(&self, at: usize) -> Option<Text> {
        let id = self.user(at)?.1.id.to_string();
        Some(Text::of(format_args!("#{}", id.get(id.len().saturating_sub(8)..).unwrap_or_default())))
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        let (ordinal, user) = self.user(at)?;
        let people = &self.people;
        let (is_on, is_excluded) = (people.on().has(ordinal), people.excluded().has(ordinal));
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
            (true, false, None) if people.trouble(ordinal).is_some() => {
                Cell::State(State::Protected, State::Problem.word().into())
            }
            (true, true, _) => Cell::Made(Text::from("protected, excluded")),
            (true, false, Some(left)) => Cell::State(State::Protected, left),
            _ if !people.is_known() => Cell::Made(Text::default()),
            _ => Cell::State(people.state(ordinal), Text::default()),
        };
        let cells = Cells::default()
            .with(Column::Name, Cell::Words(user.name))
            .with(Column::Address, Cell::Words(user.address))
            .with(Column::Kind, Cell::Kind(people.kind(ordinal)))
            .with(Column::State, state);
        let cells = [(Column::SignIn, user.sign_in), (Column::Department, user.department)]
            .into_iter()
            .filter(|(_, words)| !words.is_empty())
            .fold(cells, |cells, (column, words)| cells.with(column, Cell::Words(words)));
        // Not quiet before it is known: nearly all of them would have to be drawn once more.
        let is_quiet = people.is_known() && !is_on && !is_eligible;
        Some(Row { mark, cells, is_quiet, is_news: false, is_excluded })
    }

    fn remark(&self, at: usize) -> Option<Notice> {
        let (row, user) = self.user(at)?;
        let people = &self.people;
        if !user.problem.is_empty() && !people.on().has(row) {
            return Some(Notice::new(Tone::Warn, user.problem.to_text()));
        }
        if let Some(trouble) = people.trouble(row) {
            return Some(Notice::new(Tone::Warn, phrase!["A problem with the backup: ", trouble]));
        }
        if [user.name, user.address, user.sign_in].iter().any(|words| mixes_alphabets(words.as_str())) {
            let words =
                "A word of this row mixes letters of two alphabets: the name may imitate another one.";
            return Some(Notice::new(Tone::Warn, words));
        }
        let left = people.left(row)?;
        Some(Notice::new(Tone::Plain, phrase!["The seat is kept: ", left, ". ", WayOn::TurnOff]))
    }

    /// All of the row. What a stand-in stands for is not known any more: raw words are kept for ids and addresses only
    /// (product.md section 9, *Records and words*).
    fn details(&self, at: usize) -> Option<Phrase> {
        let (row, user) = self.user(at)?;
        let people = &self.people;
        let kind = people.kind(row).shown();
        let state = if people.is_known() { people.state(row).word() } else { "not known yet" };
        let mut words = phrase![user.address, " · ", user.name];
        if !user.sign_in.is_empty() {
            words = words.with(phrase![" · signs in as ", user.sign_in]);
        }
        words = words.with(phrase![" · ", kind, ", ", state]);
        if !user.problem.is_empty() {
            words = words.with(phrase![": ", user.problem]);
        }
        if let Some(trouble) = people.trouble(row) {
            words = words.with(phrase![", problem: ", trouble]);
        }
        for more in [user.department, user.licences].into_iter().filter(|more| !more.is_empty()) {
            words = words.with(phrase![" · ", more]);
        }
        Some(words.with(phrase![" · id ", format_args!("{}", user.id)]))
    }
}
