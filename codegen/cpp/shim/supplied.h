// What the save functions of `$class$` need and Verilator does not declare.
#ifndef LIGHTSSS_SUPPLIED_$class$_
#define LIGHTSSS_SUPPLIED_$class$_
#include "lightsss_save_more.h"
$structs$
$references$
$classes$
#endif
