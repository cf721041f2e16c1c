//! What the runner may call: Microsoft's identity platform and Graph, Exchange Web Services, and the store.

pub mod blocking;
pub mod caught;
pub mod error;
pub mod exchange;
pub mod graph;
pub mod http;
pub mod listed;
pub mod oauth;
pub mod partner;
pub mod reach;
pub mod side_by_side;
pub mod store;

use self::{
    error::Error,
    exchange::Exchange,
    graph::Graph,
    http::{Http, HttpOptions},
    oauth::{App, operator::Person},
    store::Store,
};
use std::{sync::Arc, time::Duration};

use crate::domain::{
    believed::SHORTER_PERCENT,
    cloud::Cloud,
    consent::{Consent, Look, SPREADING, Sight, Terms},
    failure::Failure,
    id::TenantId,
    permission::PermissionSet,
    sweep::AT_ONCE,
    tenant::{Organisation, Proof},
};

/// What the provider is made from; plain values, merged in settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The client's table of origins, and the clock.
    pub http: HttpOptions,
    /// Our own application at Microsoft.
    pub app: App,
    /// The cloud that the application is registered in: where it signs in, and where Graph is.
    pub cloud: Cloud,
    /// What replaces the sign-in address in links for a browser on this computer; the sandbox's own address.
    pub browser_origin: Option<String>,
    /// Public page that Microsoft leads to after Accept; it must be registered with the application.
    pub done_page: Option<String>,
    /// What customers are asked for.
    pub permissions: PermissionSet,
}

/// What the runner may call; cheap to clone.
#[derive(Clone)]
pub struct Provider {
    /// Microsoft Graph and tenant discovery.
    pub graph: Graph,
    /// Exchange Web Services of hosted customers.
    pub exchange: Exchange,
    /// The record.
    pub store: Store,
    /// By how many percent a list of users may be shorter than the last one (product.md rule 20).
    pub shorter_percent: u8,
    /// How many customers a sweep works on at the same time.
    pub at_once: u8,
    /// How long Microsoft may refuse what was granted before that is a refusal.
    pub spreading: Duration,
    /// Whoever is signed in, to be asked for in their own name; none: the settings know of no sign-in.
    pub person: Option<Arc<Person>>,
}

impl Provider {
    /// Makes the clients, all over one [`Http`]. Opens no connection.
    ///
    /// # Errors
    /// Settings that can't work: addresses, certificate, a table of origins that leads away from this computer.
    pub fn new(settings: &Settings, store: Store) -> Result<Self, Failure> {
        Self::over(http_client(settings.http.clone())?, settings, store)
    }

    /// The same over a client of HTTP that is made already.
    ///
    /// # Errors
    /// As [`Provider::new`].
    pub fn over(http: Http, settings: &Settings, store: Store) -> Result<Self, Failure> {
        let graph = graph_client(http.clone(), settings)?;
        let exchange = Exchange::new(http, settings.http.clock.clone(), settings.http.is_total);
        Ok(Self {
            graph,
            exchange,
            store,
            shorter_percent: SHORTER_PERCENT,
            at_once: AT_ONCE,
            spreading: SPREADING,
            person: None,
        })
    }

    /// The same, with another percentage that a list may be shorter by.
    #[must_use]
    pub const fn believing(mut self, shorter_percent: u8) -> Self {
        self.shorter_percent = shorter_percent;
        self
    }

    /// The same, with another number of customers that a sweep works on at the same time.
    #[must_use]
    pub const fn sweeping(mut self, at_once: u8) -> Self {
        self.at_once = at_once;
        self
    }

    /// The same, with another time that Microsoft may take to spread a consent.
    #[must_use]
    pub const fn patient(mut self, spreading: Duration) -> Self {
        self.spreading = spreading;
        self
    }

    /// The same, for whoever is signed in.
    #[must_use]
    pub fn in_name_of(mut self, person: Option<Person>) -> Self {
        self.person = person.map(Arc::new);
        self
    }

    /// One round of proving consent, held against what is on record of it and kept there: every look at a tenant goes this
    /// way, whoever asks. Safe to drop at any await.
    pub async fn prove_consent(&self, expected: &Organisation, is_link_out: bool) -> Proof {
        let tenant = expected.tenant;
        let known = self.on_record(move |store| store.consent(tenant)).await;
        let terms = Terms { is_link_out, consent: known.unwrap_or_default(), spreading: self.spreading };
        let proof = self.graph.prove_by(expected, &terms).await;
        if let Some(look) = Look::of(&proof) {
            self.keep_look(tenant, look).await;
        }
        if let Some(sight) = proof.sight.clone() {
            self.keep_sight(tenant, sight).await;
        }
        proof
    }

    /// Keeps what a look at consent told, and answers what is known then. Without it the next look knows less, and nothing else is lost.
    pub async fn keep_look(&self, tenant: TenantId, look: Look) -> Option<Consent> {
        self.on_record(move |store| store.keep_look(tenant, &look)).await
    }

    /// Keeps what a look saw of consent, for the next `consent status`. Without it that knows less.
    pub async fn keep_sight(&self, tenant: TenantId, sight: Sight) {
        self.on_record(move |store| store.keep_sight(tenant, &sight)).await;
    }

    /// A call of the store whose failure is told in the log only.
    async fn on_record<T, F>(&self, work: F) -> Option<T>
    where
        T: Send + 'static,
        F: FnOnce(&Store) -> Result<T, Failure> + Send + 'static,
    {
        let store = self.store.clone();
        match blocking::run("Try again: nothing was changed.", move || work(&store)).await {
            Ok(done) => Some(done),
            Err(failure) => {
                tracing::warn!(what = %failure.what, "what is known of consent could not be read or kept");
                None
            }
        }
    }
}

/// Makes the client of Graph over one [`Http`], for what works without a record. Opens no connection.
///
/// # Errors
/// As [`Provider::new`].
pub fn graph_client(http: Http, settings: &Settings) -> Result<Graph, Failure> {
    Graph::new(http, settings).map_err(|error| error.failure("getting ready to talk to Microsoft"))
}

/// Makes the one client of HTTP. Opens no connection.
///
/// # Errors
/// A table of origins that leads away from this computer; a proxy's address that is none; nobody to trust.
pub fn http_client(options: HttpOptions) -> Result<Http, Failure> {
    Http::new(options).map_err(|error| Error::from(error).failure("getting ready to talk to Microsoft"))
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").finish_non_exhaustive()
    }
}
