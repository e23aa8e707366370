#pragma once
// Offspring: the processes that a witness makes and leaves. Every one of them has an alarm set, so
// none lives longer than the lifetime it is given, whatever becomes of its parent.

#include <expected>
#include <string>

#include "base/time.h"

namespace takt::witness {

using Made = std::expected<void, std::string>;  // what the system refused, in words

/// N children that end at once, collected one by one.
Made fork_and_collect(int count);
/// N children that stay.
Made fork_staying(int count, Duration lifetime);
/// N double-forked children that end at once; whoever adopts them has to collect them.
Made spawn_orphans(int count);
/// One process in a session of its own, without the pipes; `clean`: nor its environment.
Made daemonize(bool clean, Duration lifetime);
/// A child that keeps stdout and stderr open.
Made hold_stdout(Duration how_long);
/// A tree of about `alive` processes of which each replaces every child that dies.
Made fork_bomb(int alive, Duration lifetime);

/// SIGALRM ends this process after that long, at least one second.
void die_after(Duration lifetime);

}  // namespace takt::witness
