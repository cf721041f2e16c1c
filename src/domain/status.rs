//! Which customers are really protected, computed from what is on record: one row per customer and product. Pure.

use super::{
    bill::{counted, grouped},
    customer::{Customer, Obstacle, Product, Progress},
    phrase::Command,
    protection::AutoRule,
    run::{OpenRun, SweeperStatus},
    sweep, sydney,
    text::Text,
    time::Moment,
    verdict::{LeftOff, ListSummary, Schedule, Verdict},
};

/// What is true about one product of one customer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProductStatus {
    /// Whose users.
    pub customer: Customer,
    /// Of which product.
    pub product: Product,
    /// Active seats.
    pub on: u32,
    /// What the last complete list came to.
    pub list: ListSummary,
    /// The last finished run chose everybody.
    pub wants_all: bool,
    /// Seats that are bought and not used; none: no limit on record.
    pub free: Option<u32>,
    /// When *Enable* was pressed.
    pub enabled: Option<Moment>,
    /// What the customer must do about their consent, a sentence without a full stop; none: all was well at the last look.
    pub consent: Option<Text>,
    /// The operators' application may have been left in the organisation, where it was to accept for the customer.
    pub has_left_behind: bool,
    /// The standing rule.
    pub rule: Option<AutoRule>,
    /// The run that is not finished, and how far it is.
    pub run: Option<(OpenRun, Progress)>,
    /// Users that the last Apply chose and who are neither protected nor scheduled.
    pub missed: u32,
    /// Users who were ticked in the newest run, and for whom nothing was tried.
    pub ticked: Ticked,
    /// Active seats of users who have left.
    pub left: u32,
    /// Those of them who had left before the last list was counted.
    pub left_before: u32,
    /// Protected users with whose backup the workers have a problem.
    pub backup_troubles: u32,
    /// When a list was asked for after that and did not come, and why.
    pub trouble: Option<(Moment, Text)>,
    /// The last pass that began.
    pub last_sweep: Option<LastSweep>,
}

/// Users who were ticked and not turned on: neither on, excluded, nor left off by an Apply.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ticked {
    /// So many.
    Some(u32),
    /// Everybody on the list of that run, but for some. All is for once: whoever came after that list was not chosen by it
    /// and counts as eligible, whatever a later list says.
    AllBut {
        /// Users of that list who could be protected and are not on now.
        off: u32,
        /// Not ticked, of these.
        unticked: u32,
    },
}

impl Default for Ticked {
    fn default() -> Self {
        Self::Some(0)
    }
}

/// A pass of Enable Auto, as far as it went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LastSweep {
    /// The 20:00 that it worked for.
    pub due: Moment,
    /// When it ended; none: under way, or cut short.
    pub finished: Option<Moment>,
    /// Users turned on.
    pub turned_on: u32,
    /// It began later than it should have.
    pub is_late: bool,
}

/// Everything that `status` shows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Status {
    /// By the customers' names.
    pub rows: Vec<ProductStatus>,
    /// Rule 17: what every screen must say about the sweep, none when all is well.
    pub sweep_warning: Option<Text>,
    /// Rule 21: what the record says about the clock, in whole sentences; none when all is well.
    pub clock: Option<Text>,
    /// What runs the passes.
    pub sweeper: SweeperStatus,
    /// Open customers of whose relationship, as Microsoft lists it, something is to be known, by name; what, a sentence
    /// without its full stop.
    pub partnerships: Vec<(Customer, Text)>,
}

/// Where a product stands, in one word for programs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stand {
    /// Nothing was enabled, and no run is open.
    NotStarted,
    /// The link is out, the customer has not accepted yet.
    WaitingForConsent,
    /// A run is under way before *Enable*.
    Open,
    /// Enabled; users are chosen by hand.
    Enabled,
    /// Enable Auto is on.
    Automatic,
}

impl Stand {
    /// The word in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotStarted => "not_started",
            Self::WaitingForConsent => "waiting_for_consent",
            Self::Open => "open",
            Self::Enabled => "enabled",
            Self::Automatic => "automatic",
        }
    }
}

impl ProductStatus {
    /// Where it stands.
    #[must_use]
    pub fn stand(&self) -> Stand {
        match &self.run {
            _ if self.rule.is_some() => Stand::Automatic,
            Some((_, progress)) if progress.is_awaited() => Stand::WaitingForConsent,
            _ if self.enabled.is_some() || self.on > 0 => Stand::Enabled,
            Some(_) => Stand::Open,
            None => Stand::NotStarted,
        }
    }

    /// Users of the last list who could be protected and are not.
    fn off(&self) -> u32 {
        self.list.off(self.on, self.left_before)
    }

    /// Users who are ticked and for whom nothing was tried.
    #[must_use]
    pub fn ticked(&self) -> u32 {
        match self.ticked {
            Ticked::Some(ticked) => ticked,
            // Whoever has left the list since is not missed any more.
            Ticked::AllBut { off, unticked } => {
                off.min(self.off()).saturating_sub(unticked).saturating_sub(self.missed)
            }
        }
    }

    /// What it comes to, as far as the record knows without listing anew.
    #[must_use]
    pub fn verdict(&self, sweeper: &SweeperStatus) -> Verdict {
        let rule = self.rule.as_ref().filter(|_| self.customer.is_active);
        let off = self.off();
        // In a run that is open they are still being chosen.
        let forgotten = if self.run.is_none() && rule.is_none() { self.ticked() } else { 0 };
        let missed = self.missed.saturating_add(forgotten);
        let wants_all = self.wants_all || rule.is_some();
        let schedule = rule.map_or_else(Schedule::default, |rule| {
            Schedule::of(off, rule.ceiling, self.on, self.free, sweeper)
        });
        Verdict {
            problems: 0,
            protected: self.on.saturating_sub(self.left),
            schedule,
            missed: missed.saturating_add(if wants_all { self.list.problems } else { 0 }),
            unchecked: match rule {
                Some(_) => schedule.never_checked(self.list.unchecked),
                None if self.wants_all => self.list.unchecked,
                None => 0,
            },
            not_chosen: if rule.is_none() { off.saturating_sub(missed) } else { 0 },
            gaps: self.list.gaps.clone(),
            left: self.left,
        }
    }

    /// How far it is, as the first screen tells it: once it is enabled, by the verdict.
    #[must_use]
    pub fn progress(&self, sweeper: &SweeperStatus) -> Progress {
        match &self.run {
            Some((_, Progress::Protected { .. } | Progress::Automatic { .. })) => {}
            Some((_, progress)) => return progress.clone(),
            None if self.stand() == Stand::NotStarted => return Progress::NotStarted,
            None => {}
        }
        let of_rule = self.rule.as_ref().and_then(|rule| rule.attention.as_ref());
        if let Some(why) = of_rule.or(self.consent.as_ref()) {
            return Progress::NeedsAttention(why.clone());
        }
        let verdict = self.verdict(sweeper);
        let users = verdict.missed.saturating_add(verdict.unchecked);
        let off = (users > 0).then(|| LeftOff { users, has_no_seat: self.free == Some(0) });
        let on = verdict.protected;
        match &self.rule {
            Some(_) => Progress::Automatic { on, standstill: verdict.schedule.standstill, off },
            // Someone may be protected who is not listed any more.
            None => Progress::Protected { on, of: self.list.eligible.max(on), off },
        }
    }

    /// Why an operator must look at it, sentences without a full stop; empty when all is well.
    #[must_use]
    pub fn attention(&self, now: Moment, sweeper: &SweeperStatus) -> Vec<Text> {
        let mut reasons = Vec::new();
        if let Some((
            _,
            Progress::NeedsAttention(why) | Progress::Refused(why) | Progress::Failed(Obstacle { why, .. }),
        )) = &self.run
            && self.rule.as_ref().and_then(|rule| rule.attention.as_ref()) != Some(why)
            && self.consent.as_ref() != Some(why)
        {
            reasons.push(why.clone());
        }
        if let Some(why) = self.consent.as_ref().filter(|_| self.customer.is_active) {
            reasons.push(accept_again(&self.customer, self.product, why));
        }
        if self.backup_troubles > 0 && self.customer.is_active {
            let users = counted(self.backup_troubles, "user", "users");
            reasons.push(Text::of(format_args!("the backup of {users} has a problem")));
        }
        if self.has_left_behind {
            let go_on = Command::TellLink(self.customer.reference.clone(), self.product);
            reasons.push(Text::of(format_args!(
                "the operators' application may still be in the organisation. To take it out: {go_on}"
            )));
        }
        if let Some((asked, why)) = self.trouble.as_ref().filter(|_| self.customer.is_active) {
            let when = sydney::stamp_in_words(*asked, sydney::ZONE);
            reasons.push(Text::of(format_args!("it could not be looked at again, {when}: {why}")));
        }
        reasons.extend(
            self.verdict(sweeper).troubles().iter().map(|why| Text::of(format_args!("partly done: {why}"))),
        );
        if let Some(rule) = self.rule.as_ref().filter(|_| self.customer.is_active) {
            self.of_rule(rule, now, &mut reasons);
        }
        reasons
    }

    /// What is wrong with Enable Auto.
    fn of_rule(&self, rule: &AutoRule, now: Moment, reasons: &mut Vec<Text>) {
        reasons.extend(rule.attention.clone());
        if self.on > rule.ceiling {
            reasons.push(Text::of(format_args!(
                "{} users are protected, more than the {} seats that Enable Auto may use",
                grouped(self.on),
                grouped(rule.ceiling)
            )));
        }
        if self.enabled.is_none() {
            reasons.push("Enable Auto is on, but the product is not enabled any more".into());
        }
        if sweep::is_overdue(rule, now) {
            reasons.push(match rule.last_pass {
                Some(last) => Text::of(format_args!(
                    "the sweep is overdue; the last one was for {}",
                    sydney::stamp_in_words(last, sydney::ZONE)
                )),
                None => "the sweep is overdue; none has finished yet".into(),
            });
        }
    }
}

/// That the customer must accept again, and where the link is told.
#[must_use]
pub fn accept_again(customer: &Customer, product: Product, why: &Text) -> Text {
    Text::of(format_args!("{why}. The link: {}", Command::TellLink(customer.reference.clone(), product)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::CustomerId;

    fn row() -> ProductStatus {
        let customer = Customer {
            id: CustomerId(1),
            reference: "C-1".into(),
            name: "Bakery".into(),
            domain: "bakery.example".into(),
            is_active: true,
            products: vec![Product::Office365],
            tenant: None,
            is_managed: false,
            time_zone: None,
            seats: None,
        };
        ProductStatus {
            customer,
            product: Product::Office365,
            on: 0,
            list: ListSummary::default(),
            wants_all: false,
            free: None,
            enabled: None,
            consent: None,
            has_left_behind: false,
            rule: None,
            run: None,
            missed: 0,
            ticked: Ticked::default(),
            left: 0,
            left_before: 0,
            backup_troubles: 0,
            trouble: None,
            last_sweep: None,
        }
    }

    fn rule(made: &str) -> AutoRule {
        AutoRule {
            made: moment(made),
            by: "ann".into(),
            confirmed: 5,
            ceiling: 15,
            last_pass: None,
            attention: None,
        }
    }

    fn moment(text: &str) -> Moment {
        Moment::parse(text).unwrap()
    }

    #[test]
    fn what_is_on_record_decides_where_a_product_stands() {
        let now = moment("2026-11-23T08:00:00Z");
        let mut row = row();
        assert_eq!(row.stand(), Stand::NotStarted);
        row.enabled = Some(now);
        (row.on, row.list.eligible) = (3, 9);
        let sweeper = SweeperStatus::on("ops-1");
        let scheduled = |row: &ProductStatus| row.verdict(&sweeper).schedule.scheduled();
        assert_eq!((row.stand(), scheduled(&row)), (Stand::Enabled, 0));
        row.rule = Some(rule("2026-11-23T07:00:00Z"));
        assert_eq!((row.stand(), scheduled(&row)), (Stand::Automatic, 6));
        assert_eq!(row.attention(now, &sweeper), []);
        let none = SweeperStatus::default();
        assert_eq!(scheduled(&row) + row.verdict(&none).schedule.stalled(), 12);
        assert_eq!(row.attention(now, &none).len(), 1, "nothing will run");
        row.customer.is_active = false;
        assert_eq!(scheduled(&row), 0, "nobody is turned on for a closed customer");
    }

    #[test]
    fn ticks_that_were_never_applied_are_missed_once_the_run_is_over() {
        let none = SweeperStatus::default();
        let seen = |row: &ProductStatus| {
            let verdict = row.verdict(&none);
            (row.ticked(), verdict.missed, verdict.not_chosen)
        };
        let mut row = row();
        (row.enabled, row.list, row.on) = (Some(moment("2026-11-23T08:00:00Z")), ListSummary::of(12, 9), 3);
        row.ticked = Ticked::Some(2);
        assert_eq!(seen(&row), (2, 2, 4));
        row.missed = 1;
        assert_eq!(seen(&row), (2, 3, 3));
        // All, and no seat left.
        (row.missed, row.ticked) = (0, Ticked::AllBut { off: 6, unticked: 1 });
        assert_eq!(seen(&row), (5, 5, 1));
        row.list.eligible = 12;
        assert_eq!(seen(&row), (5, 5, 4), "three have joined since: nobody chose them");
        row.list.eligible = 8;
        assert_eq!(seen(&row), (4, 4, 1), "one has gone since");
        (row.list.eligible, row.ticked) = (9, Ticked::AllBut { off: 7, unticked: 1 });
        // A seat of somebody who had left before the list was counted is none of its users'.
        (row.left, row.left_before) = (2, 1);
        assert_eq!((seen(&row), row.verdict(&none).left), ((6, 6, 1), 2));
        row.rule = Some(rule("2026-11-23T07:00:00Z"));
        assert_eq!(seen(&row).1, 0, "Enable Auto has them");
        row.rule = None;
        let open = OpenRun {
            id: "B365-7KQ4".parse().unwrap(),
            product: Product::Office365,
            touched: moment("2026-11-23T08:00:00Z"),
            is_parked: true,
            held_by: None,
        };
        row.run = Some((open, Progress::Open("choose users".into())));
        assert_eq!(seen(&row), (6, 0, 7), "they are still being chosen");
    }

    #[test]
    fn a_list_that_did_not_come_needs_attention() {
        let now = moment("2026-11-23T10:00:00Z");
        let mut row = row();
        row.trouble = Some((now, "the customer's administrator accepts again".into()));
        let reasons = row.attention(now, &SweeperStatus::default());
        assert_eq!(
            reasons.iter().map(Text::as_str).collect::<Vec<_>>(),
            [
                "it could not be looked at again, Mon 23 Nov 2026 21:00 AEDT: the customer's administrator accepts again"
            ]
        );
    }

    #[test]
    fn what_needs_attention_says_why() {
        let now = moment("2026-11-23T10:00:00Z");
        let mut row = row();
        row.enabled = Some(now);
        row.missed = 2;
        row.on = 20;
        row.rule = Some(AutoRule { attention: Some("too many".into()), ..rule("2026-11-22T12:00:00Z") });
        let reasons: Vec<_> =
            row.attention(now, &SweeperStatus::default()).iter().map(ToString::to_string).collect();
        assert_eq!(
            reasons,
            [
                "partly done: 2 users were chosen, and neither protected nor scheduled",
                "partly done: Enable Auto is on, and nothing will run at 20:00: no sweeper is installed",
                "too many",
                "20 users are protected, more than the 15 seats that Enable Auto may use",
                "the sweep is overdue; none has finished yet",
            ]
        );
        row.consent = Some("the customer must accept again; missing: Tasks.Read.All".into());
        let reasons = row.attention(now, &SweeperStatus::default());
        assert!(reasons.iter().any(|why| why.as_str().contains("must accept again")), "{reasons:?}");
        row.customer.is_active = false;
        assert_eq!(
            row.attention(now, &SweeperStatus::default()).len(),
            1,
            "no sweep is awaited for a closed customer"
        );
    }
}
