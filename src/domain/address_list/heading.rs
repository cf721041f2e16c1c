//! The column of addresses, found by the headings that Microsoft's own exports use.

use csv::StringRecord;

/// What a column holds of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Meaning {
    /// The mail address.
    Mail,
    /// The sign-in name.
    SignIn,
    /// All addresses of a mailbox, with `SMTP:` before the first one.
    All,
}

/// Headings in lower case, letters only, by the export that has them. Other addresses of a person (*Alternate email
/// address*, `alternateEmailAddress`, `ExternalEmailAddress`) are not among them: their owner is somebody else's mailbox.
const HEADINGS: &[(&str, Meaning)] = &[
    // Exchange: Get-Mailbox, Get-Recipient, Get-EXOMailbox, the lists of the Exchange admin centre, migration batches.
    ("primarysmtpaddress", Meaning::Mail),
    ("windowsemailaddress", Meaning::Mail),
    ("emailaddress", Meaning::Mail),
    // Entra's users, Get-MgUser, Get-ADUser.
    ("mail", Meaning::Mail),
    ("email", Meaning::Mail),
    // People.
    ("emails", Meaning::Mail),
    ("mailaddress", Meaning::Mail),
    ("smtpaddress", Meaning::Mail),
    ("primaryemail", Meaning::Mail),
    ("primaryemailaddress", Meaning::Mail),
    ("address", Meaning::Mail),
    ("addresses", Meaning::Mail),
    ("mailbox", Meaning::Mail),
    ("mailboxaddress", Meaning::Mail),
    ("workemail", Meaning::Mail),
    ("workemailaddress", Meaning::Mail),
    ("businessemail", Meaning::Mail),
    ("emailadresse", Meaning::Mail),
    // The Microsoft 365 admin centre's users, usage reports, Entra's users and bulk templates.
    ("userprincipalname", Meaning::SignIn),
    ("username", Meaning::SignIn),
    ("memberobjectidoruserprincipalname", Meaning::SignIn),
    // Get-MsolUser, Get-Mailbox.
    ("signinname", Meaning::SignIn),
    ("microsoftonlineservicesid", Meaning::SignIn),
    ("windowsliveid", Meaning::SignIn),
    ("upn", Meaning::SignIn),
    ("login", Meaning::SignIn),
    ("loginname", Meaning::SignIn),
    // Get-Mailbox and the admin centre.
    ("emailaddresses", Meaning::All),
    ("proxyaddresses", Meaning::All),
];

/// Where the addresses of a table stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    /// Cells of the heading, without empty ones at its end.
    width: usize,
    /// Columns with addresses, the surest first: the row of [`HEADINGS`] and the place.
    places: Vec<(Meaning, usize, usize)>,
}

/// Whether a cell is a heading of addresses.
pub(super) fn is_known(cell: &str) -> bool {
    meaning(cell).is_some()
}

/// What a heading says of its column, and its row of [`HEADINGS`]. Entra's templates have the property in brackets: `User
/// name [userPrincipalName] Required`.
fn meaning(cell: &str) -> Option<(Meaning, usize)> {
    let words = cell.split('[').next().unwrap_or_default();
    let letters: String = words.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    let at = HEADINGS.iter().position(|(known, _)| *known == letters)?;
    HEADINGS.get(at).map(|(_, meaning)| (*meaning, at))
}

/// A record without the empty cells at its end.
fn width(record: &StringRecord) -> usize {
    let last = record.iter().collect::<Vec<_>>().iter().rposition(|cell| !cell.trim().is_empty());
    last.map_or(0, |last| last + 1)
}

impl Columns {
    /// The columns of a first line; none where it is no heading.
    pub(super) fn of(heading: &StringRecord) -> Option<Self> {
        if heading.iter().any(|cell| cell.contains('@')) {
            return None;
        }
        let cells = heading.iter().enumerate();
        let place = |(at, cell)| meaning(cell).map(|(meaning, heading)| (meaning, heading, at));
        let mut places: Vec<_> = cells.filter_map(place).collect();
        places.sort_unstable();
        (!places.is_empty()).then_some(Self { width: width(heading), places })
    }

    /// Whether the table has this one column: then its lines are read as those of a list.
    pub(super) const fn is_alone(&self) -> bool {
        self.width == 1
    }

    /// The cell of a record that holds the address.
    ///
    /// # Errors
    /// What stands there instead, and why it can't be used.
    pub(super) fn cell<'a>(&self, record: &'a StringRecord) -> Result<&'a str, (&'a str, &'static str)> {
        let first = record.iter().find(|cell| !cell.trim().is_empty()).unwrap_or_default();
        // A quote that is missing makes one cell of several lines.
        if let Some(cell) = record.iter().find(|cell| cell.contains('@') && cell.contains(['\r', '\n'])) {
            return Err((cell, "a quote (\") is missing at its end"));
        }
        match width(record) {
            0 => Ok(""),
            width if width > self.width => Err((first, "it has more cells than the heading")),
            _ if super::is_remark(first) => Ok(""),
            // An address that somebody added below the table.
            _ if record.len() == 1 => Ok(first),
            _ => {
                let cell = |at: usize| record.get(at).unwrap_or_default().trim();
                let given = || self.places.iter().filter(|(.., at)| !cell(*at).is_empty());
                match given().next() {
                    Some((_, heading, at))
                        if given().any(|(_, same, other)| {
                            same == heading && !cell(*other).eq_ignore_ascii_case(cell(*at))
                        }) =>
                    {
                        Err((cell(*at), "another column with the same heading has another address"))
                    }
                    Some((Meaning::All, _, at)) => Ok(primary(cell(*at))),
                    Some((.., at)) => Ok(cell(*at)),
                    None => Err((first, "the cell of its address is empty")),
                }
            }
        }
    }
}

/// The first address of a mailbox, which Exchange writes with `SMTP:` in capitals; the whole cell where there is none. The
/// admin centre puts a plus between them.
fn primary(cell: &str) -> &str {
    let parts = cell.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    let mut parts = parts.flat_map(|part| part.split("+smtp:")).flat_map(|part| part.split("+SMTP:"));
    parts.find(|part| part.starts_with("SMTP:")).unwrap_or(cell)
}
