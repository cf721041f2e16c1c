//! A pooler in between: one that shares sessions is refused, one that does not is worked with.

use std::{
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::*;

/// Ended with the test.
struct Pooler(Child);

impl Drop for Pooler {
    fn drop(&mut self) {
        let _over = self.0.kill();
        let _over = self.0.wait();
    }
}

#[test]
fn a_pooler_in_transaction_mode_is_refused_with_words_and_in_session_mode_works() {
    let Some(cluster) = Cluster::new("") else { return };
    let program =
        ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].map(Path::new).into_iter().find(|path| path.is_file());
    let Some(program) = program else {
        assert!(!is_gate(), "pgbouncer is not here");
        eprintln!("SKIPPED the pooler: pgbouncer is not here");
        return;
    };
    cluster.sql("postgres", "CREATE DATABASE team");
    for (mode, robin) in [("transaction", 0), ("transaction", 1), ("statement", 0), ("session", 0)] {
        let port = cluster::free_port();
        let settings = format!(
            "[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             auth_type = any\nadmin_users = postgres\nunix_socket_dir =\npool_mode = {mode}\nserver_round_robin = {robin}\n\
             default_pool_size = 20\n[databases]\nteam = host=127.0.0.1 port={} user=postgres\n",
            cluster.port
        );
        let file = cluster.put("pgbouncer.ini", &settings);
        let mut command = cluster::as_postgres(program);
        command.arg("-q").arg(&file).stdout(Stdio::null()).stderr(Stdio::null());
        let _pooler = Pooler(command.spawn().unwrap());
        let until = Instant::now() + Duration::from_secs(5);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "no pooler");
            thread::sleep(Duration::from_millis(20));
        }
        let url = format!("postgres://postgres@127.0.0.1:{port}/team?sslmode=disable");
        if mode == "session" {
            let ann = open(address(&url), "ann").unwrap();
            let (_, run) = enabled_run(&ann, "C-1");
            let ben = open(address(&url), "ben").unwrap();
            assert!(ben.load_run(&run).unwrap().is_read_only);
            ann.apply_batch(&run, &users(1..50)).unwrap();
            continue;
        }
        // Others use it, too, so that it has several sessions to give.
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| ask(&address(&url), "SELECT pg_sleep(0.05)"));
            }
        });
        for _ in 0..3 {
            let said = words(&open(address(&url), "ann").unwrap_err());
            assert!(
                said.contains("pooler that shares sessions") && said.contains("pool_mode = session"),
                "{mode}: {said}"
            );
        }
        assert_eq!(
            cluster.sql("team", "SELECT to_regnamespace('backup365') IS NULL"),
            ["t"],
            "nothing was made"
        );
    }
}
