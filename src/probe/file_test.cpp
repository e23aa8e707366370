#include "probe/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "probe/asked_for_test.h"

namespace takt::probe {
namespace {

using namespace std::chrono_literals;
using core::AtMost;
using core::FileProbe;
using core::Fresh;
using core::Succeeds;

class FileValue : public Asked {
 protected:
  net::TestFolder folder;
  FileProbe there{folder / "there"};
  FileProbe none{folder / "none"};

  void SetUp() override {
    std::ofstream(there.path) << "12345";
    const timespec times[2] = {{1'767'571'453, 999'999'999}, {1'767'571'453, 999'999'999}};
    utimensat(AT_FDCWD, there.path.c_str(), times, 0);
  }
};

TEST_F(FileValue, AFileHasATimeASizeAndIsThere) {
  EXPECT_EQ(measure(there, Fresh{1h}), text("2026-01-05T00:04:13.999Z"));
  EXPECT_EQ(measure(there, AtMost{10}), Measurement(5.0));
  EXPECT_EQ(measure(there, Succeeds{}), Measurement(true));
}

TEST_F(FileValue, OneThatIsNotThereIsAbsent) {
  for (const FileProbe& gone : {none, FileProbe{there.path + "/below"}}) {
    EXPECT_EQ(measure(gone, Fresh{1h}), Measurement(Absent{}));
    EXPECT_EQ(measure(gone, AtMost{10}), Measurement(Absent{}));
    EXPECT_EQ(measure(gone, Succeeds{}), Measurement(false));
  }
}

TEST_F(FileValue, ALinkIsWhatItLeadsTo) {
  std::filesystem::create_symlink(there.path, folder / "link");
  EXPECT_EQ(measure(FileProbe{folder / "link"}, AtMost{10}), Measurement(5.0));
  std::filesystem::create_symlink(none.path, folder / "dangling");
  EXPECT_EQ(measure(FileProbe{folder / "dangling"}, Succeeds{}), Measurement(false));
}

TEST_F(FileValue, WhatCannotBeSeenIsUnknown) {
  std::filesystem::create_symlink("loop", folder / "loop");
  EXPECT_EQ(measure(FileProbe{folder / "loop"}, Succeeds{}),
            unknown("cannot look at " + (folder / "loop") + ": Too many levels of symbolic links"));
}

}  // namespace
}  // namespace takt::probe
