//! `backup365 sweep`: one pass, the next one shown, or stay and watch. Ends with 6 when something needs attention.

use anyhow::{Context, anyhow};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM},
    iterator::Signals,
};

use crate::{
    domain::{
        failure::Failure,
        sweep::OVERDUE_AFTER,
        sydney,
        text::Text,
        time::{Clock, Moment},
    },
    exit::Exit,
    provider::{Provider, store::Store},
    sweeper::{self, Report},
};

use super::say;

/// Sweeps shown by `--status`.
const HISTORY: u32 = 10;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// One pass, as far as it is due.
    Pass,
    /// Show the next pass.
    Preview,
    /// Stay.
    Watch,
    /// Last and next pass.
    Status,
}

impl What {
    /// From the flags, of which at most one is given.
    #[must_use]
    pub const fn of(preview: bool, watch: bool, status: bool) -> Self {
        match (preview, watch, status) {
            (true, ..) => Self::Preview,
            (_, true, _) => Self::Watch,
            (_, _, true) => Self::Status,
            _ => Self::Pass,
        }
    }
}

/// Runs it; times are told by Sydney's clocks and by those of `zone`.
///
/// # Errors
/// The store can't be read, or stdout can't be written for another reason than a closed pipe.
pub async fn run(provider: &Provider, clock: &Clock, zone: &str, what: What) -> anyhow::Result<Exit> {
    match what {
        What::Pass => {
            let reports = sweeper::pass(provider, clock).await.map_err(|f| sentence(&f))?;
            told(&reports, clock.now(), zone, false)
        }
        What::Preview => {
            let reports = sweeper::preview(provider, clock).await.map_err(|f| sentence(&f))?;
            told(&reports, clock.now(), zone, true)
        }
        What::Watch => watch(provider, clock, zone).await,
        What::Status => status(provider, clock, zone).await,
    }
}

/// Stays until it is told to go. A pass that is cut short by that is taken up by the next one.
async fn watch(provider: &Provider, clock: &Clock, zone: &str) -> anyhow::Result<Exit> {
    let mut signals =
        Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT]).context("signals can't be heard here")?;
    let heard = tokio::task::spawn_blocking(move || signals.forever().next());
    let watching = sweeper::watch(provider, clock, |round, next| {
        let now = clock.now();
        // Nobody may be listening any more; the passes go on all the same.
        let _unheard = match round {
            Ok(reports) => told(reports, now, zone, false).map(drop),
            Err(failure) => say(&format!("NOT DONE: {}", sentence(failure))).map_err(Into::into),
        };
        let _unheard = say(&format!("Next look: {}.", sydney::due_in_words(next, now, Some(zone))));
    });
    tokio::select! {
        biased;
        signal = heard => Ok(match signal? {
            Some(SIGHUP) => Exit::HangUp,
            Some(SIGQUIT) => Exit::Quit,
            Some(SIGTERM) => Exit::Terminated,
            _ => Exit::Interrupted,
        }),
        never = watching => match never {},
    }
}

/// Says what a pass did, or would do, customer by customer.
fn told(reports: &[Report], now: Moment, zone: &str, is_preview: bool) -> anyhow::Result<Exit> {
    if reports.is_empty() {
        let words = if is_preview { "Enable Auto is on for no customer." } else { "Nothing is due." };
        return quietly(say(words), Exit::Done);
    }
    for report in reports {
        if let Err(error) = one(report, now, zone, is_preview) {
            return quietly(Err(error), Exit::Done);
        }
    }
    let exit = if reports.iter().any(Report::needs_attention) { Exit::Attention } else { Exit::Done };
    Ok(exit)
}

/// One customer's lines.
fn one(report: &Report, now: Moment, zone: &str, is_preview: bool) -> std::io::Result<()> {
    if report.is_elsewhere {
        let (customer, product) = (&report.customer, report.product.name());
        return say(&format!(
            "{customer} · {product} · another sweeper is at work on it; nothing was done here."
        ));
    }
    let verb = if is_preview { "would be turned on" } else { "turned on" };
    let late = if report.is_late && !is_preview { ", late" } else { "" };
    say(&format!(
        "{} · {} · for {}{late}: {} {verb}, {} left, {} wait for a later pass.",
        report.customer,
        report.product.name(),
        sydney::due_in_words(report.due, now, Some(zone)),
        report.turned_on.len(),
        report.left,
        report.deferred,
    ))?;
    for user in &report.turned_on {
        say(&format!("  {} <{}>", user.name, user.address))?;
    }
    if let Some(attention) = &report.attention {
        say(&format!("  NEEDS ATTENTION: {attention}"))?;
    }
    if let Some(failure) = &report.failure {
        say(&format!("  NOT DONE: {}. {} The pass stays due.", failure.what, failure.hint))?;
    }
    Ok(())
}

/// Last and next pass.
async fn status(provider: &Provider, clock: &Clock, zone: &str) -> anyhow::Result<Exit> {
    let now = clock.now();
    let store = provider.store.clone();
    let (sweeper, rules, history) = tokio::task::spawn_blocking(move || {
        let status = store.sweeper_status(sydney::latest_2000(now.minus(OVERDUE_AFTER)))?;
        Ok::<_, Failure>((status, Store::rules(&store)?, store.sweeps(HISTORY)?))
    })
    .await?
    .map_err(|f| sentence(&f))?;
    let mut lines = vec![
        match rules.len() {
            0 => "Enable Auto is on for no customer.".into(),
            1 => "Enable Auto is on for 1 product of 1 customer.".into(),
            many => format!("Enable Auto is on for {many} products of customers."),
        },
        format!("Next pass: {}.", sydney::due_in_words(sydney::next_2000(now), now, Some(zone))),
        match (&sweeper.host, sweeper.last_pass) {
            (Some(host), Some(last)) => {
                format!("Last pass: for {}, on {host}.", sydney::stamp_in_words(last, "Australia/Sydney"))
            }
            (Some(host), None) => format!("A sweeper is installed on {host}; no pass has finished yet."),
            (None, _) => "Nothing will run at 20:00: no sweeper has run here yet.".into(),
        },
    ];
    if sweeper.is_overdue {
        lines.push("OVERDUE: the last pass has not finished. Run: backup365 sweep".into());
    }
    for rule in rules.iter().filter(|r| r.rule.attention.is_some()) {
        let why = rule.rule.attention.clone().unwrap_or_default();
        lines.push(format!("NEEDS ATTENTION: {} · {}: {why}", rule.customer.name, rule.product.name()));
    }
    for sweep in &history {
        lines.push(format!(
            "  {} · {} · for {}: {} turned on, {} left{}{}",
            sweep.name,
            sweep.product.name(),
            sydney::stamp_in_words(sweep.due, "Australia/Sydney"),
            sweep.turned_on,
            sweep.left,
            if sweep.is_late { ", late" } else { "" },
            if sweep.finished.is_some() { "" } else { ", not finished" },
        ));
    }
    let needs = sweeper.is_overdue || rules.iter().any(|r| r.rule.attention.is_some());
    quietly(lines.iter().try_for_each(|line| say(line)), if needs { Exit::Attention } else { Exit::Done })
}

/// A closed pipe is not an error.
fn quietly(result: std::io::Result<()>, exit: Exit) -> anyhow::Result<Exit> {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(exit),
    }
}

/// A failure as one sentence.
fn sentence(failure: &Failure) -> anyhow::Error {
    let Failure { what, hint, .. } = failure;
    anyhow!("{}", Text::of(format_args!("{what}. {hint}")))
}
