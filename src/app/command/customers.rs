//! `backup365 customers`: arguments to plain values.

use crate::{
    cli::customers::{Args, Columns, Import, What},
    commands::customers::{self, Form, Wish},
    domain::{customer_record::Column, text::Text},
    exit::Exit,
    provider::partner::Wanted,
};

use super::super::Refusal;
use super::{CommandContext, input};

/// Runs it.
pub(in crate::app) fn run(args: &Args, command: &CommandContext) -> Result<Exit, Refusal> {
    if let What::Import(import) = &args.what
        && import.from_microsoft
    {
        return from_microsoft(import, command);
    }
    let wish = wish(&args.what);
    // What is missing is said before anything is opened.
    if let Some(missing) = customers::missing(&wish) {
        return Err(missing.into());
    }
    let is_dry = matches!(&wish, Wish::Import { is_dry: true, .. });
    let (cx, _kept) = if is_dry {
        command.record_copy()?
    } else {
        let (cx, world) = command.record_context()?;
        (cx, (world, None))
    };
    customers::run(&cx, &wish, &input::line()).map_err(Refusal::from)
}

/// Brings in the customers that Microsoft lists.
fn from_microsoft(import: &Import, command: &CommandContext) -> Result<Exit, Refusal> {
    let wanted = Wanted { as_new: import.as_new, is_dry: import.dry_run };
    let form = if import.json { Form::Json } else { Form::Text };
    let (cx, _kept) = if wanted.is_dry {
        let (cx, world, trial) = command.open_trial()?;
        (cx, (world, Some(trial)))
    } else {
        let (cx, world) = command.open()?;
        (cx, (world, None))
    };
    let ended = command.runtime.block_on(customers::from_microsoft(&cx, wanted, form));
    ended.map_err(Refusal::from)
}

/// Whether it puts customers on record.
pub(super) const fn fills(args: &Args) -> bool {
    matches!(args.what, What::Add(_) | What::Import(_))
}

/// What is asked for, as plain values.
fn wish(what: &What) -> Wish {
    let json = |json: bool| if json { Form::Json } else { Form::Text };
    match what {
        What::List(list) => Wish::List {
            words: list.words.join(" "),
            with_closed: list.all,
            form: if list.csv { Form::Csv } else { json(list.json) },
        },
        What::Show(show) => {
            Wish::Show { customer: show.customer.clone(), is_audit: show.audit, form: json(show.json) }
        }
        What::Add(add) => Wish::Add {
            columns: given(add.reference.as_ref(), &add.columns),
            same_as: references(&add.same_organisation_as),
            form: json(add.json),
        },
        What::Set(set) => Wish::Set {
            customer: set.customer.clone(),
            columns: given(set.reference.as_ref(), &set.columns),
            same_as: references(&set.same_organisation_as),
            form: json(set.json),
        },
        What::Import(import) => Wish::Import {
            file: import.file.clone().filter(|file| file.as_os_str() != "-"),
            sharing: import.same_organisation_as.clone(),
            as_new: import.as_new,
            is_dry: import.dry_run,
            form: json(import.json),
        },
    }
}

/// References as the record has them.
fn references(words: &[String]) -> Vec<Text> {
    words.iter().map(|word| Text::clean(word)).collect()
}

/// The columns that were given, in the order of the file.
fn given(reference: Option<&String>, columns: &Columns) -> Vec<(Column, String)> {
    let Columns { name, domain, active, products, tenant, managed, time_zone, seats } = columns;
    [
        (Column::Reference, reference),
        (Column::Name, name.as_ref()),
        (Column::Domain, domain.as_ref()),
        (Column::Active, active.as_ref()),
        (Column::Products, products.as_ref()),
        (Column::Tenant, tenant.as_ref()),
        (Column::Managed, managed.as_ref()),
        (Column::TimeZone, time_zone.as_ref()),
        (Column::Seats, seats.as_ref()),
    ]
    .into_iter()
    .filter_map(|(column, value)| Some((column, value?.clone())))
    .collect()
}
