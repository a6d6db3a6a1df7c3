// The C interface of the model `traced_fst`, for Verilator $VERILATOR. Written by lightsss-codegen.

#include "Vtraced_fst.h"
#include "Vtraced_fst__Syms.h"
#include "lightsss_shim.h"
#include "lightsss_shim_trace.h"
#include "lightsss_shim_state.h"

extern "C" const char lightsss_traced_fst_bindings_and_compiled_model_differ_headers_$FINGERPRINT = 0;

// Two models of one class in a program would share their functions: fail to link instead.
extern "C" const char lightsss_two_models_have_the_class_Vtraced_fst_set_prefix = 0;

namespace {

struct Handle final : LightsssTracedHandle<Vtraced_fst, VerilatedFstC> {
    using LightsssTracedHandle::LightsssTracedHandle;
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

extern "C" Handle* lightsss_traced_fst_headers_$FINGERPRINT_new(LightsssContext* contextp, const char* name) noexcept {
    return lightsss_new<Handle>(contextp, name);
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_eval(Handle* handlep) noexcept {
    // One look for all that is rare, as this is called for every edge.
    if (VL_UNLIKELY(lightsss_careful.load(std::memory_order_relaxed))) {
        return eval_carefully(handlep);
    }
    try {
        handlep->modelp->eval();
    } catch (...) { return lightsss_broke_off(handlep); }
    static_assert(LIGHTSSS_STATUS_OK == 0 && LIGHTSSS_STATUS_HALTED == 1, "a status is not a flag");
    return handlep->contextp->m_halted;
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_finish(Handle* handlep) noexcept {
    if (handlep->finished) return LIGHTSSS_STATUS_OK;
    handlep->finished = true;
    return lightsss_enter(handlep, [&] {
        handlep->modelp->final();
    });
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_finish_at_drop(Handle* handlep) noexcept {
    // A model that was left in the middle of an evaluation does not run its final blocks.
    if (handlep->broken) return LIGHTSSS_STATUS_OK;
    return lightsss_traced_fst_headers_$FINGERPRINT_finish(handlep);
}

extern "C" void lightsss_traced_fst_headers_$FINGERPRINT_delete(Handle* handlep) noexcept {
    lightsss_delete(handlep);
}

extern "C" bool lightsss_traced_fst_headers_$FINGERPRINT_events_pending(Handle* handlep) noexcept {
    bool pending = false;
    lightsss_aside(handlep, [&] { pending = handlep->modelp->eventsPending(); });
    return pending;
}

extern "C" uint64_t lightsss_traced_fst_headers_$FINGERPRINT_next_time_slot(Handle* handlep) noexcept {
    uint64_t slot = 0;
    lightsss_enter(handlep, [&] { slot = handlep->modelp->nextTimeSlot(); });
    return slot;
}

extern "C" void lightsss_traced_fst_headers_$FINGERPRINT_prepare_clone(Handle* handlep) noexcept {
    // From an import: the threads stay, and the fork is refused because of them.
    if (handlep->entered) return;
    lightsss_aside(handlep, [&] { handlep->modelp->prepareClone(); });
}

extern "C" void lightsss_traced_fst_headers_$FINGERPRINT_at_clone(Handle* handlep) noexcept {
    if (handlep->entered) return;
    // The system may refuse the threads.
    lightsss_aside(handlep, [&] { handlep->modelp->atClone(); });
}

extern "C" void lightsss_traced_fst_headers_$FINGERPRINT_ports(Handle* handlep, void** places) noexcept {
    static_assert(sizeof(std::remove_reference_t<decltype(Vtraced_fst::clk)>) == 1, "the header's text and its meaning differ");
    places[0] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->clk));
    static_assert(sizeof(std::remove_reference_t<decltype(Vtraced_fst::a)>) == 2, "the header's text and its meaning differ");
    places[1] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->a));
    static_assert(sizeof(std::remove_reference_t<decltype(Vtraced_fst::y)>) == 2, "the header's text and its meaning differ");
    places[2] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->y));
}

namespace {

// Access to the callbacks that an open trace has registered with Verilator. They are private, but the explicit
// instantiation of a template may name them.
struct OnFlush final {};
struct OnExit final {};
void (*access_to(OnFlush))(void*);
void (*access_to(OnExit))(void*);
template <typename T_Tag, void (*T_callback)(void*)>
struct Access final {
    friend void (*access_to(T_Tag))(void*) { return T_callback; }
};
template struct Access<OnFlush, &VerilatedFst::Super::onFlush>;
template struct Access<OnExit, &VerilatedFst::Super::onExit>;

}  // namespace

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_trace_open(Handle* handlep, const char* path, int levels) noexcept {
    return lightsss_trace_open(handlep, path, levels, access_to(OnFlush{}));
}

extern "C" bool lightsss_traced_fst_headers_$FINGERPRINT_trace_is_open(Handle* handlep) noexcept {
    return static_cast<bool>(handlep->tracep);
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_trace_dump(Handle* handlep, uint64_t time) noexcept {
    return lightsss_traced(handlep, [&] {
        lightsss_dump(handlep->contextp, handlep->modelp->rootp, [&] { handlep->tracep->dump(time); });
    });
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_trace_flush(Handle* handlep) noexcept {
    return lightsss_traced(handlep, [&] { handlep->tracep->flush(); });
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_trace_close(Handle* handlep) noexcept {
    return lightsss_traced(handlep, [&] { handlep->tracep->close(); });
}

extern "C" const char* lightsss_traced_fst_headers_$FINGERPRINT_trace_error(Handle* handlep) noexcept {
    return handlep->traceError.empty() ? nullptr : handlep->traceError.c_str();
}

extern "C" void lightsss_traced_fst_headers_$FINGERPRINT_trace_abandon(Handle* handlep) noexcept {
    lightsss_trace_abandon(handlep, access_to(OnFlush{}), access_to(OnExit{}));
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_save(Handle* handlep, LightsssWrite write, void* env) noexcept {
    return lightsss_save(handlep, write, env);
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_restore(Handle* handlep, const uint8_t* bytes, size_t length) noexcept {
    return lightsss_restore(handlep, bytes, length);
}

namespace {

VL_ATTR_COLD void places_0_0(const Vtraced_fst__Syms& object, LightsssPlace* places) {
    places[0] = lightsss_place(object, object.__Vm_activity);
    places[1] = lightsss_place(object, object.__Vm_didInit);
}

VL_ATTR_COLD void places_1_0(const Vtraced_fst___024root& object, LightsssPlace* places) {
    places[4] = lightsss_place(object, object.clk);
    places[5] = lightsss_place(object, object.traced__DOT__state);
    places[6] = lightsss_place(object, object.traced__DOT__pair__BRA__7__03a4__KET__);
    places[7] = lightsss_place(object, object.traced__DOT__pair__BRA__3__03a0__KET__);
    places[8] = lightsss_place(object, object.__Vtrigprevexpr___TOP__clk__0);
    places[9] = lightsss_place(object, object.__VactPhaseResult);
    places[10] = lightsss_place(object, object.__VnbaPhaseResult);
    places[11] = lightsss_place(object, object.a);
    places[12] = lightsss_place(object, object.y);
    places[13] = lightsss_place(object, object.traced__DOT__wide);
    places[14] = lightsss_place(object, object.__VactIterCount);
    places[15] = lightsss_place(object, object.traced__DOT__memory);
    places[16] = lightsss_place(object, object.__VactTriggered);
    places[17] = lightsss_place(object, object.__VnbaTriggered);
    places[18] = lightsss_place(object, object.__Vm_traceActivity);
    places[19] = lightsss_place(object, object.traced__DOT__level);
}

}  // namespace

extern "C" void* lightsss_traced_fst_headers_$FINGERPRINT_state_layout(Handle* handlep, LightsssPlace* places, uint64_t* instances) noexcept {
    Vtraced_fst__Syms* const symsp = handlep->modelp->rootp->vlSymsp;
    if (!places) return symsp;
    places_0_0(*symsp, places);
    places_1_0(symsp->TOP, places);
    instances[0] = lightsss_place(*symsp, *symsp).offset;
    instances[1] = lightsss_place(*symsp, symsp->TOP).offset;
    return symsp;
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_state_save_entries(Handle* handlep, LightsssWrite write, LightsssMark mark, void* env) noexcept {
    return lightsss_save_entries(handlep, write, mark, env,
                                 [](LightsssSave& save, Vtraced_fst__Syms* symsp, const auto& done) {
    });
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_state_restore_entries(Handle* handlep, const uint8_t* bytes, size_t length) noexcept {
    return lightsss_restore_entries(handlep, bytes, length,
                                    [](LightsssRestore& restore, Vtraced_fst__Syms* symsp) {
    });
}

extern "C" const char* lightsss_traced_fst_headers_$FINGERPRINT_state_refusal(Handle* handlep) noexcept {
    return handlep->refusal();
}

extern "C" void lightsss_traced_fst_headers_$FINGERPRINT_state_mark_active(Handle* handlep) noexcept {
    lightsss_mark_all_active(handlep->modelp->rootp);
}

// Whether the next evaluation begins with computing everything combinational.
extern "C" bool lightsss_traced_fst_headers_$FINGERPRINT_state_waits(Handle* handlep) noexcept {
    return handlep->unsettled;
}

void Vtraced_fst___024root___eval_settle(Vtraced_fst___024root*);

// Computes everything combinational from the state.
extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_state_settle(Handle* handlep, bool* done) noexcept {
    *done = true;
    return handlep->change([&] {
        Vtraced_fst___024root* const rootp = handlep->modelp->rootp;
        if (rootp->vlSymsp->__Vm_didInit) Vtraced_fst___024root___eval_settle(rootp);
    });
}

