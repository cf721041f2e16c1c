//! `backup365 sweep --forget COMPUTER`: takes a computer that sweeps no more off the list, where nobody can uninstall there.

use crate::{
    commands::{
        quietly,
        record_context::{RecordContext, refused},
    },
    domain::{
        failure::{Failure, FailureKind},
        phrase::{Command, WayOn},
        text::Text,
    },
    exit::Exit,
};

/// Forgets it.
///
/// # Errors
/// No such computer sweeps, the record can't be used, or stdout can't be written for another reason than a closed pipe.
pub fn run(cx: &RecordContext, host: &Text) -> anyhow::Result<Exit> {
    cx.says_sandbox();
    let gone = cx.store.note_sweeper_removed(host).and_then(|is_gone| {
        let unknown = || {
            let what = Text::of(format_args!("no computer named {host} sweeps"));
            let hint = WayOn::Run(Command::SweepStatus, "see which do");
            Failure::new(FailureKind::NotFound, what, hint)
        };
        if is_gone { Ok(()) } else { Err(unknown()) }
    });
    if let Err(failure) = gone {
        return Err(refused(&failure));
    }
    let words = format!("Forgotten: {host} is off the list of sweepers. If it sweeps again, it comes back.");
    quietly(cx.out.say(&words), Exit::Done)
}
