#pragma once

#include <stdbool.h>
#include <stddef.h>

// The Mustache template library of Debian's package libkainjow-mustache-dev, which is one C++ header, as C functions.
// No exception leaves them: where a function makes something, null says that memory ran out.

#ifdef __cplusplus
extern "C" {
#endif

/// A value that a template can name: a text, a flag, an object or a list.
typedef struct CMustacheValue CMustacheValue;

CMustacheValue *_Nullable cmustache_text(const char *_Nonnull bytes, size_t count);
CMustacheValue *_Nullable cmustache_flag(bool flag);
CMustacheValue *_Nullable cmustache_object(void);
CMustacheValue *_Nullable cmustache_list(void);
void cmustache_free(CMustacheValue *_Nullable value);

/// Copies a value into an object under a name; false where memory ran out.
bool cmustache_set(CMustacheValue *_Nonnull object, const char *_Nonnull name, const CMustacheValue *_Nonnull value);

/// Copies a value to the end of a list; false where memory ran out.
bool cmustache_append(CMustacheValue *_Nonnull list, const CMustacheValue *_Nonnull value);

/// Receives rendered text piece by piece.
typedef void (*CMustacheWriter)(void *_Nullable context, const char *_Nonnull bytes, size_t count);

/// Renders a template: `{{name}}` is escaped for HTML text and quoted attributes, `{{{name}}}` is not.
///
/// Returns false and fills `message` (NUL-terminated, cut where it does not fit) where the template is malformed.
bool cmustache_render(
  const char *_Nonnull template_bytes, size_t template_count, const CMustacheValue *_Nonnull object,
  CMustacheWriter _Nonnull writer, void *_Nullable context, char *_Nonnull message, size_t message_capacity);

#ifdef __cplusplus
}
#endif
