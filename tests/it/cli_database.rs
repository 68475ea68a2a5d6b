//! The command line on a PostGIS database: the same answers as on a file, and no word of the password.

use crate::cli::{Desk, sample, village};
use crate::http::client::wait;
use crate::postgis;

/// The address of a new database; whatever it says for the password, the server lets it in.
fn url() -> String {
    postgis::shared_url(&wait(postgis::database())).replace("wangge@", "wangge:geheim@")
}

#[test]
fn a_village_is_the_same_in_a_database_as_in_a_file() {
    let (desk, url) = (village(), url());
    let copied = desk.good(&format!("copy data/wangge.gpkg {url}")).err;
    assert!(copied.contains("1 revisions from data/wangge.gpkg to postgres:///"), "{copied}");
    assert!(!copied.contains("geheim"), "{copied}");
    for line in [
        "locate 110.401 25.601 --crs wgs84",
        "export land - --format geojson",
        "export village - --format csv",
    ] {
        let (file, database) = (desk.good(line), desk.good(&format!("{line} --database {url}")));
        assert!(!file.out.is_empty() && file.out == database.out, "{line}");
    }
    assert!(desk.good(&format!("verify --database {url}")).err.contains("1 revisions, all as published"));
    assert_eq!(desk.run(&format!("check --database {url}")).out, desk.run("check data/wangge.gpkg").out);
    let again = desk.good(&format!("import {} --layer land --database {url}", sample("clean.geojson")));
    assert!(again.err.contains("nothing changed"), "{}", again.err);
    desk.good(&format!("backup back.gpkg --database {url}"));
    assert!(desk.good("verify back.gpkg").err.contains("1 revisions"));
    for (line, said) in [
        (format!("copy data/wangge.gpkg {url}"), "has a revision already"),
        (format!("copy {url} back.gpkg"), "exists already"),
        (format!("demo --database {url}"), "has a revision already"),
        (format!("restore back.gpkg --database {url}"), "wangge copy"),
    ] {
        let refused = desk.run(&line);
        assert_eq!(refused.code, 2, "{line}: {}", refused.err);
        assert!(refused.err.contains(said) && !refused.err.contains("geheim"), "{}", refused.err);
    }
}

#[test]
fn an_import_makes_the_store_of_an_empty_database_and_publishes_into_a_full_one() {
    let (desk, url) = (Desk::new(), url());
    let missing = desk.run(&format!("verify --database {url}"));
    assert!(missing.code == 3 && missing.err.contains("no store in that database"), "{}", missing.err);
    let first =
        desk.good(&format!("import {} --layer land --crs wgs84 --database {url}", sample("clean.geojson")));
    assert!(first.err.contains("revision 1 of postgres:///"), "{}", first.err);
    let land = desk.good(&format!("export land - --format geojson --database {url}")).out;
    std::fs::write(desk.path("next.geojson"), land.replacen("\"name\":\"", "\"name\":\"新", 3)).unwrap();
    let next = desk.good(&format!("import next.geojson --layer land --database {url}"));
    assert!(next.err.contains("revision 2 of postgres:///"), "{}", next.err);
    assert!(desk.good(&format!("verify --database {url}")).err.contains("2 revisions"));
}

#[test]
fn no_message_holds_the_password_of_a_database() {
    let desk = Desk::new();
    for (line, code) in [
        ("verify --database postgres://wangge:geheim@127.0.0.1:1/city", 3),
        ("serve --bind 127.0.0.1:0 --database postgres://wangge:geheim@127.0.0.1:1/city", 3),
        ("copy postgres://wangge:geheim@127.0.0.1:1/city x.gpkg", 3),
        ("verify --database postgres://wangge:geheim@127.0.0.1:port/city", 2),
        ("locate 110 25 --crs wgs84 --database postgres://wangge:geheim@127.0.0.1/city?colour=red", 2),
        ("serve x.gpkg --database postgres://wangge:geheim@127.0.0.1:1/city", 2),
    ] {
        let said = desk.run(line);
        assert_eq!(said.code, code, "{line}: {}", said.err);
        assert!(!said.err.contains("geheim") && !said.out.contains("geheim"), "{line}: {}", said.err);
        assert!(code == 2 || said.err.contains("127.0.0.1:1/city"), "{line}: {}", said.err);
    }
    for command in ["serve", "import", "locate", "verify"] {
        let mut help = desk.command(&format!("{command} --help"));
        let help = help.env("WANGGE_DATABASE", "postgres://wangge:geheim@db/city").output().unwrap();
        let text = String::from_utf8(help.stdout).unwrap();
        assert!(text.contains("WANGGE_DATABASE") && !text.contains("geheim"), "{text}");
    }
}

#[test]
fn a_variable_names_the_store_where_the_command_line_does_not() {
    let (desk, url) = (village(), url());
    desk.good(&format!("copy data/wangge.gpkg {url}"));
    std::fs::rename(desk.path("data"), desk.path("away")).unwrap();
    for line in ["verify", "locate 110.401 25.601 --crs wgs84"] {
        assert_eq!(desk.run(line).code, 3, "{line}");
        let done = desk.command(line).env("WANGGE_DATABASE", &url).output().unwrap();
        assert!(done.status.success(), "{line}");
    }
    let named =
        desk.command("verify away/wangge.gpkg").env("WANGGE_DATABASE", "postgres://127.0.0.1:1/x").output();
    assert!(named.unwrap().status.success(), "the command line has the last word");
}
