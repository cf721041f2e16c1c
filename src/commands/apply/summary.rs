//! What a plan came to: the table of customers, the table of links, one JSON, and one receipt for each finished run.

use std::{collections::BTreeMap, io, path::Path};

use serde_json::{Value, json};

use crate::{
    domain::{
        bill::{Bill, counted, grouped},
        id::TenantId,
        receipt::{self, Form},
        run::Outcome,
        text::Text,
    },
    exit::Exit,
    headless::report::End,
    private::{make_folder, replace},
};

use super::{
    super::table,
    Job, check,
    job_result::{self, JobResult},
};

/// The version of the JSON, `assets/json/apply.schema.json`.
const VERSION: u32 = 1;

/// Folder of the receipts in the plan's folder.
pub(super) const RECEIPTS: &str = "receipts";

/// File of the links in the plan's folder.
pub(super) const LINKS: &str = "links.txt";

/// What a summary is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    /// The customers, in the order of the plan.
    pub(super) jobs: &'a [Job],
    /// The plan's own folder; none where it was only checked.
    pub(super) folder: Option<&'a Path>,
    /// Most seats of the whole plan.
    pub(super) max_seats: Option<u32>,
    /// How it ends.
    pub(super) exit: Exit,
    /// Everything is invented.
    pub(super) is_sandbox: bool,
}

/// The exit code of the worst.
pub(super) fn exit(jobs: &[Job]) -> Exit {
    job_result::worst(jobs.iter().map(|job| job.result.exit()))
}

/// The links that customers have not accepted yet, to be pasted into mails; empty without one.
pub(super) fn links<'a>(waiting: impl IntoIterator<Item = &'a [Text; 4]>) -> String {
    let waiting: Vec<[Text; 4]> = waiting.into_iter().cloned().collect();
    if waiting.is_empty() {
        String::new()
    } else {
        table::whole(["CUSTOMER", "ORGANISATION", "TENANT", "LINK"], &waiting)
    }
}

/// A customer who waits, with the link.
pub(super) fn link(job: &Job) -> Option<[Text; 4]> {
    let JobResult::Ended(report) = &job.result else { return None };
    let link = report.link.clone().filter(|_| matches!(report.end, End::Waiting))?;
    let four =
        report.tenant.map_or_else(Text::default, |tenant| Text::of(format_args!("…{}", tenant.last_four())));
    let organisation = report.organisation.clone().unwrap_or_else(|| Text::from("not known yet"));
    Some([job.customer.name.clone(), organisation, four, link])
}

/// The link of an open run that was out when the plan was applied before.
pub(super) fn link_before(outcome: &Outcome, link: impl FnOnce(TenantId) -> String) -> Option<[Text; 4]> {
    let run = &outcome.run;
    let found = run.organisation.as_ref().filter(|_| run.link_shown.is_some() && run.proved.is_none())?;
    let organisation = found.name.clone().unwrap_or_else(|| Text::from("not known yet"));
    let four = Text::of(format_args!("…{}", found.tenant.last_four()));
    Some([run.customer.name.clone(), organisation, four, Text::clean(&link(found.tenant))])
}

/// Writes the receipts of a finished run, for the ticket and as JSON.
pub(super) fn keep_receipts(folder: &Path, outcome: &Outcome) -> io::Result<()> {
    let folder = folder.join(RECEIPTS);
    make_folder(&folder)?;
    for form in [Form::Ticket, Form::Json] {
        replace(&folder.join(form.file_name(outcome).as_str()), &receipt::write(outcome, form))?;
    }
    Ok(())
}

/// The summary as text, lines ended by a newline.
pub(super) fn text(about: About<'_>) -> String {
    let rows: Vec<[Text; 5]> = about.jobs.iter().map(row).collect();
    let mut text = String::new();
    if about.is_sandbox {
        text.push_str("SANDBOX: these customers are invented.\n");
    }
    text.push_str(&table::whole(["CUSTOMER", "PRODUCT", "RUN", "RESULT", "WHAT HAPPENED"], &rows));
    text.push('\n');
    text.push_str(&counts(about));
    let links = links(&about.jobs.iter().filter_map(link).collect::<Vec<_>>());
    if !links.is_empty() {
        text.push_str(
            "\nThese customers are waited for. Send each its own link, then start the plan again:\n\n",
        );
        text.push_str(&links);
    }
    text
}

fn row(job: &Job) -> [Text; 5] {
    [
        job.customer.name.clone(),
        Text::from(job.product.map_or("?", crate::domain::customer::Product::name)),
        job.result.run().map_or_else(|| Text::from("-"), |run| Text::of(format_args!("{run}"))),
        Text::from(job.result.word()),
        job.result.words(),
    ]
}

/// How many ended how, and the seats.
fn counts(about: About<'_>) -> String {
    let mut ends: BTreeMap<&str, u32> = BTreeMap::new();
    for job in about.jobs {
        let count = ends.entry(job.result.word()).or_default();
        *count = count.saturating_add(1);
    }
    let parts: Vec<String> = ends.iter().map(|(word, count)| format!("{} {word}", grouped(*count))).collect();
    let all = u32::try_from(about.jobs.len()).unwrap_or(u32::MAX);
    let seats = counted(billed(about.jobs), "seat", "seats");
    let most = about.max_seats.map_or_else(String::new, |most| format!(" of at most {}", grouped(most)));
    format!(
        "{}: {}. Billed by this plan: {seats}{most}.\n",
        counted(all, "customer", "customers"),
        parts.join(", ")
    )
}

/// The seats that the plan has billed so far.
fn billed(jobs: &[Job]) -> u32 {
    jobs.iter().fold(0, |sum, job| sum.saturating_add(job.result.billed()).saturating_add(job.begun))
}

/// The summary as one object; a check is the same with `check: true`.
pub(super) fn json(about: About<'_>) -> Value {
    let is_check = about.folder.is_none();
    let total = check::Total::of(about.jobs);
    json!({
        "kind": "apply",
        "version": VERSION,
        "sandbox": about.is_sandbox,
        "check": is_check,
        "exit_code": about.exit.code(),
        "folder": about.folder.map(|folder| Text::clean(&folder.display().to_string()).to_string()),
        "seats": {
            "most": about.max_seats,
            "billed": billed(about.jobs),
            "to_bill": total.known,
            "not_known_yet": total.unknown.saturating_add(total.untried),
        },
        "customers": about.jobs.iter().map(|job| one(job, is_check)).collect::<Vec<_>>(),
    })
}

fn one(job: &Job, is_check: bool) -> Value {
    let report = match &job.result {
        JobResult::Ended(report) => Some(report.as_ref()),
        JobResult::NotStarted => job.check.as_ref(),
        JobResult::Finished(..) => None,
    };
    let shown = match (&job.result, &job.check) {
        (JobResult::NotStarted, Some(check)) if is_check => JobResult::Ended(Box::new(check.clone())),
        (result, _) => result.clone(),
    };
    let bill = report.and_then(|report| report.bill.as_ref()).map(Bill::billed);
    let text = |text: Option<&Text>| text.map(ToString::to_string);
    json!({
        "plan": job.row.place.file.as_str(),
        "line": job.row.place.line,
        "reference": job.customer.reference.as_str(),
        "name": job.customer.name.as_str(),
        "product": job.product.map(crate::domain::customer::Product::word),
        "run": shown.run().map(ToString::to_string),
        "result": shown.word().replace(' ', "_"),
        "exit_code": shown.exit().code(),
        "words": shown.words().as_str(),
        "organisation": text(report.and_then(|report| report.organisation.as_ref())).or_else(|| text(job.organisation().as_ref())),
        "last_four": text(report.and_then(|report| report.tenant).map(TenantId::last_four).as_ref()),
        "link": text(report.filter(|report| !is_check && report.end == End::Waiting).and_then(|report| report.link.as_ref())),
        "new_seats": bill,
        "receipt": match &job.result {
            JobResult::Finished(outcome, _) => serde_json::from_str(&receipt::write(outcome, Form::Json)).unwrap_or_default(),
            _ => Value::Null,
        },
    })
}
