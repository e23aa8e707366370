#include "exec/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "base/scratch_folder_for_test.h"

namespace takt::exec {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

class Environment : public testing::Test {
 protected:
  Environment() {
    launch_.token = Token{7};
    launch_.takt_env = {{"TAKT_JOB", "plan"}};
  }
  std::string write_env_file(const std::string& text, mode_t mode = 0600) const {
    std::ofstream(folder_ / "env") << text;
    ::chmod((folder_ / "env").c_str(), mode);
    return folder_ / "env";
  }
  std::vector<std::string> built() {
    launch_.command = std::make_shared<core::Command>(command_);
    auto environment = build_environment(launch_, User{.name = "x", .home = "/home/x"}, "fleet");
    return environment ? *environment : std::vector<std::string>{environment.error().text};
  }
  ScratchFolder folder_;
  core::Command command_{.argv = {"true"}};
  ports::Launch launch_;
};

TEST_F(Environment, LaterSourcesWin) {
  command_.env_file = write_env_file("A=file\nB=file\nTAKT_JOB=file\nLANG=file\n");
  command_.env = {{"B", "job"}, {"TAKT_JOB", "job"}};
  const auto environment = built();
  EXPECT_THAT(environment, Contains("A=file"));
  EXPECT_THAT(environment, Contains("B=job"));
  EXPECT_THAT(environment, Contains("TAKT_JOB=plan"));
  EXPECT_THAT(environment, Contains("LANG=file"));
  EXPECT_THAT(environment, Contains("HOME=/home/x"));
  EXPECT_THAT(environment, Not(Contains("B=file")));
}

TEST_F(Environment, AJobCannotTakeAnothersToken) {
  command_.env_file = write_env_file("TAKT_TOKEN=1\nTAKT_FLEET_TAG=other\n");
  const auto environment = built();
  EXPECT_THAT(environment, Contains("TAKT_TOKEN=7"));
  EXPECT_THAT(environment, Contains("TAKT_FLEET_TAG=fleet"));
}

TEST_F(Environment, AnEnvFileOpenToOthersIsRefused) {
  command_.env_file = write_env_file("A=1\n", 0640);
  EXPECT_THAT(built(), ElementsAre(HasSubstr("make it 0600")));
}

TEST_F(Environment, AnEnvFileOfAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  command_.env_file = write_env_file("A=1\n");
  ASSERT_EQ(::chown(command_.env_file.c_str(), 65534, 65534), 0);
  EXPECT_THAT(built(), ElementsAre(HasSubstr("belongs to another user")));
}

TEST_F(Environment, AMissingEnvFileIsToldByName) {
  command_.env_file = folder_ / "missing";
  EXPECT_THAT(built(), ElementsAre(HasSubstr("missing: No such file or directory")));
}

TEST(EnvFile, TakesCommentsBlankLinesQuotesAndExport) {
  const auto variables =
      parse_env_file("# comment\n\n  A = 1 \nexport B=\"two words\"\nC='$A'\nD=\"x\nE=a=b\r\nF=");
  ASSERT_TRUE(variables.has_value());
  EXPECT_THAT(*variables, ElementsAre(Pair("A", "1"), Pair("B", "two words"), Pair("C", "$A"),
                                      Pair("D", "\"x"), Pair("E", "a=b"), Pair("F", "")));
}

TEST(EnvFile, NamesTheLineThatIsWrong) {
  for (const char* text : {"A=1\nnonsense\n", "A=1\n=x\n", "A=1\n1A=x\n", "A=1\nA B=x\n"}) {
    const auto variables = parse_env_file(text);
    ASSERT_FALSE(variables.has_value()) << text;
    EXPECT_THAT(variables.error(), StartsWith("line 2"));
  }
}

TEST(FindProgram, LooksInTheJobsOwnPath) {
  const ScratchFolder folder;
  std::ofstream(folder / "tool") << "#!/bin/sh\n";
  ::chmod((folder / "tool").c_str(), 0755);
  const std::string here = folder.path().string() + "/";
  const std::string path = "PATH=/nowhere:" + here;
  EXPECT_EQ(find_program("tool", {path}, "/").value(), here + "/tool");
  EXPECT_EQ(find_program("./tool", {path}, "/").value(), "./tool");
}

TEST(FindProgram, TellsMissingFromNotExecutable) {
  const ScratchFolder folder;
  std::ofstream(folder / "data") << "x";
  const std::string path = "PATH=" + folder.path().string() + "/";
  EXPECT_EQ(find_program("data", {path}, "/").error().error, EACCES);
  EXPECT_EQ(find_program("missing", {path}, "/").error().error, ENOENT);
  EXPECT_EQ(find_program("", {path}, "/").error().error, ENOENT);
}

}  // namespace
}  // namespace takt::exec
