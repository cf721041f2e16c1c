//! What is said while a plan is worked on: one bar line per running customer on a terminal, one line a step without.

use std::{borrow::Cow, sync::Arc};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{
    commands::{Out, warn},
    domain::text::Text,
};

/// Where progress is shown.
#[derive(Clone)]
pub(super) struct Show {
    out: Out,
    bars: Option<Arc<Bars>>,
}

/// The bars of a terminal.
struct Bars {
    all: MultiProgress,
    whole: ProgressBar,
}

impl Show {
    /// Begins a stage of `total` customers.
    pub(super) fn begin(out: Out, what: &'static str, total: usize) -> Self {
        let total = u64::try_from(total).unwrap_or(u64::MAX);
        let bars = out.has_bars.then(|| {
            let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
            let whole = all.add(ProgressBar::new(total).with_message(what));
            whole.set_style(style("{msg} {pos} of {len} [{bar:24}]"));
            whole.tick();
            Arc::new(Bars { all, whole })
        });
        if bars.is_none() && total > 0 {
            out.note(&format!("{what} {total}."));
        }
        Self { out, bars }
    }

    /// A customer is begun.
    pub(super) fn start(&self, name: &Text) -> Running {
        let bar = self.bars.as_ref().map(|bars| {
            let bar = bars.all.insert_before(&bars.whole, ProgressBar::no_length());
            bar.set_style(style("  {prefix}: {wide_msg}"));
            bar.set_prefix(name.to_string());
            bar.tick();
            bar
        });
        Running { show: self.clone(), name: name.clone(), bar }
    }

    /// Every customer of the stage has ended, or nobody new is started.
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
    pub(super) fn warn(&self, words: &str) {
        match &self.bars {
            Some(bars) => bars.all.suspend(|| warn(words)),
            None => warn(words),
        }
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

    /// It has ended; the line stays where there are words.
    pub(super) fn end(&self, words: Option<&Text>) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        if let Some(bars) = &self.show.bars {
            bars.whole.inc(1);
        }
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
