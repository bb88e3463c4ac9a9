"""Judge the lives of messages that tests/e2e/alerts_kill.sh has staged.

    lives.py CELLS TAKEN

CELLS has a line "cell CHANNEL POINT BEHAVIOUR EVENT COUNTED" for each, COUNTED being how
often the service says that it may have sent it again; TAKEN a line "EVENT MESSAGE" for
each time that a receiver had the whole message and did not refuse it. Prints what is
wrong, then "CHANNEL POINT LIVES LOST TWICE AGAIN COUNTED" for each channel and point:
alerts that never came, that came under two ids, and transmissions beyond the first."""
import collections
import sys

# Behaviours by which a receiver has the message; by the first ones it says so, too.
SAYS_SO = {"accept", "200", "slow", "slow_0.2"}
TAKES = SAYS_SO | {"drop", "hang", "garbage_end", "hook garbage"}


def allowed(point, takes, says_so):
    """How often a message may have been transmitted."""
    if point in ("handled", "begun", "connected"):
        return {1}
    if point == "body_sent":
        # It dies without knowing whether the other side has read all of it.
        return {1, 2} if takes else {1}
    if point in ("reply_read", "heard"):
        return {2} if takes else {1}
    if says_so or not takes:
        return {1}
    # The answer was lost, though nobody died: once more, and while it goes on, again.
    return {2} if point == "settled" else set(range(2, 20))


def allowed_count(point, times):
    """What the service may count: it cannot know how far an attempt came that was on the
    disk when it died."""
    return 1 if point in ("begun", "connected", "body_sent", "heard") else times - 1


def main():
    ids = collections.defaultdict(list)
    for line in open(sys.argv[2], encoding="utf-8"):
        event, message = line.split()
        ids[event].append(message)
    table = {}
    for line in open(sys.argv[1], encoding="utf-8"):
        word, channel, point, how, event, counted = line.split()
        takes = how in TAKES or f"{channel} {how}" in TAKES
        times, distinct, counted = len(ids[event]), len(set(ids[event])), int(counted)
        if times not in allowed(point, takes, how in SAYS_SO):
            print(f"wrong {channel} {point} {how}: transmitted {times} times")
        if counted != allowed_count(point, times):
            print(f"wrong {channel} {point} {how}: transmitted {times} times,"
                  f" and says that {counted} may have been repeats")
        row = table.setdefault((channel, point), [0, 0, 0, 0, 0])
        for i, n in enumerate((1, times == 0, distinct > 1, max(0, times - 1), counted)):
            row[i] += n
    for (channel, point), row in table.items():
        print(channel, point, *row)


main()
