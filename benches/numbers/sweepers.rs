//! A night of 2,000 customers whose every answer takes 300 ms: by one sweeper, and by two that share the record.
//!
//! `backup365 sweep` is the real command, on a sandbox that is a process of its own. It is the first night, which asks most:
//! everybody is listed, and every mailbox is asked about.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use backup365::{
    domain::{
        customer::{NewCustomer, Product},
        doubt::Accepts,
        permission::PermissionSet,
        sydney,
        tenant::Organisation,
        text::Text,
        time::Clock,
    },
    runner,
};

use crate::{
    figures::{millis, short},
    server::{CLIENT, PARTNER, SECRET, Server},
    table::{Report, Row},
    tool::Tool,
    world::{Stage, store, write_settings},
};

/// Customers, each with an organisation of its own.
const CUSTOMERS: usize = 2_000;

/// Users of each, all of whom are turned on.
const USERS: usize = 5;

/// What every answer waits.
const SLOW: &str = "slow=300ms";

/// Five minutes, in milliseconds.
const AIM_MS: f64 = 300_000.0;

/// Measures it.
pub(crate) fn measure(stage: &Stage) -> Report {
    let mut row = Row::new("nightly sweep of 2,000 customers at 300 ms an answer: one sweeper; two", "5 min");
    let (_server, home) = prepared(stage);
    let [one, two] =
        [1, 2].map(|sweepers| night(&copy(stage, &home, &format!("sweepers-{sweepers}")), sweepers));
    row.put(Tool::Backup365, format!("{} s; {} s", short(one / 1e3), short(two / 1e3))).judge(one < AIM_MS);
    let details = format!(
        "sweepers: {CUSTOMERS} customers of {USERS} users, the first night; one after the other, five answers each, it would \
         take at least {} min",
        CUSTOMERS * 5 * 3 / 10 / 60
    );
    Report { rows: vec![row], details: vec![details] }
}

/// Starts the sandbox, and makes the home folder.
pub(crate) fn prepared(stage: &Stage) -> (Server, PathBuf) {
    let world = stage.path("sweepers.toml");
    fs::write(&world, world_text()).unwrap();
    let server = Server::start(&world, &stage.path("sweepers-server"), &[SLOW]);
    let home = ruled(stage, &server.address);
    (server, home)
}

/// A copy of a home folder.
pub(crate) fn copy(stage: &Stage, home: &Path, name: &str) -> PathBuf {
    let copy = stage.path(name);
    let copied = Command::new("cp").arg("-a").arg(home).arg(&copy).status().unwrap();
    assert!(copied.success());
    copy
}

/// Moves the record of a home folder to a server.
pub(crate) fn move_record(home: &Path, url: &str) {
    // Who filled it is another operator than the account that this runs by.
    for words in [["operators", "set", "--recover"].as_slice(), &["record", "copy", "--yes", "--to", url]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_backup365"));
        let output = command.args(words).env_clear().env("HOME", home).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Milliseconds that a night takes by so many sweepers of one home folder.
pub(crate) fn night(home: &Path, sweepers: usize) -> f64 {
    let began = Instant::now();
    let running: Vec<Child> = (0..sweepers).map(|_| sweep(home)).collect();
    let mut turned_on = 0;
    for sweeper in running {
        let output = sweeper.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        turned_on += said.lines().filter(|line| line.starts_with("  ")).count();
    }
    let took = millis(began.elapsed());
    assert_eq!(turned_on, CUSTOMERS * USERS, "each user once");
    took
}

/// One sweeper.
fn sweep(home: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backup365"));
    command.arg("sweep").env_clear().env("HOME", home);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// A home folder whose record has a rule for every customer, made before the last 20:00.
fn ruled(stage: &Stage, address: &str) -> PathBuf {
    let home = stage.path("sweepers-home");
    let _was_there = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).unwrap();
    write_settings(&home, address);
    let last = sydney::latest_2000(runner::clock::system().now());
    let record = store(&home, Clock::fixed(last.minus(Duration::from_hours(1))));
    for number in 1..=CUSTOMERS {
        let customer = NewCustomer {
            reference: Text::of(format_args!("S-{number}")),
            name: Text::of(format_args!("Swept {number}")),
            domain: Text::of(format_args!("swept{number}.example")),
            is_active: true,
            products: vec![Product::Office365],
            ..NewCustomer::default()
        };
        let customer = record.add_customer(&customer, &Accepts::default()).unwrap().kept().unwrap();
        let run = record.open_run(customer.id, Product::Office365).unwrap().id;
        let tenant = tenant(number).parse().unwrap();
        let found = Organisation { tenant, name: None, domain: None, region: None };
        record.save_organisation(&run, &found, &Accepts::default()).unwrap();
        record.save_proof(&run, Some(&found)).unwrap();
        record.enable(&run).unwrap();
        record.make_rule(&run, 5, 50).unwrap();
        record.leave_run(&run).unwrap();
    }
    home
}

fn tenant(number: usize) -> String {
    format!("5ee9ed00-1111-4111-8111-{number:012x}")
}

/// The tenants, all of which have accepted.
fn world_text() -> String {
    let rows = PermissionSet::usual().unwrap().rows;
    let permissions: Vec<String> = rows.iter().map(|it| format!("{:?}", it.value.as_str())).collect();
    let mut text = format!(
        "[partner]\ntenant = \"{PARTNER}\"\nname = \"Measured Partners\"\ndomain = \"measured-partners.example\"\n\
         client_id = \"{CLIENT}\"\nsecret = \"{SECRET}\"\napp_name = \"Backup365\"\npermissions = [{}]\n\
         own_permissions = [\"CrossTenantInformation.ReadBasic.All\"]\n",
        permissions.join(", ")
    );
    for number in 1..=CUSTOMERS {
        write!(
            text,
            "\n[[tenant]]\nid = \"{}\"\nname = \"Swept {number}\"\ndomain = \"swept{number}.example\"\n\
             initial = \"swept{number}.onmicrosoft.com\"\ngranted = true\ncrowd = {{ users = {USERS} }}\n",
            tenant(number)
        )
        .unwrap();
    }
    text
}
