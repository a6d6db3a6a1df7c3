// Fork snapshots for C and C++ simulations.
//
// Link with `liblightsss_capi.a` (or `liblightsss.a`, as cargo-c installs it), and with -lpthread -ldl
// -lm. For C++ there is the class `LightSSS`, at the end; it needs C++17.
//
// Functions return a `lightsss_status`. After one that is not LIGHTSSS_OK `lightsss_last_error` has a
// message. No function may be called from a signal handler, or by two threads at once.


#ifndef LIGHTSSS_H
#define LIGHTSSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A cycle that is not known.
#define LIGHTSSS_NO_CYCLE UINT64_MAX

// Longest text that a replay and its original exchange, in bytes, with the zero byte at its end.
#define LIGHTSSS_TEXT 1025

// The status of a call. 0 is success; `lightsss_last_error` explains the others.
typedef enum {
  // The call succeeded.
  LIGHTSSS_OK = 0,
  // A pointer is null that must not be.
  LIGHTSSS_NULL_POINTER = 1,
  // A number is out of range, or a text is not UTF-8.
  LIGHTSSS_BAD_ARGUMENT = 2,
  // The system refused memory or descriptors.
  LIGHTSSS_SYSTEM = 3,
  // Other threads are alive. The message names them.
  LIGHTSSS_THREADS = 4,
  // The system refused to fork.
  LIGHTSSS_FORK = 5,
  // The call came from inside a fork hook.
  LIGHTSSS_IN_HOOK = 6,
  // Every slot is pinned or replaying, so there is no room for another.
  LIGHTSSS_FULL = 7,
  // Memory is short.
  LIGHTSSS_MEMORY = 8,
  // The slots belong to another process, which forked this one by itself.
  LIGHTSSS_FOREIGN_PROCESS = 9,
  // There is no slot, or none that the choice allows.
  LIGHTSSS_NO_SLOT = 10,
  // Only the original may make this call, and this process is a replay.
  LIGHTSSS_IN_REPLAY = 11,
  // Only a replay may make this call, and this process is the original.
  LIGHTSSS_NOT_A_REPLAY = 12,
  // The slot was killed, or did not answer.
  LIGHTSSS_SLOT_LOST = 13,
  // The slots belong to the thread that made them, and another thread made this call.
  LIGHTSSS_WRONG_THREAD = 14,
  // A supervisor was started already.
  LIGHTSSS_SUPERVISED = 15,
  // A fault of this library. The run can go on; the slots should be deleted.
  LIGHTSSS_PANIC = 16,
  // The snapshot could not be written. An earlier file of its name is as it was.
  LIGHTSSS_NOT_SAVED = 17,
  // The snapshot is refused. Nothing has changed.
  LIGHTSSS_NOT_RESTORED = 18,
} lightsss_status;

// Why a replay runs.
typedef enum {
  // The simulation failed.
  LIGHTSSS_REASON_FAILURE = 0,
  // The original ended by a signal or an exit.
  LIGHTSSS_REASON_CRASH = 1,
  // The user interrupted the run.
  LIGHTSSS_REASON_INTERRUPT = 2,
  // The original asked, without a failure.
  LIGHTSSS_REASON_REQUEST = 3,
} lightsss_reason;

// Where a checkpoint returns.
typedef enum {
  // In the original, which goes on: a slot was taken.
  LIGHTSSS_ORIGINAL = 0,
  // In a woken slot, at the cycle of its checkpoint.
  LIGHTSSS_REPLAY = 1,
  // In the original or a replay: no slot was due.
  LIGHTSSS_PASSED = 2,
} lightsss_where;

// How a replay ended.
typedef enum {
  // The failure came again.
  LIGHTSSS_SAME_FAILURE = 0,
  // Another failure came; `text` says which.
  LIGHTSSS_OTHER_FAILURE = 1,
  // No failure came.
  LIGHTSSS_NO_FAILURE = 2,
  // It did what the order asked for, which was not a failure.
  LIGHTSSS_DONE = 3,
  // It ended by `exit` or by returning from `main`; `status` is its exit status.
  LIGHTSSS_EXITED = 4,
  // It was killed; `status` is the signal.
  LIGHTSSS_SIGNALED = 5,
  // It did not end before its deadline.
  LIGHTSSS_TIMED_OUT = 6,
} lightsss_outcome;

// When `lightsss_offer` takes a slot.
typedef enum {
  // As often as 1 % of the run time allows.
  LIGHTSSS_WHEN_ADAPTIVE = 0,
  // Every `seconds` of wall time.
  LIGHTSSS_WHEN_SECONDS = 1,
  // Every `cycles` cycles.
  LIGHTSSS_WHEN_CYCLES = 2,
  // Never: only `lightsss_checkpoint` does.
  LIGHTSSS_WHEN_ON_DEMAND = 3,
} lightsss_when;

// Which slots stay when a new one is taken.
typedef enum {
  // The newest.
  LIGHTSSS_KEEP_NEWEST = 0,
  // Some that reach back to the first, at growing distances.
  LIGHTSSS_KEEP_SPACED = 1,
} lightsss_keep;

// Which slot to wake.
typedef enum {
  // The oldest.
  LIGHTSSS_OLDEST = 0,
  // The youngest at least `choice_cycle` cycles before the end cycle.
  LIGHTSSS_YOUNGEST_BEFORE_END = 1,
  // The nearest that was taken before cycle `choice_cycle`.
  LIGHTSSS_NEAREST_BEFORE = 2,
  // The one that was pinned as `choice_name`.
  LIGHTSSS_NAMED = 3,
} lightsss_choice;

// Where standard output and error of a replay go.
typedef enum {
  // Where those of the original go.
  LIGHTSSS_OUTPUT_INHERIT = 0,
  // To standard error, each line behind the text `output_text`.
  LIGHTSSS_OUTPUT_PREFIX = 1,
  // To the file `output_text`, which is created or emptied.
  LIGHTSSS_OUTPUT_FILE = 2,
  // Nowhere.
  LIGHTSSS_OUTPUT_DISCARD = 3,
} lightsss_output;

// The slots of a run. They belong to the thread that made them, which is the one that forks.
typedef struct lightsss lightsss;

// What belongs into one snapshot file: models, and sections of the harness's own. It is used by the thread that
// evaluates the models.
typedef struct lightsss_snapshot lightsss_snapshot;

// Called around each fork, on the thread that forks. Any of them may be null. None may take a
// checkpoint, and no C++ exception may leave one.
typedef struct {
  // Before the fork: release what must not be alive during it, threads above all.
  void (*before)(void *user);
  // After the fork, in the original.
  void (*in_original)(void *user);
  // After the fork, in the slot, which only waits. It must not start threads.
  void (*in_slot)(void *user);
  // In a replay, before the checkpoint returns.
  void (*in_replay)(void *user);
  // Handed to each of them.
  void *user;
} lightsss_hooks;

// How slots are taken and kept. `lightsss_options_init` fills it with the defaults.
typedef struct {
  // A `lightsss_when`.
  uint32_t when;
  // A `lightsss_keep`.
  uint32_t keep;
  // Slots to keep, pinned ones not counted. 2 by default.
  uint32_t slots;
  // Slots that there may be at once, pinned and ending ones counted: 1 to 64, 16 by default.
  uint32_t places;
  // For `LIGHTSSS_WHEN_SECONDS`.
  double seconds;
  // For `LIGHTSSS_WHEN_CYCLES`.
  uint64_t cycles;
  // Bytes that the slots may hold of their own; 0 for no limit, which is the default.
  uint64_t memory_budget;
  // Bytes that the machine must have left. 128 MiB by default.
  uint64_t memory_reserve;
} lightsss_options;

// An order to a slot that is woken. `lightsss_order_init` fills it with the defaults.
typedef struct {
  // Cycle at which the original failed.
  uint64_t end_cycle;
  // Cycles that the replay may run beyond it. 100 by default.
  uint64_t margin;
  // A `lightsss_reason`.
  uint32_t reason;
  // A `lightsss_choice`.
  uint32_t choice;
  // For the choices with a cycle.
  uint64_t choice_cycle;
  // For `LIGHTSSS_NAMED`.
  const char *choice_name;
  // The message of the failure, or null.
  const char *message;
  // A text for the replay, or null.
  const char *label;
  // A `lightsss_output`. `LIGHTSSS_OUTPUT_INHERIT` by default.
  uint32_t output;
  // For the outputs with a text.
  const char *output_text;
  // Seconds after which the replay is ended; 0 for no limit. 600 by default.
  double deadline;
} lightsss_order;

// How the supervisor deals with crashes. `lightsss_supervisor_options_init` fills it with the
// defaults.
typedef struct {
  // Which slot to wake, and how. Its end cycle, reason and message are filled in.
  lightsss_order order;
  // Ctrl-C wakes a slot, and the run goes on.
  bool show_on_interrupt;
  // As in `lightsss_options`.
  uint32_t places;
  // Called in the supervisor with a line about each crash, or null: then it is written to standard
  // error.
  void (*report)(const char *text, void *user);
  // Handed to `report`.
  void *user;
} lightsss_supervisor_options;

// The order, as the replay sees it.
typedef struct {
  // Cycle of the checkpoint.
  uint64_t from_cycle;
  // Cycle at which the original ended; `LIGHTSSS_NO_CYCLE` after a crash of an original that
  // published no cycle.
  uint64_t end_cycle;
  // Cycles to run beyond it.
  uint64_t margin;
  // Why it runs.
  lightsss_reason reason;
  // The message of the failure.
  char message[LIGHTSSS_TEXT];
  // The text of the order.
  char label[LIGHTSSS_TEXT];
} lightsss_replay_info;

// A slot.
typedef struct {
  // Cycle of its checkpoint.
  uint64_t cycle;
  // Its process.
  int32_t pid;
  // Bytes that only it holds; 0 until measured.
  uint64_t bytes;
  // The name under which it was pinned, or empty.
  char name[LIGHTSSS_TEXT];
} lightsss_slot;

// What the slots have cost so far.
typedef struct {
  // Slots taken.
  uint64_t taken;
  // Slots that could not be taken.
  uint64_t missed;
  // Pause of the run for a checkpoint, microseconds: median.
  double pause_median_us;
  // 99th percentile.
  double pause_p99_us;
  // Longest.
  double pause_max_us;
  // Share of the run time that pauses and copying took.
  double share;
  // Bytes that the slots hold of their own, when last measured.
  uint64_t bytes;
} lightsss_figures;

// Takes a piece of what is saved.
typedef void (*lightsss_write_fn)(void *env, const uint8_t *bytes, size_t length);

// Says that an entry is complete.
typedef void (*lightsss_mark_fn)(void *env);

// Takes a field of a context.
typedef void (*lightsss_field_fn)(void *env,
                                  const char *name,
                                  size_t offset,
                                  size_t size,
                                  bool is_signed);

// Takes an open file of a design.
typedef void (*lightsss_file_fn)(void *env,
                                 uint32_t descriptor,
                                 int32_t flags,
                                 int64_t position,
                                 const char *path,
                                 size_t length);

// How the models of one class of Verilator's are saved and restored. `lightsss-codegen cpp` writes one for each class;
// a harness only hands it on.
typedef struct {
  // The model's name.
  const char *name;
  // Verilator's version.
  const char *verilator;
  // A hash of all that was generated.
  uint64_t fingerprint;
  // The state by name, as it was encoded.
  const uint8_t *table;
  // Its bytes.
  size_t table_length;
  // Gives the handle of a model, which the functions below take; null where there is no memory.
  void *(*bind)(void *model);
  // Frees it.
  void (*unbind)(void *handle);
  // The model's context.
  void *(*context)(void *handle);
  // The rest is for the library: the state table's functions, then those of a context.
  uint8_t *(*layout)(void *handle, void *places, uint64_t *instances);
  uint32_t (*save_entries)(void *handle, lightsss_write_fn write, lightsss_mark_fn mark, void *env);
  uint32_t (*restore_entries)(void *handle, const uint8_t *bytes, size_t length);
  const char *(*refusal)(void *handle);
  void (*mark_active)(void *handle);
  uint32_t (*settle)(void *handle, bool *done);
  bool (*waits)(void *handle);
  uint32_t (*save)(void *handle, lightsss_write_fn write, void *env);
  uint32_t (*restore)(void *handle, const uint8_t *bytes, size_t length);
  uint64_t *(*time)(void *context);
  void (*fields)(void *context, void *env, lightsss_field_fn each);
  size_t (*random_size)(void);
  void (*random_save)(void *context, uint8_t *bytes);
  void (*random_restore)(void *context, const uint8_t *bytes);
  void (*files)(void *context, void *env, lightsss_file_fn each);
  bool (*file_open)(void *context,
                    uint32_t descriptor,
                    int32_t flags,
                    int64_t position,
                    const char *path);
  void (*file_close)(void *context, uint32_t descriptor);
} lightsss_kind;

// The report of a replay.
typedef struct {
  // How it ended.
  lightsss_outcome outcome;
  // Exit status or signal.
  int32_t status;
  // Cycle of the slot.
  uint64_t from_cycle;
  // End cycle of the order.
  uint64_t end_cycle;
  // Last cycle that the replay published (`lightsss_progress`).
  uint64_t reached_cycle;
  // Seconds until the slot was awake.
  double wake_seconds;
  // Seconds until the replay's process has ended.
  double seconds;
  // The text that the replay left (`lightsss_note`).
  char note[LIGHTSSS_TEXT];
  // The message of the other failure.
  char text[LIGHTSSS_TEXT];
} lightsss_report;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Registers hooks for the forks of this thread. The hooks that were registered last are called first before a fork,
// and last after it. `id` is for `lightsss_hooks_unregister`.
//
// `hooks` is null or valid; what it points to may be called with its `user` until it is unregistered. `id`
// is null or may be written.
lightsss_status lightsss_hooks_register(const lightsss_hooks *hooks,
                                        uint64_t *id);

// Unregisters hooks. They are not called any more once this returns.
lightsss_status lightsss_hooks_unregister(uint64_t id);

// The message of the last call of this thread that failed. Valid until the next call of this thread that fails.
// Empty if none has.
const char *lightsss_last_error(void);

// Fills options with the defaults. Does nothing if `options` is null.
//
// `options` is null or may be written.
void lightsss_options_init(lightsss_options *options);

// Fills an order with the defaults. Does nothing if `order` is null.
//
// `order` is null or may be written.
void lightsss_order_init(lightsss_order *order, uint64_t end_cycle);

// Fills a supervisor's options with the defaults. Does nothing if `options` is null.
//
// `options` is null or may be written.
void lightsss_supervisor_options_init(lightsss_supervisor_options *options);

// Whether this process is a woken slot. False if the call is refused.
//
// `slots` is null, or came from `lightsss_new` and was not deleted.
bool lightsss_is_replay(lightsss *slots);

// Describes the order of this replay.
//
// `slots` came from `lightsss_new` and was not deleted. `info` is null or may be written.
lightsss_status lightsss_replay(lightsss *slots, lightsss_replay_info *info);

// Publishes the current cycle: of the original, for the end cycle of a crash; of a replay, for the
// original, which waits for it.
//
// `slots` came from `lightsss_new` and was not deleted.
lightsss_status lightsss_progress(lightsss *slots, uint64_t cycle);

// In a replay: whether its deadline has passed, so that it should end now. False elsewhere.
//
// `slots` is null, or came from `lightsss_new` and was not deleted.
bool lightsss_should_stop(lightsss *slots);

// In a replay: leaves a text for the reader of its report, the path of a waveform, say.
//
// `slots` came from `lightsss_new` and was not deleted; `text` is null or a C string.
lightsss_status lightsss_note(lightsss *slots, const char *text);

// In a replay: calls `open(user)`. The files that it opens belong to the replay, which writes to them; they are no
// copies of files of the original. In the original it only calls.
//
// `slots` came from `lightsss_new` and was not deleted. `open` may be called with `user`, lets no C++
// exception out, and does not use `slots`.
lightsss_status lightsss_own_files(lightsss *slots,
                                   void (*open)(void *user),
                                   void *user);

// Ends this replay and tells the original how it went. Returns only if the call is refused. No destructor
// and no `atexit` function runs, since what they would release is the original's: close the waveform first.
// `outcome` is one of the first four of `lightsss_outcome`; `text` may be null.
//
// `slots` came from `lightsss_new` and was not deleted; `text` is null or a C string.
lightsss_status lightsss_replay_finish(lightsss *slots,
                                       uint32_t outcome,
                                       const char *text);

// Makes slots for this process, which becomes the original. `options` may be null, for the defaults. After
// `lightsss_supervise` the supervisor knows of them.
//
// `options` is null or valid. `slots` is null or may be written.
lightsss_status lightsss_new(const lightsss_options *options,
                             lightsss **slots);

// Drops the slots. Does nothing if `slots` is null, or in a replay.
//
// `slots` is null, or came from `lightsss_new` and was not deleted.
lightsss_status lightsss_delete(lightsss *slots);

// Takes a slot now. Returns in the original, and again in each replay of the slot: `found` says where.
// `cycle` may be `LIGHTSSS_NO_CYCLE`. In a replay it does nothing.
//
// `slots` came from `lightsss_new` and was not deleted. `found` is null or may be written.
lightsss_status lightsss_checkpoint(lightsss *slots,
                                    uint64_t cycle,
                                    lightsss_where *found);

// Takes a slot if the options say that one is due. Otherwise as `lightsss_checkpoint`. A slot that
// cannot be taken is no error here: `lightsss_figures_get` counts it.
//
// As for `lightsss_checkpoint`.
lightsss_status lightsss_offer(lightsss *slots, uint64_t cycle, lightsss_where *found);

// Takes a slot that stays until it is unpinned, or another is pinned under its name. Otherwise as
// `lightsss_checkpoint`.
//
// As for `lightsss_checkpoint`; `name` is null or a C string.
lightsss_status lightsss_pin(lightsss *slots,
                             uint64_t cycle,
                             const char *name,
                             lightsss_where *found);

// Lets a pinned slot go.
//
// `slots` came from `lightsss_new` and was not deleted; `name` is null or a C string.
lightsss_status lightsss_unpin(lightsss *slots, const char *name);

// Drops all slots, pinned ones too. Does nothing in a replay.
//
// `slots` came from `lightsss_new` and was not deleted.
lightsss_status lightsss_clear(lightsss *slots);

// The number of slots; 0 if the call is refused.
//
// `slots` is null, or came from `lightsss_new` and was not deleted.
size_t lightsss_count(lightsss *slots);

// Describes the slot at `index`, 0 being the oldest.
//
// `slots` came from `lightsss_new` and was not deleted. `slot` is null or may be written.
lightsss_status lightsss_slot_at(lightsss *slots, size_t index, lightsss_slot *slot);

// Reports what the slots have cost so far.
//
// `slots` came from `lightsss_new` and was not deleted. `figures` is null or may be written.
lightsss_status lightsss_figures_get(lightsss *slots, lightsss_figures *figures);

// Makes a snapshot without parts. The file does not exist before `lightsss_snapshot_save`.
//
// `snapshot` is null or may be written.
lightsss_status lightsss_snapshot_new(lightsss_snapshot **snapshot);

// Frees a snapshot. Models and sections are the harness's, and stay. Does nothing if `snapshot` is null.
//
// `snapshot` is null, or came from `lightsss_snapshot_new` and was not deleted.
lightsss_status lightsss_snapshot_delete(lightsss_snapshot *snapshot);

// Adds a model under a name that no other part has. `kind` is what `lightsss_kind_of` gives for its class.
//
// `snapshot` came from `lightsss_snapshot_new` and was not deleted. `name` is null or a C string. `kind` is null or
// was generated with the class of `model`, and lives until the program ends. `model` is null, or outlives the
// snapshot.
lightsss_status lightsss_snapshot_model(lightsss_snapshot *snapshot,
                                        const char *name,
                                        const lightsss_kind *kind,
                                        void *model);

// Adds bytes of the harness, of one length, under a name that no other part has. A restore writes them where they
// lie.
//
// `snapshot` came from `lightsss_snapshot_new` and was not deleted. `name` is null or a C string. `bytes` is null, or
// that of `length` bytes that outlive the snapshot.
lightsss_status lightsss_snapshot_bytes(lightsss_snapshot *snapshot,
                                        const char *name,
                                        void *bytes,
                                        size_t length);

// Adds state of the harness that two functions save and restore, under a name that no other part has.
//
// `save` calls `write` with its bytes, as often as it likes, and hands it `env`. `restore` gets them all at once, after
// everything in the file was verified. Either returns false to refuse; where `restore` does, all parts get back what
// they had.
//
// `snapshot` came from `lightsss_snapshot_new` and was not deleted. `name` is null or a C string. The functions may be
// called with `user` as long as the snapshot lives; no exception leaves them.
lightsss_status lightsss_snapshot_section(lightsss_snapshot *snapshot,
                                          const char *name,
                                          bool (*save)(void *user,
                                                       lightsss_write_fn write,
                                                       void *env),
                                          bool (*restore)(void *user,
                                                          const uint8_t *bytes,
                                                          size_t length),
                                          void *user);

// Lets a restore open the files below a folder that the design had open when it was saved. Without it only those that
// the design has open already are opened: a snapshot may come from anybody.
//
// `snapshot` came from `lightsss_snapshot_new` and was not deleted. `folder` is null or a C string.
lightsss_status lightsss_snapshot_files_below(lightsss_snapshot *snapshot,
                                              const char *folder);

// Lets a restore load a model that another build has saved, signal by signal, by name. `most_unmatched` is the largest
// share of signals, from 0 to 1, that may be without a counterpart. Without it such a snapshot is refused.
//
// `snapshot` came from `lightsss_snapshot_new` and was not deleted.
lightsss_status lightsss_snapshot_by_name(lightsss_snapshot *snapshot,
                                          double most_unmatched);

// Saves all parts into a file, which appears whole or not at all. `cycle` stands in its header.
//
// `snapshot` came from `lightsss_snapshot_new` and was not deleted; the thread is the one that evaluates the models.
// `path` is null or a C string.
lightsss_status lightsss_snapshot_save(lightsss_snapshot *snapshot,
                                       const char *path,
                                       uint64_t cycle);

// Restores all parts from a file: everything in it is verified before anything changes. The cycle of its header goes to
// `cycle`, which may be null.
//
// As for `lightsss_snapshot_save`. `cycle` is null or may be written.
lightsss_status lightsss_snapshot_restore(lightsss_snapshot *snapshot,
                                          const char *path,
                                          uint64_t *cycle);

// Starts a supervisor. Call it first thing in `main`, before there are threads or slots. It returns in a child,
// which is the simulation from here on. The caller becomes the supervisor, and ends as the simulation does. A
// simulation that ends without `lightsss_finished` has crashed, and a slot is woken.
//
// `options` may be null, for the defaults.
//
// `options` is null or valid, with C strings or null in it. `report` may be called with `user` in the
// supervisor, and lets no C++ exception out.
lightsss_status lightsss_supervise(const lightsss_supervisor_options *options);

// Says that the simulation is done, well or not: from here on its end is no crash. Does nothing without a
// supervisor.
lightsss_status lightsss_finished(void);

// Wakes a slot, and waits until its replay has ended, well or not. The slot stays, and can be woken again.
// `report` may be null.
//
// `slots` came from `lightsss_new` and was not deleted. `order` is null or valid, with C strings or null
// in it. `report` is null or may be written.
lightsss_status lightsss_wake(lightsss *slots,
                              const lightsss_order *order,
                              lightsss_report *report);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* LIGHTSSS_H */


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
