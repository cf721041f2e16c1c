//! Screen: what is there and what is missing. The first one of setup, and the last.

use crate::{
    domain::{
        failure::Failure,
        groundwork::{Groundwork, Part},
        phrase::{Command, Phrase, phrase},
        text::Text,
    },
    wizard::{
        answer::{Action, Given, RowId},
        ask::{QuestionId, Shape},
        context::{UpdateCx, ViewCx},
        part::{
            table::{Line, Table},
            wait::{self, Wait},
        },
        pending::{self, Arrival},
        screen::{Scene, Screen, kept, step::Step},
        view::{Block, Column, RowsView, Tone},
    },
};

/// The columns, most important first.
const COLUMNS: &[Column] = &[Column::Name, Column::Progress];

/// The screen's own state.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    table: Table,
    looking: Wait<Box<Groundwork>>,
    failure: Option<Failure>,
}

impl Parts {
    fn look(&mut self, cx: &mut UpdateCx<'_>) {
        self.failure = None;
        self.looking.start(cx, pending::look_at_groundwork(), wait::GROUNDWORK);
    }
}

impl Screen for Parts {
    fn enter(&mut self, cx: &mut UpdateCx<'_>) {
        self.table.set(cx.session.ground.iter().flat_map(|ground| lines(ground)).collect());
        self.look(cx);
    }

    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        match (given, &cx.session.ground) {
            (Given::Pick(RowId::Part(part)), Some(ground)) => match ground.needed_for(part) {
                Some(first) => {
                    cx.say(Tone::Warn, format_args!("That needs another part first: {}.", first.name()));
                }
                None => return Step::Next(super::of(part, ground)),
            },
            (Given::Do(Action::Refresh), _) => self.look(cx),
            (Given::Back, _) => return Step::Back,
            _ => {}
        }
        Step::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Step {
        if let Some(ground) = kept(&mut self.failure, self.looking.take(arrival)) {
            self.table.set(lines(&ground));
            cx.session.ground = Some(ground);
        }
        Step::Stay
    }

    fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        self.looking.cancel(cx);
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let ground = cx.session.ground.as_deref();
        let missing = ground.and_then(Groundwork::missing);
        let mut blocks: Vec<Block<'_>> = self.failure.iter().cloned().map(Block::Failure).collect();
        blocks.extend(ground.into_iter().flat_map(about));
        let start = missing.map(RowId::Part);
        blocks
            .push(Block::Rows(RowsView { start, ..RowsView::new(COLUMNS, &self.table, Phrase::default()) }));
        let heading = match (ground, missing) {
            (Some(_), None) => "Everything is set up",
            (Some(_), Some(_)) => "What is there, and what is missing?",
            (None, _) => "Set Backup365 up",
        };
        Scene::new(QuestionId::Parts, Shape::Pick, heading, blocks)
            .offer(Action::Refresh)
            .waiting_for(cx.now, [self.looking.clock()])
    }

    fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }
}

/// What this is, or what comes next once all of it is there.
fn about<'a>(ground: &Groundwork) -> Vec<Block<'a>> {
    if ground.missing().is_some() {
        return vec![
            Block::Para(
                "A partner's administrator does this once: two applications are registered at Microsoft, one that customers \
                 accept and one by which your own staff sign in. Each part is written into the settings as soon as you save \
                 it; nothing secret stands there."
                    .into(),
            ),
            Block::Para(phrase![
                "To have both registered by this program, signed in as a Global Administrator, leave this and run: ",
                Command::SetupSignedIn,
                "."
            ]),
            Block::Para(format_args!("Settings: {}", ground.file).into()),
        ];
    }
    vec![
        Block::Para(phrase!["Check all of it, now and at any time: ", Command::Doctor, "."]),
        Block::Para(phrase!["Sign in, by a code where no browser is: ", Command::Login, "."]),
        Block::Para(phrase!["Add the first customer: ", Command::CustomersAdd, "."]),
        Block::Para(format_args!("Settings: {}", ground.file).into()),
    ]
}

/// A line for each part.
fn lines(ground: &Groundwork) -> Vec<Line> {
    let line = |part: Part| {
        let (tone, words) = match ground.in_words(part) {
            Some(words) => (Tone::Good, words),
            None => (Tone::Warn, Text::from("missing")),
        };
        let name = (Column::Name, Tone::Plain, Text::from(part.name()));
        Line::new(RowId::Part(part), vec![name, (Column::Progress, tone, words)])
    };
    Part::ALL.into_iter().map(line).collect()
}
