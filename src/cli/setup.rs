//! Arguments of `backup365 setup`.

/// Set up what you need before the first customer: two registrations at Microsoft, and the settings.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 setup          on the whole screen\n  \
                        backup365 --plain setup  line by line\n  \
                        backup365 --microsoft-cloud us-gov-l4 setup\n\n\
                        It is a wizard, and needs no record. Each part is written into the settings file\n\
                        as soon as it is saved; started again, it shows what is there and goes on\n\
                        with what is missing. What stands in the file already stays, comments too.")]
pub struct Args {}
