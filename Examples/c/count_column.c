// Counts the tokens of a column of texts that is in memory, and prints the count of each row.
//
//   cc count_column.c -I include -L lib -ltokenstats -o count_column
//   ./count_column qwen-3-32b "Hello, world!" "How are you?"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tokenstats.h"

/// Says what is wrong and ends the program.
static int fail(ts_error *error) {
  fprintf(stderr, "error: %s\n", error->message ? error->message : "no reason was given");
  ts_error_clear(error);
  return 1;
}

int main(int count, char **arguments) {
  if (count < 3) {
    fprintf(stderr, "usage: count_column MODEL TEXT ...\n");
    return 64;
  }
  ts_error error = {0};
  ts_model *model;
  if (ts_model_open(arguments[1], NULL, &model, &error) != TS_OK) return fail(&error);

  // The texts stay where they are. A library of Arrow would hand over its own arrays here.
  int64_t rows = count - 2;
  ts_text *texts = calloc((size_t)rows, sizeof *texts);
  if (!texts) return 1;
  for (int64_t row = 0; row < rows; row++) {
    texts[row] = (ts_text){arguments[row + 2], (int64_t)strlen(arguments[row + 2])};
  }
  const void *buffers[] = {NULL, texts};
  struct ArrowArray array = {.length = rows, .n_buffers = 2, .buffers = buffers};
  struct ArrowSchema schema = {.format = TS_TEXTS, .name = "text"};

  ts_run run = {.size = sizeof run, .threads = 2};
  struct ArrowArray counts;
  struct ArrowSchema type;
  if (ts_count(model, &array, &schema, &run, &counts, &type, &error) != TS_OK) return fail(&error);
  const int32_t *values = counts.buffers[1];
  for (int64_t row = 0; row < counts.length; row++) printf("%" PRId32 "\t%s\n", values[row], texts[row].bytes);

  ts_statistics *statistics;
  if (ts_statistics_of_lengths(model, "texts", &counts, &type, NULL, NULL, &statistics, &error) != TS_OK) {
    return fail(&error);
  }
  printf("median\t%" PRId64 "\n", ts_statistics_percentile(statistics, 50));

  ts_statistics_close(statistics);
  counts.release(&counts);
  type.release(&type);
  ts_model_close(model);
  free(texts);
  return 0;
}
