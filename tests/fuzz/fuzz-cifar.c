#include <config.h>

#include "fuzz/fuzz.h"

#include "formats/cifar.h"

int fuzz_cifar(const uint8_t *bytes, size_t n)
{
    struct cifar c = {.records = NULL};
    struct err err = {OK, ""};

    if (cifar_read(&c, fuzz_file(bytes, n), &err) != OK) {
        FUZZ_PROMISE(err.status != OK && err.text[0] != '\0');
        FUZZ_PROMISE(c.records == NULL);
        return 0;
    }
    fuzz_taken++;
    FUZZ_PROMISE(c.n > 0 && (c.labels == 1 || c.labels == 2));
    for (uint32_t i = 0; i < c.n; i++) {
        unsigned sum = 0;

        FUZZ_PROMISE(cifar_class(&c, i) < (c.labels == 1 ? 10u : 100u));
        FUZZ_PROMISE(cifar_group(&c, i) < 20);
        for (size_t p = 0; p < CIFAR_BYTES; p++)
            sum += cifar_pixels(&c, i)[p];
        FUZZ_PROMISE(sum <= 255u * CIFAR_BYTES);
    }
    cifar_release(&c);
    return 0;
}
