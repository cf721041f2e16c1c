//! The timer that the Debian package brings (`assets/packaging/systemd`): an administrator of the computer switches it on
//! for an account. Where that is done, `--install` writes no second one; it notes the sweeper on record.

use crate::{domain::sydney, exit::Exit, provider::store::Store};

use super::{
    super::super::{Out, error_of, warn},
    Around, Plan, lies_well, system, variables,
};

/// The package's timer for this account, where it is switched on and sweeps the record that this start works with.
pub(super) fn timer(plan: &Plan, around: &Around) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if plan.is_sandbox || !is_usual(plan) || !around.user.chars().all(is_plain) {
        return None;
    }
    let timer = format!("backup365-sweep@{}.timer", around.user);
    let answer = system::ask("systemctl", &["is-enabled", &timer]).ok()?;
    (answer.out.trim() == "enabled").then_some(timer)
}

/// Whether a start without flags and variables, as that timer makes it, finds the same settings and the same record.
fn is_usual(plan: &Plan) -> bool {
    let usual = plan.variables.with_file_name("settings.toml");
    let is_same = match plan.arguments.as_slice() {
        [] => true,
        [flag, file] => flag == "--settings" && usual == *file,
        _ => false,
    };
    is_same && plan.environment.is_empty()
}

/// Notes the timer on record, and says what is left to do.
///
/// # Errors
/// The record can't be written.
pub(super) fn note(
    timer: &str,
    plan: &Plan,
    around: &Around,
    store: &Store,
    out: Out,
) -> anyhow::Result<Exit> {
    store.note_sweeper_installed(&around.host).map_err(|failure| error_of(&failure))?;
    out.note(&format!(
        "{timer} starts the sweep of this account: an administrator has switched it on. That is on record now; no \
         second timer was installed."
    ));
    let is_told = is_told(around);
    let next = sydney::due_in_words(sydney::next_2000(around.now), around.now, Some(&around.zone));
    out.note(&format!("Next sweep: {next}. Whether it could run here: backup365 sweep --check"));
    Ok(if lies_well(plan, around) && is_told { Exit::Done } else { Exit::Attention })
}

/// Whether the timer can do without what only this shell knows; else says where it looks. That file is root's: whether it is
/// written already can't be seen from here.
fn is_told(around: &Around) -> bool {
    let names = variables::names(&around.network)
        .into_iter()
        .chain(around.secrets.iter().filter_map(|missing| missing.variable.clone()));
    let names: Vec<String> = names.collect();
    if !names.is_empty() {
        warn(&format!(
            "The timer knows nothing of {}, as set here: it takes them from /etc/backup365/{}.env (mode 0600), which an \
             administrator writes.",
            names.join(" and "),
            around.user
        ));
    }
    names.is_empty()
}

/// Says that the package's timer is none of ours to take away.
pub(super) fn stays(timer: &str) -> Exit {
    warn(&format!(
        "{timer} starts the sweep of this account, and only an administrator can switch it off: systemctl disable --now \
         {timer}"
    ));
    warn("Then start this again, so that the record knows.");
    Exit::Failed
}
