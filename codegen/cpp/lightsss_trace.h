// What traces need of a model beside its marks: the trace that the design itself opens with `$dumpvars`.
#ifndef LIGHTSSS_TRACE_H_
#define LIGHTSSS_TRACE_H_

#include "lightsss_marks.h"
#include "lightsss_verilated.h"

// Dumps a trace. Each trace of a model clears the marks that its other traces need.
template <typename Root, typename T_Dump>
void lightsss_dump(LightsssContext* contextp, Root* rootp, T_Dump&& dump) {
    const bool shared = contextp->sharesMarks();
    if (shared) lightsss_mark_all_active(rootp);
    dump();
    if (shared) lightsss_mark_all_active(rootp);
}

// In a forked process, the trace that the design itself has opened, or will open: the file is the original's. What
// stands in for it is never open, and keeps the design from opening the file again.
template <typename Symbols, typename T_Flush, typename T_Exit>
auto lightsss_abandon_dump(Symbols* symsp, T_Flush onFlush, T_Exit onExit, int)
    -> decltype(symsp->__Vm_dumperp->spTrace(), void()) {
    if (symsp->__Vm_dumperp) {
        Verilated::removeFlushCb(onFlush, symsp->__Vm_dumperp->spTrace());
        Verilated::removeExitCb(onExit, symsp->__Vm_dumperp->spTrace());
    }
    symsp->__Vm_dumping = false;
    symsp->__Vm_dumperp = new std::remove_reference_t<decltype(*symsp->__Vm_dumperp)>;
}
template <typename Symbols, typename T_Flush, typename T_Exit>
void lightsss_abandon_dump(Symbols*, T_Flush, T_Exit, long) {}

#endif
