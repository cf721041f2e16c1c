//! The sandbox: a loopback server that speaks Microsoft's own protocols.

pub mod exchange;
