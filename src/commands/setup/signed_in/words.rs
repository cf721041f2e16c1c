//! What a set-up by a signed-in administrator says: before the sign-in, before anything is made, and after.

use uuid::Uuid;

use crate::{
    commands::{Out, warn},
    domain::{
        groundwork::Groundwork,
        id::TenantId,
        phrase::Command,
        tenant::{Check, CheckState},
        text::Text,
    },
    provider::graph::registering::Standing,
};

/// What is said before the sign-in; no line is longer than a usual window. How consent is taken away is UNCONFIRMED:
/// Microsoft renames these pages now and then.
const BEFORE: &str = "\
You sign in as a Global Administrator of your own organisation. Microsoft Graph
Command Line Tools, an application of Microsoft's, then registers in your name.
Microsoft may ask you to accept for it, for yourself and not for everybody:
- Application.ReadWrite.All
- AppRoleAssignment.ReadWrite.All
- User.Read
";

/// What stays behind, and how it is taken away.
const STAYS: &str = "\
What you accept for Microsoft Graph Command Line Tools stays at Microsoft.
To take it away: Entra admin center, Enterprise applications, all applications,
Microsoft Graph Command Line Tools, Permissions; or Properties, Delete.
";

/// What Microsoft lets nobody do for you, once the rest is done.
const BY_HAND: &str = "\
By hand, in the Entra admin center:
- App registrations, Backup365 operators, API permissions: Grant admin consent.
- Enterprise applications, Backup365 operators, Users and groups: a role for each
  of your staff.
";

/// What is shown before anything is made.
pub(super) struct Plan<'a> {
    /// The registration that customers accept, and its ID in the settings.
    pub(super) customers: (&'a Standing, Option<Uuid>),
    /// The same of the one by which staff sign in.
    pub(super) staff: (&'a Standing, Option<Uuid>),
    /// There is no credential yet.
    pub(super) needs_certificate: bool,
    /// The settings file.
    pub(super) file: &'a Text,
}

/// Who does it, what consent stays behind, and how it goes without.
pub(super) fn before(out: Out) {
    out.block(BEFORE);
    out.block(STAYS);
    out.note(&format!("Here the sign-in is forgotten in the end. To register by hand: {}", Command::Setup));
}

/// Everything that will be made.
pub(super) fn plan(who: &Text, (name, tenant): (&Text, TenantId), plan: &Plan<'_>) {
    warn(&format!("Signed in: {who}"));
    warn(&format!("Organisation: {name}, tenant ID {tenant}"));
    let mut lines = Vec::new();
    if plan.needs_certificate {
        lines.push("A certificate, by which Backup365 signs in, is missing:".to_owned());
        lines.push("- make it and its key beside the settings file, and register it".to_owned());
    }
    lines.extend(of_one("Backup365, which customers accept,", plan.customers));
    lines.extend(of_one("Backup365 operators, by which your staff sign in,", plan.staff));
    let changed = [plan.customers, plan.staff];
    if changed.iter().any(|(standing, known)| standing.client_id.is_none() || standing.client_id != *known) {
        lines.push(format!("Settings: the application IDs are written into {}", plan.file));
    }
    for line in lines {
        warn(&line);
    }
}

/// A registration, and what is missing of it.
fn of_one(title: &str, (standing, known): (&Standing, Option<Uuid>)) -> Vec<String> {
    let whole = standing.missing.is_empty();
    let mut lines = vec![match standing.client_id {
        Some(id) if whole && Some(id) == known => format!("{title} is there: {}", id.hyphenated()),
        Some(id) if Some(id) == known => format!("{title} lacks something: {}", id.hyphenated()),
        Some(id) => format!("{title} is there by its name, and is taken: {}", id.hyphenated()),
        None => format!("{title} is missing:"),
    }];
    for step in &standing.missing {
        lines.push(format!("- {}", step.words()));
        lines.extend(step.items().iter().map(|item| format!("  - {item}")));
    }
    lines
}

/// Something was made.
pub(super) fn done(what: &Text, out: Out) {
    out.note(&format!("Done: {what}"));
}

/// A check as a line.
pub(super) fn check(check: &Check) -> String {
    let Check { name, state, detail } = check;
    match state {
        CheckState::Good => format!("{name}: {detail}"),
        CheckState::Partly(words) => format!("{name}: WARNING: {words}"),
        CheckState::Bad(failure) => format!("{name}: FAILED: {}", failure.for_commands()),
        _ => name.as_str().to_owned(),
    }
}

/// What comes next.
pub(super) fn after(ground: &Groundwork, is_good: bool) -> String {
    let unproved = if is_good {
        String::new()
    } else {
        format!("Not everything is proved yet. In a few minutes: {}\n", Command::Doctor)
    };
    let (file, next) = (&ground.file, format!("{}, then {}", Command::Login, Command::CustomersAdd));
    format!("Settings: {file}\n{STAYS}{BY_HAND}{unproved}Next: {next}")
}
