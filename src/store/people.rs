//! The door to accounts. Their posts, their sessions, their programs' tokens and the audit have doors beside
//! this one; whatever changes who may do what is one [`Change`], written with its entry of the audit
//! in one transaction.

use super::audit::{Act, Entry};
use super::{Session, Store, StoreError, Token};
use crate::unit::{Account, Grant, UnitId};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// Everybody who may do something, as of one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// The newest entry of the audit when it was read; 0 before the first. While that is the same, so is
    /// all of this.
    pub head: u64,
    /// All accounts, disabled ones too, by name.
    pub accounts: Vec<Account>,
    /// All tokens, ended ones too, by name.
    pub tokens: Vec<Token>,
}

impl Roster {
    /// Whether the same people and tokens are in both, whatever else was written into the audit.
    pub fn has_the_same(&self, other: &Self) -> bool {
        self.accounts == other.accounts && self.tokens == other.tokens
    }
}

/// One change of who may do what.
#[derive(Clone, Copy)]
pub(super) enum Change<'a> {
    /// A new account with what argon2id made of its password.
    AddAccount(&'a Account, &'a str),
    /// Other roles, territory, display name or standing of an account; a disabled one's sessions end.
    SetAccount(&'a Account),
    /// Another password of the account of a name, whose sessions end.
    SetPassword(&'a str, &'a str),
    /// Somebody signed in; sessions that are over by then go.
    StartSession(&'a Session),
    /// Somebody signed out.
    EndSession(&'a [u8; 32]),
    /// A new token.
    AddToken(&'a Token),
    /// The end of the token of a name.
    RevokeToken(&'a str, DateTime<Utc>),
}

/// Everybody with their passwords, and the audit: what a copy takes along. Sessions are not in it: a copy is
/// another store, and whoever works on it signs in there.
#[derive(PartialEq, Eq)]
pub(super) struct People {
    accounts: Vec<(Account, String)>,
    tokens: Vec<Token>,
    pub audit: Vec<Entry>,
}

impl People {
    /// What makes the same people in an empty store.
    pub(super) fn changes(&self) -> impl Iterator<Item = Change<'_>> {
        let accounts = self.accounts.iter().map(|(account, password)| Change::AddAccount(account, password));
        accounts.chain(self.tokens.iter().map(Change::AddToken))
    }
}

impl Store {
    /// Everybody, with everything that a copy takes along.
    pub(super) async fn people(&self) -> Result<People, StoreError> {
        let Roster { head, accounts, tokens } = self.roster().await?;
        let mut all = Vec::with_capacity(accounts.len());
        for account in accounts {
            let password = self.password(&account.name).await?;
            let missing = || StoreError::Damaged(format!("account {} has no password", account.name));
            let password = password.ok_or_else(missing)?;
            all.push((account, password));
        }
        let mut audit = self.whole_audit().await?;
        // What was written meanwhile belongs to what was read before it no more than a later revision does.
        audit.retain(|entry| entry.seq <= head);
        Ok(People { accounts: all, tokens, audit })
    }

    /// Makes the people of another store in this one, which has nobody.
    pub(super) async fn fill_people(&self, people: &People) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.fill_people(people).await,
            Self::PostGis(postgis) => postgis.fill_people(people).await,
        }
    }

    /// Everybody who may do something, read in one moment.
    pub async fn roster(&self) -> Result<Roster, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.roster().await,
            Self::PostGis(postgis) => postgis.roster().await,
        }
    }

    /// What argon2id made of an account's password; `None` for a name that nobody has.
    pub async fn password(&self, name: &str) -> Result<Option<String>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.password(name).await,
            Self::PostGis(postgis) => postgis.password(name).await,
        }
    }

    /// Adds an account. `password` is the PHC text that argon2id made, never the password. The number of
    /// the audit's entry. A name that is taken, a layer or a unit that is not there is
    /// [`StoreError::Refused`].
    pub async fn add_account(
        &self,
        account: &Account,
        password: &str,
        act: &Act<'_>,
    ) -> Result<u64, StoreError> {
        self.change_people(Change::AddAccount(account, password), act).await
    }

    /// Gives the account of this name this display name, these roles, this territory and this standing. A
    /// name that nobody has is [`StoreError::Refused`]. The sessions of a disabled account end.
    pub async fn set_account(&self, account: &Account, act: &Act<'_>) -> Result<u64, StoreError> {
        self.change_people(Change::SetAccount(account), act).await
    }

    /// Gives an account another password and ends its sessions.
    pub async fn set_password(&self, name: &str, password: &str, act: &Act<'_>) -> Result<u64, StoreError> {
        self.change_people(Change::SetPassword(name, password), act).await
    }

    pub(super) async fn change_people(&self, change: Change<'_>, act: &Act<'_>) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.change_people(change, act).await,
            Self::PostGis(postgis) => postgis.change_people(change, act).await,
        }
    }
}

/// A row of `account` without its password.
pub(super) struct AccountRow {
    pub name: String,
    pub display_name: String,
    pub created_at: DateTime<Utc>,
    pub disabled_at: Option<DateTime<Utc>>,
}

/// Accounts from their rows, those of their roles and those of their territory.
pub(super) fn accounts(
    rows: Vec<AccountRow>,
    roles: Vec<(String, Grant)>,
    territory: Vec<(String, UnitId)>,
) -> Vec<Account> {
    let account = |row: AccountRow| {
        let AccountRow { name, display_name, created_at, disabled_at } = row;
        let (grants, territory) = Default::default();
        (name.clone(), Account { name, display_name, grants, territory, created_at, disabled_at })
    };
    let mut by_name: BTreeMap<String, Account> = rows.into_iter().map(account).collect();
    for (name, grant) in roles {
        by_name.get_mut(&name).map(|account| account.grants.insert(grant));
    }
    for (name, unit) in territory {
        by_name.get_mut(&name).map(|account| account.territory.insert(unit));
    }
    by_name.into_values().collect()
}

/// A stored role.
pub(super) fn grant(role: &str, layer: Option<String>) -> Result<Grant, StoreError> {
    let known: Result<Grant, _> = role.parse();
    let role = known.map_err(|e| StoreError::Damaged(e.to_string()))?.role;
    Ok(Grant { role, layer })
}

/// What a store says of a name that somebody has already.
pub(super) fn taken(what: &str, name: &str) -> StoreError {
    StoreError::Refused(vec![format!("there is {what} {name} already")])
}

/// What a store says of a name that nobody has.
pub(super) fn nobody(what: &str, name: &str) -> StoreError {
    StoreError::Refused(vec![format!("there is no {what} {name}")])
}

/// Layers and units that an account or a token names and the store does not have.
pub(super) fn refuse_unknown<'a>(
    grants: impl IntoIterator<Item = &'a Grant>,
    layers: &[String],
    territory: impl IntoIterator<Item = &'a UnitId>,
    known: &[UnitId],
) -> Result<(), StoreError> {
    let layer = |grant: &Grant| grant.layer.clone().filter(|layer| !layers.contains(layer));
    let mut refused: Vec<String> =
        grants.into_iter().filter_map(layer).map(|layer| format!("there is no layer {layer}")).collect();
    let units = territory.into_iter().filter(|unit| !known.contains(unit));
    refused.extend(units.map(|unit| format!("there is no unit with id {unit}")));
    if refused.is_empty() { Ok(()) } else { Err(StoreError::Refused(refused)) }
}
