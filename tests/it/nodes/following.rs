//! Following a store that holds what it should not.

use crate::http::client::wait;
use crate::postgis;
use crate::square;
use crate::store_contract::publication;
use std::sync::Arc;
use std::time::Duration;
use wangge::app::App;
use wangge::app::access::Policy;
use wangge::snapshot::Revision;
use wangge::store::{Location, Store};

const LONG: Duration = Duration::from_secs(30);

/// The town in a database of its own, open and followed.
async fn followed() -> (String, Store, Arc<App>, tokio::task::JoinHandle<()>) {
    let database = postgis::database().await;
    let place = Location::parse(postgis::shared_url(&database)).unwrap();
    let store = Store::create(&place).await.unwrap();
    store.publish(&publication(None, &square::layers())).await.unwrap();
    let app = App::open(Store::open(&place).await.unwrap(), Policy::default()).await.unwrap();
    let followed = app.clone();
    let task = tokio::spawn(async move { followed.follow().await });
    (database, store, app, task)
}

async fn until(what: &str, so: impl Fn() -> bool) {
    let waiting = async {
        while !so() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(LONG, waiting).await.unwrap_or_else(|_| panic!("never: {what}"));
}

fn number(app: &App) -> u64 {
    app.published().revision().number
}

#[test]
fn a_revision_that_cannot_be_built_leaves_the_state_in_force_and_is_tried_again_ever_later() {
    wait(async {
        let (database, store, app, task) = followed().await;
        let sql = |sql: &'static str| postgis::shared().sql(&database, sql);
        sql("create function wangge.spoil() returns trigger language plpgsql as $$
               begin new.level = 'nowhere'; return new; end $$;
             create trigger spoil before insert on wangge.unit_version
               for each row execute function wangge.spoil()")
        .await;
        let mut layers = square::layers();
        layers[0].units[5].name = "改名".into();
        store.publish(&publication(Some(1), &layers)).await.unwrap();
        until("it was tried", || app.store_health().failures == 1).await;
        until("it was tried again", || app.store_health().failures == 2).await;
        assert_eq!(number(&app), 1, "readers go on");
        let health = app.store_health();
        assert!(health.answers && health.writable && health.head == 2 && !health.diverged, "{health:?}");
        sql("update wangge.unit_version set level = 'grid' where level = 'nowhere'").await;
        until("it is taken up", || number(&app) == 2).await;
        task.abort();
    });
}

#[test]
fn a_store_that_lost_the_state_in_force_turns_writing_off_and_is_told() {
    wait(async {
        let (database, store, app, task) = followed().await;
        store.publish(&publication(Some(1), &square::layers())).await.unwrap();
        until("revision 2", || number(&app) == 2).await;
        until("it was looked at", || app.store_health().head == 2).await;
        assert!(app.works().edit && app.works().intake);
        // As after a promotion that lost it: the same number comes again with another state.
        for lost in [
            "delete from wangge.event where revision = 2",
            "update wangge.event_head set seq = (select coalesce(max(seq), 0) from wangge.event)",
            "delete from wangge.revision where number = 2",
        ] {
            postgis::shared().sql(&database, lost).await;
        }
        until("it is gone", || app.store_health().diverged).await;
        assert_eq!((app.works().edit, app.works().lookup), (false, true));
        let mut layers = square::layers();
        layers[0].units[5].name = "改名".into();
        let Revision { number: again, .. } = store.publish(&publication(Some(1), &layers)).await.unwrap().0;
        assert_eq!(again, 2);
        until("another revision 2", || app.store_health().head == 2).await;
        assert!(app.store_health().diverged && number(&app) == 2, "nobody goes back by himself");
        task.abort();
    });
}
