// What a C++ user starts with: picorv32 on a memory of no-ops.
#include "Vpicorv32.h"
#include "verilated.h"

int main(int argc, char** argv) {
    VerilatedContext context;
    context.commandArgs(argc, argv);
    Vpicorv32 top{&context};
    for (int cycle = 0; cycle < 1000; ++cycle) {
        top.clk = 0;
        top.resetn = cycle > 2;
        top.eval();
        top.clk = 1;
        top.mem_ready = top.mem_valid;
        top.mem_rdata = 0x00000013;
        top.eval();
    }
    top.final();
    return 0;
}
