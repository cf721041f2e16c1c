//! Mistakes, the check, the bill, the summary, and what is not done.

use std::{fs, os::unix::fs::PermissionsExt as _};

use super::many::{Many, asked, granted, names};

#[test]
fn every_mistake_is_told_at_once_and_nothing_is_done() {
    let many = Many::new(&[granted(3), granted(3)]);
    many.plan(
        "plan.toml",
        "[[customer]]\ncustomer = \"C-1\"\nusres = \"all\"\n\n[[customer]]\nusers = \"all\"\n",
    );
    many.plan(
        "more.toml",
        "[defaults]\nusers = \"all\"\n[[customer]]\ncustomer = \"C-9\"\n[[customer]]\ncustomer = \"C-1\"\n\
         [[customer]]\ncustomer = \"customer 1\"\n[[customer]]\ncustomer = \"C-2\"\nusers = { file = \"gone.txt\" }\n",
    );
    let said = many.run(&["apply", "plan.toml", "more.toml", "gone.toml", "--max-seats", "9"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert_eq!(said.out, "");
    for words in [
        "plan.toml line 2: users is missing.",
        "plan.toml line 4: There is no key \"usres\". Did you mean \"users\"?",
        "plan.toml line 6: The customer is missing.",
        "more.toml line 10: users: the file gone.txt can't be read: there is no such file.",
        "gone.toml line 1: The plan can't be read: there is no such file.",
        "Nothing was done. Mend the plan, then start again.",
    ] {
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
    assert_eq!(many.record().count("run"), 0);

    // What only the record knows is told once the files can be read.
    let rows = fs::read_to_string(many.home.path().join("more.toml")).unwrap();
    let rows = rows.replace("version = 1\n", "").replace("{ file = \"gone.txt\" }", "\"none\"");
    many.plan("plan.toml", &rows);
    let said = many.apply(&["--check"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("plan.toml line 4: No customer on record is called C-9."), "{}", said.err);
    assert!(
        said.err.contains("plan.toml line 8: Customer 1 stands in plan.toml line 6 already."),
        "{}",
        said.err
    );
}

#[test]
fn a_check_shows_the_bill_and_writes_nothing() {
    let many = Many::new(&[granted(3), asked(5), granted(4)]);
    many.plan_of(3);
    let said = many.apply(&["--check", "--max-seats", "20"]);
    assert_eq!(said.code, 0, "{said:?}");
    let line = |name: &str| said.out.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(line("Customer 1").contains("…1111") && line("Customer 1").contains("all    3"), "{}", said.out);
    assert!(line("Customer 2").contains("?          not accepted yet"), "{}", said.out);
    for words in [
        "3 customers, 7 new seats to be billed now.",
        "The bill of 1 customer is known after consent.",
        "At most 20 of the whole plan are allowed (--max-seats).",
    ] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
    assert!(!many.home.store().exists(), "there was no record, and there is none now");
    let json = many.apply(&["--check", "--json"]).json();
    assert_eq!(
        (&json["check"], &json["seats"]["to_bill"], &json["customers"][0]["new_seats"]),
        (&true.into(), &7.into(), &3.into())
    );
    assert_eq!(json["customers"][1]["result"], "checked");

    let said = many.apply(&["--check", "--max-seats", "6"]);
    assert_eq!(said.code, 7, "{said:?}");
    assert!(said.out.contains("That is more than --max-seats allows (6)."), "{}", said.out);
}

#[test]
fn a_plan_is_done_once_with_a_receipt_each_and_done_again_only_when_asked() {
    let many = Many::new(&[granted(3), granted(1), granted(4), granted(2)]);
    many.plan_of(4);
    let said = many.apply(&[]);
    assert_eq!((said.code, many.record().count("run")), (2, 0), "{said:?}");
    assert!(
        said.err.contains("--max-seats is missing") && said.err.contains("--max-seats 10"),
        "{}",
        said.err
    );

    let said = many.apply(&["--max-seats", "10"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.out.contains("4 customers: 4 done. Billed by this plan: 10 seats of at most 10."),
        "{}",
        said.out
    );
    let record = many.record();
    assert_eq!((record.seats(), record.count("run WHERE finished IS NOT NULL")), (10, 4));
    let folder = many.folder();
    assert!(said.err.contains(folder.to_str().unwrap()), "{}", said.err);
    assert_eq!(fs::read_to_string(folder.join("summary.txt")).unwrap(), said.out);
    let receipts = names(&folder.join("receipts"));
    assert_eq!(receipts.len(), 8, "a ticket and a JSON for each: {receipts:?}");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join("summary.json"))), (0o700, 0o600));

    let said = many.apply(&["--max-seats", "10", "--json"]);
    let json = said.json();
    assert_eq!((said.code, record.count("run"), record.seats()), (0, 4, 10), "{said:?}");
    assert_eq!((&json["seats"]["billed"], &json["customers"][3]["result"]), (&10.into(), &"done".into()));
    assert_eq!(json["customers"][0]["receipt"]["counts"]["protected"], 3);
    assert!(said.err.contains("add --again"), "{}", said.err);

    let said = many.apply(&["--max-seats", "10", "--again"]);
    assert_eq!((said.code, record.count("run"), record.seats()), (0, 8, 10), "{said:?}");
}

#[test]
fn a_changed_row_is_done_and_the_others_are_left_as_they_are() {
    let many = Many::new(&[granted(3), granted(4)]);
    let rows = "[defaults]\nusers = \"all\"\n[[customer]]\ncustomer = \"C-1\"\n[[customer]]\ncustomer = \"C-2\"\nusers = \"none\"\n";
    many.plan("plan.toml", rows);
    assert_eq!(many.apply(&["--max-seats", "10"]).code, 0);
    let record = many.record();
    assert_eq!((record.seats(), record.count("run")), (3, 2));
    many.plan("plan.toml", &format!("# mended\n{}", rows.replace("users = \"none\"\n", "")));
    let said = many.apply(&["--max-seats", "10"]);
    assert_eq!((said.code, record.seats(), record.count("run")), (0, 7, 3), "{said:?}");
    assert!(
        said.out.contains("Customer 1  Office 365") && said.out.contains("finished before"),
        "{}",
        said.out
    );
}

#[test]
fn a_bill_above_the_limit_is_not_begun_and_stops_the_others() {
    // Known beforehand: nothing is begun.
    let many = Many::new(&[granted(3), granted(4)]);
    many.plan_of(2);
    let said = many.apply(&["--max-seats", "6"]);
    assert_eq!((said.code, many.record().count("run")), (7, 0), "{said:?}");
    assert!(said.err.contains("Nothing was done"), "{}", said.err);

    // A row's own limit, too.
    many.plan("plan.toml", "[defaults]\nusers = \"all\"\n[[customer]]\ncustomer = \"C-1\"\n[[customer]]\ncustomer = \"C-2\"\nmax_seats = 3\n");
    let said = many.apply(&["--max-seats", "60", "--json"]);
    assert_eq!((said.code, many.record().count("run")), (7, 0), "{said:?}");
    let json = said.json();
    assert_eq!(
        (&json["customers"][1]["result"], &json["customers"][0]["result"]),
        (&"stopped".into(), &"not_started".into())
    );
    assert!(
        json["customers"][1]["words"].as_str().unwrap().contains("max_seats of this row allows at most 3")
    );

    // Known after consent only: what is left is shared by all, and nobody new is started once it does not suffice.
    let many = Many::new(&[asked(5), asked(5), asked(5), asked(1), asked(1)]);
    many.plan_of(5);
    let said = many.apply(&["--max-seats", "12", "--rehearse", "--at-once", "1"]);
    let record = many.record();
    assert_eq!((said.code, record.seats()), (7, 10), "{said:?}");
    assert!(said.out.contains("of what --max-seats allows for the whole plan 2 are left"), "{}", said.out);
    assert_eq!(said.out.matches("not started").count(), 3, "two customers and the count: {}", said.out);
    assert_eq!(record.count("run"), 3);
    // With more allowed it goes on where it was.
    let said = many.apply(&["--max-seats", "17", "--rehearse"]);
    assert_eq!((said.code, record.seats(), record.count("run")), (0, 17, 5), "{said:?}");
}

#[test]
fn the_wrong_tenant_stops_the_plan_after_the_first_two() {
    let many = Many::new(&[asked(2), asked(2), asked(2), asked(2)]);
    many.plan_of(4);
    let fault = format!("other-organization={}", super::many::tenant(4));
    let said = many.apply(&["--max-seats", "9", "--rehearse", "--fault", &fault]);
    let record = many.record();
    assert_eq!((said.code, record.seats(), record.count("run")), (4, 0, 2), "{said:?}");
    assert!(said.out.contains("wrong organisation") && said.out.contains("2 not started"), "{}", said.out);
    assert!(said.err.contains("Nobody new was started"), "{}", said.err);
    assert_eq!(record.count("enablement"), 0);
}

#[test]
fn a_tenant_that_is_not_the_one_on_record_is_found_by_the_check() {
    let many = Many::new(&[granted(2), granted(2)]);
    let other = super::many::tenant(2);
    many.plan("plan.toml", &format!("[defaults]\nusers = \"all\"\n[[customer]]\ncustomer = \"C-1\"\ntenant = \"{other}\"\n[[customer]]\ncustomer = \"C-2\"\n"));
    let said = many.apply(&["--max-seats", "9"]);
    assert_eq!((said.code, many.record().count("run")), (2, 0), "{said:?}");
    assert!(said.err.contains("plan.toml line 4"), "{}", said.err);
}

#[test]
fn hosted_customers_get_their_password_from_elsewhere_and_nobody_sees_it() {
    let many = Many::standard();
    let row = "[[customer]]\ncustomer = \"Anderson Dental\"\nusers = \"all\"\naccount = \"svc-backup@andersondental.example\"\n\
               mailbox = \"ana.brennan@andersondental.example\"\nserver = \"mail.coastline-hosting.example\"\ndirectory = true\n";
    many.plan("plan.toml", &format!("{row}password_file = \"gone\"\n"));
    let said = many.apply(&["--max-seats", "9", "--trust-plan"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("password_file: ") && said.err.contains("gone can't be read"), "{}", said.err);

    fs::write(many.home.path().join("secret"), "invented-anderson\n").unwrap();
    many.plan("plan.toml", &format!("{row}password_file = \"secret\"\n"));
    let said = many.apply(&["--max-seats", "9", "--verbose", "--trust-plan"]);
    assert_eq!((said.code, many.record().seats()), (0, 8), "{said:?}");
    assert!(!said.all().contains("invented-anderson"));
    for file in many.home.files().iter().filter(|file| !file.ends_with("secret")) {
        let bytes = fs::read(file).unwrap();
        let holds = bytes.windows(17).any(|part| part == b"invented-anderson");
        // The sandbox's journal is the customer's side.
        assert!(!holds || file.to_str().unwrap().contains("journal"), "{}", file.display());
    }
}

#[test]
fn enable_auto_without_a_sweeper_is_found_by_the_check() {
    let many = Many::new(&[granted(2), granted(2)]);
    let rows =
        "[defaults]\nusers = \"auto\"\n[[customer]]\ncustomer = \"C-1\"\n[[customer]]\ncustomer = \"C-2\"\n";
    many.plan("plan.toml", rows);
    let said = many.apply(&["--check"]);
    assert_eq!(said.code, 7, "a check has the gates of what it checks: {said:?}");
    assert!(said.out.contains("no sweeper is installed"), "{}", said.out);
    let said = many.apply(&["--max-seats", "9"]);
    assert_eq!((said.code, many.record().count("run")), (7, 0), "{said:?}");
    assert!(said.err.contains("write without_sweeper = true into the row or the defaults"), "{}", said.err);
    many.plan("plan.toml", &rows.replace("\"auto\"\n", "\"auto\"\nwithout_sweeper = true\n"));
    let said = many.apply(&["--max-seats", "4"]);
    assert_eq!((said.code, many.record().count("auto_rule"), many.record().seats()), (3, 2, 0), "{said:?}");
    assert!(
        said.out.contains("2 wait for a sweep, but none can turn them on yet")
            && said.out.contains("4 seats of at most 4"),
        "{}",
        said.out
    );
}

#[test]
fn a_check_has_the_gates_of_customers_who_have_not_accepted() {
    let many = Many::new(&[asked(2), asked(2)]);
    let rows =
        "[defaults]\nusers = \"auto\"\n[[customer]]\ncustomer = \"C-1\"\n[[customer]]\ncustomer = \"C-2\"\n";
    many.plan("plan.toml", rows);
    let said = many.apply(&["--check"]);
    assert_eq!(said.code, 7, "nothing runs at 20:00, accepted or not: {said:?}");
    assert!(said.out.contains("no sweeper is installed"), "{}", said.out);
    let said = many.apply(&["--max-seats", "9"]);
    assert_eq!((said.code, many.record().count("run")), (7, 0), "{said:?}");
    many.plan("plan.toml", &rows.replace("\"auto\"\n", "\"auto\"\nwithout_sweeper = true\n"));
    let said = many.apply(&["--check"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("To apply the plan: --max-seats is missing"), "{}", said.err);
    let said = many.apply(&["--check", "--max-seats", "9"]);
    assert!(said.code == 0 && !said.err.contains("is missing"), "{said:?}");
}

#[test]
fn the_sample_plan_works_in_the_sandbox() {
    let many = Many::standard();
    fs::write(many.home.path().join("plan.toml"), include_str!("../../../assets/plan.sample.toml")).unwrap();
    let said = many.apply(&["--max-seats", "400", "--rehearse"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("3 customers: 3 done."), "{}", said.out);
}

#[test]
fn stdout_may_be_closed_and_the_plan_is_done_all_the_same() {
    let many = Many::new(&[granted(2), granted(2)]);
    many.plan_of(2);
    let mut command = many.command(&["apply", "plan.toml", "--max-seats", "9"]);
    let mut child =
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(many.record().seats(), 4);
}
