//! What `sweep --json` prints: the passes that were done or would be, and the state of Enable Auto. Times are UTC.

use serde_json::{Value, json};

use crate::{
    domain::{
        failure::Failure,
        protection::Chosen,
        run::{Sweeper, SweeperStatus},
        sydney,
        text::Text,
        time::Moment,
    },
    provider::store::{RuleRow, SweepRecord},
    sweeper::Report,
};

/// The object of kind `sweep`.
pub(super) fn passes(reports: &[Report], is_preview: bool, clock: Option<&Text>, now: Moment) -> Value {
    let passes: Vec<Value> = reports.iter().map(|report| pass(report, is_preview)).collect();
    json!({
        "version": 1,
        "kind": "sweep",
        "now": now.to_string(),
        "is_preview": is_preview,
        "needs_attention": clock.is_some() || reports.iter().any(Report::needs_attention),
        "clock": maybe(clock),
        "passes": passes,
    })
}

fn pass(report: &Report, is_preview: bool) -> Value {
    let state = match report {
        Report { is_elsewhere: true, .. } => "elsewhere",
        Report { failure: Some(_), .. } => "not_done",
        Report { is_doubted: true, .. } => "not_believed",
        Report { is_stopped: true, .. } => "stopped",
        _ if is_preview => "planned",
        _ => "done",
    };
    let users: Vec<Value> = report.turned_on.iter().map(user).collect();
    json!({
        "reference": report.reference.as_str(),
        "customer": report.customer.as_str(),
        "product": report.product.word(),
        "due": report.due.to_string(),
        "state": state,
        "is_late": report.is_late && !is_preview,
        "turned_on": users,
        "left": report.left,
        "waiting": report.deferred,
        "list_gaps": report.gaps.iter().map(Text::as_str).collect::<Vec<_>>(),
        "attention": maybe(report.attention.as_ref()),
        "failure": report.failure.as_ref().map(bad_news),
    })
}

fn user(user: &Chosen) -> Value {
    json!({
        "id": user.id.to_string(),
        "address": user.address.as_str(),
        "name": user.name.as_str(),
        "kind": user.kind.word(),
    })
}

fn bad_news(failure: &Failure) -> Value {
    json!({
        "what": failure.what.as_str(),
        "hint": failure.hint.for_commands().as_str(),
        "code": maybe(failure.code.as_ref()),
        "retry_after_s": failure.retry_after.map(|wait| wait.as_secs()),
    })
}

/// The object of kind `sweep-status`. `moved` says where the record is now, `clock` what is wrong with the clock.
pub(super) fn status(
    sweeper: &SweeperStatus,
    rules: &[RuleRow],
    history: &[SweepRecord],
    [moved, clock]: [Option<&Text>; 2],
    now: Moment,
) -> Value {
    let rules: Vec<Value> = rules.iter().map(rule).collect();
    let passes: Vec<Value> = history.iter().map(past).collect();
    json!({
        "version": 1,
        "kind": "sweep-status",
        "now": now.to_string(),
        "next": sydney::next_2000(now).to_string(),
        "sweeper": maybe(sweeper.host()),
        "sweepers": sweepers(sweeper, now),
        "last_pass": time(sweeper.last_pass()),
        "is_overdue": sweeper.is_overdue,
        "moved": maybe(moved),
        "clock": maybe(clock),
        "rules": rules,
        "passes": passes,
    })
}

/// The computers that sweep, the one with the newest pass first.
pub(in crate::commands) fn sweepers(status: &SweeperStatus, now: Moment) -> Vec<Value> {
    let each = |sweeper: &Sweeper| {
        json!({
            "host": sweeper.host.as_str(),
            "installed": time(sweeper.installed),
            "last_pass": time(sweeper.last_pass),
            "heard": sweeper.heard.to_string(),
            "is_silent": sweeper.is_silent(now),
        })
    };
    status.sweepers.iter().map(each).collect()
}

fn rule(row: &RuleRow) -> Value {
    json!({
        "reference": row.customer.reference.as_str(),
        "customer": row.customer.name.as_str(),
        "product": row.product.word(),
        "active": row.customer.is_active,
        "seats": row.seats,
        "made": row.rule.made.to_string(),
        "ceiling": row.rule.ceiling,
        "last_pass": time(row.rule.last_pass),
        "attention": maybe(row.attention().as_ref()),
    })
}

fn past(sweep: &SweepRecord) -> Value {
    json!({
        "customer": sweep.name.as_str(),
        "product": sweep.product.word(),
        "due": sweep.due.to_string(),
        "started": sweep.started.to_string(),
        "finished": time(sweep.finished),
        "host": sweep.host.as_str(),
        "turned_on": sweep.turned_on,
        "left": sweep.left,
        "is_late": sweep.is_late,
        "attention": maybe(sweep.attention.as_ref()),
    })
}

fn maybe(words: Option<&Text>) -> Option<&str> {
    words.map(Text::as_str)
}

fn time(at: Option<Moment>) -> Option<String> {
    at.map(|at| at.to_string())
}
