// For pthread_sigmask.
#define _POSIX_C_SOURCE 200809L

#include "CSupport.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

// As much as the main thread usually has, because templates and JSON are read by recursion.
enum { STACK_BYTES = 8 << 20 };

struct csupport_thread {
  pthread_t thread;
  void (*body)(void *);
  void *argument;
};

static void *run(void *start) {
  csupport_thread *thread = start;
  thread->body(thread->argument);
  return NULL;
}

/// All signals except those that a thread's own instructions raise: if these were blocked, they would end the process.
static void fill_blocked(sigset_t *signals) {
  static const int own[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGPROF, SIGSEGV, SIGSYS, SIGTRAP};
  sigfillset(signals);
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) sigdelset(signals, own[i]);
}

csupport_thread *csupport_thread_start(void (*body)(void *), void *argument) {
  pthread_attr_t attributes;
  csupport_thread *thread = malloc(sizeof *thread);
  if (!thread || pthread_attr_init(&attributes) != 0) {
    free(thread);
    return NULL;
  }
  *thread = (csupport_thread){.body = body, .argument = argument};
  sigset_t blocked, before;
  fill_blocked(&blocked);
  int code = pthread_attr_setstacksize(&attributes, STACK_BYTES);
  if (code == 0) code = pthread_sigmask(SIG_BLOCK, &blocked, &before);
  if (code == 0) {
    code = pthread_create(&thread->thread, &attributes, run, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  pthread_attr_destroy(&attributes);
  if (code != 0) {
    free(thread);
    return NULL;
  }
  return thread;
}

void csupport_thread_join(csupport_thread *thread) {
  pthread_join(thread->thread, NULL);
  free(thread);
}
