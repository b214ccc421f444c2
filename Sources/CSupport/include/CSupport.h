#ifndef CSUPPORT_H
#define CSUPPORT_H

#include <stdbool.h>

/// A lock that works in a child process too, unless another thread held it when the process forked.
///
/// Swift's own `Mutex` stores the kernel's thread id, which differs after `fork`.
typedef struct csupport_lock csupport_lock;

/// Makes a lock. Without memory for it, the process ends with a message on standard error.
csupport_lock *_Nonnull csupport_lock_create(void);

/// Frees a lock that nobody holds.
void csupport_lock_destroy(csupport_lock *_Nonnull lock);

/// Acquires the lock, waiting while another thread holds it.
void csupport_lock_acquire(csupport_lock *_Nonnull lock);

/// Releases a lock that this thread holds.
void csupport_lock_release(csupport_lock *_Nonnull lock);

/// A thread that was started and must be joined.
typedef struct csupport_thread csupport_thread;

/// Starts a thread that calls `body` with `argument`; NULL if the system has no thread left.
///
/// The thread receives only signals that its own instructions raise, none for the process. The size of its stack does
/// not depend on the shell or the C library.
csupport_thread *_Nullable csupport_thread_start(
    void (*_Nonnull body)(void *_Nullable), void *_Nullable argument);

/// Waits until a thread has ended, and frees what it used.
void csupport_thread_join(csupport_thread *_Nonnull thread);

#endif
