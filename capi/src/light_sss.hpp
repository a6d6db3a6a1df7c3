
#ifdef __cplusplus
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>
#include <utility>

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
#endif
