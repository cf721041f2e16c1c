//! The desk of setup: settings, certificate and Microsoft, read anew for each call, so that what was written counts at once.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::runtime::Handle;
use uuid::Uuid;

use crate::{
    app::{
        command::doctor::{credential::in_words, network::within},
        credential,
        environment::Environment,
        world::{self, Opener},
    },
    cli::Common,
    commands::{
        check::Check,
        doctor::registration::{self, Wanted},
        setup::{settings, shown},
    },
    domain::{
        cloud::Cloud,
        failure::{Failure, FailureKind, of_system},
        groundwork::{Entry, Given, Groundwork, Held, Proven, Upload},
        id::TenantId,
        registration::plan::Plan,
        secret::Secret,
        sydney::day_in_words,
        tenant::{self, CheckState},
        tenant_input::TenantInput,
        text::Text,
        time::Clock,
    },
    private,
    provider::{
        self,
        error::Error,
        graph::Graph,
        oauth::{
            App, Certificate, Credential, Signature,
            made::{Made, make},
            operator::{Operators, Registration},
        },
    },
    runner::setup::Desk,
    settings::{Begun, CertificateSignature, CredentialSettings, CredentialSource, Source, Sources},
};

/// The certificate and its key, beside the settings file.
const CERTIFICATE: &str = "certificate.pem";

/// The half of it that is uploaded, beside it.
const UPLOAD: &str = "certificate.cer";

/// Name of the certificate, which the Entra admin center shows.
const SUBJECT: &str = "Backup365";

/// What setup works with.
#[derive(Clone)]
pub(super) struct Partner {
    pub(super) common: Common,
    pub(super) environment: Environment,
    pub(super) sources: Sources,
    pub(super) clock: Clock,
    pub(super) handle: Handle,
}

impl Partner {
    /// What opens parts of a world, by settings that may be unfinished.
    ///
    /// # Errors
    /// A permission of the settings that can't be used.
    pub(super) fn opener(&self, settings: crate::settings::Settings) -> Result<Opener, Failure> {
        let permissions = world::permissions(&settings).map_err(|words| {
            Failure::new(FailureKind::Malformed, Text::clean(words.trim_end_matches('.')), "")
        })?;
        Ok(Opener {
            common: self.common.clone(),
            clock: self.clock.clone(),
            handle: self.handle.clone(),
            settings,
            environment: self.environment.clone(),
            permissions,
            is_sandbox: false,
            may_make: false,
            record: None,
            is_by_operator: true,
            account: Arc::default(),
        })
    }

    /// The settings as they are now.
    pub(super) fn begun(&self) -> Result<Begun, Failure> {
        Begun::load(&self.sources).map_err(|error| {
            let words = error.to_string();
            Failure::new(FailureKind::Malformed, Text::clean(words.trim_end_matches('.')), "Then look again.")
        })
    }

    /// The client of Graph for an application.
    fn graph(opener: &Opener, app: App) -> Result<Graph, Failure> {
        let settings = opener.provider_settings(opener.real_http(), app, None);
        provider::graph_client(provider::http_client(settings.http.clone())?, &settings)
    }

    /// The own organisation: Microsoft is asked who it is, without any application.
    fn organisation(&self, begun: &Begun, input: &TenantInput) -> Result<Proven, Failure> {
        let opener = self.opener(begun.settings.clone())?;
        let graph = Self::graph(&opener, nobody()?)?;
        let found = self.handle.block_on(within(graph.resolve(input))).map_err(ours)?;
        let region = found.region_in_words().map(|region| format!(", {region}")).unwrap_or_default();
        let detail = Text::of(format_args!("tenant ID {}{region}", found.tenant));
        let mut entries = vec![Entry::new("app", "tenant", found.tenant)];
        if begun.settings.cloud != Cloud::Global {
            entries.push(Entry::new("microsoft", "cloud", begun.settings.cloud.word()));
        }
        let checks =
            vec![tenant::Check { name: "Microsoft knows it".into(), state: CheckState::Good, detail }];
        Ok(Proven { checks, entries })
    }

    /// The application that customers accept: it signs in, and its registration is held against the plan.
    fn customers(&self, begun: &Begun, id: Uuid) -> Result<Proven, Failure> {
        let opener = self.opener(begun.settings.clone())?;
        let app = begun.app(id).ok_or_else(incomplete)?;
        let table = &opener.permissions.rows;
        let checks = match Self::graph_of(&opener, begun, id) {
            Err(failure) => vec![Check::new("Credential", Err(failure))],
            Ok(graph) => self.handle.block_on(async {
                let signed_in = within(graph.sign_in()).await;
                let is_in = signed_in.is_ok();
                let words = signed_in.map(|()| Text::from("takes the credential, in your own organisation"));
                let mut checks = vec![Check::new("Microsoft", words)];
                if is_in {
                    let read = within(graph.registration()).await;
                    let done_page = begun.settings.done_page.as_deref();
                    checks.extend(registration::registration(&read, Wanted { table, done_page }));
                    checks.extend(at_home(&graph, &Plan::customers(table)).await);
                    checks.extend(named(&graph, app.tenant).await);
                }
                checks
            }),
        };
        let entries = vec![Entry::new("app", "client_id", id.hyphenated())];
        Ok(Proven { checks: checks.iter().map(shown).collect(), entries })
    }

    /// The client of Graph for the application with this ID, with the credential of the settings.
    fn graph_of(opener: &Opener, begun: &Begun, id: Uuid) -> Result<Graph, Failure> {
        let app = begun.app(id).ok_or_else(incomplete)?;
        let read = credential::read(&app, &|name| opener.keyring(name)).map_err(|error| unread(&error))?;
        Self::graph(opener, Opener::app(&app, read.first, read.next))
    }

    /// The application by which staff sign in: Microsoft gives codes for it, and its registration is held against the plan
    /// as far as the other application may read it.
    fn staff(&self, begun: &Begun, id: Uuid) -> Result<Proven, Failure> {
        let opener = self.opener(begun.settings.clone())?;
        let tenant = begun.tenant.ok_or_else(incomplete)?;
        let http = provider::http_client(opener.real_http())?;
        let authority = begun.settings.cloud.login().to_owned();
        let wanted = Registration { client_id: id, tenant, authority, browser_origin: None };
        let operators = Operators::new(http, self.clock.clone(), wanted)?;
        let asked = async { operators.ask_for_code().await.map(drop).map_err(|refused| refused.failure) };
        let asked = self.handle.block_on(within(asked));
        let mut checks =
            vec![Check::new("Sign-in by a code", asked.map(|()| "Microsoft gives out codes for it".into()))];
        if let Some(Ok(graph)) = begun.client_id.map(|customers| Self::graph_of(&opener, begun, customers)) {
            let read = self.handle.block_on(within(graph.staff_registration(id)));
            checks.extend(registration::staff(&read, &Plan::operators(opener.settings.consent.own_right)));
        }
        let entries = vec![Entry::new("operator", "client_id", id.hyphenated())];
        Ok(Proven { checks: checks.iter().map(shown).collect(), entries })
    }

    /// What is there, of settings.
    fn ground(&self, begun: &Begun) -> Result<Groundwork, Failure> {
        let opener = self.opener(begun.settings.clone())?;
        let held = begun.credential.as_ref().map(|credential| held(credential, begun.signature, &opener));
        Ok(Groundwork {
            file: Text::of(format_args!("{}", begun.file.display())),
            cloud: begun.settings.cloud,
            tenant: begun.tenant,
            credential: held,
            customers: begun.client_id,
            staff: begun.settings.operator.client_id,
            for_customers: Plan::customers(&opener.permissions.rows),
            for_staff: Plan::operators(opener.settings.consent.own_right),
        })
    }
}

impl Desk for Partner {
    fn look(&self) -> Result<Groundwork, Failure> {
        self.ground(&self.begun()?)
    }

    fn prove(&self, given: &Given) -> Result<Proven, Failure> {
        let begun = self.begun()?;
        match given {
            Given::Organisation(input) => self.organisation(&begun, input),
            Given::Customers(id) => self.customers(&begun, *id),
            Given::Staff(id) => self.staff(&begun, *id),
        }
    }

    fn make_certificate(&self) -> Result<Groundwork, Failure> {
        let folder = settings::folder(&self.begun()?.file);
        let certificate = certificate(&folder.join(CERTIFICATE), &self.clock)?;
        let upload = folder.join(UPLOAD);
        private::replace(&upload, &certificate.pem()).map_err(|error| unwritten(&upload, &error))?;
        self.keep(&[Entry::new("app", "certificate_file", CERTIFICATE)])
    }

    fn keep(&self, entries: &[Entry]) -> Result<Groundwork, Failure> {
        settings::write(&self.begun()?.file, entries)?;
        self.look()
    }

    fn files(&self) -> PathBuf {
        self.sources.data.join("files")
    }
}

/// An application that is none: nothing signs in with it.
fn nobody() -> Result<App, Failure> {
    let odd = |_odd| Failure::new(FailureKind::Internal, "no application could be made up", "");
    let partner = Uuid::max().to_string().parse::<TenantId>().map_err(odd)?;
    let credential = Credential::Secret(Secret::new(String::new()));
    Ok(App { client_id: Uuid::nil(), partner, credential, next: None })
}

/// The certificate of a file, which is made where it is not there.
fn certificate(file: &Path, clock: &Clock) -> Result<Certificate, Failure> {
    match std::fs::read(file) {
        // Left by a start that was cut off before it named the file.
        Ok(bytes) => Certificate::read(&bytes, None).map_err(|trouble| {
            let words = Text::of(format_args!("{} is there already and {trouble}", file.display()));
            Failure::new(FailureKind::Conflict, words, "Move it elsewhere, then try again.")
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let failed = |error: Error| error.failure_of_our_own("making the certificate");
            let Made { pem, certificate } = make(SUBJECT, clock.now()).map_err(failed)?;
            let made = file.parent().map_or(Ok(()), private::make_folder);
            made.and_then(|()| private::write_new(file, pem.expose()))
                .map_err(|error| unwritten(file, &error))?;
            Ok(certificate)
        }
        Err(error) => Err(unwritten(file, &error)),
    }
}

/// The credential of the settings, as a person knows it.
fn held(credential: &CredentialSettings, signature: CertificateSignature, opener: &Opener) -> Held {
    let words = in_words(&credential.source);
    let signature = match signature {
        CertificateSignature::Ps256 => Signature::Ps256,
        CertificateSignature::Rs256 => Signature::Rs256,
    };
    let CredentialSource::Certificate(source) = &credential.source else {
        return Held { words: Text::clean(&words), upload: None };
    };
    match credential::read_one(credential, signature, &|name| opener.keyring(name)) {
        Ok(Credential::Certificate { certificate, .. }) => {
            let upload = match source {
                Source::File(file) => Some(file.with_file_name(UPLOAD)).filter(|upload| upload.exists()),
                _ => None,
            };
            let ends = day_in_words(certificate.ends());
            let upload = Upload {
                file: upload.map(|file| Text::of(format_args!("{}", file.display()))),
                pem: certificate.pem(),
                subject: certificate.subject(),
                thumbprint: Text::clean(&certificate.thumbprint()),
                ends: certificate.ends(),
            };
            let words = format_args!("a certificate, good until {ends}");
            Held { words: Text::of(words), upload: Some(upload) }
        }
        Ok(Credential::Secret(_)) => Held { words: Text::clean(&words), upload: None },
        Err(error) => {
            Held { words: Text::of(format_args!("{words}, which can't be used: {error:#}")), upload: None }
        }
    }
}

/// Whether what is granted in the own organisation alone is there. Where a token can't be read nothing is said.
async fn at_home(graph: &Graph, plan: &Plan) -> Vec<Check> {
    let mut checks = Vec::new();
    for asked in &plan.at_home {
        match graph.holds_at_home(asked.name.as_str()).await {
            Some(true) => checks
                .push(Check::new("Names of customers", Ok("can be shown before they have accepted".into()))),
            Some(false) => checks.push(Check::warning(
                "Names of customers",
                Text::of(format_args!(
                    "are shown only once they have accepted: {} is not granted",
                    asked.name
                )),
                "Grant it in your own organisation. Microsoft may take some minutes to spread it.",
            )),
            None => {}
        }
    }
    checks
}

/// The own organisation by its name, where Microsoft tells it.
async fn named(graph: &Graph, tenant: TenantId) -> Option<Check> {
    let found = within(graph.look_up(&TenantInput::Guid(tenant))).await.ok()?;
    let name = found.name?;
    Some(Check::new("Organisation", Ok(name)))
}

/// What was typed is our own, and no customer can be asked for it.
fn ours(failure: Failure) -> Failure {
    match failure.kind {
        FailureKind::NotFound => Failure { hint: OWN_ID.into(), ..failure },
        _ => failure,
    }
}

/// Where a person finds it.
const OWN_ID: &str = "Entra admin center, Overview, signed in to your own organisation: the tenant ID.";

fn incomplete() -> Failure {
    Failure::new(
        FailureKind::NotFound,
        "the settings don't name your own organisation and a credential yet",
        "Go back to those parts first.",
    )
}

fn unread(error: &anyhow::Error) -> Failure {
    Failure::new(
        FailureKind::Refused,
        Text::of(format_args!("{error:#}")),
        "Mend it, or name another source in the settings.",
    )
}

fn unwritten(file: &Path, error: &std::io::Error) -> Failure {
    let words = Text::of(format_args!("{} could not be written: {}", file.display(), of_system(error)));
    Failure::new(FailureKind::Record, words, "Check that the folder belongs to you, then try again.")
}
