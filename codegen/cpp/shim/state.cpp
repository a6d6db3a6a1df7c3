$save$ {
    return lightsss_save(handlep, write, env);
}

$restore$ {
    return lightsss_restore(handlep, bytes, length);
}

namespace {

$members$

}  // namespace

$state_layout$ {
    $class$__Syms* const symsp = handlep->modelp->rootp->vlSymsp;
    if (!places) return symsp;
    $calls$
    $instances$
    return symsp;
}

$state_save_entries$ {
    return lightsss_save_entries(handlep, write, mark, env,
                                 [](LightsssSave& save, $class$__Syms* symsp, const auto& done) {
        $saves$
    });
}

$state_restore_entries$ {
    return lightsss_restore_entries(handlep, bytes, length,
                                    [](LightsssRestore& restore, $class$__Syms* symsp) {
        $restores$
    });
}

$state_refusal$ {
    return handlep->refusal();
}

$state_mark_active$ {
    lightsss_mark_all_active(handlep->modelp->rootp);
}

// Whether the next evaluation begins with computing everything combinational.
$state_waits$ {
    return handlep->unsettled;
}

