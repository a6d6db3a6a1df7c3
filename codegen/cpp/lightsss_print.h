// Verilator's runtime prints through these, and takes its seeds from the context's own sequence.
#pragma once
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
int lightsss_printf(const char* format, ...);
int lightsss_vprintf(const char* format, va_list ap);
long lightsss_lrand48();
#define lrand48 lightsss_lrand48
