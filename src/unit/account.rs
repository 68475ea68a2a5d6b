//! Accounts: who signs in, what they may be, on whose ground.

use super::UnitId;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// What a person or a program may be. One caller has several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Looks at the map and asks whose ground a point is.
    Viewer,
    /// Works in a grid; sees telephones.
    Worker,
    /// Redraws grids.
    Planner,
    /// Approves what a planner submits.
    Approver,
    /// Takes in reports and sends them out.
    Dispatcher,
    /// Reads the audit.
    Auditor,
    /// Runs the server.
    Admin,
}

impl Role {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 7] = [
        Self::Viewer,
        Self::Worker,
        Self::Planner,
        Self::Approver,
        Self::Dispatcher,
        Self::Auditor,
        Self::Admin,
    ];

    /// The name in SQL, JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Worker => "worker",
            Self::Planner => "planner",
            Self::Approver => "approver",
            Self::Dispatcher => "dispatcher",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }

    /// Whether whoever has this role may also do what `other` may. Every role looks; whoever works with
    /// grids or reports sees telephones; an auditor needs none. No role includes another duty: whoever runs
    /// the server neither draws, approves nor audits by that alone.
    pub fn includes(self, other: Self) -> bool {
        match other {
            Self::Viewer => true,
            Self::Worker => !matches!(self, Self::Viewer | Self::Auditor),
            _ => self == other,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A role, on every layer or on one. Written `planner` or `planner:land`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The layer's name; `None` for every layer.
    pub layer: Option<String>,
}

impl Grant {
    /// Whether it gives a role on a layer.
    pub fn gives(&self, role: Role, layer: &str) -> bool {
        self.role.includes(role) && self.layer.as_deref().is_none_or(|own| own == layer)
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.layer {
            Some(layer) => write!(f, "{}:{layer}", self.role),
            None => self.role.fmt(f),
        }
    }
}

/// Text that is no grant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected one of viewer, worker, planner, approver, dispatcher, auditor, admin, or one with a layer such as planner:land, got {0:?}"
)]
pub struct GrantError(pub String);

impl FromStr for Grant {
    type Err = GrantError;

    fn from_str(text: &str) -> Result<Self, GrantError> {
        let wrong = || GrantError(text.chars().take(80).collect());
        let (role, layer) = match text.split_once(':') {
            Some((_, "")) => return Err(wrong()),
            Some((role, layer)) => (role, Some(layer.to_owned())),
            None => (text, None),
        };
        let role = Role::ALL.into_iter().find(|r| r.name() == role).ok_or_else(wrong)?;
        Ok(Self { role, layer })
    }
}

/// Somebody who signs in, or a program that has a token with roles of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What one signs in with and what is written down; never changed, never given to another.
    pub name: String,
    /// The name as shown.
    pub display_name: String,
    /// What it may be.
    pub grants: BTreeSet<Grant>,
    /// The ground on which it may change things, each with whatever lies below it; empty for all units of
    /// the layers of its roles.
    pub territory: BTreeSet<UnitId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since when it may do nothing; `None`: it may.
    pub disabled_at: Option<DateTime<Utc>>,
}

impl Account {
    /// Whether it has a role on some layer.
    pub fn has(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.role.includes(role))
    }

    /// Whether it has a role on a layer.
    pub fn has_on(&self, role: Role, layer: &str) -> bool {
        self.grants.iter().any(|grant| grant.gives(role, layer))
    }
}

/// Text that is no name of an account or a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name must have 1 to 64 lower-case letters, digits, dots, hyphens or underscores, got {0:?}")]
pub struct NameError(pub String);

/// Checks the name of a new account or token: letters of any script, without capitals, so that no two names
/// differ by those alone; digits, `.`, `-` and `_`. Names that the audit uses for others are taken.
pub fn account_name(text: &str) -> Result<&str, NameError> {
    let legal = |c: char| (c.is_alphanumeric() && !c.is_uppercase()) || ".-_".contains(c);
    let taken = matches!(text, "local" | "cli");
    if (1..=64).contains(&text.chars().count()) && text.chars().all(legal) && !taken {
        Ok(text)
    } else {
        Err(NameError(text.chars().take(80).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_looks_and_only_those_who_work_with_people_see_telephones() {
        for role in Role::ALL {
            assert!(role.includes(Role::Viewer) && role.includes(role), "{role}");
            let sees = !matches!(role, Role::Viewer | Role::Auditor);
            assert_eq!(role.includes(Role::Worker), sees, "{role}");
            for duty in &Role::ALL[2..] {
                assert_eq!(role.includes(*duty), role == *duty, "{role} and {duty}");
            }
        }
    }

    #[test]
    fn a_grant_is_a_role_with_or_without_a_layer() {
        let land: Grant = "planner:land".parse().unwrap();
        assert_eq!((land.role, land.layer.as_deref()), (Role::Planner, Some("land")));
        assert!(land.gives(Role::Planner, "land") && land.gives(Role::Viewer, "land"));
        assert!(!land.gives(Role::Planner, "police") && !land.gives(Role::Approver, "land"));
        let all: Grant = "approver".parse().unwrap();
        assert!(all.gives(Role::Approver, "police"));
        for text in ["planner:land", "approver"] {
            assert_eq!(text.parse::<Grant>().unwrap().to_string(), text);
        }
        for wrong in ["", "boss", "Planner", "planner:", ":land"] {
            assert!(wrong.parse::<Grant>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_name_has_no_capitals_and_no_white_space() {
        for good in ["lan", "wang.wu-2", "王五", "a_b"] {
            assert_eq!(account_name(good), Ok(good));
        }
        for bad in ["", "Lan", "a b", "token:x", "a/b", "local", "cli", &"x".repeat(65)] {
            assert!(account_name(bad).is_err(), "{bad:?}");
        }
    }
}
