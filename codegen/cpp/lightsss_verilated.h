// What lightsss adds to Verilator's runtime: a context that records halts instead of ending the
// process, and the guard behind which every call into a model runs. C++17 and later.
#ifndef LIGHTSSS_VERILATED_H_
#define LIGHTSSS_VERILATED_H_

#include "lightsss_abi.h"
#include "lightsss_version.h"
#include "verilated.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// Kinds of halts, in ascending severity. `model/halt.rs` holds the same numbers.
enum LightsssHaltKind : uint32_t {
    LIGHTSSS_FINISH = 1,
    LIGHTSSS_STOP = 2,
    LIGHTSSS_ERROR = 3,
    LIGHTSSS_FATAL = 4,
    LIGHTSSS_RUNTIME = 5,
};

extern "C" {
struct LightsssHalt {
    uint32_t kind;
    uint32_t line;
    uint64_t time;
    const char* message;
    const char* file;
    const char* hierarchy;
};
typedef void (*LightsssOutput)(void* env, const char* text, size_t length);
}

// Thrown by `vl_fatal`, which must not return to the code that called it.
struct LightsssUnwind final {};
// Thrown by a DPI import whose Rust side panicked.
struct LightsssPanic final {};

// A halt as it was recorded.
struct LightsssRecord final {
    LightsssHaltKind kind = LIGHTSSS_FINISH;
    int line = 0;
    uint64_t time = 0;
    std::string message, file, hierarchy;
};

typedef void (*LightsssOnFlush)(void* tracep);
class LightsssWaveform;

class LightsssContext final : public VerilatedContext {
public:
    LightsssContext();
    ~LightsssContext();

    // The context that the calling thread is in, or null if somebody else made it.
    static LightsssContext* current();
    // As it is, if it is one of ours that this thread has made and that lives.
    static LightsssContext* ofThisThread(VerilatedContext* contextp);
    // Puts the calling thread into a context that it was in before, if that lives: its own, or that whose pool it
    // belongs to.
    static void putBack(VerilatedContext* contextp) noexcept;

    uint64_t* timep() { return &m_s.m_time; }
    void record(LightsssHaltKind kind, const char* message, const char* file, int line,
                const char* hierarchy);
    void print(const char* text, size_t length);
    // Takes a name for a model, by which its scopes are found: the wanted one, or the first free one where none is
    // wanted. False, and a halt is recorded, where another model has it.
    bool claimName(const char* wanted, std::string& name);
    void releaseName(const std::string& name);
    // Whether a dump of one trace may clear marks that another one needs: the design has a trace of its own, or several
    // are open.
    bool sharesMarks() const { return m_waveforms.size() > 1 || !dumpfile().empty(); }
    // Verilator's functions that add a model to a trace, where the context has them: one after the other for each of
    // its models, so that a trace of one has all.
    size_t traceableModels() {
        auto* const callbacksp = traceCallbacks(this, 0);
        return callbacksp ? callbacksp->size() : 0;
    }
    // Adds the model with that number only; `otherwise` does it where the context has no such functions.
    template <typename T_Trace, typename T_Otherwise>
    void traceOne(size_t number, T_Trace* tracep, T_Otherwise&& otherwise) {
        auto* const callbacksp = traceCallbacks(this, 0);
        if (!callbacksp || number >= callbacksp->size()) return otherwise();
        (*callbacksp)[number](tracep, 99, 0);
    }
    // The model with that number is gone; Verilator would call its function all the same.
    void forgetTraceable(size_t number) {
        auto* const callbacksp = traceCallbacks(this, 0);
        if (callbacksp && number < callbacksp->size()) {
            (*callbacksp)[number] = [](auto*, int, int) {};
        }
    }
    // Whether the design's own trace may hold a model that goes: where a context has such functions, `$dumpvars` of
    // one model takes in all, and there is no way to take one out again.
    bool mayDumpOthers() {
        return traceableModels() > 1 && !dumpfile().empty();
    }
    // Keeps such a model, which is not evaluated any more, until the context itself goes.
    void keep(std::shared_ptr<void> model) { m_kept_models.push_back(std::move(model)); }
    // To be called before each save: what lies between the fields of the raw copy becomes zero.
    void clearPadding() noexcept;
    void eachField(void* env, LightsssField each) const;
    // Writes out the waveforms of the context's models.
    void flush();

    // The thread has one random generator, which its contexts take in turn.
    // Starts it anew, for this context only.
    void seed(int seed);
    // It belongs to this context until another one draws.
    void draw();
    // It becomes this context's, if it has no owner.
    void drawFirst();
    // It belongs to this context no more.
    void drawNoMore();
    // What a generator starts with whose seed is 0: the sequence of libc's `lrand48`, of this context alone.
    long nextSeed() noexcept;

    bool m_halted = false;  // A halt waits to be taken
    bool m_broken = false;  // The runtime gave up in the middle of an evaluation
    bool m_recordsOnly = false;  // `vl_fatal` returns: see LightsssRecordsOnly
    LightsssRecord m_halt;
    std::string m_refusal;  // Why the last call that stood apart was refused
    std::string m_partial;  // Output since the last line feed
    std::string m_errorLine;  // The last line that announces an error, for the `$stop` after it
    LightsssOutput m_output = nullptr;
    void* m_outputEnv = nullptr;
    std::vector<LightsssWaveform*> m_waveforms;  // The open ones
    std::string* m_traceErrorp = nullptr;  // Of the trace that is being written
    std::vector<std::string> m_names;  // Of its models
    std::vector<std::shared_ptr<void>> m_kept_models;
    const std::thread::id m_thread = std::this_thread::get_id();
    uint64_t m_generator[2];  // The random generator's state while another context draws
    bool m_kept = false;  // It is there
    uint64_t m_seeds = 0;  // What `nextSeed` gave last

private:
    struct NoCallback final {
        template <typename T>
        NoCallback& operator=(T&&) {
            return *this;
        }
        template <typename... T>
        void operator()(T&&...) const {}
    };
    template <typename T_Context>
    static auto traceCallbacks(T_Context* contextp, int)
        -> decltype(&contextp->m_ns.m_traceBaseModelCbs) {
        return &contextp->m_ns.m_traceBaseModelCbs;
    }
    template <typename T_Context>
    static std::vector<NoCallback>* traceCallbacks(T_Context*, long) {
        return nullptr;
    }
};

// An open waveform, written out when its own context halts. Left to itself Verilator writes out those of
// the whole process then, in the midst of what other threads do with theirs.
class LightsssWaveform final {
    LightsssContext* const m_contextp;
    const LightsssOnFlush m_onFlush;
    void* const m_tracep;

public:
    // `onFlush` and `tracep` as the waveform has given them to Verilator.
    LightsssWaveform(LightsssContext* contextp, LightsssOnFlush onFlush, void* tracep);
    ~LightsssWaveform();
    void flush() { m_onFlush(m_tracep); }
};

// While a waveform's file is written or closed, which destructors do too: they may not throw. All that
// Verilator gives up for there is a file that cannot be written, and it closes the file when
// `vl_fatal` returns.
class LightsssRecordsOnly final {
    LightsssContext* const m_contextp;
    const bool m_before;

public:
    explicit LightsssRecordsOnly(LightsssContext* contextp)
        : m_contextp{contextp}
        , m_before{contextp->m_recordsOnly} {
        contextp->m_recordsOnly = true;
    }
    ~LightsssRecordsOnly() { m_contextp->m_recordsOnly = m_before; }
};

// While a function of the harness runs in the midst of an evaluation, and may evaluate another model of the
// context: a halt that waits is put aside, and what the function left waiting is added to it.
class LightsssWaiting final {
    LightsssContext* const m_contextp;
    std::unique_ptr<LightsssRecord> m_haltp;  // If one waits

public:
    explicit LightsssWaiting(LightsssContext* contextp)
        : m_contextp{contextp} {
        if (VL_LIKELY(!contextp->m_halted)) return;
        m_haltp.reset(new LightsssRecord(std::move(contextp->m_halt)));
        contextp->m_halted = false;
    }
    ~LightsssWaiting() {
        if (VL_LIKELY(!m_haltp)) return;
        if (m_contextp->m_halted && m_contextp->m_halt.kind > m_haltp->kind) return;
        m_contextp->m_halt = std::move(*m_haltp);
        m_contextp->m_halted = true;
    }
};

// While a trace is written: errors are kept until it is closed.
class LightsssWriting final {
    LightsssContext* const m_contextp;
    std::string* const m_beforep;

public:
    LightsssWriting(LightsssContext* contextp, std::string* errorp)
        : m_contextp{contextp}
        , m_beforep{contextp->m_traceErrorp} {
        contextp->m_traceErrorp = errorp;
    }
    ~LightsssWriting() { m_contextp->m_traceErrorp = m_beforep; }
};

// While state is saved or restored: a refusal is an error of its own and no halt of an evaluation, and a
// halt that waits goes on waiting.
class LightsssApart final {
    LightsssContext* const m_contextp;
    const bool m_waited;
    LightsssRecord m_halt;

public:
    explicit LightsssApart(LightsssContext* contextp)
        : m_contextp{contextp}
        , m_waited{contextp->m_halted}
        , m_halt(std::move(contextp->m_halt)) {
        contextp->m_halted = false;
        contextp->m_refusal.clear();
    }
    ~LightsssApart() {
        if (m_contextp->m_halted) m_contextp->m_refusal.swap(m_contextp->m_halt.message);
        m_contextp->m_halt = std::move(m_halt);
        m_contextp->m_halted = m_waited;
    }
};

// Every object asks for the runtime that it was compiled for. Where that is another one than a
// second object's, both runtimes are linked, and what both define says what is wrong.
extern "C" const char LIGHTSSS_RUNTIME_MARK;
namespace {
__attribute__((used)) const char* const s_lightsssRuntimep = &LIGHTSSS_RUNTIME_MARK;
}

// Seen within the program only, so that they are looked at directly.
#define LIGHTSSS_HIDDEN __attribute__((visibility("hidden")))

// More than one context was ever made: then each call says which one it is in.
LIGHTSSS_HIDDEN extern std::atomic<bool> lightsss_many_contexts;
// So it is, or the runtime gave up in some model: then each evaluation looks at what it is about.
LIGHTSSS_HIDDEN extern std::atomic<bool> lightsss_careful;

// A call into a context. What the thread was in before goes on afterwards: an import of one model may
// evaluate another.
class LightsssInside final {
    VerilatedContext* m_beforep = nullptr;
    void enter(LightsssContext* contextp);
    void leave() noexcept;

public:
    explicit LightsssInside(LightsssContext* contextp) {
        if (VL_UNLIKELY(lightsss_many_contexts.load(std::memory_order_relaxed))) enter(contextp);
    }
    ~LightsssInside() {
        if (VL_UNLIKELY(m_beforep)) leave();
    }
};

// Records the exception being handled; returns the status to report.
uint32_t lightsss_caught(LightsssContext* contextp) noexcept;

template <typename T_Call>
inline uint32_t lightsss_guarded(LightsssContext* contextp, T_Call&& call) noexcept {
    uint32_t status;
    try {
        const LightsssInside inside{contextp};
        call();
        status = contextp->m_halted ? LIGHTSSS_STATUS_HALTED : LIGHTSSS_STATUS_OK;
    } catch (...) { status = lightsss_caught(contextp); }
    return status;
}

#endif
