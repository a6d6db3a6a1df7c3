//! The build script's calls: one for each option that is given.

use std::path::{Path, PathBuf};

use crate::options::{Options, for_each_option};
use crate::trace::Trace;

/// A value as it is written in Rust.
trait Literal {
    fn literal(&self) -> String;
}

impl Literal for String {
    fn literal(&self) -> String {
        format!("{self:?}")
    }
}

impl Literal for PathBuf {
    fn literal(&self) -> String {
        format!("{:?}", Path::display(self).to_string())
    }
}

impl Literal for u32 {
    fn literal(&self) -> String {
        self.to_string()
    }
}

impl Literal for bool {
    fn literal(&self) -> String {
        self.to_string()
    }
}

impl Literal for Trace {
    fn literal(&self) -> String {
        format!("lightsss_codegen::Trace::{self:?}")
    }
}

macro_rules! calls {
    ($(
        $(#[doc = $doc:literal])*
        [$($flag:tt)*]
        $by:ident, $field:ident: ($($ty:tt)*), $kind:ident $($item:ident)?: $method:ident $(, $more:ident)?;
    )*) => {
        /// The calls, in the order of the options.
        pub fn calls(options: &Options) -> Vec<String> {
            let mut lines = Vec::new();
            $(call!($kind, options.$field, stringify!($method), lines);)*
            lines
        }
    };
}

macro_rules! call {
    (none, $value:expr, $method:expr, $lines:ident) => {};
    (pair, $value:expr, $method:expr, $lines:ident) => {
        for pair in &$value {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            $lines.push(format!(".{}({name:?}, {value:?})", $method));
        }
    };
    (flag, $value:expr, $method:expr, $lines:ident) => {
        if $value {
            $lines.push(format!(".{}(true)", $method));
        }
    };
    ($list_or_option:ident, $value:expr, $method:expr, $lines:ident) => {
        for value in $value.iter() {
            $lines.push(format!(".{}({})", $method, value.literal()));
        }
    };
}
for_each_option!(calls);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_given_option_has_its_call() {
        let mut options = Options::default();
        options.sources.push("a.sv".into());
        options.parameters.push("WIDTH=8".to_owned());
        options.trace = Some(Trace::Fst);
        options.timing = Some(false);
        options.savable = true;
        options.threads = Some(2);
        let expected = [
            ".source(\"a.sv\")",
            ".parameter(\"WIDTH\", \"8\")",
            ".savable(true)",
            ".trace(lightsss_codegen::Trace::Fst)",
            ".threads(2)",
            ".timing(false)",
        ];
        assert_eq!(calls(&options), expected);
    }
}
