//! Secrets that the server makes: of sessions, of tokens, passwords to begin with.

use sha2::{Digest, Sha256};
use std::fmt;

/// A secret. Shown only by [`Secret::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// What a token begins with, so that one is known where it should not be.
const TOKEN: &str = "wangge_";

/// Letters and digits that nobody takes for one another; 32, so that five bits choose one.
const READABLE: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

impl Secret {
    /// A session's: 256 bits in hexadecimal.
    pub fn of_session() -> Self {
        Self(hex(&random()))
    }

    /// A token's: the same behind `wangge_`.
    pub fn of_token() -> Self {
        Self(format!("{TOKEN}{}", Self::of_session().0))
    }

    /// A password that can be read out and typed: four groups of four, 80 bits.
    pub fn readable() -> Self {
        let letter = |byte: &u8| char::from(READABLE[usize::from(byte % 32)]);
        let groups: Vec<String> =
            random()[..16].chunks(4).map(|group| group.iter().map(letter).collect()).collect();
        Self(groups.join("-"))
    }

    /// One that came in.
    pub fn given(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for whom it was made.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored of a session's or a token's. A plain SHA-256 is enough: nobody guesses 256 bits, and
    /// how long it takes to look a hash up tells nothing of another.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

/// Bytes as hexadecimal digits.
pub(in crate::app) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).expect("half a byte is one digit");
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the system has random bytes");
    bytes
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_have_their_form_and_are_not_shown() {
        let (session, token, password) = (Secret::of_session(), Secret::of_token(), Secret::readable());
        assert_eq!(session.reveal().len(), 64);
        assert!(token.reveal().starts_with("wangge_") && token.reveal().len() == 71);
        assert!(password.reveal().len() == 19 && password.reveal().matches('-').count() == 3);
        assert_ne!(Secret::of_session(), session);
        assert_eq!(session.hash(), Secret::given(session.reveal()).hash());
        assert_eq!(format!("{session:?}"), "Secret(…)");
    }
}
