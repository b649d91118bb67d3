// x86-64-v4: AVX-512, vectors of 512 bits.
#if defined(__x86_64__)
#include <immintrin.h>

#include "levels.h"

// Kernels that fuse products and sums say so.
#pragma STDC FP_CONTRACT OFF

// The architecture's tuning cuts vectors in two halves of 256 bits unless told otherwise.
#pragma clang attribute push( \
    __attribute__((target("arch=x86-64-v4,no-prefer-256-bit"))), apply_to = function)

#define LK_NAME(x) lk_v4_##x
#define LK_LANES 8
#define LK_FUSES
#define LK_LEVEL LK_V4
#define LK_LEVEL_NAME "v4"
#define LK_ANY(v) (_mm512_test_epi64_mask((__m512i)(v), (__m512i)(v)) != 0)

#include "kernels.inc"

#pragma clang attribute pop

const lk_kernels *lk_table_v4(void) { return &lk_v4_table; }
#endif
