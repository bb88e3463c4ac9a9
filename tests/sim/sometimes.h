/* tests/sim/sometimes.h - what must happen now and then, or the simulator is too kind.
 *
 * Over the ordinary 2,000 seeds every one of these is met; a zero in the table is a
 * failure of the simulator. */
#ifndef TESTS_SIM_SOMETIMES_H
#define TESTS_SIM_SOMETIMES_H

#define SOMETIMES_LIST(X)                                                                \
	X(CRASH_BEFORE_COMMIT, "crash before a commit")                                  \
	X(CRASH_BEFORE_ACK, "crash between commit and ack")                              \
	X(CRASH_BEFORE_SEND, "crash between fold and sending")                           \
	X(COMMIT_FAILED, "a commit failed, the process ended")                           \
	X(DISK_FULL, "disk full: refused")                                               \
	X(DISK_FULL_RECOVERED, "disk full and recovered")                                \
	X(ACK_LOST, "ack lost")                                                          \
	X(CONNECTION_CUT, "connection cut")                                              \
	X(FRAME_TWICE, "frame arrived twice")                                            \
	X(TOLD_REFUSED, "a dial was reported refused")                                   \
	X(TOLD_KEY_REFUSED, "a key was reported refused")                                \
	X(TOLD_CUT, "a cut connection was reported")                                     \
	X(TOLD_LATE, "an end was reported of an older dialling")                         \
	X(END_UNTOLD, "an end was not reported")                                         \
	X(PARTITION, "partition")                                                        \
	X(PARTITION_ONE_WAY, "one-way partition")                                        \
	X(DUPLICATE_SUPPRESSED, "duplicate block suppressed")                            \
	X(UNKNOWN_PARENT, "unknown parent answered")                                     \
	X(SUPERSEDED, "superseded session")                                              \
	X(RESET, "cursor refused: RESET")                                                \
	X(DOOR_CLOSED, "unknown key refused at the door")                                \
	X(REVOKED_IN_SESSION, "revoked mid-session")                                     \
	X(KEY_TRIED, "the other key tried")                                              \
	X(ROTATED, "key rotated and the old one retired")                                \
	X(BRANCH, "branch of a journal")                                                 \
	X(BRANCH_JOINED, "branch of an event met and joined")                            \
	X(CONFLICT_SHOWN, "conflict shown")                                              \
	X(OWN_BLOCKS_BACK, "own blocks fetched back")                                    \
	X(RESTORED, "disk rolled back")                                                  \
	X(SET_BACK, "running machine set back")                                          \
	X(DISK_LOST, "disk lost")                                                        \
	X(CLONED, "machine cloned")                                                      \
	X(NEW_MACHINE, "new machine of an old node")                                     \
	X(CLOCK_WRONG, "clock wrong by years")                                           \
	X(HQ_RESTARTED, "headquarters restarted")                                        \
	X(HQ_ROLLED_BACK, "headquarters rolled back")                                    \
	X(VIEW_LOADED, "view loaded and folded on")                                      \
	X(VIEW_REFOLDED, "view lost and folded again")                                   \
	X(BACKLOG_DRAINED, "backlog drained")                                            \
	X(REPEATED_SUBMISSION, "repeated submission answered with its old receipt")      \
	X(EDIT_MERGED, "edit merged into a newer revision")                              \
	X(EDIT_REFUSED, "edit refused: the same field twice")                            \
	X(REACHED_HQ, "receipt after headquarters had it")                               \
	X(STOLEN_UNCOUNTED, "stolen key's records uncounted")                            \
	X(GENUINE_COUNTED, "found genuine after all")                                    \
	X(REPEAT_UNCOUNTED, "the same record in two blocks counted once")                \
	X(FORBIDDEN_UNCOUNTED, "what a node may not say uncounted")                      \
	X(UNKNOWN_CARRIED, "unknown body carried")                                       \
	X(UNKNOWN_FIELD_MERGED, "unknown field kept by a join")                          \
	X(BOUNDARY_DATE, "boundary date")                                                \
	X(BOUNDARY_DIFFERS, "the two dating rules differ")                               \
	X(ANSWER_EARLY, "co-host answered before the event came")                        \
	X(ANSWER_CHANGED, "co-host changed the answer")                                  \
	X(ANSWER_VOID, "co-host taken off: answer void")                                 \
	X(HANDSHAKE_OFF, "handshake off")                                                \
	X(MERGED_EVENT, "events merged")                                                 \
	X(MERGED_NOWHERE, "event merged into one that nobody has recorded")              \
	X(OWNERSHIP_MOVED, "ownership moved")                                            \
	X(ERASED, "loose part erased")                                                   \
	X(ERASED_LATE, "erased part arriving late")                                      \
	X(AS_OF_OLD, "as-of query at an old position")                                   \
	X(OVERLAP, "overlap in a table")                                                 \
	X(PUBLISHED, "published figure compared")                                        \
	X(ALERT_LATE, "alert settled a day late or more")                                \
	X(ALERT_MISSED, "alert missed, with its reason")                                 \
	X(ALERT_DEAD, "alert dead")                                                      \
	X(ALERT_REPEATED, "message sent again after it was taken")                       \
	X(ALERTS_GROUPED, "several alerts in one message")                               \
	X(ALERT_TOLD, "who was told of an event is told of its end")                     \
	X(CRASH_BEFORE_RECEIPT, "crash between acceptance and receipt")                  \
	X(OUTCOME_UNCOMMITTED, "a commit failed with an outcome in hand")                \
	X(SILENCE_ENDED, "alert sent after a silence")                                   \
	X(DST_CROSSED, "clocks changed between two looks")                               \
	X(COPY_LOST, "notification's copy lost or set back")                             \
	X(COPY_RESET, "notification begins again: headquarters was rolled back")         \
	X(SEALED, "segment sealed")                                                      \
	X(CRASH_AT_FILE, "crash at a file of the archive")                               \
	X(SHELF_FULL, "no room for a file of the archive")                               \
	X(ADOPTED, "archive ahead of its store: adopted")                                \
	X(ARCHIVE_STORE_LOST, "archiving's store lost or set back")                      \
	X(SHELF_REFUSED, "archive's files set back: refused")                            \
	X(LOOSE_BACK, "loose parts came back from a copy")                               \
	X(ARCHIVE_SET_BACK, "archive set back")                                          \
	X(ARCHIVE_ANEW, "archive begun anew, with another key")                          \
	X(HQ_AWAITS, "headquarters takes nothing: its archive is awaited")               \
	X(ARCHIVE_AHEAD, "headquarters takes nothing: its archive is ahead")             \
	X(ROLLBACK_ACCEPTED, "rollback accepted")                                        \
	X(REFILLED, "headquarters refilled from its archive")                            \
	X(CHECKPOINT_KEPT, "checkpoint kept at a post")                                  \
	X(PROOF_WANTED, "proof wanted")                                                  \
	X(PROOF_GIVEN, "proof given, newer checkpoint kept")                             \
	X(CHECKPOINT_OLDER, "checkpoint refused: older")                                 \
	X(CHECKPOINT_FOREIGN, "checkpoint refused: foreign")                             \
	X(FORK_SEEN, "history written anew: a post has both checkpoints")

enum sometimes {
#define X(name, text) SOMETIMES_##name,
	SOMETIMES_LIST(X)
#undef X
		SOMETIMES_COUNT
};

extern const char *const sometimes_text[SOMETIMES_COUNT];

#endif
