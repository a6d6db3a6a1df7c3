// Calls a cycle so often as the first argument says; prints nanoseconds per call.
#include "verilated.h"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

template <typename T_Cycle>
static inline void measure(char** argv, T_Cycle&& cycle) {
    const long cycles = std::atol(argv[1]);
    // The first ones fault pages in.
    for (int warm = 0; warm < 1000; ++warm) cycle();
    const auto begun = std::chrono::steady_clock::now();
    for (long at = 0; at < cycles; ++at) cycle();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begun;
    std::printf("%.6f\n", took.count() / static_cast<double>(cycles));
}

// 64 KiB that start with the file that an argument names.
struct Memory {
    uint8_t bytes[64 << 10] = {};
    explicit Memory(const char* path) {
        std::FILE* const file = std::fopen(path, "rb");
        if (!file || !std::fread(bytes, 1, sizeof bytes, file)) std::exit(2);
        std::fclose(file);
    }
    uint32_t read(uint32_t address) const {
        const uint8_t* const p = bytes + (address & 0xfffc);
        return p[0] | p[1] << 8 | p[2] << 16 | static_cast<uint32_t>(p[3]) << 24;
    }
    void write(uint32_t address, uint32_t value, unsigned mask) {
        uint8_t* const p = bytes + (address & 0xfffc);
        for (int byte = 0; byte < 4; ++byte)
            if (mask >> byte & 1) p[byte] = static_cast<uint8_t>(value >> 8 * byte);
    }
};
