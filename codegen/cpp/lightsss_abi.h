// The plain C types of the models' interfaces. `lightsss-runtime/src/model/ffi.rs` declares them again.
#ifndef LIGHTSSS_ABI_H_
#define LIGHTSSS_ABI_H_

#include <cstddef>
#include <cstdint>

// What a guarded call returns.
enum LightsssStatus : uint32_t { LIGHTSSS_STATUS_OK = 0, LIGHTSSS_STATUS_HALTED = 1, LIGHTSSS_STATUS_PANICKED = 2 };

extern "C" {
typedef void (*LightsssWrite)(void* env, const uint8_t* bytes, size_t length);
typedef void (*LightsssMark)(void* env);
typedef void (*LightsssField)(void* env, const char* name, size_t offset, size_t size, bool sign);
typedef void (*LightsssFile)(void* env, uint32_t fdi, int flags, int64_t position, const char* path, size_t length);
// Where a member of an object lies.
struct LightsssPlace {
    uint64_t offset;
    uint64_t size;
};
}

#endif
