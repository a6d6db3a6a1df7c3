// What is refused, and how: one line for each.
#include "lightsss.h"
#include <atomic>
#include <cstdio>
#include <stdexcept>
#include <thread>

static void say(const char *what, int result) {
  printf("%s: %d%s%s\n", what, result, result ? ": " : "", result ? lightsss_last_error() : "");
}

static void say(const char *what, int result, const LightSSS &slots) {
  printf("%s: %d%s%s\n", what, result, result ? ": " : "", result ? slots.last_error().c_str() : "");
}

int main() {
  setvbuf(stdout, nullptr, _IOLBF, 0);
  lightsss *none = nullptr;
  lightsss_where found;
  say("new without a place", lightsss_new(nullptr, nullptr));
  say("checkpoint of null", lightsss_checkpoint(none, 1, &found));
  say("delete of null", lightsss_delete(none));
  lightsss_options options;
  lightsss_options_init(&options);
  options.places = 1000;
  say("too many places", lightsss_new(&options, &none));
  options.places = 16;
  options.when = 77;
  say("no such policy", lightsss_new(&options, &none));

  LightSSS slots;
  say("wake without slots", slots.wakeup_child(5), slots);
  say("note of the original", lightsss_note(slots.get(), "text"));
  say("finish of the original", lightsss_replay_finish(slots.get(), 0, nullptr));
  say("no place for the answer", lightsss_checkpoint(slots.get(), 1, nullptr));
  say("pin without a name", lightsss_pin(slots.get(), 1, nullptr, &found));
  say("pin of bytes", lightsss_pin(slots.get(), 1, "\xff", &found));
  say("unpin of none", lightsss_unpin(slots.get(), "boot"));
  say("no order", lightsss_wake(slots.get(), nullptr, nullptr));
  say("no hooks", lightsss_hooks_unregister(99));
  std::thread([&] { say("another thread", lightsss_checkpoint(slots.get(), 1, &found)); }).join();
  {
    std::atomic<bool> done{false};
    std::thread other([&] { while (!done) std::this_thread::yield(); });
    const int result = slots.do_fork();
    const std::string text = slots.last_error();
    printf("fork with a thread: %d: %s\n", result, text.substr(0, text.find(':')).c_str());
    done = true;
    other.join();
  }
  int calls = 0;
  slots.on_fork([&] { calls++; }, [&] { calls += 10; }, [&] { calls += 100; });
  if (slots.do_fork() == FORK_CHILD) {
    printf("child: calls %d\n", calls);
    say("child: wake", slots.wakeup_child(1), slots);
    say("child: fork", slots.do_fork(), slots);
    say("child: clear", slots.do_clear(), slots);
    return 9;
  }
  printf("original: calls %d, slots %zu\n", calls, lightsss_count(slots.get()));
  lightsss_order order;
  lightsss_order_init(&order, 5);
  order.choice = LIGHTSSS_NAMED;
  order.choice_name = "boot";
  say("no such name", slots.wake(order), slots);
  order.choice = LIGHTSSS_OLDEST;
  order.deadline = -1;
  say("odd deadline", slots.wake(order), slots);
  lightsss_report report;
  for (int time = 1; time <= 2; time++) {
    order.deadline = 30;
    const int result = slots.wake(order, &report);
    printf("woken time %d: %d, ended as %d with %d\n", time, result, report.outcome, report.status);
  }
  slots.on_fork([] { throw std::runtime_error("no way"); }, {}, {});
  say("hook that throws", slots.do_fork(), slots);
  say("clear", slots.do_clear(), slots);
  printf("%zu left\n", lightsss_count(slots.get()));
  return 0;
}
