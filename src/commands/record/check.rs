//! `backup365 record check`: every row is looked at, nothing is changed. Ends with 6 where something is not as it should be.

use serde_json::{Value, json};

use crate::{
    commands::{
        Out,
        check::{Check, CheckState},
        quietly,
        record_context::refused,
    },
    domain::{
        bill::{counted, grouped},
        failure::{Failure, FailureKind},
        text::Text,
    },
    exit::Exit,
    provider::store::{Inspection, Place, Store, Tables},
};

/// What to do about a record that does not fit together.
const KEEP: &str = "Keep the record as it is and tell your lead.";

/// Looks at the record in a place.
///
/// # Errors
/// None is there, or it can't be read; stdout can't be written for another reason than a closed pipe.
pub fn check(place: &Place, is_json: bool, out: Out) -> anyhow::Result<Exit> {
    let found = Store::inspect(place).map_err(|failure| refused(&failure))?;
    let checks = checks(place, &found);
    let exit = if checks.iter().all(Check::is_good) { Exit::Done } else { Exit::Attention };
    let printed = if is_json {
        out.json(&json!({
            "version": 1,
            "kind": "record-check",
            "is_good": exit == Exit::Done,
            "exit_code": exit.code(),
            "place": place.to_string(),
            "record": found.id.map(|id| id.to_string()),
            "sandbox": found.is_sandbox,
            "checks": checks.iter().map(object).collect::<Vec<Value>>(),
        }))
    } else {
        let last = if exit == Exit::Done { "All is well." } else { "Not all is well: see above." };
        checks.iter().try_for_each(|check| out.say(&check.line())).and_then(|()| out.say(last))
    };
    quietly(printed, exit)
}

/// A check, as JSON.
fn object(check: &Check) -> Value {
    let state = match check.state {
        CheckState::Good(_) => "ok",
        CheckState::Warning(..) => "warning",
        CheckState::Bad(_) => "failure",
    };
    json!({ "name": check.name.as_str(), "state": state, "words": check.words().as_str(), "hint": check.hint() })
}

/// What was found, one thing after the other.
fn checks(place: &Place, found: &Inspection) -> Vec<Check> {
    let whose = match found.is_sandbox {
        Some(true) => "of the sandbox",
        Some(false) => "of real customers",
        None => "of nobody yet",
    };
    let id = found.id.map_or_else(String::new, |id| format!(", {id}"));
    let record = Ok(Text::of(format_args!("{place}{id}, {whose}")));
    let usual = || Text::from("is worked with here");
    let mut checks = vec![
        Check::new("Record", record),
        Check::new("Place", found.mark.clone().map_or_else(|| Ok(usual()), Err)),
        version(found.version),
    ];
    if let Some(tables) = &found.tables {
        checks.extend(of_tables(tables));
    }
    checks
}

/// Whether this program made the tables.
fn version((found, newest): (u64, u64)) -> Check {
    let name = "Version";
    let words = Text::of(format_args!("{found}, and this program's is {newest}"));
    if found < newest {
        let hint =
            "It is brought up to date when it is next opened. Look again then: its rows were not looked at.";
        return Check::warning(name, words, hint);
    }
    let newer = || {
        let hint = "Install the newer backup365 on this computer. The rows were not looked at.";
        Failure::new(FailureKind::Record, Text::of(format_args!("made by a newer backup365: {words}")), hint)
    };
    Check::new(
        name,
        if found == newest {
            Ok(Text::of(format_args!("{found}, as this program makes it")))
        } else {
            Err(newer())
        },
    )
}

/// How the tables fit together.
fn of_tables(tables: &Tables) -> Vec<Check> {
    let bad = |words: Text| Err(Failure::new(FailureKind::Record, words, KEEP));
    let mut checks: Vec<Check> =
        tables.strange.iter().map(|words| Check::new("Tables", bad(words.clone()))).collect();
    if !checks.is_empty() {
        return checks;
    }
    checks.push(Check::new("Tables", Ok("all as this program makes them".into())));
    let orphans = tables.orphans.iter().map(|(table, rows)| {
        let rows = counted(*rows, "row", "rows");
        let words =
            format_args!("the table {table} has {rows} whose customer, run or other row is not there");
        Check::new("Rows", bad(Text::of(words)))
    });
    checks.extend(orphans);
    if tables.orphans.is_empty() {
        checks.push(Check::new("Rows", Ok("each finds what it points at".into())));
    }
    let seats = if tables.miscounted == 0 {
        Ok(Text::of(format_args!("{}, as many as are noted", grouped(tables.seats))))
    } else {
        bad(Text::of(format_args!(
            "another number of seats than is noted, for {}",
            counted(tables.miscounted, "product of a customer", "products of customers")
        )))
    };
    checks.push(Check::new("Seats", seats));
    let (entries, is_whole) = tables.history;
    let history = if is_whole {
        Ok(Text::of(format_args!("{} entries, each fits the one before", grouped(entries))))
    } else {
        bad("not whole: an entry was changed, removed or put in afterwards".into())
    };
    checks.push(Check::new("History", history));
    checks
}
