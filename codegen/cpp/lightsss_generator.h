// The state of Verilator's random generator, of which each thread has one.
#ifndef LIGHTSSS_GENERATOR_H_
#define LIGHTSSS_GENERATOR_H_

#include "verilated.h"

#include <cstddef>
#include <type_traits>

// Early versions do not have it.
class VlRNG;

template <typename T, typename = void>
struct LightsssGenerator final {
    static constexpr size_t size = 0;
    static void* place() { return nullptr; }
};
template <typename T>
struct LightsssGenerator<T, std::void_t<decltype(T::vl_thread_rng())>> final {
    static constexpr size_t size = sizeof(T);
    static_assert(std::is_trivially_copyable<T>::value, "the generator is more than its bits");
    // Seeds it, if it is not; from then on it goes its own way.
    static void* place() { return &T::vl_thread_rng(); }
};

#endif
