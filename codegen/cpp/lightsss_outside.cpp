// State that a model has outside of its variables, and that Verilator's operators leave out: the
// random generator's, and open files. Compiled once per Verilator version, beside the runtime.
#include "lightsss_verilated.h"
// As its own sources do: the files of a context are not part of the public interface.
#ifndef VERILATOR_VERILATED_CPP_
#define VERILATOR_VERILATED_CPP_
#endif
#include "verilated_imp.h"

#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <thread>
#include <type_traits>
#include <unistd.h>
#include <vector>

class VlRNG;

namespace {

// Early versions keep the generator's state out of reach.
template <typename T, typename = void>
struct Generator final {
    static constexpr size_t size = 0;
    static void* place() { return nullptr; }
};
template <typename T>
struct Generator<T, std::void_t<decltype(T::vl_thread_rng())>> final {
    static constexpr size_t size = sizeof(T);
    static_assert(size <= sizeof(LightsssContext::m_generator), "the generator has grown");
    static_assert(std::is_trivially_copyable<T>::value, "the generator is more than its bits");
    // Seeds it, if it is not; from then on it goes its own way.
    static void* place() { return &T::vl_thread_rng(); }
};

// The context that this thread's generator belongs to.
thread_local LightsssContext* t_drawingp = nullptr;

// Where a generator starts that is seeded as the context says. A thread's first draw is seeded by Verilator
// itself; `randSeed` would have the generators of all threads start anew, in the midst of their runs.
void start(LightsssContext* contextp) noexcept {
    const auto draw = [contextp] {
        Verilated::threadContextp(contextp);
        std::memcpy(contextp->m_generator, Generator<VlRNG>::place(), Generator<VlRNG>::size);
    };
    try {
        std::thread{draw}.join();
    } catch (const std::system_error&) {
        // No thread can be had.
        contextp->randSeed(contextp->randSeed());
        draw();
    }
    contextp->m_kept = true;
}

// Descriptors that the design may hold: those of `$fopen` with a mode, from 3 on.
constexpr IData s_first = 0x80000003U;
constexpr IData s_last = 0x80000400U;
// Those without a mode, each a bit, without that of the standard output: several may be written at once.
constexpr IData s_firstChannel = 1U << 1;
constexpr IData s_lastChannel = 1U << 30;

bool isChannel(IData fdi) { return fdi >= s_firstChannel && fdi <= s_lastChannel && !(fdi & (fdi - 1)); }
bool isDescriptor(IData fdi) { return isChannel(fdi) || (fdi >= s_first && fdi <= s_last); }

// How a file is open, as far as it matters.
constexpr int s_mode = O_ACCMODE | O_APPEND;

std::string pathOf(std::FILE* fp) {
    char path[4096];
    const std::string link = "/proc/self/fd/" + std::to_string(fileno(fp));
    const ssize_t length = readlink(link.c_str(), path, sizeof(path));
    return length > 0 ? std::string(path, static_cast<size_t>(length)) : std::string{};
}

// A file of the design, under the descriptor it had: first one that nobody misses, in its mode, in whose place then
// comes the file itself. `fopen` would empty it, or let it be read where it was open for writing only.
bool openAs(VerilatedContextImp* impp, IData fdi, const char* path, int flags) {
    const int fd = open(path, (flags & s_mode) | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return false;
    const bool appends = flags & O_APPEND;
    const char* const modep = (flags & O_ACCMODE) == O_RDONLY   ? "r"
                              : (flags & O_ACCMODE) == O_WRONLY ? (appends ? "a" : "w")
                                                                : (appends ? "a+" : "w+");
    bool done = false;
    std::vector<IData> others;  // In the way; closed at the end
    for (IData i = s_first; i <= s_last; ++i) {
        const IData got = isChannel(fdi) ? impp->fdNewMcd("/dev/null") : impp->fdNew("/dev/null", modep);
        if (!got) break;
        if (got == fdi) {
            done = dup2(fd, fileno(impp->fdToFp(fdi))) >= 0;
            if (!done) impp->fdClose(fdi);
            break;
        }
        others.push_back(got);
    }
    for (const IData other : others) impp->fdClose(other);
    close(fd);
    return done;
}

// Calls `call` with every descriptor that the design may hold.
template <typename T_Call>
void eachDescriptor(T_Call&& call) {
    for (IData fdi = s_firstChannel; fdi <= s_lastChannel; fdi <<= 1) call(fdi);
    for (IData fdi = s_first; fdi <= s_last; ++fdi) call(fdi);
}

}  // namespace

void LightsssContext::seed(int seed) {
    if (!Generator<VlRNG>::size) {
        randSeed(seed);
        return;
    }
    m_s.m_randSeed = seed;
    start(this);
    if (t_drawingp == this) t_drawingp = nullptr;
    draw();
}

void LightsssContext::draw() {
    if (t_drawingp == this || !Generator<VlRNG>::size) return;
    if (t_drawingp) {
        Verilated::threadContextp(t_drawingp);
        std::memcpy(t_drawingp->m_generator, Generator<VlRNG>::place(), Generator<VlRNG>::size);
        t_drawingp->m_kept = true;
    }
    if (!m_kept) start(this);
    Verilated::threadContextp(this);
    std::memcpy(Generator<VlRNG>::place(), m_generator, Generator<VlRNG>::size);
    t_drawingp = this;
}

void LightsssContext::drawFirst() {
    if (!t_drawingp) t_drawingp = this;
}

void LightsssContext::drawNoMore() {
    if (t_drawingp == this) t_drawingp = nullptr;
}

extern "C" {

size_t lightsss1_random_size() noexcept { return Generator<VlRNG>::size; }

void lightsss1_random_save(LightsssContext* contextp, uint8_t* bytes) noexcept {
    const LightsssInside inside{contextp};
    if (Generator<VlRNG>::size) std::memcpy(bytes, Generator<VlRNG>::place(), Generator<VlRNG>::size);
}

void lightsss1_random_restore(LightsssContext* contextp, const uint8_t* bytes) noexcept {
    const LightsssInside inside{contextp};
    if (Generator<VlRNG>::size) std::memcpy(Generator<VlRNG>::place(), bytes, Generator<VlRNG>::size);
}

// Calls `each` with every open file: its descriptor, its flags of `open(2)`, its position, its path.
void lightsss1_files(LightsssContext* contextp, void* env,
                     void (*each)(void* env, uint32_t fdi, int flags, int64_t position,
                                  const char* path, size_t length)) noexcept {
    const LightsssInside inside{contextp};
    VerilatedContextImp* const impp = contextp->impp();
    eachDescriptor([&](IData fdi) {
        std::FILE* const fp = impp->fdToFp(fdi);
        if (!fp) return;
        // What is buffered must be in the file, where the restored run goes on.
        std::fflush(fp);
        const std::string path = pathOf(fp);
        each(env, fdi, fcntl(fileno(fp), F_GETFL), std::ftell(fp), path.data(), path.size());
    });
}

// Opens a file under the descriptor it had, or takes the one that is open there, and goes to its
// position. False if it cannot. Neither makes a file nor empties one.
bool lightsss1_file_open(LightsssContext* contextp, uint32_t fdi, int flags, int64_t position,
                         const char* path) noexcept {
    try {
        const LightsssInside inside{contextp};
        VerilatedContextImp* const impp = contextp->impp();
        if (!isDescriptor(fdi)) return false;
        std::FILE* fp = impp->fdToFp(fdi);
        if (fp && (pathOf(fp) != path || (fcntl(fileno(fp), F_GETFL) & s_mode) != (flags & s_mode))) {
            impp->fdClose(fdi);
            fp = nullptr;
        }
        if (!fp) {
            if (!openAs(impp, fdi, path, flags)) return false;
            fp = impp->fdToFp(fdi);
        }
        // What has no positions has -1.
        return fp && (position < 0 || std::fseek(fp, static_cast<long>(position), SEEK_SET) == 0);
    } catch (...) { return false; }
}

// Closes the files that were not open when the model was saved.
void lightsss1_file_close(LightsssContext* contextp, uint32_t fdi) noexcept {
    const LightsssInside inside{contextp};
    if (isDescriptor(fdi)) contextp->impp()->fdClose(fdi);
}

}  // extern "C"
