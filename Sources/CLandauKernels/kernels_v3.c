// x86-64-v3: AVX2, vectors of 256 bits.
#if defined(__x86_64__)
#include <immintrin.h>

#include "levels.h"

// Kernels that fuse products and sums say so.
#pragma STDC FP_CONTRACT OFF

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)

#define LK_NAME(x) lk_v3_##x
#define LK_LANES 4
#define LK_FUSES
#define LK_LEVEL LK_V3
#define LK_LEVEL_NAME "v3"
#define LK_ANY(v) (!_mm256_testz_si256((__m256i)(v), (__m256i)(v)))

#include "kernels.inc"

#pragma clang attribute pop

const lk_kernels *lk_table_v3(void) { return &lk_v3_table; }
#endif
