#include "core/notices.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/incidents.h"

namespace takt::core {
namespace {

constexpr Duration kHour = std::chrono::hours{1};

void write(Turn& turn, const NoticeRow& row) { turn.rows.emplace_back(row); }

/// When the next message of this contact may leave: what comes together is gathered, and one that has
/// sent as many as an hour allows waits until the oldest of them is an hour old.
Instant next_message(const Outbox& box, Instant now) {
  const Instant gathered = saturating_add(now, kGather);
  if (box.sent.size() < kMessagesPerHour) return gathered;
  return std::max(gathered, saturating_add(box.sent[box.sent.size() - kMessagesPerHour], kHour));
}

void give_up(Turn& turn, NoticeRow row, std::string why) {
  row.state = NoticeState::failed;
  row.ended_at = turn.s.wall(turn.now);
  row.error = std::move(why);
  write(turn, row);
}

void send(Turn& turn, const ContactSpec& contact, Outbox& box) {
  SendNotices message{contact, {}, {}};
  for (const NoticeRow& row : box.waiting) {
    if (message.notices.size() < kNoticesInMessage) {
      message.notices.push_back(row);
    } else {
      message.left_out.push_back(row.notice);
    }
    box.sending.emplace(row.notice, row);
  }
  box.waiting.clear();
  box.due.reset();
  box.sent.push_back(turn.now);
  while (!box.sent.empty() && turn.now - box.sent.front() >= kHour) box.sent.pop_front();
  turn.effects.emplace_back(std::move(message));
}

void answer_test(Turn& turn, RequestId request, const NoticeRow& row) {
  if (row.state == NoticeState::sent) {
    turn.effects.emplace_back(Answer{request, Seq{}, std::optional<RunId>{}, "sent"});
    return;
  }
  turn.effects.emplace_back(Answer{
      request,
      Seq{},
      std::unexpected(Refusal{Refusal::Kind::failed,
                              fmt::format("{} could not be told, after {} tr{}: {}", row.contact,
                                          row.tries, row.tries == 1 ? "y" : "ies", row.error),
                              "correct [notify." + row.contact +
                                  "] and reload, or repair "
                                  "what is behind it",
                              {}}),
      {}});
}

void end_notice(Turn& turn, NoticeRow row, const NoticesEnded& event) {
  row.state = event.ok ? NoticeState::sent : NoticeState::failed;
  row.ended_at = turn.s.wall(turn.now);
  row.tries = event.tries;
  row.error = event.error;
  write(turn, row);
  if (const auto asked = turn.s.notices.tests.extract(row.notice)) {
    answer_test(turn, asked.mapped(), row);
  }
}

/// What could not be told to a contact, in one event.
void tell_failure(Turn& turn, const std::string& contact, std::size_t count,
                  const NoticesEnded& event) {
  turn.event(
      Severity::warning, EventKind::notify_failed, std::nullopt, std::nullopt,
      fmt::format("{} could not be told {} thing{}, after {} tr{}: {}", contact, count,
                  count == 1 ? "" : "s", event.tries, event.tries == 1 ? "y" : "ies", event.error),
      {{"contact", contact},
       {"notices", std::to_string(count)},
       {"tries", std::to_string(event.tries)}});
}

/// Decided now: it gets its number and is written.
void begin_notice(Turn& turn, const ContactSpec& contact, NoticeRow& row) {
  turn.s.notices.last.value += 1;
  row.notice = turn.s.notices.last;
  row.contact = contact.name;
  row.at = turn.s.wall(turn.now);
  write(turn, row);
}

}  // namespace

const ContactSpec* contact_named(const State& s, const std::string& name) {
  const auto found = std::ranges::find(s.spec.contacts, name, &ContactSpec::name);
  return found == s.spec.contacts.end() ? nullptr : &*found;
}

NoticeRow& enqueue_notice(Turn& turn, const ContactSpec& contact, NoticeRow row) {
  begin_notice(turn, contact, row);
  Outbox& box = turn.s.notices.outboxes[contact.name];
  if (box.waiting.size() >= kNoticesWaitingMax) {
    give_up(turn, std::move(box.waiting.front()), "too many things wait to be told");
    box.waiting.pop_front();
  }
  if (!box.due) box.due = next_message(box, turn.now);
  return box.waiting.emplace_back(std::move(row));
}

void on_notify_test(Turn& turn, const NotifyTest& event) {
  const ContactSpec* contact = contact_named(turn.s, event.contact);
  if (contact == nullptr) {
    turn.effects.emplace_back(
        Answer{event.request,
               Seq{},
               std::unexpected(Refusal{Refusal::Kind::not_found,
                                       fmt::format("there is no contact '{:.80}'", event.contact),
                                       "contacts are the [notify.NAME] of the fleet file",
                                       {}}),
               {}});
    return;
  }
  NoticeRow row;
  row.kind = NoticeKind::test;
  row.since_at = turn.s.wall(turn.now);
  row.text = fmt::format("this is a test: {} can be told by {}", contact->name, turn.s.spec.name);
  begin_notice(turn, *contact, row);
  turn.s.notices.tests.emplace(row.notice, event.request);
  turn.s.notices.outboxes[contact->name].sending.emplace(row.notice, row);
  turn.effects.emplace_back(SendNotices{*contact, {row}, {}});
}

void on_notices_ended(Turn& turn, const NoticesEnded& event) {
  // A daemon that stops leaves what it could not send any more to the next one.
  const bool stops = turn.s.mode == Mode::stopping || turn.s.mode == Mode::stopped;
  std::map<std::string, std::size_t> ended;
  for (auto& [contact, box] : turn.s.notices.outboxes) {
    for (const NoticeId id : event.notices) {
      auto found = box.sending.extract(id);
      if (found.empty() || (stops && !event.ok)) continue;
      ended[contact] += 1;
      end_notice(turn, std::move(found.mapped()), event);
    }
  }
  if (event.ok) return;
  for (const auto& [contact, count] : ended) tell_failure(turn, contact, count, event);
}

void fire_notices(Turn& turn) {
  nag(turn);
  for (auto& [name, box] : turn.s.notices.outboxes) {
    if (!box.due || *box.due > turn.now) continue;
    const ContactSpec* contact = contact_named(turn.s, name);
    if (contact != nullptr) {
      send(turn, *contact, box);
    } else {
      box.due.reset();
    }
  }
}

std::optional<Instant> notices_due(const State& s) {
  std::optional<Instant> due = s.notices.nag_due;
  for (const auto& [name, box] : s.notices.outboxes) {
    if (box.due && (!due || *box.due < *due)) due = box.due;
  }
  return due;
}

void forget_contacts(Turn& turn) {
  forget_incidents(turn);
  auto& boxes = turn.s.notices.outboxes;
  for (auto it = boxes.begin(); it != boxes.end();) {
    Outbox& box = it->second;
    const bool gone = contact_named(turn.s, it->first) == nullptr;
    if (gone) {
      for (NoticeRow& row : box.waiting) give_up(turn, std::move(row), "the contact is gone");
      box.waiting.clear();
      box.due.reset();
    }
    it = gone && box.sending.empty() ? boxes.erase(it) : std::next(it);
  }
}

void restore_notices(State& s, const std::vector<NoticeRow>& rows) {
  for (const NoticeRow& row : rows) {
    if (contact_named(s, row.contact) == nullptr) continue;
    restore_incident(s, row);
    if (row.state != NoticeState::pending || row.kind == NoticeKind::test) continue;
    Outbox& box = s.notices.outboxes[row.contact];
    box.waiting.push_back(row);
    box.due = saturating_add(s.opened_at, kGather);
  }
  find_next_nag(s);
}

}  // namespace takt::core
