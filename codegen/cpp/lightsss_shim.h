// The part of the models' C interfaces that does not depend on the model: the handle that Rust holds, and the guards
// around every call into a model. The interface of each model derives its own `Handle` from one of those here.
#ifndef LIGHTSSS_SHIM_H_
#define LIGHTSSS_SHIM_H_

#include "lightsss_verilated.h"
#include "svdpi.h"

#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <type_traits>

template <typename T_Model>
struct LightsssHandle {
    LightsssContext* const contextp;
    std::unique_ptr<T_Model> modelp;
    std::string name;
    bool named = false;  // In the context
    bool finished = false;
    bool broken = false;  // An exception has left an evaluation
    bool unsettled = false;  // The next evaluation computes everything combinational first
    int entered = 0;  // Evaluations under way, of a model on several threads

    explicit LightsssHandle(LightsssContext* contextp)
        : contextp{contextp} {}
    // Two calls beside the run: what they refuse is no halt of an evaluation. The first leaves the model's state alone,
    // whether it fails or not.
    template <typename T_Call>
    uint32_t look(T_Call&& call) {
        const LightsssApart apart{contextp};
        return lightsss_aside(this, call);
    }
    template <typename T_Call>
    uint32_t change(T_Call&& call) {
        const LightsssApart apart{contextp};
        return lightsss_enter(this, call);
    }
    const char* refusal() const { return contextp->m_refusal.c_str(); }
    void clearPadding() { contextp->clearPadding(); }
    // Called just before the model is made.
    void beforeModel() {}
    // Called just before the model is destroyed. Whether a trace may still need it.
    bool leaveTraces() { return false; }
};

// The handle of a model that writes waveforms.
template <typename T_Model, typename T_Trace>
struct LightsssTracedHandle : LightsssHandle<T_Model> {
    using Trace = T_Trace;

    std::unique_ptr<T_Trace> tracep;
    std::unique_ptr<LightsssWaveform> waveformp;  // Where `tracep` is open
    size_t traceable = 0;  // The model's number among the context's
    std::string traceError;  // Why the last trace is not whole

    using LightsssHandle<T_Model>::LightsssHandle;
    void beforeModel() { traceable = this->contextp->traceableModels(); }
    void dropTrace() {
        waveformp.reset();
        tracep.reset();
    }
    bool leaveTraces() {
        dropTrace();
        if (!this->modelp) return false;
        this->contextp->forgetTraceable(traceable);
        return this->contextp->mayDumpOthers();
    }
};

// A guarded call. A model that was left in the middle of one is not entered again.
template <typename T_Handle, typename T_Call>
inline uint32_t lightsss_enter(T_Handle* handlep, T_Call&& call) {
    LightsssContext* const contextp = handlep->contextp;
    if (VL_UNLIKELY(handlep->broken)) {
        contextp->record(LIGHTSSS_RUNTIME,
                         "the model broke off an earlier evaluation and cannot go on", "", 0, "");
        return LIGHTSSS_STATUS_HALTED;
    }
    const uint32_t status = lightsss_guarded(contextp, call);
    if (VL_UNLIKELY(contextp->m_broken)) {
        contextp->m_broken = false;
        handlep->broken = true;
    }
    return status;
}

// A guarded call that leaves the model's state alone, whether it fails or not.
template <typename T_Handle, typename T_Call>
inline uint32_t lightsss_aside(T_Handle* handlep, T_Call&& call) {
    const uint32_t status = lightsss_guarded(handlep->contextp, call);
    handlep->contextp->m_broken = false;
    return status;
}

// Handles the exception that has left an evaluation. Not inlined, so that evaluations that end well are short.
template <typename T_Handle>
__attribute__((noinline, cold)) uint32_t lightsss_broke_off(T_Handle* handlep) noexcept {
    LightsssContext* const contextp = handlep->contextp;
    const uint32_t status = lightsss_caught(contextp);
    contextp->m_broken = false;
    handlep->broken = true;
    return status;
}

// The pool is at work while one of these lives: its threads must not be released.
class LightsssEntering final {
    int& m_entered;

public:
    explicit LightsssEntering(int& entered)
        : m_entered{entered} {
        ++m_entered;
    }
    ~LightsssEntering() { --m_entered; }
};

// Verilator leaves counts and flags of its scheduler unset up to the first evaluation, which sets them before it reads
// them: a model that is saved before would hold what was in memory by chance. Each model has some of these members.
#define LIGHTSSS_UNSET_OF(X, region) \
    X(__V##region##IterCount) X(__V##region##Continue) X(__V##region##PhaseResult) X(__V##region##FirstIteration)
#define LIGHTSSS_UNSET(X) \
    LIGHTSSS_UNSET_OF(X, act) LIGHTSSS_UNSET_OF(X, ico) LIGHTSSS_UNSET_OF(X, inact) LIGHTSSS_UNSET_OF(X, nba) \
    LIGHTSSS_UNSET_OF(X, obs) LIGHTSSS_UNSET_OF(X, react) LIGHTSSS_UNSET_OF(X, stl)

#define LIGHTSSS_CLEARER(member) \
    template <typename T_Root> \
    auto lightsss_clear##member(T_Root* rootp, int) -> decltype(rootp->member, void()) { \
        rootp->member = 0; \
    } \
    template <typename T_Root> \
    void lightsss_clear##member(T_Root*, long) {}
LIGHTSSS_UNSET(LIGHTSSS_CLEARER)
#undef LIGHTSSS_CLEARER

template <typename T_Root>
void lightsss_clear_unset(T_Root* rootp) {
#define LIGHTSSS_CLEAR(member) lightsss_clear##member(rootp, 0);
    LIGHTSSS_UNSET(LIGHTSSS_CLEAR)
#undef LIGHTSSS_CLEAR
}

// Makes a model; null where that fails, which the context has recorded.
template <typename T_Handle>
T_Handle* lightsss_new(LightsssContext* contextp, const char* name) noexcept {
    using Model = typename decltype(T_Handle::modelp)::element_type;
    T_Handle* const handlep = new (std::nothrow) T_Handle{contextp};
    if (!handlep) return nullptr;
    const uint32_t status = lightsss_enter(handlep, [&] {
        handlep->named = contextp->claimName(name, handlep->name);
        if (!handlep->named) return;
        handlep->beforeModel();
        handlep->modelp.reset(new Model{contextp, handlep->name.c_str()});
        lightsss_clear_unset(handlep->modelp->rootp);
    });
    if (status == LIGHTSSS_STATUS_OK) return handlep;
    if (handlep->named) contextp->releaseName(handlep->name);
    delete handlep;
    return nullptr;
}

template <typename T_Handle>
void lightsss_delete(T_Handle* handlep) noexcept {
    // The model's destructors must not throw; what they record belongs to the context.
    const LightsssRecordsOnly recordsOnly{handlep->contextp};
    lightsss_guarded(handlep->contextp, [&] {
        if (handlep->leaveTraces()) {
            // Its name stays taken, as its scopes are still there.
            handlep->contextp->keep(std::move(handlep->modelp));
            return;
        }
        handlep->modelp.reset();
        handlep->contextp->releaseName(handlep->name);
    });
    delete handlep;
}

// Calls an export in a scope of the design.
template <typename T_Handle, typename T_Call>
uint32_t lightsss_export(T_Handle* handlep, const char* scope, T_Call&& call) {
    return lightsss_enter(handlep, [&] {
        const std::string path
            = handlep->name.empty() ? std::string{scope} : handlep->name + "." + scope;
        const svScope scopep = svGetScopeFromName(path.c_str());
        if (!scopep) {
            const std::string message = "the design has no scope " + path;
            handlep->contextp->record(LIGHTSSS_RUNTIME, message.c_str(), "", 0, "");
            return;
        }
        const svScope earlier = svSetScope(scopep);
        call();
        svSetScope(earlier);
    });
}

#endif
