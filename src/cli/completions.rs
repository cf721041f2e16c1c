//! Arguments of `backup365 completions` and `backup365 man`.

use std::path::PathBuf;

use clap::ValueEnum;

/// Print what a shell needs to complete commands and flags.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 completions bash\n  backup365 completions powershell\n\n\
                        Where the shell looks for it:\n  \
                        bash        ~/.local/share/bash-completion/completions/backup365\n  \
                        zsh         _backup365, in a folder of $fpath\n  \
                        fish        ~/.config/fish/completions/backup365.fish\n  \
                        powershell  a file that $PROFILE reads\n  \
                        elvish      a file that ~/.config/elvish/rc.elv reads")]
pub struct Args {
    /// The shell.
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// Shells that can be helped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// Bash.
    Bash,
    /// Zsh.
    Zsh,
    /// Fish.
    Fish,
    /// PowerShell.
    #[value(name = "powershell", alias = "pwsh")]
    PowerShell,
    /// Elvish.
    Elvish,
}

/// Print a manual page, or write all of them into a folder.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 man | man -l -\n  backup365 man sweep | man -l -\n  \
                        backup365 man --out ~/.local/share/man/man1\n\n\
                        Pages of that folder are then opened with: man backup365-sweep")]
pub struct ManArgs {
    /// The command whose page is printed; none: the page of the program.
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    pub command: Vec<String>,
    /// Write one page for each command into this folder; pages that are there are replaced.
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
}
