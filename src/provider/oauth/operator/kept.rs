//! Where a session is kept between two starts: one file a world, encrypted (age) for the key file of the impersonation
//! passwords, which lies in another folder.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::ErrorKind,
    path::PathBuf,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Session;
use crate::{
    domain::{
        failure::{Failure, FailureKind, of_system},
        phrase::{Command, phrase},
        secret::Secret,
        sign_in::SignedIn,
        text::Text,
        time::Moment,
    },
    outside::file,
    private,
    provider::store::Vault,
};

/// The form of what is kept; another one is taken for none.
const VERSION: u64 = 1;

/// Between two looks whether another process is still at it.
const PAUSE: Duration = Duration::from_millis(25);

/// So many looks: a minute, which is longer than an answer of the sign-in's takes. A guess.
const LOOKS: u32 = 2_400;

/// The file, and the key that opens it.
#[derive(Debug)]
pub struct SessionFile {
    path: PathBuf,
    vault: Vault,
}

impl SessionFile {
    /// A file that may be there, and its key file.
    #[must_use]
    pub const fn new(path: PathBuf, identity: PathBuf) -> Self {
        Self { path, vault: Vault::new(identity) }
    }

    /// The session; none where there is no file.
    ///
    /// # Errors
    /// `Record`: it can't be read, or the key does not open it. Only a new sign-in helps.
    pub fn read(&self) -> Result<Option<Session>, Failure> {
        let sealed = match file::secret(&self.path) {
            Ok(sealed) => sealed,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(error) => return Err(self.unusable(&of_system(&error))),
        };
        let sealed = STANDARD.decode(sealed.trim()).ok();
        let plain = sealed.and_then(|sealed| self.vault.open(&sealed));
        let session = plain.and_then(|plain| session(&serde_json::from_str(plain.expose()).ok()?));
        session.map(Some).ok_or_else(|| self.unusable(&"it is damaged, or encrypted for another key".into()))
    }

    /// Keeps a session in place of the last one, for its owner alone (mode 0600).
    ///
    /// # Errors
    /// `Record`: it can't be written; a retry helps once the cause in the words is gone.
    pub fn keep(&self, session: &Session) -> Result<(), Failure> {
        let sealed = self.vault.seal(&Secret::new(plain(session).to_string()))?;
        let folder = self.path.parent().map_or(Ok(()), private::make_folder);
        folder.and_then(|()| private::replace(&self.path, &STANDARD.encode(sealed))).map_err(|error| {
            Failure::new(
                FailureKind::Record,
                Text::of(format_args!(
                    "the sign-in could not be kept in {}: {}",
                    self.path.display(),
                    of_system(&error)
                )),
                "Check that the folder exists and belongs to you, then sign in again.",
            )
        })
    }

    /// Keeps what came of a session, unless another took its place meanwhile: by a new sign-in, or by none.
    ///
    /// # Errors
    /// As [`SessionFile::keep`].
    pub(super) fn renew(&self, used: &Session, fresh: &Session) -> Result<(), Failure> {
        let is_there = self.read().is_ok_and(|kept| kept.is_some_and(|kept| kept.is_same_as(used)));
        if is_there { self.keep(fresh) } else { Ok(()) }
    }

    /// What is kept now, where that is another session than this one.
    pub(super) fn other_than(&self, session: &Session) -> Option<Session> {
        self.read().ok().flatten().filter(|kept| !kept.is_same_as(session))
    }

    /// Waits until no other process asks Microsoft by what is kept: it may replace that. Where the disk knows no locks, or
    /// the other one takes too long, nobody waits: what is replaced stays good at Microsoft for a while (reference,
    /// section 6.4). The lock is gone with the file that comes back.
    pub(super) async fn hold(&self) -> Option<File> {
        let path = self.path.with_extension("lock");
        let mut options = OpenOptions::new();
        let file = private::only_owner(options.append(true).create(true)).open(path).ok()?;
        for _ in 0..LOOKS {
            match file.try_lock() {
                Ok(()) => return Some(file),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
                Err(TryLockError::Error(_)) => return None,
            }
        }
        None
    }

    /// Forgets it; whether there was one.
    ///
    /// # Errors
    /// `Record`: the file can't be removed.
    pub fn forget(&self) -> Result<bool, Failure> {
        match fs::remove_file(&self.path) {
            Ok(()) => Ok(true),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(false),
            Err(error) => Err(Failure::new(
                FailureKind::Record,
                Text::of(format_args!("{} could not be removed: {}", self.path.display(), of_system(&error))),
                "Remove it by hand.",
            )),
        }
    }

    fn unusable(&self, why: &Text) -> Failure {
        Failure::new(
            FailureKind::Record,
            Text::of(format_args!(
                "the sign-in that is kept in {} can't be used: {why}",
                self.path.display()
            )),
            phrase!["Sign in again: ", Command::Login, "."],
        )
    }
}

/// What is kept, before it is encrypted.
fn plain(session: &Session) -> Value {
    let Session { who, until, client_id, refresh, access: _ } = session;
    json!({
        "version": VERSION, "client_id": client_id, "tenant": who.tenant.to_string(), "object": who.object,
        "name": who.name.as_str(), "is_admin": who.is_admin, "until": until.as_millis(),
        "refresh_token": refresh.as_ref().map(Secret::expose),
    })
}

/// What was kept.
fn session(plain: &Value) -> Option<Session> {
    let text = |name: &str| plain.get(name).and_then(Value::as_str);
    let id = |name: &str| text(name).and_then(|id| Uuid::try_parse(id).ok());
    let _known = plain.get("version").and_then(Value::as_u64).filter(|version| *version == VERSION)?;
    Some(Session {
        who: SignedIn {
            tenant: text("tenant")?.parse().ok()?,
            object: id("object")?,
            name: Text::clean(text("name")?),
            is_admin: plain.get("is_admin")?.as_bool()?,
        },
        until: Moment::from_millis(plain.get("until")?.as_i64()?),
        client_id: id("client_id")?,
        refresh: text("refresh_token").map(|token| Secret::new(token.to_owned())),
        access: None,
    })
}
