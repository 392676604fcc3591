#include <config.h>

#include "fuzz/fuzz.h"

#include <string.h>

#include "formats/tsv.h"

int fuzz_tsv(const uint8_t *bytes, size_t n)
{
    struct tsv tsv = {NULL, 0};
    struct err err = {OK, ""};

    if (tsv_parse(&tsv, (const char *)bytes, n, "file", &err) != OK) {
        FUZZ_PROMISE(err.status == ERR_BAD_INPUT && err.text[0] != '\0');
        FUZZ_PROMISE(tsv.classes == NULL);
        return 0;
    }
    fuzz_taken++;
    FUZZ_PROMISE(tsv.count > 0);
    for (uint32_t i = 0; i < tsv.count; i++) {
        FUZZ_PROMISE(tsv.classes[i].id <= TSV_ID_MAX);
        FUZZ_PROMISE(i == 0 || tsv.classes[i - 1].id < tsv.classes[i].id);
        FUZZ_PROMISE(tsv.classes[i].name[0] != '\0');
        FUZZ_PROMISE(
            strlen(tsv.classes[i].name) + strlen(tsv.classes[i].group) < n);
    }
    tsv_release(&tsv);
    return 0;
}
