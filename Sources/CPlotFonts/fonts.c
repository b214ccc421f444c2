#include "CPlotFonts.h"

// Clang has #embed in every language mode, and warns that it is a feature of C23.
#pragma clang diagnostic ignored "-Wc23-extensions"

// The files are those of the system that builds: Debian's package fonts-dejavu-core, or its counterparts.
static const unsigned char book[] = {
#if __has_embed("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
#embed "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
#elif __has_embed("/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf")
#embed "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf"
#elif __has_embed("/usr/share/fonts/dejavu/DejaVuSans.ttf")
#embed "/usr/share/fonts/dejavu/DejaVuSans.ttf"
#elif __has_embed("/usr/share/fonts/TTF/DejaVuSans.ttf")
#embed "/usr/share/fonts/TTF/DejaVuSans.ttf"
#else
#error "DejaVuSans.ttf is not installed: install Debian's fonts-dejavu-core or its counterpart"
#endif
};

static const unsigned char bold[] = {
#if __has_embed("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf")
#embed "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
#elif __has_embed("/usr/share/fonts/dejavu-sans-fonts/DejaVuSans-Bold.ttf")
#embed "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans-Bold.ttf"
#elif __has_embed("/usr/share/fonts/dejavu/DejaVuSans-Bold.ttf")
#embed "/usr/share/fonts/dejavu/DejaVuSans-Bold.ttf"
#elif __has_embed("/usr/share/fonts/TTF/DejaVuSans-Bold.ttf")
#embed "/usr/share/fonts/TTF/DejaVuSans-Bold.ttf"
#else
#error "DejaVuSans-Bold.ttf is not installed: install Debian's fonts-dejavu-core or its counterpart"
#endif
};

PlotFont plot_font_book(void) { return (PlotFont){book, sizeof(book)}; }

PlotFont plot_font_bold(void) { return (PlotFont){bold, sizeof(bold)}; }
