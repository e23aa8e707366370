#include "exec/spawn.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "base/assert.h"

namespace takt::exec {
namespace {

constexpr std::size_t kStackBytes = 64U << 10U;
constexpr std::size_t kGuardBytes = 4096;
constexpr std::size_t kKernelSignalSetBytes = 8;
constexpr int kReportFile = 4;  // fork lane only: outlives close_range, closed by exec

enum class Step { none, clone, session, nice, limits, files, groups, gid, uid, cwd, exec };

/// What the child works from: plain pointers, prepared before the clone.
struct ChildPlan {
  const char* program;
  char* const* argv;
  char* const* environment;
  const char* cwd;
  const User* user;
  const rlimit* open_files;
  int nice;
  unsigned umask;
  const int* files;
  int report_pipe;  // -1: the memory is shared
  Step failed_at;
  int error;
};

#define TAKT_IN_CHILD __attribute__((noinline, no_sanitize("address", "undefined", "thread")))

TAKT_IN_CHILD bool fails(ChildPlan* plan, Step step, long result) {
  if (result != -1) return false;
  plan->failed_at = step;
  plan->error = errno;
  return true;
}

TAKT_IN_CHILD bool place_files(ChildPlan* plan) {
  for (int i = 0; i < 4; ++i) {
    if (fails(plan, Step::files, syscall(SYS_dup3, plan->files[i], i, 0))) return false;
  }
  unsigned first_to_close = 4;
  if (plan->report_pipe >= 0) {
    if (plan->report_pipe != kReportFile &&
        fails(plan, Step::files, syscall(SYS_dup3, plan->report_pipe, kReportFile, O_CLOEXEC))) {
      return false;
    }
    plan->report_pipe = kReportFile;
    first_to_close = kReportFile + 1;
  }
  return !fails(plan, Step::files, syscall(SYS_close_range, first_to_close, ~0U, 0U));
}

TAKT_IN_CHILD bool become_user(ChildPlan* plan) {
  const User* user = plan->user;
  if (user == nullptr) return true;
  return !fails(plan, Step::groups,
                syscall(SYS_setgroups, user->groups.size(), user->groups.data())) &&
         !fails(plan, Step::gid, syscall(SYS_setresgid, user->gid, user->gid, user->gid)) &&
         !fails(plan, Step::uid, syscall(SYS_setresuid, user->uid, user->uid, user->uid));
}

/// What is ignored would stay so over exec.
TAKT_IN_CHILD void default_handlers() {
  struct {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)();
    std::uint64_t mask;
  } action{};
  for (int signal = 1; signal <= 64; ++signal) {
    syscall(SYS_rt_sigaction, signal, &action, nullptr, kKernelSignalSetBytes);
  }
}

TAKT_IN_CHILD int child_main(void* data) {
  auto* plan = static_cast<ChildPlan*>(data);
  syscall(SYS_umask, plan->umask);
  if (fails(plan, Step::session, syscall(SYS_setsid))) return 127;
  if (plan->nice != 0 &&
      fails(plan, Step::nice, syscall(SYS_setpriority, PRIO_PROCESS, 0, plan->nice))) {
    return 127;
  }
  if (plan->open_files != nullptr &&
      fails(plan, Step::limits,
            syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, plan->open_files, nullptr))) {
    return 127;
  }
  if (!place_files(plan) || !become_user(plan)) return 127;
  if (fails(plan, Step::cwd, syscall(SYS_chdir, plan->cwd))) return 127;
  default_handlers();
  const std::uint64_t nothing_blocked = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &nothing_blocked, nullptr, kKernelSignalSetBytes);
  fails(plan, Step::exec, syscall(SYS_execve, plan->program, plan->argv, plan->environment));
  return 127;
}

/// clone3 whose child runs `entry(data)` on the stack named in `args` and exits with its result.
#if defined(__SANITIZE_THREAD__)
// fork takes its place, below.
#elif defined(__x86_64__)
long clone3_onto_stack(clone_args* args, int (*entry)(void*), void* data) {
  long result = 0;
  asm volatile(
      "syscall\n\t"
      "testq %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xorl %%ebp, %%ebp\n\t"
      "movq %%rdx, %%rdi\n\t"
      "callq *%%rbx\n\t"
      "movl %%eax, %%edi\n\t"
      "movl %[exit], %%eax\n\t"
      "syscall\n\t"
      "hlt\n"
      "1:"
      : "=a"(result)
      : "a"(SYS_clone3), "D"(args), "S"(sizeof(clone_args)), "b"(entry),
        "d"(data), [exit] "i"(SYS_exit)
      : "rcx", "r11", "memory", "cc");
  return result;
}
#elif defined(__aarch64__)
long clone3_onto_stack(clone_args* args, int (*entry)(void*), void* data) {
  register long x0 asm("x0") = reinterpret_cast<long>(args);
  register long x1 asm("x1") = sizeof(clone_args);
  register long x8 asm("x8") = SYS_clone3;
  register auto x9 asm("x9") = entry;
  register void* x10 asm("x10") = data;
  asm volatile(
      "svc #0\n\t"
      "cbnz x0, 1f\n\t"
      "mov x29, xzr\n\t"
      "mov x0, x10\n\t"
      "blr x9\n\t"
      "mov x8, %[exit]\n\t"
      "svc #0\n\t"
      "brk #0\n"
      "1:"
      : "+r"(x0)
      : "r"(x1), "r"(x8), "r"(x9), "r"(x10), [exit] "i"(SYS_exit)
      : "memory", "cc");
  return x0;
}
#else
#error "takt's spawn knows x86_64 and aarch64"
#endif

class AllSignalsBlocked {
 public:
  AllSignalsBlocked() {
    const std::uint64_t all = ~0ULL;
    ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before_, kKernelSignalSetBytes);
  }
  ~AllSignalsBlocked() {
    ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before_, nullptr, kKernelSignalSetBytes);
  }
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

 private:
  std::uint64_t before_ = 0;
};

#if defined(__SANITIZE_THREAD__)

/// Joins a cgroup by hand: fork cannot be born in one.
TAKT_IN_CHILD bool join_cgroup(ChildPlan* plan, int folder) {
  if (folder < 0) return true;
  const long file = syscall(SYS_openat, folder, "cgroup.procs", O_WRONLY | O_CLOEXEC, 0);
  return !fails(plan, Step::clone, file) &&
         !fails(plan, Step::clone, syscall(SYS_write, file, "0", 1));
}

long start_child(ChildPlan& plan, int cgroup, void*, int& pidfd) {
  auto report = make_pipe();
  if (!report) {
    errno = report.error().error;
    return -1;
  }
  const AllSignalsBlocked blocked;
  const long pid = ::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (pid < 0) return -1;
  if (pid == 0) {
    plan.report_pipe = report->write.get();
    if (join_cgroup(&plan, cgroup)) child_main(&plan);
    const int told[2] = {static_cast<int>(plan.failed_at), plan.error};
    syscall(SYS_write, plan.report_pipe, told, sizeof told);
    syscall(SYS_exit_group, 127);
  }
  report->write.reset();
  int told[2] = {};
  if (::read(report->read.get(), told, sizeof told) == sizeof told) {
    plan.failed_at = static_cast<Step>(told[0]);
    plan.error = told[1];
  }
  pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U));
  return pid;
}

#else

long start_child(ChildPlan& plan, int cgroup, void* stack, int& pidfd) {
  clone_args args{};
  args.flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD;
  args.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  args.exit_signal = SIGCHLD;
  args.stack = reinterpret_cast<std::uintptr_t>(stack) + kGuardBytes;
  args.stack_size = kStackBytes;
  if (cgroup >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = static_cast<std::uint64_t>(cgroup);
  }
  const AllSignalsBlocked blocked;
  const long result = clone3_onto_stack(&args, child_main, &plan);
  if (result >= 0) return result;
  errno = static_cast<int>(-result);
  return -1;
}

#endif

/// Shortages of processes, memory or descriptors, which others' ends cure.
bool is_passing(int error) {
  return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE;
}

SpawnProblem describe(Step step, int error, const SpawnPlan& plan) {
  const auto what = [&]() -> std::string {
    switch (step) {
      case Step::clone:
        return "clone";
      case Step::session:
        return "setsid";
      case Step::nice:
        return "nice " + std::to_string(plan.nice);
      case Step::limits:
        return "limit of open files";
      case Step::files:
        return "standard files";
      case Step::groups:
        return "groups of user " + plan.switch_to->name;
      case Step::gid:
        return "group of user " + plan.switch_to->name;
      case Step::uid:
        return "user " + plan.switch_to->name;
      case Step::cwd:
        return "cwd " + plan.cwd;
      case Step::none:
      case Step::exec:
        return "program " + plan.program;
    }
    return "spawn";
  };
  SpawnProblem problem = problem_with(what(), error);
  const bool of_program = step == Step::exec && plan.program.starts_with('/');
  if (of_program && error == ENOENT && ::access(plan.program.c_str(), F_OK) == 0) {
    problem.text += " (the file is there, its interpreter is not)";
  }
  problem.passing = is_passing(error) && (step == Step::clone || step == Step::exec);
  return problem;
}

std::vector<char*> pointers_to(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const std::string& text : words) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

void reap(int pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

Spawner::Spawner() {
  stack_ = ::mmap(nullptr, kGuardBytes + kStackBytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  TAKT_ASSERT(stack_ != MAP_FAILED, "no memory for the stack of spawned children");
  ::mprotect(stack_, kGuardBytes, PROT_NONE);
}

Spawner::~Spawner() { ::munmap(stack_, kGuardBytes + kStackBytes); }

std::expected<Spawned, SpawnProblem> Spawner::spawn(const SpawnPlan& plan) {
  const auto argv = pointers_to(plan.argv);
  const auto environment = pointers_to(plan.environment);
  ChildPlan child{.program = plan.program.c_str(),
                  .argv = argv.data(),
                  .environment = environment.data(),
                  .cwd = plan.cwd.c_str(),
                  .user = plan.switch_to ? &*plan.switch_to : nullptr,
                  .open_files = plan.open_files ? &*plan.open_files : nullptr,
                  .nice = plan.nice,
                  .umask = plan.umask,
                  .files = plan.files,
                  .report_pipe = -1,
                  .failed_at = Step::none,
                  .error = 0};
  int pidfd = -1;
  const long pid = start_child(child, plan.cgroup, stack_, pidfd);
  if (pid < 0) return std::unexpected(describe(Step::clone, errno, plan));
  Spawned spawned{.pid = static_cast<int>(pid), .pidfd = above_standard(Descriptor{pidfd})};
  if (child.failed_at == Step::none) return spawned;
  reap(spawned.pid);
  return std::unexpected(describe(child.failed_at, child.error, plan));
}

std::expected<Pipe, SpawnProblem> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    auto problem = problem_with("pipe", errno);
    problem.passing = true;
    return std::unexpected(std::move(problem));
  }
  Pipe pipe{.read = above_standard(Descriptor{ends[0]}),
            .write = above_standard(Descriptor{ends[1]})};
  if (pipe.read && pipe.write) return pipe;
  auto problem = problem_with("pipe", EMFILE);
  problem.passing = true;
  return std::unexpected(std::move(problem));
}

Descriptor above_standard(Descriptor fd) {
  if (!fd || fd.get() > kReportFile - 1) return fd;
  return Descriptor{::fcntl(fd.get(), F_DUPFD_CLOEXEC, kReportFile)};
}

}  // namespace takt::exec
