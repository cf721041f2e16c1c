//! `customers import --from-microsoft`: the customers that Microsoft lists for the partner, in the name of whoever is signed in.

use std::{sync::Mutex, time::Duration};

use serde_json::{Value, json};

use crate::{
    commands::{Context, quietly, record_context::refused, warn},
    domain::{
        bill::grouped,
        lock::lock,
        partner_list::{Did, Imported, Licence, Taken},
        phrase::Command,
        sydney::day_in_words,
        text::Text,
    },
    exit::Exit,
    provider::partner::Wanted,
};

use super::Form;

/// How often it is said how far it is; what takes less says nothing.
const NEWS: Duration = Duration::from_secs(1);

/// Brings them in, and says what became of each.
///
/// # Errors
/// Nobody is signed in, Microsoft does not let them, or the record can't be written; nothing was written then.
pub async fn run(cx: &Context, wanted: Wanted, form: Form) -> anyhow::Result<Exit> {
    if cx.is_sandbox {
        cx.out.note("SANDBOX: these customers are invented.");
    }
    let said = Mutex::new(cx.clock.now());
    let tell = |words: Text| {
        let (mut said, now) = (lock(&said), cx.clock.now());
        if now.since(*said) >= NEWS {
            *said = now;
            cx.out.note(words.as_str());
        }
    };
    let imported =
        cx.provider.import_from_microsoft(wanted, &tell).await.map_err(|failure| refused(&failure))?;
    let printed = if form == Form::Json {
        cx.out.json(&object(&imported, cx.is_sandbox, wanted.is_dry))
    } else {
        lines(&imported, wanted.is_dry).iter().try_for_each(|line| cx.out.say(line))
    };
    if let Some(missing) = &imported.missing {
        warn(&format!("One of Microsoft's lists is missing: {}", missing.for_commands()));
    }
    let exit = if imported.missing.is_some() { Exit::Partly } else { Exit::Done };
    quietly(printed, exit)
}

/// For people.
fn lines(imported: &Imported, is_dry: bool) -> Vec<String> {
    let would = if is_dry { "would be " } else { "" };
    let mut lines = Vec::new();
    for taken in &imported.taken {
        let name = &taken.name;
        let who =
            taken.reference.as_ref().map_or_else(|| name.to_string(), |known| format!("{known} · {name}"));
        match &taken.did {
            Did::Added => lines.push(format!("{would}added: {who} · {}", licences(taken))),
            Did::Left(why) => lines.push(format!("left out: {who}: {why}.")),
            Did::Known => {}
        }
        if let Some(warning) = taken.listed.warning(imported.at) {
            lines.push(format!("RELATIONSHIP: {who}: {warning}."));
        }
        if let (Some(correction), Some(reference)) = (taken.suggested, &taken.reference) {
            let way = Command::CustomersSet(reference.clone(), correction);
            lines.push(format!("suggested: Office 365 for {who} · {}: {way}", licences(taken)));
        }
    }
    lines.extend(imported.gone.iter().map(|(reference, name, since)| {
        format!("kept: {reference} · {name}: no longer listed by Microsoft since {}.", day_in_words(*since))
    }));
    let sums = imported.sums();
    lines.push(if is_dry {
        format!("Dry run, nothing was written. It would be: {sums}.")
    } else {
        format!("From Microsoft: {sums}.")
    });
    lines
}

/// The licences in words.
fn licences(taken: &Taken) -> String {
    let named = |licence: &Licence| format!("{} ({})", licence.name, grouped(licence.bought));
    match &taken.licences {
        None => "licences not known before the customer accepts".to_owned(),
        Some(licences) if licences.is_empty() => "no licences".to_owned(),
        Some(licences) => licences.iter().map(named).collect::<Vec<_>>().join(", "),
    }
}

/// For programs.
fn object(imported: &Imported, is_sandbox: bool, is_dry: bool) -> Value {
    let licence = |licence: &Licence| json!({"name": licence.name.as_str(), "bought": licence.bought});
    let row = |taken: &Taken| {
        let why = if let Did::Left(why) = &taken.did { Some(why.as_str()) } else { None };
        json!({
            "did": taken.did.word(),
            "why": why,
            "reference": taken.reference.as_ref().map(Text::as_str),
            "name": taken.name.as_str(),
            "tenant": taken.listed.tenant.to_string(),
            "origin": taken.listed.origin.word(),
            "ends": taken.listed.ends.map(|at| at.to_string()),
            "warning": taken.listed.warning(imported.at).as_ref().map(Text::as_str),
            "licences": taken.licences.as_ref().map(|all| all.iter().map(licence).collect::<Vec<_>>()),
            "suggested": taken.suggested.map(|_| "office365"),
        })
    };
    json!({
        "version": 1,
        "kind": "customers-from-microsoft",
        "sandbox": is_sandbox,
        "written": !is_dry,
        "missing": imported.missing.as_ref().map(|missing| missing.for_commands().as_str().to_owned()),
        "customers": imported.taken.iter().map(row).collect::<Vec<_>>(),
        "gone": imported.gone.iter().map(|(reference, name, since)| json!({
            "reference": reference.as_str(), "name": name.as_str(), "since": since.to_string(),
        })).collect::<Vec<_>>(),
    })
}
