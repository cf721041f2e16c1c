//! What screens work with: what the wizard was told at the start, and what it hands to a screen with each event and view.

use std::time::Duration;

use crate::domain::{
    cloud::Cloud,
    failure::Failure,
    id::{RunId, TenantId},
    operator::Operator,
    phrase::Phrase,
    text::Text,
    time::Moment,
};

use super::{
    outbox::Outbox,
    session::Session,
    view::{Notice, Tone},
};

/// What the wizard is told when it is made, before anything has been opened: the first view needs no more.
///
/// Operator and link come with [`World`](super::call::World), which takes the place of what stood here.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact about the place, none excludes another")]
pub struct Setup {
    /// Everything is invented: every screen says so.
    pub is_sandbox: bool,
    /// Settings lead addresses of the real world to this computer: what answers there is not Microsoft.
    pub is_mapped: bool,
    /// A partner's own ground is prepared (`backup365 setup`): no customer is touched at all.
    pub is_groundwork: bool,
    /// The customer can be played with one key.
    pub rehearsal: bool,
    /// The operator at the keyboard; until the world is open, one without rights.
    pub operator: Operator,
    /// What stands before the tenant in the consent link.
    pub link_prefix: String,
    /// What stands behind the tenant in the consent link.
    pub link_suffix: String,
    /// Whether a browser can be opened here (not over ssh, not without a display).
    pub can_open_browser: bool,
    /// Most bytes of base64 that the front end can send to a clipboard; 0: it has no way to one.
    pub clipboard: usize,
    /// The cloud of Microsoft's in which all of this is.
    pub cloud: Cloud,
    /// How long Microsoft may take to spread a consent.
    pub spreading: Duration,
    /// Whether operators may be offered to accept for a customer by their own role there.
    pub own_right: bool,
    /// The partner's own name, where settings have one.
    pub partner: Option<Text>,
    /// The permissions asked for: name and plain reason.
    pub permissions: Vec<(Text, Text)>,
    /// Go straight to this run.
    pub run: Option<RunId>,
    /// The board is looked at: Microsoft is asked about the runs on it that wait for consent. A program that comes for one
    /// run only must not have Microsoft asked about all the others.
    pub is_board_watched: bool,
    /// Nobody is at it who could answer: whoever asks for its run is told so at once.
    pub is_unattended: bool,
    /// What is typed into a form and not saved is kept, and there again next time. Without a screen nobody sees what is
    /// there already, and only what was given counts.
    pub keeps_forms: bool,
    /// IANA name of the zone that this computer is in.
    pub here: Text,
}

impl Setup {
    /// The consent link for a tenant: the GUID stands in the path, never a word like `organizations`.
    pub(crate) fn link(&self, tenant: TenantId) -> Text {
        Text::of(format_args!("{}{tenant}{}", self.link_prefix, self.link_suffix))
    }

    /// Whether the way to the clipboard takes all of a text. Base64 makes four bytes of three.
    pub(crate) const fn can_copy(&self, text: &str) -> bool {
        text.len().div_ceil(3).saturating_mul(4) <= self.clipboard
    }
}

impl ViewCx<'_> {
    /// The link for the customer's administrator, once the organisation is known and the world is open.
    pub(crate) fn link(&self) -> Option<Text> {
        let record = self.session.record.as_ref().filter(|record| !record.product.is_hosted())?;
        let organisation = record.organisation.as_ref().filter(|_| !self.setup.link_suffix.is_empty())?;
        Some(record.hinted(self.setup.link(organisation.tenant)))
    }
}

/// What screens work with, as the wizard holds it.
#[derive(Debug, Default)]
pub(crate) struct Context {
    /// The moment of the last event.
    pub(crate) now: Moment,
    /// What the wizard was told at the start, and what the world has told since.
    pub(crate) setup: Setup,
    /// What belongs to the run.
    pub(crate) session: Session,
    /// Where wishes go.
    pub(crate) calls: Outbox,
    /// One line of state to show until the next answer.
    pub(crate) notice: Option<Notice>,
}

impl Context {
    /// To handle an answer or a reply with.
    pub(crate) const fn update(&mut self) -> UpdateCx<'_> {
        let Self { now, setup, session, calls, notice } = self;
        UpdateCx { now: *now, setup, session, calls, notice }
    }

    /// To make a view with.
    pub(crate) const fn look(&self) -> ViewCx<'_> {
        ViewCx { now: self.now, setup: &self.setup, session: &self.session }
    }
}

/// What a screen works with while it handles an answer or a reply.
pub(crate) struct UpdateCx<'a> {
    /// When it happened.
    pub(crate) now: Moment,
    /// What the wizard was told at the start.
    pub(crate) setup: &'a Setup,
    /// What belongs to the run.
    pub(crate) session: &'a mut Session,
    /// Where wishes go.
    pub(crate) calls: &'a mut Outbox,
    /// One line of state to show until the next answer.
    pub(crate) notice: &'a mut Option<Notice>,
}

impl UpdateCx<'_> {
    /// Says something in the line of state.
    pub(crate) fn say(&mut self, tone: Tone, words: impl Into<Phrase>) {
        *self.notice = Some(Notice::new(tone, words));
    }

    /// Says that an Admin may do this, who is one, and how one becomes one.
    pub(crate) fn admin_only(&mut self, words: impl Into<Phrase>) {
        let words = words.into().then(self.setup.operator.way_to_admin());
        self.say(Tone::Warn, words);
    }

    /// What a call brought; a failure is said in the line of state.
    pub(crate) fn brought<R>(&mut self, tone: Tone, answer: Option<Result<R, Failure>>) -> Option<R> {
        answer?.map_err(|failure| *self.notice = Some(Notice::of(tone, failure))).ok()
    }

    /// The run, where one is open.
    pub(crate) fn run(&self) -> Option<RunId> {
        self.session.record.as_ref().map(|record| record.id.clone())
    }

    /// The same as a view is made with.
    pub(crate) const fn look(&self) -> ViewCx<'_> {
        ViewCx { now: self.now, setup: self.setup, session: self.session }
    }
}

/// What a screen looks at while it makes its view.
#[derive(Clone, Copy)]
pub(crate) struct ViewCx<'a> {
    /// The moment of the last event.
    pub(crate) now: Moment,
    /// What the wizard was told at the start.
    pub(crate) setup: &'a Setup,
    /// What belongs to the run.
    pub(crate) session: &'a Session,
}
