// The C interface of the model `unpacked_arrays`, for Verilator $VERILATOR. Written by lightsss-codegen.

#include "Vunpacked_arrays.h"
#include "Vunpacked_arrays__Syms.h"
#include "lightsss_shim.h"
#include "lightsss_shim_state.h"

extern "C" const char lightsss_unpacked_arrays_bindings_and_compiled_model_differ_headers_$FINGERPRINT = 0;

// Two models of one class in a program would share their functions: fail to link instead.
extern "C" const char lightsss_two_models_have_the_class_Vunpacked_arrays_set_prefix = 0;

namespace {

struct Handle final : LightsssHandle<Vunpacked_arrays> {
    using LightsssHandle::LightsssHandle;
};

}  // namespace

namespace {

// Not inlined, so that the usual evaluation is short.
__attribute__((noinline, cold)) uint32_t eval_carefully(Handle* handlep) noexcept {
    return lightsss_enter(handlep, [&] {
        handlep->modelp->eval();
    });
}

}  // namespace

extern "C" Handle* lightsss_unpacked_arrays_headers_$FINGERPRINT_new(LightsssContext* contextp, const char* name) noexcept {
    return lightsss_new<Handle>(contextp, name);
}

extern "C" uint32_t lightsss_unpacked_arrays_headers_$FINGERPRINT_eval(Handle* handlep) noexcept {
    // One look for all that is rare, as this is called for every edge.
    if (VL_UNLIKELY(lightsss_careful.load(std::memory_order_relaxed))) {
        return eval_carefully(handlep);
    }
    try {
        handlep->modelp->eval();
    } catch (...) { return lightsss_broke_off(handlep); }
    static_assert(LIGHTSSS_OK == 0 && LIGHTSSS_HALTED == 1, "a status is not a flag");
    return handlep->contextp->m_halted;
}

extern "C" uint32_t lightsss_unpacked_arrays_headers_$FINGERPRINT_finish(Handle* handlep) noexcept {
    if (handlep->finished) return LIGHTSSS_OK;
    handlep->finished = true;
    return lightsss_enter(handlep, [&] {
        handlep->modelp->final();
    });
}

extern "C" uint32_t lightsss_unpacked_arrays_headers_$FINGERPRINT_finish_at_drop(Handle* handlep) noexcept {
    // A model that was left in the middle of an evaluation does not run its final blocks.
    if (handlep->broken) return LIGHTSSS_OK;
    return lightsss_unpacked_arrays_headers_$FINGERPRINT_finish(handlep);
}

extern "C" void lightsss_unpacked_arrays_headers_$FINGERPRINT_delete(Handle* handlep) noexcept {
    lightsss_delete(handlep);
}

extern "C" bool lightsss_unpacked_arrays_headers_$FINGERPRINT_events_pending(Handle* handlep) noexcept {
    bool pending = false;
    lightsss_aside(handlep, [&] { pending = handlep->modelp->eventsPending(); });
    return pending;
}

extern "C" uint64_t lightsss_unpacked_arrays_headers_$FINGERPRINT_next_time_slot(Handle* handlep) noexcept {
    uint64_t slot = 0;
    lightsss_enter(handlep, [&] { slot = handlep->modelp->nextTimeSlot(); });
    return slot;
}

extern "C" void lightsss_unpacked_arrays_headers_$FINGERPRINT_prepare_clone(Handle* handlep) noexcept {
    // From an import: the threads stay, and the fork is refused because of them.
    if (handlep->entered) return;
    lightsss_aside(handlep, [&] { handlep->modelp->prepareClone(); });
}

extern "C" void lightsss_unpacked_arrays_headers_$FINGERPRINT_at_clone(Handle* handlep) noexcept {
    if (handlep->entered) return;
    // The system may refuse the threads.
    lightsss_aside(handlep, [&] { handlep->modelp->atClone(); });
}

extern "C" void lightsss_unpacked_arrays_headers_$FINGERPRINT_ports(Handle* handlep, void** places) noexcept {
    static_assert(sizeof(std::remove_reference_t<decltype(Vunpacked_arrays::clk)>) == 1, "the header's text and its meaning differ");
    places[0] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->clk));
    static_assert(sizeof(std::remove_reference_t<decltype(Vunpacked_arrays::flags)>) == 5, "the header's text and its meaning differ");
    places[1] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->flags));
    static_assert(sizeof(std::remove_reference_t<decltype(Vunpacked_arrays::bytes)>) == 4, "the header's text and its meaning differ");
    places[2] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->bytes));
    static_assert(sizeof(std::remove_reference_t<decltype(Vunpacked_arrays::grid)>) == 12, "the header's text and its meaning differ");
    places[3] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->grid));
    static_assert(sizeof(std::remove_reference_t<decltype(Vunpacked_arrays::cube)>) == 32, "the header's text and its meaning differ");
    places[4] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->cube));
    static_assert(sizeof(std::remove_reference_t<decltype(Vunpacked_arrays::longs)>) == 24, "the header's text and its meaning differ");
    places[5] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->longs));
    static_assert(sizeof(std::remove_reference_t<decltype(Vunpacked_arrays::wides)>) == 48, "the header's text and its meaning differ");
    places[6] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->wides));
    static_assert(sizeof(std::remove_reference_t<decltype(Vunpacked_arrays::flags_out)>) == 5, "the header's text and its meaning differ");
    places[7] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->flags_out));
    static_assert(sizeof(std::remove_reference_t<decltype(Vunpacked_arrays::bytes_out)>) == 4, "the header's text and its meaning differ");
    places[8] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->bytes_out));
    static_assert(sizeof(std::remove_reference_t<decltype(Vunpacked_arrays::grid_out)>) == 12, "the header's text and its meaning differ");
    places[9] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->grid_out));
    static_assert(sizeof(std::remove_reference_t<decltype(Vunpacked_arrays::cube_out)>) == 32, "the header's text and its meaning differ");
    places[10] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->cube_out));
    static_assert(sizeof(std::remove_reference_t<decltype(Vunpacked_arrays::longs_out)>) == 24, "the header's text and its meaning differ");
    places[11] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->longs_out));
    static_assert(sizeof(std::remove_reference_t<decltype(Vunpacked_arrays::wides_out)>) == 48, "the header's text and its meaning differ");
    places[12] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->wides_out));
}

extern "C" uint32_t lightsss_unpacked_arrays_headers_$FINGERPRINT_save(Handle* handlep, LightsssWrite write, void* env) noexcept {
    return lightsss_save(handlep, write, env);
}

extern "C" uint32_t lightsss_unpacked_arrays_headers_$FINGERPRINT_restore(Handle* handlep, const uint8_t* bytes, size_t length) noexcept {
    return lightsss_restore(handlep, bytes, length);
}

namespace {

VL_ATTR_COLD void places_0_0(const Vunpacked_arrays__Syms& object, LightsssPlace* places) {
    places[0] = lightsss_place(object, object.__Vm_didInit);
}

VL_ATTR_COLD void places_1_0(const Vunpacked_arrays___024root& object, LightsssPlace* places) {
    places[3] = lightsss_place(object, object.clk);
    places[4] = lightsss_place(object, object.__Vtrigprevexpr___TOP__clk__0);
    places[5] = lightsss_place(object, object.__VactPhaseResult);
    places[6] = lightsss_place(object, object.__VnbaPhaseResult);
    places[7] = lightsss_place(object, object.__VactIterCount);
    places[8] = lightsss_place(object, object.flags);
    places[9] = lightsss_place(object, object.bytes);
    places[10] = lightsss_place(object, object.grid);
    places[11] = lightsss_place(object, object.cube);
    places[12] = lightsss_place(object, object.longs);
    places[13] = lightsss_place(object, object.wides);
    places[14] = lightsss_place(object, object.flags_out);
    places[15] = lightsss_place(object, object.bytes_out);
    places[16] = lightsss_place(object, object.grid_out);
    places[17] = lightsss_place(object, object.cube_out);
    places[18] = lightsss_place(object, object.longs_out);
    places[19] = lightsss_place(object, object.wides_out);
    places[20] = lightsss_place(object, object.__VactTriggered);
    places[21] = lightsss_place(object, object.__VnbaTriggered);
}

}  // namespace

extern "C" void* lightsss_unpacked_arrays_headers_$FINGERPRINT_state_layout(Handle* handlep, LightsssPlace* places, uint64_t* instances) noexcept {
    Vunpacked_arrays__Syms* const symsp = handlep->modelp->rootp->vlSymsp;
    if (!places) return symsp;
    places_0_0(*symsp, places);
    places_1_0(symsp->TOP, places);
    instances[0] = lightsss_place(*symsp, *symsp).offset;
    instances[1] = lightsss_place(*symsp, symsp->TOP).offset;
    return symsp;
}

extern "C" uint32_t lightsss_unpacked_arrays_headers_$FINGERPRINT_state_save_entries(Handle* handlep, LightsssWrite write, LightsssMark mark, void* env) noexcept {
    return lightsss_save_entries(handlep, write, mark, env,
                                 [](LightsssSave& save, Vunpacked_arrays__Syms* symsp, const auto& done) {
    });
}

extern "C" uint32_t lightsss_unpacked_arrays_headers_$FINGERPRINT_state_restore_entries(Handle* handlep, const uint8_t* bytes, size_t length) noexcept {
    return lightsss_restore_entries(handlep, bytes, length,
                                    [](LightsssRestore& restore, Vunpacked_arrays__Syms* symsp) {
    });
}

extern "C" const char* lightsss_unpacked_arrays_headers_$FINGERPRINT_state_refusal(Handle* handlep) noexcept {
    return handlep->contextp->m_refusal.c_str();
}

extern "C" void lightsss_unpacked_arrays_headers_$FINGERPRINT_state_mark_active(Handle* handlep) noexcept {
    lightsss_mark_all_active(handlep->modelp->rootp);
}

// Whether the next evaluation begins with computing everything combinational.
extern "C" bool lightsss_unpacked_arrays_headers_$FINGERPRINT_state_waits(Handle* handlep) noexcept {
    return handlep->unsettled;
}

void Vunpacked_arrays___024root___eval_settle(Vunpacked_arrays___024root*);

// Computes everything combinational from the state.
extern "C" uint32_t lightsss_unpacked_arrays_headers_$FINGERPRINT_state_settle(Handle* handlep, bool* done) noexcept {
    *done = true;
    const LightsssApart apart{handlep->contextp};
    return lightsss_enter(handlep, [&] {
        Vunpacked_arrays___024root* const rootp = handlep->modelp->rootp;
        if (rootp->vlSymsp->__Vm_didInit) Vunpacked_arrays___024root___eval_settle(rootp);
    });
}

