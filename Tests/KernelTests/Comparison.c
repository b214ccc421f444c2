#include "Comparison.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const function_names[FUNCTIONS] = {
    [PRESCAN] = "prescan",
    [IS_VALID_UTF8] = "is_valid_utf8",
    [IS_SETTLED] = "is_settled",
    [CLASSIFY_PRETOKENS] = "classify_pretokens",
    [CLASSIFY_FURTHER] = "classify_further",
    [CLASSIFY_WIDE] = "classify_wide",
    [FIND_PRETOKENS] = "find_pretokens",
    [SELECT_PROBED] = "select_probed",
    [CLASSIFY_WORDS] = "classify_words",
    [COLLECT] = "collect",
    [MAKE_KEYS] = "make_keys",
    [PROBE] = "probe",
    [HASH] = "hash",
    [COPY_JSON_TEXT] = "rk_copy_json_text",
    [SKIP_JSON_TEXT] = "rk_skip_json_text",
    [WELL_FORMED] = "rk_well_formed",
    [CONTENT_HASH] = "rk_hash",
};

uint64_t digests[FUNCTIONS];

/// Has a function called before a sanitizer ends the program; not there without sanitizers.
__attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)(void));

/// What is being done, for messages; `FUNCTIONS` before the first function of a set.
static struct {
  uint64_t seed, round;
  const char *reference, *set;
  enum function function;
  int is_recording;
} state;

/// How often the functions were called of the current set, and of the reference before it.
static uint64_t calls[FUNCTIONS], reference_calls[FUNCTIONS];

/// The results of the reference, one behind another.
static struct {
  uint8_t *bytes;
  size_t count, capacity, read;
} trace;

static const char *name_of_function(void) {
  return state.function < FUNCTIONS ? function_names[state.function] : "what comes before its first function";
}

/// Prints where the comparison stands and how to come back there.
static void report_place(void) {
  fprintf(stderr, "  in round %" PRIu64 " of seed %" PRIu64 ": again with --seed %" PRIu64 " --round %" PRIu64 "\n",
          state.round, state.seed, state.seed, state.round);
}

static _Noreturn void fail(void) {
  report_place();
  exit(1);
}

/// Prints although it handles a signal: nothing goes on behind it.
static void report_fault(int signal) {
  fprintf(stderr, "%s: %s ends with signal %d (%s): it reads or writes where it must not\n", state.set,
          name_of_function(), signal, strsignal(signal));
  fail();
}

/// The sanitizer has printed what is wrong, and ends the program behind this.
static void report_sanitizer(void) {
  fprintf(stderr, "%s: %s, or the check behind it, ends with the report of a sanitizer above\n", state.set,
          name_of_function());
  report_place();
}

void begin_round(uint64_t seed, uint64_t round) {
  state.seed = seed;
  state.round = round;
  state.set = "no set yet";
  state.function = FUNCTIONS;
  memset(digests, 0, sizeof digests);
  const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) signal(faults[i], report_fault);
  if (__sanitizer_set_death_callback != NULL) __sanitizer_set_death_callback(report_sanitizer);
}

/// No comparison meets what a set leaves out: it must have made the reference's calls and come to the end of its notes.
static void require_completeness(void) {
  if (state.is_recording) return;
  for (enum function i = 0; i < FUNCTIONS; i++) {
    // A function that the reference lacks, any other set may have.
    if (calls[i] >= reference_calls[i]) continue;
    fprintf(stderr, "%s: %s differs from %s in calls: %" PRIu64 " where %" PRIu64 " are right\n", state.set,
            function_names[i], state.reference, calls[i], reference_calls[i]);
    fail();
  }
  if (trace.read == trace.count) return;
  fprintf(stderr, "%s: the whole differs from %s in bytes of results: %zu where %zu are right\n", state.set,
          state.reference, trace.read, trace.count);
  fail();
}

void end_round(void) { require_completeness(); }

void record_reference(const char *name) {
  require_completeness();
  state.reference = state.set = name;
  state.function = FUNCTIONS;
  state.is_recording = 1;
  trace.count = trace.read = 0;
  memset(calls, 0, sizeof calls);
}

void compare_set(const char *name) {
  require_completeness();
  if (state.is_recording) memcpy(reference_calls, calls, sizeof calls);
  state.set = name;
  state.function = FUNCTIONS;
  state.is_recording = 0;
  trace.read = 0;
  memset(calls, 0, sizeof calls);
}

void enter(enum function function) {
  state.function = function;
  calls[function]++;
}

uint64_t calls_of(enum function function) { return calls[function]; }

static uint64_t element(const uint8_t *values, size_t index, size_t width) {
  uint64_t value = 0;
  for (size_t i = 0; i < width; i++) value |= (uint64_t)values[index * width + i] << 8 * i;
  return value;
}

/// Compares with what `truth` gave.
static void compare(const char *truth, const char *what, const void *expected, const void *got, size_t count,
                    size_t width) {
  if (count == 0 || memcmp(expected, got, count * width) == 0) return;
  size_t index = 0;
  while (element(expected, index, width) == element(got, index, width)) index++;
  uint64_t wanted = element(expected, index, width), found = element(got, index, width);
  fprintf(stderr,
          "%s: %s differs from %s in %s[%zu] of %zu: 0x%" PRIx64 " where 0x%" PRIx64 " is right, bits 0x%" PRIx64 "\n",
          state.set, name_of_function(), truth, what, index, count, found, wanted, found ^ wanted);
  fail();
}

void expect(const char *what, const void *expected, const void *got, size_t count, size_t width) {
  compare("its contract", what, expected, got, count, width);
}

void expect_value(const char *what, uint64_t expected, uint64_t got) { expect(what, &expected, &got, 1, sizeof got); }

static void append(const void *bytes, size_t count) {
  if (trace.count + count > trace.capacity) {
    trace.capacity = 2 * (trace.count + count);
    trace.bytes = realloc(trace.bytes, trace.capacity);
    if (trace.bytes == NULL) abort();
  }
  memcpy(trace.bytes + trace.count, bytes, count);
  trace.count += count;
}

/// The same on every machine: digests of different ones are compared.
static uint64_t digest_of(uint64_t digest, const uint8_t *values, size_t count, size_t width) {
  digest = (digest ^ count) * 0x9E3779B97F4A7C15u;
  for (size_t i = 0; i < count; i++) {
    digest = (digest ^ element(values, i, width)) * 0xC2B2AE3D27D4EB4Fu;
    digest ^= digest >> 29;
  }
  return digest;
}

static void note_elements(const char *what, const void *values, size_t count, size_t width) {
  if (count == 0) return;
  if (state.is_recording) {
    append(values, count * width);
    digests[state.function] = digest_of(digests[state.function], values, count, width);
    return;
  }
  if (count * width > trace.count - trace.read) {
    fprintf(stderr, "%s: %s differs from %s in %s: %zu of them where none is right\n", state.set, name_of_function(),
            state.reference, what, count);
    fail();
  }
  const uint8_t *expected = trace.bytes + trace.read;
  trace.read += count * width;
  compare(state.reference, what, expected, values, count, width);
}

void note(const char *what, const void *values, size_t count, size_t width) {
  // Equal numbers of elements first, so that the trace is read as it was written.
  uint64_t number = count;
  note_elements(what, &number, 1, sizeof number);
  note_elements(what, values, count, width);
}

void note_value(const char *what, uint64_t value) { note_elements(what, &value, 1, sizeof value); }
