//! Backup365: a keyboard-only terminal wizard with which a Microsoft partner's support staff provision Backup365 for a
//! customer: pick the customer, pick the product, give access, have it authorised, enable, choose users.
//!
//! This page is the map. The README is the manual.
//!
//! # Three sentences that carry most of it
//!
//! *Data flows one way*: input → wizard → effects → provider → wizard → view. *The wizard is plain computation*: it knows
//! no terminal, no network, no clock, no async. *Front ends drive that one wizard through one loop*, so none of them can
//! know a rule that another does not.
//!
//! # How a key travels
//!
//! [`tui`] reads bytes on a thread of its own, parses them, and looks each key up in one table in the light of the
//! view: which question stands, where the keyboard is. Keys that only look (cursor, scroll, caret) change the front
//! end's own state. The others become an [`Answer`](wizard::answer::Answer): what is answered, and to which revision of
//! the question, the one that the person had before their eyes. The [`driver`] gives it to [`wizard::Wizard::update`]
//! with its moment; the screen changes its own state and wishes for calls ([`Request`](wizard::call::Request)); the
//! [`runner`] carries them out on the runtime's thread and answers with a [`Reply`](wizard::call::Reply) through a
//! channel of four. After replies and input have been taken, the [`View`](wizard::view::View) is shown once: a page of
//! blocks and one [`Ask`](wizard::ask::Ask). Nothing wakes anybody while nothing happens.
//!
//! The wizard knows no key and no cursor. A sentence with a way on in it is a [`Phrase`](domain::phrase::Phrase), and
//! each front end has one table from ways on and actions to its own words: keys, words to type, flags. [`plain`] makes
//! the same answers of lines, [`headless`] of what was given beforehand.
//!
//! Where several people share a record, one call of the wizard stays out and hears what others change
//! ([`Change`](domain::change::Change)): the board is read again, a run that somebody else has is watched, and whoever asks
//! for a run that is held here is told of. Who has a run is a lock and a row with a number that grows; every write of the
//! run checks the number in its own transaction. A process that was killed tells nothing, and a server tells nobody that a
//! lock is gone: while somebody else has a run that is shown here, the store looks every three seconds, and tells of it as of
//! a change.
//!
//! A record moves whole, from a file to a server and back (`provider/store/moving.rs`): it is marked, the other place is
//! marked, emptied and filled, both are compared, and only then the marks change, so that at no moment two can be worked
//! with. Nobody else knows of it but the one write, which refuses where a mark is, and the opening, which says it.
//!
//! `backup365 setup` is the same wizard with a first screen of its own ([`wizard::Wizard::for_partner`]), no world and no
//! record: its calls go to a [`Desk`](runner::setup::Desk) that [`app`] hands to the runner. What is to be registered at
//! Microsoft is one table, [`domain::registration::plan`].
//!
//! The first view is shown before any call is started: it needs arguments, environment and settings only. The wizard's
//! first call has the record, the log and the sandbox opened on the runtime, by a function that [`app`] hands to the
//! runner; what keeps them from being opened is a failure on the first screen, like any other call's.
//!
//! # Who may name whom
//!
//! Left names right, nothing else; `tests/it/layers.rs` reads every path in the sources and compares. Inside `wizard`,
//! `plain` and `headless` no modules name each other in a circle, and none names its roof (`wizard.rs`); inside
//! `provider/store` use cases don't name each other at all.
//!
//! | module | what it is | may name |
//! |---|---|---|
//! | [`domain`] | plain values and pure rules: ids, words, users as pages, bills, the nightly decision | – |
//! | [`sandbox`] | a loopback server that speaks Microsoft's protocols, with invented customers | `outside` |
//! | [`outside`] | files, programs and entries of the keyring that people name: a limit of bytes and of time, no secret for a child | `domain` |
//! | [`exit`], [`log`], [`private`] | exit codes; the log file; files for their owner alone | – |
//! | [`wizard`] | the state machine: questions, answers, screens, session, view | `domain` |
//! | [`provider`] | Graph, Exchange Web Services, tokens, the store | `domain`, `outside`, `private` |
//! | [`settings`] | defaults, file, environment and flags, merged once | `domain`, `outside` |
//! | [`driver`] | the one loop | `domain`, `wizard` |
//! | [`runner`] | effects to tasks, results to replies | `domain`, `outside`, `private`, `wizard`, `provider` |
//! | [`tui`] | the full-screen front end | `domain`, `wizard`, `driver` |
//! | [`plain`] | the front end of lines | `domain`, `wizard`, `driver` |
//! | [`headless`] | the front end without questions | `domain`, `wizard`, `driver` |
//! | [`sweeper`] | one pass of Enable Auto | `domain`, `provider` |
//! | [`commands`] | what runs without a screen | `domain`, `exit`, `outside`, `private`, `provider`, `settings`, `sweeper`; `journey`, `provision` and `apply` also `wizard`, `driver`, `headless` |
//! | [`cli`] | arguments as types | `domain`, `settings` |
//! | [`app`] | composition root: picks the world and what runs | all |
//! | `fuzzing` | what holds for any bytes from outside; for fuzzing and tests only | `domain`, `provider`, `settings`, `tui` |
//!
//! # Ways to change it
//!
//! A test (`tests/it/docs.rs`) looks up every name and file of this section. Tables of ways on, actions, requests and
//! replies are matches over all of an enum: the compiler names the one that was missed.
//!
//! *A key* is one row of `KEYS` in `tui/keys/table.rs`: where it works, what is pressed, what it does (`Deed` in
//! `tui/keys/table.rs`). The line of keys (`line` in `tui/widgets/key_line.rs`) and help (`lines` in `tui/widgets/help.rs`)
//! are made of the same rows. What only looks is done by `show` in `tui/keys.rs`. A key that a sentence names stands in
//! `way_on` in `tui/words.rs`.
//!
//! *A line* that asks for an action is a word in `words` in `plain/vocabulary.rs`, its sentence in `for_lines` in
//! `domain/phrase/way.rs`. A command about rows is read by `command` in `plain/lists.rs`, one that works everywhere by
//! `common` in `plain/hearing.rs`. What a page says is made block by block by `items` in `plain/say/blocks.rs`, what a
//! question asks by `question` in `plain/ask.rs`, what a line means there by `hear` in `plain/read.rs`.
//!
//! *A flag* of a setting is a row of `settings` in `settings/table.rs`, for a credential of `credential` in
//! `settings/table/app.rs`, for a record on a server of `password` in `settings/table/record.rs`, and a field of `Settings` in `settings.rs`;
//! variable, line of the file, help and sample are made of the row. A flag that answers a question is a field of `Args`
//! in `cli/provision.rs`, which `answers` in `app/command/provision.rs` puts into `Answers` in `domain/answers.rs`;
//! the part of [`headless`] that answers the question reads it there; what it is asked for where it is missing is a row of
//! `ALL` in `domain/flag.rs`. A plan has the same answer as a field of `Row` in
//! `domain/plan.rs`, which `answers` in `commands/apply/load.rs` puts there; `KEYS` in `commands/apply/words.rs` says
//! the flag in the words of a plan.
//!
//! *A question* of an old shape is a line of `QuestionId` in `wizard/ask.rs`, a [`Shape`](wizard::ask::Shape) that the
//! screen's `view` gives to its `Scene` in `wizard/screen.rs`, an arm of the screen's `answer`, and an arm of `answer`
//! in `headless/journey.rs`: no file of [`tui`] or [`plain`]. What it offers has its words in `assets/offers.toml`. What
//! it asks by is a `FieldId` in `wizard/answer.rs`, a `RowId` in `wizard/answer.rs` or an `Action` in `wizard/answer.rs`;
//! a new action has its word to type in `words` in `plain/vocabulary.rs`, and a row of `KEYS` in `tui/keys/table.rs`
//! unless it is a button. A new shape is drawn by `render` in `tui/draw.rs` and asked by `question` in `plain/ask.rs`.
//!
//! *A way on* in a sentence is a line of `WayOn` in `domain/phrase/way.rs`, with its words in `way_on` in `tui/words.rs`,
//! in `for_lines` and in `for_commands` in `domain/phrase/way.rs`. A command line in a sentence is a
//! line of `Command` in `domain/phrase/way.rs`; a test holds `all` in `domain/phrase/way.rs` against the parser.
//!
//! *A say-it card* is a table of `assets/cards.toml` and a line of `CardId` in `domain/card.rs`; the screen's `card`
//! chooses it, by its state or by the failure it shows (`of_failure`). What callers say, and what each code means, are rows
//! of `assets/errors.toml`, which cards name and *explain* finds.
//!
//! *A text that goes elsewhere* (the link, a receipt) is a line of `HandoutId` in `wizard/view/handout.rs` that the
//! screen's `view` gives to its `Scene` in `wizard/screen.rs`; those of bad news are made by `lay` in
//! `wizard/handing.rs`, which sends them all. The ways have their words in `assets/handouts.toml`.
//!
//! *A check* of `backup365 doctor` is a `Check` in `commands/check.rs` that `look` in `app/command/doctor.rs` adds to its
//! `Sheet` in `commands/doctor.rs`, or `look` in `app/command/doctor/network.rs` where a host is asked; its name stands in
//! `assets/json/doctor.schema.json`; of a record on a server it is made of the `ServerFacts` in
//! `provider/store/postgres/facts.rs` by `checks` in `commands/doctor/server.rs`.
//!
//! *A call* is a row of `requests` in `wizard/call.rs`, which says what is requested, what it brings and whether it is a
//! write, and an arm of `answer` in `runner.rs`; what nothing has brought before is a row of `replies` there. A screen holds
//! it as a `Pending` in `wizard/pending.rs`, or as a `Wait` in `wizard/part/wait.rs` where a person is told how long it takes.
//!
//! *A table* goes along when a record is moved: `shape` in `provider/store/sqlite/schema.rs` reads tables, columns and links
//! from this program's own migrations. A fact of the table `about` that is the place's and not the record's stands in
//! `OF_RECORD` in `provider/store/table/about.rs`.
//!
//! *What Backup365's workers may rely on* is described in `assets/schema/README.md`: a view or a function keeps its meaning,
//! and another meaning comes under another number beside it. What roles may do are the files of `assets/schema/postgres/grant`.
//!
//! # One word for one thing
//!
//! What people read (screens, lines, receipts, JSON's descriptions, errors, help, the README) says the words on the left, and
//! never those on the right: `tests/it/words/glossary.rs` reads this table and what the program says, and lists the few
//! exceptions. Keys of JSON, columns of CSV, settings and flags are interfaces and stay; names in the code may be older.
//!
//! | word | means | not said |
//! |---|---|---|
//! | protected | a user who holds a seat, read back from the record: registered for backup, and the first backup follows by itself | unprotected, registered for backup, who is on, who are on |
//! | off | a user who is not protected | |
//! | turn on, turn off | what is done to a user | activate, deactivate |
//! | scheduled | off, and turned on by the next sweep, which a sweeper will start | pending |
//! | not included | off, because mailboxes of that kind are left out | |
//! | excluded | off on purpose, by name, until the exclusion is lifted | |
//! | eligible | may be turned on now | |
//! | sign-in off | a user who may not sign in | disabled |
//! | Enable, enabled | of a product at a customer, once; it turns nobody on and bills nothing | |
//! | Enable Auto | the rule that whoever is eligible is turned on at the next 20:00 in Sydney, users who are made later too | standing rule, Auto |
//! | All | every eligible user, now and once | |
//! | seat | one paid place, taken by one protected user; *licence* is Microsoft's word | |
//! | seats bought | how many seats the customer has ordered | |
//! | at most, seats | how many a sweep may come to, confirmed with Enable Auto | ceiling |
//! | sweep | the work of 20:00 in Sydney, for all customers with Enable Auto | pass, passes |
//! | sweeper | the timer that starts it, on a computer that stays on | |
//! | kind | what a mailbox is: of a user, shared, of a room or equipment | mailbox type |
//! | run | one set-up of one product for one customer, with a number | session, journey |
//! | park | to leave a run for later; it goes on where it was | |
//! | watch | to see a run that somebody else has, as it goes on; nothing can be changed | |
//! | take over | to go on with a run that somebody else has, or had | |
//! | access | how we get in: consent or impersonation | |
//! | consent | what an administrator of the customer gives | consented, consenting |
//! | accept | to give it, with Microsoft's button | approve, approves, approved |
//! | record | what we keep of customers, runs and seats, in a file or on a server | database, store |
//! | history | who did what and when; whole as long as every entry fits the one before | audit, audited |
//! | organisation | the customer's Microsoft 365, by its name | tenant, tenants, directory |
//! | tenant ID, tenant IDs | its number at Microsoft | |
//!
//! # What always holds
//!
//! * Everything from outside becomes [`domain::text::Text`] where it enters; views take nothing else.
//! * An id is made by parsing only; raw values go into requests through builders that escape them.
//! * A bearer token goes to the host that it is for: next links, delta links and redirects are checked first.
//! * A write is committed before the screen says so, is safe to repeat, and gives one result per user.
//! * The steps of a run are derived from what is on record, never from where the wizard happened to be.
//! * The sandbox shares no type with the client, and product code never knows that it talks to a sandbox: only the table
//!   of addresses in [`provider::http`] differs, and in the sandbox that table is total.
//! * The time comes from one [`domain::time::Clock`]; 20:00 comes from the rules of `Australia/Sydney`.

#![cfg_attr(
    test,
    expect(clippy::duplicate_mod, reason = "the suite of the record is compiled once for each database")
)]

pub mod app;
pub mod cli;
pub mod commands;
pub mod domain;
pub mod driver;
pub mod exit;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod headless;
pub mod log;
pub mod outside;
pub mod plain;
pub mod private;
pub mod provider;
pub mod runner;
pub mod sandbox;
pub mod settings;
pub mod sweeper;
pub mod tui;
pub mod wizard;
