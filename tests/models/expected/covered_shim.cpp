// The C interface of the model `covered`, for Verilator $VERILATOR. Written by lightsss-codegen.

#include "Vcovered.h"
#include "lightsss_verilated.h"

#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <type_traits>

extern "C" const char lightsss_covered_bindings_and_compiled_model_differ_headers_$FINGERPRINT = 0;

namespace {

struct Handle final {
    LightsssContext* const contextp;
    std::unique_ptr<Vcovered> modelp;
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
extern "C" const char lightsss_two_models_have_the_class_Vcovered_set_prefix = 0;

extern "C" void* lightsss_covered_headers_$FINGERPRINT_new(LightsssContext* contextp, const char* name) noexcept {
    Handle* const handlep = new (std::nothrow) Handle{contextp};
    if (!handlep) return nullptr;
    const uint32_t status = enter(handlep, [&] {
        handlep->named = contextp->claimName(name, handlep->name);
        if (!handlep->named) return;
        handlep->modelp.reset(new Vcovered{contextp, handlep->name.c_str()});
    });
    if (status == LIGHTSSS_OK) return handlep;
    if (handlep->named) contextp->releaseName(handlep->name);
    delete handlep;
    return nullptr;
}

extern "C" uint32_t lightsss_covered_headers_$FINGERPRINT_eval(Handle* handlep) noexcept {
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

extern "C" uint32_t lightsss_covered_headers_$FINGERPRINT_finish(Handle* handlep) noexcept {
    if (handlep->finished) return LIGHTSSS_OK;
    handlep->finished = true;
    return enter(handlep, [&] {
        handlep->modelp->final();
    });
}

extern "C" uint32_t lightsss_covered_headers_$FINGERPRINT_finish_at_drop(Handle* handlep) noexcept {
    // Left in the middle of an evaluation, it has no end to come to.
    if (handlep->broken) return LIGHTSSS_OK;
    return lightsss_covered_headers_$FINGERPRINT_finish(handlep);
}

extern "C" void lightsss_covered_headers_$FINGERPRINT_delete(Handle* handlep) noexcept {
    // Its destructors may not throw; what they record is the context's.
    const LightsssRecordsOnly recordsOnly{handlep->contextp};
    lightsss_guarded(handlep->contextp, [&] {
        handlep->modelp.reset();
        handlep->contextp->releaseName(handlep->name);
    });
    delete handlep;
}

extern "C" bool lightsss_covered_headers_$FINGERPRINT_events_pending(Handle* handlep) noexcept {
    bool pending = false;
    aside(handlep, [&] { pending = handlep->modelp->eventsPending(); });
    return pending;
}

extern "C" uint64_t lightsss_covered_headers_$FINGERPRINT_next_time_slot(Handle* handlep) noexcept {
    uint64_t slot = 0;
    enter(handlep, [&] { slot = handlep->modelp->nextTimeSlot(); });
    return slot;
}

extern "C" void lightsss_covered_headers_$FINGERPRINT_prepare_clone(Handle* handlep) noexcept {
    aside(handlep, [&] { handlep->modelp->prepareClone(); });
}

extern "C" void lightsss_covered_headers_$FINGERPRINT_at_clone(Handle* handlep) noexcept {
    // Its threads may be refused.
    aside(handlep, [&] { handlep->modelp->atClone(); });
}

extern "C" void lightsss_covered_headers_$FINGERPRINT_ports(Handle* handlep, void** places) noexcept {
    static_assert(sizeof(std::remove_reference_t<decltype(Vcovered::clk)>) == 1, "the header's text and its meaning differ");
    places[0] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->clk));
    static_assert(sizeof(std::remove_reference_t<decltype(Vcovered::a)>) == 1, "the header's text and its meaning differ");
    places[1] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->a));
    static_assert(sizeof(std::remove_reference_t<decltype(Vcovered::y)>) == 1, "the header's text and its meaning differ");
    places[2] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->y));
}

extern "C" uint32_t lightsss_covered_headers_$FINGERPRINT_coverage_write(Handle* handlep, const char* path) noexcept {
    return aside(handlep, [&] { handlep->contextp->coveragep()->write(path); });
}

