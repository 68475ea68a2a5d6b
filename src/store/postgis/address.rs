//! The address of a database: one or several hosts of the same cluster.

use crate::store::location::LocationError;
use sqlx::postgres::PgConnectOptions;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// `postgres://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE?…`: the hosts of a primary and its standbys, in
/// any order.
///
/// The parameters are those of libpq that sqlx knows, with `connect_timeout` (seconds, 3 without it). Shown
/// without user, password and parameters.
#[derive(Clone)]
pub struct Address {
    hosts: Vec<Host>,
    shown: String,
    /// How long a host may take to connect and to say what it is.
    pub(super) patience: Duration,
}

/// One host and how to connect to it.
#[derive(Clone)]
pub(super) struct Host {
    /// As it was written: a name, an address or the folder of a socket.
    pub name: String,
    pub options: PgConnectOptions,
}

const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// Parameters that go to sqlx as they are.
const KNOWN: [&str; 11] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

const PATIENCE: Duration = Duration::from_secs(3);

impl Address {
    /// Whether a text is meant to be one.
    pub fn is_one(text: &str) -> bool {
        SCHEMES.iter().any(|scheme| text.starts_with(scheme))
    }

    /// The name of the database.
    pub fn database(&self) -> &str {
        self.hosts[0].options.get_database().unwrap_or_default()
    }

    /// The hosts, in the order in which they were written.
    pub(super) fn hosts(&self) -> &[Host] {
        &self.hosts
    }
}

fn wrong(what: impl Into<String>) -> LocationError {
    LocationError(what.into())
}

impl FromStr for Address {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        let rest = SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme));
        let rest = rest.ok_or_else(|| wrong("the scheme is another"))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (query, patience) = parameters(query)?;
        let host = |name: &str| {
            let at = if user.is_empty() { "" } else { "@" };
            let url = format!("postgres://{user}{at}{name}/{database}?{query}");
            // What sqlx says of a wrong address names neither the user nor the password.
            let options = PgConnectOptions::from_str(&url).map_err(|e| wrong(e.to_string()))?;
            Ok(Host { name: name.replace("%2F", "/").replace("%2f", "/"), options })
        };
        let hosts = hosts.split(',').map(host).collect::<Result<Vec<_>, _>>()?;
        let names: Vec<&str> = hosts.iter().map(|h| h.name.as_str()).collect();
        let names = names.join(",");
        let mut address = Self { hosts, shown: String::new(), patience };
        address.shown = format!("postgres://{names}/{}", address.database());
        Ok(address)
    }
}

/// The parameters for sqlx, and those of our own. An unknown one is refused: sqlx would only log it.
fn parameters(query: &str) -> Result<(String, Duration), LocationError> {
    let (mut patience, mut kept) = (PATIENCE, Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        match key {
            "connect_timeout" => {
                let seconds = value.parse().ok().filter(|s| (1..=60).contains(s));
                let seconds = seconds.ok_or_else(|| wrong("connect_timeout is not 1 to 60 seconds"))?;
                patience = Duration::from_secs(seconds);
            }
            "target_session_attrs" if matches!(value, "read-write" | "primary") => {}
            "target_session_attrs" => return Err(wrong("target_session_attrs is not read-write")),
            _ if KNOWN.contains(&key) || key.starts_with("options[") => kept.push(pair),
            _ => return Err(wrong(format!("the parameter {key} is not known"))),
        }
    }
    Ok((kept.join("&"), patience))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_hosts_are_read_with_their_ports() {
        let text =
            "postgresql://wangge:geheim@db1:5433,10.0.0.2,[::1]:6000/city?sslmode=disable&connect_timeout=5";
        let address: Address = text.parse().unwrap();
        let of = |h: &Host| (h.options.get_host().to_owned(), h.options.get_port());
        let hosts: Vec<_> = address.hosts().iter().map(of).collect();
        let expected = [("db1", 5433), ("10.0.0.2", 5432), ("[::1]", 6000)].map(|(h, p)| (h.to_owned(), p));
        assert_eq!(hosts, expected);
        assert_eq!(address.hosts()[1].options.get_username(), "wangge");
        assert_eq!(address.hosts()[1].options.get_database(), Some("city"));
        assert_eq!(address.patience, Duration::from_secs(5));
    }

    #[test]
    fn a_socket_is_a_host_with_its_slashes_written_as_percent_2f() {
        let address: Address = "postgres://u@%2Frun%2Fpg:5433/city".parse().unwrap();
        let socket = address.hosts()[0].options.get_socket().unwrap();
        assert_eq!(socket.to_str(), Some("/run/pg"));
        assert_eq!(address.hosts()[0].options.get_port(), 5433);
    }

    #[test]
    fn neither_what_is_shown_nor_an_error_holds_the_password() {
        let address: Address = "postgres://wangge:geheim@db1,db2:99/city".parse().unwrap();
        assert_eq!(address.to_string(), "postgres://db1,db2:99/city");
        assert!(!format!("{address:?}").contains("geheim"));
        for wrong in [
            "postgres://wangge:geheim@db1:port/city",
            "postgres://wangge:geheim@db1/city?sslmode=geheim2",
            "postgres://wangge:geheim@db1/city?colour=red",
            "postgres://wangge:geheim@db 1/city",
            "postgres://wangge:geheim@db1/city?connect_timeout=0",
        ] {
            let error = wrong.parse::<Address>().unwrap_err().to_string();
            assert!(!error.contains("geheim@") && !error.contains(":geheim"), "{error}");
        }
    }
}
