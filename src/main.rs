//! Arguments in, exit code out; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(backup365::app::run(std::env::args_os()).code())
}
