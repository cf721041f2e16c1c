//! Screen of setup: how an application is registered by hand, what to type and click, to be read and to be sent elsewhere.

use crate::{
    domain::{
        groundwork::{Groundwork, Part, by_hand},
        text::Text,
    },
    wizard::{
        answer::{Action, Given},
        ask::{QuestionId, Shape},
        context::{UpdateCx, ViewCx},
        pending::Arrival,
        screen::{Scene, Screen, setup::identify::Identify, step::Step},
        view::{Block, Handout, HandoutId},
    },
};

use super::certificate;

/// The screen's own state.
#[derive(Debug)]
pub(crate) struct Register {
    part: Part,
    lines: Vec<Text>,
}

impl Register {
    /// For a part that is a registration.
    pub(crate) fn new(part: Part, ground: &Groundwork) -> Self {
        Self { part, lines: by_hand::lines(ground, part) }
    }
}

impl Screen for Register {
    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        match (given, cx.session.ground.as_deref()) {
            (Given::Do(Action::Continue), Some(ground)) => {
                Step::Next(Box::new(Identify::new(self.part, ground)))
            }
            (Given::Back, _) => Step::Back,
            _ => Step::Stay,
        }
    }

    fn hear(&mut self, _cx: &mut UpdateCx<'_>, _arrival: &mut Arrival) -> Step {
        Step::Stay
    }

    fn leave(&mut self, _cx: &mut UpdateCx<'_>) {}

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let (id, heading, about, name) = if self.part == Part::Staff {
            (QuestionId::RegisterStaff, "Register the application for your staff", STAFF, "staff")
        } else {
            (QuestionId::RegisterCustomers, "Register the application for customers", CUSTOMERS, "customers")
        };
        let mut blocks = vec![Block::Para(about.into())];
        blocks.extend(self.lines.iter().map(|line| Block::Para(line.into())));
        let text = self.lines.iter().map(Text::as_str).collect::<Vec<_>>().join("\n");
        let file = Text::of(format_args!("backup365-register-{name}.txt"));
        let mut handouts = vec![Handout { id: HandoutId::Steps, text: text.into(), file }];
        let held = cx.session.ground.as_ref().and_then(|ground| ground.credential.as_ref());
        let upload = held.and_then(|held| held.upload.as_ref()).filter(|_| self.part == Part::Customers);
        handouts.extend(upload.map(certificate::handout));
        Scene { handouts, ..Scene::new(id, Shape::Read, heading, blocks).enter(Action::Continue) }
    }
}

/// What the first registration is for.
const CUSTOMERS: &str = "Customers accept this one. It signs in by itself, with the certificate, and nobody signs in with it. \
                         Do this in a browser of any computer, then go on here.";

/// What the second one is for.
const STAFF: &str = "Your own staff sign in with this one; no customer sees it. It has no secret. Do this in a browser of any \
                     computer, then go on here.";
