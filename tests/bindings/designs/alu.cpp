// The same in two models, each of which has its own.
#include "alu.h"

int calls = 0;
const char* const offset_name = "OFFSET";

extern "C" int count(int x) {
    ++calls;
    return Helper{x}.shifted() + 1000 * calls;
}
// For the rest of the program.
extern "C" int ALU_CALLS() { return calls; }
