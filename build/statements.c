#include "spec.h"
const struct statement statements[] = {{"a","b","c","-","-","yes","x"}};
const size_t statement_count = 0;
