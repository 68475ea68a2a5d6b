//! Reading a body from a stranger: nothing is reserved that the bytes at hand cannot hold.

/// Why bytes are no snapshot. `at` counts from the start of the body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why} at byte {at}")]
pub(super) struct Misread {
    at: usize,
    why: String,
}

/// The bytes that are still to be read.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// A failure at the byte that was reached.
    pub(super) fn wrong(&self, why: impl Into<String>) -> Misread {
        Misread { at: self.at, why: why.into() }
    }

    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    fn slice(&mut self, length: usize) -> Result<&'a [u8], Misread> {
        if length > self.left() {
            return Err(self.wrong(format!("expected {length} more bytes, got {}", self.left())));
        }
        let from = self.at;
        self.at += length;
        Ok(&self.bytes[from..self.at])
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Misread> {
        self.slice(N).map(|slice| slice.try_into().expect("a slice of that length"))
    }

    pub(super) fn u8(&mut self) -> Result<u8, Misread> {
        self.array().map(|[byte]| byte)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Misread> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32, Misread> {
        self.array().map(i32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, Misread> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn i64(&mut self) -> Result<i64, Misread> {
        self.array().map(i64::from_le_bytes)
    }

    /// A yes or a no.
    pub(super) fn flag(&mut self) -> Result<bool, Misread> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.wrong(format!("expected 0 or 1, got {other}"))),
        }
    }

    pub(super) fn text(&mut self) -> Result<String, Misread> {
        let length = self.u32()? as usize;
        let text = std::str::from_utf8(self.slice(length)?).map(str::to_owned);
        text.map_err(|error| self.wrong(error.to_string()))
    }

    /// Something that may be missing.
    pub(super) fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Misread>,
    ) -> Result<Option<T>, Misread> {
        if self.flag()? { read(self).map(Some) } else { Ok(None) }
    }

    /// A list whose entries take at least `least` bytes each; more than there is room for is refused before
    /// anything is reserved.
    pub(super) fn list<T>(
        &mut self,
        least: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, Misread>,
    ) -> Result<Vec<T>, Misread> {
        let count = self.u32()? as usize;
        if count > self.left() / least {
            return Err(self.wrong(format!("expected at most {} entries, got {count}", self.left() / least)));
        }
        (0..count).map(|_| read(self)).collect()
    }
}
