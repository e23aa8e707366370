// A job that says when it came to life: the first thing it does is to read the clock. Appends a line
// "<nanoseconds since 1970> <TAKT_SLOT>" to the file it is given, in one write. Linked statically, so
// that the loader's work does not hide what is measured.

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (argc != 2) return 2;
  const char* slot = std::getenv("TAKT_SLOT");
  char line[96];
  const int size =
      std::snprintf(line, sizeof line, "%lld%09ld %s\n", static_cast<long long>(now.tv_sec),
                    now.tv_nsec, slot == nullptr ? "" : slot);
  const int file = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  return write(file, line, static_cast<size_t>(size)) == size ? 0 : 1;
}
