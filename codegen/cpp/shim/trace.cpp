namespace {

// Access to the callbacks that an open trace has registered with Verilator. They are private, but the explicit
// instantiation of a template may name them.
struct OnFlush final {};
struct OnExit final {};
void (*access_to(OnFlush))(void*);
void (*access_to(OnExit))(void*);
template <typename T_Tag, void (*T_callback)(void*)>
struct Access final {
    friend void (*access_to(T_Tag))(void*) { return T_callback; }
};
template struct Access<OnFlush, &$writer$::Super::onFlush>;
template struct Access<OnExit, &$writer$::Super::onExit>;

}  // namespace

$trace_open$ {
    return lightsss_trace_open(handlep, path, levels, access_to(OnFlush{}));
}

$trace_is_open$ {
    return static_cast<bool>(handlep->tracep);
}

$trace_dump$ {
    return lightsss_traced(handlep, [&] {
        lightsss_dump(handlep->contextp, handlep->modelp->rootp, [&] { handlep->tracep->dump(time); });
    });
}

$trace_flush$ {
    return lightsss_traced(handlep, [&] { handlep->tracep->flush(); });
}

$trace_close$ {
    return lightsss_traced(handlep, [&] { handlep->tracep->close(); });
}

$trace_error$ {
    return handlep->traceError.empty() ? nullptr : handlep->traceError.c_str();
}

$trace_abandon$ {
    lightsss_trace_abandon(handlep, access_to(OnFlush{}), access_to(OnExit{}));
}

