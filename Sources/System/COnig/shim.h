#pragma once
#include <oniguruma.h>
#include <stddef.h>

// Functions for Oniguruma's macros and global variables, which Swift does not import.

/// Prepares the library for UTF-8; to be called once. Returns ONIG_NORMAL or an error code.
static inline int onig_shim_initialize(void) {
  OnigEncoding encoding = ONIG_ENCODING_UTF8;
  return onig_initialize(&encoding, 1);
}

/// Compiles a UTF-8 pattern in the default syntax. Returns ONIG_NORMAL or an error code.
static inline int onig_shim_new(
  OnigRegex *regex, const unsigned char *pattern, size_t length, OnigErrorInfo *info) {
  return onig_new(
    regex, pattern, pattern + length, ONIG_OPTION_NONE, ONIG_ENCODING_UTF8, ONIG_SYNTAX_DEFAULT, info);
}

/// Searches the text from an offset on. Returns the offset of the match, ONIG_MISMATCH or an error code.
static inline int onig_shim_search(
  OnigRegex regex, const unsigned char *text, size_t length, size_t offset, OnigRegion *region, OnigMatchParam *limits) {
  return onig_search_with_param(
    regex, text, text + length, text + offset, text + length, region, ONIG_OPTION_NONE, limits);
}

/// Writes the message of an error code, at most ONIG_MAX_ERROR_MESSAGE_LEN bytes, and returns its length.
static inline int onig_shim_message(unsigned char *buffer, int code, OnigErrorInfo *info) {
  return onig_error_code_to_str(buffer, code, info);
}

#define ONIG_SHIM_MESSAGE_CAPACITY ONIG_MAX_ERROR_MESSAGE_LEN
#define ONIG_SHIM_MISMATCH ONIG_MISMATCH
