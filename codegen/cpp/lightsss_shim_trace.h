// The part of the models' C interfaces that writes waveforms.
#ifndef LIGHTSSS_SHIM_TRACE_H_
#define LIGHTSSS_SHIM_TRACE_H_

#include "lightsss_shim.h"
#include "lightsss_trace.h"

// A guarded call that may write to the waveform's file. A file that cannot be written is closed.
template <typename T_Handle, typename T_Call>
inline uint32_t lightsss_traced(T_Handle* handlep, T_Call&& call) {
    if (!handlep->tracep) return LIGHTSSS_STATUS_OK;
    const LightsssRecordsOnly recordsOnly{handlep->contextp};
    const LightsssWriting writing{handlep->contextp, &handlep->traceError};
    const uint32_t status = lightsss_guarded(handlep->contextp, call);
    handlep->contextp->m_broken = false;
    if (handlep->tracep && !handlep->tracep->isOpen()) handlep->dropTrace();
    return status;
}

template <typename T_Handle>
uint32_t lightsss_trace_open(T_Handle* handlep, const char* path, int levels, LightsssOnFlush onFlush) {
    using Trace = typename T_Handle::Trace;
    handlep->traceError.clear();
    const LightsssWriting writing{handlep->contextp, &handlep->traceError};
    const uint32_t status = lightsss_aside(handlep, [&] {
        handlep->tracep.reset(new Trace);
        Trace* const tracep = handlep->tracep.get();
        handlep->contextp->traceOne(handlep->traceable, tracep,
                                    [&] { handlep->modelp->trace(tracep, 99); });
        // `trace` ignores its levels. The first level is the model's own name.
        if (levels) tracep->dumpvars(levels + 1, handlep->modelp->name());
        tracep->open(path);
        handlep->waveformp.reset(new LightsssWaveform{handlep->contextp, onFlush, tracep->spTrace()});
    });
    if (status != LIGHTSSS_STATUS_OK || !handlep->tracep->isOpen()) {
        lightsss_traced(handlep, [&] { handlep->dropTrace(); });
    }
    return status;
}

// In a forked process: the file belongs to the original. Neither a destructor nor Verilator's flush and exit
// callbacks may write to it, so the object is left behind.
template <typename T_Handle>
void lightsss_trace_abandon(T_Handle* handlep, LightsssOnFlush onFlush, LightsssOnFlush onExit) {
    lightsss_abandon_dump(handlep->modelp->rootp->vlSymsp, onFlush, onExit, 0);
    if (!handlep->tracep) return;
    handlep->waveformp.reset();
    void* const tracep = handlep->tracep.release()->spTrace();
    Verilated::removeExitCb(onExit, tracep);
}

#endif
