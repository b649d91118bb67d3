#pragma once
#include <fftw3.h>
// Macros that Swift does not import. Plans are estimated, so that they are the same in every run, and hold for any
// alignment, so that they are the same for every buffer.
enum {
  lk_fftw_forward = FFTW_FORWARD,
  lk_fftw_backward = FFTW_BACKWARD,
  lk_fftw_flags = FFTW_ESTIMATE | FFTW_UNALIGNED,
  lk_fftw_preserving_flags = FFTW_ESTIMATE | FFTW_UNALIGNED | FFTW_PRESERVE_INPUT
};
