#include "fleet/command_key.h"

#include <fmt/format.h>

#include <cstddef>
#include <utility>

namespace takt::fleet {
namespace {

using Argv = std::optional<std::vector<std::string>>;

bool fits_arguments(const Item& item, std::size_t bytes, Complaints& complaints) {
  // The kernel counts the NUL at the end.
  if (bytes < kArgumentBytesMax) return true;
  complaints.error(
      item.at,
      fmt::format("{} is {} bytes long; the limit is {}", item.label, bytes, kArgumentBytesMax - 1),
      "put the text into a script of its own");
  return false;
}

Argv read_shell_text(const Item& item, Complaints& complaints) {
  auto text = read_text(item, complaints);
  if (!text || !fits_arguments(item, text->size(), complaints)) return std::nullopt;
  return std::vector<std::string>{"/bin/sh", "-c", *std::move(text)};
}

Argv read_argv(const Item& item, const toml::array& list, Complaints& complaints) {
  std::vector<std::string> argv;
  std::size_t bytes = 0;
  for (const toml::node& node : list) {
    const Item one{"each argument of " + item.label, item.shape, &node, item.key_at,
                   position_of(node)};
    const auto* text = node.as_string();
    if (text == nullptr) {
      complain_type(one, "a string", complaints);
      return std::nullopt;
    }
    if (text->get().find('\0') != std::string::npos) {
      complaints.error(one.at, fmt::format("{} has a NUL character in it", item.label));
      return std::nullopt;
    }
    bytes += text->get().size() + 1;
    argv.push_back(text->get());
  }
  if (argv.empty() || argv.front().empty()) {
    complaints.error(item.at, fmt::format("{} names no program", item.label));
    return std::nullopt;
  }
  if (!fits_arguments(item, bytes - 1, complaints)) return std::nullopt;
  return argv;
}

}  // namespace

Argv read_command(const Item& item, Complaints& complaints) {
  if (const auto* list = item.node->as_array()) return read_argv(item, *list, complaints);
  if (item.node->is_string()) return read_shell_text(item, complaints);
  complain_type(item, item.shape->expected, complaints);
  return std::nullopt;
}

std::shared_ptr<const core::Command> read_command_in(const std::string& folder, const Item& item,
                                                     Complaints& complaints) {
  auto argv = read_command(item, complaints);
  if (!argv) return nullptr;
  core::Command command;
  command.argv = *std::move(argv);
  command.cwd = folder;
  return std::make_shared<const core::Command>(std::move(command));
}

}  // namespace takt::fleet
