// What a job gets and how its own end is told.

#include "exec/launcher.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <filesystem>

#include "exec/boot.h"
#include "exec/launcher_fixture.h"

namespace takt::exec {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using testing::UnorderedElementsAre;

class Launcher : public LauncherTest {};
INSTANTIATE_TEST_SUITE_P(Lanes, Launcher, testing::Values(CgroupLane::automatic, CgroupLane::none),
                         lane_name);

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// --- ends
// -------------------------------------------------------------------------------------------

TEST_P(Launcher, TellsTheExitCode) {
  const auto end = run_shell("exit 7");
  EXPECT_EQ(end.exit_code, 7);
  EXPECT_FALSE(end.signal || end.spawn_errno);
  EXPECT_EQ(end.leaked, 0);
  EXPECT_GT(end.rss_max_bytes, 0);
  EXPECT_EQ(launcher_->alive(), 0U);
}

TEST_P(Launcher, TellsTheSignal) {
  const auto end = run_shell("kill -SEGV $$");
  EXPECT_EQ(end.signal, SIGSEGV);
  EXPECT_FALSE(end.exit_code || end.spawn_errno || end.out_of_memory);
}

TEST_P(Launcher, Exit137AndSigkillAreNotOutOfMemory) {
  EXPECT_FALSE(run_shell("exit 137").out_of_memory);
  const auto end = run_shell("kill -KILL $$");
  EXPECT_EQ(end.signal, SIGKILL);
  EXPECT_FALSE(end.out_of_memory);
}

TEST_P(Launcher, StartedNamesTheProcessForEver) {
  const Token token = start({"sleep", "60"});
  ASSERT_TRUE(run_until([&] { return started_.contains(token); }));
  const core::Process process = started_[token];
  EXPECT_EQ(process.start_ticks, start_ticks(process.pid));
  EXPECT_EQ(process.boot_id, boot_id());
  EXPECT_EQ(process.cgroup.empty(), launcher_->lane() == CgroupLane::none);
}

TEST_P(Launcher, NothingIsToldFromWithinStartOrKill) {
  const Token missing = start({"/nonexistent"});
  const Token living = start({"sleep", "60"});
  launcher_->kill(living, Duration{0});
  EXPECT_TRUE(started_.empty() && ends_.empty());
  EXPECT_EQ(launcher_->alive(), 2U);
  EXPECT_EQ(end_of(missing).spawn_errno, ENOENT);
  EXPECT_EQ(end_of(living).signal, SIGKILL);
  EXPECT_TRUE(started_.contains(living));
}

TEST_P(Launcher, AnAttemptMayBeStartedFromAnEnd) {
  int chain = 0;
  on_ended_ = [&](Token) {
    if (++chain < 5) start({"true"});
  };
  start({"true"});
  EXPECT_TRUE(run_until([&] { return ends_.size() == 5; }));
}

TEST_P(Launcher, TwoHundredAtOnceAllEndWithTheirOwnCodeAndOutput) {
  for (int i = 1; i <= 200; ++i) start_shell("echo job $TAKT_TOKEN; exit $((TAKT_TOKEN % 100))");
  ASSERT_TRUE(run_until([&] { return ends_.size() == 200; }));
  for (const auto& [token, end] : ends_) {
    EXPECT_EQ(end.exit_code, token.value % 100);
    EXPECT_EQ(end.leaked, 0);
    EXPECT_EQ(logged(token), "job " + std::to_string(token.value) + "\n");
  }
}

// --- what a job gets
// --------------------------------------------------------------------------------

TEST_P(Launcher, TheEnvironmentIsExactlyWhatIsPromised) {
  ::setenv("TAKT_LEAK_CANARY", "leaked", 1);
  ::unsetenv("TZ");
  core::Command command{.argv = {"/usr/bin/env"}, .env = {{"COLOUR", "blue"}}};
  EXPECT_THAT(
      lines_of(output_of(command)),
      UnorderedElementsAre("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                           StartsWith("HOME="), "LANG=C.UTF-8", "COLOUR=blue", "TAKT_JOB=job",
                           "TAKT_RUN_ID=1", "TAKT_TOKEN=1", "TAKT_FD=3",
                           "TAKT_FLEET_TAG=" + options_.fleet_tag));
}

TEST_P(Launcher, TheDescriptorsAreZeroToThree) {
  const ScratchFolder other;
  std::ofstream held(other / "held");  // without close-on-exec, as a careless library would
  const Descriptor careless{::open((other / "held").c_str(), O_RDONLY)};
  EXPECT_THAT(lines_of(output_of({.argv = witness({"--list-fds", "-"})})),
              UnorderedElementsAre("0", "1", "2", "3"));
}

TEST_P(Launcher, StdinIsEmptyAndTheBeatPipeTakesLines) {
  EXPECT_EQ(output_of({.argv = {"/bin/sh", "-c", "cat; echo '50 half' >&$TAKT_FD && echo ok"}}),
            "ok\n");
}

TEST_P(Launcher, CwdUmaskAndNiceAreSet) {
  core::Command command{
      .argv = {"/bin/sh", "-c", "pwd; umask; nice"}, .cwd = "/usr", .nice = 7, .umask = 027};
  EXPECT_EQ(output_of(command), "/usr\n0027\n7\n");
}

TEST_P(Launcher, TheJobLeadsItsOwnSession) {
  const Token token = start_shell("echo $$; cut -d' ' -f5,6 /proc/$$/stat");
  end_of(token);
  const auto lines = lines_of(logged(token));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1], lines[0] + " " + lines[0]);
}

TEST_P(Launcher, IgnoredAndBlockedSignalsAreNotInherited) {
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  const std::string status =
      output_of({.argv = {"/bin/grep", "-E", "^Sig(Blk|Ign|Cgt)", "/proc/self/status"}});
  ::signal(SIGPIPE, before);
  EXPECT_THAT(status, HasSubstr("SigBlk:\t0000000000000000"));
  EXPECT_THAT(status, HasSubstr("SigIgn:\t0000000000000000"));
}

TEST_P(Launcher, TheJobRunsAsItsUserAndTheDaemonStaysItself) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can switch users";
  core::Command command{.argv = {"/bin/sh", "-c", "id -u; id -g; id -G; echo $HOME"},
                        .user = "nobody"};
  EXPECT_EQ(output_of(command), "65534\n65534\n65534\n/nonexistent\n");
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    struct stat facts{};
    ASSERT_EQ(::stat(thread.path().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_uid, 0U);
  }
}

TEST_P(Launcher, TheJobKeepsTheLimitOfOpenFilesItWouldHaveHad) {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit lower{.rlim_cur = 321, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &lower), 0);
  reopen();
  rlimit raised{};
  ::getrlimit(RLIMIT_NOFILE, &raised);
  EXPECT_EQ(raised.rlim_cur, before.rlim_max);
  EXPECT_EQ(output_of({.argv = {"/bin/sh", "-c", "ulimit -n"}}), "321\n");
  ::setrlimit(RLIMIT_NOFILE, &before);
}

// --- what cannot be started
// -------------------------------------------------------------------------

TEST_P(Launcher, AMissingProgramIsEnoent) {
  const auto by_path = run({"/nonexistent/tool"});
  EXPECT_EQ(by_path.spawn_errno, ENOENT);
  EXPECT_EQ(by_path.error, "program /nonexistent/tool: No such file or directory");
  EXPECT_FALSE(by_path.exit_code || by_path.signal);
  const auto by_name = run({"takt-no-such-tool"});
  EXPECT_EQ(by_name.spawn_errno, ENOENT);
  EXPECT_THAT(by_name.error, HasSubstr("looked for in PATH"));
  EXPECT_TRUE(started_.empty());
}

TEST_P(Launcher, AFileThatIsNotExecutableIsEacces) {
  std::ofstream(folder_ / "tool") << "#!/bin/sh\n";
  EXPECT_EQ(run({folder_ / "tool"}).spawn_errno, EACCES);
  EXPECT_EQ(run({"/"}).spawn_errno, EACCES);
}

TEST_P(Launcher, AProgramOpenForWritingIsEtxtbsy) {
  std::filesystem::copy_file(TAKT_WITNESS, folder_ / "busy");
  const Descriptor writer{::open((folder_ / "busy").c_str(), O_WRONLY | O_CLOEXEC)};
  EXPECT_EQ(run({folder_ / "busy", "--unwitnessed"}).spawn_errno, ETXTBSY);
}

TEST_P(Launcher, AMissingInterpreterIsToldApartFromAMissingProgram) {
  std::ofstream(folder_ / "script") << "#!/nonexistent/interpreter\n";
  ::chmod((folder_ / "script").c_str(), 0755);
  const auto end = run({folder_ / "script"});
  EXPECT_EQ(end.spawn_errno, ENOENT);
  EXPECT_THAT(end.error, HasSubstr("interpreter"));
}

TEST_P(Launcher, AFileThatIsNoProgramIsEnoexec) {
  std::ofstream(folder_ / "data") << "neither ELF nor script";
  ::chmod((folder_ / "data").c_str(), 0755);
  EXPECT_EQ(run({folder_ / "data"}).spawn_errno, ENOEXEC);
}

TEST_P(Launcher, TooLongArgumentsAreE2big) {
  EXPECT_EQ(run({"true", std::string(3U << 20U, 'x')}).spawn_errno, E2BIG);
}

TEST_P(Launcher, AMissingCwdIsToldByName) {
  const auto end = run(core::Command{.argv = {"true"}, .cwd = "/nonexistent"});
  EXPECT_EQ(end.spawn_errno, ENOENT);
  EXPECT_EQ(end.error, "cwd /nonexistent: No such file or directory");
}

TEST_P(Launcher, AMissingUserIsToldByName) {
  const auto end = run(core::Command{.argv = {"true"}, .user = "takt-nobody-such"});
  EXPECT_EQ(end.spawn_errno, ENOENT);
  EXPECT_EQ(end.error, "user takt-nobody-such: no such user");
}

TEST_P(Launcher, AnEnvFileOpenToOthersIsEperm) {
  std::ofstream(folder_ / "env") << "A=1\n";
  ::chmod((folder_ / "env").c_str(), 0644);
  EXPECT_EQ(run(core::Command{.argv = {"true"}, .env_file = folder_ / "env"}).spawn_errno, EPERM);
}

/// One more pipe and no other descriptor while it lives; what is open stays open.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const Descriptor lowest_free{::dup(0)};
    const rlimit none{.rlim_cur = static_cast<rlim_t>(lowest_free.get()) + 2,
                      .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_P(Launcher, WithoutDescriptorsTheStartIsDeferredNotLost) {
  auto none = std::make_unique<NoDescriptors>();
  const Token token = start({"true"});
  boost::asio::steady_timer later(io_, std::chrono::milliseconds{200});
  later.async_wait([&](const boost::system::error_code&) { none.reset(); });
  ASSERT_TRUE(run_until([&] { return none == nullptr; }));
  EXPECT_EQ(end_of(token).exit_code, 0);
}

TEST_P(Launcher, WithoutDescriptorsForLongTheStartIsToldAsDeferredOnceAndComesAllTheSame) {
  auto none = std::make_unique<NoDescriptors>();
  const Token token = start({"true"});
  ASSERT_TRUE(run_until([&] { return deferred_.contains(token); }));
  EXPECT_NE(deferred_[token].find("Too many open files"), std::string::npos);
  EXPECT_TRUE(ends_.empty());
  none.reset();
  EXPECT_EQ(end_of(token).exit_code, 0);
}

TEST_P(Launcher, AnEndIsKnownBeforeTheLoopHasHeardOfIt) {
  const Token quick = start({"true"});
  const Token slow = start_witness({"--for=1m"});
  ASSERT_TRUE(run_until([&] { return started_.contains(slow); }));
  // The loop stands still from here on; the kernel knows.
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(started_[quick].pid), &ended, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(launcher_->mains_ended(), std::vector{quick});
  EXPECT_TRUE(launcher_->mains_ended().empty()) << "told once";
  EXPECT_TRUE(ends_.empty()) << "the end itself comes by the loop";
  EXPECT_TRUE(end_of(quick).by_itself);
}

TEST_P(Launcher, AKillThatComesAfterTheEndIsNoKill) {
  const Token token = start({"true"});
  ASSERT_TRUE(run_until([&] { return started_.contains(token); }));
  siginfo_t ended{};
  ::waitid(P_PID, static_cast<id_t>(started_[token].pid), &ended, WEXITED | WNOWAIT);
  launcher_->kill(token, std::chrono::seconds{10});
  EXPECT_EQ(end_of(token).exit_code, 0);
  EXPECT_TRUE(ends_[token].by_itself);
}

TEST_P(Launcher, AKillWhileTheStartIsDeferredEndsIt) {
  const NoDescriptors none;
  const Token token = start({"true"});
  launcher_->kill(token, std::chrono::seconds{10});
  EXPECT_EQ(end_of(token).spawn_errno, ECANCELED);
  EXPECT_TRUE(started_.empty());
}

}  // namespace
}  // namespace takt::exec
