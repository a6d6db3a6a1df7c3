// Verilator's runtime prints through these.
#pragma once
#include <cstdarg>
#include <cstdio>
int lightsss_printf(const char* format, ...);
int lightsss_vprintf(const char* format, va_list ap);
