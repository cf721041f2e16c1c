//! Opens the world that the program works in: the real one by settings, or the sandbox.

mod sandboxed;

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use tokio::{runtime::Handle, task::JoinHandle};

use crate::{
    cli::{Common, Role},
    domain::{
        credential::Standing,
        failure::{Failure, FailureKind},
        id::{RecordId, TenantId},
        operator::Account,
        permission::{Permission, PermissionSet},
        text::Text,
        time::Clock,
    },
    log,
    outside::keyring,
    provider::{
        self, Provider,
        graph::OwnRight,
        http::{Http, HttpOptions},
        oauth::{App, Credential},
        store::{Place, Store, StoreOptions, Terms},
    },
    runner::{self, Rehearse},
    sandbox::Sandbox,
    settings::{ExtraPermission, Lines, PartnerApp, Settings},
};

use super::{
    credential::{self, Credentials},
    environment::Environment,
    sign_in,
    trial::Trial,
};

pub(super) use sandboxed::options;

/// An opened world.
pub(super) struct World {
    /// What calls go to.
    pub(super) provider: Provider,
    /// The partner's own tenant.
    pub(super) partner: TenantId,
    /// Plays the customer.
    pub(super) rehearse: Option<Rehearse>,
    /// Accepts for a customer with the partner's own right, where settings allow it.
    pub(super) own_right: Option<OwnRight>,
    /// Kept while the world is used: the sandbox stops on drop.
    pub(super) sandbox: Option<Sandbox>,
    /// What may be wrong with the credential, a sentence each without its full stop.
    pub(super) doubts: Vec<Text>,
    /// Until when it is good.
    pub(super) standing: Standing,
}

/// The client of the real world, while it is made.
type EarlyHttp = JoinHandle<Result<Http, Failure>>;

/// Whether this start goes into the sandbox.
pub(super) fn is_sandbox(common: &Common, settings: &Settings, may_fall_back: bool) -> bool {
    common.sandbox || (settings.app.is_none() && may_fall_back)
}

/// The time in the world, from now on; the sandbox may have a clock of its own.
pub(super) fn clock(common: &Common, settings: &Settings, is_sandbox: bool) -> Clock {
    let given = common.clock.filter(|_| is_sandbox);
    given.map_or_else(runner::clock::system, runner::clock::starting_at).within(settings.clock.tolerance)
}

/// What opens the world.
#[derive(Clone)]
pub(super) struct Opener {
    pub(super) common: Common,
    pub(super) settings: Settings,
    pub(super) environment: Environment,
    /// What customers are asked for.
    pub(super) permissions: PermissionSet,
    pub(super) clock: Clock,
    pub(super) handle: Handle,
    pub(super) is_sandbox: bool,
    /// Whether what runs may make a record. In the sandbox everything may.
    pub(super) may_make: bool,
    /// The record that the timer was installed for.
    pub(super) record: Option<RecordId>,
    /// Whether what runs is an operator's own work. A sweep is not: it does what operators have said before, and at night
    /// nobody is there to sign in, nor a session whose keyring could be asked.
    pub(super) is_by_operator: bool,
    /// Who works here, once that is known.
    pub(super) account: Arc<OnceLock<Account>>,
}

impl Opener {
    /// What will be opened, for `--verbose`.
    pub(super) fn in_words(&self) -> Vec<String> {
        let Self { settings, common, is_sandbox, .. } = self;
        let file = settings.file.as_ref().map_or("none".into(), |file| file.display().to_string());
        let world = match (is_sandbox, &common.world) {
            (true, Some(world)) => format!("the sandbox, {world}"),
            (true, None) => "the sandbox".into(),
            (false, _) => "Microsoft".into(),
        };
        let log = settings.data_of(*is_sandbox).join(log::FILE);
        vec![
            format!("Settings file: {file}"),
            format!("World: {world}"),
            format!("Record: {}", self.place_in_words()),
            format!("Log: {}, level {}", log.display(), settings.log.level),
        ]
    }

    /// What the table of addresses does to the real world, as a sentence without its full stop; none where there is none.
    pub(super) fn mapped(&self) -> Option<Text> {
        let (from, to) = self.settings.addresses.first().filter(|_| !self.is_sandbox)?;
        let more = self.settings.addresses.len().saturating_sub(1);
        let more = if more == 0 { String::new() } else { format!(", and {more} more") };
        Some(Text::of(format_args!(
            "the table [addresses] of the settings is in use ({from} is {to}{more}): what answers there is not Microsoft"
        )))
    }

    /// Opens the world. The sandbox is started on the runtime; the store is opened on this thread, which must not be
    /// one of those that drive the runtime.
    ///
    /// # Errors
    /// With words for a person: what was tried, what happened, what to do. Trying again helps once that is done.
    pub(super) fn open(&self) -> Result<World, Failure> {
        let http = self.early_http();
        let early = self.early_sandbox()?;
        let store = self.store_by(self.account(early.as_ref())?)?;
        self.open_around(store, early, http)
    }

    /// Opens the world with a copy of the record, for a trial: what is read is real, what is written goes with the
    /// copy, and no mailbox password is sent anywhere.
    ///
    /// # Errors
    /// As [`Opener::open`]; also when the record can't be copied.
    pub(super) fn open_trial(&self) -> Result<(World, Trial), Failure> {
        let early = self.early_sandbox()?;
        let (store, trial) = self.copied_by(self.account(early.as_ref())?)?;
        let mut world = self.open_around(store, early, None)?;
        world.provider.exchange = world.provider.exchange.unsigned();
        Ok((world, trial))
    }

    /// Opens a copy of the record, for a trial in a world that is open already.
    ///
    /// # Errors
    /// As [`Opener::open_trial`].
    pub(super) fn copied(&self) -> Result<(Store, Trial), Failure> {
        self.copied_by(self.account(None)?)
    }

    /// The same by this account.
    fn copied_by(&self, account: Account) -> Result<(Store, Trial), Failure> {
        let Self { settings, is_sandbox, .. } = self;
        let place = self.place()?;
        // A trial of a record that is gone would be a trial of an empty one.
        let is_there = Store::is_there(&place, &self.terms())?;
        let trial = Trial::new(&settings.data_of(*is_sandbox))?;
        if is_there {
            Store::copy(&place, &trial.record())?;
        }
        let identity = settings.identity_of(*is_sandbox);
        // A key that is not there yet must not be made by a trial.
        let identity = if identity.exists() { identity } else { trial.identity() };
        Ok((self.record(&Terms::FREE, trial.record().into(), identity, account)?, trial))
    }

    /// Opens the record alone, for commands that ask no server: no credential is read, so that nothing asks for a
    /// password at night. The sandbox is opened whole, because its customers come with it.
    ///
    /// # Errors
    /// As [`Opener::open`].
    pub(super) fn open_record(&self) -> Result<(Store, Option<World>), Failure> {
        if !self.is_sandbox {
            return Ok((self.store()?, None));
        }
        let world = self.open()?;
        Ok((world.provider.store.clone(), Some(world)))
    }

    /// The record, and nothing else.
    ///
    /// # Errors
    /// As [`Store::open_on`].
    pub(super) fn store(&self) -> Result<Store, Failure> {
        self.store_by(self.account(None)?)
    }

    /// The record in a place, which may be another one than settings name; it is not made there.
    ///
    /// # Errors
    /// As [`Store::open_on`].
    pub(super) fn store_in(&self, place: Place) -> Result<Store, Failure> {
        let terms = Terms { may_make: false, ..self.terms() };
        self.record(&terms, place, self.settings.identity_of(self.is_sandbox), self.account(None)?)
    }

    /// The record as this account opens it.
    fn store_by(&self, account: Account) -> Result<Store, Failure> {
        let Self { settings, is_sandbox, .. } = self;
        self.record(&self.terms(), self.place()?, settings.identity_of(*is_sandbox), account)
    }

    /// Who works here.
    ///
    /// # Errors
    /// As [`sign_in::account`].
    fn account(&self, sandbox: Option<&Sandbox>) -> Result<Account, Failure> {
        if !self.is_by_operator {
            return Ok(self.environment.account.clone());
        }
        if let Some(known) = self.account.get() {
            return Ok(known.clone());
        }
        let account = sign_in::account(self, sandbox)?;
        Ok(self.account.get_or_init(|| account).clone())
    }

    /// Whether words are to be read line by line.
    pub(super) fn is_in_lines(&self) -> bool {
        match self.settings.screen.lines {
            Lines::Always => true,
            Lines::Auto => self.environment.wants_lines() || self.environment.term.as_deref() == Some("dumb"),
            Lines::Never => false,
        }
    }

    /// The partner's own tenant, as settings name it.
    pub(super) fn partner(&self) -> Option<TenantId> {
        self.settings.app.as_ref().map(|app| app.tenant)
    }

    /// Which record there is, as far as one can be told without changing it.
    ///
    /// # Errors
    /// `Record`, when it can't be read.
    pub(super) fn record_id(&self) -> Result<Option<RecordId>, Failure> {
        Store::id_in(&self.place()?)
    }

    /// On which terms the record is opened. Nothing is noted of the sandbox's: a trainee may remove it.
    fn terms(&self) -> Terms {
        let notes = (!self.is_sandbox).then(|| self.settings.config.join("records"));
        Terms { notes, may_make: self.may_make || self.is_sandbox, id: self.record }
    }

    /// Opens a record.
    fn record(
        &self,
        terms: &Terms,
        place: Place,
        identity: PathBuf,
        account: Account,
    ) -> Result<Store, Failure> {
        Store::open_on(terms, self.record_at(place, identity, account))
    }

    /// Where a record lies and who works with it.
    fn record_at(&self, place: Place, identity: PathBuf, account: Account) -> StoreOptions {
        let Self { common, environment, clock, is_sandbox, .. } = self;
        StoreOptions {
            place,
            identity,
            clock: clock.clone(),
            account,
            as_user: *is_sandbox && common.role == Some(Role::User),
            host: Text::clean(&environment.host),
            is_sandbox: *is_sandbox,
        }
    }

    /// Opens the world around a record.
    ///
    /// # Errors
    /// As [`Opener::open`].
    pub(super) fn open_with(&self, store: Store) -> Result<World, Failure> {
        self.open_around(store, None, None)
    }

    /// The same, with the sandbox that is running already and the client that is being made.
    fn open_around(
        &self,
        store: Store,
        early: Option<Sandbox>,
        http: Option<EarlyHttp>,
    ) -> Result<World, Failure> {
        let sandbox = early.map_or_else(|| self.sandbox(), |sandbox| Ok(Some(sandbox)))?;
        match sandbox {
            Some(sandbox) => self.sandboxed(store, sandbox),
            None => self.real(store, http),
        }
    }

    /// Has the client of the real world made beside the record: whom to trust stands in hundreds of files of certificates.
    fn early_http(&self) -> Option<EarlyHttp> {
        let options = (!self.is_sandbox).then(|| self.real_http())?;
        Some(self.handle.spawn_blocking(move || provider::http_client(options)))
    }

    /// The sandbox before the record is opened, where it may be asked about a sign-in.
    fn early_sandbox(&self) -> Result<Option<Sandbox>, Failure> {
        if self.settings.sign_in_of(self.is_sandbox).exists() { self.sandbox() } else { Ok(None) }
    }

    /// The real world, by settings.
    fn real(&self, store: Store, http: Option<EarlyHttp>) -> Result<World, Failure> {
        let Self { settings, clock, .. } = self;
        let Some(app) = &settings.app else {
            return Err(Failure::new(
                FailureKind::Internal,
                "no settings name your application at Microsoft",
                "Add --sandbox to use the sandbox, or name the application in the settings.",
            ));
        };
        let keyring = |name: &str| self.keyring(name);
        let Credentials { first, next, doubts, facts } =
            credential::read(app, &keyring).map_err(|error| {
                Failure::new(
                    FailureKind::Refused,
                    Text::of(format_args!("{error:#}")),
                    "Mend it, or name another source in the settings.",
                )
            })?;
        let app_at_microsoft = Self::app(app, first, next);
        let own_right = sign_in::own_right(self, None, app.client_id)?;
        let made = http.and_then(|http| self.handle.block_on(http).ok());
        let http = made.unwrap_or_else(|| provider::http_client(self.real_http()))?;
        let provider =
            Provider::over(http, &self.provider_settings(self.real_http(), app_at_microsoft, None), store)?
                .believing(settings.sweep.shorter_percent)
                .sweeping(settings.sweep.at_once)
                .patient(settings.consent.spreading)
                .in_name_of(sign_in::person(self, None)?);
        let standing = credential::standing(&provider, &facts, &self.handle, clock.now());
        let partner = app.tenant;
        Ok(World { provider, partner, rehearse: None, own_right, sandbox: None, doubts, standing })
    }

    /// What the client is made from; the page that consent returns to is the real world's alone.
    pub(super) fn provider_settings(
        &self,
        http: HttpOptions,
        app: App,
        browser_origin: Option<String>,
    ) -> provider::Settings {
        provider::Settings {
            http,
            app,
            cloud: self.settings.cloud,
            browser_origin,
            done_page: self.settings.done_page.clone().filter(|_| !self.is_sandbox),
            permissions: self.permissions.clone(),
        }
    }

    /// The application of the settings with its credentials.
    pub(super) fn app(app: &PartnerApp, credential: Credential, next: Option<Credential>) -> App {
        App { client_id: app.client_id, partner: app.tenant, credential, next }
    }

    /// The way out in the real world.
    pub(super) fn real_http(&self) -> HttpOptions {
        HttpOptions {
            origins: self.settings.addresses.clone(),
            is_total: false,
            clock: self.clock.clone(),
            network: self.environment.network.clone(),
        }
    }

    /// Looks at the record in a copy, which lies in the trial's folder, and at one on a server where it is; none where no record was made yet. Changes nothing.
    ///
    /// # Errors
    /// As [`Store::examine`].
    pub(super) fn examine(&self, place: Place, trial: &Trial) -> Result<Option<Store>, Failure> {
        let Self { settings, is_sandbox, .. } = self;
        let account = self.environment.account.clone();
        let options = self.record_at(place, settings.identity_of(*is_sandbox), account);
        Store::examine(options, &self.terms(), &trial.record())
    }

    /// Reads an entry of the system's keyring, for the credential.
    pub(super) fn keyring(&self, name: &str) -> anyhow::Result<zeroize::Zeroizing<Vec<u8>>> {
        self.keyring_or(name, "BACKUP365_APP_SECRET_FILE=FILE (or what fits your credential)")
    }

    /// Reads an entry of the system's keyring; `instead` is what gives a sweep the same.
    pub(super) fn keyring_or(
        &self,
        name: &str,
        instead: &str,
    ) -> anyhow::Result<zeroize::Zeroizing<Vec<u8>>> {
        anyhow::ensure!(
            self.is_by_operator,
            "a sweep does not ask the keyring, because nobody opens it for a timer. Give the sweep another way: \
             write {instead} into {}",
            self.settings.config.join(super::places::VARIABLES).display()
        );
        anyhow::ensure!(
            self.environment.has_session_bus,
            "no desktop's keyring can be asked from here (DBUS_SESSION_BUS_ADDRESS is not set). Name \
             another source, such as a file or a command"
        );
        self.handle
            .block_on(async {
                tokio::time::timeout(keyring::WITHIN, keyring::read(name))
                    .await
                    .unwrap_or_else(|_late| Err(keyring::KeyringTrouble::Silent))
            })
            .map_err(anyhow::Error::from)
    }
}

/// What customers are asked for: the set that settings name, with the permissions that they add.
///
/// # Errors
/// Says which row can't be used and why.
pub(super) fn permissions(settings: &Settings) -> Result<PermissionSet, String> {
    let row = |row: &ExtraPermission| {
        Permission::new(row.value.as_str(), &row.role.to_string(), row.reason.as_str(), "workers").map_err(
            |error| {
                format!(
                    "the permission {} of the settings can't be used: {error}. Mend it, then start again.",
                    row.value
                )
            },
        )
    };
    let extra: Vec<Permission> = settings.permissions.iter().map(row).collect::<Result<_, _>>()?;
    PermissionSet::new(settings.consent.permission_set, &extra).map_err(|error| error.to_string())
}
