#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// C functions over libsentencepiece: no exception crosses them, and errors are returned as text.

#ifdef __cplusplus
extern "C" {
#endif

/// A loaded model. It never changes, so threads may share it.
typedef struct csp_model csp_model;

/// A piece of the model; `bytes` lives as long as the model.
struct csp_piece {
  const char *bytes;
  size_t count;
  float score;
  bool is_unknown;
  bool is_control;
  bool is_unused;
  bool is_byte;
};

/// Loads a serialized model.
///
/// Returns NULL if the library rejects it, with the reason in `*error`, to be freed with `csp_string_free`.
csp_model *csp_model_load(const void *bytes, size_t count, char **error);

void csp_model_free(csp_model *model);

void csp_string_free(char *string);

/// Returns the number of pieces.
int32_t csp_model_piece_count(const csp_model *model);

/// Stores the piece of an id. Returns false if there is none.
bool csp_model_piece(const csp_model *model, int32_t id, struct csp_piece *piece);

/// Encodes text, without markers for its beginning and end.
///
/// Returns false on failure, with the reason in `*error`. On success `*ids` holds `*id_count` ids, to be freed with
/// `csp_ids_free`.
bool csp_model_encode(const csp_model *model, const void *text, size_t count, int32_t **ids, size_t *id_count,
                      char **error);

void csp_ids_free(int32_t *ids);

#ifdef __cplusplus
}
#endif
