// Makes one call of the system fail: preloaded by crash_test.py.
//
//   FAULT_CALL    write, fsync, rename, read, mmap (of files), memalign, realloc (of 256 KB and more)
//   FAULT_NUMBER  the number of the call that fails, from 1; none does without it
//   FAULT_LOG     receives the number of calls at the end

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long calls;
static long failing;
static const char *kind = "";

__attribute__((constructor)) static void begin(void) {
  const char *number = getenv("FAULT_NUMBER");
  failing = number ? atol(number) : 0;
  if (getenv("FAULT_CALL")) kind = getenv("FAULT_CALL");
}

__attribute__((destructor)) static void end(void) {
  const char *path = getenv("FAULT_LOG");
  FILE *log = path && !failing ? fopen(path, "w") : NULL;
  if (!log) return;
  fprintf(log, "%ld\n", atomic_load(&calls));
  fclose(log);
}

/// Whether this call is the one that fails.
static int fails(const char *name, int code) {
  if (strcmp(name, kind) != 0 || atomic_fetch_add(&calls, 1) + 1 != failing) return 0;
  errno = code;
  return 1;
}

/// Whether a descriptor is a regular file: what goes to a terminal or a pipe is not meant.
static int is_file(int descriptor) {
  struct stat status;
  return descriptor > 2 && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int descriptor, const void *bytes, size_t count) {
  if (is_file(descriptor) && fails("write", ENOSPC)) return -1;
  return REAL(write)(descriptor, bytes, count);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  if (is_file(descriptor) && fails("write", ENOSPC)) return -1;
  return REAL(pwrite)(descriptor, bytes, count, offset);
}

ssize_t read(int descriptor, void *bytes, size_t count) {
  if (is_file(descriptor) && fails("read", EIO)) return -1;
  return REAL(read)(descriptor, bytes, count);
}

ssize_t pread(int descriptor, void *bytes, size_t count, off_t offset) {
  if (is_file(descriptor) && fails("read", EIO)) return -1;
  return REAL(pread)(descriptor, bytes, count, offset);
}

int fsync(int descriptor) { return fails("fsync", EIO) ? -1 : REAL(fsync)(descriptor); }

int fdatasync(int descriptor) { return fails("fsync", EIO) ? -1 : REAL(fdatasync)(descriptor); }

int rename(const char *from, const char *to) { return fails("rename", EIO) ? -1 : REAL(rename)(from, to); }

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
  return fails("rename", EIO) ? -1 : REAL(renameat)(from_folder, from, to_folder, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
  return fails("rename", EIO) ? -1 : REAL(renameat2)(from_folder, from, to_folder, to, flags);
}

void *mmap(void *address, size_t size, int protection, int flags, int descriptor, off_t offset) {
  if (descriptor >= 0 && fails("mmap", ENOMEM)) return MAP_FAILED;
  return REAL(mmap)(address, size, protection, flags, descriptor, offset);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  // Other alignments are Swift's own, which ends the process where it gets none.
  if (alignment == 64 && fails("memalign", ENOMEM)) return ENOMEM;
  return REAL(posix_memalign)(memory, alignment, size);
}

void *realloc(void *memory, size_t size) {
  // Smaller ones are Swift's own, which ends the process where it gets none.
  if (size >= 1 << 18 && fails("realloc", ENOMEM)) return NULL;
  return REAL(realloc)(memory, size);
}
