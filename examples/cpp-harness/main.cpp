// A harness in C++ with fork snapshots and durable ones: compares the accumulator with a model in C++.
//
//   Vaccumulator [--cycles N] [--fork-interval CYCLES] [--bug CYCLE] [--crash CYCLE] [--wave FILE]
//                [--save-at CYCLE] [--save FILE] [--restore FILE]
//
// --bug makes the two differ at a cycle, --crash is a segmentation fault of the harness. Either wakes a
// slot, which runs the last stretch again with a waveform. --save-at saves model and harness at a cycle,
// --restore goes on from there.
#include "Vaccumulator.h"
#include "Vaccumulator_lightsss.h"
#include "verilated.h"
#include "verilated_vcd_c.h"

#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

struct Reference {
  uint64_t sum = 0;
  uint32_t last = 0;

  void step(uint32_t in) {
    sum = ((sum << 1) | (sum >> 63)) + last;
    last = in;
  }
};

static const char *text(int argc, char **argv, const char *name, const char *otherwise) {
  for (int i = 1; i + 1 < argc; i++)
    if (!strcmp(argv[i], name)) return argv[i + 1];
  return otherwise;
}

static uint64_t option(int argc, char **argv, const char *name, uint64_t otherwise) {
  const char *found = text(argc, argv, name, nullptr);
  return found ? strtoull(found, nullptr, 0) : otherwise;
}

int main(int argc, char **argv) {
  // First of all: a crash from here on wakes a slot.
  if (!LightSSS::supervise()) fprintf(stderr, "no supervisor: %s\n", lightsss_last_error());

  constexpr uint64_t NEVER = UINT64_MAX;
  const uint64_t cycles = option(argc, argv, "--cycles", 1000000);
  const uint64_t interval = option(argc, argv, "--fork-interval", 100000);
  const uint64_t bug = option(argc, argv, "--bug", NEVER);
  const uint64_t crash = option(argc, argv, "--crash", NEVER);
  const uint64_t save_at = option(argc, argv, "--save-at", NEVER);
  const char *wave = text(argc, argv, "--wave", "failure.vcd");
  const char *save = text(argc, argv, "--save", "saved.lsss");
  const char *restore = text(argc, argv, "--restore", nullptr);

  const auto context = std::make_unique<VerilatedContext>();
  context->commandArgs(argc, argv);
  // Threads do not live through a fork, and this model needs none. One that has threads is registered
  // with `LightSSS::on_fork`.
  context->threads(1);
  // Without it a model cannot be traced later.
  context->traceEverOn(true);
  const auto top = std::make_unique<Vaccumulator>(context.get());
  std::unique_ptr<VerilatedVcdC> trace;
  const auto half = [&](int clk) {
    top->clk = clk;
    top->eval();
    if (trace) trace->dump(context->time());
    context->timeInc(1);
  };

  top->rst = 1;
  half(0), half(1);
  top->rst = 0;

  Reference reference;
  LightSSS lightsss;
  uint64_t cycle = 0;
  uint32_t in = 1;
  bool failed = false;

  // All that decides how the run goes on.
  LightSnapshot snapshot;
  snapshot.add("dut", *top);
  snapshot.add("reference", &reference, sizeof(reference));
  snapshot.add("input", &in, sizeof(in));
  if (restore != nullptr && !snapshot.restore(restore, &cycle)) {
    fprintf(stderr, "%s\n", snapshot.last_error().c_str());
    return 2;
  }

  for (; cycle < cycles; cycle++) {
    if (cycle == save_at && !lightsss.is_child() && !snapshot.save(save, cycle)) {
      fprintf(stderr, "%s\n", snapshot.last_error().c_str());
      return 2;
    }
    if (lightsss.is_child()) {
      if (cycle > lightsss.get_end_cycles() + 100) break;
    } else if (cycle % interval == 0) {
      const int forked = lightsss.do_fork(cycle);
      if (forked == FORK_ERROR) {
        fprintf(stderr, "%s\n", lightsss.last_error().c_str());
        return 2;
      }
      if (forked == FORK_CHILD) {
        trace = std::make_unique<VerilatedVcdC>();
        top->trace(trace.get(), 99);
        trace->open(wave);
      }
    }
    lightsss.progress(cycle);
    in = in * 1664525 + 1013904223;
    top->in = in;
    half(0), half(1);
    reference.step(cycle == bug ? in + 1 : in);
    if (cycle == crash && !lightsss.is_child()) raise(SIGSEGV);
    if (!failed && top->sum != reference.sum) {
      failed = true;
      printf("%scycle %" PRIu64 ": sum is %016" PRIx64 ", expected %016" PRIx64 "\n",
             lightsss.is_child() ? "replay: " : "", cycle, static_cast<uint64_t>(top->sum), reference.sum);
      if (!lightsss.is_child()) break;
    }
  }

  if (lightsss.is_child()) {
    trace->close();
    printf("replay: wrote %s\n", wave);
    fflush(stdout);
    // Nothing of the original's is taken apart here.
    lightsss.finish(failed ? LIGHTSSS_SAME_FAILURE : LIGHTSSS_NO_FAILURE);
  }
  top->final();
  if (failed) {
    fflush(stdout);
    lightsss.wakeup_child(cycle);
    return 1;
  }
  printf("%" PRIu64 " cycles, sum %016" PRIx64 "\n", cycle, reference.sum);
  return 0;
}
