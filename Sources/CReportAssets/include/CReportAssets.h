#pragma once

#include <stddef.h>

// The files of this folder, which the compiler puts into the program.

/// The bytes of one file.
typedef struct {
  const unsigned char *_Nonnull bytes;
  size_t count;
} ReportAsset;

/// The page's template: HTML in which values replace `{{name}}`.
ReportAsset report_page_template(void);

/// The page's style sheets, one after another.
ReportAsset report_page_style(void);

/// The page's scripts, one after another.
ReportAsset report_page_script(void);
