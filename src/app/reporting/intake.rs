//! Taking in: reports that come at the same time are filed in one transaction and share one sync.

use crate::app::App;
use crate::app::events::Feed;
use crate::store::{Filing, NewReport, Store, StoreError};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{oneshot, watch};

/// How many reports are filed in one transaction at most.
const TOGETHER: usize = 256;

/// How many may wait; the next one is told to come back.
const MOST_WAITING: usize = 8_192;

/// Why a report was not taken in.
#[derive(Clone, Debug, thiserror::Error)]
pub enum IntakeError {
    /// Too many wait already.
    #[error("{MOST_WAITING} reports wait to be filed")]
    Full,
    /// The medium failed before; nothing is taken in until the server was started again.
    #[error("the medium of the store failed; nothing is taken in until the server is started again")]
    Stopped,
    /// The store failed; it may be filed only if the store says so.
    #[error(transparent)]
    Store(Arc<StoreError>),
}

/// Those who wait, and whether somebody files for them.
#[derive(Debug, Default)]
struct Line {
    waiting: Vec<Waiting>,
    filing: bool,
}

#[derive(Debug)]
struct Waiting {
    report: NewReport,
    answer: oneshot::Sender<Result<Filing, IntakeError>>,
}

/// The door at which reports wait for the transaction that files them.
#[derive(Debug, Default)]
pub(in crate::app) struct Intake {
    line: Mutex<Line>,
    /// Whether the medium failed.
    failed: watch::Sender<bool>,
}

impl App {
    /// Files a report. What it answers is durable: it was synced before this returns.
    ///
    /// Whoever comes while a transaction runs is in the next one, together with all others who came. The filing goes on
    /// when the caller is gone.
    pub async fn file(&self, report: NewReport) -> Result<Filing, IntakeError> {
        if self.has_medium_failed() {
            return Err(IntakeError::Stopped);
        }
        let heard = self.line_up(report)?;
        // Whoever files answers all that he took along; if he could not, the store is not to be trusted.
        heard.await.unwrap_or(Err(IntakeError::Stopped))
    }

    /// Whether the medium of the store failed under the intake.
    pub fn has_medium_failed(&self) -> bool {
        *self.intake.failed.borrow()
    }

    /// Waits until the medium of the store fails under the intake: then the process must end.
    pub async fn medium_failed(&self) {
        let mut failed = self.intake.failed.subscribe();
        // An error means that the app is gone, and nobody waits for it any more.
        let _ = failed.wait_for(|failed| *failed).await;
    }
}

/// Whoever files; should he break down, the next one who comes takes over.
struct Turn<'a>(&'a Intake);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.line.lock().unwrap_or_else(PoisonError::into_inner).filing = false;
        }
    }
}

impl App {
    fn line_up(
        &self,
        report: NewReport,
    ) -> Result<oneshot::Receiver<Result<Filing, IntakeError>>, IntakeError> {
        let (answer, heard) = oneshot::channel();
        let mut line = self.intake.line.lock().unwrap_or_else(PoisonError::into_inner);
        if line.waiting.len() >= MOST_WAITING {
            return Err(IntakeError::Full);
        }
        line.waiting.push(Waiting { report, answer });
        if !mem::replace(&mut line.filing, true) {
            tokio::spawn(self.intake.clone().file_all(self.store().clone(), self.feed.clone()));
        }
        Ok(heard)
    }
}

impl Intake {
    /// Files for everybody until nobody waits.
    async fn file_all(self: Arc<Self>, store: Store, feed: Arc<Feed>) {
        let _turn = Turn(&self);
        while let Some(group) = self.next_group() {
            let (reports, answers): (Vec<_>, Vec<_>) =
                group.into_iter().map(|w| (w.report, w.answer)).unzip();
            match store.file_reports(&reports).await {
                Ok(filings) => {
                    for (answer, filing) in answers.into_iter().zip(filings) {
                        // Whoever is gone asks again with his key.
                        let _ = answer.send(Ok(filing));
                    }
                    feed.wake();
                }
                Err(error) => self.refuse(answers, error),
            }
        }
    }

    fn next_group(&self) -> Option<Vec<Waiting>> {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let count = line.waiting.len().min(TOGETHER);
        line.filing = count > 0;
        (count > 0).then(|| line.waiting.drain(..count).collect())
    }

    fn refuse(&self, answers: Vec<oneshot::Sender<Result<Filing, IntakeError>>>, error: StoreError) {
        if error.is_io_failure() {
            tracing::error!(%error, "the medium of the store failed; intake stops, and so does this server");
            self.failed.send_replace(true);
        }
        let error = IntakeError::Store(Arc::new(error));
        for answer in answers {
            let _ = answer.send(Err(error.clone()));
        }
    }
}
