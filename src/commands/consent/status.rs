//! `backup365 consent status`: whole, lacking, withdrawn or gone, customer by customer. Ends with 6 where one needs attention.

use serde_json::json;

use crate::{
    commands::{
        quietly,
        record_context::{RecordContext, refused},
        table::{Cut, Table},
    },
    domain::{
        bill::counted,
        consent::{Standing, tally},
        permission::PermissionSet,
        phrase::Command,
        speech::sentence,
        text::{Text, capital},
    },
    exit::Exit,
};

use super::{Row, Terms, named};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wish {
    /// Words that name or reference must hold; empty: any.
    pub words: String,
    /// Only what needs attention.
    pub only_attention: bool,
    /// As one object.
    pub is_json: bool,
}

/// Says it.
///
/// # Errors
/// The record can't be read, or stdout can't be written for another reason than a closed pipe.
pub fn run(cx: &RecordContext, set: &PermissionSet, wish: &Wish) -> anyhow::Result<Exit> {
    cx.says_sandbox();
    let terms = Terms { cx, set, now: cx.clock.now() };
    let all = terms.rows(&wish.words).map_err(|failure| refused(&failure))?;
    let needs_attention = all.iter().any(|row| row.standing.advice().is_some());
    let sums = sums(&all);
    let rows: Vec<Row> =
        all.into_iter().filter(|row| !wish.only_attention || row.standing.advice().is_some()).collect();
    let printed = if wish.is_json {
        cx.json(
            "consent-status",
            json!({
                "at": terms.now.to_string(),
                "needs_attention": needs_attention,
                "set": terms.set_object(),
                "customers": rows.iter().map(|row| terms.object(row)).collect::<Vec<_>>(),
            }),
        )
    } else {
        lines(terms, &rows, &sums).iter().try_for_each(|line| cx.out.say(line))
    };
    quietly(printed, if needs_attention { Exit::Attention } else { Exit::Done })
}

/// For people.
fn lines(terms: Terms<'_>, rows: &[Row], sums: &str) -> Vec<String> {
    let mut lines = vec![sentence(&capital(&terms.asked()))];
    lines.extend(rows.iter().filter_map(|row| trouble(terms, row)));
    lines.extend(rows.iter().filter_map(|Row { of, .. }| {
        of.relationship.as_ref().map(|words| format!("RELATIONSHIP: {}: {words}.", named(of)))
    }));
    if !rows.is_empty() {
        let mut table = Table::new([
            ("REFERENCE", Cut::Never),
            ("NAME", Cut::Late),
            ("CONSENT", Cut::Never),
            ("AS OF", Cut::Never),
            ("ASKED AGAIN", Cut::Late),
        ]);
        for Row { of, standing } in rows {
            let seen = of.seen.as_ref().map_or_else(|| Text::from("-"), |seen| terms.at(seen.at));
            let progress =
                of.progress(standing, terms.set).map(|far| far.in_words(terms.now, &terms.cx.zone));
            let (reference, name) = (of.customer.reference.clone(), of.customer.name.clone());
            table.push([reference, name, standing.in_words(), seen, progress.unwrap_or_default()]);
        }
        lines.push(String::new());
        lines.extend(table.lines(terms.cx.width));
        lines.push(String::new());
    }
    lines.push(sums.to_owned());
    if rows.iter().any(|row| row.standing == Standing::NotSeen) {
        lines.push(format!(
            "Who was not looked at yet is looked at by the next sweep, and by {}.",
            Command::StatusRefresh
        ));
    }
    if rows.iter().any(|row| row.standing.must_accept()) {
        lines.push(format!(
            "The links and the texts for those who must accept again: {}",
            Command::ConsentRenew
        ));
    }
    lines
}

/// What must be looked at, in a whole sentence.
fn trouble(terms: Terms<'_>, Row { of, standing }: &Row) -> Option<String> {
    let why = of.trouble(standing, terms.set)?;
    Some(sentence(&format!("NEEDS ATTENTION: {}: {why}", named(of))))
}

/// What the rows come to.
fn sums(rows: &[Row]) -> String {
    if rows.is_empty() {
        return "No customer with Office 365 fits.".into();
    }
    let all = counted(u32::try_from(rows.len()).unwrap_or(u32::MAX), "customer", "customers");
    let parts = tally(&rows.iter().map(|row| &row.standing).collect::<Vec<_>>());
    format!("{all}: {}.", parts.iter().map(Text::as_str).collect::<Vec<_>>().join(", "))
}
