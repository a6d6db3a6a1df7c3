// Compiled once per Verilator version and compiler, beside Verilator's own runtime.
#include "lightsss_verilated.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>

extern "C" const char LIGHTSSS_RUNTIME_MARK = 0;
extern "C" const char lightsss_models_of_two_versions_of_verilator_in_one_program = 0;

// A thread that reads this late has made one context only, which is the one it is in.
std::atomic<bool> lightsss_many_contexts{false};
std::atomic<bool> lightsss_careful{false};

namespace {
std::mutex s_mutex;
std::set<const VerilatedContext*>& contexts() {
    static std::set<const VerilatedContext*> s_contexts;
    return s_contexts;
}
bool s_oneMade = false;
}  // namespace

LightsssContext::LightsssContext() {
    const std::lock_guard<std::mutex> lock{s_mutex};
    contexts().insert(this);
    if (s_oneMade) lightsss_many_contexts = lightsss_careful = true;
    s_oneMade = true;
    fatalOnError(false);
    drawFirst();
}

LightsssContext::~LightsssContext() {
    // Destructors may not throw.
    m_recordsOnly = true;
    m_kept_models.clear();
    if (!m_partial.empty()) print("\n", 1);
    drawNoMore();
    const std::lock_guard<std::mutex> lock{s_mutex};
    contexts().erase(this);
}

LightsssContext* LightsssContext::current() {
    VerilatedContext* const contextp = Verilated::threadContextp();
    const std::lock_guard<std::mutex> lock{s_mutex};
    return contexts().count(contextp) ? static_cast<LightsssContext*>(contextp) : nullptr;
}

LightsssContext* LightsssContext::ofThisThread(VerilatedContext* contextp) {
    const std::lock_guard<std::mutex> lock{s_mutex};
    if (!contexts().count(contextp)) return nullptr;
    LightsssContext* const oursp = static_cast<LightsssContext*>(contextp);
    return oursp->m_thread == std::this_thread::get_id() ? oursp : nullptr;
}

void LightsssInside::enter(LightsssContext* contextp) {
    VerilatedContext* const beforep = Verilated::threadContextp();
    contextp->draw();
    Verilated::threadContextp(contextp);
    if (beforep != contextp) m_beforep = beforep;
}

void LightsssContext::putBack(VerilatedContext* contextp) noexcept {
    if (LightsssContext* const oursp = ofThisThread(contextp)) {
        if (oursp->m_kept) oursp->draw();
    } else {
        const std::lock_guard<std::mutex> lock{s_mutex};
        if (!contexts().count(contextp)) return;
    }
    Verilated::threadContextp(contextp);
}

void LightsssInside::leave() noexcept { LightsssContext::putBack(m_beforep); }

void LightsssContext::record(LightsssHaltKind kind, const char* message, const char* file, int line,
                             const char* hierarchy) {
    if (m_traceErrorp && m_traceErrorp->empty() && kind == LIGHTSSS_RUNTIME) *m_traceErrorp = message;
    // Of several halts in one evaluation the first of the most severe ones is kept.
    if (m_halted && m_halt.kind >= kind) return;
    m_halted = true;
    m_halt.kind = kind;
    m_halt.message = message ? message : "";
    m_halt.file = file ? file : "";
    m_halt.line = line;
    m_halt.hierarchy = hierarchy ? hierarchy : "";
    m_halt.time = time();
}

void LightsssContext::print(const char* text, size_t length) {
    // Verilator hands output of worker threads to the one that evaluates. Should any come from elsewhere, the
    // harness's function, which belongs to that thread, is not the place for it.
    if (VL_UNLIKELY(std::this_thread::get_id() != m_thread)) {
        std::fwrite(text, 1, length, stdout);
        return;
    }
    m_partial.append(text, length);
    const size_t end = m_partial.rfind('\n');
    if (end == std::string::npos) return;
    // Taken out first: the function may evaluate a model, which prints here again.
    const std::string lines = m_partial.substr(0, end + 1);
    m_partial.erase(0, end + 1);
    for (size_t from = 0, at; (at = lines.find('\n', from)) != std::string::npos; from = at + 1) {
        const std::string line = lines.substr(from, at - from);
        if (line.find("%Error: ") != std::string::npos
            || line.find("%Fatal: ") != std::string::npos) {
            m_errorLine = line;
        }
        if (m_output) {
            // A halt that waits is that of the evaluation that prints, not of one inside the function.
            const LightsssWaiting waiting{this};
            m_output(m_outputEnv, line.data(), line.size());
        } else {
            std::fwrite(line.data(), 1, line.size(), stdout);
            std::fputc('\n', stdout);
        }
    }
}

// Scopes of one name and of one that goes on with a dot may be called the same.
static bool meet(const std::string& a, const std::string& b) {
    const std::string& shorter = a.size() < b.size() ? a : b;
    const std::string& longer = a.size() < b.size() ? b : a;
    if (longer.compare(0, shorter.size(), shorter) != 0) return false;
    return longer.size() == shorter.size() || shorter.empty() || longer[shorter.size()] == '.';
}

bool LightsssContext::claimName(const char* wanted, std::string& name) {
    const auto taken = [this](const std::string& one) {
        return std::any_of(m_names.begin(), m_names.end(),
                           [&](const std::string& other) { return meet(one, other); });
    };
    std::string found = wanted ? wanted : "TOP";
    for (unsigned number = 2; !wanted && taken(found); ++number) {
        found = "TOP_" + std::to_string(number);
    }
    if (taken(found)) {
        const std::string message = "the name `" + found
                                    + "` meets that of another model of the context; give each one "
                                      "of its own";
        record(LIGHTSSS_RUNTIME, message.c_str(), "", 0, "");
        return false;
    }
    m_names.push_back(found);
    name = found;
    return true;
}

void LightsssContext::releaseName(const std::string& name) {
    const auto it = std::find(m_names.begin(), m_names.end(), name);
    if (it != m_names.end()) m_names.erase(it);
}

void LightsssContext::flush() {
    const LightsssRecordsOnly recordsOnly{this};
    for (LightsssWaveform* const waveformp : m_waveforms) waveformp->flush();
}

LightsssWaveform::LightsssWaveform(LightsssContext* contextp, LightsssOnFlush onFlush, void* tracep)
    : m_contextp{contextp}
    , m_onFlush{onFlush}
    , m_tracep{tracep} {
    contextp->m_waveforms.push_back(this);
    Verilated::removeFlushCb(onFlush, tracep);
}

LightsssWaveform::~LightsssWaveform() {
    std::vector<LightsssWaveform*>& all = m_contextp->m_waveforms;
    all.erase(std::remove(all.begin(), all.end(), this), all.end());
}

uint32_t lightsss_caught(LightsssContext* contextp) noexcept {
    contextp->m_broken = true;
    lightsss_careful = true;
    try {
        throw;
    } catch (const LightsssPanic&) { return LIGHTSSS_STATUS_PANICKED; } catch (const LightsssUnwind&) {
        // Recorded where it was thrown.
    } catch (const std::exception& e) {
        contextp->record(LIGHTSSS_RUNTIME, e.what(), "", 0, "");
    } catch (...) {
        contextp->record(LIGHTSSS_RUNTIME, "a C++ exception of unknown type", "", 0, "");
    }
    return LIGHTSSS_STATUS_HALTED;
}

// What `lightsss_fst.h` declares.
void lightsss_write_failed(const char* why) {
    LightsssContext* const contextp = LightsssContext::current();
    if (!contextp || !contextp->m_traceErrorp || !contextp->m_traceErrorp->empty()) return;
    *contextp->m_traceErrorp = why;
}

// What `lightsss_timing.h` puts in the place of `abort`.
namespace std {
[[noreturn]] void lightsss_rethrow();
void lightsss_rethrow() { throw; }
}  // namespace std

//======================================================================
// Verilator's user functions

int lightsss_vprintf(const char* format, va_list ap) {
    va_list again;
    va_copy(again, ap);
    const int length = std::vsnprintf(nullptr, 0, format, again);
    va_end(again);
    if (length <= 0) return length;
    std::string text(static_cast<size_t>(length) + 1, '\0');
    std::vsnprintf(&text[0], text.size(), format, ap);
    if (LightsssContext* const contextp = LightsssContext::current()) {
        contextp->print(text.data(), static_cast<size_t>(length));
    } else {
        std::fwrite(text.data(), 1, static_cast<size_t>(length), stdout);
    }
    return length;
}

long LightsssContext::nextSeed() noexcept {
    m_seeds = (m_seeds * 0x5deece66dULL + 0xb) & 0xffffffffffffULL;
    return static_cast<long>(m_seeds >> 17);
}

#undef lrand48
// Of a context that is none of ours it is libc's.
long lightsss_lrand48() {
    LightsssContext* const contextp = LightsssContext::current();
    return contextp ? contextp->nextSeed() : lrand48();
}

int lightsss_printf(const char* format, ...) {
    va_list ap;
    va_start(ap, format);
    const int length = lightsss_vprintf(format, ap);
    va_end(ap);
    return length;
}

void vl_finish(const char* filename, int linenum, const char* hier) VL_MT_UNSAFE {
    Verilated::threadContextp()->gotFinish(true);
    if (LightsssContext* const contextp = LightsssContext::current()) {
        contextp->record(LIGHTSSS_FINISH, "$finish", filename, linenum, hier);
    }
}

void vl_stop(const char* filename, int linenum, const char* hier) VL_MT_UNSAFE {
    VerilatedContext* const verilatedp = Verilated::threadContextp();
    verilatedp->gotError(true);
    verilatedp->gotFinish(true);
    LightsssContext* const contextp = LightsssContext::current();
    if (!contextp) return;
    // `$error`, `$fatal` and assertions print "[time] %Error: file:line: text", then call here. The
    // printed file has no folder.
    LightsssHaltKind kind = LIGHTSSS_STOP;
    std::string message = "$stop";
    std::string hierarchy = hier ? hier : "";
    std::string file = filename ? filename : "";
    file.erase(0, file.find_last_of('/') + 1);
    const std::string place = file + ":" + std::to_string(linenum) + ": ";
    const std::string& line = contextp->m_errorLine;
    size_t at = line.find("%Error: " + place);
    if (at != std::string::npos) {
        kind = LIGHTSSS_ERROR;
    } else if ((at = line.find("%Fatal: " + place)) != std::string::npos) {
        kind = LIGHTSSS_FATAL;
    }
    if (at != std::string::npos) {
        message = line.substr(at + 8 + place.size());
        static const char s_in[] = "Assertion failed in ";
        const size_t in = message.find(s_in);
        const size_t from = in == std::string::npos ? std::string::npos : in + sizeof(s_in) - 1;
        const size_t colon = from == std::string::npos ? from : message.find(": ", from);
        if (colon != std::string::npos) {
            hierarchy = message.substr(from, colon - from);
            message = message.substr(colon + 2);
        }
    }
    contextp->m_errorLine.clear();
    contextp->record(kind, message.c_str(), filename, linenum, hierarchy.c_str());
    contextp->flush();
}

void vl_fatal(const char* filename, int linenum, const char* hier, const char* msg) VL_MT_UNSAFE {
    VerilatedContext* const verilatedp = Verilated::threadContextp();
    verilatedp->gotError(true);
    verilatedp->gotFinish(true);
    LightsssContext* const contextp = LightsssContext::current();
    if (!contextp) {
        std::fprintf(stderr, "%%Error: %s:%d: %s\n", filename, linenum, msg);
        std::abort();
    }
    contextp->record(LIGHTSSS_RUNTIME, msg, filename, linenum, hier);
    // No flush there: it would wait for the lock of the very file.
    if (contextp->m_recordsOnly) return;
    contextp->flush();
    // Each call into Verilator that can come here is guarded.
    throw LightsssUnwind{};
}

void vl_warn(const char* filename, int linenum, const char* hier, const char* msg) VL_MT_UNSAFE {
    (void)hier;
    lightsss_printf("%%Warning: %s:%d: %s\n", filename ? filename : "", linenum, msg);
}

//======================================================================
// The plain C interface, declared again in `lightsss-runtime/src/model/ffi.rs`

extern "C" {

LightsssContext* lightsss1_context_new(unsigned threads) noexcept {
    LightsssContext* contextp = nullptr;
    LightsssContext* const beforep = LightsssContext::current();
    try {
        contextp = new LightsssContext;
        // Whatever is evaluated goes on in its own.
        if (beforep) LightsssContext::putBack(beforep);
        // Before the first model: otherwise a pool of (cores - 1) threads starts with it.
        contextp->threads(threads ? threads : 1);
        return contextp;
    } catch (...) {
        delete contextp;
        return nullptr;
    }
}

void lightsss1_context_delete(LightsssContext* contextp) noexcept { delete contextp; }

uint64_t* lightsss1_context_time(LightsssContext* contextp) noexcept { return contextp->timep(); }
uint64_t* lightsss1_context_seeds(LightsssContext* contextp) noexcept { return &contextp->m_seeds; }

uint32_t lightsss1_context_args(LightsssContext* contextp, int argc, const char** argv) noexcept {
    return lightsss_guarded(contextp, [&] { contextp->commandArgs(argc, argv); });
}

uint32_t lightsss1_context_seed(LightsssContext* contextp, int seed) noexcept {
    return lightsss_guarded(contextp, [&] { contextp->seed(seed); });
}

uint32_t lightsss1_context_reset(LightsssContext* contextp, int value) noexcept {
    return lightsss_guarded(contextp, [&] { contextp->randReset(value); });
}

void lightsss1_context_assert_on(LightsssContext* contextp, bool flag) noexcept {
    contextp->assertOn(flag);
}

void lightsss1_context_trace_ever_on(LightsssContext* contextp) noexcept {
    contextp->traceEverOn(true);
}

void lightsss1_context_output(LightsssContext* contextp, LightsssOutput output,
                              void* env) noexcept {
    contextp->m_output = output;
    contextp->m_outputEnv = env;
}

int lightsss1_context_time_unit(LightsssContext* contextp) noexcept { return contextp->timeunit(); }
int lightsss1_context_time_precision(LightsssContext* contextp) noexcept {
    return contextp->timeprecision();
}

// Gives the waiting halt; its texts live until the next call into the context.
bool lightsss1_context_take_halt(LightsssContext* contextp, LightsssHalt* out) noexcept {
    if (!contextp->m_halted) return false;
    contextp->m_halted = false;
    const LightsssRecord& halt = contextp->m_halt;
    out->kind = halt.kind;
    out->line = static_cast<uint32_t>(halt.line);
    out->time = halt.time;
    out->message = halt.message.c_str();
    out->file = halt.file.c_str();
    out->hierarchy = halt.hierarchy.c_str();
    return true;
}

}  // extern "C"
