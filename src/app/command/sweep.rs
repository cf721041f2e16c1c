//! `backup365 sweep`: arguments to plain values.

use std::path::{Path, PathBuf};

use crate::{
    app::environment,
    cli::sweep::Args,
    commands::sweep::{
        self, What,
        check::{self, Check, MICROSOFT},
        install::{self, Around, Plan},
    },
    domain::text::Text,
    exit::Exit,
    settings::CredentialSource,
};

use super::super::{Refusal, world::Opener};
use super::Stage;

/// File in the config folder with variables for the timer's passes; nobody has to make it.
const VARIABLES: &str = "sweep.env";

/// Runs it.
pub(in crate::app) fn run(args: &Args, stage: &Stage) -> Result<Exit, Refusal> {
    let (opener, out) = (&stage.opener, stage.out());
    if args.check {
        return Ok(check::told(&checks(stage), args.json, out)?);
    }
    if args.install && args.print {
        return Ok(install::print(&plan(opener)?, out)?);
    }
    if args.install {
        let (plan, around) = (plan(opener)?, around(opener));
        return Ok(install::install(&plan, &around, &opener.store()?, out)?);
    }
    if args.uninstall {
        let (plan, around) = (plan(opener)?, around(opener));
        let store = if opener.has_record() { Some(opener.store()?) } else { None };
        return Ok(install::uninstall(&plan, &around, store.as_ref(), out)?);
    }
    let (context, _kept) = stage.open()?;
    let what = What::of(args.preview, args.watch, args.status);
    stage.runtime.block_on(sweep::run(&context, what, args.json)).map_err(Refusal::from)
}

/// Whether the command only prints, so that not even a log is begun.
pub(super) const fn only_prints(args: &Args) -> bool {
    args.install && args.print
}

/// What a pass needs, tried in turn up to the first thing that is not as it should be.
fn checks(stage: &Stage) -> Vec<Check> {
    let opener = &stage.opener;
    let settings = match (&opener.settings.file, opener.is_sandbox) {
        (Some(file), _) => Text::of(format_args!("read from {}", file.display())),
        (None, true) => Text::from("none, and the sandbox needs none"),
        (None, false) => Text::from("read from variables and flags"),
    };
    let mut checks = vec![Check { name: "Settings", found: Ok(settings) }];
    let store = opener.store();
    let place = opener.settings.store_of(opener.is_sandbox);
    let opens = |_: &_| Text::of(format_args!("opens, {}", place.display()));
    checks.push(Check { name: "Record", found: store.as_ref().map(opens).map_err(Clone::clone) });
    let Ok(store) = store else { return checks };
    let name = if opener.is_sandbox { "Sandbox" } else { "Credential" };
    let there = if opener.is_sandbox { "has started" } else { "is there" };
    let world = opener.world(store);
    checks.push(Check { name, found: world.as_ref().map(|_| Text::from(there)).map_err(Clone::clone) });
    let Ok(world) = world else { return checks };
    let signed_in = stage.runtime.block_on(world.provider.graph.sign_in());
    let found = signed_in.map(|()| Text::from("takes the credential, in your own organisation"));
    checks.push(Check { name: MICROSOFT, found });
    checks
}

/// What the units are made from: the same world as this start, however it was named.
fn plan(opener: &Opener) -> Result<Plan, Refusal> {
    let (Some(folder), Some(program)) =
        (opener.environment.config.as_deref().and_then(Path::parent), program())
    else {
        return Err(Refusal::usage("this computer does not say where this program and its settings lie."));
    };
    Ok(Plan {
        program,
        arguments: arguments(opener)?,
        environment: environment::folders(),
        variables: opener.settings.config.join(VARIABLES),
        folder: folder.join("systemd/user"),
        is_sandbox: opener.is_sandbox,
    })
}

/// The program by the name that is on the path, which stays when a newer one takes its place; else where it lies.
fn program() -> Option<PathBuf> {
    let here = std::env::current_exe().ok().filter(|file| file.exists())?;
    Some(
        environment::on_path("backup365")
            .filter(|found| found.canonicalize().ok().as_ref() == Some(&here))
            .unwrap_or(here),
    )
}

/// Flags that lead to the same settings and the same world.
fn arguments(opener: &Opener) -> Result<Vec<String>, Refusal> {
    let mut arguments = Vec::new();
    if let Some(file) = &opener.settings.file {
        arguments.extend(["--settings".to_owned(), absolute(file)?]);
    }
    if opener.is_sandbox {
        arguments.push("--sandbox".to_owned());
        if let Some(world) = &opener.common.world {
            let file = Path::new(world);
            arguments
                .extend(["--world".to_owned(), if file.exists() { absolute(file)? } else { world.clone() }]);
        }
    }
    Ok(arguments)
}

/// A path that means the same from any folder.
fn absolute(path: &Path) -> Result<String, Refusal> {
    let found = std::path::absolute(path).ok().and_then(|path| path.to_str().map(str::to_owned));
    found.ok_or_else(|| {
        Refusal::usage(format!(
            "{} can't stand in a timer: its name is not UTF-8. Rename it.",
            path.display()
        ))
    })
}

fn around(opener: &Opener) -> Around {
    let credential = opener.settings.app.as_ref().filter(|_| !opener.is_sandbox).map(|app| &app.credential);
    Around {
        host: Text::clean(&opener.environment.host),
        user: opener.environment.user.clone(),
        zone: opener.environment.zone.clone(),
        now: opener.clock.now(),
        is_passing: program().is_some_and(|program| is_passing(&program)),
        secret_variable: match credential {
            Some(CredentialSource::SecretEnvironment(name)) => Some(name.clone()),
            _ => None,
        },
    }
}

/// Whether a program lies where it will not stay: in a temporary folder, or where Cargo builds.
fn is_passing(program: &Path) -> bool {
    let is_built = program.ancestors().skip(1).any(|folder| {
        folder.file_name().is_some_and(|name| name == "target") && folder.join("CACHEDIR.TAG").exists()
    });
    is_built
        || [std::env::temp_dir(), "/tmp".into(), "/var/tmp".into()]
            .iter()
            .any(|folder| program.starts_with(folder))
}
