#include "Vcounter.h"
#include "bench.h"

int main(int, char** argv) {
    VerilatedContext context;
    context.threads(1);
    Vcounter top{&context};
    top.rst = 1;
    top.enable = 1;
    const auto cycle = [&]() __attribute__((always_inline)) {
        top.clk = 0;
        top.eval();
        top.clk = 1;
        top.eval();
    };
    cycle();
    top.rst = 0;
    measure(argv, cycle);
    std::printf("%u\n", top.count);
    top.final();
}
