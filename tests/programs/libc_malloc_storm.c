// malloc(3), realloc, aligned_alloc and free from many threads, most blocks freed by another thread
// than their maker.
#include "program.h"

#include <sched.h>

enum { count = 40, rounds = 500, slots = 256 };

static struct {
  pthread_mutex_t mutex;
  unsigned char* block;
  size_t size;
  unsigned char fill;
} exchange[slots];

static unsigned char* make(unsigned random, size_t size, unsigned char fill) {
  unsigned char* block;
  switch (random % 4) {
    case 0:
      block = calloc(1, size);
      break;
    case 1:
      block = realloc(malloc(size / 2 + 1), size);
      break;
    case 2:
      block = aligned_alloc(64, (size + 63) / 64 * 64);
      break;
    default:
      block = malloc(size);
  }
  if (block != NULL)
    memset(block, fill, size);
  return block;
}

static void* storm(void* argument) {
  unsigned random = (unsigned)as_number(argument) * 2654435761u + 1;
  long wrong = 0;
  for (int i = 0; i < rounds; i++) {
    random = random * 1664525u + 1013904223u;
    int slot = random >> 8 & (slots - 1);
    size_t size = i % 50 == 0 ? 200000 : 1 + (random >> 16) % 3000;  // the large ones are mapped
    unsigned char* block = make(random >> 4, size, (unsigned char)random);
    wrong += block == NULL;
    pthread_mutex_lock(&exchange[slot].mutex);
    unsigned char* old = exchange[slot].block;
    size_t old_size = exchange[slot].size;
    unsigned char old_fill = exchange[slot].fill;
    exchange[slot].block = block;
    exchange[slot].size = size;
    exchange[slot].fill = (unsigned char)random;
    pthread_mutex_unlock(&exchange[slot].mutex);
    for (size_t j = 0; old != NULL && j < old_size; j += 97)
      wrong += old[j] != old_fill;
    free(old);
    if (i % 64 == 0)
      sched_yield();
    if (i % 200 == 0)
      pause_ms(1);
  }
  return as_pointer(wrong);
}

int main(void) {
  pthread_t threads[count];
  for (int i = 0; i < slots; i++)
    pthread_mutex_init(&exchange[i].mutex, NULL);
  long wrong = 0;
  for (int generation = 0; generation < 3; generation++) {  // arenas of ended threads are used again
    for (long i = 0; i < count; i++)
      threads[i] = start(storm, as_pointer(i + generation * count));
    for (int i = 0; i < count; i++)
      wrong += as_number(join(threads[i]));
  }
  for (int i = 0; i < slots; i++)
    free(exchange[i].block);
  printf("wrong %ld\n", wrong);
  return 0;
}
