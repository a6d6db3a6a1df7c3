$head$ {
    $borrow$
    return lightsss_export(handlep, scope, [&] {
        $settle$
        $call$
    });
}

