// Beyond the original. Argument: what to do.
#include "lightsss.h"
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

static void segfault() {
  // Read from memory, so that the compiler does not know that it is null.
  volatile int *volatile nowhere = nullptr;
  *nowhere = 1;
}

int main(int, char **argv) {
  setvbuf(stdout, nullptr, _IOLBF, 0);
  const bool supervised = !strncmp(argv[1], "supervised", 10);
  const bool tells = strstr(argv[1], "cycles") != nullptr;
  if (supervised) {
    lightsss_supervisor_options options;
    lightsss_supervisor_options_init(&options);
    options.report = [](const char *text, void *) { fprintf(stderr, "report: %s\n", text); };
    if (!LightSSS::supervise(&options)) return 2;
    if (LightSSS::supervise()) return 2;
  }
  LightSSS slots;
  if (!strcmp(argv[1], "many")) {
    for (int i = 0; i < 10000; i++)
      if (slots.do_fork(i) != FORK_OK) return 2;
    const lightsss_figures figures = slots.figures();
    printf("taken %" PRIu64 ", missed %" PRIu64 ", slots %zu\n", figures.taken, figures.missed,
           lightsss_count(slots.get()));
    return slots.do_clear();
  }
  if (!strcmp(argv[1], "named")) {
    if (slots.pin("boot", 0) == FORK_CHILD) {
      lightsss_replay_info info;
      lightsss_replay(slots.get(), &info);
      printf("child: from %" PRIu64 " to %" PRIu64 ", %s, %s\n", info.from_cycle, info.end_cycle, info.message,
             info.label);
      slots.progress(41);
      lightsss_note(slots.get(), "wave.fst");
      slots.finish(LIGHTSSS_OTHER_FAILURE, "elsewhere");
    }
    for (int cycle = 10; cycle < 50; cycle += 10)
      if (slots.do_fork(cycle) == FORK_CHILD) return 3;
    for (size_t i = 0; i < lightsss_count(slots.get()); i++) {
      lightsss_slot slot;
      lightsss_slot_at(slots.get(), i, &slot);
      printf("slot %zu: cycle %" PRIu64 " '%s'\n", i, slot.cycle, slot.name);
    }
    lightsss_order order;
    lightsss_order_init(&order, 45);
    order.choice = LIGHTSSS_NAMED;
    order.choice_name = "boot";
    order.message = "mismatch";
    order.label = "for you";
    lightsss_report report;
    const int result = slots.wake(order, &report);
    printf("woken %d: outcome %d '%s', from %" PRIu64 ", reached %" PRIu64 ", note %s\n", result, report.outcome,
           report.text, report.from_cycle, report.reached_cycle, report.note);
    return 0;
  }
  for (uint64_t cycle = 0; cycle < 1000; cycle++) {
    if (!slots.is_child() && cycle % 10 == 0) {
      const int forked = tells ? slots.do_fork(cycle) : slots.do_fork();
      if (forked == FORK_ERROR) return 2;
      if (forked == FORK_CHILD) printf("child: from %" PRIu64 "\n", cycle);
    }
    if (tells) slots.progress(cycle);
    if (slots.is_child()) {
      if (cycle > slots.get_end_cycles() + 3) {
        printf("child: ends at %" PRIu64 "\n", cycle);
        slots.finish(LIGHTSSS_NO_FAILURE);
      }
      if (!tells && cycle == 45) {
        printf("child: end beyond every cycle: %d\n", slots.get_end_cycles() > UINT64_MAX / 4);
        slots.finish(LIGHTSSS_DONE);
      }
    } else if (strstr(argv[1], "wait")) {
      if (cycle == 45) printf("waits\n");
      if (cycle > 45) pause();
    } else if (cycle == 45) {
      if (strstr(argv[1], "well")) return 0;
      if (strstr(argv[1], "exit")) exit(4);
      segfault();
    }
  }
  return 5;
}
