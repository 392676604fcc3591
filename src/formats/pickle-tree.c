#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "formats/pickle-op.h"
#include "formats/pickle.h"

void pickle_release(struct pickle *pickle)
{
    while (pickle->blocks != NULL) {
        struct pickle_block *block = pickle->blocks;

        for (int i = 0; i < block->used; i++)
            free(block->values[i].items);
        pickle->blocks = block->next;
        free(block);
    }
    free(pickle->kept);
    *pickle = (struct pickle){.root = NULL};
}

bool pickle_is(const struct pickle_value *value, const char *text)
{
    return value->kind == PICKLE_TEXT && value->length == strlen(text) &&
           memcmp(value->text, text, value->length) == 0;
}

const struct pickle_value *pickle_find(const struct pickle_value *dict,
                                       const char *key)
{
    for (int i = 0; dict->kind == PICKLE_DICT && i + 1 < dict->count; i += 2)
        if (pickle_is(dict->items[i], key))
            return dict->items[i + 1];
    return NULL;
}
