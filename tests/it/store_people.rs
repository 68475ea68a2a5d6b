//! What every store promises of accounts, sessions, tokens and the audit.

use crate::store_constraints::{Beside, count};
use crate::store_contract::{city, id, publication};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::collections::BTreeSet;
use wangge::store::{Act, Session, Store, StoreError, Token, copy};
use wangge::unit::{Account, Grant};

const PHC: &str = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$c29tZWhhc2g";

fn now() -> DateTime<Utc> {
    "2026-11-27T08:00:00.123456Z".parse().unwrap()
}

fn grants(words: &[&str]) -> BTreeSet<Grant> {
    words.iter().map(|word| word.parse().unwrap()).collect()
}

pub fn account(name: &str, roles: &[&str]) -> Account {
    Account {
        name: name.into(),
        display_name: format!("示例{name}"),
        grants: grants(roles),
        territory: BTreeSet::new(),
        created_at: now(),
        disabled_at: None,
    }
}

fn session(n: u8, account: &str) -> Session {
    let (created_at, expires_at) = (now(), now() + TimeDelta::hours(12));
    Session { hash: [n; 32], account: account.into(), created_at, seen_at: created_at, expires_at }
}

fn token(name: &str, n: u8, account: Option<&str>, roles: &[&str]) -> Token {
    Token {
        name: name.into(),
        hash: [n; 32],
        account: account.map(str::to_owned),
        grants: grants(roles),
        created_at: now(),
        expires_at: Some(now() + TimeDelta::days(30)),
        revoked_at: None,
    }
}

pub fn act<'a>(action: &'static str, subject: &'a str) -> Act<'a> {
    Act { at: now(), actor: "cli", action, subject, data: json!({"备注": "x"}) }
}

/// A store with a city and the account `lan`.
async fn with_lan(store: &Store) {
    store.publish(&publication(None, &city())).await.unwrap();
    let lan = account("lan", &["planner:land", "viewer"]);
    assert_eq!(store.add_account(&lan, PHC, &act("account.added", "lan")).await.unwrap(), 1);
}

promises! {
    nobody_is_in_an_empty_store
    an_account_comes_back_as_it_was_added_and_set
    what_names_nobody_or_nothing_is_refused_whole
    a_disabled_account_or_another_password_ends_its_sessions
    a_session_is_kept_until_it_is_over
    a_token_acts_as_an_account_or_has_roles_of_its_own
    the_audit_has_an_entry_for_each_change_and_can_only_grow
    of_many_changes_at_once_each_has_its_entry
    a_copy_takes_people_along_and_leaves_sessions_behind
}

async fn nobody_is_in_an_empty_store(store: &Store) {
    let roster = store.roster().await.unwrap();
    assert_eq!((roster.head, roster.accounts.len(), roster.tokens.len()), (0, 0, 0));
    assert_eq!(store.audit_head().await.unwrap(), 0);
    assert_eq!(store.password("lan").await.unwrap(), None);
    assert_eq!(store.session(&[1; 32]).await.unwrap(), None);
    assert_eq!(store.verify().await.unwrap(), Vec::<String>::new());
}

async fn an_account_comes_back_as_it_was_added_and_set(store: &Store) {
    with_lan(store).await;
    let mut lan = account("lan", &["planner:land", "viewer"]);
    assert_eq!(store.roster().await.unwrap().accounts, [lan.clone()]);
    assert_eq!(store.password("lan").await.unwrap().as_deref(), Some(PHC));
    lan.display_name = "王兰".into();
    lan.grants = grants(&["approver", "planner:water"]);
    lan.territory = [id(3), id(12)].into();
    lan.disabled_at = Some(now());
    assert_eq!(store.set_account(&lan, &act("account.set", "lan")).await.unwrap(), 2);
    let roster = store.roster().await.unwrap();
    assert_eq!((roster.head, roster.accounts), (2, vec![lan]));
}

async fn what_names_nobody_or_nothing_is_refused_whole(store: &Store) {
    with_lan(store).await;
    let refused = |answer: Result<u64, StoreError>, word: &str| match answer {
        Err(StoreError::Refused(said)) => assert!(said.iter().any(|s| s.contains(word)), "{said:?}"),
        other => panic!("{word}: {other:?}"),
    };
    let a = &act("x", "x");
    refused(store.add_account(&account("lan", &["viewer"]), PHC, a).await, "account lan already");
    refused(store.add_account(&account("li", &["viewer:street"]), PHC, a).await, "no layer street");
    let mut far = account("li", &["viewer"]);
    far.territory = [id(99)].into();
    refused(store.add_account(&far, PHC, a).await, "no unit with id 99");
    refused(store.set_account(&account("li", &["viewer"]), a).await, "no account li");
    refused(store.set_account(&Account { name: "lan".into(), ..far }, a).await, "id 99");
    refused(store.set_password("li", PHC, a).await, "no account li");
    refused(store.add_token(&token("t", 1, Some("li"), &[]), a).await, "no account li");
    refused(store.add_token(&token("t", 1, Some("lan"), &["viewer"]), a).await, "one of the two");
    refused(store.add_token(&token("t", 1, None, &[]), a).await, "one of the two");
    refused(store.add_token(&token("t", 1, None, &["viewer:street"]), a).await, "no layer street");
    refused(store.revoke_token("t", a).await, "no token t");
    let roster = store.roster().await.unwrap();
    assert_eq!((roster.head, roster.tokens.len()), (1, 0), "nothing was written down");
    assert_eq!(roster.accounts, [account("lan", &["planner:land", "viewer"])]);
}

async fn a_disabled_account_or_another_password_ends_its_sessions(store: &Store) {
    with_lan(store).await;
    store.add_account(&account("li", &["viewer"]), PHC, &act("account.added", "li")).await.unwrap();
    for (n, name) in [(1, "lan"), (2, "lan"), (3, "li")] {
        store.start_session(&session(n, name), &act("session.started", name)).await.unwrap();
    }
    let other = PHC.replace("c29tZWhhc2g", "b3RoZXJoYXNo");
    store.set_password("li", &other, &act("account.password", "li")).await.unwrap();
    assert_eq!(store.password("li").await.unwrap().as_deref(), Some(other.as_str()));
    assert_eq!(store.session(&[3; 32]).await.unwrap(), None);
    assert!(store.session(&[2; 32]).await.unwrap().is_some());
    let mut lan = account("lan", &["planner:land", "viewer"]);
    lan.disabled_at = Some(now());
    store.set_account(&lan, &act("account.disabled", "lan")).await.unwrap();
    assert_eq!(count(store, "session").await, 0);
}

async fn a_session_is_kept_until_it_is_over(store: &Store) {
    with_lan(store).await;
    let mut first = session(1, "lan");
    store.start_session(&first, &act("session.started", "lan")).await.unwrap();
    assert_eq!(store.session(&[1; 32]).await.unwrap(), Some(first.clone()));
    let head = store.audit_head().await.unwrap();
    first.seen_at += TimeDelta::hours(1);
    first.expires_at += TimeDelta::hours(1);
    store.touch_session(&first).await.unwrap();
    assert_eq!(store.session(&[1; 32]).await.unwrap(), Some(first.clone()));
    store.touch_session(&session(1, "lan")).await.unwrap();
    assert_eq!(store.session(&[1; 32]).await.unwrap(), Some(first.clone()), "never back");
    assert_eq!(store.audit_head().await.unwrap(), head, "being seen is not written down");
    let mut later = session(2, "lan");
    later.created_at = first.expires_at;
    later.expires_at = first.expires_at + TimeDelta::hours(1);
    store.start_session(&later, &act("session.started", "lan")).await.unwrap();
    assert_eq!(store.session(&[1; 32]).await.unwrap(), None, "what is over goes");
    let ended = store.end_session(&[2; 32], &act("session.ended", "lan")).await.unwrap();
    assert_eq!(store.session(&[2; 32]).await.unwrap(), None);
    assert_eq!(store.end_session(&[2; 32], &act("session.ended", "lan")).await.unwrap(), ended);
}

async fn a_token_acts_as_an_account_or_has_roles_of_its_own(store: &Store) {
    with_lan(store).await;
    let (as_lan, own) = (token("b", 1, Some("lan"), &[]), token("a", 2, None, &["worker:land", "viewer"]));
    for token in [&as_lan, &own] {
        store.add_token(token, &act("token.added", &token.name)).await.unwrap();
    }
    assert_eq!(store.roster().await.unwrap().tokens, [own.clone(), as_lan.clone()]);
    assert!(own.works_at(now()) && !own.works_at(now() + TimeDelta::days(30)));
    assert!(matches!(store.add_token(&own, &act("x", "a")).await, Err(StoreError::Refused(_))));
    let revoked = store.revoke_token("a", &act("token.revoked", "a")).await.unwrap();
    let ended = &store.roster().await.unwrap().tokens[0];
    assert_eq!(ended.revoked_at, Some(now()));
    assert!(!ended.works_at(now()));
    assert_eq!(store.revoke_token("a", &act("token.revoked", "a")).await.unwrap(), revoked);
}

async fn the_audit_has_an_entry_for_each_change_and_can_only_grow(store: &Store) {
    with_lan(store).await;
    store.start_session(&session(1, "lan"), &act("session.started", "lan")).await.unwrap();
    let entries = store.audit(0, 10).await.unwrap();
    let told: Vec<_> = entries.iter().map(|e| (e.seq, e.action.as_str(), e.subject.as_str())).collect();
    assert_eq!(told, [(1, "account.added", "lan"), (2, "session.started", "lan")]);
    assert_eq!((entries[0].prev, entries[1].prev), ([0; 32], entries[0].hash));
    assert_eq!(entries[0].data, "{\"备注\":\"x\"}");
    assert_eq!(entries[0].at, now());
    assert_eq!(store.audit(1, 10).await.unwrap(), entries[1..]);
    assert_eq!(store.audit(0, 1).await.unwrap(), entries[..1]);
    assert_eq!(store.verify().await.unwrap(), Vec::<String>::new());
    let mut beside = Beside::open(store).await;
    let mut statements =
        vec!["update audit set actor = 'li' where seq = 1", "delete from audit where seq = 2"];
    if matches!(beside, Beside::PostGis(_)) {
        statements.push("truncate audit");
    }
    for statement in statements {
        let error = beside.run(statement).await.expect_err(statement).to_string();
        assert!(error.contains("append-only"), "{statement}: {error}");
    }
    let forged = "insert into audit (seq, at, actor, action, subject, data, prev, hash)
        select 3, at, 'li', action, subject, data, hash, {other} from audit where seq = 2";
    beside.run(forged).await.unwrap();
    let findings = store.verify().await.unwrap();
    assert_eq!(findings, ["audit: entry 3 is not as it was written"]);
}

async fn of_many_changes_at_once_each_has_its_entry(store: &Store) {
    with_lan(store).await;
    let start = async |n: u8| {
        store.start_session(&session(n, "lan"), &act("session.started", "lan")).await.unwrap();
    };
    let starts: Vec<_> = (1..=12).map(start).collect();
    futures::future::join_all(starts).await;
    assert_eq!(store.audit_head().await.unwrap(), 13);
    assert_eq!(store.verify().await.unwrap(), Vec::<String>::new());
}

async fn a_copy_takes_people_along_and_leaves_sessions_behind(store: &Store) {
    with_lan(store).await;
    let mut li = account("li", &["approver"]);
    (li.territory, li.disabled_at) = ([id(14)].into(), Some(now()));
    store.add_account(&li, PHC, &act("account.added", "li")).await.unwrap();
    for token in [token("a", 2, None, &["worker:land"]), token("b", 3, Some("lan"), &[])] {
        store.add_token(&token, &act("token.added", &token.name)).await.unwrap();
    }
    store.revoke_token("a", &act("token.revoked", "a")).await.unwrap();
    store.start_session(&session(1, "lan"), &act("session.started", "lan")).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (file, there) = (folder.path().join("copy.gpkg"), crate::postgis::place().await);
    copy(store, &file, &mut |_| ()).await.unwrap();
    let file = Store::open(&file).await.unwrap();
    copy(&file, &there, &mut |_| ()).await.unwrap();
    store.backup(&folder.path().join("backup.gpkg")).await.unwrap();
    let backup = Store::open(&folder.path().join("backup.gpkg")).await.unwrap();
    for other in [file, Store::open(&there).await.unwrap(), backup] {
        assert_eq!(other.roster().await.unwrap(), store.roster().await.unwrap());
        assert_eq!(other.audit(0, 100).await.unwrap(), store.audit(0, 100).await.unwrap());
        assert_eq!(other.password("li").await.unwrap(), store.password("li").await.unwrap());
        assert_eq!(count(&other, "session").await, 0, "{}", other.place());
        assert_eq!(other.verify().await.unwrap(), Vec::<String>::new());
    }
    assert_eq!(count(store, "session").await, 1);
}

#[tokio::test]
async fn nobody_is_signed_in_again_by_a_backup_that_is_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let (live, kept) = (folder.path().join("live.gpkg"), folder.path().join("kept.gpkg"));
    let store = Store::create(&live).await.unwrap();
    with_lan(&store).await;
    store.start_session(&session(1, "lan"), &act("session.started", "lan")).await.unwrap();
    store.close().await;
    // As an operator would with the server stopped: this copy has the session in it.
    std::fs::copy(&live, &kept).unwrap();
    Store::restore(&kept, &live).await.unwrap();
    let store = Store::open(&live).await.unwrap();
    assert_eq!(count(&store, "session").await, 0);
    assert_eq!(store.roster().await.unwrap().accounts.len(), 1);
}
