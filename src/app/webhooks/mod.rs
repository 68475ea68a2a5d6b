//! Webhooks: other programs are told what happened, each event in order, until they take it.
//!
//! Only programs on hosts that whoever runs the server has named are told anything, so that no account can make the
//! server ask an address of its choice. An event is sent again with a wait that doubles; after [`TRIES`] it is put
//! aside, where it is listed and can be sent again, and the next one follows. What was sent and not heard of is sent
//! again: a receiver may get an event twice, and knows it by its number.

mod post;
mod telling;

pub use post::{Address, AddressError, Roots, RootsError};
pub use telling::keep_webhooks;

use super::App;
use super::access::secret::Secret;
use crate::store::{Act, DeadLetter, Standing, StoreError, Webhook};
use chrono::{DateTime, SubsecRound, Utc};
use serde_json::json;
use std::collections::BTreeSet;

/// How often an event is tried before it is put aside.
pub const TRIES: u32 = 12;

/// The hosts on which programs may be told, in lower case; without any, nobody is told anything.
pub type Hosts = BTreeSet<String>;

/// Why a webhook was not added.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The address is none, or not on a host that is allowed.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// What is to be told is no type of events.
    #[error("{0:?} is no type of events, nor the beginning of one before *")]
    Kind(String),
    /// There is none of this number.
    #[error("there is no webhook {0}")]
    Unknown(u64),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What there is to be told.
const KINDS: [&str; 3] = ["report.", "draft.", "revision."];

impl App {
    /// Adds a program that is told what happens from now on; gives it with the secret that signs what it is told.
    pub async fn add_webhook(
        &self,
        url: &str,
        kinds: Vec<String>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Webhook, WebhookError> {
        Address::read(url, &self.webhook_hosts)?;
        let known = |kind: &String| {
            let beginning = kind.strip_suffix('*');
            let word = beginning.unwrap_or(kind);
            kind == "*" || KINDS.iter().any(|known| word.starts_with(known))
        };
        if let Some(wrong) = kinds.iter().find(|kind| !known(kind)) {
            return Err(WebhookError::Kind(wrong.chars().take(80).collect()));
        }
        let at = now.trunc_subsecs(6);
        let standing = Standing { told: 0, attempts: 0, next_at: at, error: None };
        let secret = Secret::of_session().reveal().to_owned();
        let (url, created_by) = (url.to_owned(), actor.to_owned());
        let new = Webhook { id: 0, url, secret, kinds, created_by, created_at: at, standing };
        let data = json!({ "url": new.url, "kinds": new.kinds });
        let act = Act { at, actor, action: "webhook.added", subject: &new.url, data };
        let id = self.store().add_webhook(&new, &act).await?;
        Ok(Webhook { id, ..new })
    }

    /// Ends one.
    pub async fn end_webhook(&self, id: u64, actor: &str, now: DateTime<Utc>) -> Result<(), WebhookError> {
        let subject = id.to_string();
        let act = Act { at: now, actor, action: "webhook.ended", subject: &subject, data: json!({}) };
        if self.store().end_webhook(id, &act).await? { Ok(()) } else { Err(WebhookError::Unknown(id)) }
    }

    /// The programs that are told, with what was put aside for each.
    pub async fn webhooks(&self) -> Result<Vec<(Webhook, Vec<DeadLetter>)>, StoreError> {
        let mut all = Vec::new();
        for webhook in self.store().webhooks().await? {
            let letters = self.store().dead_letters(webhook.id).await?;
            all.push((webhook, letters));
        }
        Ok(all)
    }

    /// Sends what was put aside for one again, oldest first, until one is not taken; how many were.
    pub async fn resend(&self, id: u64) -> Result<usize, WebhookError> {
        let all = self.store().webhooks().await?;
        let webhook = all.into_iter().find(|webhook| webhook.id == id).ok_or(WebhookError::Unknown(id))?;
        let mut taken = 0;
        for letter in self.store().dead_letters(id).await? {
            let events = self.store().events(letter.event - 1, 1).await?;
            let Some(event) = events.first() else { break };
            if self.tell(&webhook, event, Utc::now()).await.is_err() {
                break;
            }
            self.store().strike_dead_letter(id, letter.event).await?;
            taken += 1;
        }
        Ok(taken)
    }
}
