//! Writes a random module: what it has declared so far, and expressions of it.

use std::fmt::Write as _;

use super::dpi::{Export, Import};

/// A value that expressions read.
#[derive(Clone)]
pub struct Value {
    pub text: String,
    pub width: u32,
    /// Bits of it can be taken: declared as `[width - 1:0]`.
    pub selectable: bool,
}

/// Writes a random module.
pub struct Writer {
    pub random: fastrand::Rng,
    /// Verilator 5.`minor`.
    pub minor: u32,
    /// In front of the module.
    pub before: String,
    /// The parameters of the module.
    pub parameters: Vec<String>,
    pub ports: Vec<String>,
    pub body: String,
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    values: Vec<Value>,
    count: usize,
}

/// Names that mean something to C++, to Rust, or to what is generated.
const ODD_NAMES: &[&str] = &[
    "NULL", "Self", "fn", "impl", "match", "mod", "operator", "self", "state", "template", "this_",
    "vlSelf_", "x__y",
];

impl Writer {
    pub fn new(seed: u64, minor: u32) -> Self {
        Self {
            random: fastrand::Rng::with_seed(seed),
            minor,
            before: String::new(),
            parameters: Vec::new(),
            ports: Vec::new(),
            body: String::new(),
            imports: Vec::new(),
            exports: Vec::new(),
            values: Vec::new(),
            count: 0,
        }
    }

    pub fn chance(&mut self, of: u32) -> bool {
        self.random.u32(0..of) == 0
    }

    pub fn one_of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.random.usize(0..list.len())]
    }

    /// A name that nothing has yet.
    pub fn fresh(&mut self, kind: &str) -> String {
        self.count += 1;
        let count = self.count;
        match self.random.u32(0..16) {
            0 => format!("{}{count}", self.one_of(ODD_NAMES)),
            1 => format!("\\{kind}-{count}.x[0] "),
            2 => format!("{kind}__{count}"),
            3 => format!("_{kind}_{count}"),
            4 => format!("{}{}_{count}", kind[..1].to_uppercase(), &kind[1..]),
            _ => format!("{kind}{count}"),
        }
    }

    /// A name without surprises, for types and modules.
    pub fn plain(&mut self, kind: &str) -> String {
        self.count += 1;
        format!("NAME_{kind}{}", self.count)
    }

    pub fn width(&mut self) -> u32 {
        match self.random.u32(0..12) {
            0..3 => 1,
            3..7 => self.random.u32(2..=32),
            7..9 => self.random.u32(33..=64),
            9 => self.one_of(&[&8, &16, &32, &64, &65, &96]).to_owned(),
            _ => self.random.u32(65..=140),
        }
    }

    /// A range of `width` bits, mostly `[width - 1:0]`; whether it is that.
    pub fn range(&mut self, width: u32) -> (String, bool) {
        let high = i64::from(width) - 1;
        let low = i64::from(self.random.u32(1..40));
        match self.random.u32(0..10) {
            0 => (format!("[0:{high}]"), width == 1),
            1 => (format!("[{}:{low}]", high + low), false),
            2 => (format!("[{}:-{low}]", high - low), false),
            3 => (format!("[-{low}:{}]", high - low), false),
            _ => (format!("[{high}:0]"), true),
        }
    }

    /// Lets expressions read it from here on.
    pub fn readable(&mut self, text: &str, width: u32, selectable: bool) {
        self.values.push(Value {
            text: text.to_owned(),
            width,
            selectable,
        });
    }

    pub fn values(&self) -> &[Value] {
        &self.values
    }

    pub fn line(&mut self, text: &str) {
        self.body.push_str(text);
        self.body.push('\n');
    }

    /// Declares a register of `width` bits that expressions read, and gives its name.
    pub fn register(&mut self, width: u32) -> String {
        let name = self.fresh("r");
        let _ = writeln!(self.body, "logic [{}:0] {name};", width - 1);
        self.readable(&name, width, true);
        name
    }

    fn operand(&mut self) -> String {
        if self.values.is_empty() || self.chance(7) {
            let width = self.width().min(64);
            return format!("{width}'h{:x}", self.random.u64(..) >> (64 - width));
        }
        let value = self.values[self.random.usize(0..self.values.len())].clone();
        let Value { text, width, .. } = &value;
        if value.selectable && *width > 2 && self.chance(3) {
            let low = self.random.u32(0..width - 1);
            let high = self.random.u32(low..*width);
            return match self.random.u32(0..3) {
                0 => format!("{text}[{low} +: {}]", high - low + 1),
                1 => format!("{text}[{low}]"),
                _ => format!("{text}[{high}:{low}]"),
            };
        }
        text.clone()
    }

    /// Of any width.
    pub fn expression(&mut self, depth: u32) -> String {
        if depth == 0 {
            return self.operand();
        }
        let mut inner = || self.expression(depth - 1);
        let (a, b, c) = (inner(), inner(), inner());
        let small = self.random.u32(2..=40);
        match self.random.u32(0..20) {
            0 => format!("({a} + {b})"),
            1 => format!("({a} - {b})"),
            2 => format!("({a} ^ {b})"),
            3 => format!("({a} & {b} | {c})"),
            4 => format!("(({a}) != 0 ? {b} : {c})"),
            5 => format!("(({a}) == ({b}) ? {c} : {a})"),
            6 => format!("{{{a}, {b}}}"),
            7 => format!("(~({a}) >> 3)"),
            8 => format!("($signed({a}) < $signed({b}) ? {b} : {c})"),
            9 => format!("($signed({small}'({a})) >>> 5'({b}))"),
            10 => format!("({small}'({a}) << 6'({b}))"),
            11 => format!("({small}'({a}) * {small}'({b}))"),
            12 => format!("({small}'({a}) / ({small}'({b}) | {small}'(1)))"),
            13 => format!("($signed({small}'({a})) % ($signed({small}'({b}) | {small}'(1))))"),
            14 => format!("{{{}{{1'({a})}}}}", self.random.u32(2..9)),
            15 => format!("{{^({a}), &({b}), |({c})}}"),
            16 => format!("32'($countones({a}))"),
            17 => format!("{{<< 3 {{{small}'({a})}}}}"),
            18 => format!("(3'({a}) inside {{3'd1, [3'd3:3'd5]}} ? {b} : {c})"),
            _ => format!("(({a}) > ({b}) || !({c}))"),
        }
    }

    /// Of `width` bits.
    pub fn bits(&mut self, width: u32) -> String {
        let depth = self.random.u32(0..3);
        format!("{width}'({})", self.expression(depth))
    }

    /// A wire of `width` bits: Verilator takes no cast to a size as an index of a container or as an argument.
    pub fn wire(&mut self, width: u32) -> String {
        let (name, value) = (self.plain("x"), self.bits(width));
        self.line(&format!("wire [{}:0] {name} = {value};", width - 1));
        name
    }

    /// Whether something is so.
    pub fn condition(&mut self) -> String {
        match self.random.u32(0..3) {
            0 => format!("(3'({}) == 3'd{})", self.operand(), self.random.u32(0..8)),
            _ => format!("(({}) != 0)", self.expression(1)),
        }
    }

    pub fn edge(&mut self) -> &'static str {
        self.one_of(&["posedge clk", "posedge clk", "negedge clk", "posedge clk2"])
    }
}
