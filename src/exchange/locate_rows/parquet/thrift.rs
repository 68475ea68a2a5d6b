//! Thrift's compact protocol, walked under a budget. Parquet keeps its footer and its page headers in it.
//!
//! The readers of the parquet crate reserve room for as many elements as a list says it has, and go as
//! deep as a schema says it is; a few bytes can ask for more memory or stack than there is. So everything
//! is walked here first, and what lies about itself is never given to them.

/// Deepest nesting of structs, lists and maps that is walked.
const DEPTH: usize = 16;

/// What cannot be walked: cut off, too deep, or not the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// The bytes end inside a value.
    CutOff,
    /// Nested deeper than anything that Parquet has.
    TooDeep,
    /// Not the protocol.
    Malformed,
}

/// A value's kind, as the protocol numbers them.
pub(super) const I32: u8 = 5;
pub(super) const LIST: u8 = 9;
pub(super) const STRUCT: u8 = 12;

/// A position in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes are behind.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn byte(&mut self) -> Result<u8, Broken> {
        let byte = *self.bytes.get(self.at).ok_or(Broken::CutOff)?;
        self.at += 1;
        Ok(byte)
    }

    fn pass(&mut self, count: u64) -> Result<(), Broken> {
        let left = (self.bytes.len() - self.at) as u64;
        if count > left {
            return Err(Broken::CutOff);
        }
        self.at += count as usize;
        Ok(())
    }

    fn varint(&mut self) -> Result<u64, Broken> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Broken::Malformed)
    }

    /// A number: zigzag.
    pub(super) fn number(&mut self) -> Result<i64, Broken> {
        let raw = self.varint()?;
        Ok((raw >> 1) as i64 ^ -((raw & 1) as i64))
    }

    /// A list's kind and length; each element has a byte at least, so a length beyond what is left is a lie.
    pub(super) fn list(&mut self) -> Result<(u8, u64), Broken> {
        let head = self.byte()?;
        let length = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        if length > (self.bytes.len() - self.at) as u64 {
            return Err(Broken::CutOff);
        }
        Ok((head & 15, length))
    }

    /// Walks a struct and shows each field's number and kind; `see` says whether it has walked the value
    /// itself, else it is passed over.
    pub(super) fn fields(
        &mut self,
        depth: usize,
        mut see: impl FnMut(&mut Self, i64, u8) -> Result<bool, Broken>,
    ) -> Result<(), Broken> {
        if depth > DEPTH {
            return Err(Broken::TooDeep);
        }
        let mut id = 0_i64;
        loop {
            let head = self.byte()?;
            let (step, kind) = (i64::from(head >> 4), head & 15);
            if kind == 0 {
                return Ok(());
            }
            id = if step == 0 { self.number()? } else { id.saturating_add(step) };
            if !see(self, id, kind)? {
                self.skip(kind, depth, true)?;
            }
        }
    }

    /// Passes over a value. A truth value has its byte in a list only.
    fn skip(&mut self, kind: u8, depth: usize, field: bool) -> Result<(), Broken> {
        match kind {
            1 | 2 if field => Ok(()),
            1..=3 => self.pass(1),
            4..=6 => self.varint().map(drop),
            7 => self.pass(8),
            8 => {
                let length = self.varint()?;
                self.pass(length)
            }
            9 | 10 => {
                let (kind, length) = self.list()?;
                self.skip_all(&[kind], length, depth)
            }
            11 => {
                let length = self.varint()?;
                let kinds = if length == 0 { 0 } else { self.byte()? };
                self.skip_all(&[kinds >> 4, kinds & 15], length, depth)
            }
            STRUCT => self.fields(depth + 1, |_, _, _| Ok(false)),
            13 => self.pass(16),
            _ => Err(Broken::Malformed),
        }
    }

    fn skip_all(&mut self, kinds: &[u8], length: u64, depth: usize) -> Result<(), Broken> {
        if depth >= DEPTH {
            return Err(Broken::TooDeep);
        }
        for _ in 0..length {
            for &kind in kinds {
                self.skip(kind, depth + 1, false)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(bytes: &[u8]) -> Result<usize, Broken> {
        let mut walk = Walk::new(bytes);
        walk.fields(0, |_, _, _| Ok(false)).map(|()| walk.at())
    }

    #[test]
    fn a_struct_is_walked_to_its_end_and_its_numbers_are_read() {
        // 1: i32 150, 3: binary "ab", 4: list of two true, 20 (long form): struct { 1: i64 -1 }.
        let bytes = [0x15, 0xac, 0x02, 0x28, 2, b'a', b'b', 0x19, 0x21, 1, 1, 0x0c, 40, 0x16, 1, 0, 0, 99];
        assert_eq!(walk(&bytes), Ok(17));
        let mut seen = Vec::new();
        let mut walk = Walk::new(&bytes);
        let see = |walk: &mut Walk<'_>, id, kind| {
            let is_number = kind == I32;
            seen.push((id, kind, if is_number { walk.number()? } else { 0 }));
            Ok(is_number)
        };
        walk.fields(0, see).unwrap();
        assert_eq!(seen, [(1, I32, 150), (3, 8, 0), (4, LIST, 0), (20, STRUCT, 0)]);
    }

    #[test]
    fn what_lies_about_its_length_or_depth_is_refused() {
        assert_eq!(walk(&[0x18, 0xff, 0xff, 0xff, 0xff, 0x0f, 1]), Err(Broken::CutOff));
        assert_eq!(walk(&[0x19, 0xf5, 0xff, 0xff, 0xff, 0xff, 0x0f, 1]), Err(Broken::CutOff));
        assert_eq!(walk(&[0x1b, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x55, 1]), Err(Broken::CutOff));
        assert_eq!(walk(&[0x1c; 1000]), Err(Broken::TooDeep));
        assert_eq!(walk(&[0x19, 0x19, 0x19, 0x19].repeat(300)), Err(Broken::TooDeep));
        assert_eq!(walk(&[0x15; 12]), Err(Broken::CutOff));
        assert_eq!(
            walk(&[0x16, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]),
            Err(Broken::Malformed)
        );
        assert_eq!(walk(&[0x1e]), Err(Broken::Malformed));
        assert_eq!(walk(&[]), Err(Broken::CutOff));
    }
}
