//! Opens the world that the program works in: the real one by settings, or the sandbox.

use std::{path::PathBuf, sync::Arc};

use anyhow::Context;
use tokio::runtime::Handle;

use crate::{
    cli::{Common, Role},
    domain::{
        customer::{NewCustomer, Product},
        id::TenantId,
        permission::Permission,
        secret::Secret,
        text::Text,
        time::Clock,
    },
    provider::{
        self, Provider,
        http::HttpOptions,
        oauth::{App, Credential},
        store::{Store, StoreOptions},
    },
    runner::{self, Rehearse},
    sandbox::{self, Sandbox},
    settings::{ExtraPermission, Settings},
};

use super::{credential, environment::Environment};

/// An opened world.
pub(super) struct World {
    /// What calls go to.
    pub(super) provider: Provider,
    /// The partner's own tenant.
    pub(super) partner: TenantId,
    /// The time in it.
    pub(super) clock: Clock,
    /// Everything is invented.
    pub(super) is_sandbox: bool,
    /// Plays the customer.
    pub(super) rehearse: Option<Rehearse>,
    /// Folder of store, log and receipts.
    pub(super) data: PathBuf,
    /// Kept while the world is used: the sandbox stops on drop.
    _sandbox: Option<Sandbox>,
}

/// Whether this start goes into the sandbox.
pub(super) fn is_sandbox(common: &Common, settings: &Settings, may_fall_back: bool) -> bool {
    common.sandbox || (settings.app.is_none() && may_fall_back)
}

/// Opens the world. The sandbox is started on the runtime; the store is opened on this thread.
///
/// # Errors
/// With words for a person: what was tried, what happened, what to do.
pub(super) fn open(
    common: &Common,
    settings: &Settings,
    environment: &Environment,
    handle: &Handle,
    is_sandbox: bool,
) -> anyhow::Result<World> {
    let data = settings.data_of(is_sandbox);
    let clock = match common.clock.filter(|_| is_sandbox) {
        Some(start) => runner::clock::starting_at(start),
        None => runner::clock::system(),
    };
    let store = Store::open(StoreOptions {
        file: settings.store_of(is_sandbox),
        identity: settings.identity_of(is_sandbox),
        clock: clock.clone(),
        operator_name: Text::clean(&environment.user),
        as_user: is_sandbox && common.role == Some(Role::User),
        host: Text::clean(&environment.host),
        is_sandbox,
    })
    .map_err(|failure| anyhow::anyhow!("{}. {}", failure.what, failure.hint))?;
    if is_sandbox {
        sandboxed(common, settings, handle, store, clock, data)
    } else {
        real(settings, store, clock, data)
    }
}

/// The real world, by settings.
fn real(settings: &Settings, store: Store, clock: Clock, data: PathBuf) -> anyhow::Result<World> {
    let app = settings.app.as_ref().context("no settings name the partner's application at Microsoft")?;
    let provider = assemble(
        store,
        &provider::Settings {
            http: HttpOptions { origins: settings.addresses.clone(), is_total: false, clock: clock.clone() },
            app: App {
                client_id: app.client_id,
                partner: app.tenant,
                credential: credential::read(&app.credential)?,
            },
            authority: provider::AUTHORITY.into(),
            graph: provider::GRAPH.into(),
            browser_origin: None,
            done_page: settings.done_page.clone(),
            extra_permissions: extra(settings)?,
        },
    )?;
    Ok(World {
        provider,
        partner: app.tenant,
        clock,
        is_sandbox: false,
        rehearse: None,
        data,
        _sandbox: None,
    })
}

/// The sandbox, started in this process.
fn sandboxed(
    common: &Common,
    settings: &Settings,
    handle: &Handle,
    store: Store,
    clock: Clock,
    data: PathBuf,
) -> anyhow::Result<World> {
    let sandbox = handle.block_on(sandbox::start(options(common, &clock, data.clone(), None)))?;
    store
        .seed_customers(&sandbox.customers().iter().filter_map(seed).collect::<Vec<_>>())
        .map_err(|failure| anyhow::anyhow!("{}. {}", failure.what, failure.hint))?;
    let partner = sandbox.partner();
    let tenant = partner.tenant.parse().context("the sandbox's partner tenant is no GUID")?;
    let provider = assemble(
        store,
        &provider::Settings {
            http: HttpOptions { origins: sandbox.origins(), is_total: true, clock: clock.clone() },
            app: App {
                client_id: partner.client_id.parse().context("the sandbox's application id is no GUID")?,
                partner: tenant,
                credential: Credential::Secret(Secret::new(partner.secret)),
            },
            authority: provider::AUTHORITY.into(),
            graph: provider::GRAPH.into(),
            browser_origin: Some(format!("http://{}", sandbox.address())),
            done_page: None,
            extra_permissions: extra(settings)?,
        },
    )?;
    let rehearsal = sandbox.rehearsal();
    let rehearse: Rehearse = Arc::new(move |link| {
        let rehearsal = rehearsal.clone();
        Box::pin(async move { rehearsal.play(&link).await })
    });
    Ok(World {
        provider,
        partner: tenant,
        clock,
        is_sandbox: true,
        rehearse: Some(rehearse),
        data,
        _sandbox: Some(sandbox),
    })
}

/// The sandbox's options, as the arguments give them.
pub(super) fn options(common: &Common, clock: &Clock, data: PathBuf, port: Option<u16>) -> sandbox::Options {
    let clock = clock.clone();
    sandbox::Options {
        world: common.world.clone().unwrap_or_else(|| "standard".into()),
        port,
        data: Some(data),
        now: Arc::new(move || clock.now().as_millis()),
        faults: common.fault.clone(),
    }
}

/// A customer of the sandbox as the store takes it; a row that makes no sense is left out and logged.
fn seed(row: &sandbox::SeedCustomer) -> Option<NewCustomer> {
    let tenant = match row.tenant.as_deref().map(str::parse) {
        None => None,
        Some(Ok(tenant)) => Some(tenant),
        Some(Err(error)) => {
            tracing::warn!(reference = %Text::clean(&row.reference), %error, "a customer of the world is left out");
            return None;
        }
    };
    Some(NewCustomer {
        reference: Text::clean(&row.reference),
        name: Text::clean(&row.name),
        domain: Text::clean(row.domain.as_deref().unwrap_or_default()),
        is_active: row.active,
        products: row.products.iter().filter_map(|word| Product::from_word(word)).collect(),
        tenant,
        is_managed: row.managed,
        time_zone: row.time_zone.as_deref().map(Text::clean),
        seats: row.seats,
    })
}

/// The provider over an open store.
fn assemble(store: Store, settings: &provider::Settings) -> anyhow::Result<Provider> {
    Provider::new(settings, store).map_err(|failure| anyhow::anyhow!("{}. {}", failure.what, failure.hint))
}

/// The permissions that settings add.
fn extra(settings: &Settings) -> anyhow::Result<Vec<Permission>> {
    let row = |row: &ExtraPermission| {
        Permission::new(row.value.as_str(), &row.role.to_string(), row.reason.as_str(), "workers")
            .with_context(|| format!("the permission {} of the settings can't be used", row.value))
    };
    settings.permissions.iter().map(row).collect()
}
