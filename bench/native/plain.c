// What LightSSS does, as a plain C program written for comparison: two slots, each a forked child
// that looks at a shared flag every five seconds; the oldest is killed and waited for before the
// next is forked.

#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, SLOTS = 2 };

struct shared {
    volatile int wake;
    volatile uint64_t woken_at;
};

static struct shared *shared;
static pid_t slots[SLOTS];
static int held;

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void answer(uint64_t nanoseconds) {
    printf("%lu\n", (unsigned long)nanoseconds);
    fflush(stdout);
}

static uint64_t dice(void) {
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static void drop_oldest(void) {
    kill(slots[0], SIGKILL);
    waitpid(slots[0], NULL, 0);
    memmove(slots, slots + 1, sizeof slots - sizeof slots[0]);
    held--;
}

static void take(void) {
    if (held == SLOTS) drop_oldest();
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (!shared->wake) sleep(5);
        shared->woken_at = now();
        _exit(0);
    }
    slots[held++] = child;
}

static char *memory(size_t bytes) {
    char *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    madvise(start, bytes, MADV_NOHUGEPAGE);
    for (size_t at = 0; at < bytes; at += PAGE) start[at] = 1;
    return start;
}

static void scatter(char *start, size_t bytes) {
    size_t pages = bytes / PAGE;
    for (size_t n = 0; n < pages / 100; n++) start[(dice() % pages) * PAGE] += 1;
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const char *what = argv[1];
    size_t bytes = (size_t)atol(argv[2]) << 20;
    char order[16];  // One measurement for each line of input
    if (strcmp(what, "bare") == 0 || strcmp(what, "pause") == 0) {
        // MIB SCATTER: nanoseconds of a fork.
        int scattered = atoi(argv[3]);
        char *start = memory(bytes);
        while (fgets(order, sizeof order, stdin)) {
            if (scattered) scatter(start, bytes);
            usleep(10000 + (useconds_t)(bytes >> 20) * 125);
            uint64_t begun = now();
            if (strcmp(what, "pause") == 0) {
                take();
                answer(now() - begun);
            } else {
                pid_t child = fork();
                if (child == 0) _exit(0);
                answer(now() - begun);
                waitpid(child, NULL, 0);
            }
        }
    } else if (strcmp(what, "wake") == 0) {
        // MIB: nanoseconds from the flag to the child.
        memory(bytes);
        while (fgets(order, sizeof order, stdin)) {
            shared->wake = 0;
            shared->woken_at = 0;
            take();
            usleep(dice() % 5000000);
            uint64_t begun = now();
            shared->wake = 1;
            waitpid(slots[0], NULL, 0);
            held = 0;
            answer(shared->woken_at - begun);
        }
    } else if (strcmp(what, "pipe") == 0) {
        // MIB: nanoseconds from a byte written to a pipe to the child that sleeps in read(2).
        memory(bytes);
        int there[2], back[2];
        if (pipe(there) != 0 || pipe(back) != 0) return 1;
        pid_t child = fork();
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            while (read(there[0], order, 1) == 1) {
                shared->woken_at = now();
                if (write(back[1], order, 1) != 1) break;
            }
            _exit(0);
        }
        while (fgets(order, sizeof order, stdin)) {
            usleep(1000);
            uint64_t begun = now();
            if (write(there[1], order, 1) != 1 || read(back[0], order, 1) != 1) return 1;
            answer(shared->woken_at - begun);
        }
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    } else if (strcmp(what, "drop") == 0) {
        // MIB: nanoseconds that the parent stalls to drop a slot that shares nothing.
        char *start = memory(bytes);
        while (fgets(order, sizeof order, stdin)) {
            take();
            for (size_t at = 0; at < bytes; at += PAGE) start[at] += 1;
            uint64_t begun = now();
            drop_oldest();
            answer(now() - begun);
        }
    } else if (strcmp(what, "speed") == 0) {
        // MIB HOT_MIB SLICE_MS INTERVAL_MS: as ours.
        size_t words = ((size_t)atol(argv[3]) << 20) / 8;
        uint64_t slice = (uint64_t)atol(argv[4]) * 1000000u;
        uint64_t interval = (uint64_t)atol(argv[5]) * 1000000u;
        uint64_t *start = (uint64_t *)memory(bytes);
        for (int early = 0; early < 8; early++) {
            for (size_t n = 0; n < 4 * words; n++) start[dice() % words] += 1;
            take();
        }
        uint64_t ran = 0, due = 0;
        while (fgets(order, sizeof order, stdin)) {
            int with = strcmp(order, "with\n") == 0;
            uint64_t count = 0, begun = now(), passed = 0;
            while (passed < slice) {
                if (with && ran + passed >= due) {
                    take();
                    due = ran + passed + interval;
                }
                for (int n = 0; n < 4096; n++) start[dice() % words] += 1;
                count += 4096;
                passed = now() - begun;
            }
            if (with) ran += passed;
            printf("%lu %lu\n", (unsigned long)count, (unsigned long)passed);
            fflush(stdout);
        }
    }
    while (held) drop_oldest();
    return 0;
}
