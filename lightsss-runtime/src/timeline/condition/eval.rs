//! Whether a condition holds.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::number::Number;
use super::parser::{Binary, Edge, Expression, Unary};

/// The values that names have.
pub(in crate::timeline) trait Inputs {
    /// Of a name, by its number.
    fn now(&self, name: usize) -> &Number;

    /// A cycle before; nothing at the first cycle.
    fn before(&self, name: usize) -> Option<&Number>;
}

/// Whether the condition holds.
pub(in crate::timeline) fn holds(expression: &Expression, inputs: &impl Inputs) -> bool {
    value(expression, inputs).truth()
}

fn value<'v>(expression: &'v Expression, inputs: &'v impl Inputs) -> Cow<'v, Number> {
    Cow::Owned(match expression {
        Expression::Name(name) => return Cow::Borrowed(inputs.now(*name)),
        Expression::Constant(number) => return Cow::Borrowed(number),
        Expression::Unary(operator, inner) => {
            let inner = value(inner, inputs).into_owned();
            match operator {
                Unary::Not if inner == Number::Unknown => Number::Unknown,
                Unary::Not => Number::flag(!inner.truth()),
                Unary::Invert => inner.not(),
                Unary::Minus => inner.negative(),
                Unary::Signed => inner.signed(),
            }
        }
        Expression::Edge(edge, name) => {
            let Some(before) = inputs.before(*name) else {
                return Cow::Owned(Number::flag(false));
            };
            let now = inputs.now(*name);
            Number::flag(match edge {
                Edge::Changed => now != before,
                Edge::Rose => now.truth() && !before.truth(),
                Edge::Fell => !now.truth() && before.truth(),
            })
        }
        Expression::Binary(Binary::Or, a, b) => Number::flag(holds(a, inputs) || holds(b, inputs)),
        Expression::Binary(Binary::And, a, b) => Number::flag(holds(a, inputs) && holds(b, inputs)),
        Expression::Binary(operator, a, b) => {
            binary(*operator, &value(a, inputs), &value(b, inputs))
        }
    })
}

fn binary(operator: Binary, a: &Number, b: &Number) -> Number {
    let compared = |is: fn(Ordering) -> bool| match a.compare(b) {
        Some(order) => Number::flag(is(order)),
        None => Number::Unknown,
    };
    match operator {
        Binary::Equal => compared(Ordering::is_eq),
        Binary::NotEqual => compared(Ordering::is_ne),
        Binary::Less => compared(Ordering::is_lt),
        Binary::LessOrEqual => compared(Ordering::is_le),
        Binary::Greater => compared(Ordering::is_gt),
        Binary::GreaterOrEqual => compared(Ordering::is_ge),
        Binary::Or | Binary::And => Number::Unknown,
        Binary::BitOr
        | Binary::BitXor
        | Binary::BitAnd
        | Binary::ShiftLeft
        | Binary::ShiftRight
        | Binary::Plus
        | Binary::Minus
        | Binary::Times
        | Binary::Divide
        | Binary::Remainder => arithmetic(operator, a, b),
    }
}

fn arithmetic(operator: Binary, a: &Number, b: &Number) -> Number {
    let (Number::Integer { value: a, .. }, Number::Integer { value: b, .. }) = (a, b) else {
        let (Some(a), Some(b)) = (a.real(), b.real()) else {
            return Number::Unknown;
        };
        return match operator {
            Binary::Plus => Number::Real(a + b),
            Binary::Minus => Number::Real(a - b),
            Binary::Times => Number::Real(a * b),
            Binary::Divide if b != 0.0 => Number::Real(a / b),
            _ => Number::Unknown,
        };
    };
    let (a, b) = (*a, *b);
    let shift = u32::try_from(b).ok();
    let result = match operator {
        Binary::BitOr => Some(a | b),
        Binary::BitXor => Some(a ^ b),
        Binary::BitAnd => Some(a & b),
        Binary::ShiftLeft => shift
            .and_then(|by| a.checked_shl(by))
            .filter(|shifted| shift.is_some_and(|by| shifted >> by == a)),
        Binary::ShiftRight => shift.map(|by| a.checked_shr(by).unwrap_or(0)),
        Binary::Plus => a.checked_add(b),
        Binary::Minus => a.checked_sub(b),
        Binary::Times => a.checked_mul(b),
        Binary::Divide => a.checked_div(b),
        Binary::Remainder => a.checked_rem(b),
        _ => None,
    };
    result.map_or(Number::Unknown, Number::integer)
}

#[cfg(test)]
mod tests {
    use super::super::Condition;
    use super::*;

    struct Fixed(Vec<(Number, Option<Number>)>);

    impl Inputs for Fixed {
        fn now(&self, name: usize) -> &Number {
            &self.0[name].0
        }

        fn before(&self, name: usize) -> Option<&Number> {
            self.0[name].1.as_ref()
        }
    }

    fn is(text: &str, inputs: &[(Number, Option<Number>)]) -> bool {
        let condition: Condition = text.parse().unwrap_or_else(|error| panic!("{error}"));
        holds(condition.expression(), &Fixed(inputs.to_vec()))
    }

    fn byte(value: u64) -> Number {
        Number::of_word(value, 8)
    }

    #[test]
    fn operators_bind_as_in_rust_and_nothing_wraps() {
        for text in [
            "1 + 2 * 3 == 7",
            "(1 + 2) * 3 == 9",
            "7 & 3 == 3",
            "1 | 2 ^ 2 & 0 == 3",
            "1 << 4 - 1 == 8",
            "!(1 > 2) && 2 >= 2 || 0",
            "-7 / 2 == -3 && -7 % 2 == -1",
            "8'hff + 1 == 0x100",
            "1_000 == 1000 && 0b101 == 5 && 0o17 == 15 && 'h10 == 16",
            "1.5 * 2 == 3.0",
            "\"run\" == \"run\" && \"run\" != \"idle\"",
            "~8'h0f == 0xf0",
            "signed(8'hff) == -1",
            "0xffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_0000 > 5",
        ] {
            assert!(is(text, &[]), "{text}");
        }
    }

    #[test]
    fn what_is_unknown_holds_nowhere() {
        for text in [
            "1 / 0 == 0",
            "!(1 / 0)",
            "1 % 0 != 1",
            "\"a\" < 1",
            "1 << 200 == 0",
        ] {
            assert!(!is(text, &[]), "{text}");
        }
    }

    #[test]
    fn a_negative_number_is_the_vector_of_its_bits() {
        assert!(is("a == -1", &[(byte(255), None)]));
        assert!(!is("a < 0", &[(byte(255), None)]));
        assert!(is("signed(a) < 0", &[(byte(255), None)]));
    }

    #[test]
    fn edges_are_between_two_cycles() {
        let rising = [(byte(4), Some(byte(0)))];
        assert!(is("rose(a) && changed(a) && !fell(a)", &rising));
        assert!(!is("changed(a)", &[(byte(4), Some(byte(4)))]));
        assert!(
            !is("rose(a) || changed(a)", &[(byte(4), None)]),
            "the first cycle"
        );
    }

    #[test]
    fn mistakes_are_shown_where_they_are() {
        for (text, column, problem) in [
            ("a ==", 5, "found the end, expected a name or a number"),
            ("a = 3", 3, "found `=`, expected `==`"),
            ("(a + 1", 7, "found the end, expected `)`"),
            ("a[b] > 1", 3, "found the index `b`"),
            ("a b", 3, "found the name `b`, expected an operator"),
            (
                "rises(a)",
                1,
                "expected `changed`, `rose`, `fell` or `signed`",
            ),
            ("0x1g == 1", 1, "found the number `0x1g`"),
            ("é == 1 ?", 8, "found `?`"),
            ("\"open", 1, "found no end of this text"),
        ] {
            let error = text.parse::<Condition>().unwrap_err();
            assert_eq!(error.column, column, "{error}");
            assert!(error.to_string().contains(problem), "{error}");
        }
        let deep = "(".repeat(1000);
        deep.parse::<Condition>().unwrap_err();
    }
}
