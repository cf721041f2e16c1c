//! One user as JSON, written into bytes column by column.

use crate::sandbox::{answer::instant, fault::Faults, people::Person, world::Kind, world::Tenant};

/// Columns that come without `$select`.
pub(super) const USUAL: &[&str] = KNOWN.split_at(11).0;

/// Columns that the sandbox knows.
pub(super) const KNOWN: [&str; 34] = [
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
    "accountEnabled",
    "userType",
    "assignedLicenses",
    "assignedPlans",
    "proxyAddresses",
    "onPremisesSyncEnabled",
    "createdDateTime",
    "department",
    "mailNickname",
    "usageLocation",
    "otherMails",
    "deletedDateTime",
    "companyName",
    "country",
    "city",
    "state",
    "postalCode",
    "streetAddress",
    "employeeId",
    "employeeType",
    "onPremisesImmutableId",
    "externalUserState",
    "creationType",
];

/// When licences were assigned: any moment will do.
const ASSIGNED: &str = "2024-02-01T07:00:00Z";

/// Writes one user.
pub(super) fn write(out: &mut Vec<u8>, person: &Person, tenant: &Tenant, columns: &[&str], faults: &Faults) {
    out.push(b'{');
    for (number, column) in columns.iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        text(out, column);
        out.push(b':');
        let strange = faults.wrong_types.then(|| wrong(person, column)).flatten();
        match strange {
            Some(json) => out.extend_from_slice(json.as_bytes()),
            None => value(out, person, tenant, column, faults.hostile_names),
        }
    }
    out.push(b'}');
}

/// A value of the wrong type, on a few rows.
fn wrong(person: &Person, column: &str) -> Option<&'static str> {
    let number = person.id.as_u128() % 9;
    match (number, column) {
        (1, "displayName") => Some("42"),
        (2, "accountEnabled") => Some("\"yes\""),
        (3, "mail") => Some("{\"address\":\"not a text\"}"),
        (4, "assignedLicenses" | "assignedPlans") => Some("\"none\""),
        (5, "id") => Some("null"),
        (6, "createdDateTime") => Some("\"last Tuesday\""),
        (7, "id") => Some("\"not-a-guid\""),
        _ => None,
    }
}

/// The value of one column.
fn value(out: &mut Vec<u8>, person: &Person, tenant: &Tenant, column: &str, hostile: bool) {
    let (given, family) = person.name.split_once(' ').unwrap_or((person.name.as_str(), ""));
    let human = matches!(person.kind, Kind::User | Kind::Disabled | Kind::Unlicensed | Kind::OnPremises);
    match column {
        "id" => text(out, &person.id.to_string()),
        "displayName" if hostile => text(out, &hostile_name(person)),
        "displayName" => text(out, &person.name),
        "givenName" => optional(out, human.then_some(given)),
        "surname" => optional(out, Some(family).filter(|it| human && !it.is_empty())),
        "userPrincipalName" => text(out, &person.upn),
        "mail" => optional(out, person.mail.as_deref()),
        "accountEnabled" => raw(out, if person.enabled() { "true" } else { "false" }),
        "userType" => optional(out, person.user_type()),
        "assignedLicenses" => licences(out, person),
        "assignedPlans" => plans(out, person),
        "proxyAddresses" => addresses(out, person, tenant),
        "createdDateTime" => text(out, &instant(person.created)),
        "department" => optional(out, person.department.as_deref()),
        "mailNickname" => optional(out, person.upn.split(['@', '#']).next()),
        "usageLocation" => optional(out, (person.kind != Kind::Guest).then_some(tenant.country.as_str())),
        "companyName" => optional(out, human.then_some(tenant.name.as_str())),
        "preferredLanguage" => optional(out, human.then_some("en-AU")),
        "externalUserState" => optional(out, (person.kind == Kind::Guest).then_some("Accepted")),
        "creationType" => optional(out, (person.kind == Kind::Guest).then_some("Invitation")),
        "onPremisesSyncEnabled" if person.kind == Kind::OnPremises => raw(out, "true"),
        "businessPhones" | "otherMails" => raw(out, "[]"),
        _ => raw(out, "null"),
    }
}

/// A name that tries to do harm where it is shown.
fn hostile_name(person: &Person) -> String {
    let name = &person.name;
    match person.id.as_u128() % 7 {
        0 => format!("\u{1b}[2J\u{1b}[31m{name}\u{1b}[0m"),
        1 => format!("{name} \u{202e}gpj.eciovni\u{202c}"),
        2 => format!("{}\u{200b}\u{200d}\u{2060}{name}", "\u{feff}"),
        3 => format!("{name}\r\nProtected: all users\t\u{7}"),
        4 => format!("\u{9b}31m{name}\u{2066}\u{2069}\u{85}"),
        5 => format!("\u{1b}]8;;https://collector.example\u{7}{name}\u{1b}]8;;\u{7}"),
        _ => name.clone(),
    }
}

/// JSON text.
fn text(out: &mut Vec<u8>, value: &str) {
    // Writing into a vector can't fail.
    serde_json::to_writer(out, value).ok();
}

/// JSON text or null.
fn optional(out: &mut Vec<u8>, value: Option<&str>) {
    match value {
        Some(value) => text(out, value),
        None => raw(out, "null"),
    }
}

/// JSON as it stands.
fn raw(out: &mut Vec<u8>, json: &str) {
    out.extend_from_slice(json.as_bytes());
}

/// `assignedLicenses`.
fn licences(out: &mut Vec<u8>, person: &Person) {
    raw(out, "[");
    if let Some(sku) = person.sku {
        raw(out, "{\"disabledPlans\":[],\"skuId\":");
        text(out, sku.id);
        raw(out, "}");
    }
    raw(out, "]");
}

/// `assignedPlans`.
fn plans(out: &mut Vec<u8>, person: &Person) {
    raw(out, "[");
    for (number, plan) in person.sku.iter().flat_map(|sku| &sku.plans).enumerate() {
        raw(out, if number > 0 { ",{\"assignedDateTime\":\"" } else { "{\"assignedDateTime\":\"" });
        raw(out, ASSIGNED);
        raw(out, "\",\"capabilityStatus\":\"Enabled\",\"service\":");
        text(out, plan.service);
        raw(out, ",\"servicePlanId\":");
        text(out, plan.id);
        raw(out, "}");
    }
    raw(out, "]");
}

/// `proxyAddresses`: the primary one in capitals, and the one under `onmicrosoft.com`.
fn addresses(out: &mut Vec<u8>, person: &Person, tenant: &Tenant) {
    raw(out, "[");
    if let Some(mail) = &person.mail {
        text(out, &format!("SMTP:{mail}"));
        if let (Some((local, _)), true) = (mail.split_once('@'), person.kind != Kind::Guest) {
            raw(out, ",");
            text(out, &format!("smtp:{local}@{}", tenant.initial));
        }
    }
    raw(out, "]");
}
