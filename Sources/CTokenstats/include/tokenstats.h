// The C interface of tokenstats: models, exact counts of Arrow columns, statistics.
//
// - Every function may be called from any thread. Nothing is kept outside of the objects that are passed, so a process
//   may fork at any time; a child goes on with the models that its parent opened.
// - Failures are values: a function returns TS_OK or the kind of a failure, and tells the rest in `error`, which may be
//   NULL. What the function would have made is then untouched.
// - Arrow arrays that are passed are borrowed: they are neither changed nor released, and need to live only as long as
//   the call. Arrays that are made own their memory, are independent of everything else, and are released by the caller.
//   See https://arrow.apache.org/docs/format/CDataInterface.html.
// - Texts are UTF-8; every maximal part that is not counts as U+FFFD. Strings that are passed end with a NUL.

#ifndef TOKENSTATS_H
#define TOKENSTATS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

#endif

/// The version of this interface; a library with the same number has all that is declared here.
#define TS_ABI_VERSION 1

/// The kinds of failures, which functions return.
enum {
  TS_OK = 0,
  /// An argument is missing or out of range.
  TS_ERROR_ARGUMENT = 1,
  /// No model of the name is known, or no file is under the path.
  TS_ERROR_UNKNOWN_MODEL = 2,
  /// The files of a model are missing, damaged, or not of a kind that can be used.
  TS_ERROR_VOCABULARY = 3,
  /// A chat template cannot be used, or the model has none.
  TS_ERROR_TEMPLATE = 4,
  /// An array is of a type that the function does not take, or its buffers contradict each other.
  TS_ERROR_COLUMN = 5,
  /// A row cannot be counted: its messages, or what the template raises. `row` says which.
  TS_ERROR_ROW = 6,
  /// Statistics cannot be read or added up.
  TS_ERROR_STATISTICS = 7,
  /// `is_stopped` asked to stop.
  TS_STOPPED = 8,
};

/// What is wrong, where, and what to do.
typedef struct ts_error {
  /// One of the kinds above.
  int32_t kind;
  /// The row of the array, counted from 0; -1 where none is concerned.
  int64_t row;
  /// A sentence; NULL if there is none.
  char *message;
} ts_error;

/// Frees the message and forgets the failure.
void ts_error_clear(ts_error *error);

/// Frees a string that a function of this library made; NULL is allowed.
void ts_string_free(char *string);

/// TS_ABI_VERSION of the library.
int32_t ts_abi_version(void);

/// The name of the set of inner loops that this processor gets, such as "avx512"; to be freed with ts_string_free.
char *ts_kernel(void);

/// A model: a vocabulary and, where there is one, a chat template. It never changes.
typedef struct ts_model ts_model;

/// How a model is opened. Zero all of it and set `size` to its size.
typedef struct ts_model_options {
  size_t size;
  /// A file with the chat template, Jinja or tokenizer_config.json; NULL for the model's own.
  const char *chat_template;
  /// The vocabulary file of a model that is named, or the folder that holds it; NULL to look in the usual caches.
  const char *vocabulary;
} ts_model_options;

/// Opens a model.
///
/// `name` is a short name (qwen-3-32b), the id of a repository whose files are in the hub's cache (Qwen/Qwen3-32B), a
/// model's folder, or a tokenizer file. Nothing is fetched. Compiled tables are kept in the user's cache, if there is one.
int32_t ts_model_open(const char *name, const ts_model_options *options, ts_model **model, ts_error *error);

/// Releases a model; arrays that were made with it stay valid. NULL is allowed.
void ts_model_close(ts_model *model);

/// What the model is, as a JSON object: name, hub_id, revision, tokenizer_sha256, template_sha256, vocabulary_size, engine,
/// has_chat_template, vocabulary. To be freed with ts_string_free; NULL for NULL.
char *ts_model_describe(const ts_model *model);

/// A text where its owner keeps it; it need not end with a NUL.
typedef struct ts_text {
  const char *bytes;
  /// The number of bytes; -1 for a null.
  int64_t size;
} ts_text;

/// The format of an array of strings that is none of Arrow's: its second buffer holds a ts_text for each row.
#define TS_TEXTS "tokenstats.texts"

/// The rows are strings that hold JSON: a list of messages, or an object with `messages` and what else the template reads.
#define TS_JSON 1u
/// Tokens of conversations are counted by kind: the result is a struct of system, user, assistant, thinking, tool, other
/// and overhead.
#define TS_BY_KIND 2u
/// A row that cannot be counted becomes null and is not a failure.
#define TS_FAILED_ROWS_ARE_NULL 4u

/// How a call runs. Zero all of it and set `size` to its size.
typedef struct ts_run {
  size_t size;
  /// Threads that are started for the call, the calling one included; 0 for 1.
  int32_t threads;
  /// TS_JSON and the like.
  uint32_t flags;
  /// Asked between blocks of rows, on the calling thread only: whether to stop. May be NULL.
  int32_t (*is_stopped)(void *context, int64_t rows_done, int64_t rows);
  /// Passed to `is_stopped`.
  void *context;
} ts_run;

/// Counts the tokens of each row.
///
/// `rows` is an array of strings or binary (any width, views, dictionary- or run-end-encoded), which are counted as they
/// are, or of conversations: lists of structs of role, content and more, counted as
/// apply_chat_template(messages, tokenize=True) gives them, or structs with a member `messages` beside `tools` and what
/// else the template reads. The result is an array of int32, null where the row is null.
int32_t ts_count(const ts_model *model, const struct ArrowArray *rows, const struct ArrowSchema *schema,
                 const ts_run *run, struct ArrowArray *counts, struct ArrowSchema *counts_schema, ts_error *error);

/// Encodes each row of what ts_count takes, as an array of large_list<int32>.
int32_t ts_encode(const ts_model *model, const struct ArrowArray *rows, const struct ArrowSchema *schema,
                  const ts_run *run, struct ArrowArray *ids, struct ArrowSchema *ids_schema, ts_error *error);

/// Renders each row of what ts_count takes by the chat template, as an array of large_utf8; texts stay as they are.
int32_t ts_render(const ts_model *model, const struct ArrowArray *rows, const struct ArrowSchema *schema,
                  const ts_run *run, struct ArrowArray *texts, struct ArrowSchema *texts_schema, ts_error *error);

/// Decodes lists of whole numbers, as an array of large_utf8.
int32_t ts_decode(const ts_model *model, const struct ArrowArray *ids, const struct ArrowSchema *schema,
                  const ts_run *run, struct ArrowArray *texts, struct ArrowSchema *texts_schema, ts_error *error);

/// Counts the tokens of one text.
int32_t ts_count_text(const ts_model *model, const char *text, size_t size, int64_t *count, ts_error *error);

/// Exact statistics of lengths: how many rows have which length, all together and by group.
typedef struct ts_statistics ts_statistics;

/// Makes statistics of a column of lengths (whole numbers, such as ts_count makes), of which nulls are left out.
///
/// `groups` is an array of structs of strings, whole numbers or truth values, one column for each way to group; NULL for
/// none. `model` names the model in the document and `name` the data.
int32_t ts_statistics_of_lengths(const ts_model *model, const char *name, const struct ArrowArray *lengths,
                                 const struct ArrowSchema *lengths_schema, const struct ArrowArray *groups,
                                 const struct ArrowSchema *groups_schema, ts_statistics **statistics, ts_error *error);

/// Adds the rows of `other`, which must be further rows of the same data, counted by the same model.
int32_t ts_statistics_merge(ts_statistics *statistics, const ts_statistics *other, ts_error *error);

/// The exact distributions as JSON, which ts_statistics_read takes and a run's `.partials` folder holds. To be freed with
/// ts_string_free; NULL for NULL.
char *ts_statistics_exact(const ts_statistics *statistics);

/// The statistics document as the program writes it, with what each of `limits` tokens would cut off. To be freed with
/// ts_string_free; NULL for NULL.
char *ts_statistics_document(const ts_statistics *statistics, const int32_t *limits, size_t limit_count);

/// The nearest-rank percentile of all lengths; -1 without rows.
int64_t ts_statistics_percentile(const ts_statistics *statistics, double percent);

/// Reads what ts_statistics_exact made.
int32_t ts_statistics_read(const char *json, ts_statistics **statistics, ts_error *error);

/// Releases statistics; NULL is allowed.
void ts_statistics_close(ts_statistics *statistics);

#ifdef __cplusplus
}
#endif

#endif
