// The C interface of the model `showcase`, for Verilator $VERILATOR. Written by lightsss-codegen.

#include "Vshowcase.h"
#include "Vshowcase__Syms.h"
#include "Vshowcase__Dpi.h"
#include "lightsss_shim.h"
#include "lightsss_shim_state.h"

extern "C" const char lightsss_showcase_bindings_and_compiled_model_differ_headers_$FINGERPRINT = 0;

// Two models of one class in a program would share their functions: fail to link instead.
extern "C" const char lightsss_two_models_have_the_class_Vshowcase_set_prefix = 0;

namespace {

struct Handle final : LightsssHandle<Vshowcase> {
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

extern "C" Handle* lightsss_showcase_headers_$FINGERPRINT_new(LightsssContext* contextp, const char* name) noexcept {
    return lightsss_new<Handle>(contextp, name);
}

extern "C" uint32_t lightsss_showcase_headers_$FINGERPRINT_eval(Handle* handlep) noexcept {
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

extern "C" uint32_t lightsss_showcase_headers_$FINGERPRINT_finish(Handle* handlep) noexcept {
    if (handlep->finished) return LIGHTSSS_STATUS_OK;
    handlep->finished = true;
    return lightsss_enter(handlep, [&] {
        handlep->modelp->final();
    });
}

extern "C" uint32_t lightsss_showcase_headers_$FINGERPRINT_finish_at_drop(Handle* handlep) noexcept {
    // A model that was left in the middle of an evaluation does not run its final blocks.
    if (handlep->broken) return LIGHTSSS_STATUS_OK;
    return lightsss_showcase_headers_$FINGERPRINT_finish(handlep);
}

extern "C" void lightsss_showcase_headers_$FINGERPRINT_delete(Handle* handlep) noexcept {
    lightsss_delete(handlep);
}

extern "C" bool lightsss_showcase_headers_$FINGERPRINT_events_pending(Handle* handlep) noexcept {
    bool pending = false;
    lightsss_aside(handlep, [&] { pending = handlep->modelp->eventsPending(); });
    return pending;
}

extern "C" uint64_t lightsss_showcase_headers_$FINGERPRINT_next_time_slot(Handle* handlep) noexcept {
    uint64_t slot = 0;
    lightsss_enter(handlep, [&] { slot = handlep->modelp->nextTimeSlot(); });
    return slot;
}

extern "C" void lightsss_showcase_headers_$FINGERPRINT_prepare_clone(Handle* handlep) noexcept {
    // From an import: the threads stay, and the fork is refused because of them.
    if (handlep->entered) return;
    lightsss_aside(handlep, [&] { handlep->modelp->prepareClone(); });
}

extern "C" void lightsss_showcase_headers_$FINGERPRINT_at_clone(Handle* handlep) noexcept {
    if (handlep->entered) return;
    // The system may refuse the threads.
    lightsss_aside(handlep, [&] { handlep->modelp->atClone(); });
}

extern "C" void lightsss_showcase_headers_$FINGERPRINT_ports(Handle* handlep, void** places) noexcept {
    static_assert(sizeof(std::remove_reference_t<decltype(Vshowcase::clk)>) == 1, "the header's text and its meaning differ");
    places[0] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->clk));
    static_assert(sizeof(std::remove_reference_t<decltype(Vshowcase::rst)>) == 1, "the header's text and its meaning differ");
    places[1] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->rst));
    static_assert(sizeof(std::remove_reference_t<decltype(Vshowcase::level)>) == 1, "the header's text and its meaning differ");
    places[2] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->level));
    static_assert(sizeof(std::remove_reference_t<decltype(Vshowcase::pad)>) == 1, "the header's text and its meaning differ");
    places[3] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->pad));
    static_assert(sizeof(std::remove_reference_t<decltype(Vshowcase::mode)>) == 1, "the header's text and its meaning differ");
    places[4] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->mode));
    static_assert(sizeof(std::remove_reference_t<decltype(Vshowcase::pings)>) == 1, "the header's text and its meaning differ");
    places[5] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->pings));
    static_assert(sizeof(std::remove_reference_t<decltype(Vshowcase::request)>) == 2, "the header's text and its meaning differ");
    places[6] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->request));
    static_assert(sizeof(std::remove_reference_t<decltype(Vshowcase::wide)>) == 16, "the header's text and its meaning differ");
    places[7] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->wide));
    static_assert(sizeof(std::remove_reference_t<decltype(Vshowcase::doubled)>) == 12, "the header's text and its meaning differ");
    places[8] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->doubled));
    static_assert(sizeof(std::remove_reference_t<decltype(Vshowcase::turned)>) == 16, "the header's text and its meaning differ");
    places[9] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->turned));
    static_assert(sizeof(std::remove_reference_t<decltype(Vshowcase::data)>) == 8, "the header's text and its meaning differ");
    places[10] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->data));
    static_assert(sizeof(std::remove_reference_t<decltype(Vshowcase::grid)>) == 12, "the header's text and its meaning differ");
    places[11] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->grid));
    static_assert(sizeof(std::remove_reference_t<decltype(Vshowcase::grid_out)>) == 12, "the header's text and its meaning differ");
    places[12] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->grid_out));
    places[13] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->ping));
    static_assert(sizeof(std::remove_reference_t<decltype(Vshowcase::gain)>) == 8, "the header's text and its meaning differ");
    places[14] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->gain));
    places[15] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->text));
    static_assert(sizeof(std::remove_reference_t<decltype(Vshowcase::sum)>) == 8, "the header's text and its meaning differ");
    places[16] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->sum));
    places[17] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->longer));
    static_assert(sizeof(std::remove_reference_t<decltype(Vshowcase_showcase::memory)>) == 32, "the header's text and its meaning differ");
    places[18] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->rootp->vlSymsp->TOP__showcase.memory));
}

extern "C" const char* lightsss_showcase_headers_$FINGERPRINT_text(const std::string* textp, size_t* length) noexcept {
    *length = textp->size();
    return textp->data();
}

extern "C" void lightsss_showcase_headers_$FINGERPRINT_set_text(std::string* textp, const char* text, size_t length) noexcept {
    textp->assign(text, length);
}

extern "C" void lightsss_showcase_headers_$FINGERPRINT_fire(Handle* handlep, uint32_t port) noexcept {
    switch (port) {
    case 13: handlep->modelp->ping.fire(); break;
    default: break;
    }
}

extern "C" uint32_t lightsss_showcase_headers_$FINGERPRINT_save(Handle* handlep, LightsssWrite write, void* env) noexcept {
    return lightsss_save(handlep, write, env);
}

extern "C" uint32_t lightsss_showcase_headers_$FINGERPRINT_restore(Handle* handlep, const uint8_t* bytes, size_t length) noexcept {
    return lightsss_restore(handlep, bytes, length);
}

namespace {

VL_ATTR_COLD void places_0_0(const Vshowcase__Syms& object, LightsssPlace* places) {
    places[0] = lightsss_place(object, object.__Vm_didInit);
}

VL_ATTR_COLD void places_1_0(const Vshowcase___024root& object, LightsssPlace* places) {
    places[3] = lightsss_place(object, object.clk);
    places[4] = lightsss_place(object, object.rst);
    places[5] = lightsss_place(object, object.level);
    places[6] = lightsss_place(object, object.pad);
    places[7] = lightsss_place(object, object.mode);
    places[8] = lightsss_place(object, object.pings);
    places[9] = lightsss_place(object, object.__VstlFirstIteration);
    places[10] = lightsss_place(object, object.__VstlPhaseResult);
    places[11] = lightsss_place(object, object.__VicoFirstIteration);
    places[12] = lightsss_place(object, object.__VicoPhaseResult);
    places[13] = lightsss_place(object, object.__Vtrigprevexpr___TOP__clk__0);
    places[14] = lightsss_place(object, object.__VactPhaseResult);
    places[15] = lightsss_place(object, object.__VnbaPhaseResult);
    places[16] = lightsss_place(object, object.request);
    places[17] = lightsss_place(object, object.wide);
    places[18] = lightsss_place(object, object.doubled);
    places[19] = lightsss_place(object, object.turned);
    places[20] = lightsss_place(object, object.__VactIterCount);
    places[21] = lightsss_place(object, object.data);
    places[22] = lightsss_place(object, object.grid);
    places[23] = lightsss_place(object, object.grid_out);
    places[24] = lightsss_place(object, object.__VstlTriggered);
    places[25] = lightsss_place(object, object.__VicoTriggered);
    places[26] = lightsss_place(object, object.__VactTriggered);
    places[27] = lightsss_place(object, object.__VnbaTriggered);
    places[28] = lightsss_place(object, object.ping);
    places[29] = lightsss_place(object, object.gain);
    places[30] = lightsss_place(object, object.text);
    places[31] = lightsss_place(object, object.sum);
    places[32] = lightsss_place(object, object.longer);
}

VL_ATTR_COLD void places_2_0(const Vshowcase_showcase& object, LightsssPlace* places) {
    places[35] = lightsss_place(object, object.clk);
    places[36] = lightsss_place(object, object.rst);
    places[37] = lightsss_place(object, object.level);
    places[38] = lightsss_place(object, object.pad);
    places[39] = lightsss_place(object, object.mode);
    places[40] = lightsss_place(object, object.pings);
    places[41] = lightsss_place(object, object.pad__out);
    places[42] = lightsss_place(object, object.pad__en);
    places[43] = lightsss_place(object, object.request);
    places[44] = lightsss_place(object, object.wide);
    places[45] = lightsss_place(object, object.doubled);
    places[46] = lightsss_place(object, object.turned);
    places[47] = lightsss_place(object, object.data);
    places[48] = lightsss_place(object, object.grid);
    places[49] = lightsss_place(object, object.grid_out);
    places[50] = lightsss_place(object, object.memory);
    places[51] = lightsss_place(object, object.gain);
    places[52] = lightsss_place(object, object.text);
    places[53] = lightsss_place(object, object.ping);
    places[54] = lightsss_place(object, object.sum);
    places[55] = lightsss_place(object, object.longer);
}

}  // namespace

extern "C" void* lightsss_showcase_headers_$FINGERPRINT_state_layout(Handle* handlep, LightsssPlace* places, uint64_t* instances) noexcept {
    Vshowcase__Syms* const symsp = handlep->modelp->rootp->vlSymsp;
    if (!places) return symsp;
    places_0_0(*symsp, places);
    places_1_0(symsp->TOP, places);
    places_2_0(symsp->TOP__showcase, places);
    instances[0] = lightsss_place(*symsp, *symsp).offset;
    instances[1] = lightsss_place(*symsp, symsp->TOP).offset;
    instances[2] = lightsss_place(*symsp, symsp->TOP__showcase).offset;
    return symsp;
}

extern "C" uint32_t lightsss_showcase_headers_$FINGERPRINT_state_save_entries(Handle* handlep, LightsssWrite write, LightsssMark mark, void* env) noexcept {
    return lightsss_save_entries(handlep, write, mark, env,
                                 [](LightsssSave& save, Vshowcase__Syms* symsp, const auto& done) {
        save << symsp->TOP.ping;
        done();
        save << symsp->TOP.text;
        done();
        save << symsp->TOP.longer;
        done();
        save << symsp->TOP__showcase.text;
        done();
        save << symsp->TOP__showcase.ping;
        done();
        save << symsp->TOP__showcase.longer;
        done();
    });
}

extern "C" uint32_t lightsss_showcase_headers_$FINGERPRINT_state_restore_entries(Handle* handlep, const uint8_t* bytes, size_t length) noexcept {
    return lightsss_restore_entries(handlep, bytes, length,
                                    [](LightsssRestore& restore, Vshowcase__Syms* symsp) {
        restore >> symsp->TOP.ping;
        restore >> symsp->TOP.text;
        restore >> symsp->TOP.longer;
        restore >> symsp->TOP__showcase.text;
        restore >> symsp->TOP__showcase.ping;
        restore >> symsp->TOP__showcase.longer;
    });
}

extern "C" const char* lightsss_showcase_headers_$FINGERPRINT_state_refusal(Handle* handlep) noexcept {
    return handlep->refusal();
}

extern "C" void lightsss_showcase_headers_$FINGERPRINT_state_mark_active(Handle* handlep) noexcept {
    lightsss_mark_all_active(handlep->modelp->rootp);
}

// Whether the next evaluation begins with computing everything combinational.
extern "C" bool lightsss_showcase_headers_$FINGERPRINT_state_waits(Handle* handlep) noexcept {
    return handlep->unsettled;
}

void Vshowcase___024root___eval_settle(Vshowcase___024root*);

// Computes everything combinational from the state.
extern "C" uint32_t lightsss_showcase_headers_$FINGERPRINT_state_settle(Handle* handlep, bool* done) noexcept {
    *done = true;
    return handlep->change([&] {
        Vshowcase___024root* const rootp = handlep->modelp->rootp;
        if (rootp->vlSymsp->__Vm_didInit) Vshowcase___024root___eval_settle(rootp);
    });
}

extern "C" uint32_t lightsss_showcase_headers_$FINGERPRINT_export_showcase_mask(Handle* handlep, const char* scope, const svBitVecVal* mask, svBitVecVal* value) noexcept {
    return lightsss_export(handlep, scope, [&] {
        Vshowcase::showcase_mask(mask, value);
    });
}

extern "C" uint32_t lightsss_showcase_headers_$FINGERPRINT_export_showcase_peek(Handle* handlep, const char* scope, int at, int* result) noexcept {
    return lightsss_export(handlep, scope, [&] {
        *result = Vshowcase::showcase_peek(at);
    });
}

