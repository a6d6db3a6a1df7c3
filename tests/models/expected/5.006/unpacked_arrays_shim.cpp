// The C interface of the model `unpacked_arrays`, for Verilator 5.006. Written by lightsss-codegen.

#include "Vunpacked_arrays.h"
#include "lightsss_verilated.h"

#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <type_traits>

extern "C" const char lightsss_unpacked_arrays_bindings_and_compiled_model_differ_headers_$FINGERPRINT = 0;

namespace {

struct Handle final {
    LightsssContext* const contextp;
    std::unique_ptr<Vunpacked_arrays> modelp;
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
    --contextp->m_guards;
    contextp->m_broken = false;
    handlep->broken = true;
    return status;
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
extern "C" const char lightsss_two_models_have_the_class_Vunpacked_arrays_set_prefix = 0;

extern "C" void* lightsss_unpacked_arrays_headers_$FINGERPRINT_new(LightsssContext* contextp, const char* name) noexcept {
    Handle* const handlep = new (std::nothrow) Handle{contextp};
    if (!handlep) return nullptr;
    const uint32_t status = enter(handlep, [&] {
        handlep->modelp.reset(new Vunpacked_arrays{contextp, name});
    });
    if (status == LIGHTSSS_OK) return handlep;
    delete handlep;
    return nullptr;
}

extern "C" uint32_t lightsss_unpacked_arrays_headers_$FINGERPRINT_eval(Handle* handlep) noexcept {
    // What is rare is behind one look, as this is called for every edge.
    if (VL_UNLIKELY(lightsss_careful.load(std::memory_order_relaxed))) {
        return enter(handlep, [&] { handlep->modelp->eval(); });
    }
    ++handlep->contextp->m_guards;
    try {
        handlep->modelp->eval();
    } catch (...) { return broke_off(handlep); }
    --handlep->contextp->m_guards;
    return handlep->contextp->m_halted ? LIGHTSSS_HALTED : LIGHTSSS_OK;
}

extern "C" uint32_t lightsss_unpacked_arrays_headers_$FINGERPRINT_finish(Handle* handlep) noexcept {
    if (handlep->finished) return LIGHTSSS_OK;
    handlep->finished = true;
    return enter(handlep, [&] { handlep->modelp->final(); });
}

extern "C" uint32_t lightsss_unpacked_arrays_headers_$FINGERPRINT_finish_at_drop(Handle* handlep) noexcept {
    return lightsss_unpacked_arrays_headers_$FINGERPRINT_finish(handlep);
}

extern "C" void lightsss_unpacked_arrays_headers_$FINGERPRINT_delete(Handle* handlep) noexcept {
    // Its destructors are not meant to throw; what they record goes with the context.
    lightsss_guarded(handlep->contextp, [&] {
        handlep->modelp.reset();
    });
    delete handlep;
}

extern "C" bool lightsss_unpacked_arrays_headers_$FINGERPRINT_events_pending(Handle* handlep) noexcept {
    return handlep->modelp->eventsPending();
}

extern "C" uint64_t lightsss_unpacked_arrays_headers_$FINGERPRINT_next_time_slot(Handle* handlep) noexcept {
    uint64_t slot = 0;
    enter(handlep, [&] { slot = handlep->modelp->nextTimeSlot(); });
    return slot;
}

extern "C" void lightsss_unpacked_arrays_headers_$FINGERPRINT_prepare_clone(Handle* handlep) noexcept {
    (void)handlep;
}

extern "C" void lightsss_unpacked_arrays_headers_$FINGERPRINT_at_clone(Handle* handlep) noexcept {
    (void)handlep;
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

