//! The table's C++ half: where members lie, and the operators for what is not plain data.

use std::fmt::Write as _;

use super::{Class, Entry, Instance, Kind, Member, Table};

/// Statements per function: a compiler takes more than its share of time for long ones.
const CHUNK: usize = 500;

/// The shim's functions that reach the model's state, given the model's class and the prefix of C
/// symbols. `settle` is the generated function that computes everything combinational; it waits for the next
/// evaluation where it runs `later`.
pub fn functions(
    table: &Table,
    class: &str,
    prefix: &str,
    settle: Option<&str>,
    later: bool,
) -> String {
    let mut out = String::from(
        "namespace {\n\nstruct Place final {\n    uint64_t offset;\n    uint64_t size;\n};\n\n\
         template <typename T_Object, typename T_Member>\n\
         inline Place place(const T_Object& object, const T_Member& member) {\n    \
         return {static_cast<uint64_t>(reinterpret_cast<const char*>(&member)\n                         \
         - reinterpret_cast<const char*>(&object)),\n            sizeof(T_Member)};\n}\n\n",
    );
    let _ = writeln!(
        out,
        "inline {class}__Syms* symbols(Handle* handlep) {{ return handlep->modelp->rootp->vlSymsp; }}\n"
    );
    let mut calls = String::new();
    let mut first = 0;
    for (at, class) in table.classes.iter().enumerate() {
        let Some(object) = table.instances.iter().find(|instance| instance.class == at) else {
            continue;
        };
        places(class, at, first, &access(object), &mut out, &mut calls);
        first += class.entries.len();
    }
    out.push_str("}  // namespace\n\n");
    let _ = write!(
        out,
        "extern \"C\" void* {prefix}state_layout(Handle* handlep, Place* places, uint64_t* instances) \
         noexcept {{\n    {class}__Syms* const symsp = symbols(handlep);\n    if (!places) return \
         symsp;\n{calls}"
    );
    for (at, instance) in table.instances.iter().enumerate() {
        let _ = writeln!(
            out,
            "    instances[{at}] = place(*symsp, {}).offset;",
            access(instance)
        );
    }
    out.push_str("    return symsp;\n}\n\n");
    entries(table, class, prefix, later, &mut out);
    settling(class, prefix, settle, later, &mut out);
    out
}

fn access(instance: &Instance) -> String {
    match instance.member.as_str() {
        "" => "*symsp".to_owned(),
        member => format!("symsp->{member}"),
    }
}

/// Functions that write the places of a class's members, and the calls of them.
fn places(
    class: &Class,
    number: usize,
    first: usize,
    object: &str,
    out: &mut String,
    calls: &mut String,
) {
    let name = &class.name;
    for (chunk, entries) in class.entries.chunks(CHUNK).enumerate() {
        let _ = writeln!(
            out,
            "VL_ATTR_COLD void places_{number}_{chunk}(const {name}& object, Place* places) {{"
        );
        for (at, entry) in entries.iter().enumerate() {
            if let Entry::Member(member) = entry {
                let _ = writeln!(
                    out,
                    "    places[{}] = place(object, object.{});",
                    first + chunk * CHUNK + at,
                    member.cpp
                );
            }
        }
        out.push_str("}\n\n");
        let _ = writeln!(calls, "    places_{number}_{chunk}({object}, places);");
    }
}

/// Members of all instances that need operators, in the stream's order.
fn operated(table: &Table) -> impl Iterator<Item = (&Instance, &Member)> {
    table.instances.iter().flat_map(|instance| {
        table.classes[instance.class]
            .entries
            .iter()
            .filter_map(move |entry| match entry {
                Entry::Member(member) if !member.kind.plain() => Some((instance, member)),
                _ => None,
            })
    })
}

fn entries(table: &Table, class: &str, prefix: &str, later: bool, out: &mut String) {
    let settled = if later {
        "    handlep->unsettled = false;\n"
    } else {
        ""
    };
    let mut saves = String::new();
    let mut restores = String::new();
    for (instance, member) in operated(table) {
        let object = match instance.member.as_str() {
            "" => format!("symsp->{}", member.cpp),
            name => format!("symsp->{name}.{}", member.cpp),
        };
        let indices: Vec<String> = (0..member.dimensions.len())
            .map(|at| format!("[i{at}]"))
            .collect();
        let indices = indices.concat();
        let loops: String =
            member
                .dimensions
                .iter()
                .enumerate()
                .fold(String::new(), |loops, (at, length)| {
                    format!("{loops}for (size_t i{at} = 0; i{at} < {length}; ++i{at}) ")
                });
        let _ = write!(
            saves,
            "        {loops}save << {object}{indices};\n        done();\n"
        );
        let _ = writeln!(restores, "        {loops}restore >> {object}{indices};");
    }
    let _ = write!(
        out,
        "extern \"C\" uint32_t {prefix}state_save_entries(Handle* handlep, LightsssWrite write, void \
         (*mark)(void*),\n                                              void* env) noexcept {{\n    \
         const LightsssApart apart{{handlep->contextp}};\n    \
         return aside(handlep, [&] {{\n        whole(handlep, true);\n        {class}__Syms* const symsp = symbols(handlep);\n        \
         lightsss_mark_all_active(handlep->modelp->rootp);\n        \
         handlep->contextp->clearPadding();\n        LightsssSave save{{write, env}};\n        const auto done = [&] {{\n            \
         save.flush();\n            mark(env);\n        }};\n        \
         Verilated::quiesce();\n        save << symsp->_vm_contextp__;\n        done();\n{saves}    \
         }});\n}}\n\n\
         extern \"C\" uint32_t {prefix}state_restore_entries(Handle* handlep, const uint8_t* bytes, \
         size_t length) noexcept {{\n    handlep->broken = false;  // All state is replaced\n{settled}    \
         const LightsssApart apart{{handlep->contextp}};\n    \
         // What was read is put back by the caller: the model itself is whole.\n    \
         return aside(handlep, [&] {{\n        whole(handlep, false);\n        {class}__Syms* const symsp = symbols(handlep);\n        \
         LightsssRestore restore{{bytes, length}};\n        \
         Verilated::quiesce();\n        restore >> symsp->_vm_contextp__;\n{restores}        \
         restore.finish();\n        lightsss_restore_triggered(symsp, 0);\n    }});\n}}\n\n\
         extern \"C\" const char* {prefix}state_refusal(Handle* handlep) noexcept {{\n    \
         return handlep->contextp->m_refusal.c_str();\n}}\n\n\
         extern \"C\" void {prefix}state_mark_active(Handle* handlep) noexcept {{\n    \
         lightsss_mark_all_active(handlep->modelp->rootp);\n}}\n\n"
    );
}

/// Computes everything combinational from the state; false where Verilator wrote no function for it.
fn settling(class: &str, prefix: &str, settle: Option<&str>, later: bool, out: &mut String) {
    let head =
        format!("extern \"C\" uint32_t {prefix}state_settle(Handle* handlep, bool* done) noexcept");
    let _ = match settle {
        None => write!(
            out,
            "{head} {{\n    (void)handlep;\n    *done = false;\n    return LIGHTSSS_OK;\n}}\n\n"
        ),
        Some(_) if later => write!(
            out,
            "// It may call imports, and nobody lends here: the next evaluation begins with it.\n\
             {head} {{\n    *done = true;\n    handlep->unsettled = symbols(handlep)->__Vm_didInit;\n    \
             lightsss_careful = true;\n    return LIGHTSSS_OK;\n}}\n\n"
        ),
        Some(function) => write!(
            out,
            "void {function}({class}___024root*);\n\n{head} {{\n    *done = true;\n    \
             const LightsssApart apart{{handlep->contextp}};\n    return \
             enter(handlep, [&] {{\n        if (symbols(handlep)->__Vm_didInit) \
             {function}(&symbols(handlep)->TOP);\n    }});\n}}\n\n"
        ),
    };
    let waits = if later {
        "handlep->unsettled"
    } else {
        "(void)handlep, false"
    };
    let _ = write!(
        out,
        "// Whether the next evaluation begins with computing everything combinational.\n\
         extern \"C\" bool {prefix}state_waits(Handle* handlep) noexcept {{ return {waits}; }}\n\n"
    );
}

impl Kind {
    /// Whether reading it back runs code that a damaged file can make fail.
    pub fn fails_late(&self) -> bool {
        matches!(self, Self::Other(_))
    }
}
