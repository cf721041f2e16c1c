//! A cluster of a test's own, made by PostgreSQL's programs on this computer; it may be broken.

use std::{
    env, fs,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Once,
};

use tempfile::TempDir;

use super::{address, ask, is_gate};

/// What every cluster is made with: small, and not safe against a power cut.
const SETTINGS: &str = "listen_addresses = '127.0.0.1'\nfsync = off\nfull_page_writes = off\nshared_buffers = 8MB\n\
     max_wal_size = 64MB\nmax_connections = 40\nautovacuum = off\nlog_min_messages = panic\n";

/// Ended with the test.
pub(super) struct Cluster {
    folder: TempDir,
    pub(super) port: u16,
}

impl Cluster {
    /// Makes and starts one with these settings; none, said aloud, where PostgreSQL's programs are not here.
    pub(super) fn new(settings: &str) -> Option<Self> {
        programs()?;
        let made = Self { folder: tempfile::tempdir().unwrap(), port: free_port() };
        if is_root() {
            run(Command::new("chown").args(["postgres:"]).arg(made.folder.path()));
        }
        let data = made.data();
        made.program("initdb", &["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]);
        let folder = made.folder.path().display();
        made.set(&format!(
            "{SETTINGS}unix_socket_directories = '{folder}'\nport = {}\n{settings}\n",
            made.port
        ));
        made.start();
        Some(made)
    }

    /// Another one that follows this one, started.
    pub(super) fn standby(&self) -> Self {
        let made = Self { folder: tempfile::tempdir().unwrap(), port: free_port() };
        if is_root() {
            run(Command::new("chown").args(["postgres:"]).arg(made.folder.path()));
        }
        let port = self.port.to_string();
        let from =
            ["-h", "127.0.0.1", "-p", &port, "-U", "postgres", "-R", "-N", "-c", "fast", "-D", &made.data()];
        made.program("pg_basebackup", &from);
        made.set(&format!(
            "port = {}\nunix_socket_directories = '{}'\n",
            made.port,
            made.folder.path().display()
        ));
        made.start();
        made
    }

    /// Adds lines to the settings; they count from the next start or reload on.
    pub(super) fn set(&self, lines: &str) {
        let file = Path::new(&self.data()).join("postgresql.conf");
        fs::OpenOptions::new().append(true).open(file).unwrap().write_all(lines.as_bytes()).unwrap();
    }

    /// Puts a file of the server's account into the cluster's folder, and answers where it is.
    pub(super) fn put(&self, name: &str, text: &str) -> String {
        let file = self.folder.path().join(name);
        fs::write(&file, text).unwrap();
        run(Command::new("chmod").arg("600").arg(&file));
        if is_root() {
            run(Command::new("chown").arg("postgres:").arg(&file));
        }
        file.display().to_string()
    }

    /// Who is let in, from the next reload on.
    pub(super) fn let_in(&self, lines: &str) {
        fs::write(Path::new(&self.data()).join("pg_hba.conf"), lines).unwrap();
    }

    pub(super) fn start(&self) {
        let log = self.folder.path().join("log").display().to_string();
        self.program("pg_ctl", &["-D", &self.data(), "-w", "-l", &log, "start"]);
    }

    /// `fast`, or `immediate`: as in a crash.
    pub(super) fn stop(&self, how: &str) {
        self.program("pg_ctl", &["-D", &self.data(), "-w", "-m", how, "stop"]);
    }

    /// `reload` or `promote`, and waits for it.
    pub(super) fn signal(&self, what: &str) {
        self.program("pg_ctl", &["-D", &self.data(), what]);
        if what == "reload" {
            // It is read by each process for itself, a moment later: the one that takes connections as well.
            std::thread::sleep(std::time::Duration::from_millis(150));
        }
    }

    /// The address for a role, a database, and what stands behind the question mark.
    pub(super) fn url(&self, role: &str, database: &str, behind: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{database}?{behind}", self.port)
    }

    /// Statements as the cluster's owner.
    pub(super) fn sql(&self, database: &str, sql: &str) -> Vec<String> {
        ask(&address(&self.url("postgres", database, "sslmode=disable")), sql)
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn program(&self, name: &str, arguments: &[&str]) {
        run(as_postgres(&programs().unwrap().join(name)).args(arguments).current_dir(self.folder.path()));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut end = as_postgres(&programs().unwrap().join("pg_ctl"));
        end.args(["-D", &self.data(), "-m", "immediate", "stop"]).current_dir("/");
        let _stopped_already = end.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

/// Where PostgreSQL's programs are; none, said aloud, where they are not.
pub(super) fn programs() -> Option<PathBuf> {
    static SAID: Once = Once::new();
    let is_asked_for = env::var_os("BACKUP365_POSTGRES").is_some();
    let found = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found =
        found.map(|version| version.path().join("bin")).filter(|bin| bin.join("initdb").is_file()).max();
    if is_asked_for && found.is_some() {
        return found;
    }
    assert!(!is_gate(), "a cluster of one's own needs BACKUP365_POSTGRES and PostgreSQL's programs");
    SAID.call_once(|| {
        eprintln!(
            "SKIPPED faults of a server: BACKUP365_POSTGRES names none, or PostgreSQL's programs are not here"
        );
    });
    None
}

/// A program as the account that may run a server: root may not.
pub(super) fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

pub(super) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A port that nobody listens at.
pub(super) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Runs a program to its end. What it starts keeps none of the test's pipes.
fn run(command: &mut Command) {
    let file = tempfile::NamedTempFile::new().unwrap();
    let said = || Stdio::from(file.reopen().unwrap());
    let status = command.stdin(Stdio::null()).stdout(said()).stderr(said()).status().unwrap();
    assert!(status.success(), "{command:?}: {}", fs::read_to_string(file.path()).unwrap());
}
