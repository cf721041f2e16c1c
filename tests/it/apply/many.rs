//! A home with a world of many customers, and plans for them.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    terminal::{Home, Record},
    tools::invented_partner,
};

/// How long any one condition may take; generous, because test machines are shared.
const DEADLINE: Duration = Duration::from_mins(2);

/// A customer of the world: users, and whether consent is there from the start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made {
    /// Eligible users of the tenant.
    pub(super) users: u32,
    /// The administrator has accepted before the world began.
    pub(super) is_granted: bool,
}

/// A customer who has accepted.
pub(super) const fn granted(users: u32) -> Made {
    Made { users, is_granted: true }
}

/// A customer who has not accepted yet.
pub(super) const fn asked(users: u32) -> Made {
    Made { users, is_granted: false }
}

/// What the program said and how it ended.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

impl Said {
    /// Both at once.
    pub(super) fn all(&self) -> String {
        format!("{}\n{}", self.out, self.err)
    }

    /// stdout as an object that fits its schema.
    pub(super) fn json(&self) -> Value {
        let value: Value =
            serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        let schema = include_str!("../../../assets/json/apply.schema.json");
        let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
        let wrong: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:#?}\n{value:#}");
        value
    }
}

/// A home, its world, and a plan.
pub(super) struct Many {
    pub(super) home: Home,
    arguments: Vec<String>,
}

impl Many {
    /// A world with these customers, C-1, C-2 … with their tenants on record.
    pub(super) fn new(made: &[Made]) -> Self {
        let home = Home::new();
        let world = home.path().join("world.toml");
        fs::write(&world, world_of(made)).unwrap();
        Self { home, arguments: vec!["--sandbox".into(), "--world".into(), world.to_str().unwrap().into()] }
    }

    /// The standard world.
    pub(super) fn standard() -> Self {
        Self { home: Home::new(), arguments: vec!["--sandbox".into()] }
    }

    /// Writes a plan; the version is put in front.
    pub(super) fn plan(&self, name: &str, rows: &str) -> PathBuf {
        let path = self.home.path().join(name);
        fs::write(&path, format!("version = 1\n{rows}")).unwrap();
        path
    }

    /// Writes a plan for customers 1 to `count`, everybody.
    pub(super) fn plan_of(&self, count: usize) -> PathBuf {
        let rows: Vec<String> =
            (1..=count).map(|number| format!("[[customer]]\ncustomer = \"C-{number}\"\n")).collect();
        let rows = rows.concat();
        self.plan("plan.toml", &format!("[defaults]\nusers = \"all\"\n{rows}"))
    }

    /// The command, not started yet.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_backup365"));
        command.env_clear().envs([
            ("LANG", "C.UTF-8"),
            ("PATH", "/usr/bin:/bin"),
            ("TZ", "Australia/Sydney"),
        ]);
        command.env("HOME", self.home.path()).current_dir(self.home.path()).stdin(Stdio::null());
        command.args(arguments).args(&self.arguments);
        command
    }

    /// `apply plan.toml` with more arguments, to its end.
    pub(super) fn apply(&self, more: &[&str]) -> Said {
        self.run(&[&["apply", "plan.toml"], more].concat())
    }

    /// Any command, to its end.
    pub(super) fn run(&self, arguments: &[&str]) -> Said {
        let output = self.command(arguments).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let code = output.status.code().unwrap_or_else(|| panic!("{:?}", output.status));
        Said { code, out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Starts `apply plan.toml`, its words thrown away.
    pub(super) fn start(&self, more: &[&str]) -> Child {
        let mut command = self.command(&[&["apply", "plan.toml"], more].concat());
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The record.
    pub(super) fn record(&self) -> Record {
        Record::of(&self.home)
    }

    /// Whether a plan has a folder already.
    pub(super) fn folder_exists(&self) -> bool {
        let plans = self.home.store().parent().unwrap().join("plans");
        fs::read_dir(plans).is_ok_and(|mut entries| entries.next().is_some())
    }

    /// The only plan's own folder.
    pub(super) fn folder(&self) -> PathBuf {
        let plans = self.home.store().parent().unwrap().join("plans");
        let mut folders = fs::read_dir(plans).unwrap().map(|entry| entry.unwrap().path());
        let folder = folders.next().unwrap();
        assert!(folders.next().is_none(), "one plan, one folder");
        folder
    }

    /// The links that are out, as the file says: customer and link.
    pub(super) fn links(&self) -> Vec<(String, String)> {
        links(&fs::read_to_string(self.folder().join("links.txt")).unwrap_or_default())
    }
}

/// Customer and link of each line of a table.
pub(super) fn links(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter(|line| line.contains("adminconsent"));
    lines
        .map(|line| {
            let customer = line.split("  ").next().unwrap().to_owned();
            (customer, line.rsplit(' ').next().unwrap().to_owned())
        })
        .collect()
}

/// Waits until something is so.
pub(super) fn until(what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + DEADLINE;
    while !is_so() {
        assert!(Instant::now() < until, "never saw {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The files of a folder, by name.
pub(super) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn world_of(made: &[Made]) -> String {
    let mut text = invented_partner().to_owned();
    for (number, Made { users, is_granted }) in (1..).zip(made) {
        let id = tenant(number);
        write!(
            text,
            "\n[[tenant]]\nid = \"{id}\"\nname = \"Customer {number}\"\ndomain = \"customer{number}.example\"\n\
             initial = \"customer{number}.onmicrosoft.com\"\ngranted = {is_granted}\ncrowd = {{ users = {users} }}\n\
             account = [{{ address = \"admin@customer{number}.example\", name = \"Admin {number}\", role = \"global\" }}]\n\n\
             [[customer]]\nreference = \"C-{number}\"\nname = \"Customer {number}\"\ndomain = \"customer{number}.example\"\n\
             products = [\"office365\"]\ntenant = \"{id}\"\nmanaged = true\ntime_zone = \"Australia/Sydney\"\n"
        )
        .unwrap();
    }
    text
}

/// The tenant of a customer.
pub(super) fn tenant(number: usize) -> String {
    format!("{number:08}-1111-4111-8111-111111111111")
}
