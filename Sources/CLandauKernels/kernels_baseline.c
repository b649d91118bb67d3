// What every processor of the architecture runs: SSE2 on x86-64, NEON on arm64.
#include "levels.h"

// Kernels that fuse products and sums say so.
#pragma STDC FP_CONTRACT OFF

#define LK_NAME(x) lk_baseline_##x
#define LK_LANES 2
#define LK_LEVEL LK_BASELINE
#define LK_LEVEL_NAME "baseline"
#define LK_ANY(v) ((v)[0] | (v)[1])

#include "kernels.inc"

const lk_kernels *lk_table_baseline(void) { return &lk_baseline_table; }
