//! `wangge user` and `wangge token` as a person uses them.

use crate::cli::{Desk, village};
use crate::http::client::wait;
use crate::{postgis, store_people};
use wangge::store::Store;

const WORDS: &str = "correct horse battery\nthe second line is not read\n";

fn added(desk: &Desk) {
    let line =
        "user add lan --role planner:land --role worker --territory 999999001 --name 王兰 --password-stdin";
    let said = desk.feed(line, WORDS);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.err.contains("account lan is added") && said.err.contains("it is the first"),
        "{}",
        said.err
    );
}

#[test]
fn an_account_is_added_listed_changed_and_disabled() {
    let desk = village();
    added(&desk);
    let list = || desk.good("user list").out;
    let expected =
        "account\tname\troles\tterritory\tdisabled\nlan\t王兰\tworker planner:land\tland:999999001\t\n";
    assert_eq!(list(), expected);
    let second = desk.feed("user add li --role approver --password-stdin", WORDS);
    assert!(second.code == 0 && !second.err.contains("it is the first"), "{}", second.err);
    assert!(list().contains("li\tli\tapprover\t\t\n"), "{}", list());
    desk.good("user set lan --role viewer --everywhere");
    assert!(list().contains("lan\t王兰\tviewer\t\t\n"), "{}", list());
    desk.good("user disable lan");
    let disabled = list();
    let lan = disabled.lines().find(|line| line.starts_with("lan\t")).unwrap();
    assert!(lan.split('\t').nth(4).unwrap().starts_with("20"), "{lan}");
    desk.good("user enable lan");
    assert_eq!(desk.feed("user password li --password-stdin", "another horse\n").code, 0);
    let store = wait(Store::open_to_read(&desk.path("data/wangge.gpkg"))).unwrap();
    let phc = wait(store.password("li")).unwrap().unwrap();
    assert!(wangge::app::access::password::verify(Some(&phc), "another horse"));
    let lan = wait(store.password("lan")).unwrap().unwrap();
    assert!(
        wangge::app::access::password::verify(Some(&lan), "correct horse battery"),
        "the first line only"
    );
    let actions: Vec<String> = wait(store.audit(0, 100)).unwrap().into_iter().map(|e| e.action).collect();
    let told = ["added", "added", "set", "disabled", "enabled", "password"].map(|a| format!("account.{a}"));
    assert_eq!(actions, told);
    assert!(desk.good("verify").err.contains("all as published"));
}

#[test]
fn what_cannot_be_is_refused_with_the_exit_code_of_its_kind() {
    let desk = village();
    let early = desk.run("token new intake --role dispatcher");
    assert!(early.code == 1 && early.err.contains("no account yet"), "{}", early.err);
    added(&desk);
    for (line, input, code, said) in [
        ("user add lan --role viewer --password-stdin", WORDS, 1, "an account lan already"),
        ("user add Lan --role viewer --password-stdin", WORDS, 2, "lower-case"),
        ("user add li --role boss --password-stdin", WORDS, 2, "expected one of viewer"),
        ("user add li --role viewer:street --password-stdin", WORDS, 1, "no layer street"),
        ("user add li --role viewer --territory 1 --password-stdin", WORDS, 2, "current unit, got 1"),
        ("user add li --role viewer --password-stdin", "short\n", 2, "10 to 256 characters"),
        ("user add li --role viewer --password-stdin", "", 2, "10 to 256 characters"),
        ("user add li --role viewer", WORDS, 2, "--password-stdin"),
        ("user add li --password-stdin", WORDS, 2, "--role"),
        ("user set lan", "", 2, "nothing to set"),
        ("user set li --role viewer", "", 1, "no account li"),
        ("user disable li", "", 1, "no account li"),
        ("user password li --password-stdin", WORDS, 1, "no account li"),
        ("token new intake", "", 2, "--role"),
        ("token new intake --role viewer --account lan", "", 2, "cannot be used with"),
        ("token new intake --account li", "", 1, "no account li"),
        ("token new intake --role viewer --expires 0", "", 2, "--expires"),
        ("token revoke intake", "", 1, "no token intake"),
        ("user list --database none.gpkg", "", 3, "no file"),
    ] {
        let refused = desk.feed(line, input);
        assert!(
            refused.code == code && refused.err.contains(said),
            "{line}: {} {}",
            refused.code,
            refused.err
        );
        assert!(!refused.err.contains("correct horse"), "{line} repeats the password");
    }
    assert_eq!(desk.good("user list").out.lines().count(), 2, "nothing was written");
}

#[test]
fn a_token_is_shown_once_and_ends_when_it_is_revoked() {
    let desk = village();
    added(&desk);
    let made = desk.good("token new intake --role dispatcher:land --expires 30");
    let secret = made.out.trim();
    assert!(secret.starts_with("wangge_") && made.out.lines().count() == 1, "{}", made.out);
    assert!(!made.err.contains(secret), "{}", made.err);
    desk.good("token new lan-laptop --account lan");
    let list = desk.good("token list").out;
    assert!(
        list.contains("intake\t\tdispatcher:land\t20") && list.contains("lan-laptop\tlan\t\t\t\n"),
        "{list}"
    );
    assert!(!list.contains("wangge_"), "{list}");
    desk.good("token revoke intake");
    let list = desk.good("token list").out;
    let intake = list.lines().find(|line| line.starts_with("intake")).unwrap();
    assert!(intake.split('\t').nth(4).unwrap().starts_with("20"), "{intake}");
    let bytes = std::fs::read(desk.path("data/wangge.gpkg")).unwrap();
    let holds = |words: &str| bytes.windows(words.len()).any(|window| window == words.as_bytes());
    assert!(!holds(&secret[7..]) && !holds("correct horse"), "a secret lies in the file");
}

#[test]
fn while_a_file_is_served_its_accounts_can_be_listed_and_a_change_says_what_to_do() {
    let desk = village();
    added(&desk);
    let _serving = wait(Store::open(&desk.path("data/wangge.gpkg"))).unwrap();
    for line in ["user disable lan", "token new intake --role viewer"] {
        let refused = desk.run(line);
        assert!(refused.code == 3 && refused.err.contains("stop the server"), "{line}: {}", refused.err);
    }
    assert!(desk.good("user list").out.contains("lan\t"));
    assert_eq!(desk.good("token list").out.lines().count(), 1);
}

#[test]
fn accounts_of_a_database_are_those_of_the_file_that_was_copied_there() {
    let (desk, url) = (village(), postgis::shared_url(&wait(postgis::database())));
    added(&desk);
    desk.good("token new intake --role dispatcher:land");
    desk.good(&format!("copy data/wangge.gpkg {url}"));
    for line in ["user list", "token list"] {
        assert_eq!(desk.good(line).out, desk.good(&format!("{line} --database {url}")).out, "{line}");
    }
    let store = wait(Store::open(wangge::store::Location::parse(&url).unwrap())).unwrap();
    let act = store_people::act("account.set", "lan");
    wait(store.set_account(&store_people::account("lan", &["admin"]), &act)).unwrap();
    assert!(desk.good(&format!("user list --database {url}")).out.contains("\tadmin\t"));
}
