// Verilator's coroutines end the process when an exception leaves one. Here it goes on into the call
// that resumed the coroutine, and so into the guard around the model.
#ifndef LIGHTSSS_TIMING_H_
#define LIGHTSSS_TIMING_H_

#include "verilated.h"

#include <cstdlib>

// `unhandled_exception` of the promise calls `std::abort`, so the replacement must be in `std` too.
namespace std {
[[noreturn]] void lightsss_rethrow();
}

#define abort lightsss_rethrow
#include "verilated_timing.h"
#undef abort

#endif
