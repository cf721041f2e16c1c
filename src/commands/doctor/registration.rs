//! The application's registration against the permission table.

use super::super::check::Check;
use crate::domain::{
    failure::{Failure, FailureKind},
    permission::Permission,
    registration::{ReadRegistration, Registration},
    text::Text,
};

/// The name of these checks.
const NAME: &str = "Registration";

/// Said where the registration can't be read: where a person looks.
const BY_HAND: &str = "Grant Application.Read.All to the application in your own organisation, and this is read. By hand: \
    Entra admin center, App registrations: the permissions against the table of the README, Authentication for the \
    accounts that are taken, Certificates & secrets for the day on which the secret ends.";

/// A permission that is asked for in the partner's own organisation only: it shows a customer's name before consent.
const NAMES_OF_OTHERS: uuid::Uuid = uuid::uuid!("cac88765-0581-4025-9725-5ebc13f729ee");

/// What the registration must fit.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The permission table.
    pub table: &'a [Permission],
    /// A page that consent returns to.
    pub done_page: Option<&'a str>,
}

/// The registration against what is wanted.
#[must_use]
pub fn registration(read: &Result<ReadRegistration, Failure>, wanted: Wanted<'_>) -> Vec<Check> {
    let found = match read {
        Err(failure) => return vec![Check::new(NAME, Err(failure.clone()))],
        Ok(ReadRegistration::NotAllowed) => {
            return vec![Check::warning(
                NAME,
                "your own organisation does not let the application read its registration",
                BY_HAND,
            )];
        }
        Ok(ReadRegistration::Missing) => {
            let words = "your own organisation has no registration of this application";
            let hint = "Compare app.client_id and app.tenant with Entra admin center, App registrations.";
            return vec![Check::new(NAME, Err(Failure::new(FailureKind::NotFound, words, hint)))];
        }
        Ok(ReadRegistration::Read(found)) => found,
    };
    let faults: Vec<Check> = [
        accounts(found),
        lacks(found, wanted.table),
        exceeds(found, wanted.table),
        page(found, wanted.done_page),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !faults.is_empty() {
        return faults;
    }
    let count = wanted.table.len();
    vec![Check::new(
        NAME,
        Ok(Text::of(format_args!("{} asks customers for the {count} permissions of the table", found.name))),
    )]
}

/// Whose accounts are taken (`signInAudience` of Graph's application).
fn accounts(found: &Registration) -> Option<Check> {
    let hint = "Entra admin center, App registrations, Authentication: choose accounts in any organisational directory \
                (multitenant).";
    match found.audience.as_str() {
        "AzureADMultipleOrgs" => None,
        "AzureADandPersonalMicrosoftAccount" => Some(Check::warning(
            NAME,
            "the application also takes personal accounts, which no customer's organisation needs",
            hint,
        )),
        other => Some(Check::new(
            NAME,
            Err(Failure::new(
                FailureKind::Refused,
                Text::of(format_args!(
                    "the application is not for accounts of other organisations ({}), so no customer can accept it",
                    Text::clean(other)
                )),
                hint,
            )),
        )),
    }
}

/// Permissions of the table that customers are not asked for.
fn lacks(found: &Registration, table: &[Permission]) -> Option<Check> {
    let missing: Vec<&str> =
        table.iter().filter(|row| !found.roles.contains(&row.role)).map(|row| row.value.as_str()).collect();
    (!missing.is_empty()).then(|| {
        Check::new(
            NAME,
            Err(Failure::new(
                FailureKind::Refused,
                Text::of(format_args!(
                    "customers are not asked for all that is needed: {} missing",
                    missing.join(", ")
                )),
                "Entra admin center, App registrations, API permissions: add them as application permissions of Microsoft \
                 Graph. Customers who have accepted already must accept again.",
            )),
        )
    })
}

/// Permissions that customers are asked for and that nothing needs.
fn exceeds(found: &Registration, table: &[Permission]) -> Option<Check> {
    let more: Vec<String> = found
        .roles
        .iter()
        .filter(|role| **role != NAMES_OF_OTHERS && !table.iter().any(|row| row.role == **role))
        .map(ToString::to_string)
        .collect();
    (!more.is_empty()).then(|| {
        Check::warning(
            NAME,
            Text::of(format_args!("customers are asked for more than the table has: {}", more.join(", "))),
            "Entra admin center, App registrations, API permissions: take away what nothing of yours needs, or add it to \
             [[permissions]] in the settings.",
        )
    })
}

/// Whether Microsoft may return to the page of the settings.
fn page(found: &Registration, page: Option<&str>) -> Option<Check> {
    let page = page.filter(|page| !found.redirects.iter().any(|known| known.as_str() == *page))?;
    Some(Check::new(
        NAME,
        Err(Failure::new(
            FailureKind::Refused,
            Text::of(format_args!("the page of links.done_page is not registered: {}", Text::clean(page))),
            "Entra admin center, App registrations, Authentication: add it as a redirect address of the kind Web, or take \
             it out of the settings.",
        )),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::permission::PermissionSet;

    fn good() -> Registration {
        Registration {
            name: "Backup365".into(),
            audience: "AzureADMultipleOrgs".into(),
            roles: PermissionSet::usual()
                .unwrap()
                .rows
                .iter()
                .map(|row| row.role)
                .chain([NAMES_OF_OTHERS])
                .collect(),
            redirects: vec!["https://www.example.com/done".into()],
        }
    }

    fn lines(read: Registration, done_page: Option<&str>) -> Vec<String> {
        let table = PermissionSet::usual().unwrap().rows;
        let read = Ok(ReadRegistration::Read(Box::new(read)));
        registration(&read, Wanted { table: &table, done_page }).iter().map(Check::line).collect()
    }

    #[test]
    fn each_thing_that_does_not_fit_is_named_by_itself() {
        let done = Some("https://www.example.com/done");
        assert_eq!(
            lines(good(), done),
            ["Registration: Backup365 asks customers for the 9 permissions of the table."]
        );
        let odd = Registration {
            audience: "AzureADMyOrg".into(),
            roles: good().roles.into_iter().skip(1).chain([uuid::Uuid::nil()]).collect(),
            ..good()
        };
        let said = lines(odd, Some("https://elsewhere.example/"));
        for (line, words) in said.iter().zip([
            "FAILED: The application is not for accounts of other organisations (AzureADMyOrg)",
            "FAILED: Customers are not asked for all that is needed: Organization.Read.All missing",
            "WARNING: customers are asked for more than the table has: 00000000-0000-0000-0000-000000000000",
            "FAILED: The page of links.done_page is not registered: https://elsewhere.example/",
        ]) {
            assert!(line.to_lowercase().contains(&words.to_lowercase()), "{line}");
        }
        assert_eq!(said.len(), 4);
        let personal = Registration { audience: "AzureADandPersonalMicrosoftAccount".into(), ..good() };
        assert!(lines(personal, None).iter().all(|line| line.contains("WARNING")));
    }
}
