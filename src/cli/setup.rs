//! Arguments of `backup365 setup`.

/// Set up what you need before the first customer: two registrations at Microsoft, and the settings.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 setup          on the whole screen\n  \
                        backup365 --plain setup  line by line\n  \
                        backup365 --microsoft-cloud us-gov-l4 setup\n  \
                        backup365 setup --signed-in --organisation yourcompany.example\n\n\
                        It is a wizard, and needs no record. Each part is written into the settings file\n\
                        as soon as it is saved; started again, it shows what is there and goes on\n\
                        with what is missing. What stands in the file already stays, comments too.\n\n\
                        With --signed-in you sign in as a Global Administrator, and the program\n\
                        registers in your name, in lines; what it makes is shown before.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Args {
    /// Have it made: you sign in as an administrator, through Microsoft Graph Command Line Tools.
    #[arg(long)]
    pub signed_in: bool,
    /// Your own organisation, by a domain or the tenant ID, where the settings don't name it yet.
    #[arg(long, value_name = "DOMAIN", requires = "signed_in")]
    pub organisation: Option<String>,
    /// In a browser that comes back to this computer, whether one can be opened from here or not.
    #[arg(long, conflicts_with = "device_code", requires = "signed_in")]
    pub browser: bool,
    /// By a code.
    #[arg(long, requires = "signed_in")]
    pub device_code: bool,
    /// Make everything without asking.
    #[arg(long, requires = "signed_in")]
    pub yes: bool,
}
