// Computing everything combinational may call imports, and this call brings none: the next evaluation begins with it.
$state_settle$ {
    *done = true;
    handlep->unsettled = handlep->modelp->rootp->vlSymsp->__Vm_didInit;
    lightsss_careful = true;
    return LIGHTSSS_STATUS_OK;
}

