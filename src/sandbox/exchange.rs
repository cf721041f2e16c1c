//! Exchange Web Services of the sandbox.

use std::sync::Arc;

/// One `[[exchange]]` table.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Server(toml::Table);

/// Hosted Exchange.
#[derive(Debug)]
pub struct Exchange(Vec<Server>);

impl Exchange {
    /// Takes the servers.
    pub fn new(servers: Vec<Server>, _now: Arc<dyn Fn() -> i64 + Send + Sync>) -> Self {
        Self(servers)
    }

    /// Host names.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        self.0.iter().filter_map(|it| it.0.get("host")?.as_str().map(str::to_owned)).collect()
    }

    /// Nothing is answered.
    #[expect(clippy::unused_async, reason = "the signature that the dispatcher calls")]
    pub async fn answer(
        &self,
        _host: &str,
        _method: &str,
        _path: &str,
        _headers: &axum::http::HeaderMap,
        _body: &[u8],
    ) -> axum::http::Response<Vec<u8>> {
        axum::http::Response::new(Vec::new())
    }
}
