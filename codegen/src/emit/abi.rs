//! The C interface of a model: each function once, with its types in both languages.
//!
//! The shim defines these functions, and the bindings declare them.

use std::borrow::Cow;

use crate::describe::{Description, DpiArgument, DpiFunction, DpiType, Shape};
use crate::direction::Direction;

/// A type of the interface in both languages.
#[derive(Clone)]
pub struct AbiType {
    /// In C++. A name follows behind a blank.
    pub cpp: Cow<'static, str>,
    /// In Rust.
    pub rust: Cow<'static, str>,
}

const fn ty(cpp: &'static str, rust: &'static str) -> AbiType {
    AbiType {
        cpp: Cow::Borrowed(cpp),
        rust: Cow::Borrowed(rust),
    }
}

const VOID: AbiType = ty("void", "()");
const BOOL: AbiType = ty("bool", "bool");
const BOOL_PLACE: AbiType = ty("bool*", "*mut bool");
const U32: AbiType = ty("uint32_t", "u32");
const U64: AbiType = ty("uint64_t", "u64");
const U64_PLACE: AbiType = ty("uint64_t*", "*mut u64");
const INT: AbiType = ty("int", "::core::ffi::c_int");
const SIZE: AbiType = ty("size_t", "usize");
const SIZE_PLACE: AbiType = ty("size_t*", "*mut usize");
const BYTES: AbiType = ty("const uint8_t*", "*const u8");
const C_STRING: AbiType = ty("const char*", "*const ::core::ffi::c_char");
const OBJECT: AbiType = ty("void*", "*mut ::core::ffi::c_void");
const PLACES: AbiType = ty("void**", "*mut *mut ::core::ffi::c_void");
const MODEL: AbiType = ty("Handle*", "*mut rt::ffi::RawModel");
const CONTEXT: AbiType = ty("LightsssContext*", "*mut rt::ffi::RawContext");
const STRING: AbiType = ty("const std::string*", "*mut ::core::ffi::c_void");
const STRING_PLACE: AbiType = ty("std::string*", "*mut ::core::ffi::c_void");
const BORROW: AbiType = ty("DpiBorrow*", "*mut super::DpiBorrow");
const WRITE: AbiType = ty("LightsssWrite", "rt::ffi::WriteFn");
const MARK: AbiType = ty("LightsssMark", "super::__lightsss::state::MarkFn");
const STATE_PLACES: AbiType = ty("LightsssPlace*", "*mut super::__lightsss::state::Place");
const SYMBOLS: AbiType = ty("void*", "*mut u8");

/// A parameter of a function.
pub struct AbiParameter {
    cpp: Cow<'static, str>,
    rust: Cow<'static, str>,
    ty: AbiType,
}

/// A function of the interface.
pub struct AbiFunction {
    /// Its C name behind the prefix of the symbols.
    pub symbol: Cow<'static, str>,
    /// Its name in Rust.
    pub rust: Cow<'static, str>,
    parameters: Vec<AbiParameter>,
    returns: AbiType,
}

impl AbiFunction {
    /// The head of its definition in C++.
    pub fn cpp_head(&self, prefix: &str) -> String {
        format!(
            "extern \"C\" {} {prefix}{}({}) noexcept",
            self.returns.cpp,
            self.symbol,
            self.cpp_parameters()
        )
    }

    /// Its parameters in C++.
    pub fn cpp_parameters(&self) -> String {
        let parameters = self.parameters.iter();
        let parameters = parameters.map(|one| format!("{} {}", one.ty.cpp, one.cpp));
        parameters.collect::<Vec<_>>().join(", ")
    }

    /// Its parameters and its result in Rust, in parentheses.
    pub fn rust_signature(&self) -> String {
        let parameters = self.parameters.iter();
        let parameters = parameters.map(|one| format!("{}: {}", one.rust, one.ty.rust));
        let parameters = parameters.collect::<Vec<_>>().join(", ");
        match &*self.returns.rust {
            "()" => format!("({parameters})"),
            returns => format!("({parameters}) -> {returns}"),
        }
    }
}

/// A function of a model: its first parameter is the handle.
fn function(
    symbol: &'static str,
    parameters: &[(&'static str, AbiType)],
    returns: AbiType,
) -> AbiFunction {
    let mut function = free(symbol, &[("handlep", MODEL)], returns);
    function.parameters.extend(parameters.iter().map(parameter));
    function
}

/// A function without a handle.
fn free(
    symbol: &'static str,
    parameters: &[(&'static str, AbiType)],
    returns: AbiType,
) -> AbiFunction {
    AbiFunction {
        symbol: symbol.into(),
        rust: symbol.into(),
        parameters: parameters.iter().map(parameter).collect(),
        returns,
    }
}

fn parameter((name, ty): &(&'static str, AbiType)) -> AbiParameter {
    AbiParameter {
        cpp: (*name).into(),
        rust: (*name).into(),
        ty: ty.clone(),
    }
}

/// All functions of the model.
pub fn functions(model: &Description) -> Vec<AbiFunction> {
    let borrow: &[_] = match &model.imports[..] {
        [] => &[],
        _ => &[("borrowp", BORROW)],
    };
    let has = |shape: &Shape| model.places().any(|(port, _)| port.shape == *shape);
    let mut all = vec![
        free("new", &[("contextp", CONTEXT), ("name", C_STRING)], MODEL),
        function("delete", &[], VOID),
        function("ports", &[("places", PLACES)], VOID),
        function("eval", borrow, U32),
        function("finish", borrow, U32),
        function("finish_at_drop", &[], U32),
        function("prepare_clone", &[], VOID),
        function("at_clone", &[], VOID),
        function("events_pending", &[], BOOL),
        function("next_time_slot", &[], U64),
    ];
    if has(&Shape::Text) {
        let text = [("text", C_STRING), ("length", SIZE)];
        let place = ("textp", STRING_PLACE);
        all.extend([
            free(
                "text",
                &[("textp", STRING), ("length", SIZE_PLACE)],
                C_STRING,
            ),
            free("set_text", &[&[place], &text[..]].concat(), VOID),
        ]);
    }
    if has(&Shape::Event) {
        all.push(function("fire", &[("port", U32)], VOID));
    }
    if model.abilities.trace.is_some() {
        all.extend([
            function("trace_open", &[("path", C_STRING), ("levels", INT)], U32),
            function("trace_is_open", &[], BOOL),
            function("trace_dump", &[("time", U64)], U32),
            function("trace_flush", &[], U32),
            function("trace_close", &[], U32),
            function("trace_error", &[], C_STRING),
            function("trace_abandon", &[], VOID),
        ]);
    }
    if model.abilities.coverage {
        all.push(function("coverage_write", &[("path", C_STRING)], U32));
    }
    if model.abilities.savable {
        let (write, env) = (("write", WRITE), ("env", OBJECT));
        let bytes = [("bytes", BYTES), ("length", SIZE)];
        all.extend([
            function("save", &[write.clone(), env.clone()], U32),
            function("restore", &bytes, U32),
            function(
                "state_layout",
                &[("places", STATE_PLACES), ("instances", U64_PLACE)],
                SYMBOLS,
            ),
            function("state_save_entries", &[write, ("mark", MARK), env], U32),
            function("state_restore_entries", &bytes, U32),
            function("state_refusal", &[], C_STRING),
            function("state_mark_active", &[], VOID),
            function("state_settle", &[("done", BOOL_PLACE)], U32),
            function("state_waits", &[], BOOL),
        ]);
    }
    all.extend(model.exports.iter().map(|export| {
        let name = format!("export_{}", export.name);
        let mut function = function("", borrow, U32);
        function.symbol = name.into();
        function.rust = format!("export_{}", export.rust).into();
        function.parameters.push(parameter(&("scope", C_STRING)));
        function.parameters.extend(dpi_parameters(export));
        function
    }));
    all
}

/// The functions by which the shim calls Rust's side of the imports.
pub fn imports(model: &Description) -> impl Iterator<Item = (&DpiFunction, AbiFunction)> {
    model.imports.iter().map(|import| {
        let mut function = free("", &[("env", OBJECT)], BOOL);
        function.symbol = import.name.clone().into();
        function.rust = format!("import_{}", import.rust).into();
        function.parameters.extend(dpi_parameters(import));
        (import, function)
    })
}

/// The arguments of a DPI function, and behind them the place of its result.
fn dpi_parameters(function: &DpiFunction) -> Vec<AbiParameter> {
    let mut parameters: Vec<AbiParameter> = function.arguments.iter().map(dpi_parameter).collect();
    parameters.extend(function.returns.as_ref().map(|returns| AbiParameter {
        cpp: "result".into(),
        rust: "result".into(),
        ty: AbiType {
            cpp: format!("{}*", cpp_type(returns)).into(),
            rust: format!("*mut {}", rust_type(returns)).into(),
        },
    }));
    parameters
}

fn dpi_parameter(argument: &DpiArgument) -> AbiParameter {
    AbiParameter {
        cpp: argument.name.clone().into(),
        rust: format!("raw_{}", argument.rust).into(),
        ty: AbiType {
            cpp: cpp_argument_type(argument).into(),
            rust: rust_argument_type(argument).into(),
        },
    }
}

/// The arguments of a DPI function as its header declares them.
pub fn cpp_arguments(function: &DpiFunction) -> String {
    let arguments = function.arguments.iter();
    let arguments = arguments.map(|one| format!("{} {}", cpp_argument_type(one), one.name));
    arguments.collect::<Vec<_>>().join(", ")
}

/// The result of a DPI function as its header declares it.
pub fn cpp_returns(function: &DpiFunction) -> &'static str {
    function.returns.as_ref().map_or("void", cpp_type)
}

fn cpp_argument_type(argument: &DpiArgument) -> String {
    let input = argument.direction == Direction::In;
    let (element, array) = match &argument.ty {
        DpiType::Array { element, .. } => (&**element, true),
        ty => (ty, false),
    };
    let pointer = array || !input;
    let constant = if input { "const " } else { "" };
    match element {
        DpiType::Vector { logic: true, .. } => format!("{constant}svLogicVecVal*"),
        DpiType::Vector { logic: false, .. } => format!("{constant}svBitVecVal*"),
        DpiType::OpenArray => "const svOpenArrayHandle".to_owned(),
        DpiType::Text if pointer => "const char**".to_owned(),
        DpiType::Text => "const char*".to_owned(),
        DpiType::Chandle if array && input => "void* const*".to_owned(),
        ty if pointer && array => format!("{constant}{}*", cpp_type(ty)),
        ty if pointer => format!("{}*", cpp_type(ty)),
        ty => cpp_type(ty).to_owned(),
    }
}

fn rust_argument_type(argument: &DpiArgument) -> String {
    let ty = rust_type(&argument.ty);
    let pointed = matches!(argument.ty, DpiType::Vector { .. } | DpiType::Array { .. });
    match (argument.direction, &argument.ty) {
        (_, DpiType::OpenArray) => ty,
        (Direction::In, _) if pointed => format!("*const {ty}"),
        (Direction::In, _) => ty,
        _ => format!("*mut {ty}"),
    }
}

/// The C++ type of a value. Arguments that are vectors or arrays are written as pointers; a vector here is a result.
pub fn cpp_type(ty: &DpiType) -> &'static str {
    match ty {
        DpiType::Int {
            bits: 8,
            signed: true,
        } => "char",
        DpiType::Int { bits: 8, .. } => "unsigned char",
        DpiType::Int {
            bits: 16,
            signed: true,
        } => "short",
        DpiType::Int { bits: 16, .. } => "unsigned short",
        DpiType::Int {
            bits: 32,
            signed: true,
        } => "int",
        DpiType::Int { bits: 32, .. } => "unsigned int",
        DpiType::Int { signed: true, .. } => "long long",
        DpiType::Int { .. } => "unsigned long long",
        DpiType::Real => "double",
        DpiType::Float => "float",
        DpiType::Text => "const char*",
        DpiType::Chandle => "void*",
        DpiType::Bit => "svBit",
        DpiType::Logic => "svLogic",
        DpiType::OpenArray => "svOpenArrayHandle",
        DpiType::Vector { .. } => "svBitVecVal",
        DpiType::Array { .. } => unreachable!("no function returns an array"),
    }
}

/// The Rust type of a value, or of an element of it, behind `extern "C"`.
fn rust_type(ty: &DpiType) -> String {
    match ty {
        DpiType::Int { bits, signed } => format!("{}{bits}", if *signed { "i" } else { "u" }),
        DpiType::Real => "f64".to_owned(),
        DpiType::Float => "f32".to_owned(),
        DpiType::Text => C_STRING.rust.into_owned(),
        DpiType::Chandle => "rt::Chandle".to_owned(),
        DpiType::Bit | DpiType::Logic => "u8".to_owned(),
        DpiType::Vector { .. } => "u32".to_owned(),
        DpiType::OpenArray => OBJECT.rust.into_owned(),
        DpiType::Array { element, .. } => rust_type(element),
    }
}
