//! Makes the two registrations in the partner's own organisation, in the name of the administrator who is signed in for it.
//!
//! Everything is looked for before it is made, by the ID of the settings and else by its name: started again after a cut it
//! goes on, and nothing is there twice. What was just made is not known at once to all of Microsoft's servers, so that the
//! next request may be refused for a moment: it is sent again, and that ends after about half a minute.

mod missing;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use serde_json::{Map, Value, json};
use url::Url;
use uuid::Uuid;

use self::missing::{id, list, text};
use super::{DEADLINE, MAX_OBJECT_BYTES, address, check_host, follow, refused, versioned};
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        id::TenantId,
        phrase::{Command, phrase},
        registration::{
            plan::{Asked, Kind, Plan, Resource},
            step::Step,
        },
        secret::Secret,
        text::Text,
        time::Clock,
    },
    provider::{
        error::Error,
        http::{Call, Http, Method},
    },
};

/// What is read of an application; its certificates are told to whoever asks for one application (`application-get`).
const FIELDS: &str = "id,appId,displayName,signInAudience,requiredResourceAccess,appRoles,isFallbackPublicClient,\
                      publicClient,web,keyCredentials";

/// How often a request is sent again that what was just made is not known to yet. A guess, as is the wait.
const REPEATS: u32 = 8;

/// The first wait is that part of the client's own.
const SOONER: u32 = 3;

/// Longest wait between two.
const LONGEST: Duration = Duration::from_secs(8);

/// Most pages of one list: ten thousand people in pages of a hundred. A guess.
const MAX_PAGES: u32 = 100;

/// What lets the application read its own registration, so that *doctor* can: granted in the own organisation.
const READS_ITSELF: &str = "Application.Read.All";

/// A registration that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// What it is to be.
    pub plan: &'a Plan,
    /// Its application (client) ID in the settings.
    pub known: Option<Uuid>,
    /// The certificate that it signs in with, DER.
    pub certificate: Option<&'a [u8]>,
    /// The page that consent returns to.
    pub page: Option<&'a str>,
    /// Object ID of whoever is to be Admin.
    pub admin: Option<Uuid>,
}

impl Wanted<'_> {
    /// What is granted in the own organisation.
    fn at_home(&self) -> impl Iterator<Item = &Asked> {
        let reads_itself =
            |asked: &&Asked| asked.kind == Kind::Application && asked.name.as_str() == READS_ITSELF;
        self.plan.at_home.iter().chain(self.plan.asks.iter().filter(reads_itself))
    }
}

/// What is there of a registration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Its application (client) ID; none: it is not there.
    pub client_id: Option<Uuid>,
    /// What is missing, in the order in which it is made.
    pub missing: Vec<Step>,
}

/// Graph in the name of an administrator. The token lives in memory alone; cheap to clone.
#[derive(Clone, Debug)]
pub struct Registrar {
    http: Http,
    clock: Clock,
    root: Url,
    token: Arc<Secret<String>>,
}

/// What was read of a registration.
#[derive(Default)]
struct Read {
    application: Option<Value>,
    principal: Option<Value>,
    /// Roles of Graph that are granted in the own organisation.
    granted: Vec<Uuid>,
    is_admin: bool,
}

impl Registrar {
    /// Opens no connection. `root`: `https://graph.microsoft.com`.
    ///
    /// # Errors
    /// An address that is none.
    pub fn new(http: Http, clock: Clock, root: &str, token: Secret<String>) -> Result<Self, Failure> {
        let root = address(root).map_err(|error| error.failure("getting ready to talk to Microsoft"))?;
        Ok(Self { http, clock, root, token: Arc::new(token) })
    }

    /// The name of the organisation that the administrator is signed in to.
    ///
    /// # Errors
    /// `Refused`: it is another one than `expected`; `Unreachable` and the like.
    pub async fn organisation(&self, expected: TenantId) -> Result<Text, Failure> {
        let tried = "reading the name of your organisation";
        let answer = self.get(&["organization"], "$select=id,displayName").await;
        let answer = answer.map_err(|error| failure(&error, tried))?;
        let first = list(&answer, "value").into_iter().next().unwrap_or_default();
        match text(&first, "id").parse::<TenantId>() {
            Ok(tenant) if tenant == expected => Ok(Text::clean(text(&first, "displayName"))),
            Ok(found) => Err(failure(&Error::WrongTenant { found }, tried)),
            Err(_) => Err(failure(&Error::Malformed { what: "the name of your organisation" }, tried)),
        }
    }

    /// What is there of a registration, and what is missing. Writes nothing.
    ///
    /// # Errors
    /// `Refused` where the account may not look; several of that name; `Unreachable` and the like.
    pub async fn look(&self, wanted: &Wanted<'_>) -> Result<Standing, Failure> {
        let read = self.read(wanted).await?;
        let mut missing = missing::of(read.application.as_ref(), wanted).steps;
        if read.principal.is_none() {
            missing.push(Step::Enterprise);
        }
        if needs_role(wanted, read.principal.as_ref()) {
            missing.push(Step::RoleNeeded);
        }
        let lacking = wanted.at_home().filter(|asked| !read.granted.contains(&asked.id));
        missing.extend(lacking.map(|asked| Step::AtHome(asked.name.clone())));
        if wanted.admin.is_some() && !read.is_admin {
            missing.push(Step::Admin);
        }
        Ok(Standing { client_id: read.application.as_ref().and_then(|it| id(it, "appId")), missing })
    }

    /// Makes what is missing; `tell` hears of each thing once it is there. The application (client) ID.
    ///
    /// # Errors
    /// As [`Registrar::look`]; what was made by then stays, and the next start goes on from there.
    pub async fn make(&self, wanted: &Wanted<'_>, tell: &dyn Fn(&Step)) -> Result<Uuid, Failure> {
        let read = self.read(wanted).await?;
        let name = wanted.plan.name;
        let missing = missing::of(read.application.as_ref(), wanted);
        let application = match read.application {
            None => self.register(&missing.body).await,
            Some(it) if missing.body.is_empty() => Ok(it),
            Some(it) => self.mend(it, &missing.body).await,
        };
        let application = application.map_err(|error| failure(&error, &format!("registering {name}")))?;
        missing.steps.iter().for_each(tell);
        let tried = format!("making the enterprise application of {name}");
        let principal = if let Some(principal) = read.principal {
            principal
        } else {
            let made = self.instate(&application, wanted).await.map_err(|error| failure(&error, &tried))?;
            tell(&Step::Enterprise);
            made
        };
        if needs_role(wanted, Some(&principal)) {
            self.demand_role(&principal).await.map_err(|error| failure(&error, &tried))?;
            tell(&Step::RoleNeeded);
        }
        self.assign_all(wanted, &application, (&principal, &read.granted, read.is_admin), tell).await?;
        id(&application, "appId").ok_or_else(|| {
            failure(&Error::Malformed { what: "the new registration" }, &format!("registering {name}"))
        })
    }

    /// Grants what is granted in the own organisation, and makes the administrator an Admin.
    async fn assign_all(
        &self,
        wanted: &Wanted<'_>,
        application: &Value,
        (principal, granted, is_admin): (&Value, &[Uuid], bool),
        tell: &dyn Fn(&Step),
    ) -> Result<(), Failure> {
        let mine = text(principal, "id");
        let lacking: Vec<&Asked> = wanted.at_home().filter(|asked| !granted.contains(&asked.id)).collect();
        if !lacking.is_empty() {
            let tried = "looking up Microsoft Graph in your organisation";
            let graph =
                self.principal_of(Resource::Graph.app_id()).await.map_err(|error| failure(&error, tried))?;
            let graph = graph
                .ok_or_else(|| failure(&Error::Malformed { what: "Microsoft Graph's own entry" }, tried))?;
            for asked in lacking {
                let done =
                    self.assign(mine, (mine, "appRoleAssignments"), (text(&graph, "id"), asked.id)).await;
                done.map_err(|error| {
                    failure(&error, &format!("granting {} in your organisation", asked.name))
                })?;
                tell(&Step::AtHome(asked.name.clone()));
            }
        }
        if let Some(person) = wanted.admin.filter(|_| !is_admin) {
            let person = person.hyphenated().to_string();
            let role = missing::admin(application);
            let done = self.assign(&person, (mine, "appRoleAssignedTo"), (mine, role)).await;
            done.map_err(|error| failure(&error, "giving you the role Admin"))?;
            tell(&Step::Admin);
        }
        Ok(())
    }

    /// Everything that is there of a registration.
    async fn read(&self, wanted: &Wanted<'_>) -> Result<Read, Failure> {
        let name = wanted.plan.name;
        let tried = format!("looking for the registration {name}");
        let Some(application) = self.find(wanted, &tried).await? else { return Ok(Read::default()) };
        let of_it = async {
            let Some(client) = id(&application, "appId") else { return Ok((None, Vec::new(), false)) };
            let Some(principal) = self.principal_of(client).await? else {
                return Ok((None, Vec::new(), false));
            };
            let mine = text(&principal, "id");
            let granted = self.rows(&["servicePrincipals", mine, "appRoleAssignments"], "").await?;
            let granted = granted.iter().filter_map(|row| id(row, "appRoleId")).collect();
            let Some(person) = wanted.admin else { return Ok((Some(principal), granted, false)) };
            let role = missing::admin(&application);
            let assigned = self.rows(&["servicePrincipals", mine, "appRoleAssignedTo"], "").await?;
            let is_it =
                |row: &Value| (id(row, "principalId"), id(row, "appRoleId")) == (Some(person), Some(role));
            let is_admin = assigned.iter().any(is_it);
            Ok((Some(principal), granted, is_admin))
        };
        let (principal, granted, is_admin) = of_it.await.map_err(|error: Error| failure(&error, &tried))?;
        Ok(Read { application: Some(application), principal, granted, is_admin })
    }

    /// The application, by the ID of the settings, else by its name.
    async fn find(&self, wanted: &Wanted<'_>, tried: &str) -> Result<Option<Value>, Failure> {
        let name = wanted.plan.name;
        let by_id = wanted.known.map(|id| format!("appId eq '{}'", id.hyphenated()));
        for filter in by_id.into_iter().chain([format!("displayName eq '{name}'")]) {
            let found = self.get(&["applications"], &format!("$filter={filter}&$select=id")).await;
            let rows = list(&found.map_err(|error| failure(&error, tried))?, "value");
            match rows.as_slice() {
                [] => {}
                [one] => {
                    let read = self.application(text(one, "id")).await;
                    return read.map(Some).map_err(|error| failure(&error, tried));
                }
                _ => return Err(several(name)),
            }
        }
        Ok(None)
    }

    async fn application(&self, object: &str) -> Result<Value, Error> {
        self.patiently(&[404], async || {
            self.get(&["applications", object], &format!("$select={FIELDS}")).await
        })
        .await
    }

    async fn principal_of(&self, client: Uuid) -> Result<Option<Value>, Error> {
        let query =
            format!("$filter=appId eq '{}'&$select=id,appId,appRoleAssignmentRequired", client.hyphenated());
        Ok(list(&self.get(&["servicePrincipals"], &query).await?, "value").into_iter().next())
    }

    /// Makes the application. Where the answer is lost it may be there all the same: the next start finds it by its name.
    async fn register(&self, body: &Map<String, Value>) -> Result<Value, Error> {
        self.send(Method::Post, &["applications"], "", Some(&Value::from(body.clone()))).await
    }

    async fn mend(&self, application: Value, body: &Map<String, Value>) -> Result<Value, Error> {
        let object = text(&application, "id").to_owned();
        let body = Value::from(body.clone());
        self.patiently(&[404], async || {
            self.send(Method::Patch, &["applications", &object], "", Some(&body)).await
        })
        .await?;
        self.application(&object).await
    }

    /// Makes the enterprise application in the own organisation; one that is there all the same is taken.
    async fn instate(&self, application: &Value, wanted: &Wanted<'_>) -> Result<Value, Error> {
        let body = json!({"appId": text(application, "appId"), "appRoleAssignmentRequired": !wanted.plan.roles.is_empty()});
        let made = self
            .patiently(&[400, 403, 404], async || {
                self.send(Method::Post, &["servicePrincipals"], "", Some(&body)).await
            })
            .await;
        match (made, id(application, "appId")) {
            (Err(Error::Graph { status: 409, code, retry_after, reference }), Some(client)) => {
                let known = Error::Graph { status: 409, code, retry_after, reference };
                self.principal_of(client).await?.ok_or(known)
            }
            (made, _) => made,
        }
    }

    async fn demand_role(&self, principal: &Value) -> Result<(), Error> {
        let (object, body) = (text(principal, "id"), json!({"appRoleAssignmentRequired": true}));
        let done = self.patiently(&[404], async || {
            self.send(Method::Patch, &["servicePrincipals", object], "", Some(&body)).await
        });
        done.await.map(drop)
    }

    /// Assigns a role of a resource to a principal; one that is assigned already is as good.
    async fn assign(
        &self,
        principal: &str,
        (below, set): (&str, &str),
        (resource, role): (&str, Uuid),
    ) -> Result<(), Error> {
        let body = json!({"principalId": principal, "resourceId": resource, "appRoleId": role});
        let path = ["servicePrincipals", below, set];
        let done = self.patiently(&[400, 404], async || {
            match self.send(Method::Post, &path, "", Some(&body)).await {
                // What Microsoft answers to a second assignment has the status of many others: what is there tells.
                Err(error @ Error::Graph { status: 400, .. }) => {
                    if self.is_assigned(&path, principal, role).await? { Ok(Value::Null) } else { Err(error) }
                }
                other => other,
            }
        });
        done.await.map(drop)
    }

    async fn is_assigned(&self, path: &[&str], principal: &str, role: Uuid) -> Result<bool, Error> {
        let rows = self.rows(path, "").await?;
        Ok(rows.iter().any(|row| text(row, "principalId") == principal && id(row, "appRoleId") == Some(role)))
    }

    /// Asks again while Graph answers with one of these statuses, for a while.
    async fn patiently(
        &self,
        passing: &[u16],
        act: impl AsyncFn() -> Result<Value, Error>,
    ) -> Result<Value, Error> {
        let mut wait = self.http.first_wait() / SOONER;
        for _ in 0..REPEATS {
            match act().await {
                Err(Error::Graph { status, .. }) if passing.contains(&status) => {
                    tracing::info!(status, wait_ms = wait.as_millis(), "asking again for what was just made");
                    tokio::time::sleep(wait).await;
                    wait = wait.saturating_mul(2).min(LONGEST);
                }
                other => return other,
            }
        }
        act().await
    }

    async fn get(&self, path: &[&str], query: &str) -> Result<Value, Error> {
        self.send(Method::Get, path, query, None).await
    }

    /// A whole list, page by page.
    async fn rows(&self, path: &[&str], query: &str) -> Result<Vec<Value>, Error> {
        let (mut rows, mut url) = (Vec::new(), self.url(path, query));
        for _ in 0..MAX_PAGES {
            let page = self.ask(Method::Get, &url, None).await?;
            rows.extend(list(&page, "value"));
            match text(&page, "@odata.nextLink") {
                "" => return Ok(rows),
                link => url = follow(&self.root, link)?,
            }
        }
        Err(Error::Malformed { what: "a list of Microsoft Graph's" })
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        query: &str,
        body: Option<&Value>,
    ) -> Result<Value, Error> {
        self.ask(method, &self.url(path, query), body).await
    }

    /// An address; the parts of the path are escaped here, the query is our own words.
    fn url(&self, path: &[&str], query: &str) -> Url {
        versioned(&self.root, path, query)
    }

    /// Sends one request. Nothing but a new application would be there twice if it were sent twice.
    async fn ask(&self, method: Method, url: &Url, body: Option<&Value>) -> Result<Value, Error> {
        check_host(&self.root, url)?;
        let call = Call {
            method,
            url: url.clone(),
            headers: vec![
                ("authorization", format!("Bearer {}", self.token.expose())),
                ("accept", String::from("application/json")),
            ],
            body: body.map(|body| ("application/json", body.to_string().into_bytes())),
            deadline: DEADLINE,
            max_body_bytes: MAX_OBJECT_BYTES,
            is_safe_to_repeat: !(method == Method::Post && url.path().ends_with("/applications")),
        };
        let answer = self.http.send_to_api(call).await?;
        match answer.status {
            204 => Ok(Value::Null),
            200 | 201 => serde_json::from_slice(&answer.body)
                .map_err(|_malformed| Error::Malformed { what: "Microsoft Graph's answer" }),
            _ => Err(refused(&self.clock, &answer)),
        }
    }
}

/// The certificate of a PEM text, as Graph takes it (DER).
///
/// # Errors
/// It is none.
pub fn der(pem: &str) -> Result<Vec<u8>, Failure> {
    let parsed = x509_parser::pem::parse_x509_pem(pem.as_bytes());
    parsed.map(|(_, pem)| pem.contents).map_err(|_malformed| {
        Failure::new(
            FailureKind::Malformed,
            "the certificate of the settings can't be read",
            "Name another one.",
        )
    })
}

/// Whether people could sign in without a role.
fn needs_role(wanted: &Wanted<'_>, principal: Option<&Value>) -> bool {
    let is_needed = principal.and_then(|it| it.get("appRoleAssignmentRequired")).and_then(Value::as_bool);
    !wanted.plan.roles.is_empty() && is_needed != Some(true)
}

/// Bad news of a set-up: `tried` starts the sentence.
fn failure(error: &Error, tried: &str) -> Failure {
    let (happened, hint) = match error {
        Error::Graph { status: 403, .. } => (
            "Microsoft does not let your account do this".to_owned(),
            phrase![
                "Your organisation may let nobody but a Global Administrator do it: sign in as one with ",
                Command::SetupSignedIn,
                ", or have one register by hand: ",
                Command::Setup,
                "."
            ],
        ),
        Error::Graph { status: 401, .. } => (
            "Microsoft does not take your sign-in any more".to_owned(),
            phrase!["Go on with: ", Command::SetupSignedIn, "."],
        ),
        Error::WrongTenant { found } => (
            format!("this account is of another organisation, ending in {}", found.last_four()),
            phrase!["Choose your account in the partner's own organisation: ", Command::SetupSignedIn, "."],
        ),
        _ => return Failure { asks_consent: false, ..error.failure(tried) },
    };
    let what = Text::of(format_args!("{tried}: {happened}"));
    Failure { kind: FailureKind::Refused, what, hint, asks_consent: false, ..error.failure(tried) }
}

/// More than one has the name.
fn several(name: &str) -> Failure {
    Failure::new(
        FailureKind::Refused,
        Text::of(format_args!("your organisation has more than one registration with the name {name}")),
        "Entra admin center, App registrations: remove those that nobody uses, or name the right one in the settings.",
    )
}
