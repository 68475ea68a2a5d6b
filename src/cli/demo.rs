//! `wangge demo`: writes the demo city.

use super::{Failure, demo_reports, open, people};
use crate::app::OpenError;
use crate::app::access::password;
use crate::app::access::secret::Secret;
use crate::demo::{self, City, DemoError, DemoReport, Facts, Options, Progress};
use crate::exchange::read::{self, Feature, Ground, ReadOptions};
use crate::geom::Shape;
use crate::snapshot::StateHash;
use crate::store::{Location, Publication, Store};
use crate::unit::{Account, Attributes, Categories, Grant, Role};
use chrono::{DateTime, SubsecRound, Utc};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Build the demo city of Guilin into a new store.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wangge demo                                  writes data/wangge.gpkg
  wangge demo guilin.gpkg --seed 7
  wangge demo --database postgres://wangge@db.example/city
  wangge demo --counties counties.geojson      with real county borders
  wangge demo --people                         with accounts to sign in; prints their passwords
  wangge demo --reports 0                      without reports that nobody made")]
pub struct Args {
    #[command(flatten)]
    store: open::Named,
    /// Take the counties' borders from this file (polygons with a column `code`) instead of drawing them.
    #[arg(long, value_name = "FILE")]
    pub counties: Option<PathBuf>,
    /// Another city of the same facts.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Add a planner, an approver and a dispatcher, and print how they sign in.
    #[arg(long)]
    pub people: bool,
    /// How many reports of the last weeks to make up.
    #[arg(long, default_value_t = 1_200, value_name = "N")]
    pub reports: usize,
    /// The moment up to which they came in, RFC 3339; the same seed and moment give the same reports [default: now].
    #[arg(long, value_name = "TIME")]
    pub until: Option<DateTime<Utc>>,
}

/// What is shown with everything drawn from the demo.
const NOTE: &str = "示意数据,非真实界线 / demo data, not real borders";

/// When the demo's only revision takes effect: the first day of 2026 in Guilin.
const EFFECTIVE_FROM: &str = "2026-01-01T00:00:00+08:00";

/// Writes the demo city.
pub fn run(args: &Args) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(write(args))
}

async fn write(args: &Args) -> Result<(), Failure> {
    let started = Instant::now();
    let place = args.store.place()?;
    open::refuse_taken(&place).await?;
    let facts = Facts::guilin().map_err(|error| Failure::environment("reading the demo's facts", error))?;
    let counties = match &args.counties {
        Some(file) => Some(given_counties(file, &facts).await?),
        None => None,
    };
    let bar = ProgressBar::new(1).with_style(
        ProgressStyle::with_template("{bar:24} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let mut show = |progress: Progress| {
        bar.set_length(u64::from(progress.of) + 1);
        bar.set_position(u64::from(progress.done));
        bar.set_message(progress.step);
    };
    let options = Options { seed: args.seed, counties };
    let city = demo::city(&facts, &options, &mut show).map_err(|error| refused(&error))?;
    bar.set_message("store");
    let cast = if args.people { cast() } else { Vec::new() };
    let until = args.until.unwrap_or_else(Utc::now);
    let told = demo::reports(&city, Categories::standard(), (args.seed, args.reports), until);
    let hash = store(&place, &city, &cast, &told).await?;
    bar.finish_and_clear();
    tell(args, &place, &city, hash, started);
    introduce(&cast)
}

/// Accounts to try the rules with, each with a password that nobody chose.
fn cast() -> Vec<(Account, Secret)> {
    let account = |(role, display_name): (Role, &str)| Account {
        name: role.name().into(),
        display_name: display_name.into(),
        grants: [Grant { role, layer: None }].into(),
        territory: BTreeSet::new(),
        created_at: Utc::now().trunc_subsecs(6),
        disabled_at: None,
    };
    let cast =
        [(Role::Planner, "示例规划员"), (Role::Approver, "示例审核员"), (Role::Dispatcher, "示例调度员")];
    cast.map(|one| (account(one), Secret::readable())).into()
}

/// Says how they sign in: the one time that their passwords are shown.
fn introduce(cast: &[(Account, Secret)]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for (account, password) in cast {
        writeln!(out, "{}\t{}\t{}", account.name, password.reveal(), account.display_name)?;
    }
    if !cast.is_empty() {
        eprintln!(
            "wangge: name and password of each, to sign in on the page of `wangge serve`; shown only now"
        );
    }
    Ok(())
}

async fn store(
    place: &Location,
    city: &City,
    cast: &[(Account, Secret)],
    told: &[DemoReport],
) -> Result<StateHash, Failure> {
    let doing = || format!("writing {place}");
    let mut hash = None;
    let fill = async |store: &Store| {
        let publication = Publication {
            prev: None,
            effective_from: DateTime::parse_from_rfc3339(EFFECTIVE_FROM)
                .map_or(DateTime::UNIX_EPOCH, |at| at.with_timezone(&Utc)),
            note: Some(NOTE.into()),
            attributes: Attributes::new(),
            layers: &city.layers,
        };
        hash = Some(store.publish(&publication).await?.1);
        store.replace_posts(&city.posts).await?;
        for (account, password) in cast {
            let data = json!({ "roles": [account.name], "display_name": account.display_name });
            let act = people::act("account.added", &account.name, data);
            store.add_account(account, &password::hash(password.reveal()), &act).await?;
        }
        demo_reports::file(store, told).await
    };
    Store::build::<OpenError, _>(place, fill).await.map_err(|error| Failure::environment(doing(), error))?;
    hash.ok_or_else(|| Failure::Refused("the demo has no revision".into()))
}

fn tell(args: &Args, place: &Location, city: &City, hash: StateHash, started: Instant) {
    let counts: Vec<String> =
        city.layers.iter().map(|l| format!("{} {}", l.shapes.len(), l.layer.title)).collect();
    eprintln!(
        "wangge: {place} has {}, {} 岗位, {} 事件 (seed {}, state {hash}), made in {:.1} s",
        counts.join(", "),
        city.posts.len(),
        args.reports,
        args.seed,
        started.elapsed().as_secs_f64(),
    );
    eprintln!("wangge: {NOTE}");
}

/// The shapes of the facts' counties from a file of polygons with their codes.
async fn given_counties(file: &Path, facts: &Facts) -> Result<Vec<Shape>, Failure> {
    let read = read::read(file, &ReadOptions::default()).await;
    let features =
        read.map_err(|error| Failure::environment(format!("reading {}", file.display()), error))?.features;
    let (mut shapes, mut wrong) = (Vec::new(), Vec::new());
    for county in &facts.counties {
        match shape_of(&features, &county.code) {
            Ok(shape) => shapes.push(shape),
            Err(problem) => wrong.push(format!("{} {}: {problem}", county.code, county.name)),
        }
    }
    if wrong.is_empty() {
        Ok(shapes)
    } else {
        Err(Failure::Refused(format!("{} must give every county: {}", file.display(), wrong.join("; "))))
    }
}

fn shape_of(features: &[Feature], code: &str) -> Result<Shape, String> {
    let is_it = |f: &&Feature| f.properties.get("code").and_then(|v| v.as_str()) == Some(code);
    match features.iter().find(is_it).map(|f| &f.ground) {
        Some(Ground::Shape(shape)) => Ok(shape.clone()),
        Some(Ground::Broken(broken)) => Err(broken.detail.clone()),
        Some(Ground::None) => Err("expected a polygon, got none".into()),
        None => Err("expected a feature with this code, got none".into()),
    }
}

fn refused(error: &DemoError) -> Failure {
    Failure::Refused(error.to_string())
}
