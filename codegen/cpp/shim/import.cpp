extern "C" $returns$ $name$($parameters$) {
    $before$
    if (!s_borrowp) $return$  // From `final` in a destructor, which has no imports
    const LightsssWaiting waiting{s_contextp};
    if (!s_borrowp->tablep->$name$($arguments$)) throw LightsssPanic{};
    $after$
}

