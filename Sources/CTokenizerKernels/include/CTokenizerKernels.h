#pragma once

#include "CountingKernels.h"
#include "PropertyTables.h"
#include "UnicodeTables.h"
