//! Reading source text: the files of the tree, and code without its comments, strings and tests.

use std::path::{Path, PathBuf};

/// A file of the tree: its path from the root of the repository, with `/`, and its text.
pub struct Source {
    pub path: String,
    pub text: String,
}

/// Every file under `folder` whose name ends in one of `endings`, sorted by path.
pub fn files(folder: &str, endings: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut open: Vec<PathBuf> = vec![root.join(folder)];
    let mut found = Vec::new();
    while let Some(at) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&at) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && name != "node_modules" {
                open.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let text = std::fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                found.push(Source { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Rust code with comments and the insides of string and character literals blanked; lines keep their
/// numbers.
pub fn code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        let end = skip(&chars, i);
        if end == i {
            out.push(chars[i]);
            i += 1;
        } else {
            out.extend(chars[i..end].iter().map(|&c| if c == '\n' { c } else { ' ' }));
            i = end;
        }
    }
    out
}

/// Where the comment or literal that starts at `i` ends; `i` when none starts there.
fn skip(chars: &[char], i: usize) -> usize {
    let at = |k: usize| chars.get(k).copied().unwrap_or('\0');
    let boundary = i == 0 || !(at(i - 1).is_alphanumeric() || at(i - 1) == '_');
    match (at(i), at(i + 1)) {
        ('/', '/') => (i..chars.len()).find(|&k| chars[k] == '\n').unwrap_or(chars.len()),
        ('/', '*') => block_comment(chars, i),
        ('"', _) => quoted(chars, i, '"'),
        ('b', '"') if boundary => quoted(chars, i + 1, '"'),
        ('r', '"' | '#') if boundary => raw(chars, i).unwrap_or(i),
        ('b', 'r') if boundary => raw(chars, i + 1).unwrap_or(i),
        ('\'', '\\') => quoted(chars, i, '\''),
        ('\'', _) if at(i + 2) == '\'' => i + 3,
        _ => i,
    }
}

fn block_comment(chars: &[char], i: usize) -> usize {
    let (mut depth, mut k) = (1, i + 2);
    while k < chars.len() && depth > 0 {
        let step = match (chars[k], chars.get(k + 1)) {
            ('/', Some('*')) => 1,
            ('*', Some('/')) => -1,
            _ => 0,
        };
        depth += step;
        k += if step == 0 { 1 } else { 2 };
    }
    k
}

fn quoted(chars: &[char], i: usize, quote: char) -> usize {
    let mut k = i + 1;
    while k < chars.len() && chars[k] != quote {
        k += if chars[k] == '\\' { 2 } else { 1 };
    }
    (k + 1).min(chars.len())
}

fn raw(chars: &[char], i: usize) -> Option<usize> {
    let hashes = chars[i + 1..].iter().take_while(|&&c| c == '#').count();
    let open = i + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let closes = |k: usize| chars[k] == '"' && chars[k + 1..].iter().take(hashes).all(|&c| c == '#');
    (open + 1..chars.len()).find(|&k| closes(k)).map(|k| k + 1 + hashes)
}

/// Code up to its test module, which stands last in a file.
pub fn without_tests(code: &str) -> &str {
    let is_module = |at: usize| {
        let rest = code[at + "#[cfg(test)]".len()..].trim_start();
        rest.starts_with("mod ") && rest.find('{') < rest.find(';').or(Some(usize::MAX))
    };
    match code.match_indices("#[cfg(test)]").map(|(at, _)| at).find(|&at| is_module(at)) {
        Some(at) => &code[..at],
        None => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blanked_and_code_is_kept() {
        let text = "a // crate::x\nb /* c /* d */ e */ f \"g\\\"h\" 'i' '\\'' &'j k r#\"l\"m\"# n br\"o\" p";
        let words: Vec<String> = code(text).split_whitespace().map(str::to_owned).collect();
        assert_eq!(words, ["a", "b", "f", "&'j", "k", "n", "p"]);
    }

    #[test]
    fn only_an_inline_test_module_ends_the_code() {
        let text = "#[cfg(test)]\nmod oracle;\nfn a() {}\n#[cfg(test)]\nmod tests {\n b }\n";
        assert!(without_tests(text).ends_with("fn a() {}\n"));
    }
}
