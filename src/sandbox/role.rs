//! Microsoft Graph's application roles: their values, ids, and the words of the consent page.
//!
//! Ids are Microsoft's; the words are near to what Microsoft's page says, and promise nothing.

use std::sync::LazyLock;

use serde::Deserialize;

/// One application role of Microsoft Graph.
#[derive(Debug, Deserialize)]
pub(super) struct Role {
    /// Value in a token's `roles`.
    pub(super) value: &'static str,
    /// `appRoleId`.
    pub(super) id: &'static str,
    /// Line on the consent page.
    pub(super) words: &'static str,
}

/// Application id of Microsoft Graph in every tenant.
pub(super) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// What `assets/sandbox/roles.toml` lists.
#[derive(Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Table {
    roles: Vec<Role>,
    scopes: Vec<(&'static str, &'static str)>,
}

/// The table, read once; a test reads it too, so that it is never found broken here.
static TABLE: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(include_str!("../../assets/sandbox/roles.toml")).unwrap_or_default());

/// Roles that a world may grant.
pub(super) fn known_roles() -> impl Iterator<Item = &'static Role> {
    TABLE.roles.iter()
}

/// Delegated scopes of Graph that a registration may ask for: value and id, Microsoft's own.
pub(super) fn known_scopes() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    TABLE.scopes.iter()
}

/// A role by its value.
pub(super) fn role(value: &str) -> Option<&'static Role> {
    known_roles().find(|role| role.value == value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        assert_eq!(role("User.Read.All").unwrap().id, "df021288-bdef-4463-88db-98f22de89214");
        assert!(known_scopes().any(|(name, _)| *name == "User.Read"));
    }
}
