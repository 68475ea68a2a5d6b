//! Who may do what: the rules that routes name, and `may()`.
//!
//! Roles and accounts are values of [`crate::unit`]; who there is, and who signs in, stands in `people`.

pub mod password;
pub mod secret;
pub(super) mod throttle;

pub use crate::unit::Role;

use crate::snapshot::Base;
use crate::unit::{Account, Grant, UnitId};
use std::collections::BTreeSet;
use std::sync::Arc;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A program or browser on this machine while the store has no account: every role, as `local`.
    Local,
    /// Somebody elsewhere while the store has no account.
    Anonymous,
    /// Somebody who has not signed in, where there are accounts.
    SignedOut,
    /// Whoever has signed in, or whose token came along.
    Account(Arc<Account>),
}

/// Who does something that is written down with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The name that is written down.
    pub name: String,
    /// What they may be, on which layers.
    pub duties: Duties,
    /// Whose ground may be changed.
    pub territory: Territory,
    /// Whether somebody else has to approve; off only while there is nobody else.
    pub four_eyes: bool,
}

/// What somebody may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Duties {
    /// Everything on every layer: whoever sits at this machine while there are no accounts.
    All,
    /// What was granted.
    Of(BTreeSet<Grant>),
}

impl Actor {
    /// Lets whoever has one of these roles on a layer pass: that a route lets a caller in says only that they
    /// have it on some layer.
    pub fn must_be(&self, one_of: &[Role], layer: &str) -> Result<(), Denied> {
        let gives = |grant: &Grant| one_of.iter().any(|role| grant.gives(*role, layer));
        match &self.duties {
            Duties::Of(grants) if !grants.iter().any(gives) => {
                let roles: Vec<_> = one_of.iter().map(|role| role.name()).collect();
                Err(Denied::NeedsRoleOn(roles.join(" or "), layer.into()))
            }
            _ => Ok(()),
        }
    }
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
                let (duties, territory) = (Duties::All, Territory::Everywhere);
                Some(Actor { name: "local".into(), duties, territory, four_eyes: false })
            }
            Self::Account(account) => {
                let territory = match &account.territory {
                    none if none.is_empty() => Territory::Everywhere,
                    units => Territory::Of(units.clone()),
                };
                let duties = Duties::Of(account.grants.clone());
                Some(Actor { name: account.name.clone(), duties, territory, four_eyes: true })
            }
            Self::Anonymous | Self::SignedOut => None,
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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The server answers only this machine.
    #[error("this server has no accounts and answers only the machine it runs on")]
    LoopbackOnly,
    /// The route takes a role that the caller has not.
    #[error("this takes the role {0}")]
    NeedsRole(Role),
    /// What is asked takes one of these roles on a layer where the caller has none of them.
    #[error("this takes the role {0} on the layer {1}")]
    NeedsRoleOn(String, String),
    /// There are accounts, and the caller has not signed in.
    #[error("sign in first, or send a token")]
    SignIn,
    /// The route takes either of two roles, and the caller has neither.
    #[error("this takes the role {0} or {1}")]
    NeedsEither(Role, Role),
}

impl Policy {
    /// Whether a caller may pass a rule. Somebody with an account reads, whatever their roles; a role that
    /// a rule takes may be theirs on any layer, see [`Actor::must_be`].
    pub fn may(self, caller: &Caller, rule: Rule) -> Result<(), Denied> {
        match (caller, rule) {
            (Caller::Local, _) | (_, Rule::Open) | (Caller::Account(_), Rule::Read) => Ok(()),
            (Caller::Account(account), Rule::Needs(role)) if account.has(role) => Ok(()),
            (Caller::Account(account), Rule::Either(one, other))
                if account.has(one) || account.has(other) =>
            {
                Ok(())
            }
            (Caller::Account(_), Rule::Needs(role)) => Err(Denied::NeedsRole(role)),
            (Caller::Account(_), Rule::Either(one, other)) => Err(Denied::NeedsEither(one, other)),
            (_, Rule::Read) if self.public_read => Ok(()),
            (Caller::SignedOut, _) => Err(Denied::SignIn),
            (Caller::Anonymous, Rule::Needs(role)) if self.public_read => Err(Denied::NeedsRole(role)),
            (Caller::Anonymous, Rule::Either(one, other)) if self.public_read => {
                Err(Denied::NeedsEither(one, other))
            }
            (Caller::Anonymous, _) => Err(Denied::LoopbackOnly),
        }
    }

    /// Whether a caller is shown the telephones of posts: never below the role worker.
    pub fn sees_phones(self, caller: &Caller) -> bool {
        self.may(caller, Rule::Needs(Role::Worker)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(roles: &[&str], territory: &[u64]) -> Caller {
        Caller::Account(Arc::new(Account {
            name: "lan".into(),
            display_name: "王兰".into(),
            grants: roles.iter().map(|role| role.parse().unwrap()).collect(),
            territory: territory.iter().map(|&n| UnitId::try_from(n).unwrap()).collect(),
            created_at: chrono::DateTime::UNIX_EPOCH,
            disabled_at: None,
        }))
    }

    #[test]
    fn strangers_read_only_where_reading_is_public_and_never_see_a_phone() {
        let (closed, open) = (Policy::default(), Policy { public_read: true });
        let worker = Rule::Needs(Role::Worker);
        for (stranger, shut) in
            [(Caller::Anonymous, Denied::LoopbackOnly), (Caller::SignedOut, Denied::SignIn)]
        {
            assert_eq!(closed.may(&stranger, Rule::Read), Err(shut));
            assert_eq!(closed.may(&stranger, Rule::Open), Ok(()));
            assert_eq!(open.may(&stranger, Rule::Read), Ok(()));
            assert!(!open.sees_phones(&stranger) && !closed.sees_phones(&stranger));
            assert_eq!(stranger.actor(), None);
        }
        assert_eq!(open.may(&Caller::Anonymous, worker), Err(Denied::NeedsRole(Role::Worker)));
        assert_eq!(open.may(&Caller::SignedOut, worker), Err(Denied::SignIn));
    }

    #[test]
    fn this_machine_may_do_everything_while_there_is_no_account() {
        for rule in [Rule::Open, Rule::Read, Rule::Needs(Role::Admin)] {
            assert_eq!(Policy::default().may(&Caller::Local, rule), Ok(()));
        }
        let local = Caller::Local.actor().unwrap();
        assert_eq!(local.must_be(&[Role::Approver], "police"), Ok(()));
        assert!(local.name == "local" && !local.four_eyes && local.territory == Territory::Everywhere);
    }

    #[test]
    fn an_account_may_what_its_roles_say_on_the_layers_that_they_name() {
        let policy = Policy::default();
        let planner = account(&["planner:land"], &[4]);
        assert_eq!(policy.may(&planner, Rule::Read), Ok(()));
        assert_eq!(policy.may(&planner, Rule::Needs(Role::Planner)), Ok(()));
        let approver = Rule::Needs(Role::Approver);
        assert_eq!(policy.may(&planner, approver), Err(Denied::NeedsRole(Role::Approver)));
        assert!(policy.sees_phones(&planner) && !policy.sees_phones(&account(&["auditor"], &[])));
        let actor = planner.actor().unwrap();
        assert_eq!(actor.must_be(&[Role::Planner], "land"), Ok(()));
        let four = UnitId::try_from(4).unwrap();
        assert_eq!(actor.territory, Territory::Of([four].into()));
        assert!(actor.four_eyes && actor.name == "lan");
        let either = [Role::Planner, Role::Approver];
        let refused = actor.must_be(&either, "police").unwrap_err();
        assert_eq!(refused.to_string(), "this takes the role planner or approver on the layer police");
        let everywhere = account(&["planner"], &[]).actor().unwrap();
        assert_eq!(everywhere.must_be(&either, "police"), Ok(()));
        assert_eq!(everywhere.territory, Territory::Everywhere);
    }
}
