//! The screens, dispatched by plain match: enter, intent, reply, leave, view.

pub(crate) mod add;
pub(crate) mod authorise;
pub(crate) mod customer;
pub(crate) mod impersonation;
pub(crate) mod outcome;
pub(crate) mod product;
pub(crate) mod tenant;
pub(crate) mod users;

use crate::domain::{tenant::Organisation, text::Shown};

use super::{
    Cx, Look,
    effect::CallId,
    event::{Action, Intent, Reply},
    step::Step,
    view::{Ask, Card, Focus, Key, Notice, Panel, Place, Stop},
};
use crate::domain::time::Moment;

/// The names of the trail, in order.
pub(crate) const STOPS: [&str; 6] = ["Customer", "Product", "Access", "Authorise", "Users", "Outcome"];

/// One screen with its own state.
#[derive(Debug)]
pub(crate) enum Screen {
    /// Choose a customer.
    Customer(Box<customer::Customer>),
    /// Add a customer.
    Add(add::Add),
    /// Choose a product.
    Product(product::Product),
    /// Which organisation it is.
    Tenant(Box<tenant::Tenant>),
    /// How the mailboxes of a hosted customer are reached.
    Impersonation(Box<impersonation::Impersonation>),
    /// Obtain consent, or prove that impersonation works.
    Authorise(authorise::Authorise),
    /// Tick, All, or Enable Auto.
    Users(users::Users),
    /// What was done, and the receipt.
    Outcome(outcome::Outcome),
}

/// What a screen shows; the wizard adds bar, card and the keys that every screen has.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    /// The screen itself.
    pub(crate) panel: Panel<'a>,
    /// A panel of the screen's own above it (a bill, the kinds, a QR code).
    pub(crate) overlay: Option<Panel<'a>>,
    /// Its line of state, unless something more urgent is to be said.
    pub(crate) notice: Option<Notice>,
    /// Its own keys, most important first.
    pub(crate) keys: Vec<Key>,
    /// What the keyboard acts on.
    pub(crate) focus: Focus,
    /// When a wait or a countdown on it changes next.
    pub(crate) next_change: Option<Moment>,
}

impl Screen {
    /// The first screen.
    pub(crate) fn customers() -> Self {
        Self::Customer(Box::default())
    }

    /// Comes on: may start calls.
    pub(crate) fn enter(&mut self, cx: &mut Cx<'_>) {
        match self {
            Self::Customer(screen) => screen.enter(cx),
            Self::Add(_) | Self::Product(_) | Self::Impersonation(_) => {}
            Self::Tenant(screen) => screen.enter(cx),
            Self::Authorise(screen) => screen.enter(cx),
            Self::Users(screen) => screen.enter(cx),
            Self::Outcome(screen) => screen.enter(cx),
        }
    }

    /// Handles what a person asks.
    pub(crate) fn intent(&mut self, cx: &mut Cx<'_>, intent: Intent) -> Step {
        match self {
            Self::Customer(screen) => screen.intent(cx, &intent),
            Self::Add(screen) => screen.intent(cx, intent),
            Self::Product(screen) => screen.intent(cx, &intent),
            Self::Tenant(screen) => screen.intent(cx, intent),
            Self::Impersonation(screen) => screen.intent(cx, intent),
            Self::Authorise(screen) => screen.intent(cx, &intent),
            Self::Users(screen) => screen.intent(cx, intent),
            Self::Outcome(screen) => screen.intent(cx, intent),
        }
    }

    /// What a letter would do here if it were open: doing it says why it is not.
    pub(crate) fn tried(&self, c: char) -> Option<Action> {
        match (self, c.to_ascii_lowercase()) {
            (Self::Customer(_), 'n') => Some(Action::Add),
            (Self::Users(_), c) => users::tried(c),
            _ => None,
        }
    }

    /// Handles a reply to one of its own calls.
    pub(crate) fn reply(&mut self, cx: &mut Cx<'_>, call: CallId, reply: Reply) -> Step {
        match self {
            Self::Customer(screen) => screen.reply(cx, call, reply),
            Self::Add(screen) => screen.reply(cx, call, reply),
            Self::Product(screen) => screen.reply(cx, call, reply),
            Self::Tenant(screen) => screen.reply(cx, call, reply),
            Self::Impersonation(screen) => screen.reply(cx, call, reply),
            Self::Authorise(screen) => screen.reply(cx, call, reply),
            Self::Users(screen) => screen.reply(cx, call, reply),
            Self::Outcome(screen) => screen.reply(cx, call, reply),
        }
    }

    /// Something of the run has changed below it.
    pub(crate) fn session_changed(&mut self, cx: &mut Cx<'_>) -> Step {
        match self {
            Self::Users(screen) => screen.session_changed(cx),
            _ => Step::Stay,
        }
    }

    /// Goes off, in either direction: drops its readers.
    pub(crate) fn leave(&mut self, cx: &mut Cx<'_>) {
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

    /// What it shows.
    pub(crate) fn view<'a>(&'a self, look: Look<'a>) -> Scene<'a> {
        match self {
            Self::Customer(screen) => screen.view(look),
            Self::Add(screen) => screen.view(look),
            Self::Product(screen) => screen.view(look),
            Self::Tenant(screen) => screen.view(look),
            Self::Impersonation(screen) => screen.view(look),
            Self::Authorise(screen) => screen.view(look),
            Self::Users(screen) => screen.view(look),
            Self::Outcome(screen) => screen.view(look),
        }
    }

    /// Which question it asks, and whether an answer given now would come too early.
    pub(crate) fn asks(&self, look: Look<'_>) -> (Ask, bool) {
        match self {
            Self::Customer(screen) => (Ask::Customer, screen.is_waiting()),
            Self::Add(screen) => (Ask::NewCustomer, screen.is_waiting()),
            Self::Product(screen) => (Ask::Product, screen.is_waiting()),
            Self::Tenant(screen) => screen.asks(),
            Self::Impersonation(screen) => (Ask::Impersonation, screen.is_waiting()),
            Self::Authorise(screen) => screen.asks(look),
            Self::Users(screen) => screen.asks(look),
            Self::Outcome(screen) => screen.asks(),
        }
    }

    /// What to say to the customer now.
    pub(crate) fn card(&self, look: Look<'_>) -> Card {
        match self {
            Self::Customer(_) => customer::Customer::card(),
            Self::Add(_) => add::Add::card(),
            Self::Product(_) => product::Product::card(),
            Self::Tenant(screen) => screen.card(look),
            Self::Impersonation(_) => impersonation::Impersonation::card(),
            Self::Authorise(_) => authorise::Authorise::card(look),
            Self::Users(screen) => screen.card(look),
            Self::Outcome(screen) => screen.card(look),
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
    pub(crate) fn stops(&self, _look: Look<'_>) -> Vec<Stop> {
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
