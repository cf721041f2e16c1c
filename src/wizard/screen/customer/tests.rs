//! The customer screen.
