//! Passwords: what argon2id makes of them, and which are taken.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// Characters that a password has at least and at most. No rule asks for digits or signs: length is what
/// helps.
pub const LENGTH: std::ops::RangeInclusive<usize> = 10..=256;

/// Why a password is not taken. It never repeats the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too short or too long.
    #[error("a password must have 10 to 256 characters, got {0}")]
    Length(usize),
    /// The name of the account is all that it is.
    #[error("a password must not be the name of the account")]
    IsName,
}

/// Whether a password may be an account's.
pub fn check(password: &str, name: &str) -> Result<(), Weak> {
    let length = password.chars().count();
    if !LENGTH.contains(&length) {
        return Err(Weak::Length(length));
    }
    if password.to_lowercase() == name { Err(Weak::IsName) } else { Ok(()) }
}

/// What argon2id makes of a password with a new salt, as PHC text: 19 MiB, two passes, one lane, as OWASP
/// advises. Costs some 20 ms of one core.
pub fn hash(password: &str) -> String {
    let hashed: PasswordHash = Argon2::default()
        .hash_password(password.as_bytes())
        .expect("the system has random bytes and the standard costs are legal");
    hashed.to_string()
}

/// What stands in for the hash of a name that nobody has, so that it costs the same work. It has the costs
/// of [`hash`]; no password is known that makes it.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$d2FuZ2dlLW5vYm9keS4$bm9ib2R5IGhhcyBhIHBhc3N3b3JkIHRvIHRoaXMxMjM";

/// Whether a password is the one of which `stored` was made; `None` is nobody's, and costs the same.
pub fn verify(stored: Option<&str>, password: &str) -> bool {
    let Ok(hash) = PasswordHash::new(stored.unwrap_or(NOBODY)) else { return false };
    let right = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
    right & stored.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn a_password_opens_what_was_made_of_it_and_nothing_else_does() {
        let (one, two) = (hash("correct horse 正确"), hash("correct horse 正确"));
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && one != two, "{one}");
        assert!(verify(Some(&one), "correct horse 正确") && verify(Some(&two), "correct horse 正确"));
        for wrong in ["", "correct horse", "Correct horse 正确", "correct horse 正确 "] {
            assert!(!verify(Some(&one), wrong), "{wrong:?}");
        }
        assert!(!verify(None, "correct horse 正确") && !verify(Some("plain"), "plain"));
    }

    /// The stand-in parses and has the same costs, so that a name that nobody has takes as long: not a
    /// tenth, as it would if the text were refused.
    #[test]
    fn a_name_that_nobody_has_costs_the_same_work() {
        let stored = hash("correct horse");
        let costs = |phc: &str| phc.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(costs(NOBODY), costs(&stored));
        let time = |stored: Option<&str>| {
            let tries = (0..5).map(|_| {
                let start = Instant::now();
                assert!(!verify(stored, "wrong horse"));
                start.elapsed()
            });
            tries.min().unwrap()
        };
        let (known, unknown) = (time(Some(&stored)), time(None));
        println!("known {known:?}, unknown {unknown:?}");
        assert!(unknown * 2 > known && known * 2 > unknown, "known {known:?}, unknown {unknown:?}");
    }

    #[test]
    fn a_short_password_or_the_name_itself_is_refused() {
        assert_eq!(check("123456789", "lan"), Err(Weak::Length(9)));
        assert_eq!(check(&"x".repeat(257), "lan"), Err(Weak::Length(257)));
        assert_eq!(check("Wang.Xiao.Lan", "wang.xiao.lan"), Err(Weak::IsName));
        assert_eq!(check("桂林山水甲天下阳朔山", "lan"), Ok(()));
    }
}
