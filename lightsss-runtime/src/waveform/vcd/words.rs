//! The words behind the definitions of a VCD file.

use std::io::{self, BufRead};

/// Times and changes, one after the other.
pub(super) struct Words<R> {
    input: R,
    word: Vec<u8>,
    code: Vec<u8>,
    /// The last byte that was read.
    last: u8,
}

pub(super) enum Word<'a> {
    /// `#12`; none where that is no number.
    Time(Option<u64>),
    /// A value with the letter before it, `b101`, and the code of a signal.
    Change { value: &'a [u8], code: &'a [u8] },
    /// A keyword.
    Other(&'a [u8]),
    /// What is none of these.
    Cut(&'a [u8]),
}

impl<R: BufRead> Words<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            word: Vec::new(),
            code: Vec::new(),
            last: b'\n',
        }
    }

    /// Whether the last line was written to its end.
    pub(super) fn ended_with_a_line(&self) -> bool {
        self.last == b'\n'
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Word<'_>>> {
        loop {
            if !read_word(&mut self.input, &mut self.word, &mut self.last)? {
                return Ok(None);
            }
            if self.word != b"$comment" {
                break;
            }
            while self.word != b"$end"
                && read_word(&mut self.input, &mut self.word, &mut self.last)?
            {}
        }
        Ok(Some(match self.word[0] {
            b'#' => {
                let text = std::str::from_utf8(&self.word[1..]).ok();
                Word::Time(text.and_then(|text| text.parse().ok()))
            }
            b'0' | b'1' | b'x' | b'z' | b'X' | b'Z' if self.word.len() > 1 => {
                let (value, code) = self.word.split_at(1);
                Word::Change { value, code }
            }
            b'b' | b'B' | b'r' | b'R' | b's' | b'S' => {
                if !read_word(&mut self.input, &mut self.code, &mut self.last)? {
                    return Ok(Some(Word::Cut(&self.word)));
                }
                Word::Change {
                    value: &self.word,
                    code: &self.code,
                }
            }
            b'$' => Word::Other(&self.word),
            _ => Word::Cut(&self.word),
        }))
    }
}

/// Reads up to the next white space, past what is before the word; false at the end.
fn read_word(input: &mut impl BufRead, word: &mut Vec<u8>, last: &mut u8) -> io::Result<bool> {
    word.clear();
    loop {
        let buffer = input.fill_buf()?;
        let Some(byte) = buffer.last() else {
            return Ok(!word.is_empty());
        };
        let begins = if word.is_empty() {
            buffer.iter().position(|byte| !byte.is_ascii_whitespace())
        } else {
            Some(0)
        };
        let Some(begins) = begins else {
            *last = *byte;
            let length = buffer.len();
            input.consume(length);
            continue;
        };
        let ends = buffer[begins..].iter().position(u8::is_ascii_whitespace);
        let Some(ends) = ends.map(|length| begins + length) else {
            *last = *byte;
            word.extend_from_slice(&buffer[begins..]);
            let length = buffer.len();
            input.consume(length);
            continue;
        };
        word.extend_from_slice(&buffer[begins..ends]);
        *last = buffer[ends];
        input.consume(ends + 1);
        return Ok(true);
    }
}
