//! Posts: who answers for a unit, and when.

use super::UnitId;
use chrono::NaiveDate;
use sha2::{Digest, Sha256};

/// The name and the telephone of whoever holds a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The holder's name as shown.
    pub holder: String,
    /// The telephone; shown from the role worker upwards, never in tiles or exports.
    pub phone: Option<String>,
}

/// A post at a unit: a title and its holder over a span of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The unit.
    pub unit: UnitId,
    /// 一级网格长, 专职网格员, 民警 …
    pub title: String,
    /// Who holds it; `None` for a vacant post.
    pub person: Option<Person>,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The day after the last one; `None` for open-ended.
    pub valid_to: Option<NaiveDate>,
}

impl Post {
    /// Whether the post stands on a day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day < end)
    }
}

/// Names a list of posts as it is: 32 hexadecimal digits, others for every other list. Whoever changes posts says
/// with it which ones they saw. A short hash of telephones can be tried out, so it is for those who may see them.
pub fn posts_tag(posts: &[Post]) -> String {
    let mut hasher = Sha256::new();
    for post in posts {
        let person = post.person.as_ref();
        let days = [Some(post.valid_from), post.valid_to].map(|day| day.map(|d| d.to_string()));
        let [from, to] = &days;
        let fields = [
            Some(post.title.as_str()),
            person.map(|p| p.holder.as_str()),
            person.and_then(|p| p.phone.as_deref()),
            from.as_deref(),
            to.as_deref(),
        ];
        for field in fields {
            // One more than the length, so that nothing and an empty text differ.
            hasher.update(field.map_or(0, |text| text.len() as u64 + 1).to_le_bytes());
            hasher.update(field.unwrap_or_default());
        }
    }
    let hash: [u8; 32] = hasher.finalize().into();
    let (first, _) = hash.split_at(16);
    format!("{:032x}", u128::from_be_bytes(first.try_into().expect("half of the hash has 16 bytes")))
}

/// Whether a text may be a telephone: up to 32 digits, spaces and the signs `+-()`.
pub fn is_phone(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit() || "+-() ".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_posts_has_a_tag_that_every_change_changes() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
        let post = Post {
            unit: UnitId::try_from(1).unwrap(),
            title: "网格长".into(),
            person: Some(Person { holder: "示例".into(), phone: Some("0".into()) }),
            valid_from: day(1),
            valid_to: None,
        };
        let tag = posts_tag(std::slice::from_ref(&post));
        assert_eq!((tag.len(), posts_tag(&[])), (32, posts_tag(&[])));
        let changes: [fn(&mut Post); 5] = [
            |p| p.title.push('x'),
            |p| p.person = None,
            |p| p.person = Some(Person { holder: "示例".into(), phone: None }),
            |p| p.valid_from = p.valid_from.succ_opt().unwrap(),
            |p| p.valid_to = NaiveDate::from_ymd_opt(2027, 1, 1),
        ];
        for change in changes {
            let mut other = post.clone();
            change(&mut other);
            assert_ne!(posts_tag(&[other]), tag);
        }
        assert_ne!(posts_tag(&[post.clone(), post]), tag);
    }

    #[test]
    fn a_telephone_has_digits_and_few_signs() {
        for good in ["110", "+86 (773) 000-0000"] {
            assert!(is_phone(good), "{good}");
        }
        for bad in ["", "=1+1", "x", "１１０", &"1".repeat(33)] {
            assert!(!is_phone(bad), "{bad}");
        }
    }
}
