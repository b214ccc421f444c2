#include "CSupport.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

struct csupport_lock {
  pthread_mutex_t mutex;
};

csupport_lock *csupport_lock_create(void) {
  csupport_lock *lock = malloc(sizeof *lock);
  if (!lock || pthread_mutex_init(&lock->mutex, NULL) != 0) {
    static const char message[] = "error: no memory is left for a lock; allow this process more\n";
    // Nothing can be done where this cannot be written either.
    ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written;
    abort();
  }
  return lock;
}

void csupport_lock_destroy(csupport_lock *lock) {
  pthread_mutex_destroy(&lock->mutex);
  free(lock);
}

// A mutex of the default kind fails only if it is misused.
void csupport_lock_acquire(csupport_lock *lock) { pthread_mutex_lock(&lock->mutex); }

void csupport_lock_release(csupport_lock *lock) { pthread_mutex_unlock(&lock->mutex); }
