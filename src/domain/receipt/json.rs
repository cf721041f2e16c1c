//! The receipt as JSON (`assets/json/receipt.schema.json`).

use serde_json::{Value, json};

use super::{result_code, result_words};
use crate::domain::{
    held_by::HeldBy,
    protection::{AutoRule, SeatResult},
    run::Outcome,
    sydney,
    text::Text,
    verdict::{Standstill, Verdict},
};

/// The receipt for programs.
pub(super) fn json(outcome: &Outcome) -> String {
    let run = &outcome.run;
    let verdict = Verdict::of(outcome);
    let organisation = run.organisation.as_ref().filter(|_| !run.product.is_hosted()).map(|found| {
        json!({
            "tenant": found.tenant.to_string(),
            "name": found.name.as_ref().map(Text::as_str),
            "domain": found.domain.as_ref().map(Text::as_str),
        })
    });
    let server = run.impersonation.as_ref().filter(|_| run.product.is_hosted()).map(|i| i.server.as_str());
    let rule = outcome.protection.rule.as_ref().map(|rule| rule_json(outcome, &verdict, rule));
    let value = json!({
        "version": 1,
        "kind": "receipt",
        "run": run.id.to_string(),
        "customer": {
            "reference": run.customer.reference.as_str(),
            "name": run.customer.name.as_str(),
        },
        "product": run.product.word(),
        "organisation": organisation,
        "server": server,
        "operator": run.by.as_str(),
        "opened": run.opened.to_string(),
        "enabled": run.enabled.map(|at| at.to_string()),
        "finished": run.finished.map(|at| at.to_string()),
        "record": outcome.place.as_str(),
        "held_by": run.held_by.as_ref().map(HeldBy::json),
        "result": if verdict.is_partly() { "partly" } else { "done" },
        "counts": {
            "listed": outcome.done.list.listed,
            "eligible": outcome.done.list.eligible,
            "protected": verdict.protected,
            "scheduled": verdict.schedule.scheduled(),
            "stalled": verdict.schedule.stalled(),
            "missed": verdict.missed,
            "unchecked": verdict.unchecked,
            "not_chosen": verdict.not_chosen,
            "excluded": outcome.protection.exclusions.len(),
            "left": verdict.left,
            "turned_on": outcome.done.turned_on,
            "turned_off": outcome.done.turned_off,
        },
        "auto": rule,
        "troubles": verdict.troubles().iter().map(Text::as_str).collect::<Vec<_>>(),
        "list_gaps": verdict.gaps.iter().map(Text::as_str).collect::<Vec<_>>(),
        "users": outcome.results.iter().map(user_json).collect::<Vec<Value>>(),
        "excluded": outcome.excluded.iter().map(|user| json!({
            "id": user.id.to_string(),
            "name": user.name.as_ref().map(Text::as_str),
            "address": user.address.as_ref().map(Text::as_str),
        })).collect::<Vec<Value>>(),
        "audit": {
            "is_whole": outcome.is_audit_whole,
            "entries": outcome.audit.iter().map(|entry| json!({
                "at": entry.at.to_string(),
                "by": entry.by.as_str(),
                "what": entry.what.as_str(),
                "hash": entry.hash.as_str(),
            })).collect::<Vec<Value>>(),
        },
    });
    format!("{value:#}\n")
}

fn rule_json(outcome: &Outcome, verdict: &Verdict, rule: &AutoRule) -> Value {
    let will_run = outcome.run.customer.is_active && verdict.schedule.standstill.is_none();
    json!({
        "made": rule.made.to_string(),
        "by": rule.by.as_str(),
        "confirmed": rule.confirmed,
        "ceiling": rule.ceiling,
        "next_sweep": will_run.then(|| sydney::next_2000(outcome.read).to_string()),
        "standstill": verdict.schedule.standstill.map(Standstill::code),
        "sweeper": outcome.protection.sweeper.host().map(Text::as_str),
        "sweepers": outcome.protection.sweeper.sweepers.iter().map(|it| it.host.as_str()).collect::<Vec<_>>(),
        "attention": rule.attention.as_ref().map(Text::as_str),
    })
}

fn user_json(result: &SeatResult) -> Value {
    json!({
        "id": result.user.id.to_string(),
        "address": result.user.address.as_str(),
        "name": result.user.name.as_str(),
        "kind": result.user.kind.word(),
        "result": result_code(&result.outcome),
        "words": result_words(&result.outcome).as_str(),
    })
}
