// This version of Verilator has nothing to do around a fork.
$prepare_clone$ {
    (void)handlep;
}

$at_clone$ {
    (void)handlep;
}

