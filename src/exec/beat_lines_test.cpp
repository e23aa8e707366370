#include "exec/beat_lines.h"

#include <gtest/gtest.h>

namespace takt::exec {
namespace {

std::optional<core::Beat> said(std::string_view bytes) {
  BeatLines lines;
  lines.feed(bytes);
  return lines.take();
}

core::Beat beat(std::optional<int> progress, std::optional<std::string> note) {
  return {progress, std::move(note)};
}

TEST(BeatLines, ALineIsABeatOnceItsEndHasCome) {
  BeatLines lines;
  lines.feed("beat 4");
  EXPECT_EQ(lines.take(), std::nullopt);
  lines.feed("2 half");
  lines.feed(" way\nbeat");
  EXPECT_EQ(lines.take(), beat(42, "half way"));
  EXPECT_EQ(lines.take(), std::nullopt);
  lines.finish();
  EXPECT_EQ(lines.take(), beat({}, {}));
}

TEST(BeatLines, SeveralLinesAreOneBeatThatSaysTheNewest) {
  EXPECT_EQ(said("beat 1 first\nbeat 2\n\nbeat\n"), beat(2, "first"));
}

TEST(BeatLines, AnEmptyLineIsASignOfLife) { EXPECT_EQ(said("\n"), beat({}, {})); }

TEST(BeatLines, AFloodWithoutNewlinesIsNoBeatAndKeepsNothing) {
  BeatLines lines;
  for (int i = 0; i < 1000; ++i) lines.feed(std::string(65536, 'x'));
  EXPECT_EQ(lines.take(), std::nullopt);
  lines.feed("\n");
  const auto heard = lines.take();
  ASSERT_TRUE(heard && heard->note);
  EXPECT_EQ(heard->note->size(), core::kNoteBytesMax);
  lines.feed("beat 7\n");
  EXPECT_EQ(lines.take(), beat(7, {})) << "the long line is over";
}

TEST(BeatLines, BinaryIsBoundedAndClean) {
  std::string bytes;
  for (int i = 0; i < 4096; ++i) bytes += static_cast<char>(i * 7 + i / 256);
  BeatLines lines;
  lines.feed(bytes);
  lines.finish();
  const auto heard = lines.take();
  ASSERT_TRUE(heard);
  if (!heard->note) return;
  EXPECT_LE(heard->note->size(), core::kNoteBytesMax);
  for (const char c : *heard->note) EXPECT_GE(static_cast<unsigned char>(c), 0x20U);
}

}  // namespace
}  // namespace takt::exec
