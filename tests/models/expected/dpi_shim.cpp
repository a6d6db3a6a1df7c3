// The C interface of the model `dpi`, for Verilator $VERILATOR. Written by lightsss-codegen.

#include "Vdpi.h"
#include "Vdpi__Syms.h"
#include "Vdpi__Dpi.h"
#include "lightsss_shim.h"
#include "lightsss_shim_state.h"

extern "C" const char lightsss_dpi_bindings_and_compiled_model_differ_headers_$FINGERPRINT = 0;

// Two models of one class in a program would share their functions: fail to link instead.
extern "C" const char lightsss_two_models_have_the_class_Vdpi_set_prefix = 0;

namespace {

struct Handle final : LightsssHandle<Vdpi> {
    using LightsssHandle::LightsssHandle;
};

}  // namespace

void Vdpi___024root___eval_settle(Vdpi___024root*);

namespace {

// After a restore by name everything combinational is computed anew. That may call imports, so it waits for the next
// call that brings them.
void settle_first(Handle* handlep) {
    if (VL_LIKELY(!handlep->unsettled)) return;
    handlep->unsettled = false;
    Vdpi___024root___eval_settle(handlep->modelp->rootp);
}

}  // namespace

// Rust's side of the imports. Each returns false when it panicked.
struct DpiTable final {
    bool (*imp_all)(void* env, const svBitVecVal* a, svBitVecVal* result);
    bool (*imp_bit)(void* env, svBit a, svLogic b, svBit* c, svLogic* d, svBit* result);
    bool (*imp_fixed)(void* env, const int* a, char* b, svBitVecVal* c);
    bool (*imp_int)(void* env, int a, char b, short c, long long d, int* result);
    bool (*imp_new)(void* env, int a, void** result);
    bool (*imp_open)(void* env, const svOpenArrayHandle a, int* result);
    bool (*imp_real)(void* env, double a, double* b, double* c, double* result);
    bool (*imp_string)(void* env, const char* a, const char** b, const char** result);
    bool (*imp_task)(void* env, int a, int* b, int* result);
    bool (*imp_texts)(void* env, const char** a, const char** b, const char** c, int* result);
    bool (*imp_thirteen)(void* env, const svBitVecVal* a, char b, svBitVecVal* result);
    bool (*imp_three)(void* env, char a, svBitVecVal* result);
    bool (*imp_unsigned)(void* env, unsigned int a, unsigned char b, unsigned short c, unsigned long long d, long long* result);
    bool (*imp_use)(void* env, void* a, int* result);
    bool (*imp_vectors)(void* env, const svBitVecVal* a, svBitVecVal* b, svLogicVecVal* c, const svLogicVecVal* d);
    bool (*renamed_in_c)(void* env, int type_, int* result);
};

// The imports, as a call into the model borrows them from the harness.
struct DpiBorrow final {
    const DpiTable* tablep;
    void* env;
};

namespace {

// Thread-local variables of the program itself, which need no call to be reached.
__attribute__((tls_model("initial-exec"))) thread_local DpiBorrow* s_borrowp = nullptr;
__attribute__((tls_model("initial-exec"))) thread_local LightsssContext* s_contextp = nullptr;

class Borrowing final {
    DpiBorrow* const m_earlierp = s_borrowp;
    LightsssContext* const m_earlierContextp = s_contextp;

public:
    Borrowing(LightsssContext* contextp, DpiBorrow* borrowp) {
        s_borrowp = borrowp;
        s_contextp = contextp;
    }
    ~Borrowing() {
        s_borrowp = m_earlierp;
        s_contextp = m_earlierContextp;
    }
};

}  // namespace

extern "C" svBitVecVal imp_all(const svBitVecVal* a) {
    svBitVecVal result{};
    if (!s_borrowp) return result;  // From `final` in a destructor, which has no imports
    const LightsssWaiting waiting{s_contextp};
    if (!s_borrowp->tablep->imp_all(s_borrowp->env, a, &result)) throw LightsssPanic{};
    return result;
}

extern "C" svBit imp_bit(svBit a, svLogic b, svBit* c, svLogic* d) {
    std::memset(c, 0, sizeof(*c) * 1);
    svBit result{};
    if (!s_borrowp) return result;  // From `final` in a destructor, which has no imports
    const LightsssWaiting waiting{s_contextp};
    if (!s_borrowp->tablep->imp_bit(s_borrowp->env, a, b, c, d, &result)) throw LightsssPanic{};
    return result;
}

extern "C" void imp_fixed(const int* a, char* b, svBitVecVal* c) {
    std::memset(b, 0, sizeof(*b) * 4);
    if (!s_borrowp) return;  // From `final` in a destructor, which has no imports
    const LightsssWaiting waiting{s_contextp};
    if (!s_borrowp->tablep->imp_fixed(s_borrowp->env, a, b, c)) throw LightsssPanic{};
}

extern "C" int imp_int(int a, char b, short c, long long d) {
    int result{};
    if (!s_borrowp) return result;  // From `final` in a destructor, which has no imports
    const LightsssWaiting waiting{s_contextp};
    if (!s_borrowp->tablep->imp_int(s_borrowp->env, a, b, c, d, &result)) throw LightsssPanic{};
    return result;
}

extern "C" void* imp_new(int a) {
    void* result{};
    if (!s_borrowp) return result;  // From `final` in a destructor, which has no imports
    const LightsssWaiting waiting{s_contextp};
    if (!s_borrowp->tablep->imp_new(s_borrowp->env, a, &result)) throw LightsssPanic{};
    return result;
}

extern "C" int imp_open(const svOpenArrayHandle a) {
    int result{};
    if (!s_borrowp) return result;  // From `final` in a destructor, which has no imports
    const LightsssWaiting waiting{s_contextp};
    if (!s_borrowp->tablep->imp_open(s_borrowp->env, a, &result)) throw LightsssPanic{};
    return result;
}

extern "C" double imp_real(double a, double* b, double* c) {
    std::memset(b, 0, sizeof(*b) * 1);
    double result{};
    if (!s_borrowp) return result;  // From `final` in a destructor, which has no imports
    const LightsssWaiting waiting{s_contextp};
    if (!s_borrowp->tablep->imp_real(s_borrowp->env, a, b, c, &result)) throw LightsssPanic{};
    return result;
}

extern "C" const char* imp_string(const char* a, const char** b) {
    *b = "";
    const char* result{""};
    if (!s_borrowp) return result;  // From `final` in a destructor, which has no imports
    const LightsssWaiting waiting{s_contextp};
    if (!s_borrowp->tablep->imp_string(s_borrowp->env, a, b, &result)) throw LightsssPanic{};
    return result;
}

extern "C" int imp_task(int a, int* b) {
    std::memset(b, 0, sizeof(*b) * 1);
    int result{};
    if (!s_borrowp) return result;  // From `final` in a destructor, which has no imports
    const LightsssWaiting waiting{s_contextp};
    if (!s_borrowp->tablep->imp_task(s_borrowp->env, a, b, &result)) throw LightsssPanic{};
    return result;
}

extern "C" int imp_texts(const char** a, const char** b, const char** c) {
    for (size_t i = 0; i < 3; ++i) b[i] = "";
    int result{};
    if (!s_borrowp) return result;  // From `final` in a destructor, which has no imports
    const LightsssWaiting waiting{s_contextp};
    if (!s_borrowp->tablep->imp_texts(s_borrowp->env, a, b, c, &result)) throw LightsssPanic{};
    return result;
}

extern "C" svBitVecVal imp_thirteen(const svBitVecVal* a, char b) {
    svBitVecVal result{};
    if (!s_borrowp) return result;  // From `final` in a destructor, which has no imports
    const LightsssWaiting waiting{s_contextp};
    if (!s_borrowp->tablep->imp_thirteen(s_borrowp->env, a, b, &result)) throw LightsssPanic{};
    return result;
}

extern "C" svBitVecVal imp_three(char a) {
    svBitVecVal result{};
    if (!s_borrowp) return result;  // From `final` in a destructor, which has no imports
    const LightsssWaiting waiting{s_contextp};
    if (!s_borrowp->tablep->imp_three(s_borrowp->env, a, &result)) throw LightsssPanic{};
    return result;
}

extern "C" long long imp_unsigned(unsigned int a, unsigned char b, unsigned short c, unsigned long long d) {
    long long result{};
    if (!s_borrowp) return result;  // From `final` in a destructor, which has no imports
    const LightsssWaiting waiting{s_contextp};
    if (!s_borrowp->tablep->imp_unsigned(s_borrowp->env, a, b, c, d, &result)) throw LightsssPanic{};
    return result;
}

extern "C" int imp_use(void* a) {
    int result{};
    if (!s_borrowp) return result;  // From `final` in a destructor, which has no imports
    const LightsssWaiting waiting{s_contextp};
    if (!s_borrowp->tablep->imp_use(s_borrowp->env, a, &result)) throw LightsssPanic{};
    return result;
}

extern "C" void imp_vectors(const svBitVecVal* a, svBitVecVal* b, svLogicVecVal* c, const svLogicVecVal* d) {
    std::memset(b, 0, sizeof(*b) * 4);
    if (!s_borrowp) return;  // From `final` in a destructor, which has no imports
    const LightsssWaiting waiting{s_contextp};
    if (!s_borrowp->tablep->imp_vectors(s_borrowp->env, a, b, c, d)) throw LightsssPanic{};
}

extern "C" int renamed_in_c(int type_) {
    int result{};
    if (!s_borrowp) return result;  // From `final` in a destructor, which has no imports
    const LightsssWaiting waiting{s_contextp};
    if (!s_borrowp->tablep->renamed_in_c(s_borrowp->env, type_, &result)) throw LightsssPanic{};
    return result;
}

namespace {

// Not inlined, so that the usual evaluation is short.
__attribute__((noinline, cold)) uint32_t eval_carefully(Handle* handlep) noexcept {
    return lightsss_enter(handlep, [&] {
        settle_first(handlep);
        handlep->modelp->eval();
    });
}

}  // namespace

extern "C" Handle* lightsss_dpi_headers_$FINGERPRINT_new(LightsssContext* contextp, const char* name) noexcept {
    return lightsss_new<Handle>(contextp, name);
}

extern "C" uint32_t lightsss_dpi_headers_$FINGERPRINT_eval(Handle* handlep, DpiBorrow* borrowp) noexcept {
    const Borrowing borrowing{handlep->contextp, borrowp};
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

extern "C" uint32_t lightsss_dpi_headers_$FINGERPRINT_finish(Handle* handlep, DpiBorrow* borrowp) noexcept {
    if (handlep->finished) return LIGHTSSS_STATUS_OK;
    handlep->finished = true;
    const Borrowing borrowing{handlep->contextp, borrowp};
    return lightsss_enter(handlep, [&] {
        settle_first(handlep);
        handlep->modelp->final();
    });
}

extern "C" uint32_t lightsss_dpi_headers_$FINGERPRINT_finish_at_drop(Handle* handlep) noexcept {
    // A model that was left in the middle of an evaluation does not run its final blocks.
    if (handlep->broken) return LIGHTSSS_STATUS_OK;
    return lightsss_dpi_headers_$FINGERPRINT_finish(handlep, nullptr);
}

extern "C" void lightsss_dpi_headers_$FINGERPRINT_delete(Handle* handlep) noexcept {
    lightsss_delete(handlep);
}

extern "C" bool lightsss_dpi_headers_$FINGERPRINT_events_pending(Handle* handlep) noexcept {
    bool pending = false;
    lightsss_aside(handlep, [&] { pending = handlep->modelp->eventsPending(); });
    return pending;
}

extern "C" uint64_t lightsss_dpi_headers_$FINGERPRINT_next_time_slot(Handle* handlep) noexcept {
    uint64_t slot = 0;
    lightsss_enter(handlep, [&] { slot = handlep->modelp->nextTimeSlot(); });
    return slot;
}

extern "C" void lightsss_dpi_headers_$FINGERPRINT_prepare_clone(Handle* handlep) noexcept {
    // From an import: the threads stay, and the fork is refused because of them.
    if (handlep->entered) return;
    lightsss_aside(handlep, [&] { handlep->modelp->prepareClone(); });
}

extern "C" void lightsss_dpi_headers_$FINGERPRINT_at_clone(Handle* handlep) noexcept {
    if (handlep->entered) return;
    // The system may refuse the threads.
    lightsss_aside(handlep, [&] { handlep->modelp->atClone(); });
}

extern "C" void lightsss_dpi_headers_$FINGERPRINT_ports(Handle* handlep, void** places) noexcept {
    static_assert(sizeof(std::remove_reference_t<decltype(Vdpi::clk)>) == 1, "the header's text and its meaning differ");
    places[0] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->clk));
    static_assert(sizeof(std::remove_reference_t<decltype(Vdpi::bits)>) == 1, "the header's text and its meaning differ");
    places[1] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->bits));
    static_assert(sizeof(std::remove_reference_t<decltype(Vdpi::narrow)>) == 2, "the header's text and its meaning differ");
    places[2] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->narrow));
    static_assert(sizeof(std::remove_reference_t<decltype(Vdpi::a)>) == 4, "the header's text and its meaning differ");
    places[3] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->a));
    static_assert(sizeof(std::remove_reference_t<decltype(Vdpi::w)>) == 16, "the header's text and its meaning differ");
    places[4] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->w));
    static_assert(sizeof(std::remove_reference_t<decltype(Vdpi::ints)>) == 4, "the header's text and its meaning differ");
    places[5] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->ints));
    static_assert(sizeof(std::remove_reference_t<decltype(Vdpi::wides)>) == 16, "the header's text and its meaning differ");
    places[6] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->wides));
    static_assert(sizeof(std::remove_reference_t<decltype(Vdpi::texts)>) == 4, "the header's text and its meaning differ");
    places[7] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->texts));
    static_assert(sizeof(std::remove_reference_t<decltype(Vdpi::arrays)>) == 4, "the header's text and its meaning differ");
    places[8] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->arrays));
    static_assert(sizeof(std::remove_reference_t<decltype(Vdpi::handles)>) == 4, "the header's text and its meaning differ");
    places[9] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->handles));
    static_assert(sizeof(std::remove_reference_t<decltype(Vdpi::vectors)>) == 4, "the header's text and its meaning differ");
    places[10] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->vectors));
    static_assert(sizeof(std::remove_reference_t<decltype(Vdpi::lists)>) == 4, "the header's text and its meaning differ");
    places[11] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->lists));
    static_assert(sizeof(std::remove_reference_t<decltype(Vdpi::longs)>) == 8, "the header's text and its meaning differ");
    places[12] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->longs));
    static_assert(sizeof(std::remove_reference_t<decltype(Vdpi::reals)>) == 8, "the header's text and its meaning differ");
    places[13] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->reals));
}

extern "C" uint32_t lightsss_dpi_headers_$FINGERPRINT_save(Handle* handlep, LightsssWrite write, void* env) noexcept {
    return lightsss_save(handlep, write, env);
}

extern "C" uint32_t lightsss_dpi_headers_$FINGERPRINT_restore(Handle* handlep, const uint8_t* bytes, size_t length) noexcept {
    return lightsss_restore(handlep, bytes, length);
}

namespace {

VL_ATTR_COLD void places_0_0(const Vdpi__Syms& object, LightsssPlace* places) {
    places[0] = lightsss_place(object, object.__Vm_didInit);
}

VL_ATTR_COLD void places_1_0(const Vdpi___024root& object, LightsssPlace* places) {
    places[3] = lightsss_place(object, object.clk);
    places[4] = lightsss_place(object, object.bits);
    places[5] = lightsss_place(object, object.dpi__DOT____VlemCall_5__imp_three);
    places[6] = lightsss_place(object, object.dpi__DOT____VlemCall_2__imp_bit);
    places[7] = lightsss_place(object, object.dpi__DOT__bit_both);
    places[8] = lightsss_place(object, object.__Vtrigprevexpr___TOP__clk__0);
    places[9] = lightsss_place(object, object.__VactPhaseResult);
    places[10] = lightsss_place(object, object.__VnbaPhaseResult);
    places[11] = lightsss_place(object, object.narrow);
    places[12] = lightsss_place(object, object.dpi__DOT____VlemCall_6__imp_thirteen);
    places[13] = lightsss_place(object, object.dpi__DOT__vector_both);
    places[14] = lightsss_place(object, object.a);
    places[15] = lightsss_place(object, object.w);
    places[16] = lightsss_place(object, object.ints);
    places[17] = lightsss_place(object, object.wides);
    places[18] = lightsss_place(object, object.texts);
    places[19] = lightsss_place(object, object.arrays);
    places[20] = lightsss_place(object, object.handles);
    places[21] = lightsss_place(object, object.vectors);
    places[22] = lightsss_place(object, object.lists);
    places[23] = lightsss_place(object, object.dpi__DOT____VlemCall_7__imp_all);
    places[24] = lightsss_place(object, object.dpi__DOT____VlemCall_4__imp_open__Vdpioc2);
    places[25] = lightsss_place(object, object.dpi__DOT____VlemCall_1__imp_renamed);
    places[26] = lightsss_place(object, object.dpi__DOT____VlemCall_0__imp_int);
    places[27] = lightsss_place(object, object.__VactIterCount);
    places[28] = lightsss_place(object, object.longs);
    places[29] = lightsss_place(object, object.dpi__DOT__handle);
    places[30] = lightsss_place(object, object.dpi__DOT__fixed_in);
    places[31] = lightsss_place(object, object.dpi__DOT__open_in);
    places[32] = lightsss_place(object, object.__VactTriggered);
    places[33] = lightsss_place(object, object.__VnbaTriggered);
    places[34] = lightsss_place(object, object.reals);
    places[35] = lightsss_place(object, object.dpi__DOT____VlemCall_3__imp_real);
    places[36] = lightsss_place(object, object.dpi__DOT__real_both);
    places[37] = lightsss_place(object, object.dpi__DOT__text_out);
    places[38] = lightsss_place(object, object.dpi__DOT__text_result);
    places[39] = lightsss_place(object, object.__Vfunc_dpi__DOT__imp_string__7__Vfuncout);
    places[40] = lightsss_place(object, object.__Vfunc_dpi__DOT__imp_string__7__b);
    places[41] = lightsss_place(object, object.dpi__DOT__texts_in);
    places[42] = lightsss_place(object, object.dpi__DOT__texts_out);
    places[43] = lightsss_place(object, object.dpi__DOT__texts_both);
    places[44] = lightsss_place(object, object.__Vfunc_dpi__DOT__imp_texts__15__b);
    places[45] = lightsss_place(object, object.__Vfunc_dpi__DOT__imp_texts__15__c);
}

}  // namespace

extern "C" void* lightsss_dpi_headers_$FINGERPRINT_state_layout(Handle* handlep, LightsssPlace* places, uint64_t* instances) noexcept {
    Vdpi__Syms* const symsp = handlep->modelp->rootp->vlSymsp;
    if (!places) return symsp;
    places_0_0(*symsp, places);
    places_1_0(symsp->TOP, places);
    instances[0] = lightsss_place(*symsp, *symsp).offset;
    instances[1] = lightsss_place(*symsp, symsp->TOP).offset;
    return symsp;
}

extern "C" uint32_t lightsss_dpi_headers_$FINGERPRINT_state_save_entries(Handle* handlep, LightsssWrite write, LightsssMark mark, void* env) noexcept {
    return lightsss_save_entries(handlep, write, mark, env,
                                 [](LightsssSave& save, Vdpi__Syms* symsp, const auto& done) {
        save << symsp->TOP.dpi__DOT__text_out;
        done();
        save << symsp->TOP.dpi__DOT__text_result;
        done();
        save << symsp->TOP.__Vfunc_dpi__DOT__imp_string__7__Vfuncout;
        done();
        save << symsp->TOP.__Vfunc_dpi__DOT__imp_string__7__b;
        done();
        for (size_t i0 = 0; i0 < 2; ++i0) save << symsp->TOP.dpi__DOT__texts_in[i0];
        done();
        for (size_t i0 = 0; i0 < 3; ++i0) save << symsp->TOP.dpi__DOT__texts_out[i0];
        done();
        for (size_t i0 = 0; i0 < 2; ++i0) for (size_t i1 = 0; i1 < 1; ++i1) save << symsp->TOP.dpi__DOT__texts_both[i0][i1];
        done();
        for (size_t i0 = 0; i0 < 3; ++i0) save << symsp->TOP.__Vfunc_dpi__DOT__imp_texts__15__b[i0];
        done();
        for (size_t i0 = 0; i0 < 2; ++i0) for (size_t i1 = 0; i1 < 1; ++i1) save << symsp->TOP.__Vfunc_dpi__DOT__imp_texts__15__c[i0][i1];
        done();
    });
}

extern "C" uint32_t lightsss_dpi_headers_$FINGERPRINT_state_restore_entries(Handle* handlep, const uint8_t* bytes, size_t length) noexcept {
    return lightsss_restore_entries(handlep, bytes, length,
                                    [](LightsssRestore& restore, Vdpi__Syms* symsp) {
        restore >> symsp->TOP.dpi__DOT__text_out;
        restore >> symsp->TOP.dpi__DOT__text_result;
        restore >> symsp->TOP.__Vfunc_dpi__DOT__imp_string__7__Vfuncout;
        restore >> symsp->TOP.__Vfunc_dpi__DOT__imp_string__7__b;
        for (size_t i0 = 0; i0 < 2; ++i0) restore >> symsp->TOP.dpi__DOT__texts_in[i0];
        for (size_t i0 = 0; i0 < 3; ++i0) restore >> symsp->TOP.dpi__DOT__texts_out[i0];
        for (size_t i0 = 0; i0 < 2; ++i0) for (size_t i1 = 0; i1 < 1; ++i1) restore >> symsp->TOP.dpi__DOT__texts_both[i0][i1];
        for (size_t i0 = 0; i0 < 3; ++i0) restore >> symsp->TOP.__Vfunc_dpi__DOT__imp_texts__15__b[i0];
        for (size_t i0 = 0; i0 < 2; ++i0) for (size_t i1 = 0; i1 < 1; ++i1) restore >> symsp->TOP.__Vfunc_dpi__DOT__imp_texts__15__c[i0][i1];
    });
}

extern "C" const char* lightsss_dpi_headers_$FINGERPRINT_state_refusal(Handle* handlep) noexcept {
    return handlep->refusal();
}

extern "C" void lightsss_dpi_headers_$FINGERPRINT_state_mark_active(Handle* handlep) noexcept {
    lightsss_mark_all_active(handlep->modelp->rootp);
}

// Whether the next evaluation begins with computing everything combinational.
extern "C" bool lightsss_dpi_headers_$FINGERPRINT_state_waits(Handle* handlep) noexcept {
    return handlep->unsettled;
}

// Computing everything combinational may call imports, and this call brings none: the next evaluation begins with it.
extern "C" uint32_t lightsss_dpi_headers_$FINGERPRINT_state_settle(Handle* handlep, bool* done) noexcept {
    *done = true;
    handlep->unsettled = handlep->modelp->rootp->vlSymsp->__Vm_didInit;
    lightsss_careful = true;
    return LIGHTSSS_STATUS_OK;
}

