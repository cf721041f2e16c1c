//! An organisation of a world: what is known of it, its people, and how its administrator behaves.

use serde::Deserialize;

/// How this tenant's administrator behaves when the sandbox plays them.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(in crate::sandbox) enum Behaviour {
    /// Signs in and accepts.
    #[default]
    Accepts,
    /// Signs in as a person who may not consent the first time; another one, who may, accepts afterwards.
    NotAdminOnce,
    /// Presses Cancel the first time, accepts afterwards.
    CancelsOnce,
    /// Signs in with another organisation's account the first time, with the right one afterwards.
    ForeignOnce,
    /// Uses an old link that names no organisation, so that the grant lands in their other tenant; every time.
    WrongTenant,
    /// As `WrongTenant`, but only the first time.
    WrongTenantOnce,
}

/// What makes an organisation the partner's customer, by Microsoft.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(in crate::sandbox) enum Partnership {
    /// A delegated relationship, and a reseller's contract.
    #[default]
    Both,
    /// A delegated relationship alone.
    Delegated,
    /// A reseller's contract alone.
    Contract,
    /// Nothing.
    None,
}

/// One Microsoft 365 directory.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::sandbox) struct Tenant {
    /// Tenant id, lower case.
    pub(in crate::sandbox) id: String,
    /// Organisation name.
    pub(in crate::sandbox) name: String,
    /// Default domain.
    pub(in crate::sandbox) domain: String,
    /// Name under `onmicrosoft.com`.
    pub(in crate::sandbox) initial: String,
    /// `tenant_region_scope`.
    #[serde(default = "oceania")]
    pub(in crate::sandbox) region: String,
    /// `tenant_region_sub_scope`, governments only.
    #[serde(default)]
    pub(in crate::sandbox) sub_region: Option<String>,
    /// `cloud_instance_name`; none: the cloud that the sandbox plays.
    #[serde(default)]
    pub(in crate::sandbox) cloud: Option<String>,
    /// `countryLetterCode`.
    #[serde(default = "australia")]
    pub(in crate::sandbox) country: String,
    /// Troubles of this tenant.
    #[serde(default)]
    pub(in crate::sandbox) faults: Vec<String>,
    /// Number that the token endpoint answers with before consent: 700016 or 7000229.
    #[serde(default = "app_unknown")]
    pub(in crate::sandbox) before_consent: u32,
    /// Whether consent was given before the world began.
    #[serde(default)]
    pub(in crate::sandbox) granted: bool,
    /// What its administrator does.
    #[serde(default)]
    pub(in crate::sandbox) customer: Behaviour,
    /// Account that `customer` signs in with when it should not.
    #[serde(default)]
    pub(in crate::sandbox) other_account: Option<String>,
    /// Licences that its users have, in turn.
    #[serde(default = "business")]
    pub(in crate::sandbox) skus: Vec<String>,
    /// Seats bought of each licence, beyond those used.
    #[serde(default)]
    pub(in crate::sandbox) spare: u32,
    /// What makes it the partner's customer.
    #[serde(default)]
    pub(in crate::sandbox) partnership: Partnership,
    /// Computed users.
    #[serde(default)]
    pub(in crate::sandbox) crowd: Crowd,
    /// Users by name.
    #[serde(default, rename = "person")]
    pub(in crate::sandbox) people: Vec<Listed>,
    /// Accounts that can sign in on the consent pages.
    #[serde(default, rename = "account")]
    pub(in crate::sandbox) accounts: Vec<Account>,
}

/// How many computed users of each kind.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::sandbox) struct Crowd {
    /// User mailboxes.
    pub(in crate::sandbox) users: u32,
    /// Shared mailboxes.
    pub(in crate::sandbox) shared: u32,
    /// Rooms.
    pub(in crate::sandbox) rooms: u32,
    /// Equipment.
    pub(in crate::sandbox) equipment: u32,
    /// Guests.
    pub(in crate::sandbox) guests: u32,
    /// Users with a mailbox whose sign-in is off.
    pub(in crate::sandbox) disabled: u32,
    /// Users whose licence brings no mailbox.
    pub(in crate::sandbox) unlicensed: u32,
    /// User mailboxes made per day, from the world's beginning on.
    pub(in crate::sandbox) new_per_day: u32,
    /// So many of the shared mailboxes, rooms and things, the first of each, have a licence: they are large, on hold, or
    /// were a leaver's.
    pub(in crate::sandbox) licensed: u32,
}

impl Crowd {
    /// Computed users that are there from the beginning.
    pub(in crate::sandbox) fn size(&self) -> u32 {
        [self.users, self.shared, self.rooms, self.equipment, self.guests, self.disabled, self.unlicensed]
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// What kind of directory object a user is.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::sandbox) enum Kind {
    /// A person with a mailbox.
    #[default]
    User,
    /// A shared mailbox.
    Shared,
    /// A room.
    Room,
    /// A thing that can be booked.
    Equipment,
    /// Somebody of another organisation.
    Guest,
    /// A person with a mailbox whose sign-in is off.
    Disabled,
    /// A person without a mailbox.
    Unlicensed,
    /// A person with a licence whose mailbox is still on the customer's own server.
    OnPremises,
}

/// A user that the file names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::sandbox) struct Listed {
    /// Display name.
    pub(in crate::sandbox) name: String,
    /// What stands before the @; for a guest the whole outside address.
    pub(in crate::sandbox) address: String,
    /// Kind.
    #[serde(default)]
    pub(in crate::sandbox) kind: Kind,
    /// Licence, if not the tenant's first.
    #[serde(default)]
    pub(in crate::sandbox) sku: Option<String>,
    /// Department.
    #[serde(default)]
    pub(in crate::sandbox) department: Option<String>,
    /// Hours after the world's beginning at which the user is made; negative: before it.
    #[serde(default = "a_year_before")]
    pub(in crate::sandbox) created_hours: i64,
    /// Hours after the world's beginning at which the user is deleted.
    #[serde(default)]
    pub(in crate::sandbox) leaves_hours: Option<i64>,
}

/// Somebody who can sign in on the consent pages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::sandbox) struct Account {
    /// Sign-in name.
    pub(in crate::sandbox) address: String,
    /// Display name.
    pub(in crate::sandbox) name: String,
    /// Directory role.
    pub(in crate::sandbox) role: Rank,
    /// Password: invented, shown on the page.
    #[serde(default = "password")]
    pub(in crate::sandbox) password: String,
    /// Roles of the operators' registration that are assigned to them.
    #[serde(default)]
    pub(in crate::sandbox) app_roles: Vec<String>,
}

/// Directory role of an account.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(in crate::sandbox) enum Rank {
    /// Global Administrator: may consent.
    Global,
    /// Privileged Role Administrator: may consent.
    PrivilegedRole,
    /// Exchange Administrator: may not consent to Graph's application roles.
    Exchange,
    /// No role.
    User,
}

impl Rank {
    /// Whether the role suffices to consent to Microsoft Graph's application permissions.
    pub(in crate::sandbox) fn may_consent(self) -> bool {
        matches!(self, Self::Global | Self::PrivilegedRole)
    }
}

/// Default region.
pub(super) fn oceania() -> String {
    "OC".to_owned()
}

/// Default country.
pub(super) fn australia() -> String {
    "AU".to_owned()
}

/// Default answer before consent.
pub(super) fn app_unknown() -> u32 {
    700_016
}

/// Default licence.
pub(super) fn business() -> Vec<String> {
    vec!["O365_BUSINESS_PREMIUM".to_owned()]
}

/// Default age of a named user.
fn a_year_before() -> i64 {
    -24 * 365
}

/// Default password.
pub(super) fn password() -> String {
    "sandbox".to_owned()
}
