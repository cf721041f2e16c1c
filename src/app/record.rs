//! Where the record is: a file in the data folder, or the database that settings name, with the password from where they
//! say it lies.

use crate::{
    domain::{
        failure::{Failure, FailureKind},
        secret::Secret,
        text::Text,
    },
    provider::store::{Address, Place, Store, Surroundings, Terms},
    settings::Source,
};

use super::{credential, world::Opener};

/// What takes the place of the keyring in a sweep, as a line of the file of variables.
pub(super) const INSTEAD: &str = "BACKUP365_RECORD_PASSWORD_FILE=FILE";

impl Opener {
    /// Where the record is. Its password is read anew each time, because somebody may have put it right.
    ///
    /// # Errors
    /// `Record`: the password can't be read, or the address not be used. With words and what to do.
    pub(super) fn place(&self) -> Result<Place, Failure> {
        let (settings, environment) = (&self.settings, &self.environment);
        let Some(url) = settings.record_url(self.is_sandbox) else {
            return Ok(settings.store_of(self.is_sandbox).into());
        };
        let source = settings.record.password.as_ref().filter(|_| !url.has_password());
        let password = source.map(|source| self.password_of_record(source)).transpose()?;
        let around = Surroundings { password, ..environment.postgres.clone() };
        Address::parse(url.expose(), &around).map(|address| Place::Server(Box::new(address)))
    }

    /// By which role a record on a server is entered; none: it is a file, or the address can't be used. Reads no password.
    pub(super) fn role(&self) -> Option<Text> {
        let url = self.settings.record_url(self.is_sandbox)?;
        let around = Surroundings { passfile: None, ..self.environment.postgres.clone() };
        Address::parse(url.expose(), &around).ok().map(|address| Text::clean(address.role()))
    }

    /// Where the record is, without a secret.
    pub(super) fn place_in_words(&self) -> String {
        self.settings.record_in_words(self.is_sandbox)
    }

    /// Whether there is a record, for what works without one, too.
    ///
    /// # Errors
    /// As [`Opener::place`]; `Record`, when the server does not say.
    pub(super) fn has_record(&self) -> Result<bool, Failure> {
        match self.place()? {
            Place::File(file) => Ok(file.exists()),
            place @ Place::Server(_) => Store::is_there(&place, &Terms::FREE),
        }
    }

    fn password_of_record(&self, source: &Source) -> Result<Secret<String>, Failure> {
        let keyring = |name: &str| self.keyring_or(name, INSTEAD);
        credential::password(source, &keyring).map_err(|error| {
            Failure::new(
                FailureKind::Record,
                Text::of(format_args!("the password of the record can't be read: {error:#}")),
                "Mend it, or name another source in the settings (record.password_file and its like).",
            )
        })
    }
}
