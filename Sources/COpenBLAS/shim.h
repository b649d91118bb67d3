#pragma once
// Without this, lapacke.h declares complex types that Swift cannot import.
#define LAPACK_COMPLEX_STRUCTURE 1
#include <cblas.h>
#include <lapacke.h>
