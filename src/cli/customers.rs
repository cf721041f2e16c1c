//! Arguments of `backup365 customers`.

use std::path::PathBuf;

use crate::domain::text::Text;

/// Customers on record.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  backup365 customers list               open customers, and how far each is\n  \
                        backup365 customers show C-1001        everything about one\n  \
                        backup365 customers import new.csv     add and correct from a file\n  \
                        backup365 customers list --all --csv   every record, as import takes it"
)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What to do with customers.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// List customers, and how far each is.
    List(List),
    /// Show everything on record about one customer.
    Show(Show),
    /// Add a customer; for an Admin.
    Add(Box<Add>),
    /// Correct a customer's record; for an Admin.
    Set(Box<Set>),
    /// Add and correct customers from a CSV file, or add those that Microsoft lists; for an Admin.
    Import(Import),
}

/// Lists customers.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 customers list\n  backup365 customers list bakery --all\n  \
                        backup365 customers list --all --csv > customers.csv\n\n\
                        A word is searched in name, domain and reference, of closed customers too.")]
pub struct List {
    /// Show only customers with all of these words in name, domain or reference.
    #[arg(value_name = "WORD")]
    pub words: Vec<String>,
    /// Show closed customers too.
    #[arg(long)]
    pub all: bool,
    /// Print one JSON object.
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print the records as CSV, just as import takes them.
    #[arg(long)]
    pub csv: bool,
}

/// Shows one customer.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 customers show C-1001\n  \
                        backup365 customers show \"Harbour Street Cafe\"\n  \
                        backup365 customers show harbourstreetcafe.example --json\n  \
                        backup365 customers show C-1001 --audit\n\n\
                        Exit code 6 with --audit: the history is not whole.")]
pub struct Show {
    /// Reference, name or domain of the customer; a part will do where only one has it.
    #[arg(value_name = "CUSTOMER")]
    pub customer: String,
    /// Show who did what for this customer, in runs and outside them, and whether that history is whole.
    #[arg(long)]
    pub audit: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// The columns of a record, each optional here; what must be there is said with an example.
#[derive(Debug, clap::Args)]
pub struct Columns {
    /// The company's name.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Mail domain, like bakery.example.
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Option<String>,
    /// Whether the account is open.
    #[arg(long, value_name = "yes|no")]
    pub active: Option<String>,
    /// What the customer bought: office365, mpexchange, business365, separated by commas.
    #[arg(long, value_name = "PRODUCTS")]
    pub products: Option<String>,
    /// Tenant ID of the customer's organisation at Microsoft.
    #[arg(long, value_name = "ID")]
    pub tenant: Option<String>,
    /// Whether Office 365 is provisioned through Manage Protect.
    #[arg(long, value_name = "yes|no")]
    pub managed: Option<String>,
    /// Where the customer is, like Australia/Perth.
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// Seats bought.
    #[arg(long, value_name = "NUMBER")]
    pub seats: Option<String>,
}

/// Adds a customer.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  backup365 customers add --reference C-2001 --name \"Bakery Ltd\" \\\n      \
                  --domain bakery.example --products office365\n  \
                  backup365 customers add --reference C-2002 --name \"Old Quay Inn\" \\\n      \
                  --domain oldquay.example --products office365,mpexchange \\\n      \
                  --time-zone Australia/Perth --seats 25\n\n\
                  Reference, name and domain must be there. Without --active the account is\n\
                  open, without --managed it is not provisioned through Manage Protect, and\n\
                  without --seats there is no limit on record."
)]
pub struct Add {
    /// Your own reference for the customer.
    #[arg(long, value_name = "REFERENCE")]
    pub reference: Option<String>,
    /// The other columns.
    #[command(flatten)]
    pub columns: Columns,
    /// Reference of another customer who has the same organisation, where that is right; may be given several times.
    #[arg(long, value_name = "REF")]
    pub same_organisation_as: Vec<String>,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Corrects a record.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
                        backup365 customers set C-1002 --tenant 7a36af4b-c51e-44e1-87f0-d8af3157c2ca\n  \
                        backup365 customers set C-1007 --seats 40 --time-zone Australia/Adelaide\n  \
                        backup365 customers set C-1007 --seats none\n\n\
                        The word none empties --tenant, --time-zone, --seats or --products. Another\n\
                        organisation is refused while users of the present one are protected or\n\
                        Enable Auto is on.")]
pub struct Set {
    /// Reference, whole name or domain of the customer.
    #[arg(value_name = "CUSTOMER")]
    pub customer: String,
    /// Another reference.
    #[arg(long, value_name = "REFERENCE")]
    pub reference: Option<String>,
    /// The other columns.
    #[command(flatten)]
    pub columns: Columns,
    /// Reference of another customer who has the same organisation, where that is right; may be given several times.
    #[arg(long, value_name = "REF")]
    pub same_organisation_as: Vec<String>,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Imports a file.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 customers import customers.csv --dry-run\n  \
                        backup365 customers import --from-microsoft --dry-run\n  \
                        backup365 customers import customers.csv\n  \
                        backup365 customers list --all --csv | backup365 customers import -\n\n\
                        The first line names the nine columns, in any order:\n  \
                        reference,name,domain,active,products,tenant,managed,time_zone,seats\n\
                        Cells are separated by commas, semicolons or tabs, products by semicolons or\n\
                        commas in quotes. Partner Center's own list of customers is taken as it is.\n\
                        A reference on record is corrected, any other is added. An empty cell keeps\n\
                        what is on record; the word none empties the columns tenant, time_zone, seats\n\
                        or products. A line that can't be used is told with its number, and then\n\
                        nothing is imported.\n\n\
                        With --from-microsoft, after login: delegated customers and resellers'\n\
                        contracts. New ones are added; on record nothing is changed or taken away.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Import {
    /// The file; - reads standard input.
    #[arg(value_name = "FILE", required_unless_present = "from_microsoft")]
    pub file: Option<PathBuf>,
    /// Add the customers that Microsoft lists for your organisation, asked in the name of whoever is signed in.
    #[arg(long, conflicts_with_all = ["file", "same_organisation_as"])]
    pub from_microsoft: bool,
    /// A customer of the file and another one who has the same organisation, where that is right; may be given several times.
    #[arg(long, value_name = "NEW=REF", value_parser = super::sharing)]
    pub same_organisation_as: Vec<(Text, Text)>,
    /// Take customers although others on record have their name or domain.
    #[arg(long)]
    pub as_new: bool,
    /// Show what would change; write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}
