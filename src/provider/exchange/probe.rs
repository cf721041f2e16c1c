//! Whether a hoster's server can be reached from here, without an account.

use super::{
    Exchange,
    error::{Bad, Error},
    server,
};
use crate::{
    domain::{failure::Failure, text::Text},
    provider::reach,
};

impl Exchange {
    /// Asks the server for its service without a sign-in: any answer of it is one, but for trouble of its front end.
    /// Takes 20 s at most.
    ///
    /// # Errors
    /// `Unreachable` and the like; `Malformed` or `Refused` for what is no hoster's address.
    pub async fn probe(&self, address: &str) -> Result<Text, Failure> {
        let url = server::check(address, self.is_sandbox)?;
        let bad = |error| Failure::from(Bad::early(error, url.host_str().unwrap_or_default()));
        let answer = self.http.send(reach::call(&url)).await.map_err(|error| bad(Error::Http(error)))?;
        match answer.status {
            status @ 500.. => Err(bad(Error::FrontEnd { status, wait: None })),
            _ => Ok(reach::answered(&self.http, &url)),
        }
    }
}
