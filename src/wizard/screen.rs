//! The screens, dispatched by plain match: enter, answer, hear, leave, view.

pub(crate) mod add;
pub(crate) mod authorise;
pub(crate) mod customer;
pub(crate) mod impersonation;
pub(crate) mod outcome;
pub(crate) mod product;
pub(crate) mod step;
pub(crate) mod tenant;
#[cfg(test)]
mod tests;
pub(crate) mod users;

use crate::domain::{card::Card, phrase::Phrase, tenant::Organisation, text::Shown, time::Moment};

use super::{
    answer::Given,
    ask::{Focus, QuestionId, Shape},
    context::{UpdateCx, ViewCx},
    pending::Arrival,
    view::{Block, Notice, Offer, Page, Place, Standing, Stop},
};

use step::Step;

/// The names of the trail, in order.
pub(crate) const STOPS: [&str; 6] = ["Customer", "Product", "Access", "Authorise", "Users", "Outcome"];

/// One screen with its own state.
#[derive(Debug)]
pub(crate) enum Screen {
    /// Choose a customer.
    Customer(Box<customer::Customer>),
    /// Add a customer.
    Add(Box<add::Add>),
    /// Choose a product.
    Product(product::Product),
    /// Which organisation it is.
    Tenant(Box<tenant::Tenant>),
    /// How the mailboxes of a hosted customer are reached.
    Impersonation(Box<impersonation::Impersonation>),
    /// Obtain consent, or prove that impersonation works.
    Authorise(authorise::Authorise),
    /// Tick, All, or Enable Auto.
    Users(Box<users::Users>),
    /// What was done, and the receipt.
    Outcome(outcome::Outcome),
}

/// What a screen shows and asks; the wizard adds bar, card and what can be done on every screen.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    /// Which question stands.
    pub(crate) id: QuestionId,
    /// How it is answered.
    pub(crate) shape: Shape,
    /// Another number makes it another question: the bill or the number that it is about has changed.
    pub(crate) stamp: u64,
    /// What was asked for is on its way.
    pub(crate) is_waiting: bool,
    /// Where the keyboard is to be.
    pub(crate) focus: Focus,
    /// What is to be seen.
    pub(crate) page: Page<'a>,
    /// The page below, where this is a panel above it.
    pub(crate) below: Option<Page<'a>>,
    /// Its line of state, unless something more urgent is to be said.
    pub(crate) notice: Option<Notice>,
    /// What can be done, most important first.
    pub(crate) offers: Vec<Offer>,
    /// How far the proof of access is, where that is what is shown.
    pub(crate) standing: Option<Standing>,
    /// When a wait or a countdown on it changes next.
    pub(crate) next_change: Option<Moment>,
}

impl<'a> Scene<'a> {
    /// A page with a question, nothing else.
    pub(crate) fn new(
        id: QuestionId,
        shape: Shape,
        heading: impl Into<Phrase>,
        blocks: Vec<Block<'a>>,
    ) -> Self {
        Self {
            id,
            shape,
            stamp: 0,
            is_waiting: false,
            focus: Focus::default(),
            page: Page { heading: heading.into(), blocks },
            below: None,
            notice: None,
            offers: Vec::new(),
            standing: None,
            next_change: None,
        }
    }
}

impl Screen {
    /// The first screen.
    pub(crate) fn customers() -> Self {
        Self::Customer(Box::default())
    }

    /// Comes on: may start calls.
    pub(crate) fn enter(&mut self, cx: &mut UpdateCx<'_>) {
        match self {
            Self::Product(_) => {}
            Self::Customer(screen) => screen.enter(cx),
            Self::Add(screen) => screen.enter(cx),
            Self::Tenant(screen) => screen.enter(cx),
            Self::Impersonation(screen) => screen.enter(cx),
            Self::Authorise(screen) => screen.enter(cx),
            Self::Users(screen) => screen.enter(cx),
            Self::Outcome(screen) => screen.enter(cx),
        }
    }

    /// Handles an answer to its question, or an action, offered or not: doing it says why it is not.
    pub(crate) fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        match self {
            Self::Customer(screen) => screen.answer(cx, given),
            Self::Add(screen) => screen.answer(cx, given),
            Self::Product(screen) => screen.answer(cx, &given),
            Self::Tenant(screen) => screen.answer(cx, given),
            Self::Impersonation(screen) => screen.answer(cx, given),
            Self::Authorise(screen) => screen.answer(cx, &given),
            Self::Users(screen) => screen.answer(cx, given),
            Self::Outcome(screen) => screen.answer(cx, &given),
        }
    }

    /// Handles a reply to one of its own calls.
    pub(crate) fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Step {
        match self {
            Self::Customer(screen) => screen.hear(cx, arrival),
            Self::Add(screen) => screen.hear(cx, arrival),
            Self::Product(screen) => screen.hear(cx, arrival),
            Self::Tenant(screen) => screen.hear(cx, arrival),
            Self::Impersonation(screen) => screen.hear(cx, arrival),
            Self::Authorise(screen) => screen.hear(cx, arrival),
            Self::Users(screen) => screen.hear(cx, arrival),
            Self::Outcome(screen) => screen.hear(cx, arrival),
        }
    }

    /// Something of the run has changed below it.
    pub(crate) fn session_changed(&mut self, cx: &mut UpdateCx<'_>) -> Step {
        match self {
            Self::Users(screen) => screen.session_changed(cx),
            _ => Step::Stay,
        }
    }

    /// Goes off, in either direction: drops its readers, keeps what was typed.
    pub(crate) fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        match self {
            Self::Customer(screen) => screen.leave(cx),
            Self::Add(screen) => screen.leave(cx),
            Self::Product(screen) => screen.leave(cx),
            Self::Tenant(screen) => screen.leave(cx),
            Self::Impersonation(screen) => screen.leave(cx),
            Self::Authorise(screen) => screen.leave(cx),
            Self::Users(screen) => screen.leave(cx),
            Self::Outcome(screen) => screen.leave(cx),
        }
    }

    /// What it shows and asks.
    pub(crate) fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        match self {
            Self::Customer(screen) => screen.view(cx),
            Self::Add(screen) => screen.view(cx),
            Self::Product(screen) => screen.view(cx),
            Self::Tenant(screen) => screen.view(cx),
            Self::Impersonation(screen) => screen.view(cx),
            Self::Authorise(screen) => screen.view(cx),
            Self::Users(screen) => screen.view(cx),
            Self::Outcome(screen) => screen.view(cx),
        }
    }

    /// What to say to the customer now.
    pub(crate) fn card(&self, cx: ViewCx<'_>) -> Card {
        match self {
            Self::Customer(_) => customer::Customer::card(),
            Self::Add(_) => add::Add::card(),
            Self::Product(_) => product::Product::card(),
            Self::Tenant(screen) => screen.card(),
            Self::Impersonation(_) => impersonation::Impersonation::card(),
            Self::Authorise(_) => authorise::Authorise::card(cx),
            Self::Users(screen) => screen.card(cx),
            Self::Outcome(screen) => screen.card(cx),
        }
    }

    /// The customer that a screen before the run is about.
    pub(crate) fn customer(&self) -> Option<Shown<'_>> {
        match self {
            Self::Product(screen) => Some(screen.customer()),
            _ => None,
        }
    }

    /// What Microsoft answered for the tenant on record, before it is confirmed.
    pub(crate) fn organisation(&self) -> Option<&Organisation> {
        match self {
            Self::Tenant(screen) => screen.on_record(),
            _ => None,
        }
    }

    /// The trail with this screen's stop as *here*.
    pub(crate) fn stops(&self) -> Vec<Stop> {
        let here = match self {
            Self::Customer(_) | Self::Add(_) => 0,
            Self::Product(_) => 1,
            Self::Tenant(_) | Self::Impersonation(_) => 2,
            Self::Authorise(_) => 3,
            Self::Users(_) => 4,
            Self::Outcome(_) => 5,
        };
        STOPS
            .iter()
            .enumerate()
            .map(|(at, name)| Stop {
                name,
                place: match at.cmp(&here) {
                    std::cmp::Ordering::Less => Place::Behind,
                    std::cmp::Ordering::Equal => Place::Here,
                    std::cmp::Ordering::Greater => Place::Ahead,
                },
            })
            .collect()
    }
}
