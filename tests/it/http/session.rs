//! Signing in and out, tokens, and what accounts change for everybody.

use super::client::{Answer, Client, opened, wait};
use crate::store_people::{account, act};
use axum::Router;
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use std::sync::Arc;
use wangge::app::App;
use wangge::app::access::secret::Secret;
use wangge::app::access::{Policy, password};
use wangge::store::Token;

const READ: &str = "/api/v1/revisions";
const SESSION: &str = "/api/v1/session";
const POSTS: &str = "/api/v1/units/land/g1/posts";
const PASSWORD: &str = "correct horse 正确";

/// A town with accounts.
pub struct Staffed {
    app: Arc<App>,
    router: Router,
    _folder: tempfile::TempDir,
}

impl Staffed {
    pub fn new(policy: Policy, accounts: &[(&str, &[&str])]) -> Self {
        let (app, router, folder) = opened(policy);
        let staffed = Self { app, router, _folder: folder };
        for (name, roles) in accounts {
            staffed.add(name, roles);
        }
        staffed
    }

    /// As another program would, with the server asking a moment later.
    fn add(&self, name: &str, roles: &[&str]) {
        let phc = password::hash(PASSWORD);
        let (account, act) = (account(name, roles), act("account.added", name));
        wait(self.app.store().add_account(&account, &phc, &act)).unwrap();
        self.refresh();
    }

    /// Somebody with a territory.
    pub fn add_with_ground(&self, name: &str, roles: &[&str], units: &[u64]) {
        let mut account = account(name, roles);
        account.territory = units.iter().map(|&n| crate::square::id(n)).collect();
        let (phc, act) = (password::hash(PASSWORD), act("account.added", name));
        wait(self.app.store().add_account(&account, &phc, &act)).unwrap();
        self.refresh();
    }

    /// All that is written down.
    pub fn audit(&self) -> Vec<wangge::store::Entry> {
        wait(self.app.store().audit(0, 1_000)).unwrap()
    }

    /// The router.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    fn refresh(&self) {
        wait(self.app.refresh_people()).unwrap();
    }

    /// Somebody in the local network who asks under the server's own name.
    pub fn client(&self) -> Client {
        Client::of(self.router.clone(), "192.0.2.7:50000").with("host", "grids.example:8080")
    }

    fn token(&self, name: &str, account: Option<&str>, roles: &[&str], days: i64) -> Secret {
        let secret = Secret::of_token();
        let token = Token {
            name: name.into(),
            hash: secret.hash(),
            account: account.map(str::to_owned),
            grants: roles.iter().map(|r| r.parse().unwrap()).collect(),
            created_at: Utc::now() - TimeDelta::days(2),
            expires_at: Some(Utc::now() + TimeDelta::days(days)),
            revoked_at: None,
        };
        wait(self.app.store().add_token(&token, &act("token.added", name))).unwrap();
        self.refresh();
        secret
    }
}

fn sign_in(client: &Client, name: &str, password: &str) -> Answer {
    client.post_json(SESSION, &json!({ "name": name, "password": password }))
}

/// The client with the cookie that an answer sets.
fn keeping(client: &Client, answer: &Answer) -> Client {
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    client.clone().with("cookie", &cookie)
}

/// The client of somebody who has signed in.
pub fn signed_in(staffed: &Staffed, name: &str) -> Client {
    let client = staffed.client();
    let answer = sign_in(&client, name, PASSWORD);
    assert_eq!(answer.status, 200, "{}", answer.text());
    keeping(&client, &answer)
}

fn bearer(client: Client, secret: &Secret) -> Client {
    client.with("authorization", &format!("Bearer {}", secret.reveal()))
}

#[test]
fn whoever_signs_in_is_known_until_they_sign_out() {
    let staffed = Staffed::new(Policy::default(), &[("lan", &["planner:land", "approver"])]);
    let client = staffed.client();
    let refused = client.get(READ);
    assert_eq!(refused.problem(), (401, "unauthenticated".into(), "-".into()));
    assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"wangge\"");
    for path in ["/", "/livez", "/readyz", "/api/openapi.json"] {
        assert!(client.get(path).status != 401, "{path} is open");
    }
    for (name, password) in [("lan", "correct horse"), ("nobody", PASSWORD), ("lan", "x")] {
        let wrong = sign_in(&client, name, password);
        assert_eq!(wrong.problem(), (401, "unauthenticated".into(), "-".into()), "{name}");
        assert_eq!(wrong.json()["detail"], "the name or the password is wrong", "the same for all");
        assert_eq!(wrong.header("set-cookie"), "");
    }
    let answer = sign_in(&client, " LAN ", PASSWORD);
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("wangge=") && !cookie.contains("Secure"), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict"), "{cookie}");
    let body = answer.json();
    let roles = json!([{"role": "planner", "layer": "land"}, {"role": "approver", "layer": null}]);
    assert_eq!((&body["name"], &body["display_name"]), (&json!("lan"), &json!("示例lan")));
    assert_eq!((&body["roles"], &body["accounts"], &body["four_eyes"]), (&roles, &json!(true), &json!(true)));
    let known = keeping(&client, &answer);
    assert_eq!(known.get(READ).status, 200);
    assert_eq!(known.get(SESSION).json(), body);
    assert_eq!(client.get(SESSION).json()["name"], Value::Null);
    let out = known.delete(SESSION);
    assert!(out.status == 204 && out.header("set-cookie").starts_with("wangge=; Path=/; Max-Age=0"));
    assert_eq!(known.get(READ).status, 401, "the secret is worth nothing any more");
    assert_eq!(known.delete(SESSION).status, 204, "once more does no harm");
}

#[test]
fn the_first_account_ends_the_time_in_which_this_machine_may_do_everything() {
    let staffed = Staffed::new(Policy::default(), &[]);
    let here = Client::of(staffed.router.clone(), "127.0.0.1:50000");
    let before = here.get(SESSION).json();
    assert_eq!(
        (&before["name"], &before["accounts"], &before["four_eyes"]),
        (&json!("local"), &json!(false), &json!(false))
    );
    assert_eq!(before["roles"].as_array().unwrap().len(), 7);
    assert_eq!(sign_in(&here, "lan", PASSWORD).problem().1, "denied");
    assert_eq!(here.get(READ).status, 200);
    staffed.add("lan", &["viewer"]);
    assert_eq!(here.get(READ).problem().1, "unauthenticated");
    let after = here.get(SESSION).json();
    assert_eq!((&after["name"], &after["four_eyes"]), (&Value::Null, &json!(true)));
    assert_eq!(signed_in(&staffed, "lan").get(READ).status, 200, "under any name, from any address");
}

#[test]
fn roles_decide_who_sees_telephones() {
    let people: [(&str, &[&str]); 3] =
        [("worker", &["worker"]), ("viewer", &["viewer"]), ("auditor", &["auditor"])];
    let staffed = Staffed::new(Policy::default(), &people);
    let phone = |name: &str| signed_in(&staffed, name).get(POSTS).json()["items"][0]["phone"].clone();
    assert_eq!(phone("worker"), "000-0000-0002");
    assert_eq!((phone("viewer"), phone("auditor")), (Value::Null, Value::Null));
}

#[test]
fn a_foreign_page_gets_nothing_out_of_the_cookie() {
    let staffed = Staffed::new(Policy::default(), &[("lan", &["admin"])]);
    let known = signed_in(&staffed, "lan");
    for origin in ["http://evil.example", "http://grids.example:9090", "null"] {
        let page = known.clone().with("origin", origin);
        assert_eq!(page.get(READ).problem().1, "foreign_origin", "{origin}");
        assert_eq!(page.delete(SESSION).problem().1, "foreign_origin", "{origin}");
        assert_eq!(sign_in(&page, "lan", PASSWORD).problem().1, "foreign_origin", "{origin}");
    }
    assert_eq!(known.clone().with("origin", "http://grids.example:8080").get(READ).status, 200);
    assert_eq!(known.without("host").get(READ).problem().1, "foreign_host");
    let rebound = staffed.client().with("host", "evil.example");
    assert_eq!(rebound.get(READ).problem().1, "unauthenticated", "a foreign name brings no cookie");
}

#[test]
fn behind_tls_the_cookie_is_secure_and_bears_its_prefix() {
    let staffed = Staffed::new(Policy::default(), &[("lan", &["viewer"])]);
    let page = staffed.client().with("host", "grids.example").with("origin", "https://grids.example");
    let answer = sign_in(&page, "lan", PASSWORD);
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-wangge=") && cookie.ends_with("; Secure"), "{cookie}");
    assert!(cookie.contains("; Path=/;") && !cookie.contains("Domain"), "{cookie}");
    assert_eq!(keeping(&page, &answer).get(READ).status, 200);
}

#[test]
fn public_reading_stays_public_and_a_token_that_opens_nothing_is_told_so() {
    let staffed = Staffed::new(Policy { public_read: true }, &[("lan", &["worker"])]);
    let stranger = staffed.client();
    assert_eq!(stranger.get(READ).status, 200);
    assert_eq!(stranger.get(POSTS).json()["items"][0]["phone"], Value::Null);
    assert_eq!(signed_in(&staffed, "lan").get(POSTS).json()["items"][0]["phone"], "000-0000-0002");
    let junk = bearer(stranger.clone(), &Secret::of_token());
    assert_eq!(junk.get(READ).problem(), (401, "unauthenticated".into(), "authorization".into()));
    assert_eq!(junk.get("/livez").status, 200);
    let basic = stranger.clone().with("authorization", "Basic bGFuOng=");
    assert_eq!(basic.get(READ).problem().1, "unauthenticated");
    let over = stranger.with("cookie", &format!("wangge={}", "0".repeat(64)));
    assert_eq!(over.get(READ).status, 200, "a session that is over is nobody's");
}

#[test]
fn a_token_opens_what_its_account_or_its_own_roles_open_until_it_ends() {
    let staffed = Staffed::new(Policy::default(), &[("lan", &["worker"]), ("li", &["viewer"])]);
    let as_lan = staffed.token("of-lan", Some("lan"), &[], 1);
    let own = staffed.token("intake", None, &["dispatcher:land"], 1);
    let past = staffed.token("past", None, &["viewer"], -1);
    let who = |secret: &Secret| bearer(staffed.client(), secret).get(SESSION).json()["name"].clone();
    assert_eq!((who(&as_lan), who(&own)), (json!("lan"), json!("token:intake")));
    let phone = |secret| bearer(staffed.client(), secret).get(POSTS).json()["items"][0]["phone"].clone();
    assert_eq!((phone(&as_lan), phone(&own)), (json!("000-0000-0002"), json!("000-0000-0002")));
    let get = |secret: &Secret| bearer(staffed.client(), secret).get(READ).status;
    assert_eq!(get(&past), 401, "expired");
    wait(staffed.app.store().revoke_token("intake", &act("token.revoked", "intake"))).unwrap();
    let mut lan = account("lan", &["worker"]);
    lan.disabled_at = Some(Utc::now());
    wait(staffed.app.store().set_account(&lan, &act("account.set", "lan"))).unwrap();
    staffed.refresh();
    assert_eq!((get(&own), get(&as_lan)), (401, 401), "revoked; its account disabled");
    let both = bearer(signed_in(&staffed, "li"), &own);
    assert_eq!(both.get(READ).status, 401, "a token goes before a cookie");
}

#[test]
fn a_disabled_account_and_another_password_end_sessions_at_once() {
    let staffed = Staffed::new(Policy::default(), &[("lan", &["viewer"]), ("li", &["viewer"])]);
    let (lan, li) = (signed_in(&staffed, "lan"), signed_in(&staffed, "li"));
    assert_eq!((lan.get(READ).status, li.get(READ).status), (200, 200));
    let mut disabled = account("lan", &["viewer"]);
    disabled.disabled_at = Some(Utc::now());
    let store = staffed.app.store();
    wait(store.set_account(&disabled, &act("account.set", "lan"))).unwrap();
    let other = password::hash("another horse");
    wait(store.set_password("li", &other, &act("account.password", "li"))).unwrap();
    staffed.refresh();
    assert_eq!((lan.get(READ).status, li.get(READ).status), (401, 401));
    assert_eq!(sign_in(&staffed.client(), "lan", PASSWORD).status, 401);
    assert_eq!(sign_in(&staffed.client(), "li", PASSWORD).status, 401);
    assert_eq!(sign_in(&staffed.client(), "li", "another horse").status, 200);
}

#[test]
fn a_guesser_is_told_to_wait_and_others_are_not() {
    let staffed = Staffed::new(Policy::default(), &[("lan", &["viewer"])]);
    for name in ["lan", "nobody"] {
        for _ in 0..5 {
            assert_eq!(sign_in(&staffed.client(), name, "wrong password").status, 401);
        }
        let told = sign_in(&staffed.client(), name, PASSWORD);
        assert_eq!(told.problem(), (429, "too_many_attempts".into(), "-".into()), "{name}");
        let seconds: u64 = told.header("retry-after").parse().unwrap();
        assert!((1..=2).contains(&seconds), "{seconds}");
    }
    let elsewhere = Client::of(staffed.router.clone(), "192.0.2.8:50000").with("host", "grids.example");
    assert_eq!(sign_in(&elsewhere, "lan", PASSWORD).status, 200);
}

#[test]
fn signing_in_and_out_stands_in_the_audit_and_no_secret_does() {
    let staffed = Staffed::new(Policy::default(), &[("lan", &["viewer"])]);
    let known = signed_in(&staffed, "lan");
    known.delete(SESSION);
    let entries = wait(staffed.app.store().audit(0, 10)).unwrap();
    let told: Vec<_> = entries.iter().map(|e| (e.actor.as_str(), e.action.as_str())).collect();
    assert_eq!(told, [("cli", "account.added"), ("lan", "session.started"), ("lan", "session.ended")]);
    assert_eq!(entries[1].data, "{\"from\":\"192.0.2.7\"}");
}
