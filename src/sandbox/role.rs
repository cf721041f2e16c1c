//! Microsoft Graph's application roles: their values, ids, and the words of the consent page.
//!
//! Ids are Microsoft's; the words are near to what Microsoft's page says, and promise nothing.

/// One application role of Microsoft Graph.
#[derive(Debug)]
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

/// Roles that a world may grant.
pub(super) const ROLES: &[Role] = &[
    Role {
        value: "User.Read.All",
        id: "df021288-bdef-4463-88db-98f22de89214",
        words: "Read all users' full profiles",
    },
    Role {
        value: "User.ReadBasic.All",
        id: "97235f07-e226-4f63-ace3-39588e11d3a1",
        words: "Read all users' basic profiles",
    },
    Role {
        value: "Directory.Read.All",
        id: "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
        words: "Read directory data",
    },
    Role {
        value: "Organization.Read.All",
        id: "498476ce-e0fe-48b0-b801-37ba7e2685c6",
        words: "Read organization information",
    },
    Role {
        value: "LicenseAssignment.Read.All",
        id: "e2f98668-2877-4f38-a2f4-8202e0717aa1",
        words: "Read all license assignments",
    },
    Role {
        value: "Application.Read.All",
        id: "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
        words: "Read all applications",
    },
    Role {
        value: "Application.ReadWrite.All",
        id: "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
        words: "Read and write all applications",
    },
    Role {
        value: "AppRoleAssignment.ReadWrite.All",
        id: "06b708a9-e830-4db3-a914-8e69da51d44f",
        words: "Manage app permission grants and app role assignments",
    },
    Role { value: "Domain.Read.All", id: "dbb9058a-0e50-45d7-ae91-66909b5d4664", words: "Read domains" },
    Role {
        value: "MailboxSettings.Read",
        id: "40f97065-369a-49f4-947c-6a255697ae91",
        words: "Read all user mailbox settings",
    },
    Role {
        value: "Mail.ReadWrite",
        id: "e2a3a72e-5f79-4c64-b1b1-878b674786c9",
        words: "Read and write mail in all mailboxes",
    },
    Role {
        value: "Calendars.ReadWrite",
        id: "ef54d2bf-783f-4e0f-bca1-3210c0444d99",
        words: "Read and write calendars in all mailboxes",
    },
    Role {
        value: "Contacts.ReadWrite",
        id: "6918b873-d17a-4dc1-b314-35f528134491",
        words: "Read and write contacts in all mailboxes",
    },
    Role {
        value: "Files.ReadWrite.All",
        id: "75359482-378d-4052-8f01-80520e7db3cd",
        words: "Read and write files in all site collections",
    },
    Role {
        value: "Sites.ReadWrite.All",
        id: "9492366f-7969-46a4-8d15-ed1a20078fff",
        words: "Read and write items in all site collections",
    },
    Role {
        value: "Mail.Read",
        id: "810c84a8-4a9e-49e6-bf7d-12d183f40d01",
        words: "Read mail in all mailboxes",
    },
    Role {
        value: "Calendars.Read",
        id: "798ee544-9d2d-430c-a058-570e29e34338",
        words: "Read calendars in all mailboxes",
    },
    Role {
        value: "Contacts.Read",
        id: "089fe4d0-434a-44c5-8827-41ba8a0b17f5",
        words: "Read contacts in all mailboxes",
    },
    Role {
        value: "Files.Read.All",
        id: "01d4889c-1287-42c6-ac1f-5d1e02578ef6",
        words: "Read files in all site collections",
    },
    Role {
        value: "Sites.Read.All",
        id: "332a536c-c7ef-4017-ab91-336970924f0d",
        words: "Read items in all site collections",
    },
    Role { value: "Group.Read.All", id: "5b567255-7703-4780-807c-7be8301ae99b", words: "Read all groups" },
    Role {
        value: "GroupMember.Read.All",
        id: "98830695-27a2-44f7-8c18-0c3ebc9698f6",
        words: "Read all group memberships",
    },
    Role {
        value: "Reports.Read.All",
        id: "230c1aed-a721-4c5d-9cb4-a90514e508ef",
        words: "Read all usage reports",
    },
    Role {
        value: "AuditLog.Read.All",
        id: "b0afded3-3588-46d8-8b3d-9842eff778da",
        words: "Read all audit log data",
    },
    Role {
        value: "CrossTenantInformation.ReadBasic.All",
        id: "cac88765-0581-4025-9725-5ebc13f729ee",
        words: "Read cross-tenant basic information",
    },
    Role {
        value: "BackupRestore-Configuration.Read.All",
        id: "5fbb5982-3230-4882-93c0-2167523ce0c2",
        words: "Read backup configuration policies",
    },
    Role {
        value: "BackupRestore-Configuration.ReadWrite.All",
        id: "18133149-5489-40ac-80f0-4b6fa85f6cdc",
        words: "Read and edit backup configuration policies",
    },
    Role {
        value: "BackupRestore-Control.Read.All",
        id: "6fe20a79-0e15-45a1-b019-834c125993a0",
        words: "Read the status of the backup service",
    },
    Role {
        value: "BackupRestore-Control.ReadWrite.All",
        id: "fb240865-88f8-4a1d-923f-98dbc7920860",
        words: "Update or read the status of the backup service",
    },
    Role {
        value: "BackupRestore-Monitor.Read.All",
        id: "ecae8511-f2d7-4be4-bdbf-91f244d45986",
        words: "Read backup jobs and their status",
    },
    Role {
        value: "Tasks.Read.All",
        id: "f10e1f91-74ed-437f-a6fd-d6ae88e26c1f",
        words: "Read all users' tasks",
    },
    Role {
        value: "Tasks.ReadWrite.All",
        id: "44e666d1-d276-445b-a5fc-8815eeb81d55",
        words: "Read and write all users' tasks",
    },
    Role {
        value: "Notes.Read.All",
        id: "3aeca27b-ee3a-4c2b-8ded-80376e2134a4",
        words: "Read all OneNote notebooks",
    },
];

/// Delegated scopes of Graph that a registration may ask for: value and id, Microsoft's own.
pub(super) const SCOPES: &[(&str, &str)] = &[
    ("User.Read", "e1fe6dd8-ba31-4d61-89e7-88639da4683d"),
    ("Organization.Read.All", "4908d5b9-3fb2-4b1e-9336-1888b7937185"),
    ("Directory.Read.All", "06da0dbc-49e2-44d2-8312-53f166ab848a"),
    ("DelegatedAdminRelationship.Read.All", "0c0064ea-477b-4130-82a5-4c2cc4ff68aa"),
    ("CrossTenantInformation.ReadBasic.All", "81594d25-e88e-49cf-ac8c-fecbff49f994"),
    ("Application.ReadWrite.All", "bdfbf15f-ee85-4955-8675-146e8e5296b5"),
    ("AppRoleAssignment.ReadWrite.All", "84bccea3-f856-4a8a-967b-dbe0a3d53a64"),
];

/// A role by its value.
pub(super) fn role(value: &str) -> Option<&'static Role> {
    ROLES.iter().find(|role| role.value == value)
}
