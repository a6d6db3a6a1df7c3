// A simulation loop as the documentation of the original class has it.
// Arguments: the cycle at which it fails (0: never), cycles between forks, the waveform's path, and how a
// child ends (return, exit, abort).
#ifdef PLAIN
#include "plain.h"
#else
#include "lightsss.h"
#endif
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>

int main(int, char **argv) {
  const uint64_t fail_at = strtoull(argv[1], nullptr, 10), every = strtoull(argv[2], nullptr, 10);
  FILE *wave = nullptr;
  LightSSS *lightsss = new LightSSS;
  uint64_t cycles = 0, state = 1;
  bool failed = false;
  for (; cycles < 1000; cycles++) {
    if (lightsss->is_child()) {
      if (cycles > lightsss->get_end_cycles() + 100) break;
    } else if (cycles % every == 0) {
      switch (lightsss->do_fork()) {
      case FORK_ERROR: return 2;
      case FORK_CHILD: wave = fopen(argv[3], "w"); break;
      default: break;
      }
    }
    state = state * 6364136223846793005u + cycles;
    if (wave) fprintf(wave, "%" PRIu64 " %" PRIx64 "\n", cycles, state);
    failed = failed || cycles + 1 == fail_at;
    if (failed && !lightsss->is_child()) break;
  }
  if (lightsss->is_child()) {
    fprintf(wave, "end at %" PRIu64 "\n", cycles);
    fclose(wave);
    if (!strcmp(argv[4], "abort")) abort();
    if (!strcmp(argv[4], "exit")) exit(3);
    return 0;
  }
  printf("%s at %" PRIu64 ", state %" PRIx64 "\n", failed ? "failed" : "ended", cycles, state);
  printf("%d\n", failed ? lightsss->wakeup_child(cycles) : lightsss->do_clear());
  delete lightsss;
  return failed;
}
