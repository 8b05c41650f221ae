#include "io/process_memory.hpp"

#include <unistd.h>

#include <fstream>

namespace bridge {

std::int64_t process_memory_kib() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t total = 0;
  std::int64_t resident = 0;
  if (!(statm >> total >> resident)) return 0;
  return resident * sysconf(_SC_PAGESIZE) / 1024;
}

}  // namespace bridge
