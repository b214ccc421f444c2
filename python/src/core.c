// The extension module tokenstats._core: models and what they do with rows, by way of tokenstats.h.

#include "core.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct PyModuleDef core_module;

CoreState *core_state(PyTypeObject *type) { return PyType_GetModuleState(type); }

PyObject *raise_failure(CoreState *state, ts_error *error) {
  raise_kind(state, error->kind, error->row, error->message ? error->message : "");
  ts_error_clear(error);
  return NULL;
}

PyObject *raise_kind(CoreState *state, int kind, int64_t row, const char *message) {
  PyObject *failure = PyObject_CallFunction(state->failure, "isL", kind, message, (long long)row);
  if (failure) {
    PyErr_SetObject((PyObject *)Py_TYPE(failure), failure);
    Py_DECREF(failure);
  }
  return NULL;
}

// MARK: Running

/// Nanoseconds between two looks at signals: a tenth of what a person notices.
static const int64_t patience = 50 * 1000 * 1000;

/// What a call tells Python while it runs.
typedef struct {
  PyObject *progress;
  int64_t rows_before;
  int64_t last;
} Watch;

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/// Looks for Ctrl-C and tells the progress; on the calling thread, which has no GIL.
static int32_t is_stopped(void *context, int64_t done, int64_t rows) {
  Watch *watch = context;
  int64_t time = now();
  if (time - watch->last < patience) return 0;
  watch->last = time;
  PyGILState_STATE state = PyGILState_Ensure();
  int failed = PyErr_CheckSignals();
  if (failed == 0 && watch->progress != Py_None) {
    PyObject *result = PyObject_CallFunction(watch->progress, "LL", (long long)(watch->rows_before + done),
                                             (long long)(watch->rows_before + rows));
    failed = result ? 0 : -1;
    Py_XDECREF(result);
  }
  PyGILState_Release(state);
  return failed < 0;
}

typedef int32_t (*RowFunction)(const ts_model *, const struct ArrowArray *, const struct ArrowSchema *, const ts_run *,
                               struct ArrowArray *, struct ArrowSchema *, ts_error *);

/// Calls a function of rows without the GIL. Returns NULL with an exception where it fails.
static ArrayObject *run(ModelObject *self, RowFunction function, const Rows *rows, int threads, unsigned flags,
                        Watch *watch) {
  CoreState *state = core_state(Py_TYPE((PyObject *)self));
  ArrayObject *result = array_new(state);
  if (!result) return NULL;
  ts_run options = {.size = sizeof options,
                    .threads = threads,
                    .flags = flags,
                    .is_stopped = is_stopped,
                    .context = watch};
  ts_error error = {0};
  int32_t status;
  Py_BEGIN_ALLOW_THREADS
  status = function(self->model, rows->array, rows->schema, &options, &result->array, &result->schema, &error);
  Py_END_ALLOW_THREADS
  if (status == TS_OK) return result;
  Py_DECREF(result);
  if (status == TS_STOPPED && PyErr_Occurred()) {
    ts_error_clear(&error);
    return NULL;
  }
  if (error.row >= 0) error.row += watch->rows_before;
  raise_failure(state, &error);
  return NULL;
}

/// What __arrow_c_stream__ gives; see the Arrow C Stream Interface.
struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};

static PyObject *stream_failed(struct ArrowArrayStream *stream) {
  const char *reason = stream->get_last_error(stream);
  PyErr_Format(PyExc_OSError, "the column cannot be read: %s", reason ? reason : "its producer failed");
  return NULL;
}

/// Calls a function with each array of a stream, and joins the results.
static PyObject *run_stream(ModelObject *self, RowFunction function, PyObject *object, int threads, unsigned flags,
                            Watch *watch) {
  CoreState *state = core_state(Py_TYPE((PyObject *)self));
  PyObject *capsule = PyObject_CallMethod(object, "__arrow_c_stream__", NULL);
  if (!capsule) return NULL;
  struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, "arrow_array_stream");
  Rows rows = {0};
  if (!stream || stream->get_schema(stream, &rows.own_schema) != 0) {
    if (stream) stream_failed(stream);
    Py_DECREF(capsule);
    return NULL;
  }
  rows.schema = &rows.own_schema;
  rows.array = &rows.own_array;
  ArrayObject **parts = NULL;
  Py_ssize_t count = 0, room = 0;
  PyObject *result = NULL;
  for (;;) {
    int status;
    Py_BEGIN_ALLOW_THREADS
    status = stream->get_next(stream, &rows.own_array);
    Py_END_ALLOW_THREADS
    if (status != 0) {
      stream_failed(stream);
      goto done;
    }
    int is_end = !rows.own_array.release;
    // A stream without arrays still has a type, which the result of no rows tells.
    if (is_end && count > 0) break;
    if (count == room) {
      ArrayObject **larger = realloc(parts, (size_t)(room = 2 * room + 8) * sizeof *parts);
      if (!larger) {
        PyErr_NoMemory();
        goto done;
      }
      parts = larger;
    }
    Rows none = {0};
    if (is_end) {
      none.own_schema = (struct ArrowSchema){.format = "n", .name = ""};
      none.schema = &none.own_schema;
      none.array = &none.own_array;
    }
    parts[count] = run(self, function, is_end ? &none : &rows, threads, flags, watch);
    watch->rows_before += rows.own_array.length;
    if (rows.own_array.release) rows.own_array.release(&rows.own_array);
    if (!parts[count]) goto done;
    count++;
    if (is_end) break;
  }
  result = array_concatenated(state, parts, count);
  count = 0;
done:
  for (Py_ssize_t part = 0; part < count; part++) Py_DECREF(parts[part]);
  free(parts);
  if (rows.own_schema.release) rows.own_schema.release(&rows.own_schema);
  Py_DECREF(capsule);
  return result;
}

static PyObject *run_rows(PyObject *self, RowFunction function, PyObject *arguments) {
  PyObject *object, *progress;
  int threads;
  unsigned flags;
  if (!PyArg_ParseTuple(arguments, "OiIO", &object, &threads, &flags, &progress)) return NULL;
  Watch watch = {.progress = progress, .last = now()};
  ModelObject *model = (ModelObject *)self;
  Rows rows;
  if (PyList_Check(object) || PyTuple_Check(object)) {
    if (rows_of_list(core_state(Py_TYPE(self)), object, flags, &rows) < 0) return NULL;
  } else if (PyObject_HasAttrString(object, "__arrow_c_array__")) {
    if (rows_of_array(object, &rows) < 0) return NULL;
  } else if (PyObject_HasAttrString(object, "__arrow_c_stream__")) {
    return run_stream(model, function, object, threads, flags, &watch);
  } else {
    PyErr_Format(PyExc_TypeError, "a list of str or an Arrow column is expected, %R is there", Py_TYPE(object));
    return NULL;
  }
  PyObject *result = (PyObject *)run(model, function, &rows, threads, flags, &watch);
  rows_close(&rows);
  return result;
}

// MARK: Models

static PyObject *model_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
  static char *names[] = {"name", "chat_template", "vocabulary", NULL};
  const char *name, *chat_template = NULL, *vocabulary = NULL;
  if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "s|zz", names, &name, &chat_template, &vocabulary)) return NULL;
  ModelObject *self = (ModelObject *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
  if (!self) return NULL;
  ts_model_options options = {sizeof options, chat_template, vocabulary};
  ts_error error = {0};
  int32_t status;
  Py_BEGIN_ALLOW_THREADS
  status = ts_model_open(name, &options, &self->model, &error);
  Py_END_ALLOW_THREADS
  if (status == TS_OK) return (PyObject *)self;
  raise_failure(core_state(type), &error);
  Py_DECREF(self);
  return NULL;
}

static void model_free(PyObject *self) {
  ts_model_close(((ModelObject *)self)->model);
  PyTypeObject *type = Py_TYPE(self);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
  Py_DECREF(type);
}

/// A str of a string that the library made, which is freed.
static PyObject *taken(char *string) {
  if (!string) return PyErr_NoMemory();
  PyObject *text = PyUnicode_FromString(string);
  ts_string_free(string);
  return text;
}

static PyObject *model_describe(PyObject *self, PyObject *unused) {
  (void)unused;
  return taken(ts_model_describe(((ModelObject *)self)->model));
}

static PyObject *model_count_text(PyObject *self, PyObject *text) {
  Py_ssize_t size;
  const char *bytes = PyUnicode_AsUTF8AndSize(text, &size);
  if (!bytes) {
    if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) return NULL;
    PyErr_Clear();
    return raise_kind(core_state(Py_TYPE(self)), TS_ERROR_ROW, -1, half_a_pair);
  }
  int64_t count = 0;
  ts_error error = {0};
  int32_t status;
  if (size < 1 << 16) {
    // Shorter than letting go of the GIL and taking it again is worth.
    status = ts_count_text(((ModelObject *)self)->model, bytes, (size_t)size, &count, &error);
  } else {
    Py_BEGIN_ALLOW_THREADS
    status = ts_count_text(((ModelObject *)self)->model, bytes, (size_t)size, &count, &error);
    Py_END_ALLOW_THREADS
  }
  return status == TS_OK ? PyLong_FromLongLong(count) : raise_failure(core_state(Py_TYPE(self)), &error);
}

static PyObject *model_count(PyObject *self, PyObject *arguments) { return run_rows(self, ts_count, arguments); }
static PyObject *model_encode(PyObject *self, PyObject *arguments) { return run_rows(self, ts_encode, arguments); }
static PyObject *model_render(PyObject *self, PyObject *arguments) { return run_rows(self, ts_render, arguments); }
static PyObject *model_decode(PyObject *self, PyObject *arguments) { return run_rows(self, ts_decode, arguments); }

static PyMethodDef model_methods[] = {
    {"describe", model_describe, METH_NOARGS, "What the model is, as JSON."},
    {"count_text", model_count_text, METH_O, "The number of tokens of a str."},
    {"count", model_count, METH_VARARGS, "count(rows, threads, flags, progress): tokens of each row."},
    {"encode", model_encode, METH_VARARGS, "encode(rows, threads, flags, progress): ids of each row."},
    {"render", model_render, METH_VARARGS, "render(rows, threads, flags, progress): the text of each row."},
    {"decode", model_decode, METH_VARARGS, "decode(rows, threads, flags, progress): the text of each list of ids."},
    {NULL, NULL, 0, NULL}};

static PyType_Slot model_slots[] = {{Py_tp_doc, "A model of the engine."},
                                    {Py_tp_new, model_new},
                                    {Py_tp_dealloc, model_free},
                                    {Py_tp_methods, model_methods},
                                    {0, NULL}};

PyType_Spec model_spec = {"tokenstats._core.Model", sizeof(ModelObject), 0, Py_TPFLAGS_DEFAULT, model_slots};

// MARK: The module

static PyObject *core_kernel(PyObject *module, PyObject *unused) {
  (void)module;
  (void)unused;
  return taken(ts_kernel());
}

static PyObject *core_lists(PyObject *module, PyObject *lists) {
  if (!PyList_Check(lists)) {
    PyErr_SetString(PyExc_TypeError, "a list of lists of int is expected");
    return NULL;
  }
  return array_of_lists(PyModule_GetState(module), lists);
}

static PyObject *core_numbers(PyObject *module, PyObject *numbers) {
  if (!PyList_Check(numbers)) {
    PyErr_SetString(PyExc_TypeError, "a list of int is expected");
    return NULL;
  }
  return array_of_numbers(PyModule_GetState(module), numbers);
}

static PyObject *core_array(PyObject *module, PyObject *parts) {
  return array_of_parts(PyModule_GetState(module), parts);
}

static int add_type(PyObject *module, PyType_Spec *spec, PyTypeObject **type) {
  *type = (PyTypeObject *)PyType_FromModuleAndSpec(module, spec, NULL);
  return *type ? PyModule_AddType(module, *type) : -1;
}

static int core_exec(PyObject *module) {
  CoreState *state = PyModule_GetState(module);
  if (ts_abi_version() != TS_ABI_VERSION) {
    PyErr_Format(PyExc_ImportError, "the engine has version %d of its interface, %d is needed", (int)ts_abi_version(),
                 TS_ABI_VERSION);
    return -1;
  }
  PyObject *errors = PyImport_ImportModule("tokenstats._errors");
  state->failure = errors ? PyObject_GetAttrString(errors, "failure") : NULL;
  Py_XDECREF(errors);
  if (!state->failure || add_type(module, &array_spec, &state->array_type) < 0 ||
      add_type(module, &model_spec, &state->model_type) < 0 ||
      add_type(module, &statistics_spec, &state->statistics_type) < 0)
    return -1;
  return PyModule_AddIntConstant(module, "JSON", TS_JSON) < 0 ||
                 PyModule_AddIntConstant(module, "BY_KIND", TS_BY_KIND) < 0 ||
                 PyModule_AddIntConstant(module, "FAILED_ROWS_ARE_NULL", TS_FAILED_ROWS_ARE_NULL) < 0
             ? -1
             : 0;
}

static int core_traverse(PyObject *module, visitproc visit, void *arg) {
  CoreState *state = PyModule_GetState(module);
  Py_VISIT(state->array_type);
  Py_VISIT(state->model_type);
  Py_VISIT(state->statistics_type);
  Py_VISIT(state->failure);
  return 0;
}

static int core_clear(PyObject *module) {
  CoreState *state = PyModule_GetState(module);
  Py_CLEAR(state->array_type);
  Py_CLEAR(state->model_type);
  Py_CLEAR(state->statistics_type);
  Py_CLEAR(state->failure);
  return 0;
}

static PyMethodDef core_methods[] = {
    {"kernel", core_kernel, METH_NOARGS, "The name of the set of inner loops that this processor gets."},
    {"lists", core_lists, METH_O, "An array of lists of int, and None."},
    {"numbers", core_numbers, METH_O, "An array of int, and None."},
    {"array", core_array, METH_O, "An array of what Array.parts gave."},
    {NULL, NULL, 0, NULL}};

static PyModuleDef_Slot core_slots[] = {{Py_mod_exec, core_exec}, {0, NULL}};

static struct PyModuleDef core_module = {PyModuleDef_HEAD_INIT, "_core",       "The engine of tokenstats.",
                                         sizeof(CoreState),     core_methods,  core_slots,
                                         core_traverse,         core_clear,    NULL};

__attribute__((visibility("default"))) PyMODINIT_FUNC PyInit__core(void) { return PyModuleDef_Init(&core_module); }
