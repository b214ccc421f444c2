#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "Checks.h"
#include "Memory.h"

// Compares every set of kernels that this processor can run with the portable one.
//
// usage: kernel-tests [--seed N] [--rounds N] [--round N] [--digests FILE]
//   --round    this round only
//   --digests  writes what the reference gave, as one number for each round and function, to compare machines
//
// From 1,000 rounds on every function has to have been called; fewer may miss some that most texts do not reach.

enum { ROUNDS_FOR_COVERAGE = 1000 };

struct options {
  uint64_t seed, first, rounds;
  const char *digests;
};

static struct options options_of(int count, char **arguments) {
  struct options options = {1, 0, 10000, NULL};
  for (int i = 1; i < count; i += 2) {
    const char *name = arguments[i], *value = i + 1 < count ? arguments[i + 1] : "", *behind = value;
    uint64_t number = strtoull(value, (char **)&behind, 10);
    if (strcmp(name, "--digests") == 0 && *value != 0) {
      options.digests = value;
      continue;
    }
    int is_number = *value != 0 && *behind == 0;
    if (is_number && strcmp(name, "--seed") == 0) {
      options.seed = number;
    } else if (is_number && strcmp(name, "--rounds") == 0) {
      options.rounds = number;
    } else if (is_number && strcmp(name, "--round") == 0) {
      options.first = number;
      options.rounds = 1;
    } else {
      fprintf(stderr, "usage: kernel-tests [--seed N] [--rounds N] [--round N] [--digests FILE]\n");
      exit(2);
    }
  }
  return options;
}

/// How often each function of each set was called in all rounds.
static uint64_t totals[8][KERNEL_FUNCTIONS];

static void check_set(const struct bk_kernels *set, size_t number, const struct text *text, uint64_t seed) {
  seed_random(seed);
  choose_placement();
  check_texts(set, text);
  check_pretokens(set, text);
  check_random_spans(set);
  for (enum function i = 0; i < KERNEL_FUNCTIONS; i++) totals[number][i] += calls_of(i);
}

static void write_digests(FILE *file, uint64_t round) {
  for (enum function i = 0; i < FUNCTIONS; i++) {
    if (digests[i] != 0) fprintf(file, "round %" PRIu64 " %s %016" PRIx64 "\n", round, function_names[i], digests[i]);
  }
}

static size_t count_of_sets(void) {
  size_t count = 0;
  while (bk_kernels_available(count) != NULL) count++;
  return count;
}

static void check_round(uint64_t seed, uint64_t round, FILE *digest_file) {
  struct text text;
  begin_round(seed, round);
  seed_random(seed * 0x9E3779B97F4A7C15u + round * 0xC2B2AE3D27D4EB4Fu);
  make_text(&text);
  uint64_t set_seed = random_bits();
  // The slowest set is the portable one, which is the truth for the others.
  size_t sets = count_of_sets();
  for (size_t number = sets; number-- > 0;) {
    const struct bk_kernels *set = bk_kernels_available(number);
    number == sets - 1 ? record_reference(set->name) : compare_set(set->name);
    check_set(set, number, &text, set_seed);
  }
  seed_random(set_seed);
  check_records(&text);
  end_round();
  if (digest_file != NULL) write_digests(digest_file, round);
}

/// A function that no round called was not tested.
static int require_coverage(void) {
  int is_covered = 1;
  const struct bk_kernels *set;
  for (size_t number = 0; (set = bk_kernels_available(number)) != NULL; number++) {
    for (enum function i = 0; i < KERNEL_FUNCTIONS; i++) {
      if (totals[number][i] > 0 || (i == IS_VALID_UTF8 && set->is_valid_utf8 == NULL)) continue;
      fprintf(stderr, "%s: %s was never called\n", set->name, function_names[i]);
      is_covered = 0;
    }
  }
  return is_covered;
}

int main(int count, char **arguments) {
  struct options options = options_of(count, arguments);
  FILE *digest_file = options.digests != NULL ? fopen(options.digests, "w") : NULL;
  if (options.digests != NULL && digest_file == NULL) {
    perror(options.digests);
    return 2;
  }
  for (uint64_t i = 0; i < options.rounds; i++) check_round(options.seed, options.first + i, digest_file);
  if (digest_file != NULL && fclose(digest_file) != 0) {
    perror(options.digests);
    return 2;
  }
  if (options.rounds >= ROUNDS_FOR_COVERAGE && !require_coverage()) return 1;
  size_t sets = count_of_sets();
  for (size_t number = 0; number < sets - 1; number++) {
    printf("%s gives what %s gives in %" PRIu64 " rounds of seed %" PRIu64 "\n", bk_kernels_available(number)->name,
           bk_kernels_available(sets - 1)->name, options.rounds, options.seed);
  }
  return 0;
}
