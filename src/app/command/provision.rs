//! `backup365 provision`: arguments to plain values.

use crate::{
    cli::provision::{Args, Hosted, Included, Who},
    commands::{
        journey,
        own_credential::OwnCredential,
        provision::{self, Print, Way},
        unanswered::Unanswered,
    },
    domain::{
        answers::{Answers, Details, Password, Users},
        own_right,
        secret::Secret,
        text::Text,
    },
    driver::front::Stop,
    exit::Exit,
};

use super::{
    super::{Refusal, signals},
    CommandContext, input, password,
};

/// Runs it.
pub(in crate::app) fn run(args: &Args, command: CommandContext) -> Result<Exit, Refusal> {
    if args.rehearse && !command.opener.is_sandbox {
        return Err(Refusal::usage("--rehearse works in the sandbox only. Add --sandbox, or leave it out."));
    }
    if let Some(name) = &args.agreed_by {
        agreed(name, command.opener.settings.consent.own_right)?;
    }
    let mut notes = Vec::new();
    let own = OwnCredential::of(&command.opener.settings);
    let mut answers = answers(args, &own, &mut notes)?;
    let stop = Stop::default();
    let source = password::Source::of(&args.hosted).filter(|_| !args.dry_run);
    let mut hears = false;
    if let (Some(source), Some(details)) = (source, &mut answers.details) {
        // Standard input has no limit of time and can't be broken off: while it is read, a signal ends the program.
        if !source.is_standard_input() {
            signals::listen(&stop)?;
            hears = true;
        }
        details.password = Some(Password::Read(read(&source, &stop)?));
    }
    // Kept until the end: the copy of the record goes with it.
    let (context, world, trial) = if args.dry_run {
        let (context, world, trial) = command.open_trial()?;
        (context, world, Some(trial))
    } else {
        let (context, world) = command.open()?;
        (context, world, None)
    };
    let start = command.start(&world);
    if !hears {
        signals::listen(&stop)?;
    }
    if context.is_sandbox {
        context.out.note("SANDBOX: everything here is invented.");
    }
    for note in notes {
        context.out.note(&note);
    }
    let way = Way {
        start: &start,
        store: &context.provider.store,
        clock: &context.clock,
        stop: &stop,
        out: context.out,
        is_sandbox: context.is_sandbox,
    };
    let print = Print { is_json: args.json, line: input::line() };
    let done = provision::run(&way, answers, &print);
    // What still waits for a lock or a server is not waited for: writes have been.
    drop(start);
    drop((context, world));
    drop(trial);
    command.runtime.shutdown_background();
    Ok(done?)
}

/// Every answer, read from where the flags say; what is to be said of the lists is added to `notes`.
fn answers(args: &Args, own: &OwnCredential, notes: &mut Vec<String>) -> Result<Answers, Refusal> {
    let is_twice = [&args.users_file, &args.turn_off, &args.hosted.mailboxes]
        .into_iter()
        .filter(|file| file.as_deref().is_some_and(input::is_standard_input))
        .count()
        > 1;
    if is_twice {
        return Err(Refusal::usage(
            "only one list can come from standard input. Put the other one into a file.",
        ));
    }
    let answers = Answers {
        customer: args.customer.clone(),
        product: args.product,
        tenant: args.tenant.clone(),
        same_as: args.same_organisation_as.iter().map(|word| Text::clean(word)).collect(),
        domain_elsewhere: args.domain_belongs_elsewhere,
        details: details(&args.hosted, own, notes)?,
        users: users(args, notes)?,
        include: args.include_kind.iter().copied().map(Included::kind).collect(),
        leave_out: args.leave_out_kind.iter().copied().map(Included::kind).collect(),
        exclude: args.exclude.clone(),
        lift: args.lift.clone(),
        turn_off: turn_off(args, notes)?,
        max_off: args.max_off,
        undo_auto: args.undo_auto,
        max_seats: args.max_seats,
        ceiling: args.ceiling,
        without_sweeper: args.without_sweeper,
        agreed_by: args.agreed_by.clone(),
        take_over: args.take_over.clone(),
        wait: args.wait,
        is_dry_run: args.dry_run,
        is_unsigned: args.dry_run,
        rehearse: args.rehearse,
        ..Answers::default()
    };
    match answers.clash() {
        Some(words) => Err(Refusal::usage(words)),
        None => Ok(answers),
    }
}

/// Refuses what is no name, and to accept for a customer where settings don't allow it.
fn agreed(name: &str, is_allowed: bool) -> Result<(), Refusal> {
    if !is_allowed {
        return Err(Refusal::usage(
            "--agreed-by accepts for the customer, and settings don't allow that. See consent.own_right in the README.",
        ));
    }
    own_right::agreed(name)
        .map(drop)
        .map_err(|problem| Refusal::usage(format!("--agreed-by can't be used. {problem}")))
}

/// Whom the flags turn on; none where they say nothing.
fn users(args: &Args, notes: &mut Vec<String>) -> Result<Option<Users>, Refusal> {
    Ok(match (&args.users_file, args.users) {
        (Some(file), _) => {
            let these = input::addresses(file, "--users-file", notes)?;
            if these.is_empty() {
                return Err(Refusal::usage(
                    "the list of --users-file is empty. Put one address on each line, or use --users none.",
                ));
            }
            Some(Users::These(these))
        }
        (None, Some(Who::All)) => Some(Users::All),
        (None, Some(Who::Auto)) => Some(Users::Auto),
        (None, Some(Who::None)) => Some(Users::None),
        (None, None) => None,
    })
}

/// The addresses that are turned off.
fn turn_off(args: &Args, notes: &mut Vec<String>) -> Result<Vec<String>, Refusal> {
    let turn_off = match &args.turn_off {
        Some(file) => input::addresses(file, "--turn-off", notes)?,
        None => Vec::new(),
    };
    if args.turn_off.is_some() && turn_off.is_empty() {
        return Err(Refusal::usage(
            "the list of --turn-off is empty. Put one address on each line, or leave the flag out.",
        ));
    }
    Ok(turn_off)
}

/// Reads the password.
fn read(source: &password::Source, stop: &Stop) -> Result<Secret<String>, Refusal> {
    source.read(stop).map_err(|error| match journey::stopped(stop) {
        Some(exit) => Unanswered::new(exit, "stopped before the password was read. Nothing was done.").into(),
        None => Refusal::usage(format!("{error:#}")),
    })
}

/// The details of hosted Exchange; none where nothing was given. The password is not read yet, and in a dry run never.
fn details(
    hosted: &Hosted,
    own: &OwnCredential,
    notes: &mut Vec<String>,
) -> Result<Option<Details>, Refusal> {
    if hosted.password.is_some() {
        return Err(Refusal::usage(
            "a password is never taken as a flag: whoever lists the processes of this computer can read it, and the \
             shell keeps it. Use --password-file, --password-fd, --password-env or --password-command, and change this \
             password.",
        ));
    }
    let source = password::Source::of(hosted);
    if let Some(words) = source.as_ref().and_then(|source| source.is_ours(own)) {
        return Err(Refusal::usage(words));
    }
    let mailboxes = match &hosted.mailboxes {
        Some(file) => Some(input::addresses(file, "--mailboxes", notes)?),
        None => None,
    };
    let details = Details {
        server: hosted.server.clone(),
        account: hosted.account.clone(),
        password: source.map(|_| Password::Unread),
        mailbox: hosted.try_mailbox.clone(),
        domains: hosted.mail_domain.clone(),
        mailboxes,
        is_directory: hosted.directory,
    };
    let is_given = details.server.is_some()
        || details.account.is_some()
        || details.password.is_some()
        || details.mailbox.is_some()
        || !details.domains.is_empty()
        || details.mailboxes.is_some()
        || details.is_directory;
    Ok(is_given.then_some(details))
}
