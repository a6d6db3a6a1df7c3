// What traces need of a model: the marks by which they find what has changed, and the trace that the design itself
// opens with `$dumpvars`.
#ifndef LIGHTSSS_TRACE_H_
#define LIGHTSSS_TRACE_H_

#include "lightsss_verilated.h"

#include <cstring>

// Marks everything as changed since the last dump of a trace. The marks are part of what Verilator
// saves, and dumps clear them: without this, a replay that is traced would not have the state of
// its original, which is not. More marks than needed are harmless: a dump compares more.
//
// A model without tracing has no marks; a small one has the first only, as its second are no members.
template <typename Symbols>
auto lightsss_mark_activity(Symbols* symsp, int) -> decltype(symsp->__Vm_activity, void()) {
    symsp->__Vm_activity = true;
}
template <typename Symbols>
void lightsss_mark_activity(Symbols*, long) {}
template <typename Root>
auto lightsss_mark_activities(Root* rootp, int) -> decltype(rootp->__Vm_traceActivity, void()) {
    std::memset(&rootp->__Vm_traceActivity, 1, sizeof(rootp->__Vm_traceActivity));
}
template <typename Root>
void lightsss_mark_activities(Root*, long) {}
template <typename Root>
void lightsss_mark_all_active(Root* rootp) {
    lightsss_mark_activity(rootp->vlSymsp, 0);
    lightsss_mark_activities(rootp, 0);
}

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
