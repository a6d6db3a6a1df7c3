// State that a model has outside of its variables, and that Verilator's operators leave out: the
// random generator's, and open files. Compiled once per Verilator version, beside the runtime.
#include "lightsss_verilated.h"
// As Verilator's own sources do: the files of a context are not part of the public interface.
#ifndef VERILATOR_VERILATED_CPP_
#define VERILATOR_VERILATED_CPP_
#endif
#include "lightsss_files.h"
#include "lightsss_generator.h"

#include <cstring>
#include <system_error>
#include <thread>

namespace {

using Generator = LightsssGenerator<VlRNG>;
static_assert(Generator::size <= sizeof(LightsssContext::m_generator), "the generator has grown");

// The context that this thread's generator belongs to.
thread_local LightsssContext* t_drawingp = nullptr;

// Where a generator starts that is seeded as the context says. A thread's first draw is seeded by Verilator
// itself; `randSeed` would have the generators of all threads start anew, in the midst of their runs.
void start(LightsssContext* contextp) noexcept {
    const auto draw = [contextp] {
        Verilated::threadContextp(contextp);
        std::memcpy(contextp->m_generator, Generator::place(), Generator::size);
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

}  // namespace

void LightsssContext::seed(int seed) {
    if (!Generator::size) {
        randSeed(seed);
        return;
    }
    m_s.m_randSeed = seed;
    start(this);
    if (t_drawingp == this) t_drawingp = nullptr;
    draw();
}

void LightsssContext::draw() {
    if (t_drawingp == this || !Generator::size) return;
    if (t_drawingp) {
        Verilated::threadContextp(t_drawingp);
        std::memcpy(t_drawingp->m_generator, Generator::place(), Generator::size);
        t_drawingp->m_kept = true;
    }
    if (!m_kept) start(this);
    Verilated::threadContextp(this);
    std::memcpy(Generator::place(), m_generator, Generator::size);
    t_drawingp = this;
}

void LightsssContext::drawFirst() {
    if (!t_drawingp) t_drawingp = this;
}

void LightsssContext::drawNoMore() {
    if (t_drawingp == this) t_drawingp = nullptr;
}

extern "C" {

size_t lightsss1_random_size() noexcept { return Generator::size; }

void lightsss1_random_save(LightsssContext* contextp, uint8_t* bytes) noexcept {
    const LightsssInside inside{contextp};
    if (Generator::size) std::memcpy(bytes, Generator::place(), Generator::size);
}

void lightsss1_random_restore(LightsssContext* contextp, const uint8_t* bytes) noexcept {
    const LightsssInside inside{contextp};
    if (Generator::size) std::memcpy(Generator::place(), bytes, Generator::size);
}

void lightsss1_files(LightsssContext* contextp, void* env, LightsssFile each) noexcept {
    const LightsssInside inside{contextp};
    lightsss_files(contextp, env, each);
}

bool lightsss1_file_open(LightsssContext* contextp, uint32_t fdi, int flags, int64_t position,
                         const char* path) noexcept {
    const LightsssInside inside{contextp};
    return lightsss_file_open(contextp, fdi, flags, position, path);
}

void lightsss1_file_close(LightsssContext* contextp, uint32_t fdi) noexcept {
    const LightsssInside inside{contextp};
    lightsss_file_close(contextp, fdi);
}

}  // extern "C"
