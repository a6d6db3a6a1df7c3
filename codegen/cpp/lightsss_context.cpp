// What a snapshot holds of a context. Compiled once per Verilator version, beside the runtime.
#include "lightsss_context_fields.h"
#include "lightsss_verilated.h"

void LightsssContext::clearPadding() noexcept { lightsss_clear_padding(m_s); }

extern "C" void lightsss1_context_fields(LightsssContext* contextp, void* env, LightsssField each) noexcept {
    contextp->eachField(env, each);
}

void LightsssContext::eachField(void* env, LightsssField each) const { lightsss_each_field(m_s, env, each); }
