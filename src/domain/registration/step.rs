//! What is missing of a registration, thing by thing: each is shown before it is made, and said when it is. Pure.

use uuid::Uuid;

use super::super::text::Text;

/// One thing that is made or mended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// The registration itself, by its name; the one that the settings name is not there.
    Registration(&'static str, Option<Uuid>),
    /// Whose accounts it takes: those of any organisation, or of the own one only.
    Accounts {
        /// Those of any.
        of_any: bool,
    },
    /// Permissions that it asks for, by name.
    Permissions(Vec<Text>),
    /// The certificate that it signs in with.
    Certificate,
    /// The page that consent returns to.
    Page(Text),
    /// People sign in with it, in a browser or by a code, and come back to this address.
    SignIn(&'static str),
    /// Its own roles.
    Roles(Vec<&'static str>),
    /// Its enterprise application in the own organisation.
    Enterprise,
    /// Nobody signs in without a role.
    RoleNeeded,
    /// A permission that is granted in the own organisation.
    AtHome(Text),
    /// The role Admin for whoever sets up.
    Admin,
}

impl Step {
    /// What is done, as one line.
    #[must_use]
    pub fn words(&self) -> Text {
        match self {
            Self::Registration(name, None) => Text::of(format_args!("make the registration {name}")),
            Self::Registration(name, Some(gone)) => Text::of(format_args!(
                "make the registration {name}, because the one in the settings is not there ({})",
                gone.hyphenated()
            )),
            Self::Accounts { of_any: true } => "take accounts of any organisation".into(),
            Self::Accounts { of_any: false } => "take accounts of your own organisation only".into(),
            Self::Permissions(names) => {
                let names: Vec<&str> = names.iter().map(Text::as_str).collect();
                Text::of(format_args!("ask for {}", names.join(", ")))
            }
            Self::Certificate => "add the certificate of this computer; its key stays here".into(),
            Self::Page(page) => Text::of(format_args!("let consent return to {page}")),
            Self::SignIn(address) => {
                Text::of(format_args!("let people sign in with a browser ({address}) or a code"))
            }
            Self::Roles(names) => Text::of(format_args!("add the roles {}", names.join(" and "))),
            Self::Enterprise => "make its enterprise application in your own organisation".into(),
            Self::RoleNeeded => "let nobody sign in without a role".into(),
            Self::AtHome(name) => Text::of(format_args!("grant {name} in your own organisation")),
            Self::Admin => "give you the role Admin".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_says_what_is_done() {
        for (step, words) in [
            (Step::Registration("Backup365", None), "make the registration Backup365"),
            (Step::Permissions(vec!["A.B".into(), "C.D".into()]), "ask for A.B, C.D"),
            (Step::Roles(vec!["Admin", "User"]), "add the roles Admin and User"),
        ] {
            assert_eq!(step.words().as_str(), words);
        }
        let gone = Step::Registration("Backup365", Some(Uuid::nil())).words();
        assert!(gone.as_str().ends_with("is not there (00000000-0000-0000-0000-000000000000)"), "{gone}");
    }
}
