#pragma once
// A fleet file in a folder of its own, a daemon of plain values on its socket, and command lines run
// against both: for the tests of this folder.

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>
#include <thread>

#include "api/fake_backend_for_test.h"
#include "api/server.h"
#include "base/state_dir.h"
#include "cli/run.h"

namespace takt::cli {

namespace fs = std::filesystem;
namespace json = boost::json;
using Words = std::vector<std::string>;

/// What a command line answered.
struct Said {
  int exit;
  std::string out;
  std::string err;
  json::object object() const { return json::parse(out).as_object(); }
};

class CommandLine : public testing::Test {
 protected:
  CommandLine() {
    folder_ =
        fs::temp_directory_path() / ("takt-cli-" + std::to_string(::getpid()) + "-" +
                                     testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "state");
    fs::permissions(folder_, fs::perms::owner_all);
    file_ = folder_ / "fleet.toml";
    write_file(
        "[fleet]\nname = \"demo\"\nstate_dir = \"state\"\nlisten = \"off\"\n"
        "[job.posting]\nrun = [\"/bin/true\"]\nevery = \"5m\"\n"
        "[job.news]\nrun = [\"/bin/true\"]\n");
  }
  ~CommandLine() override {
    stop();
    fs::remove_all(folder_);
  }

  void write_file(const std::string& text) {
    std::ofstream(file_) << text;
    fs::permissions(file_, fs::perms::owner_read | fs::perms::owner_write);
  }

  void start() {
    auto server = api::Server::listen(loop_, backend_, socket_file(folder_ / "state"));
    ASSERT_TRUE(server) << server.error();
    server_ = std::move(*server);
    thread_ = std::thread([this] { loop_.run(); });
  }

  void stop() {
    if (!thread_.joinable()) return;
    std::promise<void> done;
    boost::asio::post(loop_, [&] {
      server_.reset();
      done.set_value();
    });
    done.get_future().wait();
    loop_.stop();
    thread_.join();
  }

  Said takt(Words words) const {
    words.insert(words.begin(), {"-f", file_.native()});
    return bare(words);
  }
  static Said bare(const Words& words) {
    std::ostringstream out;
    std::ostringstream err;
    Console console{.out = out, .err = err};
    const int exit = run(words, console);
    return {exit, out.str(), err.str()};
  }

  void refuse(core::Refusal::Kind kind) {
    backend_.reply.result = std::unexpected(core::Refusal{
        kind,
        "news is paused",
        "takt resume news",
        {{.gate = core::GateName::paused, .answer = core::GateAnswer::skip, .text = "by hand"}}});
  }

  fs::path folder_;
  fs::path file_;
  api::FakeBackend backend_;
  boost::asio::io_context loop_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
      loop_.get_executor()};
  std::unique_ptr<api::Server> server_;
  std::thread thread_;
};

}  // namespace takt::cli
