//! People in the body of a snapshot: without passwords and sessions, so that nobody signs in from it.

use super::cursor::{Cursor, Misread};
use super::encode::{list, option, text};
use crate::store::{Roster, Token};
use crate::unit::{Account, Grant, UnitId};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// The newest entry of the audit, the accounts, the tokens.
pub(super) fn write(out: &mut Vec<u8>, roster: &Roster) {
    out.extend(roster.head.to_le_bytes());
    list(out, &roster.accounts, |out, account| {
        text(out, &account.name);
        text(out, &account.display_name);
        grants(out, &account.grants);
        let territory: Vec<_> = account.territory.iter().collect();
        list(out, &territory, |out, unit| out.extend(unit.get().to_le_bytes()));
        moment(out, &account.created_at);
        option(out, account.disabled_at.as_ref(), moment);
    });
    list(out, &roster.tokens, |out, token| {
        text(out, &token.name);
        out.extend(token.hash);
        option(out, token.account.as_deref(), text);
        grants(out, &token.grants);
        moment(out, &token.created_at);
        option(out, token.expires_at.as_ref(), moment);
        option(out, token.revoked_at.as_ref(), moment);
    });
}

pub(super) fn read(from: &mut Cursor<'_>) -> Result<Roster, Misread> {
    Ok(Roster {
        head: from.u64()?,
        accounts: from.list(25, read_account)?,
        tokens: from.list(51, read_token)?,
    })
}

fn read_account(from: &mut Cursor<'_>) -> Result<Account, Misread> {
    Ok(Account {
        name: from.text()?,
        display_name: from.text()?,
        grants: read_grants(from)?,
        territory: from.list(8, read_unit)?.into_iter().collect(),
        created_at: read_moment(from)?,
        disabled_at: from.option(read_moment)?,
    })
}

fn read_token(from: &mut Cursor<'_>) -> Result<Token, Misread> {
    Ok(Token {
        name: from.text()?,
        hash: from.array()?,
        account: from.option(Cursor::text)?,
        grants: read_grants(from)?,
        created_at: read_moment(from)?,
        expires_at: from.option(read_moment)?,
        revoked_at: from.option(read_moment)?,
    })
}

/// Grants as they are written on the command line.
fn grants(out: &mut Vec<u8>, grants: &BTreeSet<Grant>) {
    let words: Vec<_> = grants.iter().map(ToString::to_string).collect();
    list(out, &words, |out, word| text(out, word));
}

fn read_grants(from: &mut Cursor<'_>) -> Result<BTreeSet<Grant>, Misread> {
    let words = from.list(4, Cursor::text)?;
    words
        .iter()
        .map(|word| word.parse().map_err(|_unknown| from.wrong(format!("expected a role, got {word:?}"))))
        .collect()
}

fn read_unit(from: &mut Cursor<'_>) -> Result<UnitId, Misread> {
    UnitId::try_from(from.u64()?).map_err(|error| from.wrong(error.to_string()))
}

fn moment(out: &mut Vec<u8>, moment: &DateTime<Utc>) {
    out.extend(moment.timestamp_micros().to_le_bytes());
}

fn read_moment(from: &mut Cursor<'_>) -> Result<DateTime<Utc>, Misread> {
    let micros = from.i64()?;
    DateTime::from_timestamp_micros(micros).ok_or_else(|| from.wrong("expected a moment"))
}
