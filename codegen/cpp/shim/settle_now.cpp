void $function$($class$___024root*);

// Computes everything combinational from the state.
$state_settle$ {
    *done = true;
    return handlep->change([&] {
        $class$___024root* const rootp = handlep->modelp->rootp;
        if (rootp->vlSymsp->__Vm_didInit) $function$(rootp);
    });
}

