// Saves and restores the model `$class$`, for Verilator $version$. Written by lightsss-codegen; to be compiled with the
// model and linked with lightsss-capi.
#include "lightsss_borrowed.h"

#include "$class$.h"
#include "$class$__Syms.h"
#include "$class$_lightsss.h"

using Handle = LightsssBorrowedHandle<$class$>;

