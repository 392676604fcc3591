#include <config.h>

#include "fuzz/fuzz.h"

#include <string.h>

#include "formats/listing.h"

static void look(const struct listing *listing)
{
    fuzz_taken++;
    FUZZ_PROMISE(listing->count > 0);
    for (size_t i = 0; i < listing->count; i++) {
        FUZZ_PROMISE(listing->lines[i].key[0] != '\0');
        FUZZ_PROMISE(listing->lines[i].value[0] != '\0');
        FUZZ_PROMISE(strchr(listing->lines[i].key, '\n') == NULL);
        FUZZ_PROMISE(listing->lines[i].group != NULL);
    }
}

int fuzz_listing(const uint8_t *bytes, size_t n)
{
    struct listing listing = {NULL, 0, 0};
    struct err err = {OK, ""};

    if (listing_parse(&listing, (const char *)bytes, n, "f", &err) == OK)
        look(&listing);
    else
        FUZZ_PROMISE(err.text[0] != '\0' && listing.lines == NULL);
    listing_release(&listing);
    if (listing_parse_words(&listing, (const char *)bytes, n, "f", &err) ==
        OK) {
        look(&listing);
        for (size_t i = 0; i < listing.count; i++)
            FUZZ_PROMISE(listing_find(&listing, listing.lines[i].key) ==
                         &listing.lines[i]);
    }
    listing_release(&listing);
    return 0;
}
