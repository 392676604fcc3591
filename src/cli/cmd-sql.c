#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/infile.h"
#include "cli/jsonout.h"
#include "cli/tabular.h"
#include "sql/sql.h"
#include "store/adhoc.h"

#define FLUSH_ROWS 1024
#define BLOB_SHOWN 16 /* bytes in a table */

/* The rows of one statement on their way out. */
struct result {
    struct adhoc *from;
    enum format format;
    int width;
    struct column *columns; /* (width) */
    char **keys;            /* (width) owned, each another one, and harmless */
    struct tabular t;
    size_t rows;
};

static bool taken(const struct result *r, int count, const char *key)
{
    for (int i = 0; i < count; i++)
        if (strcmp(r->keys[i], key) == 0)
            return true;
    return false;
}

/* "id", "id_2": names are keys of JSON. */
static char *new_key(const struct result *r, int column)
{
    struct str name = STR_INIT, key = STR_INIT;

    if (r->format == FORMAT_TABLE)
        console_name(&name, adhoc_name(r->from, column));
    else
        utf8_escape(&name, adhoc_name(r->from, column));
    str_add(&key, name.text);
    for (int number = 2; taken(r, column, key.text); number++) {
        str_clear(&key);
        str_addf(&key, "%s_%d", name.text, number);
    }
    str_release(&name);
    return str_take(&key);
}

static void begin(struct result *r, struct adhoc *from, enum format format)
{
    *r = (struct result){.from = from, .format = format};
    r->width = adhoc_columns(from);
    r->columns = mem_zalloc((size_t)r->width + 1, sizeof(*r->columns));
    r->keys = mem_zalloc((size_t)r->width + 1, sizeof(*r->keys));
    for (int c = 0; c < r->width; c++) {
        r->keys[c] = new_key(r, c);
        r->columns[c] = (struct column){r->keys[c], COLUMN_NUMBER};
    }
    tabular_init(&r->t, r->columns, r->width, format);
}

static void release(struct result *r)
{
    tabular_release(&r->t);
    for (int c = 0; c < r->width; c++)
        free(r->keys[c]);
    free(r->keys);
    free(r->columns);
}

/* ---- values ---- */

static void hex(struct str *out, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        str_addf(out, "%02x", (unsigned char)bytes[i]);
}

static json_t *value_json(const struct adhoc *a, int c)
{
    struct str text = STR_INIT;
    const char *bytes;
    size_t size;
    json_t *value;

    switch (adhoc_type(a, c)) {
    case DB_NULL:
        return json_null();
    case DB_INT:
        return json_integer((json_int_t)adhoc_int(a, c));
    case DB_REAL:
        return jsonout_real(adhoc_real(a, c));
    case DB_BLOB:
        bytes = adhoc_bytes(a, c, &size);
        hex(&text, bytes, size);
        value = json_string(text.text);
        str_release(&text);
        return value;
    default:
        bytes = adhoc_bytes(a, c, &size);
        value = json_stringn(bytes, size);
        return value != NULL ? value : jsonout_text(bytes);
    }
}

/* What cells can't hold stands for itself: U+2400 for a NUL. */
static void text_cell(struct tabular *t, const char *bytes, size_t size)
{
    struct str text = STR_INIT;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\0')
            str_add(&text, "\xe2\x90\x80");
        else
            str_add_char(&text, bytes[i]);
    }
    tabular_text(t, text.text);
    str_release(&text);
}

static void blob_cell(struct tabular *t, const char *bytes, size_t size)
{
    struct str text = STR_INIT;

    if (t->format == FORMAT_TABLE && size > BLOB_SHOWN)
        str_addf(&text, "%zu bytes", size);
    else
        hex(&text, bytes, size);
    tabular_text(t, text.text);
    str_release(&text);
}

static void real_cell(struct tabular *t, double value)
{
    struct str text = STR_INIT;

    str_addf(&text, "%.15g", value);
    tabular_text(t, text.text);
    str_release(&text);
}

static void add_cell(struct result *r, int c)
{
    const struct adhoc *a = r->from;
    const char *bytes;
    size_t size;

    switch (adhoc_type(a, c)) {
    case DB_NULL:
        tabular_text(&r->t, r->format == FORMAT_TABLE ? "-" : "");
        return;
    case DB_INT:
        tabular_int(&r->t, adhoc_int(a, c));
        return;
    case DB_REAL:
        real_cell(&r->t, adhoc_real(a, c));
        return;
    case DB_BLOB:
        bytes = adhoc_bytes(a, c, &size);
        blob_cell(&r->t, bytes, size);
        break;
    default:
        bytes = adhoc_bytes(a, c, &size);
        text_cell(&r->t, bytes, size);
    }
    r->columns[c].kind = COLUMN_NAME;
}

static void add_row(struct result *r)
{
    json_t *row;

    if (r->format == FORMAT_JSON) {
        row = json_object();
        for (int c = 0; c < r->width; c++)
            json_object_set_new(row, r->keys[c], value_json(r->from, c));
        jsonout_element(stdout, row, r->rows);
    } else {
        for (int c = 0; c < r->width; c++)
            add_cell(r, c);
        if (r->rows % FLUSH_ROWS == 0)
            tabular_flush(&r->t);
    }
    r->rows++;
}

static void end(struct result *r)
{
    if (r->width == 0)
        return;
    if (r->format == FORMAT_JSON)
        jsonout_end(stdout, r->rows);
    else
        tabular_print(&r->t);
}

/* ---- statements ---- */

static enum status print_one(struct adhoc *a, enum format format, size_t *rows,
                             struct err *err)
{
    struct result r;
    enum status status;
    bool row = false;

    begin(&r, a, format);
    while ((status = adhoc_step(a, &row, err)) == OK && row)
        add_row(&r);
    if (status == OK)
        end(&r);
    *rows += r.rows;
    release(&r);
    return status;
}

static enum status print_all(struct db *db, const char *sql, enum format format,
                             struct err *err)
{
    struct adhoc *a;
    size_t rows = 0, statements = 0;
    enum status status;
    bool more = false;

    adhoc_open(&a, db, sql);
    while ((status = adhoc_next(a, &more, err)) == OK && more) {
        if (statements++ > 0 && format == FORMAT_TABLE && rows > 0)
            putchar('\n');
        status = print_one(a, format, &rows, err);
        if (status != OK)
            break;
    }
    adhoc_close(a);
    if (status == OK && statements == 0)
        return err_set(err, ERR_BAD_INPUT, "there is no statement in that");
    if (status == OK && rows == 0)
        return err_set(err, ERR_NOT_FOUND, "no rows");
    return status;
}

/* The words after the catalogue, or standard input. */
static enum status read_query(struct str *out, const struct args *args,
                              struct err *err)
{
    enum status status;

    if (args->words_count > 1) {
        str_add(out, args->words[1]);
        return OK;
    }
    if (isatty(STDIN_FILENO))
        console_say("reading SQL until Ctrl-D");
    status = infile_read(out, "-", err);
    if (status == OK && strlen(out->text) != out->length)
        status = err_set(err, ERR_BAD_INPUT,
                         "standard input: byte %zu is a NUL: that is no SQL",
                         strlen(out->text));
    return status;
}

static enum status run(struct args *args, struct err *err)
{
    struct str sql = STR_INIT;
    struct db *db = NULL;
    enum status status = read_query(&sql, args, err);

    if (status == OK)
        status = db_open(&db, args->words[0], DB_READ, err);
    if (status == OK)
        status = sql_install(db, err);
    if (status == OK)
        status = print_all(db, sql.text, args->format, err);
    db_close(db);
    str_release(&sql);
    return status;
}

static const struct option_row options[] = {OPTION_END};

const struct command cmd_sql = {
    .name = "sql",
    .synopsis = "CATALOGUE [QUERY]",
    .summary = "SQL on the catalogue, with near(), hamming() and code_text()",
    .details =
        "Runs the statements of QUERY, or of standard input, which can read "
        "and not write, and prints their rows. Beside SQLite's functions there "
        "are near(model, code, k), hamming(a, b), popcount(a), "
        "code_text(code, bits) and code_parse(text): see "
        "bitgrove-catalogue(5), which describes the tables as well. JSON is a "
        "list of objects for each statement. Exit status 1 when there are no "
        "rows.",
    .options = options,
    .kind = JOB_KIND_COUNT,
    .formats = FORMATS_ROWS,
    .least = 1,
    .most = 2,
    .run = run,
};
