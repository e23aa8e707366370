#pragma once
// The bytes of a file that a test looks into, or writes.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace takt::store {

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_bytes(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace takt::store
