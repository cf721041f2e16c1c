//! `backup365 setup --signed-in`: both registrations made by Graph in the name of an administrator, the settings written and
//! proved. Everything is shown before it is made, and asked once; started again it goes on with what is missing.

mod words;

use std::time::Duration;

use tokio::{runtime::Runtime, sync::mpsc::UnboundedReceiver, time::timeout};
use uuid::Uuid;

use crate::{
    commands::{
        Out,
        login::{Ended, SignInContext, Wanted, sign_in, unanswered},
        quietly,
        unanswered::Unanswered,
        warn,
    },
    domain::{
        failure::{Failure, FailureKind},
        groundwork::{Entry, Given, Groundwork, Part, Proven},
        id::TenantId,
        registration::step::Step,
        secret::Secret,
        sign_in::{Key, SignedIn, Way},
        tenant::{Check, CheckState},
        tenant_input::TenantInput,
        text::Text,
    },
    exit::Exit,
    provider::graph::registering::{self, Registrar, Standing},
};

/// How often what was written is proved before it counts as bad: what is new is not known everywhere at once. A guess, as is
/// the wait between.
const PROOFS: u32 = 8;

/// Between two proofs.
const PAUSE: Duration = Duration::from_secs(5);

/// What the arguments say.
#[derive(Debug)]
pub struct Options {
    /// How to sign in.
    pub way: Way,
    /// Nothing is asked.
    pub is_sure: bool,
    /// The own organisation.
    pub organisation: Option<TenantInput>,
    /// The page that consent returns to.
    pub page: Option<String>,
}

/// What the work is done by. Each but the last two blocks, and must not be called from a task.
#[expect(missing_debug_implementations, reason = "functions have none")]
pub struct Hands<'a> {
    /// What is there.
    pub look: &'a dyn Fn() -> Result<Groundwork, Failure>,
    /// Proves a part.
    pub prove: &'a dyn Fn(&Given) -> Result<Proven, Failure>,
    /// Makes the certificate and names it in the settings.
    pub make_certificate: &'a dyn Fn() -> Result<Groundwork, Failure>,
    /// Writes lines into the settings.
    pub keep: &'a dyn Fn(&[Entry]) -> Result<Groundwork, Failure>,
    /// Listens to keys and signals, and signs people of an organisation in.
    pub sign_in: &'a mut dyn FnMut(TenantId) -> Result<SignInContext, anyhow::Error>,
    /// Asks Graph by a token.
    pub registrar: &'a dyn Fn(Secret<String>) -> Result<Registrar, Failure>,
    /// Where calls are carried out.
    pub runtime: &'a Runtime,
    /// Where words go.
    pub out: Out,
}

/// Both registrations, each with what is there of it.
struct Found {
    ground: Groundwork,
    certificate: Option<Vec<u8>>,
    page: Option<String>,
    admin: Uuid,
    customers: Standing,
    staff: Standing,
}

/// Runs it.
///
/// # Errors
/// With words and an exit code. What was made by then stays, and the next start goes on from there.
pub fn run(options: &Options, hands: &mut Hands<'_>) -> anyhow::Result<Exit> {
    let out = hands.out;
    let told = |failure: Failure| anyhow::Error::from(unanswered(&failure));
    let ground = (hands.look)().map_err(told)?;
    let (tenant, entries) = organisation(&ground, options, hands)?;
    words::before(out);
    let mut listening = (hands.sign_in)(tenant)?;
    let session = match hands.runtime.block_on(sign_in(&mut listening, options.way)) {
        Ok(session) => session,
        Err(Ended::Quietly(exit)) => return Ok(exit),
        Err(Ended::Failed(failure)) => return Err(told(failure)),
    };
    let who = session.who.clone();
    let token = session.into_access().ok_or_else(|| told(no_token()))?;
    let registrar = (hands.registrar)(token).map_err(told)?;
    let name = hands.runtime.block_on(registrar.organisation(tenant)).map_err(told)?;
    let found = looked(ground, &who, options, (&registrar, hands)).map_err(told)?;
    words::plan(&who.name, (&name, tenant), &found.plan());
    let has_work = !found.is_whole() || !entries.is_empty();
    if has_work && !options.is_sure {
        match asked(&mut listening, hands.runtime) {
            Answer::Yes => {}
            Answer::No => return quietly(out.say("Nothing was made."), Exit::Stopped),
            Answer::Gone(exit) => return Ok(exit),
            Answer::Nobody => return Err(unsure().into()),
        }
    }
    if has_work && !entries.is_empty() {
        (hands.keep)(&entries).map_err(told)?;
    }
    match made(found, &registrar, hands, &mut listening.wanted) {
        Ok(ground) => proved(&ground, hands, &mut listening.wanted),
        Err(Broken::Failed(failure)) => Err(told(failure)),
        Err(Broken::Gone(exit)) => Ok(exit),
    }
}

/// The own organisation, and what is to be written of it.
fn organisation(
    ground: &Groundwork,
    options: &Options,
    hands: &Hands<'_>,
) -> anyhow::Result<(TenantId, Vec<Entry>)> {
    let told = |failure: Failure| anyhow::Error::from(unanswered(&failure));
    let Some(input) = &options.organisation else {
        let missing =
            "your own organisation is not known yet. Name it: --organisation with its domain or tenant ID.";
        return ground
            .tenant
            .map(|tenant| (tenant, Vec::new()))
            .ok_or_else(|| Unanswered::new(Exit::Usage, missing).into());
    };
    let proven = (hands.prove)(&Given::Organisation(input.clone())).map_err(told)?;
    let tenant = proven.entries.iter().find(|entry| (entry.table, entry.key) == ("app", "tenant"));
    let tenant = tenant.and_then(|entry| entry.value.as_str().parse::<TenantId>().ok());
    let tenant = tenant
        .ok_or_else(|| told(Failure::new(FailureKind::NotFound, "there is no such organisation", "")))?;
    match ground.tenant {
        Some(known) if known != tenant => {
            let words = format!(
                "the settings name another organisation, tenant ID {known}. Leave --organisation out to work in that one, or \
                 change app.tenant first."
            );
            Err(Unanswered::new(Exit::Usage, &words).into())
        }
        Some(_) => Ok((tenant, Vec::new())),
        None => Ok((tenant, proven.entries)),
    }
}

/// What is there at Microsoft.
fn looked(
    ground: Groundwork,
    who: &SignedIn,
    options: &Options,
    (registrar, hands): (&Registrar, &Hands<'_>),
) -> Result<Found, Failure> {
    let certificate = certificate(&ground)?;
    let mut found = Found {
        certificate,
        page: options.page.clone(),
        admin: who.object,
        customers: Standing { client_id: None, missing: Vec::new() },
        staff: Standing { client_id: None, missing: Vec::new() },
        ground,
    };
    found.customers = hands.runtime.block_on(registrar.look(&found.wanted(Part::Customers)))?;
    found.staff = hands.runtime.block_on(registrar.look(&found.wanted(Part::Staff)))?;
    Ok(found)
}

/// The certificate of the settings, DER; none: there is none yet, or a secret that its registration has.
fn certificate(ground: &Groundwork) -> Result<Option<Vec<u8>>, Failure> {
    let Some(held) = &ground.credential else { return Ok(None) };
    match &held.upload {
        Some(upload) => registering::der(upload.pem.as_str()).map(Some),
        None if ground.customers.is_some() => Ok(None),
        None => Err(Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!(
                "the settings name {}, and a registration that is made here signs in with a certificate",
                held.words
            )),
            "Take the credential out of the settings, or name the application that it belongs to (app.client_id).",
        )),
    }
}

impl Found {
    /// A registration as it is wanted.
    fn wanted(&self, part: Part) -> registering::Wanted<'_> {
        let is_staff = part == Part::Staff;
        registering::Wanted {
            plan: if is_staff { &self.ground.for_staff } else { &self.ground.for_customers },
            known: if is_staff { self.ground.staff } else { self.ground.customers },
            certificate: self.certificate.as_deref().filter(|_| !is_staff),
            page: self.page.as_deref().filter(|_| !is_staff),
            admin: is_staff.then_some(self.admin),
        }
    }

    /// Whether nothing is missing, at Microsoft and in the settings.
    fn is_whole(&self) -> bool {
        let is_there = |standing: &Standing, known: Option<Uuid>| {
            standing.missing.is_empty() && standing.client_id.is_some() && standing.client_id == known
        };
        is_there(&self.customers, self.ground.customers) && is_there(&self.staff, self.ground.staff)
    }

    /// What is shown before anything is made.
    fn plan(&self) -> words::Plan<'_> {
        words::Plan {
            customers: (&self.customers, self.ground.customers),
            staff: (&self.staff, self.ground.staff),
            needs_certificate: self.ground.credential.is_none(),
            file: &self.ground.file,
        }
    }
}

/// Why it did not come to its end.
enum Broken {
    Failed(Failure),
    /// A person or the system wants the program to go.
    Gone(Exit),
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Makes what is missing, the settings line by line as it comes.
fn made(
    mut found: Found,
    registrar: &Registrar,
    hands: &Hands<'_>,
    wanted: &mut UnboundedReceiver<Wanted>,
) -> Result<Groundwork, Broken> {
    if found.ground.credential.is_none() {
        found.ground = (hands.make_certificate)()?;
        found.certificate = certificate(&found.ground)?;
        words::done(&"make a certificate and its key".into(), hands.out);
    }
    for part in [Part::Customers, Part::Staff] {
        let tell = |step: &Step| words::done(&step.words(), hands.out);
        let this = found.wanted(part);
        let id = hands.runtime.block_on(async {
            tokio::select! {
                biased;
                exit = left(wanted) => Err(Broken::Gone(exit)),
                made = registrar.make(&this, &tell) => made.map_err(Broken::Failed),
            }
        })?;
        let table = if part == Part::Staff { "operator" } else { "app" };
        if this.known != Some(id) {
            found.ground = (hands.keep)(&[Entry::new(table, "client_id", id.hyphenated())])?;
        }
    }
    Ok(found.ground)
}

/// Waits until somebody wants to leave.
async fn left(wanted: &mut UnboundedReceiver<Wanted>) -> Exit {
    loop {
        match wanted.recv().await {
            Some(Wanted::Go(exit)) => return exit,
            Some(Wanted::Key(Key::Leave)) => return Exit::Stopped,
            Some(Wanted::Key(_) | Wanted::Yes) => {}
            None => return std::future::pending().await,
        }
    }
}

/// Proves both parts, again while what is new spreads.
fn proved(
    ground: &Groundwork,
    hands: &Hands<'_>,
    wanted: &mut UnboundedReceiver<Wanted>,
) -> anyhow::Result<Exit> {
    let out = hands.out;
    out.note("Proving it. What is new takes Microsoft up to a minute to know everywhere.");
    let parts = [ground.customers.map(Given::Customers), ground.staff.map(Given::Staff)];
    let mut checks = Vec::new();
    for proof in 0..PROOFS {
        checks.clear();
        for given in parts.iter().flatten() {
            checks.extend((hands.prove)(given).map_err(|failure| unanswered(&failure))?.checks);
        }
        if !checks.iter().any(is_bad) || proof + 1 == PROOFS {
            break;
        }
        if let Ok(exit) = hands.runtime.block_on(async { timeout(PAUSE, left(wanted)).await }) {
            return Ok(exit);
        }
    }
    let mut lines: Vec<String> = checks.iter().map(words::check).collect();
    let is_good = !checks.iter().any(is_bad);
    lines.push(words::after(ground, is_good));
    quietly(out.say(&lines.join("\n")), if is_good { Exit::Done } else { Exit::Attention })
}

fn is_bad(check: &Check) -> bool {
    matches!(check.state, CheckState::Bad(_))
}

/// What a person says to the plan.
enum Answer {
    Yes,
    No,
    /// The program is to go.
    Gone(Exit),
    /// Nobody can be asked.
    Nobody,
}

/// Asks a person, by one key.
fn asked(listening: &mut SignInContext, runtime: &Runtime) -> Answer {
    if !listening.is_attended {
        return Answer::Nobody;
    }
    warn("Make this now? y makes it, q leaves and makes nothing.");
    runtime.block_on(async {
        loop {
            match listening.wanted.recv().await {
                Some(Wanted::Yes) => return Answer::Yes,
                Some(Wanted::Key(Key::Leave)) | None => return Answer::No,
                Some(Wanted::Go(exit)) => return Answer::Gone(exit),
                Some(Wanted::Key(_)) => {}
            }
        }
    })
}

/// Nobody said yes to what is to be made.
fn unsure() -> Unanswered {
    Unanswered::new(
        Exit::Usage,
        "nobody can be asked whether to make this. Add --yes, or start it in a terminal.",
    )
}

/// Microsoft's answer opens nothing.
fn no_token() -> Failure {
    Failure::new(
        FailureKind::Malformed,
        "Microsoft's answer to the sign-in holds no token for Graph",
        "Try again.",
    )
}
