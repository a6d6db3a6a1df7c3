// The two functions of LZ4 that Verilator's FST writer calls from 5.048 on, so that a machine
// needs no LZ4 to build a model. Writes the LZ4 block format: tokens of literals and of matches
// within the last 64 KiB, the last five bytes literal, no match in the last twelve.
#ifndef LIGHTSSS_LZ4_H_
#define LIGHTSSS_LZ4_H_

#include <cstdint>
#include <cstring>
#include <vector>

static inline int LZ4_compressBound(int size) { return size + size / 255 + 16; }

namespace lightsss_lz4 {

struct Output final {
    uint8_t* nextp;
    uint8_t* const endp;
    bool full = false;
    void put(uint8_t byte) {
        if (nextp == endp) {
            full = true;
        } else {
            *nextp++ = byte;
        }
    }
    void length(size_t rest) {
        for (; rest >= 255; rest -= 255) put(255);
        put(static_cast<uint8_t>(rest));
    }
};

// A token, its literals, and the match behind them unless `match` is 0.
static inline void sequence(Output& out, const uint8_t* literals, size_t count, size_t offset,
                            size_t match) {
    const size_t code = match ? match - 4 : 0;
    out.put(static_cast<uint8_t>((count < 15 ? count : 15) << 4 | (code < 15 ? code : 15)));
    if (count >= 15) out.length(count - 15);
    for (size_t i = 0; i < count; ++i) out.put(literals[i]);
    if (!match) return;
    out.put(static_cast<uint8_t>(offset));
    out.put(static_cast<uint8_t>(offset >> 8));
    if (code >= 15) out.length(code - 15);
}

static inline uint32_t word(const uint8_t* bytes) {
    uint32_t value;
    std::memcpy(&value, bytes, sizeof(value));
    return value;
}

}  // namespace lightsss_lz4

// Gives the bytes written, or 0 when they do not fit.
static inline int LZ4_compress_default(const char* from, char* to, int size, int capacity) {
    using namespace lightsss_lz4;
    const uint8_t* const bytes = reinterpret_cast<const uint8_t*>(from);
    uint8_t* const start = reinterpret_cast<uint8_t*>(to);
    const size_t total = static_cast<size_t>(size);
    Output out{start, start + capacity};
    std::vector<uint32_t> last(1 << 14, 0);  // Where a hash was seen, plus 1
    size_t anchor = 0, at = 0;
    while (at + 12 < total) {
        const uint32_t here = word(bytes + at);
        uint32_t& seen = last[(here * 2654435761U) >> 18];
        const size_t candidate = seen;
        seen = static_cast<uint32_t>(at + 1);
        if (!candidate || at - (candidate - 1) > 65535 || word(bytes + candidate - 1) != here) {
            ++at;
            continue;
        }
        const size_t offset = at - (candidate - 1);
        size_t match = 4;
        while (at + match + 5 < total && bytes[at + match] == bytes[at + match - offset]) ++match;
        sequence(out, bytes + anchor, at - anchor, offset, match);
        at += match;
        anchor = at;
    }
    sequence(out, bytes + anchor, total - anchor, 0, 0);
    return out.full ? 0 : static_cast<int>(out.nextp - start);
}

#endif
