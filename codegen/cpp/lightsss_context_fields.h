// The context's part of a saved model: a raw copy of a structure that differs between versions of Verilator. Here its
// fields get their names, and what lies between them is made the same everywhere.
#ifndef LIGHTSSS_CONTEXT_FIELDS_H_
#define LIGHTSSS_CONTEXT_FIELDS_H_

#include "lightsss_abi.h"

#include <type_traits>

struct LightsssContextField final {
    const char* name = nullptr;  // Null where the version does not have it
    size_t offset = 0;
    size_t size = 0;
    bool sign = false;
};

template <typename T_Struct, typename T_Member>
LightsssContextField lightsss_field(const char* name, const T_Struct& whole, const T_Member& member) {
    return {name,
            static_cast<size_t>(reinterpret_cast<const char*>(&member)
                                - reinterpret_cast<const char*>(&whole)),
            sizeof(T_Member), std::is_signed<T_Member>::value};
}

// Every field that some version has.
#define LIGHTSSS_FIELDS(each) \
    each(m_time, "time") each(m_assertOn, "assertions") each(m_calcUnusedSigs, "trace_ever_on") \
    each(m_fatalOnError, "fatal_on_error") each(m_fatalOnVpiError, "fatal_on_vpi_error") \
    each(m_gotError, "got_error") each(m_gotFinish, "got_finish") each(m_quiet, "quiet") \
    each(m_timeunit, "time_unit") each(m_timeprecision, "time_precision") \
    each(m_errorCount, "error_count") each(m_errorLimit, "error_limit") \
    each(m_randReset, "initial_values") each(m_randSeed, "seed") \
    each(m_timeFormatUnits, "time_format_units") \
    each(m_timeFormatPrecision, "time_format_precision") \
    each(m_timeFormatWidth, "time_format_width")

#define LIGHTSSS_FIND(member, name) \
    template <typename T> \
    auto lightsss_find_##member(const T& whole, int) -> decltype((void)whole.member, LightsssContextField{}) { \
        return lightsss_field(name, whole, whole.member); \
    } \
    template <typename T> \
    LightsssContextField lightsss_find_##member(const T&, long) { \
        return {}; \
    }
LIGHTSSS_FIELDS(LIGHTSSS_FIND)
#undef LIGHTSSS_FIND

#if defined(__has_builtin)
#if __has_builtin(__builtin_clear_padding)
#define LIGHTSSS_CLEARS_PADDING_
#endif
#endif

template <typename T>
void lightsss_clear_padding(T& whole, std::true_type) {
#ifdef LIGHTSSS_CLEARS_PADDING_
    __builtin_clear_padding(&whole);
#else
    (void)whole;
#endif
}
// What holds atomic fields. Up to 5.048 they leave no padding.
template <typename T>
void lightsss_clear_padding(T&, std::false_type) {}

// Makes what lies between the fields zero.
template <typename T>
void lightsss_clear_padding(T& whole) {
    lightsss_clear_padding(whole, std::is_trivially_copyable<T>{});
}

// Calls `each` with every field: its name, place, size, whether it has a sign. The first has no name, and is the whole.
template <typename T>
void lightsss_each_field(const T& whole, void* env, LightsssField each) {
#define LIGHTSSS_FIND(member, name) lightsss_find_##member(whole, 0),
    const LightsssContextField fields[] = {LIGHTSSS_FIELDS(LIGHTSSS_FIND)};
#undef LIGHTSSS_FIND
    each(env, "", 0, sizeof(whole), false);
    for (const LightsssContextField& found : fields) {
        if (found.name) each(env, found.name, found.offset, found.size, found.sign);
    }
}

#endif
