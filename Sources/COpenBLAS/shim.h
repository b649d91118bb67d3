#pragma once
// Without types of our own, lapacke.h declares complex ones that Swift cannot import. Same layout: real, imaginary.
typedef struct { float real, imaginary; } lk_complex_float;
typedef struct { double real, imaginary; } lk_complex_double;
#define LAPACK_COMPLEX_CUSTOM 1
#define lapack_complex_float lk_complex_float
#define lapack_complex_double lk_complex_double
#include <cblas.h>
#include <lapacke.h>
