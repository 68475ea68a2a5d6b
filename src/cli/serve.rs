//! `wangge serve`: answers over HTTP.

use super::{Failure, open};
use crate::app::access::Policy;
use crate::app::webhooks::{Roots, keep_webhooks};
use crate::app::{self, App};
use crate::coverage::KeepPoints;
use crate::http::basemap::Basemap;
use crate::http::listen::{Limits, Listener, tls};
use crate::http::{self, Setting, Site};
use crate::store::{ArcFolder, Local, Location, Store};
use crate::unit::Categories;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

/// Serve the page, the API and the tiles from a store file or a PostGIS database.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wangge serve                                 data/wangge.gpkg on 127.0.0.1:8080
  wangge serve guilin.gpkg --bind 127.0.0.1:9000
  wangge serve --database postgres://wangge@db1.example,db2.example/city
  wangge serve --database postgres://wangge@db.example/city --snapshot /var/lib/wangge/city.snapshot
  wangge serve --database postgres://wangge@db.example/province --arcs file
  wangge serve --bind 0.0.0.0:8443 --public-read --tls self-signed
  wangge serve --basemap guilin.pmtiles --basemap-attribution '© OpenStreetMap contributors'

A database's password is best left out of the command line: PGPASSWORD and ~/.pgpass are read.
Without any account in the store, only this machine is answered; `wangge user add` makes one.
--public-read lets any address read and locate, and nothing else. WANGGE_LOG=debug tells of every request.")]
pub struct Args {
    #[command(flatten)]
    store: open::Named,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR", env = "WANGGE_BIND")]
    pub bind: SocketAddr,
    /// Let any address read and locate.
    #[arg(long, env = "WANGGE_PUBLIC_READ")]
    pub public_read: bool,
    /// Encrypt with a certificate of our own making, kept beside the store file, or in data/.
    #[arg(long, value_name = "KIND", value_parser = ["self-signed"], conflicts_with = "tls_cert")]
    pub tls: Option<String>,
    /// Encrypt with this certificate (PEM, with those that vouch for it).
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The key of the certificate (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// What lies under the grids: none, a tile address with {z}, {x} and {y}, or a .pmtiles file.
    #[arg(long, default_value = "none", value_name = "SOURCE", env = "WANGGE_BASEMAP")]
    pub basemap: String,
    /// The basemap's system: wgs84, cgcs2000 or gcj02.
    #[arg(long, default_value = "wgs84", value_name = "CRS")]
    pub basemap_crs: String,
    /// Whose the basemap is; shown on the map.
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub basemap_attribution: String,
    /// Where this node keeps its local snapshot of a database, to start from while the database is away; each
    /// node needs its own; `none` for none [default: data/DATABASE.snapshot].
    #[arg(long, value_name = "FILE", env = "WANGGE_SNAPSHOT")]
    pub snapshot: Option<PathBuf>,
    /// Where the points of borders are: in memory, or in a file beside the local snapshot or the store file, read
    /// where they are asked for. For a province; a city fits into memory.
    #[arg(long, default_value = "memory", value_name = "PLACE", value_parser = ["memory", "file"], env = "WANGGE_ARCS")]
    pub arcs: String,
    /// The categories of reports, their rules and the hours in which they are due: a CSV like geodata/categories.csv, in the
    /// place of the table that is built in.
    #[arg(long, value_name = "FILE", env = "WANGGE_CATEGORIES")]
    pub categories: Option<PathBuf>,
    /// A host on which programs may be told what happened; several with commas. Without any, webhooks are refused.
    #[arg(long = "webhook-host", value_name = "HOST", value_delimiter = ',', env = "WANGGE_WEBHOOK_HOSTS")]
    pub webhook_hosts: Vec<String>,
    /// Certificates (PEM) of authorities that vouch for those hosts, beside those that browsers know.
    #[arg(long, value_name = "FILE", env = "WANGGE_WEBHOOK_CA")]
    pub webhook_ca: Option<PathBuf>,
    /// The most connections at a time.
    #[arg(long, default_value_t = Limits::default().connections, value_name = "N")]
    pub connections: usize,
}

/// Serves until stopped.
pub fn run(args: &Args) -> Result<(), Failure> {
    listen_to_log();
    share_heaps();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(args))
}

/// Starts this program once more in its own place with two heaps for all threads, unless somebody chose.
///
/// glibc gives threads heaps of their own, eight for each core, and what one thread freed is lost to the
/// others; the choice is read before a program's first line. Where it cannot be made, more memory is used
/// and nothing else is wrong. See decision 021.
fn share_heaps() {
    const HEAPS: &str = "MALLOC_ARENA_MAX";
    if !cfg!(target_env = "gnu") || std::env::var_os(HEAPS).is_some() {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let failure = Command::new(program).args(std::env::args_os().skip(1)).env(HEAPS, "2").exec();
    tracing::debug!(%failure, "the server keeps a heap for each thread");
}

fn listen_to_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("WANGGE_LOG")
        .unwrap_or_else(|_unset| tracing_subscriber::EnvFilter::new("warn,wangge=info"));
    // Whoever closes our standard error loses the log, and nobody an answer: errors of writing it are
    // not written in turn.
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).log_internal_errors(false);
    // Only a second server in one process finds a log already there, and shares it.
    let _ = log.try_init();
}

async fn serve(args: &Args) -> Result<(), Failure> {
    let basemap = Basemap::read(&args.basemap, &args.basemap_crs, &args.basemap_attribution)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let place = args.store.place()?;
    let acceptor = acceptor(args, &place)?;
    let doing = || format!("listening on {}", args.bind);
    let listener = Listener::bind(args.bind).await.map_err(|error| Failure::environment(doing(), error))?;
    let roots = Roots::new(args.webhook_ca.as_deref()).map_err(|error| Failure::Usage(error.to_string()))?;
    let hosts = args.webhook_hosts.iter().map(|host| host.trim().to_lowercase()).collect();
    let categories = categories(args.categories.as_deref())?;
    let app = app(args, &place).await?.telling(hosts, roots).sorting_by(categories);
    let store = app.store().clone();
    if let Err(failure) = refuse_strangers(args, &app) {
        store.close().await;
        return Err(failure);
    }
    tokio::spawn(app::keep_people_fresh(Arc::downgrade(&app)));
    let site = Site::new(app, Setting { basemap });
    let router = http::router(site.clone()).map_err(|error| Failure::Environment(error.into()))?;
    let stop = stop().map_err(|error| Failure::environment("listening to signals", error))?;
    tokio::spawn(http::keep_metrics_tidy());
    let follower = site.app.clone();
    tokio::spawn(async move { follower.follow().await });
    tokio::spawn(app::keep_schedule(site.app.clone()));
    tokio::spawn(app::keep_reports(site.app.clone()));
    tokio::spawn(keep_webhooks(site.app.clone()));
    greet(args, &place, &listener, &site, acceptor.is_some());
    let published = site.app.published();
    tokio::task::spawn_blocking(move || published.warm(None));
    let limits = Limits { connections: args.connections, ..Limits::default() };
    let medium = site.app.clone();
    let stop = async move {
        tokio::select! { () = stop => {} () = medium.medium_failed() => {} }
    };
    let drained = listener.serve(router, acceptor, limits, stop).await;
    store.close().await;
    if drained.cut > 0 {
        say(&format!("stopped; {} connections were cut off", drained.cut));
    }
    if site.app.has_medium_failed() {
        let hint = "what was answered is kept; look after the disk, then start again";
        return Err(Failure::Environment(anyhow::anyhow!("the medium of {place} failed: {hint}")));
    }
    Ok(())
}

/// The table of categories: that of a file, or the one that is built in.
fn categories(file: Option<&Path>) -> Result<&'static Categories, Failure> {
    let Some(file) = file else { return Ok(Categories::standard()) };
    let doing = || format!("reading {} (--categories)", file.display());
    let csv = std::fs::read_to_string(file).map_err(|error| Failure::environment(doing(), error))?;
    let table = Categories::parse(csv.trim_start_matches('\u{feff}')).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure::Refused(format!("{} cannot be used: {}", file.display(), lines.join("; ")))
    })?;
    // One table for as long as the process runs.
    Ok(Box::leak(Box::new(table)))
}

/// Opens the store: a database together with the local snapshot, without which it must be there.
async fn app(args: &Args, place: &Location) -> Result<Arc<App>, Failure> {
    let policy = Policy { public_read: args.public_read };
    let local = snapshot(args, place)?;
    let arcs = arcs(args, local.as_ref().map(Local::path).or(place.file()))?;
    let opened = if let Some(local) = local {
        let store = Store::open_later(place).await.map_err(|error| cannot_open(place, error))?;
        App::open_keeping(store, policy, local, arcs).await
    } else {
        let store = Store::open(place).await.map_err(|error| cannot_open(place, error))?;
        App::open_with(store, policy, arcs).await
    };
    opened.map_err(|error| cannot_open(place, error))
}

/// The place of the local snapshot of a database; a file is local itself.
fn snapshot(args: &Args, place: &Location) -> Result<Option<Local>, Failure> {
    let path = match (&args.snapshot, place) {
        (Some(path), _) if path.as_os_str() == "none" => return Ok(None),
        (Some(_), Location::File(_)) => {
            let hint = "only a node on a database keeps a snapshot; a file is local itself";
            return Err(Failure::Usage(hint.into()));
        }
        (Some(path), Location::Database(_)) => path.clone(),
        (None, Location::File(_)) => return Ok(None),
        (None, Location::Database(address)) => Path::new(super::DEFAULT_FILE)
            .with_file_name(format!("{}.snapshot", address.database().replace('/', "_"))),
    };
    let doing = || format!("keeping a local snapshot at {} (--snapshot)", path.display());
    Local::take(&path, place).map_err(|error| Failure::environment(doing(), error))
}

/// Who keeps the points of arcs, in the folder of a file of ours; `None` for memory.
fn arcs(args: &Args, beside: Option<&Path>) -> Result<Option<Arc<dyn KeepPoints>>, Failure> {
    if args.arcs != "file" {
        return Ok(None);
    }
    let folder = beside.unwrap_or(Path::new(super::DEFAULT_FILE)).parent();
    let folder = folder.filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
    let doing = || format!("keeping arcs in {} (--arcs file)", folder.display());
    let kept = ArcFolder::at(folder.clone()).map_err(|error| Failure::environment(doing(), error))?;
    Ok(Some(Arc::new(kept)))
}

/// Without accounts nobody but this machine may be answered, so that no other address is listened on.
fn refuse_strangers(args: &Args, app: &App) -> Result<(), Failure> {
    if args.bind.ip().is_loopback() || args.public_read || app.has_accounts() {
        return Ok(());
    }
    let hint = "make one with `wangge user add`, add --public-read to let any address read and locate, or \
        bind to 127.0.0.1";
    Err(Failure::Usage(format!("without accounts only this machine may be answered; {hint}")))
}

fn acceptor(args: &Args, place: &Location) -> Result<Option<tls::Acceptor>, Failure> {
    let files = match (&args.tls_cert, &args.tls_key, &args.tls) {
        (Some(certificate), Some(key), _) => {
            tls::Files { certificate: certificate.clone(), key: key.clone() }
        }
        (_, _, Some(_)) => {
            let beside = place.file().unwrap_or(Path::new(super::DEFAULT_FILE));
            tls::self_signed(beside, args.bind.ip())
                .map_err(|error| Failure::environment("making a certificate", error))?
        }
        _ => return Ok(None),
    };
    tls::acceptor(&files).map(Some).map_err(|error| Failure::environment("preparing TLS", error))
}

fn cannot_open(place: &Location, error: impl Into<anyhow::Error>) -> Failure {
    let missing = place.file().is_some_and(|path| !path.exists());
    let hint = if missing { "; `wangge demo` makes one to try" } else { "" };
    Failure::environment(format!("opening {place}{hint}"), error)
}

/// Ready at the first request to end: Ctrl-C, or what a service manager sends.
fn stop() -> io::Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Tells the address, as something that can be clicked.
fn greet(args: &Args, place: &Location, listener: &Listener, site: &Arc<Site>, tls: bool) {
    let scheme = if tls { "https" } else { "http" };
    let address = listener.address();
    let host = if address.ip().is_unspecified() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    };
    let revision = site.app.published().revision().number;
    say(&format!("{place} (revision {revision}) is at {scheme}://{host}/"));
    if args.public_read {
        say(&format!("warning: any address that reaches {address} may read the grids and locate points"));
    }
    if site.app.has_accounts() && !tls && !address.ip().is_loopback() {
        say("warning: passwords travel unencrypted; add --tls, or put a proxy with TLS in front");
    }
}

/// Tells whoever started the server; a closed standard error is no reason to end.
fn say(words: &str) {
    let _ = writeln!(io::stderr(), "wangge: {words}");
}
