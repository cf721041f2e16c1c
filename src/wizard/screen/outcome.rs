//! Screen: outcome. Reads everything back, says what is proved, and writes the receipt.
//!
//! Entering closes the run (safe to repeat) and reads the record on a new connection; nothing here is told from memory.

use crate::{
    domain::{
        bill::{counted, grouped},
        failure::Failure,
        protection::SeatResult,
        receipt::{self, Form, Verdict},
        run,
        text::Text,
    },
    wizard::{
        Cx, Look,
        effect::{CallId, Deed, Request},
        event::{Action, Ended, Intent, Reply},
        part::list::Cursor,
        screen::{
            Scene,
            users::{self, key},
        },
        step::Step,
        view::{
            Ask, Block, Card, Chord, Count, Focus, Key, Layout, Notice, Panel, Row, Rows, RowsView, Tone,
        },
        words,
    },
};

/// Said when the receipt went to the clipboard: nobody answers, so nobody knows whether it arrived.
const SENT: &str = "Sent to your terminal's clipboard (not every terminal allows it). Else press w.";

/// Said where the receipt is longer than the clipboard's way takes.
const TOO_LONG: &str =
    "Not sent: this receipt is too long for your terminal's clipboard. Press w to write it into a file.";

/// What has been read back.
#[derive(Debug)]
struct Read {
    outcome: run::Outcome,
    verdict: Verdict,
    /// Users for whom not all went well.
    troubled: Vec<SeatResult>,
    /// The receipt in the form that is chosen, to be copied or written.
    text: String,
    lines: Vec<Text>,
}

/// The screen's own state.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    reading: Option<CallId>,
    writing: Option<CallId>,
    /// Wakes the countdown.
    clock: Option<CallId>,
    read: Option<Box<Read>>,
    failure: Option<Failure>,
    form: Form,
    /// The receipt is shown.
    is_receipt: bool,
    cursor: Cursor,
}

impl Outcome {
    /// How `q` ends the wizard here: nothing is interrupted once the outcome is known.
    pub(crate) fn finished(&self) -> Option<Ended> {
        self.read.as_ref().map(|read| Ended::Finished { is_partly: read.verdict.is_partly() })
    }

    /// Comes on: closes the run and reads it back.
    pub(crate) fn enter(&mut self, cx: &mut Cx<'_>) {
        if self.reading.is_none() && self.read.is_none() {
            self.ask(cx);
        }
        self.wind(cx);
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        self.failure = None;
        if let Some(run) = cx.session.record.as_ref().map(|record| record.id.clone()) {
            self.reading = Some(cx.calls.start(Request::FinishRun(run)));
        }
    }

    /// Handles what a person asks.
    pub(crate) fn intent(&mut self, cx: &mut Cx<'_>, intent: Intent) -> Step {
        match users::plain(intent) {
            Intent::Back if self.is_receipt => self.is_receipt = false,
            Intent::Back => return Step::Back,
            Intent::Act(Action::Another) => return Step::Customers,
            Intent::Submit if self.read.is_some() => return Step::Customers,
            Intent::Submit | Intent::Act(Action::Refresh) if self.reading.is_none() => {
                self.ask(cx);
            }
            Intent::Move(by) => self.cursor.step(by, self.len()),
            Intent::Act(Action::Receipt) => self.turn(),
            Intent::Act(Action::SaveReceipt) => self.save(cx),
            Intent::Act(Action::Copy) => self.copy(cx),
            _ => {}
        }
        Step::Stay
    }

    /// Shows the receipt; shown already: the next of its three forms.
    fn turn(&mut self) {
        if self.is_receipt {
            self.form = self.form.next();
        }
        self.is_receipt = self.read.is_some();
        self.write();
    }

    fn write(&mut self) {
        let form = self.form;
        if let Some(read) = self.read.as_mut() {
            read.text = receipt::write(&read.outcome, form);
            read.lines = receipt::lines(&read.text);
        }
    }

    fn save(&mut self, cx: &mut Cx<'_>) {
        if let (Some(read), None) = (&self.read, self.writing) {
            let name = self.form.file_name(&read.outcome);
            let text = read.text.clone();
            self.writing = Some(cx.calls.start(Request::WriteFile { name, text }));
        }
    }

    fn copy(&self, cx: &mut Cx<'_>) {
        if let Some(read) = &self.read {
            if cx.setup.can_copy(&read.text) {
                cx.calls.perform(Deed::CopyText(read.text.clone()));
                cx.say(Tone::Plain, SENT);
            } else {
                cx.say(Tone::Warn, TOO_LONG);
            }
        }
    }

    /// Handles a reply.
    pub(crate) fn reply(&mut self, cx: &mut Cx<'_>, call: CallId, reply: Reply) -> Step {
        if self.reading == Some(call) {
            self.reading = None;
            match reply {
                Reply::Outcome(outcome) => self.take(cx, *outcome),
                Reply::Failed(failure) => self.failure = Some(failure),
                _ => {}
            }
        } else if self.writing == Some(call) {
            self.writing = None;
            match reply {
                Reply::Written(place) => {
                    cx.say(Tone::Good, Text::of(format_args!("The receipt is in {place}")));
                }
                Reply::Failed(failure) => cx.say(Tone::Bad, words::failure(&failure)),
                _ => {}
            }
        } else if self.clock == Some(call) {
            self.clock = None;
        }
        self.wind(cx);
        Step::Stay
    }

    fn take(&mut self, cx: &mut Cx<'_>, outcome: run::Outcome) {
        cx.session.record = Some(outcome.run.clone());
        let troubled = receipt::troubles(&outcome).cloned().collect();
        let verdict = Verdict::of(&outcome);
        self.read =
            Some(Box::new(Read { outcome, verdict, troubled, text: String::new(), lines: Vec::new() }));
        self.write();
    }

    /// Goes off. What was read back is read again when it comes on again.
    pub(crate) fn leave(&mut self, cx: &mut Cx<'_>) {
        cx.calls.cancel_taken(&mut self.clock);
        cx.calls.cancel_taken(&mut self.writing);
        self.reading = None;
    }

    /// Asks to be woken by the minute while the countdown to the next sweep is shown.
    fn wind(&mut self, cx: &mut Cx<'_>) {
        if self.has_countdown() && self.clock.is_none() {
            let wait = users::next_minute(cx.now).since(cx.now);
            self.clock = Some(cx.calls.start(Request::Wake(wait)));
        }
    }

    fn has_countdown(&self) -> bool {
        self.read.as_ref().is_some_and(|read| read.outcome.protection.rule.is_some())
    }

    /// Which question it asks, and whether what was read back is still on its way.
    pub(crate) const fn asks(&self) -> (Ask, bool) {
        let ask = if self.is_receipt { Ask::Receipt } else { Ask::Outcome };
        (ask, self.reading.is_some() || self.writing.is_some())
    }

    /// What it shows.
    pub(crate) fn view<'a>(&'a self, look: Look<'a>) -> Scene<'a> {
        let mut blocks = Vec::new();
        let heading = if let Some(read) = &self.read {
            proof(read, look, &mut blocks);
            if !read.troubled.is_empty() {
                blocks.push(self.troubles());
            }
            heading(&read.verdict)
        } else {
            blocks.push(self.failure.as_ref().map_or_else(
                || Block::Para(Text::from("Reading everything back from the record.")),
                |failure| Block::Failure(failure.clone()),
            ));
            Text::from("Outcome")
        };
        let receipt = self.read.as_ref().filter(|_| self.is_receipt).map(|read| Panel {
            heading: Text::of(format_args!("Receipt {}", self.form.name())),
            blocks: read.lines.iter().map(line).collect(),
        });
        let has_rows = self.read.as_ref().is_some_and(|read| !read.troubled.is_empty());
        Scene {
            panel: Panel { heading, blocks },
            notice: self
                .writing
                .map(|_| Notice { tone: Tone::Busy, words: Text::from("Writing the receipt.") }),
            keys: self.keys(),
            focus: if receipt.is_none() && has_rows { Focus::Rows } else { Focus::Reading },
            overlay: receipt,
            next_change: self.has_countdown().then(|| users::next_minute(look.now)),
        }
    }

    fn troubles(&self) -> Block<'_> {
        Block::Rows(RowsView {
            layout: Layout::Pairs,
            rows: self,
            cursor: self.cursor.get(self.len()),
            anchor: None,
            is_searching: false,
            counts: Text::from("Not turned on:"),
            search: None,
            empty: Text::default(),
            is_focused: !self.is_receipt,
        })
    }

    fn keys(&self) -> Vec<Key> {
        if self.read.is_none() {
            return if self.reading.is_none() {
                vec![key(Chord::Char('r'), Action::Refresh, "read again", "Reads everything back again.")]
            } else {
                Vec::new()
            };
        }
        let label = if self.is_receipt { "next receipt" } else { "receipt" };
        vec![
            key(
                Chord::Char('t'),
                Action::Receipt,
                label,
                "The receipt for the ticket, for the customer, as JSON.",
            ),
            key(Chord::Char('w'), Action::SaveReceipt, "write file", "Writes this receipt into a file."),
            key(Chord::Char('c'), Action::Copy, "copy", "Sends this receipt to the terminal's clipboard."),
            key(Chord::Char('n'), Action::Another, "next customer", "To the customers, for the next one."),
        ]
    }

    /// What to say to the customer.
    pub(crate) fn card(&self, look: Look<'_>) -> Card {
        let Some(read) = &self.read else { return Card::default() };
        let on = counted(read.verdict.protected, "user is", "users are");
        let auto = if read.outcome.protection.rule.is_some() {
            format!(" New users follow by themselves. Next: {}.", users::due(look))
        } else {
            " New users are not included by themselves: please tell us when somebody joins.".to_owned()
        };
        Card {
            say: Text::of(format_args!("{on} registered for backup now.{auto}")),
            sees: Text::from("Nothing changes for the customer's users."),
            wrong: vec![
                (
                    Text::from("“When is the first backup?”"),
                    Text::from("It follows by itself; we see it as soon as it has been made."),
                ),
                (
                    Text::from("“Can I remove the app in Microsoft's portal?”"),
                    Text::from("No: without it nothing can be backed up."),
                ),
            ],
        }
    }
}

impl Rows for Outcome {
    fn len(&self) -> usize {
        self.read.as_ref().map_or(0, |read| read.troubled.len())
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        self.read.as_ref()?.troubled.get(at).map(users::result_row)
    }
}

fn heading(verdict: &Verdict) -> Text {
    let on = counted(verdict.protected, "user is", "users are");
    if verdict.is_partly() {
        Text::of(format_args!("Partly done: {on} registered for backup, {} missed", grouped(verdict.missed)))
    } else {
        Text::of(format_args!("Done: {on} registered for backup"))
    }
}

/// The proof: what was read back.
fn proof<'a>(read: &'a Read, look: Look<'_>, blocks: &mut Vec<Block<'a>>) {
    let (outcome, verdict) = (&read.outcome, &read.verdict);
    let count = |label, count, is_total| Count { label: Text::from(label), count, is_total };
    blocks.push(Block::Para(Text::from("Read back from the record just now:")));
    let mut counts = vec![count("registered for backup", verdict.protected, true)];
    counts.extend(
        [
            ("turned on by this run", outcome.done.turned_on),
            ("turned off by this run", outcome.done.turned_off),
            ("scheduled: turned on at the next sweep", verdict.scheduled),
            ("chosen, but neither on nor scheduled", verdict.missed),
            ("eligible, but not chosen", verdict.not_chosen),
            ("seats kept for users who have left", verdict.left),
            ("excluded", u32::try_from(outcome.protection.exclusions.len()).unwrap_or(u32::MAX)),
        ]
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .map(|(label, number)| count(label, number, false)),
    );
    blocks.push(Block::Counts(counts));
    let sweep = match (&outcome.protection.rule, &outcome.sweeper.host) {
        (None, _) => Text::from("Enable Auto is off: users who are made later stay off"),
        (Some(_), Some(host)) => Text::of(format_args!("{}, run by {host}", users::due(look))),
        (Some(_), None) => Text::from("nothing will run at 20:00: no sweeper is installed"),
    };
    let audit = if outcome.is_audit_whole {
        "whole: no entry was changed afterwards"
    } else {
        "NOT whole: an entry was changed afterwards"
    };
    let mut facts = vec![("Next sweep", sweep), ("History", Text::from(audit))];
    if let Some(first) = outcome.protection.seats.iter().filter_map(|seat| seat.first_backup).min() {
        let zone = outcome.run.customer.time_zone.as_ref().unwrap_or(&look.setup.here);
        facts.push(("First backup on", crate::domain::sydney::stamp_in_words(first, zone.as_str())));
    }
    blocks.push(Block::Facts(facts));
    if !outcome.is_audit_whole {
        blocks.push(Block::Strong(Text::from(
            "The history of who did what was changed afterwards. Tell your lead.",
        )));
    }
    if let Some(why) = outcome.protection.rule.as_ref().and_then(|rule| rule.attention.as_ref()) {
        blocks.push(Block::Strong(Text::of(format_args!("Enable Auto needs attention: {why}"))));
    }
}

/// A line of the receipt; empty ones stay.
fn line(words: &Text) -> Block<'_> {
    if words.is_empty() { Block::Gap } else { Block::Para(words.clone()) }
}

#[cfg(test)]
mod tests;
