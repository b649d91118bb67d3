#pragma once
// The constants of HDF5 are macros around variables that the library fills; Swift sees them through these.
#include <hdf5.h>
#include <string.h>

static inline hid_t lh5_int(int bytes) {
  H5open();
  return bytes == 1 ? H5T_STD_I8LE : bytes == 2 ? H5T_STD_I16LE : bytes == 4 ? H5T_STD_I32LE : H5T_STD_I64LE;
}
static inline hid_t lh5_uint(int bytes) {
  H5open();
  return bytes == 1 ? H5T_STD_U8LE : bytes == 2 ? H5T_STD_U16LE : bytes == 4 ? H5T_STD_U32LE : H5T_STD_U64LE;
}
static inline hid_t lh5_float(int bytes) {
  H5open();
  return bytes == 4 ? H5T_IEEE_F32LE : H5T_IEEE_F64LE;
}
static inline hid_t lh5_c_string(void) { H5open(); return H5T_C_S1; }
static inline size_t lh5_variable(void) { return H5T_VARIABLE; }

static inline hid_t lh5_dataset_creation(void) { H5open(); return H5Pcreate(H5P_DATASET_CREATE); }
static inline hid_t lh5_group_creation(void) { H5open(); return H5Pcreate(H5P_GROUP_CREATE); }
static inline hid_t lh5_file_creation(void) { H5open(); return H5Pcreate(H5P_FILE_CREATE); }
static inline hid_t lh5_file_access(void) { H5open(); return H5Pcreate(H5P_FILE_ACCESS); }

static inline hid_t lh5_default(void) { return H5P_DEFAULT; }
static inline hid_t lh5_all(void) { return H5S_ALL; }
static inline hsize_t lh5_unlimited(void) { return H5S_UNLIMITED; }
static inline unsigned lh5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned lh5_truncate(void) { return H5F_ACC_TRUNC; }

// Errors are returned and told by the caller, not printed.
static inline void lh5_silence(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

static inline herr_t lh5_keep_reason(unsigned depth, const H5E_error2_t *error, void *text) {
  if (depth == 0 && error->desc) {
    strncpy((char *)text, error->desc, 255);
    ((char *)text)[255] = 0;
  }
  return 0;
}
// The innermost reason of the last failure; text has room for 256 characters.
static inline void lh5_reason(char *text) {
  text[0] = 0;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, lh5_keep_reason, text);
}
