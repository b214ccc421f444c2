#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Parts of files mapped for reading, without the danger of SIGBUS.
//
// If another program cuts a mapped file short, or the disk fails, reading a page that is gone ends the process with
// SIGBUS. Here a handler replaces such pages by zeros and takes a note: the reader continues with wrong bytes, and
// learns that they are wrong when it asks. A handler belongs to the whole process: only a program may install it,
// and until it does, nothing is mapped.

/// A part of a file in memory.
struct fm_mapping {
  /// The part's first byte; NULL if nothing is mapped.
  const void *bytes;
  /// The pages that hold it.
  void *pages;
  size_t length;
  /// Index of the handler's note.
  int32_t slot;
};

/// How many parts can be in memory at a time.
enum { fm_capacity = 512 };

/// Installs the handler of SIGBUS for this process, once; signals that have nothing to do with mappings go to the
/// handler before it. Returns whether it is installed.
bool fm_guard(void);

/// Maps `count` bytes of an open file at `offset`, followed by at least `padding` more that may be read but have no
/// meaning.
///
/// `bytes` of the result is NULL if no guard is installed or another handler has replaced it, if `fm_capacity` parts
/// are mapped already, or if the system refuses; read the file instead. `count` is not 0, and the file had `offset +
/// count` bytes a moment ago.
struct fm_mapping fm_map(int descriptor, int64_t offset, size_t count, size_t padding);

/// Maps the first `count` bytes of an open file, for readers that could not recover from zeros: if a page is missing,
/// the process writes `last_words` to standard error and exits with status 1.
///
/// `bytes` of the result is NULL if the system refuses, or if nobody called `fm_guard`; read the file instead.
/// `last_words` lives as long as the process.
struct fm_mapping fm_map_vital(int descriptor, size_t count, const char *last_words);

/// Whether every page was there so far when it was read; any thread may ask. The page in which the file now ends is not
/// missing but has zeros after the end, so compare the size of the file as well.
bool fm_is_intact(const struct fm_mapping *mapping);

/// Unmaps the part. Nobody may read it any more.
void fm_unmap(const struct fm_mapping *mapping);
