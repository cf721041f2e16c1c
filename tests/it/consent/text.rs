//! The pages in a text browser.
