#pragma once
#include "CLandauKernels.h"

// One table per level, each in a file of its own.
const lk_kernels *lk_table_baseline(void);
#if defined(__x86_64__)
const lk_kernels *lk_table_v3(void);
const lk_kernels *lk_table_v4(void);
#endif
