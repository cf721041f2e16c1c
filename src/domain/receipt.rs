//! The receipt of a run, from what was read back: one text for the ticket, one for the customer, one JSON.
//!
//! Operator, time, customer, tenant, the verdict with its counts, and whether the audit is whole; never a secret.

mod json;

use std::fmt::Write;

use super::{
    bill::{counted, grouped, size},
    protection::{Excluded, SeatOutcome, SeatResult},
    run::Outcome,
    sydney,
    text::Text,
    time::Moment,
    verdict::{self, Verdict, is_for_turning_on},
};

/// Users named one by one in a text before the rest is only counted; the JSON names all. A guess: one screen.
const NAMED: usize = 40;

/// For whom a receipt is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Form {
    /// For the ticket: everything a colleague would ask.
    #[default]
    Ticket,
    /// For the customer: what is backed up now, in plain words.
    Customer,
    /// For programs.
    Json,
}

impl Form {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Ticket, Self::Customer, Self::Json];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ticket => "for the ticket",
            Self::Customer => "for the customer",
            Self::Json => "as JSON",
        }
    }

    /// The receipt in this form, as it is asked for.
    #[must_use]
    pub const fn receipt(self) -> &'static str {
        match self {
            Self::Ticket => "receipt for the ticket",
            Self::Customer => "receipt for the customer",
            Self::Json => "receipt as JSON",
        }
    }

    /// The one after it, round and round.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Ticket => Self::Customer,
            Self::Customer => Self::Json,
            Self::Json => Self::Ticket,
        }
    }

    /// File name for a run ("B365-7KQ4-ticket.txt").
    #[must_use]
    pub fn file_name(self, outcome: &Outcome) -> Text {
        let end = match self {
            Self::Ticket => "ticket.txt",
            Self::Customer => "customer.txt",
            Self::Json => "receipt.json",
        };
        Text::of(format_args!("{}-{end}", outcome.run.id))
    }
}

/// What the word *protected* means, said once where a result is told.
pub const PROTECTED_MEANS: &str = "registered for backup; the first backup follows by itself";

/// What became of a user, in words.
#[must_use]
pub fn result_words(outcome: &SeatOutcome) -> Text {
    match outcome {
        SeatOutcome::TurnedOn => Text::from("protected"),
        SeatOutcome::AlreadyOn => Text::from("protected already"),
        SeatOutcome::TurnedOff => Text::from("turned off"),
        SeatOutcome::Excluded => Text::from("left off: excluded"),
        SeatOutcome::NoSeat => Text::from("left off: no seat is left"),
        SeatOutcome::Failed(why) => why.clone(),
        SeatOutcome::Stopped => Text::from("not tried: stopped before"),
    }
}

/// The word for an outcome in the JSON.
const fn result_code(outcome: &SeatOutcome) -> &'static str {
    match outcome {
        SeatOutcome::TurnedOn => "turned_on",
        SeatOutcome::AlreadyOn => "already_on",
        SeatOutcome::TurnedOff => "turned_off",
        SeatOutcome::Excluded => "excluded",
        SeatOutcome::NoSeat => "no_seat",
        SeatOutcome::Failed(_) => "failed",
        SeatOutcome::Stopped => "stopped",
    }
}

/// The receipt, lines ended by a newline.
#[must_use]
pub fn write(outcome: &Outcome, form: Form) -> String {
    match form {
        Form::Ticket => ticket(outcome),
        Form::Customer => customer(outcome),
        Form::Json => json::json(outcome),
    }
}

/// The receipt as lines that may be shown, indented as they are.
#[must_use]
pub fn lines(text: &str) -> Vec<Text> {
    text.lines().map(Text::typed).collect()
}

/// When the run ended, as far as the record says.
fn ended(outcome: &Outcome) -> Moment {
    outcome.run.finished.unwrap_or(outcome.run.touched)
}

fn ticket(outcome: &Outcome) -> String {
    let run = &outcome.run;
    let verdict = Verdict::of(outcome);
    let mut text = Lines::default();
    text.line(format_args!("Backup365 run {}", run.id));
    text.line(format_args!("Customer: {} ({})", run.customer.name, run.customer.reference));
    text.line(format_args!("Product: {}", run.product.name()));
    text.organisation(outcome);
    text.line(format_args!("Operator: {}", run.by));
    text.line(format_args!("Opened: {}", sydney::stamp_in_words(run.opened, sydney::ZONE)));
    text.line(format_args!("Finished: {}", sydney::stamp_in_words(ended(outcome), sydney::ZONE)));
    if let Some(enabled) = run.enabled {
        text.line(format_args!("Enabled: {}", sydney::stamp_in_words(enabled, sydney::ZONE)));
    }
    text.line(format_args!(""));
    text.line(format_args!("Result: {}", verdict.result(outcome)));
    text.line(format_args!("Protected: {}", grouped(verdict.protected)));
    text.meaning(&verdict);
    // Whoever was turned off again is not among them, though the history has both.
    let still = if outcome.done.turned_off > 0 { ", and still on" } else { "" };
    text.line(format_args!("Turned on by this run{still}: {}", grouped(outcome.done.turned_on)));
    text.names(became(outcome, &SeatOutcome::TurnedOn));
    if outcome.done.turned_off > 0 {
        text.line(format_args!("Turned off by this run: {}", grouped(outcome.done.turned_off)));
        text.names(became(outcome, &SeatOutcome::TurnedOff));
    }
    for (words, users) in [
        ("Scheduled", verdict.schedule.scheduled()),
        ("Wait for a sweep, but none can turn them on yet", verdict.schedule.stalled()),
        ("Chosen, but neither protected nor scheduled", verdict.missed),
        ("Chosen, but not checked yet, so left off", verdict.unchecked),
        ("Eligible, but not chosen", verdict.not_chosen),
        ("Seats kept for users who have left", verdict.left),
    ] {
        if users > 0 {
            text.line(format_args!("{words}: {}", grouped(users)));
        }
    }
    text.line(format_args!("Excluded: {}", grouped(size(outcome.protection.exclusions.len()))));
    text.names(outcome.excluded.iter().map(Excluded::named));
    let list = &outcome.done.list;
    text.line(format_args!("Listed: {}, eligible: {}", grouped(list.listed), grouped(list.eligible)));
    text.line(format_args!("Enable Auto: {}", auto_words(outcome, &verdict)));
    for gap in &verdict.gaps {
        text.line(format_args!("The list: {}", without_full_stop(gap)));
    }
    name_troubles(&mut text, outcome);
    text.line(format_args!(""));
    text.line(format_args!("History {}", if outcome.is_audit_whole { WHOLE } else { BROKEN }));
    for entry in &outcome.audit {
        let at = sydney::stamp_in_words(entry.at, sydney::ZONE);
        text.line(format_args!("{at} · {} · {} · {}", entry.by, entry.what, entry.hash));
    }
    text.0
}

/// Of whom that became, by name.
fn became(outcome: &Outcome, what: &SeatOutcome) -> impl ExactSizeIterator<Item = String> + use<> {
    let named = outcome.results.iter().filter(|result| result.outcome == *what);
    named.map(|result| result.user.named()).collect::<Vec<_>>().into_iter()
}

/// Every hash fits the one before.
const WHOLE: &str = "whole: every entry fits the one before.";

/// Some hash does not fit.
const BROKEN: &str = "NOT whole: an entry does not fit the one before. Tell your lead.";

/// Names the users for whom not all went well.
fn name_troubles(text: &mut Lines, outcome: &Outcome) {
    let troubled: Vec<&SeatResult> = troubles(outcome).collect();
    if troubled.is_empty() {
        return;
    }
    text.line(format_args!(""));
    text.line(format_args!("Not turned on:"));
    text.names(troubled.iter().map(|result| {
        let (user, words) = (&result.user, result_words(&result.outcome));
        format!("{} · {}: {words}", user.name, user.address)
    }));
}

/// Results of users who were chosen to be turned on and are not on.
pub fn troubles(outcome: &Outcome) -> impl Iterator<Item = &SeatResult> {
    let chosen = outcome.results.iter().chain(&outcome.earlier);
    chosen.filter(|r| is_for_turning_on(&r.outcome) && !r.outcome.is_on())
}

fn customer(outcome: &Outcome) -> String {
    let run = &outcome.run;
    let verdict = Verdict::of(outcome);
    let zone = run.customer.time_zone.as_ref().map_or(sydney::ZONE, Text::as_str);
    let mut text = Lines::default();
    text.line(format_args!("Backup365 for {}", run.customer.name));
    text.line(format_args!(""));
    text.line(format_args!(
        "{} of {} {} protected{}.",
        if verdict.protected == 0 {
            "No user".to_owned()
        } else {
            counted(verdict.protected, "user", "users")
        },
        run.product.name(),
        if verdict.protected < 2 { "is" } else { "are" },
        if verdict.protected == 0 { " yet" } else { "" },
    ));
    text.meaning(&verdict);
    let first = outcome.protection.seats.iter().filter_map(|seat| seat.first_backup).min();
    if let Some(first) = first {
        text.line(format_args!("First backup on {}.", sydney::stamp_in_words(first, zone)));
    }
    write_auto(&mut text, outcome, &verdict, zone);
    write_open(&mut text, outcome, &verdict);
    if verdict.not_chosen > 0 {
        text.line(format_args!(
            "{} could be protected and {} not chosen.",
            counted(verdict.not_chosen, "more user", "more users"),
            if verdict.not_chosen == 1 { "was" } else { "were" }
        ));
    }
    for gap in &verdict.gaps {
        match verdict::without_advice(gap) {
            verdict::HIDDEN => text.line(format_args!(
                "People hidden from your address list are not included: tell us who is missing."
            )),
            words => text.line(format_args!("About the list of users: {}.", words.trim_end_matches('.'))),
        }
    }
    text.line(format_args!(""));
    text.organisation(outcome);
    let at = sydney::stamp_in_words(ended(outcome), zone);
    text.line(format_args!("Reference: {}, {at}", run.id));
    text.0
}

/// Chosen users who are not on, by what keeps them off, and who they are. Mailboxes with a problem stand among what there
/// is to say of the list.
fn write_open(text: &mut Lines, outcome: &Outcome, verdict: &Verdict) {
    let told = verdict.problems.min(verdict.missed);
    let open = verdict.missed.saturating_sub(told).saturating_add(verdict.unchecked);
    let (seatless, others): (Vec<_>, Vec<_>) =
        troubles(outcome).partition(|result| result.outcome == SeatOutcome::NoSeat);
    // Whoever is scheduled was missed by the run, and is by nobody now.
    let without_seat = size(seatless.len()).min(open);
    if without_seat > 0 {
        text.line(format_args!(
            "{} no seat yet: order {}.",
            counted(without_seat, "chosen user has", "chosen users have"),
            counted(without_seat, "seat", "seats"),
        ));
        text.names(seatless.into_iter().map(|result| result.user.named()));
    }
    let open = open.saturating_sub(without_seat);
    if open > 0 {
        text.line(format_args!(
            "{} could not be turned on yet. We will come back to you.",
            counted(open, "chosen user", "chosen users")
        ));
        text.names(others.into_iter().map(|result| result.user.named()));
    }
}

/// What Enable Auto means for the customer: who is turned on when, or that it waits for us.
fn write_auto(text: &mut Lines, outcome: &Outcome, verdict: &Verdict, zone: &str) {
    let is_fixed = outcome.run.lists_given();
    if is_fixed {
        text.line(format_args!("New mailboxes must be added to the list: tell us when somebody joins."));
    } else if outcome.protection.rule.is_none() {
        text.line(format_args!("New users are not turned on by themselves: tell us when somebody joins."));
    }
    if outcome.protection.rule.is_none() {
        return;
    }
    let stalled = verdict.schedule.stalled();
    // More than those who are protected, if anybody is.
    let (one, many) =
        if verdict.protected > 0 { ("more user is", "more users are") } else { ("user is", "users are") };
    if verdict.schedule.standstill.is_some() || !outcome.run.customer.is_active {
        if stalled > 0 {
            text.line(format_args!(
                "{} to be turned on and can't be yet. We will come back to you.",
                counted(stalled, one, many)
            ));
        }
        if !is_fixed {
            text.line(format_args!("New users are not turned on by themselves yet."));
        }
        return;
    }
    let next = sydney::next_2000(outcome.read);
    let (there, here) = (sydney::stamp_in_words(next, zone), sydney::stamp_in_words(next, sydney::ZONE));
    let clock = if there == here { format!("{here}") } else { format!("{here} ({there})") };
    let scheduled = verdict.schedule.scheduled();
    if scheduled > 0 {
        text.line(format_args!("{} turned on at the next 20:00 in Sydney.", counted(scheduled, one, many)));
    }
    if is_fixed {
        return;
    }
    text.line(format_args!(
        "New users are turned on by themselves at the first 20:00 in Sydney after they are made. Next: {clock}."
    ));
}

/// A sentence to go on from.
fn without_full_stop(text: &Text) -> &str {
    text.as_str().trim_end_matches('.')
}

fn auto_words(outcome: &Outcome, verdict: &Verdict) -> Text {
    let Some(rule) = &outcome.protection.rule else { return Text::from("off") };
    let next = sydney::stamp_in_words(sydney::next_2000(outcome.read), sydney::ZONE);
    let sweepers = outcome.protection.sweeper.by(outcome.read).filter(|_| outcome.run.customer.is_active);
    let by = match (sweepers, verdict.schedule.standstill) {
        (_, Some(why)) => format!("but {}", why.words()),
        (Some(by), None) => format!("next sweep {next}, run by {by}"),
        (None, None) => "but no sweep works for a closed account".to_owned(),
    };
    let attention = rule.attention.as_ref().map_or(String::new(), |why| format!("; needs attention: {why}"));
    let is_fixed = outcome.run.lists_given();
    let of_list = if is_fixed { ", only the mailboxes on the pasted list" } else { "" };
    Text::of(format_args!(
        "on{of_list}, confirmed {}, at most {} seats, {by}{attention}",
        grouped(rule.confirmed),
        grouped(rule.ceiling)
    ))
}

/// Text made line by line.
#[derive(Default)]
struct Lines(String);

impl Lines {
    /// Users, a line each; the rest of many is counted.
    fn names(&mut self, users: impl ExactSizeIterator<Item = String>) {
        let more = users.len().saturating_sub(NAMED);
        for user in users.take(NAMED) {
            self.line(format_args!("- {user}"));
        }
        if more > 0 {
            self.line(format_args!("- and {} more", grouped(size(more))));
        }
    }

    /// What the word means, where there is somebody to whom it applies.
    fn meaning(&mut self, verdict: &Verdict) {
        if verdict.protected > 0 {
            self.line(format_args!("Protected means: {PROTECTED_MEANS}."));
        }
    }

    /// The organisation and its number, or the server.
    fn organisation(&mut self, outcome: &Outcome) {
        let run = &outcome.run;
        match (&run.organisation, &run.impersonation) {
            (_, Some(access)) if run.product.is_hosted() => {
                self.line(format_args!("Server: {}", access.server));
            }
            (Some(found), _) => {
                let name = found.name.as_ref().map_or("not known", Text::as_str);
                let domain = found.domain.as_ref().map_or(String::new(), |domain| format!(", {domain}"));
                self.line(format_args!("Organisation: {name}{domain}"));
                // A line of its own: nothing breaks the number, also in a narrow window.
                self.line(format_args!("Tenant ID: {}", found.tenant));
            }
            (None, _) => self.line(format_args!("Organisation: not known")),
        }
    }

    fn line(&mut self, words: std::fmt::Arguments<'_>) {
        // Writing into a String can't fail.
        if writeln!(self.0, "{words}").is_err() {
            self.0.push('\n');
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
