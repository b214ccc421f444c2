#ifndef CSUPPORT_H
#define CSUPPORT_H

#include <stdbool.h>

/// A lock that works in a child process too, unless another thread held it when the process forked.
///
/// Swift's own `Mutex` keeps the kernel's number of the thread, which is another one after `fork`.
typedef struct csupport_lock csupport_lock;

/// Makes a lock; null where there is no memory.
csupport_lock *csupport_lock_create(void);

/// Gives a lock back that nobody holds.
void csupport_lock_destroy(csupport_lock *lock);

/// Waits until nobody else holds the lock, and holds it.
void csupport_lock_acquire(csupport_lock *lock);

/// Lets go of a lock that this thread holds.
void csupport_lock_release(csupport_lock *lock);

/// A thread that was started and has to be waited for.
typedef struct csupport_thread csupport_thread;

/// Starts a thread that calls `body` with `argument`; null where the system has none to give.
///
/// Signals for the process are not delivered to the thread, only those that its own instructions raise. Its stack does
/// not depend on limits of the shell or the C library.
csupport_thread *csupport_thread_start(void (*body)(void *), void *argument);

/// Waits until a thread has ended, and gives back what it took.
void csupport_thread_join(csupport_thread *thread);

#endif
