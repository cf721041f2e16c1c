//! The lines of PowerShell that a hoster runs for the service account, ready to be copied. Pure.
//!
//! The commands are those of exchange-web-services.md section 6.2: a scope of this customer alone, and the role within it.

use super::text::Text;

/// The check that the account opens nobody else's mailboxes, as it is shown.
pub const OUTSIDE: &str = "It opens nobody else's mailboxes";

/// Said before the account is tried at an address that is not the customer's.
pub const TOLD: &str = "Up to three addresses outside these domains are tried too; nothing is read.";

/// What a hoster must know before the lines are run. A comment of PowerShell, so that it goes wherever they go.
const MARK: &str =
    "# Replace CustomAttribute1 and its value by the mark that this customer's mailboxes have at your place.";

/// The lines that let an account open this customer's mailboxes, where it has no permission yet.
#[must_use]
pub fn granting(account: &str, domain: &str) -> Vec<Text> {
    let (name, account) = (name(domain), literal(account));
    vec![
        Text::from(MARK),
        scope(domain),
        Text::of(format_args!(
            "New-ManagementRoleAssignment -Name {name} -Role ApplicationImpersonation -User {account} \
             -CustomRecipientWriteScope {name}"
        )),
    ]
}

/// The lines that narrow a permission for the whole server to this customer's mailboxes. An assignment that has a scope
/// of its own is left alone: one for each customer is as it should be.
#[must_use]
pub fn narrowing(account: &str, domain: &str) -> Vec<Text> {
    let (name, account) = (name(domain), literal(account));
    vec![
        Text::from(MARK),
        scope(domain),
        Text::of(format_args!(
            "Get-ManagementRoleAssignment -RoleAssignee {account} -Role ApplicationImpersonation | Where-Object \
             RecipientWriteScope -eq Organization | Set-ManagementRoleAssignment -CustomRecipientWriteScope {name}"
        )),
    ]
}

/// The line that makes the customer's scope.
fn scope(domain: &str) -> Text {
    let filter = literal(&format!("CustomAttribute1 -eq {}", literal(domain)));
    Text::of(format_args!("New-ManagementScope -Name {} -RecipientRestrictionFilter {filter}", name(domain)))
}

/// The name of the scope and of the assignment.
fn name(domain: &str) -> String {
    literal(&format!("Backup365 {domain}"))
}

/// A text as PowerShell takes it, letter by letter: in single quotes, each of the letters that PowerShell takes for a
/// single quote twice.
fn literal(text: &str) -> String {
    let mut quoted = String::from("'");
    for letter in text.chars() {
        quoted.push(letter);
        if matches!(letter, '\'' | '\u{2018}'..='\u{201b}') {
            quoted.push(letter);
        }
    }
    quoted + "'"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_is_narrowed_to_the_customer_and_scoped_ones_are_left_alone() {
        let lines = narrowing("HOSTER\\o'neil", "customer.example");
        let lines: Vec<&str> = lines.iter().map(Text::as_str).collect();
        assert_eq!(
            lines[1..],
            [
                "New-ManagementScope -Name 'Backup365 customer.example' -RecipientRestrictionFilter \
                 'CustomAttribute1 -eq ''customer.example'''",
                "Get-ManagementRoleAssignment -RoleAssignee 'HOSTER\\o''neil' -Role ApplicationImpersonation | \
                 Where-Object RecipientWriteScope -eq Organization | Set-ManagementRoleAssignment \
                 -CustomRecipientWriteScope 'Backup365 customer.example'",
            ]
        );
        assert_eq!(granting("a", "b")[..2], narrowing("a", "b")[..2]);
    }
}
