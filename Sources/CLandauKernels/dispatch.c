#include "levels.h"

int lk_best_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  int v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("lzcnt") &&
           __builtin_cpu_supports("movbe") && __builtin_cpu_supports("f16c");
  int v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
  return v4 ? LK_V4 : v3 ? LK_V3 : LK_BASELINE;
#else
  return LK_BASELINE;
#endif
}

const lk_kernels *lk_kernels_at(int level) {
  if (level < 0 || level > lk_best_level()) return NULL;
#if defined(__x86_64__)
  if (level == LK_V4) return lk_table_v4();
  if (level == LK_V3) return lk_table_v3();
#endif
  return lk_table_baseline();
}
