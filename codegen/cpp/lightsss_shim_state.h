// The part of the models' C interfaces that saves and restores.
#ifndef LIGHTSSS_SHIM_STATE_H_
#define LIGHTSSS_SHIM_STATE_H_

#include "lightsss_marks.h"
#include "lightsss_save.h"

// The handle of a model is `LightsssHandle`, or `LightsssBorrowedHandle` in a program that is not Rust's.

template <typename T_Object, typename T_Member>
inline LightsssPlace lightsss_place(const T_Object& object, const T_Member& member) {
    return {static_cast<uint64_t>(reinterpret_cast<const char*>(&member)
                                  - reinterpret_cast<const char*>(&object)),
            sizeof(T_Member)};
}

// Pointers within the model are saved as distances from its symbol table's start.
template <typename Symbols>
void lightsss_whole(const Symbols* symsp, bool saves) {
    LightsssWhole::current() = {reinterpret_cast<const uint8_t*>(symsp), sizeof(*symsp), {}};
    if (saves) LightsssWhole::current().m_ending = lightsss_ending_events(symsp, 0);
}

// Saves all state through Verilator's operators. A broken model may be saved: a restore keeps what was there for the
// case that it fails.
template <typename T_Handle>
uint32_t lightsss_save(T_Handle* handlep, LightsssWrite write, void* env) {
    return handlep->look([&] {
        lightsss_whole(handlep->modelp->rootp->vlSymsp, true);
        lightsss_mark_all_active(handlep->modelp->rootp);
        handlep->clearPadding();
        LightsssSave save{write, env};
        save << *handlep->modelp;
        save.close();
    });
}

template <typename T_Handle>
uint32_t lightsss_restore(T_Handle* handlep, const uint8_t* bytes, size_t length) {
    // All state is replaced, that of a broken evaluation too.
    handlep->broken = false;
    handlep->unsettled = false;
    return handlep->change([&] {
        auto* const symsp = handlep->modelp->rootp->vlSymsp;
        lightsss_whole(symsp, false);
        LightsssRestore restore{bytes, length};
        restore >> *handlep->modelp;
        restore.finish();
        lightsss_restore_triggered(symsp, 0);
        lightsss_mark_all_active(handlep->modelp->rootp);
    });
}

// Saves the context and the members that need operators. `entries` saves those members, and calls its last argument
// after each.
template <typename T_Handle, typename T_Entries>
uint32_t lightsss_save_entries(T_Handle* handlep, LightsssWrite write, LightsssMark mark, void* env,
                               T_Entries&& entries) {
    return handlep->look([&] {
        auto* const symsp = handlep->modelp->rootp->vlSymsp;
        lightsss_whole(symsp, true);
        lightsss_mark_all_active(handlep->modelp->rootp);
        handlep->clearPadding();
        LightsssSave save{write, env};
        const auto done = [&] {
            save.flush();
            mark(env);
        };
        Verilated::quiesce();
        save << symsp->_vm_contextp__;
        done();
        entries(save, symsp, done);
    });
}

template <typename T_Handle, typename T_Entries>
uint32_t lightsss_restore_entries(T_Handle* handlep, const uint8_t* bytes, size_t length, T_Entries&& entries) {
    // All state is replaced.
    handlep->broken = false;
    handlep->unsettled = false;
    // Where it fails the caller puts back what was there, so the model itself is whole.
    return handlep->look([&] {
        auto* const symsp = handlep->modelp->rootp->vlSymsp;
        lightsss_whole(symsp, false);
        LightsssRestore restore{bytes, length};
        Verilated::quiesce();
        restore >> symsp->_vm_contextp__;
        entries(restore, symsp);
        restore.finish();
        lightsss_restore_triggered(symsp, 0);
    });
}

#endif
