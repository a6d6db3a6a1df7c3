//! Saving, and the state by name.

use crate::describe::Description;
use crate::describe::state::{Entry, State};
use crate::emit::template::fill;

/// The name of the file beside the bindings that holds the table.
pub fn table_file(model: &Description) -> String {
    format!("{}.state", model.name)
}

const STATE: &str = r#"use __lightsss::state as rt_state;

static STATE: rt_state::ModelState = {
    // SAFETY: the functions are those of one shim, and the table was written with it.
    unsafe {
        rt_state::ModelState::new(
            NAME,
            VERILATOR,
            FINGERPRINT,
            $table$,
            rt_state::Functions {
                layout: ffi::state_layout,
                save_entries: ffi::state_save_entries,
                restore_entries: ffi::state_restore_entries,
                refusal: ffi::state_refusal,
                mark_active: ffi::state_mark_active,
                settle: ffi::state_settle,
                waits: ffi::state_waits,
                save: ffi::save,
                restore: ffi::restore,
                context: rt::ffi::CONTEXT,
            },
        )
    }
};

impl Model {
    fn live(&self) -> rt_state::LiveModel {
        // SAFETY: the model and its context are live, they cannot leave this thread, and what is done with the
        // result ends before the borrow of `self` does.
        unsafe { rt_state::LiveModel::new(&STATE, self.raw, self.context.as_non_null()) }
    }

    /// The state by name: `model.state()?.peek("soc.cpu.pc")?`.
    ///
    /// # Errors
    /// Where the model has no state table, or one that differs from what Verilator saves.
    pub fn state(
        &mut self,
    ) -> ::core::result::Result<rt_state::State<'_>, rt_state::StateError> {
        rt_state::State::new(self.live())
    }

    /// The report of the last restore, if it was one by name from another build of the model.
    #[must_use]
    pub fn migration(&self) -> ::core::option::Option<&rt_state::Migration> {
        self.migration.as_deref()
    }
}

impl __lightsss::savable::Savable for Model {
    const SCHEMA: __lightsss::savable::Schema = __lightsss::savable::Schema::new(
            NAME,
            __lightsss::savable::Shape::Section(__lightsss::savable::SectionKind::Model),
        )
        .fails_late($late$);
    const SIZE: __lightsss::savable::Size = __lightsss::savable::Size::fixed(4);
    fn save(
        &self,
        out: &mut __lightsss::savable::Writer<'_>,
    ) -> ::core::result::Result<(), __lightsss::savable::SaveError> {
        rt_state::save(self.live(), out)
    }

    fn restore(
        &mut self,
        input: &mut __lightsss::savable::Reader<'_>,
    ) -> ::core::result::Result<(), __lightsss::savable::RestoreError> {
        let migration = rt_state::restore(self.live(), input)?;
        self.migration = migration.map(::std::boxed::Box::new);
        Ok(())
    }

    fn check(
        input: &mut __lightsss::savable::Reader<'_>,
    ) -> ::core::result::Result<(), __lightsss::savable::RestoreError> {
        rt_state::check(&STATE, input)
    }
}
"#;

/// `impl Savable for Model`, and what reaches its state by name.
pub fn state(model: &Description) -> String {
    let Some(state) = &model.state else {
        return String::new();
    };
    let table = match &state.table {
        Ok(_) => format!(
            "::core::result::Result::Ok(include_bytes!(\"{}\"))",
            table_file(model)
        ),
        Err(reason) => format!("::core::result::Result::Err({reason:?})"),
    };
    let late = fails_late(state).to_string();
    fill(STATE, &[("table", &table), ("late", &late)])
}

/// Whether a restore can fail after the checks: where C++ reads what Rust cannot verify, or a file
/// that was open cannot be opened.
fn fails_late(state: &State) -> bool {
    let Ok(table) = &state.table else { return true };
    if state.opens_files {
        return true;
    }
    let mut entries = table.classes.iter().flat_map(|class| &class.entries);
    entries.any(|entry| matches!(entry, Entry::Member(member) if member.kind.fails_late()))
}
