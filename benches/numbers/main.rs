//! The table of numbers: every aim beside what was measured, for this program and for what a person would use instead, in
//! one run on one machine.
//!
//! `cargo bench --bench numbers` prints the table as the README shows it, then the figures behind it, size by size. Words
//! after `--` choose groups, with or without dashes before them: `cargo bench --bench numbers -- keys filter`.
//!
//! Programs run in a pseudo-terminal of 80x24. Times are those of the last byte as it is read from there. Figures are
//! medians. A program that is not on the path is skipped aloud, and a group that can't be measured says so and leaves its
//! rows empty. Nothing here fails for being slow.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock and the environment, prints, and stops at what it does not expect"
)]

mod counter;
mod figures;
mod filter;
mod idle;
mod inside;
mod keys;
mod kinds;
mod listing;
mod packed;
mod plan;
mod pty;
mod restore;
mod resumed;
mod server;
mod shared;
mod start;
mod sweep;
mod sweepers;
mod system;
mod table;
mod tool;
mod world;

use std::{
    io::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Instant,
};

use table::Report;
use tool::Tool;
use world::Stage;

/// Measures one group.
type Measure = fn(&Stage, &[Tool]) -> Report;

/// The groups, in the order of the table.
const GROUPS: [(&str, Measure); 14] = [
    ("start", start::measure),
    ("resumed", |stage, _| resumed::measure(stage)),
    ("keys", keys::measure),
    ("filter", filter::measure),
    ("idle", idle::measure),
    ("restore", restore::measure),
    ("listing", |stage, _| listing::measure(stage)),
    ("packed", |stage, _| packed::measure(stage)),
    ("kinds", |stage, _| kinds::measure(stage)),
    ("sweep", |stage, _| sweep::measure(stage)),
    ("sweepers", |stage, _| sweepers::measure(stage)),
    ("plan", |stage, _| plan::measure(stage)),
    ("shared", |stage, _| shared::measure(stage)),
    ("inside", |stage, _| inside::measure(stage)),
];

fn main() {
    let began = Instant::now();
    // Cargo hands in `--bench`; every other word names a group.
    let words = std::env::args().skip(1).filter(|word| word != "--bench");
    let chosen: Vec<String> = words.map(|word| word.trim_start_matches('-').to_owned()).collect();
    if let Some(unknown) = chosen.iter().find(|word| !GROUPS.iter().any(|(name, _)| name == word)) {
        let names = GROUPS.map(|(name, _)| name).join(", ");
        println!("there is no group {unknown:?}; there are {names}");
        return;
    }
    println!("{}", system::machine());
    let mut tools = Vec::new();
    for tool in Tool::ALL {
        match tool.version() {
            Some(version) => {
                println!("{} {version}", tool.program());
                tools.push(tool);
            }
            None => println!("SKIPPED {}: not on the path", tool.program()),
        }
    }
    let stage = Stage::new();
    let mut report = Report::default();
    for (name, measure) in GROUPS {
        if !chosen.is_empty() && !chosen.iter().any(|word| word == name) {
            continue;
        }
        let at = Instant::now();
        // One group that can't be measured must not cost the others theirs.
        match catch_unwind(AssertUnwindSafe(|| measure(&stage, &tools))) {
            Ok(found) => report.add(found),
            Err(_told) => println!("NOT MEASURED {name}: see above"),
        }
        println!("{name}: {:.0} s", at.elapsed().as_secs_f64());
        let _unheard = std::io::stdout().flush();
    }
    println!("\n{}", report.markdown(&tools));
    println!("{}", report.details.join("\n"));
    println!("\nall in {:.0} s", began.elapsed().as_secs_f64());
}
