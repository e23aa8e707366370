#include "daemon/line_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <string>

namespace takt::daemon {
namespace {

class LineWriterTest : public ::testing::Test {
 protected:
  LineWriterTest() {
    EXPECT_EQ(pipe2(ends_.data(), O_CLOEXEC), 0);
    out_ = fdopen(ends_[1], "w");
  }
  ~LineWriterTest() override {
    close(ends_[0]);
    std::fclose(out_);
  }

  std::string read_up_to(const std::string& last) {
    std::string text;
    std::array<char, 65536> piece{};
    while (!text.ends_with(last)) {
      const auto got = read(ends_[0], piece.data(), piece.size());
      if (got <= 0) break;
      text.append(piece.data(), static_cast<std::size_t>(got));
    }
    return text;
  }

  std::array<int, 2> ends_{};
  std::FILE* out_ = nullptr;
};

TEST_F(LineWriterTest, WritesLinesInOrderAndAllOfThemByItsEnd) {
  std::optional<LineWriter> writer(out_);
  writer->write("one\n");
  writer->write("two\n");
  writer.reset();
  EXPECT_EQ(read_up_to("two\n"), "one\ntwo\n");
}

TEST_F(LineWriterTest, AStreamThatNobodyReadsHoldsUpNobodyAndTheLossIsCounted) {
  std::optional<LineWriter> writer(out_);
  const std::string line(1000, 'x');
  for (std::size_t i = 0; i < 3 * LineWriter::kQueuedMax; ++i) writer->write(line + "\n");
  const std::string text = read_up_to("lines are not shown)\n");
  EXPECT_NE(text.find("(nobody read: "), std::string::npos);
}

}  // namespace
}  // namespace takt::daemon
