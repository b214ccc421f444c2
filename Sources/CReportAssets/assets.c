#include "CReportAssets.h"

// Clang has #embed in every language mode, and warns that it is a feature of C23.
#pragma clang diagnostic ignored "-Wc23-extensions"

#define ASSET(array) ((ReportAsset){array, sizeof(array)})

static const unsigned char page_template[] = {
#embed "page.html"
};

static const unsigned char page_style[] = {
#embed "style/base.css"
  ,
#embed "style/overview.css"
  ,
#embed "style/table.css"
  ,
#embed "style/detail.css"
  ,
#embed "style/samples.css"
  ,
#embed "style/narrow.css"
  ,
#embed "style/print.css"
};

static const unsigned char page_script[] = {
#embed "script/codec.js"
  ,
#embed "script/lengths.js"
  ,
#embed "script/packing.js"
  ,
#embed "script/numbers.js"
  ,
#embed "script/datasets.js"
  ,
#embed "script/format.js"
  ,
#embed "script/elements.js"
  ,
#embed "script/state.js"
  ,
#embed "script/charts.js"
  ,
#embed "script/curves.js"
  ,
#embed "script/columns.js"
  ,
#embed "script/overview.js"
  ,
#embed "script/table.js"
  ,
#embed "script/detail.js"
  ,
#embed "script/tables.js"
  ,
#embed "script/samples.js"
  ,
#embed "script/subjects.js"
  ,
#embed "script/compare.js"
  ,
#embed "script/models.js"
  ,
#embed "script/export.js"
  ,
#embed "script/keyboard.js"
  ,
#embed "script/main.js"
};

ReportAsset report_page_template(void) { return ASSET(page_template); }

ReportAsset report_page_style(void) { return ASSET(page_style); }

ReportAsset report_page_script(void) { return ASSET(page_script); }
