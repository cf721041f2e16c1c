//! What a session holds and hears, when it is lost.

use std::{
    sync::mpsc,
    time::{Duration, Instant},
};

use super::*;

#[test]
fn a_hold_whose_session_is_lost_writes_nothing_while_another_has_the_run() {
    let Some(database) = TestDatabase::new() else { return };
    let proxy = Proxy::new(database.port());
    let ann = open(database.address_by(proxy.port), "ann").unwrap();
    let (_, run) = enabled_run(&ann, "C-1");
    let ben = open(database.address_by(database.port()), "ben").unwrap();
    assert!(ben.load_run(&run).unwrap().is_read_only, "ann has it");
    proxy.cut();
    // The server lets go of it a moment later.
    let until = Instant::now() + Duration::from_secs(5);
    while ben.load_run(&run).unwrap().is_read_only {
        assert!(Instant::now() < until, "ben never had it");
    }
    let failure = ann.apply_batch(&run, &users([1])).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Conflict, "{failure:?}");
    assert_eq!(database.words("SELECT count(*) FROM seat"), ["0"]);
    ben.apply_batch(&run, &users([2])).unwrap();
    ben.leave_run(&run).unwrap();
    // Taken again, ann goes on.
    assert!(!ann.load_run(&run).unwrap().is_read_only);
    ann.apply_batch(&run, &users([1])).unwrap();
    assert_eq!(database.words("SELECT count(*) FROM seat"), ["2"]);
}

#[test]
fn after_each_loss_it_listens_again_and_says_that_anything_may_have_been_missed() {
    let Some(database) = TestDatabase::new() else { return };
    drop(open(database.address_by(database.port()), "ann").unwrap());
    let proxy = Proxy::new(database.port());
    let server = Server::connect(&database.address_by(proxy.port)).unwrap();
    let (tell, told) = mpsc::channel();
    let tell = std::sync::Mutex::new(tell);
    let hear = move |news: Option<&str>| drop(tell.lock().unwrap().send(news.map(str::to_owned)));
    server.session().hear(Arc::new(hear)).unwrap();
    let next = || told.recv_timeout(Duration::from_secs(10)).unwrap();
    for round in ["one", "two", "three"] {
        database.run(&format!("NOTIFY backup365, '{round}'"));
        assert_eq!(next().as_deref(), Some(round));
        // Closed for a while: the first tries find nobody.
        proxy.close(round == "two");
        proxy.cut();
        std::thread::sleep(Duration::from_millis(700));
        proxy.close(false);
        assert_eq!(next(), None, "after {round}");
    }
    // One connection listens, however often it was made.
    let listening =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    assert_eq!(database.words(listening), ["1"]);
}

#[test]
fn a_lock_is_taken_once_a_server_that_restarts_is_there_again() {
    let Some(database) = TestDatabase::new() else { return };
    let proxy = Proxy::new(database.port());
    let server = Server::connect(&database.address_by(proxy.port)).unwrap();
    let one = server.session().try_hold("one").unwrap().unwrap();
    proxy.close(true);
    proxy.cut();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(600));
            proxy.close(false);
        });
        let other = server.session().try_hold("other").unwrap();
        assert!(other.is_some_and(|hold| hold.is_live()) && !one.is_live());
    });
}
