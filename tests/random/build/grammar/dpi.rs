//! DPI functions: declared and called in Verilog, and implemented in C++ and in Rust. What they give is a number that
//! is mixed of all that they are given.

use std::fmt::Write as _;

use super::writer::Writer;

/// A type that crosses the DPI.
#[derive(Clone)]
pub enum Type {
    Int {
        bits: u32,
        signed: bool,
    },
    Bit,
    Logic,
    Vector {
        width: u32,
        logic: bool,
    },
    Real,
    Text,
    Array {
        of: Box<Type>,
        length: u32,
    },
    /// An open array of `int`, `real` or `string`.
    Open(&'static str),
}

/// An argument, and its direction in Verilog.
pub struct Argument {
    name: String,
    direction: &'static str,
    ty: Type,
}

/// A function that the design calls.
pub struct Import {
    name: String,
    seed: u64,
    arguments: Vec<Argument>,
    returns: Option<Type>,
}

/// A function that the drivers call in each cycle: `int name(int, longint)`.
pub struct Export(pub String);

impl Type {
    fn any(out: &mut Writer, element: bool) -> Self {
        match out.random.u32(0..if element { 8 } else { 11 }) {
            0 | 1 => Self::Int {
                bits: 8 << out.random.u32(0..4),
                signed: out.random.bool(),
            },
            2 => Self::Bit,
            3 => Self::Logic,
            4 => Self::Real,
            5 => Self::Text,
            6 | 7 => Self::Vector {
                width: out.width().max(2),
                logic: out.random.bool(),
            },
            8 => Self::Open(out.one_of(&["int", "real", "string"])),
            _ => Self::Array {
                of: Box::new(match Self::any(out, true) {
                    Self::Bit | Self::Logic => Self::Real,
                    ty => ty,
                }),
                length: out.random.u32(1..5),
            },
        }
    }

    /// In Verilog, with the name that it belongs to.
    fn verilog(&self, name: &str) -> String {
        match self {
            Self::Int { bits, signed } => {
                let ty = ["byte", "shortint", "int", "longint"][bits.ilog2() as usize - 3];
                format!("{ty}{} {name}", if *signed { "" } else { " unsigned" })
            }
            Self::Bit => format!("bit {name}"),
            Self::Logic => format!("logic {name}"),
            Self::Vector { width, logic } => {
                let ty = if *logic { "logic" } else { "bit" };
                format!("{ty} [{}:0] {name}", width - 1)
            }
            Self::Real => format!("real {name}"),
            Self::Text => format!("string {name}"),
            Self::Array { of, length } => format!("{}[{length}]", of.verilog(name)),
            Self::Open(of) => format!("{of} {name}[]"),
        }
    }

    /// Statements that set a variable.
    fn assigned(&self, out: &mut Writer, name: &str) -> String {
        match self {
            Self::Int { bits, .. } => format!("{name} = {};", out.bits(*bits)),
            Self::Bit | Self::Logic => format!("{name} = {};", out.bits(1)),
            Self::Vector { width, .. } => format!("{name} = {};", out.bits(*width)),
            Self::Real => format!("{name} = $itor({}) / 8.0;", out.wire(16)),
            Self::Text => format!("{name} = $sformatf(\"%0h\", {});", out.wire(24)),
            Self::Array { of, length } => (0..*length)
                .map(|at| of.assigned(out, &format!("{name}[{at}]")))
                .collect(),
            Self::Open(of) => {
                let element = match *of {
                    "real" => Self::Real,
                    "string" => Self::Text,
                    _ => Self::Int {
                        bits: 32,
                        signed: true,
                    },
                };
                (0..3)
                    .map(|at| element.assigned(out, &format!("{name}[{at}]")))
                    .collect()
            }
        }
    }

    /// What expressions read of a variable.
    fn readable(&self, name: &str) -> Option<(String, u32)> {
        Some(match self {
            Self::Int { bits, .. } => (name.to_owned(), *bits),
            Self::Bit | Self::Logic => (name.to_owned(), 1),
            Self::Vector { width, .. } => (name.to_owned(), *width),
            Self::Real => (format!("32'($rtoi({name}))"), 32),
            Self::Text => (format!("8'({name}.len() > 0 ? {name}.getc(0) : 8'd0)"), 8),
            Self::Array { of, length } => of.readable(&format!("{name}[{}]", length - 1))?,
            Self::Open(_) => return None,
        })
    }

    fn cpp(&self) -> &'static str {
        match self {
            Self::Int { bits: 8, signed } => ["unsigned char", "char"][usize::from(*signed)],
            Self::Int { bits: 16, signed } => ["unsigned short", "short"][usize::from(*signed)],
            Self::Int { bits: 32, signed } => ["unsigned int", "int"][usize::from(*signed)],
            Self::Int { signed, .. } => ["unsigned long long", "long long"][usize::from(*signed)],
            Self::Bit => "svBit",
            Self::Logic => "svLogic",
            Self::Vector { logic: true, .. } => "svLogicVecVal",
            Self::Vector { .. } => "svBitVecVal",
            Self::Real => "double",
            Self::Text => "const char*",
            Self::Array { of, .. } => of.cpp(),
            Self::Open(_) => "svOpenArrayHandle",
        }
    }

    fn rust(&self) -> String {
        match self {
            Self::Int { bits, signed } => format!("{}{bits}", if *signed { 'i' } else { 'u' }),
            Self::Bit | Self::Logic => "bool".to_owned(),
            Self::Vector { width, .. } if *width > 64 => {
                format!("Wide<{width}, {}>", width.div_ceil(32))
            }
            Self::Vector { width, .. } => format!("u{}", width.next_power_of_two().max(8)),
            Self::Real => "f64".to_owned(),
            Self::Text => "CString".to_owned(),
            Self::Array { of, length } => format!("[{}; {length}]", of.rust()),
            Self::Open(_) => "OpenArray<'_>".to_owned(),
        }
    }

    /// Of a value, or of its elements.
    fn width(&self) -> u32 {
        match self {
            Self::Int { bits, .. } => *bits,
            Self::Vector { width, .. } => *width,
            Self::Array { of, .. } => of.width(),
            _ => 1,
        }
    }

    /// Whether C++ is given a pointer to it, whatever its direction.
    fn is_pointed(&self) -> bool {
        matches!(self, Self::Vector { .. } | Self::Array { .. })
    }
}

impl Argument {
    fn is_input(&self) -> bool {
        self.direction == "input"
    }

    fn cpp(&self) -> String {
        let (ty, name) = (self.ty.cpp(), &self.name);
        let pointed = self.ty.is_pointed() || !self.is_input();
        match &self.ty {
            Type::Open(_) => format!("const svOpenArrayHandle {name}"),
            ty @ Type::Array { .. } if ty.cpp() == "const char*" => format!("const char** {name}"),
            _ if pointed && self.is_input() => format!("const {ty}* {name}"),
            _ if pointed => format!("{ty}* {name}"),
            _ => format!("{ty} {name}"),
        }
    }

    fn rust(&self) -> String {
        let (ty, name) = (self.ty.rust(), &self.name);
        match &self.ty {
            Type::Open(_) => format!("{name}: &mut {ty}"),
            Type::Text if self.is_input() => format!("{name}: &CStr"),
            Type::Array { of, length } if self.is_input() && matches!(**of, Type::Text) => {
                format!("{name}: &[&CStr; {length}]")
            }
            Type::Array { .. } if self.is_input() => format!("{name}: &{ty}"),
            Type::Vector { width, .. } if self.is_input() && *width > 64 => {
                format!("{name}: &{ty}")
            }
            _ if self.is_input() => format!("{name}: {ty}"),
            _ => format!("{name}: &mut {ty}"),
        }
    }
}

/// Adds an import, and a process that calls it.
pub fn import(out: &mut Writer) {
    let name = out.plain("imp");
    let mut arguments = Vec::new();
    for at in 0..out.random.u32(1..5) {
        let ty = Type::any(out, false);
        let direction = match ty {
            Type::Open(_) => "input",
            _ => out.one_of(&["input", "input", "output", "inout"]),
        };
        let name = format!("{}{at}", out.one_of(&["a", "b", "env", "result"]));
        arguments.push(Argument {
            name,
            direction,
            ty,
        });
    }
    let returns = match Type::any(out, true) {
        _ if out.chance(4) => None,
        Type::Vector { .. } => Some(Type::Vector {
            width: out.random.u32(2..=32),
            logic: false,
        }),
        ty => Some(ty),
    };
    let mut declared = Vec::new();
    let (mut set, mut passed) = (String::new(), Vec::new());
    for argument in &arguments {
        let variable = out.plain("v");
        match argument.ty {
            Type::Open(of) => out.line(&format!("{of} {variable}[3];")),
            _ => {
                let text = argument.ty.verilog(&variable);
                out.line(&format!("{text};"));
            }
        }
        declared.push(format!(
            "{} {}",
            argument.direction,
            argument.ty.verilog(&argument.name)
        ));
        if argument.direction != "output" {
            set.push_str(&argument.ty.assigned(out, &variable));
        }
        passed.push(variable);
    }
    let result = out.plain("got");
    let call = format!("{name}({})", passed.join(", "));
    let (ty, call) = match &returns {
        Some(ty) => {
            let text = ty.verilog(&result);
            out.line(&format!("{text};"));
            (ty.verilog(""), format!("{result} = {call};"))
        }
        None => ("void".to_owned(), format!("{call};")),
    };
    let (edge, condition) = (out.edge(), out.condition());
    out.line(&format!(
        "import \"DPI-C\" function {ty} {name}({});\nalways @({edge}) if ({condition}) begin {set}\n{call} end",
        declared.join(", ")
    ));
    let results = returns.iter().map(|ty| (ty, &result));
    let variables = arguments
        .iter()
        .zip(&passed)
        .filter(|(argument, _)| !argument.is_input());
    let read: Vec<_> = results
        .chain(variables.map(|(argument, variable)| (&argument.ty, variable)))
        .filter_map(|(ty, variable)| ty.readable(variable))
        .collect();
    for (text, width) in read {
        // Kept by the clock: the order of processes is the simulator's own.
        let kept = out.register(width);
        out.line(&format!("always @({edge}) {kept} <= {width}'({text});"));
    }
    let seed = out.random.u64(..);
    out.imports.push(Import {
        name,
        seed,
        arguments,
        returns,
    });
}

/// Adds an export.
pub fn export(out: &mut Writer) {
    let name = out.plain("exp");
    let kept = out.plain("kept");
    let value = out.bits(32);
    out.line(&format!(
        "int {kept} = 1; export \"DPI-C\" function {name};\nfunction int {name}(input int a, input longint b);\n\
         {kept} = {kept} + a; return {kept} ^ int'(b) ^ {value};\nendfunction"
    ));
    let seen = out.register(32);
    out.line(&format!("always @(posedge clk) {seen} <= {kept};"));
    out.exports.push(Export(name));
}

impl Import {
    /// In C++.
    pub fn cpp(&self) -> String {
        let arguments: Vec<String> = self.arguments.iter().map(Argument::cpp).collect();
        let mut body = String::new();
        for argument in &self.arguments {
            if argument.direction != "output" {
                let (name, ty) = (&argument.name, &argument.ty);
                let value = if ty.is_pointed() || argument.is_input() {
                    name.clone()
                } else {
                    format!("*{name}")
                };
                body.push_str(&mixed(ty, &value));
            }
        }
        for argument in self
            .arguments
            .iter()
            .filter(|argument| !argument.is_input())
        {
            let value = if argument.ty.is_pointed() {
                argument.name.clone()
            } else {
                format!("*{}", argument.name)
            };
            body.push_str(&taken(&argument.ty, &value));
        }
        let ty = self.returns.as_ref().map_or("void", Type::cpp);
        if let Some(returns) = &self.returns {
            let _ = writeln!(body, "{ty} r{{}};");
            let value = if returns.is_pointed() { "&r" } else { "r" };
            body.push_str(&taken(returns, value));
            body.push_str("return r;\n");
        }
        format!(
            "extern \"C\" {ty} {}({}) {{\nMixer h{{0x{:x}ULL}};\n{body}}}\n",
            self.name,
            arguments.join(", "),
            self.seed
        )
    }

    /// A method of the trait `Dpi`.
    pub fn rust(&self) -> String {
        let arguments: Vec<String> = self.arguments.iter().map(Argument::rust).collect();
        let mut body = String::new();
        for argument in &self.arguments {
            if argument.direction != "output" {
                let _ = writeln!(body, "{}.mix(&mut h);", argument.name);
            }
        }
        for argument in self
            .arguments
            .iter()
            .filter(|argument| !argument.is_input())
        {
            let _ = writeln!(
                body,
                "*{} = Take::take(&mut h, {});",
                argument.name,
                argument.ty.width()
            );
        }
        let mut returns = String::new();
        if let Some(ty) = &self.returns {
            let _ = writeln!(body, "Take::take(&mut h, {})", ty.width());
            returns = format!(" -> {}", ty.rust());
        }
        format!(
            "fn {}(&mut self, {}){returns} {{\nlet mut h = Mixer(0x{:x});\n{body}}}\n",
            self.name,
            arguments.join(", "),
            self.seed
        )
    }
}

/// A statement that mixes a value in.
fn mixed(ty: &Type, value: &str) -> String {
    match ty {
        Type::Vector { width, .. } => format!("h.put_vector({value}, {width});\n"),
        Type::Array { of, length } => {
            let element = match **of {
                Type::Vector { width, .. } => format!("({value} + i * {})", width.div_ceil(32)),
                _ => format!("{value}[i]"),
            };
            format!(
                "for (int i = 0; i < {length}; ++i) {{ {} }}\n",
                mixed(of, &element)
            )
        }
        Type::Open(of) => format!("h.put_open_{of}({value});\n"),
        _ => format!("h.put({value});\n"),
    }
}

/// A statement that sets a value.
fn taken(ty: &Type, value: &str) -> String {
    match ty {
        Type::Vector { width, .. } => format!("h.take_vector({value}, {width});\n"),
        Type::Bit | Type::Logic => format!("{value} = h.take() & 1;\n"),
        Type::Array { of, length } => {
            let element = match **of {
                Type::Vector { width, .. } => format!("({value} + i * {})", width.div_ceil(32)),
                _ => format!("{value}[i]"),
            };
            format!(
                "for (int i = 0; i < {length}; ++i) {{ {} }}\n",
                taken(of, &element)
            )
        }
        _ => format!("h.take({value});\n"),
    }
}
