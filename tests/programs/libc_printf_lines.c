// Many threads print to one FILE: lines are never torn or lost, buffered or not, into a pipe or a
// file. flockfile(3).
#include "program.h"

enum { threads_count = 50, lines = 40 };

struct job {
  FILE* file;
  int number;
};

static void* print_lines(void* argument) {
  struct job* job = argument;
  for (int i = 0; i < lines; i++) {
    fprintf(job->file, "thread %02d line %02d %s\n", job->number, i,
            i % 2 ? "short" : "a rather longer line of text");
    if (i % 10 == job->number % 10)
      pause_ms(1);
  }
  return NULL;
}

struct tally {
  FILE* file;
  int good, torn;
  unsigned char seen[threads_count][lines];
};

static void* read_lines(void* argument) {
  struct tally* tally = argument;
  char line[200], rest[100];
  while (fgets(line, sizeof line, tally->file) != NULL) {
    int thread = -1, number = -1;
    int fields = sscanf(line, "thread %d line %d %99[^\n]", &thread, &number, rest);
    int good = fields == 3 && thread >= 0 && thread < threads_count && number >= 0 && number < lines &&
               strcmp(rest, number % 2 ? "short" : "a rather longer line of text") == 0 &&
               tally->seen[thread][number]++ == 0;
    tally->good += good;
    tally->torn += !good;
  }
  return NULL;
}

static void run(const char* name, FILE* out, FILE* in, int read_meanwhile) {
  static struct tally tally;
  struct job jobs[threads_count];
  pthread_t writers[threads_count], reader;
  memset(&tally, 0, sizeof tally);
  tally.file = in;
  if (read_meanwhile)
    reader = start(read_lines, &tally);
  for (int i = 0; i < threads_count; i++) {
    jobs[i] = (struct job){out, i};
    writers[i] = start(print_lines, &jobs[i]);
  }
  for (int i = 0; i < threads_count; i++)
    join(writers[i]);
  if (read_meanwhile) {
    fclose(out);
    join(reader);
  } else {
    rewind(in);
    read_lines(&tally);
  }
  fclose(in);
  printf("%s: good %d, torn %d\n", name, tally.good, tally.torn);
}

int main(void) {
  int ends[2];
  static const int modes[] = {_IOFBF, _IOLBF, _IONBF};
  static const char* const names[] = {"pipe, fully buffered", "pipe, line buffered", "pipe, unbuffered"};
  for (int i = 0; i < 3; i++) {
    require(pipe(ends), "pipe");
    FILE* out = fdopen(ends[1], "w");
    setvbuf(out, NULL, modes[i], 4096);
    run(names[i], out, fdopen(ends[0], "r"), 1);
  }
  FILE* file = tmpfile();
  run("file", file, file, 0);
  return 0;
}
