//! One row of a plan: its keys to answers, with what is wrong in each.

use std::path::PathBuf;

use toml::{Spanned, de::DeValue};

use super::{PASSWORDS, Reader, Section, did_you_mean};
use crate::domain::{
    address_list,
    customer::Product,
    nearest::nearest,
    plan::{List, Mailboxes, PasswordSource, Row, Users},
    tenant_input::TenantInput,
    toml_reader::{TomlValue, get, texts},
    user::Kind,
};

impl Reader<'_> {
    /// Reads a row, the defaults filled in.
    pub(super) fn row(&mut self, section: &Section<'_, '_>) -> Row {
        let customer = self.text(section, "customer").unwrap_or_default();
        if section.get("customer").is_none() {
            self.wrong(
                &section.span,
                format_args!(
                    "The customer is missing. Write customer = \"C-1001\": a reference, name or domain."
                ),
            );
        }
        let row = Row {
            place: self.place(&section.span),
            customer,
            product: self.product(section),
            tenant: self.tenant(section),
            same_organisation_as: self.texts(section, "same_organisation_as").unwrap_or_default(),
            domain_belongs_elsewhere: self.flag(section, "domain_belongs_elsewhere"),
            users: self.users(section),
            include_kinds: self.kinds(section),
            exclude: self.list(section, "exclude").unwrap_or_default(),
            max_seats: self.count(section, "max_seats"),
            ceiling: self.count(section, "ceiling"),
            without_sweeper: self.flag(section, "without_sweeper"),
            server: self.text(section, "server"),
            account: self.text(section, "account"),
            password: self.password(section),
            mailbox: self.text(section, "mailbox"),
            mail_domains: self.texts(section, "mail_domains").unwrap_or_default(),
            mailboxes: self.mailboxes(section),
        };
        self.fits(section, row)
    }

    /// Answers of a row that do not go together; defaults that do not fit a row are not meant for it.
    fn fits(&mut self, section: &Section<'_, '_>, mut row: Row) -> Row {
        let is_odd = |this: &mut Self, keys: &[&str], why: &str| {
            for key in keys {
                if let Some(value) = section.get(key).filter(|_| section.has(key)) {
                    this.wrong(&value.span(), format_args!("{key} {why}"));
                }
            }
        };
        if let Some(product) = row.product {
            if product.is_hosted() {
                let office = ["tenant", "domain_belongs_elsewhere"];
                is_odd(self, &office, "is for Office 365. Leave it out, or change the product.");
            } else {
                let hosted = ["server", "account", "mailbox", "mail_domains", "mailboxes", "directory"];
                is_odd(
                    self,
                    &hosted,
                    "is for MPexchange and Business365. Leave it out, or change the product.",
                );
                is_odd(
                    self,
                    &PASSWORDS,
                    "is for MPexchange and Business365. Leave it out, or change the product.",
                );
                (row.server, row.account, row.password, row.mailboxes) = (None, None, None, None);
            }
        }
        if row.users != Users::Auto {
            is_odd(self, &["ceiling", "without_sweeper"], "is for users = \"auto\". Leave it out.");
            (row.ceiling, row.without_sweeper) = (None, false);
        }
        row
    }

    fn text(&mut self, section: &Section<'_, '_>, key: &str) -> Option<String> {
        let value = section.get(key)?;
        match value.get_ref().as_str() {
            Some(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Some(_) => {
                self.wrong(&value.span(), format_args!("{key} is empty. Fill it in, or leave the line out."));
                None
            }
            None => {
                self.wrong(&value.span(), format_args!("{key} must be text in quotes."));
                None
            }
        }
    }

    fn count(&mut self, section: &Section<'_, '_>, key: &str) -> Option<u32> {
        let value = section.get(key)?;
        let number = value.get_ref().as_integer().and_then(|n| n.as_str().parse().ok());
        if number.is_none() {
            self.wrong(&value.span(), format_args!("{key} must be a number of seats, like 40."));
        }
        number
    }

    fn flag(&mut self, section: &Section<'_, '_>, key: &str) -> bool {
        let Some(value) = section.get(key) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong(&value.span(), format_args!("{key} must be true or false."));
            false
        })
    }

    /// One of a few words.
    fn word(&mut self, key: &str, value: &TomlValue<'_>, words: &[&str]) -> Option<String> {
        let said = value.get_ref().as_str();
        if let Some(word) = said.filter(|word| words.contains(word)) {
            return Some(word.to_owned());
        }
        let near = said.and_then(|said| nearest(said, words.iter().copied()));
        let may = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        self.wrong(&value.span(), format_args!("{key} must be one of {may}.{}", did_you_mean(near)));
        None
    }

    fn product(&mut self, section: &Section<'_, '_>) -> Option<Product> {
        let value = section.get("product")?;
        let words: Vec<&str> = Product::ALL.iter().map(|product| product.word()).collect();
        self.word("product", value, &words).and_then(|word| Product::from_word(&word))
    }

    fn tenant(&mut self, section: &Section<'_, '_>) -> Option<String> {
        let text = self.text(section, "tenant")?;
        if let (Err(error), Some(value)) = (TenantInput::parse(&text), section.get("tenant")) {
            self.wrong(&value.span(), format_args!("tenant: {error}."));
        }
        Some(text)
    }

    fn users(&mut self, section: &Section<'_, '_>) -> Users {
        let Some(value) = section.get("users") else {
            self.wrong(
                &section.span,
                format_args!("users is missing. Write \"all\", \"auto\", \"none\", [\"addresses\"] or {{ file = \"users.txt\" }}."),
            );
            return Users::None;
        };
        match value.get_ref() {
            DeValue::Array(_) | DeValue::Table(_) => {
                self.addresses("users", value).map_or(Users::None, Users::These)
            }
            _ => match self.word("users", value, &["all", "auto", "none"]).as_deref() {
                Some("all") => Users::All,
                Some("auto") => Users::Auto,
                _ => Users::None,
            },
        }
    }

    fn kinds(&mut self, section: &Section<'_, '_>) -> Vec<Kind> {
        let Some(value) = section.get("include_kinds") else { return Vec::new() };
        let words = Kind::INCLUDABLE.map(Kind::key);
        let Some(list) = value.get_ref().as_array() else {
            self.wrong(
                &value.span(),
                format_args!("include_kinds must be a list like [\"shared\", \"room\"]."),
            );
            return Vec::new();
        };
        let mut kinds: Vec<Kind> = list
            .iter()
            .filter_map(|item| self.word("include_kinds", item, &words))
            .filter_map(|word| Kind::INCLUDABLE.into_iter().find(|kind| kind.key() == word))
            .collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// A list of texts, each with something in it.
    fn texts(&mut self, section: &Section<'_, '_>, key: &str) -> Option<Vec<String>> {
        self.words_of(key, section.get(key)?)
    }

    fn words_of(&mut self, key: &str, value: &TomlValue<'_>) -> Option<Vec<String>> {
        match texts(value.get_ref()) {
            Some(words) if words.iter().all(|word| !word.trim().is_empty()) => {
                Some(words.iter().map(|word| word.trim().to_owned()).collect())
            }
            _ => {
                self.wrong(
                    &value.span(),
                    format_args!("{key} must be a list of texts like [\"one\", \"two\"]."),
                );
                None
            }
        }
    }

    /// A list of addresses in the plan.
    fn list(&mut self, section: &Section<'_, '_>, key: &str) -> Option<Vec<String>> {
        let value = section.get(key)?;
        let words = self.words_of(key, value)?;
        Some(self.whole_addresses(key, value, &words))
    }

    /// The addresses that the texts of a list hold: read as any other list, each text for itself.
    fn whole_addresses(&mut self, key: &str, value: &TomlValue<'_>, words: &[String]) -> Vec<String> {
        let mut addresses = Vec::with_capacity(words.len());
        for word in words {
            match address_list::read(word).whole() {
                Ok(read) if !read.is_empty() => addresses.extend(read),
                Ok(_) => {
                    self.wrong(&value.span(), format_args!("{key}: \"{word}\" is not an e-mail address."));
                }
                Err(bad) => {
                    let why = bad.first().map(|bad| bad.why).filter(|why| !why.is_empty());
                    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
                    let span = value.span();
                    self.wrong(&span, format_args!("{key}: \"{word}\" is not an e-mail address{why}."));
                }
            }
        }
        addresses
    }

    /// Addresses in the plan, or the file that holds them.
    fn addresses(&mut self, key: &str, value: &TomlValue<'_>) -> Option<List> {
        let Some(table) = value.get_ref().as_table() else {
            let words = self.words_of(key, value)?;
            let addresses = self.whole_addresses(key, value, &words);
            if words.is_empty() {
                self.wrong(
                    &value.span(),
                    format_args!("{key} names nobody. Add addresses, or write \"none\"."),
                );
            }
            return Some(List::Here(addresses));
        };
        let file = get(table, "file");
        match file.and_then(|file| file.get_ref().as_str()).filter(|_| table.len() == 1) {
            Some(path) if !path.trim().is_empty() => Some(List::File(self.beside(path))),
            _ => {
                self.wrong(
                    &value.span(),
                    format_args!("{key} names a file like this: {{ file = \"users.txt\" }}."),
                );
                None
            }
        }
    }

    fn mailboxes(&mut self, section: &Section<'_, '_>) -> Option<Mailboxes> {
        let is_directory = self.flag(section, "directory");
        let Some(value) = section.get("mailboxes") else {
            return is_directory.then_some(Mailboxes::Directory);
        };
        if is_directory && section.has("directory") {
            self.wrong(
                &value.span(),
                format_args!(
                    "Either mailboxes or directory = true says how the mailboxes are listed, not both."
                ),
            );
        }
        self.addresses("mailboxes", value).map(Mailboxes::Given)
    }

    /// Where the password comes from. A source of the row goes before one of the defaults.
    fn password(&mut self, section: &Section<'_, '_>) -> Option<PasswordSource> {
        let own: Vec<&str> = PASSWORDS.into_iter().filter(|key| section.has(key)).collect();
        let keys = if own.is_empty() {
            PASSWORDS.into_iter().filter(|key| section.get(key).is_some()).collect()
        } else {
            own
        };
        if let [_, second, ..] = keys.as_slice()
            && let Some(value) = section.get(second)
        {
            self.wrong(
                &value.span(),
                format_args!("One password comes from one source: keep one of {}.", PASSWORDS.join(", ")),
            );
        }
        match *keys.first()? {
            key @ "password_file" => {
                self.text(section, key).map(|path| PasswordSource::File(self.beside(&path)))
            }
            key @ "password_environment" => self.text(section, key).map(PasswordSource::Environment),
            key => match self.texts(section, key)? {
                words if words.is_empty() => {
                    let span = section.get(key).map(Spanned::span).unwrap_or_default();
                    self.wrong(
                        &span,
                        format_args!("{key} must name a program, like [\"pass\", \"show\", \"c-1001\"]."),
                    );
                    None
                }
                words => Some(PasswordSource::Command(words)),
            },
        }
    }

    /// The file that a path in the plan means: beside the plan.
    fn beside(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }
}
