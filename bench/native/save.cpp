// Saves and restores MODEL with Verilator's own classes: `save FILE ROUNDS` prints nanoseconds of each.
#include MODEL_HEADER
#include "verilated_save.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

template <typename T_Call>
static double nanoseconds(T_Call&& call) {
    const auto begun = std::chrono::steady_clock::now();
    call();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begun;
    return took.count();
}

int main(int, char** argv) {
    VerilatedContext context;
    context.threads(1);
    MODEL top{&context};
    top.eval();
    for (int round = std::atoi(argv[2]); round > 0; --round) {
        const double save = nanoseconds([&] {
            VerilatedSave file;
            file.open(argv[1]);
            file << top;
            file.close();
        });
        const double restore = nanoseconds([&] {
            VerilatedRestore file;
            file.open(argv[1]);
            file >> top;
            file.close();
        });
        std::printf("%.0f %.0f\n", save, restore);
    }
    top.final();
}
