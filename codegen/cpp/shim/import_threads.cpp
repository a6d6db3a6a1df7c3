extern "C" $returns$ $name$($parameters$) {
    $before$
    // Nothing is borrowed by `final` in a destructor. An exception must not leave a thread of the pool: the evaluation
    // goes on, and reports it.
    s_borrows.use([&](DpiBorrow* borrowp) { borrowp->tablep->$name$($arguments$); });
    $after$
}

