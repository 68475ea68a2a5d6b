//! From characters to numbers, signs of degrees, axis words and separators.

use super::angles::{Axis, TextError};

/// What a written position is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    /// °, ′, ″ as 1, 2, 3.
    Mark(u8),
    /// An axis word, and whether it turns the sign.
    Axis(Axis, bool),
    /// A comma or its like.
    Comma,
}

/// Words that name an axis, and whether they turn the sign.
const AXIS_WORDS: [(&str, Axis, bool); 22] = [
    ("东经", Axis::East, false),
    ("西经", Axis::East, true),
    ("北纬", Axis::North, false),
    ("南纬", Axis::North, true),
    ("经度", Axis::East, false),
    ("纬度", Axis::North, false),
    ("longitude", Axis::East, false),
    ("latitude", Axis::North, false),
    ("easting", Axis::East, false),
    ("northing", Axis::North, false),
    ("long", Axis::East, false),
    ("lon", Axis::East, false),
    ("lng", Axis::East, false),
    ("lat", Axis::North, false),
    ("east", Axis::East, false),
    ("west", Axis::East, true),
    ("north", Axis::North, false),
    ("south", Axis::North, true),
    ("e", Axis::East, false),
    ("w", Axis::East, true),
    ("n", Axis::North, false),
    ("s", Axis::North, true),
];

/// Words that say nothing: surveyors and mathematicians do not agree on x and y.
const SILENT_WORDS: [&str; 5] = ["point", "geo", "x", "y", "坐标"];

/// The longest text that is looked at, in characters.
const LONGEST: usize = 200;

/// Cuts a text into tokens; white space, brackets, `:` and `=` fall away.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, TextError> {
    let chars: Vec<char> = text.trim().chars().map(plain).collect();
    if chars.len() > LONGEST {
        return Err(TextError::TooLong { most: LONGEST, got: chars.len() });
    }
    let mut found = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let (token, length) = next(&chars[i..])?;
        found.extend(token);
        i += length;
    }
    Ok(found)
}

/// The ASCII form of a full-width or typographic character, in lower case.
fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => plain(char::from(((c as u32) - 0xff01 + 0x21) as u8)),
        ',' | '、' | ';' | '|' => ',',
        'º' | '˚' => '°',
        '′' | '’' | '‘' | '´' | '`' => '\'',
        '″' | '”' | '“' => '"',
        '−' | '–' | '—' => '-',
        '【' | '】' | '〔' | '〕' | '[' | ']' | '(' | ')' | ':' | '=' | '。' => ' ',
        _ if c.is_whitespace() => ' ',
        _ => c.to_ascii_lowercase(),
    }
}

/// The token at the start of `chars`, if it is one, and how many characters it takes.
fn next(chars: &[char]) -> Result<(Option<Token>, usize), TextError> {
    match chars[0] {
        ' ' | '+' => Ok((None, 1)),
        ',' => Ok((Some(Token::Comma), 1)),
        '°' | '度' => Ok((Some(Token::Mark(1)), 1)),
        '"' | '秒' => Ok((Some(Token::Mark(3)), 1)),
        '\'' if chars.get(1) == Some(&'\'') => Ok((Some(Token::Mark(3)), 2)),
        '\'' | '分' => Ok((Some(Token::Mark(2)), 1)),
        '0'..='9' | '-' | '.' => number(chars),
        _ => word(chars),
    }
}

fn number(chars: &[char]) -> Result<(Option<Token>, usize), TextError> {
    let is_digit = |c: &char| c.is_ascii_digit() || *c == '.';
    let length = 1 + chars[1..].iter().take_while(|c| is_digit(c)).count();
    let text: String = chars[..length].iter().collect();
    match text.parse::<f64>() {
        Ok(n) => Ok((Some(Token::Number(n)), length)),
        Err(_) => Err(TextError::Word(text)),
    }
}

/// A word of ASCII letters is taken whole; a Chinese one by its beginning, as no space ends it.
fn word(chars: &[char]) -> Result<(Option<Token>, usize), TextError> {
    let letters =
        chars.iter().take_while(|c| c.is_alphabetic() && c.is_ascii() == chars[0].is_ascii()).count();
    let text: String = chars[..letters.max(1)].iter().collect();
    let fits = |name: &str| if chars[0].is_ascii() { text == name } else { text.starts_with(name) };
    if let Some(&(name, axis, turns)) = AXIS_WORDS.iter().find(|(name, ..)| fits(name)) {
        return Ok((Some(Token::Axis(axis, turns)), name.chars().count()));
    }
    match SILENT_WORDS.iter().find(|name| fits(name)) {
        Some(name) => Ok((None, name.chars().count())),
        None => Err(TextError::Word(text)),
    }
}
