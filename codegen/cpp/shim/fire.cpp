$fire$ {
    switch (port) {
    $cases$
    default: break;
    }
}

