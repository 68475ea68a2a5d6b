//! From tokens to two numbers, each with the axis it was given.

use super::tokens::{Token, tokens};

/// What cannot be read as a position.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TextError {
    /// The text is longer than any position.
    #[error("a position has at most {most} characters, got {got}")]
    TooLong {
        /// The most that is read.
        most: usize,
        /// How many there are.
        got: usize,
    },
    /// Neither one nor three numbers make a position.
    #[error("a position needs two numbers, got {got}")]
    Count {
        /// How many numbers there are.
        got: usize,
    },
    /// A word or sign that no position has.
    #[error("{0:?} is no part of a position")]
    Word(String),
    /// Minutes or seconds of 60 and more, after a fraction, or out of order.
    #[error("minutes and seconds must run from 0 to below 60 after whole degrees and minutes, got {0}")]
    Sexagesimal(f64),
    /// Both numbers were given the same axis.
    #[error("one number must be the {expected}, both are given as the other")]
    SameAxis {
        /// `longitude` or `latitude`.
        expected: &'static str,
    },
    /// No system holds the two numbers.
    #[error("no coordinate system holds {first} and {second}")]
    NoReading {
        /// The first number.
        first: f64,
        /// The second number.
        second: f64,
    },
}

/// Which way a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    East,
    North,
}

/// One of the two numbers of a position.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Angle {
    /// Degrees or metres, negative in the west and south.
    pub value: f64,
    /// The axis that was named beside it.
    pub axis: Option<Axis>,
}

/// A number that is being put together.
#[derive(Default)]
struct Open {
    size: f64,
    axis: Option<Axis>,
    negative: bool,
    /// How many of degrees, minutes and seconds are in it.
    parts: u8,
    /// Whether the last part has its sign, so that another may follow.
    marked: bool,
    /// Whether a comma or an axis word after it has ended it.
    closed: bool,
}

/// The two numbers of a position.
pub(super) fn pair(text: &str) -> Result<[Angle; 2], TextError> {
    let tokens = unspaced(tokens(text)?);
    let angles: Vec<Angle> = open_angles(&tokens)?.iter().map(Open::close).collect();
    let count = |a: Vec<Angle>| TextError::Count { got: a.len() };
    let [first, second]: [Angle; 2] = angles.try_into().map_err(count)?;
    match (first.axis, second.axis) {
        (Some(Axis::East), Some(Axis::East)) => Err(TextError::SameAxis { expected: "latitude" }),
        (Some(Axis::North), Some(Axis::North)) => Err(TextError::SameAxis { expected: "longitude" }),
        _ => Ok([first, second]),
    }
}

/// Puts the signs into six numbers that have none: `110 17 24 25 16 12`.
fn unspaced(tokens: Vec<Token>) -> Vec<Token> {
    let numbers = tokens.iter().filter(|t| matches!(t, Token::Number(_))).count();
    if numbers != 6 || tokens.iter().any(|t| matches!(t, Token::Mark(_))) {
        return tokens;
    }
    let mut marks = [1, 2, 3].into_iter().cycle();
    let signed = |token| match token {
        Token::Number(_) => vec![token, Token::Mark(marks.next().unwrap_or(1))],
        _ => vec![token],
    };
    tokens.into_iter().flat_map(signed).collect()
}

fn open_angles(tokens: &[Token]) -> Result<Vec<Open>, TextError> {
    let mut angles: Vec<Open> = Vec::new();
    let mut waiting: Option<(Axis, bool)> = None;
    for (i, &token) in tokens.iter().enumerate() {
        let begins = tokens.get(i + 1) == Some(&Token::Mark(1));
        let last = angles.last_mut().filter(|a| !a.closed);
        match (token, last) {
            (Token::Number(n), Some(angle)) if angle.marked && angle.parts < 3 && !begins => angle.add(n)?,
            (Token::Number(n), _) => angles.push(Open::starting(n, waiting.take())),
            (Token::Mark(part), Some(angle)) => angle.mark(part)?,
            (Token::Mark(part), None) => return Err(TextError::Sexagesimal(f64::from(part))),
            (Token::Axis(axis, turns), Some(angle)) if angle.axis.is_none() => {
                angle.name(axis, turns);
                angle.closed = true;
            }
            (Token::Axis(axis, turns), _) => waiting = Some((axis, turns)),
            (Token::Comma, Some(angle)) => angle.closed = true,
            (Token::Comma, None) => {}
        }
    }
    Ok(angles)
}

impl Open {
    fn starting(n: f64, axis: Option<(Axis, bool)>) -> Self {
        let mut angle = Self { size: n.abs(), parts: 1, negative: n.is_sign_negative(), ..Self::default() };
        if let Some((axis, turns)) = axis {
            angle.name(axis, turns);
        }
        angle
    }

    fn add(&mut self, n: f64) -> Result<(), TextError> {
        let sixtieths = self.size * 60f64.powi(i32::from(self.parts) - 1);
        if !(0.0..60.0).contains(&n) || (sixtieths - sixtieths.round()).abs() > 1e-6 {
            return Err(TextError::Sexagesimal(n));
        }
        self.size += n / 60f64.powi(i32::from(self.parts));
        self.parts += 1;
        self.marked = false;
        Ok(())
    }

    fn mark(&mut self, part: u8) -> Result<(), TextError> {
        if part != self.parts || self.marked {
            return Err(TextError::Sexagesimal(self.size));
        }
        self.marked = true;
        Ok(())
    }

    fn name(&mut self, axis: Axis, turns: bool) {
        self.axis = Some(axis);
        self.negative ^= turns;
    }

    fn close(&self) -> Angle {
        Angle { value: if self.negative { -self.size } else { self.size }, axis: self.axis }
    }
}
