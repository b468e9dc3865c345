// How a function of unblock.h is defined.
#pragma once

#include "unblock.h"

#define UNBLOCK_API extern "C" [[gnu::visibility("default")]]
