#pragma once
// PostgresServer: a cluster of a test's own, in a folder in /tmp, reached by a socket there. It refuses to
// run as root, and so becomes `nobody` where the test is root. Gone with the object, and with the test.

#include <glob.h>
#include <libpq-fe.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include "net/server_for_test.h"

namespace takt::probe {

class PostgresServer {
 public:
  PostgresServer() {
    if (geteuid() == 0) run("chown nobody " + folder_.path());
    run(as_nobody() + bin() + "initdb -D " + data() +
        " -A trust -U takt -E UTF8 --locale=C --no-sync --no-instructions");
    std::ofstream(data() + "/pg_hba.conf")
        << "local all locked scram-sha-256\nlocal all all trust\n";
    start();
    query("create role locked login password 'geheimnis'");
  }
  ~PostgresServer() { stop(); }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// As a check's `database`.
  std::string url(const std::string& who = "takt") const {
    return "postgres://" + who + "@/postgres?host=" + folder_.path();
  }

  /// At once, as if its machine were gone.
  void stop() {
    if (child_ <= 0) return;
    kill(child_, SIGQUIT);
    waitpid(child_, nullptr, 0);
    child_ = -1;
  }

  /// The first value, of a connection of the test's own.
  std::string query(const std::string& sql) {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url().c_str()),
                                                                  &PQfinish);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexec(connection.get(), sql.c_str()), &PQclear);
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK) return "";
    if (status != PGRES_TUPLES_OK) throw std::runtime_error(PQerrorMessage(connection.get()));
    return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
  }

  /// Returns once a statement with these words is being carried out.
  void await_statement(const std::string& words) {
    while (query("select count(*) from pg_stat_activity where state = 'active' and query like '%" +
                 words + "%' and pid <> pg_backend_pid()") == "0") {
    }
  }

 private:
  std::string data() const { return folder_ / "data"; }

  static std::string as_nobody() {
    if (geteuid() != 0) return "";
    return "setpriv --reuid=nobody --regid=nogroup --clear-groups --pdeathsig KILL ";
  }

  /// Debian keeps them beside the PATH.
  static std::string bin() {
    glob_t found{};
    glob("/usr/lib/postgresql/*/bin/initdb", 0, nullptr, &found);
    std::string last = found.gl_pathc > 0 ? found.gl_pathv[found.gl_pathc - 1] : "initdb";
    globfree(&found);
    return last.substr(0, last.size() - std::string("initdb").size());
  }

  void run(const std::string& command) {
    const std::string all = "cd / && " + command + " >" + (folder_ / "log") + " 2>&1";
    if (std::system(all.c_str()) != 0) throw std::runtime_error("failed: " + command);
  }

  /// Returns once it takes connections, as it says itself on stderr.
  void start() {
    const std::string command = "cd / && exec " + as_nobody() + bin() + "postgres -D " + data() +
                                " -k " + folder_.path() +
                                " -c listen_addresses= -c fsync=off -c log_min_messages=log 2>&1";
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    child_ = fork();
    if (child_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      dup2(ends[1], STDOUT_FILENO);
      execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
      _exit(127);
    }
    close(ends[1]);
    log_.reset(fdopen(ends[0], "r"));
    char line[512];
    while (fgets(line, sizeof line, log_.get()) != nullptr) {
      if (std::string(line).find("ready to accept connections") != std::string::npos) return;
    }
    throw std::runtime_error("PostgreSQL does not start");
  }

  net::TestFolder folder_;
  pid_t child_ = -1;
  std::unique_ptr<FILE, decltype(&fclose)> log_{nullptr, &fclose};
};

}  // namespace takt::probe
