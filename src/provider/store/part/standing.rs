//! How far customers and runs are, and whether a pass is missing.

use std::collections::BTreeMap;

use super::super::{
    table::{
        consent,
        product::{self, AllFacts, Facts},
        rule,
        run::{self, RunRow},
        sweeper,
    },
    tx::Tx,
};
use crate::domain::{
    consent::Consent,
    customer::Progress,
    failure::Failure,
    id::CustomerId,
    phrase::Command,
    run::SweeperStatus,
    text::Text,
    time::{Moment, TOLERANCE},
};

/// How long after 20:00 a missing pass is overdue (product.md section 9: 30 minutes).
const GRACE_MILLIS: i64 = 30 * 60 * 1_000;

/// Reads what is true about every product of every customer, or of one.
pub(crate) fn facts(tx: &Tx<'_>, only: Option<CustomerId>) -> Result<AllFacts, Failure> {
    let mut facts = product::facts(tx, only)?;
    for (key, rule) in rule::all(tx, only)? {
        facts.entry(key).or_default().rule = Some(rule);
    }
    Ok(facts)
}

/// How far an open run is; `consent` is that of its organisation. Once users are on, how far it is is the
/// verdict's to say ([`ProductStatus::progress`](crate::domain::status::ProductStatus::progress)).
pub(crate) fn run_progress(run: &RunRow, facts: &Facts, consent: &Consent, is_unfinished: bool) -> Progress {
    if is_unfinished {
        return Progress::NeedsAttention("turning users on was interrupted".into());
    }
    let obstacle = run.obstacle.as_ref().filter(|_| run.parked.is_some());
    match (run.enabled, run.proved, run.link_shown) {
        (Some(_), ..) if facts.rule.is_some() || facts.on > 0 => {
            Progress::Protected { on: facts.on, of: facts.list.eligible.max(facts.on), off: None }
        }
        (Some(_), ..) => Progress::Open("choose users".into()),
        (None, Some(_), _) => Progress::Open("ready to enable".into()),
        (None, None, Some(since)) if !run.product.is_hosted() => waiting_run(since, consent),
        (None, None, _) => match obstacle {
            Some(obstacle) => Progress::Failed(obstacle.clone()),
            None if run.organisation.is_some() => Progress::Open("authorise".into()),
            None => Progress::Open("access".into()),
        },
    }
}

/// How far a run is whose link is out, by what the last look at Microsoft told.
fn waiting_run(since: Moment, consent: &Consent) -> Progress {
    match consent {
        Consent { trouble: Some(why), .. } => Progress::Refused(why.clone()),
        Consent { granted: Some(at), proved: Some(_), .. } => Progress::Accepted { at: *at },
        Consent { granted: Some(since), .. } => Progress::Spreading { since: *since },
        _ => Progress::WaitingForConsent { since },
    }
}

/// The runs that are not finished, newest on top, each with the consent that it waits for.
pub(crate) fn open_runs(tx: &Tx<'_>, only: Option<CustomerId>) -> Result<Vec<(RunRow, Consent)>, Failure> {
    let runs = run::open(tx, only)?;
    let known = match only {
        // A program that comes for one customer must not read what is known of a thousand.
        Some(_) => BTreeMap::new(),
        None => consent::all(tx)?,
    };
    let with_consent = |run: RunRow| {
        let awaited = run.organisation.as_ref().filter(|_| run.link_shown.is_some() && run.proved.is_none());
        let consent = match (awaited, only) {
            (Some(awaited), Some(_)) => consent::find(tx, awaited.tenant)?,
            (Some(awaited), None) => known.get(&awaited.tenant).cloned(),
            (None, _) => None,
        };
        Ok((run, consent.unwrap_or_default()))
    };
    runs.into_iter().map(with_consent).collect()
}

/// Who runs the passes, and whether one is overdue.
pub(crate) fn sweeper(tx: &Tx<'_>, last_2000: Moment, now: Moment) -> Result<SweeperStatus, Failure> {
    let is_overdue = waiting(tx, last_2000, now)? > 0;
    let found = SweeperStatus { sweepers: sweeper::all(tx)?, is_overdue, has_stopped: false };
    let has_stopped = is_overdue && found.last_pass().is_none_or(|last| last < last_2000);
    Ok(SweeperStatus { has_stopped, ..found })
}

/// How many rules of open customers wait for a pass that is overdue.
pub(crate) fn waiting(tx: &Tx<'_>, last_2000: Moment, now: Moment) -> Result<u32, Failure> {
    if now.as_millis() < last_2000.as_millis().saturating_add(GRACE_MILLIS) {
        return Ok(0);
    }
    rule::count_waiting(tx, last_2000, now.plus(TOLERANCE))
}

/// What every screen must say when a pass has not run (product.md rule 17).
pub(crate) fn warning(waiting: u32) -> Text {
    let rules = if waiting == 1 { "1 rule waits".to_owned() } else { format!("{waiting} rules wait") };
    Text::of(format_args!(
        "Enable Auto did not run at 20:00 in Sydney: {rules}. Run \"{}\", then \"{}\".",
        Command::Sweep,
        Command::SweepStatus
    ))
}
