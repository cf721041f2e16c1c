//! The fields of the form: what stands in them at first, and what is wrong with what was typed.

use super::{DIRECTORY, Impersonation, LISTINGS};
use crate::{
    domain::{
        customer::{Impersonation as Details, Listing, Product},
        exchange_server,
        phrase::{Correction, Phrase, WayOn, phrase},
        run::RunRecord,
        secret::Secret,
        text::Text,
    },
    wizard::{
        answer::{Action, FieldId},
        context::ViewCx,
        part::form::Control,
    },
};

impl Impersonation {
    /// What is wrong with a field, as a sentence.
    pub(super) fn problem(&self, cx: ViewCx<'_>, id: FieldId) -> Option<Phrase> {
        match id {
            FieldId::Sample => self.sample_problem(cx),
            FieldId::Server => match exchange_server::normalise(self.form.text(FieldId::Server)).err()? {
                exchange_server::ServerError::ExchangeOnline => Some(online(cx)),
                error => Some(format_args!("{error}").into()),
            },
            FieldId::Account if self.form.text(FieldId::Account).trim().is_empty() => {
                Some("Type the service account.".into())
            }
            FieldId::Password if self.password(cx).is_none() => Some("Type the account's password.".into()),
            FieldId::Domains => match self.domains() {
                (_, bad) if !bad.is_empty() => {
                    let bad: Vec<&str> = bad.iter().map(Text::as_str).collect();
                    Some(format_args!("No mail domain: {}.", bad.join(", ")).into())
                }
                (good, _) if good.is_empty() => {
                    Some("Type the customer's mail domain, like bakery.example.".into())
                }
                _ => None,
            },
            FieldId::Mailboxes if !self.is_directory() && self.mailboxes.addresses().is_empty() => {
                Some("Paste the addresses of the mailboxes, or choose the server's directory above.".into())
            }
            _ => None,
        }
    }

    fn sample_problem(&self, cx: ViewCx<'_>) -> Option<Phrase> {
        let Some(sample) = self.sample() else {
            return Some("Type one e-mail address of the customer.".into());
        };
        let domain = sample.domain();
        if exchange_server::is_exchange_online(&domain) {
            return Some(online(cx));
        }
        let (domains, _) = self.domains();
        let is_theirs = domains.iter().any(|known| known.as_str() == domain);
        (!domains.is_empty() && !is_theirs).then(|| {
            phrase![Text::clean(&domain), " is not one of the customer's mail domains. ", WayOn::AddDomain]
        })
    }
}

/// What is wrong with a server, or a mail domain, of Exchange Online: what can be done depends on what was sold.
fn online(cx: ViewCx<'_>) -> Phrase {
    phrase![format_args!("{}", exchange_server::ServerError::ExchangeOnline), " "].with(to_office(cx))
}

/// Where a customer goes on whose mailboxes are in Exchange Online.
pub(super) fn to_office(cx: ViewCx<'_>) -> Phrase {
    let Some(RunRecord { customer, .. }) = &cx.session.record else { return Phrase::default() };
    let has = |product| customer.products.contains(&product);
    if has(Product::Office365) {
        return "Go back and choose Office 365.".into();
    }
    let (mpexchange, business365) = (has(Product::MpExchange), has(Product::Business365));
    let way = cx
        .setup
        .operator
        .corrects(&customer.reference, Correction::AlsoOffice365 { mpexchange, business365 });
    phrase!["This customer has no Office 365 on record: ask your lead. If it was sold, "].with(way)
}

/// The saved password, kept when the field stays empty.
pub(super) fn saved_password(record: &RunRecord) -> Option<&Secret<String>> {
    let saved = record.impersonation.as_ref().filter(|_| !record.is_key_lost)?;
    Some(&saved.password).filter(|password| !password.expose().is_empty())
}

/// The controls, with what is on record.
pub(super) fn controls(record: &RunRecord) -> Vec<Control> {
    let saved = record.impersonation.as_ref();
    let field = |id, label, hint: &'static str, of: fn(&Details) -> &str| {
        Control::field(id, label, hint, saved.map(of).unwrap_or_default())
    };
    let domains = saved.map_or_else(
        || record.customer.domain.to_string(),
        |d| d.domains.iter().map(Text::as_str).collect::<Vec<_>>().join(", "),
    );
    let password = match saved_password(record) {
        Some(_) => "saved; leave it empty to keep it",
        None => "it is never shown",
    };
    let server = "like mail.hoster.example, or let it be found";
    let account = "the service account, user@domain or DOMAIN\\user";
    let listing = match saved.map(|d| &d.listing) {
        Some(Listing::Directory) => DIRECTORY,
        _ => 0,
    };
    let mut controls = vec![
        field(FieldId::Sample, "A mailbox to try", "one address of the customer", |d| d.sample.as_str()),
        field(FieldId::Server, "Server", server, |d| d.server.as_str()),
        Control::button("Find the server", Action::Discover),
        field(FieldId::Account, "Account", account, |d| d.account.as_str()),
        Control::masked(FieldId::Password, "Password", password),
        Control::field(FieldId::Domains, "Mail domains", "of this customer; commas between them", &domains),
        Control::choice(FieldId::Listing, "Mailboxes come from", LISTINGS, listing),
        Control::field(FieldId::Mailboxes, "Mailboxes", "paste all addresses here, or type them", "")
            .taking_lines(),
        Control::button("Save", Action::Save),
    ];
    if record.enabled.is_some() {
        controls.push(Control::button("Continue", Action::Continue));
    }
    controls.push(Control::button("Back", Action::Back));
    controls
}
