//! The sandbox as a world: started in this process, and told apart from the real one by its addresses alone.

use std::{path::PathBuf, sync::Arc};

use crate::{
    cli::Common,
    domain::{
        customer::{Impersonation, Listing, NewCustomer, Product},
        failure::{Failure, FailureKind, of_system},
        id::Address,
        secret::Secret,
        text::Text,
        time::Clock,
    },
    private,
    provider::{
        Provider,
        http::{HttpOptions, Network},
        oauth::{App, Credential},
        store::Store,
    },
    runner::Rehearse,
    sandbox::{self, Sandbox, StartError},
};

use super::{
    super::{credential, sign_in},
    Opener, World,
};

impl Opener {
    /// Starts the sandbox in this process, where that is the world.
    ///
    /// # Errors
    /// A world or a trouble that is not there; a folder or a port that can't be used.
    pub(in super::super) fn sandbox(&self) -> Result<Option<Sandbox>, Failure> {
        let Self { common, settings, clock, .. } = self;
        if !self.is_sandbox {
            return Ok(None);
        }
        // Closed to others from the start; what keeps it from being made, the sandbox says.
        let _untold = private::make_folder(&settings.data_of(true));
        let options = options(common, clock, settings.data_of(true), None);
        let starting = sandbox::start_in(settings.cloud.word(), options);
        self.handle.block_on(starting).map(Some).map_err(|error| unstarted(&error))
    }

    /// The way into a sandbox, and to nowhere else.
    pub(in super::super) fn sandbox_http(&self, sandbox: &Sandbox) -> HttpOptions {
        HttpOptions {
            origins: sandbox.origins(),
            is_total: true,
            clock: self.clock.clone(),
            network: Network::default(),
        }
    }

    /// The application of a sandbox.
    ///
    /// # Errors
    /// `Malformed`, for a world whose partner makes no sense.
    pub(in super::super) fn app_of(sandbox: &Sandbox) -> Result<App, Failure> {
        let partner = sandbox.partner();
        Ok(App {
            client_id: partner.client_id.parse().map_err(|_malformed| odd_world("application"))?,
            partner: partner.tenant.parse().map_err(|_malformed| odd_world("partner's tenant"))?,
            credential: Credential::Secret(Secret::new(partner.secret)),
            next: None,
        })
    }

    /// A sandbox that keeps nothing: what was done in the sandbox is not known to it.
    ///
    /// # Errors
    /// As [`Opener::open`].
    pub(in super::super) async fn unkept_sandbox(&self) -> Result<Sandbox, Failure> {
        let options = options(&self.common, &self.clock, PathBuf::new(), None);
        let options = sandbox::Options { data: None, ..options };
        sandbox::start_in(self.settings.cloud.word(), options).await.map_err(|error| unstarted(&error))
    }

    /// The sandbox that was started in this process.
    pub(super) fn sandboxed(&self, store: Store, sandbox: Sandbox) -> Result<World, Failure> {
        let Self { settings, clock, .. } = self;
        // What was moved is only read.
        if store.demand_unmoved().is_ok() {
            store.seed_customers(&sandbox.customers().iter().filter_map(seed).collect::<Vec<_>>())?;
        }
        let app = Self::app_of(&sandbox)?;
        let tenant = app.partner;
        let facts = credential::facts(&app.credential, None);
        let browser = format!("http://{}", sandbox.address());
        let own_right = sign_in::own_right(self, Some(&sandbox), app.client_id)?;
        let provider =
            Provider::new(&self.provider_settings(self.sandbox_http(&sandbox), app, Some(browser)), store)?
                .believing(settings.sweep.shorter_percent)
                .sweeping(settings.sweep.at_once)
                .patient(settings.consent.spreading)
                .in_name_of(sign_in::person(self, Some(&sandbox))?);
        let (player, teller) = (sandbox.rehearsal(), sandbox.rehearsal());
        let rehearse = Rehearse {
            play: Arc::new(move |link| {
                let player = player.clone();
                Box::pin(async move { player.play(&link).await })
            }),
            tell: Arc::new(move |domain| told(&teller.tells(domain)?, domain)),
        };
        let standing = credential::standing(&provider, &[facts], &self.handle, clock.now());
        Ok(World {
            provider,
            partner: tenant,
            rehearse: Some(rehearse),
            own_right,
            sandbox: Some(sandbox),
            doubts: Vec::new(),
            standing,
        })
    }
}

/// Why the sandbox did not start, in words.
fn unstarted(error: &StartError) -> Failure {
    let (kind, what, hint) = match error {
        StartError::World(words) => {
            (FailureKind::NotFound, Text::clean(words), "Start again with another --world, or without it.")
        }
        StartError::Fault(words) => {
            (FailureKind::NotFound, Text::clean(words), "Start again with another --fault, or without it.")
        }
        StartError::Data(_, cause) => (
            FailureKind::Record,
            Text::of(format_args!("{error}: {}", of_system(cause))),
            "Check that the folder exists and belongs to you.",
        ),
        StartError::Listen(_, cause) => (
            FailureKind::Unreachable,
            Text::of(format_args!("{error}: {}", of_system(cause))),
            "Close the program that uses the port, then try again.",
        ),
    };
    Failure::new(kind, what, hint)
}

/// A world file whose partner makes no sense.
fn odd_world(what: &str) -> Failure {
    Failure::new(
        FailureKind::Malformed,
        Text::of(format_args!("the world's {what} is no GUID")),
        "Mend the world's file, or start again with another --world.",
    )
}

/// The sandbox's options, as the arguments give them.
pub(in super::super) fn options(
    common: &Common,
    clock: &Clock,
    data: PathBuf,
    port: Option<u16>,
) -> sandbox::Options {
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

/// What a customer of the sandbox tells, as the wizard takes it; details that make no sense are none.
fn told(details: &sandbox::Details, domain: &str) -> Option<Impersonation> {
    let sample = details.mailbox.parse::<Address>().ok()?;
    let own = sample.domain();
    let mut domains = vec![Text::clean(domain)];
    if !own.eq_ignore_ascii_case(domain) {
        domains.push(Text::clean(&own));
    }
    Some(Impersonation {
        server: Text::clean(&details.server),
        account: Text::clean(&details.account),
        password: Secret::new(details.password.clone()),
        sample,
        domains,
        listing: Listing::Directory,
    })
}
