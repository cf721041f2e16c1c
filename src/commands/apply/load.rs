//! Plan files to jobs: read, lists read, customers found on record; all mistakes at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{
    domain::{
        address_list::{self, MAX_BYTES},
        answers::{self, Answers},
        bill::counted,
        customer::{Customer, Product},
        doubt::is_same_reference,
        failure::of_system,
        filter::fold,
        id::CustomerId,
        plan::{self, List, Mailboxes, Mistake, PasswordSource, Place, Row, Users},
        text::Text,
    },
    outside,
};

use super::{super::own_credential::OwnCredential, ApplyOptions, Job, job_result::JobResult};

/// How many lines of a list that can't be used are named.
const NAMED: usize = 5;

/// Reads the plans and finds their customers.
///
/// # Errors
/// Every mistake, file by file, in the order of the lines.
pub(super) fn jobs(options: &ApplyOptions, customers: &[Customer]) -> Result<Vec<Job>, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let mut jobs = Vec::new();
    for path in &options.plans {
        match rows(path, &options.own) {
            Ok(rows) => {
                for (row, lists) in rows {
                    match job(options, row, customers) {
                        Ok(job) => jobs.push(Job { lists, ..job }),
                        Err(mistake) => mistakes.push(mistake),
                    }
                }
            }
            Err(found) => mistakes.extend(found),
        }
    }
    mistakes.extend(twice(&jobs));
    share(&mut jobs, &options.sharing);
    if mistakes.is_empty() { Ok(jobs) } else { Err(mistakes) }
}

/// The rows of one plan file, each with the files that its lists were read from.
fn rows(path: &Path, own: &OwnCredential) -> Result<Vec<(Row, Vec<PathBuf>)>, Vec<Mistake>> {
    let file = Text::clean(&path.display().to_string());
    let place = Place { file: file.clone(), line: 1 };
    let text = text(path).map_err(|why| {
        vec![Mistake::at(
            &place,
            format_args!("The plan can't be read: {why}. Check the name, then start again."),
        )]
    })?;
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let plan = plan::read(&file, folder, &text)?;
    let (mut rows, mut mistakes) = (Vec::new(), Vec::new());
    for mut row in plan.rows {
        if let Some(PasswordSource::Environment(name)) = &row.password {
            outside::child::hide(name);
        }
        match not_ours(&row, own).and_then(|()| lists(&mut row)) {
            Ok(lists) => rows.push((row, lists)),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if mistakes.is_empty() { Ok(rows) } else { Err(mistakes) }
}

/// A file as text.
fn text(path: &Path) -> Result<String, Text> {
    outside::file::text(path, MAX_BYTES).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Text::from("there is no such file"),
        ErrorKind::IsADirectory => Text::from("it is a folder"),
        _ => of_system(&error),
    })
}

/// Refuses a row that has our own credential read: it goes to Microsoft, and nowhere else.
fn not_ours(row: &Row, own: &OwnCredential) -> Result<(), Mistake> {
    let file = |list: &List| match list {
        List::File(path) => Some(path.clone()),
        List::Here(_) => None,
    };
    let users = if let Users::These(list) = &row.users { file(list) } else { None };
    let mailboxes = if let Some(Mailboxes::Given(list)) = &row.mailboxes { file(list) } else { None };
    let password = match &row.password {
        Some(PasswordSource::Environment(name)) if own.is_variable(name) => {
            let words = format_args!(
                "password_environment: the variable {name} holds this program's own credential, which goes to Microsoft \
                 only. Name another one."
            );
            return Err(Mistake::at(&row.place, words));
        }
        Some(PasswordSource::File(path)) => Some(path.clone()),
        _ => None,
    };
    let files = [("users", users), ("mailboxes", mailboxes), ("password_file", password)];
    let ours = files.into_iter().find_map(|(key, path)| Some((key, path.filter(|path| own.is_file(path))?)));
    match ours {
        None => Ok(()),
        Some((key, path)) => Err(Mistake::at(
            &row.place,
            format_args!(
                "{key}: the file {} holds this program's own credential, which goes to Microsoft only. Name another one.",
                path.display()
            ),
        )),
    }
}

/// Reads the lists that stand in files of their own, and says which files those are.
///
/// That is before the plan is trusted (`trust.rs`): what a row is known by includes its addresses, so only with them is it
/// known which rows are finished, and whether anything is left to be asked about. What stands in such a file is neither
/// shown nor sent before the yes, a mistake in it is told as the number of its line, and it is read with a limit of bytes
/// and of time.
fn lists(row: &mut Row) -> Result<Vec<PathBuf>, Mistake> {
    let place = row.place.clone();
    let mut files = Vec::new();
    if let Users::These(list) = &mut row.users {
        files.extend(read_list(&place, "users", list)?);
    }
    if let Some(Mailboxes::Given(list)) = &mut row.mailboxes {
        files.extend(read_list(&place, "mailboxes", list)?);
    }
    Ok(files)
}

/// Reads a list that stands in a file of its own, and says which.
fn read_list(place: &Place, key: &str, list: &mut List) -> Result<Option<PathBuf>, Mistake> {
    let List::File(path) = list else { return Ok(None) };
    let path = path.clone();
    let name = Text::clean(&path.display().to_string());
    let text = text(&path)
        .map_err(|why| Mistake::at(place, format_args!("{key}: the file {name} can't be read: {why}.")))?;
    let read = address_list::read(&text);
    if let Some(other) = read.others.first() {
        // A plan has no place for a remark, and nothing is left out without a word.
        let words =
            format_args!("{key}: {name}: smtp:{other} is another address of a listed mailbox. Take it off.");
        return Err(Mistake::at(place, words));
    }
    let addresses = read.whole().map_err(|bad| {
        Mistake::at(place, format_args!("{key}: {name}: {}.", address_list::counted_only(&bad, NAMED)))
    })?;
    if addresses.is_empty() {
        return Err(Mistake::at(place, format_args!("{key}: the file {name} names nobody.")));
    }
    *list = List::Here(addresses);
    Ok(Some(path))
}

/// A row as a job, with its customer as on record.
fn job(options: &ApplyOptions, row: Row, customers: &[Customer]) -> Result<Job, Mistake> {
    let customer = find(&row, customers)?;
    let product = row.product.or(match customer.products.as_slice() {
        [only] => Some(*only),
        _ => None,
    });
    let canonical = format!("{}\n{}", customer.reference, row.canonical());
    let key = hex(&Sha256::digest(canonical.as_bytes()));
    let answers = answers(options, &row, &customer, product);
    Ok(Job {
        key,
        customer,
        product,
        answers,
        password: row.password.clone(),
        lists: Vec::new(),
        row,
        result: JobResult::NotStarted,
        check: None,
        begun: 0,
        link: None,
    })
}

/// The customer that a row names: by reference, name or domain, whole.
fn find(row: &Row, customers: &[Customer]) -> Result<Customer, Mistake> {
    let said = fold(&row.customer);
    let is_called = |customer: &&Customer| {
        [&customer.reference, &customer.name, &customer.domain]
            .into_iter()
            .any(|name| fold(name.as_str()) == said)
    };
    // The reference is unique: it goes before a name that looks like it.
    let by_reference = customers.iter().find(|customer| fold(customer.reference.as_str()) == said);
    let found: Vec<&Customer> =
        by_reference.map_or_else(|| customers.iter().filter(is_called).collect(), |one| vec![one]);
    let name = Text::clean(&row.customer);
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(Mistake::at(
            &row.place,
            format_args!(
                "No customer on record is called {name}. Write the whole reference, name or domain; backup365 \
                 customers list shows them."
            ),
        )),
        several => {
            let references: Vec<&str> = several.iter().map(|customer| customer.reference.as_str()).collect();
            Err(Mistake::at(
                &row.place,
                format_args!(
                    "{} are called {name}: {}. Write the reference of one.",
                    counted(u32::try_from(several.len()).unwrap_or(u32::MAX), "customer", "customers"),
                    references.join(", ")
                ),
            ))
        }
    }
}

/// Two customers of whom one row, or the command, says that they have one organisation: the other one's row need not say
/// it too.
fn share(jobs: &mut [Job], sharing: &[(Text, Text)]) {
    let pairs: Vec<(Text, Text)> = jobs
        .iter()
        .flat_map(|job| {
            job.answers.same_as.iter().map(|other| (job.customer.reference.clone(), other.clone()))
        })
        .chain(sharing.iter().cloned())
        .flat_map(|(one, other)| [(other.clone(), one.clone()), (one, other)])
        .collect();
    for job in jobs {
        let is_its = |(one, _): &&(Text, Text)| is_same_reference(one, &job.customer.reference);
        job.answers.same_as = pairs.iter().filter(is_its).map(|(_, other)| other.clone()).collect();
    }
}

/// Rows that name the same customer and product in different words, or in different files.
fn twice(jobs: &[Job]) -> Vec<Mistake> {
    let mut seen: BTreeMap<(CustomerId, Option<Product>), &Place> = BTreeMap::new();
    let mut told = BTreeSet::new();
    let mut mistakes = Vec::new();
    for job in jobs {
        let first = seen.entry((job.customer.id, job.product)).or_insert(&job.row.place);
        if *first != &job.row.place && told.insert(&job.row.place) {
            let name = &job.customer.name;
            let words = format_args!("{name} stands in {first} already. Keep one of the two rows.");
            mistakes.push(Mistake::at(&job.row.place, words));
        }
    }
    mistakes
}

/// A row as the answers of a journey; the password is still missing.
fn answers(options: &ApplyOptions, row: &Row, customer: &Customer, product: Option<Product>) -> Answers {
    let here = |list: &List| match list {
        List::Here(list) => list.clone(),
        List::File(_) => Vec::new(),
    };
    let is_hosted = product.is_some_and(Product::is_hosted);
    Answers {
        customer: customer.reference.as_str().to_owned(),
        product,
        tenant: row.tenant.clone(),
        same_as: row.same_organisation_as.iter().map(|word| Text::clean(word)).collect(),
        domain_elsewhere: row.domain_belongs_elsewhere
            || options.domain_elsewhere.iter().any(|named| is_same_reference(named, &customer.reference)),
        details: (is_hosted && row.has_details()).then(|| answers::Details {
            server: row.server.clone(),
            account: row.account.clone(),
            password: None,
            mailbox: row.mailbox.clone(),
            domains: row.mail_domains.clone(),
            mailboxes: match &row.mailboxes {
                Some(Mailboxes::Given(list)) => Some(here(list)),
                Some(Mailboxes::Directory) | None => None,
            },
            is_directory: row.mailboxes == Some(Mailboxes::Directory),
        }),
        users: Some(match &row.users {
            Users::All => answers::Users::All,
            Users::Auto => answers::Users::Auto,
            Users::None => answers::Users::None,
            Users::These(list) => answers::Users::These(here(list)),
        }),
        include: row.include_kinds.clone(),
        exclude: row.exclude.clone(),
        max_seats: row.max_seats,
        ceiling: row.ceiling,
        without_sweeper: row.without_sweeper,
        rehearse: options.rehearse,
        ..Answers::default()
    }
}

/// The plan's own folder: its name and what tells it from other plans of that name.
pub(super) fn folder_name(plans: &[PathBuf]) -> String {
    let whole = |path: &PathBuf| std::fs::canonicalize(path).unwrap_or_else(|_missing| path.clone());
    let mut hash = Sha256::new();
    for path in plans {
        hash.update(whole(path).as_os_str().as_encoded_bytes());
        hash.update([0]);
    }
    let mark: String = hex(&hash.finalize()).chars().take(8).collect();
    let stem =
        plans.first().and_then(|path| path.file_stem()).map(|stem| stem.to_string_lossy().into_owned());
    let stem: String = stem
        .unwrap_or_default()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' })
        .take(40)
        .collect();
    format!("{stem}-{mark}")
}

/// Bytes as hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    let digit = |four: u8| char::from_digit(u32::from(four), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}
