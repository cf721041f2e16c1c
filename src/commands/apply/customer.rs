//! One customer of a plan: the journey, what it came to, and what is kept of it.

use std::{sync::Arc, time::Duration};

use super::{
    super::journey,
    Job, Links, Work,
    job_result::{self, Earlier, JobResult},
    show::{self, Show},
    summary, words,
    work::After,
};
use crate::{
    domain::{answers::Answers, lock::lock, phrase::Command, text::Text},
    headless::{
        Observers,
        report::{self, End, Report},
    },
    private,
};

impl Work<'_> {
    /// Sets one customer up, as far as that goes now.
    pub(super) fn one(&self, job: &mut Job, wait: Duration, show: &Show, links: &Links) -> After {
        let (running, answers, observers) = self.begun(job, wait, show);
        let report = journey::travel(&self.start, answers, &self.stop, &self.context.clock, observers);
        self.ended(job, report, &running, links)
    }

    /// What a customer's journey is made with.
    pub(super) fn begun(
        &self,
        job: &Job,
        wait: Duration,
        show: &Show,
    ) -> (Arc<show::Running>, Answers, Observers) {
        let running = Arc::new(show.start(&job.customer.name));
        let observers = self.observers(job, &running);
        (running, Answers { wait, ..job.answers.clone() }, observers)
    }

    /// Keeps what a customer's journey came to.
    pub(super) fn ended(
        &self,
        job: &mut Job,
        mut report: Report,
        running: &show::Running,
        links: &Links,
    ) -> After {
        // Told to go before it came to its run again: that is kept, with its link.
        if let (End::Interrupted | End::Told(_), None, JobResult::Ended(before)) =
            (&report.end, &report.run, &mut job.result)
            && let Some(run) = &before.run
        {
            let words = report::kept(run);
            report = Report { end: report.end, words, ..std::mem::take(before) };
        }
        words::mend(&mut report, &job.row);
        job.result = self.settled(report, running);
        self.settle(job);
        self.keep_links(job, links, running);
        let after = match &job.result {
            result if result.is_stop() => After::Stop,
            result if result.is_well() => After::Well,
            _ => After::Badly,
        };
        running.end(Some(&Text::of(format_args!("{}: {}", job.result.word(), job.result.words()))));
        after
    }

    /// What hears of a journey: the screen, and the plan's progress before anything is done in the run.
    fn observers(&self, job: &Job, running: &Arc<show::Running>) -> Observers {
        let (teller, noter, waiter) = (Arc::clone(running), Arc::clone(running), Arc::clone(running));
        let (progress, key) = (Arc::clone(&self.progress), job.key.clone());
        Observers {
            tell: Some(Box::new(move |words| teller.step(words))),
            note: Some(Box::new(move |run| {
                if let Err(error) = progress.note(&key, run) {
                    noter.warn(&format!("the progress of the plan could not be kept: {error}"));
                }
            })),
            pause: Some(Box::new(move || waiter.wait_on())),
        }
    }

    /// What a journey came to, by the record where it came to an end.
    fn settled(&self, report: Report, running: &show::Running) -> JobResult {
        let (End::Done { .. }, Some(run)) = (&report.end, &report.run) else {
            return JobResult::Ended(Box::new(report));
        };
        match self.context.provider.store.outcome(run) {
            Ok(outcome) => {
                if let Err(error) = summary::keep_receipts(self.progress.folder(), &outcome) {
                    running.warn(&format!(
                        "the receipt could not be written: {error}. {} shows it.",
                        Command::Receipt(run.clone())
                    ));
                }
                JobResult::Finished(Box::new(outcome), Earlier::Now)
            }
            Err(failure) => {
                running.warn(&format!("what was done could not be read back: {}", failure.for_commands()));
                JobResult::Ended(Box::new(report))
            }
        }
    }

    /// Gives back what was set aside for a bill that did not come about.
    fn settle(&self, job: &mut Job) {
        let billed = match &job.result {
            JobResult::Finished(outcome, _) => Some(job_result::billed(outcome)),
            JobResult::Ended(report) => report
                .run
                .as_ref()
                .and_then(|run| self.context.provider.store.outcome(run).ok())
                .map(|outcome| job_result::billed(&outcome)),
            JobResult::NotStarted => None,
        };
        // Where neither the record nor the run can say it, the sum stays set aside: rather too few seats than too many.
        if let Some(billed) = billed {
            job.answers.allowance.settle(billed.saturating_sub(job.begun));
            job.begun = if matches!(job.result, JobResult::Finished(..)) { 0 } else { billed };
        }
    }

    /// Writes the links that are out, so that they can be sent while the others are still worked on.
    fn keep_links(&self, job: &Job, links: &Links, running: &show::Running) {
        let mut links = lock(links);
        match summary::link(job) {
            Some(link) => links.insert(job.row.place.clone(), link),
            None => links.remove(&job.row.place),
        };
        let path = self.progress.folder().join(summary::LINKS);
        if let Err(error) = private::replace(&path, &summary::links(links.values())) {
            running.warn(&format!("the file of the links could not be written: {error}"));
        }
    }
}
