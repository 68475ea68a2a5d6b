//! `wangge user`: accounts of people.

use super::people::{self, Ground};
use super::{Failure, open};
use crate::store::{Roster, Store};
use crate::unit::{Account, Grant};
use chrono::{DateTime, SubsecRound, Utc};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;

/// Accounts: who may sign in, and what they may do.
///
/// The first account ends the time in which whoever sits at the server may do everything.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Roles: viewer looks; worker sees telephones; planner draws; approver approves what others drew;
dispatcher handles reports; auditor reads the audit; admin runs the server. A role is on every layer,
or on one: planner:land. Without a territory somebody may change all units of the layers of their roles.

Examples:
  wangge user add lan --role planner:land --territory 450305 --name 王兰
  wangge user add li --role approver --password-stdin < password.txt
  wangge user list
  wangge user set lan --role planner --role worker
  wangge user disable lan
  wangge user password li")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Add an account; asks for its password.
    Add(Add),
    /// List all accounts, tab-separated.
    List(List),
    /// Change what an account may be, on which ground, or its display name.
    Set(Set),
    /// Let an account do nothing from now on; its sessions and its tokens end.
    Disable(Named),
    /// Let a disabled account in again.
    Enable(Named),
    /// Give an account another password; its sessions end.
    Password(Renew),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wangge user add lan --role planner:land --role worker --territory 450305 --name 王兰
  wangge user add li --role approver --password-stdin < password.txt")]
struct Add {
    /// What they sign in with: lower-case letters, digits, dots, hyphens, underscores.
    account: String,
    /// What they may be, on every layer or on one, such as planner:land; may be given several times.
    #[arg(long = "role", value_name = "ROLE[:LAYER]", required = true)]
    roles: Vec<Grant>,
    /// The code of a unit that they may change with all below it; may be given several times.
    #[arg(long, value_name = "[LAYER:]CODE", num_args = 1..)]
    territory: Vec<String>,
    /// The name as shown.
    #[arg(long = "name", value_name = "TEXT")]
    display_name: Option<String>,
    /// Read the password from the first line of standard input.
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    database: open::Database,
}

#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    database: open::Database,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
What is given replaces what was there; what is not stays.

Examples:
  wangge user set lan --role planner --role worker
  wangge user set lan --territory 450305 --territory police:450305000001
  wangge user set lan --everywhere")]
struct Set {
    /// The account.
    account: String,
    /// All that they may be from now on.
    #[arg(long = "role", value_name = "ROLE[:LAYER]")]
    roles: Vec<Grant>,
    /// All units that they may change from now on, each with all below it.
    #[arg(long, value_name = "[LAYER:]CODE", num_args = 1.., conflicts_with = "everywhere")]
    territory: Vec<String>,
    /// No territory: they may change all units of the layers of their roles.
    #[arg(long)]
    everywhere: bool,
    /// The name as shown.
    #[arg(long = "name", value_name = "TEXT")]
    display_name: Option<String>,
    #[command(flatten)]
    database: open::Database,
}

#[derive(Debug, clap::Args)]
struct Named {
    /// The account.
    account: String,
    #[command(flatten)]
    database: open::Database,
}

#[derive(Debug, clap::Args)]
struct Renew {
    /// The account.
    account: String,
    /// Read the password from the first line of standard input.
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    database: open::Database,
}

/// Does what was asked.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.what {
        What::Add(args) => add(args),
        What::List(args) => list(args),
        What::Set(args) => set(args),
        What::Disable(args) => stand(args, Some(Utc::now().trunc_subsecs(6)), "account.disabled"),
        What::Enable(args) => stand(args, None, "account.enabled"),
        What::Password(args) => password(args),
    }
}

fn add(args: &Add) -> Result<(), Failure> {
    let name = people::new_name(&args.account)?;
    people::change(&args.database, async |store| {
        let ground = ground(store, &args.territory).await?;
        let first = store.roster().await?.accounts.is_empty();
        let account = Account {
            name: name.into(),
            display_name: args.display_name.clone().unwrap_or_else(|| name.into()),
            grants: args.roles.iter().cloned().collect(),
            territory: ground.units(&args.territory)?,
            created_at: Utc::now().trunc_subsecs(6),
            disabled_at: None,
        };
        let password = people::new_password(name, args.password_stdin)?;
        let act = people::act("account.added", name, told(&account, &ground));
        store.add_account(&account, &password, &act).await?;
        eprintln!("account {name} is added");
        if first {
            eprintln!(
                "it is the first: from now on everybody signs in, and somebody else approves what one drew"
            );
        }
        Ok(())
    })
}

fn list(args: &List) -> Result<(), Failure> {
    let rows = people::look(&args.database, async |store| {
        let Roster { accounts, .. } = store.roster().await?;
        let bounded = accounts.iter().any(|account| !account.territory.is_empty());
        let ground = ground(store, if bounded { &["x"] } else { &[] }).await?;
        Ok(accounts.iter().map(|account| row(account, &ground)).collect::<Vec<_>>())
    })?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "account\tname\troles\tterritory\tdisabled")?;
    rows.iter().try_for_each(|row| writeln!(out, "{row}"))?;
    Ok(())
}

fn row(account: &Account, ground: &Ground) -> String {
    let Account { name, display_name, .. } = account;
    let disabled = account.disabled_at.map(|at| at.to_rfc3339()).unwrap_or_default();
    let territory = ground.codes(&account.territory).join(" ");
    format!("{name}\t{display_name}\t{}\t{territory}\t{disabled}", written(&account.grants).join(" "))
}

fn set(args: &Set) -> Result<(), Failure> {
    if args.roles.is_empty() && args.territory.is_empty() && !args.everywhere && args.display_name.is_none() {
        return Err(Failure::Usage(
            "nothing to set: give --role, --territory, --everywhere or --name".into(),
        ));
    }
    people::change(&args.database, async |store| {
        let mut account = named(store, &args.account).await?;
        let ground = Ground::of(store).await?;
        if !args.roles.is_empty() {
            account.grants = args.roles.iter().cloned().collect();
        }
        if args.everywhere || !args.territory.is_empty() {
            account.territory = ground.units(&args.territory)?;
        }
        account.display_name = args.display_name.clone().unwrap_or(account.display_name);
        let act = people::act("account.set", &account.name, told(&account, &ground));
        store.set_account(&account, &act).await?;
        eprintln!("{}", row(&account, &ground).trim_end().replace('\t', "  "));
        Ok(())
    })
}

fn stand(args: &Named, disabled_at: Option<DateTime<Utc>>, action: &'static str) -> Result<(), Failure> {
    people::change(&args.database, async |store| {
        let account = Account { disabled_at, ..named(store, &args.account).await? };
        store.set_account(&account, &people::act(action, &account.name, json!({}))).await?;
        let stands = if disabled_at.is_some() { "disabled; its sessions have ended" } else { "enabled" };
        eprintln!("account {} is {stands}", account.name);
        Ok(())
    })
}

fn password(args: &Renew) -> Result<(), Failure> {
    people::change(&args.database, async |store| {
        let name = named(store, &args.account).await?.name;
        let password = people::new_password(&name, args.password_stdin)?;
        store.set_password(&name, &password, &people::act("account.password", &name, json!({}))).await?;
        eprintln!("account {name} has another password; its sessions have ended");
        Ok(())
    })
}

/// The units, when codes have to be read or written.
async fn ground<T>(store: &Store, codes: &[T]) -> Result<Ground, Failure> {
    if codes.is_empty() { Ok(Ground::none()) } else { Ground::of(store).await }
}

async fn named(store: &Store, name: &str) -> Result<Account, Failure> {
    let found = store.roster().await?.accounts.into_iter().find(|account| account.name == name);
    found.ok_or_else(|| Failure::Refused(format!("there is no account {name}")))
}

/// What the audit keeps of an account.
fn told(account: &Account, ground: &Ground) -> Value {
    json!({
        "display_name": account.display_name,
        "roles": written(&account.grants),
        "territory": ground.codes(&account.territory),
    })
}

fn written(grants: &BTreeSet<Grant>) -> Vec<String> {
    grants.iter().map(ToString::to_string).collect()
}
