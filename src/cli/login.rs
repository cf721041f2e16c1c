//! Arguments of `backup365 login`, `logout` and `whoami`.

/// Sign in with your own account at Microsoft.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  backup365 login                in the browser of this computer, else by a code\n  \
                        backup365 login --device-code  by a code, typed into a browser anywhere\n\n\
                        On a terminal keys work while it waits: n begins anew (the old code or page is\n\
                        worth nothing then), o goes the other way, q leaves.\n\
                        Exit code 4: Microsoft or a missing role refused it."
)]
pub struct LoginArgs {
    /// In a browser that comes back to this computer, whether one can be opened from here or not.
    #[arg(long, conflicts_with = "device_code")]
    pub browser: bool,
    /// By a code.
    #[arg(long)]
    pub device_code: bool,
    /// Print one JSON object in the end (kind "whoami").
    #[arg(long)]
    pub json: bool,
}

/// Forget the sign-in on this computer.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 logout\n\n\
                        Microsoft is not asked: the browser stays signed in there.")]
pub struct LogoutArgs {
    /// Print one JSON object (kind "whoami").
    #[arg(long)]
    pub json: bool,
}

/// Who is signed in, and as what.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 whoami\n  backup365 whoami --json\n\n\
                        Exit code 4: the sign-in has ended, or the settings demand one and nobody is\n\
                        signed in.")]
pub struct WhoamiArgs {
    /// Print one JSON object (kind "whoami").
    #[arg(long)]
    pub json: bool,
}
