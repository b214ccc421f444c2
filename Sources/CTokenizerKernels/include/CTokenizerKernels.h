#pragma once

#include "CountingKernels.h"
#include "UnicodeTables.h"
