//! `backup365 completions` and `backup365 man`: made from the arguments that the program takes, so that they can't differ.

use std::io::{self, IsTerminal, Write};

use anyhow::Context;
use clap::{Command, CommandFactory};
use clap_complete::Shell as Script;
use clap_mangen::{
    Man,
    roff::{Roff, roman},
};

use crate::{
    app::environment::Environment,
    cli::{
        Cli, Common,
        completions::{Args, ManArgs, Shell},
    },
    commands::completions,
    exit::Exit,
};

use super::super::Refusal;

/// The program's name, as it is typed.
const NAME: &str = "backup365";

/// Above the lines of help that are examples.
const EXAMPLES: &str = "Examples:";

/// Prints completions.
pub(in crate::app) fn run(args: &Args, common: &Common) -> Result<Exit, Refusal> {
    let shell = match args.shell {
        Shell::Bash => Script::Bash,
        Shell::Zsh => Script::Zsh,
        Shell::Fish => Script::Fish,
        Shell::PowerShell => Script::PowerShell,
        Shell::Elvish => Script::Elvish,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), NAME, &mut script);
    let script = String::from_utf8_lossy(&script);
    Ok(completions::print(&script, super::out(common, &Environment::default()))?)
}

/// Prints or writes the manual pages.
pub(in crate::app) fn man(args: &ManArgs, common: &Common) -> Result<Exit, Refusal> {
    let out = super::out(common, &Environment::default());
    let mut top = Cli::command().disable_help_subcommand(true);
    top.build();
    if let Some(folder) = &args.out {
        let mut pages = Vec::new();
        collect(&top, &mut pages)?;
        return Ok(completions::write(folder, &pages, out)?);
    }
    let mut command = &top;
    for word in &args.command {
        command = command.find_subcommand(word).ok_or_else(|| unknown(command, word))?;
    }
    if io::stdout().is_terminal() {
        let words = args.command.iter().fold(String::new(), |words, word| words + " " + word);
        out.note(&format!("This is a page for man. Read it with: backup365 man{words} | man -l -"));
    }
    Ok(completions::print(&page(command)?, out)?)
}

/// A command that does not exist, and those that do.
fn unknown(above: &Command, word: &str) -> Refusal {
    let names: Vec<&str> = shown(above).map(Command::get_name).collect();
    let near = names.iter().find(|name| strsim::osa_distance(name, word) <= 2);
    let hint = match near {
        Some(near) => format!("Did you mean {near}?"),
        None if names.is_empty() => "It has no commands below it.".to_owned(),
        None => format!("These have: {}.", names.join(", ")),
    };
    Refusal::usage(format!("the command {word} has no manual page: there is no such command. {hint}"))
}

/// Commands below one that people are told of.
fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|below| !below.is_hide_set())
}

/// The page of a command and of all below it, with their file names.
fn collect(command: &Command, pages: &mut Vec<(String, String)>) -> anyhow::Result<()> {
    pages.push((format!("{}.1", name(command)), page(command)?));
    shown(command).try_for_each(|below| collect(below, pages))
}

/// `backup365-sweep`.
fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or(NAME).to_owned()
}

/// One page. Examples are a part of their own, with their lines as they are.
fn page(command: &Command) -> anyhow::Result<String> {
    let extra = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    // Long help may differ from the page's own parts, which is why both are left out of what is rendered.
    let bare = command.clone().after_help("").after_long_help("");
    let man = Man::new(bare).source(concat!("backup365 ", env!("CARGO_PKG_VERSION"))).manual("backup365");
    let mut bytes = Vec::new();
    let mut render = || {
        man.render_title(&mut bytes)?;
        man.render_name_section(&mut bytes)?;
        man.render_synopsis_section(&mut bytes)?;
        man.render_description_section(&mut bytes)?;
        if command.get_arguments().any(|argument| !argument.is_hide_set()) {
            man.render_options_section(&mut bytes)?;
        }
        if shown(command).next().is_some() {
            man.render_subcommands_section(&mut bytes)?;
        }
        bytes.write_all(ending(command, &extra).as_bytes())
    };
    render().context("the manual page could not be made")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Examples, notes, exit codes, and where to read on.
fn ending(command: &Command, extra: &str) -> String {
    let mut roff = Roff::new();
    for part in extra.split("\n\n").filter(|part| !part.trim().is_empty()) {
        roff.control("SH", [if part.starts_with(EXAMPLES) { "EXAMPLES" } else { "NOTES" }]);
        roff.control("nf", []);
        for line in part.lines().filter(|line| *line != EXAMPLES) {
            roff.text([roman(line)]);
        }
        roff.control("fi", []);
    }
    roff.control("SH", ["EXIT STATUS"]);
    for exit in Exit::ALL {
        roff.control("TP", []).text([roman(exit.code().to_string())]).text([roman(exit.meaning())]);
    }
    if name(command) != NAME {
        roff.control("SH", ["SEE ALSO"]).text([roman("backup365(1)")]);
    }
    roff.to_roff()
}
