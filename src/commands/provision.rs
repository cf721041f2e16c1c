//! `backup365 provision`: one customer from flags to receipt, without a question.
//!
//! What happened is told by the report, which is made from views; what is true afterwards is read back from the record.

use serde_json::{Value, json};

use crate::{
    domain::{
        answers::{Answers, Users},
        bill::{Bill, grouped},
        changes::Changes,
        customer::{Customer, Product},
        failure::Failure,
        filter::fold,
        receipt::{self, Form},
        run::Outcome,
        tenant::{Check, CheckState},
        text::Text,
        time::Clock,
        user::Kind,
        verdict::Verdict,
    },
    driver::front::Stop,
    exit::Exit,
    headless::{
        Observers,
        report::{End, Report},
    },
    provider::store::{RuleRow, Store},
};

use super::{
    Out,
    journey::{self, NewWizardRun},
    quietly, warn,
};

/// Version of the object that `--json` prints.
const VERSION: u32 = 1;

/// What a journey is made with.
pub struct Way<'a> {
    /// Makes the wizard of the run.
    pub start: &'a NewWizardRun,
    /// Where the outcome is read back.
    pub store: &'a Store,
    /// The time.
    pub clock: &'a Clock,
    /// What signals ask.
    pub stop: &'a Stop,
    /// Where words go.
    pub out: Out,
    /// Everything is invented.
    pub is_sandbox: bool,
}

impl std::fmt::Debug for Way<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Way").finish_non_exhaustive()
    }
}

/// How the outcome is printed.
#[derive(Debug, Clone)]
pub struct Print {
    /// One object instead of words.
    pub is_json: bool,
    /// The command line as it was given, to which an example of a missing flag is added.
    pub line: String,
}

/// Makes the journey and prints what it came to.
///
/// # Errors
/// stdout can't be written, for another reason than a closed pipe.
pub fn run(way: &Way<'_>, answers: Answers, print: &Print) -> anyhow::Result<Exit> {
    let out = way.out;
    let is_dry_run = answers.is_dry_run;
    let tell = Box::new(move |words: &Text| out.note(words.as_str()));
    let observers = Observers { tell: Some(tell), ..Observers::default() };
    let mut report = if has_nothing_to_undo(way.store, &answers) {
        let words = "Enable Auto is off already, and nothing else was asked for. No run was opened.".into();
        let is_sandbox = way.is_sandbox;
        Report { end: End::Done { is_partly: false }, words, is_sandbox, ..Report::default() }
    } else {
        journey::travel(way.start, answers, way.stop, way.clock, observers)
    };
    let outcome = read_back(way.store, &mut report, is_dry_run);
    let exit = journey::exit_of(&report.end);
    complain(&report, outcome.as_ref(), print, out);
    let said = if print.is_json {
        out.json(&object(&report, outcome.as_ref(), exit))
    } else {
        text(&report, outcome.as_ref()).iter().try_for_each(|line| out.say(line))
    };
    quietly(said, exit)
}

/// Whether Enable Auto is to be switched off, and nothing else, where it is not on: that needs neither a run nor the
/// customer's consent.
fn has_nothing_to_undo(store: &Store, answers: &Answers) -> bool {
    let Answers { turn_off, lift, exclude, include, leave_out, .. } = answers;
    let is_all = answers.undo_auto
        && matches!(answers.users, None | Some(Users::None))
        && [turn_off, lift, exclude].into_iter().all(Vec::is_empty)
        && include.is_empty()
        && leave_out.is_empty();
    let wanted = fold(answers.customer.trim());
    let is_meant = |customer: &Customer| {
        let Customer { reference, name, domain, .. } = customer;
        [reference, name, domain].into_iter().any(|word| fold(word.as_str().trim()) == wanted)
    };
    let is_on = |rule: &RuleRow| {
        is_meant(&rule.customer) && answers.product.is_none_or(|product| product == rule.product)
    };
    is_all
        && store.customers().is_ok_and(|customers| customers.iter().any(is_meant))
        && store.all_rules().is_ok_and(|rules| !rules.iter().any(is_on))
}

/// The outcome as it stands in the record; none where the run did not come that far.
fn read_back(store: &Store, report: &mut Report, is_dry_run: bool) -> Option<Outcome> {
    let run = report.run.clone().filter(|_| !is_dry_run && matches!(report.end, End::Done { .. }))?;
    match store.outcome(&run) {
        Ok(outcome) => Some(outcome),
        Err(failure) => {
            report.end = End::Failed;
            report.words = failure.for_commands();
            report.failure = Some(failure);
            None
        }
    }
}

/// Bad news, and what to do, on stderr; also why a run is only partly done, and what its list could not see.
fn complain(report: &Report, outcome: Option<&Outcome>, print: &Print, out: Out) {
    if let Some(verdict) = outcome.map(Verdict::of) {
        for words in verdict.troubles().iter().chain(&verdict.gaps) {
            warn(&format!("backup365: {}.", words.as_str().trim_end_matches('.')));
        }
    }
    if let End::Missing { example, .. } = &report.end {
        warn(&format!("backup365: {}", report.words));
        warn(&format!("For example: {} {example}", print.line));
    } else if matches!(report.end, End::Shown | End::Waiting | End::Done { .. }) {
        out.note(report.words.as_str());
    } else if !report.words.is_empty() {
        warn(&format!("backup365: {}", report.words));
    }
    if let Some(ids) = report.failure.as_ref().and_then(|failure| failure.reference.as_ref()) {
        warn(&format!("Ids for support: {ids}"));
    }
}

/// What goes to stdout, line by line: the receipt, the link, or the bill.
fn text(report: &Report, outcome: Option<&Outcome>) -> Vec<String> {
    match (&report.end, outcome, &report.link, &report.bill) {
        (End::Done { .. }, Some(outcome), ..) => {
            receipt::write(outcome, Form::Ticket).lines().map(str::to_owned).collect()
        }
        (End::Waiting, _, Some(link), _) => vec![link.to_string()],
        (End::Shown | End::Stopped, _, _, Some(bill)) => bill_lines(bill, &report.bill_facts),
        _ => Vec::new(),
    }
}

/// The bill as a table, and the labels and values beside it.
fn bill_lines(bill: &Bill, facts: &[(&'static str, Text)]) -> Vec<String> {
    let line = |(words, count): (&str, u32)| format!("{:>9}  {words}", grouped(count));
    let mut lines = vec!["Will be turned on and billed:".to_owned()];
    lines.extend(bill.turned_on().into_iter().map(line));
    lines.push(line(("new seats", bill.billed())));
    if !bill.stay_off.is_empty() {
        lines.push("Stays off:".to_owned());
        lines.extend(bill.left_off().into_iter().map(line));
    }
    lines.extend(bill.seats().iter().map(|(label, words)| format!("{label}: {words}")));
    lines.extend(facts.iter().map(|(label, words)| format!("{label}: {words}")));
    lines
}

/// The object of `--json` (`assets/json/provision.schema.json`).
fn object(report: &Report, outcome: Option<&Outcome>, exit: Exit) -> Value {
    let receipt: Option<Value> =
        outcome.and_then(|outcome| serde_json::from_str(&receipt::write(outcome, Form::Json)).ok());
    let part = |name: &str| receipt.as_ref().and_then(|receipt| receipt.get(name)).cloned();
    let is_hosted = report.product.is_some_and(Product::is_hosted);
    let organisation = report.tenant.filter(|_| !is_hosted).map(|tenant| {
        json!({
            "tenant": tenant.to_string(),
            "last_four": tenant.last_four().as_str(),
            "name": report.organisation.as_ref().map(Text::as_str),
            "domain": report.domain.as_ref().map(Text::as_str),
        })
    });
    let missing = match &report.end {
        End::Missing { flag, example } => json!({ "flag": flag, "example": example.as_str() }),
        _ => Value::Null,
    };
    json!({
        "kind": "provision",
        "version": VERSION,
        "sandbox": report.is_sandbox,
        "result": word(&report.end),
        "exit_code": exit.code(),
        "words": report.words.as_str(),
        "customer": report.customer.as_ref().map(Text::as_str),
        "product": report.product.map(Product::word),
        "run": report.run.as_ref().map(ToString::to_string),
        "organisation": organisation,
        "server": report.organisation.as_ref().filter(|_| is_hosted).map(Text::as_str),
        "link": report.link.as_ref().map(Text::as_str),
        "checks": report.checks.iter().map(check).collect::<Vec<Value>>(),
        "bill": report.bill.as_ref().map(|bill| bill_object(bill, &report.bill_facts)),
        "changes": changes_object(&report.changes),
        "counts": part("counts"),
        "next_sweep": part("auto").and_then(|auto| auto.get("next_sweep").cloned()),
        "missing": missing,
        "failure": report.failure.as_ref().map(failure_object),
        "receipt": receipt,
    })
}

fn check(check: &Check) -> Value {
    let state = match &check.state {
        CheckState::Waiting => "waiting",
        CheckState::Asking => "asking",
        CheckState::Spreading => "spreading",
        CheckState::Good => "good",
        CheckState::Partly(_) => "partly",
        CheckState::Unread(_) => "unread",
        CheckState::Bad(_) => "bad",
    };
    let detail = match &check.state {
        CheckState::Partly(which) => Text::of(format_args!("{}: {which}", check.detail)),
        _ => check.detail.clone(),
    };
    json!({ "name": check.name.as_str(), "state": state, "detail": detail.as_str() })
}

fn bill_object(bill: &Bill, facts: &[(&'static str, Text)]) -> Value {
    let lines = |lines: Vec<(&str, u32)>| -> Vec<Value> {
        lines.into_iter().map(|(what, count)| json!({ "what": what, "count": count })).collect()
    };
    let seats = bill.seats();
    let seats = seats.iter().map(|(label, words)| json!({ "label": label, "words": words }));
    let facts = facts.iter().map(|(label, words)| json!({ "label": label, "words": words.as_str() }));
    json!({
        "new_seats": bill.billed(),
        "turn_on": lines(bill.turned_on()),
        "stay_off": lines(bill.left_off()),
        "facts": seats.chain(facts).collect::<Vec<Value>>(),
    })
}

fn changes_object(changes: &Changes) -> Value {
    let words = |kinds: &[Kind]| kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>();
    let addresses = |of: &[Text]| of.iter().map(|address| json!(address.as_str())).collect::<Vec<Value>>();
    json!({
        "excluded": addresses(&changes.excluded),
        "lifted": addresses(&changes.lifted),
        "included_kinds": words(&changes.included),
        "left_out_kinds": words(&changes.left_out),
        "auto_undone": changes.is_auto_undone,
        "turned_off": addresses(&changes.turned_off),
    })
}

fn failure_object(failure: &Failure) -> Value {
    json!({
        "what": failure.what.as_str(),
        "hint": failure.hint.for_commands().as_str(),
        "code": failure.code.as_ref().map(Text::as_str),
        "reference": failure.reference.as_ref().map(Text::as_str),
        "retry_after_s": failure.retry_after.map(|wait| wait.as_secs()),
    })
}

/// The word for how it ended.
const fn word(end: &End) -> &'static str {
    match end {
        End::Done { is_partly: false } => "done",
        End::Done { is_partly: true } => "partly",
        End::Shown => "shown",
        End::Waiting => "waiting",
        End::Missing { .. } => "missing",
        End::Wrong => "wrong",
        End::WrongTenant => "wrong_tenant",
        End::Refused => "refused",
        End::Stopped => "stopped",
        End::Held => "held",
        End::Attention => "attention",
        End::Failed => "failed",
        End::Interrupted => "interrupted",
        End::Told(_) => "ended",
    }
}
