//! `customers show`: everything on record about one customer. No password is read for it.

use serde_json::{Value, json};

use crate::{
    commands::{
        quietly,
        record_context::{RecordContext, refused},
        status::{object, standing},
        warn,
    },
    domain::{
        bill::grouped,
        customer::{Customer, NewCustomer},
        customer_record::Column,
        doubt::{Accepted, Doubt},
        failure::Failure,
        protection::{self, Excluded, Seat, Trouble},
        speech::sentence,
        status::{ProductStatus, Status},
        sweep::OVERDUE_AFTER,
        sydney::{self, stamp_in_words},
        tenant::Organisation,
        text::Text,
        time::Moment,
        user::Kind,
    },
    exit::Exit,
    provider::store::{CustomerDetail, EnabledFor, ProductDetail, RunLine, SweepRecord},
};

use super::{Form, find, record};

/// Passes shown.
const SWEEPS: u32 = 5;

/// Excluded people and leavers named before the rest is only counted; the JSON names all. A guess: one screen.
const NAMED: usize = 40;

/// What is shown.
struct Sheet {
    customer: Customer,
    status: Status,
    detail: CustomerDetail,
    now: Moment,
}

/// Shows one customer.
pub(super) fn run(cx: &RecordContext, typed: &str, form: Form) -> anyhow::Result<Exit> {
    let sheet = match find(cx, typed, true).and_then(|customer| read(cx, customer)) {
        Ok(sheet) => sheet,
        Err(failure) => return Err(refused(&failure)),
    };
    if let Some(warning) = &sheet.status.sweep_warning {
        warn(warning.as_str());
    }
    let printed = if form == Form::Json {
        cx.json("customer", sheet.json())
    } else {
        sheet.lines(cx).iter().try_for_each(|line| cx.out.say(line))
    };
    quietly(printed, Exit::Done)
}

/// Reads all of it.
fn read(cx: &RecordContext, customer: Customer) -> Result<Sheet, Failure> {
    let now = cx.clock.now();
    let status = cx.store.status_of(sydney::latest_2000(now.minus(OVERDUE_AFTER)), Some(customer.id))?;
    let detail = cx.store.customer_detail(customer.id, SWEEPS)?;
    Ok(Sheet { customer, status, detail, now })
}

impl Sheet {
    /// For people.
    fn lines(&self, cx: &RecordContext) -> Vec<String> {
        let mut lines = self.record_lines();
        let name = &self.customer.name;
        lines.extend(self.detail.doubts.iter().map(|doubt| format!("  CHECK: {}.", doubt.in_words(name))));
        lines.extend(self.detail.accepted.iter().map(|known| {
            let what = known.doubt.in_words(name);
            format!("  {what}; accepted by {}, {}", known.by, stamp_in_words(known.at, &cx.zone))
        }));
        lines.extend(
            self.detail
                .partnership
                .iter()
                .map(|listed| format!("  Relationship: {}", listed.in_words(self.now))),
        );
        for detail in &self.detail.products {
            lines.push(String::new());
            match self.status.rows.iter().find(|row| row.product == detail.product) {
                Some(row) => self.product_lines(row, detail, cx, &mut lines),
                None => lines.push(format!("{}: not started", detail.product.name())),
            }
        }
        if !self.detail.runs.is_empty() {
            lines.extend([String::new(), "Runs, newest first:".into()]);
            lines.extend(self.detail.runs.iter().map(run_line));
        }
        if !self.detail.sweeps.is_empty() {
            lines.extend([String::new(), "Sweeps, newest first:".into()]);
            lines.extend(self.detail.sweeps.iter().map(sweep_line));
        }
        lines
    }

    /// Whether there is a next sweep for this customer as things stand.
    const fn will_run(&self) -> bool {
        self.customer.is_active && self.status.sweeper.standstill().is_none()
    }

    /// The record itself.
    fn record_lines(&self) -> Vec<String> {
        let record = NewCustomer::from(&self.customer);
        let mut lines = vec![format!("{} ({})", record.name, record.reference)];
        if !record.is_active {
            lines.push("  CLOSED: nothing can be set up for a closed account.".into());
        }
        let or = |column: Column, none: &str| {
            let value = column.of(&record);
            if value.is_empty() { none.to_owned() } else { value.to_string() }
        };
        let products: Vec<&str> = record.products.iter().map(|product| product.name()).collect();
        lines.extend([
            format!("  Domain: {}", or(Column::Domain, "not on record")),
            format!("  Products: {}", if products.is_empty() { "none".into() } else { products.join(", ") }),
            format!("  Tenant ID: {}", or(Column::Tenant, "not known yet")),
            format!("  Provisioned through Manage Protect: {}", Column::Managed.of(&record)),
            format!("  Time zone: {}", or(Column::TimeZone, "not on record; Sydney and here are shown")),
            format!("  Seats: {}", record.seats.map_or_else(|| "no limit on record".into(), grouped)),
        ]);
        lines
    }

    /// One product.
    fn product_lines(
        &self,
        row: &ProductStatus,
        detail: &ProductDetail,
        cx: &RecordContext,
        lines: &mut Vec<String>,
    ) {
        let verdict = row.verdict(&self.status.sweeper);
        lines.push(format!("{}: {}", row.product.name(), standing(row, &verdict, self.now, &cx.zone)));
        let reasons = row.attention(self.now, &self.status.sweeper);
        lines.extend(reasons.iter().map(|why| sentence(&format!("  NEEDS ATTENTION: {why}"))));
        lines.extend(verdict.gaps.iter().map(|gap| format!("  The list: {gap}")));
        if let Some(target) = &detail.enabled_for {
            lines.push(format!("  Enabled for: {}", target_in_words(target)));
        }
        if let Some((by, at)) = &detail.enabled_by {
            lines.push(format!("  Enabled by {by}, {}", stamp_in_words(*at, &cx.zone)));
        }
        if row.enabled.is_some() || row.on > 0 {
            lines.push(seats_line(row, detail));
            if let Some(counted) = row.list.counted {
                lines.push(format!("  Listed: as of {}", stamp_in_words(counted, &cx.zone)));
            }
        }
        if let Some(rule) = &row.rule {
            lines.push(format!(
                "  Enable Auto: on since {} by {}; {} confirmed, at most {} seats",
                stamp_in_words(rule.made, &cx.zone),
                rule.by,
                grouped(rule.confirmed),
                grouped(rule.ceiling)
            ));
            let next = sydney::next_2000(self.now);
            let zone = self.customer.time_zone.as_ref().map_or(cx.zone.as_str(), Text::as_str);
            let due = sydney::due_in_words(next, self.now, Some(zone));
            lines.push(match verdict.schedule.standstill {
                _ if !self.customer.is_active => "  Next sweep: none works for a closed account".to_owned(),
                Some(why) => format!("  Next sweep: {}", why.in_words().for_commands()),
                None => format!("  Next sweep due: {due}"),
            });
        }
        if row.enabled.is_some() {
            lines.push(format!("  Kinds included: {}", kinds_in_words(detail)));
        }
        let left = detail.left.iter().map(|seat| {
            let since = seat.left.map(|at| format!(", left on {}", sydney::day_in_words(at)));
            protection::named(&seat.name, &seat.address) + &since.unwrap_or_default()
        });
        name_lines("Left the organisation, their seats are kept", left, lines);
        let troubles = detail.troubles.iter().map(|trouble| {
            let at = stamp_in_words(trouble.at, &cx.zone);
            let who = protection::named(&trouble.name, &trouble.address);
            format!("{who}: {}, said by {}, {at}", without_full_stop(&trouble.words), trouble.by)
        });
        name_lines("Problems with the backup", troubles, lines);
        name_lines("Excluded", detail.excluded.iter().map(Excluded::named), lines);
    }

    /// For programs.
    fn json(&self) -> Value {
        let product = |detail: &ProductDetail| {
            let row = self.status.rows.iter().find(|row| row.product == detail.product);
            json!({
                "product": detail.product.word(),
                "status": row.map(|row| {
                    let sweeper = &self.status.sweeper;
                    object(row, &row.verdict(sweeper), &row.attention(self.now, sweeper))
                }),
                "enabled_for": detail.enabled_for.as_ref().map(target_as_json),
                "enabled_by": detail.enabled_by.as_ref().map(|(by, _)| by.as_str()),
                "kinds": included(detail).iter().map(|kind| kind.word()).collect::<Vec<_>>(),
                "left": detail.left.len(),
                "leavers": detail.left.iter().map(leaver_as_json).collect::<Vec<_>>(),
                "backed_up": detail.backed_up,
                "troubles": detail.troubles.iter().map(trouble_as_json).collect::<Vec<_>>(),
                "excluded": detail.excluded.iter().map(excluded_as_json).collect::<Vec<_>>(),
            })
        };
        json!({
            "customer": record(&NewCustomer::from(&self.customer)),
            "products": self.detail.products.iter().map(product).collect::<Vec<_>>(),
            "doubts": self.detail.doubts.iter().map(|doubt| doubt_as_json(doubt, None)).collect::<Vec<_>>(),
            "accepted": self.detail.accepted.iter().map(|known| doubt_as_json(&known.doubt, Some(known))).collect::<Vec<_>>(),
            "partnership": self.detail.partnership.as_ref().map(|listed| json!({
                "name": listed.name.as_str(), "origin": listed.origin.word(),
                "ends": listed.ends.map(|at| at.to_string()), "gone": listed.gone.map(|at| at.to_string()),
            })),
            "next_sweep": self.will_run().then(|| sydney::next_2000(self.now).to_string()),
            "runs": self.detail.runs.iter().map(run_as_json).collect::<Vec<_>>(),
            "sweeps": self.detail.sweeps.iter().map(sweep_as_json).collect::<Vec<_>>(),
        })
    }
}

/// What speaks against the tenant on record, and by whom and when that was accepted.
fn doubt_as_json(doubt: &Doubt, accepted: Option<&Accepted>) -> Value {
    let (other, domain, owner) = match doubt {
        Doubt::Shared(other) => (Some(other.reference.as_str()), None, None),
        Doubt::SharedMail(other, domain) => (Some(other.reference.as_str()), Some(domain.as_str()), None),
        Doubt::Elsewhere(found) => (None, Some(found.domain.as_str()), found.owner),
    };
    json!({
        "same_organisation_as": other,
        "domain": domain,
        "domain_of": owner.map(|owner| owner.to_string()),
        "by": accepted.map(|known| known.by.as_str()),
        "at": accepted.map(|known| known.at.to_string()),
    })
}

/// Seats of a product.
fn seats_line(row: &ProductStatus, detail: &ProductDetail) -> String {
    format!(
        "  Seats: {} protected of {} eligible, {} listed; {} with a first backup",
        grouped(row.on),
        grouped(row.list.eligible.max(row.on)),
        grouped(row.list.listed.max(row.on)),
        grouped(detail.backed_up)
    )
}

/// Kinds that are turned on.
fn included(detail: &ProductDetail) -> Vec<Kind> {
    Kind::ALL.into_iter().filter(|kind| *kind != Kind::Mailbox && detail.kinds.allows(*kind)).collect()
}

fn kinds_in_words(detail: &ProductDetail) -> String {
    included(detail).iter().map(|kind| kind.plural()).collect::<Vec<_>>().join(", ")
}

/// Users of one sort, by name; nothing where there is none.
fn name_lines(what: &str, users: impl ExactSizeIterator<Item = String>, lines: &mut Vec<String>) {
    let count = users.len();
    if count == 0 {
        return;
    }
    lines.push(format!("  {what}: {}", grouped(u32::try_from(count).unwrap_or(u32::MAX))));
    lines.extend(users.take(NAMED).map(|user| format!("    {user}")));
    if count > NAMED {
        lines.push(format!("    and {} more; --json names all", count - NAMED));
    }
}

fn leaver_as_json(seat: &Seat) -> Value {
    json!({
        "id": seat.id.to_string(),
        "name": seat.name.as_str(),
        "address": seat.address.as_str(),
        "left": seat.left.map(|at| at.to_string()),
    })
}

/// What a worker said, as a part of a sentence.
fn without_full_stop(words: &Text) -> &str {
    words.as_str().trim_end_matches('.')
}

fn trouble_as_json(trouble: &Trouble) -> Value {
    json!({
        "id": trouble.user.to_string(),
        "name": trouble.name.as_str(),
        "address": trouble.address.as_str(),
        "problem": trouble.words.as_str(),
        "at": trouble.at.to_string(),
        "by": trouble.by.as_str(),
    })
}

fn excluded_as_json(user: &Excluded) -> Value {
    json!({
        "id": user.id.to_string(),
        "name": user.name.as_ref().map(Text::as_str),
        "address": user.address.as_ref().map(Text::as_str),
        "at": user.at.to_string(),
        "by": user.by.as_str(),
    })
}

fn target_in_words(target: &EnabledFor) -> String {
    match target {
        EnabledFor::Server(server) => format!("the server {server}"),
        EnabledFor::Organisation(Organisation { tenant, name, domain, .. }) => {
            let name = name.as_ref().map_or("organisation without a known name", Text::as_str);
            let domain = domain.as_ref().map(|domain| format!(", {domain}")).unwrap_or_default();
            format!("{name}{domain}, {tenant}")
        }
    }
}

fn target_as_json(target: &EnabledFor) -> Value {
    match target {
        EnabledFor::Server(server) => json!({ "server": server.as_str() }),
        EnabledFor::Organisation(found) => json!({
            "tenant": found.tenant.to_string(),
            "name": found.name.as_ref().map(Text::as_str),
            "domain": found.domain.as_ref().map(Text::as_str),
        }),
    }
}

/// One run.
fn run_line(run: &RunLine) -> String {
    let state = match (run.finished, run.parked) {
        (Some(at), _) => format!("finished {}", stamp_in_words(at, sydney::ZONE)),
        (None, Some(at)) => format!("parked since {}", stamp_in_words(at, sydney::ZONE)),
        (None, None) => format!("not finished, last worked on {}", stamp_in_words(run.touched, sydney::ZONE)),
    };
    format!("  {} · {} · by {} · {state}", run.id, run.product.name(), run.by)
}

fn run_as_json(run: &RunLine) -> Value {
    json!({
        "run": run.id.to_string(),
        "product": run.product.word(),
        "opened": run.opened.to_string(),
        "by": run.by.as_str(),
        "touched": run.touched.to_string(),
        "parked": run.parked.map(|at| at.to_string()),
        "finished": run.finished.map(|at| at.to_string()),
    })
}

/// One pass.
fn sweep_line(sweep: &SweepRecord) -> String {
    let late = if sweep.is_late { ", late" } else { "" };
    let end = match (&sweep.attention, sweep.finished) {
        (Some(_), _) => "stopped: it needed attention".to_owned(),
        (None, Some(_)) => format!("{} turned on", grouped(sweep.turned_on)),
        (None, None) => format!("{} turned on, not finished", grouped(sweep.turned_on)),
    };
    format!("  {} · for {}{late} · {end}", sweep.product.name(), stamp_in_words(sweep.due, sydney::ZONE))
}

fn sweep_as_json(sweep: &SweepRecord) -> Value {
    json!({
        "product": sweep.product.word(),
        "due": sweep.due.to_string(),
        "started": sweep.started.to_string(),
        "finished": sweep.finished.map(|at| at.to_string()),
        "host": sweep.host.as_str(),
        "turned_on": sweep.turned_on,
        "left": sweep.left,
        "late": sweep.is_late,
        "attention": sweep.attention.as_ref().map(Text::as_str),
    })
}
