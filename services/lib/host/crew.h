/* lib/host/crew.h - a few threads that do what they are given (lib/archive/crew.h).
 *
 * As many as the machine has processors, at most CREW_THREADS.  For programs that work
 * through much and end, not for services: those have one thread for turns. */
#ifndef LIB_HOST_CREW_H
#define LIB_HOST_CREW_H

enum { CREW_THREADS = 8 };

struct crew_threads;

struct crew_threads *crew_open(void);
void crew_close(struct crew_threads *); /* Accepts NULL. Nothing is under way (must). */

/* Do work(arg) on one of them.  Called by one thread, as crew_wait(). */
void crew_start(void *threads, void (*work)(void *arg), void *arg);

/* Until all that was started is done. */
void crew_wait(void *threads);

#endif
