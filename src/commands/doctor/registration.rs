//! The application's registration against the permission table.

use super::super::check::Check;
use crate::domain::{
    failure::{Failure, FailureKind},
    permission::Permission,
    registration::{
        ReadRegistration, Registration,
        plan::{Audience, NAMES_OF_OTHERS, Plan},
    },
    text::Text,
};

/// The name of these checks.
const NAME: &str = "Registration";

/// Said where the registration can't be read: where a person looks.
const BY_HAND: &str = "Grant Application.Read.All to the application in your own organisation, and this is read. By hand: \
    Entra admin center, App registrations: the permissions against the table of the README, Authentication for the \
    accounts that are taken, Certificates & secrets for the day on which the secret ends.";

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

/// The name of the checks of the registration by which staff sign in.
const STAFF: &str = "Sign-in of staff";

/// The registration by which staff sign in against its plan.
#[must_use]
pub fn staff(read: &Result<ReadRegistration, Failure>, plan: &Plan) -> Vec<Check> {
    let found = match read {
        Err(failure) => return vec![Check::new(STAFF, Err(failure.clone()))],
        Ok(ReadRegistration::NotAllowed) => {
            let words = "your own organisation does not let the registration of operator.client_id be read";
            return vec![Check::warning(
                STAFF,
                words,
                "Grant Application.Read.All in your own organisation, and it is read.",
            )];
        }
        Ok(ReadRegistration::Missing) => {
            let words = "your own organisation has no registration with the ID of operator.client_id";
            let hint =
                "Compare operator.client_id and app.tenant with Entra admin center, App registrations.";
            return vec![Check::new(STAFF, Err(Failure::new(FailureKind::NotFound, words, hint)))];
        }
        Ok(ReadRegistration::Read(found)) => found,
    };
    let faults: Vec<Check> = [
        staff_accounts(found, plan),
        public(found, plan),
        returned(found, plan),
        own_roles(found, plan),
        scopes(found, plan),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !faults.is_empty() {
        return faults;
    }
    vec![Check::new(STAFF, Ok(Text::of(format_args!("{} has what your staff need", found.name))))]
}

/// The same with what only the partner's own organisation shows: a credential that nobody needs, and whether the enterprise
/// application is there. Where the Entra admin center makes one is UNCONFIRMED: Microsoft moves it now and then.
#[must_use]
pub fn staff_at_home(
    read: &Result<ReadRegistration, Failure>,
    instated: Option<&Result<bool, Failure>>,
    plan: &Plan,
) -> Vec<Check> {
    let mut checks = staff(read, plan);
    let mut more = Vec::new();
    if let Ok(ReadRegistration::Read(found)) = read
        && found.has_credential
        && !plan.has_certificate
    {
        more.push(Check::warning(
            STAFF,
            "the application has a secret or a certificate, and nothing of yours needs one there",
            "Entra admin center, App registrations, Certificates & secrets: remove it. Whoever has it could act as the \
             application.",
        ));
    }
    match instated {
        Some(Ok(false)) => more.push(bad(
            "nobody can be given a role: the application has no enterprise application in your own organisation",
            "Entra admin center, App registrations: open it, and choose Create service principal beside Managed application.",
        )),
        Some(Err(failure)) => more.push(Check::new(STAFF, Err(failure.clone()))),
        Some(Ok(true)) | None => {}
    }
    if !more.is_empty() {
        checks.retain(|check| !check.is_good());
        checks.extend(more);
    }
    checks
}

/// What staff can't do without.
fn bad(what: impl Into<Text>, hint: &'static str) -> Check {
    Check::new(STAFF, Err(Failure::new(FailureKind::Refused, what, hint)))
}

/// Whose accounts it takes, against the plan.
fn staff_accounts(found: &Registration, plan: &Plan) -> Option<Check> {
    let (is, wanted) = (found.audience.as_str(), plan.audience.word());
    if is == wanted {
        return None;
    }
    let what = Text::of(format_args!(
        "the application takes other accounts than it should: {}, not {wanted}",
        Text::clean(is)
    ));
    let hint = "Entra admin center, App registrations, Authentication: the supported account types.";
    Some(match plan.audience {
        Audience::OwnOnly => Check::warning(STAFF, what, hint),
        Audience::AnyOrganisation => bad(what, hint),
    })
}

/// Whether people may sign in without a secret.
fn public(found: &Registration, plan: &Plan) -> Option<Check> {
    (plan.is_public && !found.is_public).then(|| {
        bad(
            "nobody can sign in by a code: the application takes no sign-in without a secret",
            "Entra admin center, App registrations, Authentication: Allow public client flows: Yes.",
        )
    })
}

/// Whether a browser of this computer may come back.
fn returned(found: &Registration, plan: &Plan) -> Option<Check> {
    let page =
        plan.redirect.filter(|page| !found.public_redirects.iter().any(|known| known.as_str() == *page))?;
    Some(Check::warning(
        STAFF,
        Text::of(format_args!(
            "nobody can sign in by a browser of this computer: {page} is no redirect address"
        )),
        "Entra admin center, App registrations, Authentication, Add a platform, Mobile and desktop applications.",
    ))
}

/// Roles of its own that are missing.
fn own_roles(found: &Registration, plan: &Plan) -> Option<Check> {
    let missing: Vec<&str> = plan
        .roles
        .iter()
        .map(|role| role.value)
        .filter(|value| !found.own_roles.iter().any(|known| known.as_str() == *value))
        .collect();
    (!missing.is_empty()).then(|| {
        bad(
            Text::of(format_args!("nobody can be given these roles, because the application has none: {}", missing.join(", "))),
            "Entra admin center, App registrations, App roles: create them, for Users/Groups, with these values.",
        )
    })
}

/// Delegated permissions that it does not ask for.
fn scopes(found: &Registration, plan: &Plan) -> Option<Check> {
    let missing: Vec<&str> = plan
        .asks
        .iter()
        .filter(|asked| !found.scopes.contains(&asked.id))
        .map(|asked| asked.name.as_str())
        .collect();
    (!missing.is_empty()).then(|| {
        Check::warning(
            STAFF,
            Text::of(format_args!("the application does not ask for all that your staff may use: {} missing", missing.join(", "))),
            "Entra admin center, App registrations, API permissions: add them as delegated permissions, then grant admin \
             consent.",
        )
    })
}

/// Whose accounts are taken (`signInAudience` of Graph's application).
fn accounts(found: &Registration) -> Option<Check> {
    let hint = "Entra admin center, App registrations, Authentication: choose accounts in any organisational directory \
                (multitenant).";
    match found.audience.as_str() {
        word if word == Audience::AnyOrganisation.word() => None,
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
    use crate::domain::permission;

    fn good() -> Registration {
        Registration {
            name: "Backup365".into(),
            audience: "AzureADMultipleOrgs".into(),
            roles: permission::with_extra(&[])
                .unwrap()
                .iter()
                .map(|row| row.role)
                .chain([NAMES_OF_OTHERS])
                .collect(),
            redirects: vec!["https://www.example.com/done".into()],
            ..Registration::default()
        }
    }

    #[test]
    fn each_thing_that_staff_lack_is_named_by_itself() {
        let plan = Plan::operators(false);
        let good = Registration {
            name: "Backup365 operators".into(),
            audience: "AzureADMyOrg".into(),
            is_public: true,
            public_redirects: vec!["http://localhost".into()],
            scopes: plan.asks.iter().map(|asked| asked.id).collect(),
            own_roles: vec!["Admin".into(), "User".into()],
            ..Registration::default()
        };
        let said = |read: &Registration, plan: &Plan| {
            let read = Ok(ReadRegistration::Read(Box::new(read.clone())));
            staff(&read, plan).iter().map(Check::line).collect::<Vec<_>>()
        };
        assert_eq!(said(&good, &plan), ["Sign-in of staff: Backup365 operators has what your staff need."]);
        let odd = Registration { audience: "AzureADMultipleOrgs".into(), ..Registration::default() };
        let lines = said(&odd, &plan);
        for (line, words) in lines.iter().zip([
            "WARNING: the application takes other accounts",
            "FAILED: nobody can sign in by a code",
            "WARNING: nobody can sign in by a browser",
            "FAILED: nobody can be given these roles, because the application has none: Admin, User",
            "WARNING: the application does not ask for all that your staff may use: openid, profile",
        ]) {
            assert!(line.contains(words), "{line}");
        }
        assert_eq!(lines.len(), 5);
        assert!(
            said(&good, &Plan::operators(true)).iter().any(|line| line.contains("FAILED")),
            "another audience"
        );
    }

    #[test]
    fn what_only_the_own_organisation_shows_takes_the_place_of_the_good_word() {
        let plan = Plan::operators(false);
        let good = Registration {
            audience: "AzureADMyOrg".into(),
            is_public: true,
            public_redirects: vec!["http://localhost".into()],
            scopes: plan.asks.iter().map(|asked| asked.id).collect(),
            own_roles: vec!["Admin".into(), "User".into()],
            ..Registration::default()
        };
        let said = |has_credential: bool, instated: Result<bool, Failure>| {
            let read = Registration { has_credential, ..good.clone() };
            let read = Ok(ReadRegistration::Read(Box::new(read)));
            let lines = staff_at_home(&read, Some(&instated), &plan);
            lines.iter().map(Check::line).collect::<Vec<_>>()
        };
        assert!(said(false, Ok(true))[0].contains("has what your staff need"));
        let lines = said(true, Ok(false));
        assert!(lines.len() == 2 && lines[0].contains("WARNING: the application has a secret"), "{lines:?}");
        assert!(lines[1].contains("FAILED: nobody can be given a role"), "{lines:?}");
        let failure = Failure::new(FailureKind::Unreachable, "it has not answered", "");
        assert_eq!(said(false, Err(failure)), ["Sign-in of staff: FAILED: it has not answered."]);
        assert!(staff_at_home(&Ok(ReadRegistration::Missing), None, &plan).len() == 1);
    }

    fn lines(read: Registration, done_page: Option<&str>) -> Vec<String> {
        let table = permission::with_extra(&[]).unwrap();
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
