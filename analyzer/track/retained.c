/* SPDX-License-Identifier: MIT */
#include "analyzer/track/retained.h"

int retained_init(struct table *table, uint32_t capacity)
{
    int result = table_init(table, capacity, sizeof(struct retained), sizeof(struct record_id));
    table_clear_only(table, offsetof(struct retained, pieces));
    return result;
}

struct retained *retained_find(const struct table *table, struct record_id handshake)
{
    return table_find(table, &handshake);
}

/* A full table takes in no more: what it has would be lost, and with it the count of records that
 * decryption rests on. */
static struct retained *make(struct table *table, struct record_id handshake, int64_t since)
{
    bool created;
    if (table->used == table->capacity)
        return NULL;
    struct retained *retained = table_add(table, &handshake, &created);
    if (created)
        retained->since = since;
    return retained;
}

bool retained_add(struct table *table, struct record_id handshake, const struct sighting *sighting,
                  struct bytes bytes)
{
    struct retained *retained = retained_find(table, handshake);
    if (retained == NULL)
        retained = make(table, handshake, sighting->time);
    if (retained == NULL || retained->count == RETAINED_PIECES ||
        bytes.length > RETAINED_BYTES - retained->used)
        return false;
    struct retained_piece *piece = &retained->pieces[retained->count++];
    *piece = (struct retained_piece){*sighting, retained->used, (uint32_t)bytes.length};
    if (bytes.length > 0)
        memcpy(retained->bytes + retained->used, bytes.data, bytes.length);
    retained->used += piece->length;
    return true;
}
