// The C interface of the model `timed_threads`, for Verilator $VERILATOR. Written by lightsss-codegen.

#include "Vtimed_threads.h"
#include "lightsss_shim.h"

extern "C" const char lightsss_timed_threads_bindings_and_compiled_model_differ_headers_$FINGERPRINT = 0;

// Two models of one class in a program would share their functions: fail to link instead.
extern "C" const char lightsss_two_models_have_the_class_Vtimed_threads_set_prefix = 0;

namespace {

struct Handle final : LightsssHandle<Vtimed_threads> {
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

extern "C" Handle* lightsss_timed_threads_headers_$FINGERPRINT_new(LightsssContext* contextp, const char* name) noexcept {
    return lightsss_new<Handle>(contextp, name);
}

extern "C" uint32_t lightsss_timed_threads_headers_$FINGERPRINT_eval(Handle* handlep) noexcept {
    const LightsssEntering entering{handlep->entered};
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

extern "C" uint32_t lightsss_timed_threads_headers_$FINGERPRINT_finish(Handle* handlep) noexcept {
    if (handlep->finished) return LIGHTSSS_STATUS_OK;
    handlep->finished = true;
    const LightsssEntering entering{handlep->entered};
    return lightsss_enter(handlep, [&] {
        handlep->modelp->final();
    });
}

extern "C" uint32_t lightsss_timed_threads_headers_$FINGERPRINT_finish_at_drop(Handle* handlep) noexcept {
    // A model that was left in the middle of an evaluation does not run its final blocks.
    if (handlep->broken) return LIGHTSSS_STATUS_OK;
    return lightsss_timed_threads_headers_$FINGERPRINT_finish(handlep);
}

extern "C" void lightsss_timed_threads_headers_$FINGERPRINT_delete(Handle* handlep) noexcept {
    lightsss_delete(handlep);
}

extern "C" bool lightsss_timed_threads_headers_$FINGERPRINT_events_pending(Handle* handlep) noexcept {
    bool pending = false;
    lightsss_aside(handlep, [&] { pending = handlep->modelp->eventsPending(); });
    return pending;
}

extern "C" uint64_t lightsss_timed_threads_headers_$FINGERPRINT_next_time_slot(Handle* handlep) noexcept {
    uint64_t slot = 0;
    lightsss_enter(handlep, [&] { slot = handlep->modelp->nextTimeSlot(); });
    return slot;
}

extern "C" void lightsss_timed_threads_headers_$FINGERPRINT_prepare_clone(Handle* handlep) noexcept {
    // From an import: the threads stay, and the fork is refused because of them.
    if (handlep->entered) return;
    lightsss_aside(handlep, [&] { handlep->modelp->prepareClone(); });
}

extern "C" void lightsss_timed_threads_headers_$FINGERPRINT_at_clone(Handle* handlep) noexcept {
    if (handlep->entered) return;
    // The system may refuse the threads.
    lightsss_aside(handlep, [&] { handlep->modelp->atClone(); });
}

extern "C" void lightsss_timed_threads_headers_$FINGERPRINT_ports(Handle* handlep, void** places) noexcept {
    static_assert(sizeof(std::remove_reference_t<decltype(Vtimed_threads::steps)>) == 1, "the header's text and its meaning differ");
    places[0] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->steps));
    static_assert(sizeof(std::remove_reference_t<decltype(Vtimed_threads::own_clock)>) == 1, "the header's text and its meaning differ");
    places[1] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->own_clock));
    static_assert(sizeof(std::remove_reference_t<decltype(Vtimed_threads::delayed)>) == 1, "the header's text and its meaning differ");
    places[2] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->delayed));
    static_assert(sizeof(std::remove_reference_t<decltype(Vtimed_threads::last)>) == 8, "the header's text and its meaning differ");
    places[3] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->last));
    static_assert(sizeof(std::remove_reference_t<decltype(Vtimed_threads::clk)>) == 1, "the header's text and its meaning differ");
    places[4] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->clk));
    static_assert(sizeof(std::remove_reference_t<decltype(Vtimed_threads::a)>) == 1, "the header's text and its meaning differ");
    places[5] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->a));
}

extern "C" uint32_t lightsss_timed_threads_headers_$FINGERPRINT_coverage_write(Handle* handlep, const char* path) noexcept {
    return lightsss_aside(handlep, [&] { handlep->contextp->coveragep()->write(path); });
}

