//! A cluster of PostgreSQL of the test's own, which it may restart.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::tools::postgres_programs;

/// Small, and not safe against a power cut.
const SETTINGS: &str =
    "listen_addresses = '127.0.0.1'\nfsync = off\nfull_page_writes = off\nmax_connections = 100\n";

/// Ended with the test.
pub(super) struct Cluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes and starts one with a database, `team`, and these roles, each with every right; none, said aloud, where
    /// PostgreSQL's programs are not here.
    pub(super) fn new(roles: &[&str]) -> Option<Self> {
        let programs = postgres_programs()?;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let made = Self { folder: tempfile::tempdir().unwrap(), programs, port };
        if is_root() {
            assert!(
                Command::new("chown").arg("postgres:").arg(made.folder.path()).status().unwrap().success()
            );
        }
        made.run("initdb", &["-D", &made.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]);
        let settings = format!(
            "{SETTINGS}unix_socket_directories = '{}'\nport = {port}\n",
            made.folder.path().display()
        );
        fs::write(made.folder.path().join("data/postgresql.auto.conf"), settings).unwrap();
        made.control(&["start"]);
        made.ask_in("postgres", "CREATE DATABASE team");
        for role in roles {
            made.ask(&format!("CREATE ROLE {role} LOGIN SUPERUSER"));
        }
        Some(made)
    }

    /// As whoever runs a server does it: every connection is ended, and what was begun is undone.
    pub(super) fn restart(&self) {
        self.control(&["-m", "fast", "restart"]);
    }

    /// The address for a role.
    pub(super) fn url(&self, role: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/team", self.port)
    }

    /// What a statement finds, a line for each row, the columns parted by `|`.
    pub(super) fn ask(&self, sql: &str) -> String {
        self.ask_in("team", sql)
    }

    fn ask_in(&self, database: &str, sql: &str) -> String {
        let address = format!("postgres://postgres@127.0.0.1:{}/{database}", self.port);
        let words = [
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            "SET search_path = backup365",
            "-c",
            sql,
            &address,
        ];
        let output = Command::new(self.programs.join("psql")).args(words).output().unwrap();
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn control(&self, words: &[&str]) {
        let log = self.folder.path().join("log").display().to_string();
        self.run("pg_ctl", &[&["-D", &self.data(), "-w", "-l", &log], words].concat());
    }

    /// Runs a program to its end. What it starts keeps none of the test's pipes.
    fn run(&self, name: &str, arguments: &[&str]) {
        let said = self.folder.path().join("said");
        let file = File::create(&said).unwrap();
        let mut command = self.program(name);
        command.args(arguments).stdout(file.try_clone().unwrap()).stderr(file);
        let status = command.status().unwrap();
        assert!(status.success(), "{name}: {}", fs::read_to_string(said).unwrap());
    }

    /// A program as the account that may run a server: root may not.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", "postgres", "--regid", "postgres", "--init-groups", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut end = self.program("pg_ctl");
        end.args(["-D", &self.data(), "-m", "immediate", "stop"]);
        let _stopped_already = end.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
