// What the class of C++ harnesses costs. Compiled twice into one program: with the library's class, and (PLAIN) with one
// of fork alone, each a function that answers each line of input with a number of nanoseconds.
//
//   pause    a checkpoint, with two slots kept, after scattered writes to 1 % of the pages
//   wake     from the wake to the awake slot
//   drop     two slots dropped
#include <chrono>
#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <list>
#include <memory>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#ifdef PLAIN
// Its headers are those above.
namespace plain {
#include "plain.h"
}
using plain::FORK_CHILD;
using plain::LightSSS;
#define MEASURE measure_plain_class
#else
#include "lightsss.h"
#define MEASURE measure_library_class
#endif

static uint64_t now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
}

// In a child: the cycle at which it was woken is the time of that.
static void take(LightSSS &slots) {
  if (slots.do_fork() != FORK_CHILD) return;
  printf("%" PRIu64 "\n", now() - slots.get_end_cycles());
  fflush(stdout);
  _exit(0);
}

extern "C" void MEASURE(const char *what, uint64_t mebibytes) {
  std::vector<char> memory(mebibytes << 20, 1);
  uint64_t state = 88172645463325252;
  const auto scatter = [&] {
    const uint64_t pages = memory.size() / 4096;
    for (uint64_t i = 0; i < pages / 100; i++) {
      state ^= state << 13, state ^= state >> 7, state ^= state << 17;
      memory[state % pages * 4096]++;
    }
  };
  auto slots = std::make_unique<LightSSS>();
  char line[64];
  while (fgets(line, sizeof(line), stdin)) {
    if (!strcmp(what, "wake")) {
      slots->do_clear();
      slots = std::make_unique<LightSSS>();
    }
    for (int i = 0; i < 2; i++) take(*slots);
    scatter();
    const uint64_t start = now();
    if (!strcmp(what, "wake")) {
      slots->wakeup_child(start);
      continue;
    }
    if (!strcmp(what, "pause"))
      take(*slots);
    else
      slots->do_clear();
    printf("%" PRIu64 "\n", now() - start);
    fflush(stdout);
  }
  slots->do_clear();
}
