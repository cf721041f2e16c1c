//! `customers import`: a file of customers, all of it or nothing.

use std::{
    collections::HashMap,
    io::{self, IsTerminal},
    path::Path,
};

use serde_json::{Value, json};

use crate::{
    commands::{
        quietly,
        record_context::{RecordContext, refused},
        unanswered::{PREFIX, Unanswered},
    },
    domain::{
        bill::{counted, grouped},
        customer::{Customer, NewCustomer},
        customer_csv::{self, Line, Problem, Sheet, renumbered},
        customer_record::{self, Column},
        doubt,
        failure::of_system,
        text::Text,
    },
    exit::Exit,
    outside,
    provider::store::{Fate, Sharing},
};

use super::{Form, changes, doubted, has_closed, tell_not_compared, tell_partner, warn_of_kept};

/// Largest file that is taken, bytes: a hundred times 50,000 customers of a usual length would still fit.
const MOST: u64 = 512 << 20;

/// How many customers came to which end.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    added: u32,
    changed: u32,
    unchanged: u32,
}

/// How the file is taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// Customers of the file and others who have the same tenant.
    pub(super) sharing: &'a [Sharing],
    /// A customer may have the name or the domain of one who is on record under another reference.
    pub(super) as_new: bool,
    /// Write nothing.
    pub(super) is_dry: bool,
    /// The command as it was typed.
    pub(super) line: &'a str,
}

/// Imports it.
pub(super) fn run(
    cx: &RecordContext,
    file: Option<&Path>,
    asked: &Asked<'_>,
    form: Form,
) -> anyhow::Result<Exit> {
    let named = file.map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
    let bytes = match bytes_of(cx, file) {
        Ok(bytes) => bytes,
        Err(why) => {
            let words = format!("{named} can't be read: {why}. Nothing was imported.");
            return Err(Unanswered::new(Exit::Usage, &words).into());
        }
    };
    let mut sheet = match customer_csv::read(&bytes) {
        Ok(sheet) => sheet,
        Err(problems) => return Err(bad_lines(&named, &problems).into()),
    };
    let count = u32::try_from(sheet.lines.len()).unwrap_or(u32::MAX);
    cx.out.note(&format!(
        "{named}: {}; cells are separated by {}.",
        counted(count, "customer", "customers"),
        sheet.separator.name()
    ));
    let mut known = 0;
    let prepare = |on_record: &[Customer]| {
        known = renumbered::drop_known(&mut sheet, on_record);
        let renumbered = if asked.as_new { Vec::new() } else { renumbered::problems(&sheet, on_record) };
        if renumbered.is_empty() { filled(&mut sheet, on_record) } else { Err(renumbered) }
    };
    let fates = cx
        .store
        .import_customers(asked.sharing, asked.is_dry, prepare)
        .map_err(|failure| refused(&failure))?;
    let known = u32::try_from(known).unwrap_or(u32::MAX);
    if known > 0 {
        let left = counted(known, "customer is", "customers are");
        cx.out.note(&format!("{left} on record by the tenant ID, and left as on record."));
    }
    let fates = fates.map_err(|problems| bad_lines(&named, &problems))?;
    let problems = refusals(&sheet, &fates);
    if !problems.is_empty() {
        return Err(bad_lines(&named, &problems).into());
    }
    if let Some(open) = doubts(&sheet, &fates, asked.line) {
        return Err(open);
    }
    for (line, _) in sheet.lines.iter().zip(&fates).filter(|(line, fate)| is_new_tenant(line, fate)) {
        tell_partner(cx, &line.customer);
    }
    let is_closed = |(line, fate): &(&Line, &Fate)| matches!(fate, Fate::Changed(made) if has_closed(made, line.customer.is_active));
    let closed = sheet.lines.iter().zip(&fates).filter(is_closed);
    let closed: Vec<Text> = closed.map(|(line, _)| line.customer.reference.clone()).collect();
    if !asked.is_dry {
        warn_of_kept(cx, &closed)?;
    }
    quietly(told(cx, &sheet, &fates, asked.is_dry, form), Exit::Done)
}

/// The customers of the file, with what is on record where a cell says nothing; they take the lines' places.
///
/// # Errors
/// Every line that contradicts itself then.
fn filled(sheet: &mut Sheet, on_record: &[Customer]) -> Result<Vec<NewCustomer>, Vec<Problem>> {
    let key = |reference: &Text| reference.as_str().to_lowercase();
    let known: HashMap<String, NewCustomer> =
        on_record.iter().map(|customer| (key(&customer.reference), customer.into())).collect();
    for line in &mut sheet.lines {
        line.customer = line.on(known.get(&key(&line.customer.reference)));
    }
    let problems = contradictions(sheet);
    if problems.is_empty() {
        Ok(sheet.lines.iter().map(|line| line.customer.clone()).collect())
    } else {
        Err(problems)
    }
}

/// What contradicts itself once it is filled; Partner Center's lines are settled as they are read.
fn contradictions(sheet: &Sheet) -> Vec<Problem> {
    let of = |line: &Line| {
        let what = customer_record::contradiction(&line.customer)?;
        Some(Problem { line: line.number, what: Text::of(format_args!("managed is \"yes\". {what}")) })
    };
    let lines = sheet.lines.iter().filter(|_| !sheet.is_of_partner_center);
    lines.filter_map(of).collect()
}

/// The bytes of the file.
fn bytes_of(cx: &RecordContext, file: Option<&Path>) -> Result<Vec<u8>, Text> {
    let read = if let Some(path) = file {
        outside::file::bytes(path, MOST)
    } else {
        let input = io::stdin();
        if input.is_terminal() {
            cx.out.note("Reading customers from the keyboard; Ctrl-D on an empty line ends them.");
        }
        outside::file::up_to(input.lock(), MOST)
    };
    read.map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => Text::of(format_args!("{error}, and lists of customers never are")),
        _ => of_system(&error),
    })
}

/// Every line that can't be used.
fn bad_lines(named: &str, problems: &[Problem]) -> Unanswered {
    let mut lines: Vec<Text> = problems.iter().map(|problem| Text::of(format_args!("{problem}"))).collect();
    let count = u32::try_from(problems.len()).unwrap_or(u32::MAX);
    lines.push(Text::of(format_args!(
        "{PREFIX}{named} has {}. Nothing was imported. Mend the lines, then import the file again.",
        counted(count, "problem", "problems")
    )));
    Unanswered { exit: Exit::Usage, lines }
}

/// What the record refuses, line by line.
fn refusals(sheet: &Sheet, fates: &[Fate]) -> Vec<Problem> {
    let refused = |(line, fate): (&Line, &Fate)| match fate {
        Fate::Refused(failure) => Some(Problem {
            line: line.number,
            what: Text::of(format_args!("{}: {}", line.customer.reference, failure.for_commands())),
        }),
        _ => None,
    };
    sheet.lines.iter().zip(fates).filter_map(refused).collect()
}

/// The lines whose tenant or mail domain is another customer's too, and the command that says that this is right, line by line.
fn doubts(sheet: &Sheet, fates: &[Fate], command: &str) -> Option<anyhow::Error> {
    let (mut lines, mut flags) = (Vec::new(), Vec::new());
    for (line, fate) in sheet.lines.iter().zip(fates) {
        let Fate::Doubted(doubts) = fate else { continue };
        let NewCustomer { reference, name, .. } = &line.customer;
        let what = Text::of(format_args!("{reference}: {}", doubt::sentences(doubts, name)));
        lines.push(Text::of(format_args!("{}", Problem { line: line.number, what })));
        flags.extend(doubts.iter().map(|doubt| doubt.flag_for(reference).as_str().to_owned()));
        flags.dedup();
    }
    (!lines.is_empty()).then(|| doubted(lines, command, &flags))
}

/// Whether a line brought in a tenant.
fn is_new_tenant(line: &Line, fate: &Fate) -> bool {
    match fate {
        Fate::Added => line.customer.tenant.is_some(),
        Fate::Changed(changes) => {
            changes.iter().any(|change| change.column == Column::Tenant && !change.to.is_empty())
        }
        Fate::Unchanged | Fate::Refused(_) | Fate::Doubted(_) => false,
    }
}

/// Says what was done.
fn told(cx: &RecordContext, sheet: &Sheet, fates: &[Fate], is_dry: bool, form: Form) -> io::Result<()> {
    let mut counts = Counts::default();
    let mut rows = Vec::new();
    let compared = sheet.lines.iter().zip(fates).filter(|(line, fate)| is_new_tenant(line, fate)).count();
    let not_compared = u32::try_from(compared).unwrap_or(u32::MAX);
    for (line, fate) in sheet.lines.iter().zip(fates) {
        let did = match fate {
            Fate::Added => {
                counts.added += 1;
                "added"
            }
            Fate::Changed(_) => {
                counts.changed += 1;
                "changed"
            }
            Fate::Unchanged | Fate::Refused(_) | Fate::Doubted(_) => {
                counts.unchanged += 1;
                continue;
            }
        };
        if form == Form::Json {
            rows.push(object(line, did, fate));
        } else {
            cx.out.say(&words(line, did, fate, is_dry))?;
        }
    }
    tell_not_compared(cx, not_compared);
    if is_dry && !sheet.is_of_partner_center && sheet.lines.iter().any(|line| !line.kept.is_empty()) {
        cx.out.note("An empty cell keeps what is on record; the word none empties it.");
    }
    if form == Form::Json {
        return cx.json(
            "customer-changes",
            json!({
                "written": !is_dry && !rows.is_empty(),
                "added": counts.added,
                "changed": counts.changed,
                "unchanged": counts.unchanged,
                "not_compared": not_compared,
                "customers": rows,
            }),
        );
    }
    let Counts { added, changed, unchanged } = counts;
    let sums =
        format!("{} added, {} changed, {} unchanged", grouped(added), grouped(changed), grouped(unchanged));
    cx.out.say(&if is_dry {
        format!("Dry run, nothing was written. It would be: {sums}.")
    } else {
        format!("Imported: {sums}.")
    })
}

/// One line of the file, in words.
fn words(line: &Line, did: &str, fate: &Fate, is_dry: bool) -> String {
    let customer = &line.customer;
    let would = if is_dry { "would be " } else { "" };
    let mut words = format!("{would}{did}: {} · {}", customer.reference, customer.name);
    if let Fate::Changed(made) = fate {
        let made: Vec<String> = made.iter().map(ToString::to_string).collect();
        words.push_str(" · ");
        words.push_str(&made.join("; "));
    }
    words
}

/// One line of the file, as JSON.
fn object(line: &Line, did: &str, fate: &Fate) -> Value {
    let made: &[_] = if let Fate::Changed(made) = fate { made } else { &[] };
    let NewCustomer { reference, name, .. } = &line.customer;
    json!({
        "line": line.number,
        "did": did,
        "reference": reference.as_str(),
        "name": name.as_str(),
        "changes": changes(made),
    })
}
