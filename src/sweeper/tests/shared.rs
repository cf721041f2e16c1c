//! A record on a server, which a team shares: what all sweepers together may ask, and what the server comes between.

use super::{
    hosted::{HOSTED, SERVER, access},
    *,
};
use crate::domain::customer::Listing;

/// More users than are written at once.
const CROWD: Place = Place::new(4, "users = 230");
const YARD: Place = Place::new(5, "users = 6");

impl Stage {
    /// With the record on a server; none, said aloud, where no server is named.
    async fn on_server(places: &[Place], rest: &str) -> Option<Self> {
        let database = tokio::task::block_in_place(TestDatabase::new)?;
        Some(Self { database: Some(database), ..Self::new(places, rest).await })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_sweepers_together_ask_no_more_of_a_hosters_server_than_one_may() {
    let Some(stage) = Stage::on_server(&[HOSTED], SERVER).await else { return };
    stage.hosted_rule(HOSTED, &access(Listing::Directory));
    stage.at(NIGHTS[0]);
    let (store, other) = (stage.store(), stage.store());
    let take = |store: &Store, server| store.place_on(server, 4).unwrap();
    let mut places: Vec<_> = (0..4).map(|_| take(&other, "mail.hoster.example").unwrap()).collect();
    assert!(take(&store, "mail.hoster.example").is_none() && take(&other, "mail.hoster.example").is_none());
    assert!(take(&store, "mail.other.example").is_some(), "each server has its own");
    let (provider, clock) = (stage.provider(), stage.clock());
    let passing = tokio::spawn(async move { pass(&provider, &clock, &[], |_none| ()).await.unwrap() });
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(store.sweeps(1).unwrap().is_empty(), "it waits before it takes the customer");
    places.pop();
    assert_eq!(passing.await.unwrap()[0].turned_on.len(), 3);
    assert!(take(&store, "mail.hoster.example").is_some(), "it has let go");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_records_server_came_between_is_done_by_the_same_start() {
    let Some(stage) = Stage::on_server(&[CROWD, YARD], "").await else { return };
    for place in [CROWD, YARD] {
        stage.rule(place, 10_000).await;
    }
    stage.at(NIGHTS[0]);
    let database = stage.database.as_ref().unwrap();
    // As when it is shut down, in the middle of the first customer: some are on, and others are not.
    database.run(
        "CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF (SELECT count(*) FROM seat WHERE customer = NEW.customer) >= 200 THEN
             RAISE EXCEPTION 'away' USING ERRCODE = 'admin_shutdown';
           END IF;
           RETURN NEW;
         END $$;
         CREATE TRIGGER away BEFORE INSERT ON seat FOR EACH ROW EXECUTE FUNCTION away()",
    );
    let told = AtomicI64::new(0);
    let waiting = |open| {
        told.store(i64::try_from(open).unwrap(), Ordering::SeqCst);
        tokio::task::block_in_place(|| database.run("DROP TRIGGER away ON seat"));
    };
    let pauses = [Duration::from_millis(1)];
    let reports = pass(&stage.provider(), &stage.clock(), &pauses, waiting).await.unwrap();
    let each: Vec<_> =
        reports.iter().map(|it| (it.reference.as_str(), it.turned_on.len(), it.needs_attention())).collect();
    assert_eq!(each, [("C-4", 230, false), ("C-5", 6, false)]);
    assert_eq!(told.load(Ordering::SeqCst), 1);
    assert_eq!((stage.on(CROWD).len(), stage.store().sweeps(10).unwrap().len()), (230, 2));
}
