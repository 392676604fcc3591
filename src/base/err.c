#include <config.h>

#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum status err_set(struct err *err, enum status status, const char *fmt, ...)
{
    va_list args;

    err->status = status;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof(err->text), fmt, args);
    va_end(args);
    return status;
}

enum status err_sys(struct err *err, int number, const char *fmt, ...)
{
    va_list args;
    size_t used;

    err->status = ERR_IO;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof(err->text), fmt, args);
    va_end(args);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof(err->text) - used, ": %s",
             strerror(number));
    return err->status;
}

enum status err_wrap(struct err *err, const char *fmt, ...)
{
    char inner[ERR_TEXT_MAX];
    va_list args;
    size_t used;

    memcpy(inner, err->text, sizeof(inner));
    va_start(args, fmt);
    vsnprintf(err->text, sizeof(err->text), fmt, args);
    va_end(args);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof(err->text) - used, ": %s", inner);
    return err->status;
}

static const struct {
    const char *name;
    int exit;
} statuses[] = {
    [OK] = {"ok", 0},
    [ERR_NOT_FOUND] = {"not-found", 1},
    [ERR_BAD_INPUT] = {"bad-input", 2},
    [ERR_BUSY] = {"busy", 2},
    [ERR_IO] = {"io", 2},
    [ERR_CATALOGUE] = {"catalogue", 3},
    [ERR_NOMEM] = {"no-memory", 2},
    [ERR_CANCELLED] = {"cancelled", 130},
};

const char *err_name(enum status status)
{
    return statuses[status].name;
}

int err_exit(enum status status)
{
    return statuses[status].exit;
}
