// Arrow arrays at the border of Python: borrowed ones, and those that results are kept in and lent from.

#include "core.h"

#include <stdlib.h>
#include <string.h>

// MARK: Borrowing

int rows_of_array(PyObject *object, Rows *rows) {
  memset(rows, 0, sizeof *rows);
  rows->owner = PyObject_CallMethod(object, "__arrow_c_array__", NULL);
  if (!rows->owner) return -1;
  if (!PyTuple_Check(rows->owner) || PyTuple_Size(rows->owner) != 2) {
    PyErr_SetString(PyExc_TypeError, "__arrow_c_array__ returned no pair of a schema and an array");
    rows_close(rows);
    return -1;
  }
  rows->schema = PyCapsule_GetPointer(PyTuple_GetItem(rows->owner, 0), "arrow_schema");
  rows->array = PyCapsule_GetPointer(PyTuple_GetItem(rows->owner, 1), "arrow_array");
  if (rows->schema && rows->array) return 0;
  rows_close(rows);
  return -1;
}

const char half_a_pair[] = "the text holds half of a surrogate pair, which is no character";

/// Whether an item stands for a text that is missing: None, NaN, or what pandas has for it.
static int is_missing(PyObject *item) {
  if (item == Py_None) return 1;
  if (PyFloat_Check(item)) return PyFloat_AsDouble(item) != PyFloat_AsDouble(item);
  PyObject *name = PyType_GetName(Py_TYPE(item));
  int is_missing = name && (PyUnicode_CompareWithASCIIString(name, "NAType") == 0 ||
                            PyUnicode_CompareWithASCIIString(name, "NaTType") == 0);
  Py_XDECREF(name);
  return is_missing;
}

/// Raises that an item is no text.
static void raise_no_text(CoreState *state, Py_ssize_t row, PyObject *item) {
  PyObject *name = PyType_GetName(Py_TYPE(item));
  PyObject *message = name ? PyUnicode_FromFormat("row %zd is of type %U; a str, bytes or None is expected", row, name) : NULL;
  const char *text = message ? PyUnicode_AsUTF8AndSize(message, NULL) : NULL;
  if (text) raise_kind(state, TS_ERROR_COLUMN, row, text);
  Py_XDECREF(name);
  Py_XDECREF(message);
}

/// Raises that a text cannot be UTF-8, where that is why it is not.
static void raise_no_utf8(CoreState *state, Py_ssize_t row) {
  if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) return;
  PyErr_Clear();
  PyObject *message = PyUnicode_FromFormat("row %zd: %s", row, half_a_pair);
  const char *text = message ? PyUnicode_AsUTF8AndSize(message, NULL) : NULL;
  if (text) raise_kind(state, TS_ERROR_ROW, row, text);
  Py_XDECREF(message);
}

int rows_of_list(CoreState *state, PyObject *list, unsigned flags, Rows *rows) {
  memset(rows, 0, sizeof *rows);
  Py_ssize_t count = PySequence_Size(list);
  if (count < 0) return -1;
  rows->texts = malloc(((size_t)count + 1) * sizeof *rows->texts);
  // The strings live as long as the tuple, whatever becomes of the list.
  rows->owner = PySequence_Tuple(list);
  if (!rows->texts || !rows->owner) {
    if (!rows->texts) PyErr_NoMemory();
    rows_close(rows);
    return -1;
  }
  int64_t nulls = 0;
  for (Py_ssize_t row = 0; row < count; row++) {
    PyObject *item = PyTuple_GetItem(rows->owner, row);
    ts_text *text = rows->texts + row;
    if (PyUnicode_Check(item)) {
      Py_ssize_t size;
      text->bytes = PyUnicode_AsUTF8AndSize(item, &size);
      text->size = size;
      if (text->bytes) continue;
      if (!(flags & TS_FAILED_ROWS_ARE_NULL) || !PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) {
        raise_no_utf8(state, row);
        rows_close(rows);
        return -1;
      }
      PyErr_Clear();
    } else if (PyBytes_Check(item)) {
      text->bytes = PyBytes_AsString(item);
      text->size = PyBytes_Size(item);
      continue;
    } else if (!is_missing(item)) {
      raise_no_text(state, row, item);
      rows_close(rows);
      return -1;
    }
    *text = (ts_text){NULL, -1};
    nulls++;
  }
  rows->buffers[1] = rows->texts;
  rows->own_schema = (struct ArrowSchema){.format = TS_TEXTS, .name = ""};
  rows->own_array =
      (struct ArrowArray){.length = count, .null_count = nulls, .n_buffers = 2, .buffers = rows->buffers};
  rows->schema = &rows->own_schema;
  rows->array = &rows->own_array;
  return 0;
}

void rows_close(Rows *rows) {
  Py_CLEAR(rows->owner);
  free(rows->texts);
  rows->texts = NULL;
}

// MARK: Lending

/// Memory that a consumer holds keeps the array object alive.
static void release_shell(struct ArrowArray *array) {
  for (int64_t child = 0; child < array->n_children; child++) {
    if (array->children[child]->release) array->children[child]->release(array->children[child]);
    free(array->children[child]);
  }
  free(array->children);
  PyGILState_STATE state = PyGILState_Ensure();
  Py_DECREF((PyObject *)array->private_data);
  PyGILState_Release(state);
  array->release = NULL;
}

static void release_schema_shell(struct ArrowSchema *schema) {
  for (int64_t child = 0; child < schema->n_children; child++) {
    if (schema->children[child]->release) schema->children[child]->release(schema->children[child]);
    free(schema->children[child]);
  }
  free(schema->children);
  PyGILState_STATE state = PyGILState_Ensure();
  Py_DECREF((PyObject *)schema->private_data);
  PyGILState_Release(state);
  schema->release = NULL;
}

static int lend(const struct ArrowArray *from, struct ArrowArray *to, PyObject *owner) {
  *to = *from;
  to->private_data = Py_NewRef(owner);
  to->release = release_shell;
  to->n_children = 0;
  to->children = calloc((size_t)from->n_children + 1, sizeof *to->children);
  if (!to->children) return -1;
  for (int64_t child = 0; child < from->n_children; child++) {
    to->children[child] = calloc(1, sizeof **to->children);
    if (!to->children[child]) return -1;
    to->n_children++;
    if (lend(from->children[child], to->children[child], owner) < 0) return -1;
  }
  return 0;
}

static int lend_schema(const struct ArrowSchema *from, struct ArrowSchema *to, PyObject *owner) {
  *to = *from;
  to->private_data = Py_NewRef(owner);
  to->release = release_schema_shell;
  to->n_children = 0;
  to->children = calloc((size_t)from->n_children + 1, sizeof *to->children);
  if (!to->children) return -1;
  for (int64_t child = 0; child < from->n_children; child++) {
    to->children[child] = calloc(1, sizeof **to->children);
    if (!to->children[child]) return -1;
    to->n_children++;
    if (lend_schema(from->children[child], to->children[child], owner) < 0) return -1;
  }
  return 0;
}

static void free_schema_capsule(PyObject *capsule) {
  struct ArrowSchema *schema = PyCapsule_GetPointer(capsule, "arrow_schema");
  if (schema->release) schema->release(schema);
  free(schema);
}

static void free_array_capsule(PyObject *capsule) {
  struct ArrowArray *array = PyCapsule_GetPointer(capsule, "arrow_array");
  if (array->release) array->release(array);
  free(array);
}

static PyObject *array_schema_capsule(PyObject *self, PyObject *unused) {
  (void)unused;
  struct ArrowSchema *schema = calloc(1, sizeof *schema);
  if (!schema) return PyErr_NoMemory();
  PyObject *capsule = NULL;
  if (lend_schema(&((ArrayObject *)self)->schema, schema, self) < 0) {
    PyErr_NoMemory();
  } else {
    capsule = PyCapsule_New(schema, "arrow_schema", free_schema_capsule);
  }
  if (!capsule) {
    if (schema->release) schema->release(schema);
    free(schema);
  }
  return capsule;
}

static PyObject *array_capsules(PyObject *self, PyObject *arguments, PyObject *keywords) {
  PyObject *requested = NULL;
  static char *names[] = {"requested_schema", NULL};
  if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|O", names, &requested)) return NULL;
  PyObject *schema = array_schema_capsule(self, NULL);
  if (!schema) return NULL;
  struct ArrowArray *array = calloc(1, sizeof *array);
  PyObject *capsule = NULL;
  if (!array || lend(&((ArrayObject *)self)->array, array, self) < 0) {
    PyErr_NoMemory();
  } else {
    capsule = PyCapsule_New(array, "arrow_array", free_array_capsule);
  }
  if (!capsule) {
    if (array && array->release) array->release(array);
    free(array);
    Py_DECREF(schema);
    return NULL;
  }
  return Py_BuildValue("(NN)", schema, capsule);
}

// MARK: Values

/// The value of a row, as the object that Python has for it.
static PyObject *value(const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t row) {
  if (!is_valid(array, row)) return Py_NewRef(Py_None);
  if (strcmp(schema->format, "i") == 0) return PyLong_FromLong(((const int32_t *)array->buffers[1])[row]);
  const int64_t *offsets = array->n_buffers > 1 ? array->buffers[1] : NULL;
  if (strcmp(schema->format, "U") == 0) {
    const char *bytes = array->buffers[2];
    return PyUnicode_DecodeUTF8(bytes + offsets[row], (Py_ssize_t)(offsets[row + 1] - offsets[row]), "replace");
  }
  if (strcmp(schema->format, "+L") == 0) {
    PyObject *list = PyList_New((Py_ssize_t)(offsets[row + 1] - offsets[row]));
    for (int64_t element = offsets[row]; list && element < offsets[row + 1]; element++) {
      PyObject *item = value(schema->children[0], array->children[0], element);
      if (!item || PyList_SetItem(list, (Py_ssize_t)(element - offsets[row]), item) < 0) Py_CLEAR(list);
    }
    return list;
  }
  PyObject *object = PyDict_New();
  for (int64_t child = 0; object && child < array->n_children; child++) {
    PyObject *item = value(schema->children[child], array->children[child], row);
    if (!item || PyDict_SetItemString(object, schema->children[child]->name, item) < 0) Py_CLEAR(object);
    Py_XDECREF(item);
  }
  return object;
}

static PyObject *array_item(PyObject *self, Py_ssize_t row) {
  ArrayObject *array = (ArrayObject *)self;
  if (row < 0 || row >= array->array.length) {
    PyErr_SetString(PyExc_IndexError, "row out of range");
    return NULL;
  }
  return value(&array->schema, &array->array, row);
}

static Py_ssize_t array_length(PyObject *self) { return (Py_ssize_t)((ArrayObject *)self)->array.length; }

static PyObject *array_null_count(PyObject *self, void *closure) {
  (void)closure;
  return PyLong_FromLongLong(((ArrayObject *)self)->array.null_count);
}

static PyObject *array_format(PyObject *self, void *closure) {
  (void)closure;
  return PyUnicode_FromString(((ArrayObject *)self)->schema.format);
}

/// The numbers of an array of numbers; 0 where a row is null.
static int array_buffer(PyObject *self, Py_buffer *view, int flags) {
  ArrayObject *array = (ArrayObject *)self;
  if (strcmp(array->schema.format, "i") != 0) {
    PyErr_SetString(PyExc_BufferError, "only whole numbers have a buffer");
    return -1;
  }
  if (PyBuffer_FillInfo(view, self, (void *)array->array.buffers[1], (Py_ssize_t)array->array.length * 4, 1, flags) < 0)
    return -1;
  view->itemsize = 4;
  if (flags & PyBUF_FORMAT) view->format = "i";
  if (view->shape) {
    view->internal = malloc(sizeof(Py_ssize_t));
    if (!view->internal) {
      Py_CLEAR(view->obj);
      PyErr_NoMemory();
      return -1;
    }
    *(Py_ssize_t *)view->internal = (Py_ssize_t)array->array.length;
    view->shape = view->internal;
  }
  return 0;
}

static void array_release_buffer(PyObject *self, Py_buffer *view) {
  (void)self;
  free(view->internal);
}

// MARK: Making

ArrayObject *array_new(CoreState *state) {
  allocfunc allocate = (allocfunc)PyType_GetSlot(state->array_type, Py_tp_alloc);
  return (ArrayObject *)allocate(state->array_type, 0);
}

static void array_free(PyObject *self) {
  ArrayObject *array = (ArrayObject *)self;
  if (array->array.release) array->array.release(&array->array);
  if (array->schema.release) array->schema.release(&array->schema);
  PyTypeObject *type = Py_TYPE(self);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
  Py_DECREF(type);
}

static PyMethodDef array_methods[] = {
    {"__arrow_c_schema__", array_schema_capsule, METH_NOARGS, "The type, as a capsule of the Arrow C Data Interface."},
    {"__arrow_c_array__", (PyCFunction)(void (*)(void))array_capsules, METH_VARARGS | METH_KEYWORDS,
     "The type and the values, as capsules of the Arrow C Data Interface."},
    {"parts", array_parts, METH_NOARGS, "All that the array is, as objects that pickle."},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef array_members[] = {
    {"null_count", array_null_count, NULL, "The number of rows that are null.", NULL},
    {"format", array_format, NULL, "The type, as the Arrow C Data Interface writes it.", NULL},
    {NULL, NULL, NULL, NULL, NULL}};

static PyType_Slot array_slots[] = {{Py_tp_doc, "Rows of results: an Arrow array, and a sequence of Python's objects."},
                                    {Py_tp_dealloc, array_free},
                                    {Py_tp_methods, array_methods},
                                    {Py_tp_getset, array_members},
                                    {Py_sq_length, array_length},
                                    {Py_sq_item, array_item},
                                    {Py_bf_getbuffer, array_buffer},
                                    {Py_bf_releasebuffer, array_release_buffer},
                                    {0, NULL}};

PyType_Spec array_spec = {"tokenstats._core.Array", sizeof(ArrayObject), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, array_slots};
