//! Which world this program works in, as flags: a command line that is proposed and pasted must lead to the same one. Without
//! them a trainee's paste would act on real customers.

use std::sync::OnceLock;

use super::flag::quoted;

/// One for the process, which works in one world; empty in the real one.
static WORLD: OnceLock<String> = OnceLock::new();

/// Has every command line that is proposed from now on name the sandbox, with its world and whom the operator plays.
pub fn name_sandbox(world: Option<&str>, role: Option<&str>) {
    let given = [("--world", world), ("--as", role)];
    let given = given.into_iter().filter_map(|(flag, value)| Some(format!(" {flag} {}", quoted(value?))));
    // Settled once, before anything is said.
    let _is_first = WORLD.set(format!(" --sandbox{}", given.collect::<String>()));
}

/// The wizard was asked for line by line: what leads back to it asks for that again.
static LINES: OnceLock<()> = OnceLock::new();

/// Has every command line that leads back to the wizard ask for lines from now on.
pub fn name_lines() {
    let _is_first = LINES.set(());
}

/// What has the wizard go on line by line, a blank before it; empty where that was not asked for.
#[must_use]
pub fn lines() -> &'static str {
    LINES.get().map_or("", |()| " --plain")
}

/// What stands at the end of a command line, a blank before it.
#[must_use]
pub fn world() -> &'static str {
    WORLD.get().map_or("", String::as_str)
}
