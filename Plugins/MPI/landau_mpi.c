// The part of Landau that is built against MPI: bytes from rank to rank. scripts/build --mpi compiles it into
// liblandau-mpi.so beside the program, which opens it when a launcher has started several ranks.
//
// All calls come from one thread. Errors of MPI end all ranks (MPI_ERRORS_ARE_FATAL, the default).

#include <limits.h>
#include <mpi.h>
#include <stddef.h>

static const int tag = 1;

// Returns 0, and this process's rank and how many there are.
int landau_mpi_start(int *rank, int *count) {
  int provided = MPI_THREAD_SINGLE;
  if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS) return 1;
  if (provided < MPI_THREAD_FUNNELED) return 2;
  MPI_Comm_rank(MPI_COMM_WORLD, rank);
  MPI_Comm_size(MPI_COMM_WORLD, count);
  return 0;
}

// Returns 0, or 1 where a message of so many bytes is longer than MPI counts.
int landau_mpi_send(const void *bytes, size_t count, int to) {
  if (count > INT_MAX) return 1;
  return MPI_Send(bytes, (int)count, MPI_BYTE, to, tag, MPI_COMM_WORLD) != MPI_SUCCESS;
}

// Bytes of the next message that has arrived, and its sender; -1 where none has.
long landau_mpi_waiting(int *from) {
  int there = 0, count = 0;
  MPI_Status status;
  MPI_Iprobe(MPI_ANY_SOURCE, tag, MPI_COMM_WORLD, &there, &status);
  if (!there) return -1;
  MPI_Get_count(&status, MPI_BYTE, &count);
  *from = status.MPI_SOURCE;
  return count;
}

int landau_mpi_receive(void *bytes, size_t count, int from) {
  return MPI_Recv(bytes, (int)count, MPI_BYTE, from, tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE) !=
         MPI_SUCCESS;
}

void landau_mpi_finish(void) { MPI_Finalize(); }
