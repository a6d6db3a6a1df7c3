$coverage_write$ {
    return lightsss_aside(handlep, [&] { handlep->contextp->coveragep()->write(path); });
}

