#include <config.h>

#include "sql/sql.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "codes/code.h"
#include "sql/nearfunc.h"
#include "store/function.h"

/* Whether all arguments are of a type. If one is NULL so is the answer; if one
 * is anything else, the answer is an error. */
static bool expect(struct db_result *out, struct db_value **args,
                   const enum db_type *types, int n, const char *name)
{
    for (int i = 0; i < n; i++) {
        if (db_value_type(args[i]) == DB_NULL) {
            db_result_null(out);
            return false;
        }
    }
    for (int i = 0; i < n; i++) {
        struct str text = STR_INIT;
        enum db_type type = db_value_type(args[i]);

        if (type == types[i])
            continue;
        str_addf(&text, "%s: argument %d is %s, and should be %s%s", name,
                 i + 1, db_type_name(type), db_type_name(types[i]),
                 type == DB_TEXT ? " (see code_parse)" : "");
        db_result_error(out, text.text);
        str_release(&text);
        return false;
    }
    return true;
}

static void call_hamming(struct db_result *out, struct db_value **args)
{
    static const enum db_type types[] = {DB_INT, DB_INT};

    if (expect(out, args, types, 2, "hamming"))
        db_result_int(out, code_distance((uint64_t)db_value_int(args[0]),
                                         (uint64_t)db_value_int(args[1])));
}

static void call_popcount(struct db_result *out, struct db_value **args)
{
    static const enum db_type types[] = {DB_INT};

    if (expect(out, args, types, 1, "popcount"))
        db_result_int(out, code_distance((uint64_t)db_value_int(args[0]), 0));
}

static void call_text(struct db_result *out, struct db_value **args)
{
    static const enum db_type types[] = {DB_INT, DB_INT};
    struct str text = STR_INIT;
    int64_t bits;

    if (!expect(out, args, types, 2, "code_text"))
        return;
    bits = db_value_int(args[1]);
    if (bits < 1 || bits > CODE_BITS_MAX) {
        str_addf(&text, "code_text: %lld bits; a code has 1 to %d",
                 (long long)bits, CODE_BITS_MAX);
        db_result_error(out, text.text);
    } else if (!code_fits((uint64_t)db_value_int(args[0]), (int)bits)) {
        str_addf(&text, "code_text: the code has bits beyond %lld",
                 (long long)bits);
        db_result_error(out, text.text);
    } else {
        code_text(&text, (uint64_t)db_value_int(args[0]), (int)bits,
                  CODE_PLAIN);
        db_result_text(out, text.text);
    }
    str_release(&text);
}

/* Digits, which may be grouped: as many as there are make the length. */
static int digits(const char *text)
{
    int n = 0;

    for (; *text != '\0' && n <= CODE_BITS_MAX; text++)
        n += strchr(" \t_", *text) == NULL;
    return n;
}

static void call_parse(struct db_result *out, struct db_value **args)
{
    static const enum db_type types[] = {DB_TEXT};
    struct str text = STR_INIT;
    struct err err = {OK, ""};
    const char *word;
    uint64_t code = 0;
    int bits;

    if (!expect(out, args, types, 1, "code_parse"))
        return;
    word = db_value_text(args[0]);
    bits = digits(word);
    if (strlen(word) != db_value_size(args[0]))
        str_add(&text, "code_parse: a NUL within the text");
    else if (bits < 1 || bits > CODE_BITS_MAX)
        str_addf(&text, "code_parse: %s digits; a code has 1 to %d",
                 bits < 1 ? "no" : "too many", CODE_BITS_MAX);
    else if (code_parse(&code, word, bits, &err) != OK)
        str_addf(&text, "code_parse: %s", err.text);
    if (text.length > 0)
        db_result_error(out, text.text);
    else
        db_result_int(out, (int64_t)code);
    str_release(&text);
}

enum status sql_install(struct db *db, struct err *err)
{
    static const struct db_function functions[] = {
        {"hamming", 2, call_hamming},
        {"popcount", 1, call_popcount},
        {"code_text", 2, call_text},
        {"code_parse", 1, call_parse},
    };
    enum status status = OK;

    for (size_t i = 0; status == OK && i < ARRAY_SIZE(functions); i++)
        status = db_add_function(db, &functions[i], err);
    return status == OK ? nearfunc_install(db, err) : status;
}
