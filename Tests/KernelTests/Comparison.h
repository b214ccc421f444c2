#pragma once

#include <stddef.h>
#include <stdint.h>

#include "CTokenizerKernels.h"

// How a set of kernels is compared with the scalar truth: what the reference gives is noted, and what another set gives
// for the same input has to be the same, note by note.

/// The functions under test; those of `bk_kernels` first, in its order.
enum function {
  PRESCAN,
  IS_VALID_UTF8,
  IS_SETTLED,
  CLASSIFY_PRETOKENS,
  CLASSIFY_FURTHER,
  CLASSIFY_WIDE,
  FIND_PRETOKENS,
  SELECT_PROBED,
  CLASSIFY_WORDS,
  COLLECT,
  MAKE_KEYS,
  PROBE,
  HASH,
  KERNEL_FUNCTIONS,
  COPY_JSON_TEXT = KERNEL_FUNCTIONS,
  SKIP_JSON_TEXT,
  WELL_FORMED,
  CONTENT_HASH,
  FUNCTIONS,
};

// Whoever adds a function to the table adds it above, and then `require_coverage` asks for a check that calls it.
_Static_assert(sizeof(struct bk_kernels) == sizeof(char *) + KERNEL_FUNCTIONS * sizeof(void (*)(void)),
               "every function of bk_kernels has to be tested");
_Static_assert(offsetof(struct bk_kernels, prescan) == sizeof(char *) + PRESCAN * sizeof(void (*)(void)),
               "the functions stand in the order of bk_kernels");
_Static_assert(offsetof(struct bk_kernels, hash) == sizeof(char *) + HASH * sizeof(void (*)(void)),
               "the functions stand in the order of bk_kernels");

/// The name of a function in the sources.
extern const char *const function_names[FUNCTIONS];

/// Begins a round; messages name both numbers. Also has faults of memory and reports of sanitizers say them.
void begin_round(uint64_t seed, uint64_t round);

/// Ends a round: the last set, too, has to have done all that the reference did.
void end_round(void);

/// What follows is done by the set `name` and noted as the truth.
void record_reference(const char *name);

/// What follows is done by the set `name` and compared with what was noted last.
void compare_set(const char *name);

/// What follows is done by this function of the set.
void enter(enum function function);

/// How often a function was entered since `record_reference` or `compare_set`.
uint64_t calls_of(enum function function);

/// Notes or compares `count` results of `width` bytes each, 1, 2, 4 or 8.
void note(const char *what, const void *values, size_t count, size_t width);

/// Notes or compares one result.
void note_value(const char *what, uint64_t value);

/// Has to be the same in any set, whatever the reference gave.
void expect(const char *what, const void *expected, const void *got, size_t count, size_t width);

/// The same for one number.
void expect_value(const char *what, uint64_t expected, uint64_t got);

/// What was noted of the reference's results of each function in this round, as one number; 0 where nothing was.
extern uint64_t digests[FUNCTIONS];
