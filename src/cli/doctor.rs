//! Arguments of `backup365 doctor`.

/// Looks at everything that this program stands on, and says how to mend what is not as it should be.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  backup365 doctor\n  backup365 --sandbox doctor\n  backup365 doctor --json\n  \
                        backup365 --settings draft.toml doctor\n\n\
                        It changes nothing, and works without a record and with settings that can't\n\
                        be used. Each check is good, a WARNING or FAILED.\n\n\
                        Exit code 0: all is well. 6: there is a warning or a failure. 2: the settings\n\
                        can't be used."
)]
pub struct Args {
    /// Print one JSON object (schema: assets/json/doctor.schema.json).
    #[arg(long)]
    pub json: bool,
}
