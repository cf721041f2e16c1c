//! `backup365 status`: who is really protected, who waits for what, and the sweeps. Ends with 6 when something needs
//! attention. Everything is counted from the record.

pub mod refresh;

use serde_json::{Value, json};

use crate::{
    domain::{
        bill::{counted, grouped},
        credential::Standing,
        customer::{Customer, Progress},
        filter::{fold, has_words},
        held_by::HeldBy,
        phrase::Command,
        protection::AutoRule,
        run::{OpenRun, SweeperStatus},
        speech::sentence,
        status::{LastSweep, ProductStatus, Stand, Status},
        sweep::OVERDUE_AFTER,
        sydney,
        text::Text,
        time::Moment,
        verdict::Verdict,
    },
    exit::Exit,
};

use super::{
    quietly,
    record_context::{RecordContext, refused},
    sweep::{json::sweepers, silent},
    table::{Cut, Table},
};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wish {
    /// Words that name, domain or reference must hold; empty: any.
    pub words: String,
    /// Only what needs attention.
    pub only_attention: bool,
    /// As one object.
    pub is_json: bool,
}

/// A row, and why an operator must look at it.
struct Judged {
    row: ProductStatus,
    verdict: Verdict,
    reasons: Vec<Text>,
}

/// What is shown.
struct Sheet {
    rows: Vec<Judged>,
    /// Over every row that the words fit, shown or not.
    sums: Sums,
    sweep_warning: Option<Text>,
    clock: Option<Text>,
    /// Until when our own credential is good, as far as a start has learned it.
    credential: Standing,
    sweeper: SweeperStatus,
    /// What is to be known of customers' relationships, as Microsoft lists them.
    partnerships: Vec<(Customer, Text)>,
    /// Enable Auto is on for a customer.
    has_rule: bool,
    now: Moment,
}

/// What the rows come to.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    /// Active seats.
    protected: u32,
    /// Users that could be protected.
    eligible: u32,
    /// Users that the next sweep turns on.
    scheduled: u32,
    /// Rows that wait for consent.
    waiting: u32,
    /// Rows that need attention.
    attention: u32,
    /// Seats of users who have left.
    left: u32,
    /// When the oldest of their lists was counted.
    oldest: Option<Moment>,
}

/// Says it.
///
/// # Errors
/// The record can't be read, or stdout can't be written for another reason than a closed pipe.
pub fn run(cx: &RecordContext, wish: &Wish) -> anyhow::Result<Exit> {
    cx.says_sandbox();
    let now = cx.clock.now();
    let status = cx.store.status_of(sydney::latest_2000(now.minus(OVERDUE_AFTER)), None);
    let sheet = match status.and_then(|status| Ok((status, cx.store.credential()?))) {
        Ok((status, credential)) => Sheet { credential, ..Sheet::of(status, wish, now) },
        Err(failure) => return Err(refused(&failure)),
    };
    let printed = if wish.is_json {
        cx.json("status", sheet.json())
    } else {
        sheet.lines(cx, wish).iter().try_for_each(|line| cx.out.say(line))
    };
    quietly(printed, if sheet.needs_attention() { Exit::Attention } else { Exit::Done })
}

impl Sheet {
    /// What is asked for, judged.
    fn of(status: Status, wish: &Wish, now: Moment) -> Self {
        let Status { rows, sweep_warning, clock, sweeper, mut partnerships } = status;
        let has_rule = rows.iter().any(|row| row.rule.is_some());
        let words = fold(wish.words.trim());
        let fits = |customer: &Customer| has_words(&customer.folded(), &words);
        let holds = |row: &ProductStatus| fits(&row.customer);
        partnerships.retain(|(customer, _)| fits(customer));
        let judged = |row: ProductStatus| Judged {
            reasons: row.attention(now, &sweeper),
            verdict: row.verdict(&sweeper),
            row,
        };
        let mut rows: Vec<Judged> = rows.into_iter().filter(holds).map(judged).collect();
        let sums = sums(&rows);
        if wish.only_attention {
            rows.retain(|judged| !judged.reasons.is_empty());
        }
        let credential = Standing::default();
        Self { rows, sums, sweep_warning, clock, credential, sweeper, partnerships, has_rule, now }
    }

    /// Whether an operator must look: at a row that was asked for, at the clock, at our own credential, or at a sweep that did not run, whoever was
    /// asked for.
    fn needs_attention(&self) -> bool {
        self.sums.attention > 0
            || self.sweep_warning.is_some()
            || self.clock.is_some()
            || !self.credential.warnings(self.now).is_empty()
    }

    /// For people.
    fn lines(&self, cx: &RecordContext, wish: &Wish) -> Vec<String> {
        let mut lines = Vec::new();
        lines.extend(self.clock.as_ref().map(|trouble| format!("CLOCK: {trouble}")));
        lines.extend(
            self.credential.warnings(self.now).iter().map(|warning| format!("CREDENTIAL: {warning}")),
        );
        lines.extend(self.sweep_warning.as_ref().map(|warning| format!("OVERDUE: {warning}")));
        lines.extend(sweep_lines(&self.sweeper, self.has_rule, self.now, &cx.zone));
        lines.extend(attention_lines(&self.rows));
        lines.extend(self.partnerships.iter().map(|(customer, warning)| {
            format!("RELATIONSHIP: {} · {}: {warning}.", customer.reference, customer.name)
        }));
        lines.extend(row_lines(cx, &self.rows, self.now));
        lines.push(last_line(&self.sums, self.rows.is_empty(), wish));
        lines.extend(self.sums.oldest.filter(|_| !self.rows.is_empty()).map(|oldest| {
            let oldest = sydney::clock_in_words(oldest, self.now, &cx.zone);
            format!("Who could be protected is as old as the lists, the oldest as of {oldest}; --refresh lists again.")
        }));
        if !cx.out.is_quiet {
            lines.extend(self.words_explained());
        }
        lines
    }

    /// What the words above mean that somebody who reads this for the first time can't know.
    fn words_explained(&self) -> Vec<String> {
        let mut lines = vec![
            "A sweep is the work of 20:00 in Sydney that turns on whom Enable Auto has scheduled; a sweeper is the timer that starts it."
                .to_owned(),
        ];
        let mut runs = self.rows.iter().filter_map(|judged| judged.row.run.as_ref()).map(|(run, _)| run);
        lines.extend(runs.find(|run| !run.is_held()).map(|run| {
            let id = &run.id;
            let go_on = Command::TakeUp(id.clone());
            format!("{id} is a run: one set-up of one product for one customer. Go on with it: {go_on}")
        }));
        if self.sums.left > 0 {
            lines.push(
                "A seat is one paid place; a user who left keeps it until an Admin turns the user off."
                    .into(),
            );
        }
        lines
    }

    /// For programs.
    fn json(&self) -> Value {
        let Self { sums, sweeper, sweep_warning, clock, now, .. } = self;
        json!({
            "at": now.to_string(),
            "needs_attention": self.needs_attention(),
            "clock": clock.as_ref().map(Text::as_str),
            "credentials": self.credential.known.iter().map(|known| json!({
                "kind": known.kind.word(),
                "ends": known.ends.map(|(ends, _)| ends.to_string()),
                "by": known.ends.map(|(_, by)| by.word()),
            })).collect::<Vec<_>>(),
            "credential_warning": self.credential.warnings(*now).first().map(Text::as_str),
            "sweep": {
                "overdue": sweep_warning.is_some(),
                "warning": sweep_warning.as_ref().map(Text::as_str),
                "host": sweeper.host().map(Text::as_str),
                "sweepers": sweepers(sweeper, *now),
                "last": sweeper.last_pass().map(|at| at.to_string()),
                "next": sweeper.standstill().is_none().then(|| sydney::next_2000(*now).to_string()),
            },
            "sums": {
                "protected": sums.protected,
                "eligible": sums.eligible,
                "scheduled": sums.scheduled,
                "waiting_for_consent": sums.waiting,
                "need_attention": sums.attention,
                "left": sums.left,
                "oldest_list": sums.oldest.map(|at| at.to_string()),
            },
            "relationships": self.partnerships.iter().map(|(customer, warning)| json!({
                "reference": customer.reference.as_str(), "name": customer.name.as_str(), "warning": warning.as_str(),
            })).collect::<Vec<_>>(),
            "products": self.rows.iter().map(named).collect::<Vec<_>>(),
        })
    }
}

/// Adds the rows up.
fn sums(rows: &[Judged]) -> Sums {
    rows.iter().fold(Sums::default(), |sums, Judged { row, verdict, reasons }| Sums {
        protected: sums.protected.saturating_add(row.on),
        eligible: sums.eligible.saturating_add(row.list.eligible.max(row.on)),
        scheduled: sums.scheduled.saturating_add(verdict.schedule.scheduled()),
        waiting: sums.waiting + u32::from(row.stand() == Stand::WaitingForConsent),
        attention: sums.attention + u32::from(!reasons.is_empty()),
        left: sums.left.saturating_add(row.left),
        oldest: sums.oldest.into_iter().chain(row.list.counted).min(),
    })
}

/// The last and the next sweep.
fn sweep_lines(sweeper: &SweeperStatus, has_rule: bool, now: Moment, zone: &str) -> Vec<String> {
    let team = match u32::try_from(sweeper.sweepers.len()) {
        Ok(0 | 1) | Err(_) => String::new(),
        Ok(several) => format!(", one of {}", counted(several, "sweeper", "sweepers")),
    };
    let last = match (sweeper.host(), sweeper.last_pass()) {
        (Some(host), Some(last)) => {
            let here = if zone == sydney::ZONE {
                String::new()
            } else {
                format!(" ({})", sydney::clock_in_words(last, now, zone))
            };
            format!("Last sweep: for {}{here}, on {host}{team}.", sydney::stamp_in_words(last, sydney::ZONE))
        }
        (Some(host), None) => format!("Last sweep: none yet; a sweeper is installed on {host}{team}."),
        (None, _) => "Last sweep: none; no sweeper has run here.".into(),
    };
    let next = match sweeper.standstill() {
        None => {
            let due = sydney::due_in_words(sydney::next_2000(now), now, Some(zone));
            Some(format!("Next sweep due: {due}."))
        }
        Some(why) if has_rule => {
            Some(format!("Next sweep: {}.", why.in_words().for_commands().as_str().trim_end_matches('.')))
        }
        Some(_) => None,
    };
    [Some(last), next].into_iter().flatten().chain(silent(sweeper, now)).collect()
}

/// What must be looked at, in whole sentences: nothing here is cut.
fn attention_lines(rows: &[Judged]) -> Vec<String> {
    let mut lines = Vec::new();
    for Judged { row, reasons, verdict } in rows {
        let who = format!("{} · {} · {}", row.customer.reference, row.customer.name, row.product.name());
        lines.extend(reasons.iter().map(|why| sentence(&format!("NEEDS ATTENTION: {who}: {why}"))));
        let gaps = verdict.gaps.iter();
        lines.extend(gaps.map(|gap| format!("THE LIST: {who}: {}.", gap.as_str().trim_end_matches('.'))));
    }
    lines
}

/// The rows.
fn row_lines(cx: &RecordContext, rows: &[Judged], now: Moment) -> Vec<String> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new([
        ("REFERENCE", Cut::Never),
        ("NAME", Cut::Late),
        ("PRODUCT", Cut::Never),
        ("PROTECTED", Cut::Never),
        ("AS OF", Cut::Never),
        ("STATE", Cut::Late),
    ]);
    for Judged { row, reasons, verdict } in rows {
        let standing = standing(row, verdict, now, &cx.zone);
        let state = if reasons.is_empty() { standing } else { format!("needs attention; {standing}") };
        table.push([
            row.customer.reference.clone(),
            row.customer.name.clone(),
            row.product.name().into(),
            protected(row),
            as_of(row, now, &cx.zone),
            Text::clean(&state),
        ]);
    }
    let mut lines = vec![String::new()];
    lines.extend(table.lines(cx.width));
    lines.push(String::new());
    lines
}

/// "184 of 231"; nothing where no user could be protected.
fn protected(row: &ProductStatus) -> Text {
    match (row.on, row.list.eligible) {
        (0, 0) => Text::from("-"),
        (on, eligible) => Text::of(format_args!("{} of {}", grouped(on), grouped(eligible.max(on)))),
    }
}

/// By which list: the protected are counted now, those who could be are as old as that.
fn as_of(row: &ProductStatus, now: Moment, here: &str) -> Text {
    match row.list.counted {
        Some(counted) => sydney::clock_in_words(counted, now, here),
        None if row.list.listed > 0 => Text::from("not known"),
        None => Text::from("-"),
    }
}

/// Where a product stands, in words.
pub(super) fn standing(row: &ProductStatus, verdict: &Verdict, now: Moment, here: &str) -> String {
    let mut words = Vec::new();
    if !row.customer.is_active {
        words.push("closed".to_owned());
    }
    match (row.stand(), &row.run) {
        (Stand::NotStarted, _) => words.push("not started".into()),
        (Stand::Automatic, _) => {
            words.push(if row.customer.is_active { "automatic" } else { "automatic, without sweeps" }.into());
            let scheduled = verdict.schedule.scheduled();
            words.extend((scheduled > 0).then(|| format!("{} scheduled", grouped(scheduled))));
            let stalled = verdict.schedule.stalled();
            let waits = || format!("{} for a sweep", counted(stalled, "user waits", "users wait"));
            words.extend((stalled > 0).then(waits));
        }
        (Stand::Enabled, _) => words.push("enabled".into()),
        (Stand::Open | Stand::WaitingForConsent, Some((_, progress))) => {
            words.push(progress.in_words(now, here).to_string());
        }
        (Stand::Open | Stand::WaitingForConsent, None) => {}
    }
    // With a rule they are scheduled.
    let ticked = if row.rule.is_none() { row.ticked() } else { 0 };
    let counts = [(row.left, "left the organisation"), (ticked, "ticked and not turned on")];
    for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
        words.push(format!("{} {what}", grouped(count)));
    }
    if let Some((run, _)) = &row.run {
        words.push(format!("{} {}", run.id, run.state(now, here)));
    }
    words.join(", ")
}

/// What stands below.
fn last_line(sums: &Sums, is_empty: bool, wish: &Wish) -> String {
    let none = match (is_empty, wish.only_attention, wish.words.trim()) {
        (false, ..) => None,
        (true, true, _) => Some("No product needs attention.".to_owned()),
        (true, false, "") => Some("No customer with a product is on record.".to_owned()),
        (true, false, word) => {
            Some(format!("No product of a customer like \"{}\" is on record.", Text::clean(word)))
        }
    };
    if let Some(none) = none {
        return none;
    }
    let mut parts = vec![match (sums.protected, sums.eligible) {
        (0, 0) => "Nobody is protected yet".to_owned(),
        (on, eligible) => format!("{} protected of {} eligible", grouped(on), grouped(eligible)),
    }];
    if sums.scheduled > 0 {
        parts.push(format!("{} scheduled", grouped(sums.scheduled)));
    }
    if sums.left > 0 {
        parts.push(counted(sums.left, "seat of a user who left", "seats of users who left"));
    }
    if sums.waiting > 0 {
        parts.push(format!("{} for consent", counted(sums.waiting, "product waits", "products wait")));
    }
    if sums.attention > 0 {
        parts.push(counted(sums.attention, "product needs attention", "products need attention"));
    }
    format!("{}.", parts.join(", "))
}

/// A row with its customer, as JSON.
fn named(judged: &Judged) -> Value {
    let row = &judged.row;
    json!({
        "reference": row.customer.reference.as_str(),
        "name": row.customer.name.as_str(),
        "domain": row.customer.domain.as_str(),
        "active": row.customer.is_active,
        "product": row.product.word(),
        "status": object(row, &judged.verdict, &judged.reasons),
    })
}

/// A row, as JSON.
pub(super) fn object(row: &ProductStatus, verdict: &Verdict, reasons: &[Text]) -> Value {
    json!({
        "stand": row.stand().word(),
        "protected": row.on,
        "eligible": row.list.eligible.max(row.on),
        "listed": row.list.listed.max(row.on),
        "as_of": row.list.counted.map(|at| at.to_string()),
        "left": row.left,
        "ticked": row.ticked(),
        "scheduled": verdict.schedule.scheduled(),
        "stalled": verdict.schedule.stalled(),
        "missed": verdict.missed,
        "unchecked": verdict.unchecked,
        "enabled": row.enabled.map(|at| at.to_string()),
        "rule": row.rule.as_ref().map(rule_object),
        "last_sweep": row.last_sweep.as_ref().map(sweep_object),
        "run": row.run.as_ref().map(|(run, progress)| run_object(run, progress)),
        "attention": reasons.iter().map(Text::as_str).collect::<Vec<_>>(),
        "list_gaps": verdict.gaps.iter().map(Text::as_str).collect::<Vec<_>>(),
    })
}

fn rule_object(rule: &AutoRule) -> Value {
    json!({
        "made": rule.made.to_string(),
        "by": rule.by.as_str(),
        "confirmed": rule.confirmed,
        "ceiling": rule.ceiling,
        "last_sweep": rule.last_pass.map(|at| at.to_string()),
    })
}

fn sweep_object(sweep: &LastSweep) -> Value {
    json!({
        "due": sweep.due.to_string(),
        "finished": sweep.finished.map(|at| at.to_string()),
        "turned_on": sweep.turned_on,
        "late": sweep.is_late,
    })
}

fn run_object(run: &OpenRun, progress: &Progress) -> Value {
    let waiting_since = match progress {
        Progress::WaitingForConsent { since } | Progress::Spreading { since } => Some(since.to_string()),
        _ => None,
    };
    json!({
        "run": run.id.to_string(),
        "state": if run.is_held() { "held" } else if run.is_parked { "parked" } else { "interrupted" },
        "held_by": run.held_by.as_ref().map(HeldBy::json),
        "touched": run.touched.to_string(),
        "waiting_since": waiting_since,
    })
}
