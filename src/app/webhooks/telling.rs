//! Telling programs what happened, one event after the other.

use super::post::{Address, post};
use super::{App, TRIES};
use crate::app::access::secret::hex;
use crate::store::{DeadLetter, Event, Standing, StoreError, Webhook};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use std::sync::Arc;
use std::time::Duration;

/// How long nobody looks when nothing happens.
const LOOK: Duration = Duration::from_secs(1);
/// For how long a node takes the telling of a program.
const HELD: TimeDelta = TimeDelta::seconds(60);
/// Events that are read at a time.
const PORTION: usize = 100;
/// The longest wait before an event is tried again.
const LONGEST: TimeDelta = TimeDelta::hours(1);

/// Tells programs what happened, for ever. To be run once, beside the server.
pub async fn keep_webhooks(app: Arc<App>) {
    let holder = app.holder.clone();
    let mut signs = app.event_signs();
    loop {
        signs.mark_unchanged();
        let round = app.tell_all(&holder, Utc::now()).await;
        if let Err(error) = &round {
            // Said by whoever follows the store; tried again with the next look.
            tracing::debug!(%error, "webhooks wait");
        }
        if matches!(round, Ok(true)) {
            continue;
        }
        tokio::select! {
            changed = signs.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

impl App {
    /// One round over all programs; whether some were told something.
    pub async fn tell_all(&self, holder: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut rounds = Vec::new();
        for webhook in self.store().webhooks().await? {
            if webhook.standing.next_at <= now {
                rounds.push(self.tell_one(webhook, holder, now));
            }
        }
        let told = futures::future::join_all(rounds).await;
        told.into_iter().try_fold(false, |any, one| Ok(any | one?))
    }

    /// Tells one program what is new; whether anything was taken.
    async fn tell_one(&self, webhook: Webhook, holder: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let events = self.events(webhook.standing.told, PORTION).await?;
        if events.is_empty() || !self.store().hold_webhook(webhook.id, holder, (now, now + HELD)).await? {
            return Ok(false);
        }
        let mut standing = webhook.standing.clone();
        let mut unwritten = false;
        for event in &events {
            if !webhook.wants(&event.kind) {
                (standing.told, unwritten) = (event.seq, true);
                continue;
            }
            let outcome = self.tell(&webhook, event, Utc::now()).await;
            let (next, letter) = after(&webhook, &standing, event, outcome, Utc::now());
            let goes_on = next.told == event.seq;
            let ours = self.store().write_webhook(webhook.id, holder, &next, letter.as_ref()).await?;
            (standing, unwritten) = (next, false);
            // Another node holds it by now, or it waits.
            if !ours || !goes_on {
                return Ok(false);
            }
        }
        if unwritten {
            self.store().write_webhook(webhook.id, holder, &standing, None).await?;
        }
        Ok(true)
    }

    /// Sends one event; an error says why it was not taken.
    pub(super) async fn tell(
        &self,
        webhook: &Webhook,
        event: &Event,
        now: DateTime<Utc>,
    ) -> Result<(), String> {
        let address = Address::read(&webhook.url, &self.webhook_hosts).map_err(|error| error.to_string())?;
        let body = json!({
            "seq": event.seq, "type": event.kind, "at": event.at, "revision": event.revision,
            "subject": event.subject, "data": event.data,
        })
        .to_string();
        let signature = signature(&webhook.secret, now.timestamp(), &body);
        let headers = [("wangge-signature", signature), ("wangge-event", event.seq.to_string())];
        post(&address, &self.webhook_roots, &headers, body.into_bytes()).await
    }
}

/// `t=…,v1=…`: the second in which it was signed, and HMAC-SHA-256 of it, a dot and the body, in hexadecimal.
fn signature(secret: &str, second: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length will do");
    mac.update(format!("{second}.{body}").as_bytes());
    format!("t={second},v1={}", hex(&mac.finalize().into_bytes()))
}

/// How far one is told after an event was sent, and what is put aside.
fn after(
    webhook: &Webhook,
    before: &Standing,
    event: &Event,
    outcome: Result<(), String>,
    now: DateTime<Utc>,
) -> (Standing, Option<DeadLetter>) {
    let now = now.trunc_subsecs(6);
    let taken = Standing { told: event.seq, attempts: 0, next_at: now, error: None };
    let Err(error) = outcome else { return (taken, None) };
    let attempts = before.attempts + 1;
    if attempts < TRIES {
        let wait = TimeDelta::seconds(1 << attempts.min(20)).min(LONGEST);
        let waits = Standing {
            told: before.told.max(event.seq - 1),
            attempts,
            next_at: now + wait,
            error: Some(error),
        };
        return (waits, None);
    }
    let letter = DeadLetter {
        webhook: webhook.id,
        event: event.seq,
        put_aside_at: now,
        attempts,
        error: error.clone(),
    };
    (Standing { error: Some(error), ..taken }, Some(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_hmac_sha_256_over_the_second_and_the_body() {
        // By OpenSSL: printf '1700000000.{}' | openssl dgst -sha256 -hmac key
        let expected = "t=1700000000,v1=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae";
        assert_eq!(signature("key", 1_700_000_000, "{}"), expected);
    }
}
