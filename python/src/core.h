// What the parts of the extension module share.

#ifndef TOKENSTATS_CORE_H
#define TOKENSTATS_CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "tokenstats.h"

/// The types and exceptions of the module.
typedef struct {
  PyTypeObject *array_type;
  PyTypeObject *model_type;
  PyTypeObject *statistics_type;
  /// tokenstats._errors.failure(kind, message, row), which makes an exception.
  PyObject *failure;
} CoreState;

/// The state of the module that a type belongs to.
CoreState *core_state(PyTypeObject *type);

/// An Arrow array that owns its memory.
typedef struct {
  PyObject_HEAD
  struct ArrowSchema schema;
  struct ArrowArray array;
} ArrayObject;

/// A model.
typedef struct {
  PyObject_HEAD
  ts_model *model;
} ModelObject;

/// An Arrow array that another object lends, or the texts of a list; released with `rows_close`.
typedef struct {
  const struct ArrowSchema *schema;
  const struct ArrowArray *array;
  PyObject *owner;
  struct ArrowSchema own_schema;
  struct ArrowArray own_array;
  const void *buffers[3];
  ts_text *texts;
} Rows;

/// Borrows the rows of an object that has __arrow_c_array__; -1 with an exception if it cannot.
int rows_of_array(PyObject *object, Rows *rows);

/// Refers to the strings of a list or tuple. What is no text is a failure, or null where `flags` say so.
int rows_of_list(CoreState *state, PyObject *list, unsigned flags, Rows *rows);

/// What is wrong with a str that holds surrogates.
extern const char half_a_pair[];

/// Lets go of what was borrowed.
void rows_close(Rows *rows);

/// Whether a row of an array without an offset holds something.
static inline int is_valid(const struct ArrowArray *array, int64_t row) {
  const uint8_t *bits = array->null_count ? array->buffers[0] : NULL;
  return !bits || (bits[row >> 3] >> (row & 7) & 1);
}

/// An empty array object, whose members a call fills.
ArrayObject *array_new(CoreState *state);

/// One array of several that are of the same type, which it takes over.
PyObject *array_concatenated(CoreState *state, ArrayObject **parts, Py_ssize_t count);

/// Releases an array whose buffers, children and places for them were allocated one by one.
void array_release_made(struct ArrowArray *array);

/// An array of lists of whole numbers, of a list of sequences and None.
PyObject *array_of_lists(CoreState *state, PyObject *lists);

/// An array of whole numbers, of a list of int and None.
PyObject *array_of_numbers(CoreState *state, PyObject *list);

/// An array of the values that `array_parts` gave.
PyObject *array_of_parts(CoreState *state, PyObject *parts);

/// All that an array is, as objects that pickle.
PyObject *array_parts(PyObject *self, PyObject *unused);

/// Raises what a function of the library told, and clears it. Returns NULL.
PyObject *raise_failure(CoreState *state, ts_error *error);

/// Raises a failure of a kind of tokenstats.h that concerns a row, -1 for none. Returns NULL.
PyObject *raise_kind(CoreState *state, int kind, int64_t row, const char *message);

extern PyType_Spec array_spec, model_spec, statistics_spec;

#endif
