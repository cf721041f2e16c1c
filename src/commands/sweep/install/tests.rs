//! What is left to do after an install, told from what stands around it. Where the program lies, who is signed in and what
//! systemd answers are given, so that none of it is this computer's.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
};

use super::*;
use crate::{domain::time::Clock, provider::store::StoreOptions};

/// Says yes to everything; the account stays signed in.
const SYSTEMD: &str = "#!/bin/sh\necho Linger=yes\n";

/// Names the folder for the process that installs, and says whether its program stays.
const FOLDER: &str = "INSTALL_TEST_FOLDER";
const STAYS: &str = "INSTALL_TEST_STAYS";

/// The one that installs: does nothing but in the process of the test below.
#[test]
#[expect(clippy::disallowed_methods, reason = "this is how a test tells another process what to install")]
fn one_that_installs() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let stays = std::env::var_os(STAYS).is_some_and(|word| word == "yes");
    let now = Moment::parse("2026-11-23T05:00:00Z").unwrap();
    let store = Store::open(StoreOptions {
        place: (folder.join("record.sqlite")).into(),
        identity: folder.join("identity"),
        clock: Clock::fixed(now),
        account: "ann".into(),
        as_user: false,
        host: "desk-1".into(),
        is_sandbox: false,
    })
    .unwrap();
    let plan = Plan {
        program: "/usr/local/bin/backup365".into(),
        arguments: Vec::new(),
        environment: Vec::new(),
        variables: folder.join("sweep.env"),
        folder: folder.join("units"),
        record: None,
        is_sandbox: false,
    };
    let around = Around {
        host: "desk-1".into(),
        user: "ann".into(),
        zone: "Australia/Perth".into(),
        now,
        is_passing: !stays,
        secrets: Vec::new(),
        network: Network::default(),
    };
    let out = Out { is_quiet: false, is_verbose: false, has_bars: false };
    let exit = install(&plan, &around, &store, out).unwrap();
    fs::write(folder.join("code"), exit.code().to_string()).unwrap();
}

/// Installs in a process of its own, beside programs that stand for systemd's; says the exit code and stderr.
fn installed(folder: &Path, stays: &str) -> (String, String) {
    for name in ["systemctl", "loginctl", "systemd-run"] {
        fs::write(folder.join(name), SYSTEMD).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let output = crate::outside::child::command(std::env::current_exe().unwrap())
        .args(["--exact", "commands::sweep::install::tests::one_that_installs"])
        .env("PATH", folder)
        .envs([(FOLDER, folder.as_os_str()), (STAYS, stays.as_ref())])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    (fs::read_to_string(folder.join("code")).unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn all_is_well_where_nothing_is_left_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let rest = format!(
        "The timer backup365-sweep.timer is installed here: {}/units\n{}\
         A check in the timer's environment went well: record, credential, Microsoft.\n\
         Next sweep: Mon 23 Nov 20:00 AEDT, 17:00 in Perth, in 4 h.\n",
        folder.path().display(),
        "{}"
    );
    let (code, err) = installed(folder.path(), "yes");
    assert_eq!((code.as_str(), err.as_str()), ("0", rest.replace("{}", "").as_str()));
    let unit = fs::read_to_string(folder.path().join("units/backup365-sweep.service")).unwrap();
    assert!(unit.contains("\nExecStart=/usr/local/bin/backup365 sweep\n"), "{unit}");
    // The same program in a place where it does not stay: one thing is left, and nothing else is other.
    let (code, err) = installed(folder.path(), "no");
    let left = err.lines().find(|line| line.contains("lies in a folder for building")).unwrap();
    assert_eq!((code.as_str(), err.as_str()), ("6", rest.replace("{}", &format!("{left}\n")).as_str()));
}
