//! `backup365 sweep`: one pass, the next one shown, or stay and watch. Ends with 6 when something needs attention.

pub mod accept;
pub mod check;
pub mod forget;
pub mod install;
pub mod installed;
pub(super) mod json;
mod system;
pub mod unit;
mod variables;

use std::{collections::BTreeSet, io::IsTerminal as _, time::Duration};

use anyhow::Context as _;
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM},
    iterator::Signals,
};

use crate::{
    domain::{
        bill::counted,
        failure::Failure,
        id::CustomerId,
        phrase::Command,
        run::SweeperStatus,
        sweep::OVERDUE_AFTER,
        sydney,
        text::{Text, capital},
        time::{Clock, Moment},
    },
    exit::Exit,
    provider::{
        Provider,
        store::{RuleRow, Store, SweepRecord},
    },
    sweeper::{self, Report},
};

use super::{Context, Out, error_of, quietly, say};

/// How long it waits between two askings for what is not settled, and between two tries to open a record that is away: two
/// minutes in all, because the record's server needs one to find that the line to a sweeper is dead.
pub const PAUSES: [Duration; 7] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(12),
    Duration::from_secs(20),
    Duration::from_secs(35),
    Duration::from_secs(45),
];

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

/// Runs it; times are told by Sydney's clocks and by those of this computer's zone. `is_json`: one object instead of
/// lines; never with [`What::Watch`].
///
/// # Errors
/// The store can't be read, or stdout can't be written for another reason than a closed pipe.
pub async fn run(context: &Context, what: What, is_json: bool) -> anyhow::Result<Exit> {
    let Context { provider, clock, zone, out, .. } = context;
    match what {
        What::Pass | What::Preview => {
            let is_preview = what == What::Preview;
            // Asked before the pass: it sets right what a clock that was fast had written.
            let trouble = clock_trouble(provider).await?;
            let done = if is_preview {
                sweeper::preview(provider, clock).await
            } else {
                sweeper::pass(provider, clock, &PAUSES, |open| waits(open, *out)).await
            };
            let reports = done.map_err(|f| error_of(&f))?;
            let now = clock.now();
            if is_json {
                let object = json::passes(&reports, is_preview, trouble.as_ref(), now);
                return quietly(out.json(&object), alarmed(trouble.as_ref(), exit_of(&reports)));
            }
            if let Some(trouble) = &trouble {
                quietly(say(&format!("CLOCK: {trouble}")), Exit::Attention)?;
            }
            Ok(alarmed(trouble.as_ref(), told(&reports, now, zone, is_preview, *out)?))
        }
        What::Watch => watch(provider, clock, zone, *out).await,
        What::Status => status(provider, clock, zone, is_json, *out).await,
    }
}

/// Says on stderr what is waited for, where a person looks on.
fn waits(open: usize, out: Out) {
    if std::io::stderr().is_terminal() {
        let open = counted(u32::try_from(open).unwrap_or(u32::MAX), "customer is", "customers are");
        out.note(&format!(
            "{open} not done yet: somebody else is at work there, or the record was away. Asking again soon."
        ));
    }
}

/// Stays until it is told to go. A pass that is cut short by that is taken up by the next one.
async fn watch(provider: &Provider, clock: &Clock, zone: &str, out: Out) -> anyhow::Result<Exit> {
    let mut signals =
        Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT]).context("signals can't be heard here")?;
    let heard = tokio::task::spawn_blocking(move || signals.forever().next());
    let watching = sweeper::watch(provider, clock, |round, next| {
        let now = clock.now();
        // stdout may be closed by now; the passes go on all the same.
        let _unheard = match round {
            Ok(reports) => told(reports, now, zone, false, out).map(drop),
            Err(failure) => say(&format!("NOT DONE: {}", failure.in_full())).map_err(Into::into),
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

/// What the record says about the clock, in whole sentences.
async fn clock_trouble(provider: &Provider) -> anyhow::Result<Option<Text>> {
    Ok(alarm(provider, Store::demand_clock).await?.map(|failure| failure.for_commands()))
}

/// What the record demands a person's look for, where it does; what else keeps it from being asked is an error.
async fn alarm(
    provider: &Provider,
    demand: fn(&Store) -> Result<(), Failure>,
) -> anyhow::Result<Option<Failure>> {
    let store = provider.store.clone();
    match tokio::task::spawn_blocking(move || demand(&store)).await? {
        Ok(()) => Ok(None),
        Err(failure) if failure.is_alarm => Ok(Some(failure)),
        Err(failure) => Err(error_of(&failure)),
    }
}

/// 6 where the clock is in trouble.
const fn alarmed(trouble: Option<&Text>, exit: Exit) -> Exit {
    if trouble.is_some() { Exit::Attention } else { exit }
}

/// 6 when an operator must look at it; the same when stdout is closed.
fn exit_of(reports: &[Report]) -> Exit {
    if reports.iter().any(Report::needs_attention) { Exit::Attention } else { Exit::Done }
}

/// Says what a pass did, or would do, customer by customer; quietly only where something happened or must be looked at.
fn told(reports: &[Report], now: Moment, zone: &str, is_preview: bool, out: Out) -> anyhow::Result<Exit> {
    let exit = exit_of(reports);
    if reports.is_empty() {
        let words = if is_preview { "Enable Auto is on for no customer." } else { "Nothing is due." };
        return quietly(if out.is_quiet { Ok(()) } else { say(words) }, exit);
    }
    let matters = |report: &&Report| {
        let is_news = !report.turned_on.is_empty() || report.left > 0 || report.needs_attention();
        !out.is_quiet || is_preview || is_news
    };
    quietly(reports.iter().filter(matters).try_for_each(|report| one(report, now, zone, is_preview)), exit)
}

/// One customer's lines.
fn one(report: &Report, now: Moment, zone: &str, is_preview: bool) -> std::io::Result<()> {
    let (customer, product) = (&report.customer, report.product.name());
    if report.is_elsewhere {
        return say(&format!(
            "{customer} · {product} · another sweeper is at work on it; nothing was done here."
        ));
    }
    let when = match is_preview {
        true if report.due > now => sydney::due_in_words(report.due, now, Some(zone)).to_string(),
        true => format!("{}, due now", sydney::stamp_in_words(report.due, sydney::ZONE)),
        false => sydney::stamp_in_words(report.due, sydney::ZONE).to_string(),
    };
    let late = if report.is_late && !is_preview { ", late" } else { "" };
    say(&format!("{customer} · {product} · for {when}{late}: {}.", outcome(report, is_preview)))?;
    for user in &report.turned_on {
        say(&format!("  {} <{}>", user.name, user.address))?;
    }
    for gap in &report.gaps {
        say(&format!("  THE LIST: {}.", gap.as_str().trim_end_matches('.')))?;
    }
    if let Some(attention) = &report.attention {
        say(&format!("  NEEDS ATTENTION: {attention}"))?;
    }
    if let Some(failure) = &report.failure {
        let stays = if is_preview { "" } else { " The sweep stays due." };
        say(&format!("  NOT DONE: {}{stays}", failure.in_full()))?;
    }
    Ok(())
}

/// "5 turned on, 1 left, 2 wait for a later pass"; what did not happen is left out.
fn outcome(report: &Report, is_preview: bool) -> String {
    let mut parts = Vec::new();
    match report.turned_on.len() {
        0 if report.failure.is_some() => parts.push("nobody was turned on".to_owned()),
        0 if report.is_doubted => parts.push("the list is not believed".to_owned()),
        0 if report.is_stopped => parts.push("stopped".to_owned()),
        0 => parts.push("nobody new".to_owned()),
        new if is_preview => parts.push(format!("{new} would be turned on")),
        new => parts.push(format!("{new} turned on")),
    }
    if report.is_doubted && !report.turned_on.is_empty() {
        parts.push("the list is not believed".to_owned());
    }
    if report.left > 0 {
        parts.push(format!("{} left the organisation (nobody was turned off)", report.left));
    }
    match report.deferred {
        0 => {}
        1 => parts.push("1 waits for a later sweep".to_owned()),
        some => parts.push(format!("{some} wait for a later sweep")),
    }
    parts.join(", ")
}

/// Last and next pass.
async fn status(
    provider: &Provider,
    clock: &Clock,
    zone: &str,
    is_json: bool,
    out: Out,
) -> anyhow::Result<Exit> {
    let now = clock.now();
    let store = provider.store.clone();
    let (sweeper, rules, history) = tokio::task::spawn_blocking(move || {
        let status = store.sweeper_status(sydney::latest_2000(now.minus(OVERDUE_AFTER)))?;
        Ok::<_, Failure>((status, Store::all_rules(&store)?, store.sweeps(HISTORY)?))
    })
    .await?
    .map_err(|f| error_of(&f))?;
    let trouble = clock_trouble(provider).await?;
    let moved = alarm(provider, Store::demand_unmoved).await?.map(|failure| failure.in_full());
    let needs = moved.is_some() || sweeper.is_overdue || rules.iter().any(|row| row.attention().is_some());
    let exit = alarmed(trouble.as_ref(), if needs { Exit::Attention } else { Exit::Done });
    if is_json {
        return quietly(
            out.json(&json::status(&sweeper, &rules, &history, [moved.as_ref(), trouble.as_ref()], now)),
            exit,
        );
    }
    let moved = moved.iter().map(|words| format!("MOVED: {words}"));
    let clock = trouble.iter().map(|trouble| format!("CLOCK: {trouble}"));
    let lines = moved.chain(clock).chain(status_lines(&sweeper, &rules, &history, now, zone));
    quietly(lines.into_iter().try_for_each(|line| say(&line)), exit)
}

/// Last and next pass, line by line.
fn status_lines(
    sweeper: &SweeperStatus,
    rules: &[RuleRow],
    history: &[SweepRecord],
    now: Moment,
    zone: &str,
) -> Vec<String> {
    let mut lines = vec![
        on_for(rules),
        format!("Next sweep: {}.", sydney::due_in_words(sydney::next_2000(now), now, Some(zone))),
        match (sweeper.host(), sweeper.last_pass()) {
            (Some(host), Some(last)) => {
                format!("Last sweep: for {}, on {host}.", sydney::stamp_in_words(last, sydney::ZONE))
            }
            (Some(host), None) => format!(
                "A sweeper (the timer that starts the sweep) is installed on {host}; no sweep has finished yet."
            ),
            (None, _) => {
                let install = Command::SweepInstall;
                format!(
                    "Nothing will run at 20:00: no sweeper (the timer that starts the sweep) has run here yet. Install one: {install}"
                )
            }
        },
    ];
    lines.extend(team(sweeper));
    lines.extend(silent(sweeper, now));
    if sweeper.is_overdue {
        lines.push(format!("OVERDUE: the last sweep has not finished. Run: {}", Command::Sweep));
    }
    for row in rules.iter().filter(|row| !row.customer.is_active) {
        lines.push(format!(
            "CLOSED: {} · {}: {} stay protected; nobody is turned on while the account is closed.",
            row.customer.name,
            row.product.name(),
            counted(row.seats, "user", "users")
        ));
    }
    for (row, why) in rules.iter().filter_map(|row| Some((row, row.attention()?))) {
        lines.push(format!("NEEDS ATTENTION: {} · {}: {why}", row.customer.name, row.product.name()));
    }
    lines.extend(history.iter().map(|sweep| past(sweep, sweeper.sweepers.len() > 1)));
    lines
}

/// The computers that sweep, where there are several.
fn team(sweeper: &SweeperStatus) -> Vec<String> {
    if sweeper.sweepers.len() < 2 {
        return Vec::new();
    }
    let count = u32::try_from(sweeper.sweepers.len()).unwrap_or(u32::MAX);
    let stamp = |at| sydney::stamp_in_words(at, sydney::ZONE);
    let each = sweeper.sweepers.iter().map(|it| {
        let last = it.last_pass.map_or_else(
            || "no sweep finished yet".to_owned(),
            |last| format!("last sweep for {}", stamp(last)),
        );
        format!("  {} · {last} · last heard of {}", it.host, stamp(it.heard))
    });
    [format!("{}:", counted(count, "sweeper", "sweepers"))].into_iter().chain(each).collect()
}

/// Those that have not been heard of for days, and what to do.
pub(super) fn silent(sweeper: &SweeperStatus, now: Moment) -> impl Iterator<Item = String> {
    sweeper.silences(now).map(|(it, words)| {
        let forget = Command::SweepForget(it.host.clone());
        format!("SILENT: {}. Look at that computer. If it sweeps no more: {forget}", capital(words.as_str()))
    })
}

/// For how many Enable Auto is on.
fn on_for(rules: &[RuleRow]) -> String {
    let open: Vec<&RuleRow> = rules.iter().filter(|row| row.customer.is_active).collect();
    let customers: BTreeSet<CustomerId> = open.iter().map(|row| row.customer.id).collect();
    let several = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let closed = rules.len() - open.len();
    match (open.len(), closed) {
        (0, 0) => "Enable Auto is on for no customer.".into(),
        (0, closed) => {
            format!("Enable Auto is on for {} of closed customers only.", several(closed, "product"))
        }
        (rules, _) => {
            format!(
                "Enable Auto is on for {} of {}.",
                several(rules, "product"),
                several(customers.len(), "customer")
            )
        }
    }
}

/// A pass on record, as one line; with its computer where there are several.
fn past(sweep: &SweepRecord, has_team: bool) -> String {
    format!(
        "  {} · {} · for {}{}{}: {} turned on{}{}{}",
        sweep.name,
        sweep.product.name(),
        sydney::stamp_in_words(sweep.due, sydney::ZONE),
        if has_team { format!(", on {}", sweep.host) } else { String::new() },
        if sweep.is_late { ", late" } else { "" },
        sweep.turned_on,
        if sweep.left > 0 { format!(", {} left", sweep.left) } else { String::new() },
        if sweep.attention.is_some() { ", needs attention" } else { "" },
        if sweep.finished.is_some() { "" } else { ", not finished" },
    )
}
