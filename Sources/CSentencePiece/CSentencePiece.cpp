#include "CSentencePiece.h"

#include <sentencepiece_processor.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <vector>

struct csp_model {
  sentencepiece::SentencePieceProcessor processor;
};

namespace {

static_assert(sizeof(int) == sizeof(int32_t), "ids are passed as int32_t");

/// Passes a message to the caller; leaves NULL if there is no memory for it.
void report(const char *message, char **error) noexcept { *error = strdup(message); }

/// Runs `body`; an exception becomes its message and `fallback`.
template <typename Result, typename Body>
Result guarded(char **error, Result fallback, Body body) noexcept {
  try {
    return body();
  } catch (const std::exception &exception) {
    report(exception.what(), error);
  } catch (...) {
    report("unknown C++ exception", error);
  }
  return fallback;
}

}  // namespace

csp_model *csp_model_load(const void *bytes, size_t count, char **error) {
  *error = nullptr;
  return guarded<csp_model *>(error, nullptr, [&]() -> csp_model * {
    auto model = std::make_unique<csp_model>();
    const auto status = model->processor.LoadFromSerializedProto({static_cast<const char *>(bytes), count});
    if (!status.ok()) {
      report(status.error_message(), error);
      return nullptr;
    }
    return model.release();
  });
}

void csp_model_free(csp_model *model) { delete model; }

void csp_string_free(char *string) { free(string); }

int32_t csp_model_piece_count(const csp_model *model) { return model->processor.GetPieceSize(); }

bool csp_model_piece(const csp_model *model, int32_t id, struct csp_piece *piece) {
  const auto &processor = model->processor;
  if (id < 0 || id >= processor.GetPieceSize()) {
    return false;
  }
  const std::string &bytes = processor.IdToPiece(id);
  *piece = {bytes.data(),           bytes.size(),         processor.GetScore(id), processor.IsUnknown(id),
            processor.IsControl(id), processor.IsUnused(id), processor.IsByte(id)};
  return true;
}

bool csp_model_encode(const csp_model *model, const void *text, size_t count, int32_t **ids, size_t *id_count,
                      char **error) {
  *ids = nullptr;
  *id_count = 0;
  *error = nullptr;
  return guarded(error, false, [&] {
    std::vector<int> encoded;
    const auto status = model->processor.Encode({static_cast<const char *>(text), count}, &encoded);
    if (!status.ok()) {
      report(status.error_message(), error);
      return false;
    }
    // One more than needed, so that an empty result is no null pointer.
    auto *copy = static_cast<int32_t *>(malloc((encoded.size() + 1) * sizeof(int32_t)));
    if (copy == nullptr) {
      throw std::bad_alloc();
    }
    std::copy(encoded.begin(), encoded.end(), copy);
    *ids = copy;
    *id_count = encoded.size();
    return true;
  });
}

void csp_ids_free(int32_t *ids) { free(ids); }
