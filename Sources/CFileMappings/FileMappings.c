#define _GNU_SOURCE

#include "CFileMappings.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/// What the handler must know about a mapping.
///
/// A slot is free while `start` is 0. Its owner sets `end` first and `start` last, and clears `start` before it returns
/// the slot, so a handler that finds the same start before and after reading the end has a matching pair. Live
/// mappings do not overlap and the mapping of the failing thread is live, so no other pair contains its address.
struct slot {
  _Atomic(uintptr_t) start;
  _Atomic(uintptr_t) end;
  atomic_bool is_taken;
  atomic_bool is_damaged;
  /// The message with which the process ends if a page is missing; NULL if zeros replace the page.
  _Atomic(const char *) last_words;
};

static struct slot slots[fm_capacity];
static struct sigaction previous;
static atomic_bool is_guarded;
static uintptr_t page_size;

/// The mapping that contains an address; -1 if none does.
static int32_t slot_of(uintptr_t address) {
  for (int32_t i = 0; i < fm_capacity; i++) {
    uintptr_t start = atomic_load(&slots[i].start), end = atomic_load(&slots[i].end);
    if (start != 0 && start <= address && address < end && atomic_load(&slots[i].start) == start) return i;
  }
  return -1;
}

/// Replaces the page that cannot be read, and all after it, by zeros. Makes only system calls that a handler may make.
static bool replace_pages(uintptr_t address) {
  int32_t slot = slot_of(address);
  if (slot < 0) return false;
  const char *last_words = atomic_load(&slots[slot].last_words);
  if (last_words != NULL) {
    ssize_t written = write(STDERR_FILENO, last_words, strlen(last_words));
    (void)written;
    _exit(1);
  }
  uintptr_t page = address & ~(page_size - 1);
  atomic_store(&slots[slot].is_damaged, true);
  void *pages = mmap((void *)page, atomic_load(&slots[slot].end) - page, PROT_READ,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  return pages != MAP_FAILED;
}

/// Whether an access failed because a page could not be brought into memory, rather than because the signal was sent or
/// the access itself was wrong.
static bool is_missing_page(const siginfo_t *info) {
  return info->si_code == BUS_ADRERR || info->si_code == BUS_OBJERR || info->si_code == BUS_MCEERR_AR;
}

static void on_bus_error(int number, siginfo_t *info, void *context) {
  int saved = errno;
  bool is_replaced = is_missing_page(info) && replace_pages((uintptr_t)info->si_addr);
  errno = saved;
  if (is_replaced) return;
  if ((previous.sa_flags & SA_SIGINFO) != 0) return previous.sa_sigaction(number, info, context);
  if (previous.sa_handler == SIG_IGN && info->si_code <= 0) return;
  if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) return previous.sa_handler(number);
  // Not ours: the process ends as it would without this handler, as soon as it returns.
  (void)signal(SIGBUS, SIG_DFL);
  (void)raise(SIGBUS);
}

static void install_guard(void) {
  page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
  struct sigaction action = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
  (void)sigemptyset(&action.sa_mask);
  atomic_store(&is_guarded, sigaction(SIGBUS, &action, &previous) == 0);
}

bool fm_guard(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  (void)pthread_once(&once, install_guard);
  return atomic_load(&is_guarded);
}

/// Whether a missing page would reach the handler here: it may not be installed, or have been replaced since.
static bool is_guarding(void) {
  struct sigaction current;
  return atomic_load(&is_guarded) && sigaction(SIGBUS, NULL, &current) == 0 && (current.sa_flags & SA_SIGINFO) != 0 &&
         current.sa_sigaction == on_bus_error;
}

static int32_t take_slot(void) {
  for (int32_t i = 0; i < fm_capacity; i++) {
    if (!atomic_load_explicit(&slots[i].is_taken, memory_order_relaxed) && !atomic_exchange(&slots[i].is_taken, true)) {
      return i;
    }
  }
  return -1;
}

static void leave_slot(int32_t slot) {
  atomic_store(&slots[slot].start, 0);
  atomic_store(&slots[slot].is_taken, false);
}

/// Maps pages of zeros, the first `covered` bytes of which are the file's pages; NULL if the system refuses.
static void *map_pages(int descriptor, int64_t offset, size_t covered, size_t length) {
  void *pages = mmap(NULL, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) return NULL;
  if (mmap(pages, covered, PROT_READ, MAP_SHARED | MAP_FIXED, descriptor, (off_t)offset) == MAP_FAILED) {
    (void)munmap(pages, length);
    return NULL;
  }
  // Only advice, which makes the system read further ahead.
  (void)madvise(pages, covered, MADV_SEQUENTIAL);
  return pages;
}

/// A slot for a mapping that is about to be made; -1 if no handler would see its missing pages.
static int32_t take_guarded_slot(void) { return is_guarding() ? take_slot() : -1; }

static void fill_slot(int32_t slot, const void *pages, size_t length, const char *last_words) {
  atomic_store(&slots[slot].is_damaged, false);
  atomic_store(&slots[slot].last_words, last_words);
  atomic_store(&slots[slot].end, (uintptr_t)pages + length);
  atomic_store(&slots[slot].start, (uintptr_t)pages);
}

struct fm_mapping fm_map(int descriptor, int64_t offset, size_t count, size_t padding) {
  struct fm_mapping mapping = {0};
  int32_t slot = take_guarded_slot();
  if (slot < 0) return mapping;

  size_t mask = page_size - 1, skipped = (size_t)offset & mask;
  size_t covered = (skipped + count + mask) & ~mask, length = (skipped + count + padding + mask) & ~mask;
  char *pages = map_pages(descriptor, offset - (int64_t)skipped, covered, length);
  if (pages == NULL) {
    leave_slot(slot);
    return mapping;
  }
  fill_slot(slot, pages, length, NULL);
  return (struct fm_mapping){.bytes = pages + skipped, .pages = pages, .length = length, .slot = slot};
}

struct fm_mapping fm_map_vital(int descriptor, size_t count, const char *last_words) {
  struct fm_mapping mapping = {0};
  int32_t slot = take_guarded_slot();
  if (slot < 0) return mapping;
  void *pages = mmap(NULL, count, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (pages == MAP_FAILED) {
    leave_slot(slot);
    return mapping;
  }
  fill_slot(slot, pages, count, last_words);
  return (struct fm_mapping){.bytes = pages, .pages = pages, .length = count, .slot = slot};
}

bool fm_is_intact(const struct fm_mapping *mapping) { return !atomic_load(&slots[mapping->slot].is_damaged); }

void fm_unmap(const struct fm_mapping *mapping) {
  // Hidden from the handler first: once unmapped, the addresses may become another mapping's.
  leave_slot(mapping->slot);
  (void)munmap(mapping->pages, mapping->length);
}
