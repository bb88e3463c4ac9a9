/* lib/host/address.h - what an address must be before ZeroMQ sees it.
 *
 * Only tcp:// and ipc:// with a path: other transports of the installed library (pgm,
 * norm, …) are never reached through a config file, and an abstract ipc address would
 * have no file permissions.  ZeroMQ removes whatever stands at the path of an ipc
 * address before it binds, a living service's socket too, so who is there is asked
 * here. */
#ifndef LIB_HOST_ADDRESS_H
#define LIB_HOST_ADDRESS_H

#include "lib/base/base.h"

enum { IPC_PATH_MAX = 107 }; /* Bytes of sockaddr_un.sun_path without its NUL. */

/* The path of "ipc://path"; NULL if it is no ipc address. */
const char *address_ipc_path(const char *address);

/* The host of a tcp address, copied, if it is a name that has to be looked up.  False if
 * it is none: ipc, an address in digits or brackets, or longer than 'len'. */
bool address_host_name(const char *address, char *ret_host, size_t len);

enum ipc_owner {
	IPC_NOBODY,     /* No such file. */
	IPC_STALE,      /* A socket that nobody listens on: a dead process left it. */
	IPC_ALIVE,      /* Somebody listens. */
	IPC_NOT_SOCKET, /* Another kind of file. */
	IPC_FORBIDDEN,  /* We may not connect or look there: errno tells why. */
};
enum ipc_owner ipc_owner(const char *path);

/* Is the form one that we use?  ERR_INVALID with a sentence in 'why' otherwise. */
enum err address_check(const char *address, char *why, size_t why_len) WARN_UNUSED;

/* May it be bound?  Checks the form, and for ipc that nobody listens; a dead process'
 * socket is removed.  ERR_INVALID or ERR_BUSY with a sentence in 'why' otherwise. */
enum err address_claim(const char *address, char *why, size_t why_len) WARN_UNUSED;

#endif
