// What the C++ drivers share: the inputs and the record, as `src/drive.rs` has them.
#pragma once
#include "verilated.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

class Inputs final {
    uint64_t m_state = 0x5eed;
    unsigned m_resets = 0;

public:
    // splitmix64
    uint64_t next() {
        uint64_t z = (m_state += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    uint64_t bits(unsigned width) { return next() & (~0ULL >> (64 - width)); }
    bool resets() {
        if (m_resets < 2) return ++m_resets;
        return next() % 64 == 0;
    }
    bool fires() { return next() % 4 == 0; }
};

inline void fill(CData& value, Inputs& inputs, unsigned width) { value = inputs.bits(width); }
inline void fill(SData& value, Inputs& inputs, unsigned width) { value = inputs.bits(width); }
inline void fill(IData& value, Inputs& inputs, unsigned width) { value = inputs.bits(width); }
inline void fill(QData& value, Inputs& inputs, unsigned width) { value = inputs.bits(width); }
inline void fill(double& value, Inputs& inputs, unsigned) {
    value = static_cast<int64_t>(inputs.bits(20)) / 16.0 - 32768.0;
}
inline void fill(std::string& value, Inputs& inputs, unsigned) {
    value.resize(inputs.bits(5));
    for (char& c : value) c = static_cast<char>('!' + inputs.next() % 90);
}
template <std::size_t N>
void fill(VlWide<N>& value, Inputs& inputs, unsigned width) {
    for (unsigned at = 0; at < N; ++at) {
        const unsigned rest = width - 32 * at;
        value[at] = inputs.bits(rest < 32 ? rest : 32);
    }
}
template <typename T, std::size_t N>
void fill(T (&values)[N], Inputs& inputs, unsigned width) {
    for (T& value : values) fill(value, inputs, width);
}
template <typename T, std::size_t N>
void fill(VlUnpacked<T, N>& values, Inputs& inputs, unsigned width) {
    for (std::size_t at = 0; at < N; ++at) fill(values[at], inputs, width);
}

class Record final {
    std::FILE* m_filep;

public:
    explicit Record(const char* path)
        : m_filep{std::fopen(path, "wb")} {
        if (!m_filep) std::abort();
    }
    ~Record() { std::fclose(m_filep); }
    void write(const void* bytes, std::size_t length) { std::fwrite(bytes, 1, length, m_filep); }
    // 0, 1 after $finish, 2 after $stop, $error or $fatal.
    void status(VerilatedContext& context) {
        const uint8_t status = context.gotError() ? 2 : context.gotFinish() ? 1 : 0;
        context.gotError(false);
        context.gotFinish(false);
        write(&status, 1);
    }
};

inline void put(Record& record, CData value) { record.write(&value, sizeof(value)); }
inline void put(Record& record, SData value) { record.write(&value, sizeof(value)); }
inline void put(Record& record, IData value) { record.write(&value, sizeof(value)); }
inline void put(Record& record, QData value) { record.write(&value, sizeof(value)); }
inline void put(Record& record, double value) { record.write(&value, sizeof(value)); }
inline void put(Record& record, const std::string& value) {
    uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
    for (const char c : value) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3ULL;
    record.write(&hash, sizeof(hash));
}
template <std::size_t N>
void put(Record& record, const VlWide<N>& value) {
    for (std::size_t at = 0; at < N; ++at) {
        const EData word = value[at];
        record.write(&word, sizeof(word));
    }
}
template <typename T, std::size_t N>
void put(Record& record, const T (&values)[N]) {
    for (const T& value : values) put(record, value);
}
template <typename T, std::size_t N>
void put(Record& record, const VlUnpacked<T, N>& values) {
    for (std::size_t at = 0; at < N; ++at) put(record, values[at]);
}
