//! What drivers of models need of a description, read from its JSON form.

use std::path::PathBuf;

use serde_json::Value;

/// A model's description.
#[derive(Clone, Debug)]
pub struct Description {
    /// The C++ class.
    pub class: String,
    /// The folder that Verilator wrote.
    pub folder: PathBuf,
    /// The generated sources.
    pub sources: Vec<PathBuf>,
    /// The folders of hierarchical blocks.
    pub subfolders: Vec<PathBuf>,
    /// Sources of Verilator's runtime, without `.cpp`.
    pub runtime_sources: Vec<String>,
    /// Verilated with `--timing`.
    pub timing: bool,
    /// It can be saved.
    pub savable: bool,
    /// The format of its waveforms.
    pub trace: Option<String>,
    /// It calls the harness through the DPI.
    pub has_imports: bool,
    /// Its ports.
    pub ports: Vec<Port>,
}

/// A port.
#[derive(Clone, Debug)]
pub struct Port {
    /// The name in the design.
    pub verilog: String,
    /// The name in Rust.
    pub rust: String,
    /// The name in C++.
    pub member: String,
    /// The design alone writes it.
    pub is_output: bool,
    /// Its value.
    pub shape: Shape,
}

/// What a port holds.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "as in the description")]
pub enum Shape {
    Bits { width: u32 },
    Real,
    Text,
    Event,
    Array { length: u32, element: Box<Shape> },
    Struct(Struct),
}

/// An unpacked structure or union.
#[derive(Clone, Debug)]
pub struct Struct {
    /// Its Rust name, in the bindings' module `types`.
    pub name: String,
    /// It is a union, whose first member is the widest.
    pub union: bool,
    /// Its members, by name.
    pub members: Vec<(String, Shape)>,
}

impl Description {
    /// Reads the JSON form.
    pub fn read(text: &str) -> Result<Self, String> {
        let json: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let paths = |list: &str| -> Vec<String> {
            let items = json[list].as_array().into_iter().flatten();
            items.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Ok(Self {
            class: string(&json, "class")?,
            folder: string(&json, "folder")?.into(),
            sources: paths("sources").iter().map(PathBuf::from).collect(),
            subfolders: paths("subfolders").iter().map(PathBuf::from).collect(),
            runtime_sources: paths("runtime_sources"),
            timing: json["abilities"]["timing"] == Value::Bool(true),
            savable: json["abilities"]["savable"] == Value::Bool(true),
            trace: json["abilities"]["trace"].as_str().map(str::to_owned),
            has_imports: json["imports"]
                .as_array()
                .is_some_and(|list| !list.is_empty()),
            ports: json["ports"]
                .as_array()
                .ok_or("the description has no ports")?
                .iter()
                .map(Port::read)
                .collect::<Result<_, _>>()?,
        })
    }
}

fn string(json: &Value, key: &str) -> Result<String, String> {
    let text = json[key].as_str();
    text.map(str::to_owned)
        .ok_or_else(|| format!("no text `{key}` in {json}"))
}

fn number(json: &Value, key: &str) -> Result<u32, String> {
    let number = json[key].as_u64().and_then(|number| number.try_into().ok());
    number.ok_or_else(|| format!("no number `{key}` in {json}"))
}

impl Port {
    fn read(json: &Value) -> Result<Self, String> {
        Ok(Self {
            verilog: string(json, "name")?,
            rust: string(json, "rust")?,
            member: string(json, "member")?,
            is_output: json["direction"] == "output",
            shape: Shape::read(&json["shape"])?,
        })
    }

    /// Whether the drivers set it to random values.
    #[must_use]
    pub fn is_driven(&self) -> bool {
        !self.is_output && !self.is_clock() && !matches!(self.shape, Shape::Event)
    }

    /// Whether the drivers toggle it.
    #[must_use]
    pub fn is_clock(&self) -> bool {
        self.verilog == "clk"
    }
}

impl Shape {
    fn read(json: &Value) -> Result<Self, String> {
        Ok(match string(json, "kind")?.as_str() {
            "bits" => Self::Bits {
                width: number(json, "width")?,
            },
            "real" => Self::Real,
            "string" => Self::Text,
            "event" => Self::Event,
            "array" => Self::Array {
                length: number(json, "length")?,
                element: Box::new(Self::read(&json["element"])?),
            },
            "struct" => {
                let members = json["members"].as_array().into_iter().flatten();
                let member =
                    |json: &Value| Ok((string(json, "name")?, Self::read(&json["shape"])?));
                Self::Struct(Struct {
                    name: string(json, "name")?,
                    union: json["union"] == Value::Bool(true),
                    members: members.map(member).collect::<Result<_, String>>()?,
                })
            }
            other => return Err(format!("a shape of unknown kind `{other}`")),
        })
    }

    /// The bits of an element.
    #[must_use]
    pub fn width(&self) -> u32 {
        match self {
            Self::Bits { width } => *width,
            Self::Array { element, .. } => element.width(),
            Self::Real | Self::Text | Self::Event | Self::Struct(_) => 0,
        }
    }

    /// The bytes that a record holds of it.
    #[must_use]
    pub fn bytes(&self) -> u32 {
        match self {
            Self::Bits { width: 0..=8 } => 1,
            Self::Bits { width: 9..=16 } => 2,
            Self::Bits { width } => width.div_ceil(32) * 4,
            // A string's hash.
            Self::Real | Self::Text => 8,
            Self::Event => 0,
            Self::Array { length, element } => length * element.bytes(),
            Self::Struct(found) => {
                let members = found.members.iter();
                let members = members.take(if found.union { 1 } else { usize::MAX });
                members.map(|(_, shape)| shape.bytes()).sum()
            }
        }
    }
}
