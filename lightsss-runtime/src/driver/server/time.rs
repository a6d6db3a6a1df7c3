//! Points in time as the protocol writes them: `SECONDS.FEMTOSECONDS`, with 15 digits behind the point.

use std::fmt;

/// Femtoseconds in a second.
const SECOND: u128 = 1_000_000_000_000_000;
/// Digits behind the point.
const DIGITS: usize = 15;

/// A point in simulation time, in femtoseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct SimTime(pub u128);

impl SimTime {
    /// As the protocol writes it; nothing for what it does not write.
    pub fn parse(text: &str) -> Option<Self> {
        let (seconds, femtoseconds) = text.split_once('.')?;
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
        if femtoseconds.len() != DIGITS || !is_number(seconds) || !is_number(femtoseconds) {
            return None;
        }
        let seconds: u128 = seconds.parse().ok()?;
        let femtoseconds: u128 = femtoseconds.parse().ok()?;
        Some(Self(
            seconds.checked_mul(SECOND)?.checked_add(femtoseconds)?,
        ))
    }
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:015}", self.0 / SECOND, self.0 % SECOND)
    }
}

/// Femtoseconds of a unit of time, given as a power of ten in seconds: -12 for picoseconds.
pub fn unit(power: i32) -> u128 {
    let power = u32::try_from(power.clamp(-15, 3) + 15).unwrap_or_default();
    10_u128.pow(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        for (time, text) in [
            (0, "0.000000000000000"),
            (1, "0.000000000000001"),
            (SECOND, "1.000000000000000"),
            (12 * SECOND + 345 * unit(-9), "12.000000345000000"),
        ] {
            assert_eq!(SimTime(time).to_string(), text);
            assert_eq!(SimTime::parse(text), Some(SimTime(time)));
        }
        for text in [
            "",
            "1",
            "1.0",
            ".000000000000000",
            "-1.000000000000000",
            "1.00000000000000x",
            "+1.000000000000000",
            "340282366920938463463374607431768211456.000000000000000",
        ] {
            assert_eq!(SimTime::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_unit_is_a_power_of_ten() {
        assert_eq!(unit(-15), 1);
        assert_eq!(unit(-12), 1000);
        assert_eq!(unit(0), SECOND);
    }
}
