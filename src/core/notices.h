#pragma once
// Notices: who outside is told what, and when. A subject (a job, or a probe) that is in trouble is an
// incident for a contact from the first time it is told until it is well again:
//
//   trouble ──▶ told once ──▶ (told again every `nag`) ──▶ well again: told, forgotten
//
// A job's trouble: `after` failures in a row, stuck, overdue, quarantined; a probe's: it fails, or it is
// escalated. Told are the contacts in on_failure of the job (a probe's: of the job that checks), and of
// its recovery those in on_recovery.
//
//   decided ──kGather──▶ one message a contact ──▶ SendNotices ──▶ NoticesEnded ──▶ sent | failed
//                        at most kMessagesPerHour; what exceeds them waits and leaves together
//
// Rows are written when a notice is decided and when it has ended: one that was pending when a daemon
// died is sent by the next, so that a contact may hear a thing twice, and never not at all.

#include <optional>
#include <string>
#include <vector>

#include "core/turn.h"

namespace takt::core {

inline constexpr Duration kGather = std::chrono::seconds{10};
inline constexpr std::size_t kMessagesPerHour = 12;
inline constexpr std::size_t kNoticesInMessage = 50;
inline constexpr std::size_t kNoticesWaitingMax =
    500;  // of one contact; beyond, the oldest are given up

/// The job failed once more: its failures in a row are counted already.
void tell_failed(Turn& turn, JobIndex job, RunId run, const std::string& text);
/// stuck, overdue or quarantined.
void tell_trouble(Turn& turn, JobIndex job, std::optional<RunId> run, NoticeKind kind,
                  const std::string& text);
/// It succeeded, after so many failures in a row.
void tell_recovered(Turn& turn, JobIndex job, RunId run, int failures_before);

void tell_probe_failed(Turn& turn, JobIndex checks, const ProbeKey& key, const Probe& probe,
                       RunId run);
void tell_probe_escalated(Turn& turn, JobIndex checks, const ProbeKey& key, const Probe& probe,
                          RunId run);
void tell_probe_recovered(Turn& turn, JobIndex checks, const ProbeKey& key, const Probe& probe);

void on_notify_test(Turn& turn, const NotifyTest& event);
void on_notices_ended(Turn& turn, const NoticesEnded& event);

/// Messages whose time has come, and those who are to be told again.
void fire_notices(Turn& turn);
/// When fire_notices() has something to do; nullopt: never.
std::optional<Instant> notices_due(const State& s);

/// After a reload: contacts that the file no longer has, and incidents of jobs and probes that are gone.
void forget_contacts(Turn& turn);
/// After a restart: what is pending is sent, what was told is not told anew.
void restore_notices(State& s, const std::vector<NoticeRow>& rows);

}  // namespace takt::core
