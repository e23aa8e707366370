#pragma once
// The steps of a scenario that are about health checks, contacts, and the sweep over the rows: what their
// shell says, and the words that put them into the fleet (health_words.h).

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/hand_shell.h"
#include "scenarios/words.h"

namespace takt::scenarios {

using Step = std::function<void(const Words&)>;

class HealthSteps {
 public:
  /// What these steps ask of the player.
  struct Player {
    std::function<HandShell&()> shell;
    std::function<core::FleetSpec&()> fleet;
    std::function<Token(const Words&)> living;  // the oldest started attempt that is meant
    std::function<RequestId()> next_request;
    std::function<void(std::string)> say;
  };
  explicit HealthSteps(Player player)
      : shell_of_(std::move(player.shell)),
        fleet_of_(std::move(player.fleet)),
        living_of_(std::move(player.living)),
        next_request_(std::move(player.next_request)),
        say_(std::move(player.say)) {}

  void add_to(std::map<std::string, Step>& steps);

  /// Messages are remembered until it is said what became of them.
  void note_message(const core::Effect& effect);

 private:
  void measure(const Words& words);
  void mended(const Words& words);
  /// What is recorded, but for what the words make of it.
  void sweep(const Words& words);
  void told(const Words& words);
  void put_contact(const Words& words);
  void show_health();

  std::function<HandShell&()> shell_of_;
  std::function<core::FleetSpec&()> fleet_of_;
  std::function<Token(const Words&)> living_of_;
  std::function<RequestId()> next_request_;
  std::function<void(std::string)> say_;
  std::map<std::string, std::vector<NoticeId>> messages_;  // sent, by contact
};

}  // namespace takt::scenarios
