#ifndef CPlotFonts_h
#define CPlotFonts_h

#include <stddef.h>

/// A font file that is part of the program.
typedef struct {
  const unsigned char *_Nonnull bytes;
  size_t count;
} PlotFont;

/// DejaVu Sans Book.
PlotFont plot_font_book(void);
/// DejaVu Sans Bold.
PlotFont plot_font_bold(void);

#endif
