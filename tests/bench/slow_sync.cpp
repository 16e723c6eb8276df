// Loaded before a program (LD_PRELOAD): each sync to the disk takes DEALOG_SYNC_DELAY_US longer, as
// on a slower one. A library of its own, without the rest of the tree.
#include <cstdlib>

#include <dlfcn.h>
#include <time.h>

namespace {

long delay_us() {
  static const long us = [] {
    const char* text = std::getenv("DEALOG_SYNC_DELAY_US");
    return text == nullptr ? 0 : std::strtol(text, nullptr, 10);
  }();
  return us;
}

int sync_slowly(const char* name, int fd) {
  const auto next = reinterpret_cast<int (*)(int)>(::dlsym(RTLD_NEXT, name));
  const int result = next(fd);
  const timespec delay{delay_us() / 1'000'000, delay_us() % 1'000'000 * 1000};
  ::nanosleep(&delay, nullptr);
  return result;
}

}  // namespace

extern "C" {
int fsync(int fd) { return sync_slowly("fsync", fd); }
int fdatasync(int fd) { return sync_slowly("fdatasync", fd); }
}
