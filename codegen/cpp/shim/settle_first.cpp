void $function$($class$___024root*);

namespace {

// After a restore by name everything combinational is computed anew. That may call imports, so it waits for the next
// call that brings them.
void settle_first(Handle* handlep) {
    if (VL_LIKELY(!handlep->unsettled)) return;
    handlep->unsettled = false;
    $function$(handlep->modelp->rootp);
}

}  // namespace

