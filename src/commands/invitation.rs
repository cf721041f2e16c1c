//! `backup365 invitation`: the text for the customer's administrator, made, made again or withdrawn.

use std::{io, path::PathBuf};

use serde_json::json;

use crate::{
    domain::{
        failure::{Failure, FailureKind, of_system},
        id::RunId,
        invitation::{self, Letter},
        text::Text,
    },
    exit::Exit,
    private,
    provider::store::InvitationChange,
};

use super::{Context, failing, quietly, record_context::refused};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The run.
    pub run: RunId,
    /// What is to become of its invitation.
    pub change: InvitationChange,
    /// The file of a mail that takes it, too.
    pub mail: Option<PathBuf>,
    /// That file may be there already.
    pub may_replace: bool,
    /// It is printed as JSON.
    pub is_json: bool,
    /// The partner's own name.
    pub partner: Option<Text>,
    /// Each permission by name, with its reason.
    pub permissions: Vec<(Text, Text)>,
}

/// Prints it, and writes the mail.
///
/// # Errors
/// stdout or the file can't be written; the run is not there, or has no link.
pub fn run(cx: &Context, asked: &Asked) -> anyhow::Result<Exit> {
    let record = cx.provider.store.invite(&asked.run, asked.change).map_err(|failure| refused(&failure))?;
    let tenant = record.organisation.as_ref().map(|organisation| organisation.tenant);
    let link = tenant.map(|tenant| cx.provider.graph.browser_link(tenant)).unwrap_or_default();
    let link = record.hinted(Text::clean(&link));
    let letter = Letter {
        partner: asked.partner.as_ref(),
        run: &record,
        link: link.as_str(),
        permissions: &asked.permissions,
        here: &cx.zone,
        is_sandbox: cx.is_sandbox,
        again: None,
    };
    let text = letter.write().unwrap_or_default();
    if let Some(file) = &asked.mail {
        let mail = invitation::as_mail(&text, cx.clock.now());
        let written =
            if asked.may_replace { private::replace(file, &mail) } else { private::write_new(file, &mail) };
        written.map_err(|error| failing(&unkept(file, &error)))?;
        cx.out.note(&format!("The mail is in {}, which only you can read.", file.display()));
    }
    let Some(known) = record.invitation.as_ref().filter(|_| asked.is_json) else {
        return quietly(cx.out.say(text.trim_end_matches('\n')), Exit::Done);
    };
    let permission =
        |(name, reason): &(Text, Text)| json!({"name": name.as_str(), "reason": reason.as_str()});
    let object = json!({
        "version": 1,
        "kind": "invitation",
        "run": record.id.to_string(),
        "sandbox": cx.is_sandbox,
        "words": known.words.as_str(),
        "made": known.made.to_string(),
        "by": known.by.as_str(),
        "withdrawn": known.withdrawn.map(|at| at.to_string()),
        "link": Some(link.as_str()).filter(|_| known.withdrawn.is_none()),
        "permissions": asked.permissions.iter().map(permission).collect::<Vec<_>>(),
        "text": text,
    });
    quietly(cx.out.say(&format!("{object:#}")), Exit::Done)
}

/// The mail could not be written.
fn unkept(file: &std::path::Path, error: &io::Error) -> Failure {
    let file = file.display();
    if error.kind() == io::ErrorKind::AlreadyExists {
        return Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!("the file {file} is there already, and nothing was written into it")),
            "Name another file, or add --force to replace it.",
        );
    }
    Failure::new(
        FailureKind::Record,
        Text::of(format_args!("the file {file} could not be written: {}", of_system(error))),
        "Check that its folder exists and belongs to you, or name another file.",
    )
}
