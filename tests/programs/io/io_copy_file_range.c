// copy_file_range, shared mmap and msync of files from many threads agree. copy_file_range(2)
#include "check.h"

enum { threads = 6, size = 100000 };

static void *copier(void *argument) {
  FILE *from = tmpfile(), *to = tmpfile();
  char *data = malloc(size);
  loff_t in = 0, out = 0;
  fill(data, size, (long)argument);
  if (write_all(fileno(from), data, size) != size)
    return (void *)1;
  while (in < size && copy_file_range(fileno(from), &in, fileno(to), &out, size - in, 0) > 0)
    continue;
  char *view = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(to), 0);
  if (in != size || out != size || view == MAP_FAILED || memcmp(view, data, size) != 0)
    return (void *)2;
  view[5] ^= 1;
  if (msync(view, size, MS_SYNC) != 0 || pread(fileno(to), data, size, 0) != size || data[5] != view[5])
    return (void *)3;
  munmap(view, size);
  fclose(from);
  fclose(to);
  free(data);
  return NULL;
}

int main(void) {
  pthread_t thread[threads];
  for (long i = 0; i < threads; ++i)
    thread[i] = start(copier, (void *)i);
  for (int i = 0; i < threads; ++i)
    printf("went wrong: %ld\n", (long)finish(thread[i]));
  return 0;
}
