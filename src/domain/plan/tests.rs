use std::path::Path;

use super::*;

fn parse(text: &str) -> Result<Plan, Vec<Mistake>> {
    read(&Text::from("plan.toml"), Path::new("/plans"), text)
}

/// The mistakes of a plan, one a line.
fn wrong(text: &str) -> Vec<String> {
    parse(text).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn defaults_are_filled_in_and_a_row_goes_before_them() {
    let plan = parse(
        "version = 1\n[defaults]\nproduct = \"office365\"\nusers = \"all\"\nmax_seats = 40\n\n\
         [[customer]]\ncustomer = \"C-1001\"\n\n[[customer]]\ncustomer = \"C-1002\"\ntenant = \"kauribuilding.example\"\n\
         users = [\"a@kauribuilding.example\"]\nmax_seats = 1\n",
    )
    .unwrap();
    let [one, two] = plan.rows.as_slice() else { panic!("two rows: {plan:?}") };
    assert_eq!((one.customer.as_str(), &one.users, one.max_seats), ("C-1001", &Users::All, Some(40)));
    assert_eq!((one.place.line, two.place.line), (7, 10));
    assert_eq!(two.users, Users::These(List::Here(vec!["a@kauribuilding.example".into()])));
    assert_eq!((two.product, two.max_seats), (Some(Product::Office365), Some(1)));
}

#[test]
fn every_mistake_is_told_at_once_with_its_line_and_the_nearest_key() {
    let told = wrong(
        "version = 2\ncustomers = 3\n[defaults]\ntenant = \"a.example\"\n\n[[customer]]\ncustomer = \"C-1\"\n\
         usres = \"all\"\nmax_seats = \"many\"\n\n[[customer]]\nusers = \"al\"\npassword = \"hunter2\"\n",
    );
    assert_eq!(
        told,
        [
            "plan.toml line 1: This program reads plans of version 1, not 2. Update it, or mend the line.",
            "plan.toml line 2: There is no key \"customers\". Did you mean \"customer\"?",
            "plan.toml line 4: tenant belongs to one customer. Write it into the customer's row.",
            "plan.toml line 6: users is missing. Write \"all\", \"auto\", \"none\", [\"addresses\"] or { file = \"users.txt\" }.",
            "plan.toml line 8: There is no key \"usres\". Did you mean \"users\"?",
            "plan.toml line 9: max_seats must be a number of seats, like 40.",
            "plan.toml line 11: The customer is missing. Write customer = \"C-1001\": a reference, name or domain.",
            "plan.toml line 12: users must be one of \"all\", \"auto\", \"none\". Did you mean \"all\"?",
            "plan.toml line 13: A password never stands in a plan. Name where it comes from with password_file, \
             password_environment or password_command, and change this password if the plan was shared.",
        ]
    );
    assert!(!told.concat().contains("hunter2"));
}

#[test]
fn answers_that_do_not_go_together_are_told() {
    let row = |lines: &str| format!("version = 1\n[[customer]]\ncustomer = \"C-1\"\n{lines}");
    for (lines, says) in [
        ("users = \"all\"\nceiling = 5\n", "line 5: ceiling is for users = \"auto\"."),
        ("users = \"all\"\nproduct = \"office365\"\nserver = \"x\"\n", "line 6: server is for MPexchange"),
        (
            "users = \"all\"\nproduct = \"mpexchange\"\ntenant = \"a.example\"\n",
            "line 6: tenant is for Office 365.",
        ),
        ("users = \"all\"\nproduct = \"ofice365\"\n", "Did you mean \"office365\"?"),
        ("users = \"all\"\ninclude_kinds = [\"shard\"]\n", "Did you mean \"shared\"?"),
        ("users = []\n", "users names nobody."),
        ("users = [\"ana\"]\n", "\"ana\" is not an e-mail address."),
        ("users = { path = \"x\" }\n", "users names a file like this: { file = \"users.txt\" }."),
        ("users = \"all\"\ntenant = \"common\"\n", "line 5: tenant: this word names no single organisation"),
        ("users = \"all\"\nmailboxes = [\"a@b.c\"]\ndirectory = true\n", "not both."),
        ("users = \"all\"\npassword_file = \"a\"\npassword_environment = \"B\"\n", "keep one of"),
        ("users = \"all\"\npassword_command = []\n", "must name a program"),
        ("users = \"auto\"\nwithout_sweeper = 1\n", "must be true or false."),
        (
            "users = \"all\"\n[[customer]]\ncustomer = \"c-1\"\nusers = \"none\"\n",
            "line 5: c-1 stands in line 2 already.",
        ),
    ] {
        let told = wrong(&row(lines));
        assert!(told.iter().any(|mistake| mistake.contains(says)), "{lines}: {told:#?}");
        assert_eq!(told.len(), 1, "{lines}: {told:#?}");
    }
}

#[test]
fn what_is_no_toml_and_an_empty_plan_are_told() {
    assert!(wrong("version = 1\n[[customer]\n")[0].starts_with("plan.toml line 2: "));
    assert_eq!(
        wrong("version = 1\n"),
        ["plan.toml line 1: There is no customer. Add rows, each begun by [[customer]]."]
    );
    assert_eq!(wrong("version = 1\ncustomer = 3\n").len(), 1);
    let many = format!("version = 1\n{}", "[[customer]]\n".repeat(MAX_ROWS + 1));
    assert_eq!(wrong(&many).len(), 1);
}

#[test]
fn passwords_come_from_somewhere_else_and_files_lie_beside_the_plan() {
    let plan = parse(
        "version = 1\n[defaults]\nproduct = \"mpexchange\"\nusers = { file = \"lists/users.txt\" }\n\
         password_environment = \"SHARED\"\n\n[[customer]]\ncustomer = \"C-1\"\npassword_file = \"secret\"\n\
         mailboxes = { file = \"/abs/boxes.txt\" }\n\n[[customer]]\ncustomer = \"C-2\"\n\
         password_command = [\"pass\", \"show\", \"c-2\"]\ndirectory = true\n\n[[customer]]\ncustomer = \"C-3\"\n",
    )
    .unwrap();
    let sources: Vec<_> = plan.rows.iter().map(|row| row.password.clone().unwrap()).collect();
    assert_eq!(
        sources,
        [
            PasswordSource::File("/plans/secret".into()),
            PasswordSource::Command(vec!["pass".into(), "show".into(), "c-2".into()]),
            PasswordSource::Environment("SHARED".into()),
        ]
    );
    assert_eq!(plan.rows[0].users, Users::These(List::File("/plans/lists/users.txt".into())));
    assert_eq!(plan.rows[0].mailboxes, Some(Mailboxes::Given(List::File("/abs/boxes.txt".into()))));
    assert_eq!(plan.rows[1].mailboxes, Some(Mailboxes::Directory));
}

#[test]
fn what_is_written_is_read_as_the_same() {
    let text = "version = 1\n\n[[customer]]\ncustomer = \"O'Neil \\\"& sons\\\"\"\nproduct = \"mpexchange\"\n\
                server = \"https://mail.example/EWS\"\naccount = 'DOM\\svc'\npassword_environment = \"PW\"\n\
                mailbox = \"a@b.example\"\nmail_domains = [\"b.example\"]\ndirectory = true\nusers = \"auto\"\n\
                include_kinds = [\"room\", \"shared\"]\nexclude = [\"c@b.example\"]\nmax_seats = 12\nceiling = 20\n\
                without_sweeper = true\n";
    let plan = parse(text).unwrap();
    let again = parse(&write(&plan)).unwrap();
    assert_eq!(plan, again);
    assert_eq!(plan.rows[0].canonical(), again.rows[0].canonical());
    let other = parse(&text.replace("max_seats = 12", "max_seats = 13")).unwrap();
    assert_ne!(plan.rows[0].canonical(), other.rows[0].canonical());
}

#[test]
fn the_sample_is_a_plan_with_every_key() {
    let sample = include_str!("../../../assets/plan.sample.toml");
    assert!(parse(sample).is_ok(), "{:#?}", parse(sample));
    let filled = sample.replace("\n# ", "\n");
    let plan = parse(&filled).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
    assert!(plan.rows.len() >= 4);
    for key in read::keys() {
        assert!(filled.contains(&format!("\n{key} = ")), "{key} stands in the sample");
    }
}

#[test]
fn a_finished_run_is_a_plan_that_says_the_same_again() {
    let mut outcome = crate::domain::receipt::tests::outcome();
    let user = |n: u8| crate::domain::protection::SeatResult {
        user: crate::domain::protection::Chosen {
            id: crate::domain::id::UserId::from_bytes([n; 16]),
            address: Text::of(format_args!("u{n}@bakery.example")),
            name: Text::of(format_args!("User {n}")),
            kind: Kind::User,
        },
        outcome: crate::domain::protection::SeatOutcome::TurnedOn,
    };
    outcome.results = vec![user(1), user(2)];
    (outcome.done.list.eligible, outcome.done.turned_on) = (5, 2);
    let row = |outcome: &crate::domain::run::Outcome| {
        let text = of_run(outcome);
        assert!(text.starts_with("# Made from run B365-7KQ4 of Bakery."), "{text}");
        parse(&text).unwrap_or_else(|mistakes| panic!("{mistakes:#?}")).rows.remove(0)
    };
    let some = row(&outcome);
    assert_eq!(
        (some.customer.as_str(), some.product, some.max_seats),
        ("C-1", Some(Product::Office365), Some(2))
    );
    assert_eq!(some.tenant.as_deref(), Some("2f1c6f4e-8f2a-4f0e-9c3e-6f6d1f0a7b21"));
    assert_eq!(
        some.users,
        Users::These(List::Here(vec!["u1@bakery.example".into(), "u2@bakery.example".into()]))
    );
    // Everybody who may be is on: that is what All comes to.
    outcome.done.list.eligible = 2;
    assert_eq!(row(&outcome).users, Users::All);
    outcome.results.clear();
    assert_eq!(row(&outcome).users, Users::All, "all of them were on before");
    outcome.done.list.eligible = 5;
    assert_eq!(row(&outcome).users, Users::None);
    // The standing rule says more than who is on now. An excluded user stays so on record.
    outcome.protection.rule = Some(crate::domain::protection::AutoRule {
        made: crate::domain::time::Moment::default(),
        by: Text::from("nora"),
        confirmed: 3,
        ceiling: 13,
        last_pass: None,
        attention: None,
    });
    outcome.protection.exclusions = vec![crate::domain::id::UserId::from_bytes([9; 16])];
    let auto = row(&outcome);
    assert_eq!((auto.users, auto.ceiling, auto.max_seats), (Users::Auto, Some(13), Some(3)));
    assert!(of_run(&outcome).contains("1 user is excluded on record"), "{}", of_run(&outcome));
    // How mailboxes are reached stands in comments, the password nowhere.
    outcome.protection.rule = None;
    outcome.run.product = Product::MpExchange;
    outcome.run.impersonation = Some(crate::domain::customer::Impersonation {
        server: Text::from("https://mail.hoster.example/EWS/Exchange.asmx"),
        account: Text::from("DOM\\svc"),
        password: crate::domain::secret::Secret::new("hunter2".to_owned()),
        sample: "ana@bakery.example".parse().unwrap(),
        domains: vec![Text::from("bakery.example")],
        listing: crate::domain::customer::Listing::Directory,
    });
    let hosted = row(&outcome);
    assert_eq!((hosted.tenant, hosted.server), (None, None));
    let text = of_run(&outcome);
    assert!(
        text.contains("# server = ") && text.contains("# directory = true") && !text.contains("hunter2"),
        "{text}"
    );
    let filled = text.replace("\n# server", "\nserver").replace("\n# account", "\naccount");
    assert_eq!(parse(&filled).unwrap().rows[0].account.as_deref(), Some("DOM\\svc"));
}
