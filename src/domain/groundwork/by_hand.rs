//! What a person types and clicks to make a registration by hand, one line for each thing; made of the plan. Pure.
//!
//! The names of pages and buttons are those of the Entra admin center. UNCONFIRMED: Microsoft renames them now and then, and
//! the other clouds may have older ones. What is not as it should be afterwards is found by the proof, not by these words.

use super::{Groundwork, Part, Upload};
use crate::domain::{
    cloud::Cloud,
    registration::plan::{Asked, Audience, Plan},
    text::Text,
};

/// In front of a line that belongs to the one above it.
const BELOW: &str = "- ";

/// The lines for the registration of a part; none where a part has none.
#[must_use]
pub fn lines(ground: &Groundwork, part: Part) -> Vec<Text> {
    let Some(plan) = ground.plan(part) else { return Vec::new() };
    let mut lines = vec![opened(ground), registered(plan)];
    lines.extend(certificate(plan, ground));
    lines.extend(public(plan));
    lines.extend(roles(plan));
    lines.extend(permissions(plan));
    lines.extend(people(plan));
    lines
        .push("Overview of the registration: copy the Application (client) ID. It is asked for next.".into());
    let mut step = 0_u32;
    let number = |line: Text| {
        if line.as_str().starts_with(BELOW) {
            return line;
        }
        step += 1;
        Text::of(format_args!("{step}. {line}"))
    };
    lines.into_iter().map(number).collect()
}

/// Where people register applications in a cloud.
const fn portal(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Global => "https://entra.microsoft.com",
        Cloud::UsGovL4 | Cloud::UsGovL5 => "https://entra.microsoft.us",
        Cloud::China => "https://entra.microsoftonline.cn",
    }
}

fn opened(ground: &Groundwork) -> Text {
    let whose = match ground.tenant {
        Some(tenant) => format!("your own organisation (tenant ID {tenant})"),
        None => "your own organisation".to_owned(),
    };
    Text::of(format_args!("Open {} and sign in as a Global Administrator of {whose}.", portal(ground.cloud)))
}

fn registered(plan: &Plan) -> Text {
    let redirect = if plan.redirect.is_some() { "leave it empty, it comes later" } else { "leave it empty" };
    Text::of(format_args!(
        "App registrations, New registration. Name: {}. Supported account types: {}. Redirect URI: {redirect}. Register.",
        plan.name,
        plan.audience.choice()
    ))
}

/// The half of the certificate that is uploaded.
fn certificate(plan: &Plan, ground: &Groundwork) -> Option<Text> {
    let held = ground.credential.as_ref().filter(|_| plan.has_certificate)?;
    Some(match &held.upload {
        Some(Upload { file, thumbprint, .. }) => {
            let file = file
                .as_ref()
                .map_or("the certificate without its key".into(), |file| format!("the file {file}"));
            Text::of(format_args!(
                "Certificates & secrets, Certificates, Upload certificate: {file}. The page then shows the thumbprint \
                 {thumbprint}. The key is not in it; it never leaves this computer."
            ))
        }
        None => Text::of(format_args!(
            "Certificates & secrets: the application must have the credential of your settings ({}).",
            held.words
        )),
    })
}

fn public(plan: &Plan) -> Option<Text> {
    let redirect = plan.redirect.filter(|_| plan.is_public)?;
    Some(Text::of(format_args!(
        "Authentication, Add a platform, Mobile and desktop applications: {redirect}. Below, Allow public client flows: Yes. \
         Save."
    )))
}

fn roles(plan: &Plan) -> impl Iterator<Item = Text> {
    plan.roles.iter().map(|role| {
        Text::of(format_args!(
            "App roles, Create app role. Display name and value: {}. Allowed member types: Users/Groups. Description: {}.",
            role.value, role.description
        ))
    })
}

/// The permissions, one line each with its GUID, then what is granted at home.
fn permissions(plan: &Plan) -> Vec<Text> {
    let mut lines = Vec::new();
    let mut before: Option<&Asked> = None;
    for asked in &plan.asks {
        if before.is_none_or(|before| (before.resource, before.kind) != (asked.resource, asked.kind)) {
            lines.push(Text::of(format_args!(
                "API permissions, Add a permission, {}, {}. Tick what follows, then Add permissions:",
                asked.resource.name(),
                asked.kind.heading()
            )));
        }
        lines.push(permission(asked));
        before = Some(asked);
    }
    if plan.has_certificate {
        lines.push(
            "Take away User.Read (Delegated), which Microsoft put there by itself: Remove permission.".into(),
        );
    }
    lines.extend(plan.at_home.iter().map(|asked| {
        Text::of(format_args!(
            "Add {} ({}) as well, for a moment: {}. Customers are not asked for it.",
            asked.name,
            asked.id.hyphenated(),
            asked.why
        ))
    }));
    lines.push("Grant admin consent for your own organisation, and say yes.".into());
    lines.extend(plan.at_home.iter().map(|asked| {
        Text::of(format_args!(
            "Take {} off the list again: Remove permission. It stays granted in your own organisation.",
            asked.name
        ))
    }));
    lines
}

/// A permission with its GUID, and what it is for.
fn permission(asked: &Asked) -> Text {
    Text::of(format_args!("{BELOW}{} ({}): {}", asked.name, asked.id.hyphenated(), asked.why))
}

/// Who may use it.
fn people(plan: &Plan) -> Vec<Text> {
    let Some(first) = plan.roles.first() else { return Vec::new() };
    let mut lines = vec![
        Text::of(format_args!(
            "Enterprise applications, {}, Users and groups, Add user: yourself, with the role {}. Give each of your staff a \
             role the same way.",
            plan.name, first.value
        )),
        "Properties of the same page: Assignment required: Yes. Save.".into(),
    ];
    if plan.audience == Audience::AnyOrganisation {
        lines.push(
            "People of other organisations can't sign in: the sign-in is asked for at your own tenant ID."
                .into(),
        );
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::groundwork::tests::{bare, held};

    #[test]
    fn every_permission_stands_there_with_its_guid_and_every_step_has_its_number() {
        let mut ground = bare();
        ground.credential = Some(held());
        ground.for_staff = Plan::operators(true);
        for part in [Part::Customers, Part::Staff] {
            let lines = lines(&ground, part);
            let plan = ground.plan(part).unwrap();
            for asked in plan.asks.iter().chain(&plan.at_home) {
                let id = asked.id.hyphenated().to_string();
                assert!(
                    lines.iter().any(
                        |line| line.as_str().contains(&id) && line.as_str().contains(asked.name.as_str())
                    )
                );
            }
            let steps: Vec<&str> =
                lines.iter().map(Text::as_str).filter(|line| !line.starts_with(BELOW)).collect();
            assert!(steps.iter().enumerate().all(|(at, line)| line.starts_with(&format!("{}. ", at + 1))));
            let all = lines.iter().map(Text::as_str).collect::<Vec<_>>().join("\n");
            assert_eq!(all.contains("http://localhost"), part == Part::Staff);
            assert_eq!(all.contains("certificate.cer"), part == Part::Customers);
            assert_eq!(all.contains("with the role Admin"), part == Part::Staff);
        }
        assert!(lines(&ground, Part::Organisation).is_empty());
    }
}
