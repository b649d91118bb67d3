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

// To be called before anything else. Errors are returned and told by the caller, not printed. And the library
// does nothing when the process exits: all files are closed by then but those that could not be written, on which
// it would crash.
static inline void lh5_prepare(void) {
  H5dont_atexit();
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

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

// The library was not made for damaged files: some make it crash. So a file is first read through in a child
// process, which only calls C and the library, and whose end says whether the file is safe to read.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static inline void lh5_probe_text(hid_t type, hid_t space, hid_t object, int is_attribute) {
  if (H5Sget_simple_extent_npoints(space) != 1) return;
  if (H5Tis_variable_str(type) > 0) {
    char *text = NULL;
    herr_t status = is_attribute ? H5Aread(object, type, &text)
                                 : H5Dread(object, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &text);
    if (status >= 0 && text) {
      volatile size_t length = strlen(text);
      (void)length;
      H5free_memory(text);
    }
    return;
  }
  size_t size = H5Tget_size(type);
  char *text = size > 0 && size < ((size_t)1 << 24) ? (char *)malloc(size) : NULL;
  if (!text) return;
  if (is_attribute) H5Aread(object, type, text);
  else H5Dread(object, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text);
  free(text);
}

// Reads all numbers, some rows at a time.
static inline void lh5_probe_numbers(hid_t dataset, hid_t type, hid_t space) {
  hsize_t extent[33] = {0}, start[33] = {0}, count[33] = {0};
  int rank = H5Sget_simple_extent_ndims(space);
  hid_t memory_type = H5Tget_native_type(type, H5T_DIR_ASCEND);
  size_t width = memory_type < 0 ? 0 : H5Tget_size(memory_type);
  if (rank < 0 || rank > 32 || width == 0) return;
  if (rank > 0 && H5Sget_simple_extent_dims(space, extent, NULL) != rank) return;
  double row = (double)width;
  for (int axis = 1; axis < rank; axis++) row *= (double)extent[axis];
  double all = rank > 0 ? row * (double)extent[0] : row;
  // What claims to be so much larger than the file is refused by the caller, too.
  if (all / 1032.0 > (double)H5Dget_storage_size(dataset) + 4096.0 || all == 0 || row > 4e9) return;
  hsize_t rows = rank > 0 ? extent[0] : 1, at_once = (hsize_t)(16e6 / row) + 1;
  if (at_once > rows) at_once = rows;
  char *buffer = (char *)malloc((size_t)(row * (double)at_once));
  if (!buffer) return;
  for (hsize_t at = 0; at < rows; at += at_once) {
    hsize_t here = rows - at < at_once ? rows - at : at_once;
    if (rank == 0) {
      H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer);
      break;
    }
    start[0] = at;
    for (int axis = 0; axis < rank; axis++) count[axis] = axis == 0 ? here : extent[axis];
    hid_t memory = H5Screate_simple(rank, count, NULL);
    if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) < 0
        || H5Dread(dataset, memory_type, memory, space, H5P_DEFAULT, buffer) < 0)
      at = rows - here;
    H5Sclose(memory);
  }
  free(buffer);
}

static inline herr_t lh5_probe_attribute(hid_t owner, const char *name, const H5A_info_t *info, void *data) {
  (void)info; (void)data;
  hid_t attribute = H5Aopen(owner, name, H5P_DEFAULT);
  if (attribute < 0) return 0;
  hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  if (type >= 0 && space >= 0) {
    long long number[64];
    if (H5Tget_class(type) == H5T_STRING) lh5_probe_text(type, space, attribute, 1);
    else if (H5Tget_class(type) == H5T_INTEGER && H5Sget_simple_extent_npoints(space) == 1)
      H5Aread(attribute, H5T_STD_I64LE, number);
  }
  H5Sclose(space);
  H5Tclose(type);
  H5Aclose(attribute);
  return 0;
}

static inline herr_t lh5_probe_object(hid_t root, const char *name, const H5O_info_t *info, void *data) {
  (void)data;
  hid_t object = H5Oopen(root, name, H5P_DEFAULT);
  if (object < 0) return 0;
  H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, lh5_probe_attribute, NULL);
  if (info->type == H5O_TYPE_DATASET) {
    hid_t type = H5Dget_type(object), space = H5Dget_space(object), creation = H5Dget_create_plist(object);
    if (type >= 0 && space >= 0 && creation >= 0 && H5Pget_layout(creation) != H5D_VIRTUAL
        && H5Pget_external_count(creation) == 0) {
      H5T_class_t kind = H5Tget_class(type);
      if (kind == H5T_STRING) lh5_probe_text(type, space, object, 0);
      else if (kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_ENUM)
        lh5_probe_numbers(object, type, space);
    }
    H5Pclose(creation);
    H5Sclose(space);
    H5Tclose(type);
  }
  H5Oclose(object);
  return 0;
}

static inline void lh5_probe_file(const char *path, hid_t access) {
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, access);
  if (file < 0) return;
  H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_NATIVE, lh5_probe_object, NULL, H5O_INFO_BASIC);
  H5Fclose(file);
}

// 1 when the library survives the file, 0 when it does not (a crash, or more than `seconds`), -1 when no child
// process could be made.
static inline int lh5_survives(const char *path, hid_t access, unsigned seconds) {
  H5open();
  pid_t child = fork();
  if (child < 0) return -1;
  if (child == 0) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM, SIGTERM, SIGINT};
    sigset_t all;
    sigemptyset(&all);
    for (int k = 0; k < 8; k++) {
      signal(signals[k], SIG_DFL);
      sigaddset(&all, signals[k]);
    }
    sigprocmask(SIG_UNBLOCK, &all, NULL);
    // Nothing that the C library says on its way down belongs on the terminal.
    close(2);
    // The locks of the parent must not outlive it here.
    for (int file = 3; file < 1024; file++) close(file);
    alarm(seconds);
    lh5_probe_file(path, access);
    _exit(0);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return -1;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
