// Saves and restores a model with the harness's own state.
//
//   Vsaver save FILE       runs 300 cycles, saves, and runs on
//   Vsaver restore FILE    restores, and runs on: the same lines
//   Vsaver by-name FILE    the same from a file of another build
//   Vsaver refuse FILE     what is refused, a line for each; nothing has changed each time
#include "Vsaver.h"
#include "Vsaver_lightsss.h"
#include "verilated.h"

#include <cstdio>
#include <stdexcept>

// Without gaps, which would be part of the bytes that are saved.
struct Bus {
  uint32_t address = 0;
  uint32_t beats = 0;
};

struct Harness {
  VerilatedContext context;
  Vsaver dut{&context};
  Bus bus;
  std::vector<uint16_t> trail;
  std::string note = "at the start";
  uint64_t cycle = 0;

  void step() {
    dut.in = static_cast<uint32_t>(cycle * 2654435761U) ^ bus.address;
    for (int clk : {0, 1}) {
      dut.clk = clk;
      dut.eval();
      context.timeInc(1);
    }
    bus.address += dut.out & 0xff;
    bus.beats++;
    trail.push_back(static_cast<uint16_t>(dut.out));
    note = "out is " + std::to_string(dut.out);
    cycle++;
  }

  uint64_t hash() const {
    uint64_t hash = dut.out ^ bus.address ^ bus.beats ^ context.time();
    for (uint16_t one : trail) hash = hash * 31 + one;
    for (char one : note) hash = hash * 31 + static_cast<unsigned char>(one);
    return hash;
  }

  void run_on() {
    for (int i = 0; i < 500; i++) {
      step();
      if (cycle % 50 == 0) printf("%llu: %016llx\n", static_cast<unsigned long long>(cycle), static_cast<unsigned long long>(hash()));
    }
  }
};

static void fill(LightSnapshot &snapshot, Harness &harness, bool refuses = false, bool throws = false) {
  snapshot.add("dut", harness.dut);
  snapshot.add("bus", &harness.bus, sizeof(harness.bus));
  snapshot.add("trail", harness.trail);
  snapshot.add(
      "note", [&] { return harness.note; },
      [&harness, refuses, throws](const std::string &bytes) {
        // What was there before is taken back.
        const bool before = bytes == "before";
        if (throws && !before) throw std::runtime_error("no room for a note");
        if (refuses && !before) return false;
        harness.note = bytes;
        return true;
      });
}

static void say(const char *what, const LightSnapshot &snapshot, bool done) {
  printf("%s: %s\n", what, done ? "done" : snapshot.last_error().c_str());
}

static int refuse(const std::string &path) {
  Harness harness;
  for (int i = 0; i < 7; i++) harness.step();
  harness.note = "before";
  const uint64_t before = harness.hash();
  const auto check = [&](const char *what, const LightSnapshot &snapshot, bool done) {
    say(what, snapshot, done);
    if (harness.hash() != before) printf("%s: something has changed\n", what);
  };
  {
    LightSnapshot snapshot;
    check("no part", snapshot, snapshot.restore(path));
    snapshot.add("dut", harness.dut);
    check("one part of four", snapshot, snapshot.restore(path));
    check("a name twice", snapshot, snapshot.add("dut", harness.dut));
    check("no name", snapshot, snapshot.add("", harness.dut));
    snapshot.add("bus", &harness.bus, sizeof(harness.bus) - 1);
    snapshot.add("trail", harness.trail);
    snapshot.add("note", [] { return ""; }, [](const std::string &) { return true; });
    check("another length", snapshot, snapshot.restore(path));
    check("no file", snapshot, snapshot.restore(path + ".none"));
    check("no folder", snapshot, snapshot.save("none/at/all.lsss"));
  }
  {
    LightSnapshot snapshot;
    fill(snapshot, harness, true);
    check("a harness that refuses", snapshot, snapshot.restore(path));
  }
  {
    LightSnapshot snapshot;
    fill(snapshot, harness, false, true);
    check("a harness that throws", snapshot, snapshot.restore(path));
  }
  {
    LightSnapshot snapshot;
    fill(snapshot, harness);
    snapshot.add("more", []() -> std::string { throw std::runtime_error("cannot be written"); },
                 [](const std::string &) { return true; });
    check("a section that throws", snapshot, snapshot.save(path + ".new"));
  }
  lightsss_snapshot *none = nullptr;
  LightSnapshot snapshot;
  say("a share above 1", snapshot, snapshot.by_name(1.5));
  int status = lightsss_snapshot_save(none, path.c_str(), 0);
  printf("save of null: %d %s\n", status, lightsss_last_error());
  status = lightsss_snapshot_new(nullptr);
  printf("new without a place: %d %s\n", status, lightsss_last_error());
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  const std::string what = argv[1], path = argv[2];
  if (what == "refuse") return refuse(path);
  Harness harness;
  LightSnapshot snapshot;
  fill(snapshot, harness);
  if (what == "save") {
    for (int i = 0; i < 300; i++) harness.step();
    if (!snapshot.save(path, harness.cycle)) {
      say("save", snapshot, false);
      return 1;
    }
  } else {
    // The design opens its file.
    harness.dut.eval();
    if (what == "by-name") snapshot.by_name(0.5);
    if (!snapshot.restore(path, &harness.cycle)) {
      const uint64_t fresh = Harness().hash();
      say("restore", snapshot, false);
      if (harness.hash() != fresh) printf("something has changed\n");
      return 1;
    }
  }
  harness.run_on();
  return 0;
}
