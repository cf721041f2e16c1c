//! What the runner may call: Microsoft's identity platform and Graph, Exchange Web Services, and the store.

pub mod error;
pub mod exchange;
pub mod http;
pub mod listed;
pub mod oauth;
pub mod store;
