#ifndef CSUPPORT_H
#define CSUPPORT_H

#include <stdbool.h>

/// A lock that works in a child process too, unless another thread held it when the process forked.
///
/// Swift's own `Mutex` stores the kernel's thread id, which differs after `fork`.
typedef struct csupport_lock csupport_lock;

/// Makes a lock; NULL if there is no memory.
csupport_lock *csupport_lock_create(void);

/// Frees a lock that nobody holds.
void csupport_lock_destroy(csupport_lock *lock);

/// Acquires the lock, waiting while another thread holds it.
void csupport_lock_acquire(csupport_lock *lock);

/// Releases a lock that this thread holds.
void csupport_lock_release(csupport_lock *lock);

/// A thread that was started and must be joined.
typedef struct csupport_thread csupport_thread;

/// Starts a thread that calls `body` with `argument`; NULL if the system has no thread left.
///
/// The thread receives only signals that its own instructions raise, none for the process. The size of its stack does
/// not depend on the shell or the C library.
csupport_thread *csupport_thread_start(void (*body)(void *), void *argument);

/// Waits until a thread has ended, and frees what it used.
void csupport_thread_join(csupport_thread *thread);

#endif
