#pragma once

#include "UnicodeTables.h"
