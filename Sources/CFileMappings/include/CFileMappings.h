#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Parts of files in memory, for reading, without the danger that usually comes with them.
//
// A page of a mapped file that is no longer there, because another program cut the file short or the disk failed, ends
// the process with SIGBUS. Here a handler puts zeroes in the place of such pages and takes a note, so that the reader
// goes on with wrong bytes and learns that they are wrong when it asks.

/// A part of a file in memory.
struct fm_mapping {
  /// The part's first byte; NULL where nothing is mapped.
  const void *bytes;
  /// The pages that hold it.
  void *pages;
  size_t length;
  /// The handler's note.
  int32_t slot;
};

/// How many parts can be in memory at a time.
enum { fm_capacity = 512 };

/// Installs the handler of SIGBUS. For programs: a library leaves the handling of signals to its host.
void fm_guard(void);

/// Brings `count` bytes of an open file at `offset` into memory, and behind them at least `padding` more that may be
/// read and mean nothing.
///
/// Returns a mapping whose `bytes` are NULL where the system has no means to do so, `fm_capacity` parts are there
/// already, or others took over the handling of SIGBUS; the file is to be read then. `count` is not 0, and the file had
/// `offset + count` bytes a moment ago.
struct fm_mapping fm_map(int descriptor, int64_t offset, size_t count, size_t padding);

/// Brings the first `count` bytes of an open file into memory, for readers that could do nothing with zeroes: where a
/// page is missing, the process says `last_words` on standard error and exits with status 1.
///
/// Returns a mapping whose `bytes` are NULL where the system refuses and where nobody called `fm_guard`; the file is to
/// be read then. `last_words` lives as long as the process.
struct fm_mapping fm_map_vital(int descriptor, size_t count, const char *last_words);

/// Whether no page was missing when it was looked at; may be asked on any thread. A page that the file now ends in is
/// there, with zeroes behind the end, so the file's size is to be looked at too.
bool fm_is_intact(const struct fm_mapping *mapping);

/// Gives the memory back. Nobody may read it any more.
void fm_unmap(const struct fm_mapping *mapping);
