//! Plain values and pure rules: below everything, depends on nothing of ours.
//!
//! Parsing is the only way to make an id, [`text::Text::clean`] the only way to make words that may be shown,
//! and no function here reads a clock, a file or a socket.

pub mod address_list;
pub mod answers;
pub mod believed;
pub mod bill;
pub mod card;
pub mod changes;
pub mod checked;
pub mod cloud;
pub mod codeset;
pub mod command_line;
pub mod consent;
pub mod credential;
pub mod customer;
pub mod customer_csv;
pub mod customer_record;
pub mod doubt;
pub mod draft;
pub mod exchange_server;
pub mod explain;
pub mod failure;
pub mod filter;
pub mod flag;
pub mod form_draft;
pub mod hoster_lines;
pub mod id;
pub mod invitation;
pub mod lock;
pub mod mailboxes;
pub mod nearest;
pub mod operator;
pub mod order;
pub mod permission;
pub mod phrase;
pub mod plan;
pub mod protection;
pub mod receipt;
pub mod row_ranges;
pub mod run;
pub mod secret;
pub mod sheet;
pub mod sign_in;
pub mod speech;
pub mod status;
pub mod sweep;
pub mod sydney;
pub mod tenant;
pub mod tenant_input;
pub mod text;
pub mod text_file;
pub mod time;
pub mod toml_reader;
pub mod user;
pub mod verdict;
