//! Whoever is signed in, asked for in their own name: an access token for one resource in one organisation, fetched by the
//! refresh token that is kept when something is to be asked there. It lives in memory alone.
//!
//! A refresh token that is replaced is kept at once. Two processes that ask at the same time wait for each other; and before
//! a sign-in is said to have ended, what is kept is read again.

use std::{collections::HashMap, fmt, sync::Arc};

use super::{NotRefreshed, Operators, Session, SessionFile, words};
use crate::{
    domain::{failure::Failure, id::TenantId, lock::lock, secret::Secret, time::Moment},
    provider::{
        error::Error,
        oauth::{LAST_PART, MARGIN},
    },
};

/// A token in a person's name, for one resource in one organisation.
#[derive(Clone)]
pub(in crate::provider) struct Bearer {
    text: Arc<Secret<String>>,
    until: Moment,
}

impl Bearer {
    /// The header's value.
    pub(in crate::provider) fn header(&self) -> String {
        format!("Bearer {}", self.text.expose())
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bearer(until {})", self.until)
    }
}

/// Why nothing was heard in a person's name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotHeard {
    /// Nobody is signed in, or what is kept of it can't be used. With words.
    SignedOut(Failure),
    /// Microsoft said no, or nothing.
    Error(Error),
}

impl From<Error> for NotHeard {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// For which organisation, and which scopes of it.
type Wanted = (TenantId, String);

/// Whoever is signed in.
#[derive(Debug)]
pub struct Person {
    operators: Operators,
    file: SessionFile,
    bearers: std::sync::Mutex<HashMap<Wanted, Bearer>>,
}

impl Person {
    /// Whoever is kept in that file, by that registration. Reads nothing yet.
    #[must_use]
    pub fn new(operators: Operators, file: SessionFile) -> Self {
        Self { operators, file, bearers: std::sync::Mutex::default() }
    }

    /// The partner's own organisation.
    #[must_use]
    pub const fn home(&self) -> TenantId {
        self.operators.registration.tenant
    }

    /// A token for these scopes of one resource (`https://graph.microsoft.com/User.Read`), in the partner's own organisation
    /// or in one where the person has rights. Safe to drop at any await.
    ///
    /// # Errors
    /// [`NotHeard`]; 65001 where the organisation has not allowed the operators' application these scopes.
    pub(in crate::provider) async fn token(
        &self,
        tenant: TenantId,
        scopes: &[&str],
    ) -> Result<Bearer, NotHeard> {
        let wanted = (tenant, scopes.join(" "));
        let now = self.operators.clock.now();
        if let Some(kept) = lock(&self.bearers).get(&wanted).filter(|kept| now < kept.until) {
            return Ok(kept.clone());
        }
        let bearer = self.fetch(tenant, &wanted.1).await?;
        lock(&self.bearers).insert(wanted, bearer.clone());
        Ok(bearer)
    }

    /// Forgets what was fetched for these scopes: the resource does not take it any more.
    pub(in crate::provider) fn refuse(&self, tenant: TenantId, scopes: &[&str]) {
        lock(&self.bearers).remove(&(tenant, scopes.join(" ")));
    }

    async fn fetch(&self, tenant: TenantId, scope: &str) -> Result<Bearer, NotHeard> {
        let _held = self.file.hold().await;
        let session = self.file.read().map_err(NotHeard::SignedOut)?;
        let session = session.filter(|session| self.operators.is_of(session));
        let session = session.ok_or_else(|| NotHeard::SignedOut(words::nobody()))?;
        match self.by(&session, tenant, scope).await {
            Err(NotHeard::Error(error @ Error::Platform(_))) => match self.file.other_than(&session) {
                Some(other) if self.operators.is_of(&other) => self.by(&other, tenant, scope).await,
                _ => Err(error.into()),
            },
            other => other,
        }
    }

    /// Asks by this session, and keeps what takes the place of its refresh token.
    async fn by(&self, session: &Session, tenant: TenantId, scope: &str) -> Result<Bearer, NotHeard> {
        let Some(refresh) = &session.refresh else { return Err(NotHeard::SignedOut(words::ended(None))) };
        let scope = format!("{scope} offline_access");
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", &self.operators.client_id()),
            ("refresh_token", refresh.expose()),
            ("scope", &scope),
        ];
        let answer = self.operators.tokens_by(tenant, &form).await?;
        let (access, life, refresh) =
            answer.into_access().ok_or(Error::Malformed { what: "the answer of the token endpoint" })?;
        // What another organisation hands out is for that organisation.
        if let Some(refresh) = refresh.filter(|_| tenant == self.home()) {
            let fresh = Session { refresh: Some(refresh), ..session.clone() };
            if let Err(failure) = self.file.renew(session, &fresh) {
                tracing::warn!(what = %failure.what, "a renewed sign-in could not be kept");
            }
        }
        let used_for = life.saturating_sub(MARGIN.min(life / LAST_PART));
        Ok(Bearer { text: Arc::new(access), until: self.operators.clock.now().plus(used_for) })
    }
}

impl Operators {
    /// Asks Microsoft again whether the person is still signed in, unless another process has just done so, and keeps what
    /// it says.
    ///
    /// # Errors
    /// [`NotRefreshed`]; also where it can't be kept.
    pub async fn renewed(&self, file: &SessionFile, session: Session) -> Result<Session, NotRefreshed> {
        let _held = file.hold().await;
        let mine = |other: &Session| self.is_of(other);
        let session = file.other_than(&session).filter(mine).unwrap_or(session);
        if self.clock.now() < session.until {
            return Ok(session);
        }
        let (used, fresh) = match (self.refresh(&session).await, file.other_than(&session).filter(mine)) {
            (Err(NotRefreshed::Ended(_)), Some(other)) => {
                let fresh = self.refresh(&other).await?;
                (other, fresh)
            }
            (refreshed, _) => (session, refreshed?),
        };
        file.renew(&used, &fresh).map_err(NotRefreshed::Unknown)?;
        Ok(fresh)
    }
}
