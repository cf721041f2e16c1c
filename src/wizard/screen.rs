//! The screens, and what the wizard asks of each: enter, answer, hear, leave, view.

pub(crate) mod add;
pub(crate) mod authorise;
pub(crate) mod consents;
pub(crate) mod customer;
pub(crate) mod guarded;
pub(crate) mod impersonation;
pub(crate) mod outcome;
pub(crate) mod own_right;
pub(crate) mod product;
pub(crate) mod setup;
pub(crate) mod step;
pub(crate) mod take_over;
pub(crate) mod tenant;
#[cfg(test)]
mod tests;
pub(crate) mod users;

use crate::domain::{
    card::Card,
    change::Change,
    customer::Customer,
    doubt::Doubt,
    failure::Failure,
    held_by::{RunRequest, at_desk},
    phrase::{Command, Phrase, phrase},
    run::RunRecord,
    tenant::{CheckState, Organisation},
    text::Text,
    time::Moment,
};

use super::{
    answer::{Action, Given},
    ask::{Focus, QuestionId, Shape, Spot},
    context::{UpdateCx, ViewCx},
    event::Ended,
    part::wait::Clock,
    pending::Arrival,
    view::{Block, FieldValue, FieldView, Handout, Notice, Offer, Page, Standing, Stops, Tone},
    words,
};

use step::Step;

/// The names of the trail, in order.
pub(crate) const STOPS: &[&str] = &["Customer", "Product", "Access", "Authorise", "Users", "Outcome"];

/// What a screen shows and asks; the wizard adds bar, card and what can be done on every screen.
#[derive(Debug, Default)]
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
    /// Its own texts that go elsewhere.
    pub(crate) handouts: Vec<Handout<'a>>,
    /// How far the proof of access is, where that is what is shown.
    pub(crate) standing: Option<Standing>,
    /// What speaks against a tenant, where that is asked about.
    pub(crate) doubts: Vec<Doubt>,
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
        Self { id, shape, page: Page { heading: heading.into(), blocks }, ..Self::default() }
    }

    /// A question that is answered with yes or no; Enter answers the default.
    pub(crate) fn confirm(
        id: QuestionId,
        default: bool,
        heading: impl Into<Phrase>,
        blocks: Vec<Block<'a>>,
    ) -> Self {
        let scene = Self::new(id, Shape::Confirm { default }, heading, blocks);
        if default {
            scene.enter(Action::Yes).offer(Action::No)
        } else {
            scene.offer(Action::Yes).enter(Action::No)
        }
    }

    /// This can be done too, in the words that the question has for it.
    pub(crate) fn offer(self, action: Action) -> Self {
        let offer = words::offer(self.id, action);
        self.with(offer)
    }

    /// The same, where it is possible now.
    pub(crate) fn offer_if(self, is_possible: bool, action: Action) -> Self {
        if is_possible { self.offer(action) } else { self }
    }

    /// This can be done too, and Enter does it.
    pub(crate) fn enter(self, action: Action) -> Self {
        let offer = words::offer(self.id, action).by_default();
        self.with(offer)
    }

    /// This can be done too, in words of its own.
    pub(crate) fn with(mut self, offer: Offer) -> Self {
        self.offers.push(offer);
        self
    }

    /// With what can be done on every screen, where it has nothing of its own for that.
    pub(crate) fn with_common_offers(mut self, cx: ViewCx<'_>, is_watching: bool) -> Self {
        for offer in words::common_offers(cx, is_watching) {
            if self.offers.iter().all(|own| own.action != offer.action) {
                self.offers.push(offer);
            }
        }
        self
    }

    /// The question of whoever asks for the run, above it.
    pub(crate) fn asked_for(self, request: &RunRequest) -> Self {
        let who = at_desk(&request.by, &request.host);
        let words = "What is typed and ticked is saved. They go on at this step, and you watch. Without an answer within a \
                     minute the run stays here.";
        let heading = format_args!("{who} asks for this run. Hand it over?");
        Scene {
            below: Some(self.page),
            next_change: self.next_change,
            ..Scene::confirm(QuestionId::HandOver, false, heading, vec![Block::Para(words.into())])
        }
    }

    /// The page of a run that is not held here, below who has it and what can be done about that: what stands in its fields
    /// and choices is read, and nothing is asked or offered that would change something.
    pub(crate) fn watched(self, who: Phrase) -> Self {
        let Page { heading, blocks } = self.page;
        let who = Block::Strong(Tone::Warn, who);
        let blocks = std::iter::once(who).chain(blocks.into_iter().filter_map(looked_at)).collect();
        let offers = self.offers.into_iter().filter(|offer| offer.action.only_looks()).collect();
        let page = Page { heading, blocks };
        if matches!(self.shape, Shape::Pick | Shape::Select(_) | Shape::Watch) {
            return Scene { page, offers, ..self };
        }
        // Its line of state is about what is to be filled in.
        let focus = Focus { spot: Spot::Page, ..self.focus };
        let (notice, next_change) = (None, None);
        Scene { page, offers, shape: Shape::Read, focus, is_waiting: false, notice, next_change, ..self }
    }

    /// The question before leaving, above it.
    pub(crate) fn leaving(self, record: Option<&RunRecord>, is_setup: bool) -> Self {
        let (heading, words) = match record {
            _ if is_setup => {
                ("Leave? What was saved is kept.", phrase!["Go on at any time with: ", Command::Setup, "."])
            }
            Some(record) => (
                "Leave? The run is kept.",
                phrase!["Take it up again with: ", Command::TakeUp(record.id.clone())],
            ),
            None => ("Leave?", Phrase::from("No run is open.")),
        };
        Scene {
            below: Some(self.page),
            next_change: self.next_change,
            // Esc in an empty search asks this, and what is typed next is the next customer's name: with nothing to take
            // up again, its Enter must not end the program.
            ..Scene::confirm(QuestionId::Leave, record.is_some(), heading, vec![Block::Para(words)])
        }
    }

    /// What went wrong, as the page tells it, or the one below it.
    pub(crate) fn trouble(&self) -> Option<&Failure> {
        let pages = || std::iter::once(&self.page).chain(&self.below);
        let of_check = || {
            pages().flat_map(Page::checks).find_map(|check| match &check.state {
                CheckState::Bad(failure) => Some(failure),
                _ => None,
            })
        };
        pages().find_map(Page::failure).or_else(of_check)
    }

    /// While one of these is out the scene waits, and the line of state is the clock of the first of them.
    pub(crate) fn waiting_for<const N: usize>(mut self, now: Moment, clocks: [Option<Clock>; N]) -> Self {
        if let Some(clock) = clocks.into_iter().flatten().next() {
            self.is_waiting = true;
            self.notice = Some(clock.notice(now));
            self.next_change = Some(clock.next_change(now));
        }
        self
    }
}

/// A block of a page that is only looked at; none of what is only there to be pressed.
fn looked_at(block: Block<'_>) -> Option<Block<'_>> {
    let fact = |label: &str, value: Phrase| Some(Block::Para(phrase![Text::clean(label), ": "].with(value)));
    match block {
        Block::Buttons(_) => None,
        Block::Field(FieldView { label, value, .. }) => match value {
            FieldValue::Plain("") | FieldValue::Masked { is_filled: false } => {
                fact(label, "nothing yet".into())
            }
            FieldValue::Plain(typed) => fact(label, Text::clean(typed).into()),
            FieldValue::Masked { is_filled: true } => fact(label, "filled in".into()),
        },
        Block::Choice(choice) => fact(choice.label.as_str(), choice.answer().into()),
        other => Some(other),
    }
}

/// What a call brought; a failure is kept, to be shown.
pub(crate) fn kept<R>(failure: &mut Option<Failure>, answer: Option<Result<R, Failure>>) -> Option<R> {
    answer?.map_err(|bad| *failure = Some(bad)).ok()
}

/// One screen with its own state.
pub(crate) trait Screen: std::fmt::Debug + Send {
    /// Comes on: may start calls.
    fn enter(&mut self, _cx: &mut UpdateCx<'_>) {}

    /// Handles an answer to its question, or an action, offered or not: doing it says why it is not.
    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step;

    /// Handles a reply to one of its own calls.
    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Step;

    /// Something of the run has changed below it.
    fn session_changed(&mut self, _cx: &mut UpdateCx<'_>) -> Step {
        Step::Stay
    }

    /// Others have changed something on the record.
    fn changed(&mut self, _cx: &mut UpdateCx<'_>, _change: &Change) {}

    /// Whether it stays while the run below it is watched, whatever step that comes to.
    fn keeps(&self) -> bool {
        false
    }

    /// Goes off, in either direction: drops its readers, keeps what was typed.
    fn leave(&mut self, cx: &mut UpdateCx<'_>);

    /// What it shows and asks.
    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a>;

    /// What to say to the customer now.
    fn card(&self, _cx: ViewCx<'_>) -> Card {
        Card::default()
    }

    /// The customer that a screen before the run is about.
    fn customer(&self) -> Option<&Customer> {
        None
    }

    /// What Microsoft answered for the tenant on record, before it is confirmed.
    fn organisation(&self) -> Option<&Organisation> {
        None
    }

    /// Why it can show nothing.
    fn failure(&self) -> Option<&Failure> {
        None
    }

    /// How leaving ends the wizard here, where nothing is interrupted by it.
    fn finished(&self) -> Option<Ended> {
        None
    }
}

/// The first screen.
impl Default for Box<dyn Screen> {
    fn default() -> Self {
        Box::<customer::Customer>::default()
    }
}

/// The names of the trail of setup, in order.
pub(crate) const PARTS: &[&str] = &["Overview", "Organisation", "Certificate", "For customers", "For staff"];

/// The trail, with the stop of the screen's question as *here*.
pub(crate) fn stops(question: QuestionId) -> Stops {
    let here = match question {
        QuestionId::Customer
        | QuestionId::NewCustomer
        | QuestionId::NewCustomerDoubted
        | QuestionId::Consents
        | QuestionId::ConsentOf
        | QuestionId::HandOver
        | QuestionId::Leave => 0,
        QuestionId::Product => 1,
        QuestionId::Organisation
        | QuestionId::OrganisationDenied
        | QuestionId::Tenant
        | QuestionId::Doubted
        | QuestionId::Settled
        | QuestionId::Impersonation => 2,
        QuestionId::Authorise | QuestionId::OwnRight => 3,
        QuestionId::Outcome => 5,
        QuestionId::Parts => return Stops { names: PARTS, here: 0 },
        QuestionId::OwnOrganisation => return Stops { names: PARTS, here: 1 },
        QuestionId::Certificate => return Stops { names: PARTS, here: 2 },
        QuestionId::RegisterCustomers | QuestionId::CustomersApplication => {
            return Stops { names: PARTS, here: 3 };
        }
        QuestionId::RegisterStaff | QuestionId::StaffApplication => return Stops { names: PARTS, here: 4 },
        // The list, and whatever is asked above it.
        _ => 4,
    };
    Stops { names: STOPS, here }
}
