// What the DPI functions give: numbers that are mixed of all that they are given, as `src/mixer.rs` has them in Rust.
#pragma once
#include "svdpi.h"
#include "verilated.h"
#include "verilated_sym_props.h"

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

struct Mixer final {
    uint64_t h;

    void put(uint64_t value) {
        h = (h ^ value) * 0x9e3779b97f4a7c15ULL;
        h ^= h >> 29;
    }
    void put(char value) { put(static_cast<uint64_t>(static_cast<int64_t>(value))); }
    void put(short value) { put(static_cast<uint64_t>(static_cast<int64_t>(value))); }
    void put(int value) { put(static_cast<uint64_t>(static_cast<int64_t>(value))); }
    void put(long long value) { put(static_cast<uint64_t>(value)); }
    void put(unsigned char value) { put(static_cast<uint64_t>(value)); }
    void put(unsigned short value) { put(static_cast<uint64_t>(value)); }
    void put(unsigned int value) { put(static_cast<uint64_t>(value)); }
    void put(unsigned long long value) { put(static_cast<uint64_t>(value)); }
    void put(double value) {
        uint64_t bits;
        std::memcpy(&bits, &value, sizeof(bits));
        put(bits);
    }
    void put(const char* value) {
        for (const char* c = value; *c; ++c) put(static_cast<unsigned char>(*c));
        put(static_cast<uint64_t>(std::strlen(value)));
    }
    void put_words(const uint32_t* words, size_t step, unsigned width) {
        if (width <= 32) return put(static_cast<uint64_t>(words[0]));
        if (width <= 64) return put(words[0] | static_cast<uint64_t>(words[step]) << 32);
        for (unsigned at = 0; 32 * at < width; ++at) put(static_cast<uint64_t>(words[at * step]));
    }
    void put_vector(const svBitVecVal* value, unsigned width) { put_words(value, 1, width); }
    void put_vector(const svLogicVecVal* value, unsigned width) { put_words(&value->aval, 2, width); }
    void put_open_int(svOpenArrayHandle value) {
        const int low = svLow(value, 1), high = svHigh(value, 1);
        for (int at = low; at <= high; ++at) put(*static_cast<int*>(svGetArrElemPtr1(value, at)));
    }
    // The standard's functions reach no elements of these kinds.
    template <typename T_Put>
    void put_open(svOpenArrayHandle value, T_Put&& each) {
        const int low = svLow(value, 1), high = svHigh(value, 1);
        const auto* const varp = reinterpret_cast<const VerilatedDpiOpenVar*>(value);
        for (int at = low; at <= high; ++at) each(varp->datapAdjustIndex(varp->datap(), 1, at));
    }
    void put_open_real(svOpenArrayHandle value) {
        put_open(value, [&](void* datap) { put(*static_cast<double*>(datap)); });
    }
    void put_open_string(svOpenArrayHandle value) {
        put_open(value, [&](void* datap) { put(static_cast<std::string*>(datap)->c_str()); });
    }

    uint64_t take() {
        h = h * 6364136223846793005ULL + 1442695040888963407ULL;
        return h ^ (h >> 32);
    }
    template <typename T>
    void take(T& value) {
        value = static_cast<T>(take());
    }
    void take(double& value) { value = static_cast<double>(take() & 0xfffff) / 16.0; }
    void take(const char*& value) {
        static char s_texts[64][16];
        static unsigned s_next = 0;
        char* const text = s_texts[s_next++ % 64];
        std::snprintf(text, sizeof(s_texts[0]), "%x", static_cast<unsigned>(take() & 0xffffff));
        value = text;
    }
    template <typename T_Set>
    void take_words(unsigned width, T_Set&& set) {
        if (width <= 64) {
            const uint64_t value = take() & (~0ULL >> (64 - width));
            set(0, static_cast<uint32_t>(value));
            if (width > 32) set(1, static_cast<uint32_t>(value >> 32));
            return;
        }
        for (unsigned at = 0; 32 * at < width; ++at) {
            const unsigned rest = width - 32 * at;
            set(at, static_cast<uint32_t>(take() & (~0ULL >> (rest < 32 ? 64 - rest : 32))));
        }
    }
    void take_vector(svBitVecVal* value, unsigned width) {
        take_words(width, [&](unsigned at, uint32_t word) { value[at] = word; });
    }
    void take_vector(svLogicVecVal* value, unsigned width) {
        take_words(width, [&](unsigned at, uint32_t word) { value[at] = {word, 0}; });
    }
};
