//! What a person signs in for: to work, or to make the registrations that working needs.

use uuid::{Uuid, uuid};

use crate::domain::phrase::Command;

/// Microsoft Graph Command Line Tools: Microsoft's own public client, by which administrators sign in before they have a
/// registration of their own (reference, section 15).
pub const COMMAND_LINE_TOOLS: Uuid = uuid!("14d82eec-204b-4c2f-b7e8-296a70dab67e");

/// Who it is (`profile` brings the account's id and name), and to be refreshed. No right to anything.
const WORKING: [&str; 3] = ["openid", "profile", "offline_access"];

/// Who it is, and what registering takes; `User.Read` reads the organisation's name. Not to be refreshed: it is over in a
/// few minutes.
const SETTING_UP: [&str; 5] = [
    "openid",
    "profile",
    "https://graph.microsoft.com/User.Read",
    "https://graph.microsoft.com/Application.ReadWrite.All",
    "https://graph.microsoft.com/AppRoleAssignment.ReadWrite.All",
];

/// What a sign-in is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Purpose {
    /// To work: the account must hold a role of the operators' application.
    #[default]
    Working,
    /// To make the registrations: nobody holds a role yet, and the token for Graph is used.
    SettingUp,
}

impl Purpose {
    /// What is asked for, of Graph at this address.
    pub(super) fn scopes(self, graph: &str) -> Vec<String> {
        let all: &[&str] = match self {
            Self::Working => &WORKING,
            Self::SettingUp => &SETTING_UP,
        };
        all.iter().map(|scope| scope.replace("https://graph.microsoft.com", graph)).collect()
    }

    /// What begins it again.
    #[must_use]
    pub const fn again(self) -> Command {
        match self {
            Self::Working => Command::Login,
            Self::SettingUp => Command::SetupSignedIn,
        }
    }

    /// The same by a code.
    pub(super) const fn by_code(self) -> Command {
        match self {
            Self::Working => Command::LoginByCode,
            Self::SettingUp => Command::SetupByCode,
        }
    }
}
