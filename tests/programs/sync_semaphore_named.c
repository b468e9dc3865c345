// Named semaphores between threads and with a child that opens it by name: sem_open(3),
// sem_unlink(3), errors.
#include "program.h"

#include <fcntl.h>
#include <semaphore.h>
#include <sys/wait.h>

enum { count = 20 };

static char name[64];

static void* wait_and_answer(void* both) {
  sem_t** semaphores = both;
  sem_wait(semaphores[0]);
  sem_post(semaphores[1]);
  return NULL;
}

static int run_child(void) {
  sem_t* semaphore = sem_open(name, 0);
  if (semaphore == SEM_FAILED)
    return 1;
  for (int i = 0; i < count; i++)
    sem_post(semaphore);
  return sem_close(semaphore) == 0 ? 0 : 2;
}

int main(void) {
  snprintf(name, sizeof name, "/unmodified-program-%d", getpid());
  printf("open what is not there: %s\n", sem_open(name, 0) == SEM_FAILED ? error_name(errno) : "ok");
  sem_t* requests = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
  if (requests == SEM_FAILED) {
    fprintf(stderr, "no named semaphores here: %s\n", error_name(errno));
    return program_skips;
  }
  printf("open exclusively again: %s\n",
         sem_open(name, O_CREAT | O_EXCL, 0600, 0) == SEM_FAILED ? error_name(errno) : "ok");
  printf("the same object: %d\n", sem_open(name, 0) == requests);
  sem_t answers;
  sem_init(&answers, 0, 0);
  sem_t* both[] = {requests, &answers};
  pthread_t threads[count];
  for (int i = 0; i < count; i++)
    threads[i] = start(wait_and_answer, both);
  pid_t child = fork();
  if (child == 0)
    _exit(run_child());
  for (int i = 0; i < count; i++) {
    join(threads[i]);
    sem_wait(&answers);
  }
  int status, value;
  waitpid(child, &status, 0);
  sem_getvalue(requests, &value);
  printf("child %d, value %d\n", status, value);
  printf("unlink: %s\n", outcome(sem_unlink(name)));
  printf("unlink again: %s\n", outcome(sem_unlink(name)));
  printf("close: %s\n", outcome(sem_close(requests)));
  printf("bad name: %s\n", sem_open("/a/b", O_CREAT, 0600, 0) == SEM_FAILED ? error_name(errno) : "ok");
  return 0;
}
