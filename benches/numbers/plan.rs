//! A plan of 200 customers by `apply`, and the same customers by `provision`, one after the other: both with the real
//! binary and a sandbox as a process of its own, so that nothing but the way of working differs.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use backup365::domain::permission::PermissionSet;

use crate::{
    figures::{millis, short},
    server::{CLIENT, PARTNER, SECRET, Server},
    table::{Report, Row},
    tool::Tool,
    world::{Stage, write_settings},
};

/// Customers of the plan.
const CUSTOMERS: usize = 200;

/// Users of each, all of whom are turned on.
const USERS: u32 = 20;

/// Times that both are measured.
const TIMES: usize = 3;

/// Measures it.
pub(crate) fn measure(stage: &Stage) -> Report {
    let mut row = Row::new("a plan of 200 customers", "quicker than provision, one after the other");
    let world = stage.path("plan-world.toml");
    fs::write(&world, world_text()).unwrap();
    let (mut plans, mut singles) = (Vec::new(), Vec::new());
    for time in 0..TIMES {
        plans.push(plan(stage, &world, time));
        singles.push(one_by_one(stage, &world, time));
    }
    let (plan, single) = (median(&mut plans), median(&mut singles));
    row.put(Tool::Backup365, format!("{} s; one by one {} s", short(plan / 1e3), short(single / 1e3)))
        .judge(plan < single);
    let customers = f64::from(u32::try_from(CUSTOMERS).unwrap());
    let details = vec![
        format!(
            "plan: {CUSTOMERS} customers of {USERS} users who have accepted, {TIMES} times each, medians; the check included"
        ),
        format!(
            "  apply {} ms a customer; provision {} ms a customer; ratio {:.2}",
            short(plan / customers),
            short(single / customers),
            single / plan
        ),
    ];
    Report { rows: vec![row], details }
}

/// Milliseconds that a plan takes, checked and done.
fn plan(stage: &Stage, world: &Path, time: usize) -> f64 {
    let (home, _server) = fresh(stage, world, &format!("plan-{time}"));
    let mut plan = String::from("version = 1\n[defaults]\nusers = \"all\"\n");
    for number in 1..=CUSTOMERS {
        writeln!(plan, "[[customer]]\ncustomer = \"C-{number}\"").unwrap();
    }
    fs::write(home.join("plan.toml"), plan).unwrap();
    let began = Instant::now();
    run(&home, &["apply", "plan.toml", "--max-seats", "4000", "--quiet"]);
    let took = millis(began.elapsed());
    assert_seats(&home);
    took
}

/// Milliseconds that the same customers take one after the other.
fn one_by_one(stage: &Stage, world: &Path, time: usize) -> f64 {
    let (home, _server) = fresh(stage, world, &format!("single-{time}"));
    let began = Instant::now();
    for number in 1..=CUSTOMERS {
        run(&home, &["provision", &format!("C-{number}"), "--users", "all", "--max-seats", "20", "--quiet"]);
    }
    let took = millis(began.elapsed());
    assert_seats(&home);
    took
}

/// A home with the customers on record, and a server of their world.
fn fresh(stage: &Stage, world: &Path, name: &str) -> (PathBuf, Server) {
    let home = stage.path(name);
    fs::create_dir_all(&home).unwrap();
    let server = Server::start(world, &stage.path(&format!("{name}-server")), &[]);
    write_settings(&home, &server.address);
    let clock = backup365::runner::clock::system();
    let store = crate::world::store(&home, clock);
    let customers: Vec<_> = (1..=CUSTOMERS)
        .map(|number| backup365::domain::customer::NewCustomer {
            reference: backup365::domain::text::Text::of(format_args!("C-{number}")),
            name: backup365::domain::text::Text::of(format_args!("Customer {number}")),
            domain: backup365::domain::text::Text::of(format_args!("customer{number}.example")),
            is_active: true,
            products: vec![backup365::domain::customer::Product::Office365],
            tenant: Some(tenant(number).parse().unwrap()),
            is_managed: true,
            ..Default::default()
        })
        .collect();
    store.seed_customers(&customers).unwrap();
    (home, server)
}

fn run(home: &Path, arguments: &[&str]) {
    let status = Command::new(env!("CARGO_BIN_EXE_backup365"))
        .args(arguments)
        .env_clear()
        .env("HOME", home)
        .current_dir(home)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{arguments:?}: {status}");
}

/// Everybody is on: both did the same work.
fn assert_seats(home: &Path) {
    let store = crate::world::store(home, backup365::runner::clock::system());
    let board = store.board(backup365::domain::time::Moment::default()).unwrap();
    let is_whole = |row: &backup365::domain::run::BoardRow| {
        row.progress == backup365::domain::customer::Progress::Protected { on: USERS, of: USERS, off: None }
    };
    assert!(board.rows.len() == CUSTOMERS && board.rows.iter().all(is_whole));
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn tenant(number: usize) -> String {
    format!("{number:08}-1111-4111-8111-111111111111")
}

/// A world of many small tenants who have accepted.
fn world_text() -> String {
    let permissions: Vec<String> =
        PermissionSet::usual().unwrap().rows.iter().map(|it| format!("{:?}", it.value.as_str())).collect();
    let permissions = permissions.join(", ");
    let mut text = format!(
        "[partner]\ntenant = \"{PARTNER}\"\nname = \"Measured Partners\"\ndomain = \"measured-partners.example\"\n\
         client_id = \"{CLIENT}\"\nsecret = \"{SECRET}\"\napp_name = \"Backup365\"\npermissions = [{permissions}]\n\
         own_permissions = [\"CrossTenantInformation.ReadBasic.All\"]\n"
    );
    for number in 1..=CUSTOMERS {
        write!(
            text,
            "\n[[tenant]]\nid = \"{}\"\nname = \"Customer {number}\"\ndomain = \"customer{number}.example\"\n\
             initial = \"customer{number}.onmicrosoft.com\"\ngranted = true\ncrowd = {{ users = {USERS} }}\n",
            tenant(number)
        )
        .unwrap();
    }
    text
}
