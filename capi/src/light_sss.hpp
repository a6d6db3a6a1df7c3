
#ifdef __cplusplus
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// What `LightSSS::do_fork` returns.
constexpr int FORK_OK = 0;     // in the original: a slot was taken
constexpr int FORK_ERROR = 1;  // no slot was taken; `LightSSS::last_error` says why
constexpr int FORK_CHILD = 2;  // in a woken slot: open the waveform and run to `get_end_cycles`

// Blocked copies of the simulation, of which the oldest wakes when the run fails.
//
// The class of this name in OpenXiangShan's difftest has these constants, and the functions up to
// `get_end_cycles`, with this meaning. It is used by the thread that makes it.
class LightSSS {
public:
  LightSSS() : LightSSS(defaults()) {}

  explicit LightSSS(const lightsss_options &options) { keep_error(lightsss_new(&options, &slots_)); }

  // The end of the simulation is no crash after this, unless an exception is on its way.
  ~LightSSS() {
    if (!is_child() && std::uncaught_exceptions() == 0) lightsss_finished();
    lightsss_delete(slots_);
    for (const auto &hooks : hooks_) lightsss_hooks_unregister(hooks->id);
  }

  LightSSS(const LightSSS &) = delete;
  LightSSS &operator=(const LightSSS &) = delete;

  // Takes a slot, and drops the oldest of three. Returns FORK_OK in the original, and FORK_CHILD in
  // the process that wakes later. Does nothing in a child.
  int do_fork() { return do_fork(LIGHTSSS_NO_CYCLE); }

  // Wakes the oldest slot, whose run fails at `cycles`, and returns 0 once it has ended, whatever
  // became of it; FORK_ERROR where there is none.
  int wakeup_child(uint64_t cycles) {
    lightsss_order order;
    lightsss_order_init(&order, cycles);
    order.deadline = 0;
    return wake(order);
  }

  // Whether this process is a woken slot.
  bool is_child() { return slots_ != nullptr && lightsss_is_replay(slots_); }

  // Drops all slots. The end of the simulation is no crash after this.
  int do_clear() {
    if (is_child()) return 0;
    lightsss_finished();
    return keep_error(lightsss_clear(slots_)) ? 0 : FORK_ERROR;
  }

  // In a child: the cycle at which the original failed. After a crash of an original that has told no
  // cycle it lies beyond every cycle.
  uint64_t get_end_cycles() {
    lightsss_replay_info info;
    if (slots_ == nullptr || lightsss_replay(slots_, &info) != LIGHTSSS_OK) return 0;
    // Callers add a margin.
    return info.end_cycle == LIGHTSSS_NO_CYCLE ? UINT64_MAX / 2 : info.end_cycle;
  }

  // From here on: beyond the original.

  // Starts a supervisor: a crash of the simulation then wakes a slot. To be called first thing in
  // `main`, before there are threads. False if it could not be started.
  static bool supervise(const lightsss_supervisor_options *options = nullptr) {
    return lightsss_supervise(options) == LIGHTSSS_OK;
  }

  // As `do_fork`, for a simulation that tells its cycles: a crash then has an end cycle.
  int do_fork(uint64_t cycle) {
    return take([&](lightsss_where *found) { return lightsss_checkpoint(slots_, cycle, found); });
  }

  // As `do_fork`, if the options say that a slot is due.
  int offer(uint64_t cycle) {
    return take([&](lightsss_where *found) { return lightsss_offer(slots_, cycle, found); });
  }

  // As `do_fork`, for a slot that stays until it is unpinned.
  int pin(const std::string &name, uint64_t cycle = LIGHTSSS_NO_CYCLE) {
    return take([&](lightsss_where *found) { return lightsss_pin(slots_, cycle, name.c_str(), found); });
  }

  bool unpin(const std::string &name) { return keep_error(lightsss_unpin(slots_, name.c_str())); }

  // Wakes a slot as ordered, and waits for its end. 0, or FORK_ERROR.
  int wake(const lightsss_order &order, lightsss_report *report = nullptr) {
    const lightsss_status status = lightsss_wake(slots_, &order, report);
    // A run that wakes a slot has failed, and says so by itself.
    if (status != LIGHTSSS_IN_REPLAY) lightsss_finished();
    return keep_error(status) ? 0 : FORK_ERROR;
  }

  // Tells the current cycle, for the end cycle of a crash and for whoever waits for a child.
  void progress(uint64_t cycle) { lightsss_progress(slots_, cycle); }

  // In a child: ends it, and tells the original how it went. Destructors do not run.
  void finish(lightsss_outcome outcome, const std::string &text = "") {
    keep_error(lightsss_replay_finish(slots_, static_cast<uint32_t>(outcome), text.c_str()));
  }

  // Calls these around each fork, until the object is gone. An exception that leaves one makes the
  // fork that it belongs to a FORK_ERROR.
  bool on_fork(std::function<void()> before, std::function<void()> in_original,
               std::function<void()> in_child) {
    std::unique_ptr<Hooks> hooks(
        new Hooks{this, 0, std::move(before), std::move(in_original), std::move(in_child)});
    lightsss_hooks c{};
    c.before = [](void *user) { call(user, static_cast<Hooks *>(user)->before); };
    c.in_original = [](void *user) { call(user, static_cast<Hooks *>(user)->in_original); };
    c.in_replay = [](void *user) { call(user, static_cast<Hooks *>(user)->in_child); };
    c.user = hooks.get();
    if (!keep_error(lightsss_hooks_register(&c, &hooks->id))) return false;
    hooks_.push_back(std::move(hooks));
    return true;
  }

  // The same for a model of Verilator with threads: `prepareClone` ends them before a fork, `atClone` starts
  // them after it, in both processes. (Verilator has these functions since 5.010.)
  template <class Model> bool on_fork(Model &model) {
    const auto after = [&model] { model.atClone(); };
    return on_fork([&model] { model.prepareClone(); }, after, after);
  }

  // What the slots have cost so far.
  lightsss_figures figures() {
    lightsss_figures found{};
    keep_error(lightsss_figures_get(slots_, &found));
    return found;
  }

  // Why the last call failed.
  const std::string &last_error() const { return error_; }

  // For the functions of the C interface. Null if the slots could not be made.
  lightsss *get() { return slots_; }

private:
  struct Hooks {
    LightSSS *slots;
    uint64_t id;
    std::function<void()> before, in_original, in_child;
  };

  static void call(void *user, const std::function<void()> &hook) noexcept {
    LightSSS &slots = *static_cast<Hooks *>(user)->slots;
    try {
      if (hook) hook();
    } catch (const std::exception &thrown) {
      slots.thrown_ = thrown.what();
    } catch (...) {
      slots.thrown_ = "an exception without a text";
    }
  }

  // At most two slots, when asked for, as the original has it.
  static lightsss_options defaults() {
    lightsss_options options;
    lightsss_options_init(&options);
    options.when = LIGHTSSS_WHEN_ON_DEMAND;
    return options;
  }

  template <class Take> int take(Take take) {
    lightsss_where found = LIGHTSSS_PASSED;
    thrown_.clear();
    if (!keep_error(take(&found))) return FORK_ERROR;
    if (!thrown_.empty()) {
      error_ = "a fork hook threw: " + thrown_;
      return FORK_ERROR;
    }
    return found == LIGHTSSS_REPLAY ? FORK_CHILD : FORK_OK;
  }

  bool keep_error(lightsss_status status) {
    if (status != LIGHTSSS_OK) error_ = lightsss_last_error();
    return status == LIGHTSSS_OK;
  }

  lightsss *slots_ = nullptr;
  std::vector<std::unique_ptr<Hooks>> hooks_;
  std::string error_, thrown_;
};

// A durable snapshot: models and the harness's own state in one file, which `lightsss show`, `diff` and `verify` read.
//
// What is added must outlive the object. It is used by the thread that evaluates the models. Functions return false when
// they refuse; `last_error` says why.
class LightSnapshot {
public:
  LightSnapshot() { keep_error(lightsss_snapshot_new(&snapshot_)); }
  LightSnapshot(const LightSnapshot &) = delete;
  LightSnapshot &operator=(const LightSnapshot &) = delete;
  ~LightSnapshot() { lightsss_snapshot_delete(snapshot_); }

  // A model of Verilator's, of a class for which `lightsss-codegen cpp` wrote a header; include it.
  template <class Model> auto add(const std::string &name, Model &model) -> decltype(lightsss_kind_of(&model), bool()) {
    return keep_error(lightsss_snapshot_model(snapshot_, name.c_str(), lightsss_kind_of(&model), &model));
  }

  // Bytes of one length, which a restore writes where they lie.
  bool add(const std::string &name, void *bytes, size_t length) {
    return keep_error(lightsss_snapshot_bytes(snapshot_, name.c_str(), bytes, length));
  }

  // A vector of plain values, of any length.
  template <class Value> bool add(const std::string &name, std::vector<Value> &values) {
    static_assert(std::is_trivially_copyable<Value>::value, "add it with functions that save and restore it");
    return add(
        name, [&values] { return std::string(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(Value)); },
        [&values](const std::string &bytes) {
          if (bytes.size() % sizeof(Value) != 0) return false;
          values.resize(bytes.size() / sizeof(Value));
          if (!bytes.empty()) memcpy(values.data(), bytes.data(), bytes.size());
          return true;
        });
  }

  // Anything else: a function that gives its bytes, and one that takes them back, or returns false to refuse them.
  bool add(const std::string &name, std::function<std::string()> save,
           std::function<bool(const std::string &)> restore) {
    std::unique_ptr<Section> section(new Section{this, std::move(save), std::move(restore)});
    const lightsss_status status = lightsss_snapshot_section(
        snapshot_, name.c_str(), &LightSnapshot::save_section, &LightSnapshot::restore_section, section.get());
    if (status == LIGHTSSS_OK) sections_.push_back(std::move(section));
    return keep_error(status);
  }

  // Lets a restore open files below a folder that the design had open, and has not now.
  bool files_below(const std::string &folder) {
    return keep_error(lightsss_snapshot_files_below(snapshot_, folder.c_str()));
  }

  // Lets a restore load a model that another build has saved, signal by signal, by name. At most such a share of signals
  // (0 to 1) may be without a counterpart.
  bool by_name(double most_unmatched = 0.1) {
    return keep_error(lightsss_snapshot_by_name(snapshot_, most_unmatched));
  }

  // Writes the file, which appears whole or not at all.
  bool save(const std::string &path, uint64_t cycle = 0) {
    thrown_.clear();
    return keep_error(lightsss_snapshot_save(snapshot_, path.c_str(), cycle));
  }

  // Restores all parts, or none. `cycle` gets what was given to `save`.
  bool restore(const std::string &path, uint64_t *cycle = nullptr) {
    thrown_.clear();
    return keep_error(lightsss_snapshot_restore(snapshot_, path.c_str(), cycle));
  }

  // Why the last call failed.
  const std::string &last_error() const { return error_; }

private:
  struct Section {
    LightSnapshot *snapshot;
    std::function<std::string()> save;
    std::function<bool(const std::string &)> restore;
  };

  static bool save_section(void *user, lightsss_write_fn write, void *env) {
    Section &section = *static_cast<Section *>(user);
    return section.snapshot->guarded([&] {
      const std::string bytes = section.save();
      write(env, reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size());
      return true;
    });
  }

  static bool restore_section(void *user, const uint8_t *bytes, size_t length) {
    Section &section = *static_cast<Section *>(user);
    return section.snapshot->guarded(
        [&] { return section.restore(std::string(reinterpret_cast<const char *>(bytes), length)); });
  }

  // No exception may leave a function that the library calls.
  template <class Call> bool guarded(Call call) noexcept {
    try {
      return call();
    } catch (const std::exception &thrown) {
      thrown_ = thrown.what();
    } catch (...) {
      thrown_ = "an exception without a text";
    }
    return false;
  }

  bool keep_error(lightsss_status status) {
    if (status == LIGHTSSS_OK) return true;
    error_ = lightsss_last_error();
    if (!thrown_.empty()) error_ += " (a function of the harness threw: " + thrown_ + ")";
    return false;
  }

  lightsss_snapshot *snapshot_ = nullptr;
  std::vector<std::unique_ptr<Section>> sections_;
  std::string error_, thrown_;
};

// Saves a model alone. False if it could not be written; `lightsss_last_error` says why.
template <class Model> bool lightsss_save(Model &model, const std::string &path, uint64_t cycle = 0) {
  LightSnapshot snapshot;
  return snapshot.add("model", model) && snapshot.save(path, cycle);
}

// Restores what `lightsss_save` has saved.
template <class Model> bool lightsss_restore(Model &model, const std::string &path, uint64_t *cycle = nullptr) {
  LightSnapshot snapshot;
  return snapshot.add("model", model) && snapshot.restore(path, cycle);
}
#endif
