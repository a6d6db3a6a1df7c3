// The marks by which Verilator's traces find what has changed.
#ifndef LIGHTSSS_MARKS_H_
#define LIGHTSSS_MARKS_H_

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

#endif
