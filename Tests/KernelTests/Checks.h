#pragma once

#include "Comparison.h"
#include "Texts.h"

// What is done with one input. Everything drawn at random is the same for every set, so nothing may be drawn that
// depends on a hash.

/// Whole texts: prescan, validity, normalization, the masks of Gemma's rules.
void check_texts(const struct bk_kernels *set, const struct text *text);

/// Chunks of a text as `PretokenChunkScanner` and `SegmentCounter` go through them, from classes to remembered counts.
void check_pretokens(const struct bk_kernels *set, const struct text *text);

/// Makes and probes the keys of spans whose ends are known, the first `count` of them.
void check_keys(const struct bk_kernels *set, const struct text *text, const uint32_t *starts, const uint32_t *ends,
                size_t count);

/// Collects the spans of random masks.
void check_random_spans(const struct bk_kernels *set);

/// Collects the spans of masks; `spans` is carried from one chunk to the next, with arrays of its own.
void check_collect(const struct bk_kernels *set, const uint64_t *starts, const uint64_t *probed, size_t blocks,
                   uint32_t position, struct bk_spans *spans);

/// The kernels of making datasets, each in all its forms.
void check_records(const struct text *text);
