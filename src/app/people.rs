//! Who there is, who signs in and who asks.
//!
//! All accounts and tokens are held in memory, with the sessions that were looked up since they were read. All
//! of that is as of one entry of the audit: when the store has a newer one, whoever wrote it, everything is
//! read again. A server asks each second ([`keep_people_fresh`]), and before anything that takes a role
//! ([`App::refresh_people`]), so that a reader is at most a second behind and whoever writes is not behind at
//! all. While the store is away, what is known goes on for those who read.

use super::App;
use super::access::secret::Secret;
use super::access::throttle::Throttle;
use super::access::{Caller, password};
use crate::store::{Act, Roster, Session, Store, StoreError};
use crate::unit::Account;
use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, Semaphore};

/// How long a session lasts after its last request, and in all.
const IDLE: TimeDelta = TimeDelta::hours(12);
const LONGEST: TimeDelta = TimeDelta::days(7);

/// How much later a session must have been seen for that to be written down.
const NOTICED: TimeDelta = TimeDelta::minutes(5);

/// Passwords that are tried at a time, each on a core with 19 MiB; and how long the next one waits.
const TRIES: usize = 2;
const PATIENCE: Duration = Duration::from_secs(5);

/// Sessions that are looked up in the store at a time.
const LOOKUPS: usize = 16;

/// Sessions that are held in memory.
const HELD: u64 = 50_000;

/// Everybody, as of one entry of the audit.
#[derive(Debug)]
struct Known {
    roster: Arc<Roster>,
    accounts: HashMap<String, Arc<Account>>,
    /// By the hash of the secret; as whom each acts, and until when.
    tokens: HashMap<[u8; 32], Key>,
    sessions: moka::sync::Cache<[u8; 32], Session>,
}

/// A token that was not revoked.
#[derive(Debug)]
struct Key {
    acts_as: Arc<Account>,
    expires_at: Option<DateTime<Utc>>,
}

impl Known {
    fn new(roster: Roster) -> Self {
        let accounts: HashMap<String, Arc<Account>> =
            roster.accounts.iter().map(|a| (a.name.clone(), Arc::new(a.clone()))).collect();
        let mut tokens = HashMap::new();
        for token in roster.tokens.iter().filter(|token| token.revoked_at.is_none()).cloned() {
            let acts_as = match &token.account {
                Some(name) => accounts.get(name).cloned(),
                None => Some(Arc::new(Account {
                    name: format!("token:{}", token.name),
                    display_name: token.name,
                    grants: token.grants,
                    territory: std::collections::BTreeSet::new(),
                    created_at: token.created_at,
                    disabled_at: None,
                })),
            };
            tokens.extend(acts_as.map(|acts_as| (token.hash, Key { acts_as, expires_at: token.expires_at })));
        }
        Self { roster: Arc::new(roster), accounts, tokens, sessions: moka::sync::Cache::new(HELD) }
    }
}

/// What a server knows of people.
#[derive(Debug)]
pub(super) struct People {
    known: ArcSwap<Known>,
    reading: Mutex<()>,
    throttle: Throttle,
    tries: Semaphore,
    lookups: Semaphore,
}

/// What came along with a request to say who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// Nothing.
    None,
    /// The secret of a session.
    Session(Secret),
    /// The secret of a token.
    Token(Secret),
}

/// Why it is not known who asks.
#[derive(Debug, thiserror::Error)]
pub enum CallerError {
    /// A token that opens nothing.
    #[error("the token is unknown, was revoked, or has expired")]
    Token,
    /// Too many sessions are being looked up.
    #[error("too many sessions are being looked up")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Somebody who just signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// What the browser keeps.
    pub secret: Secret,
    /// Who.
    pub account: Arc<Account>,
    /// How long the session can last at most.
    pub longest: Duration,
}

/// Why somebody was not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The store has no account.
    #[error("this server has no accounts, so nobody signs in; `wangge user add` makes the first")]
    NoAccounts,
    /// No enabled account has this name and this password; which of these it is, is not said.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many failures of late.
    #[error("too many attempts; the next one is heard in {} s", .0.as_secs() + 1)]
    TooMany(Duration),
    /// Others are being signed in.
    #[error("too many people sign in at the moment")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl People {
    /// Reads everybody.
    pub(super) async fn open(store: &Store) -> Result<Self, StoreError> {
        store.roster().await.map(Self::of)
    }

    /// Everybody as somebody has read them before, until the store tells news.
    pub(super) fn of(roster: Roster) -> Self {
        Self {
            known: ArcSwap::from_pointee(Known::new(roster)),
            reading: Mutex::default(),
            throttle: Throttle::default(),
            tries: Semaphore::new(TRIES),
            lookups: Semaphore::new(LOOKUPS),
        }
    }

    /// Everybody as they were read.
    pub(super) fn roster(&self) -> Arc<Roster> {
        self.known.load().roster.clone()
    }
}

impl App {
    /// Whether the store has an account, a disabled one included: then nobody is `local` any more.
    pub fn has_accounts(&self) -> bool {
        !self.people.known.load().accounts.is_empty()
    }

    /// Sees to it that what is known of people, posts and reference lines is what the store holds now; whether there
    /// was news of people. Costs one look at the newest entry of the audit.
    pub async fn refresh_people(&self) -> Result<bool, StoreError> {
        let _one = self.people.reading.lock().await;
        let head = self.store.audit_head().await?;
        // Before the people: a snapshot says of what it holds that it is at least as new as they are.
        self.beside.refresh(&self.store, head).await?;
        if head == self.people.known.load().roster.head {
            return Ok(false);
        }
        self.people.known.store(Arc::new(Known::new(self.store.roster().await?)));
        Ok(true)
    }

    /// Who asks, where there are accounts. A session that is over is nobody's; a token that opens nothing is an
    /// error, because a program would otherwise go on with less than it was given.
    pub async fn caller(&self, credential: &Credential, now: DateTime<Utc>) -> Result<Caller, CallerError> {
        let found = match credential {
            Credential::None => None,
            Credential::Token(token) => Some(self.token(token, now)?),
            Credential::Session(secret) => self.session(&secret.hash(), now).await?,
        };
        Ok(found.map_or(Caller::SignedOut, Caller::Account))
    }

    fn token(&self, token: &Secret, now: DateTime<Utc>) -> Result<Arc<Account>, CallerError> {
        let known = self.people.known.load();
        let key = known.tokens.get(&token.hash());
        let key = key.filter(|k| k.expires_at.is_none_or(|end| now < end) && k.acts_as.disabled_at.is_none());
        key.map(|key| key.acts_as.clone()).ok_or(CallerError::Token)
    }

    async fn session(
        &self,
        hash: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Account>>, CallerError> {
        // What is looked up is kept with what was known before: whatever ended meanwhile goes with it.
        let known = self.people.known.load_full();
        // One that seems over may have been used on another server since.
        let held = known.sessions.get(hash).filter(|session| now < session.expires_at);
        let session = if held.is_some() { held } else { self.look_up(&known, hash).await? };
        let Some(session) = session.filter(|session| now < session.expires_at) else { return Ok(None) };
        let account = known.accounts.get(&session.account).filter(|a| a.disabled_at.is_none()).cloned();
        if account.is_some() && now - session.seen_at >= NOTICED {
            self.slide(&known, session, now);
        }
        Ok(account)
    }

    async fn look_up(&self, known: &Known, hash: &[u8; 32]) -> Result<Option<Session>, CallerError> {
        let _place = self.people.lookups.try_acquire().map_err(|_full| CallerError::Busy)?;
        let found = self.store.session(hash).await?;
        Ok(found.inspect(|session| known.sessions.insert(*hash, session.clone())))
    }

    /// A session lasts on from now. The store is told beside the request, which does not wait for it.
    fn slide(&self, known: &Known, mut session: Session, now: DateTime<Utc>) {
        session.seen_at = now;
        session.expires_at = (now + IDLE).min(session.created_at + LONGEST);
        known.sessions.insert(session.hash, session.clone());
        let store = self.store.clone();
        tokio::spawn(async move {
            if let Err(error) = store.touch_session(&session).await {
                tracing::warn!(%error, "that a session was seen could not be written down");
            }
        });
    }

    /// Signs somebody in who comes from an address.
    ///
    /// A name that nobody has costs the same time as one that somebody has. After five failures of a name from
    /// an address each further one has to wait, twice as long each time.
    pub async fn sign_in(&self, name: &str, password: &str, from: IpAddr) -> Result<SignedIn, SignInError> {
        if !self.has_accounts() {
            return Err(SignInError::NoAccounts);
        }
        let name = name.trim().to_lowercase();
        self.people.throttle.attempt(&name, from, Instant::now()).map_err(SignInError::TooMany)?;
        if !self.is_password_of(&name, password).await? {
            tracing::warn!(name, %from, "somebody could not sign in");
            return Err(SignInError::Wrong);
        }
        self.people.throttle.succeeded(&name, from);
        self.start_session(&name, from).await
    }

    async fn is_password_of(&self, name: &str, password: &str) -> Result<bool, SignInError> {
        let place = tokio::time::timeout(PATIENCE, self.people.tries.acquire()).await;
        let _place = place.map_err(|_late| SignInError::Busy)?;
        self.refresh_people().await?;
        let known = self.people.known.load_full();
        let enabled = known.accounts.get(name).is_some_and(|account| account.disabled_at.is_none());
        let stored = self.store.password(name).await?.filter(|_| enabled);
        let password = password.to_owned();
        let verify = move || password::verify(stored.as_deref(), &password);
        Ok(tokio::task::spawn_blocking(verify).await.expect("argon2 does not panic"))
    }

    async fn start_session(&self, name: &str, from: IpAddr) -> Result<SignedIn, SignInError> {
        let (secret, now) = (Secret::of_session(), Utc::now());
        let session = Session {
            hash: secret.hash(),
            account: name.into(),
            created_at: now,
            seen_at: now,
            expires_at: now + IDLE,
        };
        let data = json!({ "from": from.to_canonical().to_string() });
        let act = Act { at: now, actor: name, action: "session.started", subject: name, data };
        self.store.start_session(&session, &act).await?;
        self.refresh_people().await?;
        let account = self.people.known.load().accounts.get(name).cloned().ok_or(SignInError::Wrong)?;
        Ok(SignedIn { secret, account, longest: LONGEST.to_std().unwrap_or_default() })
    }

    /// Ends the session of a secret, if there is one.
    pub async fn sign_out(&self, session: &Secret, who: &str) -> Result<(), StoreError> {
        let act = Act { at: Utc::now(), actor: who, action: "session.ended", subject: who, data: json!({}) };
        self.store.end_session(&session.hash(), &act).await?;
        self.refresh_people().await.map(|_| ())
    }
}

/// Asks the store each second whether somebody changed, until the app is gone.
pub async fn keep_people_fresh(app: Weak<App>) {
    let mut well = true;
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let Some(app) = app.upgrade() else { return };
        let asked = app.refresh_people().await;
        if let (Err(error), true) = (&asked, well) {
            tracing::warn!(%error, "whether an account changed could not be asked; what is known goes on");
        }
        well = asked.is_ok();
    }
}
