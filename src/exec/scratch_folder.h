#pragma once
// A folder of a test's own, gone with it.

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace takt::exec {

class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "takt-exec-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::filesystem::filesystem_error(name, {});
    folder_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;  // what is left is in the system's temporary folder
    std::filesystem::remove_all(folder_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::string operator/(const std::string& name) const { return folder_ + "/" + name; }

 private:
  std::string folder_;
};

}  // namespace takt::exec
