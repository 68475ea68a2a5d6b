//! Who may do what: the rules that routes name, and `may()`.

use crate::snapshot::Base;
use crate::unit::UnitId;
use std::collections::BTreeSet;
use std::fmt;

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

/// A rule that a route names. A route without one does not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Anyone who can open a connection: health, the page's files.
    Open,
    /// Reads what the map shows: public when the server runs with `--public-read`.
    Read,
    /// Takes one of the roles.
    Needs(Role),
    /// Takes either of two roles.
    Either(Role, Role),
}

/// Where a caller stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    /// A program or browser on this machine while the file has no account: every role, as `local`.
    Local,
    /// Somebody elsewhere without an account.
    Anonymous,
}

/// Who does something that is written down with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The name that is written down.
    pub name: String,
    /// Whose ground may be changed.
    pub territory: Territory,
    /// Whether somebody else has to approve; off only while there is nobody else.
    pub four_eyes: bool,
}

/// The ground on which somebody may change things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Territory {
    /// All of it, on every layer.
    Everywhere,
    /// These units with whatever lies below them.
    Of(BTreeSet<UnitId>),
}

impl Territory {
    /// Whether a unit is in it, itself or through a unit above it. What is in no state is not.
    pub fn holds(&self, base: &Base, unit: UnitId) -> bool {
        let Self::Of(roots) = self else { return true };
        let above = |id: &UnitId| base.unit(*id).and_then(|(_, unit)| unit.parent);
        std::iter::successors(Some(unit), above).any(|id| roots.contains(&id))
    }
}

impl Caller {
    /// The name and the ground of a caller who may change things; `None` for a stranger.
    pub fn actor(&self) -> Option<Actor> {
        match self {
            Self::Local => {
                Some(Actor { name: "local".into(), territory: Territory::Everywhere, four_eyes: false })
            }
            Self::Anonymous => None,
        }
    }
}

/// How the server treats callers without an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Policy {
    /// Any address may read and locate, nothing else.
    pub public_read: bool,
}

/// Why a caller was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The server answers only this machine.
    #[error("this server has no accounts and answers only the machine it runs on")]
    LoopbackOnly,
    /// The route takes a role that the caller has not.
    #[error("this takes the role {0}")]
    NeedsRole(Role),
    /// The route takes either of two roles, and the caller has neither.
    #[error("this takes the role {0} or {1}")]
    NeedsEither(Role, Role),
}

impl Policy {
    /// Whether a caller may pass a rule.
    pub fn may(self, caller: Caller, rule: Rule) -> Result<(), Denied> {
        match (caller, rule) {
            (Caller::Local, _) | (_, Rule::Open) => Ok(()),
            (Caller::Anonymous, Rule::Read) if self.public_read => Ok(()),
            (Caller::Anonymous, Rule::Needs(role)) if self.public_read => Err(Denied::NeedsRole(role)),
            (Caller::Anonymous, Rule::Either(one, other)) if self.public_read => {
                Err(Denied::NeedsEither(one, other))
            }
            (Caller::Anonymous, _) => Err(Denied::LoopbackOnly),
        }
    }

    /// Whether a caller is shown the telephones of posts: never below the role worker.
    pub fn sees_phones(self, caller: Caller) -> bool {
        self.may(caller, Rule::Needs(Role::Worker)).is_ok()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Viewer => "viewer",
            Self::Worker => "worker",
            Self::Planner => "planner",
            Self::Approver => "approver",
            Self::Dispatcher => "dispatcher",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_read_only_where_reading_is_public_and_never_see_a_phone() {
        let (closed, open) = (Policy::default(), Policy { public_read: true });
        let worker = Rule::Needs(Role::Worker);
        assert_eq!(closed.may(Caller::Anonymous, Rule::Read), Err(Denied::LoopbackOnly));
        assert_eq!(closed.may(Caller::Anonymous, Rule::Open), Ok(()));
        assert_eq!(open.may(Caller::Anonymous, Rule::Read), Ok(()));
        assert_eq!(open.may(Caller::Anonymous, worker), Err(Denied::NeedsRole(Role::Worker)));
        assert!(!open.sees_phones(Caller::Anonymous) && !closed.sees_phones(Caller::Anonymous));
    }

    #[test]
    fn this_machine_may_do_everything_while_there_is_no_account() {
        for rule in [Rule::Open, Rule::Read, Rule::Needs(Role::Admin)] {
            assert_eq!(Policy::default().may(Caller::Local, rule), Ok(()));
        }
    }
}
