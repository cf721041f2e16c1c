//! `backup365 consent renew`: the customers who must accept again, each one's link and text, and what operators marked. It
//! sends nothing. What was accepted is seen by the next look at Microsoft, whoever looks.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    commands::{
        quietly,
        record_context::{RecordContext, refused},
        table::{Cut, Table},
        unanswered::Unanswered,
        warn,
    },
    domain::{
        bill::counted,
        consent::{CustomerConsent, Progress, Standing, asked_again, why_again},
        failure::Failure,
        invitation::{Again, Letter},
        permission::PermissionSet,
        phrase::Command,
        text::Text,
    },
    exit::Exit,
    provider::{graph::Graph, store::InvitationChange},
};

use super::{Row, Terms, named};

/// How long somebody who has accepted stays on the list. A guess: long enough for the lead to see it.
const RECENT: Duration = Duration::from_hours(30 * 24);

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Words that name or reference must hold; empty: any.
    pub words: String,
    /// The text for each is printed, too.
    pub has_texts: bool,
    /// References of customers who were sent the link.
    pub sent: Vec<Text>,
    /// References of customers who were reminded.
    pub reminded: Vec<Text>,
    /// As one object.
    pub is_json: bool,
    /// The partner's own name.
    pub partner: Option<Text>,
}

/// Marks what is to be marked, then says who must accept again.
///
/// # Errors
/// The record can't be used; a reference is none, or its customer need not accept again; stdout can't be written.
pub fn run(cx: &RecordContext, graph: &Graph, set: &PermissionSet, asked: &Asked) -> anyhow::Result<Exit> {
    cx.says_sandbox();
    let terms = Terms { cx, set, now: cx.clock.now() };
    let marks = mark(terms, asked)?;
    if !marks.is_empty() && !asked.is_json {
        return quietly(marks.iter().try_for_each(|line| cx.out.say(line)), Exit::Done);
    }
    let rows = terms.rows(&asked.words).map_err(|failure| refused(&failure))?;
    let sheet = Sheet { terms, graph, asked };
    let rows: Vec<Row> = rows.into_iter().filter(|row| sheet.is_shown(row)).collect();
    let printed = if asked.is_json {
        cx.json("consent-renewal", sheet.json(&rows).map_err(|failure| refused(&failure))?)
    } else {
        let lines = sheet.lines(&rows).map_err(|failure| refused(&failure))?;
        lines.iter().try_for_each(|line| cx.out.say(line))
    };
    quietly(printed, Exit::Done)
}

/// Marks customers as sent and as reminded, all or none of them; says what was done.
fn mark(terms: Terms<'_>, asked: &Asked) -> anyhow::Result<Vec<String>> {
    let Asked { sent, reminded, .. } = asked;
    if sent.is_empty() && reminded.is_empty() {
        return Ok(Vec::new());
    }
    let rows = terms.rows("").map_err(|failure| refused(&failure))?;
    let find = |reference: &Text| {
        let is_it = |row: &&Row| row.of.customer.reference.as_str().eq_ignore_ascii_case(reference.as_str());
        rows.iter().find(is_it).ok_or_else(|| {
            usage(&format!(
                "no open customer with Office 365 has the reference {reference}; nothing was marked"
            ))
        })
    };
    let sent = sent.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let reminded = reminded.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let is_asked = |row: &&&Row| row.standing.must_accept() && row.of.tenant.is_some();
    if let Some(other) = sent.iter().find(|row| !is_asked(row)) {
        let (who, how) = (named(&other.of), other.standing.in_words());
        return Err(
            usage(&format!("{who}: there is nothing to accept again ({how}). Nothing was marked.")).into()
        );
    }
    let is_waiting =
        |row: &&&Row| row.of.open_renewal().is_some() || sent.iter().any(|it| std::ptr::eq(*it, **row));
    if let Some(other) = reminded.iter().find(|row| !is_waiting(row)) {
        let who = named(&other.of);
        let how = Command::ConsentSent(other.of.customer.reference.clone());
        return Err(usage(&format!(
            "{who} was not sent a link that waits to be accepted. Mark that first: {how}"
        ))
        .into());
    }
    let store = &terms.cx.store;
    let mut lines = Vec::new();
    for Row { of, standing } in sent {
        let names: Vec<Text> = asked_again(standing, terms.set).into_iter().map(|row| row.value).collect();
        if let Some(tenant) = of.tenant {
            store.send_renewal((of.customer.id, tenant), &names).map_err(|failure| refused(&failure))?;
        }
        lines.push(format!("{}: marked as sent.", named(of)));
    }
    for row in reminded {
        store.remind_renewal(row.of.customer.id).map_err(|failure| refused(&failure))?;
        lines.push(format!("{}: marked as reminded.", named(&row.of)));
    }
    Ok(lines)
}

/// A wrong argument.
fn usage(words: &str) -> Unanswered {
    Unanswered::new(Exit::Usage, words)
}

/// Who must accept again.
#[derive(Debug, Clone, Copy)]
struct Sheet<'a> {
    terms: Terms<'a>,
    graph: &'a Graph,
    asked: &'a Asked,
}

impl Sheet<'_> {
    /// Whether a customer is on the list.
    fn is_shown(self, row: &Row) -> bool {
        match row.of.progress(&row.standing, self.terms.set) {
            Some(Progress::Accepted(_, at)) => self.terms.now.since(at) < RECENT,
            Some(Progress::ToSend | Progress::Sent(_)) => true,
            None => false,
        }
    }

    /// The link; none for whoever need not open it.
    fn link(self, row: &Row) -> Option<Text> {
        let tenant = row.of.tenant.filter(|_| row.standing.must_accept())?;
        Some(row.of.hinted(Text::clean(&self.graph.browser_link(tenant))))
    }

    /// For people.
    fn lines(self, rows: &[Row]) -> Result<Vec<String>, Failure> {
        if rows.is_empty() {
            return Ok(vec!["Nobody must accept again.".into()]);
        }
        let mut table = Table::new([
            ("REFERENCE", Cut::Never),
            ("NAME", Cut::Late),
            ("CONSENT", Cut::Never),
            ("ASKED AGAIN", Cut::Late),
        ]);
        for row in rows {
            let far = row
                .of
                .progress(&row.standing, self.terms.set)
                .map(|far| far.in_words(self.terms.now, &self.terms.cx.zone));
            let (reference, name) = (row.of.customer.reference.clone(), row.of.customer.name.clone());
            table.push([reference, name, row.standing.in_words(), far.unwrap_or_default()]);
        }
        let mut lines = table.lines(self.terms.cx.width);
        lines.extend([String::new(), self.sums(rows)]);
        // A link stands alone on its line, so that it can be taken whole.
        for (row, link) in rows.iter().filter_map(|row| Some((row, self.link(row)?))) {
            let who = named(&row.of);
            if self.asked.has_texts {
                lines.extend([String::new(), format!("---- The text for {who}:"), String::new()]);
                lines.push(self.text(&row.of, &row.standing)?.unwrap_or_default().trim_end().to_owned());
            } else {
                lines.extend([format!("The link for {who}:"), link.to_string()]);
            }
        }
        let first = rows.iter().find(|row| row.standing.must_accept()).filter(|_| !self.asked.has_texts);
        lines.extend(first.map(|row| {
            let reference = &row.of.customer.reference;
            let (text, sent) =
                (Command::ConsentRenewOf(reference.clone()), Command::ConsentSent(reference.clone()));
            format!("The text to send: {text}, or --texts for all. Then mark it: {sent}")
        }));
        Ok(lines)
    }

    /// How many are how far.
    fn sums(self, rows: &[Row]) -> String {
        let count = |fits: fn(Progress<'_>) -> bool| {
            let is = |row: &&Row| row.of.progress(&row.standing, self.terms.set).is_some_and(fits);
            u32::try_from(rows.iter().filter(is).count()).unwrap_or(u32::MAX)
        };
        let parts = [
            (count(|far| far == Progress::ToSend), "to send"),
            (count(|far| matches!(far, Progress::Sent(renewal) if renewal.reminded.is_none())), "sent"),
            (count(|far| matches!(far, Progress::Sent(renewal) if renewal.reminded.is_some())), "reminded"),
            (count(|far| matches!(far, Progress::Accepted(..))), "accepted in the last 30 days"),
        ];
        let all = counted(u32::try_from(rows.len()).unwrap_or(u32::MAX), "customer", "customers");
        let parts: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        format!("{all}: {}.", parts.join(", "))
    }

    /// The text for one customer's administrator; the invitation is made where the run has none.
    fn text(self, of: &CustomerConsent, standing: &Standing) -> Result<Option<String>, Failure> {
        let (Some(run), Some(tenant)) = (&of.run, of.tenant) else { return Ok(None) };
        let record = self.terms.cx.store.invite(run, InvitationChange::Keep)?;
        if record.invitation.as_ref().is_some_and(|known| known.withdrawn.is_some()) {
            let anew = Command::InvitationAnew(run.clone());
            warn(&format!("{}: the invitation was withdrawn. To make another one: {anew}", named(of)));
        }
        let Terms { cx, set, .. } = self.terms;
        let all: Vec<(Text, Text)> =
            set.rows.iter().map(|row| (row.value.clone(), row.reason.clone())).collect();
        let (why, new) = why_again(standing, set);
        Ok(Letter {
            partner: self.asked.partner.as_ref(),
            run: &record,
            link: of.hinted(Text::clean(&self.graph.browser_link(tenant))).as_str(),
            permissions: &all,
            here: &cx.zone,
            is_sandbox: cx.is_sandbox,
            again: Some(Again { why: &why, new: &new }),
        }
        .write())
    }

    /// For programs.
    fn json(self, rows: &[Row]) -> Result<Value, Failure> {
        let mut customers = Vec::new();
        for row in rows {
            let mut object = self.terms.object(row);
            let far = row.of.progress(&row.standing, self.terms.set).map(Progress::word);
            let is_written = self.asked.has_texts && row.standing.must_accept();
            let text = if is_written { self.text(&row.of, &row.standing)? } else { None };
            if let Some(fields) = object.as_object_mut() {
                fields.insert("progress".into(), json!(far));
                fields.insert("link".into(), json!(self.link(row).as_ref().map(Text::as_str)));
                fields.insert("text".into(), json!(text));
            }
            customers.push(object);
        }
        Ok(json!({
            "at": self.terms.now.to_string(),
            "set": self.terms.set_object(),
            "customers": customers,
        }))
    }
}
