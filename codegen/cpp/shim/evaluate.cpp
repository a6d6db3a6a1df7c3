namespace {

// Not inlined, so that the usual evaluation is short.
__attribute__((noinline, cold)) uint32_t eval_carefully(Handle* handlep) noexcept {
    return lightsss_enter(handlep, [&] {
        $settle$
        handlep->modelp->eval();
    });
}

}  // namespace

$new$ {
    return lightsss_new<Handle>(contextp, name);
}

$eval$ {
    $borrow$
    // One look for all that is rare, as this is called for every edge.
    if (VL_UNLIKELY(lightsss_careful.load(std::memory_order_relaxed))) {
        return eval_carefully(handlep);
    }
    try {
        handlep->modelp->eval();
    } catch (...) { return lightsss_broke_off(handlep); }
    static_assert(LIGHTSSS_STATUS_OK == 0 && LIGHTSSS_STATUS_HALTED == 1, "a status is not a flag");
    return handlep->contextp->m_halted;
}

$finish$ {
    if (handlep->finished) return LIGHTSSS_STATUS_OK;
    handlep->finished = true;
    $borrow$
    return lightsss_enter(handlep, [&] {
        $settle$
        handlep->modelp->final();
    });
}

$finish_at_drop$ {
    // A model that was left in the middle of an evaluation does not run its final blocks.
    if (handlep->broken) return LIGHTSSS_STATUS_OK;
    return $prefix$finish($no_imports$);
}

$delete$ {
    lightsss_delete(handlep);
}

$events_pending$ {
    bool pending = false;
    lightsss_aside(handlep, [&] { pending = handlep->modelp->eventsPending(); });
    return pending;
}

$next_time_slot$ {
    uint64_t slot = 0;
    lightsss_enter(handlep, [&] { slot = handlep->modelp->nextTimeSlot(); });
    return slot;
}

