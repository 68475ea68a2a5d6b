//! `wangge token`: keys of programs.

use super::{Failure, open, people};
use crate::app::access::secret::Secret;
use crate::store::Token;
use crate::unit::Grant;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde_json::json;
use std::io::Write;

/// Tokens: what a program sends as `Authorization: Bearer TOKEN`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wangge token new intake --role dispatcher --expires 365
  wangge token new lan-laptop --account lan
  wangge token list
  wangge token revoke intake
  curl -H \"Authorization: Bearer $TOKEN\" https://grids.example/api/v1/revisions")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make a token. Its secret is printed now and never again.
    New(New),
    /// List all tokens, tab-separated.
    List(List),
    /// End a token for ever.
    Revoke(Revoke),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The secret goes to standard output, alone on its line; everything else that is said does not.

Examples:
  wangge token new intake --role dispatcher --expires 365
  wangge token new lan-laptop --account lan > token.txt")]
#[command(group = clap::ArgGroup::new("rights").required(true).multiple(true).args(["roles", "account"]))]
struct New {
    /// What people call it.
    token: String,
    /// What it may be, on every layer or on one, such as worker:land; may be given several times.
    #[arg(long = "role", value_name = "ROLE[:LAYER]", conflicts_with = "account")]
    roles: Vec<Grant>,
    /// The account as which it acts, instead of roles of its own.
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// After how many days it ends; without, when it is revoked.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..))]
    expires: Option<u16>,
    #[command(flatten)]
    database: open::Database,
}

#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    database: open::Database,
}

#[derive(Debug, clap::Args)]
struct Revoke {
    /// The token's name.
    token: String,
    #[command(flatten)]
    database: open::Database,
}

/// Does what was asked.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.what {
        What::New(args) => new(args),
        What::List(args) => list(args),
        What::Revoke(args) => revoke(args),
    }
}

fn new(args: &New) -> Result<(), Failure> {
    let name = people::new_name(&args.token)?;
    let (secret, now) = (Secret::of_token(), Utc::now().trunc_subsecs(6));
    let token = Token {
        name: name.into(),
        hash: secret.hash(),
        account: args.account.clone(),
        grants: args.roles.iter().cloned().collect(),
        created_at: now,
        expires_at: args.expires.map(|days| now + TimeDelta::days(days.into())),
        revoked_at: None,
    };
    people::change(&args.database, async |store| {
        if store.roster().await?.accounts.is_empty() {
            let hint = "there is no account yet, and whoever sits at the server may do everything; \
                add one first with `wangge user add`";
            return Err(Failure::Refused(hint.into()));
        }
        let data =
            json!({ "account": token.account, "roles": roles(&token), "expires_at": token.expires_at });
        store.add_token(&token, &people::act("token.added", name, data)).await?;
        Ok(())
    })?;
    writeln!(std::io::stdout(), "{}", secret.reveal())?;
    eprintln!("token {name} is made; this is the only time that its secret is shown");
    Ok(())
}

fn list(args: &List) -> Result<(), Failure> {
    let roster = people::look(&args.database, async |store| Ok(store.roster().await?))?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "token\taccount\troles\texpires\trevoked")?;
    for token in &roster.tokens {
        let moment = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339()).unwrap_or_default();
        let (expires, revoked) = (moment(token.expires_at), moment(token.revoked_at));
        let account = token.account.as_deref().unwrap_or_default();
        writeln!(out, "{}\t{account}\t{}\t{expires}\t{revoked}", token.name, roles(token).join(" "))?;
    }
    Ok(())
}

fn revoke(args: &Revoke) -> Result<(), Failure> {
    people::change(&args.database, async |store| {
        store.revoke_token(&args.token, &people::act("token.revoked", &args.token, json!({}))).await?;
        eprintln!("token {} is revoked", args.token);
        Ok(())
    })
}

fn roles(token: &Token) -> Vec<String> {
    token.grants.iter().map(ToString::to_string).collect()
}
