// Checks the C library from outside: every layout of texts, conversations, failures as values, threads and forks.
//
// usage: check_library MODEL [FORKS]     FORKS is 500 by default

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tokenstats.h"

static int failures;

#define EXPECT(condition)                                                    \
  do {                                                                       \
    if (!(condition)) {                                                      \
      fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
      failures++;                                                            \
    }                                                                        \
  } while (0)

static ts_model *model;
static const char *const words[] = {"Hello, world!", "", "a longer text with more than twelve bytes, \xC3\xA9", NULL,
                                    "Hello, world!"};
enum { ROWS = sizeof words / sizeof *words };
static int64_t expected[ROWS];

/// Counts an array and compares with what single texts have.
static void check_counts(const char *what, struct ArrowArray *array, struct ArrowSchema *schema, const int64_t *wanted) {
  for (int threads = 1; threads <= 3; threads++) {
    ts_run run = {.size = sizeof run, .threads = threads};
    ts_error error = {0};
    struct ArrowArray counts;
    struct ArrowSchema type;
    if (ts_count(model, array, schema, &run, &counts, &type, &error) != TS_OK) {
      fprintf(stderr, "%s: %s\n", what, error.message);
      ts_error_clear(&error);
      failures++;
      return;
    }
    EXPECT(counts.length == array->length && strcmp(type.format, "i") == 0);
    const uint8_t *valid = counts.buffers[0];
    const int32_t *values = counts.buffers[1];
    for (int64_t row = 0; row < counts.length; row++) {
      bool is_null = valid && !(valid[row >> 3] >> (row & 7) & 1);
      if (is_null != (wanted[row] < 0) || (!is_null && values[row] != wanted[row])) {
        fprintf(stderr, "%s: row %" PRId64 " is %d, not %" PRId64 "\n", what, row, is_null ? -1 : values[row], wanted[row]);
        failures++;
      }
    }
    counts.release(&counts);
    type.release(&type);
  }
}

static void check_layouts(void) {
  char data[256];
  int32_t narrow[ROWS + 1] = {0};
  int64_t wide[ROWS + 1] = {0};
  uint8_t valid = 0;
  struct {
    int32_t size;
    union {
      char text[12];
      struct {
        char prefix[4];
        int32_t buffer, start;
      } place;
    } of;
  } views[ROWS];
  memset(views, 0, sizeof views);
  int32_t end = 0;
  for (int row = 0; row < ROWS; row++) {
    int32_t size = words[row] ? (int32_t)strlen(words[row]) : 0;
    if (words[row]) valid |= (uint8_t)(1 << row);
    memcpy(data + end, words[row] ? words[row] : "", (size_t)size);
    views[row].size = size;
    if (size <= 12) {
      memcpy(views[row].of.text, data + end, (size_t)size);
    } else {
      memcpy(views[row].of.place.prefix, data + end, 4);
      views[row].of.place.start = end;
    }
    end += size;
    narrow[row + 1] = end;
    wide[row + 1] = end;
  }
  struct ArrowSchema schema = {.format = "u", .name = ""};
  const void *buffers[4] = {&valid, narrow, data, NULL};
  struct ArrowArray array = {.length = ROWS, .null_count = 1, .n_buffers = 3, .buffers = buffers};
  check_counts("utf8", &array, &schema, expected);
  struct ArrowArray slice = array;
  slice.offset = 2;
  slice.length = ROWS - 2;
  slice.null_count = -1;
  check_counts("a slice", &slice, &schema, expected + 2);
  slice.length = 0;
  check_counts("no rows", &slice, &schema, expected);
  buffers[1] = wide;
  schema.format = "U";
  check_counts("large_utf8", &array, &schema, expected);
  int64_t sizes[] = {end};
  const void *view_buffers[] = {&valid, views, data, sizes};
  struct ArrowArray view_array = {.length = ROWS, .null_count = 1, .n_buffers = 4, .buffers = view_buffers};
  schema.format = "vu";
  check_counts("views", &view_array, &schema, expected);

  struct ArrowSchema entries = {.format = "U", .name = ""};
  int8_t indices[] = {2, 0, 0, 1, 3, 2};
  const uint8_t all_but_fifth = 0x2F;
  const void *index_buffers[] = {&all_but_fifth, indices};
  int64_t wanted[] = {expected[2], expected[0], expected[0], expected[1], -1, expected[2]};
  struct ArrowArray dictionary = {
      .length = 6, .null_count = 1, .n_buffers = 2, .buffers = index_buffers, .dictionary = &array};
  struct ArrowSchema dictionary_schema = {.format = "c", .name = "", .dictionary = &entries};
  check_counts("a dictionary", &dictionary, &dictionary_schema, wanted);

  int32_t ends[] = {2, 3, 6, 7, 9};
  const void *end_buffers[] = {NULL, ends};
  struct ArrowArray end_array = {.length = ROWS, .n_buffers = 2, .buffers = end_buffers};
  struct ArrowSchema end_schema = {.format = "i", .name = "run_ends"};
  struct ArrowArray *parts[] = {&end_array, &array};
  struct ArrowSchema *part_schemas[] = {&end_schema, &entries};
  struct ArrowArray runs = {.length = 8, .offset = 1, .n_children = 2, .children = parts};
  struct ArrowSchema runs_schema = {.format = "+r", .name = "", .n_children = 2, .children = part_schemas};
  int64_t run_counts[] = {expected[0], expected[1], expected[2], expected[2],
                          expected[2], -1,          expected[4], expected[4]};
  check_counts("runs", &runs, &runs_schema, run_counts);
}

/// Conversations as list<struct<role, content>> have the tokens of the same conversations as JSON.
static void check_conversations(void) {
  static const char text[] = "usersystemuser";
  int32_t roles[] = {0, 4, 10, 14};
  int32_t content_offsets[] = {0, 5, 13, 18};
  static const char content[] = "Hello" "Be brief" "Hello";
  const void *role_buffers[] = {NULL, roles, text}, *content_buffers[] = {NULL, content_offsets, content};
  struct ArrowArray role = {.length = 3, .n_buffers = 3, .buffers = role_buffers};
  struct ArrowArray said = {.length = 3, .n_buffers = 3, .buffers = content_buffers};
  struct ArrowArray *members[] = {&role, &said};
  const void *none[] = {NULL};
  struct ArrowArray messages = {.length = 3, .n_buffers = 1, .buffers = none, .n_children = 2, .children = members};
  int32_t lists[] = {0, 1, 3};
  const void *list_buffers[] = {NULL, lists};
  struct ArrowArray *elements[] = {&messages};
  struct ArrowArray array = {
      .length = 2, .n_buffers = 2, .buffers = list_buffers, .n_children = 1, .children = elements};
  struct ArrowSchema role_schema = {.format = "u", .name = "role"}, said_schema = {.format = "u", .name = "content"};
  struct ArrowSchema *member_schemas[] = {&role_schema, &said_schema};
  struct ArrowSchema messages_schema = {.format = "+s", .name = "item", .n_children = 2, .children = member_schemas};
  struct ArrowSchema *element_schemas[] = {&messages_schema};
  struct ArrowSchema schema = {.format = "+l", .name = "messages", .n_children = 1, .children = element_schemas};

  static const char one[] = "[{\"role\":\"user\",\"content\":\"Hello\"}]";
  static const char two[] = "[{\"role\":\"system\",\"content\":\"Be brief\"},{\"role\":\"user\",\"content\":\"Hello\"}]";
  ts_text texts[] = {{one, sizeof one - 1}, {two, sizeof two - 1}};
  const void *text_buffers[] = {NULL, texts};
  struct ArrowArray json = {.length = 2, .n_buffers = 2, .buffers = text_buffers};
  struct ArrowSchema json_schema = {.format = TS_TEXTS, .name = ""};

  ts_error error = {0};
  ts_run run = {.size = sizeof run, .flags = TS_JSON};
  struct ArrowArray counts, kinds, ids, rendered;
  struct ArrowSchema type, kinds_type, ids_type, rendered_type;
  EXPECT(ts_count(model, &json, &json_schema, &run, &counts, &type, &error) == TS_OK);
  const int32_t *wanted = counts.buffers[1];
  check_counts("conversations", &array, &schema, (int64_t[]){wanted[0], wanted[1]});
  run.flags = TS_BY_KIND;
  EXPECT(ts_count(model, &array, &schema, &run, &kinds, &kinds_type, &error) == TS_OK);
  for (int row = 0; row < 2; row++) {
    int32_t sum = 0;
    for (int64_t kind = 0; kind < kinds.n_children; kind++) {
      sum += ((const int32_t *)kinds.children[kind]->buffers[1])[row];
    }
    EXPECT(sum == wanted[row]);
  }
  EXPECT(strcmp(kinds_type.children[1]->name, "user") == 0);
  run.flags = 0;
  EXPECT(ts_encode(model, &array, &schema, &run, &ids, &ids_type, &error) == TS_OK);
  const int64_t *offsets = ids.buffers[1];
  EXPECT(offsets[1] == wanted[0] && offsets[2] - offsets[1] == wanted[1]);
  EXPECT(ts_decode(model, &ids, &ids_type, &run, &rendered, &rendered_type, &error) == TS_OK);
  struct ArrowArray direct;
  struct ArrowSchema direct_type;
  EXPECT(ts_render(model, &array, &schema, &run, &direct, &direct_type, &error) == TS_OK);
  const int64_t *rendered_offsets = rendered.buffers[1];
  EXPECT(memcmp(rendered_offsets, direct.buffers[1], 3 * sizeof *rendered_offsets) == 0);
  EXPECT(memcmp(rendered.buffers[2], direct.buffers[2], (size_t)rendered_offsets[2]) == 0);
  struct ArrowArray *arrays[] = {&counts, &kinds, &ids, &rendered, &direct};
  struct ArrowSchema *types[] = {&type, &kinds_type, &ids_type, &rendered_type, &direct_type};
  for (int result = 0; result < 5; result++) {
    arrays[result]->release(arrays[result]);
    types[result]->release(types[result]);
  }
}

static int32_t stop_at_once(void *context, int64_t done, int64_t rows) {
  (void)done;
  (void)rows;
  ++*(int *)context;
  return 1;
}

static void check_failures(void) {
  ts_error error = {0};
  ts_model *none = NULL;
  EXPECT(ts_model_open("no-such-model", NULL, &none, &error) == TS_ERROR_UNKNOWN_MODEL);
  EXPECT(error.kind == TS_ERROR_UNKNOWN_MODEL && error.row == -1 && strstr(error.message, "known models are"));
  EXPECT(ts_model_open(NULL, NULL, NULL, &error) == TS_ERROR_ARGUMENT);
  EXPECT(ts_model_open("/no/such/file", NULL, &none, NULL) == TS_ERROR_UNKNOWN_MODEL && none == NULL);
  EXPECT(ts_model_describe(NULL) == NULL);
  ts_model_close(NULL);
  ts_statistics_close(NULL);

  double number = 1;
  const void *buffers[] = {NULL, &number};
  struct ArrowArray array = {.length = 1, .n_buffers = 2, .buffers = buffers}, counts;
  struct ArrowSchema schema = {.format = "g", .name = "x"}, type;
  EXPECT(ts_count(model, &array, &schema, NULL, &counts, &type, &error) == TS_ERROR_COLUMN);
  ts_text texts[] = {{"[{\"role\":\"user\",\"content\":\"a\"}]", 33}, {"{", 1}};
  buffers[1] = texts;
  schema.format = TS_TEXTS;
  array.length = 2;
  ts_run run = {.size = sizeof run, .flags = TS_JSON};
  texts[0].size = (int64_t)strlen(texts[0].bytes);
  EXPECT(ts_count(model, &array, &schema, &run, &counts, &type, &error) == TS_ERROR_ROW && error.row == 1);
  run.flags |= TS_FAILED_ROWS_ARE_NULL;
  EXPECT(ts_count(model, &array, &schema, &run, &counts, &type, &error) == TS_OK && counts.null_count == 1);
  counts.release(&counts);
  type.release(&type);
  int calls = 0;
  run = (ts_run){.size = sizeof run, .is_stopped = stop_at_once, .context = &calls};
  EXPECT(ts_count(model, &array, &schema, &run, &counts, &type, &error) == TS_STOPPED && calls == 1);
  ts_statistics *statistics = NULL;
  EXPECT(ts_statistics_read("{}", &statistics, &error) == TS_ERROR_STATISTICS && !statistics);
  ts_error_clear(&error);
}

static void check_statistics(void) {
  int32_t lengths[] = {5, 7, 7, 100};
  const void *buffers[] = {NULL, lengths};
  struct ArrowArray array = {.length = 4, .n_buffers = 2, .buffers = buffers};
  struct ArrowSchema schema = {.format = "i", .name = ""};
  ts_statistics *one = NULL, *two = NULL;
  ts_error error = {0};
  EXPECT(ts_statistics_of_lengths(model, "x", &array, &schema, NULL, NULL, &one, &error) == TS_OK);
  char *exact = ts_statistics_exact(one);
  EXPECT(ts_statistics_read(exact, &two, &error) == TS_OK);
  EXPECT(ts_statistics_merge(one, two, &error) == TS_OK);
  EXPECT(ts_statistics_percentile(one, 50) == 7 && ts_statistics_percentile(one, 100) == 100);
  char *document = ts_statistics_document(one, (int32_t[]){50}, 1);
  EXPECT(document && strstr(document, "\"total_conversations\": 8"));
  ts_string_free(exact);
  ts_string_free(document);
  ts_statistics_close(one);
  ts_statistics_close(two);
}

/// The memory of this process in bytes.
static long memory(void) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file || fscanf(file, "%*d %ld", &pages) != 1) failures++;
  if (file) fclose(file);
  return pages * sysconf(_SC_PAGESIZE);
}

/// Calls that are made again and again keep nothing: neither results, nor failures, nor statistics.
static void check_leaks(void) {
  long before = 0;
  for (int round = 0; round < 400; round++) {
    if (round == 100) before = memory();
    check_layouts();
    check_conversations();
    check_failures();
    check_statistics();
  }
  long grown = memory() - before;
  if (grown > 1 << 20) {
    fprintf(stderr, "300 rounds took %ld more bytes\n", grown);
    failures++;
  }
}

// MARK: Threads and forks

static atomic_bool is_over;
static ts_text many[1024];
static int64_t total;

static int64_t count_many(int threads) {
  const void *buffers[] = {NULL, many};
  struct ArrowArray array = {.length = 1024, .n_buffers = 2, .buffers = buffers}, counts;
  struct ArrowSchema schema = {.format = TS_TEXTS, .name = ""}, type;
  ts_run run = {.size = sizeof run, .threads = threads};
  if (ts_count(model, &array, &schema, &run, &counts, &type, NULL) != TS_OK) return -1;
  int64_t sum = 0;
  for (int row = 0; row < 1024; row++) sum += ((const int32_t *)counts.buffers[1])[row];
  counts.release(&counts);
  type.release(&type);
  return sum;
}

static void *keep_counting(void *argument) {
  (void)argument;
  while (!atomic_load(&is_over)) {
    if (count_many(2) != total) failures++;
  }
  return NULL;
}

/// Forks while other threads count; children count with two threads and must give the same total, each within seconds.
static void check_forks(int forks) {
  for (int row = 0; row < 1024; row++) {
    char *text = malloc(200);
    many[row] = (ts_text){text, snprintf(text, 200, "row %d: the quick brown fox %x jumps over %d lazy dogs", row, row * 7919, row)};
  }
  total = count_many(1);
  pthread_t threads[4];
  for (int thread = 0; thread < 4; thread++) pthread_create(threads + thread, NULL, keep_counting, NULL);
  int bad = 0;
  for (int number = 0; number < forks; number++) {
    pid_t child = fork();
    if (child == 0) {
      alarm(60);
      _exit(count_many(2) == total ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0) bad++;
  }
  atomic_store(&is_over, true);
  for (int thread = 0; thread < 4; thread++) pthread_join(threads[thread], NULL);
  for (int row = 0; row < 1024; row++) free((char *)many[row].bytes);
  if (bad > 0) fprintf(stderr, "%d of %d children died, hung or counted something else\n", bad, forks);
  failures += bad;
}

int main(int count, char **arguments) {
  if (count < 2) {
    fprintf(stderr, "usage: check_library MODEL [FORKS]\n");
    return 64;
  }
  ts_error error = {0};
  EXPECT(ts_abi_version() == TS_ABI_VERSION);
  if (ts_model_open(arguments[1], NULL, &model, &error) != TS_OK) {
    fprintf(stderr, "error: %s\n", error.message);
    return 1;
  }
  for (int row = 0; row < ROWS; row++) {
    expected[row] = -1;
    if (words[row]) EXPECT(ts_count_text(model, words[row], strlen(words[row]), expected + row, &error) == TS_OK);
  }
  check_layouts();
  check_conversations();
  check_failures();
  check_statistics();
  int forks = count > 2 ? atoi(arguments[2]) : 500;
  // Without forks another tool looks after memory.
  if (forks > 0) check_leaks();
  check_forks(forks);
  ts_model_close(model);
  printf("C library: %s, %d failures\n", failures ? "not right" : "right", failures);
  return failures != 0;
}
