//! `customers show --audit`: who did what for one customer, in all runs and outside them, newest last.

use serde_json::json;

use crate::{
    commands::{
        quietly,
        record_context::{RecordContext, refused},
        tell_whole,
    },
    domain::{customer::Customer, id::RunId, run::AuditEntry, sydney::stamp_in_words},
    exit::Exit,
};

use super::{Form, find};

/// Shows it. [`Exit::Attention`] where the record can't be believed.
pub(super) fn run(cx: &RecordContext, typed: &str, form: Form) -> anyhow::Result<Exit> {
    let read = |customer: Customer| {
        let history = cx.store.customer_history(customer.id)?;
        Ok((customer, history))
    };
    let (customer, history) = find(cx, typed, true).and_then(read).map_err(|failure| refused(&failure))?;
    let printed = if form == Form::Json {
        let entry = |(run, entry): &(Option<RunId>, AuditEntry)| {
            json!({
                "at": entry.at.to_string(),
                "by": entry.by.as_str(),
                "run": run.as_ref().map(ToString::to_string),
                "what": entry.what.as_str(),
                "hash": entry.hash.as_str(),
            })
        };
        cx.json(
            "customer-history",
            json!({
                "reference": customer.reference.as_str(),
                "name": customer.name.as_str(),
                "is_whole": history.is_whole,
                "entries": history.entries.iter().map(entry).collect::<Vec<_>>(),
            }),
        )
    } else {
        let heading = format!("{} ({}), oldest first:", customer.name, customer.reference);
        let line = |(run, entry): &(Option<RunId>, AuditEntry)| {
            let run = run.as_ref().map_or_else(String::new, |run| format!("{run} · "));
            let at = stamp_in_words(entry.at, &cx.zone);
            format!("  {at} · {} · {run}{} · {}", entry.by, entry.what, entry.hash)
        };
        [heading].into_iter().chain(history.entries.iter().map(line)).try_for_each(|line| cx.out.say(&line))
    };
    tell_whole(history.is_whole, cx.out);
    quietly(printed, if history.is_whole { Exit::Done } else { Exit::Attention })
}
