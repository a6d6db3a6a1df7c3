//! A waveform, read back: its variables, its times, and the values at those.

use std::path::Path;

use wellen::{
    Hierarchy, LoadOptions, SignalEncoding, SignalRef, SignalValueRef, TimescaleUnit, Var, VarType,
    simple,
};

/// A waveform file. Its variables are known, and values are read on demand.
pub struct Waveform {
    waves: simple::Waveform,
    pub variables: Vec<Variable>,
    /// The unit of its times: `1ps`, if the file says so.
    pub unit: Option<String>,
}

/// A variable of a waveform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The names of its scopes and its own, joined by dots, as Surfer has them: `TOP.soc.ram.[3]`.
    pub path: String,
    /// As the design has it: `soc.ram[3]`. A port of the top module has no scope.
    pub name: String,
    /// The number of its highest and of its lowest bit.
    pub range: Option<(i64, i64)>,
    /// Bits; 0 for a real or a string.
    pub width: u32,
    /// Scopes above it.
    pub depth: usize,
    /// A parameter never changes.
    pub is_parameter: bool,
    signal: SignalRef,
}

/// The scopes that Verilator puts around the top module.
const ROOTS: [&str; 2] = ["TOP.", "$rootio."];

impl Waveform {
    /// Opens an FST or VCD file.
    ///
    /// # Errors
    ///
    /// Why it cannot be read: its format is another one, say.
    pub fn open(path: &Path) -> Result<Self, wellen::WellenError> {
        // Without threads: a process that has some cannot be forked any more.
        let options = LoadOptions {
            multi_thread: false,
            remove_scopes_with_empty_name: false,
        };
        let waves = simple::read_with_options(path, &options)?;
        let hierarchy = waves.hierarchy();
        let variables = hierarchy
            .all_vars()
            .map(|var| Variable::of(&hierarchy[var], hierarchy))
            .collect();
        let unit = hierarchy
            .timescale()
            .and_then(|scale| Some(format!("{}{}", scale.factor, unit_of(scale.unit)?)));
        Ok(Self {
            waves,
            variables,
            unit,
        })
    }

    /// All times at which it was written.
    pub fn times(&self) -> &[u64] {
        self.waves.time_table()
    }

    /// The values of a variable at these places of [`Self::times`]; none where it has none yet.
    pub fn values(&mut self, variable: &Variable, places: &[usize]) -> Vec<Option<String>> {
        self.waves.load_signals(&[variable.signal]);
        let Some(signal) = self.waves.get_signal(variable.signal) else {
            return vec![None; places.len()];
        };
        let value = |place: usize| {
            let offset = signal.get_offset(u32::try_from(place).ok()?)?;
            // The last one of those that were written at one time.
            let last = offset.elements.saturating_sub(1);
            Some(text_of(&signal.get_value_at(&offset, last)))
        };
        places.iter().map(|place| value(*place)).collect()
    }
}

impl Variable {
    fn of(var: &Var, hierarchy: &Hierarchy) -> Self {
        let path = var.full_name(hierarchy);
        let bare = path.replace(".[", "[");
        let root = ROOTS.iter().find_map(|root| bare.strip_prefix(root));
        Self {
            name: root.unwrap_or(&bare).to_owned(),
            range: var.index().map(|index| (index.msb(), index.lsb())),
            width: match var.signal_encoding(hierarchy) {
                SignalEncoding::BitVector(width) => width,
                _ => 0,
            },
            depth: bare.matches('.').count(),
            is_parameter: var.var_type() == VarType::Parameter,
            signal: var.signal_ref(),
            path,
        }
    }

    /// Of one bit each, for tests.
    #[cfg(test)]
    pub fn bits(paths: &[&str]) -> Vec<Self> {
        let variable = |(number, path): (usize, &&str)| {
            let bare = path.replace(".[", "[");
            Some(Self {
                path: (*path).to_owned(),
                name: bare.strip_prefix(ROOTS[0]).unwrap_or(&bare).to_owned(),
                range: None,
                width: 1,
                depth: bare.matches('.').count(),
                is_parameter: false,
                signal: SignalRef::from_index(number)?,
            })
        };
        paths.iter().enumerate().filter_map(variable).collect()
    }

    /// As GTKWave has it: `TOP.soc.ram[3][31:0]`.
    pub fn gtkwave_name(&self) -> String {
        let name = self.path.replace(".[", "[");
        match self.range {
            Some((high, low)) if high == low => format!("{name}[{low}]"),
            Some((high, low)) => format!("{name}[{high}:{low}]"),
            None => name,
        }
    }

    /// Its own name, without scopes.
    pub fn last_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }

    /// Whether both show one signal of the file, under two names.
    pub fn is_same_signal(&self, other: &Self) -> bool {
        self.signal == other.signal
    }
}

fn unit_of(unit: TimescaleUnit) -> Option<&'static str> {
    Some(match unit {
        TimescaleUnit::ZeptoSeconds => "zs",
        TimescaleUnit::AttoSeconds => "as",
        TimescaleUnit::FemtoSeconds => "fs",
        TimescaleUnit::PicoSeconds => "ps",
        TimescaleUnit::NanoSeconds => "ns",
        TimescaleUnit::MicroSeconds => "us",
        TimescaleUnit::MilliSeconds => "ms",
        TimescaleUnit::Seconds => "s",
        TimescaleUnit::Unknown => return None,
    })
}

/// A bit as it is, a vector in hexadecimal digits, a real or a string as text.
fn text_of(value: &SignalValueRef<'_>) -> String {
    match value {
        SignalValueRef::Event => "event".to_owned(),
        SignalValueRef::BitVec(bits) => hexadecimal(&bits.bit_string()),
        SignalValueRef::String(text) => (*text).to_owned(),
        SignalValueRef::Real(real) => real.to_string(),
    }
}

/// Four bits a digit; `X` where some of them are unknown, `x` or `z` where all are.
fn hexadecimal(bits: &str) -> String {
    if bits.len() == 1 {
        return bits.to_owned();
    }
    let bits: Vec<char> = bits.chars().collect();
    let digits = bits.rchunks(4).rev().map(|digit| {
        let text: String = digit.iter().collect();
        match u32::from_str_radix(&text, 2) {
            Ok(number) => char::from_digit(number, 16).unwrap_or('X'),
            Err(_) if digit.iter().all(|bit| *bit == digit[0]) => digit[0],
            Err(_) => 'X',
        }
    });
    digits.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VCD: &str = "$timescale 1ps $end
$scope module TOP $end
$var wire 1 ! clk $end
$scope module soc $end
$var wire 1 ! clk $end
$var wire 10 # pc [9:0] $end
$upscope $end
$upscope $end
$enddefinitions $end
#10
0!
b0000000101 #
#15
1!
b1x00000000 #
#20
0!
";

    fn opened() -> Waveform {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.vcd");
        std::fs::write(&path, VCD).unwrap();
        Waveform::open(&path).unwrap()
    }

    #[test]
    fn variables_have_the_names_of_the_design_and_of_each_viewer() {
        let wave = opened();
        let names: Vec<_> = wave.variables.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["clk", "soc.clk", "soc.pc"]);
        let pc = &wave.variables[2];
        assert_eq!(pc.path, "TOP.soc.pc");
        assert_eq!(pc.gtkwave_name(), "TOP.soc.pc[9:0]");
        assert_eq!(pc.width, 10);
        assert!(wave.variables[0].is_same_signal(&wave.variables[1]));
        assert_eq!(wave.unit.as_deref(), Some("1ps"));
    }

    #[test]
    fn values_hold_until_the_next_change() {
        let mut wave = opened();
        assert_eq!(wave.times(), [10, 15, 20]);
        let pc = wave.variables[2].clone();
        let values: Vec<_> = wave.values(&pc, &[0, 1, 2]).into_iter().flatten().collect();
        assert_eq!(values, ["005", "X00", "X00"]);
    }

    #[test]
    fn a_digit_of_unknown_bits_is_unknown() {
        assert_eq!(hexadecimal("1"), "1");
        assert_eq!(hexadecimal("10"), "2");
        assert_eq!(hexadecimal("110101"), "35");
        assert_eq!(hexadecimal("xxxx0001"), "x1");
        assert_eq!(hexadecimal("zzx0001"), "X1");
    }
}
