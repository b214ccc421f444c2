// The process's entry: what has to be settled before any Swift code runs.
//
// Swift's own entry reads the arguments from /proc/self/cmdline and ends the process where there is no /proc, and it runs
// on whatever stack the shell allows.

#define _GNU_SOURCE
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/// The Swift part of the program; returns the exit status.
extern int tokenstats_main(int count, char **arguments);

/// Bytes of stack that the program is given where the shell allows less.
static const size_t stack_size = 8 << 20;

// Swift's runtime looks for its folder when it starts, through /proc. Nothing of it is used: all is linked in.
__attribute__((constructor(101))) static void name_runtime_folder(void) {
  if (access("/proc/self/exe", F_OK) != 0) setenv("SWIFT_ROOT", "/", 0);
}

// Swift ends the process by an illegal instruction or a wrong address where no memory is left.
static void say_no_memory(int number) {
  static const char message[] =
      "error: the address space that is allowed (ulimit -v) does not suffice: allow more, or ask for fewer --jobs; if it "
      "happens without a limit too, it is a fault of this program: please report it\n";
  // Nothing can be done where this cannot be written either.
  ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
  (void)written, (void)number;
  _exit(1);
}

/// Where address space is limited, takes less of it, and says so if it runs out.
static void save_address_space(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  // Otherwise the allocator reserves 64 MiB for each thread.
  mallopt(M_ARENA_MAX, 1);
  struct sigaction action = {.sa_handler = say_no_memory};
  static const int numbers[] = {SIGABRT, SIGILL, SIGSEGV, SIGTRAP};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaction(numbers[i], &action, NULL);
}

typedef struct {
  int count;
  char **arguments;
  int status;
} Call;

static void *run(void *pointer) {
  Call *call = pointer;
  call->status = tokenstats_main(call->count, call->arguments);
  return NULL;
}

int main(int count, char **arguments) {
  Call call = {count, arguments, 0};
  save_address_space();
  struct rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < stack_size / 8) {
    pthread_attr_t attributes;
    pthread_t thread;
    if (pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, stack_size) == 0 &&
        pthread_create(&thread, &attributes, run, &call) == 0) {
      pthread_join(thread, NULL);
      return call.status;
    }
    fprintf(stderr,
            "error: the stack is limited to %llu KB and no thread with more can be had: raise it with ulimit -s\n",
            (unsigned long long)limit.rlim_cur >> 10);
    return 1;
  }
  run(&call);
  return call.status;
}
