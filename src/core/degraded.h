#pragma once
// Degraded: what a fleet does while its store cannot write. Running jobs go on, and their ends go
// into the store's journal. What more may happen depends on the job and on the room in there:
//
//                              journal has room      its last quarter        full, or none
//   ends of what runs          journaled             journaled               wait in memory
//   slots, starts (critical)   decided, journaled,   wait undecided          wait undecided
//                              then launched
//   slots, starts (others)     wait undecided        wait undecided          wait undecided
//   requests                   acknowledged once     trigger refused, the    refused (cancel is
//                              journaled             rest acknowledged       carried out)
//
// Slots that wait undecided cost nothing, however long it lasts; so do verdicts of the watchdog. In
// the turn in which the store is back they are decided, with the reason `store` (slots.h). Starts
// that were on their way when the store failed go on when their rows are recorded (critical jobs:
// journaled).

#include "core/turn.h"

namespace takt::core {

void on_store_failed(Turn& turn, const StoreFailed& event);
void on_journaled(Turn& turn, const Journaled& event);
void on_journal_full(Turn& turn, const JournalFull& event);

/// What waited undecided is due at once; recovered() is to be called at the end of this turn.
void on_store_back(Turn& turn, const StoreBack& event);
void recovered(State& s);

/// True while the journal may take something that will need room for more later.
bool journal_takes_starts(const State& s);

/// True while nothing can be made durable: no store, and no room in its journal.
bool nothing_is_durable(const State& s);

/// Slots of this job are decided, and verdicts about it given: the store is well, or the job is
/// critical and the journal has room.
bool decides(const State& s, JobIndex job);

/// The job has a slot that is due and waits undecided.
bool is_held_by_store(const State& s, JobIndex job, Instant now);

/// A start was decided while the store fails: its rows need room.
void promise_start(Turn& turn);

}  // namespace takt::core
