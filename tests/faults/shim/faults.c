/* Preloaded into a program under test (LD_PRELOAD). Counts what it does to the files below FAULTS_DIR, and kills it, fails a
   call, or writes down every call, so that a power cut can be replayed at any point.

   FAULTS_DIR        only files below it count
   FAULTS_COUNT=F    at the end, writes the number of calls to F
   FAULTS_KILL_AT=N  SIGKILL before call N, counted from 1
   FAULTS_FAIL_AT=N  call N fails with FAULTS_ERRNO; with FAULTS_AFTER=1 every later one too; with 2 call N and the later
                     ones fail only if they need room, as on a disk that is full
   FAULTS_CONTROL=F  six words of 8 bytes that the program itself writes to arm and read: calls counted, FAIL_AT (0: off), ERRNO,
                     AFTER, whether the failing write is half done first, how many calls failed
   FAULTS_LOG=F      op 1 | name length 4, name | offset 8 | length 8, bytes; W write, T truncate, S sync, C create,
                     R rename (bytes: the new name), U unlink, A what went to standard output */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *dir;
static size_t dir_len;
static long count, kill_at, fail_at, fail_errno, after;
static int log_fd = -1;
static const char *count_file;
static volatile int64_t *control;

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static ssize_t raw_write(int fd, const void *bytes, size_t n) { REAL(write); return real(fd, bytes, n); }

static long number(const char *name) { const char *v = getenv(name); return v ? atol(v) : 0; }

__attribute__((constructor)) static void begin(void) {
  dir = getenv("FAULTS_DIR");
  dir_len = dir ? strlen(dir) : 0;
  kill_at = number("FAULTS_KILL_AT");
  fail_at = number("FAULTS_FAIL_AT");
  fail_errno = number("FAULTS_ERRNO");
  after = number("FAULTS_AFTER");
  count_file = getenv("FAULTS_COUNT");
  const char *page = getenv("FAULTS_CONTROL");
  int page_fd = page ? open(page, O_RDWR) : -1;
  if (page_fd >= 0) {
    void *at = mmap(0, 48, PROT_READ | PROT_WRITE, MAP_SHARED, page_fd, 0);
    if (at != MAP_FAILED) control = at;
    close(page_fd);
  }
  const char *log = getenv("FAULTS_LOG");
  if (log) log_fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
}

__attribute__((destructor)) static void end(void) {
  if (!count_file) return;
  char text[32];
  int n = snprintf(text, sizeof text, "%ld", count);
  int fd = open(count_file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd >= 0) { raw_write(fd, text, (size_t)n); close(fd); }
}

static int ours(const char *path) {
  size_t n = path ? strlen(path) : 0;
  if (!dir || n < dir_len || strncmp(path, dir, dir_len) != 0) return 0;
  return !(n > 4 && strcmp(path + n - 4, "-shm") == 0);
}

static const char *path_of(int fd, char *buffer) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, buffer, 1000);
  buffer[n < 0 ? 0 : n] = 0;
  return buffer;
}

/* Whether the call is to fail; errno is set then. */
static int counted(int needs_room) {
  if (control) {
    long at = (long)control[1], n = (long)++control[0];
    if (!at) return 0;
    if (control[3] == 2 ? !(needs_room && n >= at) : !(n == at || (control[3] && n > at))) return 0;
    control[5]++;
    errno = (int)control[2];
    return 1;
  }
  count++;
  if (kill_at && count == kill_at) kill(getpid(), SIGKILL);
  int hit = after == 2 ? needs_room && count >= fail_at : count == fail_at || (after && count > fail_at);
  if (fail_at && hit) { errno = (int)fail_errno; return 1; }
  return 0;
}
/* Whether half of the failing write is done before it fails. */
static int torn(void) { return control && control[4] && control[0] == control[1]; }
static int step(void) { return counted(0); }
static int step_with_room(void) { return counted(1); }

static void note(char op, const char *name, int64_t offset, const void *bytes, uint64_t len) {
  if (log_fd < 0) return;
  uint32_t name_len = (uint32_t)strlen(name);
  size_t size = 1 + 4 + name_len + 8 + 8 + len;
  char *all = malloc(size), *at = all;
  *at++ = op;
  memcpy(at, &name_len, 4); at += 4;
  memcpy(at, name, name_len); at += name_len;
  memcpy(at, &offset, 8); at += 8;
  memcpy(at, &len, 8); at += 8;
  if (len) memcpy(at, bytes, len);
  raw_write(log_fd, all, size);
  free(all);
}

static int create_flags(int flags) { return (flags & (O_CREAT | O_TRUNC)) != 0; }

static int opened(int fd, const char *path, int flags, int was_there) {
  if (fd < 0) return fd;
  char b[1024];
  const char *full = path_of(fd, b);
  if (!was_there) note('C', full, 0, 0, 0);
  else if (flags & O_TRUNC) note('T', full, 0, 0, 0);
  (void)path;
  return fd;
}

#define OPEN(name)                                                           \
  int name(const char *path, int flags, ...) {                               \
    REAL(name);                                                              \
    va_list args; va_start(args, flags); int mode = va_arg(args, int); va_end(args); \
    if (!ours(path) || !create_flags(flags)) return real(path, flags, mode); \
    int was_there = access(path, F_OK) == 0;                                 \
    if ((!was_there || (flags & O_TRUNC)) && counted(!was_there)) return -1;              \
    return opened(real(path, flags, mode), path, flags, was_there);          \
  }
OPEN(open)
OPEN(open64)

#define PWRITE(name, off)                                                    \
  ssize_t name(int fd, const void *bytes, size_t n, off offset) {            \
    REAL(name); char b[1024]; const char *path = path_of(fd, b);             \
    if (!ours(path)) return real(fd, bytes, n, offset);                      \
    if (step_with_room()) {                                                  \
      int why = errno;                                                       \
      if (torn()) real(fd, bytes, n / 2, offset);                            \
      errno = why;                                                           \
      return -1;                                                             \
    }                                                                        \
    ssize_t done = real(fd, bytes, n, offset);                               \
    if (done > 0) note('W', path, offset, bytes, (uint64_t)done);            \
    return done;                                                             \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t write(int fd, const void *bytes, size_t n) {
  char b[1024];
  if (fd == 1) { ssize_t done = raw_write(fd, bytes, n); if (done > 0) note('A', "", 0, bytes, (uint64_t)done); return done; }
  const char *path = path_of(fd, b);
  if (!ours(path)) return raw_write(fd, bytes, n);
  if (step_with_room()) {
    int why = errno;
    if (torn()) raw_write(fd, bytes, n / 2);
    errno = why;
    return -1;
  }
  off_t offset = lseek(fd, 0, SEEK_CUR);
  ssize_t done = raw_write(fd, bytes, n);
  if (done > 0) note('W', path, offset, bytes, (uint64_t)done);
  return done;
}

#define TRUNCATE(name, off)                                                  \
  int name(int fd, off length) {                                             \
    REAL(name); char b[1024]; const char *path = path_of(fd, b);             \
    if (!ours(path)) return real(fd, length);                                \
    if (step()) return -1;                                                   \
    int done = real(fd, length);                                             \
    if (done == 0) note('T', path, length, 0, 0);                            \
    return done;                                                             \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(name)                                                           \
  int name(int fd) {                                                         \
    REAL(name); char b[1024]; const char *path = path_of(fd, b);             \
    if (!ours(path)) return real(fd);                                        \
    if (step()) return -1;                                                   \
    int done = real(fd);                                                     \
    if (done == 0) note('S', path, 0, 0, 0);                                 \
    return done;                                                             \
  }
SYNC(fsync)
SYNC(fdatasync)

int rename(const char *from, const char *to) {
  REAL(rename);
  if (!ours(from)) return real(from, to);
  if (step()) return -1;
  int done = real(from, to);
  if (done == 0) note('R', from, 0, to, strlen(to));
  return done;
}

int unlink(const char *path) {
  REAL(unlink);
  if (!ours(path)) return real(path);
  if (step()) return -1;
  int done = real(path);
  if (done == 0) note('U', path, 0, 0, 0);
  return done;
}

int unlinkat(int at, const char *name, int flags) {
  REAL(unlinkat);
  char b[1024], full[2100];
  if (name[0] == '/' || at == AT_FDCWD) snprintf(full, sizeof full, "%s", name);
  else snprintf(full, sizeof full, "%s/%s", path_of(at, b), name);
  if (!ours(full)) return real(at, name, flags);
  if (step()) return -1;
  int done = real(at, name, flags);
  if (done == 0) note('U', full, 0, 0, 0);
  return done;
}

/* So that every copy goes through write(). */
ssize_t copy_file_range(int a, off64_t *b, int c, off64_t *d, size_t e, unsigned f) { (void)a; (void)b; (void)c; (void)d; (void)e; (void)f; errno = ENOSYS; return -1; }
ssize_t sendfile64(int a, int b, off64_t *c, size_t d) { (void)a; (void)b; (void)c; (void)d; errno = ENOSYS; return -1; }
ssize_t splice(int a, off64_t *b, int c, off64_t *d, size_t e, unsigned f) { (void)a; (void)b; (void)c; (void)d; (void)e; (void)f; errno = ENOSYS; return -1; }
