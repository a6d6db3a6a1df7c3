// The C interface of the model `$name$`, for Verilator $version$. Written by lightsss-codegen.

$includes$

extern "C" const char $marker$ = 0;

// Two models of one class in a program would share their functions: fail to link instead.
extern "C" const char lightsss_two_models_have_the_class_$class$_set_prefix = 0;

namespace {

struct Handle final : $handle$<$classes$> {
    using $handle$::$handle$;
};

}  // namespace

