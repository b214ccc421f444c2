// Statistics of lengths, as tokenstats.h makes them.

#include <string.h>

#include "core.h"

typedef struct {
  PyObject_HEAD
  ts_statistics *statistics;
} StatisticsObject;

static PyObject *statistics_object(PyTypeObject *type, ts_statistics *statistics) {
  StatisticsObject *self = (StatisticsObject *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
  if (!self) {
    ts_statistics_close(statistics);
    return NULL;
  }
  self->statistics = statistics;
  return (PyObject *)self;
}

static void statistics_free(PyObject *self) {
  ts_statistics_close(((StatisticsObject *)self)->statistics);
  PyTypeObject *type = Py_TYPE(self);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
  Py_DECREF(type);
}

static PyObject *statistics_of_lengths(PyObject *type, PyObject *arguments) {
  CoreState *state = core_state((PyTypeObject *)type);
  PyObject *model, *lengths_object, *groups_object;
  const char *name;
  if (!PyArg_ParseTuple(arguments, "O!sOO", state->model_type, &model, &name, &lengths_object, &groups_object)) return NULL;
  Rows lengths, groups;
  if (rows_of_array(lengths_object, &lengths) < 0) return NULL;
  memset(&groups, 0, sizeof groups);
  if (groups_object != Py_None && rows_of_array(groups_object, &groups) < 0) {
    rows_close(&lengths);
    return NULL;
  }
  ts_statistics *statistics = NULL;
  ts_error error = {0};
  int32_t status;
  Py_BEGIN_ALLOW_THREADS
  status = ts_statistics_of_lengths(((ModelObject *)model)->model, name, lengths.array, lengths.schema, groups.array,
                                    groups.schema, &statistics, &error);
  Py_END_ALLOW_THREADS
  rows_close(&lengths);
  rows_close(&groups);
  if (status != TS_OK) return raise_failure(state, &error);
  return statistics_object((PyTypeObject *)type, statistics);
}

static PyObject *statistics_read(PyObject *type, PyObject *text) {
  const char *json = PyUnicode_AsUTF8AndSize(text, NULL);
  if (!json) return NULL;
  ts_statistics *statistics = NULL;
  ts_error error = {0};
  if (ts_statistics_read(json, &statistics, &error) != TS_OK)
    return raise_failure(core_state((PyTypeObject *)type), &error);
  return statistics_object((PyTypeObject *)type, statistics);
}

static PyObject *statistics_merge(PyObject *self, PyObject *other) {
  CoreState *state = core_state(Py_TYPE(self));
  if (Py_TYPE(other) != state->statistics_type) {
    PyErr_Format(PyExc_TypeError, "statistics are expected, %R is there", Py_TYPE(other));
    return NULL;
  }
  ts_error error = {0};
  int32_t status = ts_statistics_merge(((StatisticsObject *)self)->statistics, ((StatisticsObject *)other)->statistics,
                                       &error);
  return status == TS_OK ? Py_NewRef(Py_None) : raise_failure(state, &error);
}

static PyObject *text(char *string) {
  if (!string) return PyErr_NoMemory();
  PyObject *text = PyUnicode_FromString(string);
  ts_string_free(string);
  return text;
}

static PyObject *statistics_exact(PyObject *self, PyObject *unused) {
  (void)unused;
  return text(ts_statistics_exact(((StatisticsObject *)self)->statistics));
}

static PyObject *statistics_document(PyObject *self, PyObject *limits) {
  int32_t values[64];
  Py_ssize_t count = PySequence_Size(limits);
  if (count < 0) return NULL;
  if (count > (Py_ssize_t)(sizeof values / sizeof *values)) {
    PyErr_SetString(PyExc_ValueError, "more than 64 limits");
    return NULL;
  }
  for (Py_ssize_t place = 0; place < count; place++) {
    PyObject *item = PySequence_GetItem(limits, place);
    long value = item ? PyLong_AsLong(item) : -1;
    Py_XDECREF(item);
    if (PyErr_Occurred()) return NULL;
    if (value < 1 || value > INT32_MAX) {
      PyErr_Format(PyExc_ValueError, "the limit %ld is no length in tokens", value);
      return NULL;
    }
    values[place] = (int32_t)value;
  }
  return text(ts_statistics_document(((StatisticsObject *)self)->statistics, values, (size_t)count));
}

static PyObject *statistics_percentile(PyObject *self, PyObject *percent) {
  double value = PyFloat_AsDouble(percent);
  if (PyErr_Occurred()) return NULL;
  int64_t length = ts_statistics_percentile(((StatisticsObject *)self)->statistics, value);
  return length < 0 ? Py_NewRef(Py_None) : PyLong_FromLongLong(length);
}

static PyMethodDef statistics_methods[] = {
    {"of_lengths", statistics_of_lengths, METH_VARARGS | METH_CLASS,
     "of_lengths(model, name, lengths, groups): statistics of a column of lengths."},
    {"read", statistics_read, METH_O | METH_CLASS, "Reads what exact() made."},
    {"merge", statistics_merge, METH_O, "Adds further rows."},
    {"exact", statistics_exact, METH_NOARGS, "The exact distributions as JSON."},
    {"document", statistics_document, METH_O, "The statistics document with these limits."},
    {"percentile", statistics_percentile, METH_O, "The nearest-rank percentile of all lengths."},
    {NULL, NULL, 0, NULL}};

static PyType_Slot statistics_slots[] = {{Py_tp_doc, "Exact statistics of lengths."},
                                         {Py_tp_dealloc, statistics_free},
                                         {Py_tp_methods, statistics_methods},
                                         {0, NULL}};

PyType_Spec statistics_spec = {"tokenstats._core.Statistics", sizeof(StatisticsObject), 0,
                               Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, statistics_slots};
