//! Reading everything back.

use super::{Store, StoreError};
use crate::snapshot::StateHash;

impl Store {
    /// Reads everything back and reports each disagreement: damaged pages, dangling references, a
    /// revision whose state does not have its hash, an entry of the audit that is not as it was written. Empty when all is well. Costs a load per revision.
    pub async fn verify(&self) -> Result<Vec<String>, StoreError> {
        let mut findings = match self {
            Self::Sqlite(sqlite) => sqlite.verify().await?,
            // A server checks its own pages and references; see `amcheck` for more.
            Self::PostGis(_) => Vec::new(),
        };
        for revision in self.revisions().await? {
            match self.load(revision.number).await {
                Err(error) if error.is_passing() => return Err(error),
                Err(error) => findings.push(format!("revision {}: {error}", revision.number)),
                Ok(loaded) => {
                    let found = StateHash::of(&loaded.layers);
                    if found != loaded.state_hash {
                        let (number, expected) = (revision.number, loaded.state_hash);
                        findings.push(format!(
                            "revision {number}: expected the state hash {expected}, got {found}"
                        ));
                    }
                }
            }
        }
        findings.extend(self.verify_audit().await?);
        Ok(findings)
    }
}
