#pragma once

#include <stddef.h>
#include <stdint.h>

// Character sets, mappings and decompositions as the reference (tokenizers 0.23.3) has them, written by
// Scripts/generate_property_tables.py. All but the names are sequences of variable-length integers, seven bits a
// byte, the lowest first.

/// General categories: the length and the category (one byte) of each run of code points from U+0000 on.
extern const uint8_t unicode_category_runs[];
extern const size_t unicode_category_runs_size;

/// Scripts of the regular expression engine: the length and the script (one byte) of each run; 255 for none.
extern const uint8_t unicode_script_runs[];
extern const size_t unicode_script_runs_size;

/// Scripts of the pre-tokenizer UnicodeScripts: the length and the script (one byte) of each run; 0 joins any.
extern const uint8_t unicode_pretokenizer_script_runs[];
extern const size_t unicode_pretokenizer_script_runs_size;

/// What borders of grapheme clusters depend on: the length and the class (one byte) of each run.
extern const uint8_t unicode_grapheme_runs[];
extern const size_t unicode_grapheme_runs_size;

/// Sets: the number of bytes of each, then the distances between the places where it begins and ends in turn.
extern const uint8_t unicode_sets[];
extern const size_t unicode_sets_size;

/// Lower case: the distance to the next code point that has one, and its lower case.
extern const uint8_t unicode_lowercase[];
extern const size_t unicode_lowercase_size;

/// Compatibility decompositions: the distance to the next code point whose NFKD is not its NFD, the number of code
/// points of its NFKD, and these.
extern const uint8_t unicode_compatibility[];
extern const size_t unicode_compatibility_size;

/// What can be asked for by name, a line each: the name, `c`, `s` or `b`, and a mask of categories, a script or the
/// position of a set.
extern const char unicode_property_names[];

/// The tables as pointers, for languages that do not import arrays of unknown length.
static inline const uint8_t *unicode_table(int table, size_t *size) {
  switch (table) {
    case 0: *size = unicode_category_runs_size; return unicode_category_runs;
    case 1: *size = unicode_script_runs_size; return unicode_script_runs;
    case 2: *size = unicode_pretokenizer_script_runs_size; return unicode_pretokenizer_script_runs;
    case 3: *size = unicode_sets_size; return unicode_sets;
    case 4: *size = unicode_lowercase_size; return unicode_lowercase;
    case 5: *size = unicode_compatibility_size; return unicode_compatibility;
    default: *size = unicode_grapheme_runs_size; return unicode_grapheme_runs;
  }
}

/// The names.
static inline const char *unicode_names(void) { return unicode_property_names; }
