// Ways in which a C++ model takes its process down, and state that only a fork carries along.

#include <cassert>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

static volatile int zero = 0;

#pragma GCC diagnostic ignored "-Winfinite-recursion"
static int recurse(volatile char *above) {
    // Smaller than a page: a larger one steps over the page by which Rust knows an overflow, now and then.
    volatile char frame[1024];
    frame[0] = above ? above[0] : 1;
    return recurse(frame) + frame[0];
}

// The first instruction of this one is illegal; the line before it belongs to another function.
asm(".globl illegal_at_once\n"
    ".type illegal_at_once, @function\n"
#ifdef __aarch64__
    "illegal_at_once: udf 0\n"
#else
    "illegal_at_once: ud2\n"
#endif
    ".size illegal_at_once, . - illegal_at_once");
extern "C" void illegal_at_once();

// What a model does that finds itself in a state that cannot be.
namespace model {
static void give_up() { std::abort(); }  // death: give up
static void check(int state) { assert(state == 1); }  // death: assert
static void throw_one() { throw 1; }  // death: noexcept
static void must_not_throw() noexcept { throw_one(); }
// A heap that was overrun: the C library finds it out, and aborts. Large, so that no hole of the heap takes
// one of the two and they lie side by side.
static void overrun() {
    char *volatile first = static_cast<char *>(malloc(100000));
    char *volatile second = static_cast<char *>(malloc(100000));
    memset(first, 0xff, 100010);
    free(second);  // death: overrun
    free(first);
}
}  // namespace model

// Of the harness, written in Rust.
extern "C" void callback();

extern "C" int death(const char *how) {
    const std::string cause = how;
    if (cause == "segv") {
        *reinterpret_cast<volatile int *>(16) = 1;
    } else if (cause == "bus") {
        FILE *file = tmpfile();
        if (ftruncate(fileno(file), 4096) != 0) return 1;
        volatile char *map =
            static_cast<char *>(mmap(nullptr, 8192, PROT_READ, MAP_SHARED, fileno(file), 0));
        return map[4096];
    } else if (cause == "fpe") {
        return 7 / zero;
    } else if (cause == "ill") {
        __builtin_trap();
    } else if (cause == "abort") {
        std::abort();  // death: abort
    } else if (cause == "give up") {
        model::give_up();
    } else if (cause == "assert") {
        model::check(zero);
    } else if (cause == "overrun") {
        model::overrun();
    } else if (cause == "noexcept") {
        model::must_not_throw();
    } else if (cause == "callback") {
        callback();
    } else if (cause == "ill at once") {
        illegal_at_once();
    } else if (cause == "terminate") {
        throw 1;
    } else if (cause == "stack") {
        return recurse(nullptr);
    } else if (cause == "exit") {
        std::exit(7);
    } else if (cause == "exit0") {
        std::exit(0);
    } else if (cause == "quick_exit") {
        _exit(9);
    } else if (cause == "kill") {
        kill(getpid(), SIGKILL);  // what the kernel's out-of-memory killer does
        pause();
    }
    return 0;
}

// What a model prints, half a line at a time, stays in C's buffer.
extern "C" void mutter(uint64_t cycle) {
    printf("<%llu", static_cast<unsigned long long>(cycle));
}

extern "C" void end_muttering() {
    printf(">\n");
    fflush(stdout);
}

// The SD-card case: a model that reads a file sequentially through buffers of its own.
static FILE *card_c = nullptr;
static std::ifstream card_cpp;

extern "C" int card_open(const char *path) {
    card_c = fopen(path, "rb");
    card_cpp.open(path, std::ios::binary);
    return card_c && card_cpp ? 0 : 1;
}

extern "C" uint32_t card_read() {
    uint32_t c = 0, cpp = 0;
    if (fread(&c, 4, 1, card_c) != 1) return 0xffffffff;
    card_cpp.read(reinterpret_cast<char *>(&cpp), 4);
    return c == cpp ? c : 0xfffffffe;
}
