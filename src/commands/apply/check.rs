//! The check before anything is written: a dry journey for each customer, over a copy of the record. It finds the
//! organisations, and the bill of every customer who has accepted already.

use crate::{
    domain::{
        bill::{counted, grouped},
        plan::Users,
        tenant::{Check, CheckState},
        text::Text,
    },
    exit::Exit,
    headless::report::{End, Report},
};

use super::{super::table, Job, job_result, job_result::JobResult};

/// What the whole plan comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Total {
    /// New seats of those whose bill is known.
    pub(super) known: u32,
    /// Seats that the plan has billed before.
    pub(super) billed: u32,
    /// Customers whose bill is known after consent only.
    pub(super) unknown: usize,
    /// Customers whose bill is known only after a sign-in that a check does not try.
    pub(super) untried: usize,
    /// Customers whose check failed.
    pub(super) bad: usize,
}

impl Total {
    /// Sums the plan up.
    pub(super) fn of(jobs: &[Job]) -> Self {
        let mut total = Self::default();
        for job in jobs {
            total.billed = total.billed.saturating_add(job.result.billed()).saturating_add(job.begun);
            match seats(job) {
                Seats::Known(seats) => total.known = total.known.saturating_add(seats),
                Seats::AfterConsent => total.unknown = total.unknown.saturating_add(1),
                Seats::Untried => total.untried = total.untried.saturating_add(1),
                Seats::None => {}
            }
            if job.check.as_ref().is_some_and(|check| !matches!(check.end, End::Shown | End::Done { .. })) {
                total.bad = total.bad.saturating_add(1);
            }
        }
        total
    }

    /// All seats of the plan, as far as they are known.
    pub(super) const fn seats(self) -> u32 {
        self.known.saturating_add(self.billed)
    }
}

/// The seats that are still to be billed for one customer.
enum Seats {
    /// So many.
    Known(u32),
    /// No user can be listed yet.
    AfterConsent,
    /// Nobody was listed: a check sends no password.
    Untried,
    /// None any more, or not known because the check failed.
    None,
}

/// Whether the check ended because the customer has not accepted yet.
fn awaits_consent(check: &Report) -> bool {
    if check.is_untried {
        return false;
    }
    let is_good = |check: &Check| matches!(check.state, CheckState::Good | CheckState::Unread(_));
    check.end == End::Shown && !check.checks.iter().all(is_good)
}

fn seats(job: &Job) -> Seats {
    match (&job.result, &job.check) {
        (JobResult::NotStarted, Some(check)) => match (&check.bill, &check.end, &job.row.users) {
            (Some(bill), ..) => Seats::Known(bill.billed()),
            (None, End::Shown, Users::None) => Seats::None,
            (None, End::Shown, _) if check.is_untried => Seats::Untried,
            (None, End::Shown, _) if awaits_consent(check) => Seats::AfterConsent,
            _ => Seats::None,
        },
        _ => Seats::None,
    }
}

/// The exit code that the check alone has: wrong answers first, because they are mended in the plan.
pub(super) fn exit(jobs: &[Job], max_seats: Option<u32>) -> Exit {
    let exits = jobs
        .iter()
        .filter_map(|job| job.check.as_ref())
        .map(|check| JobResult::Ended(Box::new(check.clone())).exit());
    let over = is_over(jobs, max_seats).then_some(Exit::Stopped);
    job_result::worst(exits.chain(over))
}

/// Whether the bills that are known come to more than is allowed.
pub(super) fn is_over(jobs: &[Job], max_seats: Option<u32>) -> bool {
    max_seats.is_some_and(|most| Total::of(jobs).seats() > most)
}

/// Whether the plan can't be begun: an answer is wrong, a customer would come to the wrong tenant or to a limit.
pub(super) fn is_bad(jobs: &[Job]) -> bool {
    jobs.iter().filter_map(|job| job.check.as_ref()).any(|check| {
        matches!(
            check.end,
            End::Missing { .. }
                | End::Wrong
                | End::WrongTenant
                | End::Stopped
                | End::Interrupted
                | End::Told(_)
        )
    })
}

/// The plan as it was found, as a table with its totals.
pub(super) fn told(jobs: &[Job], max_seats: Option<u32>) -> String {
    let rows: Vec<[Text; 6]> = jobs.iter().map(row).collect();
    let mut text =
        table::whole(["CUSTOMER", "PRODUCT", "ORGANISATION", "USERS", "NEW SEATS", "REMARK"], &rows);
    let total = Total::of(jobs);
    text.push('\n');
    for line in totals(jobs, total, max_seats) {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

fn totals(jobs: &[Job], total: Total, max_seats: Option<u32>) -> Vec<String> {
    let people = |count: usize| counted(u32::try_from(count).unwrap_or(u32::MAX), "customer", "customers");
    let mut lines = vec![format!(
        "{}, {} to be billed now.",
        people(jobs.len()),
        counted(total.known, "new seat", "new seats")
    )];
    if total.unknown > 0 {
        lines.push(format!("The bill of {} is known after consent.", people(total.unknown)));
    }
    if total.untried > 0 {
        lines.push(format!(
            "The bill of {} is known after the sign-in, which a check does not try: it reads and sends no mailbox password.",
            people(total.untried)
        ));
    }
    if total.billed > 0 {
        lines.push(format!("Billed by this plan before: {}.", counted(total.billed, "seat", "seats")));
    }
    if total.bad > 0 {
        lines.push(format!("The check of {} did not end well: see the remarks.", people(total.bad)));
    }
    match max_seats {
        Some(most) if total.seats() > most => lines.push(format!(
            "That is more than --max-seats allows ({}). Look at the bill; then start again with a higher number, or \
             with fewer users.",
            grouped(most)
        )),
        Some(most) => lines.push(format!("At most {} of the whole plan are allowed (--max-seats).", grouped(most))),
        None => {}
    }
    lines
}

fn row(job: &Job) -> [Text; 6] {
    let check = job.check.as_ref();
    let organisation = check.and_then(|check| {
        let name = check.organisation.clone()?;
        Some(match check.tenant {
            Some(tenant) => Text::of(format_args!("{name} …{}", tenant.last_four())),
            None => name,
        })
    });
    let seats = match seats(job) {
        Seats::Known(seats) => Text::clean(&grouped(seats)),
        Seats::AfterConsent | Seats::Untried => Text::from("?"),
        Seats::None => Text::from("-"),
    };
    [
        job.customer.name.clone(),
        Text::from(job.product.map_or("?", crate::domain::customer::Product::name)),
        organisation.or_else(|| job.organisation()).unwrap_or_else(|| Text::from("not known yet")),
        users(&job.row.users),
        seats,
        remark(job),
    ]
}

/// Which users are turned on, in a word.
pub(super) fn users(users: &Users) -> Text {
    match users {
        Users::All => Text::from("all"),
        Users::Auto => Text::from("auto"),
        Users::None => Text::from("none"),
        Users::These(crate::domain::plan::List::Here(list)) => Text::of(format_args!("{} named", list.len())),
        Users::These(crate::domain::plan::List::File(_)) => Text::from("a list"),
    }
}

fn remark(job: &Job) -> Text {
    match (&job.result, &job.check) {
        (JobResult::Finished(..), _) => {
            Text::of(format_args!("{}: {}", job.result.word(), job.result.words()))
        }
        (_, Some(check)) if awaits_consent(check) => Text::from("not accepted yet"),
        (_, Some(check)) if check.is_untried => Text::from("the sign-in was not tried"),
        (_, Some(check)) if check.end == End::Shown => Text::default(),
        (_, Some(check)) => Text::of(format_args!("{} {}", job.row.place, check.words)),
        (_, None) => Text::default(),
    }
}
