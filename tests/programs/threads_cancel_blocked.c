// pthread_cancel(3) of threads blocked in cancellation points: each ends as PTHREAD_CANCELED, handlers run.
#include "program.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>

static sem_t started, never;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int silent_pipe[2], silent_pair[2], listener, epoll;
static int cleaned, held;
static pthread_t sleeper;

static void wait_in_read(void) {
  char byte;
  printf("%zd", read(silent_pipe[0], &byte, 1));
}

static void wait_in_open(void) {
  printf("%d", open("fifo", O_RDONLY));
}

static void wait_in_recv(void) {
  char byte;
  printf("%zd", recv(silent_pair[0], &byte, 1, 0));
}

static void wait_in_accept(void) {
  printf("%d", accept(listener, NULL, NULL));
}

static void wait_in_poll(void) {
  struct pollfd entry = {silent_pipe[0], POLLIN, 0};
  poll(&entry, 1, -1);
}

static void wait_in_epoll(void) {
  struct epoll_event event;
  epoll_wait(epoll, &event, 1, -1);
}

static void wait_in_sleep(void) {
  sleep(1000);
}

static void wait_in_nanosleep(void) {
  struct timespec long_time = {1000, 0};
  nanosleep(&long_time, NULL);
}

static void wait_in_pause(void) {
  pause();
}

static void wait_in_sem_wait(void) {
  sem_wait(&never);
}

static void wait_in_join(void) {
  pthread_join(sleeper, NULL);
}

static void wait_in_select(void) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(silent_pipe[0], &set);
  select(silent_pipe[0] + 1, &set, NULL, NULL, NULL);
}

static void unlock(void* locked) {
  held = pthread_mutex_trylock(locked) == EBUSY;
  pthread_mutex_unlock(locked);
}

static void wait_in_cond_wait(void) {
  pthread_mutex_lock(&mutex);
  pthread_cleanup_push(unlock, &mutex);
  pthread_cond_wait(&condition, &mutex);
  pthread_cleanup_pop(1);
}

static void clean(void* argument) {
  cleaned += (int)as_number(argument);
}

static void* body(void* wait) {
  pthread_cleanup_push(clean, as_pointer(1));
  pthread_cleanup_push(clean, as_pointer(10));
  sem_post(&started);
  (*(void (**)(void))wait)();
  puts(" came back");
  pthread_cleanup_pop(0);
  pthread_cleanup_pop(0);
  return NULL;
}

static void cancel_in(const char* name, void (*wait)(void)) {
  pthread_t thread = start(body, (void*)&wait);
  cleaned = 0;
  sem_wait(&started);
  pause_ms(5);  // most likely blocked by now; the outcome is the same if not
  printf("%s: cancel %s, ", name, error_name(pthread_cancel(thread)));
  void* result = join(thread);
  printf("%s, handlers %d\n", result == PTHREAD_CANCELED ? "PTHREAD_CANCELED" : "ended otherwise", cleaned);
}

static void* sleep_long(void* argument) {
  pause_ms(1000000);
  return argument;
}

int main(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  sem_init(&started, 0, 0);
  sem_init(&never, 0, 0);
  require(pipe(silent_pipe), "pipe");
  require(socketpair(AF_UNIX, SOCK_STREAM, 0, silent_pair), "socketpair");
  listener = socket(AF_INET, SOCK_STREAM, 0);
  require(bind(listener, (struct sockaddr*)&address, sizeof address) || listen(listener, 1), "listen");
  epoll = epoll_create1(0);
  require(mkfifo("fifo", 0600), "mkfifo");
  sleeper = start(sleep_long, NULL);

  cancel_in("read", wait_in_read);
  cancel_in("open", wait_in_open);
  cancel_in("recv", wait_in_recv);
  cancel_in("accept", wait_in_accept);
  cancel_in("poll", wait_in_poll);
  cancel_in("select", wait_in_select);
  cancel_in("epoll_wait", wait_in_epoll);
  cancel_in("sleep", wait_in_sleep);
  cancel_in("nanosleep", wait_in_nanosleep);
  cancel_in("pause", wait_in_pause);
  cancel_in("sem_wait", wait_in_sem_wait);
  cancel_in("pthread_join", wait_in_join);
  cancel_in("pthread_cond_wait", wait_in_cond_wait);
  pthread_cancel(sleeper);
  printf("held the mutex %d\n", held);
  printf("sleeper %d\n", join(sleeper) == PTHREAD_CANCELED);
  return 0;
}
