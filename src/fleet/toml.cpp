#define TOML_IMPLEMENTATION
#include "fleet/toml.h"
