// The C interface of the model `traced_fst`, for Verilator $VERILATOR. Written by lightsss-codegen.

#include "Vtraced_fst.h"
#include "Vtraced_fst__Syms.h"
#include "lightsss_verilated.h"

#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <type_traits>

extern "C" const char lightsss_traced_fst_bindings_and_compiled_model_differ_headers_$FINGERPRINT = 0;

namespace {

struct Handle final {
    LightsssContext* const contextp;
    std::unique_ptr<Vtraced_fst> modelp;
    std::string name;
    bool named = false;  // In the context
    std::unique_ptr<VerilatedFstC> tracep;
    std::unique_ptr<LightsssWaveform> waveformp;  // Where `tracep` is open
    size_t traceable = 0;  // Its number among the context's
    std::string traceError;  // Why the last trace is not whole
    bool finished = false;
    bool broken = false;
};

void drop_trace(Handle* handlep) {
    handlep->waveformp.reset();
    handlep->tracep.reset();
}

// A guarded call; a model that was left in the middle of one is not entered again.
template <typename T_Call>
inline uint32_t enter(Handle* handlep, T_Call&& call) {
    LightsssContext* const contextp = handlep->contextp;
    if (VL_UNLIKELY(handlep->broken)) {
        contextp->record(LIGHTSSS_RUNTIME, "the model broke off an earlier evaluation and can't go on",
                         "", 0, "");
        return LIGHTSSS_HALTED;
    }
    const uint32_t status = lightsss_guarded(contextp, call);
    if (VL_UNLIKELY(contextp->m_broken)) {
        contextp->m_broken = false;
        handlep->broken = true;
    }
    return status;
}

// What follows when an exception leaves an evaluation; out of the way of those that end well.
__attribute__((noinline, cold)) uint32_t broke_off(Handle* handlep) noexcept {
    LightsssContext* const contextp = handlep->contextp;
    const uint32_t status = lightsss_caught(contextp);
    contextp->m_broken = false;
    handlep->broken = true;
    return status;
}

__attribute__((noinline, cold)) uint32_t eval_carefully(Handle* handlep) noexcept {
    return enter(handlep, [&] {
        handlep->modelp->eval();
    });
}

// A guarded call that leaves the model's state alone, whether it fails or not.
template <typename T_Call>
inline uint32_t aside(Handle* handlep, T_Call&& call) {
    const uint32_t status = lightsss_guarded(handlep->contextp, call);
    handlep->contextp->m_broken = false;
    return status;
}

}  // namespace

// Two models of one class in a program would share their functions: fail to link instead.
extern "C" const char lightsss_two_models_have_the_class_Vtraced_fst_set_prefix = 0;

extern "C" void* lightsss_traced_fst_headers_$FINGERPRINT_new(LightsssContext* contextp, const char* name) noexcept {
    Handle* const handlep = new (std::nothrow) Handle{contextp};
    if (!handlep) return nullptr;
    const uint32_t status = enter(handlep, [&] {
        handlep->named = contextp->claimName(name, handlep->name);
        if (!handlep->named) return;
        handlep->traceable = contextp->traceableModels();
        handlep->modelp.reset(new Vtraced_fst{contextp, handlep->name.c_str()});
    });
    if (status == LIGHTSSS_OK) return handlep;
    if (handlep->named) contextp->releaseName(handlep->name);
    delete handlep;
    return nullptr;
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_eval(Handle* handlep) noexcept {
    // What is rare is behind one look, as this is called for every edge.
    if (VL_UNLIKELY(lightsss_careful.load(std::memory_order_relaxed))) {
        return eval_carefully(handlep);
    }
    try {
        handlep->modelp->eval();
    } catch (...) { return broke_off(handlep); }
    static_assert(LIGHTSSS_OK == 0 && LIGHTSSS_HALTED == 1, "a status is not a flag");
    return handlep->contextp->m_halted;
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_finish(Handle* handlep) noexcept {
    if (handlep->finished) return LIGHTSSS_OK;
    handlep->finished = true;
    return enter(handlep, [&] {
        handlep->modelp->final();
    });
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_finish_at_drop(Handle* handlep) noexcept {
    // Left in the middle of an evaluation, it has no end to come to.
    if (handlep->broken) return LIGHTSSS_OK;
    return lightsss_traced_fst_headers_$FINGERPRINT_finish(handlep);
}

extern "C" void lightsss_traced_fst_headers_$FINGERPRINT_delete(Handle* handlep) noexcept {
    // Its destructors may not throw; what they record is the context's.
    const LightsssRecordsOnly recordsOnly{handlep->contextp};
    lightsss_guarded(handlep->contextp, [&] {
        drop_trace(handlep);
        if (handlep->modelp) handlep->contextp->forgetTraceable(handlep->traceable);
        if (handlep->modelp && handlep->contextp->mayDumpOthers()) {
            // Its name stays taken: its scopes are still there.
            handlep->contextp->keep(std::move(handlep->modelp));
            return;
        }
        handlep->modelp.reset();
        handlep->contextp->releaseName(handlep->name);
    });
    delete handlep;
}

extern "C" bool lightsss_traced_fst_headers_$FINGERPRINT_events_pending(Handle* handlep) noexcept {
    bool pending = false;
    aside(handlep, [&] { pending = handlep->modelp->eventsPending(); });
    return pending;
}

extern "C" uint64_t lightsss_traced_fst_headers_$FINGERPRINT_next_time_slot(Handle* handlep) noexcept {
    uint64_t slot = 0;
    enter(handlep, [&] { slot = handlep->modelp->nextTimeSlot(); });
    return slot;
}

extern "C" void lightsss_traced_fst_headers_$FINGERPRINT_prepare_clone(Handle* handlep) noexcept {
    aside(handlep, [&] { handlep->modelp->prepareClone(); });
}

extern "C" void lightsss_traced_fst_headers_$FINGERPRINT_at_clone(Handle* handlep) noexcept {
    // Its threads may be refused.
    aside(handlep, [&] { handlep->modelp->atClone(); });
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

namespace {

// Whatever may write to the waveform's file; one that can't be written is closed.
template <typename T_Call>
inline uint32_t traced(Handle* handlep, T_Call&& call) {
    if (!handlep->tracep) return LIGHTSSS_OK;
    const LightsssRecordsOnly recordsOnly{handlep->contextp};
    const LightsssWriting writing{handlep->contextp, &handlep->traceError};
    const uint32_t status = lightsss_guarded(handlep->contextp, call);
    handlep->contextp->m_broken = false;
    if (handlep->tracep && !handlep->tracep->isOpen()) drop_trace(handlep);
    return status;
}

}  // namespace

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_trace_open(Handle* handlep, const char* path, int levels) noexcept {
    handlep->traceError.clear();
    const LightsssWriting writing{handlep->contextp, &handlep->traceError};
    const uint32_t status = aside(handlep, [&] {
        handlep->tracep.reset(new VerilatedFstC);
        VerilatedFstC* const tracep = handlep->tracep.get();
        handlep->contextp->traceOne(handlep->traceable, tracep,
                                    [&] { handlep->modelp->trace(tracep, 99); });
        // `trace` takes levels and heeds none. The first is the model's own name.
        if (levels) handlep->tracep->dumpvars(levels + 1, handlep->modelp->name());
        handlep->tracep->open(path);
        handlep->waveformp.reset(new LightsssWaveform{
            handlep->contextp, access_to(OnFlush{}), handlep->tracep->spTrace()});
    });
    if (status != LIGHTSSS_OK || !handlep->tracep->isOpen()) {
        traced(handlep, [&] { drop_trace(handlep); });
    }
    return status;
}

extern "C" bool lightsss_traced_fst_headers_$FINGERPRINT_trace_is_open(Handle* handlep) noexcept {
    return static_cast<bool>(handlep->tracep);
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_trace_dump(Handle* handlep, uint64_t time) noexcept {
    return traced(handlep, [&] {
        lightsss_dump(handlep->contextp, handlep->modelp->rootp,
                      [&] { handlep->tracep->dump(time); });
    });
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_trace_flush(Handle* handlep) noexcept {
    return traced(handlep, [&] { handlep->tracep->flush(); });
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_trace_close(Handle* handlep) noexcept {
    return traced(handlep, [&] { handlep->tracep->close(); });
}

extern "C" const char* lightsss_traced_fst_headers_$FINGERPRINT_trace_error(Handle* handlep) noexcept {
    return handlep->traceError.empty() ? nullptr : handlep->traceError.c_str();
}

extern "C" void lightsss_traced_fst_headers_$FINGERPRINT_trace_abandon(Handle* handlep) noexcept {
    // In a forked process: the file belongs to the original. Neither a destructor nor
    // Verilator's flush and exit callbacks may write to it, so the object is left behind.
    lightsss_abandon_dump(handlep->modelp->rootp->vlSymsp, access_to(OnFlush{}), access_to(OnExit{}), 0);
    if (!handlep->tracep) return;
    handlep->waveformp.reset();
    void* const tracep = handlep->tracep.release()->spTrace();
    Verilated::removeExitCb(access_to(OnExit{}), tracep);
}

namespace {

// Pointers within the model are saved as distances from where it begins.
void whole(Handle* handlep, bool saves) {
    const auto* const symsp = handlep->modelp->rootp->vlSymsp;
    LightsssWhole::current() = {reinterpret_cast<const uint8_t*>(symsp), sizeof(*symsp), {}};
    if (saves) LightsssWhole::current().m_ending = lightsss_ending_events(symsp, 0);
}

}  // namespace

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_save(Handle* handlep, LightsssWrite write, void* env) noexcept {
    // A broken model may be saved: a restore keeps what was there for the case that it fails.
    const LightsssApart apart{handlep->contextp};
    return aside(handlep, [&] {
        whole(handlep, true);
        lightsss_mark_all_active(handlep->modelp->rootp);
        handlep->contextp->clearPadding();
        LightsssSave save{write, env};
        save << *handlep->modelp;
        save.close();
    });
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_restore(Handle* handlep, const uint8_t* bytes, size_t length) noexcept {
    // All state is replaced, that of a broken evaluation too.
    handlep->broken = false;
    const LightsssApart apart{handlep->contextp};
    return enter(handlep, [&] {
        whole(handlep, false);
        LightsssRestore restore{bytes, length};
        restore >> *handlep->modelp;
        restore.finish();
        lightsss_restore_triggered(handlep->modelp->rootp->vlSymsp, 0);
        lightsss_mark_all_active(handlep->modelp->rootp);
    });
}

namespace {

struct Place final {
    uint64_t offset;
    uint64_t size;
};

template <typename T_Object, typename T_Member>
inline Place place(const T_Object& object, const T_Member& member) {
    return {static_cast<uint64_t>(reinterpret_cast<const char*>(&member)
                         - reinterpret_cast<const char*>(&object)),
            sizeof(T_Member)};
}

inline Vtraced_fst__Syms* symbols(Handle* handlep) { return handlep->modelp->rootp->vlSymsp; }

VL_ATTR_COLD void places_0_0(const Vtraced_fst__Syms& object, Place* places) {
    places[0] = place(object, object.__Vm_activity);
    places[1] = place(object, object.__Vm_didInit);
}

VL_ATTR_COLD void places_1_0(const Vtraced_fst___024root& object, Place* places) {
    places[4] = place(object, object.clk);
    places[5] = place(object, object.traced__DOT__state);
    places[6] = place(object, object.traced__DOT__pair__BRA__7__03a4__KET__);
    places[7] = place(object, object.traced__DOT__pair__BRA__3__03a0__KET__);
    places[8] = place(object, object.__Vtrigprevexpr___TOP__clk__0);
    places[9] = place(object, object.__VactPhaseResult);
    places[10] = place(object, object.__VnbaPhaseResult);
    places[11] = place(object, object.a);
    places[12] = place(object, object.y);
    places[13] = place(object, object.traced__DOT__wide);
    places[14] = place(object, object.__VactIterCount);
    places[15] = place(object, object.traced__DOT__memory);
    places[16] = place(object, object.__VactTriggered);
    places[17] = place(object, object.__VnbaTriggered);
    places[18] = place(object, object.__Vm_traceActivity);
    places[19] = place(object, object.traced__DOT__level);
}

}  // namespace

extern "C" void* lightsss_traced_fst_headers_$FINGERPRINT_state_layout(Handle* handlep, Place* places, uint64_t* instances) noexcept {
    Vtraced_fst__Syms* const symsp = symbols(handlep);
    if (!places) return symsp;
    places_0_0(*symsp, places);
    places_1_0(symsp->TOP, places);
    instances[0] = place(*symsp, *symsp).offset;
    instances[1] = place(*symsp, symsp->TOP).offset;
    return symsp;
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_state_save_entries(Handle* handlep, LightsssWrite write, void (*mark)(void*),
                                              void* env) noexcept {
    const LightsssApart apart{handlep->contextp};
    return aside(handlep, [&] {
        whole(handlep, true);
        Vtraced_fst__Syms* const symsp = symbols(handlep);
        lightsss_mark_all_active(handlep->modelp->rootp);
        handlep->contextp->clearPadding();
        LightsssSave save{write, env};
        const auto done = [&] {
            save.flush();
            mark(env);
        };
        Verilated::quiesce();
        save << symsp->_vm_contextp__;
        done();
    });
}

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_state_restore_entries(Handle* handlep, const uint8_t* bytes, size_t length) noexcept {
    handlep->broken = false;  // All state is replaced
    const LightsssApart apart{handlep->contextp};
    // What was read is put back by the caller: the model itself is whole.
    return aside(handlep, [&] {
        whole(handlep, false);
        Vtraced_fst__Syms* const symsp = symbols(handlep);
        LightsssRestore restore{bytes, length};
        Verilated::quiesce();
        restore >> symsp->_vm_contextp__;
        restore.finish();
        lightsss_restore_triggered(symsp, 0);
    });
}

extern "C" const char* lightsss_traced_fst_headers_$FINGERPRINT_state_refusal(Handle* handlep) noexcept {
    return handlep->contextp->m_refusal.c_str();
}

extern "C" void lightsss_traced_fst_headers_$FINGERPRINT_state_mark_active(Handle* handlep) noexcept {
    lightsss_mark_all_active(handlep->modelp->rootp);
}

void Vtraced_fst___024root___eval_settle(Vtraced_fst___024root*);

extern "C" uint32_t lightsss_traced_fst_headers_$FINGERPRINT_state_settle(Handle* handlep, bool* done) noexcept {
    *done = true;
    const LightsssApart apart{handlep->contextp};
    return enter(handlep, [&] {
        if (symbols(handlep)->__Vm_didInit) Vtraced_fst___024root___eval_settle(&symbols(handlep)->TOP);
    });
}

// Whether the next evaluation begins with computing everything combinational.
extern "C" bool lightsss_traced_fst_headers_$FINGERPRINT_state_waits(Handle* handlep) noexcept { return (void)handlep, false; }

