// The C interface of the model `dpi`, for Verilator $VERILATOR. Written by lightsss-codegen.

#include "Vdpi.h"
#include "Vdpi__Syms.h"
#include "Vdpi__Dpi.h"
#include "lightsss_verilated.h"

#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <type_traits>

extern "C" const char lightsss_dpi_bindings_and_compiled_model_differ_headers_$FINGERPRINT = 0;

namespace {

struct Handle final {
    LightsssContext* const contextp;
    std::unique_ptr<Vdpi> modelp;
    std::string name;
    bool named = false;  // In the context
    bool finished = false;
    bool broken = false;
    bool unsettled = false;  // Waits for an evaluation, which lends
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

}  // namespace
void Vdpi___024root___eval_settle(Vdpi___024root*);
namespace {

// After a restore by name everything combinational is computed anew, with the imports of whoever
// evaluates first.
void settle_first(Handle* handlep) {
    if (VL_LIKELY(!handlep->unsettled)) return;
    handlep->unsettled = false;
    Vdpi___024root___eval_settle(handlep->modelp->rootp);
}

__attribute__((noinline, cold)) uint32_t eval_carefully(Handle* handlep) noexcept {
    return enter(handlep, [&] {
        settle_first(handlep);
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
extern "C" const char lightsss_two_models_have_the_class_Vdpi_set_prefix = 0;

// Rust's side of the imports; false when it panicked.
struct DpiTable final {
    bool (*imp_bit)(void* env, svBit a, svLogic b, svBit* c, svLogic* d, svBit* result);
    bool (*imp_fixed)(void* env, const int* a, char* b, svBitVecVal* c);
    bool (*imp_int)(void* env, int a, char b, short c, long long d, int* result);
    bool (*imp_new)(void* env, int a, void** result);
    bool (*imp_open)(void* env, const svOpenArrayHandle a, int* result);
    bool (*imp_real)(void* env, double a, double* b, double* c, double* result);
    bool (*imp_string)(void* env, const char* a, const char** b, const char** result);
    bool (*imp_task)(void* env, int a, int* b, int* result);
    bool (*imp_unsigned)(void* env, unsigned int a, unsigned char b, unsigned short c, unsigned long long d, long long* result);
    bool (*imp_use)(void* env, void* a, int* result);
    bool (*imp_vectors)(void* env, const svBitVecVal* a, svBitVecVal* b, svLogicVecVal* c, const svLogicVecVal* d);
    bool (*renamed_in_c)(void* env, int type_, int* result);
};

// What a call into the model lends to the imports it makes.
struct DpiLend final {
    const DpiTable* tablep;
    void* env;
};

namespace {

// Reached without a call: this is a part of the program.
__attribute__((tls_model("initial-exec"))) thread_local DpiLend* s_lendp = nullptr;
__attribute__((tls_model("initial-exec"))) thread_local LightsssContext* s_contextp = nullptr;

class Lending final {
    DpiLend* const m_earlierp = s_lendp;
    LightsssContext* const m_earlierContextp = s_contextp;

public:
    Lending(LightsssContext* contextp, DpiLend* lendp) {
        s_lendp = lendp;
        s_contextp = contextp;
    }
    ~Lending() {
        s_lendp = m_earlierp;
        s_contextp = m_earlierContextp;
    }
};

}  // namespace

extern "C" svBit imp_bit(svBit a, svLogic b, svBit* c, svLogic* d) {
    std::memset(c, 0, sizeof(*c) * 1);
    svBit result{};
    if (!s_lendp) return result;  // From `final` in a destructor: nobody lends
    const LightsssWaiting waiting{s_contextp};
    if (!s_lendp->tablep->imp_bit(s_lendp->env, a, b, c, d, &result)) throw LightsssPanic{};
    return result;
}

extern "C" void imp_fixed(const int* a, char* b, svBitVecVal* c) {
    std::memset(b, 0, sizeof(*b) * 4);
    if (!s_lendp) return;  // From `final` in a destructor: nobody lends
    const LightsssWaiting waiting{s_contextp};
    if (!s_lendp->tablep->imp_fixed(s_lendp->env, a, b, c)) throw LightsssPanic{};
}

extern "C" int imp_int(int a, char b, short c, long long d) {
    int result{};
    if (!s_lendp) return result;  // From `final` in a destructor: nobody lends
    const LightsssWaiting waiting{s_contextp};
    if (!s_lendp->tablep->imp_int(s_lendp->env, a, b, c, d, &result)) throw LightsssPanic{};
    return result;
}

extern "C" void* imp_new(int a) {
    void* result{};
    if (!s_lendp) return result;  // From `final` in a destructor: nobody lends
    const LightsssWaiting waiting{s_contextp};
    if (!s_lendp->tablep->imp_new(s_lendp->env, a, &result)) throw LightsssPanic{};
    return result;
}

extern "C" int imp_open(const svOpenArrayHandle a) {
    int result{};
    if (!s_lendp) return result;  // From `final` in a destructor: nobody lends
    const LightsssWaiting waiting{s_contextp};
    if (!s_lendp->tablep->imp_open(s_lendp->env, a, &result)) throw LightsssPanic{};
    return result;
}

extern "C" double imp_real(double a, double* b, double* c) {
    std::memset(b, 0, sizeof(*b) * 1);
    double result{};
    if (!s_lendp) return result;  // From `final` in a destructor: nobody lends
    const LightsssWaiting waiting{s_contextp};
    if (!s_lendp->tablep->imp_real(s_lendp->env, a, b, c, &result)) throw LightsssPanic{};
    return result;
}

extern "C" const char* imp_string(const char* a, const char** b) {
    std::memset(b, 0, sizeof(*b) * 1);
    const char* result{""};
    *b = "";
    if (!s_lendp) return result;  // From `final` in a destructor: nobody lends
    const LightsssWaiting waiting{s_contextp};
    if (!s_lendp->tablep->imp_string(s_lendp->env, a, b, &result)) throw LightsssPanic{};
    return result;
}

extern "C" int imp_task(int a, int* b) {
    std::memset(b, 0, sizeof(*b) * 1);
    int result{};
    if (!s_lendp) return result;  // From `final` in a destructor: nobody lends
    const LightsssWaiting waiting{s_contextp};
    if (!s_lendp->tablep->imp_task(s_lendp->env, a, b, &result)) throw LightsssPanic{};
    return result;
}

extern "C" long long imp_unsigned(unsigned int a, unsigned char b, unsigned short c, unsigned long long d) {
    long long result{};
    if (!s_lendp) return result;  // From `final` in a destructor: nobody lends
    const LightsssWaiting waiting{s_contextp};
    if (!s_lendp->tablep->imp_unsigned(s_lendp->env, a, b, c, d, &result)) throw LightsssPanic{};
    return result;
}

extern "C" int imp_use(void* a) {
    int result{};
    if (!s_lendp) return result;  // From `final` in a destructor: nobody lends
    const LightsssWaiting waiting{s_contextp};
    if (!s_lendp->tablep->imp_use(s_lendp->env, a, &result)) throw LightsssPanic{};
    return result;
}

extern "C" void imp_vectors(const svBitVecVal* a, svBitVecVal* b, svLogicVecVal* c, const svLogicVecVal* d) {
    std::memset(b, 0, sizeof(*b) * 4);
    if (!s_lendp) return;  // From `final` in a destructor: nobody lends
    const LightsssWaiting waiting{s_contextp};
    if (!s_lendp->tablep->imp_vectors(s_lendp->env, a, b, c, d)) throw LightsssPanic{};
}

extern "C" int renamed_in_c(int type_) {
    int result{};
    if (!s_lendp) return result;  // From `final` in a destructor: nobody lends
    const LightsssWaiting waiting{s_contextp};
    if (!s_lendp->tablep->renamed_in_c(s_lendp->env, type_, &result)) throw LightsssPanic{};
    return result;
}

extern "C" void* lightsss_dpi_headers_$FINGERPRINT_new(LightsssContext* contextp, const char* name) noexcept {
    Handle* const handlep = new (std::nothrow) Handle{contextp};
    if (!handlep) return nullptr;
    const uint32_t status = enter(handlep, [&] {
        handlep->named = contextp->claimName(name, handlep->name);
        if (!handlep->named) return;
        handlep->modelp.reset(new Vdpi{contextp, handlep->name.c_str()});
    });
    if (status == LIGHTSSS_OK) return handlep;
    if (handlep->named) contextp->releaseName(handlep->name);
    delete handlep;
    return nullptr;
}

extern "C" uint32_t lightsss_dpi_headers_$FINGERPRINT_eval(Handle* handlep, DpiLend* lendp) noexcept {
    const Lending lending{handlep->contextp, lendp};
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

extern "C" uint32_t lightsss_dpi_headers_$FINGERPRINT_finish(Handle* handlep, DpiLend* lendp) noexcept {
    if (handlep->finished) return LIGHTSSS_OK;
    handlep->finished = true;
    const Lending lending{handlep->contextp, lendp};
    return enter(handlep, [&] {
        settle_first(handlep);
        handlep->modelp->final();
    });
}

extern "C" uint32_t lightsss_dpi_headers_$FINGERPRINT_finish_at_drop(Handle* handlep) noexcept {
    // Left in the middle of an evaluation, it has no end to come to.
    if (handlep->broken) return LIGHTSSS_OK;
    return lightsss_dpi_headers_$FINGERPRINT_finish(handlep, nullptr);
}

extern "C" void lightsss_dpi_headers_$FINGERPRINT_delete(Handle* handlep) noexcept {
    // Its destructors may not throw; what they record is the context's.
    const LightsssRecordsOnly recordsOnly{handlep->contextp};
    lightsss_guarded(handlep->contextp, [&] {
        handlep->modelp.reset();
        handlep->contextp->releaseName(handlep->name);
    });
    delete handlep;
}

extern "C" bool lightsss_dpi_headers_$FINGERPRINT_events_pending(Handle* handlep) noexcept {
    bool pending = false;
    aside(handlep, [&] { pending = handlep->modelp->eventsPending(); });
    return pending;
}

extern "C" uint64_t lightsss_dpi_headers_$FINGERPRINT_next_time_slot(Handle* handlep) noexcept {
    uint64_t slot = 0;
    enter(handlep, [&] { slot = handlep->modelp->nextTimeSlot(); });
    return slot;
}

extern "C" void lightsss_dpi_headers_$FINGERPRINT_prepare_clone(Handle* handlep) noexcept {
    aside(handlep, [&] { handlep->modelp->prepareClone(); });
}

extern "C" void lightsss_dpi_headers_$FINGERPRINT_at_clone(Handle* handlep) noexcept {
    // Its threads may be refused.
    aside(handlep, [&] { handlep->modelp->atClone(); });
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
    static_assert(sizeof(std::remove_reference_t<decltype(Vdpi::longs)>) == 8, "the header's text and its meaning differ");
    places[10] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->longs));
    static_assert(sizeof(std::remove_reference_t<decltype(Vdpi::reals)>) == 8, "the header's text and its meaning differ");
    places[11] = const_cast<void*>(static_cast<const volatile void*>(&handlep->modelp->reals));
}

namespace {

// Pointers within the model are saved as distances from where it begins.
void whole(Handle* handlep, bool saves) {
    const auto* const symsp = handlep->modelp->rootp->vlSymsp;
    LightsssWhole::current() = {reinterpret_cast<const uint8_t*>(symsp), sizeof(*symsp), {}};
    if (saves) LightsssWhole::current().m_ending = lightsss_ending_events(symsp, 0);
}

}  // namespace

extern "C" uint32_t lightsss_dpi_headers_$FINGERPRINT_save(Handle* handlep, LightsssWrite write, void* env) noexcept {
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

extern "C" uint32_t lightsss_dpi_headers_$FINGERPRINT_restore(Handle* handlep, const uint8_t* bytes, size_t length) noexcept {
    // All state is replaced, that of a broken evaluation too.
    handlep->broken = false;
    handlep->unsettled = false;
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

inline Vdpi__Syms* symbols(Handle* handlep) { return handlep->modelp->rootp->vlSymsp; }

VL_ATTR_COLD void places_0_0(const Vdpi__Syms& object, Place* places) {
    places[0] = place(object, object.__Vm_didInit);
}

VL_ATTR_COLD void places_1_0(const Vdpi___024root& object, Place* places) {
    places[3] = place(object, object.clk);
    places[4] = place(object, object.bits);
    places[5] = place(object, object.dpi__DOT____VlemCall_2__imp_bit);
    places[6] = place(object, object.dpi__DOT__bit_both);
    places[7] = place(object, object.__Vtrigprevexpr___TOP__clk__0);
    places[8] = place(object, object.__VactPhaseResult);
    places[9] = place(object, object.__VnbaPhaseResult);
    places[10] = place(object, object.narrow);
    places[11] = place(object, object.dpi__DOT__vector_both);
    places[12] = place(object, object.a);
    places[13] = place(object, object.w);
    places[14] = place(object, object.ints);
    places[15] = place(object, object.wides);
    places[16] = place(object, object.texts);
    places[17] = place(object, object.arrays);
    places[18] = place(object, object.handles);
    places[19] = place(object, object.dpi__DOT____VlemCall_4__imp_open__Vdpioc2);
    places[20] = place(object, object.dpi__DOT____VlemCall_1__imp_renamed);
    places[21] = place(object, object.dpi__DOT____VlemCall_0__imp_int);
    places[22] = place(object, object.__VactIterCount);
    places[23] = place(object, object.longs);
    places[24] = place(object, object.dpi__DOT__handle);
    places[25] = place(object, object.dpi__DOT__fixed_in);
    places[26] = place(object, object.dpi__DOT__open_in);
    places[27] = place(object, object.__VactTriggered);
    places[28] = place(object, object.__VnbaTriggered);
    places[29] = place(object, object.reals);
    places[30] = place(object, object.dpi__DOT____VlemCall_3__imp_real);
    places[31] = place(object, object.dpi__DOT__real_both);
    places[32] = place(object, object.dpi__DOT__text_out);
    places[33] = place(object, object.dpi__DOT__text_result);
    places[34] = place(object, object.__Vfunc_dpi__DOT__imp_string__7__Vfuncout);
    places[35] = place(object, object.__Vfunc_dpi__DOT__imp_string__7__b);
}

}  // namespace

extern "C" void* lightsss_dpi_headers_$FINGERPRINT_state_layout(Handle* handlep, Place* places, uint64_t* instances) noexcept {
    Vdpi__Syms* const symsp = symbols(handlep);
    if (!places) return symsp;
    places_0_0(*symsp, places);
    places_1_0(symsp->TOP, places);
    instances[0] = place(*symsp, *symsp).offset;
    instances[1] = place(*symsp, symsp->TOP).offset;
    return symsp;
}

extern "C" uint32_t lightsss_dpi_headers_$FINGERPRINT_state_save_entries(Handle* handlep, LightsssWrite write, void (*mark)(void*),
                                              void* env) noexcept {
    const LightsssApart apart{handlep->contextp};
    return aside(handlep, [&] {
        whole(handlep, true);
        Vdpi__Syms* const symsp = symbols(handlep);
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
        save << symsp->TOP.dpi__DOT__text_out;
        done();
        save << symsp->TOP.dpi__DOT__text_result;
        done();
        save << symsp->TOP.__Vfunc_dpi__DOT__imp_string__7__Vfuncout;
        done();
        save << symsp->TOP.__Vfunc_dpi__DOT__imp_string__7__b;
        done();
    });
}

extern "C" uint32_t lightsss_dpi_headers_$FINGERPRINT_state_restore_entries(Handle* handlep, const uint8_t* bytes, size_t length) noexcept {
    handlep->broken = false;  // All state is replaced
    handlep->unsettled = false;
    const LightsssApart apart{handlep->contextp};
    // What was read is put back by the caller: the model itself is whole.
    return aside(handlep, [&] {
        whole(handlep, false);
        Vdpi__Syms* const symsp = symbols(handlep);
        LightsssRestore restore{bytes, length};
        Verilated::quiesce();
        restore >> symsp->_vm_contextp__;
        restore >> symsp->TOP.dpi__DOT__text_out;
        restore >> symsp->TOP.dpi__DOT__text_result;
        restore >> symsp->TOP.__Vfunc_dpi__DOT__imp_string__7__Vfuncout;
        restore >> symsp->TOP.__Vfunc_dpi__DOT__imp_string__7__b;
        restore.finish();
        lightsss_restore_triggered(symsp, 0);
    });
}

extern "C" const char* lightsss_dpi_headers_$FINGERPRINT_state_refusal(Handle* handlep) noexcept {
    return handlep->contextp->m_refusal.c_str();
}

extern "C" void lightsss_dpi_headers_$FINGERPRINT_state_mark_active(Handle* handlep) noexcept {
    lightsss_mark_all_active(handlep->modelp->rootp);
}

// It may call imports, and nobody lends here: the next evaluation begins with it.
extern "C" uint32_t lightsss_dpi_headers_$FINGERPRINT_state_settle(Handle* handlep, bool* done) noexcept {
    *done = true;
    handlep->unsettled = symbols(handlep)->__Vm_didInit;
    lightsss_careful = true;
    return LIGHTSSS_OK;
}

// Whether the next evaluation begins with computing everything combinational.
extern "C" bool lightsss_dpi_headers_$FINGERPRINT_state_waits(Handle* handlep) noexcept { return handlep->unsettled; }

