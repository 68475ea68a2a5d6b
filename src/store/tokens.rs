//! The door to tokens: keys of programs.

use super::audit::Act;
use super::people::Change;
use super::{Store, StoreError};
use crate::unit::Grant;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// A program's key. It acts as an account, or has roles of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What people call it; never given to another.
    pub name: String,
    /// SHA-256 of its secret, which is stored nowhere.
    pub hash: [u8; 32],
    /// The account as which it acts; `None` for one with roles of its own.
    pub account: Option<String>,
    /// Its own roles; none when it acts as an account.
    pub grants: BTreeSet<Grant>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends; `None`: when it is revoked.
    pub expires_at: Option<DateTime<Utc>>,
    /// Since when it may do nothing; `None`: it may.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Token {
    /// Whether it opens anything at a moment.
    pub fn works_at(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

impl Store {
    /// Adds a token. The number of the audit's entry. A name that is taken, or an account or a layer that
    /// is not there, is [`StoreError::Refused`]; so is a token with both an account and roles, or with
    /// neither.
    pub async fn add_token(&self, token: &Token, act: &Act<'_>) -> Result<u64, StoreError> {
        if token.account.is_some() != token.grants.is_empty() {
            let one = "a token acts as an account or has roles of its own: one of the two";
            return Err(StoreError::Refused(vec![one.into()]));
        }
        self.change_people(Change::AddToken(token), act).await
    }

    /// Ends a token for ever. A name that no token has is [`StoreError::Refused`].
    pub async fn revoke_token(&self, name: &str, act: &Act<'_>) -> Result<u64, StoreError> {
        self.change_people(Change::RevokeToken(name, act.at), act).await
    }
}

/// Tokens from their rows and those of their roles, by name.
pub(super) fn tokens(rows: Vec<Token>, roles: Vec<(String, Grant)>) -> Vec<Token> {
    let mut by_name: BTreeMap<String, Token> = rows.into_iter().map(|t| (t.name.clone(), t)).collect();
    for (name, grant) in roles {
        by_name.get_mut(&name).map(|token| token.grants.insert(grant));
    }
    by_name.into_values().collect()
}
