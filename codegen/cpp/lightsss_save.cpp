// Compiled once per Verilator version and compiler, beside Verilator's own runtime.
#include "lightsss_save.h"

size_t lightsss_bounded(const VerilatedDeserialize& os, size_t length) {
    const auto* const oursp = dynamic_cast<const LightsssRestore*>(&os);
    if (oursp && length > oursp->left()) throw std::runtime_error("the saved state ends early");
    return length;
}
