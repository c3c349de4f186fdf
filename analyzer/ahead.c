/* SPDX-License-Identifier: MIT */
#include "analyzer/ahead.h"

#include "analyzer/time.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* As many as keep both sides at work when one of them is held up for a moment. Neither wakes the
 * other for a single one. */
enum { BLOCKS = 8, SOME = BLOCKS / 2 };

/* So long a few blocks may wait for more; and so long is waited before somebody is asked whether
 * what does not come is still wanted. */
#define PATIENCE (SECONDS / 5)

struct ahead {
    struct capture *capture;
    struct key_hash hash;       /* of flows */
    uint64_t left;              /* packets to be read */
    struct ahead_block *blocks; /* BLOCKS of them, in turn */
    bool has_thread;
    bool has_taken; /* the block `taken` is being analysed */
    bool (*goes_on)(void *context);
    void *context;
    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t read, room;
    uint64_t filled, taken; /* blocks, in all */
    bool rest;              /* is wanted */
    bool resting;           /* the reader waits for its end */
    bool ended;             /* the reader has left the capture for good */
    bool leave;             /* nobody wants any more */
};

static struct ahead_block *block_at(const struct ahead *ahead, uint64_t number)
{
    return &ahead->blocks[number % BLOCKS];
}

/* False: there was nothing more to read. */
static bool fill(struct ahead *ahead, struct ahead_block *block)
{
    capture_fill(ahead->capture, &block->captured, ahead->left);
    ahead->left -= block->captured.count;
    block->is_decoded = false;
    capture_progress(ahead->capture, &block->done, &block->total);
    return block->captured.count > 0;
}

static void decode(struct ahead_block *block, const struct key_hash *hash)
{
    if (!block->is_decoded)
        arrivals_decode(block->arrivals, block->captured.packets, block->captured.count, hash);
    block->is_decoded = true;
}

/* Waits, if need be. False: nobody wants more. *waiting: blocks that are read already. */
static bool has_room(struct ahead *ahead, uint64_t *waiting)
{
    pthread_mutex_lock(&ahead->lock);
    while (!ahead->leave && (ahead->rest || ahead->filled - ahead->taken == BLOCKS)) {
        ahead->resting = ahead->rest;
        pthread_cond_signal(&ahead->read);
        pthread_cond_wait(&ahead->room, &ahead->lock);
    }
    ahead->resting = false;
    bool wanted = !ahead->leave;
    *waiting = ahead->filled - ahead->taken;
    pthread_mutex_unlock(&ahead->lock);
    return wanted;
}

static void hand_over(struct ahead *ahead, bool any)
{
    pthread_mutex_lock(&ahead->lock);
    ahead->filled += any;
    ahead->ended = !any;
    if (!any || ahead->filled - ahead->taken >= SOME)
        pthread_cond_signal(&ahead->read);
    pthread_mutex_unlock(&ahead->lock);
}

/* Decoding is the work of whoever has time for it: the reader, unless the other one waits. */
static void *read_ahead(void *context)
{
    struct ahead *ahead = context;
    bool any = true;
    uint64_t waiting;
    while (any && has_room(ahead, &waiting)) {
        struct ahead_block *block = block_at(ahead, ahead->filled);
        any = fill(ahead, block);
        if (waiting >= SOME)
            decode(block, &ahead->hash);
        hand_over(ahead, any);
    }
    return NULL;
}

/* NULL when memory is short. */
static struct ahead *allocate(void)
{
    struct ahead *ahead = calloc(1, sizeof *ahead);
    if (ahead == NULL)
        return NULL;
    ahead->blocks =
        aligned_alloc(_Alignof(struct ahead_block), BLOCKS * sizeof(struct ahead_block));
    if (ahead->blocks != NULL)
        return ahead;
    free(ahead);
    return NULL;
}

struct ahead *ahead_new(struct capture *capture, const struct key_hash *hash, uint64_t most)
{
    struct ahead *ahead = allocate();
    if (ahead == NULL)
        return NULL;
    ahead->capture = capture;
    ahead->hash = *hash;
    ahead->left = most;
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->read, NULL);
    pthread_cond_init(&ahead->room, NULL);
    ahead->has_thread =
        capture_is_on_disk(capture) && pthread_create(&ahead->thread, NULL, read_ahead, ahead) == 0;
    return ahead;
}

static void tell_reader(struct ahead *ahead, bool *wish, bool value)
{
    pthread_mutex_lock(&ahead->lock);
    *wish = value;
    pthread_cond_signal(&ahead->room);
    pthread_mutex_unlock(&ahead->lock);
}

void ahead_ask(struct ahead *ahead, bool (*goes_on)(void *context), void *context)
{
    ahead->goes_on = goes_on;
    ahead->context = context;
}

void ahead_free(struct ahead *ahead)
{
    if (ahead == NULL)
        return;
    tell_reader(ahead, &ahead->leave, true);
    if (ahead->has_thread)
        pthread_join(ahead->thread, NULL);
    pthread_mutex_destroy(&ahead->lock);
    pthread_cond_destroy(&ahead->read);
    pthread_cond_destroy(&ahead->room);
    free(ahead->blocks);
    free(ahead);
}

static void give_back(struct ahead *ahead)
{
    ahead->taken += ahead->has_taken;
    ahead->has_taken = false;
    if (ahead->filled - ahead->taken == SOME)
        pthread_cond_signal(&ahead->room);
}

static bool is_awaited(const struct ahead *ahead)
{
    bool is_at_rest = ahead->rest && ahead->resting;
    return ahead->filled == ahead->taken && !ahead->ended && !is_at_rest;
}

static void look_whether_to_go_on(struct ahead *ahead)
{
    pthread_mutex_unlock(&ahead->lock);
    if (ahead->goes_on != NULL && !ahead->goes_on(ahead->context))
        capture_stop(ahead->capture);
    pthread_mutex_lock(&ahead->lock);
}

static struct timespec when_patience_ends(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t end = now.tv_sec * SECONDS + now.tv_nsec + PATIENCE;
    return (struct timespec){.tv_sec = end / SECONDS, .tv_nsec = end % SECONDS};
}

static void await(struct ahead *ahead)
{
    struct timespec end = when_patience_ends();
    while (is_awaited(ahead)) {
        bool waited = pthread_cond_timedwait(&ahead->read, &ahead->lock, &end) == ETIMEDOUT;
        if (!waited || !is_awaited(ahead))
            continue;
        look_whether_to_go_on(ahead);
        end = when_patience_ends();
    }
}

static struct ahead_block *take(struct ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    give_back(ahead);
    if (is_awaited(ahead))
        await(ahead);
    ahead->has_taken = ahead->filled > ahead->taken;
    pthread_mutex_unlock(&ahead->lock);
    return ahead->has_taken ? block_at(ahead, ahead->taken) : NULL;
}

struct ahead_block *ahead_next(struct ahead *ahead)
{
    struct ahead_block *block = NULL;
    if (ahead->has_thread)
        block = take(ahead);
    else if (!ahead->rest && fill(ahead, ahead->blocks))
        block = ahead->blocks;
    if (block != NULL)
        decode(block, &ahead->hash);
    return block;
}

void ahead_rest(struct ahead *ahead)
{
    tell_reader(ahead, &ahead->rest, true);
}

void ahead_go_on(struct ahead *ahead)
{
    tell_reader(ahead, &ahead->rest, false);
}
