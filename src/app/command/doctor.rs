//! `backup365 doctor`: what it looks at, in which order, and with what of this start. It opens no world: the record is
//! looked at in a copy, the sandbox keeps nothing, and no log is begun.

pub(super) mod credential;
mod here;
pub(super) mod network;

use std::sync::Arc;

use tokio::runtime::Runtime;

use crate::{
    app::{
        BLOCKING, Refusal, environment::Environment, fits_flags, hide_secret, name_world, places, runtime,
        trial::Trial, world,
    },
    cli::{Common, doctor::Args},
    commands::{
        check::Check,
        doctor::{Sheet, record, server, sweeper},
        sweep::installed,
    },
    domain::{
        failure::{Failure, FailureKind},
        phrase::{Command, phrase},
        sweep::OVERDUE_AFTER,
        sydney,
        text::Text,
    },
    exit::Exit,
    provider::store::{HostedAccess, Place, Store},
    runner::clock,
    settings::{Settings, Sources, survey::Survey},
};

use super::{super::sources, checks, sweep::plan};
use network::Network;

/// Name of the check of the settings.
const SETTINGS: &str = "Settings";

/// Runs it.
pub(in crate::app) fn run(args: &Args, common: &Common) -> Result<Exit, Refusal> {
    fits_flags(common, common.sandbox)?;
    name_world(common, common.sandbox);
    let environment = Environment::read();
    let mut sheet = Sheet::new(args.json, common.sandbox, super::out(common, &environment));
    let settings = sources(common, &environment, &mut sheet).and_then(|found| usable(&found, &mut sheet));
    if let Some(settings) = settings {
        hide_secret(&settings);
        let runtime = runtime(false, BLOCKING)?;
        let opener = opener(common, settings, environment, &runtime)?;
        look(&opener, &runtime, &mut sheet)?;
    } else {
        sheet.settings_are_unusable();
        sheet.extend(here::checks(&environment));
    }
    sheet.end().map_err(Refusal::from)
}

/// Where settings come from; none, and said, without a home folder.
fn sources(common: &Common, environment: &Environment, sheet: &mut Sheet) -> Option<Sources> {
    let found = sources::of(common, environment).ok();
    if found.is_none() {
        let what = "there is no home folder to keep the record in";
        let hint = "Set HOME (or XDG_CONFIG_HOME and XDG_DATA_HOME), then look again.";
        sheet.add(Check::new(SETTINGS, Err(Failure::new(FailureKind::NotFound, what, hint))));
    }
    found
}

/// The settings, where they can be used; every mistake is said.
fn usable(sources: &Sources, sheet: &mut Sheet) -> Option<Settings> {
    let survey = Survey::of(sources);
    for (name, near) in &survey.strays {
        let words = Text::of(format_args!("the environment variable {name} is no setting"));
        sheet.add(Check::warning(SETTINGS, words, Text::of(format_args!("Did you mean {near}?"))));
    }
    let mut mistakes: Vec<String> = survey.mistakes.iter().map(ToString::to_string).collect();
    mistakes.extend(survey.settings.as_ref().and_then(|settings| world::permissions(settings).err()));
    let is_usable = mistakes.is_empty();
    for words in mistakes {
        let words = Text::clean(words.trim_end_matches('.'));
        sheet.add(Check::new(SETTINGS, Err(Failure::new(FailureKind::Malformed, words, ""))));
    }
    survey.settings.filter(|_| is_usable)
}

/// What opens the world, of which doctor uses the parts.
fn opener(
    common: &Common,
    settings: Settings,
    environment: Environment,
    runtime: &Runtime,
) -> Result<world::Opener, Refusal> {
    Ok(world::Opener {
        common: common.clone(),
        clock: world::clock(common, &settings, common.sandbox),
        handle: runtime.handle().clone(),
        permissions: world::permissions(&settings).map_err(Refusal::usage)?,
        settings,
        environment,
        is_sandbox: common.sandbox,
        // A record that was never made is no trouble here; it is not made either.
        may_make: true,
        record: None,
        is_by_operator: true,
        account: Arc::default(),
    })
}

/// Looks at everything, from the settings outwards.
fn look(opener: &world::Opener, runtime: &Runtime, sheet: &mut Sheet) -> Result<(), Refusal> {
    if opener.settings.app.is_none() && !opener.is_sandbox {
        sheet.add(Check::warning(
            SETTINGS,
            "none names your application at Microsoft, so the wizard opens the sandbox",
            phrase![
                "To register one, run: ",
                Command::Setup,
                ". See \"Going live\" in the README; or add --sandbox to look at the sandbox."
            ],
        ));
    } else {
        sheet.add(checks::settings(opener));
    }
    sheet.extend(checks::addresses(opener));
    let (settings, is_sandbox) = (&opener.settings, opener.is_sandbox);
    let mut notes = places::notes(settings, is_sandbox);
    notes.extend(places::kept(settings, is_sandbox));
    sheet.add(checks::files(&notes));
    // Kept until the end: the copy of the record goes with it.
    let trial = Trial::new(&std::env::temp_dir());
    let store = of_record(opener, trial.as_ref(), sheet);
    let access = store.as_ref().map_or_else(|| Ok(HostedAccess::default()), Store::hosted_access);
    let access = access.unwrap_or_default();
    sheet.add(record::keys(&settings.identity_of(is_sandbox), &access));
    sheet.extend(here::checks(&opener.environment));
    of_sweeps(opener, store.as_ref(), sheet)?;
    match runtime.block_on(Network::open(opener)) {
        Ok(network) => network.look(opener, runtime, &access, store.as_ref(), sheet),
        Err(check) => sheet.add(*check),
    }
    Ok(())
}

/// The record, its place, and what lies beside it.
fn of_record(opener: &world::Opener, trial: Result<&Trial, &Failure>, sheet: &mut Sheet) -> Option<Store> {
    let (settings, is_sandbox) = (&opener.settings, opener.is_sandbox);
    let is_on_server = settings.record_url(is_sandbox).is_some();
    sheet.note_place(opener.place_in_words());
    sheet.extend(record::folder(&settings.data_of(is_sandbox), is_on_server));
    let place = match opener.place() {
        Ok(place) => place,
        Err(failure) => {
            sheet.add(Check::new("Server", Err(failure)));
            return None;
        }
    };
    match &place {
        Place::File(file) => sheet.add(record::locks(file)),
        Place::Server(address) => match Store::server_facts(address, &clock::system()) {
            Ok(facts) => {
                sheet.extend(server::checks(&facts, settings.clock.tolerance));
                if !server::is_usable(&facts) {
                    return None;
                }
            }
            Err(failure) => {
                sheet.add(Check::new("Server", Err(failure)));
                return None;
            }
        },
    }
    let found = match trial {
        Ok(trial) => opener.examine(place.clone(), trial),
        Err(failure) => Err(failure.clone()),
    };
    let found = found.and_then(|store| {
        store.as_ref().map_or(Ok(()), Store::demand_unmoved)?;
        Ok(store)
    });
    sheet.add(record::record(&found, &opener.place_in_words()));
    let store = found.ok().flatten()?;
    sheet.add(record::history(&store));
    sheet.add_held(store.held_runs(&place), opener.clock.now());
    Some(store)
}

/// Who does the sweeps.
fn of_sweeps(opener: &world::Opener, store: Option<&Store>, sheet: &mut Sheet) -> Result<(), Refusal> {
    let (plan, around) = (plan::plan(opener, store.map(Store::id))?, plan::around(opener));
    let timer = installed::looked_at(&plan, &around)?;
    let now = opener.clock.now();
    let status = store.map(|store| store.status_of(sydney::latest_2000(now.minus(OVERDUE_AFTER)), None));
    match status {
        Some(Ok(status)) => {
            sheet.add(sweeper::sweeper(&status, &around.host, !timer.is_empty()));
            sheet.extend(sweeper::silent(&status, now));
        }
        Some(Err(failure)) => sheet.add(Check::new("Sweeper", Err(failure))),
        None => {}
    }
    sheet.extend(timer);
    Ok(())
}
