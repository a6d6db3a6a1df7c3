$prepare_clone$ {
    // From an import: the threads stay, and the fork is refused because of them.
    if (handlep->entered) return;
    lightsss_aside(handlep, [&] { handlep->modelp->prepareClone(); });
}

$at_clone$ {
    if (handlep->entered) return;
    // The system may refuse the threads.
    lightsss_aside(handlep, [&] { handlep->modelp->atClone(); });
}

