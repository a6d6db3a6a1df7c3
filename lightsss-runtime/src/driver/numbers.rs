//! Numbers of the command line, as people write them: `1_000_000`, `3e6`, `1M`, `10s`, `2m`.

use std::time::Duration;

/// A count: digits with `_` between them, a power of ten behind `e`, or `k`, `M`, `G` (thousands, not 1024).
pub(super) fn count(text: &str) -> Result<u64, String> {
    parse_count(text).ok_or_else(|| {
        format!("expected a whole number such as 200000, 1_000_000, 3e6 or 1M, found `{text}`")
    })
}

pub(super) fn count_above_0(text: &str) -> Result<u64, String> {
    match count(text)? {
        0 => Err("expected a number above 0, found 0".to_owned()),
        count => Ok(count),
    }
}

fn parse_count(text: &str) -> Option<u64> {
    let digits = text.replace('_', "");
    let (number, zeros) = match digits.split_once(['e', 'E']) {
        Some((number, power)) => (number.to_owned(), power.parse().ok()?),
        None => match digits.char_indices().next_back()? {
            (at, 'k' | 'K') => (digits[..at].to_owned(), 3),
            (at, 'M') => (digits[..at].to_owned(), 6),
            (at, 'G') => (digits[..at].to_owned(), 9),
            _ => (digits, 0_u32),
        },
    };
    // `2.5M` is a whole number, `2.5` is none.
    let (whole, part) = number.split_once('.').unwrap_or((&number, ""));
    let zeros = zeros.checked_sub(u32::try_from(part.len()).ok()?)?;
    let all = format!("{whole}{part}");
    if whole.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    all.parse::<u64>()
        .ok()?
        .checked_mul(10_u64.checked_pow(zeros)?)
}

/// A time above 0: seconds, or a number with `ms`, `s`, `m` or `h` behind it.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    duration_or_0(text)
        .ok()
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| {
            format!("expected a time above 0 such as 10, 0.5s, 2m or 1h, found `{text}`")
        })
}

/// A time, or 0.
pub(super) fn duration_or_0(text: &str) -> Result<Duration, String> {
    parse_duration(text)
        .ok_or_else(|| format!("expected a time such as 600, 90s, 10m or 1h, or 0, found `{text}`"))
}

fn parse_duration(text: &str) -> Option<Duration> {
    let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];
    let with_unit = units.iter().find_map(|(unit, seconds)| {
        let number: f64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
        Some(number * seconds)
    });
    let seconds = with_unit.or_else(|| text.parse().ok())?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// A number, in its first three digits: `820`, `12.3 thousand`, `4.56 million`.
pub(super) fn in_words(number: f64) -> String {
    let (number, unit) = match number {
        1e6.. => (number / 1e6, " million"),
        1e3.. => (number / 1e3, " thousand"),
        _ => (number, ""),
    };
    let digits = match number {
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    format!("{number:.digits$}{unit}")
}

/// A number with a thin space between each three digits.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        for (text, expected) in [
            ("0", 0),
            ("200000", 200_000),
            ("1_000_000", 1_000_000),
            ("3e6", 3_000_000),
            ("2.5e3", 2500),
            ("1M", 1_000_000),
            ("2.5k", 2500),
            ("18G", 18_000_000_000),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(count(text), Ok(expected), "{text}");
        }
        for text in [
            "", "-1", "+1", "1.5", "2.55e1", "1m", "M", ".5M", "e6", "1e", "1e20", "20e18G",
            "0x10", "1 000",
        ] {
            assert!(count(text).is_err(), "{text}");
        }
        assert!(count_above_0("0").is_err());
    }

    #[test]
    fn numbers_in_words() {
        for (number, expected) in [
            (0.0, "0.00"),
            (0.731, "0.73"),
            (35.0, "35.0"),
            (820.4, "820"),
            (1234.0, "1.23 thousand"),
            (98_765.0, "98.8 thousand"),
            (11_300_000.0, "11.3 million"),
        ] {
            assert_eq!(in_words(number), expected);
        }
    }

    #[test]
    fn durations() {
        for (text, millis) in [
            ("10", 10_000),
            ("0.5", 500),
            ("10s", 10_000),
            ("250ms", 250),
            ("2m", 120_000),
            ("1h", 3_600_000),
            ("1.5 m", 90_000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "0", "-1", "s", "1d", "nan", "inf", "1e300"] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert_eq!(duration_or_0("0"), Ok(Duration::ZERO));
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(6_794_062), "6\u{202f}794\u{202f}062");
        assert_eq!(grouped(100_000), "100\u{202f}000");
    }
}
