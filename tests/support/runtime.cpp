// Verilator's `$finish` and `$stop` for the C++ drivers: flags, and no end of the process.
#include "verilated.h"

void vl_finish(const char*, int, const char*) VL_MT_UNSAFE {
    Verilated::threadContextp()->gotFinish(true);
}
void vl_stop(const char*, int, const char*) VL_MT_UNSAFE {
    Verilated::threadContextp()->gotError(true);
    Verilated::threadContextp()->gotFinish(true);
}
