#pragma once
// For tests: a loop with a Runner in it, and questions that wait for their answers. A probe is asked as
// the daemon asks it, by the port.

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <optional>
#include <ostream>
#include <string>

#include "net/server_for_test.h"
#include "probe/runner.h"

namespace takt::core {

inline void PrintTo(const Unknown& unknown, std::ostream* out) { *out << unknown.why; }
inline void PrintTo(const Absent&, std::ostream* out) { *out << "nothing"; }

}  // namespace takt::core

namespace takt::probe {

using core::Absent;
using core::Measurement;
using core::Unknown;

inline Measurement text(const char* words) { return std::string(words); }
inline Measurement unknown(std::string why) { return Unknown{std::move(why)}; }

class Asked : public ::testing::Test {
 protected:
  static constexpr WallTime kNow = wall_from_millis(1'767'571'453'500);  // 2026-01-05T00:04:13.5Z

  boost::asio::io_context io;
  RunnerOptions options;
  std::optional<Runner> runner_;
  Duration timeout = std::chrono::seconds{10};

  Runner& runner() { return runner_ ? *runner_ : runner_.emplace(io, options); }

  core::ProbeSpec spec(core::ProbeOf of, core::Condition condition = core::Equals{}) const {
    core::ProbeSpec made;
    made.name = "probe";
    made.of = std::move(of);
    made.condition = std::move(condition);
    made.timeout = timeout;
    return made;
  }

  Measurement measure(core::ProbeOf of, core::Condition condition = core::Equals{},
                      const std::string& database = "") {
    std::optional<Measurement> answer;
    runner().measure(spec(std::move(of), std::move(condition)), database, kNow,
                     [&](Measurement found) { answer = std::move(found); });
    EXPECT_FALSE(answer) << "within the call";
    io.restart();
    io.run();
    return answer.value_or(unknown("the test got no answer"));
  }
  Measurement sql(const std::string& query, const std::string& database) {
    return measure(core::SqlProbe{query}, core::Equals{}, database);
  }

  ports::ProbeRunner::Statement execute(const std::string& statement, const std::string& database) {
    ports::ProbeRunner::Statement answer{false, "the test got no answer"};
    runner().execute(statement, database, kNow, timeout,
                     [&](ports::ProbeRunner::Statement ended) { answer = std::move(ended); });
    io.restart();
    io.run();
    return answer;
  }
};

}  // namespace takt::probe
