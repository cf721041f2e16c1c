//! What is said while a plan is worked on: one bar line per running customer on a terminal, one line a step without.

use std::{
    borrow::Cow,
    sync::{Arc, Mutex},
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{
    commands::{Out, warn},
    domain::{
        lock::lock,
        text::Text,
        time::{Clock, Moment},
    },
};

/// How often a wait of many is told.
const TOLD_EVERY: Duration = Duration::from_secs(30);

/// What is done with the customers of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Dry journeys.
    Checking,
    /// Journeys.
    Working,
    /// Journeys that wait for consent, all side by side.
    Waiting,
}

impl Stage {
    /// Words before the counts.
    const fn words(self) -> &'static str {
        match self {
            Self::Checking => "Checked",
            Self::Working => "Set up",
            Self::Waiting => "Waited for",
        }
    }
}

/// Where the progress of one stage is shown.
#[derive(Clone)]
pub(super) struct Show {
    out: Out,
    stage: Stage,
    bars: Option<Arc<Bars>>,
    counts: Arc<Counts>,
}

/// The bars of a terminal.
struct Bars {
    all: MultiProgress,
    whole: ProgressBar,
}

/// How far the stage is.
struct Counts {
    clock: Clock,
    began: Moment,
    total: u32,
    /// Customers who have ended, and when that was told last.
    done: Mutex<(u32, Moment)>,
}

impl Show {
    /// Begins a stage of `total` customers.
    pub(super) fn begin(out: Out, clock: &Clock, stage: Stage, total: usize) -> Self {
        let total = u32::try_from(total).unwrap_or(u32::MAX);
        let bars = out.has_bars.then(|| {
            let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
            let whole = all.add(ProgressBar::new(u64::from(total)).with_message(stage.words()));
            whole.set_style(style("{msg} {pos} of {len} customers [{bar:24}]"));
            whole.tick();
            Arc::new(Bars { all, whole })
        });
        let began = clock.now();
        let counts = Counts { clock: clock.clone(), began, total, done: Mutex::new((0, began)) };
        Self { out, stage, bars, counts: Arc::new(counts) }
    }

    /// A customer is begun.
    pub(super) fn start(&self, name: &Text) -> Running {
        // Waiting customers may be more than the window has lines.
        let bars = self.bars.as_ref().filter(|_| self.stage != Stage::Waiting);
        let bar = bars.map(|bars| {
            let bar = bars.all.insert_before(&bars.whole, ProgressBar::no_length());
            bar.set_style(style("  {prefix}: {wide_msg}"));
            bar.set_prefix(name.to_string());
            bar.tick();
            bar
        });
        Running { show: self.clone(), name: name.clone(), bar }
    }

    /// Every customer of the stage has ended, or no new one is started.
    pub(super) fn end(&self) {
        if let Some(bars) = &self.bars {
            bars.whole.finish_and_clear();
        }
    }

    /// A line that stays.
    fn line(&self, words: &str) {
        match &self.bars {
            Some(bars) => bars.all.suspend(|| self.out.note(words)),
            None => self.out.note(words),
        }
    }

    /// Bad news, `--quiet` or not.
    fn warn(&self, words: &str) {
        match &self.bars {
            Some(bars) => bars.all.suspend(|| warn(words)),
            None => warn(words),
        }
    }

    /// One more has ended.
    fn count(&self) {
        let mut done = lock(&self.counts.done);
        done.0 = done.0.saturating_add(1);
        if let Some(bars) = &self.bars {
            bars.whole.set_position(u64::from(done.0));
        } else if self.stage == Stage::Checking && done.0 == self.counts.total {
            self.out.detail("Every customer of the plan is checked.");
        }
    }

    /// Some customers still wait: said once for all of them.
    fn wait_on(&self) {
        let Counts { clock, began, total, done } = &*self.counts;
        let mut done = lock(done);
        let now = clock.now();
        if now.since(done.1) < TOLD_EVERY {
            return;
        }
        done.1 = now;
        let (open, minutes) = (total.saturating_sub(done.0), now.since(*began).as_secs() / 60);
        let since = if minutes == 0 { "less than a minute".to_owned() } else { format!("{minutes} min") };
        self.line(&format!("Waiting for the consent of {open} of {total} customers for {since}. Ctrl-C stops; nothing is lost."));
    }
}

/// A customer who is being worked on.
pub(super) struct Running {
    show: Show,
    name: Text,
    bar: Option<ProgressBar>,
}

impl Running {
    /// A step of the journey.
    pub(super) fn step(&self, words: &Text) {
        match &self.bar {
            Some(bar) => bar.set_message(Cow::Owned(words.to_string())),
            None => self.show.line(&format!("{}: {words}", self.name)),
        }
    }

    /// It still waits for the customer.
    pub(super) fn wait_on(&self) {
        self.show.wait_on();
    }

    /// It has ended; the line stays where there are words.
    pub(super) fn end(&self, words: Option<&Text>) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.show.count();
        if let Some(words) = words {
            self.show.line(&format!("{}: {words}", self.name));
        }
    }

    /// Something to know about it, `--quiet` or not.
    pub(super) fn warn(&self, words: &str) {
        self.show.warn(&format!("{}: {words}", self.name));
    }
}

/// A style that is known to be good; the crate's own where it were not.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_malformed| ProgressStyle::default_bar())
        .progress_chars("=> ")
}
