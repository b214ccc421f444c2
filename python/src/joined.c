// Arrays that are made here: several results joined to one, and lists of numbers.

#include <stdlib.h>
#include <string.h>

#include "core.h"

void array_release_made(struct ArrowArray *array) {
  for (int64_t child = 0; child < array->n_children; child++) {
    if (array->children[child]->release) array->children[child]->release(array->children[child]);
    free(array->children[child]);
  }
  free(array->children);
  for (int64_t buffer = 0; buffer < array->n_buffers; buffer++) free((void *)array->buffers[buffer]);
  free(array->buffers);
  array->release = NULL;
}

/// Joins arrays without offsets, as this library makes them. Returns -1 without memory; `to` can be released then.
static int join(const struct ArrowSchema *schema, const struct ArrowArray **parts, Py_ssize_t count,
                struct ArrowArray *to) {
  *to = (struct ArrowArray){.release = array_release_made, .n_buffers = parts[0]->n_buffers};
  to->buffers = calloc((size_t)to->n_buffers + 1, sizeof *to->buffers);
  to->children = calloc((size_t)parts[0]->n_children + 1, sizeof *to->children);
  for (Py_ssize_t part = 0; part < count; part++) {
    to->length += parts[part]->length;
    to->null_count += parts[part]->null_count;
  }
  size_t rows = (size_t)to->length;
  uint8_t *bits = to->buffers ? malloc(rows / 8 + 1) : NULL;
  if (!bits || !to->children) {
    if (!to->buffers) to->n_buffers = 0;
    free(bits);
    return -1;
  }
  to->buffers[0] = bits;
  memset(bits, 0xFF, rows / 8 + 1);
  size_t row = 0;
  for (Py_ssize_t part = 0; part < count; part++) {
    for (int64_t place = 0; place < parts[part]->length; place++, row++) {
      if (!is_valid(parts[part], place)) bits[row >> 3] &= (uint8_t) ~(1u << (row & 7));
    }
  }
  for (int64_t child = 0; child < parts[0]->n_children; child++) {
    const struct ArrowArray **inner = calloc((size_t)count, sizeof *inner);
    to->children[child] = calloc(1, sizeof **to->children);
    if (!inner || !to->children[child]) {
      free(inner);
      free(to->children[child]);
      return -1;
    }
    for (Py_ssize_t part = 0; part < count; part++) inner[part] = parts[part]->children[child];
    int failed = join(schema->children[child], inner, count, to->children[child]);
    free(inner);
    to->n_children++;
    if (failed < 0) return -1;
  }
  if (to->n_buffers < 2) return 0;
  int is_number = strcmp(schema->format, "i") == 0;
  size_t width = is_number ? 4 : 8;
  char *values = malloc((rows + 1) * width);
  to->buffers[1] = values;
  if (!values) return -1;
  if (is_number) {
    for (Py_ssize_t part = 0; part < count; part++) {
      memcpy(values, parts[part]->buffers[1], (size_t)parts[part]->length * width);
      values += (size_t)parts[part]->length * width;
    }
    return 0;
  }
  int64_t *offsets = (int64_t *)values;
  int64_t end = 0;
  offsets[0] = 0;
  size_t place = 0;
  for (Py_ssize_t part = 0; part < count; part++) {
    const int64_t *own = parts[part]->buffers[1];
    for (int64_t inner = 0; inner < parts[part]->length; inner++) offsets[++place] = end + own[inner + 1];
    end += own[parts[part]->length];
  }
  if (to->n_buffers < 3) return 0;
  char *text = malloc((size_t)end + 1);
  to->buffers[2] = text;
  if (!text) return -1;
  for (Py_ssize_t part = 0; part < count; part++) {
    size_t size = (size_t)((const int64_t *)parts[part]->buffers[1])[parts[part]->length];
    memcpy(text, parts[part]->buffers[2], size);
    text += size;
  }
  return 0;
}

PyObject *array_concatenated(CoreState *state, ArrayObject **parts, Py_ssize_t count) {
  if (count == 1) return (PyObject *)parts[0];
  ArrayObject *whole = array_new(state);
  const struct ArrowArray **arrays = calloc((size_t)count + 1, sizeof *arrays);
  if (whole && arrays) {
    for (Py_ssize_t part = 0; part < count; part++) arrays[part] = &parts[part]->array;
    whole->schema = parts[0]->schema;
    parts[0]->schema.release = NULL;
    if (join(&whole->schema, arrays, count, &whole->array) < 0) {
      Py_CLEAR(whole);
      PyErr_NoMemory();
    }
  } else {
    Py_CLEAR(whole);
    PyErr_NoMemory();
  }
  free(arrays);
  for (Py_ssize_t part = 0; part < count; part++) Py_DECREF(parts[part]);
  return (PyObject *)whole;
}

static void release_number_schema(struct ArrowSchema *schema) { schema->release = NULL; }

static void release_lists_schema(struct ArrowSchema *schema) {
  free(schema->children[0]);
  free(schema->children);
  schema->release = NULL;
}

/// Marks rows as null, of which `count` there are. Returns -1 without memory.
static int set_null(struct ArrowArray *array, Py_ssize_t row, Py_ssize_t count) {
  if (!array->buffers[0]) {
    array->buffers[0] = malloc((size_t)count / 8 + 1);
    if (!array->buffers[0]) return -1;
    memset((void *)array->buffers[0], 0xFF, (size_t)count / 8 + 1);
  }
  ((uint8_t *)array->buffers[0])[row >> 3] &= (uint8_t) ~(1u << (row & 7));
  array->null_count++;
  return 0;
}

PyObject *array_of_numbers(CoreState *state, PyObject *list) {
  Py_ssize_t count = PyList_Size(list);
  ArrayObject *self = array_new(state);
  const void **buffers = calloc(2, sizeof *buffers);
  int64_t *values = calloc((size_t)count + 1, sizeof *values);
  if (!self || !buffers || !values) {
    free(buffers), free(values);
    Py_XDECREF((PyObject *)self);
    return PyErr_NoMemory();
  }
  buffers[1] = values;
  self->schema = (struct ArrowSchema){.format = "l", .name = "", .release = release_number_schema};
  self->array = (struct ArrowArray){.length = count, .n_buffers = 2, .buffers = buffers, .release = array_release_made};
  for (Py_ssize_t row = 0; row < count; row++) {
    PyObject *item = PyList_GetItem(list, row);
    if (item == Py_None) {
      if (set_null(&self->array, row, count) < 0) PyErr_NoMemory();
    } else {
      values[row] = item ? PyLong_AsLongLong(item) : -1;
    }
    if (PyErr_Occurred()) {
      Py_DECREF(self);
      return NULL;
    }
  }
  return (PyObject *)self;
}

PyObject *array_of_lists(CoreState *state, PyObject *lists) {
  Py_ssize_t count = PyList_Size(lists);
  if (count < 0) return NULL;
  ArrayObject *self = array_new(state);
  struct ArrowSchema *item = calloc(1, sizeof *item), **items = calloc(1, sizeof *items);
  struct ArrowArray *part = calloc(1, sizeof *part), **parts = calloc(1, sizeof *parts);
  const void **outer = calloc(2, sizeof *outer), **inner = calloc(2, sizeof *inner);
  int64_t *offsets = calloc((size_t)count + 1, sizeof *offsets);
  if (!self || !item || !items || !part || !parts || !outer || !inner || !offsets) {
    free(item), free(items), free(part), free(parts), free(outer), free(inner), free(offsets);
    Py_XDECREF((PyObject *)self);
    return PyErr_NoMemory();
  }
  *item = (struct ArrowSchema){.format = "l", .name = "item"};
  items[0] = item;
  self->schema = (struct ArrowSchema){
      .format = "+L", .name = "", .n_children = 1, .children = items, .release = release_lists_schema};
  outer[1] = offsets;
  *part = (struct ArrowArray){.n_buffers = 2, .buffers = inner, .release = array_release_made};
  parts[0] = part;
  self->array = (struct ArrowArray){.length = count,
                                    .n_buffers = 2,
                                    .buffers = outer,
                                    .n_children = 1,
                                    .children = parts,
                                    .release = array_release_made};
  for (Py_ssize_t row = 0; row < count; row++) {
    PyObject *list = PyList_GetItem(lists, row);
    Py_ssize_t size = list == Py_None ? 0 : PySequence_Size(list);
    if (list == Py_None && set_null(&self->array, row, count) < 0) {
      PyErr_NoMemory();
      size = -1;
    }
    if (size < 0) {
      Py_DECREF(self);
      return NULL;
    }
    offsets[row + 1] = offsets[row] + size;
  }
  int64_t *values = malloc(((size_t)offsets[count] + 1) * sizeof *values);
  inner[1] = values;
  part->length = offsets[count];
  if (!values) {
    Py_DECREF(self);
    return PyErr_NoMemory();
  }
  for (Py_ssize_t row = 0; row < count; row++) {
    PyObject *list = PyList_GetItem(lists, row);
    for (int64_t place = offsets[row]; place < offsets[row + 1]; place++) {
      PyObject *number = PySequence_GetItem(list, (Py_ssize_t)(place - offsets[row]));
      values[place] = number ? PyLong_AsLongLong(number) : -1;
      Py_XDECREF(number);
      if (PyErr_Occurred()) {
        Py_DECREF(self);
        return NULL;
      }
    }
  }
  return (PyObject *)self;
}
