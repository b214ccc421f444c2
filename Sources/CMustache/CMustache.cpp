#include "CMustache.h"

#include <cstdio>
#include <exception>
#include <string>
#include <utility>

#include <kainjow/mustache.hpp>

using kainjow::mustache::data;
using kainjow::mustache::mustache;

struct CMustacheValue {
  data value;
};

namespace {

/// Runs `make` and owns its result; null where it throws, which only a lack of memory makes it do.
template <typename Make>
CMustacheValue *owned(Make make) noexcept {
  try {
    return new CMustacheValue{make()};
  } catch (...) {
    return nullptr;
  }
}

template <typename Change>
bool completed(Change change) noexcept {
  try {
    change();
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace

CMustacheValue *cmustache_text(const char *bytes, size_t count) {
  return owned([&] { return data(std::string(bytes, count)); });
}

CMustacheValue *cmustache_flag(bool flag) {
  return owned([&] { return data(flag); });
}

CMustacheValue *cmustache_object(void) {
  return owned([] { return data(data::type::object); });
}

CMustacheValue *cmustache_list(void) {
  return owned([] { return data(data::type::list); });
}

void cmustache_free(CMustacheValue *value) { delete value; }

bool cmustache_set(CMustacheValue *object, const char *name, const CMustacheValue *value) {
  return completed([&] { object->value.set(name, value->value); });
}

bool cmustache_append(CMustacheValue *list, const CMustacheValue *value) {
  return completed([&] { list->value.push_back(value->value); });
}

bool cmustache_render(
  const char *template_bytes, size_t template_count, const CMustacheValue *object, CMustacheWriter writer,
  void *context, char *message, size_t message_capacity) {
  try {
    mustache page(std::string(template_bytes, template_count));
    page.render(object->value, [&](const std::string &piece) { writer(context, piece.data(), piece.size()); });
    if (page.is_valid()) {
      return true;
    }
    std::snprintf(message, message_capacity, "%s", page.error_message().c_str());
  } catch (const std::exception &error) {
    std::snprintf(message, message_capacity, "%s", error.what());
  } catch (...) {
    std::snprintf(message, message_capacity, "unknown error");
  }
  return false;
}
