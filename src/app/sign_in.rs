//! Who works here: whoever is signed in with Microsoft, else the account of this computer, where the settings allow that.

use std::sync::Arc;

use uuid::Uuid;

use crate::{
    commands::login::demanded,
    domain::{
        cloud::Cloud,
        failure::Failure,
        operator::Account,
        phrase::{Command, phrase},
        sign_in::SignedIn,
    },
    provider::{
        self,
        graph::{Apps, OwnRight},
        http::{Http, HttpOptions, Network},
        oauth::operator::{NotRefreshed, Operators, Person, Registration, Session, SessionFile},
    },
    sandbox::Sandbox,
    settings::SignIn,
};

use super::world::Opener;

/// The operator of an open world; in the sandbox without a running one the sign-in that is kept is believed.
///
/// # Errors
/// A sign-in is demanded and there is none, or the one that is kept has ended. With words and the command to run.
pub(super) fn account(opener: &Opener, sandbox: Option<&Sandbox>) -> Result<Account, Failure> {
    let account = opener.environment.account.clone();
    let signed_in = kept(opener, sandbox)?;
    if signed_in.is_none() && is_demanded(opener) {
        return Err(demanded());
    }
    Ok(Account { signed_in, ..account })
}

/// Whether the settings demand a sign-in. In the sandbox nothing is at stake.
pub(super) fn is_demanded(opener: &Opener) -> bool {
    !opener.is_sandbox && opener.settings.operator.sign_in == SignIn::Required
}

/// Who is signed in, asked again at Microsoft where the last answer is too old.
///
/// # Errors
/// The sign-in that is kept has ended, or can't be used; where one is demanded, also that Microsoft can't be asked.
pub(super) fn kept(opener: &Opener, sandbox: Option<&Sandbox>) -> Result<Option<SignedIn>, Failure> {
    let file = file(opener);
    let Some(session) = file.read()? else { return Ok(None) };
    let Some(registration) = registration(opener, sandbox) else {
        // A sandbox that is not running, or settings that know of no sign-in any more.
        return Ok(opener.is_sandbox.then_some(session.who));
    };
    let operators = operators(opener, sandbox, registration)?;
    if !operators.is_of(&session) {
        return Ok(None);
    }
    if opener.clock.now() < session.until {
        return Ok(Some(session.who));
    }
    refreshed(opener, &operators, &file, session).map(Some)
}

/// Asks Microsoft again.
fn refreshed(
    opener: &Opener,
    operators: &Operators,
    file: &SessionFile,
    session: Session,
) -> Result<SignedIn, Failure> {
    let who = session.who.clone();
    match opener.handle.block_on(operators.renewed(file, session)) {
        Ok(fresh) => Ok(fresh.who),
        Err(NotRefreshed::Ended(failure)) if is_demanded(opener) => Err(failure),
        Err(NotRefreshed::Ended(failure)) => {
            let or = phrase!["To work as the account of this computer: ", Command::Logout, "."];
            Err(Failure { hint: failure.hint.clone().then(or), ..failure })
        }
        Err(NotRefreshed::Unknown(failure)) if is_demanded(opener) => Err(failure),
        Err(NotRefreshed::Unknown(failure)) => {
            tracing::warn!(what = %failure.what, "the sign-in could not be asked for again, and stands as it was");
            Ok(who)
        }
    }
}

/// Whoever is signed in, to be asked for in their own name; none: the settings know of no sign-in.
///
/// # Errors
/// As [`operators`].
pub(super) fn person(opener: &Opener, sandbox: Option<&Sandbox>) -> Result<Option<Person>, Failure> {
    let Some(registration) = registration(opener, sandbox) else { return Ok(None) };
    Ok(Some(Person::new(operators(opener, sandbox, registration)?, file(opener))))
}

/// What accepts for a customer with the partner's own right; none where settings don't allow it or know of no sign-in, and in a
/// national cloud, whose Partner Center is another one.
///
/// # Errors
/// As [`operators`].
pub(super) fn own_right(
    opener: &Opener,
    sandbox: Option<&Sandbox>,
    customers: Uuid,
) -> Result<Option<OwnRight>, Failure> {
    let settings = &opener.settings;
    if !settings.consent.own_right || settings.cloud != Cloud::Global {
        return Ok(None);
    }
    let registration = registration(opener, sandbox);
    let (Some(person), Some(registration)) = (person(opener, sandbox)?, registration) else {
        return Ok(None);
    };
    let apps = Apps { customers, operators: registration.client_id };
    let options = sandbox.map_or_else(|| opener.real_http(), |sandbox| opener.sandbox_http(sandbox));
    let http = (provider::http_client(options)?, opener.clock.clone());
    Ok(Some(OwnRight::new(http, settings.cloud.graph(), Arc::new(person), apps, &opener.permissions.rows)))
}

/// Where the sign-in of this world is kept.
pub(super) fn file(opener: &Opener) -> SessionFile {
    let (settings, is_sandbox) = (&opener.settings, opener.is_sandbox);
    SessionFile::new(settings.sign_in_of(is_sandbox), settings.identity_of(is_sandbox))
}

/// The operators' registration of this world; none: the settings name none, or no sandbox runs.
pub(super) fn registration(opener: &Opener, sandbox: Option<&Sandbox>) -> Option<Registration> {
    let authority = opener.settings.cloud.login().to_owned();
    if opener.is_sandbox {
        let sandbox = sandbox?;
        let partner = sandbox.partner();
        return Some(Registration {
            client_id: partner.operators.parse().ok()?,
            tenant: partner.tenant.parse().ok()?,
            authority,
            browser_origin: Some(format!("http://{}", sandbox.address())),
        });
    }
    let client_id = opener.settings.operator.client_id?;
    Some(Registration { client_id, tenant: opener.partner()?, authority, browser_origin: None })
}

/// The client that signs people in.
///
/// # Errors
/// Settings of the network or of addresses that can't be used.
pub(super) fn operators(
    opener: &Opener,
    sandbox: Option<&Sandbox>,
    registration: Registration,
) -> Result<Operators, Failure> {
    let (origins, network) = match sandbox {
        Some(sandbox) => (sandbox.origins(), Network::default()),
        None => (opener.settings.addresses.clone(), opener.environment.network.clone()),
    };
    let clock = opener.clock.clone();
    let options = HttpOptions { origins, is_total: sandbox.is_some(), clock: clock.clone(), network };
    let http = Http::new(options)
        .map_err(|error| provider::error::Error::from(error).failure("getting ready to talk to Microsoft"))?;
    Operators::new(http, clock, registration)
}
