// The C interface of the model `counter`, for Verilator $VERILATOR. Written by lightsss-codegen.

#include "Vcounter.h"
#include "Vcounter__Syms.h"
#include "lightsss_verilated.h"

#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <type_traits>

extern "C" const char lightsss_counter_bindings_and_compiled_model_differ_headers_$FINGERPRINT = 0;

namespace {

struct Handle final {
    LightsssContext* const contextp;
    std::unique_ptr<Vcounter> modelp;
    std::string name;
    bool named = false;  // In the context
    bool finished = false;
    bool broken = false;
};

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
extern "C" const char lightsss_two_models_have_the_class_Vcounter_set_prefix = 0;

extern "C" void* lightsss_counter_headers_$FINGERPRINT_new(LightsssContext* contextp, const char* name) noexcept {
    Handle* const handlep = new (std::nothrow) Handle{contextp};
    if (!handlep) return nullptr;
    const uint32_t status = enter(handlep, [&] {
        handlep->named = contextp->claimName(name, handlep->name);
        if (!handlep->named) return;
        handlep->modelp.reset(new Vcounter{contextp, handlep->name.c_str()});
    });
    if (status == LIGHTSSS_OK) return handlep;
    if (handlep->named) contextp->releaseName(handlep->name);
    delete handlep;
    return nullptr;
}

extern "C" uint32_t lightsss_counter_headers_$FINGERPRINT_eval(Handle* handlep) noexcept {
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

extern "C" uint32_t lightsss_counter_headers_$FINGERPRINT_finish(Handle* handlep) noexcept {
    if (handlep->finished) return LIGHTSSS_OK;
    handlep->finished = true;
    return enter(handlep, [&] {
        handlep->modelp->final();
    });
}

extern "C" uint32_t lightsss_counter_headers_$FINGERPRINT_finish_at_drop(Handle* handlep) noexcept {
    // Left in the middle of an evaluation, it has no end to come to.
    if (handlep->broken) return LIGHTSSS_OK;
    return lightsss_counter_headers_$FINGERPRINT_finish(handlep);
}

extern "C" void lightsss_counter_headers_$FINGERPRINT_delete(Handle* handlep) noexcept {
    // Its destructors may not throw; what they record is the context's.
    const LightsssRecordsOnly recordsOnly{handlep->contextp};
    lightsss_guarded(handlep->contextp, [&] {
        handlep->modelp.reset();
        handlep->contextp->releaseName(handlep->name);
    });
    delete handlep;
}

extern "C" bool lightsss_counter_headers_$FINGERPRINT_events_pending(Handle* handlep) noexcept {
    bool pending = false;
    aside(handlep, [&] { pending = handlep->modelp->eventsPending(); });
    return pending;
}

extern "C" uint64_t lightsss_counter_headers_$FINGERPRINT_next_time_slot(Handle* handlep) noexcept {
    uint64_t slot = 0;
    enter(handlep, [&] { slot = handlep->modelp->nextTimeSlot(); });
    return slot;
}

extern "C" void lightsss_counter_headers_$FINGERPRINT_prepare_clone(Handle* handlep) noexcept {
    aside(handlep, [&] { handlep->modelp->prepareClone(); });
}

extern "C" void lightsss_counter_headers_$FINGERPRINT_at_clone(Handle* handlep) noexcept {
    // Its threads may be refused.
    aside(handlep, [&] { handlep->modelp->atClone(); });
}

extern "C" void lightsss_counter_headers_$FINGERPRINT_ports(Handle* handlep, void** places) noexcept {
    static_assert(sizeof(std::remove_reference_t<decltype(Vcounter::clk)>) == 1, "the header's text and its meaning differ");
    places[0] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->clk));
    static_assert(sizeof(std::remove_reference_t<decltype(Vcounter::rst)>) == 1, "the header's text and its meaning differ");
    places[1] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->rst));
    static_assert(sizeof(std::remove_reference_t<decltype(Vcounter::enable)>) == 1, "the header's text and its meaning differ");
    places[2] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->enable));
    static_assert(sizeof(std::remove_reference_t<decltype(Vcounter::count)>) == 1, "the header's text and its meaning differ");
    places[3] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->count));
    static_assert(sizeof(std::remove_reference_t<decltype(Vcounter::full)>) == 1, "the header's text and its meaning differ");
    places[4] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->full));
}

namespace {

// Pointers within the model are saved as distances from where it begins.
void whole(Handle* handlep, bool saves) {
    const auto* const symsp = handlep->modelp->rootp->vlSymsp;
    LightsssWhole::current() = {reinterpret_cast<const uint8_t*>(symsp), sizeof(*symsp), {}};
    if (saves) LightsssWhole::current().m_ending = lightsss_ending_events(symsp, 0);
}

}  // namespace

extern "C" uint32_t lightsss_counter_headers_$FINGERPRINT_save(Handle* handlep, LightsssWrite write, void* env) noexcept {
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

extern "C" uint32_t lightsss_counter_headers_$FINGERPRINT_restore(Handle* handlep, const uint8_t* bytes, size_t length) noexcept {
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

inline Vcounter__Syms* symbols(Handle* handlep) { return handlep->modelp->rootp->vlSymsp; }

VL_ATTR_COLD void places_0_0(const Vcounter__Syms& object, Place* places) {
    places[0] = place(object, object.__Vm_didInit);
}

VL_ATTR_COLD void places_1_0(const Vcounter___024root& object, Place* places) {
    places[3] = place(object, object.clk);
    places[4] = place(object, object.rst);
    places[5] = place(object, object.enable);
    places[6] = place(object, object.count);
    places[7] = place(object, object.full);
    places[8] = place(object, object.__VstlFirstIteration);
    places[9] = place(object, object.__VstlPhaseResult);
    places[10] = place(object, object.__Vtrigprevexpr___TOP__clk__0);
    places[11] = place(object, object.__VactPhaseResult);
    places[12] = place(object, object.__VnbaPhaseResult);
    places[13] = place(object, object.__VactIterCount);
    places[14] = place(object, object.__VstlTriggered);
    places[15] = place(object, object.__VactTriggered);
    places[16] = place(object, object.__VnbaTriggered);
}

}  // namespace

extern "C" void* lightsss_counter_headers_$FINGERPRINT_state_layout(Handle* handlep, Place* places, uint64_t* instances) noexcept {
    Vcounter__Syms* const symsp = symbols(handlep);
    if (!places) return symsp;
    places_0_0(*symsp, places);
    places_1_0(symsp->TOP, places);
    instances[0] = place(*symsp, *symsp).offset;
    instances[1] = place(*symsp, symsp->TOP).offset;
    return symsp;
}

extern "C" uint32_t lightsss_counter_headers_$FINGERPRINT_state_save_entries(Handle* handlep, LightsssWrite write, void (*mark)(void*),
                                              void* env) noexcept {
    const LightsssApart apart{handlep->contextp};
    return aside(handlep, [&] {
        whole(handlep, true);
        Vcounter__Syms* const symsp = symbols(handlep);
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

extern "C" uint32_t lightsss_counter_headers_$FINGERPRINT_state_restore_entries(Handle* handlep, const uint8_t* bytes, size_t length) noexcept {
    handlep->broken = false;  // All state is replaced
    const LightsssApart apart{handlep->contextp};
    // What was read is put back by the caller: the model itself is whole.
    return aside(handlep, [&] {
        whole(handlep, false);
        Vcounter__Syms* const symsp = symbols(handlep);
        LightsssRestore restore{bytes, length};
        Verilated::quiesce();
        restore >> symsp->_vm_contextp__;
        restore.finish();
        lightsss_restore_triggered(symsp, 0);
    });
}

extern "C" const char* lightsss_counter_headers_$FINGERPRINT_state_refusal(Handle* handlep) noexcept {
    return handlep->contextp->m_refusal.c_str();
}

extern "C" void lightsss_counter_headers_$FINGERPRINT_state_mark_active(Handle* handlep) noexcept {
    lightsss_mark_all_active(handlep->modelp->rootp);
}

void Vcounter___024root___eval_settle(Vcounter___024root*);

extern "C" uint32_t lightsss_counter_headers_$FINGERPRINT_state_settle(Handle* handlep, bool* done) noexcept {
    *done = true;
    const LightsssApart apart{handlep->contextp};
    return enter(handlep, [&] {
        if (symbols(handlep)->__Vm_didInit) Vcounter___024root___eval_settle(&symbols(handlep)->TOP);
    });
}

// Whether the next evaluation begins with computing everything combinational.
extern "C" bool lightsss_counter_headers_$FINGERPRINT_state_waits(Handle* handlep) noexcept { return (void)handlep, false; }

