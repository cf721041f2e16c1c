//! `backup365 apply`: many customers from plan files.
//!
//! The plan is read and checked whole, by a dry journey for each customer; then two customers are set up, then the
//! rest, several at once. Every customer's link is out before any consent is waited for. Nobody new is started once
//! somebody came to the wrong tenant or to a bill above a limit. Started again, it goes on where it was: see
//! `progress.rs`.

mod check;
mod customer;
mod job_result;
mod load;
mod progress;
mod show;
mod summary;
mod together;
mod trust;
mod unswept;
mod words;
mod work;

use std::{
    any::Any,
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::{
    domain::{
        answers::{Allowance, Answers, Password},
        bill::counted,
        customer::{Customer, Product},
        plan::{PasswordSource, Place, Row, Users},
        secret::Secret,
        text::Text,
    },
    driver::front::Stop,
    exit::Exit,
    headless::{
        Observers,
        report::{End, Report},
    },
    private,
};

use super::{
    Context, error_of,
    journey::{self, NewWizardRun},
    own_credential::OwnCredential,
    unanswered::{self, Unanswered},
    warn,
};
use job_result::{Earlier, JobResult};
use progress::{Progress, Trouble};
use show::{Show, Stage};
pub use trust::Ask;
use trust::Uses;
use unswept::Unswept;
use work::After;

/// Customers that are checked at the same time where nothing else is said.
const CHECKED_AT_ONCE: usize = 4;

/// How long a played customer is waited for: they accept at once, and spreading takes the sandbox's customers seconds.
const REHEARSED: Duration = Duration::from_mins(2);

/// Said by a check below what the plan uses.
const CHECKED: &str = "The check has no program run and reads no password for it. To apply the plan, a yes on a terminal is needed, or --trust-plan.";

/// What is asked for.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct ApplyOptions {
    /// Plan files.
    pub plans: Vec<PathBuf>,
    /// Most new seats of the whole plan.
    pub max_seats: Option<u32>,
    /// Customers at the same time, 1 to 16.
    pub at_once: usize,
    /// How long consent is waited for once every link is out.
    pub wait: Duration,
    /// Only check.
    pub is_check: bool,
    /// What the plan runs, reads and signs in to is trusted.
    pub trust_plan: bool,
    /// Our own secrets, which no plan may have read.
    pub own: OwnCredential,
    /// Set up again the customers that were finished before.
    pub again: bool,
    /// Customers of the plan and others who have the same organisation, by reference.
    pub sharing: Vec<(Text, Text)>,
    /// Customers of the plan whose mail domain belongs to another organisation, by reference.
    pub domain_elsewhere: Vec<Text>,
    /// The command as it was typed, to which a flag that is missing is added.
    pub line: String,
    /// The summary as JSON.
    pub is_json: bool,
    /// Play the customers (sandbox only).
    pub rehearse: bool,
}

/// Reads a password from where a plan says it is.
///
/// # Errors
/// Says in words which source could not be read and why; never the value.
pub type Secrets = Arc<dyn Fn(&PasswordSource) -> Result<Secret<String>, Text> + Send + Sync>;

/// Makes a start for dry journeys, over a copy of the record, and says what keeps the copy.
///
/// # Errors
/// The record can't be copied.
pub type Dry<'a> = Box<dyn FnOnce() -> anyhow::Result<(NewWizardRun, Box<dyn Any>)> + 'a>;

/// What a plan is worked on with.
pub struct ApplyDeps<'a> {
    /// Starts journeys.
    pub start: NewWizardRun,
    /// Starts dry journeys.
    pub dry: Dry<'a>,
    /// Reads passwords.
    pub secrets: Secrets,
    /// Asks whether the plan is trusted; none where nobody can be asked.
    pub ask: Option<Ask>,
    /// What signals ask.
    pub stop: Stop,
    /// Folder of the plans' own folders.
    pub plans: PathBuf,
}

impl std::fmt::Debug for ApplyDeps<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApplyDeps").field("plans", &self.plans).finish_non_exhaustive()
    }
}

/// One customer of a plan.
#[derive(Debug)]
struct Job {
    /// The row.
    row: Row,
    /// Tells the row from one with other answers.
    key: String,
    /// The customer, as on record.
    customer: Customer,
    /// The product, where it is settled.
    product: Option<Product>,
    /// The answers of the journey.
    answers: Answers,
    /// Where the password comes from.
    password: Option<PasswordSource>,
    /// The files that its lists were read from.
    lists: Vec<PathBuf>,
    /// What the dry journey found.
    check: Option<Report>,
    /// What became of it.
    result: JobResult,
    /// Seats that its open run has billed before.
    begun: u32,
    /// The link of its open run, where that was out before.
    link: Option<[Text; 4]>,
}

impl Job {
    /// The organisation of a run that is finished.
    fn organisation(&self) -> Option<Text> {
        let JobResult::Finished(outcome, _) = &self.result else { return None };
        let run = &outcome.run;
        match (&run.organisation, &run.impersonation) {
            (_, Some(access)) if run.product.is_hosted() => Some(access.server.shown().host().to_text()),
            (Some(found), _) => {
                let four = found.tenant.last_four();
                found.name.as_ref().map(|name| Text::of(format_args!("{name} …{four}")))
            }
            _ => None,
        }
    }

    /// Whether it is still to be done.
    const fn is_open(&self) -> bool {
        matches!(self.result, JobResult::NotStarted)
    }
}

/// Applies plans.
///
/// # Errors
/// The record can't be read, or stdout can't be written for another reason than a closed pipe.
pub fn run(context: &Context, options: &ApplyOptions, deps: ApplyDeps<'_>) -> anyhow::Result<Exit> {
    let customers = context.provider.store.customers().map_err(|failure| error_of(&failure))?;
    let mut jobs = match load::jobs(options, &customers) {
        Ok(jobs) => jobs,
        Err(mistakes) => {
            let last = Text::from("Nothing was done. Mend the plan, then start again.");
            let lines = mistakes.iter().map(|mistake| Text::of(format_args!("{mistake}"))).chain([last]);
            return Err(Unanswered { exit: Exit::Usage, lines: lines.collect() }.into());
        }
    };
    let folder = deps.plans.join(load::folder_name(&options.plans));
    let progress = if options.is_check {
        Progress::look(&folder, options.again)
    } else {
        Progress::take(&folder, options.again)
    };
    let progress = match progress {
        Ok(progress) => progress,
        Err(Trouble::Held) => {
            let line = "Another backup365 applies this plan right now. Wait until it has ended, or stop it; then start again.";
            return Err(Unanswered { exit: Exit::Held, lines: vec![line.into()] }.into());
        }
        Err(Trouble::Failed(failure)) => return Err(error_of(&failure)),
    };
    for job in &mut jobs {
        recall(context, &progress, job)?;
    }
    let ApplyDeps { start, dry, secrets, stop, ask, .. } = deps;
    let uses = Uses::of(&jobs, &context.provider.store).map_err(|failure| error_of(&failure))?;
    if options.is_check && !uses.is_empty() {
        uses.lines().iter().for_each(|line| context.out.note(line.as_str()));
        context.out.note(CHECKED);
    }
    uses.demand(options, ask.as_ref(), &stop)?;
    passwords(&mut jobs, &secrets, options.is_check, &stop)?;
    let work = Work { context, options, start, stop, progress: Arc::new(progress) };
    work.check(&mut jobs, dry)?;
    work.go_on(jobs)
}

/// Asks the record what became of a row when the plan was applied before.
fn recall(context: &Context, progress: &Progress, job: &mut Job) -> anyhow::Result<()> {
    let Some(run) = progress.run(&job.key) else { return Ok(()) };
    let outcome = match context.provider.store.outcome(&run) {
        Ok(outcome) => outcome,
        // The record is another one than then.
        Err(failure) if failure.kind == crate::domain::failure::FailureKind::NotFound => return Ok(()),
        Err(failure) => return Err(error_of(&failure)),
    };
    if outcome.run.finished.is_some() {
        job.result = JobResult::Finished(Box::new(outcome), Earlier::Before);
    } else {
        job.begun = job_result::billed(&outcome);
        job.link = summary::link_before(&outcome, |tenant| context.provider.graph.browser_link(tenant));
    }
    Ok(())
}

/// Reads the passwords of the customers that are still to be done. A check reads none, and runs no command for one.
///
/// # Errors
/// Says which can't be read, all at once; or that the program was told to stop.
fn passwords(jobs: &mut [Job], secrets: &Secrets, is_check: bool, stop: &Stop) -> Result<(), Unanswered> {
    let mut lines = Vec::new();
    for job in jobs.iter_mut().filter(|job| job.is_open()) {
        let (Some(source), Some(details)) = (&job.password, &mut job.answers.details) else { continue };
        if is_check {
            details.password = Some(Password::Unread);
            continue;
        }
        let read = secrets(source);
        if let Some(exit) = journey::stopped(stop) {
            let words = "Stopped while the passwords were read. Nothing was done.";
            return Err(Unanswered { exit, lines: vec![words.into()] });
        }
        match read {
            Ok(password) => details.password = Some(Password::Read(password)),
            Err(why) => {
                let why = words::in_keys(why.as_str());
                lines.push(Text::of(format_args!("{}: {}: {why}.", job.row.place, job.customer.name)));
            }
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    lines.push("Nothing was done. Mend where the passwords come from, then start again.".into());
    Err(Unanswered { exit: Exit::Usage, lines })
}

/// The links that are out, in the order of the plan.
type Links = Mutex<BTreeMap<Place, [Text; 4]>>;

/// The work on one plan.
struct Work<'a> {
    context: &'a Context,
    options: &'a ApplyOptions,
    start: NewWizardRun,
    stop: Stop,
    progress: Arc<Progress>,
}

impl Work<'_> {
    /// Shows a stage.
    fn show(&self, stage: Stage, total: usize) -> Show {
        Show::begin(self.context.out, &self.context.clock, stage, total)
    }

    /// Makes a dry journey for every customer that is still to be done.
    fn check(&self, jobs: &mut [Job], dry: Dry<'_>) -> anyhow::Result<()> {
        let open: Vec<&mut Job> = jobs.iter_mut().filter(|job| job.is_open()).collect();
        if open.is_empty() {
            return Ok(());
        }
        let (start, _kept) = dry()?;
        let unswept = Unswept::of(self.context, &open)?;
        let show = self.show(Stage::Checking, open.len());
        work::at_once(open, CHECKED_AT_ONCE.max(self.options.at_once), &|job: &mut Job| {
            let running = show.start(&job.customer.name);
            let is_unsigned = self.options.is_check;
            let answers =
                Answers { is_dry_run: true, is_unsigned, wait: Duration::ZERO, ..job.answers.clone() };
            let (stop, clock, observers) = (&self.stop, &self.context.clock, Observers::default());
            let mut report = journey::travel(&start, answers, stop, clock, observers);
            words::mend(&mut report, &job.row);
            // Found now, not when the journey comes there in the middle of the plan, or after consent.
            let is_unswept = report.is_unswept || unswept.has(job);
            if is_unswept && !job.row.without_sweeper && report.end == End::Shown {
                (report.end, report.words) = (End::Stopped, words::unswept());
            }
            running.end(None);
            let is_told = matches!(report.end, End::Interrupted | End::Told(_));
            job.check = Some(report);
            if is_told { After::Stop } else { After::Well }
        });
        show.end();
        Ok(())
    }

    /// Shows what the check found; then works, unless nothing may be begun.
    fn go_on(&self, mut jobs: Vec<Job>) -> anyhow::Result<Exit> {
        let max_seats = self.options.max_seats;
        let checked = check::exit(&jobs, max_seats);
        let bills = |job: &Job| job.is_open() && job.row.users != Users::None;
        let known = check::Total::of(&jobs).seats().max(1);
        // In an own line where it is only checked: the check is how a person comes to know the number.
        let missing = (max_seats.is_none() && jobs.iter().any(bills)).then(|| {
            format!(
                "--max-seats is missing: the most new seats that the whole plan may bill, for example --max-seats {known}."
            )
        });
        if self.options.is_check {
            self.tell_doubts(&jobs);
            if let Some(missing) = missing {
                self.context.out.note(&format!("To apply the plan: {missing}"));
            }
            return self.tell(&jobs, checked, None);
        }
        self.context.out.block(&check::told(&jobs, max_seats));
        self.tell_doubts(&jobs);
        if !jobs.iter().any(Job::is_open) {
            self.context
                .out
                .note("Every customer of this plan is finished. To set them up again, add --again.");
        }
        if check::is_bad(&jobs) || check::is_over(&jobs, max_seats) {
            return self.refuse(&mut jobs, checked);
        }
        if let Some(missing) = missing {
            let line = Text::of(format_args!("{missing} Nothing was done."));
            return Err(Unanswered { exit: Exit::Usage, lines: vec![line] }.into());
        }
        self.work(&mut jobs);
        let exit = summary::exit(&jobs);
        self.tell(&jobs, exit, Some(self.progress.folder()))
    }

    /// The line that says, customer by customer, that the organisations are right which something speaks against.
    fn tell_doubts(&self, jobs: &[Job]) {
        let of = |job: &Job| {
            let doubts = job.check.iter().flat_map(|check| &check.doubts);
            doubts
                .map(|doubt| doubt.flag_for(&job.customer.reference).as_str().to_owned())
                .collect::<Vec<_>>()
        };
        let flags: Vec<String> = jobs.iter().flat_map(of).collect();
        if !flags.is_empty() {
            warn("For example, where all of them are right:");
            for line in unanswered::pasted(&self.options.line, &flags) {
                warn(line.as_str());
            }
        }
    }

    /// Nothing is begun, and why.
    fn refuse(&self, jobs: &mut [Job], exit: Exit) -> anyhow::Result<Exit> {
        for job in jobs.iter_mut() {
            if let Some(check) =
                job.check.take_if(|check| !matches!(check.end, End::Shown | End::Done { .. }))
            {
                job.result = JobResult::Ended(Box::new(check));
            }
        }
        warn(match exit {
            Exit::Interrupted | Exit::HangUp | Exit::Quit | Exit::Terminated => {
                "Stopped during the check. Nothing was done."
            }
            _ => {
                "Nothing was done: the check did not end well. Mend the plan, or what the remarks say; then start again."
            }
        });
        if self.options.is_json { self.tell(jobs, exit, Some(self.progress.folder())) } else { Ok(exit) }
    }

    /// Sets the customers up.
    fn work(&self, jobs: &mut [Job]) {
        let left = self.options.max_seats.map(|most| most.saturating_sub(check::Total::of(jobs).billed));
        let allowance = left.map(Allowance::of).unwrap_or_default();
        for job in jobs.iter_mut().filter(|job| job.is_open()) {
            job.answers.allowance = allowance.share();
            job.answers.max_seats = job.row.max_seats.or(self.options.max_seats);
            // What was refused a moment ago is not tried again: a password that is tried again and again locks the
            // account.
            if let Some(check) = job.check.take_if(|check| check.end == End::Refused) {
                job.result = JobResult::Ended(Box::new(check));
            }
        }
        let links = Links::new(
            jobs.iter().filter_map(|job| Some((job.row.place.clone(), job.link.clone()?))).collect(),
        );
        let open = |job: &&mut Job| job.is_open();
        // Those whose check failed come last: they may be reachable by then, and are no measure for the others.
        let (good, doubtful): (Vec<&mut Job>, Vec<&mut Job>) = jobs
            .iter_mut()
            .filter(open)
            .partition(|job| job.check.as_ref().is_none_or(|check| check.end == End::Shown));
        let all: Vec<&mut Job> = good.into_iter().chain(doubtful).collect();
        if all.is_empty() {
            return;
        }
        let show = self.show(Stage::Working, all.len());
        let wait = match self.options.wait {
            Duration::ZERO if self.options.rehearse => REHEARSED,
            wait if self.options.rehearse => wait,
            _ => Duration::ZERO,
        };
        let is_whole =
            work::two_first(all, self.options.at_once, &|job: &mut Job| self.one(job, wait, &show, &links));
        show.end();
        if !is_whole {
            warn("Nobody new was started after that. The others wait for the next start of this plan.");
            return;
        }
        self.await_customers(jobs, &links);
    }

    /// Every link is out: waits for the customers, all at once and on a few threads, because waiting costs nothing.
    fn await_customers(&self, jobs: &mut [Job], links: &Links) {
        let is_waiting =
            |job: &&mut Job| matches!(&job.result, JobResult::Ended(report) if report.end == End::Waiting);
        let waiting: Vec<&mut Job> = jobs.iter_mut().filter(is_waiting).collect();
        if waiting.is_empty() || self.options.wait.is_zero() || self.options.rehearse {
            return;
        }
        let count = waiting.len();
        let who = counted(u32::try_from(count).unwrap_or(u32::MAX), "customer", "customers");
        let file = Text::clean(&self.progress.folder().join(summary::LINKS).display().to_string());
        self.context.out.note(&format!("Waiting for the consent of {who}. Their links: {file}"));
        let show = self.show(Stage::Waiting, count);
        let mut pieces = Vec::with_capacity(count);
        for job in waiting {
            let (running, answers, observers) = self.begun(job, self.options.wait, &show);
            pieces.push(((job, running), answers, observers));
        }
        let around = (&self.stop, &self.context.clock);
        together::travel_together(&self.start, around, pieces, &|(job, running): (&mut Job, _), report| {
            self.ended(job, report, &running, links);
        });
        show.end();
    }

    /// The summary, to stdout and into the plan's folder.
    fn tell(&self, jobs: &[Job], exit: Exit, folder: Option<&Path>) -> anyhow::Result<Exit> {
        let Context { out, is_sandbox, .. } = self.context;
        let about =
            summary::About { jobs, folder, max_seats: self.options.max_seats, exit, is_sandbox: *is_sandbox };
        let json = summary::json(about);
        let text = match folder {
            Some(_) => summary::text(about),
            None => check::told(jobs, self.options.max_seats),
        };
        if let Some(folder) = folder {
            let kept = private::replace(&folder.join("summary.txt"), &text)
                .and_then(|()| private::replace(&folder.join("summary.json"), &format!("{json:#}\n")));
            if let Err(error) = kept {
                warn(&format!("The summary could not be written into the plan's folder: {error}"));
            }
        }
        let said = if self.options.is_json { out.json(&json) } else { out.say(text.trim_end()) };
        if let Some(folder) = folder {
            out.note(&format!("Summary, links and receipts: {}", Text::clean(&folder.display().to_string())));
        }
        super::quietly(said, exit)
    }
}
