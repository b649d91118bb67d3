#include "CLandauKernels.h"
