// Two threads hand a turn to and fro 20,000 times by mutex and condition, fifty pairs of them 200 times.
#include "program.h"

enum { pairs = 50 };

struct table {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  int turn, rounds;
  long hits;
};

struct player {
  struct table* table;
  int side;
};

static void* play(void* argument) {
  struct player* player = argument;
  struct table* table = player->table;
  for (int i = 0; i < table->rounds; i++) {
    pthread_mutex_lock(&table->mutex);
    while (table->turn != player->side)
      pthread_cond_wait(&table->changed, &table->mutex);
    table->turn = 1 - player->side;
    table->hits++;
    pthread_cond_signal(&table->changed);
    pthread_mutex_unlock(&table->mutex);
  }
  return NULL;
}

static long run(int tables, int rounds) {
  static struct table all[pairs];
  struct player players[2 * pairs];
  pthread_t threads[2 * pairs];
  long hits = 0;
  for (int i = 0; i < 2 * tables; i++) {
    if (i % 2 == 0)
      all[i / 2] = (struct table){PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, rounds, 0};
    players[i] = (struct player){&all[i / 2], i % 2};
    threads[i] = start(play, &players[i]);
  }
  for (int i = 0; i < 2 * tables; i++)
    join(threads[i]);
  for (int i = 0; i < tables; i++)
    hits += all[i].hits;
  return hits;
}

int main(void) {
  printf("one pair: %ld\n", run(1, 10000));
  printf("%d pairs: %ld\n", pairs, run(pairs, 100));
  return 0;
}
