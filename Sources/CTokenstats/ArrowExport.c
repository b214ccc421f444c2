// For strdup.
#define _POSIX_C_SOURCE 200809L

#include "arrow_export.h"

#include <stdlib.h>
#include <string.h>

static void release_schema(struct ArrowSchema *schema) {
  for (int64_t child = 0; child < schema->n_children; child++) {
    struct ArrowSchema *part = schema->children[child];
    // A consumer may have moved a child away.
    if (part && part->release) part->release(part);
    free(part);
  }
  free(schema->children);
  free((char *)schema->format);
  free((char *)schema->name);
  schema->release = NULL;
}

static void release_array(struct ArrowArray *array) {
  for (int64_t child = 0; child < array->n_children; child++) {
    struct ArrowArray *part = array->children[child];
    if (part && part->release) part->release(part);
    free(part);
  }
  free(array->children);
  for (int64_t buffer = 0; buffer < array->n_buffers; buffer++) free((void *)array->buffers[buffer]);
  free(array->buffers);
  array->release = NULL;
}

bool arrow_export_make(struct ArrowArray *array, struct ArrowSchema *schema, const char *format, const char *name,
                   int64_t length, int64_t buffers, int64_t children) {
  *schema = (struct ArrowSchema){.format = strdup(format),
                                 .name = strdup(name),
                                 .flags = ARROW_FLAG_NULLABLE,
                                 .children = calloc((size_t)children + 1, sizeof *schema->children),
                                 .release = release_schema};
  *array = (struct ArrowArray){.length = length,
                               .buffers = calloc((size_t)buffers + 1, sizeof *array->buffers),
                               .children = calloc((size_t)children + 1, sizeof *array->children),
                               .release = release_array};
  bool made = schema->format && schema->name && schema->children && array->buffers && array->children;
  if (array->buffers) array->n_buffers = buffers;
  if (schema->children && array->children) {
    schema->n_children = array->n_children = children;
    for (int64_t child = 0; child < children; child++) {
      schema->children[child] = calloc(1, sizeof **schema->children);
      array->children[child] = calloc(1, sizeof **array->children);
      made = made && schema->children[child] && array->children[child];
    }
  }
  if (made) return true;
  release_schema(schema);
  release_array(array);
  return false;
}
