#include "lib/host/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char ipc_scheme[] = "ipc://";
static const char tcp_scheme[] = "tcp://";

_Static_assert(sizeof(((struct sockaddr_un *)0)->sun_path) == IPC_PATH_MAX + 1,
	       "the limit that the sentence names");

const char *
address_ipc_path(const char *address)
{
	size_t len = sizeof(ipc_scheme) - 1;

	return strncmp(address, ipc_scheme, len) == 0 ? address + len : NULL;
}

bool
address_host_name(const char *address, char *ret_host, size_t len)
{
	const size_t scheme_len = sizeof(tcp_scheme) - 1;
	char name[256];
	struct in_addr in;

	if (strncmp(address, tcp_scheme, scheme_len) != 0) {
		return false;
	}
	const char *host = address + scheme_len;
	const char *colon = strrchr(host, ':');
	if (colon == NULL || colon == host ||
	    strcspn(host, "[*;/") < (size_t)(colon - host)) {
		return false;
	}
	size_t host_len = (size_t)(colon - host);
	if (host_len >= sizeof(name) || host_len >= len) {
		return false;
	}
	memcpy(name, host, host_len);
	name[host_len] = '\0';
	if (inet_pton(AF_INET, name, &in) == 1) {
		return false;
	}
	memcpy(ret_host, name, host_len + 1);
	return true;
}

/* Does anybody accept connections at 'path', which is a socket? */
static enum ipc_owner
owner_of_socket(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	enum ipc_owner owner;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		return IPC_FORBIDDEN;
	}
	memcpy(addr.sun_path, path, strlen(path) + 1);
	if (connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) == 0) {
		owner = IPC_ALIVE;
	} else if (errno == ECONNREFUSED) {
		owner = IPC_STALE;
	} else if (errno == ENOENT) {
		owner = IPC_NOBODY;
	} else if (errno == EAGAIN) {
		owner = IPC_ALIVE; /* Its queue of connections is full. */
	} else {
		owner = IPC_FORBIDDEN;
	}
	int code = errno;
	close(fd);
	errno = code;
	return owner;
}

enum ipc_owner
ipc_owner(const char *path)
{
	struct stat st;

	if (strlen(path) > IPC_PATH_MAX) {
		return IPC_NOBODY;
	}
	if (stat(path, &st) != 0) {
		return errno == ENOENT || errno == ENOTDIR ? IPC_NOBODY : IPC_FORBIDDEN;
	}
	return S_ISSOCK(st.st_mode) ? owner_of_socket(path) : IPC_NOT_SOCKET;
}

enum err
address_check(const char *address, char *why, size_t why_len)
{
	const char *path = address_ipc_path(address);
	const char *colon = strrchr(address, ':');

	if (path == NULL) {
		if (strncmp(address, tcp_scheme, sizeof(tcp_scheme) - 1) != 0) {
			snprintf(why, why_len,
				 "%s: an address begins with tcp:// or ipc://", address);
			return ERR_INVALID;
		}
		if (colon < address + sizeof(tcp_scheme) || colon[1] == '\0') {
			snprintf(why, why_len,
				 "%s: a tcp address has a host and a port, as in "
				 "tcp://127.0.0.1:4010",
				 address);
			return ERR_INVALID;
		}
		return OK;
	}
	if (path[0] == '\0' || path[0] == '@' || path[0] == '*') {
		snprintf(why, why_len,
			 "%s: an ipc address is the path of a file, as in "
			 "ipc:///run/kusanone/intake.sock",
			 address);
		return ERR_INVALID;
	}
	if (strlen(path) > IPC_PATH_MAX) {
		snprintf(why, why_len,
			 "%s: the path of a local socket has at most %d bytes, this one "
			 "has "
			 "%zu: choose a shorter folder",
			 address, IPC_PATH_MAX, strlen(path));
		return ERR_INVALID;
	}
	return OK;
}

enum err
address_claim(const char *address, char *why, size_t why_len)
{
	const char *path = address_ipc_path(address);
	enum err err = address_check(address, why, why_len);

	if (err != OK || path == NULL) {
		return err;
	}
	switch (ipc_owner(path)) {
	case IPC_NOBODY:
		return OK;
	case IPC_STALE:
		if (unlink(path) == 0 || errno == ENOENT) {
			return OK;
		}
		snprintf(why, why_len, "%s: a dead process' socket cannot be removed: %s",
			 address, strerror(errno));
		return ERR_INVALID;
	case IPC_ALIVE:
		snprintf(why, why_len,
			 "%s: in use by another process: stop it, or choose another "
			 "address",
			 address);
		return ERR_BUSY;
	case IPC_NOT_SOCKET:
		snprintf(why, why_len,
			 "%s: a file that is no socket stands there: move it away",
			 address);
		return ERR_INVALID;
	case IPC_FORBIDDEN:
		break;
	}
	snprintf(why, why_len, "%s: we may not use this path: %s", address,
		 strerror(errno));
	return ERR_INVALID;
}
