// Arrays as objects that pickle, and back: the type, and the bytes of each buffer.

#include "core.h"

#include <stdlib.h>
#include <string.h>

/// The formats that results have, and the bytes of their buffers: of the second, for each row; the third are texts.
static int64_t size_of(const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t buffer) {
  if (buffer == 0) return array->length / 8 + 1;
  if (buffer == 2) return ((const int64_t *)array->buffers[1])[array->length];
  return strcmp(schema->format, "i") == 0 ? array->length * 4 : (array->length + 1) * 8;
}

static PyObject *parts_of(const struct ArrowSchema *schema, const struct ArrowArray *array) {
  PyObject *buffers = PyList_New(0), *children = PyList_New(0), *parts = NULL;
  if (!buffers || !children) goto done;
  for (int64_t place = 0; place < array->n_buffers; place++) {
    const void *bytes = place == 0 && array->null_count == 0 ? NULL : array->buffers[place];
    PyObject *buffer = bytes ? PyBytes_FromStringAndSize(bytes, (Py_ssize_t)size_of(schema, array, place))
                             : Py_NewRef(Py_None);
    if (!buffer || PyList_Append(buffers, buffer) < 0) {
      Py_XDECREF(buffer);
      goto done;
    }
    Py_DECREF(buffer);
  }
  for (int64_t child = 0; child < array->n_children; child++) {
    PyObject *part = parts_of(schema->children[child], array->children[child]);
    if (!part || PyList_Append(children, part) < 0) {
      Py_XDECREF(part);
      goto done;
    }
    Py_DECREF(part);
  }
  parts = Py_BuildValue("(ssLLOO)", schema->format, schema->name ? schema->name : "", (long long)array->length,
                        (long long)array->null_count, buffers, children);
done:
  Py_XDECREF(buffers);
  Py_XDECREF(children);
  return parts;
}

PyObject *array_parts(PyObject *self, PyObject *unused) {
  (void)unused;
  return parts_of(&((ArrayObject *)self)->schema, &((ArrayObject *)self)->array);
}

static void release_schema(struct ArrowSchema *schema) {
  for (int64_t child = 0; child < schema->n_children; child++) {
    if (schema->children[child]->release) schema->children[child]->release(schema->children[child]);
    free(schema->children[child]);
  }
  free(schema->children);
  free((void *)schema->format);
  free((void *)schema->name);
  schema->release = NULL;
}

/// Fills an array and its type; -1 with an exception, and both can be released then.
static int fill(PyObject *parts, struct ArrowSchema *schema, struct ArrowArray *array) {
  const char *format, *name;
  long long length, null_count;
  PyObject *buffers, *children;
  if (!PyTuple_Check(parts)) {
    PyErr_SetString(PyExc_TypeError, "what Array.parts gave is expected");
    return -1;
  }
  if (!PyArg_ParseTuple(parts, "ssLLO!O!", &format, &name, &length, &null_count, &PyList_Type, &buffers, &PyList_Type,
                        &children))
    return -1;
  Py_ssize_t buffer_count = PyList_Size(buffers), child_count = PyList_Size(children);
  *schema = (struct ArrowSchema){.format = strdup(format), .name = strdup(name), .flags = ARROW_FLAG_NULLABLE,
                                 .release = release_schema};
  *array = (struct ArrowArray){.length = length, .null_count = null_count, .release = array_release_made};
  schema->children = calloc((size_t)child_count + 1, sizeof *schema->children);
  array->children = calloc((size_t)child_count + 1, sizeof *array->children);
  array->buffers = calloc((size_t)buffer_count + 1, sizeof *array->buffers);
  if (!schema->format || !schema->name || !schema->children || !array->children || !array->buffers) goto no_memory;
  for (Py_ssize_t place = 0; place < buffer_count; place++, array->n_buffers++) {
    PyObject *item = PyList_GetItem(buffers, place);
    if (item == Py_None) continue;
    char *bytes;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(item, &bytes, &size) < 0) return -1;
    void *copy = malloc((size_t)size + 1);
    if (!copy) goto no_memory;
    array->buffers[place] = memcpy(copy, bytes, (size_t)size);
  }
  for (Py_ssize_t child = 0; child < child_count; child++) {
    schema->children[child] = calloc(1, sizeof **schema->children);
    array->children[child] = calloc(1, sizeof **array->children);
    if (!schema->children[child] || !array->children[child]) {
      free(schema->children[child]);
      free(array->children[child]);
      goto no_memory;
    }
    schema->n_children++;
    array->n_children++;
    if (fill(PyList_GetItem(children, child), schema->children[child], array->children[child]) < 0) return -1;
  }
  return 0;
no_memory:
  PyErr_NoMemory();
  return -1;
}

PyObject *array_of_parts(CoreState *state, PyObject *parts) {
  ArrayObject *self = array_new(state);
  if (self && fill(parts, &self->schema, &self->array) < 0) Py_CLEAR(self);
  return (PyObject *)self;
}
