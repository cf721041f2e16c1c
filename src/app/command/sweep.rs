//! `backup365 sweep`: arguments to plain values.

pub(super) mod plan;

use crate::{
    cli::sweep::Args,
    commands::{
        check::Check,
        sweep::{
            self, What, accept,
            check::{self, MICROSOFT, RECORD},
            forget, install,
        },
    },
    domain::{failure::FailureKind, text::Text},
    exit::Exit,
};

use super::super::{Refusal, places, world::World};
use super::{
    CommandContext,
    checks::{self, CLOCK},
};

/// Runs it.
pub(in crate::app) fn run(args: &Args, command: &CommandContext) -> Result<Exit, Refusal> {
    let (opener, out) = (&command.opener, command.out());
    if args.check {
        return Ok(check::told(&all(command), args.json, out)?);
    }
    if args.install && args.print {
        return Ok(install::print(&plan::plan(opener, opener.record_id()?)?, &plan::around(opener), out)?);
    }
    if args.install {
        let store = opener.store()?;
        let (plan, around) = (plan::plan(opener, Some(store.id()))?, plan::around(opener));
        return Ok(install::install(&plan, &around, &store, out)?);
    }
    if args.uninstall {
        let (plan, around) = (plan::plan(opener, None)?, plan::around(opener));
        let store = if opener.has_record()? { Some(opener.store()?) } else { None };
        return Ok(install::uninstall(&plan, &around, store.as_ref(), out)?);
    }
    if let Some(shorter) = &args.accept_shorter {
        let shorter = shorter.parse().map_err(|words: String| Refusal::usage(words))?;
        let (context, _kept) = command.record_context()?;
        return Ok(accept::run(&context, &shorter)?);
    }
    if let Some(host) = &args.forget {
        let (context, _kept) = command.record_context()?;
        return Ok(forget::run(&context, &Text::clean(host))?);
    }
    let what = What::of(args.preview, args.watch, args.status);
    let is_pass = matches!(what, What::Pass | What::Watch);
    // A server that is restarted at 20:00 costs nobody the night.
    let (context, _kept) = command.open_patiently(if is_pass { &sweep::PAUSES } else { &[] })?;
    command.runtime.block_on(sweep::run(&context, what, args.json)).map_err(Refusal::from)
}

/// Whether the command only prints, so that not even a log is begun.
pub(super) const fn only_prints(args: &Args) -> bool {
    args.install && args.print
}

/// Whether it is a sweep itself, or the check whether one could run.
pub(super) const fn is_unattended(args: &Args) -> bool {
    let is_about = args.accept_shorter.is_some() || args.forget.is_some();
    !(args.preview || args.status || args.install || args.uninstall || is_about)
}

/// What a pass needs, tried in turn up to the first thing that is not as it should be.
fn all(command: &CommandContext) -> Vec<Check> {
    let opener = &command.opener;
    let mut all = vec![checks::settings(opener)];
    all.extend(checks::addresses(opener));
    all.push(checks::files(&places::notes(&opener.settings, opener.is_sandbox)));
    let store = opener.store().and_then(|store| store.demand_unmoved().map(|()| store));
    let opens = |_: &_| Text::of(format_args!("opens, {}", opener.place_in_words()));
    all.push(Check::new(RECORD, store.as_ref().map(opens).map_err(Clone::clone)));
    let Ok(store) = store else { return all };
    let record = store.clone();
    let name = if opener.is_sandbox { "Sandbox" } else { "Credential" };
    let there = |world: &World| match (opener.is_sandbox, world.doubts.as_slice()) {
        (true, _) => Text::from("has started"),
        (false, []) => Text::from("is there"),
        (false, doubts) => {
            let words: Vec<&str> = doubts.iter().map(Text::as_str).collect();
            Text::of(format_args!("is there, but {}", words.join("; ")))
        }
    };
    let world = opener.open_with(store);
    // Behind the credential the way to Microsoft is made ready.
    let is_way = matches!(&world, Err(failure) if failure.kind == FailureKind::Unreachable);
    let name = if is_way { MICROSOFT } else { name };
    all.push(Check::new(name, world.as_ref().map(there).map_err(Clone::clone)));
    let Ok(world) = world else { return all };
    all.extend(checks::expiry(&world.standing, opener.clock.now()));
    let signed_in = command.runtime.block_on(world.provider.graph.sign_in());
    let found = signed_in.map(|()| Text::from("takes the credential, in your own organisation"));
    let is_good = found.is_ok();
    all.push(Check::new(MICROSOFT, found));
    if is_good {
        let reached = command.runtime.block_on(world.provider.graph.reach());
        all.push(Check::new("Graph", reached.map(|()| Text::from("answers"))));
    }
    // What Microsoft says about a clock that it does not accept is said in its refusal; its date tells the rest.
    let graph = &world.provider.graph;
    if is_good || graph.demand_clock().is_err() {
        let found = graph.demand_clock().and_then(|()| record.demand_clock());
        if graph.clock_gap().is_some() && graph.demand_clock().is_ok() {
            // Told this once: the clock is right now, and what lies ahead was written by one that was not.
            let kept = record.clock_is_right();
            all.push(Check::new(CLOCK, found.and(kept).map(|()| checks::agrees(graph.clock_gap()))));
        } else {
            all.push(Check::new(CLOCK, found.map(|()| checks::agrees(graph.clock_gap()))));
        }
    }
    all
}
