// Saving and restoring the model `$class$`, for Verilator $version$. Written by lightsss-codegen.
//
//   LightSnapshot snapshot;
//   snapshot.add("dut", model);
//   snapshot.save("boot.lsss");
#ifndef $class$_LIGHTSSS_H_
#define $class$_LIGHTSSS_H_

#include "lightsss.h"

class $class$;

// What `LightSnapshot::add` asks of a model's class.
const lightsss_kind *lightsss_kind_of(const $class$ *model);

#endif
