/* A share that takes no locks, or a folder without hard links: each call fails with the number that its variable holds. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>

static int refusal(const char *name) {
  const char *number = getenv(name);
  return number ? atoi(number) : 0;
}

static int is_lock(int command) {
  return command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK;
}

int fcntl64(int handle, int command, ...) {
  va_list rest;
  va_start(rest, command);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  int number = refusal("REFUSE_FCNTL");
  if (number && is_lock(command)) { errno = number; return -1; }
  int (*real)(int, int, ...) = dlsym(RTLD_NEXT, "fcntl64");
  return real(handle, command, argument);
}

int fcntl(int handle, int command, ...) {
  va_list rest;
  va_start(rest, command);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  int number = refusal("REFUSE_FCNTL");
  if (number && is_lock(command)) { errno = number; return -1; }
  int (*real)(int, int, ...) = dlsym(RTLD_NEXT, "fcntl");
  return real(handle, command, argument);
}

int flock(int handle, int operation) {
  int number = refusal("REFUSE_FLOCK");
  if (number) { errno = number; return -1; }
  int (*real)(int, int) = dlsym(RTLD_NEXT, "flock");
  return real(handle, operation);
}

int linkat(int from, const char *name, int to, const char *other, int flags) {
  int number = refusal("REFUSE_LINK");
  if (number) { errno = number; return -1; }
  int (*real)(int, const char *, int, const char *, int) = dlsym(RTLD_NEXT, "linkat");
  return real(from, name, to, other, flags);
}

int link(const char *name, const char *other) {
  int number = refusal("REFUSE_LINK");
  if (number) { errno = number; return -1; }
  int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "link");
  return real(name, other);
}
