//! What a report's text may not keep: telephone and identity numbers.
//!
//! A report holds no data of residents. Whoever types one in is not asked to know that, so numbers that look like a
//! person's are masked before the text is stored. The pattern is wide on purpose: a masked number of a house costs
//! less than a kept number of a person.

use std::borrow::Cow;

/// A text without numbers of persons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked<'a> {
    /// The text; each masked digit is a `*`.
    pub text: Cow<'a, str>,
    /// How many numbers were masked.
    pub count: usize,
}

/// Digits that stay at the end of a masked number, so that whoever knows it recognises it.
const SHOWN: usize = 2;

/// Masks what reads as a mobile number (11 digits from 13 to 19, also behind `+86`), a landline with its area code (10 to 12
/// digits from 0), or an identity number (18 characters that end in a digit or X, or 15 digits), all as written in
/// mainland China, also with spaces or hyphens in between and in full-width digits. Longer runs are masked too; shorter
/// ones, such as a house number, a coordinate or a code of 12 digits, stay.
pub fn mask(text: &str) -> Masked<'_> {
    let chars: Vec<char> = text.chars().collect();
    let mut out: Option<Vec<char>> = None;
    let mut count = 0;
    let mut at = 0;
    while at < chars.len() {
        let Some(run) = Run::at(&chars, at) else {
            at += 1;
            continue;
        };
        if run.is_of_a_person() {
            count += 1;
            let masked = out.get_or_insert_with(|| chars.clone());
            for &place in &run.places[..run.places.len() - SHOWN] {
                masked[place] = '*';
            }
        }
        at = run.end;
    }
    match out {
        None => Masked { text: Cow::Borrowed(text), count: 0 },
        Some(masked) => Masked { text: masked.into_iter().collect::<String>().into(), count },
    }
}

/// Digits with single separators between them.
struct Run {
    /// Where each digit stands.
    places: Vec<usize>,
    digits: String,
    end: usize,
}

impl Run {
    /// The run that begins at a place.
    fn at(chars: &[char], start: usize) -> Option<Self> {
        digit(chars[start])?;
        let (mut places, mut digits, mut at) = (Vec::new(), String::new(), start);
        while let Some(&c) = chars.get(at) {
            if let Some(d) = digit(c) {
                places.push(at);
                digits.push(d);
            } else if digits.len() == 17 && matches!(c, 'x' | 'X' | 'Ｘ' | 'ｘ') {
                places.push(at);
                digits.push('X');
            } else if !(is_separator(c) && chars.get(at + 1).copied().and_then(digit).is_some()) {
                break;
            }
            at += 1;
        }
        Some(Self { places, digits, end: at })
    }

    fn is_of_a_person(&self) -> bool {
        let digits =
            self.digits.strip_prefix("0086").or(self.digits.strip_prefix("86").filter(|d| d.len() == 11));
        let digits = digits.unwrap_or(&self.digits);
        let first = |n: usize| digits.as_bytes().get(n).copied().unwrap_or(0);
        match digits.len() {
            11 if first(0) == b'1' && first(1) >= b'3' => true,
            10..=12 => first(0) == b'0',
            13..=14 => false,
            // A grid's code has fifteen digits as well; few of those hold a date where an identity number has one.
            15 => holds_a_date(&digits[6..12]),
            length => length > 15,
        }
    }
}

/// Whether six digits may be year, month and day.
fn holds_a_date(digits: &str) -> bool {
    let part = |range: std::ops::Range<usize>| digits.get(range).and_then(|d| d.parse().ok()).unwrap_or(0);
    (1..=12).contains(&part(2..4)) && (1..=31).contains(&part(4..6))
}

/// A digit, full-width ones as the plain one.
fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10),
        _ => None,
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '\u{a0}' | '－')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        mask(text).text.into_owned()
    }

    #[test]
    fn numbers_of_persons_are_masked_to_their_last_two_digits() {
        for (text, want) in [
            ("请联系13812345678。", "请联系*********78。"),
            ("138 1234 5678", "*** **** **78"),
            ("138-1234-5678", "***-****-**78"),
            ("+86 13812345678", "+** *********78"),
            ("0773-2812345", "****-*****45"),
            ("１３８１２３４５６７８", "*********７８"),
            ("身份证450302199001011234", "身份证****************34"),
            ("45030219900101123X住3栋", "****************3X住3栋"),
            ("450302900101123", "*************23"),
        ] {
            assert_eq!(masked(text), want, "{text}");
            assert_eq!(mask(text).count, 1, "{text}");
        }
    }

    #[test]
    fn other_numbers_stay() {
        for text in [
            "",
            "3栋2单元501",
            "110.290123 25.274321",
            "网格450305002007",
            "网格450305002007003",
            "2026-11-27 18:30",
            "12345",
            "电话?",
        ] {
            assert_eq!(masked(text), text);
            assert!(matches!(mask(text).text, Cow::Borrowed(_)));
        }
    }

    #[test]
    fn several_numbers_are_counted_and_masking_twice_changes_nothing() {
        let once = mask("13812345678或13987654321");
        assert_eq!((once.count, once.text.as_ref()), (2, "*********78或*********21"));
        assert_eq!(mask(&once.text).count, 0);
    }
}
